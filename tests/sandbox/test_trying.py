"""`rnn-course try --sandbox`: the same report as without, from a file that can reach nothing."""

import json
import subprocess
import sys

import pytest

from autograder.cli import main

RIGHT = """
import numpy as np

def step_forward(x, h, W_xh, W_hh, b):
    h_next = np.tanh(x @ W_xh + h @ W_hh + b)
    return h_next, (x, h, W_xh, W_hh, h_next)

if __name__ == "__main__":
    raise SystemExit("not as a program")
"""
ANSWERS = {
    "right": RIGHT,
    "wrong": RIGHT.replace("W_hh +", "W_hh.T +"),
    "unfinished": RIGHT.replace("h_next = np", "raise NotImplementedError; np"),
    "raises": RIGHT.replace("np.tanh(", "np.tanh(1 / 0 * "),
    "prints": RIGHT.replace("    return", "    print('here')\n    return"),
}
FORWARD = """
import numpy as np

def forward(x, h0, W_xh, W_hh, b):
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, cache = step_forward(x[:, t], h, W_xh, W_hh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches
"""


def both(capsys, tmp_path, exercise: str, source: str) -> list[tuple[int, str, str]]:
    """Status, output and errors, without and with the sandbox."""
    path = tmp_path / "answer.py"
    path.write_text(source)
    got = []
    for option in ([], ["--sandbox"]):
        status = main(["try", exercise, str(path), *option])
        got.append((status, *capsys.readouterr()))
    return got


@pytest.mark.parametrize("name", ANSWERS)
def test_the_report_is_the_same(name, capsys, tmp_path, held):
    here, there = both(capsys, tmp_path, "cell-step-forward", ANSWERS[name])
    assert here == there and here[0] == (name not in ("right", "prints"))


@pytest.mark.parametrize(
    "source", [FORWARD, "def step_forward(x, h, W_xh, W_hh, b):\n    return 2 * h, ()\n" + FORWARD]
)
def test_what_the_file_lacks_comes_from_the_reference(source, capsys, tmp_path):
    here, there = both(capsys, tmp_path, "cell-forward", source)
    assert here == there and here[0] == 0, here


@pytest.mark.parametrize(
    "source", ["1 / 0", "x = ", "import os, sys\nsys.exit('no')", "unasked = 1", "raise KeyError('a\\nb')"]
)
def test_a_file_that_does_not_run_gets_the_same_line(source, capsys, tmp_path):
    here, there = both(capsys, tmp_path, "cell-step-forward", source)
    assert here == there and here[0] == 2


def test_as_json(capsys, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(RIGHT)
    assert main(["try", "cell-step-forward", str(path), "--sandbox", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["points"] == 3


def test_in_a_process_of_its_own_nothing_is_left(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("import os\nos.write(1, b'seen')\nos.write(2, b'seen')\n" + RIGHT)
    command = [sys.executable, "-m", "autograder.cli", "try", "cell-step-forward", str(path), "--sandbox"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "3 of 3 points" in done.stdout and "seen" not in done.stdout + done.stderr
