import sys

import nbclient
import nbformat
import pytest

from rnn_core import progress
from rnn_core.train import History, fit

RUN = """
import time
from rnn_core.optim import SGD
from rnn_core.train import fit

def slow(params, batch, state):
    time.sleep(0.02)
    return batch, {}, None

history = fit(slow, {}, (9.0 - i / 10 for i in range(60)), SGD(0.1), live=LIVE)
"""


@pytest.fixture(scope="module")
def outputs():
    """What a notebook holds after a run of 1.2 seconds with a live curve, one without, and one with nothing."""
    cells = [nbformat.v4.new_code_cell(RUN.replace("LIVE", live)) for live in ("True", "False", "None")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    return [cell.outputs for cell in notebook.cells]


@pytest.mark.filterwarnings("default")  # those of the client of the notebook are not ours
def test_a_notebook_holds_the_last_state_and_nothing_else(outputs):
    line, curve = outputs[0]
    assert line.output_type == curve.output_type == "display_data"
    assert line.data["text/plain"].startswith("60 steps in ")
    assert 'alt="Line of the loss in nats over the steps' in curve.data["text/html"]
    assert "from 9 to 3.1" in curve.data["text/html"]


def test_without_a_live_curve_a_line_is_left(outputs):
    (line,) = outputs[1]
    assert line.data == {"text/plain": line.data["text/plain"]}
    assert line.data["text/plain"].strip().endswith("last loss 3.100")


def test_none_shows_nothing_at_all(outputs):
    assert outputs[2] == []


def run(steps=3):
    return fit(lambda params, batch, state: (batch, {}, None), {}, [9.0] * steps, None_Optimizer(), live=True)


class None_Optimizer:
    lr = 0.1

    def step(self, params, grads):
        pass


def test_nothing_is_shown_where_nobody_looks(capsys):
    assert not progress.in_notebook()
    run()
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_line_and_clears_it(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run()
    out, err = capsys.readouterr()
    assert out == ""
    assert "1step [00:00" in err and "loss 9.000" in err
    assert err.count("loss") == 1  # at most twice a second
    assert err.endswith("\r" + " " * 78 + "\r")


def test_drawing_takes_a_tenth_of_the_time_at_most(monkeypatch):
    clock = iter([0.0, 1.0, 3.0, 5.0, 22.9, 23.1, 23.1])
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(clock))
    shown = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    p = progress.Progress(History(loss=[9.0]), None, False)
    monkeypatch.setattr(p.show, "line", shown.append)
    p.update()  # from 1.0 to 3.0
    for _ in range(3):
        p.update()
    assert len(shown) == 2
