"""The kernels in Triton's interpreter, on the CPU: run by `test_interpreted`, in a process of its own.

17 rows and 19 units: two programs in each direction, with room left over in the second.
"""

from contextlib import nullcontext

import pytest
import torch

from rnn_core.kernels import GRU, LSTM, RNN, available, recurrence
from rnn_core.kernels.replay import Launches

from .checks import MODULES, close, draw, net, run, twin

ALL = pytest.mark.parametrize("cls", MODULES.values(), ids=MODULES)
FUSED = pytest.mark.parametrize("cls", [RNN, LSTM, GRU])
T, D, H = 3, 5, 19


def rows(cls):
    """A layer-norm LSTM has a program for each row, and the interpreter takes long over programs."""
    return 17 if cls is not MODULES["layer-norm"] else 3


@pytest.fixture(autouse=True)
def poisoned():
    """What earlier tests have left in the arrays must not help: begin without any, each begins with NaN."""
    assert available.INTERPRETED
    recurrence.POOL.clear()


@ALL
@pytest.mark.parametrize("way", ["steps", "persistent"])
def test_forward_and_gradients_in_float64(cls, way):
    module = net(cls, D, H, dtype=torch.float64, way=way)
    data = draw(module, T, rows(cls))
    got = run(module, *data)
    launched = way == "steps" or cls is MODULES["layer-norm"]
    assert (module.path, module.why) == (("launches", "no CUDA device") if launched else ("persistent", None))
    close(got, run(twin(module), *data), 1e-13)


@ALL
def test_torchs_own_check_of_gradients_in_float64(cls):
    module = net(cls, 2, 3, dtype=torch.float64)
    mask = torch.tensor([[1, 0, 1], [0, 0, 0], [1, 1, 1]]).bool()
    names, weights = zip(*module.named_parameters(), strict=True)
    inputs = [torch.randn(*shape, dtype=torch.float64) for shape in ((3, 3, 2), *[(1, 3, 3)] * len(module.kind.states))]

    def outputs(x, *rest):
        state, given = rest[: len(inputs) - 1], rest[len(inputs) - 1 :]
        start = state if len(state) > 1 else state[0]
        weights = dict(zip(names, given, strict=True))
        h, end = torch.func.functional_call(module, weights, (x, start), {"mask": mask})
        return h, *(end if isinstance(end, tuple) else (end,))

    given = [each.requires_grad_() for each in inputs]
    assert torch.autograd.gradcheck(outputs, (*given, *weights), fast_mode=True)


@ALL
def test_a_second_call_does_not_see_the_first(cls):
    module = net(cls, D, H)
    run(module, *draw(module, T, rows(cls)))
    recurrence.POOL.poison()
    data = draw(module, T, rows(cls), seed=5)
    close(run(module, *data), run(twin(module), *data), 1e-6)


@ALL
def test_without_a_mask_and_without_a_state(cls):
    module = net(cls, D, H)
    x, _, _ = draw(module, T, 2)
    h, end = module(x)
    want, want_end = twin(module)(x.double())
    got = {"h": h, "end": end[0] if isinstance(end, tuple) else end}
    close(got, {"h": want, "end": want_end[0] if isinstance(want_end, tuple) else want_end}, 1e-6)


@ALL
@pytest.mark.parametrize(
    ("dtype", "precision", "rtol"),
    [(torch.float32, "tf32", 1e-3), (torch.bfloat16, "ieee", 1e-2), (torch.float16, "ieee", 2e-3)],
    ids=["tf32", "bf16", "fp16"],
)
def test_fewer_bits(cls, dtype, precision, rtol):
    module = net(cls, D, H, dtype=dtype, precision=precision)
    data = draw(module, T, 3)
    got, want = run(module, *data), run(twin(module), *data)
    close(got, want, rtol)
    with pytest.raises(AssertionError):
        close(got, want, 2e-5)  # fewer bits were used: float32 comes within 1e-6


@FUSED
def test_nan_in_the_padding_does_not_matter(cls):
    module = net(cls, D, H)
    x, state, mask = draw(module, T, 4)
    want = run(module, x, state, mask)
    got = run(module, torch.where(mask.T[:, :, None], x, float("nan")), state, mask)
    assert all(torch.equal(got[name], want[name]) for name in want)
    assert not got["dx"][~mask.T].any()


def test_layers_directions_and_one_net_used_twice():
    module = net(LSTM, D, 6, num_layers=2, bidirectional=True, batch_first=True)
    x, state, mask = draw(module, 2, 3)
    twice = lambda each, x: each(each(x, state_of(x), mask)[0][..., :D], state_of(x), mask)[0]  # noqa: E731
    state_of = lambda x: tuple(s.to(x) for s in state)  # noqa: E731
    x = x.transpose(0, 1)
    other = twin(module)
    close({"h": twice(module, x)}, {"h": twice(other, x.double())}, 1e-6)
    for each, dtype in ((module, torch.float32), (other, torch.float64)):
        (twice(each, x.to(dtype)) ** 2).sum().backward()
    grads = [{name: p.grad for name, p in each.named_parameters()} for each in (module, other)]
    close(*grads, 1e-5)


def test_arrays_are_free_when_the_gradient_has_been_taken():
    module = net(RNN, D, 6)
    x, state, _ = draw(module, 2, 3)
    x.requires_grad_()
    h, _ = module(x, state[0])
    ((free, _),) = recurrence.POOL.free.values()
    assert not free
    h.sum().backward(retain_graph=True)
    assert not free
    first, x.grad = x.grad, None
    h.sum().backward()  # h is still held, but no gradient can be asked for any more
    assert torch.equal(first, x.grad) and len(free) == 1
    with torch.no_grad():
        module(x, state[0])
    assert len(free) == 1


def test_a_launch_that_writes_nothing_is_seen():
    """The arrays still hold the right answer to the same question, but for the poison."""
    module = net(LSTM, D, 6)
    x, state, _ = draw(module, 2, 3)
    with torch.no_grad():
        want, _ = module(x, state)
        ((free, _),) = recurrence.POOL.free.values()
        free[0].forward = lambda: None
        assert torch.equal(module(x, state)[0], want)
        recurrence.POOL.poison()
        assert module(x, state)[0].isnan().all()


def test_only_the_persistent_kernel_uses_the_barrier():
    """A launch a step needs no barrier, and an early one follows a kernel, not the setting of a counter."""
    for way, counted in (("steps", 7), ("early", 7), ("persistent", 0)):
        module = net(LSTM, D, 6, way=way)
        x, _, _ = draw(module, 2, 3)
        with torch.no_grad():
            module(x)
            (free, _) = list(recurrence.POOL.free.values())[-1]
            free[0].arrays["arrived"].fill_(7)
            module(x)
        assert free[0].arrays["arrived"].item() == counted


@ALL
def test_inference_and_then_training(cls):
    module = net(cls, D, 6)
    data = draw(module, 2, 3)
    with torch.inference_mode():
        module(data[0])
        module(data[0], mask=data[2])  # arrays of the sizes that the gradient's call has, too
    close(run(module, *data), run(twin(module), *data), 1e-6)


ALL_BITS = torch.tensor([0x7FFFFFFF], dtype=torch.int32).view(torch.float32)  # NaN as a GPU writes it


@ALL
def test_nan_is_not_lost_in_tf32(cls):
    """A product that reads a state or a weight that is not a number gives none, in every unit."""
    for name in ("state", "weight"):
        module = net(cls, D, 6, precision="tf32")
        x, (h, *c), _ = draw(module, 1, 3)
        with torch.no_grad():
            target = h[0, 2] if name == "state" else module.weight_hh_l0[1::6].T[3]  # of unit 1, all gates
            target[: len(target) if name == "weight" else 1] = ALL_BITS
            out, _ = module(x, (h, *c) if c else h)
        assert out[0, 2].isnan().all() if name == "state" else out[0, :, 1].isnan().all()


def test_saved_tensors_elsewhere():
    """On the processor they serve as well; copies do not, and that is said."""
    module = net(GRU, D, 6)
    x, state, _ = draw(module, 2, 3)
    grads = []
    for hooks in (nullcontext, torch.autograd.graph.save_on_cpu):
        module.zero_grad()
        with hooks():
            h, _ = module(x, state[0])
        h.square().sum().backward()
        grads.append(module.weight_hh_l0.grad)
    assert torch.equal(*grads)
    with torch.autograd.graph.saved_tensors_hooks(torch.clone, lambda t: t):
        h, _ = module(x, state[0])
    with pytest.raises(RuntimeError, match="saved tensors: expected the same ones back, got copies"):
        h.sum().backward()


def test_launches_on_the_cpu_are_never_recorded():
    done = []
    launches = Launches(lambda: done.append(1), torch.device("cpu"))
    assert launches.path is None
    for n in range(3):
        launches()
        assert launches.path == "launches" and launches.why == "no CUDA device" and len(done) == n + 1
