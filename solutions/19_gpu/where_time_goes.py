# %% [markdown]
# # 250 times faster than what?
#
# **Lesson 19, first of two notebooks.** About three hours, with three places to stop.
#
# You need: the step of the tanh cell (lesson 2), of the LSTM (lesson 6) and of the GRU (lesson 7); training of a model of text
# (lesson 3). No GPU is needed: all of this runs on two cores of a processor. Where there is a GPU, it is used.
#
# Afterwards you can measure how long a computation takes without fooling yourself, count what a step makes a machine do, say
# what the step waits for, and take a claim about speed apart.

# %%
import os

# products this small are faster on one thread than on two
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time

import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution

# %% [markdown]
# A short animated introduction to recurrent nets says that a GPU trains them 250 times as fast as a processor does. It tells of a
# team that sorted reviews by mood and by how helpful they are. It does not tell which GPU, which processor, which net, which
# program, or how many reviews were read at once. Where the number was first written we could not find.
#
# Here is another set of numbers, published on a page of questions and answers (Stack Overflow, on the difference between Keras'
# `LSTM` and `CuDNNLSTM`), not measured here. One pass over 612,235 training examples took so many seconds, and ended with this loss:

# %% show
published = [
    ("Intel i5-4690", "LSTM", 3755, 2.73),
    ("GTX 950, Intel i5-4690", "LSTM", 1417, 2.70),
    ("GTX 970, Intel i5-4690", "LSTM", 1322, 1.92),
    ("RTX 2070, Intel i7-9700K", "LSTM", 1012, 2.73),
    ("RTX 2070, Intel i7-9700K", "CuDNNLSTM", 69, 1.91),
]
print(
    f"{'machine':26}{'layer':10}{'seconds':>8}{'loss':>6}{'first / this':>14}{'this / last':>13}"
)
for computer, layer, seconds, loss in published:
    first, last = published[0][2] / seconds, seconds / published[-1][2]
    print(f"{computer:26}{layer:10}{seconds:8}{loss:6.2f}{first:14.1f}{last:13.1f}")

# %% [markdown]
# The last two columns are quotients of seconds: the first row's by this row's, and this row's by the last row's.
# From one table you can read that the GPU brings a factor of less than 4, or of more than 50. Both are right: the last two rows
# have the *same* GPU and differ in the program. And something is odd. The losses after the same
# pass differ, so the rows did not all do the same, or did not begin alike. Can they be compared at all?
#
# So a factor has a top and a bottom line, and both have to be told. In this notebook you build what a fair comparison needs: a
# stopwatch, a count of the work, a lower limit for the time, and a rule for ratios. At the end you measure one model in several
# programs on *your* machine.
#
# ## Exercise 19.1: how far apart?
# <!-- effort: gpu-how-much -->
#
# The model at the end reads text: an [embedding](glossary) of 256 numbers, a GRU of 512 units, an output layer. Beside it stands a
# smaller one of the same kind. A *textbook loop* in numpy trains them step by step. The best of the other programs does the same work,
# to the same loss, without a GPU. Both read 1, 8 or 64 sequences at a time. Commit yourself:
#
# - `apart`: how many times as many words a second does the best program read, where the difference is the largest? One of
#   `"less than 2 times"`, `"2 to 10 times"`, `"more than 10 times"`.
# - `where`: where is the difference the largest? One of `"at batch 1"`, `"at the largest batch"`, `"about the same at every batch"`.

# %% exercise="gpu-how-much"
# apart = where = "…"
### BEGIN SOLUTION
apart = "2 to 10 times"
where = "at the largest batch"
### END SOLUTION

# %% check="gpu-how-much"

# %% [markdown]
# ## A stopwatch
#
# A GPU is a second machine beside the processor. We call what computes a [device](glossary). Python hands it a piece of work, and
# does not wait: while the device computes, Python is already at the next line. That is good for speed and bad for stopwatches. A
# clock that is read after the line says how long the *handing over* took.
#
# You can see that without a GPU. Below, a second thread plays the device: `run` hands it a product of two matrices and comes back at
# once, and `synchronise` waits until all is done. The product is timed three ways.

# %% show
from concurrent.futures import ThreadPoolExecutor, wait

A = np.random.default_rng(0).standard_normal((700, 700)).astype(np.float32)
pool, handed_over = ThreadPoolExecutor(1), []


def run():
    handed_over.append(pool.submit(np.matmul, A, A))


def synchronise():
    wait(handed_over)
    handed_over.clear()


def milliseconds(action):
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


run()  # the thread begins
synchronise()
print(f"run alone:               {milliseconds(run):8.3f} ms")
print(f"what is left to wait for: {milliseconds(synchronise):7.3f} ms")
print(f"the product, waited for: {milliseconds(lambda: (run(), synchronise())):8.3f} ms")

# %% [markdown]
# Three more things disturb a stopwatch:
#
# - The first calls are slower than the rest: programs are loaded or compiled, memory is asked for. So a few calls come first that do
#   not count, the [warm-up](glossary).
# - Work may be under way when the clock starts, that of the warm-up for instance. It must end *before* the first reading.
# - Now and then the machine does something else. One slow call moves a mean; the *median*, the reading in the middle, stays. (Of an
#   even number of readings, it lies midway between the two in the middle.)
#
# ## Exercise 19.2: a fair stopwatch
# <!-- effort: gpu-median-time -->
#
# Write `time_it(run, synchronise, clock, warmup, repeats)`: how long one call of `run()` takes. All three are functions without
# arguments; `clock()` gives the time in seconds. Call `run()` so many times as `warmup` says (that may be 0), then `repeats` times
# for the readings, each call timed apart. Return the median of the readings, in seconds.
#
# The check brings a device of its own, with a clock that shows exactly what the device has done. So nothing depends on how fast
# your machine is.


# %% exercise="gpu-median-time"
def time_it(run, synchronise, clock, warmup, repeats):
    """The median of `repeats` calls of run(), in seconds, after `warmup` calls that do not count."""
    ### BEGIN SOLUTION
    for _ in range(warmup):
        run()
    taken = []
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        taken.append(clock() - start)
    return float(np.median(taken))
    ### END SOLUTION


# %% check="gpu-median-time"

# %% [markdown]
# Your stopwatch on the thread, and once more without its waits. Where there is a GPU, it is timed as well.

# %% show
import torch

gpu = torch.cuda.is_available()
devices = {"thread": (run, synchronise)}
if gpu:
    B = torch.rand(2048, 2048, device="cuda")
    devices["GPU"] = (lambda: B @ B), torch.cuda.synchronize
for name, (run_it, waits) in devices.items():
    fair = time_it(run_it, waits, time.perf_counter, 2, 9)
    naive = time_it(run_it, lambda: None, time.perf_counter, 2, 9)
    waits()
    print(
        f"{name}: waited for {1e3 * fair:.3f} ms, not waited for {1e3 * naive:.3f} ms,", end=" "
    )
    print(f"a factor of {fair / naive:.0f}")
pool.shutdown()

# %% [markdown]
# The factor in the last column is a speed-up that anyone can have, by leaving out one line.
#
# **A good place to stop.**
#
# ## What a step does
#
# Now to the work itself. One step of a cell, written plainly, is a list of operations. For each of them the device
#
# - is given an order to begin: a [launch](glossary);
# - reads the arrays from memory and writes the result there: *bytes moved*, 4 for a number in float32;
# - and, in a product of matrices, computes [multiply-adds](glossary): a multiplication and the addition that follows it, taken as one.
#   A product of (N, K) and (K, M) needs $N K M$ of them. We count those of products only: all others are few beside them.
#
# **Worked out: the tanh cell.** `h_next = tanh(x @ W_xh + h @ W_hh + b)` is five operations. `x` is (N, D), `h` is (N, H).
#
# | operation | multiply-adds | numbers read | numbers written | launches |
# |---|---|---|---|---|
# | `p = x @ W_xh` | $N D H$ | $N D + D H$ | $N H$ | 1 |
# | `q = h @ W_hh` | $N H H$ | $N H + H H$ | $N H$ | 1 |
# | `s = p + q` | | $2 N H$ | $N H$ | 1 |
# | `a = s + b` | | $N H + H$ | $N H$ | 1 |
# | `h_next = tanh(a)` | | $N H$ | $N H$ | 1 |
#
# With N = 2, D = 3, H = 5 that is 80 multiply-adds, 4 · 151 = 604 bytes and 5 launches. (Add the columns up yourself, once.) The bias
# has H numbers and is read once: broadcasting copies nothing.
#
# **Half: the LSTM.** The products have 4H columns now, and so have the two sums. Then the columns are cut into four blocks. A block is a
# view of the same memory: nothing is computed, and there is no launch. On the blocks (N, H) each sign below is an operation:
#
# | operations | read one array | read two |
# |---|---|---|
# | `s = x @ W_xh + h @ W_hh`, `a = s + b` | products and sums as above, with 4H columns | |
# | `i = sigmoid(a_i)`, and `f`, `g`, `o` in the same way | 4 | |
# | `c_next = f * c + i * g` | | … |
# | `h_next = o * tanh(c_next)` | … | … |
#
# **Blank: the GRU.** Its step, in lesson 7's form. Each of the two products gets a bias of its own, of 3H numbers:
#
# ```
# a = x @ W_xh + b_x                   # cut into a_r, a_z, a_n
# u = h @ W_hh + b_h                   # cut into u_r, u_z, u_n
# r = sigmoid(a_r + u_r)
# z = sigmoid(a_z + u_z)
# n = tanh(a_n + r * u_n)
# h_next = (1 - z) * n + z * h
# ```
#
# Here `1 - z` is an operation that reads one array.
#
# ## Exercise 19.3: count a step
# <!-- effort: gpu-step-counts -->
#
# Write `step_counts(kind, N, D, H)`, with `kind` one of `"tanh"`, `"LSTM"`, `"GRU"`. It returns three whole numbers for one step forward
# of the loop as it stands above, in float32: multiply-adds, bytes moved, launches.


# %% exercise="gpu-step-counts"
def step_counts(kind, N, D, H):
    """kind "tanh", "LSTM" or "GRU" -> multiply-adds, bytes moved, launches of one step."""
    ### BEGIN SOLUTION
    columns = {"tanh": 1, "LSTM": 4, "GRU": 3}[kind] * H
    numbers = (N * D + D * columns + N * columns) + (N * H + H * columns + N * columns)
    # sums of two arrays, sums with a bias; on (N, H): operations that read one array, or two
    sums, biased, single, double = {
        "tanh": (1, 1, 1, 0),
        "LSTM": (1, 1, 5, 4),
        "GRU": (0, 2, 4, 7),
    }[kind]
    numbers += sums * 3 * N * columns + biased * (2 * N * columns + columns)
    numbers += single * 2 * N * H + double * 3 * N * H
    launches = 2 + sums + biased + single + double
    return N * (D + H) * columns, 4 * numbers, launches
    ### END SOLUTION


# %% check="gpu-step-counts"

# %% [markdown]
# Does a real program do that? Below, the three steps are written in torch, as above. A counter listens to every operation that torch
# carries out. The tensors have shapes and no numbers, so that large steps are counted as quickly as small ones.

# %% show
from rnn_core.torch_counted import Counter


def tanh_step(x, h, W_xh, W_hh, b):
    return (torch.tanh(x @ W_xh + h @ W_hh + b),)


def lstm_step(x, h, c, W_xh, W_hh, b):
    i, f, g, o = (x @ W_xh + h @ W_hh + b).chunk(4, dim=1)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c_next = f * c + i * g
    return o * torch.tanh(c_next), c_next


def gru_step(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = (x @ W_xh + b_x).chunk(3, dim=1)
    u_r, u_z, u_n = (h @ W_hh + b_h).chunk(3, dim=1)
    r, z = torch.sigmoid(a_r + u_r), torch.sigmoid(a_z + u_z)
    n = torch.tanh(a_n + r * u_n)
    return ((1 - z) * n + z * h,)


# of each kind: the step, blocks of columns, states, biases
KINDS = {"tanh": (tanh_step, 1, 1, 1), "LSTM": (lstm_step, 4, 2, 1), "GRU": (gru_step, 3, 1, 2)}


def arguments(kind, N, D, H, device):
    """The input, the states and the weights of a step, drawn at random: lists."""
    _, blocks, states, biases = KINDS[kind]

    def draw(*shape):
        return torch.empty(shape, device=device).normal_(0, 0.1)

    G = blocks * H
    weights = [draw(D, G), draw(H, G), *(draw(G) for _ in range(biases))]
    return draw(N, D), [draw(N, H) for _ in range(states)], weights


print(f"{'':5}{'N':>4}{'D':>5}{'H':>5}{'multiply-adds':>15}{'bytes':>12}{'launches':>10}")
for kind, (step, *_) in KINDS.items():
    for N, D, H in ((2, 3, 5), (64, 256, 512)):
        x, states, weights = arguments(kind, N, D, H, "meta")
        with Counter() as counter:
            step(x, *states, *weights)
        work, moved, launches = counter.counts
        agrees = (
            "agrees with yours" if counter.counts == step_counts(kind, N, D, H) else "DIFFERS"
        )
        print(f"{kind:5}{N:4}{D:5}{H:5}{work:15,}{moved:12,}{launches:10}  {agrees}")
    print(f"{'':5}{' '.join(counter.names)}")

# %% [markdown]
# Now predict. From one sequence to 64 the multiply-adds of a step grow 64 times. And the bytes?

# %% show
from autograder import predict
from rnn_core import plots

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
by_batch = np.array([step_counts("LSTM", N, 256, 512) for N in BATCHES])


def grown():
    return plots.curves(
        BATCHES,
        {
            "multiply-adds": by_batch[:, 0] / by_batch[0, 0],
            "bytes moved": by_batch[:, 1] / by_batch[0, 1],
            "launches": by_batch[:, 2] / by_batch[0, 2],
        },
        "sequences N",
        "times that of one sequence",
        title="One LSTM step, 256 inputs, 512 units",
        xscale="log",
        yscale="log",
    )


bytes_grow = predict(
    "An LSTM step with 256 inputs and 512 units: how many times the bytes of one sequence do 64 "
    "sequences move?",
    (1, 64),
    id="gpu-bytes-grow",
    unit="times",
)
bytes_grow.then(grown)

# %% show
at_64 = BATCHES.index(64)
times_bytes = by_batch[at_64, 1] / by_batch[0, 1]
bytes_grow.outcome(
    believed="64 times the work takes 64 times as long",
    measured=f"64 times the multiply-adds, {times_bytes:.2f} times the bytes, the same "
    f"{by_batch[0, 2]} launches",
    holds_when="the step waits for the arithmetic. The weights are read once for all sequences, so "
    "the bytes grow slowly",
    value=times_bytes,
)

# %% [markdown]
# This is what a batch is good for: more work for the same reading of the weights, and for the same number of launches. A machine that
# waits for launches, or for memory, does the work of more sequences at nearly no cost.
#
# The quotient of both, multiply-adds for each byte moved, is called the [arithmetic intensity](glossary) of a computation. A step of one
# sequence uses each weight once. A step of 64 uses it 64 times.
#
# **A good place to stop.**
#
# ## What a machine can do
#
# Three numbers describe a machine here: how many multiply-adds it makes in a second, how many bytes it moves in a second, and what a
# launch costs. Your stopwatch measures them: a large product, a copy of an array, and a sum of a single number, in which there is next
# to nothing to do. A small array stays in the *caches*, small memories near to where it is computed, and a copy of it goes faster than
# one of a large array. Both are measured.

# %% show
device = "cuda" if gpu else "cpu"
done = torch.cuda.synchronize if gpu else (lambda: None)
torch.set_num_threads(1)  # the steps below are small: one thread


def seconds_of(action, repeats=7):
    return time_it(action, done, time.perf_counter, 2, repeats)


def best_seconds(action):
    """The fastest of nine readings: this is about what the machine can do."""
    return min(time_it(action, done, time.perf_counter, 1, 1) for _ in range(9))


def machine_numbers(device):
    """What floor_seconds takes, with the caches' rate; and the rate of memory, in bytes a second."""
    square, one = torch.rand(1024, 1024, device=device), torch.ones(1, device=device)
    small, large = (torch.rand(n, device=device) for n in (2**16, 2**24))
    copy = {a: a.clone() for a in (small, large)}
    rates = [8 * a.numel() / best_seconds(lambda a=a: copy[a].copy_(a)) for a in (small, large)]
    return {
        "multiply_adds_per_second": 1024**3 / best_seconds(lambda: square @ square),
        "bytes_per_second": rates[0],
        "seconds_per_launch": best_seconds(lambda: [one + one for _ in range(1000)]) / 1000,
    }, rates[1]


machine, memory_rate = machine_numbers(device)
print(
    f"{machine['multiply_adds_per_second'] / 1e9:10.1f} thousand million multiply-adds a second"
)
print(
    f"{machine['bytes_per_second'] / 1e9:10.1f} thousand million bytes a second, a small array"
)
print(f"{memory_rate / 1e9:10.1f} thousand million bytes a second, a large array")
print(f"{1e6 * machine['seconds_per_launch']:10.2f} millionths of a second a launch")

# %% [markdown]
# ## Exercise 19.4: the least time
# <!-- effort: gpu-roofline -->
#
# From the counts and these numbers follows a limit that no program of this kind can beat on this machine. The arithmetic takes so long, the
# moving of bytes so long, the launches so long. At best the three go on beside each other, and the step takes as long as the longest of
# them: it *binds*.
#
# Write `floor_seconds(work, moved, launches, machine)`. `machine` is a dict with `"multiply_adds_per_second"`, `"bytes_per_second"` and
# `"seconds_per_launch"`. It returns the least time in seconds, and what binds: `"arithmetic"`, `"memory"` or `"launches"`.


# %% exercise="gpu-roofline"
def floor_seconds(work, moved, launches, machine):
    """Multiply-adds, bytes, launches and a machine -> seconds, and "arithmetic", "memory" or "launches"."""
    ### BEGIN SOLUTION
    times = {
        "arithmetic": work / machine["multiply_adds_per_second"],
        "memory": moved / machine["bytes_per_second"],
        "launches": launches * machine["seconds_per_launch"],
    }
    bound = max(times, key=times.get)
    return times[bound], bound
    ### END SOLUTION


# %% check="gpu-roofline"

# %% [markdown]
# Now the plain loops run here, on one core (or on the GPU, if there is one), and your floor stands beside what they take.

# %% show
SIZES = ((1, 32, 64), (1, 256, 512), (16, 32, 64), (16, 256, 512), (64, 32, 64), (64, 256, 512))
T = 10


def loop_of(kind, N, D, H):
    """T steps of the plain loop, as a function without arguments."""
    step = KINDS[kind][0]
    x, states, weights = arguments(kind, N, D, H, device)

    def run():
        now = states
        for _ in range(T):
            now = step(x, *now, *weights)

    return run


points = []
print(f"{'':5}{'N':>4}{'D':>5}{'H':>5}{'floor, µs':>12}{'measured':>12}  times  binds")
with torch.no_grad():
    for kind in KINDS:
        for N, D, H in SIZES:
            counts = step_counts(kind, N, D, H)
            floor, bound = floor_seconds(*counts, machine)
            seconds = seconds_of(loop_of(kind, N, D, H)) / T
            points.append((kind, counts[0] / counts[1], counts[0] / seconds, bound))
            print(f"{kind:5}{N:4}{D:5}{H:5}{1e6 * floor:12.1f}{1e6 * seconds:12.1f}", end="")
            print(f"{seconds / floor:7.1f}  {bound}")

# %% [markdown]
# All in one picture, the [roofline](glossary). To the right: arithmetic intensity. Upwards: multiply-adds a second. A program that waits for
# bytes can make so many multiply-adds a second as its intensity times the bytes a second: a slope. One that waits for the arithmetic ends at
# the machine's limit: a flat roof. Your points lie below it. The colour says what binds by your `floor_seconds`: where it is the launches,
# neither part of the roof explains how low a point lies.

# %% show
from matplotlib.figure import Figure

COLOUR = dict(zip(("arithmetic", "memory", "launches"), plots.COLOURS, strict=False))
MARK = {"tanh": "o", "LSTM": "s", "GRU": "^"}
with plots.in_style():
    figure = Figure(figsize=(6, 4.2), layout="constrained")
    ax = figure.subplots()
    along = np.geomspace(min(p[1] for p in points) / 2, 3 * max(p[1] for p in points), 50)
    roof = machine["multiply_adds_per_second"]
    for rate, style, name in (
        (machine["bytes_per_second"], "-", "roof, small arrays"),
        (memory_rate, "--", "roof, large arrays"),
    ):
        ax.plot(
            along, np.minimum(roof, along * rate), color="black", linestyle=style, label=name
        )
    for kind, intensity, rate, bound in points:
        ax.plot(intensity, rate, MARK[kind], color=COLOUR[bound], markersize=8)
    for kind, mark in MARK.items():
        ax.plot([], [], mark, color="gray", label=kind)
    for bound in COLOUR:
        ax.plot(
            [], [], "D", color=COLOUR[bound], label=f"{bound} bind{'s' * (bound != 'launches')}"
        )
    ax.set(xscale="log", yscale="log", title=f"Plain loops on this machine ({device})")
    ax.set(xlabel="multiply-adds for each byte moved", ylabel="multiply-adds a second")
    figure.legend(loc="outside lower center", ncols=3)
nearest = max(points, key=lambda p: p[2])
lowest = min(points, key=lambda p: p[2])
plots.Picture(
    figure,
    "Multiply-adds a second over multiply-adds for each byte, both on logarithmic scales: a roof "
    f"that rises and then is flat at {roof:.2g}, and {len(points)} points. The highest, {nearest[0]}, "
    f"reaches {nearest[2]:.2g}; the lowest, {lowest[0]}, {lowest[2]:.2g}. "
    + ", ".join(f"{name} bound: {sum(p[3] == name for p in points)}" for name in COLOUR)
    + ".",
)

# %% [markdown]
# Read the table with the picture. Which of your steps are small, and what do they wait for? Does a step with H = 64 take much longer for 16
# sequences than for one? A floor is no promise: where the measured time is several times the floor, there is something that we did not
# count. A point may also come near the slope of the small arrays or lie above that of the large ones, when all it needs fits into the caches.
#
# **What changes on a GPU?** The arithmetic and the memory are many times faster there, and a launch is not: it is Python and the processor
# that give the order. Here is the floor for a size that others have published. The GPU's two numbers are from NVIDIA's data sheet of the
# H100 SXM: 67 million million operations a second in float32, with multiplications and additions counted apart, and 3.35 million million
# bytes a second. They are not measured here. For a launch we take what one costs on *your* machine, from above: the part that the processor has in it.

# %% show
H100 = {
    "multiply_adds_per_second": 67e12 / 2,  # a data sheet counts both halves of a multiply-add
    "bytes_per_second": 3.35e12,
    "seconds_per_launch": machine["seconds_per_launch"],
}
N, D, H = 16, 768, 768
counts = step_counts("LSTM", N, D, H)
names = ("multiply-adds", "bytes", "launches")
for k, (name, count) in enumerate(zip(names, counts, strict=True)):
    alone = [count if j == k else 0 for j in range(3)]
    print(f"{count:12,} {name:14} at least {1e6 * floor_seconds(*alone, H100)[0]:7.2f} µs")
print("what binds:", floor_seconds(*counts, H100)[1])

# %% [markdown]
# *Published, not measured here* (the paper on FlashRNN, on an H100 with N = 16, T = 1024, width 768): a step forward *and* back of an LSTM took 473 µs
# as a loop in PyTorch, and 5.1 µs in NVIDIA's library cuDNN, in 16 bits. The same net, the same GPU:

# %% show
loop, cudnn = 473, 5.1
print(f"loop / cuDNN, both on one GPU: {loop / cudnn:.0f}")

# %% [markdown]
# So on one and the same GPU two programs lie further apart than the processor and the GPU do in the table at the top. Where the floor above says
# *launches*, a loop of small operations waits for those, and a device that computes faster does not shorten them. (Where your processor gives
# orders so quickly that it says *memory*, look by how little; and the order is only a part of what a launch costs on a GPU.) How such a loop is
# made fast is the second notebook.
#
# **A good place to stop.**
#
# ## A rule for ratios
#
# Suppose that all this is measured, and a table lies before you. A row says which program ran (`backend`), at which `batch`, how many `seconds` the whole
# run took by the clock, and how many `tokens` (here: words) it read. Of those seconds, `compile` went into the first call, beyond what a call usually takes, and
# `transfer` into moving data to the device. Both stand *in* `seconds`. What may be compared?
#
# - The same batch. A larger batch usually gives more tokens a second, with *any* program.
# - Tokens a second, not seconds: runs differ in length.
# - The steady part. Compiling happens once, and counts much in a short run and nothing in a long one; moving data is a matter of the machine
#   and of how the program feeds it. Both are told, but apart.
# - And *all* ratios, from the lowest to the highest. A single one has been picked by somebody.
#
# ## Exercise 19.5: fair ratios
# <!-- effort: gpu-fair-ratio -->
#
# Write `speed_ups(rows, baseline)`. `rows` is a list of dicts with the keys `backend`, `batch`, `seconds`, `tokens`, `compile`, `transfer`, in any order;
# no backend has two rows of one batch. `baseline` names a backend. It returns
#
# - `ratios`: a dict of dicts, `ratios[backend][batch]`: how many times as many tokens a second this backend reads as the baseline *at this
#   batch*, without `compile` and `transfer`. Only where both have a row. The baseline itself is left out.
# - `lowest` and `highest` of all these ratios.
#
# The caller's rows stay unchanged.


# %% exercise="gpu-fair-ratio"
def speed_ups(rows, baseline):
    """rows: dicts of backend, batch, seconds, tokens, compile, transfer -> ratios, lowest, highest."""
    ### BEGIN SOLUTION
    rates = {}
    for row in rows:
        seconds = row["seconds"] - row["compile"] - row["transfer"]
        rates[row["backend"], row["batch"]] = row["tokens"] / seconds
    ratios = {}
    for (backend, batch), rate in rates.items():
        if backend != baseline and (baseline, batch) in rates:
            ratios.setdefault(backend, {})[batch] = rate / rates[baseline, batch]
    every = [ratio for by_batch in ratios.values() for ratio in by_batch.values()]
    return ratios, min(every), max(every)
    ### END SOLUTION


# %% check="gpu-fair-ratio"

# %% [markdown]
# ## The same model, every program
#
# Now it is measured. The model has the sizes that the examples of Passage have, a library of the team of the claim: an embedding of 256 numbers, a GRU of 512 units,
# an output layer. Beside it stands a small one. (With a GPU the texts are longer, 100 words instead of 16, and the GPU's programs read batches of 512, too.) A step of training is the loss of
# a batch and the gradient of every parameter. The programs:
#
# - *textbook numpy*: a loop over `step_forward` and back over `step_backward`, as in lesson 7;
# - *our numpy*: the same equations, laid out for speed, as the reference of this course does it;
# - *torch*, `torch.nn.GRU`, on one thread and on all;
# - with a GPU: the loop of steps there, `torch.nn.GRU` there (which calls cuDNN), and fused kernels, of which the second notebook tells.
#
# First: do they do the same work?

# %% show
from rnn_core.torch_claim import as_arrays, claim_batch, claim_params, ways

MODELS = {"small": (32, 64), "large": (256, 512)}  # D, H
V = 64
PROFILE = {"T": 100, "batches": (1, 8, 64, 512)} if gpu else {"T": 16, "batches": (1, 8, 64)}
rng = np.random.default_rng(0)
models = {size: ways(claim_params(rng, V, D, H)) for size, (D, H) in MODELS.items()}
ids = claim_batch(rng, V, 4, PROFILE["T"])
for size, programs in models.items():
    answers = {name: way.step(way.move(ids)) for name, way in programs.items()}
    loss, grads = answers.pop("textbook numpy")
    grads = as_arrays(grads)
    for name, (other_loss, other) in answers.items():
        apart_by = max(
            np.abs(g - grads[key]).max() / np.abs(grads[key]).max()
            for key, g in as_arrays(other).items()
        )
        print(f"{size}, {name:18} loss {float(other_loss):.6f} ({loss:.6f}),", end=" ")
        print(f"gradients differ by at most {apart_by:.0e} of the largest")

# %% [markdown]
# They agree up to the rounding of float32. Now the time, with your stopwatch. A row stands for a run of 100 steps: its first step, 99 usual ones, and 100
# batches that were moved to the device.

# %% show
# Measuring: some seconds.
STEPS = 100


def measured(name, way, N, T):
    """A row of the table."""
    ids = claim_batch(rng, V, N, T)
    data = way.move(ids)

    def step_seconds(warmup, repeats):
        return time_it(
            lambda: way.step(data), way.synchronise, time.perf_counter, warmup, repeats
        )

    first = step_seconds(0, 1)
    usual = step_seconds(1, int(np.clip(0.15 / first, 1, 9)))  # fewer readings of what is slow
    moving = time_it(lambda: way.move(ids), way.synchronise, time.perf_counter, 1, 9)
    once = max(0.0, first - usual)
    return {
        "backend": name,
        "batch": N,
        "seconds": once + STEPS * (usual + moving),
        "tokens": STEPS * N * T,
        "compile": once,
        "transfer": STEPS * moving,
    }


def rate_of(row):
    return row["tokens"] / (row["seconds"] - row["compile"] - row["transfer"])


tables = {
    size: [
        measured(name, way, N, PROFILE["T"])
        for name, way in programs.items()
        for N in PROFILE["batches"]
        if name.startswith("GPU") or N <= 64
    ]
    for size, programs in models.items()
}
print(
    f"{'model':7}{'program':20}{'batch':>6}{'tokens a second':>17}{'first step':>12}{'moving':>10}"
)
for size, rows in tables.items():
    for row in rows:
        print(
            f"{size:7}{row['backend']:20}{row['batch']:6}{rate_of(row):17,.0f}"
            f"{1e3 * row['compile']:9.1f} ms{1e6 * row['transfer'] / STEPS:7.0f} µs"
        )

# %% [markdown]
# *First step*: what the first call took beyond a usual one. *Moving*: a batch to the device; on a processor there is nothing to move.
#
# Do all threads together read as many times more tokens as there are threads? They have to wait for each other at every operation. On small
# operations that can take longer than it saves, and on a machine on which other programs run it can take much longer.

# %% show
from IPython.display import display

for size, rows in tables.items():
    lines = {}
    for row in rows:
        lines.setdefault(row["backend"], {})[row["batch"]] = rate_of(row)
    batches = sorted({row["batch"] for row in rows})
    drawn = plots.curves(
        batches,
        {name: [line.get(N, np.nan) for N in batches] for name, line in lines.items()},
        "batch (sequences at once)",
        "tokens a second",
        title=f"Training, {size} model: {MODELS[size][1]} units",
        xscale="log",
        yscale="log",
    )
    display(drawn.legend_below(2))

# %% [markdown]
# Your `speed_ups` on both tables. First with the textbook loop below the line, then with torch on one thread there.

# %% show
found = {}
for baseline in ("textbook numpy", "torch, one thread"):
    print(f"times as many tokens a second as {baseline}, at the same batch:")
    for size, rows in tables.items():
        ratios, low, high = found[size, baseline] = speed_ups(rows, baseline)
        for name, by_batch in ratios.items():
            told = ", ".join(f"{by_batch[N]:.2f} at {N}" for N in sorted(by_batch))
            print(f"  {size:6} {name:20} {told}")
        print(f"  {size:6} {'from':20} {low:.2f} to {high:.2f}")

# %% [markdown]
# Now see how a large number is made. Take the fastest row of the table and the slowest one, whatever their batches, and divide.

# %% show
for size, rows in tables.items():
    fast, slow = max(rows, key=rate_of), min(rows, key=rate_of)
    _, low, high = found[size, "textbook numpy"]
    print(
        f"{size}: {fast['backend']} at batch {fast['batch']} / {slow['backend']} at batch {slow['batch']}: "
        f"{rate_of(fast) / rate_of(slow):.0f} times. At equal batch: {low:.2f} to {high:.2f}"
    )

# %% [markdown]
# And what came of the prediction? It was about the programs that need no GPU.

# %% show
best = {}  # by model and batch: the best of the programs on the processor, against the textbook loop
for size in tables:
    for name, by_batch in found[size, "textbook numpy"][0].items():
        for N, ratio in by_batch.items():
            if not name.startswith("GPU"):
                best[size, N] = max(best.get((size, N), 0), ratio)
widest = max(best, key=best.get)
told = "; ".join(
    f"{size}: "
    + ", ".join(f"{ratio:.1f} at batch {N}" for (s, N), ratio in best.items() if s == size)
    for size in tables
)
outcome(
    "gpu-how-much",
    believed="a GPU trains recurrent nets 250 times as fast as a processor",
    measured=f"on this machine{'' if gpu else ', which has no GPU'}, best program on the processor "
    f"against the textbook loop. {told}. Largest: {best[widest]:.1f} times, {widest[0]} model, batch "
    f"{widest[1]}",
    holds_when="it is a ratio of two programs at one batch and one size of the net. Which program "
    "stands below the line, and at which batch, moves it. The GPU's own share is the ratio to the "
    "best program of the processor, at the same batch",
)

# %% [markdown]
# ## And on a GPU?
#
# If this machine has a GPU, its lines stand in the pictures above. If not: a run on a machine with a GPU is kept as a table, with the machine's name, and is drawn
# here once it exists. It is of the same kind of model, but nearer to the claim: it reads a text of 100 words and gives one output.

# %% show
from rnn_core.data import recorded

if "gpu_claim" in {path.stem for path in recorded.FOLDER.glob("gpu_*.json")}:
    record = recorded.load("gpu_claim")
    print(recorded.describe(record))
    ratios, low, high = speed_ups(record["rows"], "torch, all threads")
    batches = sorted({row["batch"] for row in record["rows"]})
    print(f"times as many tokens a second as torch on all threads: {low:.2f} to {high:.2f}")
    for name, by_batch in ratios.items():
        told = ", ".join(f"{by_batch[N]:.2f} at {N}" for N in sorted(by_batch))
        print(f"  {name:28} {told}")
    in_fp32 = {row["backend"] for row in record["rows"] if row["precision"] == "fp32"}
    drawn = plots.curves(
        batches,
        {
            name: [ratios[name].get(N, np.nan) for N in batches]
            for name in ratios
            if name in in_fp32
        },
        "batch (sequences at once)",
        "times torch on all threads",
        title="Recorded, all in float32",
        xscale="log",
        yscale="log",
    )
    display(drawn.legend_below(2))
else:
    print("No run on a GPU has been recorded yet, so nothing is said here about one.")
    print("To record one, on a machine with an NVIDIA GPU, in the folder of the course:")
    print("    python -m benchmarks.gpu --out benchmarks/results/NAME.json")
    print("    python solutions/19_gpu/sweeps/gpu_claim.py benchmarks/results/NAME.json")

# %% [markdown]
# ## Exercise 19.6: in words
# <!-- effort: gpu-claim-in-words -->
#
# A colleague writes: *"Recurrent nets train 250 times faster on a GPU."* Answer in six or seven sentences. What would you ask before you believe it? Which figures
# of your own run show that the number depends on what is asked? When could it be right, and when is it far too large? And how far do your own measurements reach?

# %% answer="gpu-claim-in-words"

# %% [markdown]
# ## What was shown, and what was not
#
# - A clock that does not wait for the device measures how long an order takes, not the work.
# - From one sequence to many the multiply-adds of a step grow with their number, the bytes slowly, the launches not at all.
# - The longest of three times is a floor: arithmetic, memory, launches. In your table you saw which of them binds where, and by how much the loop misses the floor.
# - Programs that do the same work on the same processor lie apart, and by how much depends on the batch and on the size of the net.
# - Not shown, without a GPU: any ratio of a GPU. The published figures are what others have measured.
#
# ## Five questions
#
# After them, the second notebook: what makes the loop fast.

# %% recall="gpu-no-wait gpu-batch-weights gpu-small-step cell-shape-whh gru-intervals-overlap"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
