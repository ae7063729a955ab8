# %% [markdown]
# # Deeper, or from both ends?
#
# **Lesson 8, third of three notebooks.** About three hours, with three places to stop.
#
# You need: the tanh cell of lesson 2; the gradient through time and masks from lesson 3; overfitting from lesson 0.
#
# Afterwards you can put recurrent layers on top of each other and take the gradient through them, compare nets of
# different depth fairly, leave numbers out in training and say what that costs and buys, read rows of unequal length
# from both ends, and say where that is allowed.

# %%
import os

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # products this small are faster on one thread

import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution


def layer_forward(x, h0, weights, mask=None):
    """One recurrent layer over all steps, the cell of lesson 2. Where the mask is 0 the state is kept (lesson 3).

    x (N, T, D), h0 (N, H), weights a dict of W_xh (D, H), W_hh (H, H), b (H,), mask (N, T) -> h (N, T, H)
    """
    h, states = h0, []
    for t in range(x.shape[1]):
        candidate = np.tanh(x[:, t] @ weights["W_xh"] + h @ weights["W_hh"] + weights["b"])
        h = candidate if mask is None else np.where(mask[:, t, None], candidate, h)
        states.append(h)
    return np.stack(states, axis=1)


# %% [markdown]
# A recurrent net with one layer reads from left to right. There are two ways to give it more. Here are both, drawn
# over four steps.

# %% show
# Drawing only: no need to read this cell.
from matplotlib.figure import Figure

from rnn_core import plots

BLUE, ORANGE = plots.COLOURS[:2]
figure = Figure(figsize=(9, 4.2), layout="constrained")
axes = figure.subplots(1, 2)
names = [("x", "h^{(1)}", "h^{(2)}", "y"), ("x", r"\vec{h}", r"\overleftarrow{h}", "y")]
titles = ["layer on layer", "both directions"]
for side, (ax, rows, title) in enumerate(zip(axes, names, titles, strict=True)):
    ax.set(xlim=(-0.6, 3.6), ylim=(-0.5, 3.5), title=title)
    ax.axis("off")

    def arrow(start, end, colour, style="-", bend=0.0, ax=ax):
        line = {"arrowstyle": "-|>", "color": colour, "linestyle": style, "lw": 1.6}
        line |= {"shrinkA": 15, "shrinkB": 15, "connectionstyle": f"arc3,rad={bend}"}
        ax.annotate("", end, start, arrowprops=line)

    for t in range(4):
        for y, row in enumerate(rows):
            box = {"boxstyle": "round,pad=0.25", "fc": "white"}
            ax.text(t, y, f"${row}_{t + 1}$", ha="center", va="center", fontsize=13, bbox=box)
        arrow((t, 0), (t, 1), BLUE)
        arrow((t, 2), (t, 3), BLUE)
        if side == 0:
            arrow((t, 1), (t, 2), BLUE)
        else:
            arrow((t, 0), (t, 2), BLUE, bend=-0.35)
            arrow((t, 1), (t, 3), BLUE, bend=0.35)
        if t:
            arrow((t - 1, 1), (t, 1), ORANGE, "--")
            ends = [(t - 1, 2), (t, 2)]
            arrow(*(ends if side == 0 else reversed(ends)), ORANGE, "--")
axes[0].plot([], [], color=BLUE, label="within a step")
axes[0].plot([], [], color=ORANGE, linestyle="--", label="from step to step")
figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=12)
plots.Picture(
    figure,
    "Two nets over four steps. Left, layer on layer: at each step solid blue arrows go from the input x up to the state of "
    "layer 1, from there to the state of layer 2, from there to the output y; dashed orange arrows carry each layer's state "
    "to the right. Right, both directions: x goes to two states, one with dashed arrows to the right, one with dashed "
    "arrows to the left; the output y reads both.",
)

# %% [markdown]
# Left: [stacked layers](glossary). A second layer reads the states of the first. Right: a
# [bidirectional net](glossary). A second cell reads the same input from its end.
#
# Two sentences about depth are often heard: *stacked recurrent layers give more complex outputs than one*, and *it is
# typically one layer*. This notebook measures. It also measures what reading from both ends buys, and where.
#
# ## Exercise 8.13: two predictions
# <!-- effort: deep-predict -->
#
# **Depth.** Three character models as in lesson 3, with one, two and three layers of tanh cells. They have the same
# number of parameters (so the deeper ones are narrower), and get the same computing time, a few seconds. When the time
# is up, which has the fewest bits a character on text that it has not seen? Set `fewest_bits` to `"one layer"`,
# `"two layers"`, `"three layers"` or `"no clear difference"`.
#
# **Direction.** Two character models are trained to say the next character at every step of a text. One reads from left
# to right. The other reads the text in both directions. What happens to the second? Set `with_both_directions` to one of
#
# - `"about as good as one direction"`
# - `"much lower loss, and better for suggesting characters while somebody writes"`
# - `"much lower loss, and worse for suggesting characters while somebody writes"`
#
# Any choice earns the point.

# %% exercise="deep-predict"
# fewest_bits = "…"
# with_both_directions = "…"
### BEGIN SOLUTION
fewest_bits = "no clear difference"
with_both_directions = (
    "much lower loss, and worse for suggesting characters while somebody writes"
)
### END SOLUTION

# %% check="deep-predict"

# %% [markdown]
# ## A layer on a layer
#
# The states of a layer are an array `(N, T, H)`: at each step of each sequence, H numbers. For whoever reads them, that
# is a sequence like any other. So a second layer can read it:
#
# $$h^{(1)}_t = \tanh(x_t\,W^{(1)}_{xh} + h^{(1)}_{t-1}\,W^{(1)}_{hh} + b^{(1)}), \qquad
# h^{(2)}_t = \tanh(h^{(1)}_t\,W^{(2)}_{xh} + h^{(2)}_{t-1}\,W^{(2)}_{hh} + b^{(2)})$$
#
# The number in brackets is the layer. Each layer has its own weights, its own width, its own initial state, and carries
# its own state. At step t layer 1 goes first, and layer 2 reads its *new* state.
#
# Do not mix this up with an encoder and a decoder: there the second net *starts* at the last state of the first. In a stack it
# reads all of its states.
#
# ## Exercise 8.14: two layers forward
# <!-- effort: deep-two-layers -->
#
# Write `two_layers_forward(x, h0, layer1, layer2)`.
#
# - `x` (N, T, D); `h0` a pair: the initial states of layer 1, (N, H1), and of layer 2, (N, H2).
# - `layer1` and `layer2` are dicts of `W_xh`, `W_hh`, `b`. For layer 1 `W_xh` is (D, H1). What is it for layer 2?
# - Returns the states of both layers at every step, `h1` (N, T, H1) and `h2` (N, T, H2).
# - Use `layer_forward` from the top. The caller's arrays stay as they are.


# %% exercise="deep-two-layers"
def two_layers_forward(x, h0, layer1, layer2):
    """x (N, T, D), h0 a pair, two dicts of weights -> h1 (N, T, H1), h2 (N, T, H2)."""
    ### BEGIN SOLUTION
    h1 = layer_forward(x, h0[0], layer1)
    h2 = layer_forward(h1, h0[1], layer2)
    return h1, h2
    ### END SOLUTION


# %% check="deep-two-layers"

# %% [markdown]
# ## What is a fair comparison?
#
# A net with two layers of 100 units has more parameters than a net with one layer of 100 units. If it does better, was it
# the depth, or the size? To compare *depth*, hold the number of parameters fixed: let each net be as wide as the
# number allows.
#
# A stack has `layers` layers of H tanh units each; layer 1 reads D inputs; each layer above reads the H states of the
# layer below; the output layer reads the topmost layer and gives V scores. As in lesson 2 a layer has the arrays `W_xh`,
# `W_hh` and `b`, and the output layer has `W_hy` and `b_y`.
#
# ## Exercise 8.15: as wide as allowed
# <!-- effort: deep-units -->
#
# - `net_size(D, H, V, layers)`: the number of parameters of the whole net, with its output layer.
# - `units_for(budget, D, V, layers)`: the largest H for which the net has at most `budget` parameters; 0 where even one
#   unit is too many.
#
# An instance: with D = 3, H = 2, V = 4 one layer has 6 + 4 + 2 parameters and the output layer 8 + 4, in all 24. A second
# layer adds 10.


# %% exercise="deep-units"
def net_size(D, H, V, layers):
    """The number of parameters of `layers` tanh layers of H units, and an output layer."""
    ### BEGIN SOLUTION
    first = D * H + H * H + H
    above = H * H + H * H + H
    return first + (layers - 1) * above + H * V + V
    ### END SOLUTION


def units_for(budget, D, V, layers):
    """The largest H with at most `budget` parameters, or 0."""
    ### BEGIN SOLUTION
    H = 0
    while net_size(D, H + 1, V, layers) <= budget:
        H += 1
    return H
    ### END SOLUTION


# %% check="deep-units"

# %% [markdown]
# ## The gradient goes down as well as back
#
# A loss looks at layer 2, at some or all steps: `dh2` (N, T, H2) arrives there from outside. Where does the gradient go?
# Look at the arrows that leave a state of layer 1 in the drawing: one goes *up*, to layer 2 at the same step. One goes
# *right*, to layer 1 at the next step. Backwards, two gradients come in and add.
#
# **Layer 2, whole.** This is the step of lesson 3, with one thing more: what lesson 3 called `dx` is now the gradient at
# the state below. It is sent down.
#
# $$\delta^{(2)}_t = (dh^{(2)}_t + \text{carried}^{(2)}) \odot (1 - (h^{(2)}_t)^2), \qquad
# \text{below} = \delta^{(2)}_t\,(W^{(2)}_{xh})^\top, \qquad \text{carried}^{(2)} \leftarrow \delta^{(2)}_t\,(W^{(2)}_{hh})^\top$$
#
# **Layer 1, half.** The same three lines, with other names. What arrives at $h^{(1)}_t$? Nothing comes from outside: the loss
# does not see layer 1.
#
# $$\delta^{(1)}_t = (\;?\; + \;?\;) \odot (1 - (h^{(1)}_t)^2), \qquad dx_t = \;?\;, \qquad \text{carried}^{(1)} \leftarrow \;?\;$$
#
# ## Exercise 8.16: the gradient through two layers
# <!-- effort: deep-two-layers-backward -->
#
# Complete `two_layers_backward`. Layer 2 is written. For layer 1 the share of `W_xh` is written, below your part, and uses
# your `da1`.
#
# - `dh2` (N, T, H2); `x`, `h0`, `layer1`, `layer2` as they went into the forward pass, `h1` and `h2` as they came out.
# - Returns `dx` (N, T, D); `dh0`, a pair; and for each layer a dict of gradients with the names of its weights, sums over rows
#   and steps.
# - `before1` and `before2` are the states before step t. The caller's arrays stay as they are.


# %% exercise="deep-two-layers-backward"
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    """dh2 (N, T, H2) and what forward had -> dx (N, T, D), dh0 (a pair), grads1, grads2 (dicts)."""
    dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
    grads1 = {name: np.zeros_like(weight) for name, weight in layer1.items()}
    grads2 = {name: np.zeros_like(weight) for name, weight in layer2.items()}
    for t in reversed(range(x.shape[1])):
        before1, before2 = (h1[:, t - 1], h2[:, t - 1]) if t > 0 else h0

        # layer 2, whole
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        below = da2 @ layer2["W_xh"].T
        carried2 = da2 @ layer2["W_hh"].T
        grads2["W_xh"] += h1[:, t].T @ da2
        grads2["W_hh"] += before2.T @ da2
        grads2["b"] += da2.sum(axis=0)

        # layer 1: da1, dx[:, t], carried1, and the shares of W_hh and b
        ### BEGIN SOLUTION
        da1 = (below + carried1) * (1 - h1[:, t] ** 2)
        dx[:, t] = da1 @ layer1["W_xh"].T
        carried1 = da1 @ layer1["W_hh"].T
        grads1["W_hh"] += before1.T @ da1
        grads1["b"] += da1.sum(axis=0)
        ### END SOLUTION
        grads1["W_xh"] += x[:, t].T @ da1
    return dx, (carried1, carried2), grads1, grads2


# %% check="deep-two-layers-backward"

# %% [markdown]
# Put your gradient to the test of lesson 3, against central differences along random directions. The loss is
# $\sum h^{(2)} \odot R$ with a random array $R$.

# %% show
rng = np.random.default_rng(0)
N, T, D, H1, H2 = 3, 6, 4, 5, 7


def draw_weights(rng, inputs, units, size=0.5):
    shapes = {"W_xh": (inputs, units), "W_hh": (units, units), "b": (units,)}
    return {name: size * rng.standard_normal(shape) for name, shape in shapes.items()}


x = rng.standard_normal((N, T, D))
h0 = rng.uniform(-0.5, 0.5, (N, H1)), rng.uniform(-0.5, 0.5, (N, H2))
layer1, layer2 = draw_weights(rng, D, H1), draw_weights(rng, H1, H2)
R = rng.standard_normal((N, T, H2))
h1, h2 = two_layers_forward(x, h0, layer1, layer2)
dx, dh0, grads1, grads2 = two_layers_backward(R, x, h0, h1, h2, layer1, layer2)
for layer, (weights, grads) in enumerate(((layer1, grads1), (layer2, grads2)), 1):
    for name in weights:
        d = rng.standard_normal(weights[name].shape)
        moved = [{**weights, name: weights[name] + s * 1e-5 * d} for s in (1, -1)]
        pairs = [(m, layer2) if layer == 1 else (layer1, m) for m in moved]
        losses = [np.sum(two_layers_forward(x, h0, *pair)[1] * R) for pair in pairs]
        measured, said = (losses[0] - losses[1]) / 2e-5, np.sum(grads[name] * d)
        error = abs(measured - said) / max(abs(measured), abs(said))
        print(f"layer {layer}, {name:5} relative error {error:.1e}")

# %% [markdown]
# Now the map of a deeper stack. Four layers over ten steps; only the last state of the topmost layer has a loss. The colour
# says how large the gradient is that arrives at each state.


# %% show
# Measuring and drawing: no need to read this cell.
def arriving(x, starts, layers, outside):
    """Length of the gradient at every state (layers, T) and at the inputs (T,); outside (N, T, H) at the top."""
    states = []
    for h0_of, weights in zip(starts, layers, strict=True):
        states.append(layer_forward(states[-1] if states else x, h0_of, weights))
    from_above, found = outside, []
    for h, weights in zip(states[::-1], layers[::-1], strict=True):
        carried, down, sizes = 0, [], []
        for t in reversed(range(x.shape[1])):
            arrives = from_above[:, t] + carried
            da = arrives * (1 - h[:, t] ** 2)
            carried = da @ weights["W_hh"].T
            down.insert(0, da @ weights["W_xh"].T)
            sizes.insert(0, np.sqrt((arrives**2).sum()))
        from_above = np.stack(down, axis=1)
        found.append(sizes)
    return np.array([*found, np.sqrt((from_above**2).sum(axis=(0, 2)))])


deep_rng = np.random.default_rng(4)
units = 16
deep = [draw_weights(deep_rng, units, units, 0.8 / np.sqrt(units)) for _ in range(4)]
signals = deep_rng.standard_normal((8, 10, units))
zeros = [np.zeros((8, units))] * 4
at_last = np.zeros((8, 10, units))
at_last[:, -1] = deep_rng.standard_normal((8, units))
sizes = arriving(signals, zeros, deep, at_last)
grid = np.log10(sizes / sizes[0, -1], where=sizes > 0, out=np.full(sizes.shape, np.nan))
labels = ["layer 4", "layer 3", "layer 2", "layer 1", "input"]
plots.heatmap(
    grid,
    labels,
    range(1, 11),
    "step",
    "",
    "length, power of ten of that at the loss",
    title="Where the gradient arrives: loss at layer 4, step 10",
    alt="Map of five rows, layers 4 to 1 and the input, by ten steps; the colour is the length of the gradient. From the top "
    "right, where the loss is, to the first step, in powers of ten: "
    + "; ".join(
        f"{label}: {row[-1]:.1f} at step 10, {row[0]:.1f} at step 1"
        for label, row in zip(labels, grid, strict=True)
    )
    + ".",
)

# %% [markdown]
# The gradient reaches a state by every path that goes down and back in the drawing, one layer down or one step back at a
# time. Each link multiplies by weights and by the slope of a tanh, so that with weights like these a long path carries
# little. But the paths add up. To the topmost layer at step 1 there is one path, straight back; to a lower layer there
# are many, because the way down can be taken at any step. Compare:

# %% show
from math import comb

for down in range(4):
    paths, length = comb(9 + down, down), grid[down, 0]
    print(
        f"layer {4 - down}, step 1: {paths:4} paths of {9 + down} links, arriving 10^{length:.2f}"
    )

# %% [markdown]
# A lower layer is further from the loss, and yet it need not get less.
#
# **A good place to stop.**
#
# ## Depth, measured: the character model
#
# The experiment of your first prediction has been run for five seeds; it takes minutes. Every net has at most 40,000
# parameters. The clock counts the processor's time in training; at three moments the net is scored on held-out text.
# A learning rate that suits a wide net need not suit a narrow, deep one. So all of it was run at two rates.

# %% show
# Set-up for the experiments: no need to read this cell.
from functools import partial

from scipy import stats

from rnn_core.cells import TANH
from rnn_core.data import recorded
from rnn_core.data.text import Vocabulary, load_text, ngram_bits, split
from rnn_core.loss import cross_entropy, squared_error, to_bits
from rnn_core.nets import every_step, net_backward, net_forward, net_params
from rnn_core.optim import Adam
from rnn_core.sequence import lengths_to_mask, one_hot, stream_batches
from rnn_core.train import fit

vocabulary = Vocabulary(load_text())
train_ids, test_ids = split(vocabulary.encode(load_text()), held_out=0.1)
V = len(vocabulary)


def mean_and_half(values):
    """The mean of a few runs, and half the length of its 95 % interval (Student's t)."""
    values = np.asarray(values, float)
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean(), half


def chosen(table, name, **keys):
    """One number of all the rows of a recorded table that have these keys."""
    return [row[name] for row in table["rows"] if all(row[k] == v for k, v in keys.items())]


def count_parameters(params):
    return sum(p.size for p in params.values())


def two_by_two(picture):
    """Lines in pairs: a colour for each pair, the second of it dashed."""
    ax = picture.figure.axes[0]
    for k, line in enumerate(ax.lines):
        line.set(color=plots.COLOURS[k // 2], linestyle="--" if k % 2 else "-", marker="")
    return picture.legend_below(2)


def one_pass_at_a_time(params, batch, state):
    """`every_step` without a state carried from batch to batch."""
    loss, grads, _ = every_step(TANH, params, batch)
    return loss, grads, None


def batches_for(rng, ids, streams, steps):
    """Passes over a text, each from another place near its start."""
    return lambda: stream_batches(ids[rng.integers(1000) :], streams, steps)


# %% show
characters = recorded.load("depth_characters")
print(recorded.describe(characters))
for layers in (1, 2, 3):
    H = units_for(40_000, V, V, layers)
    print(f"layers: {layers}   units in each: {H:3}   {net_size(V, H, V, layers):,} parameters")
clock = sorted({row["seconds"] for row in characters["rows"]})
rates = sorted({row["rate"] for row in characters["rows"]})
names = {1: "one layer", 2: "two layers", 3: "three layers"}
scores = {
    (layers, rate, s): chosen(characters, "bits", layers=layers, rate=rate, seconds=s)
    for layers in names
    for rate in rates
    for s in clock
}
for rate in rates:
    for s in clock:
        told = [
            f"{names[n]} {mean_and_half(scores[n, rate, s])[0]:.3f} +- {mean_and_half(scores[n, rate, s])[1]:.3f}"
            for n in names
        ]
        print(f"rate {rate}, {s} s:   " + "   ".join(told))

# %% [markdown]
# A sharper look: the difference to one layer, seed by seed. Where the interval of a difference holds 0, these runs do
# not tell the two nets apart. First each rate by itself; then every depth at the rate that was better for it at that
# moment, chosen by hindsight. The picture shows the former. The last line runs one of the recorded points again, with
# as many steps as were recorded.


# %% show
def difference(layers, rate_of, s):
    """The difference in bits to one layer after s seconds, and half its interval."""
    return mean_and_half(np.subtract(*(scores[n, rate_of[n], s] for n in (layers, 1))))


def in_words(mean, half):
    """A difference, and whether its interval holds 0."""
    return f"{mean:+.3f} +- {half:.3f} ({'' if abs(mean) > half else 'not '}told apart)"


def better_rates(s):
    """The rate with fewer bits after s seconds, for each depth."""
    return {n: min(rates, key=lambda rate: np.mean(scores[n, rate, s])) for n in names}


at_better = {}
for s in clock:
    settings = [(f"rate {rate}", dict.fromkeys(names, rate)) for rate in rates]
    for title, rate_of in [*settings, ("better rates", better_rates(s))]:
        told = "   ".join(f"{names[n]} {in_words(*difference(n, rate_of, s))}" for n in (2, 3))
        print(f"{s} s, {title:12}  {told}")
    at_better[s] = told.replace("   ", ", ")
    print("     the better rate:", ", ".join(f"{names[n]} {r}" for n, r in rate_of.items()))

again = np.random.default_rng(0)
live = net_params(again, TANH, V, units_for(40_000, V, V, 1), V, dtype=np.float32)
steps = chosen(characters, "steps", layers=1, seed=0, rate=rates[0], seconds=clock[0])[0]
fit(
    partial(every_step, TANH),
    live,
    batches_for(again, train_ids, 32, 32),
    Adam(rates[0]),
    clip=1.0,
    steps=steps,
)
inputs, targets = next(stream_batches(test_ids[: 64 * 200 + 1], 64, 200))
bits_now = to_bits(cross_entropy(net_forward(TANH, live, inputs)[0], targets)[0])
bits_then = chosen(characters, "bits", layers=1, seed=0, rate=rates[0], seconds=clock[0])[0]
print(
    f"\none layer, seed 0, {steps} steps: recorded {bits_then:.3f} bits, run again {bits_now:.3f}"
)

points = [(dict.fromkeys(names, rate), s) for s in clock for rate in rates]
found = {names[n]: [difference(n, *point) for point in points] for n in (2, 3)}
plots.bars(
    [f"{s} s,\nrate {rate_of[1]}" for rate_of, s in points],
    {name: [mean for mean, _ in pairs] for name, pairs in found.items()},
    "time of the processor, learning rate",
    "bits a character, less one layer's",
    "Equal parameters, 5 seeds, 95 % intervals",
    errors={name: [half for _, half in pairs] for name, pairs in found.items()},
)

# %% [markdown]
# (The two numbers of the last line may differ with you: the text is another one with every version of Python.)
#
# What would you have reported from the shortest time alone? From the longest, at one rate alone? And from all of it? Mind
# that *not told apart* does not mean *equal*: the interval says how large a difference may still be.
#
# ## Depth, measured: a task made for it
#
# Within one step, a layer does one product and one tanh. If the answer at a step needs two computations, one after the
# other, a second layer may help. So here is a task with two look-ups. Every step shows one of eight symbols.
#
# 1. The symbol before and this symbol are looked up in a first table, 8 by 8. It says one of four classes.
# 2. The class of two steps ago and the class of now are looked up in a second table, 4 by 4. It says the answer.
#
# Both tables are random, and fixed. A guess is right once in four. Three nets of at most 1,500 parameters learn it, ten
# seeds each.


# %% show
K, C, STEPS_IN_ROW = 8, 4, 24
tables = np.random.default_rng(0)
PAIRS = tables.permutation(np.arange(K * K) % C).reshape(K, K)
CLASSES = tables.permutation(np.arange(C * C) % C).reshape(C, C)


def draw_lookup(rng, rows):
    """Symbols and targets (N, T), and the mask (N, T) of the steps that have a target."""
    ids = rng.integers(K, size=(rows, STEPS_IN_ROW))
    first, targets = np.zeros(ids.shape, int), np.zeros(ids.shape, int)
    first[:, 1:] = PAIRS[ids[:, :-1], ids[:, 1:]]
    targets[:, 3:] = CLASSES[first[:, 1:-2], first[:, 3:]]
    mask = np.ones(ids.shape, bool)
    mask[:, :3] = False
    return ids, targets, mask


def lookup_share(layers, seed, steps):
    """Train a net; the share of right answers on fresh sequences."""
    rng = np.random.default_rng(seed)
    params = net_params(
        rng, TANH, K, units_for(1500, K, C, layers), C, layers, dtype=np.float32
    )

    def loss_and_grads(params, batch, state):
        ids, targets, mask = batch
        logits, _, cache = net_forward(TANH, params, ids)
        loss, dlogits = cross_entropy(logits, targets, mask)
        return loss, net_backward(dlogits, cache), None

    batches = (draw_lookup(rng, 32) for _ in range(steps))
    fit(loss_and_grads, params, batches, Adam(1e-2), clip=1.0, steps=steps, decay=0.1)
    ids, targets, mask = draw_lookup(np.random.default_rng(99), 400)
    logits, _, _ = net_forward(TANH, params, ids)
    return (logits.argmax(axis=2) == targets)[mask].mean()


# %% show
lookup = recorded.load("depth_lookup")
print(recorded.describe(lookup))
runs = [(1, 750), (2, 750), (3, 750), (1, 1500), (2, 1500), (3, 1500), (1, 3000)]
right, times = {}, {}
for layers, steps in runs:
    right[layers, steps] = mean_and_half(chosen(lookup, "share", layers=layers, steps=steps))
    times[layers, steps] = np.mean(chosen(lookup, "seconds", layers=layers, steps=steps))
    mean, half = right[layers, steps]
    print(
        f"{steps:5} steps, {names[layers]:12} {mean:.3f} +- {half:.3f} right, {times[layers, steps]:.1f} s of the processor"
    )
print(
    f"\ntwo layers, seed 0, 750 steps: recorded {chosen(lookup, 'share', layers=2, seed=0, steps=750)[0]:.3f}, "
    f"run again {lookup_share(2, 0, 750):.3f}"
)
plots.bars(
    ["750", "1500"],
    {names[n]: [right[n, s][0] for s in (750, 1500)] for n in names},
    "steps of training",
    "share of right answers",
    "Two look-ups: mean of 10 seeds, 95 % intervals",
    errors={names[n]: [right[n, s][1] for s in (750, 1500)] for n in names},
).legend_below()

# %% [markdown]
# Read the printed table twice. First at equal steps: the lines with 750. Then at equal time: a step of a deeper net takes
# longer, so look for lines with about the same seconds. And look at the last line: one layer, given more steps.

# %% show
outcome(
    "deep-predict",
    believed="Stacked recurrent layers give more complex outputs than one. And: it is typically one layer",
    measured="Character model, bits less one layer's, each depth at its better rate. "
    + "; ".join(f"{s} s: {told}" for s, told in at_better.items())
    + f". Two look-ups, 750 steps: {right[1, 750][0]:.2f}, {right[2, 750][0]:.2f} and {right[3, 750][0]:.2f} right with "
    f"one, two and three layers; one layer after 3000 steps: {right[1, 3000][0]:.2f}",
    holds_when="depth helped where the answer at a step needs computations one after the other and training was short. "
    "On text, what was told apart hung on the time and on the learning rate. Tanh cells, seconds of training; hours "
    "were not tried",
)

# %% [markdown]
# So depth is a choice to be measured, on the task at hand, at equal cost. Nothing here says that one layer *cannot* do what
# two do: the last line of the table shows how far one came with more steps.
#
# ## Dropout
#
# A net with many parameters for its text can fit that text better and better while new text gets worse: overfitting,
# as in lesson 0. One remedy fits between two layers. In training, each number that goes from one layer to the next is
# set to 0 with a probability `share`, drawn anew each time. This is [dropout](glossary). The layer above cannot rely
# on any single number.
#
# What is left has to make up for what is missing. If a quarter is dropped, the sums of the layer above get, on average,
# three quarters of what they are used to. So what is kept is divided by $1 - \text{share}$:
#
# $$y = x \odot m, \qquad m = \begin{cases} 0 & \text{with probability share} \\ \dfrac{1}{1 - \text{share}} & \text{else} \end{cases}$$
#
# The mean of $m$ is 1. When the net is *used*, nothing is dropped and nothing is scaled: y is x. Scaling in training, so
# that nothing is left to do later, is called [inverted dropout](glossary).
#
# ## Exercise 8.17: dropout, forward and backward
# <!-- effort: deep-dropout -->
#
# - `dropout_forward(x, share, rng)`: `x` of any shape, `share` from 0 to below 1. Draw one number for each number of `x` with
#   `rng.random(x.shape)`; they are even between 0 and 1. Where the number is below `share`, `x` is dropped. With `rng` None
#   the net is being used, not trained: y is x. Returns `y` and a `cache` with what you need on the way back.
# - `dropout_backward(dy, cache)`: `dx`, for exactly the numbers that were dropped in that forward pass.
# - The caller's arrays stay as they are.


# %% exercise="deep-dropout"
def dropout_forward(x, share, rng):
    """x of any shape -> y of that shape, cache; with rng None nothing is dropped."""
    ### BEGIN SOLUTION
    if rng is None:
        factor = np.ones_like(x)
    else:
        factor = ((rng.random(x.shape) >= share) / (1 - share)).astype(x.dtype)
    return x * factor, factor
    ### END SOLUTION


def dropout_backward(dy, cache):
    """dy, as y -> dx, as x."""
    ### BEGIN SOLUTION
    return dy * cache
    ### END SOLUTION


# %% check="deep-dropout"

# %% [markdown]
# Your dropout on a sequence of ones, with `share` 0.25. The mask is new at every step.

# %% show
ones = np.ones((1, 16, 30))
y, _ = dropout_forward(ones, 0.25, np.random.default_rng(0))
averaged = np.mean(
    [dropout_forward(ones, 0.25, np.random.default_rng(k))[0] for k in range(500)], axis=0
)
print(
    f"values of y: {np.unique(y.round(4)).tolist()}   dropped: {np.mean(y == 0):.3f}   mean: {y.mean():.3f}"
)
print(f"one number, averaged over 500 draws: from {averaged.min():.2f} to {averaged.max():.2f}")
plots.heatmap(
    y[0].T,
    range(1, 31),
    range(1, 17),
    "step",
    "unit of the layer below",
    "what the layer above reads",
    title="Ones after dropout with share 0.25",
    alt=f"Map of 30 units by 16 steps with two colours in no order: {np.mean(y == 0):.0%} of the numbers are 0, the others "
    f"{y.max():.2f}.",
)

# %% [markdown]
# **Between the layers, and not from step to step.** The drawing at the top has two kinds of arrows. Dropout is put on the
# ones that go up. What if it were put on the dashed ones, where a state goes to the next step? A number that is to be kept
# for many steps then has to survive a new draw at each of them.

# %% show
distance = np.arange(0, 31)
plots.curves(
    distance,
    {f"share {share}": (1 - share) ** distance for share in (0.1, 0.25, 0.5)},
    "steps that a number is kept",
    "probability that it was never dropped",
    "A new mask at every step, from state to state",
)

# %% [markdown]
# What an early step tells a late one passes a mask once for each layer on the way up, however long the sequence is.
# On the dashed arrows it would pass one at every step. That is why the mask stands between the layers. (Another
# remedy keeps *one* mask for all steps of a sequence; then a unit is there for the whole sequence, or not at all.)
#
# ### What it costs, and what it buys
#
# A character model with two layers of 128 units learns from 40,000 characters only: little text for its size. Recorded with
# `share` 0, 0.25 and 0.5 between the layers, five seeds each. It is scored without dropout, on the text that it learned from
# and on held-out text.

# %% show
dropped = recorded.load("depth_dropout")
print(recorded.describe(dropped))
shares = sorted({row["share"] for row in dropped["rows"]})
at_steps = sorted({row["step"] for row in dropped["rows"]})
lines = {}
for share in shares:
    for name, label in (("held_out", "held out"), ("trained", "learned from")):
        found = [np.mean(chosen(dropped, name, share=share, step=step)) for step in at_steps]
        lines[f"share {share:g}, {label}"] = found
two_by_two(
    plots.curves(
        at_steps,
        lines,
        "step of training",
        "bits a character",
        "Two layers on 40,000 characters: mean of 5 seeds",
    )
)

# %% show
best, last_bits, known = {}, {}, {}
for share in shares:
    by_seed = [
        [chosen(dropped, name, share=share, seed=seed) for seed in range(5)]
        for name in ("held_out", "trained")
    ]
    best[share], last_bits[share] = np.min(by_seed[0], axis=1), np.array(by_seed[0])[:, -1]
    known[share] = np.array(by_seed[1])[:, -1]
print(
    f"{'share':>6} {'lowest held-out':>20} {'held-out at the end':>22} {'learned from, at the end':>26}"
)
for share in shares:
    three = [mean_and_half(values) for values in (best[share], last_bits[share], known[share])]
    print(f"{share:6.2f} " + "   ".join(f"{mean:10.3f} +- {half:.3f}" for mean, half in three))
for share in shares[1:]:
    mean, half = mean_and_half(best[share] - best[0.0])
    print(
        f"share {share:g} against none, lowest held-out, seed by seed: {mean:+.3f} +- {half:.3f} bits"
    )

# %% [markdown]
# The first column of numbers is what early stopping would give: the lowest point of each curve, with the steps chosen by
# hindsight. The second is what a run gives that does not stop. The third is the price: with dropout the net knows its own
# training text less well at the same step. Is the gain in the first column worth it to you, and what would you have to
# try with *more* text before you say that dropout helps?
#
# One point runs again now, with your `two_layers_forward` in place of the course's stack for the scoring.

# %% show
from rnn_core.layers import output_backward, output_forward
from rnn_core.stack import stack_backward, stack_forward

little = train_ids[:40_000]


def train_with_dropout(share, seed, steps):
    rng = np.random.default_rng(seed)
    params = net_params(rng, TANH, V, 128, V, layers=2, dtype=np.float32)

    def loss_and_grads(p, batch, state):
        inputs, targets = batch
        x = one_hot(inputs, V, np.float32)
        h, state, stack = stack_forward(TANH, p, x, state, None, share, rng)
        logits, output = output_forward(h, p["W_hy"], p["b_y"])
        loss, dlogits = cross_entropy(logits, targets)
        dh, dW_hy, db_y = output_backward(dlogits, output)
        return loss, stack_backward(dh, None, stack)[2] | {"W_hy": dW_hy, "b_y": db_y}, state

    def passes():
        return stream_batches(little[rng.integers(32) :], 16, 32)

    fit(loss_and_grads, params, passes, Adam(2e-3), clip=1.0, steps=steps)
    return params


params = train_with_dropout(0.5, 0, 300)
first, second = (
    {name.split(".")[1]: p for name, p in params.items() if name.startswith(layer)}
    for layer in ("layer1", "layer2")
)
inputs, targets = next(stream_batches(test_ids[: 32 * 200 + 1], 32, 200))
start = (np.zeros((32, 128), np.float32),) * 2
_, top = two_layers_forward(one_hot(inputs, V, np.float32), start, first, second)
now = to_bits(cross_entropy(top @ params["W_hy"] + params["b_y"], targets)[0])
then = chosen(dropped, "held_out", share=0.5, seed=0, step=300)[0]
print(f"share 0.5, seed 0, 300 steps: recorded {then:.3f} bits, run again {now:.3f}")

# %% [markdown]
# **A good place to stop.** Next: the other end.
#
# ## From the end to the start
#
# Which class of word is "light"? In "the light house falls" it is an adjective, in "the light falls" a noun. Whoever
# reads from left to right cannot know it at "light": it depends on what comes after. A second cell that reads from the
# end can.
#
# There is a difficulty: rows of unequal length. Here are three sentences, filled up with dots to one length. Turned round
# as whole rows, the padding comes first, and a net would read it before the first word. Each row has to be turned round
# *within its own length*.

# %% show
rows = [
    ["the", "light", "falls"],
    ["the", "cold", "light", "house", "falls"],
    ["a", "stone", "shines"],
]
longest = max(map(len, rows))
print(f"{'as they come':38}{'whole rows reversed':38}within their own length")
for row in rows:
    filled = row + ["."] * (longest - len(row))
    turned = row[::-1] + ["."] * (longest - len(row))
    print(f"{' '.join(filled):38}{' '.join(filled[::-1]):38}{' '.join(turned)}")

# %% [markdown]
# ## Exercise 8.18: turn each row round
# <!-- effort: deep-reverse-rows -->
#
# Write `reverse_rows(x, lengths)`: `x` is (N, T, K), with K numbers at each step; `lengths` (N,) are whole numbers, and row n
# has `lengths[n]` real steps, from 0 to T. Return an array of the same shape in which the real steps of each row stand in
# the other order. The padding stays behind them, as it is. The caller's arrays stay as they are.


# %% exercise="deep-reverse-rows"
def reverse_rows(x, lengths):
    """x (N, T, K), lengths (N,) -> each row turned round within its own length, (N, T, K)."""
    ### BEGIN SOLUTION
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[n, :length] = x[n, :length][::-1]
    return turned
    ### END SOLUTION


# %% check="deep-reverse-rows"

# %% [markdown]
# ## Both directions
#
# Two cells with weights of their own read the same input. One runs *ahead*, from the first step to the last. The other runs
# *back*, from the last real step to the first: that is, over the reversed rows. Its states come out in the order in which
# *it* read, so they are turned round again. Then both halves belong to the same step and are put side by side:
#
# $$h_t = [\,\vec h_t,\; \overleftarrow h_t\,] \qquad (2H \text{ numbers})$$
#
# At step t the first half has read steps 1 to t, the second half steps t to the end. Where a single answer is wanted for the
# whole sequence, one needs the state of *each* that has read everything. For the half ahead that is the last real step. For
# the backward half it is the first.
#
# ## Exercise 8.19: from both ends
# <!-- effort: deep-both-ways -->
#
# Write `both_ways_forward(x, lengths, h0, ahead, back)`.
#
# - `x` (N, T, D) with `lengths` (N,) real steps in each row; a row may be empty.
# - `h0` is a pair of (N, H): the initial state of the run ahead, and that of the run back. `ahead` and `back` are dicts of
#   weights for `layer_forward`.
# - Returns `h` (N, T, 2H), the half ahead first. What stands at the padding does not count.
# - And `last` (N, 2H): both states that have read their whole row, the one ahead first. For an empty row these are the
#   initial states.
# - `layer_forward(x, h0, weights, mask)` keeps the state where the mask is 0. Use `reverse_rows`. The caller's arrays stay
#   as they are.


# %% exercise="deep-both-ways"
def both_ways_forward(x, lengths, h0, ahead, back):
    """x (N, T, D), lengths (N,), h0 a pair, two dicts -> h (N, T, 2H), last (N, 2H)."""
    ### BEGIN SOLUTION
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    h_ahead = layer_forward(x, h0[0], ahead, mask)
    h_back = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    last = np.concatenate([h_ahead[:, -1], h_back[:, -1]], axis=1)
    return np.concatenate([h_ahead, reverse_rows(h_back, lengths)], axis=2), last
    ### END SOLUTION


# %% check="deep-both-ways"

# %% [markdown]
# Which inputs does each half of `h` at a step depend on? Here with your function, by nudging one input at a time: a row of
# eight steps, and one of five with three steps of padding.

# %% show
# Measuring and printing: no need to read this cell.
rng = np.random.default_rng(2)
ahead, back = draw_weights(rng, 3, 6), draw_weights(rng, 3, 6)
x, lengths = rng.standard_normal((2, 8, 3)), np.array([8, 5])
start = np.zeros((2, 6)), np.zeros((2, 6))


def four_halves(x):
    """What is at h[:, 3] and in last, ahead and back: (2, 4, 6)."""
    h, last = both_ways_forward(x, lengths, start, ahead, back)
    return np.stack([h[:, 3, :6], h[:, 3, 6:], last[:, :6], last[:, 6:]], axis=1)


moved = []
for t in range(8):
    nudged = x.copy()
    nudged[:, t] += 0.5
    moved.append((four_halves(nudged) != four_halves(x)).any(axis=2))
for n, length in enumerate(lengths):
    print(f"row of {length}{'':14}input at step  1 2 3 4 5 6 7 8")
    for k, half in enumerate(
        ("h at step 4, ahead", "h at step 4, back", "last, ahead", "last, back")
    ):
        print(
            f"{half:21} depends on  " + " ".join("x" if each[n, k] else "." for each in moved)
        )

# %% [markdown]
# Mind the last two lines of each block: `last` has read everything, in both halves. In the last column `h[:, -1]` the
# backward half of a full row has read one step only.
#
# Does it matter? A task with one answer for a whole sequence: at the end, name the first of 60 symbols; the others say
# nothing. Two bidirectional nets get the same few steps of training. One is read at `last`, the other at `h[:, -1]`.


# %% show
from rnn_core.data.recall import first_symbol


def first_symbol_share(read_last, seed, steps=150, H=16):
    """Train a bidirectional net that names the first symbol; the share of right answers on fresh sequences."""
    rng = np.random.default_rng(seed)
    params = net_params(rng, TANH, 8, H, 4, 1, True, np.float32)

    def read(p, x):
        h, (((ahead_end,), (back_end,)),), cache = stack_forward(TANH, p, x)
        seen = np.concatenate([ahead_end, back_end], axis=1) if read_last else h[:, -1]
        return (h.shape, cache, *output_forward(seen, p["W_hy"], p["b_y"]))

    def loss_and_grads(p, batch, state):
        x, targets = batch
        shape, cache, logits, output = read(p, x)
        loss, dlogits = cross_entropy(logits, targets)
        dseen, dW_hy, db_y = output_backward(dlogits, output)
        dh, dends = np.zeros(shape, np.float32), None
        if read_last:
            dends = (((dseen[:, :H],), (dseen[:, H:],)),)
        else:
            dh[:, -1] = dseen
        return loss, stack_backward(dh, dends, cache)[2] | {"W_hy": dW_hy, "b_y": db_y}, None

    batches = (first_symbol(rng, 32, 60) for _ in range(steps))
    fit(loss_and_grads, params, batches, Adam(3e-3), clip=1.0, steps=steps)
    x, targets = first_symbol(np.random.default_rng(99), 500, 60)
    return (read(params, x)[2].argmax(axis=1) == targets).mean()


for name, read_last in (("last", True), ("h[:, -1]", False)):
    told = ", ".join(f"{first_symbol_share(read_last, seed):.3f}" for seed in range(3))
    print(f"read at {name:9} right answers with three seeds: {told}   (a guess: 0.25)")

# %% [markdown]
# Both nets have as many parameters. In `last`, the backward half has read the asked symbol in its very last step. In
# `h[:, -1]` only the half ahead has read it, many steps before; how far a state reaches is another story, that of
# lessons 4 to 7.
#
# **A good place to stop.**
#
# ## The class of a word
#
# Sentences like the ones above: a determiner, one to three of the words *light, cold, green, round*, then in half of the
# sentences a word that is always a noun, then a verb. The last of these words is a noun if no noun follows; all
# others are adjectives. The net has to say the class of each word. Three nets with about as many parameters:
#
# - one reads from left to right and answers at once;
# - one reads from left to right and answers **one word later**, so that it has seen the next word;
# - one reads in both directions.


# %% show
# The task: no need to read this cell.
DETERMINERS, UNCLEAR = ["the", "a"], ["light", "cold", "green", "round"]
NOUNS, VERBS = ["house", "stone"], ["falls", "shines"]
WORDS = [*DETERMINERS, *UNCLEAR, *NOUNS, *VERBS, "(end)"]
TAGS = ["determiner", "adjective", "noun", "verb", "(wait)"]


def draw_sentence(rng):
    """Ids of words, and ids of their classes."""
    some = list(rng.choice(UNCLEAR, rng.integers(1, 4), replace=False))
    words, tags = [rng.choice(DETERMINERS), *some], [0, *(1 for _ in some)]
    if rng.random() < 0.5:
        words, tags = [*words, rng.choice(NOUNS)], [*tags, 2]
    else:
        tags[-1] = 2
    return [WORDS.index(w) for w in [*words, rng.choice(VERBS)]], [*tags, 3]


def draw_sentences(rng, rows, later=0):
    """Words, classes and mask (N, T); with later = 1 each class is asked for one word later."""
    drawn = [draw_sentence(rng) for _ in range(rows)]
    lengths = np.array([len(words) for words, _ in drawn]) + later
    x = np.full((rows, lengths.max()), WORDS.index("(end)"))
    targets = np.full(x.shape, TAGS.index("(wait)"))
    for n, (words, tags) in enumerate(drawn):
        x[n, : len(words)], targets[n, later : later + len(tags)] = words, tags
    return x, targets, lengths_to_mask(lengths, x.shape[1])


def train_tagger(seed, H, later=0, both=False, steps=300):
    rng = np.random.default_rng(seed)
    params = net_params(rng, TANH, len(WORDS), H, len(TAGS), 1, both, np.float32)
    batches = (draw_sentences(rng, 32, later) for _ in range(steps))
    fit(one_pass_at_a_time, params, batches, Adam(1e-2), clip=1.0, steps=steps, decay=0.1)
    return params


def unclear_right(params, later=0):
    """The share of the unclear words whose class is right."""
    x, targets, mask = draw_sentences(np.random.default_rng(99), 1000, later)
    read = net_forward(TANH, params, x, mask=mask)[0].argmax(axis=2)
    unclear = np.isin(x, [WORDS.index(w) for w in UNCLEAR])
    asked = np.roll(unclear, later, axis=1) & mask
    return (read == targets)[asked].mean()


# %% show
# The most that anybody can get right who has read no further than the word itself.
chances = {  # place of the word -> how often such a word comes, how often it is a noun
    place: (sum(count >= place for count in (1, 2, 3)) / 3, 0.5 / 3) for place in (1, 2, 3)
}
ceiling = sum(max(noun, comes - noun) for comes, noun in chances.values()) / sum(
    comes for comes, _ in chances.values()
)
kinds = {
    "one direction,\nat once": {"H": 24},
    "one direction,\none word later": {"H": 24, "later": 1},
    "both\ndirections": {"H": 15, "both": True},
}
found = {}
for kind, settings in kinds.items():
    trained = [train_tagger(seed, **settings) for seed in range(3)]
    found[kind] = [unclear_right(p, settings.get("later", 0)) for p in trained]
    told = ", ".join(f"{share:.3f}" for share in found[kind])
    print(
        f"{kind.replace(chr(10), ' '):29} {count_parameters(trained[0]):5} parameters, right: {told}"
    )
print(f"ceiling for one direction, at once: {ceiling:.3f}")
picture = plots.bars(
    list(kinds),
    {"mean of 3 seeds": [np.mean(found[kind]) for kind in kinds]},
    "net",
    "share right, unclear words",
    "The class of a word that depends on what comes after",
)
line = {"color": "black", "linestyle": ":", "label": "ceiling: one direction, at once"}
picture.figure.axes[0].axhline(ceiling, **line)
picture.legend_below()

# %% [markdown]
# No training lifts a net that reads in one direction and answers at once above the dotted line by more than the luck of
# these 1,000 sentences: what it needs has not been read yet. There are two ways out, and they are not the same. Both
# directions need the *whole* sentence. Waiting needs one word more, which is enough here because the next word decides; it
# works while somebody is still speaking.
#
# ## The next character
#
# Now the second prediction. Two character models, one direction and both, with about as many parameters, trained for the
# same number of steps to say the next character. They are scored on held-out text in two ways:
#
# - **the whole text in hand**, as in training: the net gets chunks of 32 characters and is asked at each;
# - **the rest cut off**: the net gets the characters up to some place and nothing later, and is asked for the next one. This is
#   what using the model means.


# %% show
def train_characters(H, both, steps=500):
    rng = np.random.default_rng(0)
    params = net_params(rng, TANH, V, H, V, 1, both, np.float32)
    batches = batches_for(rng, train_ids, 32, 32)
    return params, fit(
        one_pass_at_a_time, params, batches, Adam(3e-3), clip=1.0, steps=steps, decay=0.1
    )


inputs, targets = next(stream_batches(test_ids[: 64 * 32 + 1], 64, 32))


def score_both_ways_of_asking(params):
    whole = to_bits(cross_entropy(net_forward(TANH, params, inputs)[0], targets)[0])
    cut = [
        cross_entropy(net_forward(TANH, params, inputs[:, :t])[0][:, -1], targets[:, t - 1])[0]
        for t in range(8, 33, 4)
    ]
    return whole, to_bits(np.mean(cut))


readers = {
    "one direction": train_characters(66, both=False),
    "both directions": train_characters(36, both=True),
}
scored = {}
for kind, (params, history) in readers.items():
    scored[kind] = score_both_ways_of_asking(params)
    print(
        f"{kind:16} {count_parameters(params):6} parameters   training loss at the end {to_bits(history.loss[-1]):.2f} bits   "
        f"whole text {scored[kind][0]:.2f}   rest cut off {scored[kind][1]:.2f}"
    )
counted = [ngram_bits(train_ids, test_ids, n, V) for n in (1, 3)]
print(
    f"for comparison, counted: how often each character comes {counted[0]:.2f}, trigram {counted[1]:.2f}"
)
plots.bars(
    list(scored),
    {
        "the whole text in hand": [whole for whole, _ in scored.values()],
        "the rest cut off": [cut for _, cut in scored.values()],
    },
    "net",
    "bits a character, held-out text",
    "The next character",
)

# %% [markdown]
# Where does the low number come from? Test it: overwrite one character of each chunk with one drawn from somewhere else in
# the text, and see what each net says at the step before. Nothing in the text so far can tell what was drawn. A common
# character is hit by chance.

# %% show
rng = np.random.default_rng(3)
at = rng.integers(1, 31, len(inputs))  # the place that is overwritten, in each chunk
rows = np.arange(len(inputs))
written = inputs.copy()
written[rows, at] = rng.choice(test_ids, size=len(inputs))
follows = {}
for kind, (params, _) in readers.items():
    said = net_forward(TANH, params, written)[0][rows, at - 1].argmax(axis=1)
    follows[kind] = (said == written[rows, at]).mean()
    print(
        f"{kind:16} 'predicts' the foreign character in {follows[kind]:.0%} of {len(inputs)} chunks"
    )

# %% show
outcome(
    "deep-predict",
    believed="A net that sees more of the text predicts the next character better",
    measured=f"whole text in hand: one direction {scored['one direction'][0]:.2f}, both directions {scored['both directions'][0]:.2f} bits; "
    f"rest cut off: one direction {scored['one direction'][1]:.2f}, both directions {scored['both directions'][1]:.2f}; a foreign character "
    f"in the next place is 'predicted' in {follows['one direction']:.0%} and {follows['both directions']:.0%}",
    holds_when="what the net sees is in hand when the answer is due. The backward half at step t has read the character at "
    "t + 1, and that is the answer",
)

# %% [markdown]
# The same with numbers. A random walk takes an independent step at each time, so nobody can forecast it better than by its
# present value. In units of a squared step, the best possible error is 1 on average.


# %% show
def draw_walk(rng, rows=32, T=20):
    walk = np.cumsum(rng.standard_normal((rows, T + 1)), axis=1).astype(np.float32) / 5
    return walk[:, :-1, None], walk[:, 1:, None]


def walk_loss(params, batch, state):
    loss, grads, _ = every_step(TANH, params, batch, loss=squared_error)
    return loss, grads, None


def squared(params, x, y, places):
    """The squared error in units of a squared step, with nothing after each of these places handed in."""
    said = [net_forward(TANH, params, x[:, :t])[0][:, -1] for t in places]
    return 25 * np.mean((np.stack(said, axis=1) - y[:, np.array(places) - 1]) ** 2)


x, y = draw_walk(np.random.default_rng(99), 500)
for kind, both in (("one direction", False), ("both directions", True)):
    rng = np.random.default_rng(0)
    params = net_params(rng, TANH, 1, 16, 1, 1, both, np.float32)
    batches = (draw_walk(rng) for _ in range(400))
    fit(walk_loss, params, batches, Adam(5e-3), clip=1.0, steps=400, decay=0.1)
    whole = 25 * np.mean((net_forward(TANH, params, x)[0] - y)[:, 5:-1] ** 2)
    rest_cut = squared(params, x, y, range(6, 20))
    print(f"{kind:16} whole series in hand {whole:.2f}   rest cut off {rest_cut:.2f}")
print(f"tomorrow is as today: {25 * np.mean((x - y)[:, 5:-1] ** 2):.2f}")

# %% [markdown]
# An error far below the best possible one is no success. It says that the answer is in the input.
#
# ## Exercise 8.20: where are both directions allowed?
# <!-- effort: deep-both-allowed -->
#
# Ten jobs. Where "each" stands, the net answers at every step of a row, from `h` at that step; else the row is read
# as a whole. Set `both_allowed[job]` to True where a bidirectional net may be used, and to False where it may not,
# because something that it reads is not in hand when an answer is due, or is the answer.
#
# - `"word classes"`: the class of each word of a finished sentence
# - `"next character"`: after each character of a text, the next one, to suggest it while somebody writes
# - `"topic"`: the topic of a letter that has arrived
# - `"live subtitles"`: each word of a speech, as soon as it is spoken
# - `"recorded subtitles"`: each word of a recorded talk
# - `"translation, reading"`: in a translation by encoder and decoder, the part that reads the finished sentence
# - `"translation, writing"`: the part that writes each word of the translation after the words before it
# - `"tomorrow's temperature"`: at each day of a series, the temperature of the next day
# - `"emergency stop"`: at each moment, whether to stop a machine because its vibration has become dangerous
# - `"last year's log"`: for each hour in the records of last year, whether a fault began in it

# %% exercise="deep-both-allowed"
both_allowed = {
    "word classes": None,
    "next character": None,
    "topic": None,
    "live subtitles": None,
    "recorded subtitles": None,
    "translation, reading": None,
    "translation, writing": None,
    "tomorrow's temperature": None,
    "emergency stop": None,
    "last year's log": None,
}
### BEGIN SOLUTION
in_hand = (
    "word classes",
    "topic",
    "recorded subtitles",
    "translation, reading",
    "last year's log",
)
both_allowed = {job: job in in_hand for job in both_allowed}
### END SOLUTION

# %% check="deep-both-allowed"

# %% [markdown]
# ## Exercise 8.21: in words
# <!-- effort: deep-forecast -->
#
# A friend forecasts the daily sales of shops. The net is bidirectional. Its input is the series of a shop, and its target at day t is
# the sales of day t + 1. On shops that it was never trained on, whole years of old series, its error is a hundredth of that
# of "tomorrow is as today". The friend wants to use it for tomorrow.
#
# What has happened, and why did the test on other shops not show it? Give a test that would. And name a job on the same
# data for which both directions are right.

# %% answer="deep-forecast"

# %% [markdown]
# ## What was shown, and what was not
#
# - A second layer reads the states of the first. Its gradient goes down at every step, and meets what the lower layer
#   carries back through time.
# - At equal parameters and equal time, what depth did to the character model hung on the time and on the learning rate; the
#   first card has the numbers. On a task with two look-ups within a step deeper nets were better early on. Depth is one more
#   thing to be measured.
# - Dropout stands between the layers. What is kept is enlarged in training, and nothing is done when the net is used. In the one
#   experiment here it was scored against a net without it, and against its lowest point.
# - Reading from both ends needs rows reversed within their own length, and the states reversed again. Where the whole sequence
#   is in hand, it answers at once what a reader from left to right can only answer later.
# - Where the answer is part of what is read, the loss falls by copying, and says nothing about use. Cut the input where its use
#   will cut it, and score that.
#
# **Not shown.** Deep stacks of LSTM or GRU on much data with hours of training; dropout with one mask for all steps; stacks in
# which every layer reads both ways (there each layer above reads 2H numbers).
#
# ## Five questions

# %% recall="deep-layer-reads deep-dropout-use deep-backward-last bptt-two-sources loop-unrolled-count"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
