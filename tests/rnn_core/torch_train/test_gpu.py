"""On an NVIDIA GPU: precisions, bits that repeat, a run taken up again, and memory that really runs out.

Needs torch, numpy and pytest only: `pytest --noconftest tests/rnn_core/torch_train/test_gpu.py`.
"""

import os

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":16:8")  # read once, when CUDA begins

import pytest
import torch

from rnn_core.torch_train import language_loss, load

from .runs import far, make_model, same_bits, train

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU here")


def on_gpu(steps=12, path=None, dtype=torch.float32, **settings):
    model = make_model(dropout=settings.pop("dropout", 0.0), dtype=dtype)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    settings = {"device": "cuda", "clip": 0.5, "steps": steps, "checkpoint": path, **settings}
    model, optimizer, history = train(model, optimizer, **settings)
    return model.cpu(), history


@pytest.mark.parametrize(
    ("precision", "rtol"), [("fp32", 1e-4), ("tf32", 1e-2), ("bf16", 5e-2), ("fp16", 2e-2), ("auto", 5e-2)]
)
def test_each_precision_is_near_the_processor_in_float64(precision, rtol):
    want = on_gpu(dtype=torch.float64, device="cpu")[1]
    _, history = on_gpu(precision=precision)
    assert history.loss == pytest.approx(want.loss, rel=rtol) and history.tokens == want.tokens


def test_float64_agrees_with_the_processor():
    want, got = on_gpu(dtype=torch.float64, device="cpu")[0], on_gpu(dtype=torch.float64)[0]
    assert far(got.state_dict().values(), want.state_dict().values()) < 1e-8


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_bits_repeat_and_a_run_goes_on_to_them(tmp_path, precision):
    settings = {"precision": precision, "dropout": 0.4, "deterministic": True}
    want, whole = on_gpu(**settings)
    assert same_bits(on_gpu(**settings)[0], want)
    on_gpu(5, tmp_path / "run.pt", **settings)
    assert "cuda" in load(tmp_path / "run.pt")["random"][0]
    torch.rand(3, device="cuda")
    got, history = on_gpu(12, tmp_path / "run.pt", **settings)
    assert history.resumed == 5 and same_bits(got, want) and history.loss == whole.loss


def test_memory_runs_out_and_the_gradient_stays():
    """A batch of which every row takes a fifth of what is free: two fit, six do not."""
    free = torch.cuda.mem_get_info()[0] // 5

    def hungry(model, batch, state):
        total, tokens, state = language_loss(model, batch, state)
        held = torch.zeros(len(batch[0]), free, dtype=torch.uint8, device="cuda")
        return total + held[:, :1].sum(), tokens, state

    want, _ = on_gpu(2, dtype=torch.float64)
    got, history = on_gpu(2, dtype=torch.float64, loss=hungry)
    assert history.parts in (2, 4) and len(history.notes) >= 1
    assert far(got.state_dict().values(), want.state_dict().values()) < 1e-8
