# %% [markdown]
# # Who decides what a unit keeps?
#
# **Lesson 5.** About four hours, with five places to stop.
#
# You need: the cell and its loop (lesson 2), a step taken backwards (lesson 3), and what makes gradients vanish (lesson
# 4).
#
# Afterwards you can give a unit a time scale by hand, build one that sets its own, take a gradient back through it, and
# say what this costs, what it buys, and what a state can be said to judge.

# %%
import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution
from rnn_core import plots
from rnn_core.activations import sigmoid

# %% [markdown]
# Here is something to look at first. A stream of numbers comes in, one a step. Two of them carry a mark. The dotted
# line is what we would like to have: the last marked number, held until the next mark. The other three lines each take
# a fixed share of every new number, and keep the rest of what they had.

# %% show
T, marked = 60, [8, 35]
stream = np.random.default_rng(4).uniform(-0.5, 0.5, T)
stream[marked] = 0.9, -0.8
wanted = np.where(np.arange(T) < 8, 0.0, np.where(np.arange(T) < 35, 0.9, -0.8))
lines = {}
for share in (0.5, 0.1, 0.02):
    fading = share * (1 - share) ** np.arange(T)  # what is left, 0, 1, 2, … steps later
    lines[f"share {share}"] = np.convolve(stream, fading)[:T]
lines["wanted"] = wanted
plots.curves(
    range(T),
    lines,
    "step",
    "value held",
    title="Three fixed shares; marks at steps 8 and 35",
    alt="Lines over 60 steps. What is wanted jumps to 0.9 at step 8, stays, and jumps to -0.8 at step 35. The line of share "
    "0.5 follows the noise, that of share 0.02 hardly moves, that of 0.1 lies between; none comes near the wanted line.",
)

# %% [markdown]
# A large share takes in the marked number, and the noise after it. A small share lets little noise in, and little of a
# marked number. None of the three does both. The share would have to be large at a mark, and small elsewhere. So
# something must set it, at every step, from what has come in.
#
# This lesson builds that something. It begins with the fixed share.
#
# ## Exercise 5.1: what do you expect?
# <!-- effort: gate-predict-recall -->
#
# Two tasks, each with a symbol out of four to be named at the end.
#
# - **First symbol.** The symbol comes first; 80 steps of other symbols follow, which say nothing.
# - **Last marked symbol.** All 40 steps show one of the four symbols. One to four of the first 20 carry a mark. Asked
#   is the symbol at the *last* mark.
#
# Two kinds of unit try, 32 units each, with a few hundred steps of training. The *leaky* ones take a fixed share of the
# new, each unit its own share. The *gated* ones compute their share anew at every step, and learn how. Such a computed
# share is called a [gate](glossary).
#
# Who names at least 95 % right? Set `recalls_first` and `recalls_last_marked`, each to one of `"only the leaky unit"`,
# `"only the gated unit"`, `"both"`, `"neither"`.
#
# And one more. Introductions say that a gate is *zero or one*. When the gated units are trained on the last marked
# symbol, which part of the values of their shares will lie **between** 0.1 and 0.9? Set `gate_between` to
# `"less than a tenth"`, `"a tenth to a half"` or `"more than half"`.

# %% exercise="gate-predict-recall"
# recalls_first = "…"
# recalls_last_marked = "…"
# gate_between = "…"
### BEGIN SOLUTION
recalls_first = "both"
recalls_last_marked = "only the gated unit"
gate_between = "less than a tenth"
### END SOLUTION

# %% check="gate-predict-recall"

# %% [markdown]
# ## A unit that leaks
#
# The tanh cell writes its whole state anew at each step. A [leaky unit](glossary) goes only a part of the way: it
# computes the same new value, called the [candidate](glossary) $n$, and takes the share $\ell$ of it, its *leak*. Of
# the old state it keeps the rest:
#
# $$n = \tanh(x\,W_{xh} + h\,W_{hh} + b), \qquad h' = (1 - \ell) \odot h + \ell \odot n$$
#
# With $\ell = 1$ this is the tanh cell. With $\ell$ near 0 the state hardly moves. Each unit may have a leak of its
# own: then `leak` is an array (H,), and multiplies along the last axis.
#
# ## Exercise 5.2: leaky units
# <!-- effort: gate-leaky-forward -->
#
# Write `leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None)`.
#
# - `x` (N, T, D), `h0` (N, H), `W_xh` (D, H), `W_hh` (H, H), `b` (H,). `leak` is one number for all units, or (H,).
# - `mask` is `None`, or (N, T) of 0 and 1. Where it is 0 the step is not real, and the row's state stays as it is: a row
#   without any real step shows its `h0` at every step.
# - Returns `h` (N, T, H), the state after every step, and a cache. What you put into the cache is up to you; `None`
#   will do.
# - The caller's arrays stay as they are.
#
# A tiny instance: with `h0` = 1, a candidate of 0 at every step and a leak of 0.25, the states are 0.75, 0.5625, …


# %% exercise="gate-leaky-forward"
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    """x (N, T, D), h0 (N, H), W_xh (D, H), W_hh (H, H), b (H,), leak a number or (H,) -> h (N, T, H), cache."""
    ### BEGIN SOLUTION
    h, states = h0, []
    for t in range(x.shape[1]):
        n = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        mixed = (1 - leak) * h + leak * n
        h = mixed if mask is None else np.where(mask[:, t, None] > 0, mixed, h)
        states.append(h)
    return np.stack(states, axis=1), None
    ### END SOLUTION


# %% check="gate-leaky-forward"

# %% [markdown]
# A mask is a share, too. A step that is not real is a step with a leak of 0: everything is kept. The mask sets the
# share from outside, for each row and each step.
#
# ## How long does a leaky unit remember?
#
# Give one unit a short input, nothing after that, no connections between units ($W_{hh} = 0$) and no bias. From then on
# the candidate is 0, and every step leaves the share $1 - \ell$ of what was there. With $h_0$ for the state right after
# the short input, and $h_k$ for the state $k$ steps later:
#
# $$h_k = (1 - \ell)^k\, h_0 = e^{-k / \tau}\, h_0$$
#
# What a unit does after one short input is its [impulse response](glossary). Here it falls by the same factor at every
# step. The number $\tau$ is the [time constant](glossary): after $\tau$ steps the part $1/e$, about 37 %, is left.
#
# Which $\tau$ belongs to a leak? Take the logarithm of both sides:
#
# $$k \log(1 - \ell) = -\frac{k}{\tau} \qquad\Longrightarrow\qquad \tau = \frac{-1}{\log(1 - \ell)}$$
#
# For small leaks $\log(1 - \ell) \approx -\ell$, so $\tau \approx 1/\ell$. That is a good guess for small leaks only.
#
# ## Exercise 5.3: time constants
# <!-- effort: gate-time-constant -->
#
# Write `time_constant(leak)`, exactly and not by the guess, and its inverse `leak_for(steps)`: the leak with which
# $1/e$ is left after so many steps. Both take a number or an array, and return the same. Leaks lie between 0 and 1,
# steps above 0.
#
# A tiny instance: a leak of $1 - 1/e = 0.632…$ has a time constant of 1 step.


# %% exercise="gate-time-constant"
def time_constant(leak):
    """Steps until 1/e of an old value is left."""
    ### BEGIN SOLUTION
    return -1 / np.log(1 - leak)
    ### END SOLUTION


def leak_for(steps):
    """The leak with which 1/e of an old value is left after so many steps."""
    ### BEGIN SOLUTION
    return 1 - np.exp(-1 / steps)
    ### END SOLUTION


# %% check="gate-time-constant"

# %% [markdown]
# Now put formula and unit side by side. Four units get the same short input; your `leaky_forward` runs them. The time
# constant is read off the states alone: it is the number of steps in which the logarithm falls by 1.

# %% show
leaks = np.array([0.7, 0.3, 0.1, 0.03])
pulse = np.zeros((1, 41, 1))
pulse[0, 0, 0] = 0.5
h, _ = leaky_forward(
    pulse, np.zeros((1, 4)), np.ones((1, 4)), np.zeros((4, 4)), np.zeros(4), leaks
)
response = h[0] / h[0, 0]  # (41, 4), as a share of the state after the pulse
measured = -20 / np.log(response[20])
print(f"{'leak':>5} {'measured':>9} {'formula':>9} {'1 / leak':>9}")
for row in zip(leaks, measured, time_constant(leaks), 1 / leaks, strict=True):
    print("{:5.2f} {:9.3f} {:9.3f} {:9.3f}".format(*row))
formula = np.exp(-np.arange(41)[:, None] / time_constant(leaks))
print(
    f"largest distance between the states and the formula: {np.abs(response - formula).max():.1e}"
)
plots.curves(
    range(41),
    {f"leak {leak:g}": line for leak, line in zip(leaks, response.T, strict=True)}
    | {"1/e": np.full(41, np.exp(-1))},
    "steps after the pulse",
    "share that is left",
    title="Impulse responses of four leaky units",
    alt="Falling lines from 1: with leak 0.7 nothing is left after a few steps, with 0.3 after about 15; with 0.1 a little is "
    "left after 40 steps, and with 0.03 about a third. A level line marks 1/e, which they cross at their time constants.",
)

# %% [markdown]
# The gradient of lesson 4 takes the same road backwards. In $h' = (1 - \ell)\,h + \ell\,n$ the old state has the factor
# $1 - \ell$, and that is what $dh'$ is multiplied by on this road. No weight stands in it. So the time constant holds
# backwards as well: after $\tau$ steps $1/e$ of a gradient is left on this road, whatever is in $W_{hh}$. (A second road
# leads back through the candidate, and there the weights do count.)
#
# So a leak buys memory. What it does not buy a unit that stands alone is choice: it takes the same share of everything,
# signal or noise, for ever.
#
# Drag the leak yourself. Below, one unit of your `leaky_forward` reads 40 numbers, three of them marked. Predict first:
# is there a leak with which the first marked number can still be read off the state at step 15? Then choose another
# *sequence*: a sentence with a bracket, whose state should tell inside from outside, or a share price. For which of the
# three does a fixed leak make something useful?

# %% show
from rnn_core.widgets import GateLab

GateLab("leaky unit", leaky_forward)

# %% [markdown]
# **A good place to stop.**
#
# ## The soft switch
#
# Let the share be computed. A number between 0 and 1, for each unit, at each step, from the input and the state: that
# is a gate. The mask of Exercise 5.2 was such a number, given from outside. A gate is made like a candidate, with
# weights of its own, and goes through a sigmoid:
#
# $$g = \sigma(x\,W_{xg} + h\,W_{hg} + b_g), \qquad n = \tanh(x\,W_{xn} + h\,W_{hn} + b_n)$$
#
# $$h' = (1 - g) \odot h + g \odot n$$
#
# A switch chooses one of two things. This is a [soft switch](glossary): it mixes them, and so it has a derivative. At
# $g = 0$ the unit keeps its old state exactly. At $g = 1$ it forgets it and takes the candidate.
#
# The weights of both stand in one array each, gate first: `W_xh` is (D, 2H) with the columns $W_{xg}$, then $W_{xn}$;
# `W_hh` is (H, 2H), `b` is (2H,). One product then gives both sums.
#
# This cell is the plainest with a gate, and has one only. LSTM and GRU, of the next two lessons, have more of them.
# They also differ in what their gates count: some count what is *kept*. Here $g$ is the share of the new. (In the LSTM
# the letter $g$ will stand for the candidate.)
#
# ## Exercise 5.4: one step of the soft switch
# <!-- effort: gate-step-forward -->
#
# Write the missing lines of `gated_step_forward(x, h, W_xh, W_hh, b)`.
#
# - `x` (N, D), `h` (N, H); the weights as above. `sigmoid` is there already.
# - Compute `g` and `n`, both (N, H), and `h_next` (N, H). The cache is given: leave it as it stands.
# - The caller's arrays stay as they are.


# %% exercise="gate-step-forward"
def gated_step_forward(x, h, W_xh, W_hh, b):
    """x (N, D), h (N, H), W_xh (D, 2H), W_hh (H, 2H), b (2H,); columns stacked g, n -> h_next (N, H), cache."""
    ### BEGIN SOLUTION
    a_g, a_n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    g, n = sigmoid(a_g), np.tanh(a_n)
    h_next = (1 - g) * h + g * n
    ### END SOLUTION
    return h_next, (x, h, W_xh, W_hh, g, n)


# %% check="gate-step-forward"

# %% [markdown]
# Back to the stream at the top. One unit, two inputs: the number and the mark. Its weights are set by hand, so that the
# gate's sum is -6 without a mark and +6 with one, and the candidate is the tanh of the number.

# %% show
by_hand = {
    "W_xh": np.array([[0.0, 1.0], [12.0, 0.0]]),  # rows: number, mark; columns: gate, candidate
    "W_hh": np.zeros((1, 2)),
    "b": np.array([-6.0, 0.0]),
}
inputs = np.stack([stream, np.isin(np.arange(T), marked)], axis=1)
h, held = np.zeros((1, 1)), []
for row in inputs:
    h, _ = gated_step_forward(row[None], h, **by_hand)
    held.append(h[0, 0])
switched = np.array(held)
print(
    f"typical distance from tanh(wanted): {np.sqrt(np.mean((switched - np.tanh(wanted)) ** 2)):.3f}"
)
plots.curves(
    range(T),
    {
        "soft switch": switched,
        "tanh of what is wanted": np.tanh(wanted),
        "share 0.1": lines["share 0.1"],
    },
    "step",
    "value held",
    title="A gate that opens at marks",
    alt="Lines over 60 steps. The soft switch jumps at the marks, steps 8 and 35, close to the tanh of the wanted value, and holds "
    "it with a slow drift. The line of fixed share 0.1 wanders with the noise.",
)

# %% [markdown]
# Now lay a hand on the gate. Below, your `gated_step_forward` reads 40 numbers, three of them marked. Hold the gate at one
# value: what kind of unit is it then? At which value does it still hold the first marked number at step 15, and what does
# that cost at the next mark? Then let it go, choose the sentence with a bracket, and type one of your own. It opens when
# you have set a number.

# %% show
from autograder import predict
from rnn_core.widgets import GateLab

at_a_tenth = predict(
    "The gate is held at 0.1. Of what the unit holds at step 4, how much is left at step 15?",
    (0, 100),
    id="gate-held-at-a-tenth",
    unit="%",
)
at_a_tenth.then(GateLab("gated unit", gated_step_forward))

# %% show
tenth = np.array([np.log(0.1 / 0.9), 0.0])  # the biases of gate and candidate
no_input, no_weights, share_left = np.zeros((1, 1)), np.zeros((1, 2)), np.ones((1, 1))
for _ in range(11):
    share_left, _ = gated_step_forward(no_input, share_left, no_weights, no_weights, tenth)
at_a_tenth.outcome(
    believed="a gate that is nearly shut keeps nearly all",
    measured=f"{share_left[0, 0]:.0%} is left after 11 steps. The time constant of a leak of 0.1 is {time_constant(0.1):.1f} steps",
    holds_when="one step is meant. Over eleven the share that is kept is multiplied eleven times: a gate at one value makes a leaky unit",
    value=100 * share_left[0, 0],
)

# %% [markdown]
# **A good place to stop.**
#
# ## What does a state judge?
#
# It is often said that *the hidden state judges how important past inputs are*. Let us ask the units. Below are three,
# each with one state and weights set by hand: a tanh unit, a leaky unit with leak 0.3, and the soft switch with its
# gate on the mark. There are two sequences, A and B, of twelve numbers, some of them marked.
#
# The function `moves(kind, name)` changes the number at one step by 0.1, leaves all else, and tells how far the *last*
# state moves. It does so for each of the twelve steps.

# %%
NUMBERS = {
    "A": [0.3, -0.4, 0.2, 0.5, -0.3, 0.1, 0.4, -0.2, -0.5, 0.2, 0.3, -0.1],
    "B": [-0.2, 0.4, 0.1, -0.5, 0.3, 0.2, -0.4, 0.5, 0.1, -0.3, 0.2, 0.1],
}
MARKED = {"A": [0, 4], "B": [1, 2, 7]}


def last_of(kind, numbers, marks):
    """The last state of one unit of this kind: "tanh", "leaky" or "gated"."""
    state = 0.0
    for number, mark in zip(numbers, marks, strict=True):
        part = {"tanh": 1.0, "leaky": 0.3, "gated": sigmoid(12.0 * mark - 6.0)}[kind]
        heard = 0.8 * state if kind == "tanh" else 0.0
        state = (1 - part) * state + part * np.tanh(number + heard)
    return state


def moves(kind, name):
    """How far the last state moves when the number at step 0, 1, … 11 is raised by 0.1."""
    numbers, marks = np.array(NUMBERS[name]), np.isin(np.arange(12), MARKED[name])
    base = last_of(kind, numbers, marks)
    raised = [last_of(kind, numbers + 0.1 * one, marks) for one in np.eye(12)]
    return np.round(np.abs(np.array(raised) - base), 4)


# %% [markdown]
# ## Exercise 5.5: run it and read
# <!-- effort: gate-read-influence -->
#
# Call `moves` for the three kinds and for both sequences. Which step moves the last state most? Count steps from 0. Set
# `tanh_reads`, `leaky_reads` and `gated_reads`, each to a list of two steps: the one for A, then the one for B.
#
# While you read: what decides the answer, the place of a number or what came with it?

# %% exercise="gate-read-influence"
# for kind in ("tanh", "leaky", "gated"):
#     print(kind, moves(kind, "A"), moves(kind, "B"))
# tanh_reads = [?, ?]
# leaky_reads = [?, ?]
# gated_reads = [?, ?]
### BEGIN SOLUTION
tanh_reads, leaky_reads, gated_reads = (
    [int(np.argmax(moves(kind, name))) for name in ("A", "B")]
    for kind in ("tanh", "leaky", "gated")
)
### END SOLUTION

# %% check="gate-read-influence"

# %% [markdown]
# These units were set by hand, and one example proves little. Further down the same is measured in trained cells.
#
# ## What a gate does before it has learned anything
#
# At the start of training the weights of a gate are small and its bias is what you choose. Suppose the weights are 0.
# Then $g = \sigma(b_g)$ at every step, and the unit is a leaky unit. Its share is
#
# $$g = \frac{1}{1 + e^{-b_g}} \qquad\text{so}\qquad \frac1g = 1 + e^{-b_g}$$
#
# This is the rule of thumb: *a gate with bias* $-b$ *holds a value for about* $1 + e^{b}$ *steps*. (Where a gate counts
# what is kept, as in LSTM and GRU, the same time scale needs the bias $+b$.) The exact time constant of such a unit you
# know from Exercise 5.3.
#
# ## Exercise 5.6: the bias for a time scale
# <!-- effort: gate-bias -->
#
# Write `bias_for(steps)`: the bias $b_g$ with which, the gate's weights being 0, $1/e$ of an old value is left after
# `steps` steps. Exactly, not by the rule of thumb. `steps` is a number above 1 or an array of such; the result has the
# same shape. You may use your `leak_for`.


# %% exercise="gate-bias"
def bias_for(steps):
    """The gate's bias with which 1/e of an old value is left after so many steps."""
    ### BEGIN SOLUTION
    leak = leak_for(steps)
    return np.log(leak / (1 - leak))
    ### END SOLUTION


# %% check="gate-bias"

# %% [markdown]
# Formula and measurement side by side. Your `gated_step_forward` runs two copies of a cell whose first states differ a
# little: in how many steps does the difference fall to $1/e$, if it falls by one factor a step? First for one unit with
# all weights 0. Then for a cell as it stands at the start of training: 32 units, all weights drawn at random, reading
# noise. There the candidate also carries the past on, through $W_{hn}$, and the gate moves with the input. So the
# formula is no longer exact.

# %% show
from rnn_core.init import cell_weights


def measured_constant(weights, noise, k):
    """The time constant of how far two runs stay apart, read off after k steps: a small move of the first state."""
    H = weights["W_hh"].shape[0]
    one, two = np.zeros((1, H)), 1e-4 * np.random.default_rng(1).standard_normal((1, H))
    at_first = np.linalg.norm(two)
    for x in noise[:k]:
        one, two = (gated_step_forward(x[None], h, **weights)[0] for h in (one, two))
    return -k / np.log(np.linalg.norm(two - one) / at_first)


D, H = 5, 32
noise = np.eye(D)[np.random.default_rng(2).integers(4, size=1500)]
print(f"{'bias':>5} {'1 + e^-bias':>12} {'exact':>8} {'weights 0':>10} {'weights drawn':>14}")
for bias in (0.0, -1.0, -2.0, -3.0, -5.0):
    exact = -1 / np.log(1 - sigmoid(bias))
    empty = {"W_xh": np.zeros((D, 2)), "W_hh": np.zeros((1, 2)), "b": np.array([bias, 0.0])}
    plain, drawn, k = measured_constant(empty, noise, 5), [], int(np.ceil(3 * exact))
    for seed in range(3):
        weights = cell_weights(np.random.default_rng(seed), D, H, blocks=2)
        weights["b"] = np.repeat([bias, 0.0], H)
        drawn.append(measured_constant(weights, noise, k))
    print(
        f"{bias:5.0f} {1 + np.exp(-bias):12.2f} {exact:8.2f} {plain:10.2f} {np.mean(drawn):14.2f}"
    )

# %% [markdown]
# Compare the columns. The rule and the exact time constant differ by about half a step. The unit with weights 0 does
# what the formula says. The started cell holds a difference for longer, and still: the lower the bias, the longer.
#
# Does it matter for learning? A recorded experiment: gated cells of 32 units learn the first symbol over a lag of 160
# steps, and only the bias at the start differs. Success is 95 % right within 400 steps of training.

# %% show
from rnn_core.data import recorded
from rnn_core.intervals import wilson


def rates(rows, by, names, **where):
    """Success rates of the rows that fit, for each name in the column `by`, and how far the intervals reach."""
    shares, reach = [], []
    for name in names:
        fits = [
            row
            for row in rows
            if row[by] == name and all(row[k] == v for k, v in where.items())
        ]
        won = sum(row["success"] for row in fits)
        low, high = wilson(won, len(fits))
        shares.append(won / len(fits))
        reach.append((won / len(fits) - low, high - won / len(fits)))
    return shares, np.array(reach).T


biases = recorded.load("gating_bias")
print(recorded.describe(biases))
scales = sorted({row["time constant"] for row in biases["rows"]})
shares, reach = rates(biases["rows"], "time constant", scales)
seeds = len(biases["rows"]) // len(scales)
plots.bars(
    [f"{scale:g}" for scale in scales],
    {"success": shares},
    "time constant that the bias sets at the start (steps)",
    f"share of {seeds} seeds that succeed",
    title="First symbol, lag 160; bars: 95 % intervals",
    errors={"success": reach},
    alt="Bars: the share of seeds that recall the first symbol over 160 steps. "
    + ", ".join(f"time constant {s:g}: {v:.1f}" for s, v in zip(scales, shares, strict=True)),
)

# %% [markdown]
# The intervals are wide: there are few seeds. What can be read from them is the gap between short and long time
# constants. The time constant need not reach the lag: compare the lag of 160 steps with the bars that succeed.
#
# **A good place to stop.**
#
# ## Back through a gate
#
# The gradient $dh'$ has arrived at $h' = (1 - g)\,h + g\,n$. Three letters stand there, $h$, $n$ and $g$, and each gets
# its part. Take one unit with numbers first, and look at one letter at a time. The printed differences nudge that one
# and leave the others.

# %% show
h1, n1, g1 = 0.6, -0.5, 0.3  # old state, candidate, gate
dh1 = 2.0  # the gradient that arrives


def mixed_loss(h, n, g):
    """A loss whose gradient at h' is dh1."""
    return dh1 * ((1 - g) * h + g * n)


eps = 1e-6
for name in ("h", "n", "g"):
    at = {"h": h1, "n": n1, "g": g1}
    above, below = (mixed_loss(**{**at, name: at[name] + s * eps}) for s in (1, -1))
    print(f"difference for {name}: {(above - below) / (2 * eps):+.4f}")

# %% [markdown]
# **The old state, whole.** $h$ stands in $(1 - g)\,h$. A nudge of $h$ moves $h'$ by $1 - g$ times as much. So the
# gradient that reaches it on the straight road is
#
# $$dh' \cdot (1 - g) = 2 \cdot (1 - 0.3)$$
#
# No weight, and no slope of a tanh: with $g$ near 0, $dh'$ passes nearly as it is.
#
# **The candidate, half.** $n$ stands in $g\,n$. A nudge of $n$ moves $h'$ by … times as much. That gives
# $dn = dh' \cdot \ldots$, and you can compare it with the difference above. One link is left: $n = \tanh(a_n)$, so
#
# $$da_n = dn \cdot (\text{the slope of tanh, from what came out of it})$$
#
# **The gate, blank.** $g$ stands in *two* places. What does a nudge of $g$ do to $h'$? Write down $dg$, compare it with
# the difference above, and go one link further to $da_g$. The sigmoid has the slope
# $\sigma'(a) = \sigma(a)\,(1 - \sigma(a))$.
#
# ## Exercise 5.7: the gated step backwards
# <!-- effort: gate-step-backward -->
#
# Write `gated_step_backward(dh_next, cache)` for whole batches.
#
# - `dh_next` (N, H); the cache is that of `gated_step_forward`: `(x, h, W_xh, W_hh, g, n)`.
# - Returns `dx` (N, D), `dh` (N, H), `dW_xh` (D, 2H), `dW_hh` (H, 2H), `db` (2H,). The weights' gradients are sums over
#   rows.
# - Compute `da_g` and `da_n`, both (N, H), and put them side by side as `da` (N, 2H), gate first. The two lines below
#   your part then give `dx` and `dW_xh`. Write `dh`, `dW_hh` and `db`.
# - `h` acts straight, *and* inside both sums. All three ways add up in `dh`.


# %% exercise="gate-step-backward"
def gated_step_backward(dh_next, cache):
    """dh_next (N, H), cache of gated_step_forward -> dx (N, D), dh (N, H), dW_xh (D, 2H), dW_hh (H, 2H), db (2H,)."""
    x, h, W_xh, W_hh, g, n = cache
    ### BEGIN SOLUTION
    da_n = dh_next * g * (1 - n**2)
    da_g = dh_next * (n - h) * g * (1 - g)
    da = np.hstack([da_g, da_n])
    dh = dh_next * (1 - g) + da @ W_hh.T
    dW_hh = h.T @ da
    db = da.sum(axis=0)
    ### END SOLUTION
    dx = da @ W_xh.T
    dW_xh = x.T @ da
    return dx, dh, dW_xh, dW_hh, db


# %% check="gate-step-backward"

# %% [markdown]
# Read the factor of the gate once more. It says when a gate learns: where old and new differ, where the loss cares, and
# where the sigmoid is not flat. If any of the three is 0, the gate at this step gets nothing.
#
# And the straight road: over many steps its factor is the product of all the $1 - g$ on the way. That is what a gate
# can do for a gradient. It can hold the road open, and it can close it. It does not promise either.

# %% show
# Measuring and drawing: no need to read this cell.
steps_back, arriving = 60, {}
for bias in (1.0, -1.0, -3.0, -5.0):
    weights = cell_weights(np.random.default_rng(0), D, H, blocks=2) | {
        "b": np.repeat([bias, 0.0], H)
    }
    h, caches = np.zeros((8, H)), []
    symbols = np.eye(D)[np.random.default_rng(3).integers(4, size=(8, steps_back))]
    for t in range(steps_back):
        h, kept = gated_step_forward(symbols[:, t], h, **weights)
        caches.append(kept)
    d = np.random.default_rng(4).standard_normal((8, H))
    lengths = [np.linalg.norm(d)]
    for kept in reversed(caches):
        d = gated_step_backward(d, kept)[1]
        lengths.append(np.linalg.norm(d))
    arriving[f"gate's bias {bias:g}"] = np.array(lengths) / lengths[0]
plots.curves(
    range(steps_back + 1),
    arriving,
    "steps back from the loss",
    "length of the gradient (share)",
    title="Untrained gated cells of 32 units",
    yscale="log",
    alt="Lines on a logarithmic scale, length of the gradient over 60 steps back. "
    + ", ".join(f"{name}: {line[-1]:.1g} at the end" for name, line in arriving.items()),
)

# %% [markdown]
# **A good place to stop.**
#
# ## Which units recall what?
#
# Now the two tasks of Exercise 5.1, many times over. This was recorded, because it takes minutes. The settings:
#
# - 32 units, batches of 32 fresh sequences, success when 95 % of 256 other sequences are right, looked at every 20
#   steps;
# - **tanh**: orthogonal recurrent weights, SGD with momentum, clipped;
# - **leaky**: leaks for time constants from 1 to 100 steps, spread evenly on a logarithmic scale, Adam;
# - **gated**: the soft switch, biases for the same time constants, Adam.

# %% show
runs = recorded.load("gating_recall")
print(recorded.describe(runs))
first = [row for row in runs["rows"] if row["task"] == "first"]
lags = sorted({row["lag"] for row in first})
table = {cell: rates(first, "lag", lags, cell=cell) for cell in ("tanh", "leaky", "gated")}
for cell, (shares, reach) in table.items():
    told = [
        f"lag {lag}: {v:.1f} [{v - low:.2f}, {v + high:.2f}]"
        for lag, v, (low, high) in zip(lags, shares, reach.T, strict=True)
    ]
    print(f"{cell:6} " + "   ".join(told))


plots.bars(
    lags,
    {cell: shares for cell, (shares, _) in table.items()},
    "lag (steps)",
    f"share of {len(first) // len(lags) // len(table)} seeds that succeed",
    title="First symbol, at most 600 steps of training",
    errors={cell: reach for cell, (_, reach) in table.items()},
    alt="Groups of bars over the lag, with 95 % intervals: share of seeds that recall the first symbol. "
    + "; ".join(
        f"{cell}: " + ", ".join(f"{v:.1f}" for v in shares)
        for cell, (shares, _) in table.items()
    ),
).legend_below()

# %% [markdown]
# To hold one early symbol, no choice is needed: a share that is small enough will do. Compare the leaky and the gated
# bars.
#
# Now the last *marked* symbol, over 40 steps. Here every run had up to 2,400 steps. Two more kinds are in the table:
# the tanh cell with Adam, and leaky units *apart*, without connections between them. All leaky units had a learning
# rate three times that of the gated ones. The picture shows what was reached after 400 and after 2,400 steps.

# %% show
marked_runs = [row for row in runs["rows"] if row["task"] == "marked"]
kinds = list(dict.fromkeys(row["cell"] for row in marked_runs))
early = [row | {"success": row["success"] and row["steps"] <= 400} for row in marked_runs]
within = {
    "within 400 steps": rates(early, "cell", kinds),
    "within 2,400": rates(marked_runs, "cell", kinds),
}
for kind in kinds:
    of_kind = [row for row in marked_runs if row["cell"] == kind]
    steps = [row["steps"] for row in of_kind if row["success"]]
    middle = f"{np.median(steps):.0f}" if steps else "-"
    print(
        f"{kind:12} {len(steps):2} of {len(of_kind)} succeed, after {middle} steps (median); "
        f"best share right, mean of all seeds: {np.mean([row['best'] for row in of_kind]):.2f}"
    )
plots.bars(
    kinds,
    {name: shares for name, (shares, _) in within.items()},
    "kind of unit",
    "share of seeds that succeed",
    title="Last marked symbol, 40 steps; bars: 95 % intervals",
    errors={name: reach for name, (_, reach) in within.items()},
    alt="Pairs of bars for each kind of unit: share of seeds that recall the last marked symbol within 400 and 2,400 steps. "
    + "; ".join(
        f"{name}: " + ", ".join(f"{k} {v:.1f}" for k, v in zip(kinds, shares, strict=True))
        for name, (shares, _) in within.items()
    ),
)

# %% [markdown]
# Look at both bars of the connected leaky units before you believe that *a leaky unit cannot do this*. A leaky unit that
# stands alone keeps the same share whatever comes. Connected ones hear each other through a tanh, and in this
# experiment they learned the task. Compare how many steps of training it took.
#
# One point of the record, live: the gated cell with seed 0.

# %% show
from functools import partial

from rnn_core import gates, one_gate
from rnn_core.cells import TANH, Cell
from rnn_core.data.recall import last_marked
from rnn_core.nets import last_step, net_forward, net_params
from rnn_core.optim import Adam, Momentum
from rnn_core.train import fit
from rnn_core.widgets import Training

SPREAD = np.logspace(0, 2, H)  # time constants from 1 to 100 steps
WEIGHTS = "W_xh", "W_hh", "b"


def gated_cell(gate=gates.SIGMOID):
    return Cell(partial(one_gate.forward, gate=gate), one_gate.backward, WEIGHTS, blocks=2)


def start(cell, seed, bias=None):
    """A generator, the cell's first parameters, and fresh sequences to look at."""
    rng = np.random.default_rng(seed)
    x, targets = last_marked(np.random.default_rng(10_000 + seed), 256, 40)
    params = net_params(rng, cell, D, H, 4, dtype=np.float32)
    if bias is not None:
        params["layer1.b"][:H] = bias
    return rng, params, x, targets


def right_share(cell, params, x, targets):
    return float(np.mean(net_forward(cell, params, x, last=True)[0].argmax(axis=1) == targets))


GATED = gated_cell()
rng, gated_params, x, targets = start(GATED, 0, bias_for(SPREAD))
seen = {}


def look(step, history):
    """Every 20 steps: how many of the fresh sequences are right."""
    if step % 20 == 0:
        seen[step] = right_share(GATED, gated_params, x, targets)


batches = (last_marked(rng, 32, 40) for _ in range(400))
fit(
    partial(last_step, GATED),
    gated_params,
    batches,
    Adam(1e-2),
    clip=1.0,
    steps=400,
    live=Training(),
    on_step=look,
)
live = next((step for step, share in seen.items() if share >= 0.95), None)
noted = next(row["steps"] for row in marked_runs if row["cell"] == "gated" and row["seed"] == 0)
print(
    f"95 % right after {live} steps here, after {noted} in the record; {seen[400]:.2f} right after 400"
)


# %% show
def won(rows, cell, **where):
    """How many of the seeds succeed, in words."""
    fits = [
        row
        for row in rows
        if row["cell"] == cell and all(row[k] == v for k, v in where.items())
    ]
    return f"{cell} {sum(row['success'] for row in fits)} of {len(fits)}"


outcome(
    "gate-predict-recall",
    believed="Simple cells forget the start of a long sequence, and gated ones do not.",
    measured=f"Seeds that reach 95 %. First symbol, lag 80: {won(first, 'leaky', lag=80)}, {won(first, 'gated', lag=80)}, "
    f"{won(first, 'tanh', lag=80)}. Last marked symbol within 400 steps of training: {won(early, 'leaky')}, {won(early, 'gated')}; "
    f"within 2,400: {won(marked_runs, 'leaky')}, {won(marked_runs, 'gated')}, {won(marked_runs, 'leaky, apart')}.",
    holds_when="what is to be kept can be told only from what comes in, and training is short. To hold the start of a sequence a "
    "small fixed share was enough; and connected leaky units learned to choose, too, with more training.",
)

# %% [markdown]
# ## The same question as in Exercise 5.5, to trained cells
#
# A gated cell, connected leaky units and a tanh cell (once with Adam, once with SGD and momentum) are trained on the
# last marked symbol, with the settings of the record, all for 400 steps. Change the symbol at one step, leave its mark
# and all other steps, and measure how far the last state moves. Each row of the picture is one sequence. The rows are
# sorted by where the last mark stands.

# %% show
from rnn_core import leaky

leaks = leaky.leak_for(SPREAD).astype(np.float32)


def leaky_run(x, h0, W_xh, W_hh, b, mask=None):
    return leaky.forward(x, h0, W_xh, W_hh, b, leaks, mask)


LEAKY = Cell(leaky_run, lambda dh, cache: leaky.backward(dh, cache)[:-1], WEIGHTS)
trained = {"gated": (GATED, gated_params)}
for name, cell, optimizer, clip in (
    ("leaky", LEAKY, Adam(3e-2), 1.0),
    ("tanh, Adam", TANH, Adam(1e-3), 1.0),
    ("tanh, SGD", TANH, Momentum(0.1), 0.5),
):
    rng, params, _, _ = start(cell, 0)
    batches = (last_marked(rng, 32, 40) for _ in range(400))
    fit(partial(last_step, cell), params, batches, optimizer, clip=clip)
    trained[name] = cell, params


def influence(cell, params, x, rng):
    """How far the last state moves when the symbol at a step is another one: (N, T) for x (N, T, 5)."""
    N, T, _ = x.shape
    other = (x[:, :, :4].argmax(axis=2) + rng.integers(1, 4, (N, T))) % 4
    # in copy t the symbol at step t is another
    changed = np.repeat(x[None].astype(float), T, axis=0)
    changed[np.arange(T), :, np.arange(T), :4] = np.eye(4)[other.T]
    # tiny moves need float64
    weights = [params[f"layer1.{name}"].astype(float) for name in WEIGHTS]
    base = cell.forward(x.astype(float), np.zeros((N, H)), *weights)[0][:, -1]
    moved = cell.forward(changed.reshape(T * N, T, 5), np.zeros((T * N, H)), *weights)[0][:, -1]
    return np.linalg.norm(moved.reshape(T, N, H) - base, axis=2).T


x, targets = last_marked(np.random.default_rng(8), 60, 40)
marks = x[:, :, 4] > 0
last = marks & (np.cumsum(marks[:, ::-1], axis=1)[:, ::-1] == 1)
order = np.argsort(last.argmax(axis=1), kind="stable")
x, targets, marks, last = (array[order] for array in (x, targets, marks, last))
effect = {name: influence(*pair, x, np.random.default_rng(9)) for name, pair in trained.items()}
plots.heatmap(
    effect["gated"],
    range(len(x)),
    range(40),
    "step whose symbol is changed",
    "sequence",
    "move of the last state",
    title="Gated cell: sorted by the place of the last mark",
    alt="Map of 60 sequences by 40 steps. Bright cells form one line that runs from the upper left to the middle at the bottom: in "
    "each row the step of the last mark. The other steps are dark, with a little light at the last ones.",
)

# %% show
plots.heatmap(
    np.log10(effect["tanh, Adam"] / effect["tanh, Adam"].max()),
    range(len(x)),
    range(40),
    "step whose symbol is changed",
    "sequence",
    "move, share of the largest (power of ten)",
    title="tanh cell (Adam): the same sequences in the same order",
    alt="Map of 60 sequences by 40 steps, logarithmic colours. All rows look alike: dark at the first steps, brighter and brighter "
    "towards the last. The last marks, which formed a line in the map before, cannot be seen.",
)

# %% [markdown]
# Numbers say how much of this is *position* and how much *content*. Take the logarithm of each move. Position: which
# part of its variation is told by the step alone, over all steps and over the first half, where marks may stand?
# Content: which part, in the first half, by knowing whether the step had no mark, an earlier mark, or the last mark?
# The next columns are typical moves (geometric means) in the first half, and the largest one there.

# %% show
role = (marks.astype(int) + last)[:, :20]  # 0 no mark, 1 an earlier mark, 2 the last mark


def told(logs, means):
    """Which part of the variation of `logs` these means tell."""
    return np.broadcast_to(means, logs.shape).var() / logs.var()


columns = (
    "position, all",
    "position",
    "content",
    "no mark",
    "earlier",
    "last",
    "largest",
    "right",
)
print(("{:10} {:>13}" + 7 * " {:>8}").format("", *columns))
for name, moved in effect.items():
    logs, half = np.log10(moved), np.log10(moved[:, :20])
    by_role = np.array([half[role == r].mean() for r in range(3)])
    parts = (
        told(logs, logs.mean(axis=0)),
        told(half, half.mean(axis=0)),
        told(half, by_role[role]),
    )
    typical = *10**by_role, moved[:, :20].max()
    row = "{:10} {:13.2f} {:8.2f} {:8.2f} {:8.1e} {:8.1e} {:8.1e} {:8.1e} {:8.2f}"
    print(row.format(name, *parts, *typical, right_share(*trained[name], x, targets)))

# %% [markdown]
# So *the state judges how important past inputs are* can be said of the trained gated cell, on this task: what stood at
# a step tells far more of how much it counts than its place does, and the last mark counts more than an earlier one. In
# the equations it is the gates that decide: the one at the step of an input, whether it is taken in, and all those
# after it, whether it is kept.
#
# Of the tanh cells, as they stand after these 400 steps, it cannot be said: compare their *content* with that of the
# gated cell. The leaky units lie between: a marked symbol counts more there than one without a mark, although no share
# is computed. In their equations the tanh of the sums is the only place where a mark can change what a symbol counts.
# But compare the last mark with an earlier one, in this row and in that of the gated cell.
#
# *Position alone* is not the whole story of a tanh cell either. Compare its two rows, one with each way of training:
# what the step tells, and how far the largest move is from a typical one. Where a cell forgets steadily, the step tells
# nearly all. Where the largest move is many times a typical one, a single symbol moved the last state far.
#
# ## Two numbers to hold: the adding problem
#
# Hochreiter & Schmidhuber (1997) had another task that asks for a choice, and it asks for a number, too. Of 40 numbers two
# are marked, one in each half. At the end the net says their sum, and the loss is the squared difference. The same cells as
# above, with the same starts and learning rates (tanh with Adam), 600 steps, clipped at 1, two seeds. The first line is
# what one gets by always saying 1.

# %% show
from rnn_core.data.recall import adding
from rnn_core.loss import squared_error

numbers, sums = adding(np.random.default_rng(9), 500, 40)


def tell(name, said):
    off = said - sums
    print(
        f"{name:14} mean squared error {np.mean(off**2):.4f}, within 0.1 of the sum {np.mean(abs(off) < 0.1):.2f}"
    )


tell("always 1", 1)
for name, cell, rate in (("gated", GATED, 1e-2), ("leaky", LEAKY, 3e-2), ("tanh", TANH, 1e-3)):
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        params = net_params(rng, cell, 2, H, 1, dtype=np.float32)
        if name == "gated":
            params["layer1.b"][:H] = bias_for(SPREAD)
        batches = (adding(rng, 32, 40) for _ in range(600))
        fit(partial(last_step, cell, loss=squared_error), params, batches, Adam(rate), clip=1.0)
        tell(f"{name}, seed {seed}", net_forward(cell, params, numbers, last=True)[0])

# %% [markdown]
# Compare each row with the first one: how far did this cell come in 600 steps? Two seeds and one learning rate for each
# kind do not say what a leaky unit or a tanh cell would reach with more steps or another rate.
#
# ## Are gates zero or one?
#
# The values of all gates of the trained gated cell, over those sequences, once at steps with a mark and once elsewhere.


# %% show
def gate_values(cell, params, x):
    """The values of all gates (N, T, H) over these sequences, from the cache of `one_gate.forward`."""
    weights = (params[f"layer1.{name}"] for name in WEIGHTS)
    return cell.forward(x, np.zeros((len(x), H), np.float32), *weights)[1][4].swapaxes(0, 1)


values, edges = gate_values(GATED, gated_params, x), np.linspace(0, 1, 11)
shares_in = {
    name: np.histogram(v, edges)[0] / v.size
    for name, v in (("at marks", values[marks]), ("elsewhere", values[~marks]))
}
between = float(np.mean((values >= 0.1) & (values <= 0.9)))
print(
    f"below 0.1: {np.mean(values < 0.1):.2f}   between: {between:.2f}   above 0.9: {np.mean(values > 0.9):.2f}"
)
plots.bars(
    [f"{low:.1f}" for low in edges[:-1]],
    shares_in,
    "value of the gate, from … to 0.1 more",
    "share of all values",
    title="Gates of a cell that recalls the last marked symbol",
    alt="Bars in ten classes from 0 to 1, for steps with a mark and elsewhere. "
    + "; ".join(
        f"{n}: " + ", ".join(f"{share:.2f}" for share in v) for n, v in shares_in.items()
    ),
)

# %% show
outcome(
    "gate-predict-recall",
    believed="A gate is zero or one: it lets an input through or it does not.",
    measured=f"{between:.0%} of the gate's values lie between 0.1 and 0.9 (the third of your predictions).",
    holds_when="it is taken as a picture of the two ends. This is one cell with sigmoid gates, trained on one task for 400 steps.",
)

# %% [markdown]
# **A good place to stop.**
#
# ## Steeper gates
#
# Among the remedies against vanishing gradients one often hears: *steeper gates*. A steeper gate is closer to a real
# switch. It can be had in two ways: a sigmoid with a slope, $\sigma(s\,a)$, or a [hard gate](glossary), a straight line
# with two corners:
#
# $$g = \min(1, \max(0,\; s\,a + \tfrac12))$$
#
# The hard gate reaches 0 and 1 exactly. With $s = \tfrac14$ it touches the sigmoid at $a = 0$. What does it cost?
#
# ## Exercise 5.8: a hard gate
# <!-- effort: gate-hard -->
#
# Write `hard_gate(a, slope=0.25)`, and its derivative as a function of the gate's *value*,
# `hard_gate_derivative(g, slope=0.25)`: what stood as $g\,(1 - g)$ in Exercise 5.7 would be replaced by it. `a` and `g`
# are arrays of any shape, and so are the results. Between the corners the derivative is that of a straight line. At the
# corners, where `g` is exactly 0 or 1, and beyond them it is 0.


# %% exercise="gate-hard"
def hard_gate(a, slope=0.25):
    """The straight line slope * a + 1/2, cut off at 0 and 1."""
    ### BEGIN SOLUTION
    return np.clip(slope * a + 0.5, 0, 1)
    ### END SOLUTION


def hard_gate_derivative(g, slope=0.25):
    """The derivative of hard_gate where its value is g."""
    ### BEGIN SOLUTION
    return slope * ((g > 0) & (g < 1))
    ### END SOLUTION


# %% check="gate-hard"

# %% show
a = np.linspace(-4, 4, 321)
steep = {f"sigmoid, slope {s:g}": sigmoid(s * a) for s in (1, 3, 10)}
slopes = {
    name: s * g * (1 - g) for (name, g), s in zip(steep.items(), (1, 3, 10), strict=True)
} | {"hard, slope 0.25": hard_gate_derivative(hard_gate(a))}
plots.curves(
    a,
    slopes,
    "sum a at the gate",
    "derivative of the gate",
    title="Derivatives of four gates",
    alt="Lines over the sum from -4 to 4. The derivative of the sigmoid of slope 1 is low and wide, that of slope 3 higher and "
    "narrower, that of slope 10 reaches 2.5 and is near 0 beyond 0.5. That of the hard gate is 0.25 from -2 to 2 and 0 outside.",
)

# %% [markdown]
# **What happens where the derivative is 0?** Three gates, all with the bias -4 and weights drawn at random, start on the
# last marked symbol. The table shows, before training, for which part of all values the derivative is exactly 0 (for
# the steep sigmoid by rounding, in 32-bit numbers), and the length of the gradient of the gates' weights; after 300
# steps, how far these weights have moved at most, and the share of right answers.

# %% show
report = [f"{'gate':18} {'derivative 0':>13} {'gradient':>9} {'moved':>7} {'right':>6}"]
for name, gate in (
    ("sigmoid, slope 1", gates.SIGMOID),
    ("sigmoid, slope 10", gates.steep(10.0)),
    ("hard, slope 0.25", gates.Gate(hard_gate, hard_gate_derivative)),
):
    cell = gated_cell(gate)
    rng, params, x, targets = start(cell, 0, -4.0)
    values = gate_values(cell, params, x)
    grads = last_step(cell, params, (x, targets))[1]
    length = np.sqrt(sum(np.sum(grads[f"layer1.{n}"][..., :H] ** 2) for n in WEIGHTS))
    before = {n: params[f"layer1.{n}"][..., :H].copy() for n in WEIGHTS}
    fit(
        partial(last_step, cell),
        params,
        (last_marked(rng, 32, 40) for _ in range(300)),
        Adam(1e-2),
        clip=1.0,
    )
    moved = max(np.abs(params[f"layer1.{n}"][..., :H] - before[n]).max() for n in WEIGHTS)
    report.append(
        f"{name:18} {np.mean(gate.derivative(values) == 0):13.2f} {length:9.1e} {moved:7.2f} "
        f"{right_share(cell, params, x, targets):6.2f}"
    )
print("\n".join(report))

# %% [markdown]
# A gate that is shut for all inputs and flat where it stands gets no gradient, so that nothing opens it.
#
# That was a start on purpose in the flat part. A fairer question: all gates start with the *same openings*, for time
# constants from 1 to 100 steps, and only the slope differs. Recorded, on the last marked symbol, at most 600 steps.

# %% show
steeper = recorded.load("gating_steeper")
print(recorded.describe(steeper))
kinds = list(dict.fromkeys((row["gate"], row["slope"]) for row in steeper["rows"]))
rows = [row | {"kind": (row["gate"], row["slope"])} for row in steeper["rows"]]
shares, reach = rates(rows, "kind", kinds)
for kind, share in zip(kinds, shares, strict=True):
    steps = [row["steps"] for row in rows if row["kind"] == kind and row["success"]]
    middle = f"{np.median(steps):.0f}" if steps else "-"
    print(
        f"{kind[0]:8} slope {kind[1]:<5g} success {share:.1f}   steps to get there (median of those): {middle}"
    )
plots.bars(
    [f"{gate[:4]}\n{slope:g}" for gate, slope in kinds],
    {"success": shares},
    "gate (sigmoid, hard) and its slope",
    "share of seeds that succeed",
    title="Last marked symbol; bars: 95 % intervals",
    errors={"success": reach},
    alt="Bars: the share of seeds that succeed, by gate and slope. "
    + ", ".join(
        f"{gate} {slope:g}: {v:.1f}" for (gate, slope), v in zip(kinds, shares, strict=True)
    ),
)

# %% [markdown]
# Read the median steps beside the rates. *Steeper gates help* and *steeper gates cost gradient* both have their part of
# the table. The slope does two things at once: it makes the gate's derivative larger in the middle, so that the same
# change of a weight moves the gate further; and it widens the part that is flat. The experiment does not tell the first
# from a larger learning rate for the gate's weights: $\sigma(s\,a)$ is the plain sigmoid with weights $s$ times as
# large. And nothing here says that steepness is a remedy against *vanishing*: no run was made at a longer lag.
#
# ## Exercise 5.9: in words
# <!-- effort: gate-judges -->
#
# *The hidden state judges how important past inputs are.* Of which units of this lesson can this be said, and of which
# not? Say what in their equations makes the difference, and how you would show it by a measurement.

# %% answer="gate-judges"

# %% [markdown]
# ## What was shown, and what was not
#
# - A leaky unit takes a fixed share. Its time constant is $-1/\log(1 - \ell)$: the formula says so, and the unit did
#   it.
# - A gate is a share that is computed. At the start its bias sets the time scale. Later its weights decide, by what
#   comes in.
# - Backwards, a gate gives a road without weights, with the factor $1 - g$. It learns by the difference $n - h$, where
#   it is not flat.
# - Holding the first symbol needs no gate: leaky units did it. The last marked symbol took the gated cell few steps of
#   training and the connected leaky units many more; leaky units apart did not get there in 2,400 steps.
# - The sum of two marked numbers, in 600 steps and with one learning rate each: both gated runs came closer to it than
#   the connected leaky units and the tanh cell.
# - What a past input counts depended on content in the trained gated cell. In connected leaky units it depended on the
#   mark, too, with no gate; in the tanh cells that were tried hardly.
# - Moderately steep gates learned fast on one task, very steep ones not at all; a gate that is flat everywhere learns
#   nothing.
# - **Not shown:** other sizes, longer lags to the mark, other learning rates for each slope. The tanh cell might do
#   better with settings that were not tried. And one gate per unit does two jobs here: it forgets and it writes, always
#   in the same measure. To part the two is the idea of the next lesson.
#
# ## Five questions

# %% recall="gate-bias-sign gate-straight-road gate-flat-corner bptt-two-sources cell-state-function"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
