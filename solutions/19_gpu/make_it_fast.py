# %% [markdown]
# # The same numbers in less time
#
# **Lesson 19, second of two notebooks.** About three and a half hours, with five places to stop.
#
# You need: the first notebook of this lesson, what a launch is above all; the step of the LSTM (lesson 6); masks (lesson 3); the
# minimal GRU and the parallel scan (lesson 7). No GPU is needed; where there is one, it is used.
#
# Afterwards you can take out of a loop what does not belong in it, run rows of unequal length without computing their padding, train
# with half of the bits and say what that costs, run a recurrence and its gradient in a few rounds, and join the gradients of several
# workers so that it makes no difference how the rows were dealt out.

# %%
import os

# products this small are faster on one thread than on two
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time

import numpy as np
import torch

from autograder import check, hint, model_answer, outcome, recall, solution


def join(earlier, later):
    """Two pieces of h' = keep h + new in a row, as one piece. A piece is a pair: keep, new."""
    return later[0] * earlier[0], later[0] * earlier[1] + later[1]


# %% [markdown]
# Here are two programs that compute the same: an LSTM as a loop in torch, one operation for each sign of the equations, and torch's own
# `nn.LSTM`. A step of the loop is timed with 32 units, and with 64.
#
# With twice as many units the product with the state needs four times as many multiply-adds. How much longer does a step of the *loop*
# take? Commit yourself; the measurement opens below.

# %% show
from rnn_core import plots

torch.set_num_threads(1)
device = "cuda" if torch.cuda.is_available() else "cpu"
T = 64


def milliseconds(run, *args, rounds=9):
    """The median time of a call, after two that do not count: of the processor, or of the GPU where there is one."""
    clock = time.perf_counter if device == "cuda" else time.process_time
    taken = []
    for _ in range(rounds + 2):
        if device == "cuda":
            torch.cuda.synchronize()
        start = clock()
        run(*args)
        if device == "cuda":
            torch.cuda.synchronize()
        taken.append(1000 * (clock() - start))
    return np.median(taken[2:])


def plain_loop(x, h, c, W_xh, W_hh, b):
    """x (T, N, D) -> h (T, N, H), as the equations stand."""
    states = []
    for x_t in x:
        i, f, g, o = (x_t @ W_xh + h @ W_hh + b).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        states.append(h)
    return torch.stack(states)


def weights_of(net):
    """W_xh, W_hh and b of torch's LSTM, in the form of the loop."""
    return (
        net.weight_ih_l0.T.contiguous(),
        net.weight_hh_l0.T.contiguous(),
        net.bias_ih_l0 + net.bias_hh_l0,
    )


units = (16, 32, 64, 128, 256) if device == "cpu" else (32, 64, 128, 256, 512, 1024)
by_units = {"loop": [], "nn.LSTM": []}
with torch.no_grad():
    for H in units:
        torch.manual_seed(0)
        net, x = torch.nn.LSTM(32, H).to(device), torch.randn(T, 8, 32, device=device)
        h = c = torch.zeros(8, H, device=device)
        args = x, h, c, *weights_of(net)
        difference = (plain_loop(*args) - net(x)[0]).abs().max().item()
        for name, run in (("loop", (plain_loop, *args)), ("nn.LSTM", (net, x))):
            by_units[name].append(1000 * milliseconds(*run) / T)
        print(f"{H:4} units: the two differ by at most {difference:.0e}")


def step_times():
    return plots.curves(
        units,
        by_units,
        "units H",
        "microseconds a step",
        title=f"One step of an LSTM, 8 sequences, on the {device}",
        xscale="log",
        yscale="log",
    )


from autograder import predict

twice = predict(
    "From 32 units to 64: how many times as long does a step of the plain loop take on your machine?",
    (1.0, 4.0),
    id="gpu-twice-the-units",
    unit="times",
)
twice.then(step_times)

# %% show
factor = by_units["loop"][units.index(64)] / by_units["loop"][units.index(32)]
ahead = ", ".join(
    f"{H} units: {loop / own:.1f}"
    for H, loop, own in zip(units, by_units["loop"], by_units["nn.LSTM"], strict=True)
)
twice.outcome(
    believed="four times the multiply-adds take four times as long",
    measured=f"{factor:.2f} times on the {device}. The loop's time by that of nn.LSTM: {ahead}",
    holds_when="the product is what a step waits for; small steps wait for the calls of their operations",
    value=factor,
)

# %% [markdown]
# Most of a small step is not arithmetic. Each operation has to be asked for: a launch, as the first notebook called it. A loop in Python
# asks for each of them again at every step. So there are two ways to less time: fewer launches, and less to compute.
#
# ## Fewer launches
#
# A program in Python does not compute on a GPU. It holds *names* of arrays that lie there, and asks for one operation after the other.
# To see that without a GPU, take a simulated one. `put` copies an array to the device and returns its name, `launch` runs an operation
# on arrays by name and counts, and `read` copies an array back. Look at the names: they tell the shape and nothing of the numbers.

# %% show
from rnn_core.simulated_gpu import SimulatedGPU

gpu = SimulatedGPU()
a, b = gpu.put([[1.0, 2.0], [3.0, 4.0]]), gpu.put([[10.0], [20.0]])
p = gpu.launch("product", a, b)
print("a:", a)
print("p:", p)
print("read back:", gpu.read(p).ravel(), " launches:", gpu.launches.total())

# %% [markdown]
# Here is the LSTM as it stands in the equations, on this device. `step_of(x, t)` is the part of step t of an array whose first axis is
# time, `gate_of(a, k)` the k-th of four blocks of columns. Both are views: they compute nothing, and cost no launch.


# %% show
def lstm_written_out(gpu, T, x, h, c, W_xh, W_hh, b):
    """Every sign of the equations is a launch. Returns: the names of h after each step, and of the last c."""
    states = []
    for t in range(T):
        p, q = gpu.launch("product", gpu.step_of(x, t), W_xh), gpu.launch("product", h, W_hh)
        a = gpu.launch("add", gpu.launch("add", p, q), b)
        i, f, o = (gpu.launch("sigmoid", gpu.gate_of(a, k)) for k in (0, 1, 3))
        g = gpu.launch("tanh", gpu.gate_of(a, 2))
        c = gpu.launch("add", gpu.launch("multiply", f, c), gpu.launch("multiply", i, g))
        h = gpu.launch("multiply", o, gpu.launch("tanh", c))
        states.append(h)
    return states, c


rng = np.random.default_rng(0)
N, D, H = 4, 3, 5
shapes = (T, N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)
arrays = [0.5 * rng.standard_normal(shape) for shape in shapes]
gpu = SimulatedGPU()
written_out, _ = lstm_written_out(gpu, T, *map(gpu.put, arrays))
print(f"T = {T}: {gpu.launches.total()} launches, {gpu.launches.total() / T:.0f} a step")
for operation, count in gpu.launches.most_common():
    print(f"  {operation:9}{count:6}")

# %% [markdown]
# Two things can be done about it.
#
# - **Out of the loop.** Whatever does not need the state can be computed before the first step, for all steps in one operation.
# - **One for many.** Operations on single numbers, one after the other on the same places, can be one operation: it reads its inputs once, goes
#   through sigmoids, tanh, products and sums without writing anything down between, and writes the result. To put several
#   operations into one launch is called [fusing](glossary). The device has such an operation for the LSTM:
#   `h_next, c_next = launch("gates", u, p, c)`. It adds u and p, both (N, 4H), cuts the sum into $i, f, g, o$, and does the rest of the
#   step.
#
# ## Exercise 19.7: two launches a step
# <!-- effort: gpu-fewer-launches -->
#
# Write `lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b)`: all steps of an LSTM with at most 2 T + 2 launches. `launch` and
# `step_of` are functions of the device. All that comes after T are names of arrays on it: `x` (T, N, D), `h` and `c` (N, H), the weights
# as ever. The operations that you need are `"product"`, `"add"` and `"gates"`. A product of (T, N, D) and (D, 4H) is (T, N, 4H), and a sum
# broadcasts as in numpy.
#
# Return the names of h after each step, as a list of T, and the name of c after the last.


# %% exercise="gpu-fewer-launches"
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    """Names of arrays on the device -> the names of h after each step (a list of T), the name of the last c."""
    ### BEGIN SOLUTION
    u = launch("add", launch("product", x, W_xh), b)  # (T, N, 4H): no state is needed
    states = []
    for t in range(T):
        p = launch("product", h, W_hh)
        h, c = launch("gates", step_of(u, t), p, c)
        states.append(h)
    return states, c
    ### END SOLUTION


# %% check="gpu-fewer-launches"

# %% show
gpu = SimulatedGPU()
states, _ = lstm_on_device(gpu.launch, gpu.step_of, T, *map(gpu.put, arrays))
other = SimulatedGPU()
same, _ = lstm_written_out(other, T, *map(other.put, arrays))
apart = max(
    np.abs(gpu.read(a) - other.read(b)).max() for a, b in zip(states, same, strict=True)
)
print(
    f"launches for {T} steps: yours {gpu.launches.total()}, written out {other.launches.total()}"
)
print(f"largest difference of the states: {apart:.0e}")

# %% [markdown]
# A launch was only counted here, not timed. What it costs differs from machine to machine. The next cell measures both kinds of loop in
# torch on yours: written out, and with the inputs' product taken out of the loop and two operations of torch's that are fused already:
# `addmm` is a product with a sum, `addcmul` a product of numbers with a sum.


# %% show
def fewer_calls(x, h, c, W_xh, W_hh, b):
    """The inputs' product for all steps at once; a step is one product, and the gates of what was added."""
    u, states = x @ W_xh + b, []
    for u_t in u:
        i, f, g, o = torch.addmm(u_t, h, W_hh).chunk(4, dim=1)
        c = torch.addcmul(torch.sigmoid(f) * c, torch.sigmoid(i), torch.tanh(g))
        h = torch.sigmoid(o) * torch.tanh(c)
        states.append(h)
    return torch.stack(states)


from rnn_core.torch_counted import Counter

with torch.no_grad():
    print(f"{'':24}{'operations a step':>18}{'microseconds a step':>21}")
    for H in (32, 128):
        torch.manual_seed(0)
        net, x = torch.nn.LSTM(32, H).to(device), torch.randn(T, 8, 32, device=device)
        h = c = torch.zeros(8, H, device=device)
        args = x, h, c, *weights_of(net)
        for name, loop in (("written out", plain_loop), ("fewer calls", fewer_calls)):
            with Counter() as counter:
                loop(*args)
            took = 1000 * milliseconds(loop, *args) / T
            print(
                f"{H:4} units, {name:12}{counter.counts[2] / T:18.1f}{took:21.1f}   on the {device}"
            )

# %% [markdown]
# **One launch for all.** On an NVIDIA GPU a whole list of launches can be recorded once, with the arrays that they read and write; later
# one request sets all of it going. Such a record is a [CUDA graph](glossary). It computes what was recorded, on the same arrays, in the
# same sizes: new inputs have to be copied into these arrays, and other sizes need another record. What a graph saves is the
# processor's time for asking. The operations themselves take as long as before.
#
# The course's own package `rnn_core.kernels` does both: each step's product and gates are one operation on the GPU, and the steps are recorded in
# a graph. (A *kernel* is the program that a GPU runs for one launch.) Its modules take the place of torch's, and they say which way they went.

# %% show
from rnn_core import kernels

torch.manual_seed(0)
fused, x = kernels.LSTM(32, 64).to(device), torch.randn(T, 8, 32, device=device)
theirs = torch.nn.LSTM(32, 64).to(device)
theirs.load_state_dict(fused.state_dict())
with torch.no_grad():
    for call in (1, 2, 3):
        h, _ = fused(x)
        print(f"call {call}: path {fused.path!r}", f"({fused.why})" if fused.why else "")
    print(f"largest difference to torch.nn.LSTM: {(h - theirs(x)[0]).abs().max():.0e}")
    if device == "cuda":
        print(f"fused {milliseconds(fused, x):.3f} ms,", end=" ")
        print(f"torch.nn.LSTM {milliseconds(theirs, x):.3f} ms")
    else:
        print("There is no GPU here: nothing was fused or recorded, so no time is told.")

# %% [markdown]
# Where it says *plain*, no kernel ran, and torch's operations were called step by step. What graphs and fusing gain on a GPU was then **not measured here**. The
# first notebook shows the table of a recorded run on a GPU as soon as there is one. Published, not measured here: the authors of FlashRNN (Pöppel, Beck
# and Hochreiter, 2024) report for an LSTM on an H100, 16 sequences of 1,024 steps, width 768, forwards and backwards, 473 microseconds a step for a loop in
# PyTorch, 13.3 for their fused kernel in bf16 and 5.1 for NVIDIA's library cuDNN in fp16. (Both have 16 bits a number, of which more below.)
#
# **A good place to stop.**
#
# ## Less to compute: no padding
#
# Rows of unequal length are padded to the longest, and a mask keeps the padding out of the result. But it is computed all the same. How much is that?
# The text is that of lesson 3, the help pages that come with Python.

# %% show
from rnn_core.data.text import load_text

sentences = [
    len(line.split()) for line in load_text().replace("\n", " ").split(". ") if line.split()
]
lengths = np.array(sentences)
print(
    f"{len(lengths):,} sentences (cut at full stops), {lengths.min()} to {lengths.max()} words, on average {lengths.mean():.1f}"
)
shares = {}
for name, ordered in (
    ("as they come", rng.permutation(lengths)),
    ("sorted by length", np.sort(lengths)),
):
    shares[name] = []
    for N in (1, 4, 16, 64, 256):
        batches = [ordered[k : k + N] for k in range(0, len(ordered), N)]
        computed = sum(batch.max() * len(batch) for batch in batches)
        shares[name].append(100 * (1 - lengths.sum() / computed))
plots.curves(
    (1, 4, 16, 64, 256),
    shares,
    "rows in a batch",
    "padding, % of all steps",
    title="What is computed in vain",
    xscale="log",
)

# %% [markdown]
# Sorting helps, but then a batch holds rows of one length only, and training may mind that. The other way is to leave the padding out of the arrays. Put the
# longest row first. Then at every step those rows that still run are the *first* ones, and a step can work on `h[:n]`, without a mask:
#
# ```
# lengths  2 0 4 1          order  2 0 3 1      (the longest row is row 2, then row 0, …)
#
# row 2    a b c d          step 0: a e g       3 rows run
# row 0    e f              step 1: b f         2
# row 3    g                step 2: c           1
# row 1                     step 3: d           1
#
# data     a e g b f c d    batch_sizes  3 2 1 1
# ```
#
# This is a [packed sequence](glossary), in the form that torch uses (`torch.nn.utils.rnn.PackedSequence`).
#
# ## Exercise 19.8: there and back
# <!-- effort: gpu-packed -->
#
# Write two functions with numpy arrays.
#
# - `pack(x, lengths)`: x (N, T, D) and whole numbers (N,), of which some may be 0. Returns `data` (all real steps, D), `batch_sizes` (as many as the longest row
#   has steps) and `order` (N,): the numbers of the rows, the longest first, equal ones in their old order.
# - `unpack(data, batch_sizes, order)`: the padded array (N, longest, D) again, with 0 in the padding, and the rows in their old order.
#
# Leave the caller's arrays unchanged. (torch's own function refuses a row of length 0; yours shall take it.)


# %% exercise="gpu-packed"
def pack(x, lengths):
    """x (N, T, D), lengths (N,) -> data (steps, D), batch_sizes (longest,), order (N,)."""
    ### BEGIN SOLUTION
    order = np.argsort(-lengths, kind="stable")
    running = lengths[:, None] > np.arange(lengths.max())  # (N, longest)
    batch_sizes = running.sum(axis=0)
    data = np.concatenate([x[order[:n], t] for t, n in enumerate(batch_sizes)])
    return data, batch_sizes, order
    ### END SOLUTION


def unpack(data, batch_sizes, order):
    """data, batch_sizes, order -> x (N, longest, D), 0 in the padding."""
    ### BEGIN SOLUTION
    x = np.zeros((len(order), len(batch_sizes), data.shape[1]), data.dtype)
    pieces = np.split(data, np.cumsum(batch_sizes))[:-1]
    for t, piece in enumerate(pieces):
        x[order[: len(piece)], t] = piece
    return x
    ### END SOLUTION


# %% check="gpu-packed"

# %% [markdown]
# Your packing beside torch's, and a tanh cell that runs over packed rows. In it there is no mask. Where rows end, the loop just takes fewer of them; the others keep
# their state because nobody touches it.


# %% show
def run_packed(data, batch_sizes, h, W_xh, W_hh, b):
    """h (N, H) in the packed order -> the last state of each row, and how many rows were computed in all."""
    h, u, at = h.copy(), data @ W_xh + b, 0
    for n in batch_sizes:
        h[:n] = np.tanh(u[at : at + n] + h[:n] @ W_hh)
        at += n
    return h, at


def run_masked(x, lengths, h, W_xh, W_hh, b):
    """The same over the padded rows, with a mask."""
    u = x @ W_xh + b
    for t in range(x.shape[1]):
        h = np.where((t < lengths)[:, None], np.tanh(u[:, t] + h @ W_hh), h)
    return h, x.shape[0] * x.shape[1]


N, D, H = 64, 32, 128
rows = rng.choice(lengths, N)
x = rng.standard_normal((N, rows.max(), D)).astype(np.float32)
data, batch_sizes, order = pack(x, rows)
theirs = torch.nn.utils.rnn.pack_padded_sequence(
    torch.from_numpy(x[order]), torch.from_numpy(rows[order]), batch_first=True
)
print("as torch packs:", np.array_equal(data, theirs.data), end=", ")
mask = np.arange(rows.max()) < rows[:, None]
print("there and back:", np.array_equal(unpack(data, batch_sizes, order), x * mask[:, :, None]))
weights = [
    (0.1 * rng.standard_normal(shape)).astype(np.float32) for shape in ((D, H), (H, H), (H,))
]
h0 = np.tanh(rng.standard_normal((N, H))).astype(np.float32)
packed_end, packed_rows = run_packed(data, batch_sizes, h0[order], *weights)
masked_end, masked_rows = run_masked(x, rows, h0, *weights)
apart = np.abs(packed_end - masked_end[order]).max()


def cpu_milliseconds(run):
    """Of numpy, which runs on the processor in any case."""
    taken = []
    for _ in range(7):
        start = time.process_time()
        run()
        taken.append(1000 * (time.process_time() - start))
    return np.median(taken)


times = [
    cpu_milliseconds(run)
    for run in (
        lambda: run_packed(data, batch_sizes, h0[order], *weights),
        lambda: run_masked(x, rows, h0, *weights),
    )
]
print(f"last states: packed and masked differ by at most {apart:.0e}")
print(
    f"steps of rows: packed {packed_rows}, padded {masked_rows}: {100 * (1 - packed_rows / masked_rows):.0f} % saved"
)
print(
    f"time on one core, forwards: packed is {times[1] / times[0]:.1f} times as fast as padded"
)

# %% [markdown]
# The share of steps that are saved can be counted before a line is written. The share of the *time* is another matter: a product with a few rows takes longer for
# each row than one with many, and there are as many launches as before. On a GPU there is one more thing to know: cuDNN has its fastest ways for inputs that are
# not packed (so torch's source says; not measured here). So measure both with your lengths.
#
# **A good place to stop.**
#
# ## Half of the bits
#
# A number in float32 has 32 bits. With 16 there are half as many bytes to move, and GPUs have special circuits for products of such numbers. There are two kinds
# of [half precision](glossary). What can each of them hold?

# %% show
print(f"{'':10}{'largest':>12}{'smallest above 0':>18}{'next after 1':>14}")
for kind in (torch.float32, torch.float16, torch.bfloat16):
    about = torch.finfo(kind)
    print(
        f"{str(kind)[6:]:10}{about.max:12.2g}{about.smallest_normal * about.eps:18.1g}{'1 + ' + format(about.eps, '.1g'):>14}"
    )

weight, step = 1.0, 0.001
for kind in (torch.float32, torch.float16, torch.bfloat16):
    w = torch.tensor(weight, dtype=kind)
    for _ in range(1000):
        w = w + torch.tensor(step, dtype=kind)
    print(f"{weight:g} + 1000 times {step:g} in {str(kind)[6:]}: {w.item():.3f}")

# %% [markdown]
# float16 keeps three digits, and overflows early. bfloat16 reaches as far as float32, but keeps two digits only: of a small step added to a large weight nothing may be
# left. Sums suffer in the same way. Below, 4,096 numbers between 0 and 1 are added up: one after the other, or in pieces of 64 whose sums are then added; with a running sum in bfloat16 or in float32.


# %% show
def sum_in_pieces(values, kind, size):
    """Add up with a running sum of this kind: within each piece, and over the pieces."""
    total = torch.zeros((), dtype=kind)
    for piece in values.to(torch.bfloat16).split(size):
        part = torch.zeros((), dtype=kind)
        for value in piece:
            part = part + value.to(kind)
        total = total + part
    return total.item()


torch.manual_seed(0)
values = torch.rand(4096)
exact = values.to(torch.bfloat16).double().sum().item()
for kind, size in ((torch.bfloat16, 4096), (torch.bfloat16, 64), (torch.float32, 4096)):
    got = sum_in_pieces(values, kind, size)
    pieces = f"pieces of {size}" if size < 4096 else "in one"
    off = 100 * abs(got / exact - 1)
    print(
        f"running sum in {str(kind)[6:]:9} {pieces:13}: {got:8.1f}, off by {off:.3f} % of {exact:.1f}"
    )

# %% [markdown]
# So what is called [mixed precision](glossary) uses each kind for what it can do: products of numbers in half precision, their sums in float32; a copy of the weights in
# float32, to which small steps are added.
#
# float16 has one more difficulty: its range. Gradients are often small, and what is below its smallest number becomes 0. Look at the gradient of a character model, an LSTM that
# has been trained for a moment. If the loss is multiplied by a *scale*, so is the whole gradient, by the chain rule. What is lost, by scale?

# %% show
# Training: no need to read this cell.
from functools import partial

from rnn_core.cells import LSTM
from rnn_core.data.text import Vocabulary, split
from rnn_core.nets import every_step, net_params
from rnn_core.optim import Adam
from rnn_core.sequence import stream_batches
from rnn_core.train import fit

text = load_text()
vocabulary = Vocabulary(text)
ids, V = split(vocabulary.encode(text))[0], len(Vocabulary(text))
params = net_params(np.random.default_rng(0), LSTM, V, 48, V, dtype=np.float32)
start = {name: p.copy() for name, p in params.items()}
fit(
    partial(every_step, LSTM),
    params,
    lambda: stream_batches(ids, 16, 32),
    Adam(0.01),
    clip=1.0,
    steps=300,
)
_, gradient, _ = every_step(LSTM, params, next(iter(stream_batches(ids, 16, 32))))
numbers = np.abs(np.concatenate([g.ravel() for g in gradient.values()])).astype(np.float64)
numbers = numbers[numbers > 0]
scales = 2.0 ** np.arange(0, 33, 2)
with np.errstate(over="ignore"):
    halves = [(numbers * scale).astype(np.float16) for scale in scales]
print(
    f"{len(numbers):,} numbers of the gradient that are not 0: half of them are below {np.median(numbers):.1g}"
)
print(f"in float16, without a scale, {100 * np.mean(halves[0] == 0):.1f} % of them become 0")
plots.curves(
    scales,
    {
        "becomes 0": [100 * np.mean(half == 0) for half in halves],
        "overflows": [100 * np.mean(np.isinf(half)) for half in halves],
    },
    "scale of the loss",
    "% of the numbers of the gradient",
    title="A gradient in float16",
    xscale="log",
)

# %% [markdown]
# Where both lines lie near 0 is a range of good scales. Nobody knows it beforehand, and it moves while a net learns. So the scale looks for itself: this is
# [loss scaling](glossary). The loss is multiplied by the scale; the gradients arrive in float16, that many times as large. Then:
#
# - If any number of any gradient is not finite, the scale was too large. No weight is changed, and half of the scale is tried next.
# - Else the scale is taken out of the gradients, in float32, and the weights take their step. After so many good steps in a row as `patience` says, twice the scale is tried.
#
# ## Exercise 19.9: a step with a scale
# <!-- effort: gpu-mixed -->
#
# Write `scaled_step(params, grads, scale, good, lr, patience)`. `params` is a dict of arrays in float32, `grads` one of arrays in float16 with the same names, `good` the number of good
# steps since the scale was last changed. The step is plain gradient descent with learning rate `lr`. Return the new `params`, `scale` and `good`. When the scale changes, up or down, `good`
# begins anew at 0. The caller's arrays stay unchanged.


# %% exercise="gpu-mixed"
def scaled_step(params, grads, scale, good, lr, patience):
    """Dicts of arrays in float32 and float16, numbers -> params, scale, good after one step."""
    ### BEGIN SOLUTION
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    unscaled = {name: g.astype(np.float32) / scale for name, g in grads.items()}
    params = {name: p - lr * unscaled[name] for name, p in params.items()}
    if good + 1 == patience:
        return params, scale * 2, 0
    return params, scale, good + 1
    ### END SOLUTION


# %% check="gpu-mixed"

# %% [markdown]
# What does it cost? The same model is trained from the same start three times by plain gradient descent: in float32; with gradients in float16, without a scale; and with your step. Only the
# gradients are rounded here, when they are handed over; the products are in float32. To see what smallness does, the loss of each batch counts a millionth. (A learning rate
# a million times as large makes up for that, so that in exact arithmetic nothing would change.)


# %% show
def train(kind, scale=1.0, steps=150, share=1e-6, lr=0.5):
    """Losses of the steps, and the scales."""
    weights, good, losses, used = {name: p.copy() for name, p in start.items()}, 0, [], []
    batches = stream_batches(ids, 16, 32)
    for _, batch in zip(range(steps), batches, strict=False):
        loss, grads, _ = every_step(LSTM, weights, batch)
        losses.append(loss)
        used.append(scale)
        if kind == "float32":
            weights = {name: p - lr * grads[name] for name, p in weights.items()}
            continue
        with np.errstate(over="ignore"):
            handed = {name: (g * share * scale).astype(np.float16) for name, g in grads.items()}
        if kind == "float16":
            weights = {
                name: p - np.float32(lr / share) * handed[name].astype(np.float32)
                for name, p in weights.items()
            }
        else:
            weights, scale, good = scaled_step(weights, handed, scale, good, lr / share, 20)
    return losses, used


runs = {
    "float32": train("float32")[0],
    "float16, no scale": train("float16")[0],
}
runs["float16, scaled"], used = train("scaled", scale=2.0**40)
print("mean loss of the last 30 steps:")
for name, losses in runs.items():
    print(f"  {name:18}{np.mean(losses[-30:]):7.3f} nats")
left_out = int((np.diff(used) < 0).sum())
print(
    f"the scale began at 2^{np.log2(used[0]):.0f}, ended at 2^{np.log2(used[-1]):.0f}; {left_out} steps were left out"
)
plots.curves(
    np.arange(len(runs["float32"])),
    runs,
    "training steps",
    "nats a character",
    title="The same model, gradients handed over in three ways",
)

# %% [markdown]
# What to read from it: a scale that adapts brings the range back. It does not bring digits back. Those are lost in the products and the states, at every step of a sequence. So measure that
# as well. The trained model reads held-out text of 200 characters, forwards only, in three ways: all in float32; products in bfloat16, states and gates in float32; all in bfloat16. The picture shows how far
# the states are off, against the same net in float64.


# %% show
def states_in(product, state, x):
    """The states (T, N, H) of the trained LSTM: products with numbers of one kind, all else in another."""
    W_xh, W_hh, b = (
        torch.from_numpy(params[f"layer1.{name}"]).double() for name in ("W_xh", "W_hh", "b")
    )
    h = c = torch.zeros(x.shape[1], len(W_hh), dtype=state)
    W_hh, b, states = W_hh.to(product), b.to(state), []
    for x_t in x.to(product) @ W_xh.to(product):
        a = x_t.to(state) + (h.to(product) @ W_hh).to(state) + b
        i, f, g, o = a.chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        states.append(h)
    return torch.stack(states)


held_out = split(vocabulary.encode(text))[1]
read, follow = (torch.as_tensor(a).T for a in next(iter(stream_batches(held_out, 16, 200)))[:2])
x = torch.nn.functional.one_hot(read, V).double()
W_hy, b_y = (torch.from_numpy(params[name]) for name in ("W_hy", "b_y"))
kinds = {
    "float32": (torch.float32, torch.float32),
    "products in bfloat16": (torch.bfloat16, torch.float32),
    "all in bfloat16": (torch.bfloat16, torch.bfloat16),
}
exact, off = states_in(torch.float64, torch.float64, x), {}
for name, (product, state) in {"float64": (torch.float64,) * 2, **kinds}.items():
    h = states_in(product, state, x).double()
    if name in kinds:
        off[name] = ((h - exact).norm(dim=(1, 2)) / exact.norm(dim=(1, 2))).numpy()
    loss = torch.nn.functional.cross_entropy(
        (h.float() @ W_hy + b_y).flatten(0, 1), follow.flatten()
    )
    print(f"{name:21} {loss.item():.5f} nats a character, held-out text")
plots.curves(
    np.arange(1, len(x) + 1),
    off,
    "step",
    "error of the states, relative",
    title="What rounding does along a sequence",
    yscale="log",
)

# %% [markdown]
# Two questions to the picture: does the error grow with the steps, or does the net forget it as it forgets other things? And does the loss notice? This is one small net, and it was trained in float32. What training
# in half precision costs a larger one has to be measured there, on the loss that counts.
#
# **A good place to stop.**
#
# ## All steps at once
#
# Fewer launches, less to compute: but step 40 still waits for step 39. Lesson 7 had a cell for which it need not. In the minimal GRU $h_t = (1 - z_t) \odot h_{t-1} + z_t \odot n_t$, with a gate and a
# candidate that read the input alone. With $\text{keep}_t = 1 - z_t$ and $\text{new}_t = z_t \odot n_t$ two steps in a row are again one of that kind:
#
# ```
# def join(earlier, later):           # each a pair: keep, new
#     return later[0] * earlier[0], later[0] * earlier[1] + later[1]
# ```
#
# A masked step has keep = 1 and new = 0: joined with anything, it changes nothing.
#
# In lesson 7 the scan was measured on one core. On a device that does a whole round at once it could gain more; or less, since it computes more. And on this machine, forwards and backwards, in torch?
#
# ## Exercise 19.10: where will it win?
# <!-- effort: gpu-where-scan-wins -->
#
# Further down your scan runs against a loop over the steps, 512 of them, forwards and backwards, with small steps (one sequence, few units) and with large ones. Commit yourself: set `scan_wins` to one of
# `"at every size"`, `"where a step is small"`, `"where a step is large"`, `"nowhere"`. Any of them earns the point.

# %% exercise="gpu-where-scan-wins"
# scan_wins = "…"
### BEGIN SOLUTION
scan_wins = "where a step is small"
### END SOLUTION

# %% check="gpu-where-scan-wins"

# %% [markdown]
# ## Exercise 19.11: a scan of anything
# <!-- effort: gpu-scan -->
#
# A scan does not care what it joins. All it needs is that the joining may be bracketed at will (it is *associative*): first a with b and then c, or a with what b and c give, is the same. The order has to stay.
#
# Write `scan(keep, new, join)` in torch. `keep` and `new` are tensors (N, T, H); `join(earlier, later)` takes two pairs of tensors of equal shapes and returns a pair. Return two tensors (N, T, H): entry t stands for all
# steps from 0 to t, joined. Use rounds with distances s = 1, 2, 4, … The check counts the calls of `join`, of which there may be at most $2 \lceil \log_2 T \rceil$, and hands in another `join`, too.
#
# Make new tensors; do not write into those that came. (`torch.cat([a, b], dim=1)` puts two behind each other.)


# %% exercise="gpu-scan"
def scan(keep, new, join):
    """keep, new (N, T, H), join(earlier, later) -> keep, new (N, T, H) of the steps 0 to t."""
    ### BEGIN SOLUTION
    s = 1
    while s < keep.shape[1]:
        earlier, later = (keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:])
        joined_keep, joined_new = join(earlier, later)
        keep = torch.cat([keep[:, :s], joined_keep], dim=1)
        new = torch.cat([new[:, :s], joined_new], dim=1)
        s *= 2
    return keep, new
    ### END SOLUTION


# %% check="gpu-scan"

# %% [markdown]
# With that, all states are `K * h0 + B`, where `K, B = scan(keep, new, join)`.
#
# **A good place to stop.**
#
# ## The way back
#
# torch can take the gradient of your scan by itself: it goes back through every round, and keeps the tensors of all of them for it. There is a shorter way. Let `dh` (N, T, H) be the gradient that arrives at each state from outside. What
# reaches $h_t$ in all is that, and what the *next* step hands back:
#
# $$d_t = dh_t + \text{keep}_{t+1} \odot d_{t+1}, \qquad d_{T-1} = dh_{T-1}$$
#
# That is a recurrence of the same kind. It runs from the last step to the first. From $d$ the rest follows, as in any backward step:
#
# $$d\text{new}_t = d_t, \qquad d\text{keep}_t = d_t \odot h_{t-1}, \qquad dh_{-1} = \text{keep}_0 \odot d_0$$
#
# where $h_{-1}$ is the state at the start, `h0`.
#
# ## Exercise 19.12: the way back is a scan, too
# <!-- effort: gpu-scan-backward -->
#
# Write `scan_backward(dh, keep, h, h0, run)` in torch. `h` (N, T, H) are the states after each step. `run(keep, new, h0)` computes all states of such a recurrence, from the first step to the last: your scan, or a loop, or a kernel. Call it once, with what makes it
# run the recurrence of $d$. (`a.flip(1)` turns time round.) Return `dkeep`, `dnew` (N, T, H) and `dh0` (N, H).


# %% exercise="gpu-scan-backward"
def scan_backward(dh, keep, h, h0, run):
    """dh, keep, h (N, T, H), h0 (N, H), run(keep, new, h0) -> dkeep, dnew (N, T, H), dh0 (N, H)."""
    ### BEGIN SOLUTION
    nothing = torch.zeros_like(h0)
    next_keep = torch.cat([keep[:, 1:], nothing[:, None]], dim=1)
    d = run(next_keep.flip(1), dh.flip(1), nothing).flip(1)
    before = torch.cat([h0[:, None], h[:, :-1]], dim=1)
    return d * before, d, keep[:, 0] * d[:, 0]
    ### END SOLUTION


# %% check="gpu-scan-backward"

# %% [markdown]
# Both of your functions, as one operation that torch can use like any other; held against torch's own gradient of a loop, with a ragged mask, in float64.


# %% show
def by_scan(keep, new, h0):
    K, B = scan(keep, new, join)
    return K * h0[:, None] + B


def by_loop(keep, new, h0):
    states = []
    for k, n in zip(keep.unbind(1), new.unbind(1), strict=True):
        h0 = torch.addcmul(n, k, h0)
        states.append(h0)
    return torch.stack(states, dim=1)


class Scanned(torch.autograd.Function):
    """All states by `scan`, and their gradient by `scan_backward`."""

    @staticmethod
    def forward(ctx, keep, new, h0):
        h = by_scan(keep, new, h0)
        ctx.save_for_backward(keep, h, h0)
        return h

    @staticmethod
    def backward(ctx, dh):
        return scan_backward(dh, *ctx.saved_tensors, by_scan)


def gradients(run, keep, new, h0, dh):
    inputs = [a.clone().requires_grad_() for a in (keep, new, h0)]
    return torch.autograd.grad((run(*inputs) * dh).sum(), inputs)


torch.manual_seed(1)
keep, new, dh = (torch.rand(4, 37, 5, dtype=torch.float64) for _ in range(3))
real = torch.arange(37) < torch.tensor([37, 0, 20, 5])[:, None]
keep, new = (
    torch.where(real[:, :, None], a, fill) for a, fill in ((keep, 1.0), (new - 0.5, 0.0))
)
h0 = torch.randn(4, 5, dtype=torch.float64)
apart = max(
    (a - b).abs().max().item()
    for a, b in zip(
        gradients(Scanned.apply, keep, new, h0, dh),
        gradients(by_loop, keep, new, h0, dh),
        strict=True,
    )
)
print(
    f"states: largest difference {(by_scan(keep, new, h0) - by_loop(keep, new, h0)).abs().max():.0e}"
)
print(f"gradients: largest difference {apart:.0e}")
print("row 1 is padding: keeps h0 exactly:", bool((by_scan(keep, new, h0)[1] == h0[1]).all()))

# %% [markdown]
# Now the race: 512 steps, forwards and backwards, in float32. torch's GRU is there as well, for scale; it is another cell, whose gates do read the state.

# %% show
sizes = ((1, 8), (1, 64), (8, 64), (32, 128))
if device == "cuda":
    sizes = ((1, 64), (8, 128), (32, 256), (64, 512))
steps, gain = 512, {"loop": [], "scan, torch's gradient": [], "torch's GRU": []}
for N, H in sizes:
    torch.manual_seed(0)
    keep, new, dh = (torch.rand(N, steps, H, device=device) for _ in range(3))
    h0, net = torch.zeros(N, H, device=device), torch.nn.GRU(H, H, batch_first=True).to(device)

    def gru(new=new, net=net, dh=dh):
        return torch.autograd.grad((net(new)[0] * dh).sum(), list(net.parameters()))

    args = keep, new, h0, dh
    yours = milliseconds(gradients, Scanned.apply, *args, rounds=3)
    others = (gradients, by_loop, *args), (gradients, by_scan, *args), (gru,)
    for name, run in zip(gain, others, strict=True):
        gain[name].append(milliseconds(*run, rounds=3) / yours)
    print(
        f"N {N:2}, H {H:3}:", ", ".join(f"{name} {line[-1]:.1f}" for name, line in gain.items())
    )
said = globals().get("scan_wins", "nothing yet")
won = [
    f"N {N}, H {H}" for (N, H), factor in zip(sizes, gain["loop"], strict=True) if factor > 1
]
print(
    f"\nYou said: {said}. On the {device} the scan was ahead of the loop at {'; '.join(won) or 'no size'}."
)
plots.curves(
    [N * H for N, H in sizes],
    gain | {"your scan": np.ones(len(sizes))},
    "numbers in a state, N times H",
    "time, that of your scan = 1",
    title=f"Forwards and backwards, {steps} steps, on the {device}",
    xscale="log",
    yscale="log",
).legend_below(2)

# %% [markdown]
# The scan computes more than the loop: each round goes over the whole array. While a step is small, the loop's time is that of its calls, and the scan has fewer of them. As steps grow, what counts is what is computed and
# moved, and the balance turns. Where it turns depends on the machine. On one core nothing runs in parallel: there a scan saves calls and nothing else.
#
# **A good place to stop.**
#
# ## More workers
#
# With several GPUs, the usual way is [data parallel training](glossary): every worker has the same weights, reads its own rows, and takes the gradient of its own loss. The gradients are joined; then all workers take the same step.
#
# In language models the loss is a mean over tokens. Rows differ in length, so workers have unequal numbers of tokens. What must the joined gradient be, so that it makes no difference how the rows were dealt out? It has to equal that of *one* process that reads them all. And clipping: the
# norm that is limited must be that of the gradient that is used.
#
# ## Exercise 19.13: as if it were one
# <!-- effort: gpu-data-parallel -->
#
# Write `joined_gradient(gradients, tokens, max_norm)`. `gradients` is a list with a dict of arrays for each worker: the gradient of its *mean* loss over its own tokens. `tokens` are their numbers, of which some may be 0 (that worker's gradient is then zero), not all. Return a dict with
# the gradient of the mean over all tokens, shortened to the length `max_norm` if it is longer, and its length before that. The length is that of all arrays together. The workers' arrays stay unchanged.


# %% exercise="gpu-data-parallel"
def joined_gradient(gradients, tokens, max_norm):
    """A dict of arrays and a number of tokens for each worker -> the joined gradient, its norm before clipping."""
    ### BEGIN SOLUTION
    joined = {}
    for name in gradients[0]:
        total = sum(g[name] * n for g, n in zip(gradients, tokens, strict=True))
        joined[name] = total / sum(tokens)
    norm = np.sqrt(sum((g**2).sum() for g in joined.values()))
    factor = min(1.0, max_norm / norm)
    return {name: factor * g for name, g in joined.items()}, norm
    ### END SOLUTION


# %% check="gpu-data-parallel"

# %% [markdown]
# How much would the mean of the means be off? The character model's gradient, with the rows dealt out to two workers: the first gets long rows, the second short ones. The last column is the angle between what is used and the gradient of one process.

# %% show
from rnn_core.sequence import lengths_to_mask

x, targets = next(iter(stream_batches(ids, 16, 32)))


def flat(gradient):
    return np.concatenate([g.ravel() for g in gradient.values()]).astype(np.float64)


def angle(a, b):
    return np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))


print(f"{'tokens':>12}{'yours, off by':>16}{'mean of means, off by':>24}{'its angle':>12}")
for short in (32, 16, 4, 1):
    row_lengths = np.repeat([32, short], 8)
    mask = lengths_to_mask(row_lengths, 32)
    one = flat(every_step(LSTM, params, (x, targets, mask))[1])
    halves = [slice(0, 8), slice(8, 16)]
    of_workers = [every_step(LSTM, params, (x[k], targets[k], mask[k]))[1] for k in halves]
    tokens = [int(mask[k].sum()) for k in halves]
    mine = flat(joined_gradient(of_workers, tokens, 1e9)[0])
    naive = np.mean([flat(g) for g in of_workers], axis=0)
    off = [np.linalg.norm(g - one) / np.linalg.norm(one) for g in (mine, naive)]
    print(
        f"{' and '.join(map(str, tokens)):>12}{off[0]:16.0e}{off[1]:24.2f}{angle(naive, one):10.0f} °"
    )

# %% [markdown]
# With equal numbers of tokens both are right, and the mistake does not show. That is why it stays in programs.
#
# The course's own training, `rnn_core.torch_train`, joins sums in this way, and its tests hold two processes against one. What data parallel training changes is *not* the gradient. It is the batch: two workers with the rows of one each read twice as many rows for a step. If the
# learning rate and the number of steps stay as they were, that is another training run, and its loss has to be measured anew. And the gradients have to travel between the workers at every step, which takes time. How much was not measured here.
#
# ## A whole run
#
# Training that takes hours needs more than fast steps: a device and a number of bits that suit it, windows of $T$ steps with the state carried over (lesson 3), a limit, a speed that can be read off, and a file from which it goes on after somebody has switched the machine off. In
# this course all of it is one call, `rnn_core.torch_train.fit`. What a GPU is given to do, and what a laptop can do in a minute, stands there as two lists of sizes. They differ in this:

# %% show
from rnn_core.torch_train import PROFILES, choose

profile = choose()  # "gpu" where an NVIDIA GPU is found, else "laptop"
for name, pair in PROFILES["gpu"].differences(PROFILES["laptop"]).items():
    print(f"{name:12}{pair[0]!s:>10}{pair[1]!s:>10}")
print(f"\nTaken here: {profile.name}")

# %% [markdown]
# `D` numbers a character, `H` units in each of `layers`; `N` rows of `T` steps in a batch; `lr` is Adam's step; the run ends after so many `steps` or `seconds`, whichever comes first; `threads` are those of the processor, `None` as many as torch likes. The model itself differs, so the losses of the two are not to be
# compared.
#
# Below, a model of these help pages is trained for a few seconds, in two calls. The second call makes a new model and a new optimiser, finds the file of the first, and goes on where that one stopped.

# %% show
SECONDS = 12  # of the whole run, both calls together
# Training: no need to read on.

import tempfile
from dataclasses import replace
from pathlib import Path

from rnn_core.data.text import ngram_bits
from rnn_core.torch_train import LanguageModel, bits_per_token, fit, language_loss
from rnn_core.widgets import Training


def run_until(seconds, file, live):
    """Train until so many seconds of the run are over, those before a stop included."""
    torch.manual_seed(0)
    model = LanguageModel(V, profile.D, profile.H, profile.layers)
    history = fit(
        model,
        language_loss,
        lambda turn: stream_batches(ids, profile.N, profile.T),
        torch.optim.Adam(model.parameters(), lr=profile.lr),
        replace(profile, steps=None, seconds=seconds),
        checkpoint=file,
        unit="bits",
        live=live,
    )
    print(history)
    return model


with tempfile.TemporaryDirectory() as folder:
    run_until(5, Path(folder) / "run.pt", None)
    model = run_until(SECONDS, Path(folder) / "run.pt", Training())

print("\nHeld-out text, in bits a character:")
print(f"  this model                      {bits_per_token(model, held_out):.2f}")
for order in (3, 4, 5):
    bits = ngram_bits(ids, held_out, order, V)
    print(f"  counts of {order} characters in a row  {bits:.2f}")

# %% [markdown]
# The lines above say how far a few seconds got, beside the models that only count (lesson 3). The profile means the run to be longer: write `SECONDS = profile.seconds` into the first line and run the cell again. That is less than a minute on a laptop, five on a GPU.
#
# A run that goes on from its file is meant to have, after as many steps, the weights of a run that was never stopped, to the last bit, on the same machine. The tests of the course kill one at many places and compare the weights, on a processor. On several GPUs these lines
# stand in a file of their own, inside `with processes():`, and torch's program `torchrun` starts that file once for each GPU. Then the sums are joined as in your exercise.
#
# ## Exercise 19.14: in words
# <!-- effort: gpu-faster-in-words -->
#
# A friend trains an LSTM on sentences with a loop over the steps, in float32, on one GPU. It is too slow. Somebody advises half precision, a parallel scan and a second GPU, all at once. What would you look at first? Go through this notebook's means in six to ten sentences: which of them leave the result as it
# is, which change it or the model, and what of each would have to be measured?

# %% answer="gpu-faster-in-words"

# %% [markdown]
# ## What was shown, and what was not
#
# - A small step waits for calls, not for arithmetic: the first measurement has the numbers for your machine. What needs no state is computed for all steps at once, and what follows a product is fused with it: two launches a step, with the same result.
# - Packing leaves padding out. What it saves in steps can be counted; what it saves in time was measured for one cell and one set of lengths.
# - float16 loses small gradients and overflows on large ones. A scale that adapts holds the range. Sums, and the weights themselves, want float32.
# - The minimal GRU and its gradient run as two scans. Where the scan is ahead depends on the size of a step.
# - Workers' sums are joined, not their means; then the gradient is that of one process.
#
# **Not shown**, unless this ran on a GPU: what a CUDA graph, fused kernels, packing and half precision gain there. Kernels, graphs and bfloat16 are measured by `python -m benchmarks.gpu --out FILE.json`, on a machine that has one.
#
# ## Five questions

# %% recall="fast-scale-halved fast-scan-way-back fast-mean-of-means gru-two-conventions bptt-padding-gradient"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
