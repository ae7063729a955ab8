"""Two processes on the processor do what one does: the same gradient, one file, one end."""

import os
import subprocess
import sys

import pytest
import torch

from rnn_core.errors import RangeError
from rnn_core.torch_train import load, processes
from rnn_core.torch_train.parallel import Group, current

from .parallel_run import ROWS, gradients, noisy, ragged
from .runs import far, same_bits, train

full = pytest.mark.full


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What each of two processes saw, the folder that they wrote to, and what they printed."""
    folder = tmp_path_factory.mktemp("processes")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = [*torchrun, "-m", "tests.rnn_core.torch_train.parallel_run", str(folder)]
    environment = {**os.environ, "PYTHONWARNINGS": "error::UserWarning:rnn_core", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment)
    assert done.returncode == 0, done.stderr
    return [torch.load(folder / f"seen{rank}.pt") for rank in (0, 1)], folder, done.stdout


@full
@pytest.mark.parametrize("parts", [1, 2])
def test_the_gradient_is_that_of_one_process(seen, parts):
    """In float64, with rows and tokens shared out unevenly; and the second process began with the first one's model."""
    want, loss, tokens, _ = gradients(0, 1)
    windows = [w for w, _ in zip(ragged(0), want, strict=False)]
    shares = [(w.mask[:3].sum(), w.mask[3:].sum()) for w in windows]
    assert any(a != b and a / 3 != b / 2 for a, b in shares) and windows[0].mask.shape[0] == ROWS
    for process in seen[0]:
        got, its_loss, its_tokens, _ = process["gradients"][parts]
        assert its_loss == pytest.approx(loss, rel=1e-12) and its_tokens == tokens
        for a, b in zip(got, want, strict=True):
            assert far(a, b) < 1e-12
    for a, b in zip(*(process["gradients"][parts][0] for process in seen[0]), strict=True):
        assert all(map(torch.equal, a, b))  # the processes never part


@full
def test_if_one_is_short_of_memory_both_take_fewer_rows(seen):
    want, _, _, _ = gradients(0, 1)
    for process in seen[0]:
        got, _, _, parts = process["one is short of memory"]
        assert parts == 2 or parts == 3
        for a, b in zip(got, want, strict=True):
            assert far(a, b) < 1e-12
    assert seen[2].count("Out of memory: now") <= 2  # one speaks for both


@full
def test_one_writes_and_all_go_on(seen):
    first, second = seen[0]
    assert first["written"] >= 6 and second["written"] == 0
    for process in (first, second):
        assert process["from"] == 4
        assert all(torch.equal(process["resumed"][name], p) for name, p in first["whole"].items())
    assert seen[2].count("run.pt: going on after step 4.") == 1


@full
def test_another_number_of_processes_can_go_on(seen):
    """The rows, the order and the weights are the same; only what dropout draws is another's."""
    content = load(seen[1] / "run.pt")
    assert len(content["random"]) == 2 and content["state"][0].shape == (2, ROWS, 7)
    _, _, history = noisy(11, seen[1] / "run.pt")
    assert history.resumed == 9 and len(history.loss) == 11 and history.tokens == noisy(11)[2].tokens


@full
def test_an_interrupt_of_one_ends_all_after_the_same_step(seen):
    assert [process["interrupted"] for process in seen[0]] == [("interrupted", 2)] * 2
    assert len(load(seen[1] / "interrupted.pt")["history"]["loss"]) == 2


def test_alone_nothing_is_joined(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with processes() as group:
        assert group == Group() == current() and group.first and group.local_rank == 0
        assert group.largest(3) == 3 and group.sums(1.0, 2.0) == [1.0, 2.0]
        assert group.gather("a") == ["a"] and group.share("a") == "a"
    with processes("cpu"):
        assert same_bits(train(steps=2)[0], train(steps=2)[0])


def test_fewer_rows_than_processes_are_refused():
    from rnn_core.torch_train.step import gradient

    class Run:
        group = Group(0, 3)

    with pytest.raises(RangeError, match="batch: expected a row for each of 3 processes, got 2 rows"):
        gradient(Run(), (torch.zeros(2, 4),))
