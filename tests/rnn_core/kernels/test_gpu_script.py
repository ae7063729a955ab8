"""`benchmarks.gpu` with nothing to measure: every section at tiny sizes, and what becomes of one that fails."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks import gpu, gpu_250, gpu_cells

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def settings_stay(monkeypatch):
    monkeypatch.setattr(gpu_cells, "LEAST", 1)
    monkeypatch.setattr(gpu_cells, "MOST", 1)
    matmul, rnn = torch.backends.cuda.matmul, torch.backends.cudnn.rnn
    before, threads = (matmul.fp32_precision, rnn.fp32_precision), torch.get_num_threads()
    yield
    matmul.fp32_precision, rnn.fp32_precision = before
    torch.set_num_threads(threads)


def failures(found):
    """What stands under "failed", however deep."""
    if isinstance(found, list):
        return [text for each in found for text in failures(each)]
    if not isinstance(found, dict):
        return []
    return [found["failed"]] if "failed" in found else [text for each in found.values() for text in failures(each)]


def marked(name):
    """Those that do once more what another section does wait for the full tier."""
    again = name.startswith("persistent") or name.endswith("large")
    return pytest.param(name, marks=pytest.mark.full if again else ())


@pytest.mark.parametrize("name", [marked(name) for name, _ in gpu.plan()])
def test_every_section_runs(name):
    torch.manual_seed(0)  # one draw in a hundred is off by more: a normalisation of 5 numbers enlarges their rounding
    found = gpu.section(name, True, gpu.Budget(100))
    assert json.loads(json.dumps(found)) and not failures(found)
    if name.startswith("check"):
        assert [row["right"] for row in found if row["precision"] != "bf16"] == [True] * 3


def test_a_mask_of_padding_alone_is_not_drawn(monkeypatch):
    """Its gradients are 0, and no share of 0 says how far a result is."""
    monkeypatch.setattr(torch, "rand", lambda *shape, device: torch.ones(shape, device=device))
    torch.manual_seed(0)
    assert [row["right"] for row in gpu_cells.check("gru", (5, 3, 2), torch.device("cpu"), precisions=("fp32",))] == [
        True
    ]


def test_every_way_computes_the_same_loss():
    losses = []
    for way in ("cudnn", "ours", "loop", "numpy ours", "numpy textbook", "torch one core"):
        found = gpu.section(f"250 {way}", True, gpu.Budget(100))
        rows = found["fp32"] if isinstance(found, dict) else found
        losses.append([row["loss"] for row in rows])
    assert len(losses[0]) == 2 and all(loss == pytest.approx(losses[0], rel=1e-5) for loss in losses)


def test_inputs_take_turns_and_are_the_same_for_every_way(monkeypatch):
    sizes, seen = {"T": 3, "V": 50, "D": 4, "H": 5}, {"torch": [], "numpy": []}
    forward, embed = gpu_250.Model.forward, gpu_250.embedding.embed_forward
    monkeypatch.setattr(
        gpu_250.Model, "forward", lambda self, ids, t: seen["torch"].append(ids) or forward(self, ids, t)
    )
    monkeypatch.setattr(gpu_250.embedding, "embed_forward", lambda ids, E: seen["numpy"].append(ids) or embed(ids, E))
    monkeypatch.setattr(gpu_cells, "MOST", 3)
    gpu_250.by_torch(sizes, (4,), torch.nn.GRU, torch.device("cpu"), gpu.Budget(100))
    gpu_250.by_numpy(sizes, (4,), True, gpu.Budget(100))
    different = [{tuple(ids.flatten().tolist()) for ids in each} for each in seen.values()]
    assert different[0] == different[1] and len(different[0]) == gpu_cells.INPUTS


def test_the_floor_counts_what_is_timed():
    """Ahead and back, of an H100: six products of N H G H in all, and the exchange of every launch."""
    found = gpu_cells.estimate("lstm", (512, 64, 256), "fp32", 132, 1.755e9)
    assert found["arithmetic_us"] == pytest.approx(64 * 512 * 2048 / (132 * 128 * 1.755e9) * 1e6)
    assert found["estimated_us"] >= 6 * found["arithmetic_us"] + 2 * found["exchange_us"]
    normed = gpu_cells.estimate("layer-norm lstm", (512, 64, 256), "fp32", 132, 1.755e9)
    assert normed["estimated_us"] == pytest.approx(found["estimated_us"] + 1.4)


def test_a_wrong_kernel_is_found(monkeypatch):
    def wrong(module, *data):
        outputs = step(module, *data)
        return [outputs[0] * 1.001, *outputs[1:]] if module.way == "steps" else outputs

    step = gpu_cells.step
    monkeypatch.setattr(gpu_cells, "step", wrong)
    found = gpu_cells.check("tanh", (5, 3, 2), torch.device("cpu"))
    assert found[0]["right"] is False and found[0]["h"] == pytest.approx(1e-3, rel=0.1)


def test_what_fails_is_written_down_and_the_rest_goes_on(tmp_path, monkeypatch):
    sections = [("250 numpy ours", 30), ("250 of nothing", 30), ("cell nothing small", 30)]
    monkeypatch.setattr(gpu, "plan", lambda: sections)
    out = tmp_path / "results" / "found.json"
    monkeypatch.setattr(sys, "argv", ["gpu", "--dry-run", "--out", str(out), "--only", "250"])
    gpu.main()
    result = json.loads(out.read_text())
    assert list(result["sections"]) == ["250 numpy ours", "250 of nothing"] and result["left_out"] == []
    good, bad = (each["found"] for each in result["sections"].values())
    assert [row["N"] for row in good] == [1, 2] and "sections" not in good
    assert "250 of nothing" in bad["failed"] or "nothing" in bad["failed"]
    assert result["dry_run"] and result["torch"] == torch.__version__ and result["date"]


def test_sections_are_left_out_when_time_is_up(tmp_path):
    out = tmp_path / "found.json"
    command = [sys.executable, "-m", "benchmarks.gpu", "--dry-run", "--seconds", "5", "--out", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = json.loads(out.read_text())
    assert result["left_out"] == [name for name, _ in gpu.plan()] and result["sections"] == {}
