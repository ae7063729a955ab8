# %% [markdown]
# # One cell: what goes in, what comes out, and when?
#
# **Lesson 8, first of three notebooks.** About two and a half hours, with three places to stop.
#
# You need: the cell and its output layer from lesson 2; backpropagation through time, padding and masks from lesson 3.
#
# Afterwards you can put the same net to work on a label for a sentence, a tag for each word, a forecast and a caption;
# turn words into vectors and take the gradient back into them; read a row of a padded batch at its true end; and tell
# which shape a new job has.

# %%
import os

# products this small are faster on one thread than on two
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution


def run_cell(x, params):
    """The cell of lesson 2, over all steps, from a state of zeros: x (N, T, D) -> h (N, T, H)."""
    h, states = np.zeros((len(x), len(params["W_hh"])), x.dtype), []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ params["W_xh"] + h @ params["W_hh"] + params["b"])
        states.append(h)
    return np.stack(states, axis=1)


# %% [markdown]
# Five pictures stand in nearly every introduction to recurrent nets. Time goes from left to right; below is what goes
# in, above what comes out.

# %% show
# Drawing only: no need to read this cell.
from matplotlib.figure import Figure

from rnn_core import plots

PANELS = {  # name: steps at which something goes in, steps at which something comes out, steps
    "one-to-one": ([0], [0], 1),
    "one-to-many": ([0], [0, 1, 2], 3),
    "many-to-one": ([0, 1, 2], [2], 3),
    "aligned\nmany-to-many": ([0, 1, 2], [0, 1, 2], 3),
    "unaligned\nmany-to-many": ([0, 1, 2], [3, 4, 5, 6], 7),
}
BLUE, ORANGE, GREEN = plots.COLOURS[:3]
figure = Figure(figsize=(9, 2.9), layout="constrained")
panels = figure.subplots(1, 5, width_ratios=[steps + 1.2 for *_, steps in PANELS.values()])
for ax, (name, (goes_in, comes_out, steps)) in zip(panels, PANELS.items(), strict=True):
    ax.set(xlim=(-0.8, steps - 0.2), ylim=(-1.6, 1.6))
    ax.axis("off")
    ax.set_title(name, fontsize=11)
    for t in range(steps):
        ax.plot(t, 0, "s", color=BLUE, markersize=13)
        for used, y, mark, colour in (
            (goes_in, -1.2, "o", GREEN),
            (comes_out, 1.2, "^", ORANGE),
        ):
            if t in used:
                ax.plot(t, y, mark, color=colour, markersize=11)
                ends = ((t, 0.85), (t, 0.3)) if y > 0 else ((t, -0.3), (t, -0.85))
                ax.annotate("", *ends, arrowprops={"arrowstyle": "-|>"})
        if t:
            ax.annotate("", (t - 0.2, 0), (t - 0.8, 0), arrowprops={"arrowstyle": "-|>"})
for mark, colour, label in (
    ("^", ORANGE, "output"),
    ("s", BLUE, "state"),
    ("o", GREEN, "input"),
):
    panels[0].plot([], [], mark, color=colour, label=label, markersize=9)
figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=11)
plots.Picture(
    figure,
    "Five small nets drawn over time, states as squares in a row. One-to-one: one input, one output. One-to-many: an input at "
    "the first of three steps, an output at each. Many-to-one: three inputs, an output at the last step. Aligned many-to-many: an "
    "input and an output at each step. Unaligned many-to-many: inputs at three steps, then outputs at four further ones.",
)

# %% [markdown]
# In the first four of the five pictures the net can be the same: one cell, the squares, and one output layer. What differs
# is where an input goes in and which outputs are looked at. This notebook trains such a net in these four, each on a small
# job that needs it. The fifth takes two such nets, one that reads and one that writes: it is the next notebook.
#
# Other texts say the same in other words: [many-to-one](glossary) is *sequence-to-vector*, [one-to-many](glossary) is
# *vector-to-sequence*, [aligned many-to-many](glossary) is *sequence-to-sequence* with an output for each input. The smallest,
# [one-to-one](glossary), is a single step. In the fifth, [unaligned many-to-many](glossary), no output belongs to the input of a step.
#
# Our first job has sentences that a program makes up. Each is praise or a complaint.

# %% show
from rnn_core.data import sentences

to_train, to_test = sentences.split(np.random.default_rng(0))
print(f"{len(to_train):,} sentences to train on, {len(to_test):,} others for the test\n")
for words, _, label in to_test[:7]:
    print(f"{sentences.LABELS[label]:10} {' '.join(words)}")

# %% [markdown]
# Three things can turn the meaning: how a sentence opens (*i doubt that*, *nobody says that*), a *not* or *never*, and
# how it ends (*but that is false*). Two turns cancel each other.
#
# ## Exercise 8.1: a prediction
# <!-- effort: shape-predict-reading -->
#
# A net reads such a sentence word by word and is trained to name the label after the last word. Set two variables, each
# to one of the texts. Any of them earns the point; further down the notebook measures it.
#
# `after_half`: we look at the output of this net after half of the words. It will name the right label
#
# - `"about as often as a coin"`
# - `"more often than a coin, but less often than at the end"`
# - `"as often as at the end"`
#
# `who_learns`: now every sentence is followed by eight words that say nothing (*we went home by bus …*). Of two nets,
# one reads everything from the front, as it was written, the other from the back. Which of them will learn the labels?
#
# - `"the one that reads from the front"`
# - `"the one that reads from the back"`
# - `"both"`
# - `"neither"`

# %% exercise="shape-predict-reading"
# after_half = "…"
# who_learns = "…"
### BEGIN SOLUTION
after_half = "more often than a coin, but less often than at the end"
who_learns = "the one that reads from the front"
### END SOLUTION

# %% check="shape-predict-reading"

# %% [markdown]
# ## The base: one step
#
# The smallest shape is one-to-one. The cell takes one step from a state of zeros:
#
# $$h = \tanh(x\,W_{xh} + 0 \cdot W_{hh} + b), \qquad y = h\,W_{hy} + b_y$$
#
# The recurrent weights meet a zero and do nothing. What is left is the feedforward net of lesson 0. It suits a job in
# which nothing comes step by step, such as naming a handwritten digit. These are real ones, from scikit-learn; the first half
# of them is for training, the second half for the test.

# %% show
from rnn_core.data import digits
from rnn_core.init import rnn_params
from rnn_core.layers import mlp_backward, mlp_forward
from rnn_core.loss import cross_entropy
from rnn_core.optim import Adam
from rnn_core.train import fit

(train_images, train_numbers), (test_images, test_numbers) = digits.load()
rng = np.random.default_rng(1)
net = rnn_params(rng, 64, 64, 10, dtype=np.float32)  # a cell and an output layer
FEEDFORWARD = ("W_xh", "b", "W_hy", "b_y")  # all weights but W_hh


def one_to_one_grads(params, batch, state):
    y, cache = mlp_forward(batch[0], *(params[name] for name in FEEDFORWARD))
    loss, dy = cross_entropy(y, batch[1])
    return loss, dict(zip(FEEDFORWARD, mlp_backward(dy, cache)[1:], strict=True)), None


def single_digits(steps):
    for _ in range(steps):
        k = rng.integers(len(train_images), size=64)
        yield train_images[k], train_numbers[k]


fit(one_to_one_grads, net, single_digits(500), Adam(3e-3), steps=500, decay=0.1)
one_step = run_cell(test_images[:, None], net)[:, 0] @ net["W_hy"] + net["b_y"]
feedforward = mlp_forward(test_images, *(net[name] for name in FEEDFORWARD))[0]
print(
    f"cell or feedforward net: the outputs differ by at most {np.abs(one_step - feedforward).max():.0e}"
)
named = one_step.argmax(axis=1)
one_right = np.mean(named == test_numbers)
print(f"digits of the second half: {one_right:.1%} named rightly")
plots.images(
    [image.reshape(8, 8) for image in test_images[:8]],
    [f"read: {name}" for name in named[:8]],
    alt="Eight small images of handwritten digits. The net reads them as "
    + ", ".join(map(str, named[:8]))
    + "; they are "
    + ", ".join(map(str, test_numbers[:8]))
    + ".",
)

# %% [markdown]
# ## Words go in as vectors
#
# An image is a row of numbers. A word is an id: a place in the vocabulary. Lesson 2 wrote an id as a one-hot vector. Times
# a matrix, a one-hot vector picks one row of it. So one can keep a matrix $E$ with a row for each word and pick the
# row at once:
#
# $$x_{n,t} = E[\,\text{id}_{n,t}\,], \qquad E: (V, D)$$
#
# The rows are the [embedding](glossary) of the words. They start at random and are learned, as any other weight is. Backwards,
# the gradient $dx_{n,t}$ belongs to the row that was picked. A word that stands in five places of the batch had its
# row picked five times, and its row gets the *sum* of five shares. It is the same rule as for a recurrent weight that acts
# at several steps.
#
# $$dE[k] = \sum_{(n,t):\ \text{id}_{n,t} = k} dx_{n,t}$$

# %% show
ids = np.array([[2, 0, 2], [0, 2, 1]])
E = np.array([[0.1, 0.2], [1.0, 2.0], [10.0, 20.0], [7.0, 7.0]])
print("row 0, by picking:         ", [E[k].tolist() for k in ids[0]])
print("row 0, by one-hot vectors: ", (np.eye(4)[ids[0]] @ E).tolist())

# %% [markdown]
# ## Exercise 8.2: embedding, forwards and backwards
# <!-- effort: shape-embedding -->
#
# - `embed_forward(ids, E)`: `ids` are whole numbers from 0 to V - 1 with any axes, such as (N, T), `E` is (V, D). Returns `x`,
#   with the axes of `ids` and one more for the D numbers, and the cache `(ids, E.shape)`.
# - `embed_backward(dx, cache)`: `dx` has the shape of `x`. Returns `dE` (V, D), with zeros for words that do not occur.
# - Id 0 is a word like any other. The caller's arrays stay as they are.
#
# Be careful with `dE[ids] += dx`: numpy reads all these rows, adds, and writes them back. Where an id stands twice, the
# second writing replaces the first.


# %% exercise="shape-embedding"
def embed_forward(ids, E):
    """ids with any axes, E (V, D) -> x with one axis more, and the cache of embed_backward."""
    ### BEGIN SOLUTION
    x = E[ids]
    ### END SOLUTION
    return x, (ids, E.shape)


def embed_backward(dx, cache):
    """dx with the shape of x -> dE (V, D)."""
    ids, shape = cache
    ### BEGIN SOLUTION
    dE = np.zeros(shape, dx.dtype)
    np.add.at(dE, ids, dx)
    return dE
    ### END SOLUTION


# %% check="shape-embedding"

# %% [markdown]
# **A good place to stop.**
#
# ## Many in, one out: where does a row end?
#
# Many-to-one: the net reads the whole sentence, and only the output at the end is looked at. In a batch, sentences have
# different lengths, and short rows are filled up with [padding](glossary). Here the padding is 0, which is also the id of a word.


# %% show
rows = [words for words, _, _ in sorted(to_test[:60], key=lambda row: len(row[0]))[::14]]
shown_ids, shown_mask = sentences.padded([sentences.ids(words) for words in rows])
print(f"id 0 is the word {sentences.WORDS[0]!r}\n")
for row, real, words in zip(shown_ids, shown_mask, rows, strict=True):
    print(
        " ".join(f"{k:2}" if r else " ." for k, r in zip(row, real, strict=True)),
        "  ",
        " ".join(words),
    )

# %% [markdown]
# In a short row the last column is padding. There are two ways to a row's true end. Lesson 3 had one: at the padding the
# step is skipped and the state kept, so that `h[:, -1]` is the last real state. The other lets the cell run on over the
# padding and picks, for each row, the state after its last real step. What comes after it in time cannot change it.
#
# ## Exercise 8.3: the last real step
# <!-- effort: shape-last-step -->
#
# - `last_real(h, mask)`: `h` (N, T, H) holds the states after all T steps, `mask` (N, T) is True at the real steps, which come first
#   in each row. Returns `last` (N, H): for each row the state after its last real step.
# - `last_real_backward(dlast, mask)`: `dlast` (N, H) is the gradient that has arrived at `last`. Returns `dh` (N, T, H): the gradient
#   at the states from outside, exactly 0 wherever nothing was read.
# - A row may be empty. Nothing was read there: it gives zeros, and gets none of the gradient.
# - The caller's arrays stay as they are.
#
# A tiny instance: a row with the mask `[True, True, False]` ends at step 1.


# %% exercise="shape-last-step"
def last_real(h, mask):
    """h (N, T, H), mask (N, T) -> last (N, H)."""
    lengths = mask.sum(axis=1)  # (N,), 0 for an empty row
    ### BEGIN SOLUTION
    last = h[np.arange(len(h)), lengths - 1]
    return np.where(lengths[:, None] > 0, last, 0)
    ### END SOLUTION


def last_real_backward(dlast, mask):
    """dlast (N, H), mask (N, T) -> dh (N, T, H)."""
    lengths = mask.sum(axis=1)
    ### BEGIN SOLUTION
    dh = np.zeros((*mask.shape, dlast.shape[1]), dlast.dtype)
    rows = np.flatnonzero(lengths)
    dh[rows, lengths[rows] - 1] = dlast[rows]
    return dh
    ### END SOLUTION


# %% check="shape-last-step"

# %% [markdown]
# ## The skeleton, with its gradient
#
# The next cell is what all jobs of this notebook are trained with. Follow the forward function from top to bottom: words become
# vectors with your `embed_forward`, the cell runs, your `last_real` picks a state where `read="last"`, and the output layer
# makes scores. (A `scene` will come in later.) The backward function goes the same way back. Which outputs are looked at
# is said by one word, `read`: the [read-out](glossary).


# %% show
from functools import partial

from rnn_core import rnn
from rnn_core.init import glorot
from rnn_core.layers import output_backward, output_forward
from rnn_core.loss import squared_error


def skeleton_params(rng, V_in, D, H, V_out, scene=None):
    """Cell, output layer and, for V_in words, their embedding; with `scene`, a way in for that many numbers."""
    params = rnn_params(rng, D, H, V_out)
    params |= {"E": 0.5 * rng.standard_normal((V_in, D))} if V_in else {}
    params |= {"W_s": glorot(rng, scene, H), "b_s": np.zeros(H)} if scene else {}
    return {name: p.astype(np.float32) for name, p in params.items()}


def skeleton_forward(params, inputs, mask=None, scene=None, read="every"):
    """inputs: ids (N, T) or numbers (N, T, D) -> y (N, T, V), or (N, V) where only the last output is read."""
    x, picked = embed_forward(inputs, params["E"]) if inputs.ndim == 2 else (inputs, None)
    h0 = np.zeros((len(x), len(params["W_hh"])), np.float32)
    if scene is not None:
        h0 = np.tanh(scene @ params["W_s"] + params["b_s"])
    h, ran = rnn.forward(x, h0, params["W_xh"], params["W_hh"], params["b"])
    seen = last_real(h, mask) if read == "last" else h
    y, scored = output_forward(seen, params["W_hy"], params["b_y"])
    return y, (picked, h0, ran, scored)


def skeleton_grads(params, batch, state=None, read="every", loss=cross_entropy):
    """batch: inputs, targets, mask and, where there is one, a scene -> loss, gradients, None."""
    inputs, targets, mask, scene = (*batch, None, None)[:4]
    y, (picked, h0, ran, scored) = skeleton_forward(params, inputs, mask, scene, read)
    value, dy = loss(y, targets, None if read == "last" else mask)
    dseen, dW_hy, db_y = output_backward(dy, scored)
    dh = last_real_backward(dseen, mask) if read == "last" else dseen
    dx, dh0, dW_xh, dW_hh, db = rnn.backward(dh, ran)
    grads = {"W_xh": dW_xh, "W_hh": dW_hh, "b": db, "W_hy": dW_hy, "b_y": db_y}
    if picked is not None:
        grads["E"] = embed_backward(dx, picked)
    if scene is not None:
        da = dh0 * (1 - h0**2)
        grads |= {"W_s": scene.T @ da, "b_s": da.sum(axis=0)}
    return value, grads, None


def train_skeleton(params, draw_batch, steps, read="every", loss=cross_entropy, lr=3e-3):
    """Train in place on what draw_batch() gives at each step; the learning rate falls to a tenth."""
    program = partial(skeleton_grads, read=read, loss=loss)
    batches = (draw_batch() for _ in range(steps))
    return fit(program, params, batches, Adam(lr), clip=1.0, steps=steps, decay=0.1)


# %% show
rng = np.random.default_rng(3)
V_words = len(sentences.WORDS)
judge = skeleton_params(rng, V_words, 16, 32, 2)
history = train_skeleton(judge, lambda: sentences.draw(rng, to_train, 64), 800, read="last")

test_ids, test_labels, test_mask = sentences.draw(np.random.default_rng(9), to_test, 1500)
judged, _ = skeleton_forward(judge, test_ids, test_mask, read="last")
at_the_end = np.mean(judged.argmax(axis=1) == test_labels)
print(f"{history}\nlabels of the test sentences: {at_the_end:.1%} right")

# %% [markdown]
# ## Must a sentence be read to its end?
#
# The net has an output after every word; in training all but the last were ignored. The read-out can still be moved: look at
# the outputs of the trained net before the end, one word after the other.
#
# To compare, two more lines. A second net is trained with the label asked for after *every* word. And the best possible
# reader, who knows all sentences of the grammar, sees the same words and is even told how many are left.


# %% show
early = skeleton_params(rng, V_words, 16, 32, 2)


def label_at_every_word():
    ids, labels, mask = sentences.draw(rng, to_train, 64)
    return ids, np.repeat(labels[:, None], ids.shape[1], axis=1), mask


train_skeleton(early, label_at_every_word, 800)

counts = {}  # (words so far, words left) -> how many complaints, how much praise
for words, _, label in sentences.every():
    for k in range(1, len(words) + 1):
        counts.setdefault((*words[:k], len(words) - k), [0, 0])[label] += 1

left = np.arange(8)
lengths = test_mask.sum(axis=1)
lines = {
    "trained on the last output": [],
    "trained on every output": [],
    "best possible reader": [],
}
for k in left:
    rows = np.flatnonzero(lengths > k)
    steps = lengths[rows] - 1 - k
    for name, params in zip(list(lines)[:2], (judge, early), strict=True):
        y, _ = skeleton_forward(params, test_ids[rows])
        lines[name].append(
            np.mean(y[np.arange(len(rows)), steps].argmax(axis=1) == test_labels[rows])
        )
    best = []
    for n, t in zip(rows, steps, strict=True):
        seen = tuple(sentences.WORDS[i] for i in test_ids[n, : t + 1])
        best.append(max(counts[*seen, int(k)]) / sum(counts[*seen, int(k)]))
    lines["best possible reader"].append(np.mean(best))
plots.curves(
    -left[::-1],
    {name: values[::-1] for name, values in lines.items()},
    "words before the end (0: whole sentence read)",
    "share of right labels",
    title="Test sentences, read word by word",
)

# %% [markdown]
# Far from the end nobody can judge these sentences: the adjective is still to come. Closer to the end, compare the two nets. The one
# that was trained on its last output alone also has outputs on the way, but the loss never asked anything of them. To ignore all
# outputs but the last is a choice of the loss.
#
# What if the true end is missed? Here the batch is filled up to more and more columns. Three ways to read the last output:
# the true last step of the net above; its last *column*; and the last column of a net that was trained that way, in batches that
# were all filled up to 16 columns.

# %% show
careless = skeleton_params(rng, V_words, 16, 32, 2)


def sixteen_columns():
    ids, labels, mask = sentences.draw(rng, to_train, 64, T=16)
    return ids, labels, np.ones_like(mask)  # a mask that takes all of it for real


train_skeleton(careless, sixteen_columns, 800, read="last")

columns = np.arange(13, 31)
read_right = {"true last step": [], "last column": [], "last column, trained so at 16": []}
for T in columns:
    ids, labels, mask = sentences.draw(np.random.default_rng(9), to_test, 800, T=T)
    for name, params, real in zip(
        read_right,
        (judge, judge, careless),
        (mask, np.ones_like(mask), np.ones_like(mask)),
        strict=True,
    ):
        y, _ = skeleton_forward(params, ids, real, read="last")
        read_right[name].append(np.mean(y.argmax(axis=1) == labels))
print("trained at the last of 16 columns, tested at", end="")
for T in (15, 16, 17, 18):
    print(f"   {T}: {read_right['last column, trained so at 16'][T - 13]:.1%}", end="")
print()
plots.curves(
    columns,
    read_right,
    "columns that the rows are filled up to",
    "share of right labels",
    title="The same sentences, with more and more padding",
).legend_below()

# %% [markdown]
# The net that was trained on the last column has learned something: look at its number at 16 columns, which it always saw. Then look
# at 15, 17 and 18, and along its curve: what does one more column of padding do to its answer? With a mask the answer does not depend
# on the number of columns.

# %% show
half = (lengths + 1) // 2 - 1
y, _ = skeleton_forward(judge, test_ids)
at_half = np.mean(y[np.arange(len(y)), half].argmax(axis=1) == test_labels)
chance = 1.96 * np.sqrt(0.25 / len(y))  # 95 % of the results of a coin lie within
outcome(
    "shape-predict-reading",
    believed="a sentence must be read whole before the model can conclude",
    measured=f"after half of the words {at_half:.1%} right (a coin, on as many sentences: from {0.5 - chance:.1%} to "
    f"{0.5 + chance:.1%}), after all of them {at_the_end:.1%}; the best possible reader has "
    f"{lines['best possible reader'][4]:.0%} four words before the end and {lines['best possible reader'][1]:.0%} one word "
    "before it",
    holds_when="what comes late can turn the meaning, as in this grammar. Then it holds for every reader, not for this net "
    "alone. Sentences that an early word settles were not tried",
)

# %% [markdown]
# **A good place to stop.**
#
# ## Is chronological order the key?
#
# *The key is to put the data in in chronological order*, says one introduction. A many-to-one net needs *some* order, but which? The
# sentences have a front and a back, and random words that say nothing can stand at either end. Many nets were trained on these,
# from the front and from the back, and their results were kept.

# %% show
from rnn_core.data import recorded
from rnn_core.intervals import wilson

table = recorded.load("reading_order")
print(recorded.describe(table), "\n")
fillers = sorted({row["filler"] for row in table["rows"]})


def learned(filler, before, backwards, least=0.9):
    """How many nets named at least 90 % of the test labels rightly, and how many there were."""
    found = [
        row["right"] >= least
        for row in table["rows"]
        if row["filler"] == filler
        and row["backwards"] == backwards
        and (row["before"] == before or filler == 0)
    ]
    return sum(found), len(found)


print("nets with at least 90 % right, and the interval for the true share of such nets")
print("(without filler, first and last are the same nets)\n")
print(f"{'words that say nothing':38}" + "".join(f"{f:<21}" for f in fillers))
shares, ends = {}, []
for before in (False, True):
    for backwards in (False, True):
        name = f"filler {'first' if before else 'last'}, read from the {'back' if backwards else 'front'}"
        won = [learned(filler, before, backwards) for filler in fillers]
        shares[name] = [good / runs for good, runs in won]
        ends.append([wilson(good, runs) for good, runs in won])
        told = [f"{g:2} of {n} [{wilson(g, n)[0]:.2f}, {wilson(g, n)[1]:.2f}]" for g, n in won]
        print(f"{name:36}", "  ".join(told))
picture = plots.bars(
    fillers,
    shares,
    "words that say nothing",
    "share of nets that learned it",
    title="A tanh cell; black lines: intervals",
)
ax = picture.figure.axes[0]
for k, (share, interval) in enumerate(zip(shares.values(), np.array(ends), strict=True)):
    reach = np.abs(interval.T - share)  # down and up
    ax.errorbar(
        np.arange(len(fillers)) + 0.2 * (k - 1.5),
        share,
        reach,
        fmt="none",
        ecolor="black",
        capsize=2,
    )
ax.set_ylim(0, 1.75)
ax.set_yticks(np.linspace(0, 1, 6))
plots.Picture(picture.figure, picture.alt)

# %% [markdown]
# One of these points, live: the same task with eight words of filler behind the sentence, one seed, two directions.


# %% show
from rnn_core.cells import GRU, TANH
from rnn_core.nets import every_step, last_step, net_forward, net_params


def behind(words, backwards):
    """The words, then eight that say nothing; from the back or from the front."""
    words = sentences.with_filler(rng, words, 8)
    return words[::-1] if backwards else words


for backwards in (False, True):
    rng = np.random.default_rng(20)
    change = partial(behind, backwards=backwards)
    net = net_params(rng, TANH, V_words, 32, 2, dtype=np.float32)
    net["layer1.W_xh"] *= 3  # as in the recorded runs: a word picks one row of it
    batches = (sentences.draw(rng, to_train, 64, change=change) for _ in range(1000))
    fit(partial(last_step, TANH), net, batches, Adam(3e-3), clip=1.0, steps=1000, decay=0.1)
    ids, labels, mask = sentences.draw(rng, to_test, 1000, change=change)
    y, _, _ = net_forward(TANH, net, ids, mask=mask, last=True)
    print(
        f"read from the {'back ' if backwards else 'front'}: {np.mean(y.argmax(axis=1) == labels):.1%} right"
    )

# %% show
front, back = (learned(8, False, backwards) for backwards in (False, True))
front_first, back_first = (learned(8, True, backwards) for backwards in (False, True))
outcome(
    "shape-predict-reading",
    believed="the key is to put the data in in chronological order",
    measured=f"eight words of filler last: {front[0]} of {front[1]} nets learned from the front, {back[0]} of {back[1]} from the "
    f"back. Filler first: {front_first[0]} of {front_first[1]} from the front, {back_first[0]} of {back_first[1]} from the back",
    holds_when="it did not hold as a rule. With eight words of filler, the better direction was the one that reads the filler first "
    "and the words that decide last",
)

# %% [markdown]
# The cases that failed have one thing in common: filler stands between words that decide and the step that is read out. From there
# back to these words the gradient passes every word of the filler, and lesson 4 measured what that does. (Not every such case failed:
# see the table.) When a sentence is known whole before anything is to be said, the direction is free. When the net must answer as time
# goes on, it is not: a forecast cannot begin with the future.
#
# ## Aligned: an output for every input
#
# Aligned many-to-many: each step has an output of its own, and the loss is a mean over all real steps. Job one: tag the words whose
# meaning is turned by what stands before them. An opening such as *i doubt that* turns all words from the subject to the adjective; a
# *not* or *never* turns those behind it, up to the adjective, and where both do, they cancel. An ending is a clause of its own, and none
# of its words is tagged. A rule to beat: give each word the tag that it most often has in training.

# %% show
rng = np.random.default_rng(4)
tagger = skeleton_params(rng, V_words, 16, 32, 2)
train_skeleton(tagger, lambda: sentences.draw(rng, to_train, 64, tags=True), 600)

ids, tags, mask = sentences.draw(np.random.default_rng(8), to_test, 1000, tags=True)
y, _ = skeleton_forward(tagger, ids)
found = y.argmax(axis=2)
seen_ids, seen_tags, seen_mask = sentences.draw(
    np.random.default_rng(7), to_train, 5000, tags=True
)
usual = np.zeros((V_words, 2))
np.add.at(usual, (seen_ids[seen_mask], seen_tags[seen_mask]), 1)
looked_up = usual.argmax(axis=1)[ids]
print(f"net: {np.mean((found == tags)[mask]):.1%} of the words right,", end=" ")
print(
    f"{np.mean(np.all((found == tags) | ~mask, axis=1)):.1%} of the sentences without a fault"
)
print(
    f"the usual tag of each word: {np.mean((looked_up == tags)[mask]):.1%} of the words,",
    end=" ",
)
print(f"{np.mean(np.all((looked_up == tags) | ~mask, axis=1)):.1%} of the sentences\n")
for n in range(3):
    words = [sentences.WORDS[k] for k in ids[n, : mask[n].sum()]]
    print(" ".join(w.upper() if tag else w for w, tag in zip(words, found[n], strict=False)))
print("\n(in capitals: what the net tags as turned)")

# %% [markdown]
# Job two is a forecast, and its shape is the same. The inputs are waves: sines, squares or saws, each with a period of its own,
# with noise on them. At every step the net is asked for the value of the *next* step. For that nothing is built: the targets are
# the inputs, shifted by one step.
#
# | step | 0 | 1 | 2 | … |
# |---|---|---|---|---|
# | input | $x_0$ | $x_1$ | $x_2$ | … |
# | target | $x_1$ | $x_2$ | $x_3$ | … |
#
# Two rules to beat: "the next value is the last value", and a weighted sum of the last 20 values, with one set of weights for
# all waves, fitted by least squares.


# %% show
def draw_waves(rng, N, T, noise=0.1):
    """Waves (N, T, 1), their kind (0 sine, 1 square, 2 saw) and their period (N, 1) in steps."""
    kind, period = rng.integers(3, size=N), rng.uniform(6, 14, (N, 1))
    turn = (np.arange(T) / period + rng.random((N, 1))) % 1  # where in its period each step is
    drawn = np.stack([np.sin(2 * np.pi * turn), np.where(turn < 0.5, 0.8, -0.8), 2 * turn - 1])
    x = drawn[kind, np.arange(N)] + noise * rng.standard_normal((N, T))
    return x[..., None].astype(np.float32), kind, period.astype(np.float32)


def next_values(rng, N, T=40):
    x, _, _ = draw_waves(rng, N, T + 1)
    return x[:, :-1], x[:, 1:]  # inputs and targets: the same values, one step apart


rng = np.random.default_rng(5)
forecaster = skeleton_params(rng, None, 1, 32, 1)
train_skeleton(forecaster, lambda: next_values(rng, 64), 500, loss=squared_error, lr=1e-2)

x, targets = next_values(np.random.default_rng(6), 1000)
forecast, _ = skeleton_forward(forecaster, x)
K = 20


def windows(x, targets):
    """All windows of K values with a 1 beside them, and the value that follows each."""
    cut = np.lib.stride_tricks.sliding_window_view(x[..., 0], K, axis=1)  # (N, T - K + 1, K)
    return np.concatenate([cut, np.ones_like(cut[..., :1])], axis=2), targets[:, K - 1 :, 0]


A, b = windows(*next_values(np.random.default_rng(16), 1000))
weights = np.linalg.lstsq(A.reshape(-1, K + 1), b.ravel())[0]
A, b = windows(x, targets)
misses = {
    "last value": x[:, K - 1 :, 0] - b,
    f"weighted sum of {K}": A @ weights - b,
    "recurrent net": forecast[:, K - 1 :, 0] - b,
}
rmse = {name: float(np.sqrt(np.mean(miss**2))) for name, miss in misses.items()}
print("root of the mean squared error, from step 20 on:")
print("   ".join(f"{name} {value:.3f}" for name, value in rmse.items()))
square = 1
_, kinds, _ = draw_waves(np.random.default_rng(6), 1000, 41)
n = int(np.flatnonzero(kinds == square)[0])
plots.curves(
    np.arange(1, 41),
    {"what came": targets[n, :, 0], "forecast one step before": forecast[n, :, 0]},
    "step",
    "value",
    title="A square wave with noise, and the net's forecasts",
).legend_below()

# %% [markdown]
# Look at the first steps and at the later ones. The net is not told what wave it reads. It has to find that out from
# what has come so far, and its state carries it on.
#
# ## One in, many out
#
# One-to-many: an image goes in once, a sentence comes out. Our images are scenes of two real digits, the captions are like *seven left of
# two*, or *seven twice*. The scene sets the initial state, through one layer: $h_0 = \tanh(s\,W_s + b_s)$. At each step the net says how
# likely each word is to come next, and it reads the word before: a forecast one step ahead, of words.
#
# Two marks are needed besides the words. The net must predict the first word before it has read any: there it reads a
# [start mark](glossary). And it must say when it is done: its last prediction is the [end mark](glossary).

# %% show
pairs_seen, pairs_kept = digits.pairs(), digits.pairs(held_out=True)
print(
    f"{len(pairs_seen)} pairs to train on; {len(pairs_kept)} pairs that no training scene shows, such as",
    end=" ",
)
print(", ".join(f"{a} and {b}" for a, b in pairs_kept[:4]), "\n")
scenes, captions = digits.scenes(
    np.random.default_rng(2),
    digits.load()[0],
    6,
    [(7, 2), (4, 4), (0, 9), (3, 8), (1, 1), (5, 6)],
)
plots.images(
    [np.hstack(scene.reshape(2, 8, 8)) for scene in scenes],
    [" ".join(digits.WORDS[k] for k in caption) for caption in captions],
    columns=3,
)

# %% [markdown]
# ## Exercise 8.4: shifted by one
# <!-- effort: shape-shift -->
#
# Write `shift_by_one(captions, start, end)`. `captions` is a list of N lists of ids, of different lengths, and a caption may be empty.
# `start` and `end` are the ids of the two marks. Return three arrays of the shape (N, T), with T the number of words of the longest
# caption plus 1:
#
# - `inputs`: what the net reads, the start mark and then the caption;
# - `targets`: what it shall predict at the same step, the caption and then the end mark;
# - `mask`: True at the real steps (the end mark is one of them), False at the padding.
#
# Padding stands at the end of a row and holds 0 in `inputs` and `targets`. 0 is the id of a word, too. The caller's lists stay as
# they are.
#
# A tiny instance: `shift_by_one([[5, 6], [7]], start=8, end=9)` has the inputs `[[8, 5, 6], [8, 7, 0]]`.


# %% exercise="shape-shift"
def shift_by_one(captions, start, end):
    """A list of N lists of ids and two ids -> inputs, targets, mask, each (N, T)."""
    ### BEGIN SOLUTION
    lengths = np.array([len(caption) + 1 for caption in captions])
    mask = np.arange(lengths.max()) < lengths[:, None]
    inputs, targets = np.zeros(mask.shape, int), np.zeros(mask.shape, int)
    for n, caption in enumerate(captions):
        inputs[n, : lengths[n]] = [start, *caption]
        targets[n, : lengths[n]] = [*caption, end]
    return inputs, targets, mask
    ### END SOLUTION


# %% check="shape-shift"

# %% show
rng = np.random.default_rng(6)
captioner = skeleton_params(rng, len(digits.WORDS), 16, 64, len(digits.WORDS), scene=128)


def captioned():
    scenes, captions = digits.scenes(rng, digits.load()[0], 64, pairs_seen)
    return *shift_by_one(captions, digits.START, digits.END), scenes


history = train_skeleton(captioner, captioned, 1500)
print(history)


def write_captions(params, scenes, most=6):
    """The likeliest word is taken at each step and read at the next one, until the end mark: lists of ids."""
    h = np.tanh(scenes @ params["W_s"] + params["b_s"])
    read, written = np.full(len(scenes), digits.START), []
    for _ in range(most):
        x, _ = embed_forward(read, params["E"])
        h = np.tanh(x @ params["W_xh"] + h @ params["W_hh"] + params["b"])
        read = (h @ params["W_hy"] + params["b_y"]).argmax(axis=1)
        written.append(read)
    rows = np.stack(written, axis=1).tolist()
    return [row[: row.index(digits.END)] if digits.END in row else row for row in rows]


# %% [markdown]
# To judge a caption, each word counts: one wrong word, or a missing end, makes it wrong. This is the share of
# [exact matches](glossary). Three kinds of scenes: digits that were used in training, digits of the second half in pairs that
# were seen, and such digits in pairs that were never seen.

# %% show
kinds_of_scenes = {
    "training digits": (digits.load()[0], pairs_seen),
    "new digits,\nknown pairs": (digits.load()[1], pairs_seen),
    "new digits,\nnew pairs": (digits.load()[1], pairs_kept),
}
matched = []
for of_digits, pairs in kinds_of_scenes.values():
    scenes, captions = digits.scenes(np.random.default_rng(8), of_digits, 1000, pairs)
    written = write_captions(captioner, scenes)
    matched.append(np.mean([a == b for a, b in zip(written, captions, strict=True)]))
print("exact matches:", "   ".join(f"{m:.1%}" for m in matched))
print(f"two single digits, each read as well as at the top of the notebook: {one_right**2:.1%}")
plots.bars(
    list(kinds_of_scenes),
    {"share": matched},
    "scenes",
    "share of captions right as a whole",
    title="Captions of two digits",
)

# %% show
plots.images(
    [np.hstack(scene.reshape(2, 8, 8)) for scene in scenes[:9]],
    [
        f"{'' if a == b else 'WRONG: '}{' '.join(digits.WORDS[k] for k in a)}"
        for a, b in zip(written[:9], captions[:9], strict=True)
    ],
    columns=3,
)

# %% [markdown]
# A pair that was never seen together needs two words that were each learned with other partners. The last bar says how far that went
# here; compare it with the bar before it. The digits always stood at the same two places; nothing else was tried. While it was
# trained, this net read the true word before each prediction; now it reads its own. What that changes is a question for the next
# notebook.
#
# **A good place to stop.**
#
# ## The skeleton as one function
#
# Four of the five shapes have been trained, each with the same kind of cell and output layer. Now you write them down as one function, forwards
# only.
#
# ## Exercise 8.5: one net, four of the five shapes
# <!-- effort: shape-skeleton -->
#
# Write `shaped_outputs(shape, x, mask, params)`. `x` is (N, T, D), `mask` (N, T) marks the real steps, `params` holds the weights of a
# cell and an output layer, $y = h\,W_{hy} + b_y$. `run_cell(x, params)` from the top of the notebook gives all states.
#
# - `"one-to-one"`: the input of step 0 goes in, its output comes out, (N, V). **This one is shown whole.**
# - `"aligned many-to-many"`: all inputs go in, an output comes out at every step, (N, T, V), and exactly 0 stands at the padding. **This
#   one is half done**: the states are there.
# - `"many-to-one"`: all inputs go in; the output at each row's last real step, (N, V). Use your `last_real`. An empty row has the
#   output of a state of zeros.
# - `"one-to-many"`: the input of step 0 goes in, then zeros at the other T - 1 steps; an output at every step, (N, T, V). The
#   mask says nothing about these outputs.
#
# The caller's arrays stay as they are.


# %% exercise="shape-skeleton"
def shaped_outputs(shape, x, mask, params):
    """One of four shapes, x (N, T, D), mask (N, T), a dict of weights -> y (N, V) or (N, T, V)."""
    if shape == "one-to-one":
        return run_cell(x[:, :1], params)[:, 0] @ params["W_hy"] + params["b_y"]
    h = run_cell(x, params)  # (N, T, H), for the shapes that read everything
    ### BEGIN SOLUTION
    if shape == "many-to-one":
        return last_real(h, mask) @ params["W_hy"] + params["b_y"]
    if shape == "one-to-many":
        later = np.zeros_like(x)
        later[:, 0] = x[:, 0]
        return run_cell(later, params) @ params["W_hy"] + params["b_y"]
    return (h @ params["W_hy"] + params["b_y"]) * mask[..., None]
    ### END SOLUTION


# %% check="shape-skeleton"

# %% [markdown]
# ## Class, number, forecast: does that decide the net?
#
# Decide first between classification, regression and forecasting, says one introduction: that decides which net to use. Put it to the
# test with one set of waves and three questions about them:
#
# - **which kind** of wave is it, sine, square or saw? A classification, many-to-one;
# - **how long** is its period, in steps? A regression, many-to-one;
# - **what comes next**, at every step? A forecast, aligned many-to-many.
#
# Number of units, optimizer, number of steps: the same for all. Only the output layer's width, the loss and the read-out differ.
# Two cells are tried, the tanh cell and the GRU of lesson 7. To put three different measures into one picture, each is divided by
# that of a simple rule: always the commonest kind, always the mean period, the last value once more.


# %% show
def wave_job(question, rng, N, T=40):
    """Inputs and targets for one of the three questions about waves."""
    x, kind, period = draw_waves(rng, N, T + 1)
    return x[:, :-1], {
        "which kind": kind,
        "how long": (period - 10) / 4,
        "what comes next": x[:, 1:],
    }[question]


QUESTIONS = {  # question: numbers that come out, loss, read-out
    "which kind": (3, cross_entropy, last_step),
    "how long": (1, squared_error, last_step),
    "what comes next": (1, squared_error, every_step),
}
missed = {"tanh": [], "GRU": []}
for question, (outputs, loss, read) in QUESTIONS.items():
    for name, cell in (("tanh", TANH), ("GRU", GRU)):
        rng = np.random.default_rng(11)
        net = net_params(rng, cell, 1, 32, outputs, dtype=np.float32)
        batches = (wave_job(question, rng, 64) for _ in range(400))
        fit(
            partial(read, cell, loss=loss),
            net,
            batches,
            Adam(1e-2),
            clip=1.0,
            steps=400,
            decay=0.1,
        )
        x, targets = wave_job(question, np.random.default_rng(12), 1000)
        y, _, _ = net_forward(cell, net, x, last=read is last_step)
        if question == "which kind":
            error, rule = (
                np.mean(y.argmax(axis=1) != targets),
                1 - np.bincount(targets).max() / len(targets),
            )
        else:
            guess = targets.mean() if question == "how long" else x
            error, rule = (np.sqrt(np.mean((a - targets) ** 2)) for a in (y, guess))
        missed[name].append(error / rule)
        print(f"{question:16} {name:5} error {error:.3f}   the rule's {rule:.3f}")
plots.bars(
    list(QUESTIONS),
    missed,
    "question about the same waves",
    "error, as a share of the rule's",
    title="One skeleton, three questions, two cells",
)

# %% [markdown]
# The word classification, regression or forecasting told us the output layer, the loss and the targets. It did not tell the cell:
# on these waves both cells answered all three questions better than the rules. And it did not tell the shape either, since
# a forecast can be asked for once, at the end, or at every step.
#
# ## The fifth picture
#
# English in, Japanese out: other words, another number of them, another order. No output belongs to the input of its own
# step, so an aligned net has no target for its steps. This is unaligned many-to-many. One way to build it is out
# of parts that you have: a many-to-one net reads, its last state is the initial state of a one-to-many net that writes. This is called
# [encoder-decoder](glossary), and the [next notebook](encoder_decoder.ipynb) builds one.
#
# ## Exercise 8.6a: twelve jobs
# <!-- effort: shape-twelve-jobs -->
#
# For each job, which shape is the plainest that fits? Set `jobs` to a dict with the letters a to l, each with one of `"one-to-one"`,
# `"one-to-many"`, `"many-to-one"`, `"aligned many-to-many"`, `"unaligned many-to-many"`.
#
# | | goes in | wanted |
# |---|---|---|
# | a | a film review, word by word | one to five stars |
# | b | an English sentence | the same in Japanese |
# | c | a photo | is there a cat in it? |
# | d | a sentence | for each word: noun, verb or something else |
# | e | a photo | a sentence that describes it |
# | f | a spoken sentence, 100 measurements a second | its letters |
# | g | the sales of thirty days | the sales of day 31 |
# | h | heart rate, once a second | for each second: asleep or awake, at once |
# | i | a style, chosen at the start | a melody of 64 notes |
# | j | a long article | a summary of two sentences |
# | k | age, height and weight of a person | blood pressure |
# | l | sales, day by day | after each day: the sales of the next day |
#
# The picture below has all five shapes at work, step by step, with your `last_real`, your `shift_by_one` and three of the nets that
# you trained; the two other nets are trained for the picture. Three things to try, each with a guess first:
#
# - many-to-one, sequence 2: go on into the padding. Does the net say something there? Does the loss look?
# - *take padding for real*: at which step is the answer read now? Over how many outputs is the loss of the aligned shape a mean?
# - unaligned: type `the cat sees the dog`, then leave a word out. What passes from the reading part to the writing part?
#
# Below it lie the twelve jobs. Drag each onto its shape, or choose a job and then a shape with the keyboard. The grader sees no
# pictures: copy the line that begins with `jobs =` into the cell of the exercise.

# %% show
from IPython.display import display

from rnn_core.widgets import ShapePicker

picker = ShapePicker(
    {
        "a": "a film review, word by word → one to five stars",
        "b": "an English sentence → the same in Japanese",
        "c": "a photo → is there a cat in it?",
        "d": "a sentence → for each word: noun, verb or something else",
        "e": "a photo → a sentence that describes it",
        "f": "a spoken sentence, 100 measurements a second → its letters",
        "g": "the sales of thirty days → the sales of day 31",
        "h": "heart rate, once a second → for each second: asleep or awake, at once",
        "i": "a style, chosen at the start → a melody of 64 notes",
        "j": "a long article → a summary of two sentences",
        "k": "age, height and weight of a person → blood pressure",
        "l": "sales, day by day → after each day: the sales of the next day",
    },
    last_real,
    shift_by_one,
    nets={
        "many-to-one": judge,
        "aligned many-to-many": tagger,
        "one-to-many": captioner,
    },
)
display(picker)  # picker.chosen holds what you have laid so far

# %% exercise="shape-twelve-jobs"
# jobs = {"a": "…", "b": "…", and so on}
### BEGIN SOLUTION
jobs = {
    "a": "many-to-one",
    "b": "unaligned many-to-many",
    "c": "one-to-one",
    "d": "aligned many-to-many",
    "e": "one-to-many",
    "f": "unaligned many-to-many",
    "g": "many-to-one",
    "h": "aligned many-to-many",
    "i": "one-to-many",
    "j": "unaligned many-to-many",
    "k": "one-to-one",
    "l": "aligned many-to-many",
}
### END SOLUTION

# %% check="shape-twelve-jobs"

# %% [markdown]
# The reasons, for those that are right so far:

# %% show
from autograder.checks.shapes.five_shapes.jobs import reasons

print(reasons(globals().get("jobs")))

# %% [markdown]
# One introduction has four examples: a caption for an image (one-to-many), a class for a document (many-to-one), a label for each frame
# of a video (aligned), and, with a delay between input and output, the demand in a supply chain. You have run a small one of each shape:
# captions, labels of sentences, a tag for each word, and a forecast, whose target lies one step later. Videos and demand come in the labs.
#
# ## Exercise 8.6b: in words
# <!-- effort: shape-what-decides -->
#
# A colleague has the sales of 26 weeks for each of many shops and wants the sales of week 27. She says: *this is forecasting and not
# regression, so I need another kind of net.* Answer her. What do the words classification, regression and forecasting decide, and what do
# they not decide? Which shape and which loss would you take for her job, and how would you choose the cell?
#
# Then take two of the twelve jobs, of two different shapes, and give your reason for each: what tells its shape, and what would be missing
# with another one?

# %% answer="shape-what-decides"

# %% [markdown]
# ## What was shown, and what was not
#
# - One kind of net, four of the five shapes. A shape is a choice of the steps at which something goes in and of the outputs that are looked at. The
#   list of five sorts by *when*; it does not say what is asked for, and one job, such as a forecast, can be put into more than one shape.
# - The rows of an embedding get the sum of the shares of all places where their word stands.
# - A short row of a padded batch has its true end before the last column. A net that was trained on the last column learned all the
#   same, but its answers depended on the number of columns.
# - In this grammar a sentence had to be read to its end to be judged rightly each time. Reading from the back helped where filler
#   stood behind the sentence. Where much of it stood before the sentence, it harmed.
# - Not shown: that any of this holds for real sentences; the grammar was ours. The captions were of two digits at fixed places. Each live net was
#   trained once, with one start. The fifth shape is still to come.
#
# ## Five questions
#
# After them comes the next notebook: [encoder_decoder](encoder_decoder.ipynb).

# %% recall="shape-true-end shape-shift-pair shape-embedding-sum bptt-average-padding cell-softmax-place"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
