"""In a real kernel: what the notebook holds after a run, and a run that the learner interrupts."""

import queue
import subprocess
import sys
import time

import pytest
from jupyter_client.manager import start_new_kernel

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("default")]  # warnings of the kernel's client are not ours

RUN = """
import torch
torch.set_num_threads(1)
import time
from rnn_core.torch_train import language_loss
from tests.rnn_core.torch_train.runs import make_model, train

def slow(model, batch, state):
    time.sleep(0.02)
    return language_loss(model, batch, state)
"""


@pytest.fixture(scope="module")
def execute():
    """Run code in a kernel. Returns: what it displayed, in its last state, and what it printed."""
    manager, client = start_new_kernel(kernel_name="python3")

    def run(code, interrupt_after=None):
        request, shown, printed = client.execute(code), {}, ""
        due = time.monotonic() + (interrupt_after or 1e9)
        while True:
            if time.monotonic() > due:
                manager.interrupt_kernel()
                due = 1e9 + time.monotonic()
            try:
                message = client.get_iopub_msg(timeout=0.1)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            assert kind != "error", "\n".join(content["traceback"])
            if kind in ("display_data", "update_display_data"):
                shown[content["transient"]["display_id"]] = content["data"]
            printed += content["text"] if kind == "stream" else ""
            if kind == "status" and content["execution_state"] == "idle":
                return list(shown.values()), printed

    run(RUN)
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_notebook_holds_the_end_of_the_run_and_its_unit(execute):
    (line, curve), printed = execute('model, _, history = train(loss=slow, steps=60, live=True, unit="bits")')
    assert line["text/plain"].startswith("60 steps in ") and "tokens a second, last loss" in line["text/plain"]
    assert line["text/plain"].strip().endswith(" bits") and printed == ""
    assert 'alt="Line of the loss in bits over the steps' in curve["text/html"]


def test_the_learner_interrupts_and_goes_on_with_the_model(execute, tmp_path):
    call = f"model, _, history = train(loss=slow, steps=10**6, checkpoint={str(tmp_path / 'run.pt')!r})"
    (line,), _ = execute(call, interrupt_after=1.5)
    assert line["text/plain"].strip().endswith("(interrupted)")
    execute("from rnn_core.torch_train import bits_per_token")
    _, printed = execute("print(history.stopped, len(history.loss), bits_per_token(model, [1, 2, 3]) < 9)")
    stopped, steps, usable = printed.split()
    assert stopped == "interrupted" and 3 < int(steps) < 200 and usable == "True"
    _, printed = execute(call.replace("10**6", "len(history.loss) + 2") + "; print(history.resumed, len(history.loss))")
    assert printed == f"run.pt: going on after step {steps}.\n{steps} {int(steps) + 2}\n"


ALONE = """
import sys

for name in ("nbgrader", "ipywidgets", "anywidget", "IPython", "matplotlib", "tqdm", "scipy", "sklearn", "autograder"):
    sys.modules[name] = None  # as if it were not installed, also for torch, which looks what there is
import torch
from tests.rnn_core.torch_train.runs import train
assert len(train(steps=3, live=True)[2].loss) == 3
"""


def test_torch_and_numpy_are_enough():
    done = subprocess.run([sys.executable, "-W", "error", "-c", ALONE], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
