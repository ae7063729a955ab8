"""Recording and lending, without a GPU: what would be CUDA's part is played by a stand-in."""

import gc
from contextlib import contextmanager

import pytest
import torch

from rnn_core.kernels.replay import Launches, Pool

CUDA = torch.device("cuda")


@pytest.fixture
def recorder(monkeypatch):
    """A stand-in for CUDA graphs: what is launched while one records is kept, and runs at replay."""
    state = {"recording": None, "busy": False, "error": None}

    class Graph:
        def __init__(self):
            self.kept = []

        def replay(self):
            for launch in self.kept:
                launch()

    @contextmanager
    def graph(new, **_):
        if state["error"]:
            raise RuntimeError(state["error"])
        state["recording"] = new.kept
        yield
        state["recording"] = None

    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "Stream", lambda device: None)
    monkeypatch.setattr(torch.cuda, "graph", graph)
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: state["busy"])
    return state


@pytest.fixture
def counter(recorder):
    done = []

    def launch():
        kept = recorder["recording"]
        kept.append(lambda: done.append("replayed")) if kept is not None else done.append("launched")

    return Launches(launch, CUDA), done


def test_launched_then_recorded_then_replayed(counter):
    launches, done = counter
    for n in range(4):
        launches()
        assert launches.path == ("launches" if n == 0 else "graph")
    assert done == ["launched"] + ["replayed"] * 3  # recording did not run anything by itself


def test_what_cannot_be_recorded_is_launched(counter, recorder):
    launches, done = counter
    recorder["error"] = "operation not permitted"
    launches()
    launches()
    recorder["error"] = None  # it is not tried again: what failed once would cost time at every call
    launches()
    assert (done, launches.path) == (["launched"] * 3, "launches")
    assert launches.why == "recording failed: operation not permitted"


def test_inside_somebody_elses_recording_it_launches(counter, recorder):
    launches, done = counter
    launches()
    recorder["busy"] = True
    launches()
    recorder["busy"] = False
    launches()
    assert done == ["launched", "launched", "replayed"]


def test_where_memory_ends_free_slots_make_room():
    pool, tries = Pool(kinds=9), []

    def make(shared):
        tries.append(list(pool.free))
        if len(tries) == 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return len(tries)

    def always(shared):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    kept = pool.borrow("a", make)
    pool.borrow("b", make)
    found = pool.borrow("c", make)
    assert (kept.slot, found.slot) == (1, 4) and tries[3] == ["c"]
    del found
    gc.collect()
    assert pool.borrow("c", make).slot == 4  # it came back to where it is looked for
    with pytest.raises(torch.OutOfMemoryError):
        pool.borrow("d", always)


def test_a_slot_comes_back_when_nobody_holds_it():
    pool, made = Pool(kinds=2), []

    def make(shared):
        made.append(shared)
        return len(made)

    first, second = pool.borrow("a", make), pool.borrow("a", make)
    assert (first.slot, second.slot) == (1, 2) and made[0] is made[1]  # slots of one kind share
    del first
    gc.collect()
    assert pool.borrow("a", make).slot == 1
    assert pool.borrow("b", make).slot == 3 and made[2] is not made[0]
    pool.borrow("a", make)
    pool.borrow("c", make)
    assert set(pool.free) == {"a", "c"}  # b was asked for longest ago
    pool.clear()
    assert not pool.free and second.slot == 2  # what is lent stays valid
