# %% [markdown]
# # What goes round the loop, and how much can it carry?
#
# **Time:** about 3 hours, with three good places to stop.
#
# **You need:** lesson 0 (arrays, shapes, softmax) and lesson 1 (the feedback loop, the hidden state).
#
# **Afterwards you can** write one step of a recurrent net, run it over a batch of sequences and over pieces of a long
# one, name the shape of every array in it, let it read and write text, and set its weights by hand so that it remembers
# what you want. You will also have measured what breaks when a softmax stands inside the loop.

# %%
import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution
from rnn_core import plots
from rnn_core.activations import softmax
from rnn_core.data.text import Vocabulary, load_text
from rnn_core.init import rnn_params

# %% [markdown]
# ## A net with one unit
#
# Here is a net that reads a line of text, a character at a time. It has a single unit. Look at its state while it
# reads, then change `line` and run the cell again. What does the unit seem to know? Can you fool it?

# %% show
line = "y = f(x) + tanh(w * x + v) - 1"
into = {"(": 4.0, ")": -4.0}  # what each character adds; all others add 0
around = 2.0  # the weight on the state itself

state, states = -1.0, []
for character in line:
    state = np.tanh(into.get(character, 0.0) + around * state)
    states.append(state)


def over_text(text, states):
    """Draw a unit's states over a text, a character at each step."""
    above = "".join(c for c, state in zip(text, states, strict=True) if state > 0)
    picture = plots.curves(
        np.arange(len(text)),
        {"state": states},
        "time step, with the character that is read",
        "state",
        alt=f"A unit's state at each character of {text!r}: above 0 at {above!r}, else not.",
    )
    ax = picture.figure.axes[0]
    ax.set_xticks(range(len(text)), list(text), family="monospace")
    ax.set_ylim(-1.15, 1.15)
    return picture


over_text(line, states)

# %% [markdown]
# The state says whether a bracket is open. It says so long after the bracket was read, though at each step the net sees
# a single character. All of it is in three numbers: what `(` adds, what `)` adds, and what the state adds to itself.
#
# Nobody trained this net. In this lesson you build the general machine of which it is the smallest example, and at the
# end you choose the numbers yourself. How such numbers are *learned* is the subject of lesson 3.

# %% [markdown]
# ## One step, every array named
#
# Now many units instead of one, and many sequences at once. Six arrays take part in a step. The picture shows them for
# $N = 2$ sequences, $D = 3$ inputs and $H = 4$ units; each square is a number.

# %% show
# Drawing only: no need to read this cell.
BLUE, ORANGE, GREEN, PINK = (
    plots.COLOURS[0],
    plots.COLOURS[4],
    plots.COLOURS[2],
    plots.COLOURS[3],
)


def blocks(parts, alt):
    """Draw arrays as grids of squares with their axes at the sides; a text among them is an operator."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch, Rectangle

    figure = Figure(figsize=(9, 2.1), layout="constrained")
    ax, left = figure.subplots(), 0.0
    for part in parts:
        if isinstance(part, str):
            ax.text(left + 0.3 * len(part), 0, part, ha="center", va="center", fontsize=15)
            left += 0.6 * len(part) + 0.2
            continue
        name, (rows, row_axis), (columns, column_axis), colour = part
        left += 1.0
        for r, c in np.ndindex(rows, columns):
            corner = left + c, rows / 2 - r - 1
            ax.add_patch(
                Rectangle(corner, 1, 1, facecolor=colour, edgecolor="white", linewidth=2)
            )
        ax.text(
            left + columns / 2,
            rows / 2 + 0.2,
            name,
            ha="center",
            va="bottom",
            family="monospace",
            fontsize=13,
        )
        ax.text(
            left + columns / 2, -rows / 2 - 0.2, column_axis, ha="center", va="top", fontsize=13
        )
        ax.text(left - 0.2, 0, row_axis, ha="right", va="center", fontsize=13)
        left += columns + 0.5
    colours = {"input": BLUE, "state": ORANGE, "weights": GREEN, "bias": PINK}
    patches = [Patch(color=colour, label=label) for label, colour in colours.items()]
    ax.legend(
        handles=patches,
        loc="lower center",
        bbox_to_anchor=(0.5, -0.32),
        ncols=4,
        frameon=False,
        fontsize=12,
    )
    ax.set(xlim=(0, left), ylim=(-3.0, 2.9), aspect="equal")
    ax.axis("off")
    return plots.Picture(figure, alt)


blocks(
    [
        "tanh(",
        ("x", (2, "N"), (3, "D"), BLUE),
        "@",
        ("W_xh", (3, "D"), (4, "H"), GREEN),
        "+",
        ("h", (2, "N"), (4, "H"), ORANGE),
        "@",
        ("W_hh", (4, "H"), (4, "H"), GREEN),
        "+",
        ("b", (1, ""), (4, "H"), PINK),
        ") =",
        ("h_next", (2, "N"), (4, "H"), ORANGE),
    ],
    "One step: x (N, D) times W_xh (D, H), plus h (N, H) times W_hh (H, H), plus b (H,), through tanh, is h_next (N, H).",
)

# %% [markdown]
# Read it from left to right:
#
# $$h_{\text{next}} = \tanh\left(x\,W_{xh} + h\,W_{hh} + b\right)$$
#
# - `x` (N, D): what each of the N sequences sees at this step.
# - `W_xh` (D, H): the input weights. They turn D numbers a row into H.
# - `h` (N, H): the state of each sequence, left by the step before.
# - `W_hh` (H, H): the recurrent weights. Entry `W_hh[i, j]` leads from old unit i to new unit j.
# - `b` (H,): the bias, shared by all rows; broadcasting repeats it.
# - `h_next` (N, H): the new state. tanh keeps every number between -1 and 1.
#
# This step, with its weights, is a [recurrent cell](glossary). One set of input weights, one of recurrent weights, one
# bias, tanh: the same at every step and for every sequence. In an `@` the two neighbouring axes must be equal, and they
# vanish in the result. That rule alone tells you most shapes.

# %% [markdown]
# ### A worked example: one step, shown whole
#
# One sequence ($N = 1$), three inputs, two units. Follow the numbers with a pencil: the first entry of `from_input` is
# the row of `x` times the first column of `W_xh`.

# %% show
x = np.array([[1.0, 0.0, 2.0]])  # (N, D) = (1, 3)
h = np.array([[0.5, -1.0]])  # (N, H) = (1, 2)
W_xh = np.array([[0.3, -0.2], [0.9, 0.4], [0.1, 0.6]])  # (D, H) = (3, 2)
W_hh = np.array([[0.0, 1.0], [-0.5, 0.2]])  # (H, H) = (2, 2)
b = np.array([0.1, -0.3])  # (H,) = (2,)

from_input = x @ W_xh
from_state = h @ W_hh
total = from_input + from_state + b
h_next = np.tanh(total)
parts = {
    "from_input": from_input,
    "from_state": from_state,
    "b": b,
    "total": total,
    "h_next": h_next,
}
for name, part in parts.items():
    print(f"{name:10}  shape {part.shape!s:6}  {part.round(3)}")

side_by_side = np.hstack([x, h]) @ np.vstack([W_xh, W_hh]) + b
print(
    "\nx and h side by side, times W_xh above W_hh, plus b: the same total?",
    np.allclose(side_by_side, total),
)

# %% [markdown]
# The last line is what lesson 1 called concatenation: joining input and state and multiplying once is the same as
# multiplying each by its own weights and adding. The course writes two products, because their weights do different work.

# %% [markdown]
# ## Exercise 2.1: predict the shapes
# <!-- effort: cell-shapes -->
#
# Sixteen weather stations each recorded 30 days, with 5 measurements a day. A cell with 24 units reads all of them at
# once. After every day its state is turned into 4 scores, one for each kind of weather that tomorrow may bring, by
# `scores = h @ W_hy + b_y`.
#
# So $N = 16$, $T = 30$, $D = 5$, $H = 24$, $V = 4$. As in lesson 1, the axes of data stand in the order (sequence, step,
# what is measured). Without running anything, write down
#
# - `shapes`: a dict from each of these eleven names to its shape, a tuple of numbers. A shape with one axis needs a
#   comma: `(7,)`.
#     - the data: `x` all recordings; `x_t` those of a single day; `h0` the state before the first day
#     - the weights: `W_xh`, `W_hh`, `b`, `W_hy`, `b_y`
#     - what is computed: `h_t` the state after one day; `h` the states after every day; `scores` for every day
# - `parameters`: how many numbers are learned, counting the five arrays of weights and biases together.

# %% exercise="cell-shapes"
# shapes = {
#     "x": (?, ?, ?), "x_t": …, "h0": …,
#     "W_xh": …, "W_hh": …, "b": …, "W_hy": …, "b_y": …,
#     "h_t": …, "h": …, "scores": …,
# }
# parameters = …
### BEGIN SOLUTION
shapes = {
    "x": (16, 30, 5),
    "x_t": (16, 5),
    "h0": (16, 24),
    "W_xh": (5, 24),
    "W_hh": (24, 24),
    "b": (24,),
    "W_hy": (24, 4),
    "b_y": (4,),
    "h_t": (16, 24),
    "h": (16, 30, 24),
    "scores": (16, 30, 4),
}
parameters = 5 * 24 + 24 * 24 + 24 + 24 * 4 + 4
### END SOLUTION

# %% check="cell-shapes"

# %% [markdown]
# Neither N nor T enters `parameters`. The cell that reads 30 days can read 3,000, and it learns no more numbers for it:
# one set of weights serves every step.

# %% [markdown]
# ## Exercise 2.2: one step for a batch
# <!-- effort: cell-step-forward -->
#
# Now the step as a function. Half of it is written: the input's part, and the `cache`. Add the rest.
#
# $$h_{\text{next}} = \tanh\left(x\,W_{xh} + h\,W_{hh} + b\right)$$
#
# `step_forward` returns `h_next` (N, H) and `cache`. The cache keeps what the step has used; lesson 3 will need it, and
# no check looks into it. The caller's arrays must stay as they are; inputs may be large, and `np.tanh` copes with them.
# With the numbers of the worked example, `h_next` is what you saw printed there.


# %% exercise="cell-step-forward"
def step_forward(x, h, W_xh, W_hh, b):
    """x (N, D); h (N, H); W_xh (D, H); W_hh (H, H); b (H,). Returns: h_next (N, H), cache."""
    from_input = x @ W_xh  # (N, H)
    ### BEGIN SOLUTION
    h_next = np.tanh(from_input + h @ W_hh + b)
    ### END SOLUTION
    cache = (x, h, W_xh, W_hh, h_next)
    return h_next, cache


# %% check="cell-step-forward"

# %% [markdown]
# Your step at work, in the small net of lesson 1. State 0 is what was there before the first step. Click a state, or go to it with
# the arrow keys and press Enter. Below stands its sum, term by term. If your step returned something else, it says so.
#
# Predict first: which number of `W_hh` must become 0, so that unit 0 no longer hears what unit 1 held before? Type it, and
# step through all four steps. Then type 1000 for an input: what do the states after it look like?

# %% show
from rnn_core.widgets import Unroll

Unroll(step_forward)

# %% [markdown]
# ## Exercise 2.3: a whole sequence
# <!-- effort: cell-forward -->
#
# A sequence is a loop over steps. At step $t$ the cell gets `x[:, t]`, the inputs of all sequences at that step, and the
# state that step $t - 1$ left. Step 0 has no step before it: it gets `h0`, the [initial state](glossary), which the
# caller chooses (often zeros, but not here).
#
# $$h_t = \tanh\left(x_t\,W_{xh} + h_{t-1}\,W_{hh} + b\right), \qquad t = 0, \dots, T-1, \qquad h_{-1} = \texttt{h0}$$
#
# `forward` returns `h` (N, T, H), where `h[:, t]` is the state *after* step t, and `caches`, a list of T: the cache of
# each step. Call your `step_forward`. This time the page is blank: only the list and the last line are there.
#
# A tiny instance: with $T = 1$, `h[:, 0]` is `step_forward(x[:, 0], h0, W_xh, W_hh, b)[0]`. Leave the caller's arrays
# as they are. `np.empty((N, T, H))` makes room for the states.


# %% exercise="cell-forward"
def forward(x, h0, W_xh, W_hh, b):
    """x (N, T, D); h0 (N, H); W_xh (D, H); W_hh (H, H); b (H,). Returns: h (N, T, H), caches (a list of T)."""
    caches = []
    ### BEGIN SOLUTION
    (N, T, _), H = x.shape, len(b)
    h, h_t = np.empty((N, T, H)), h0
    for t in range(T):
        h_t, cache = step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h[:, t] = h_t
        caches.append(cache)
    ### END SOLUTION
    return h, caches


# %% check="cell-forward"

# %% [markdown]
# Your cell at work: one weather station of made-up numbers, with random weights. Each row of the picture is a unit, each
# column a day. No row is constant and no two are alike: each unit mixes the inputs in its own way.

# %% show
rng = np.random.default_rng(2)
weather = rnn_params(rng, D=5, H=24, V=4)
cell = [weather[name] for name in ("W_xh", "W_hh", "b")]
records = rng.standard_normal((16, 30, 5))
h, _ = forward(records, np.zeros((16, 24)), *cell)

plots.heatmap(
    h[0].T,
    range(24),
    [day if day % 5 == 0 else "" for day in range(30)],
    "time step (days)",
    "unit",
    "state",
    "The state of one station",
    alt="24 units over 30 days for one station: blue for states near -1, red near 1, changing from day to day.",
)

# %% [markdown]
# Now break it on purpose. Here are all arrays of your step. Choose one and something that happens to it, or type another
# shape. Three judge the outcome: numpy, your function, and the check at the door of the course's own cell. The map
# on the right tries each such fault alone in your function.
#
# Predict first: swap the axes of `x`. Does numpy notice? And after you press *All sizes 4*? Then look for `!!` in the map
# while all sizes differ: a wrong result, no error, and no check of shapes that could find it. Why can none?
#
# At last, make your function careful: write `assert b.shape == (len(W_hh),)` as the first line of your `step_forward`, run
# its cell, and move a slider here. What has changed in the map? (With the tick, all this happens to your `forward`.)

# %% show
from rnn_core.widgets import ShapeLedger

ShapeLedger(step_forward, forward)

# %% [markdown]
# **A good place to stop.** You have the cell and the loop. Next: long sequences in pieces, and what a state knows.

# %% [markdown]
# ## A long sequence in pieces
#
# A year of records, or a book, may be too long to be read at once, or it may not have ended yet. Then it is read in
# [chunks](glossary): pieces of a fixed number of steps, one after the other. All that a chunk needs to know of those
# before it is one array, the last state. It is called the [carried state](glossary).

# %% [markdown]
# ## Exercise 2.4: chunk by chunk
# <!-- effort: cell-chunks -->
#
# Write `forward_in_chunks(x, h0, W_xh, W_hh, b, size)`. It cuts `x` (N, T, D) along the steps into chunks of `size`
# steps; the last chunk is shorter if `size` does not divide T. The first chunk begins with `h0`. Call your `forward` for
# each chunk.
#
# Return a list with the states of each chunk, arrays of shape (N, size, H), in order. For T = 7 and size = 3 the list
# holds arrays with 3, 3 and 1 steps. Put together, they must equal the states of one pass over the whole sequence.
# The caller's arrays stay as they are.


# %% exercise="cell-chunks"
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    """x (N, T, D); h0 (N, H); size: steps in a chunk. Returns: a list of states, (N, size, H) each, the last may be shorter."""
    ### BEGIN SOLUTION
    chunks = []
    for start in range(0, x.shape[1], size):
        h, _ = forward(x[:, start : start + size], h0, W_xh, W_hh, b)
        chunks.append(h)
        h0 = h[:, -1]
    return chunks
    ### END SOLUTION


# %% check="cell-chunks"

# %% [markdown]
# What if a chunk starts from zeros instead? The run compares both ways with one pass over all 30 days.

# %% show
h0 = np.zeros((16, 24))
carried = np.concatenate(forward_in_chunks(records, h0, *cell, size=8), axis=1)
fresh = np.concatenate(
    [forward(records[:, s : s + 8], h0, *cell)[0] for s in range(0, 30, 8)], axis=1
)
print(f"carried: largest difference from one pass {np.abs(carried - h).max():.1e}")

picture = plots.curves(
    np.arange(30),
    {
        "state carried over": np.linalg.norm(carried - h, axis=-1).mean(axis=0),
        "every chunk from zeros": np.linalg.norm(fresh - h, axis=-1).mean(axis=0),
    },
    "time step (days)",
    "distance from one pass",
    "Chunks of 8 days",
    alt="With the state carried over the distance is 0. From zeros it jumps at days 8, 16 and 24, and shrinks in between.",
)
picture.legend_below(2)

# %% [markdown]
# ## What is the state a memory of?
#
# The chunks show it: the carried state stands in for everything that was read. You will hear more than that: that the
# hidden state "judges how important" past inputs are. Test it in two runs.
#
# First: change the input of a single day, day 10, and leave all the others as they are. Before you run the cell: on
# which days will the states differ?

# %% show
changed = records.copy()
changed[:, 10] += 1.0
h_changed, _ = forward(changed, h0, *cell)
distance = np.linalg.norm(h_changed - h, axis=-1).mean(axis=0)
print(f"days 0 to 9:  {distance[:10].max()}")
for day in (10, 11, 15, 20, 29):
    print(f"day {day}:       {distance[day]:.4f}")

plots.curves(
    np.arange(30),
    {"difference": distance},
    "time step (days)",
    "distance between states",
    "The input of day 10 was changed",
    alt="The distance is exactly 0 until day 9, jumps on day 10 and shrinks on the following days.",
)

# %% [markdown]
# The state after a step is a function of the inputs up to that step, and of `h0`. It knows nothing of what comes
# later, and what it knows of one day fades here, step by step, as other days are mixed in. (That is so with these
# random weights. The unit with the brackets did not fade.)
#
# Second: does the cell decide which inputs matter? Give it the *same* input after many *different* pasts, and look at
# what this input contributes to the sum inside tanh. Then see how far it moves the state.

# %% show
same_input = rng.standard_normal(5)
pasts = h[:, 5:].reshape(-1, 24)  # states with different pasts: each has read something else
inputs = np.tile(same_input, (len(pasts), 1))

contribution = inputs @ weather["W_xh"]
print(
    f"what the input adds, largest difference between {len(pasts)} pasts: {np.ptp(contribution, axis=0).max()}"
)

moved = step_forward(inputs, pasts, *cell)[0] - step_forward(0 * inputs, pasts, *cell)[0]
size = np.linalg.norm(moved, axis=1)
print(f"how far it moves the state: from {size.min():.2f} to {size.max():.2f}")

# %% [markdown]
# The same input adds the same numbers, whatever was read before. Nothing in this cell weighs an input by its
# importance: `W_xh` is one array for all steps. The *effect* does differ, because tanh is flat where a unit is
# already near -1 or 1. But no part of the cell sets that effect on purpose. Cells that can do so come in lesson 5;
# there the sentence about importance can be true.

# %% [markdown]
# ## Text in
#
# The cell reads numbers, and a text is made of characters. List the characters that may occur: this is the
# [vocabulary](glossary), of size V. Each character's number in the list is its id. An id is only a name; that 7 is
# larger than 5 means nothing. So the cell does not get the id itself but a vector of V zeros with a single 1 at the
# place of the id, a [one-hot vector](glossary). The inputs are then D = V numbers.

# %% show
vocabulary = Vocabulary("hello world")
ids = vocabulary.encode("hello")
print("vocabulary:", list(vocabulary.characters))
print("ids of 'hello':", ids)
plots.heatmap(
    (ids[:, None] == np.arange(len(vocabulary))).astype(int),
    list("hello"),
    [repr(c) for c in vocabulary.characters],
    "place in the vocabulary",
    "character",
    "0 or 1",
    "'hello' as one-hot vectors",
    alt="Five rows, one for each letter of hello, with a single 1 in each row; the two rows of l are alike.",
)

# %% [markdown]
# ## ... and probabilities out
#
# What comes out of the loop? The state belongs to the cell; it is not yet an answer. The [output layer](glossary) reads
# it and gives a score to each of V classes:
#
# $$\text{scores} = h\,W_{hy} + b_y, \qquad p = \mathrm{softmax}(\text{scores})$$
#
# `W_hy` is (H, V) and `b_y` is (V,). If the classes are the characters of the vocabulary, `p` can say how likely each is
# to come next; then the whole is a [character model](glossary). Some introductions say that a recurrent net predicts the
# next element. That is one use of it: the nets of lesson 1 named the letter in front of them.
#
# Softmax stands on the way out only. The next step gets the raw `h`.

# %% [markdown]
# ## Exercise 2.5: the way in and the way out
# <!-- effort: cell-in-and-out -->
#
# Two short functions that work for any leading axes, so that they serve a character, a text and a batch of texts.
#
# - `one_hot(ids, V)`: `ids` is an array of whole numbers from 0 to V - 1, of any shape; the result has V as one more
#   axis at the end. For ids (N, T) it is (N, T, V). It holds a 1 at the place of the id and 0 elsewhere. For example
#   `one_hot(np.array([2, 0]), 4)` is `[[0, 0, 1, 0], [1, 0, 0, 0]]`. V may be larger than every id in `ids`.
# - `output_probabilities(h, W_hy, b_y)`: `h` is (H,), (N, H) or (N, T, H); the result has V in place of H, and sums
#   to 1 along that axis. Scores may be as large as 1000; the `softmax(scores, axis=-1)` that is imported above is
#   safe there. Do not change `h`.


# %% exercise="cell-in-and-out"
def one_hot(ids, V):
    """ids (...), whole numbers from 0 to V - 1. Returns: x (..., V) of zeros and ones."""
    ### BEGIN SOLUTION
    return np.eye(V)[ids]
    ### END SOLUTION


def output_probabilities(h, W_hy, b_y):
    """h (..., H); W_hy (H, V); b_y (V,). Returns: p (..., V), each row a probability distribution."""
    ### BEGIN SOLUTION
    scores = h @ W_hy + b_y
    return softmax(scores, axis=-1)
    ### END SOLUTION


# %% check="cell-in-and-out"

# %% [markdown]
# A product with a one-hot vector picks a row: `one_hot(i, V) @ W_xh` is `W_xh[i]`. So each character has a row of
# input weights of its own, and reading a character means adding its row. The text below comes with Python: its own help
# pages, here in small letters without signs.

# %% show
letters = (c if c.isalpha() else " " for c in load_text().lower())
text = " ".join("".join(letters).split())  # letters and single spaces only
vocabulary = Vocabulary(text)
ids, V = vocabulary.encode(text), len(vocabulary)
model = rnn_params(np.random.default_rng(5), D=V, H=32, V=V)
i = vocabulary.encode("e")[0]
print(f"{text[:71]} ...")
print(f"{len(text):,} characters, {V} different ones; the id of 'e' is {i}")
print("product = row of W_xh?", np.allclose(one_hot(i, V) @ model["W_xh"], model["W_xh"][i]))

# %% [markdown]
# **A good place to stop.** The net now reads text and gives probabilities. Next: why the softmax stays outside the loop.

# %% [markdown]
# ## Softmax in the loop?
#
# A common slip: softmax is part of the step, so that the next step gets the probabilities instead of the raw state. It
# looks harmless. The numbers are neat, positive, and sum to 1.
#
# The experiment takes 40 pairs of texts. The two texts of a pair differ in their first character and are equal from then
# on. So whatever the states of a pair still have apart, they carry from that first character. The raw cell is
#
# $$h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b)$$
#
# and the other one, with the same weights, is
#
# $$h_t = \mathrm{softmax}\left(\tanh(x_t W_{xh} + h_{t-1} W_{hh} + b)\right).$$
#
# Measured is the distance between the two states of a pair ten steps later, as a share of their distance right after
# the first character.

# %% [markdown]
# ## Exercise 2.6: predict
# <!-- effort: cell-softmax-loop -->
#
# How large is this share with softmax in the loop, compared with the raw state? Set `softmax_prediction` to a letter, in
# quotes, before you run on. The point is for the prediction; being wrong costs nothing.
#
# - `"a"`: about as large
# - `"b"`: 10 to 1,000 times smaller
# - `"c"`: more than a million times smaller

# %% exercise="cell-softmax-loop"
# softmax_prediction = "?"
### BEGIN SOLUTION
softmax_prediction = "b"
### END SOLUTION

# %% check="cell-softmax-loop"

# %% show
pair_rng = np.random.default_rng(8)
starts = pair_rng.integers(len(ids) - 31, size=40)
one = ids[starts[:, None] + np.arange(31)]  # (40, 31): windows of the text
other = one.copy()
other[:, 0] = (one[:, 0] + pair_rng.integers(1, V, size=40)) % V  # another first character


def distances(in_loop, strength=1.0):
    """How far apart the states of the pairs are, step by step: the median over the pairs."""
    h_one = h_other = np.zeros((40, 32))
    apart = []
    for t in range(31):
        weights = model["W_xh"], strength * model["W_hh"], model["b"]
        h_one = in_loop(step_forward(one_hot(one[:, t], V), h_one, *weights)[0])
        h_other = in_loop(step_forward(one_hot(other[:, t], V), h_other, *weights)[0])
        apart.append(np.linalg.norm(h_one - h_other, axis=1))
    return np.median(np.array(apart) / apart[0], axis=1)


def raw(h):
    return h


share = {"raw state": distances(raw), "softmax in the loop": distances(softmax)}
for strength in (16, 128):
    share[f"softmax, recurrent weights times {strength}"] = distances(softmax, strength)
print(f"{'share of distance left':38}{'after 10 steps':>16}{'after 30 steps':>16}")
for label, values in share.items():
    print(f"{label:38}{values[10]:16.1e}{values[30]:16.1e}")

picture = plots.curves(
    np.arange(31),
    {label: np.where(values > 0, values, np.nan) for label, values in share.items()},
    "steps after the first character",
    "share of distance left",
    "Two pasts: how long can they be told apart?",
    yscale="log",
    alt="Lines that fall. Share of distance left after 10 and after 30 steps: "
    + "; ".join(f"{label} {v[10]:.1e} and {v[30]:.1e}" for label, v in share.items()),
)
picture.legend_below(2)

# %% show
outcome(
    "cell-softmax-loop",
    believed="Output and state may differ: softmax on the way out only, the raw state goes on.",
    measured=f"After 10 steps {share['raw state'][10]:.2g} of the distance is left with the raw state, and "
    f"{share['softmax in the loop'][10]:.1g} with softmax in the loop.",
    holds_when="The weights have the usual size at the start. With recurrent weights 128 times larger, softmax in the "
    f"loop keeps {share['softmax, recurrent weights times 128'][10]:.2g} after 10 steps: it is the squeezing that "
    "forgets, and large weights can undo it.",
)

# %% [markdown]
# A line ends where the states of most pairs have become equal to the last digit. Why so fast? Look at the numbers
# that go round. Softmax over H units gives H positive numbers near 1/H; what made two states different is a small
# ripple on them. The next step squeezes the ripple again.

# %% show
h_raw, _ = step_forward(
    one_hot(one[:, 0], V), np.zeros((40, 32)), model["W_xh"], model["W_hh"], model["b"]
)
for label, values in (("raw state", h_raw), ("after softmax", softmax(h_raw))):
    print(
        f"{label:14} from {values.min():6.3f} to {values.max():.3f}, spread over the pairs {values.std(axis=0).mean():.4f}"
    )

# %% [markdown]
# This does not say that nothing can pass through a softmax. The output feedback of lesson 1 had one in its loop, and
# trained weights handed on a letter through it. It says that a softmax in the loop throws away what the raw state
# keeps for free.

# %% [markdown]
# ## Exercise 2.7: in words
# <!-- effort: cell-why-raw-state -->
#
# A friend writes `h = softmax(step(x, h))` "because the output must be probabilities". In three or four sentences:
# what does the next step lose, why does it get worse with every step, and where should the softmax go?

# %% answer="cell-why-raw-state"

# %% [markdown]
# **A good place to stop.** Next: let the net write, then set its weights by hand.

# %% [markdown]
# ## Let it write
#
# A character model can write: take the probabilities of the next character, draw one by chance, feed it back as the next
# input, and go on. Drawing from the probabilities is called [sampling](glossary).
#
# How daring the writing is can be set by one number $\tau > 0$, the [temperature](glossary). It divides the scores
# before softmax:
#
# $$p = \mathrm{softmax}(\text{scores} / \tau)$$
#
# Scores before softmax are the logits of lesson 0. Below $\tau = 1$ the likely characters become likelier; above, the
# differences shrink.

# %% show
logits = np.array([2.0, 1.0, 0.5, 0.0, -1.0])
letters = list("etaoz")
plots.bars(
    letters,
    {f"temperature {tau}": softmax(logits / tau) for tau in (0.3, 1.0, 3.0)},
    "character",
    "probability",
    "The same scores at three temperatures",
)

# %% [markdown]
# ## Exercise 2.8: temperature and chance
# <!-- effort: cell-sample -->
#
# Two functions, again for any leading axes.
#
# - `temperature_probabilities(logits, temperature)`: `logits` (..., V), a number `temperature` above 0; returns `p`
#   (..., V). It must give finite, right probabilities for every temperature from 0.001 to 1000, also when scores are
#   equal. For example `[0, log 3]` gives `[1/4, 3/4]` at temperature 1 and `[1/10, 9/10]` at temperature 0.5.
# - `draw_ids(p, rng)`: `p` (..., V), where each row along the last axis is a distribution; returns whole numbers
#   (...), one id from 0 to V - 1 for each row, drawn independently of all other rows with the probabilities of
#   its row. An id with probability 0 never comes. For `p` (V,) that is a single number. All chance comes from
#   `rng`, a numpy `Generator`; calling with an equal `rng` gives equal ids.
# - Both leave the caller's arrays as they are.
#
# One way to draw: lay the probabilities end to end on a ruler from 0 to 1 and throw a dart at it:
# `u = rng.random(...)`. The dart hits the piece of an id as often as its probability says. With `p = [0.2, 0.5, 0.3]` the
# pieces end at 0.2, 0.7 and 1; a dart at 0.65 means id 1. The checks look at how often each id comes, and how often
# neighbouring rows get the same one, so any way that gives independent draws with the right frequencies will do.


# %% exercise="cell-sample"
def temperature_probabilities(logits, temperature):
    """logits (..., V); temperature > 0. Returns: p (..., V)."""
    ### BEGIN SOLUTION
    return softmax(logits / temperature, axis=-1)
    ### END SOLUTION


def draw_ids(p, rng):
    """p (..., V), each row a distribution; rng a numpy Generator. Returns: ids (...), one draw a row."""
    ### BEGIN SOLUTION
    u = rng.random(p.shape[:-1])
    ends = p.cumsum(axis=-1)
    return (ends[..., :-1] <= u[..., None]).sum(axis=-1)
    ### END SOLUTION


# %% check="cell-sample"

# %% [markdown]
# All parts are there: one-hot vectors in, the cell, the output layer, temperature, a draw, and back to the start. The net
# has random weights and has never been trained. Guess before you run: at which temperature does it repeat itself?


# %% show
def write(params, first, length, rng, temperature):
    """Let a net write so many characters, beginning after the character `first`."""
    written, h = vocabulary.encode(first), np.zeros((1, len(params["b"])))
    for _ in range(length):
        h, _ = step_forward(
            one_hot(written[-1:], V), h, params["W_xh"], params["W_hh"], params["b"]
        )
        p = temperature_probabilities(h @ params["W_hy"] + params["b_y"], temperature)
        written = np.append(written, draw_ids(p, rng))
    return vocabulary.decode(written[1:])


writer = rnn_params(np.random.default_rng(4), D=V, H=32, V=V)
writer["W_hy"] *= 10  # larger scores, so that the temperatures show
writer["W_hh"] *= 0.5  # a shorter memory, so that it repeats itself sooner
for temperature in (0.1, 1.0, 3.0):
    written = write(writer, "t", 300, np.random.default_rng(1), temperature)
    threes = {written[k : k + 3] for k in range(298)}
    print(
        f"temperature {temperature}: {len(threes)} different groups of three characters in a row, of 298"
    )
    print("   ", written[:72])

# %% [markdown]
# Cold, it goes in circles; hot, it is noise; and at every temperature it is nonsense. Temperature sets how much
# chance there is, not how much the net knows. What knowledge adds, you will see in lesson 3, when a trained net
# writes.

# %% [markdown]
# ## What do its units detect?
#
# You may have heard that hidden units detect features. Do those of an untrained net? Let one read real text, and ask how
# much of each unit's ups and downs is explained by what it read last: by one character, by two, and so on. For every
# group of characters that occurs, take the unit's average state after it, on one half of the text; then see on the other
# half how much of the unit's variance these averages explain (1 is all of it). Groups that the first half does not have
# are left out.

# %% show
# Counting groups of characters: no need to read this cell.
streams = ids[:60_000].reshape(120, 500)  # 120 pieces of 500 characters, read side by side
h, _ = forward(
    one_hot(streams, V), np.zeros((120, 32)), model["W_xh"], model["W_hh"], model["b"]
)


def explained(length):
    """The share of each unit's variance that the last `length` characters explain (bookkeeping, no need to follow it)."""
    # a number for each group of characters
    group = sum(streams[:, length - 1 - k : 500 - k] * V**k for k in range(length))
    states = h[:, length - 1 :].reshape(-1, 32)
    seen, place = np.unique(group, return_inverse=True)
    # averages from pieces 0 to 59, tested on the rest
    place, half = place.ravel(), states.shape[0] // 2
    count = np.bincount(place[:half], minlength=len(seen))[:, None]
    total = np.zeros((len(seen), 32))
    np.add.at(total, place[:half], states[:half])
    known = count[place[half:], 0] > 0  # groups that occur in both halves
    truth, guess = states[half:][known], (total / np.maximum(count, 1))[place[half:]][known]
    return 1 - (truth - guess).var(axis=0) / truth.var(axis=0)


shares = [explained(length) for length in (1, 2, 3, 4)]
plots.bars(
    ["1", "2", "3", "4"],
    {"mean of 32 units": [share.mean() for share in shares]},
    "characters read last",
    "variance explained (share)",
    "What an untrained net's states depend on",
)

# %% show
from collections import Counter

unit = int(np.argmax(shares[0]))
order = np.argsort(h[:, 10:, unit].ravel())
print(
    f"unit {unit}: {shares[0][unit]:.2f} explained by the last character, {shares[2][unit]:.2f} by the last three"
)
for label, places in (("lowest", order[:300]), ("highest", order[-300:])):
    rows, steps = np.unravel_index(places, (120, 490))
    endings = [
        vocabulary.decode(streams[n, t + 8 : t + 11]) for n, t in zip(rows, steps, strict=True)
    ]
    print(f"{label} after", [ending for ending, _ in Counter(endings).most_common(8)])

# %% [markdown]
# So units of random weights detect something, too: certain characters, coloured by those before them. That a unit
# responds to a feature is no sign of learning. Whether what it responds to is *useful* is another matter: that is what
# training is for.

# %% [markdown]
# ## Weights by hand: a unit that latches
#
# Back to a net with one unit. A unit that, once switched on, stays on is called a [latch](glossary). In the first
# picture of this lesson the unit was switched on by one bracket and off by the other.
#
# Why did it hold in between? Without an input its step is $h \to \tanh(w\,h + b)$, with $w = 2$ and $b = 0$. The
# picture draws the new state over the old one. Where the curve crosses the dashed line, new and old are equal, and
# the state stays.


# %% show
def rest(w, b, alt):
    """Draw the new state over the old one, for a unit without an input."""
    old = np.linspace(-1, 1, 201)
    lines = {"new state": np.tanh(w * old + b), "new = old": old}
    return plots.curves(
        old,
        lines,
        "old state",
        "new state",
        f"One unit without an input: w = {w:g}, b = {b:g}",
        alt=alt,
    )


rest(2.0, 0.0, "The curve crosses the line new = old three times: near -1, at 0, and near 1.")

# %% [markdown]
# Start at an old state of 0.3 and follow: the curve lies above the dashed line, so the state grows, until it rests at the
# crossing on the right. From -0.3 it falls to the one on the left. An input kicks it from one side to the other. At
# exactly 0 it cannot decide.

# %% [markdown]
# ## Exercise 2.9: has an x been seen?
# <!-- effort: cell-latch -->
#
# Choose the weights of a cell with one input and one unit ($D = H = 1$). The input is 1 where the text has an `x`, and 0
# for every other character. The state begins at 0 (`h0` is zero). For texts of up to 200 characters, with any number
# of x, it must do this:
#
# - as long as no `x` has come, the state after each step is below 0 (from the first step on);
# - from the step at which the first `x` comes, that step included, it is above 0, and stays above 0.
#
# Leave a dict `latch` with the arrays `W_xh` (1, 1), `W_hh` (1, 1) and `b` (1,). Try values by running the cell and
# the check; to see what your unit does, run the picture below the check.

# %% exercise="cell-latch"
# latch = {"W_xh": np.array([[?]]), "W_hh": np.array([[?]]), "b": np.array([?])}
### BEGIN SOLUTION
latch = {"W_xh": np.array([[8.0]]), "W_hh": np.array([[3.0]]), "b": np.array([-1.0])}
### END SOLUTION

# %% check="cell-latch"

# %% show
line = "no such letter, then an x, and the rest is silence"
is_x = np.array([[c == "x"] for c in line], dtype=float)[None]  # (1, T, 1)
trace, _ = forward(is_x, np.zeros((1, 1)), latch["W_xh"], latch["W_hh"], latch["b"])
over_text(line, trace[0, :, 0])

# %% show
w, b = float(latch["W_hh"][0, 0]), float(latch["b"][0])
old = np.linspace(-1.1, 1.1, 200_000)
above = np.tanh(w * old + b) > old
crossings = old[1:][above[1:] != above[:-1]]
places = ", ".join(f"{place:.2f}" for place in crossings)
print(f"crossings: {len(crossings)}, at old states of {places}")
rest(
    w,
    b,
    f"Crossings of your latch's curve and the line new = old: {len(crossings)}, at {places}.",
)

# %% [markdown]
# For a latch that holds for ever there are three crossings, and the two outer ones are the two things that the unit can
# remember: one bit. Weights with a single crossing may pass the check as well: they only fall back so slowly that
# 200 steps do not show it. And with softmax in the loop? Guess first.

# %% show
h = np.zeros((1, 1))
for c in "an x!":
    h = softmax(
        step_forward(
            np.array([[float(c == "x")]]), h, latch["W_xh"], latch["W_hh"], latch["b"]
        )[0]
    )
    print(f"after {c!r}: state {h[0, 0]}")

# %% [markdown]
# Softmax of a single number is always 1: this state cannot hold anything.

# %% [markdown]
# ## Exercise 2.10: echo the previous input
# <!-- effort: cell-echo -->
#
# Now two units ($D = 1$, $H = 2$), which begin at 0. Each input is -1 or 1. From step 1 on, the second unit,
# `h[:, t, 1]`, has the sign of the input *before*, `x[:, t - 1]`: positive for 1, negative for -1, over sequences of up to 50
# steps. What the first unit does is up to you.
#
# Leave a dict `echo` with `W_xh` (1, 2), `W_hh` (2, 2) and `b` (2,). Remember: `W_hh[i, j]` leads from old unit i to
# new unit j.

# %% exercise="cell-echo"
# echo = {
#     "W_xh": np.array([[?, ?]]),
#     "W_hh": np.array([[?, ?], [?, ?]]),
#     "b": np.array([?, ?]),
# }
### BEGIN SOLUTION
echo = {
    "W_xh": np.array([[2.0, 0.0]]),
    "W_hh": np.array([[0.0, 2.0], [0.0, 0.0]]),
    "b": np.array([0.0, 0.0]),
}
### END SOLUTION

# %% check="cell-echo"

# %% show
signal = np.random.default_rng(6).choice([-1.0, 1.0], size=(1, 16, 1))
trace, _ = forward(signal, np.zeros((1, 2)), echo["W_xh"], echo["W_hh"], echo["b"])
rows = {"input": signal[0, :, 0], "unit 0": trace[0, :, 0], "unit 1": trace[0, :, 1]}
plots.heatmap(
    np.vstack(list(rows.values())),
    list(rows),
    range(16),
    "time step",
    "",
    "value",
    "An echo one step late",
    alt="Three rows of squares, red above 0 and blue below. Their signs: "
    + "; ".join(
        f"{name} {''.join('-0+'[int(np.sign(value)) + 1] for value in row)}"
        for name, row in rows.items()
    ),
)

# %% [markdown]
# The latch held one thing through every step that was tried; the echo holds everything for one step. The two differ
# most in `W_hh`: what a cell remembers, and for how long, lies largely there.

# %% [markdown]
# ## What was shown, and what was not
#
# - A recurrent cell is one step: input weights, recurrent weights, a bias, tanh, the same at every step. A sequence
#   is a loop over it.
# - The state after a step is a function of the inputs so far and of the initial state, and of nothing else. Carried
#   over, it makes chunks equal to one pass.
# - This cell does not judge its inputs: the same input adds the same numbers at every step.
# - With weights of the usual size, softmax in the loop soon makes different pasts equal. On the way out
#   it does no harm.
# - Temperature changes how much chance there is in sampling, not what the net knows.
# - By hand, three numbers make a latch and one recurrent weight makes an echo. Not shown: that training finds such
#   weights. That is lesson 3, and how hard it can be is lesson 4.
#
# ## Five questions

# %% recall="cell-state-function cell-softmax-place cell-temperature loop-output-state start-silent"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
