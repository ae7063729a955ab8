# %% [markdown]
# # Which letter is this?
#
# - **Time:** about 3 hours, with three good places to stop.
# - **You need** lesson 0: arrays and their shapes, softmax, a feedforward net with one hidden layer.
# - **Afterwards you can** say what a net cannot know that sees one picture at a time; close a loop around a net by hand and draw it
#   out again; tell when the order of things matters and when it does not.
#
# Run the next two cells (Shift and Enter) and read the word aloud.

# %%
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # products this small are faster on one core

import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution
from rnn_core import diagrams, plots, rnn
from rnn_core.activations import softmax
from rnn_core.data import letters
from rnn_core.data.letters import LETTERS, SHARES, SIZE, D
from rnn_core.init import glorot, rnn_params
from rnn_core.layers import mlp_backward, mlp_forward, output_backward, output_forward
from rnn_core.loss import cross_entropy
from rnn_core.optim import Adam
from rnn_core.train import fit

V = len(LETTERS)  # eight letters
Y_AT, T_AT = LETTERS.index("Y"), LETTERS.index("T")

# %% show
sony = letters.encode(["SONY"])
word = letters.write(np.random.default_rng(25), sony, share=0.4)  # (1, 4, D)
pictures = word[0].reshape(4, SIZE, SIZE)
plots.images(
    list(pictures.clip(0, 1)),
    ["first", "second", "third", "fourth"],
    alt="Four noisy pictures of letters: S, O, N, and one that could be a Y or a T.",
)

# %% [markdown]
# Did you read SONY? Now cover the first three pictures and look at the fourth alone. Its top is too flat for a Y, and its arms
# hang too low for a T. What did the first three pictures do to the fourth?
#
# **How this works.** Where a cell says `raise NotImplementedError()`, replace that line by your answer, and run the `check(...)` below
# it. It says at once what holds and what does not. Hints open one by one; `solution("...")` with the name of an exercise shows a way to do it.
# The map of all lessons, and every term with the place that explains it, are in [Start here](../index.ipynb).
#
# ## A letter that is two letters
#
# Every picture here is drawn by a program: a few strokes, moved by up to one pixel, with noise over them. Whoever writes a Y or
# a T mixes the two. A picture holds a **share** of Y, and the rest is T. The next cell draws all eleven shares without noise,
# and says how often a Y is meant.

# %% show
meant_y = letters.share_probabilities()[0] / sum(letters.share_probabilities())
plots.images(
    [letters.blend(share) for share in SHARES],
    [f"share {share:.1f}\nY: {p:.0%}" for share, p in zip(SHARES, meant_y, strict=True)],
    columns=6,
    alt="Eleven mixtures of T and Y, from all T (share 0) to all Y (share 1), "
    "each with how often a Y is meant by it.",
)

# %% [markdown]
# The words are few. Each stands here with its probability.

# %%
WORDS = {"SONY": 0.4, "SONT": 0.1, "EAST": 0.4, "EASY": 0.1}

# %% [markdown]
# So there are two clues to the last letter. One is in its picture. The other is in the letters before it: after S, O, N a Y
# comes four times as often as a T, and after E, A, S it is the other way round. Over all words Y and T are equally common.
#
# ## Exercise 1.1: what will a net read?
# <!-- effort: loop-predict-reading -->
#
# Soon you train a net that sees **one picture at a time**, and later one that can also use **what came before**. Both get the
# word from above, whose last picture has a share of 0.4. Which letter will each of them read there?
#
# Set `alone` for the first net and `in_context` for the second, each to `"T"` or `"Y"`. The point is for telling it now. You
# see the outcome further down.

# %% exercise="loop-predict-reading"
# alone = "T" or "Y"        the net that sees the fourth picture only
# in_context = "T" or "Y"   the net that can use the pictures before
### BEGIN SOLUTION
alone = "T"
in_context = "Y"
### END SOLUTION

# %% check="loop-predict-reading"

# %% [markdown]
# ## One picture at a time
#
# **Worked example, shown whole.** The smallest reader has one layer: it scores each letter, and softmax turns the scores into
# belief, $p = \mathrm{softmax}(x\,W + b)$. Here with pictures of three pixels and two letters.

# %%
x_tiny = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])  # two pictures of three pixels: (2, 3)
W_tiny = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 0.0]])  # a column for each letter: (3, 2)
b_tiny = np.array([-1.0, 0.0])
scores = x_tiny @ W_tiny + b_tiny  # (2, 2): a row for each picture
print("scores", scores.tolist())
print("belief", softmax(scores).round(2).tolist(), "each row sums to 1")

# %% [markdown]
# ## Exercise 1.2: a reader with a hidden layer
# <!-- effort: loop-feedforward-step -->
#
# Half of it is written. The net has a hidden layer of H units, then a layer of scores:
#
# $$h = \tanh(x\,W_{xh} + b), \qquad p = \mathrm{softmax}(h\,W_{hy} + b_y)$$
#
# Shapes: `x (N, D)`, `W_xh (D, H)`, `b (H,)`, `W_hy (H, V)`, `b_y (V,)`. Return the belief `p (N, V)`: a row for each picture,
# which sums to 1. Large scores must do no harm; `softmax` from above takes care of that. Leave the caller's arrays as they are.


# %% exercise="loop-feedforward-step"
def feedforward_step(x, W_xh, b, W_hy, b_y):
    """Read N pictures, each by itself: x (N, D) -> belief p (N, V)."""
    h = np.tanh(x @ W_xh + b)  # (N, H)
    ### BEGIN SOLUTION
    return softmax(h @ W_hy + b_y)
    ### END SOLUTION


# %% check="loop-feedforward-step"

# %% [markdown]
# Now it learns. The net is the one of lesson 0, and so are cross-entropy and Adam. But here every step draws fresh pictures: none
# comes twice, so none can be learned by heart. The words are cut into single pictures, so that no picture knows of another.


# %%
def train(params, loss_and_grads, batch, steps=1000):
    """Train `params` in place on what `batch()` draws anew at every step.

    The learning rate falls to a twentieth. Returns: `params`.
    """

    def step(p, data, _):
        return *loss_and_grads(p, *data), None

    fit(step, params, (batch() for _ in range(steps)), Adam(3e-3), steps=steps, decay=0.05)
    return params


def mlp(rng, inputs, H=32):
    """A net with one hidden layer, before training."""
    return {
        "W_xh": glorot(rng, inputs, H),
        "b": np.zeros(H),
        "W_hy": glorot(rng, H, V),
        "b_y": np.zeros(V),
    }


def mlp_loss(p, x, targets):
    y, cache = mlp_forward(x, **p)
    loss, dy = cross_entropy(y, targets)
    _, *grads = mlp_backward(dy, cache)
    return loss, dict(zip(("W_xh", "b", "W_hy", "b_y"), grads, strict=True))


def single_pictures(rng, words, N=64):
    x, targets = letters.sample_words(rng, words, N)  # (N, 4, D), (N, 4)
    return x.reshape(-1, D), targets.ravel()


# %% show
rng = np.random.default_rng(1)
one_picture = train(mlp(rng, D), mlp_loss, lambda: single_pictures(rng, WORDS), steps=2000)

# %% [markdown]
# The net is trained; your function reads with it. Below each picture stands its belief in each of the eight letters.


# %% show
def read_alone(x):
    """Belief (N, T, V) about words (N, T, D), each picture by itself."""
    return feedforward_step(x.reshape(-1, D), **one_picture).reshape(*x.shape[:2], V)


diagrams.readings(pictures, LETTERS, {"one picture\nat a time": read_alone(word)[0]})

# %% [markdown]
# S, O, N, and then? Is this a bad net, or could no net do better?
#
# That can be computed. We know how words are drawn and how letters are written: eleven shares, nine places, and noise. The best
# possible belief is a sum over all these cases, by Bayes' rule. What a reader with this belief gets right is the
# [Bayes ceiling](glossary): no net, of any size, is above it by more than luck. There is one ceiling for readers of a single picture and a
# higher one for readers of the whole word. (The belief is exact. The share of right answers is counted on a few thousand fresh
# words, the same ones for every reader.)


# %%
def score(reader, words, share=None, N=4000):
    """The share of last letters that a reader of words (N, T, D) names rightly."""
    x, targets = letters.sample_words(np.random.default_rng(99), words, N, share)
    return (reader(x)[:, -1].argmax(axis=1) == targets[:, -1]).mean()


def best_alone(x, words=WORDS):
    return letters.posterior(x, words, context=False)


def best_in_context(x, words=WORDS):
    return letters.posterior(x, words)


def score_bars(names, scores, xlabel, title):
    """Bars of scores from 0 to 1, with a line for a guess between Y and T."""
    picture = plots.bars(names, scores, xlabel, "share of last letters right", title)
    ax = picture.figure.axes[0]
    ax.axhline(0.5, color="black", linestyle=":", label="a guess")
    ax.set(ylim=(0, 1.2), yticks=np.linspace(0, 1, 6))  # room for the legend above 1
    ax.legend(loc="upper center", ncols=len(scores) + 1, frameon=False)
    return picture


# %% show
print("last letters named rightly")
print(f"  net, one picture at a time        {score(read_alone, WORDS):.3f}")
print(f"  ceiling for one picture           {score(best_alone, WORDS):.3f}")
print(f"  ceiling for the whole word        {score(best_in_context, WORDS):.3f}")
print("last letters that are half Y and half T")
print(f"  net, one picture at a time        {score(read_alone, WORDS, share=0.5):.3f}")
print(f"  ceiling for one picture           {score(best_alone, WORDS, share=0.5):.3f}")
print(f"  ceiling for the whole word        {score(best_in_context, WORDS, share=0.5):.3f}")

# %% [markdown]
# Look at the first three lines. Between the net and its own ceiling there is little to gain. What is missing lies between the two
# ceilings, and no training can fetch it: it is not in the picture.
#
# The last three lines take the case apart. Where the picture is half Y and half T it says nothing. Whoever sees only this picture can
# but guess, and luck decides who guesses better. Only the letters before can help. We come back to this measure.
#
# **A good place to stop.** Next the net gets back what it has just said.
#
# ## Give the net what it just said
#
# The four pictures come in an order. Such a row of inputs is a [sequence](glossary), and each place in it is a
# [time step](glossary). The simplest way to use the step before: hand the net's output back to it, together with the next input.

# %% show
diagrams.loop("output")

# %% [markdown]
# The arrow on the right is a [feedback loop](glossary), and a net with one is a [recurrent net](glossary). Here the *output* comes
# back: [output feedback](glossary). A box that takes two things needs them as one row of numbers, so the two are put side by side:
# a [concatenation](glossary) of the input (D numbers) and the previous output (V numbers). It has D + V numbers, and the weights
# have D + V rows.
#
# ## Exercise 1.3: one step with the loop
# <!-- effort: loop-joined-step -->
#
# $$z = [\,x,\; y_{\mathrm{prev}}\,], \qquad p = \mathrm{softmax}(z\,W + b)$$
#
# The input comes first, the previous output after it. Shapes: `x (N, D)`, `y_prev (N, V)`, `W (D + V, V)`, `b (V,)`; return
# `p (N, V)`. There is no hidden layer. Leave the caller's arrays as they are, and let large scores do no harm.
#
# One instance: for `x = [[1, 0]]` and `y_prev = [[0.9, 0.1]]` the joined row is `[[1, 0, 0.9, 0.1]]`.


# %% exercise="loop-joined-step"
def joined_step(x, y_prev, W, b):
    """One step of a net whose output is fed back: x (N, D), y_prev (N, V) -> p (N, V)."""
    ### BEGIN SOLUTION
    z = np.concatenate([x, y_prev], axis=1)  # (N, D + V)
    return softmax(z @ W + b)
    ### END SOLUTION


# %% check="loop-joined-step"

# %% [markdown]
# ## Exercise 1.4: the loop
# <!-- effort: loop-over-time -->
#
# Nothing is given now. `x (N, T, D)` holds N sequences of T steps. At step t call `joined_step` with `x[:, t]` and with the output
# of the step before; before the first step that is `y0 (N, V)`, which the caller hands in and which need not be zero. What goes
# back is the output as it is, with all its doubt, not the likeliest letter.
#
# Return the outputs of all steps as one array `(N, T, V)`. Leave the caller's arrays as they are.


# %% exercise="loop-over-time"
def loop(x, y0, W, b):
    """Run the net over sequences: x (N, T, D), y0 (N, V) -> all outputs (N, T, V)."""
    ### BEGIN SOLUTION
    y, outputs = y0, []
    for t in range(x.shape[1]):
        y = joined_step(x[:, t], y, W, b)
        outputs.append(y)
    return np.stack(outputs, axis=1)
    ### END SOLUTION


# %% check="loop-over-time"

# %% [markdown]
# How to train a loop? There is a short cut when the output is what is fed back. While training we know the right letter of the step
# before. Put a 1 in its place and 0 elsewhere, and use that as the previous output. Then every step is an ordinary net with D + V
# inputs, and nothing new is needed. When it reads, the net hears itself instead: that is your `loop`.


# %%
def joined_pictures(rng, words, N=64):
    """Pictures with the right letter of the step before beside them; zeros before the first."""
    x, targets = letters.sample_words(rng, words, N)
    before = np.eye(V)[targets]
    before = np.concatenate([np.zeros((N, 1, V)), before[:, :-1]], axis=1)  # one step later
    return np.concatenate([x, before], axis=2).reshape(-1, D + V), targets.ravel()


def joined_loss(p, z, targets):
    y, cache = output_forward(z, p["W"], p["b"])
    loss, dy = cross_entropy(y, targets)
    _, dW, db = output_backward(dy, cache)
    return loss, {"W": dW, "b": db}


# %% show
rng = np.random.default_rng(2)
fed_back = train(
    {"W": glorot(rng, D + V, V), "b": np.zeros(V)},
    joined_loss,
    lambda: joined_pictures(rng, WORDS),
    steps=2000,
)


def read_joined(x):
    return loop(x, np.zeros((len(x), V)), **fed_back)


def show_sony():
    beliefs = {
        "one picture\nat a time": read_alone(word)[0],
        "with the\nloop": read_joined(word)[0],
    }
    return diagrams.readings(pictures, LETTERS, beliefs)


show_sony()

# %% [markdown]
# The fourth picture is the same for both rows of bars. This is your code reading. Now the card of what you said before. Both nets
# read many such words:

# %% show
SON_BLEND = letters.write(np.random.default_rng(5), letters.encode(["SONY"] * 500), share=0.4)


def belief_in_y(reader, x):
    """Mean belief in a Y at the last place."""
    return reader(x)[:, -1, Y_AT].mean()


told = {}
for name, reader in (("alone", read_alone), ("with the loop", read_joined)):
    read_y = (reader(SON_BLEND)[:, -1].argmax(axis=1) == Y_AT).mean()
    belief = belief_in_y(reader, SON_BLEND)
    told[name] = f"{name}, {read_y:.0%} are read as Y, with a mean belief of {belief:.2f}"
outcome(
    "loop-predict-reading",
    believed="Shown the last letter of S, O, N, Y alone, a feedforward net reads T; "
    "a recurrent net, which knows the letters before, reads Y.",
    measured=f"Of {len(SON_BLEND)} such words, share 0.4: "
    f"{told['alone']}; {told['with the loop']}.",
    holds_when="the picture leaves doubt, the letters before tell something, "
    "and the feedforward net gets one picture at a time.",
)

# %% [markdown]
# Such a card will end many of our experiments: a [prediction card](glossary) sets what is said, what you predicted, and what was
# measured side by side, and says under which conditions it holds.
#
# Now read with both nets yourself. Here the pictures come in one by one, and your functions read them. Drag the share of Y, type
# another word, or put the pictures into another order. On the large paper you can draw with the pointer, or with the arrow keys and Space.
#
# Predict first: step back to the N and take a blank paper for it. What will the net with the loop read at the end? Then undo that, and
# blank the S and the O in its place.

# %% show
from rnn_core.widgets import Reader

Reader(
    {
        "one picture at a time": (feedforward_step, one_picture),
        "with the loop": (loop, fed_back),
    },
    WORDS,
)

# %% [markdown]
# What has the loop learned? After S, O, N the odds for Y are 4 to 1; the logarithm of 4 is what a perfect reader adds to the score
# of Y over T. After E, A, S it takes as much away. In our net the previous letter reaches the scores through the last V rows of
# W. Compare:

# %% show
back = fed_back["W"][D:]  # the rows for the previous output
leaning = back[:, Y_AT] - back[:, T_AT]  # for each previous letter, the score of Y over T
after_n, after_s = leaning[LETTERS.index("N")], leaning[LETTERS.index("S")]
most = np.log(4)
print("score of Y over T    after N  after S  between them")
print(f"your net             {after_n:+7.2f}  {after_s:+7.2f}  {after_n - after_s:12.2f}")
print(f"a perfect reader     {most:+7.2f}  {-most:+7.2f}  {2 * most:12.2f}")

# %% [markdown]
# ## Joined, or added?
#
# Some texts say that the previous output is *joined* to the input, some draw *two matrices*, and some say that it is *added*.
# Two of these are the same thing.
#
# ## Exercise 1.5: one matrix or two
# <!-- effort: loop-split-weights -->
#
# A product with a joined row is a sum of two products:
#
# $$[\,x,\; y_{\mathrm{prev}}\,]\;W = x\,W_{\mathrm{in}} + y_{\mathrm{prev}}\,W_{\mathrm{back}}$$
#
# `split_weights(W, D)` takes `W (D + V, V)` and returns `W_in` and `W_back`: the rows that meet the input, and the rows that meet
# what is fed back. `join_weights(W_in, W_back)` undoes it. The number of rows of `W_in` is D; do not read it off from V. Both
# return arrays with the same numbers as before, and leave the caller's arrays as they are.


# %% exercise="loop-split-weights"
def split_weights(W, D):
    """W (D + V, V) -> W_in (D, V) for the input, W_back (V, V) for what is fed back."""
    ### BEGIN SOLUTION
    return W[:D], W[D:]
    ### END SOLUTION


def join_weights(W_in, W_back):
    """W_in (D, V), W_back (V, V) -> W (D + V, V)."""
    ### BEGIN SOLUTION
    return np.concatenate([W_in, W_back], axis=0)
    ### END SOLUTION


# %% check="loop-split-weights"

# %% [markdown]
# And *added*? A sum of input and previous output only exists where both have the same size. Then $(x + y_{\mathrm{prev}})\,W$ is the
# joined net with **the same** matrix in both places. It cannot treat what it sees and what it said differently.

# %% show
rng = np.random.default_rng(3)
x_same, y_same = rng.standard_normal((2, V)), rng.standard_normal((2, V))
W_same = rng.standard_normal((V, V))
added = (x_same + y_same) @ W_same
joined = np.concatenate([x_same, y_same], axis=1) @ join_weights(W_same, W_same)
difference = np.abs(added - joined).max()
print(f"added, and joined with one matrix twice: largest difference {difference:.0e}")
print(f"numbers in the matrix: added {W_same.size}, joined {2 * W_same.size}")
try:
    word[:, 0] + np.zeros((1, V))
except ValueError as error:
    print("adding our output to our picture:", error)

# %% [markdown]
# **A good place to stop.** Next come words in which what the net said last does not help.
#
# ## What the output does not say
#
# Other words now. Look at the third letter.

# %%
LAST_WORDS = {"EASY": 0.4, "EAST": 0.1, "LAST": 0.4, "LASY": 0.1}

# %% [markdown]
# After E, A, S and after L, A, S the right output is the same: S. If the net says only that, the fourth step cannot know which word it
# is in. What decides is the first letter, and the output has moved on.
#
# So feed back something else. A hidden layer computes H numbers that are not shown to anyone. Hand *those* on: they are free to
# hold what the output does not say. They are the [hidden state](glossary) of the net, in short its [state](glossary), and feeding
# them back is [state feedback](glossary):
#
# $$h_t = \tanh(x_t\,W_{xh} + h_{t-1}\,W_{hh} + b), \qquad p_t = \mathrm{softmax}(h_t\,W_{hy} + b_y)$$
#
# You have just split such a matrix: $W_{xh}$ meets the input, and $W_{hh}$, the [recurrent weights](glossary), meets what
# comes back.

# %% show
diagrams.loop("state")

# %% [markdown]
# The short cut is gone: nobody knows the right *state* of the step before. Training has to follow the loop back through time, which is
# lesson 3. Until then it is given.


# %%
def recurrent_loss(p, x, targets):
    """Loss and gradients of a net with state feedback.

    Scored are the last steps, as many as there are targets.
    """
    S = targets.shape[1]
    h, cell = rnn.forward(x, np.zeros((len(x), len(p["b"]))), p["W_xh"], p["W_hh"], p["b"])
    y, layer = output_forward(h[:, -S:], p["W_hy"], p["b_y"])
    loss, dy = cross_entropy(y, targets)
    dh = np.zeros_like(h)
    dh[:, -S:], dW_hy, db_y = output_backward(dy, layer)
    _, _, dW_xh, dW_hh, db = rnn.backward(dh, cell)
    return loss, {"W_xh": dW_xh, "W_hh": dW_hh, "b": db, "W_hy": dW_hy, "b_y": db_y}


def train_recurrent(seed, words, steps=1000):
    """Train a net with state feedback, with 32 numbers in its state. Returns: its weights."""
    rng = np.random.default_rng(seed)
    return train(
        rnn_params(rng, D, 32, V),
        recurrent_loss,
        lambda: letters.sample_words(rng, words, 64),
        steps,
    )


def state_reader(p):
    """A reader of words: x (N, T, D) -> belief (N, T, V)."""

    def read(x):
        h, _ = rnn.forward(x, np.zeros((len(x), len(p["b"]))), p["W_xh"], p["W_hh"], p["b"])
        return softmax(h @ p["W_hy"] + p["b_y"])

    return read


def count(p):
    """How many numbers a net has learned."""
    return sum(array.size for array in p.values())


# %% [markdown]
# Three nets learn the new words: your net with output feedback; a larger one of that kind, with a hidden layer; and one with state
# feedback. They are scored where the last picture is half Y and half T, so that only the letters before can help.

# %% show
rng = np.random.default_rng(6)
small = train(
    {"W": glorot(rng, D + V, V), "b": np.zeros(V)},
    joined_loss,
    lambda: joined_pictures(rng, LAST_WORDS),
)
large = train(mlp(rng, D + V), mlp_loss, lambda: joined_pictures(rng, LAST_WORDS))
state_fed = train_recurrent(6, LAST_WORDS)


def read_small(x):
    return loop(x, np.zeros((len(x), V)), **small)


def read_large(x):
    y, outputs = np.zeros((len(x), V)), []
    for t in range(x.shape[1]):
        y = feedforward_step(np.concatenate([x[:, t], y], axis=1), **large)
        outputs.append(y)
    return np.stack(outputs, axis=1)


readers = {
    f"output fed back\n{count(small)} parameters": read_small,
    f"the same, with a\nhidden layer\n{count(large)} parameters": read_large,
    f"state fed back\n{count(state_fed)} parameters": state_reader(state_fed),
    "ceiling for\nthe whole word": lambda x: best_in_context(x, LAST_WORDS),
}
score_bars(
    list(readers),
    {"right": [score(reader, LAST_WORDS, share=0.5) for reader in readers.values()]},
    "reader",
    "EASY or LAST, last picture half Y, half T",
)

# %% [markdown]
# Counting parameters does not explain it: compare the second bar with the first and with the third. What differs is what goes round. Two nets with a
# loop are not the same net when one hands on what it *said* and the other what it *holds*.
#
# One caution. Both nets with output feedback were trained with the right letters in place of their outputs. A net that is trained
# through its own outputs might learn to hide a mark in them. That was not tried here.
#
# Try it: set the share to one half, then type LASY in place of EASY. The words differ in the first picture alone. Which of the two nets
# notices? Predict what a blank paper in place of the first picture does to each.

# %% show
from rnn_core.widgets import Reader

Reader({"output fed back": (loop, small), "state fed back": (None, state_fed)}, LAST_WORDS)

# %% [markdown]
# ## Weighing a picture against its context
#
# Back to SONY and EAST. A net with state feedback learns them, and we turn the share of Y in the last picture from 0 to 1. The
# lines show the mean belief in Y: after S, O, N; after E, A, S; and for the net that sees one picture. A dashed line in the same
# colour is the best possible belief.

# %% show
recurrent = train_recurrent(7, WORDS, steps=2000)
read_words = state_reader(recurrent)


def belief_by_share(reader, word, N=300):
    """Mean belief in Y at each share of Y in the last picture."""
    ids = letters.encode([word] * N)
    drawn = (letters.write(np.random.default_rng(5), ids, share) for share in SHARES)
    return [belief_in_y(reader, x) for x in drawn]


lines = {
    "net, after S, O, N": belief_by_share(read_words, "SONY"),
    "net, one picture": belief_by_share(read_alone, "SONY"),
    "net, after E, A, S": belief_by_share(read_words, "EASY"),
}
best = {
    "best possible, after S, O, N": belief_by_share(best_in_context, "SONY"),
    "best possible, one picture": belief_by_share(best_alone, "SONY"),
    "best possible, after E, A, S": belief_by_share(best_in_context, "EASY"),
}


# %% show
def show_balance():
    xlabel, ylabel = "share of Y in the last picture", "mean belief in Y"
    picture = plots.curves(SHARES, lines | best, xlabel, ylabel, "Picture against context")
    ax = picture.figure.axes[0]
    for k, line in enumerate(ax.lines):  # a colour for each case; dashed is the best possible
        style, marker = ("--", "") if k >= 3 else ("-", "os^"[k])
        line.set(color=plots.COLOURS[k % 3], linestyle=style, marker=marker)
    ax.axhline(0.5, color="black", linewidth=0.8, label="one half")
    ax.plot([], [], "--", color="black", label="best possible belief")
    shown = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    names = [*lines, "best possible belief", "one half"]
    ax.legend([shown[name] for name in names], names, frameon=False, loc="lower right")
    return picture


show_balance()

# %% show
print(f"{'share of Y':<20}", *(f"{share:5.1f}" for share in SHARES))
for name, line in lines.items():
    print(f"{name:<20}", *(f"{p:5.2f}" for p in line))

# %% [markdown]
# ## Exercise 1.6: read the experiment
# <!-- effort: loop-read-blend -->
#
# From which share on is the last picture read as a Y? Take the table. For each of the three rows, find the **smallest share in the
# head of the table whose mean belief in Y is above one half**. Leave the three shares, numbers from 0 to 1, in the dictionary
# `first_Y` with the keys `"alone"` (one picture), `"after_SON"` and `"after_EAS"`. Write the numbers as they stand in the head, none in
# between: the answer is the share at the head of the column, not the belief below it. The check allows for a net that was trained
# a little differently.

# %% exercise="loop-read-blend"
# first_Y = {"alone": ..., "after_SON": ..., "after_EAS": ...}
### BEGIN SOLUTION
first_Y = {"alone": 0.5, "after_SON": 0.3, "after_EAS": 0.8}
### END SOLUTION

# %% check="loop-read-blend"

# %% [markdown]
# The net weighs both clues, because both are needed: neither settles the case. Take that away and see. In the next cell a net learns
# only two words, SONY and EAST. Now the letters before say it all.

# %% show
certain = train_recurrent(8, {"SONY": 0.5, "EAST": 0.5})
certain = belief_by_share(state_reader(certain), "SONY")
print(f"{'share of Y':<28}", *(f"{share:5.1f}" for share in SHARES))
print(f"{'SONY and EAST, after S, O, N':<28}", *(f"{p:5.2f}" for p in certain))
print(f"A perfect T after S, O, N: belief in Y {certain[0]:.2f}.")

# %% [markdown]
# This net does not look at the last picture. It was never given a reason to.
#
# **A good place to stop.** Next the loop is laid out, so that it is no loop any more.
#
# ## The loop drawn out
#
# A loop is hard to draw and easy to draw out: one copy of the net for each time step. That is [unrolling](glossary).

# %% show
diagrams.loop("state", steps=3)

# %% [markdown]
# Squares go in, ovals come out, diamonds are carried on. No arrow leads to the left: unrolled, the flow is one-way again. What you
# see is a feedforward net with a layer for each step, odd in two ways. Every layer has an input of its own, and all layers use the
# same numbers: [shared weights](glossary), also called [tied weights](glossary).
#
# ## Exercise 1.7: unrolled
# <!-- effort: loop-unrolled -->
#
# Write the feedforward net, with weights that *may* differ from layer to layer. `layers` is a list of T tuples `(W_xh, W_hh, b)`,
# one for each step; `x (N, T, D)`, `h0 (N, H)`, which need not be zero:
#
# $$h_t = \tanh(x_t\,W_{xh}^{(t)} + h_{t-1}\,W_{hh}^{(t)} + b^{(t)})$$
#
# `unrolled(x, h0, layers)` returns the states after each of the T layers, `(N, T, H)`; h0 is not among them. Leave the caller's
# arrays, and the list, as they are.
#
# `count_parameters(T, D, H, tied)` returns how many numbers are learned, a whole number: `W_xh (D, H)`, `W_hh (H, H)` and `b (H,)` in every
# layer, in the first as well. With `tied=True` all layers share one set. (For T 2, D 1, H 1: 3 tied, 6 not.)


# %% exercise="loop-unrolled"
def unrolled(x, h0, layers):
    """A layer for each step: x (N, T, D), h0 (N, H), T of (W_xh, W_hh, b) -> h (N, T, H)."""
    ### BEGIN SOLUTION
    h, states = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        states.append(h)
    return np.stack(states, axis=1)
    ### END SOLUTION


def count_parameters(T, D, H, tied):
    """How many numbers are learned in T layers, tied or not."""
    ### BEGIN SOLUTION
    layer = D * H + H * H + H
    return layer if tied else T * layer
    ### END SOLUTION


# %% check="loop-unrolled"

# %% [markdown]
# The loop of `rnn_core` and your chain of layers, on the same numbers:

# %% show
rng = np.random.default_rng(9)
p = rnn_params(rng, D, 32, V)
h0 = rng.standard_normal((1, 32))
chain = unrolled(word, h0, [(p["W_xh"], p["W_hh"], p["b"])] * 4)
rolled, _ = rnn.forward(word, h0, p["W_xh"], p["W_hh"], p["b"])
difference = np.abs(chain - rolled).max()
print(f"largest difference between the loop and four tied layers: {difference:.0e}")
lengths = np.array([1, 2, 4, 8, 16, 32, 64])
plots.curves(
    lengths,
    {
        "tied: a recurrent net": [count_parameters(int(T), D, 32, True) for T in lengths],
        "each layer its own": [count_parameters(int(T), D, 32, False) for T in lengths],
    },
    "number of time steps T",
    "numbers to learn",
    f"{D} inputs, 32 units",
)

# %% [markdown]
# Your chain can read. Here it gets the trained weights of the net with state feedback, in each layer the same, and a layer for each
# picture. It was trained on EASY, EAST, LAST and LASY.
#
# Predict first: set the share to one half and compare EASY with LASY. Now put one more picture in: EASSY and LASSY. A chain
# with a fifth layer is no trouble. But does the first letter still decide what it reads at the end?

# %% show
from rnn_core.widgets import Reader

Reader({"your chain of layers": (unrolled, state_fed)}, LAST_WORDS)

# %% [markdown]
# Shared weights let a net run for as many steps as there are pictures. That is not yet a net that has learned what to do there.
#
# ## Exercise 1.8: which arrow is which?
# <!-- effort: loop-arrows -->
#
# Look at the first step of the drawing with three steps. In two or three sentences: what goes into step 1, what comes out of it,
# and where does each go from there? Say which are inputs, which are outputs, which are states, with their numbers. Can step 1
# know anything about input 2?

# %% answer="loop-arrows"

# %% [markdown]
# Test what you wrote in a net that is small enough for a pencil. It runs on your `unrolled` and your `joined_step`. Press *Step*, and
# click a unit, or go to it with the arrow keys and press Enter: its sum stands below, with the numbers in it. Each number in a box can
# be typed over, and a triangle marks what differs because of that.
#
# Predict first: you change an input of step 2. Which states differ? And which, if you change a weight? Then let the output go round, and draw
# it as a loop.

# %% show
from rnn_core.widgets import Unroll

Unroll(unrolled, joined_step)

# %% [markdown]
# ## All four pictures at once
#
# The net of the beginning saw one picture at a time. Nobody forces that on a feedforward net. Give it all four at once, as one row
# of 4 D numbers. A net that sees a stretch of steps of a fixed length is a [windowed net](glossary).


# %%
def window_loss(p, x, targets):
    """Read the last letter from the last pictures, as many as the net has inputs for."""
    steps = len(p["W_xh"]) // D
    return mlp_loss(p, x[:, -steps:].reshape(len(x), -1), targets[:, -1])


def window_reader(p):
    steps = len(p["W_xh"]) // D

    def read(x):
        y, _ = mlp_forward(x[:, -steps:].reshape(len(x), -1), **p)
        return softmax(y)[:, None]

    return read


# %% show
rng = np.random.default_rng(10)
four = train(
    mlp(rng, 4 * D), window_loss, lambda: letters.sample_words(rng, WORDS, 64), steps=2000
)
print("last letters named rightly")
for name, reader, weights in (
    ("one picture at a time", read_alone, one_picture),
    ("all four at once", window_reader(four), four),
    ("state fed back", read_words, recurrent),
):
    print(f"  {name:28}{score(reader, WORDS):.3f}   {count(weights):6d} parameters")
print(f"  {'ceiling for the whole word':28}{score(best_in_context, WORDS):.3f}")

# %% [markdown]
# So it is not true that a feedforward net cannot use context. It can, when the context lies in its window. The price: every place in
# the window has weights of its own, and has to learn every letter by itself.
#
# And when the context does not stay in its place? Let the writer pause. A word now takes eight steps; its first three letters stand
# anywhere among the first seven, in order, with empty pictures between them, and the last letter comes last. Only that one is
# asked for. Three nets are trained on such words, with a window of four, with a window of eight, and with state feedback. Then they
# read words with pauses as in training, and slower words of sixteen steps.


# %%
def with_pauses(rng, words, N, T=8, share=None):
    """Words whose first three letters stand anywhere among T - 1 steps, in order.

    The last letter comes last, and only it is a target: x (N, T, D), targets (N, 1).
    """
    written, targets = letters.sample_words(rng, words, N, share)
    x = letters.NOISE * rng.standard_normal((N, T, D))  # empty pictures: noise alone
    places = np.sort(rng.permuted(np.tile(np.arange(T - 1), (N, 1)), axis=1)[:, :3], axis=1)
    x[np.arange(N)[:, None], places], x[:, -1] = written[:, :3], written[:, 3]
    return x, targets[:, -1:]


# %% show
def train_with_pauses(seed, params, loss):
    rng = np.random.default_rng(seed)
    return train(params(rng), loss, lambda: with_pauses(rng, WORDS, 64))


window4 = train_with_pauses(11, lambda rng: mlp(rng, 4 * D), window_loss)
window8 = train_with_pauses(11, lambda rng: mlp(rng, 8 * D), window_loss)
paused = train_with_pauses(11, lambda rng: rnn_params(rng, D, 32, V), recurrent_loss)


def score_pauses(reader, T, N=4000):
    x, targets = with_pauses(np.random.default_rng(99), WORDS, N, T, share=0.5)
    return (reader(x)[:, -1].argmax(axis=1) == targets[:, -1]).mean()


readers = {
    f"window of 4\n{count(window4)} parameters": window_reader(window4),
    f"window of 8\n{count(window8)} parameters": window_reader(window8),
    f"state fed back\n{count(paused)} parameters": state_reader(paused),
}
score_bars(
    list(readers),
    {
        "8 steps, as trained": [score_pauses(reader, 8) for reader in readers.values()],
        "16 steps, new": [score_pauses(reader, 16) for reader in readers.values()],
    },
    "net",
    "Words with pauses, last picture half Y, half T",
)

# %% [markdown]
# A window knows what lies in it and nothing else; in sixteen steps much lies outside. A loop has no such edge. But do not read too much
# into it: the net with the loop had to be *trained* on pauses. Here is the one that was trained on words without any. It reads words
# with one pause, before the last letter:

# %% show
x_pause, t_pause = letters.sample_words(np.random.default_rng(99), WORDS, 2000)
gap = letters.NOISE * np.random.default_rng(12).standard_normal((2000, D))
x_pause = np.insert(x_pause, 3, gap, axis=1)
read = read_words(x_pause)[:, -1].argmax(axis=1)
right = (read == t_pause[:, -1]).mean()
print(f"trained without pauses, one pause before the last letter: {right:.3f} right")
print("what it reads instead:", {LETTERS[k]: int((read == k).sum()) for k in np.unique(read)})

# %% [markdown]
# A net with a loop *accepts* sequences of any length. Whether it reads them well is another question, and training decides it.
#
# ## Does the order matter?
#
# It is said that ignoring the order of ordered data harms learning, and that the key is to feed it in the order of time. Test both:
# put the letters before the last into another order, and train a net with state feedback on that. The last letter stays last, and is
# half Y and half T when we test. Two sets of words: in `WORDS` the two beginnings S, O, N and E, A, S hold different letters. In
# `ANAGRAMS` they hold the same ones.

# %%
ANAGRAMS = {"SONY": 0.4, "SONT": 0.1, "NOST": 0.4, "NOSY": 0.1}

# %% [markdown]
# SONY and NOSY differ in nothing but the order of their letters, and so do SONT and NOST: [anagram pairs](glossary).
#
# ## Exercise 1.9: predict the cost of a shuffle
# <!-- effort: loop-predict-order -->
#
# Compared with the same words in order, does the share of right last letters fall clearly, or does it stay about the same? Set each
# variable to `"falls"` or `"stays"`:
#
# - `shuffled_other`: `WORDS`, the first three letters of every word shuffled anew each time;
# - `shuffled_anagrams`: `ANAGRAMS`, shuffled in the same way;
# - `same_order`: `ANAGRAMS`, the first three letters in another order that is the same for all words, second, third, first.
#
# Training and testing use the same kind of order. The point is for telling it before the run.

# %% exercise="loop-predict-order"
# shuffled_other = "falls" or "stays"
# shuffled_anagrams = "falls" or "stays"
# same_order = "falls" or "stays"
### BEGIN SOLUTION
shuffled_other = "stays"
shuffled_anagrams = "falls"
same_order = "stays"
### END SOLUTION

# %% check="loop-predict-order"

# %% show
cases = {
    "WORDS\nin order": WORDS,
    "WORDS\nshuffled": letters.shuffle(WORDS),
    "ANAGRAMS\nin order": ANAGRAMS,
    "ANAGRAMS\nshuffled": letters.shuffle(ANAGRAMS),
    "ANAGRAMS\none order": letters.reorder(ANAGRAMS, (1, 2, 0, 3)),
}
right, ceilings = {}, {}
for name, words in cases.items():
    right[name] = score(state_reader(train_recurrent(13, words)), words, share=0.5)
    ceilings[name] = score(lambda x, words=words: best_in_context(x, words), words, share=0.5)
score_bars(
    list(cases),
    {"net with state feedback": list(right.values()), "ceiling": list(ceilings.values())},
    "words and their order",
    "Order and shuffle, last picture half Y, half T",
)

# %% show
values = list(right.values())
outcome(
    "loop-predict-order",
    believed="Ignoring the order of ordered data harms learning; the key is to feed it in the order of time.",
    measured=f"Right last letters. WORDS: {values[0]:.2f} in order, "
    f"{values[1]:.2f} shuffled. ANAGRAMS: {values[2]:.2f} in order, "
    f"{values[3]:.2f} shuffled, {values[4]:.2f} in one other order.",
    holds_when="what is asked for differs between things that hold the same parts. "
    f"Another order, the same for all words, cost {values[2] - values[4]:.2f} here, "
    "where what is asked for stayed last.",
)

# %% [markdown]
# ## What was shown
#
# - A net that sees one picture at a time is bounded by what is in the picture. The net was near that bound; the bound was the trouble.
# - A loop hands something of the last step to the next. If it is the output, the net knows what it said. If it is the state, it can
#   hold what it did not say: EASY and LAST need that.
# - *Joined* and *two matrices* are the same net. *Added* is the joined net with one matrix in both places.
# - A recurrent net weighs picture against context when both are needed, near the best possible. When context settles every case in
#   training, it stops looking.
# - Unrolled, it is a feedforward net with a layer for each step and tied weights, and everything flows one way.
# - A feedforward net with a window over all four pictures did nearly as well here. It has an edge, and weights for every place.
# - Shuffling hurt only where the order told something that the letters did not.
#
# **What was not shown.** How the state is trained (lesson 3). How long a state can hold something (lesson 4); here it was a few
# steps. Each net was trained once, with one start; repeat a cell with another number in `default_rng` and see how far the results move.
#
# ## Five questions

# %% recall="loop-ceiling loop-output-state loop-shuffle start-silent start-overfit"

# %% [markdown]
# Next: [lesson 2](../02_recurrent_cell/recurrent_cell.ipynb) looks inside the loop with the state, and asks how much goes round it.

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
