# %% [markdown]
# # How well can a small net guess the next character?
#
# **Lesson 3, second of two notebooks** (first: [gradient_by_hand](gradient_by_hand.ipynb)). About three and a half hours, with four places to stop.
#
# You need: the gradient by hand, from the first notebook of this lesson; softmax, cross-entropy and bits from lesson 0; the
# character model and its chunks from lesson 2.
#
# Afterwards you can train on sequences of unequal length, train on a text that is longer than any gradient can reach, keep
# the steps of a training run from exploding, and say how good the result is beside models that only count.

# %%
import os

# products this small are faster on one thread than on two
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution
from rnn_core.activations import log_softmax, softmax
from rnn_core.data.text import Vocabulary, load_text, ngram_bits, split
from rnn_core.init import rnn_params
from rnn_core.sequence import stream_batches

text = load_text()
vocabulary = Vocabulary(text)
train_ids, test_ids = split(vocabulary.encode(text), held_out=0.1)

# %% [markdown]
# The text is real English: the help pages that come with Python. The last tenth is the [held-out text](glossary): no model
# learns from it, and all are judged on it.
#
# The models to beat only count. An [n-gram model](glossary) counts in the training text how often each character follows
# the $n - 1$ characters before it. With $n = 3$ it is a [trigram](glossary): it looks at two characters and guesses the
# third. The measure is [bits a character](glossary): the mean cross-entropy for each character, in bits.

# %% show
import time

from rnn_core import plots

V = len(vocabulary)
print(f"{len(text):,} characters, {V} different ones. Somewhere in the middle:\n")
print(text[200_000:200_400], "\n")
start = time.perf_counter()
ngrams = {n: ngram_bits(train_ids, test_ids, n, V) for n in (1, 2, 3, 4)}
counting = time.perf_counter() - start
names = ["no idea", "n = 1", "n = 2", "n = 3 (trigram)", "n = 4"]
plots.bars(
    names,
    {"bits": [np.log2(V), *ngrams.values()]},
    "model",
    "bits a character, held-out text",
    title="Models that count",
)

# %% [markdown]
# "No idea" is a model that finds all characters equally likely. At the end of this notebook a net of yours is measured
# against these models. Four things are missing until then: unequal lengths, long texts, safe steps, and a test that the
# program can learn at all.
#
# ## Unequal lengths
#
# A batch is an array, and its rows have one length. Real sequences do not. So short ones are filled up at the end: the
# filling is called [padding](glossary). A [mask](glossary) of the shape (N, T) says what is real: True at real
# positions, False at the padding. Here the padding is a character that happens to have the id 0.


# %% show
lines = ["a step back", "in", "", "time"]
lengths = np.array([len(line) for line in lines])
mask = np.arange(lengths.max()) < lengths[:, None]
for line, row in zip(lines, mask, strict=True):
    print(f"{line:12}|", " ".join("1" if real else "." for real in row))
print(f"\nreal positions: {mask.sum()} of {mask.size}")

# %% [markdown]
# One row is empty. That happens, for instance when a long batch is cut into pieces, and programs have to live with it.
#
# ## Exercise 3.8: a loss that counts what is real
# <!-- effort: bptt-masked-loss -->
#
# The [masked loss](glossary) is the mean over the real positions alone. With $M$ of them,
#
# $$L = -\frac{1}{M} \sum_{(n,t)\ \text{real}} \log p_{n,t}[\,\text{target}_{n,t}\,],
# \qquad \frac{dL}{d\,\text{logits}_{n,t}} = \begin{cases} \frac1M (p_{n,t} - \text{onehot}_{n,t}) & \text{real} \\ 0 & \text{padding} \end{cases}$$
#
# with $p = \operatorname{softmax}(\text{logits})$ along the last axis. Write `masked_cross_entropy(logits, targets, mask)`.
#
# - `logits` (N, T, V), `targets` (N, T) whole numbers below V, `mask` (N, T) of booleans. At the padding, `targets` holds some
#   id, and it does not count. At least one position is real; a row may be empty.
# - Returns `loss`, a number in nats, and `dlogits` (N, T, V). The caller's arrays stay unchanged.
# - `log_softmax(a)` and `softmax(a)` are imported. They are safe for logits of any size.


# %% exercise="bptt-masked-loss"
def masked_cross_entropy(logits, targets, mask):
    """logits (N, T, V), targets (N, T), mask (N, T) -> loss in nats, dlogits (N, T, V)."""
    ### BEGIN SOLUTION
    onehot = np.eye(logits.shape[-1], dtype=logits.dtype)[targets]
    log_p = log_softmax(logits)
    M = int(mask.sum())  # a plain number: float32 stays float32
    loss = -np.sum(log_p * onehot * mask[..., None]) / M
    return loss, (np.exp(log_p) - onehot) * mask[..., None] / M
    ### END SOLUTION


# %% check="bptt-masked-loss"

# %% [markdown]
# What would happen with a mean over *all* positions, the terms of the padding being zero? Here four rows as long as the
# lines above, with logits drawn at random, are filled up to more and more steps. What is real stays the same; only the
# padding grows.

# %% show
rng = np.random.default_rng(1)
longest = 40
logits, targets = rng.standard_normal((4, longest, V)), rng.integers(0, V, (4, longest))
steps = np.arange(11, longest + 1)
right, wrong = [], []
for T in steps:
    filled = np.arange(T) < lengths[:, None]
    loss, _ = masked_cross_entropy(logits[:, :T], targets[:, :T], filled)
    right.append(loss)
    wrong.append(loss * filled.sum() / filled.size)
plots.curves(
    steps,
    {"mean over the real positions": right, "mean over all positions": wrong},
    "steps that the rows are filled up to",
    "loss (nats)",
    title="The same four rows",
)

# %% [markdown]
# **A good place to stop.**
#
# ## Padding keeps the state
#
# The cell must not run on padding either. A row that has ended keeps its state until the batch ends. Then `h[:, -1]` is
# the last real state of *every* row, and of an empty row it is the initial state.
#
# $$h'_n = \begin{cases} \tanh(x_n W_{xh} + h_n W_{hh} + b) & \text{row } n \text{ is real at this step} \\ h_n & \text{padding} \end{cases}$$
#
# Backwards, each row goes the way that it came. A real row goes through tanh and the products. At the padding $h'$ was a
# copy of $h$, so the gradient is handed on as it is, and neither the input nor the weights get a share.
#
# ## Exercise 3.9: a step with a mask
# <!-- effort: bptt-masked-step -->
#
# Write both directions. `real` (N,) of booleans is one column of the mask.
#
# - `masked_step_forward(x, h, W_xh, W_hh, b, real)` returns `h_next` (N, H) and the cache
#   `(x, h, W_xh, W_hh, candidate, real)`. `candidate` (N, H) is the tanh of *every* row, before choosing.
# - `masked_step_backward(dh_next, cache)` gets `dh_next` (N, H) and such a cache. It returns `dx` (N, D), `dh` (N, H), `dW_xh`
#   (D, H), `dW_hh` (H, H), `db` (H,), in this order.
# - The gradients of the weights are sums over rows. The caller's arrays stay unchanged.


# %% exercise="bptt-masked-step"
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    """x (N, D), h (N, H), real (N,) -> h_next (N, H) and the cache of masked_step_backward."""
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    ### BEGIN SOLUTION
    h_next = np.where(real[:, None], candidate, h)
    ### END SOLUTION
    return h_next, (x, h, W_xh, W_hh, candidate, real)


def masked_step_backward(dh_next, cache):
    """dh_next (N, H) and the cache -> dx (N, D), dh (N, H), dW_xh (D, H), dW_hh (H, H), db (H,)."""
    x, h, W_xh, W_hh, candidate, real = cache
    ### BEGIN SOLUTION
    da = real[:, None] * dh_next * (1 - candidate**2)
    dh = da @ W_hh.T + ~real[:, None] * dh_next
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(axis=0)
    ### END SOLUTION


# %% check="bptt-masked-step"

# %% [markdown]
# Your step, run over the four lines from above. A row of the picture is one line, and the colour is the state of one unit.
# After the end of a line the colour stays. Above the picture stands a [gradient check](glossary) of the whole ragged batch.

# %% show
# Set-up, check and drawing: no need to read this cell.
from rnn_core.gradcheck import check_directions

H, T = 5, mask.shape[1]
shapes = {"x": (4, T, 3), "h0": (4, H), "W_xh": (3, H), "W_hh": (H, H), "b": (H,)}
small = {name: 0.45 * rng.standard_normal(shape) for name, shape in shapes.items()}
R = rng.standard_normal((4, H))


def run_masked(x, h0, W_xh, W_hh, b):
    """The states (N, T, H) of a batch with this mask, and the step caches."""
    h, states, caches = h0, [], []
    for t in range(T):
        h, cache = masked_step_forward(x[:, t], h, W_xh, W_hh, b, mask[:, t])
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches


states, caches = run_masked(**small)
# the loss: last state times R
grads, carried = {"x": np.zeros((4, T, 3)), "W_xh": 0, "W_hh": 0, "b": 0}, R
for t in reversed(range(T)):
    grads["x"][:, t], carried, *shares = masked_step_backward(carried, caches[t])
    for name, share in zip(("W_xh", "W_hh", "b"), shares, strict=True):
        grads[name] = grads[name] + share
grads["h0"] = carried
errors = check_directions(
    lambda params: np.sum(run_masked(**params)[0][:, -1] * R), small, grads, rng
)
print("largest error of the gradient check:", f"{max(errors.values()):.1e}")
plots.heatmap(
    np.concatenate([small["h0"][:, None, 3], states[:, :, 3]], axis=1),
    [f"{line!r}" for line in lines],
    range(T + 1),
    "step (0: the initial state)",
    "line",
    "state of one unit",
    alt="Map of the state of one unit for four lines over the steps. Each row keeps its colour after the end of its line; "
    "the row of the empty line has one colour throughout.",
)

# %% [markdown]
# **A good place to stop.**
#
# Sentences, names and melodies need padding, and later lessons use them. The text of this lesson needs none: it is one long
# sequence. It has another difficulty.
#
# ## A text that does not end
#
# The training text is one sequence of several hundred thousand steps. To take a gradient through all of it for a single
# change of the weights is out of the question. So the text is read in chunks, as in lesson 2. The last state of a chunk is
# the initial state of the next: the *values* are carried on. The *gradient* of a chunk ends at its initial state, which is
# taken as given. This is [truncated backpropagation](glossary).
#
# The reading part is given. `read_chunk` is the character model of lesson 2: a one-hot vector times `W_xh` is a row
# of `W_xh`, so the row is picked instead of multiplied.


# %%
def read_chunk(params, inputs, h0):
    """inputs (N, T) ids, h0 (N, H) -> h (N, T, H), the state after each step, and logits (N, T, V)."""
    a = params["W_xh"][inputs] + params["b"]  # (N, T, H)
    h, states = h0, []
    for t in range(inputs.shape[1]):
        h = np.tanh(a[:, t] + h @ params["W_hh"])
        states.append(h)
    h = np.stack(states, axis=1)
    return h, h @ params["W_hy"] + params["b_y"]


# %% [markdown]
# ## Exercise 3.10: the gradient of a chunk
# <!-- effort: bptt-chunk -->
#
# Write `chunk_gradients(params, inputs, targets, h0)`. It is [backpropagation through time](glossary) once more, now with
# ids as input, an output at every step, and all positions real.
#
# - `params`: a dict of `W_xh` (V, H), `W_hh` (H, H), `b` (H,), `W_hy` (H, V), `b_y` (V,). `inputs` and `targets` (N, T) are ids;
#   `h0` (N, H).
# - Returns `loss`, the mean cross-entropy over all `N * T` positions in nats; `grads`, a dict of its gradients with the five
#   names; and `h_last` (N, H), the state after the last step.
# - The caller's arrays and dict stay unchanged.
#
# The first two lines are given. What is left:
#
# $$dh = d\text{logits}\; W_{hy}^{\top}, \qquad dW_{hy} = \sum_{n,t} h_{n,t}^{\top}\, d\text{logits}_{n,t}$$
#
# $$da_t = (dh_t + \underbrace{da_{t+1} W_{hh}^{\top}}_{\text{from the future}}) \odot (1 - h_t^2), \qquad dW_{hh} = \sum_{n,t} h_{n,t-1}^{\top}\, da_{n,t}$$
#
# where the state before the first step is `h0`, and at the last step nothing comes from the future. `db` and `db_y` are sums over $n$ and $t$. For `W_xh`: each position
# adds its $da_{n,t}$ to the row of its character. If the character 2 is read twice, row 2 gets two shares.
#
# Speed matters here, since this function will be called a few thousand times. Keep the loop small: only $da$ needs it. The
# sums over $n$ and $t$ are each one product after the loop, with `.reshape(N * T, -1)`. Make every new array of the
# type of `h`, as `np.zeros_like(h)` and `np.eye(V, dtype=h.dtype)` do: the training run uses float32, and from float32
# arrays the gradients of `W_xh`, `W_hh` and `b` must come out as float32. (Is your `dlogits` float64 there?
# `dlogits.astype(h.dtype)` makes it fit.)


# %% exercise="bptt-chunk"
def chunk_gradients(params, inputs, targets, h0):
    """params, inputs and targets (N, T), h0 (N, H) -> loss, grads (a dict like params), h_last (N, H)."""
    h, logits = read_chunk(params, inputs, h0)
    loss, dlogits = masked_cross_entropy(logits, targets, np.ones(inputs.shape, dtype=bool))
    ### BEGIN SOLUTION
    (N, T, H), V = h.shape, logits.shape[-1]
    dlogits = dlogits.reshape(N * T, V)
    dh = (dlogits @ params["W_hy"].T).reshape(N, T, H)
    da, slope, carried = np.zeros_like(h), 1 - h**2, 0
    for t in reversed(range(T)):
        da[:, t] = (dh[:, t] + carried) * slope[:, t]
        carried = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1).reshape(N * T, H)
    da = da.reshape(N * T, H)
    onehot = np.eye(V, dtype=h.dtype)[inputs.ravel()]
    grads = {
        "W_xh": onehot.T @ da,
        "W_hh": before.T @ da,
        "b": da.sum(axis=0),
        "W_hy": h.reshape(N * T, H).T @ dlogits,
        "b_y": dlogits.sum(axis=0),
    }
    return loss, grads, h[:, -1]
    ### END SOLUTION


# %% check="bptt-chunk"

# %% [markdown]
# A gradient check of your chunk, on a small model:

# %% show
small = rnn_params(rng, 7, 5, 7)
ids, start = rng.integers(0, 7, (3, 9)), np.tanh(rng.standard_normal((3, 5)))
_, grads, _ = chunk_gradients(small, ids[:, :-1], ids[:, 1:], start)
errors = check_directions(
    lambda params: chunk_gradients(params, ids[:, :-1], ids[:, 1:], start)[0], small, grads, rng
)
for name, error in errors.items():
    print(f"{name:5} {error:.1e}")

# %% [markdown]
# ## Exercise 3.11: what does the cut leave out?
# <!-- effort: bptt-truncated -->
#
# To see it, hold the weights still and compare: one long chunk of T steps against the same steps in short chunks.
#
# Write `truncated_gradients(params, inputs, targets, h0, size)`. It walks over the T steps in chunks of `size` (T is a
# multiple of `size`), each with your `chunk_gradients`. The first chunk begins with `h0`, each later one with the
# state that the one before ended with. The weights do not change on the way.
#
# It returns `loss`, the mean over all T steps in nats, and `grads`, a dict with the mean of the chunks' gradients. All chunks
# have the same length, so both are plain means over the chunks. The caller's arrays stay unchanged.


# %% exercise="bptt-truncated"
def truncated_gradients(params, inputs, targets, h0, size):
    """As chunk_gradients, in chunks of `size` steps with carried state -> loss, grads."""
    ### BEGIN SOLUTION
    chunks, h = inputs.shape[1] // size, h0
    loss, grads = 0.0, {name: np.zeros_like(p) for name, p in params.items()}
    for t in range(0, inputs.shape[1], size):
        part, g, h = chunk_gradients(
            params, inputs[:, t : t + size], targets[:, t : t + size], h
        )
        loss += part / chunks
        for name in grads:
            grads[name] += g[name] / chunks
    return loss, grads
    ### END SOLUTION


# %% check="bptt-truncated"

# %% [markdown]
# The loss is the same for every size, since the values are. The gradient is not. The picture shows, for the
# recurrent weights, how far the truncated gradient points away from the full one: the cosine of the angle between the two, 1
# for the same direction. The model is freshly started.

# %% show
sizes = [1, 2, 3, 5, 10, 20, 30, 60]
ids = train_ids[: 16 * 61].reshape(16, 61)


def cosines(params):
    """For each size, the cosine between truncated and full gradient of W_hh; and the losses."""
    h0 = np.zeros((16, len(params["W_hh"])))
    losses, grads = zip(
        *(truncated_gradients(params, ids[:, :-1], ids[:, 1:], h0, size) for size in sizes),
        strict=True,
    )
    full = grads[-1]["W_hh"]
    return [
        np.sum(g["W_hh"] * full) / np.linalg.norm(g["W_hh"]) / np.linalg.norm(full)
        for g in grads
    ], losses


fresh, losses = cosines(rnn_params(np.random.default_rng(2), V, 64, V))
print(f"loss: from {min(losses):.12f} to {max(losses):.12f} nats")
plots.bars(
    sizes,
    {"freshly started": fresh},
    "steps in a chunk",
    "cosine to the full gradient",
    title="Gradient of the recurrent weights, 60 steps",
)

# %% [markdown]
# **A good place to stop.**
#
# ## Steps that are not too long
#
# On the way back the gradient is multiplied at every step, and the product can get long. A step along a long gradient is
# long as well, and may lead far away from what was learned. [Gradient clipping](glossary) limits the length of
# the whole gradient, of all arrays together. This length is called the global norm:
#
# $$\lVert g \rVert = \sqrt{\textstyle\sum_{\text{arrays}} \sum_i g_i^2}, \qquad
# g \leftarrow g \cdot \min\!\Big(1, \frac{\text{limit}}{\lVert g \rVert}\Big)$$
#
# ## Exercise 3.12: clip by the global norm
# <!-- effort: bptt-clip -->
#
# Write `clip_by_global_norm(grads, max_norm)`. `grads` is a dict of arrays. It returns a dict with the same names,
# every array multiplied by the same factor, and the norm *before* clipping. A gradient that is not longer than
# `max_norm` keeps its numbers, and one of all zeros stays as it is. The factor is exactly $\min(1, \text{limit} /
# \lVert g \rVert)$ with `max_norm` as the limit, and with nothing added to the norm. The caller's dict and arrays stay as they are.
#
# A tiny instance: `{"a": [3.0], "b": [4.0]}` has the norm 5. With `max_norm=1` it becomes `{"a": [0.6], "b": [0.8]}`.


# %% exercise="bptt-clip"
def clip_by_global_norm(grads, max_norm):
    """A dict of arrays and a limit -> a dict of arrays, and the norm before clipping."""
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: factor * g for name, g in grads.items()}, float(norm)
    ### END SOLUTION


# %% check="bptt-clip"

# %% [markdown]
# ## Exercise 3.13: ten characters first
# <!-- effort: bptt-ten -->
#
# Before a long run comes a short one: can the program learn ten characters by heart? If not, no amount of text will help, and
# the fault is found in a second.
#
# Write `overfit(ids, V, rng)`. `ids` is an array of ten ids below V. Start a model with `rnn_params(rng, V, H, V)`, H of your
# choice (32 will do). Read the ids as one row, from an initial state of zeros: the input is each id but the last, the target is
# the id that follows. Take plain gradient steps with your `chunk_gradients` and `clip_by_global_norm` until the model
# knows them, and return `params`.
#
# It is judged by what the model predicts: reading the ids from a state of zeros, the right next one must be the
# likeliest at all nine places, with a probability of at least 0.8. A hundred steps with a learning rate between
# 0.3 and 1 are enough. Aim for well under a second; a call is stopped after about five seconds.


# %% exercise="bptt-ten"
def overfit(ids, V, rng):
    """ids (10,), the size of the vocabulary, a random generator -> params of a model that knows them by heart."""
    ### BEGIN SOLUTION
    params = rnn_params(rng, V, 32, V)
    inputs, targets, h0 = ids[None, :-1], ids[None, 1:], np.zeros((1, 32))
    for _ in range(100):
        _, grads, _ = chunk_gradients(params, inputs, targets, h0)
        grads, _ = clip_by_global_norm(grads, 1.0)
        for name in params:
            params[name] -= 0.5 * grads[name]
    return params
    ### END SOLUTION


# %% check="bptt-ten"

# %% show
word = "abracadabr"
letters = Vocabulary(word)
known = overfit(letters.encode(word), len(letters), np.random.default_rng(4))
_, logits = read_chunk(
    known, letters.encode(word)[None, :-1], np.zeros((1, len(known["W_hh"])))
)
for place, p in enumerate(softmax(logits)[0], 1):
    print(
        f"{word[:place]:10} -> {letters.characters[p.argmax()]}   (probability {p.max():.3f}; right: {word[place]})"
    )

# %% [markdown]
# After an `a` comes `b`, `c` or `d`. Which one, the model can only know from its state.
#
# **A good place to stop.** What remains is the long run.
#
# ## Exercise 3.14: bits a character
# <!-- effort: bptt-bits -->
#
# A long text is scored chunk by chunk, and the last chunk is often shorter. Write `bits_a_character(losses, counts)`:
# `losses` (K,) holds the mean loss of each chunk in nats a character, `counts` (K,) the number of characters in
# each. It returns the mean over *all characters*, in bits, as one number. (One bit is $\log 2$ nats.) The caller's arrays
# stay unchanged.


# %% exercise="bptt-bits"
def bits_a_character(losses, counts):
    """losses (K,) in nats, counts (K,) -> bits a character, a number."""
    ### BEGIN SOLUTION
    return float(np.sum(losses * counts) / np.sum(counts) / np.log(2))
    ### END SOLUTION


# %% check="bptt-bits"

# %% [markdown]
# ## The run
#
# All parts are there. The run trains 128 units for a quarter of a minute: 32 streams of text side by side, in chunks of 25
# characters, with your gradient and your clipping, and Adam.
#
# ## Exercise 3.15: how good will it be?
# <!-- effort: bptt-predict-bits -->
#
# A trigram sees two characters. The net's state has seen everything since the text began. So it is said that a recurrent
# net must be better than models that count. On the held-out text, after a quarter of a minute, your model will be …
# Set `my_model_will_be` to one of these texts; any of them earns the point:
#
# - `"worse than the trigram"`
# - `"between trigram and four-gram"`
# - `"better than the four-gram"`

# %% exercise="bptt-predict-bits"
# my_model_will_be = "…"
### BEGIN SOLUTION
my_model_will_be = "between trigram and four-gram"
### END SOLUTION

# %% check="bptt-predict-bits"

# %% [markdown]
# While it trains, you see the loss, the length of the gradient before it is clipped, the time that is left, and what the model
# writes at that moment. Predict: which comes first in what it writes, spaces at the right distance, whole words, or brackets in pairs? Then
# watch. *Stop* ends the run after the step under way. The model stays as it is by then, and all that follows works with it.

# %% show
from rnn_core.decode import generate
from rnn_core.optim import Adam
from rnn_core.train import fit
from rnn_core.widgets import Training

SECONDS, UNITS = 14, 128
params = rnn_params(np.random.default_rng(0), V, UNITS, V, dtype=np.float32)
untrained = {name: p.copy() for name, p in params.items()}
norms, kept = [], [(0.0, untrained)]


def train_on(params, batch, h):
    """One chunk: loss, clipped gradients, and the state for the next chunk."""
    inputs, targets = batch
    h = np.zeros((len(inputs), UNITS), np.float32) if h is None else h
    loss, grads, h = chunk_gradients(params, inputs, targets, h)
    grads, norm = clip_by_global_norm(grads, 1.0)
    norms.append(norm)
    return loss, grads, h


def keep(step, history):
    """Keep the parameters as they are after about 0.5, 1, 2, 4 and 8 seconds."""
    if len(kept) <= 5 and history.seconds[-1] >= 0.25 * 2 ** len(kept):
        kept.append((history.seconds[-1], {name: p.copy() for name, p in params.items()}))


def write(params, start, length, temperature, rng):
    """Let the model read `start` and go on writing."""
    ids = vocabulary.encode(start)
    states, _ = read_chunk(params, ids[None, :-1], np.zeros((1, UNITS), np.float32))

    def step(read, h):
        states, logits = read_chunk(params, read[:, None], h)
        return logits[:, 0], states[:, -1]

    written, _ = generate(step, states[:, -1], ids[-1:], length, rng, temperature)
    return start + vocabulary.decode(written[0])


def sample():
    """What the model writes now: no need to understand it yet."""
    return write(params, "The ", 100, 0.7, np.random.default_rng(7))


history = fit(
    train_on,
    params,
    lambda: stream_batches(train_ids, 32, 25),
    Adam(6e-3),
    seconds=SECONDS,
    decay=0.05,
    live=Training(sample, norms),
    on_step=keep,
)
kept.append((history.seconds[-1], params))
print(
    f"clipped in {np.mean(np.array(norms) > 1):.0%} of the steps; longest gradient {max(norms):.1f}"
)

# %% [markdown]
# The loss above is in nats, and on the text that the model learns from. Now the held-out text, in bits. The model reads it
# once, from its beginning to its end, with the state carried on.


# %% show
def held_out_bits(params, ids, size=1000):
    h, losses, counts = np.zeros((1, UNITS), np.float32), [], []
    for t in range(0, len(ids) - 1, size):
        targets = ids[None, t + 1 : t + size + 1]
        states, logits = read_chunk(params, ids[None, t : t + targets.size], h)
        losses.append(
            -np.take_along_axis(log_softmax(logits), targets[..., None], axis=-1).mean()
        )
        counts.append(targets.size)
        h = states[:, -1]
    return bits_a_character(np.array(losses), np.array(counts))


seconds = [at for at, _ in kept]
bits = [held_out_bits(p, test_ids) for _, p in kept]
for at, value in zip(seconds, bits, strict=True):
    print(f"after {at:4.1f} s: {value:.3f} bits a character")
lines = {
    "your model": bits[1:],
    "trigram": [ngrams[3]] * len(bits[1:]),
    "four-gram": [ngrams[4]] * len(bits[1:]),
}
plots.curves(
    seconds[1:],
    lines,
    "training time (s)",
    "bits a character, held-out text",
    title=f"{UNITS} units, chunks of 25 characters",
)

# %% show
# Putting the numbers into the card: no need to read this cell.
final = bits[-1]
verdict = "worse than the trigram"
if final < ngrams[4]:
    verdict = "better than the four-gram"
elif final < ngrams[3]:
    verdict = "between trigram and four-gram"
passed = [at for at, value in zip(seconds, bits, strict=True) if value < ngrams[3]]
outcome(
    "bptt-predict-bits",
    believed="a recurrent net sees the whole past, so it must be better than a model that counts two or three characters",
    measured=f"{final:.2f} bits a character after {len(history.loss):,} steps in {history.seconds[-1]:.0f} s; "
    f"trigram {ngrams[3]:.2f}, four-gram {ngrams[4]:.2f}: {verdict}",
    holds_when=f"it has been trained for long enough: here the trigram was passed between {max([0, *(s for s in seconds if s < passed[0])]):.1f} "
    f"and {passed[0]:.1f} s. Counting took {counting:.1f} s for four models"
    if passed
    else "it did not hold in this run: the trigram was not passed. Try more seconds",
)

# %% [markdown]
# ## Let it write
#
# The model writes: it draws a character from its own prediction and reads it as the next input. At a low temperature
# the likely characters get likelier, at a high one the unlikely ones get a chance.

# %% show
rng = np.random.default_rng(7)
print("before training, temperature 1:\n" + write(untrained, "The ", 120, 1.0, rng))
for temperature in (0.3, 0.6, 1.0, 1.5):
    print(
        f"\n--- trained, temperature {temperature}:\n"
        + write(params, "The ", 240, temperature, rng)
    )

# %% [markdown]
# What does it look at when it writes? Here is your model at three times of its training, reading one text. After each
# character it says how likely the next one is. Point at a character: the bars show how strongly that prediction would
# answer to a small change of each character before it. It is the gradient again, this time by the *inputs*. The log of
# the probability takes the place of the loss.
#
# First predict: after `for each it`, on what does the `e` of `item` depend, in the model before its training and in the one after it? And how far
# back does any influence reach? Then look, with logarithmic bars as well. Type a text of your own, and find a
# place where the strongest bar is not the one right before it. A gradient speaks of small changes. The list *strength* also
# offers the experiment: each character is really replaced. Where do the two disagree?

# %% show
from rnn_core.cells import TANH
from rnn_core.widgets import MemoryMap

stages = kept[0], kept[len(kept) // 2], kept[-1]
MemoryMap(
    {f"after {at:.1f} s of training": (TANH, p, vocabulary) for at, p in stages},
    text="If the list is empty, an exception is raised for each item.",
    at=56,
)

# %% [markdown]
# The button writes the map of your text into one file beside this notebook. It needs no Python and no network: send it to
# a friend.
#
# And the picture of the cut once more: for this model before its training, and for the same model after it.

# %% show
before, after = (
    cosines({name: p.astype(float) for name, p in model.items()})[0]
    for model in (untrained, params)
)
plots.bars(
    sizes,
    {"freshly started": before, "trained": after},
    "steps in a chunk",
    "cosine to the full gradient",
    title=f"Gradient of the recurrent weights, 60 steps, {UNITS} units",
)

# %% [markdown]
# A bar near 1 says that chunks of this size point the same way as all 60 steps at once: what comes from further back
# hardly turns the gradient. It does not say that nothing further back would be worth learning.
#
# ## Exercise 3.16: in words
# <!-- effort: bptt-reach -->
#
# The model was trained in chunks of 25 characters with carried state. Can it make use of a character that it read 60
# characters ago? And could it *learn* to keep a character because it will be needed 60 characters later? Give a reason for
# each.

# %% answer="bptt-reach"

# %% [markdown]
# ## What was shown, and what was not
#
# - Padding must be left out in two places, the loss and the step, and in both directions. A mean over all positions
#   makes the same model look better the more padding there is.
# - Truncated backpropagation carries the values and cuts the gradient. The loss stays the same, the gradient changes.
# - Ten characters come first. Then a run, and a number beside models that count: the card above says how it went on this
#   machine.
# - Not shown: that clipping was needed in this run, and that the state holds anything over a long time. Both come in lesson 4.
#
# ## Five questions

# %% recall="bptt-average-padding bptt-padding-gradient bptt-what-is-cut cell-chunk-carry cell-temperature"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
