"""A student's process as the grader sees it: cells, calls, handles, callbacks, deaths, budgets."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.compare import expect_close
from autograder.sandbox.linux import Sandbox, pythons
from autograder.sandbox.lockdown import Budget
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import DEATHS, Session
from autograder.spec import Exercise
from autograder.verdict import StudentError, grade_fairly
from autograder.wire import Handle
from rnn_core.errors import NameMismatchError
from tests.autograder.common import helped_exercise


@pytest.fixture(scope="module")
def sandbox(rung):
    budget = Budget(wall=60, cpu=10, memory=512, scratch=16, output=0.1, threads=16)
    with Sandbox(rung, ("activations",), budget=budget) as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox):
    with Session(sandbox) as session:
        session.execute("import numpy as np", "first.py")
        yield session


def raised(run, *args, **kwargs) -> StudentError:
    with pytest.raises(StudentError) as caught:
        run(*args, **kwargs)
    return caught.value


# cells


def test_a_cell_leaves_its_outputs_in_order(session):
    outputs, error = session.cell(
        "print('a')\ndisplay({'b': 1})\nprint('c')\nimport sys\nprint('d', file=sys.stderr)\n5"
    )
    assert error is None
    kinds = [output["output_type"] for output in outputs]
    assert kinds == ["stream", "display_data", "stream", "stream", "execute_result"]
    assert [output.get("text") for output in outputs if "text" in output] == ["a\n", "c\n", "d\n"]
    assert outputs[-1]["data"]["text/plain"] == "5"


def test_magics_and_plots_work(session):
    outputs, error = session.cell("%matplotlib inline\n%time x = 1\n%precision 3\nx / 3")
    assert error is None and outputs[-1]["data"]["text/plain"] == "0.333"
    source = "from matplotlib.figure import Figure\nf = Figure()\nf.subplots().plot([1, 2])\nf.savefig('a.png'); f"
    outputs, error = session.cell(source)
    assert error is None


def test_what_a_cell_raises_is_kept_and_the_rest_runs(session):
    _, error = session.cell("def f():\n    return 1 / 0\n\nf()")
    assert (error.kind, error.message) == ("ZeroDivisionError", "division by zero")
    assert error.lines == ("<module>, line 4: `f()`", "f, line 2: `return 1 / 0`")
    _, error = session.cell("x = = 1")
    assert error.kind == "SyntaxError"
    assert session.cell("f")[1] is None and session.deaths == 0


def test_an_endless_cell_is_interrupted_and_a_hanging_one_replaced(session):
    session.cell("before = 1")
    assert session.cell("while True: pass", seconds=0.2)[1].kind == "time"
    assert session.deaths == 0
    _, error = session.cell("hung = 1\nsum(range(10**15))", seconds=0.2)
    assert error.kind == "time" and session.deaths == 1
    session.cell("after = 'hung' in globals()")
    assert RemoteBackend(session).value("before") == 1 and RemoteBackend(session).value("after") is False


def test_a_new_process_runs_the_cells_again_but_for_those_that_did_not_end(session):
    session.cell("runs = []")
    session.cell("runs.append('endless')\nwhile True: pass", seconds=0.2)
    session.cell("runs.append('fails')\n1 / 0")
    session.cell("import os\nos._exit(1)")
    assert session.deaths == 1
    assert RemoteBackend(session).value("runs") == ["fails"]


TOGETHER = {
    "all is well": ["x = 1", "print(x)", "x + 1"],
    "an exception": ["x = 1", "1 / 0", "print(x)"],
    "an endless cell": ["x = 1", "while True: x += 1", "print(x > 1)"],
    "one that hangs": ["x = 1", "10**10**8", "print(x)"],
    "one that ends": ["x = 1", "import os; os._exit(0)", "print(x)"],
    "much is shown": ["x = 1", *["print('y' * 90_000)"] * 3],
    "no cell": [],
}


@pytest.mark.parametrize("name", TOGETHER)
def test_cells_together_come_to_the_same_as_one_by_one(sandbox, name):
    with Session(sandbox) as together, Session(sandbox) as single:
        got, want = together.cells(TOGETHER[name], 0.5), [single.cell(source, 0.5) for source in TOGETHER[name]]
        assert [outputs for outputs, _ in got] == [outputs for outputs, _ in want]
        assert [error and vars(error) for _, error in got] == [error and vars(error) for _, error in want]
        assert together.script == single.script and together.deaths == single.deaths


def test_cells_together_are_one_message(session, monkeypatch):
    asked, request = [], session.request
    monkeypatch.setattr(
        session, "request", lambda message, *rest: asked.append(message["do"]) or request(message, *rest)
    )
    session.cells(["x = 1", "1 / 0", "y = x"])
    assert asked == ["many"] and session.has("y")


def test_cells_together_whose_outcome_makes_no_sense_run_one_by_one(session, monkeypatch):
    request = session.request

    def garbled(message, *rest):
        got, buffers = request(message, *rest)
        return ([*got[:1], {"returned": 5}] if message["do"] == "many" else got), buffers

    monkeypatch.setattr(session, "request", garbled)
    session.execute("runs = []", "first.py")
    before = len(session.script)
    came = session.cells(["runs.append(1)", "runs.append(2)"])
    assert [error for _, error in came] == [None, None] and session.deaths == 0
    assert len(session.script) == before + 2
    assert RemoteBackend(session).value("runs") == [1, 2]


def test_outputs_are_bounded(session):
    outputs, error = session.cell("for _ in range(100):\n    print('x' * 10_000)\n    display('y' * 10_000)")
    assert error is None and len(str(outputs)) < 0.1 * 2**20 + 1000


def test_a_program_cannot_be_started_and_the_cell_says_so(session):
    assert session.cell("!ls")[1] is not None and session.deaths == 0


def test_the_course_does_nothing_and_only_what_is_allowed_is_there(session):
    assert session.cell("from autograder import check, hint, outcome, recall, solution\ncheck('x')")[1] is None
    assert session.cell("from rnn_core.activations import softmax\nsoftmax(np.ones(3))")[1] is None
    assert session.cell("from rnn_core import rnn")[1].kind == "ImportError"
    assert session.cell("import autograder.checks")[1].kind == "ModuleNotFoundError"


# calls


def test_data_crosses_and_objects_stay(session):
    session.execute(
        "class Net:\n    def __init__(self): self.w = np.ones(2)\n    def add(self, x): return self.w + x\n"
        "def make(x):\n    x += 1\n    return Net(), {'a': x}, 1.5, None, 'text', [True]",
        "net.py",
    )
    backend = RemoteBackend(session)
    (net, *rest), after = backend.call("make", (np.zeros(2),), {})
    assert net == Handle(net.id, "Net") and rest[1:] == [1.5, None, "text", [True]]
    assert rest[0]["a"].tolist() == [1, 1] == after[0].tolist()
    assert backend.method(net, "add", (2.0,))[0].tolist() == [3, 3]
    assert raised(backend.method, net, "missing").kind == "AttributeError"


def test_what_a_call_returns_is_bounded(session):
    session.execute("def much():\n    return np.zeros(40 * 2**20, np.int8)", "much.py")
    assert str(raised(RemoteBackend(session).call, "much", (), {})) == "much returned more than 32 MB of numbers."
    assert session.deaths == 0


def test_the_cell_that_ran_before_the_fork_has_left_nothing(session):
    session.cell(
        "import sys\nleft = [name for name in vars(sys) if name.startswith('last_')], _, get_ipython().execution_count"
    )
    assert RemoteBackend(session).value("left") == ([], "", 1)


def test_generators_are_handles_that_can_be_stepped(session):
    session.execute("def count(n):\n    for k in range(n):\n        yield k", "count.py")
    backend = RemoteBackend(session)
    steps, _ = backend.call("count", (2,), {})
    assert [backend.method(steps, "__next__")[0] for _ in range(2)] == [0, 1]
    assert raised(backend.method, steps, "__next__").kind == "StopIteration"


def test_callbacks_call_back_into_the_grader_and_back(session):
    session.execute(
        "def inner(x): return x + 1\ndef outer(g, x): return g(x) * 10\n"
        "def catch(g):\n    try:\n        g()\n    except ValueError as error:\n        return str(error)",
        "f.py",
    )
    backend = RemoteBackend(session)
    assert backend.call("outer", (lambda x: backend.call("inner", (x,), {})[0] + 0.5, 1), {})[0] == 25
    assert backend.call("catch", (lambda: int("no"),), {})[0].startswith("invalid literal")
    error = raised(backend.call, "outer", (lambda x: 1 // x, 0), {})
    assert error.kind == "ZeroDivisionError" and error.lines == ("outer, line 2: `def outer(g, x): return g(x) * 10`",)

    def lacks(x):
        raise NameMismatchError("device: expected a name")

    error = raised(backend.call, "outer", (lacks, 0), {})  # a KeyError, which shows its message in quotes
    assert (error.kind, error.message) == ("NameMismatchError", "device: expected a name")
    assert raised(backend.call, "outer", ({}.__getitem__, "W"), {}).message == "'W'"


def test_what_fails_in_a_function_that_a_callback_calls_is_told_as_its_own(session):
    session.execute("def inner(x): return 1 // x\ndef outer(g, x): return g(x)", "f.py")
    backend = RemoteBackend(session)
    own = raised(backend.call, "inner", (0,), {})
    error = raised(backend.call, "outer", (lambda x: backend.call("inner", (x,), {})[0], 0), {})
    assert (error.kind, error.message, error.lines) == (own.kind, own.message, own.lines)
    assert error.kind == "ZeroDivisionError" and error.lines == ("inner, line 1: `def inner(x): return 1 // x`",)


def test_a_callback_is_bounded(session):
    session.execute("def outer(g, n): return g(n)", "f.py")
    backend = RemoteBackend(session, seconds=0.5)
    assert raised(backend.call, "outer", (lambda n: np.zeros(n), 10**10), {}).kind in (
        "MemoryError",
        "_ArrayMemoryError",
    )
    began = time.monotonic()
    raised(backend.call, "outer", (lambda n: time.sleep(n), 1000), {})
    assert time.monotonic() - began < 5


def test_helpers_are_lent_for_the_call_alone(session):
    session.execute(
        "def double(x): return 3 * x\ndef twice_plus_one(x):\n    kept.append(double)\n    return double(x) + 1\n"
        "kept = []\ndef later(x): return kept[-1](x)",
        "f.py",
    )
    exercise = helped_exercise()
    result = grade_fairly(exercise, lambda lends: RemoteBackend(session, lends=lends))
    assert result.passed and "reference's double" in result.notes[0]
    assert RemoteBackend(session).call("double", (1,), {})[0] == 3
    assert raised(RemoteBackend(session).call, "later", (1,), {}).kind == "ended"


def test_what_is_printed_and_warned_reaches_the_note_alone(session, capfd):
    source = "import warnings, sys\ndef f():\n    print('out'); print('err', file=sys.stderr); warnings.warn('w')\n"
    source += "    return np.log(np.zeros(1) - 1)"
    session.execute(source, "f.py")
    backend = RemoteBackend(session)
    backend.call("f", (), {})
    assert backend.printed == "out\nerr\n" and capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("def f():\n    raise NotImplementedError", "unfinished", "f is not written yet."),
        ("f = 3", "missing", "There is no function f yet: run the cell that defines it."),
        ("def f():\n    raise KeyboardInterrupt", "KeyboardInterrupt", ""),
        ("def f():\n    raise SystemExit(3)", "SystemExit", "3"),
        ("def f():\n    while True: pass", "time", "f ran longer than 0.3 s. Is there a loop that does not end?"),
        ("def f():\n    sum(range(10**15))", "time", "f ran longer than 0.3 s. Is there a loop that does not end?"),
        ("import os\ndef f():\n    os._exit(0)", "ended", "The process of your code was ended: it ended itself."),
        (
            "import ctypes\ndef f():\n    ctypes.string_at(0)",
            "ended",
            "The process of your code was ended: it crashed or was stopped (SIGSEGV).",
        ),
    ],
)
def test_how_a_call_can_end(source, kind, message, session):
    session.execute(source, "f.py")
    error = raised(RemoteBackend(session, seconds=0.3).call, "f", (), {})
    assert (error.kind, error.message) == (kind, message)


# deaths and budgets


def test_after_some_deaths_nothing_more_is_run(session):
    session.execute("import os\ndef f(): os._exit(1)", "f.py")
    backend = RemoteBackend(session)
    words = [raised(backend.call, "f", (), {}).message for _ in range(DEATHS + 1)]
    assert words[-1] == f"Your code has ended its process {DEATHS} times; nothing more of it is run."
    assert len(set(words[:-1])) == 1


def test_time_of_computing_is_bounded(rung):
    with Sandbox(rung, budget=Budget(cpu=1)) as sandbox, Session(sandbox) as session:
        _, error = session.cell("sum(range(10**15))", seconds=30)
        assert error.message == "The process of your code was ended: it computed for longer than it may."


def test_the_notebook_as_a_whole_has_an_end(rung):
    with Sandbox(rung, budget=Budget(wall=1)) as sandbox, Session(sandbox) as session:
        _, error = session.cell("import time\ntime.sleep(60)", seconds=30)
        assert (error.kind, error.message) == ("time", "The notebook as a whole ran longer than 1 s.")
        assert session.cell("1")[1].kind == "time"


def test_a_zygote_that_is_gone_is_replaced(sandbox):
    sandbox.zygote.process.kill()
    sandbox.zygote.process.wait()
    with Session(sandbox) as session:
        assert session.cell("1 + 1")[1] is None


def test_many_students_at_once(sandbox):
    sessions = [Session(sandbox) for _ in range(6)]
    for number, session in enumerate(sessions):
        session.execute(f"open('mine', 'w').write('{number}')\nmine = {number}", "f.py")
    assert [RemoteBackend(session).value("mine") for session in sessions] == list(range(6))
    for session in sessions:
        session.execute("mine = int(open('mine').read())", "g.py")
    assert [RemoteBackend(session).value("mine") for session in sessions] == list(range(6))
    for session in sessions:
        session.close()
    assert len(sandbox.zygote.children) == 0


def test_torch_is_there_from_the_start(rung):
    exercise = Exercise("t", functions={"step": abs}, returns={"step": ("w",)})

    @exercise.check("a step of training")
    def step(student, rng):
        expect_close("w", student.step(np.ones((2, 3), np.float32)), np.ones((2, 3)), rtol=1.0)

    source = """
import torch

def step(x):
    torch.manual_seed(0)
    layer = torch.nn.Linear(3, 3)
    optimiser = torch.optim.Adam(layer.parameters())
    layer(torch.tensor(x)).sum().backward()
    optimiser.step()
    return torch.ones(2, 3)
"""
    with Sandbox(rung, torch=True) as sandbox, Session(sandbox) as session:
        session.execute(source, "f.py")
        result = grade_fairly(exercise, lambda lends: RemoteBackend(session, lends=lends))
        assert result.passed, result.verdicts


def test_a_killed_grader_leaves_no_process(rung):
    """`kill -9` of the grader, while a student's process computes, ends that process and the one it came from."""
    script = f"""
import os
from autograder.sandbox.session import Session
from autograder.sandbox.linux import Sandbox, pythons
session = Session(Sandbox({rung!r}))
session.execute("import threading, time; threading.Thread(target=time.sleep, args=(1000,)).start()", "a.py")
print(session.sandbox.base, flush=True)
session.cell("while True: pass", 1000.0)
"""
    grader = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    base = grader.stdout.readline().strip()
    time.sleep(0.3)
    left = below(grader.pid)
    assert len(left) >= 2
    grader.kill()
    grader.communicate()
    ends = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in left) and time.monotonic() < ends:
        time.sleep(0.05)
    shutil.rmtree(base, ignore_errors=True)  # its files stay: nobody is left to clear them away
    assert not [pid for pid in left if Path(f"/proc/{pid}").exists()]


def below(pid: int) -> list[int]:
    """The processes that a process started, and those that these started."""
    found, left = [], [pid]
    parents = {}
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            parents[int(name)] = int(Path(f"/proc/{int(name)}/stat").read_text().rpartition(")")[2].split()[1])
    while left:
        number = left.pop()
        children = [child for child, parent in parents.items() if parent == number]
        found, left = found + children, left + children
    return found


def test_packages_below_tmp_are_found(rung, tmp_path, monkeypatch):
    """A student's process has a /tmp of its own; a course that was cloned into /tmp works all the same."""
    (tmp_path / "one_more.py").write_text("")
    tmp_path.chmod(0o755)
    monkeypatch.setattr("autograder.sandbox.linux.pythons", lambda: [*pythons(), str(tmp_path)])
    with Sandbox(rung) as made, Session(made) as session:
        outputs, error = session.cell("import one_more; print('found')")
    assert error is None and "found" in outputs[0]["text"]
