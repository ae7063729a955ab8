"""Are the kernels right, and how fast are they: the sections of `benchmarks.gpu` about single cells."""

import copy
import statistics
import time

import torch

from rnn_core import kernels
from rnn_core.kernels.plans import Work, steps_plan
from rnn_core.kernels.recurrence import POOL

OURS = {"tanh": kernels.RNN, "lstm": kernels.LSTM, "gru": kernels.GRU, "layer-norm lstm": kernels.LayerNormLSTM}
TORCH = {"tanh": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "layer-norm lstm": torch.nn.LSTM}
BLOCKS = {"tanh": 1, "lstm": 4, "gru": 3, "layer-norm lstm": 4}
NUMBERS = {"fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
ALLOWED = {"fp32": 1e-5, "tf32": 1e-3, "bf16": 1e-2}  # distance from the plain cell in float64, as a share of it
LEAST, MOST = 5, 30  # calls that are timed
INPUTS = 4  # different ones take turns: what one call left in the caches does not help the next


def set_tf32(wanted):
    """Let torch's own products and cuDNN's recurrent nets use TF32, or not; by the newer names where they are."""
    cuda, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    if hasattr(cudnn, "rnn") and hasattr(cuda, "fp32_precision"):
        cuda.fp32_precision = cudnn.rnn.fp32_precision = "tf32" if wanted else "ieee"
    else:
        cuda.allow_tf32 = cudnn.allow_tf32 = wanted


def make(cls, precision, H, device, **kwargs):
    """A module with H inputs and units, its weights drawn anew."""
    set_tf32(precision == "tf32")
    if issubclass(cls, kernels.modules.Fused):
        kwargs["precision"] = "tf32" if precision == "tf32" else "ieee"
    return cls(H, H, device=device, dtype=NUMBERS[precision], **kwargs)


def draw(module, T, N):
    """x (T, N, D), states (N, H) that are not 0, and what comes back to h."""
    weight = next(module.parameters())
    like = {"device": weight.device, "dtype": weight.dtype}
    x, dh = torch.randn(T, N, module.input_size, **like), torch.randn(T, N, module.hidden_size, **like)
    state = tuple(
        0.5 * torch.randn(1, N, module.hidden_size, **like) for _ in range(1 + isinstance(module, torch.nn.LSTM))
    )
    return x.requires_grad_(), state, dh


def step(module, x, state, dh, mask=None):
    """Forward and backward. Returns: h and all gradients."""
    module.zero_grad(set_to_none=True)
    x.grad = None
    more = {} if mask is None else {"mask": mask}
    h, _ = module(x, state if len(state) > 1 else state[0], **more)
    h.backward(dh)
    return [h.detach(), x.grad, *(p.grad for p in module.parameters())]


def distance(module, x, state, dh, mask=None):
    """How far h, and how far the farthest gradient is from the plain cell's in float64, as a share of it."""
    ours = isinstance(module, kernels.modules.Fused)
    exact = copy.deepcopy(module).double()
    if ours:
        exact.way = "plain"
    elif x.is_cuda:  # cuDNN in float64
        exact.flatten_parameters()
    twin = x.detach().double().requires_grad_(), tuple(s.double() for s in state), dh.double()
    pairs = zip(step(module, x, state, dh, mask), step(exact, *twin, mask), strict=True)
    shares = [((got.double() - want).norm() / want.norm()).item() for got, want in pairs]
    h, *grads = (share if share == share else float("inf") for share in shares)  # NaN is infinitely far
    return h, max(grads)


def check(kind, size, device, way="steps", precisions=tuple(ALLOWED)):
    """Each precision: fresh inputs four times (launched, recorded, replayed twice), then twice with a ragged mask.

    "right": h and all gradients are as near as is allowed. "as_near_as_a_loop": h is, and the gradients are within
    twice what the loop of plain cells reaches in the same numbers: a normalisation makes the rounding of a small sum a
    rounding of everything behind it.
    """
    H, N, T = size
    rows = []
    for precision in precisions:
        row = {"cell": kind, "way": way, "precision": precision, "H": H, "N": N, "T": T}
        row["allowed"] = ALLOWED[precision]
        try:
            module = make(OURS[kind], precision, H, device, way=way)
            found, row["paths"] = [], []
            for call in range(6):
                POOL.poison()  # what the calls before have written must not help
                mask = torch.rand(N, T, device=device) < 0.8
                mask[0], mask[1] = False, True  # a row of padding, and one that has a gradient
                found.append(distance(module, *draw(module, T, N), mask if call > 3 else None))
                row["paths"].append(module.path)
            h, grads = (max(each) for each in zip(*found, strict=True))
            why, module.way = module.why, "plain"
            loop = distance(module, *draw(module, T, N))
            row |= {"h": h, "gradients": grads, "h_of_loop": loop[0], "gradients_of_loop": loop[1]}
            row |= {"why": why, "right": max(h, grads) <= row["allowed"]}
            row["as_near_as_a_loop"] = h <= row["allowed"] and grads <= max(row["allowed"], 2 * loop[1])
            if kind != "layer-norm lstm":
                other = make(TORCH[kind], precision, H, device)
                row["h_of_torch_nn"], row["gradients_of_torch_nn"] = distance(other, *draw(other, T, N))
        except Exception as error:
            row["failed"] = f"{type(error).__name__}: {error}"[:2000]
        rows.append(row)
    return rows


def median_ms(call, device, most=1000, seconds=1.5):
    """The median time of call(k), k = 0, 1, …, by events on the device, after three calls that are not counted.

    Returns: milliseconds, the number of calls, and the milliseconds of the first call (with what it compiles).
    """
    gpu = device.type == "cuda"
    taken = []
    for k in range(min(most, MOST) + 3):
        began = time.perf_counter()
        if gpu:
            torch.cuda.synchronize()
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
        call(k)
        if gpu:
            end.record()
            torch.cuda.synchronize()
        wall = (time.perf_counter() - began) * 1000
        taken.append(start.elapsed_time(end) if gpu and k > 0 else wall)
        if k >= LEAST + 2 and sum(taken[3:]) > seconds * 1000:
            break
    return statistics.median(taken[3:]), len(taken) - 3, taken[0]


def compare(kind, size, precision, device, ways=("steps",), budget=None):
    """Forward and backward by torch.nn, by the loop of plain cells, and by the kernels. Returns: one dict."""
    H, N, T = size
    row = {"cell": kind, "precision": precision, "H": H, "N": N, "T": T, "floor": floor(kind, size, precision, device)}
    row["torch.nn is"] = TORCH[kind].__name__  # which has no layer norm
    for name in ("torch.nn", *ways, "loop"):
        if budget is not None and budget.left() < 10:
            row[name] = {"left_out": "no time left"}
            continue
        try:
            row[name] = timed(name, kind, size, precision, device)
        except Exception as error:
            row[name] = {"failed": f"{type(error).__name__}: {error}"[:2000]}
    known = {name: row[name]["ms"] for name in ("torch.nn", *ways, "loop") if "ms" in row[name]}
    for way in ways:
        if way in known:
            row[way] |= {f"{other} / ours": ms / known[way] for other, ms in known.items() if other != way}
    return row


def timed(name, kind, size, precision, device):
    """Forward and backward by torch.nn, by the loop, or by a way of the kernels."""
    H, N, T = size
    way = {} if name == "torch.nn" else {"way": "plain" if name == "loop" else name}
    module = make((OURS if way else TORCH)[kind], precision, H, device, **way)
    inputs = [draw(module, T, N) for _ in range(INPUTS)]
    few = {"most": 5} if name == "loop" else {}
    ms, calls, first = median_ms(lambda k: step(module, *inputs[k % INPUTS]), device, **few)
    result = {"ms": ms, "us_a_step": ms * 1000 / T, "calls": calls, "first_ms": first}
    return result | {"path": getattr(module, "path", None), "why": getattr(module, "why", None)}


def floor(kind, size, precision, device):
    """What a step takes at least, ahead and back together, as an estimate beside what `timed` measures.

    Each way a step costs the larger of arithmetic and reading, and an exchange between all multiprocessors for each
    launch; four products more, of x and of the weights' gradients, are arithmetic alone. A multiprocessor makes so
    many multiplications and additions a cycle, and reads 64 bytes a cycle from the second cache (both published for
    the H100); what is read is what the tiles of `plans` need; an exchange takes about 0.7 us, which is assumed and not
    measured. Units: us; None without a GPU.
    """
    if device.type != "cuda":
        return None
    properties = torch.cuda.get_device_properties(device)
    sms, hertz = properties.multi_processor_count, getattr(properties, "clock_rate", 1_755_000) * 1000
    return estimate(kind, size, precision, sms, hertz)


def estimate(kind, size, precision, sms, hertz):
    """The same for so many multiprocessors of so many cycles a second."""
    H, N, _ = size
    G, bytes_each = BLOCKS[kind], NUMBERS[precision].itemsize
    a_cycle = {"fp32": 128, "tf32": 1024, "bf16": 2048, "fp16": 2048}[precision]
    arithmetic = N * H * G * H / (sms * a_cycle * hertz) * 1e6
    exchange = 1.4 if kind == "layer-norm lstm" else 0.7  # its products and its rows are two launches
    parts = {"multiprocessors": sms, "hertz": hertz, "arithmetic_us": arithmetic, "exchange_us": exchange}
    for way, columns, K in (("ahead", G, H), ("back", 1, G * H)):
        tile = steps_plan(Work(N, H, columns, K, bytes_each), sms)
        read = (tile.constants["ROWS"] + tile.constants["UNITS"] * columns) * K * bytes_each * -(-tile.programs // sms)
        parts[f"{way}_bytes_read"], parts[f"{way}_us"] = read, max(arithmetic, read / (64 * hertz) * 1e6) + exchange
    return parts | {"estimated_us": parts["ahead_us"] + parts["back_us"] + 4 * arithmetic}
