"""Lesson 19's first notebook: counts against torch itself, the floor and the ratios by hand, and the recorded table."""

import importlib.util
import json
import sys

import numpy as np
import pytest
import torch

from autograder.checks.gpu import median_time
from autograder.checks.gpu import reference_measure as reference
from autograder.questions import ROOT
from rnn_core import gru, lstm, rnn
from rnn_core.data import recorded
from rnn_core.torch_counted import Counter

RNG = np.random.default_rng(3)


def tanh_step(x, h, W_xh, W_hh, b):
    return (torch.tanh(x @ W_xh + h @ W_hh + b),)


def lstm_step(x, h, c, W_xh, W_hh, b):
    a_i, a_f, a_g, a_o = (x @ W_xh + h @ W_hh + b).chunk(4, dim=1)
    c_next = torch.sigmoid(a_f) * c + torch.sigmoid(a_i) * torch.tanh(a_g)
    return torch.sigmoid(a_o) * torch.tanh(c_next), c_next


def gru_step(x, h, W_xh, W_hh, b_x, b_h):
    (a_r, a_z, a_n), (u_r, u_z, u_n) = (x @ W_xh + b_x).chunk(3, 1), (h @ W_hh + b_h).chunk(3, 1)
    z, n = torch.sigmoid(a_z + u_z), torch.tanh(a_n + torch.sigmoid(a_r + u_r) * u_n)
    return ((1 - z) * n + z * h,)


STEPS = {"tanh": (tanh_step, rnn, 1, 1), "LSTM": (lstm_step, lstm, 2, 1), "GRU": (gru_step, gru, 1, 2)}


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("sizes", [(1, 2, 3), (2, 3, 5), (7, 5, 4), (16, 32, 64)], ids=str)
def test_counts_are_those_of_a_step_that_computes_the_cell(kind: str, sizes: tuple[int, int, int]):
    """The step that is counted gives the states of rnn_core's, so nothing is left out of it."""
    (N, D, H), (step, cell, states, biases) = sizes, STEPS[kind]
    columns = reference.BLOCKS[kind] * H
    shapes = [(N, D), *[(N, H)] * states, (D, columns), (H, columns), *[(columns,)] * biases]
    args = [(0.2 + RNG.standard_normal(shape)).astype(np.float32) for shape in shapes]
    with Counter() as counter:
        got = step(*map(torch.from_numpy, args))
    *want, _ = cell.step_forward(*args)
    for ours, theirs in zip(got, want, strict=True):
        assert np.abs(ours.numpy() - theirs).max() < 1e-5
    assert counter.counts == reference.step_counts(kind, *sizes)


def test_the_floor_by_hand():
    machine = {"multiply_adds_per_second": 100.0, "bytes_per_second": 20.0, "seconds_per_launch": 0.5}
    assert reference.floor_seconds(400, 60, 7, machine) == (4.0, "arithmetic")
    assert reference.floor_seconds(200, 60, 5, machine) == (3.0, "memory")
    assert reference.floor_seconds(200, 50, 6, machine) == (3.0, "launches")


def test_ratios_by_hand():
    keys = ("backend", "batch", "seconds", "tokens", "compile", "transfer")
    values = [
        ("a", 1, 13.0, 20, 2.0, 1.0),
        ("b", 1, 7.0, 30, 1.0, 0.0),
        ("b", 4, 3.0, 8, 0.0, 1.0),
        ("a", 4, 4.0, 2, 0, 0),
    ]
    rows = [dict(zip(keys, row, strict=True)) for row in values]
    assert reference.speed_ups(rows, "a") == ({"b": {1: 2.5, 4: 8.0}}, 2.5, 8.0)
    assert reference.speed_ups(rows, "b") == ({"a": {1: 0.4, 4: 0.125}}, 0.125, 0.4)
    assert reference.speed_ups(rows[:3], "a") == ({"b": {1: 2.5}}, 2.5, 2.5)


def test_the_device_of_the_check_works_on_by_itself():
    device = median_time.Device([2.0, 3.0, 1.0], launch=0.5, busy=1.0, room=3)
    start = device.clock()
    device.run()
    device.run()
    assert device.clock() == start + 1.0  # two launches, and no work is waited for
    device.synchronise()
    assert device.clock() == start + 1.0 + 2.0 + 3.0  # after what was under way
    device.synchronise()
    assert device.clock() == start + 6.0


def test_a_full_queue_makes_a_launch_wait():
    device = median_time.Device([10.0], launch=1.0, room=2)
    start = device.clock()
    for _ in range(3):
        device.run()
    assert device.clock() == start + 11.0  # the first piece of work, begun at 1, has to end first


def sweep():
    path = ROOT / "solutions" / "19_gpu" / "sweeps" / "gpu_claim.py"
    spec = importlib.util.spec_from_file_location("gpu_claim", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def result_of_a_run():
    """Of the form that `benchmarks.gpu` writes; the numbers are made up."""
    one = {"N": 8, "ms": 20.0, "us_a_token": 25.0, "calls": 9, "loss": 0.7}
    on_gpu = {"N": 8, "ms": 2.0, "us_a_token": 2.5, "calls": 9, "loss": 0.7, "first_ms": 302.0, "transfer_ms": 0.5}
    failed = {"N": 64, "failed": "out of memory"}
    sections = {
        "check lstm": {"found": [], "seconds": 9.0},
        "250 cudnn": {"found": {"fp32": [on_gpu, failed], "bf16": [{**on_gpu, "ms": 1.0, "us_a_token": 1.25}]}},
        "250 numpy textbook": {"found": [one]},
        "250 torch all cores": {"found": {"failed": "no answer"}},
    }
    about = {
        "date": "2020-02-02T10:00:00+00:00",
        "numpy": "2.0",
        "torch": "2.0",
        "cuda": "12",
        "processor": "p",
        "cores": 3,
    }
    sections = {name: {"seconds": 10.0, **found} for name, found in sections.items()}
    return {"dry_run": False, "gpu": {"name": "a GPU"}, **about, "sections": sections}


def test_a_run_on_a_gpu_becomes_rows_of_100_steps():
    rows = sweep().rows_of(result_of_a_run())
    assert [(row["backend"], row["batch"], row["device"]) for row in rows] == [
        ("GPU, torch.nn, fp32", 8, "a GPU"),
        ("GPU, torch.nn, bf16", 8, "a GPU"),
        ("textbook numpy", 8, "p"),
    ]
    assert rows[0]["tokens"] == 100 * 800 and rows[2]["compile"] == rows[2]["transfer"] == 0
    assert rows[0]["compile"] == pytest.approx(0.3) and rows[0]["transfer"] == pytest.approx(0.05)
    assert rows[0]["seconds"] == pytest.approx(0.3 + 100 * 0.0025)
    ratios, *ends = reference.speed_ups(rows, "textbook numpy")
    assert ratios["GPU, torch.nn, fp32"][8] == pytest.approx(10) and ends == pytest.approx([10, 20])


def test_the_table_carries_the_name_of_the_machine_that_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    path = tmp_path / "run.txt"
    path.write_text(json.dumps(result_of_a_run()), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["gpu_claim.py", str(path)])
    sweep().main()
    table = recorded.load("gpu_claim")
    assert table["machine"].startswith("a GPU; p, 3 cores") and table["seconds"] == 39 and table["date"] == "2020-02-02"


@pytest.mark.parametrize("change", [{"dry_run": True}, {"gpu": None}], ids=str)
def test_a_run_without_a_gpu_is_no_record(change: dict):
    result = result_of_a_run() | change
    if change == {"gpu": None}:
        del result["gpu"]
    with pytest.raises(ValueError, match="expected a run on a GPU"):
        sweep().rows_of(result)
