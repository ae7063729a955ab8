# %% [markdown]
# # Before you start: how does a program learn from examples?
#
# - **Time:** about 4 hours for all six parts, with good places to stop between them. Ten questions in
#   [Are you ready?](are_you_ready.ipynb) say which parts you need.
# - **You need:** Python with functions and loops, what a derivative is, how two matrices are multiplied.
# - **Afterwards you can** say what numpy will do with rows and columns of numbers, also where it does the wrong thing without a
#   word; turn scores into probabilities, and say what a wrong guess costs; send slopes back through a program by hand, and prove
#   them; train a net on pictures, know when to stop, and look at what it has found in them.
#
# Run each grey cell with Shift+Enter, from top to bottom. In an exercise, replace the line `raise NotImplementedError()` by your
# answer, and run the `check(...)` below it. Later parts use the functions of earlier ones. If you skip a part, run its cells all the
# same, and put into its exercises what `solution("start-softmax")` shows, with the name that stands in the exercise's check; it is
# then kept as seen.

# %%
import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution
from rnn_core import plots

KINDS = ["crate", "cart", "cabin", "car"]


def pictures(rng, N, noise=0.25):
    """Draw N noisy pictures (N, 10, 14).

    Returns: the pictures, and whether each has wheels (N,) and windows (N,): 0 or 1.
    """
    wheels, windows = rng.integers(0, 2, N), rng.integers(0, 2, N)
    images = np.zeros((N, 10, 14))
    for image, has_wheels, has_windows in zip(images, wheels, windows, strict=True):
        left, width = rng.integers(0, 4), rng.integers(9, 11)
        image[1:8, left : left + width] = 0.5  # the body
        if not has_wheels:
            image[8:10, left : left + width] = 0.5  # it stands on the ground
        for at in (left + 1, left + width - 4):
            if has_windows:
                image[2:4, at : at + 3] = 0
            if has_wheels:
                image[7:10, at : at + 3] = 1
                image[8, at + 1] = 0
    return images + noise * rng.standard_normal(images.shape), wheels, windows


# %% show
some, wheels, windows = pictures(np.random.default_rng(9), 200, noise=0)
first = [int(np.flatnonzero(wheels + 2 * windows == kind)[0]) for kind in range(4)]
noisy = some[first] + 0.25 * np.random.default_rng(9).standard_normal((4, 10, 14))
plots.images(
    [*some[first], *noisy],
    [*KINDS, *[f"{name}, noisy" for name in KINDS]],
    alt="A crate, a cart with wheels, a cabin with windows, a car with both, as small "
    "drawings; below, the same with noise",
    columns=4,
)

# %% [markdown]
# You see wheels and windows, and nobody had to tell you. Now think of a program that gets the grey levels of the lower, noisy drawings,
# one number after the other (the darker, the larger), and for each drawing one word: crate, cart, cabin or car. Nobody tells it that
# there are wheels.
#
# At the end of this lesson you look inside a program that you have trained yourself on such pictures. **Does it know what
# a wheel is?**

# %% [markdown]
# ## Part 1: numbers in rows and columns
#
# A numpy [array](glossary) is a block of numbers of one kind. Twelve drawings are one such block.

# %% show
example, _, _ = pictures(np.random.default_rng(5), 12)
print("twelve pictures:          ", example.shape)
print("one of them:              ", example[0].shape)
print("one row of one picture:   ", example[0, 2].shape)
x = example.reshape(12, -1)
print("each picture as one row:  ", x.shape)
print("mean over axis 0:         ", x.mean(axis=0).shape)
print("mean over axis 1:         ", x.mean(axis=1).shape)
print("mean over axis 1, kept:   ", x.mean(axis=1, keepdims=True).shape)

# %% [markdown]
# Its [shape](glossary) says how many numbers there are along each [axis](glossary). `example` has three axes: picture, row,
# column. `reshape` lays each picture out as one long row and leaves two.
#
# From here on, `x` has shape `(N, D)`: N examples, one a row, with D numbers each. Such a number is a [feature](glossary); here it
# is the grey level of one point. The word that belongs to an example, stored as a number from 0 to 3, is its
# [label](glossary). Several examples that are worked on at once are a [batch](glossary).
#
# `axis=0` names the axis that **vanishes**. The mean over axis 0 runs down the rows and leaves one number for each feature.
# `keepdims=True` leaves a 1 in the place of the vanished axis.
#
# Here is what vanishing rows look like: all pictures of one kind, averaged over axis 0, drawn as a picture again.

# %% show
many, wheels, windows = pictures(np.random.default_rng(6), 2000)
kinds = wheels + 2 * windows
plots.images(
    [many[kinds == k].mean(axis=0) for k in range(4)],
    [f"mean {name}" for name in KINDS],
    alt="The mean picture of each kind: blurred, because the drawings stand at different "
    "places; wheels and windows can be told",
)

# %% [markdown]
# ## Exercise 0.2: what is the sum?
# <!-- effort: start-broadcast -->
#
# Now two arrays whose shapes differ.
#
# ```python
# a = np.array([1, 2, 3])            # shape (3,)
# b = np.array([[10], [20], [30]])   # shape (3, 1)
# a + b
# ```
#
# What shape does `a + b` have? Commit to an answer **before** you run anything: set `predicted_shape` to one of `"(3,)"`,
# `"(3, 1)"`, `"(3, 3)"` and `"error"`. Any of them earns the point.

# %% exercise="start-broadcast"
# predicted_shape = "(3,)" or "(3, 1)" or "(3, 3)" or "error"
### BEGIN SOLUTION
predicted_shape = "(3, 3)"
### END SOLUTION

# %% check="start-broadcast"

# %% show
a = np.array([1, 2, 3])
b = np.array([[10], [20], [30]])
print(a + b)
outcome(
    "start-broadcast",
    believed="Three numbers plus three numbers are three numbers.",
    measured=f"The sum has shape {(a + b).shape}.",
    holds_when="Three and three stay three when both arrays have the very same shape.",
)

# %% [markdown]
# The rule behind this is called [broadcasting](glossary):
#
# 1. Write the two shapes below each other, lined up **at the right**. Fill up with 1 at the left.
# 2. Along each axis the sizes must be equal, or one of them must be 1. Otherwise there is an error.
# 3. What has size 1 is repeated as often as needed.
#
# ```text
# a        (3,)   ->  (1, 3)  ->  (3, 3)   each row is 1 2 3
# b      (3, 1)   ->  (3, 1)  ->  (3, 3)   each column is 10 20 30
# ```
#
# It is what makes `x - x.mean(axis=0)` work: `(N, D)` and `(D,)`. It is also behind mistakes that are hard to find.
#
# ## An error that is no error
#
# Six houses have a known price, `y`. A program guesses the prices. We cheat: it computes them by the very formula that they were made
# with. So the mean squared error must be 0.

# %% show
rng = np.random.default_rng(1)
size = rng.uniform(0, 1, (6, 3))  # three features of six houses
rate = np.array([2.0, 1.0, 0.5])  # what each feature adds to the price

y = size @ rate  # (6,)
guess = size @ rate.reshape(3, 1)  # the same products, by a matrix with one column

print("true:   ", np.round(y, 3))
print("guessed:", np.round(guess.ravel(), 3))
print("mean squared error:", round(float(np.mean((guess - y) ** 2)), 3))

# %% [markdown]
# The numbers agree, and their mean squared error is not 0. No error, no warning. Stop here for a minute: where would you look?
#
# Look at the difference itself, before it is squared and averaged.

# %% show
plots.heatmap(
    guess - y,
    range(6),
    range(6),
    xlabel="true price of house",
    ylabel="guessed price of house",
    unit="guess - true",
    title=f"guess has shape {guess.shape}, y has {y.shape}",
    alt="Six by six differences; the diagonal, where a house meets itself, is 0, "
    "and everything else is not",
)

# %% [markdown]
# Every guess is compared with every price. The six differences that we wanted stand on the diagonal, and all are 0. But the mean was
# taken over the whole table.
#
# This is **silent broadcasting**: `(6, 1)` and `(6,)` follow the rule to the letter, and the result is a number that looks like any other. A
# program that learns by making such a number small will run, and learn the wrong thing. Three habits help:
#
# - print shapes when something is odd, first of all;
# - compare shapes where they enter: `assert guess.shape == y.shape`;
# - try sizes that all differ. With equal sizes even a wrong axis fits.

# %% [markdown]
# ## Exercise 0.3: features on one scale
# <!-- effort: start-standardise -->
#
# Features may be measured in metres or in grams. Before learning one brings them to one scale: mean 0 and standard deviation 1. The
# examples to learn from are called the [training set](glossary), and it alone decides the conversion. Later examples go
# through the very same one.
#
# $$z_{nd} = \frac{x_{nd} - \mu_d}{\sigma_d}, \qquad \mu_d,\ \sigma_d: \text{ mean and standard deviation of column } d \text{ of the training set}$$
#
# - `x` has shape `(M, D)`, `x_train` has shape `(N, D)`. Return `z` of shape `(M, D)`.
# - The standard deviation is numpy's default, `std`, which divides by N.
# - A feature that never varies in the training set has $\sigma_d = 0$: divide by 1 there, and only there. Every other $\sigma_d$ is used as it
#   is, however small: nothing is added to it.
# - The caller's arrays stay as they are.
#
# A tiny instance: with `x_train = [[1, 10], [3, 10]]` the means are 2 and 10, the standard deviations 1 and 0, so
# `x = [[5, 11]]` becomes `[[3, 1]]`.


# %% exercise="start-standardise"
def standardise(x, x_train):
    """x (M, D), x_train (N, D) -> z (M, D): x on the scale on which each feature of x_train
    has mean 0 and standard deviation 1."""
    ### BEGIN SOLUTION
    std = x_train.std(axis=0)  # (D,)
    return (x - x_train.mean(axis=0)) / np.where(std > 0, std, 1.0)
    ### END SOLUTION


# %% check="start-standardise"

# %% [markdown]
# ## Part 2: from scores to probabilities
#
# A program that must choose among V kinds gives each kind a score, any number at all; the highest wins. Such a score is called a
# [logit](glossary). But how sure is it? For that the scores of a picture must become shares that are not negative and sum to 1: a
# [probability distribution](glossary).

# %% show
scores = np.array([2.0, 1.0, -1.0, 0.0])
print("kind       ", *[f"{name:>8}" for name in KINDS])
print("score      ", *[f"{s:8.2f}" for s in scores])
e = np.exp(scores)
print("exp(score) ", *[f"{number:8.2f}" for number in e], f"  sum {e.sum():.2f}")
print("share      ", *[f"{number:8.2f}" for number in e / e.sum()])

# %% [markdown]
# The exponential makes every score positive; dividing by the sum makes them shares. Together this is the [softmax](glossary).
#
# ## Exercise 0.4: softmax
# <!-- effort: start-softmax -->
#
# $$p_k = \frac{e^{a_k}}{\sum_j e^{a_j}}$$
#
# - `a` may have any number of axes: `(V,)`, `(N, V)`, `(N, T, V)`. The scores that compete stand along the **last** one; there the result sums to 1.
# - It must work for scores of 1000 and of -1000. `np.exp(1000)` is infinite; but adding one number to all scores of a row changes no share, so
#   you may choose which.
# - `a` itself stays as it is.


# %% exercise="start-softmax"
def softmax(a):
    """a (..., V), scores -> p (..., V), which sums to 1 along the last axis."""
    ### BEGIN SOLUTION
    e = np.exp(a - a.max(axis=-1, keepdims=True))  # the largest is exp(0): nothing overflows
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% check="start-softmax"

# %% [markdown]
# ## What does a wrong guess cost?
#
# The truth comes out: it was a cart. A program that had given it the probability $p$ pays $-\log p$. Nothing for certainty
# that was right; much for certainty that was wrong.

# %% show
p = np.linspace(0.01, 1, 100)
plots.curves(
    p,
    {"in nats: -log p": np.log(1 / p), "in bits: -log2 p": np.log2(1 / p)},
    xlabel="probability given to what was true",
    ylabel="price (nats or bits)",
    title="The price of a surprise",
)

# %% [markdown]
# With the natural logarithm the price is counted in [nats](glossary), with the logarithm to base 2 in [bits](glossary): one
# bit is the price of a fair coin's side. Nats are easier to differentiate, bits are easier to picture: 3 bits are a choice among 8.
#
# The mean price over many examples is the [cross-entropy](glossary). It is the number that we shall make small; such a number is
# called a [loss](glossary).
#
# To make it small one must know how it moves with each score. So nudge one score at a time, up and down, and watch.


# %%
def slopes(f, x, nudge=1e-5):
    """How fast f(x) changes with each element of the array x, found by nudging one at a time.

    Returns: an array of the shape of x.
    """
    x, result = np.array(x, dtype=float), np.zeros(np.shape(x))
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + nudge
        above = f(x)
        x[index] = kept - nudge
        result[index] = (above - f(x)) / (2 * nudge)
        x[index] = kept
    return result


# %% show
truth = 1  # it was a cart
print("kind            ", *[f"{name:>8}" for name in KINDS])
da = slopes(lambda a: -np.log(softmax(a)[truth]), scores)
print("slope of price  ", *[f"{s:8.4f}" for s in da])
print("probability     ", *[f"{s:8.4f}" for s in softmax(scores)])

# %% [markdown]
# Compare the two lines. The slope is the probability itself, but for the kind that was true: there it is the probability minus 1.
#
# All slopes of a loss together, one for each number that it depends on, are its [gradient](glossary). It has the shape of what it
# belongs to. In code `da` stands for the gradient of the loss for `a`.
#
# ## Exercise 0.5: cross-entropy and its gradient
# <!-- effort: start-cross-entropy -->
#
# For N examples with logits $a_n$ and true kinds $t_n$:
#
# $$L = -\frac1N \sum_n \log p_{n, t_n}, \qquad \frac{\partial L}{\partial a_{nk}} = \frac{p_{nk} - [k = t_n]}{N}, \qquad p_n = \mathrm{softmax}(a_n)$$
#
# where $[k = t_n]$ is 1 for the true kind and 0 elsewhere.
#
# - `logits` has shape `(N, V)`, `targets` has shape `(N,)` and holds whole numbers from 0 to V - 1.
# - Return two things: `loss`, one number in nats, the mean; and `dlogits`, shape `(N, V)`, the gradient of that mean.
# - A confident mistake must have a finite price: a target whose logit lies 1000 below the largest costs 1000 nats. Its probability has rounded
#   to 0, so taking the logarithm of it comes too late. Use $\log p_k = a_k - m - \log \sum_j e^{a_j - m}$ with $m$ the largest of the row.
# - The caller's arrays stay as they are.
#
# A tiny instance: `logits = [[0, 0]]` and `targets = [0]` give the loss $\log 2$ and the gradient `[[-0.5, 0.5]]`.


# %% exercise="start-cross-entropy"
def cross_entropy(logits, targets):
    """logits (N, V), targets (N,) -> loss, the mean in nats; dlogits (N, V), its gradient."""
    ### BEGIN SOLUTION
    N = len(logits)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    loss = -log_p[np.arange(N), targets].mean()
    dlogits = np.exp(log_p)
    dlogits[np.arange(N), targets] -= 1
    return loss, dlogits / N
    ### END SOLUTION


# %% check="start-cross-entropy"

# %% show
guesses = {
    "no idea: all scores equal": np.zeros((1, 4)),
    "right, and fairly sure": np.array([[0.0, 3, 0, 0]]),
    "wrong, and fairly sure": np.array([[3.0, 0, 0, 0]]),
    "wrong, and certain": np.array([[1000.0, 0, 0, 0]]),
}
print(f"{'':28}{'nats':>9}{'bits':>9}")
for what, logits in guesses.items():
    nats = cross_entropy(logits, np.array([1]))[0]
    print(f"{what:28}{nats:9.3f}{nats / np.log(2):9.3f}")

# %% [markdown]
# Keep the first line in mind: whoever has no idea among V kinds pays log V. A loss above that is worse than guessing.
#
# **A good place to stop.** Part 3 begins with one small function.
#
# ## Part 3: slopes, sent back
#
# A net is a chain of simple lines of code, and its loss comes at the end. We need the slope of the loss for numbers that stand at the beginning. We
# go back line by line. Each line gets the gradient for its result and turns it into the gradient for its input.
#
# ## Shown whole: the square
#
# One line: `y = x ** 2`, element by element. Suppose that the lines behind it have told us `dy`, the gradient of the loss for `y`.
#
# How does each `y` move when each `x` is nudged? That is a table with one row for each result and one column for each input, called the
# [Jacobian](glossary):
#
# $$J_{ij} = \frac{\partial y_i}{\partial x_j}, \qquad \text{here } J = \begin{pmatrix} 2x_1 & 0 & 0 \\ 0 & 2x_2 & 0 \\ 0 & 0 & 2x_3 \end{pmatrix}$$
#
# When $x_j$ is nudged, each $y_i$ moves $J_{ij}$ times as far, and the loss moves $dy_i$ times as far as that. Multiply along each way, add over the
# ways. This is the [chain rule](glossary):
#
# $$dx_j = \sum_i dy_i\, J_{ij}$$
#
# A vector times a Jacobian: a [vector-Jacobian product](glossary). The run below does it three ways.

# %%
x = np.array([0.5, -1.0, 2.0])
dy = np.array([3.0, 1.0, -2.0])


def square(x):
    return x**2


def square_backward(dy, x):
    return dy * 2 * x  # the Jacobian is diagonal: no matrix is needed


J = np.diag(2 * x)
print("the whole Jacobian: ", dy @ J)
print("only its diagonal:  ", square_backward(dy, x))
print("by nudging x:       ", np.round(slopes(lambda x: np.sum(dy * square(x)), x), 6))

# %% [markdown]
# Three ways, one result. In the third, `np.sum(dy * y)` stands for all that comes behind: it is the simplest loss whose gradient for `y` is `dy`.
#
# For a thousand inputs and a thousand results the Jacobian of this line has a million entries, nearly all of them 0. The short form never builds it. From now on a
# line of code has a partner whose name ends in `_backward` and which computes the product directly.
#
# ## Exercise 0.6: tanh, half of it given
# <!-- effort: start-tanh-backward -->
#
# The line is `y = np.tanh(x)`, element by element. Its slope can be written with its own result:
#
# $$\frac{\partial y_i}{\partial x_i} = 1 - y_i^2, \qquad \frac{\partial y_i}{\partial x_j} = 0 \text{ for } i \ne j$$
#
# So the Jacobian is given. Write the product, as in `square_backward`. `dy` and `y` have one shape, with any number of axes; return `dx` of that shape. The
# caller's arrays stay as they are.


# %% exercise="start-tanh-backward"
def tanh_backward(dy, y):
    """dy, y = tanh(x), of any one shape -> dx of that shape, the gradient for x."""
    ### BEGIN SOLUTION
    return dy * (1 - y**2)
    ### END SOLUTION


# %% check="start-tanh-backward"

# %% show
x = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
print("x:                ", x)
print("slope, by yours:  ", np.round(tanh_backward(np.ones(5), np.tanh(x)), 4))
print("slope, by nudging:", np.round(slopes(lambda x: np.sum(np.tanh(x)), x), 4))

# %% [markdown]
# Far from 0 the slope is nearly 0: there tanh is flat, and hardly anything comes back through it. Remember this; it returns in later lessons.
#
# ## Exercise 0.7: the linear map, less of it given
# <!-- effort: start-linear-backward -->
#
# The line is `y = x @ W + b` for a batch: `x` has shape `(N, D)`, `W` has `(D, H)`, `b` has `(H,)`, `y` has `(N, H)`. Written out:
#
# $$y_{nj} = \sum_i x_{ni}\, W_{ij} + b_j$$
#
# You get `dy`, shape `(N, H)`. Three things entered the line, so three gradients leave it. For the first, follow one input: when $x_{ni}$ is
# nudged, $y_{nj}$ moves $W_{ij}$ times as far, for each $j$. Hence
#
# $$dx_{ni} = \sum_j dy_{nj}\, W_{ij}$$
#
# Find `dW` and `db` in the same way: what does $W_{ij}$ move, and by how much? What does $b_j$ move, and in how many rows?
#
# Return `dx` `(N, D)`, `dW` `(D, H)`, `db` `(H,)`, in this order. Sum over the rows; do **not** divide by N: where the loss is a mean, its 1/N stands
# in `dy` already. The caller's arrays stay as they are.


# %% exercise="start-linear-backward"
def linear_backward(dy, x, W):
    """dy (N, H), x (N, D), W (D, H) -> dx (N, D), dW (D, H), db (H,) for y = x @ W + b."""
    ### BEGIN SOLUTION
    dx = dy @ W.T
    dW = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dW, db
    ### END SOLUTION


# %% check="start-linear-backward"

# %% [markdown]
# The same proof as before: nudge every element of `x`, `W` and `b`, and compare.

# %% show
rng = np.random.default_rng(2)
dy, x, W, b = (rng.standard_normal(shape) for shape in ((4, 5), (4, 3), (3, 5), (5,)))
by_hand = linear_backward(dy, x, W)
by_nudging = (
    slopes(lambda x: np.sum(dy * (x @ W + b)), x),
    slopes(lambda W: np.sum(dy * (x @ W + b)), W),
    slopes(lambda b: np.sum(dy * (x @ W + b)), b),
)
for name, ours, nudged in zip(("dx", "dW", "db"), by_hand, by_nudging, strict=True):
    difference, slope = np.abs(ours - nudged).max(), np.abs(nudged).max()
    print(f"{name}: largest difference {difference:.1e}, largest slope {slope:.2f}")

# %% [markdown]
# **A good place to stop.** You have all pieces of a net; part 4 puts them together.
#
# ## Part 4: a net
#
# Could one linear map do everything? And if one does not suffice, two in a row?

# %% show
rng = np.random.default_rng(3)
x, W1, W2 = (rng.standard_normal(shape) for shape in ((5, 3), (3, 50), (50, 2)))
print("two maps in a row:")
print((x @ W1) @ W2)
print("one map, whose matrix is the product of the two:")
print(x @ (W1 @ W2))

# %% [markdown]
# Two linear maps are one linear map, however many columns stand between them. Something must bend in between:
#
# $$h = \tanh(x\,W_{xh} + b), \qquad y = h\,W_{hy} + b_y$$
#
# This is a [feedforward net](glossary), also called an MLP: everything flows from the input to the scores, once. Its words:
#
# - The numbers in $W_{xh}$ and $W_{hy}$ are [weights](glossary), those in $b$ and $b_y$ are [biases](glossary). Together they are the
#   [parameters](glossary): what learning may change.
# - $h$ is the [hidden layer](glossary): nobody tells it what to be. Each of its H columns is a [unit](glossary): it weighs all features of the input,
#   adds its bias, and bends the sum.
# - tanh, the bend, is the [activation function](glossary).
#
# The unit's result is a new feature of the example, made from all the old ones. It is often said that *a hidden layer extracts features*. Part 6 looks
# whether that is so.
#
# ## Exercise 0.8: the net, there and back
# <!-- effort: start-mlp -->
#
# Now nothing is given but the equations above. Write both directions:
#
# - `mlp_forward(x, W_xh, b, W_hy, b_y)` returns the scores `y` and a `cache`: all that your way back will need, in a form of your choice (a tuple is fine).
#   Keep nothing outside it: another `mlp_forward` may come before the way back.
#   Shapes: `x` `(N, D)`, `W_xh` `(D, H)`, `b` `(H,)`, `W_hy` `(H, V)`, `b_y` `(V,)`, `y` `(N, V)`. The scores are not bent.
# - `mlp_backward(dy, cache)` gets the gradient for `y` and the cache that your `mlp_forward` returned. It returns the gradients `dx, dW_xh, db, dW_hy, db_y`, in
#   this order, each with the shape of what it belongs to. Nothing is divided by N.
#
# The way back is the program from its last line to its first, with `linear_backward` and `tanh_backward` in place of the lines. This is
# [backpropagation](glossary). The caller's arrays stay as they are, and so does what stands in the cache.


# %% exercise="start-mlp"
def mlp_forward(x, W_xh, b, W_hy, b_y):
    """x (N, D), W_xh (D, H), b (H,), W_hy (H, V), b_y (V,)
    -> y (N, V), the scores, and a cache for the way back."""
    ### BEGIN SOLUTION
    h = np.tanh(x @ W_xh + b)
    y = h @ W_hy + b_y
    return y, (x, h, W_xh, W_hy)
    ### END SOLUTION


def mlp_backward(dy, cache):
    """dy (N, V), the cache of mlp_forward
    -> dx (N, D), dW_xh (D, H), db (H,), dW_hy (H, V), db_y (V,)."""
    ### BEGIN SOLUTION
    x, h, W_xh, W_hy = cache
    dh, dW_hy, db_y = linear_backward(dy, h, W_hy)
    da = tanh_backward(dh, h)
    dx, dW_xh, db = linear_backward(da, x, W_xh)
    return dx, dW_xh, db, dW_hy, db_y
    ### END SOLUTION


# %% check="start-mlp"

# %% [markdown]
# Now the whole chain at once, from the weights to the loss: your `mlp_forward`, your `cross_entropy`, and back through both.

# %% show
rng = np.random.default_rng(4)
x, targets = rng.standard_normal((6, 3)), rng.integers(0, 4, 6)
net = {
    name: 0.5 * rng.standard_normal(shape)
    for name, shape in (("W_xh", (3, 7)), ("b", (7,)), ("W_hy", (7, 4)), ("b_y", (4,)))
}


def loss_of(**changed):
    return cross_entropy(mlp_forward(x, **{**net, **changed})[0], targets)[0]


y, cache = mlp_forward(x, **net)
_, dy = cross_entropy(y, targets)
_, *by_hand = mlp_backward(dy, cache)
for (name, values), ours in zip(net.items(), by_hand, strict=True):
    nudged = slopes(lambda changed, name=name: loss_of(**{name: changed}), values)
    difference, slope = np.abs(ours - nudged).max(), np.abs(nudged).max()
    print(f"d{name:5} largest difference {difference:.1e}, largest slope {slope:.3f}")

# %% [markdown]
# **A good place to stop.** The net can say how it should change. Part 5 changes it.
#
# ## Part 5: from slopes to steps
#
# The gradient points to where the loss grows. So walk against it, a little:
#
# $$p \leftarrow p - \eta\, g$$
#
# This is [gradient descent](glossary), and $\eta$, in code `lr`, is the [learning rate](glossary). How long should a step be? Here is a valley that is
# steep across and flat along: $L = \frac12 (p_1^2 + 30\,p_2^2)$, from the start $p = (10, 1)$.


# %%
def valley(p):
    """The height at p (2,), and its gradient."""
    steepness = np.array([1.0, 30.0])
    return 0.5 * np.sum(steepness * p**2), steepness * p


def walk(step, steps=60):
    """The height at each step of a walk.

    step(p, g, memory, t) gives the next p and the memory to carry on.
    """
    p, memory, heights = np.array([10.0, 1.0]), None, []
    for t in range(1, steps + 1):
        height, g = valley(p)
        heights.append(height)
        p, memory = step(p, g, memory, t)
    return heights


# %% show
plots.curves(
    np.arange(60),
    {
        f"learning rate {lr}": walk(lambda p, g, memory, t, lr=lr: (p - lr * g, None))
        for lr in (0.005, 0.05, 0.068)
    },
    xlabel="step",
    ylabel="height L",
    yscale="log",
    title="Gradient descent in a narrow valley",
)

# %% [markdown]
# The smallest learning rate creeps along the flat direction. The largest is not much larger than the one between, and yet it overshoots across, further
# each time, and the height explodes. The steep direction sets the limit, the flat one needs the time.
#
# With many examples one does not wait for all of them: the gradient of a small batch, drawn at random, is a noisy estimate of the whole, and a step after each batch is
# [stochastic gradient descent](glossary) (SGD).
#
# Two remedies for the narrow valley remember the past:
#
# **[Momentum](glossary)** lets a velocity build up. What alternates cancels, what stays adds up:
#
# $$v' = \beta\, v + g, \qquad p' = p - \eta\, v'$$
#
# **[Adam](glossary)** gives every parameter its own scale: a running mean $m$ of the gradient, divided by the root of a running mean $v$ of its square. Both begin at 0 and are too
# small at first, which the hats correct:
#
# $$m' = \beta_1 m + (1 - \beta_1)\, g, \qquad v' = \beta_2 v + (1 - \beta_2)\, g^2$$
#
# $$\hat m = \frac{m'}{1 - \beta_1^t}, \qquad \hat v = \frac{v'}{1 - \beta_2^t}, \qquad p' = p - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}$$
#
# ## Exercise 0.9: a step with momentum, a step of Adam
# <!-- effort: start-optimizers -->
#
# - `momentum_step(p, g, v, lr, beta=0.9)` returns `p_next` and `v_next`.
# - `adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8)` returns `p_next`, `m_next` and `v_next`: $m'$ and $v'$, without hats. `t` counts the steps and
#   is 1 at the first.
# - All arrays have the shape of the parameter `p`. Return new arrays; the caller's stay as they are.
#
# A tiny instance: at `t = 1` with `m = v = 0`, `g = 4` and `lr = 0.1`, Adam moves `p` by -0.1 (but for `eps`): $\hat m = 4$, $\sqrt{\hat v} = 4$.


# %% exercise="start-optimizers"
def momentum_step(p, g, v, lr, beta=0.9):
    """p, g, v of one shape -> p_next, v_next."""
    ### BEGIN SOLUTION
    v_next = beta * v + g
    return p - lr * v_next, v_next
    ### END SOLUTION


def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """p, g, m, v of one shape; t is 1 at the first step -> p_next, m_next, v_next."""
    ### BEGIN SOLUTION
    m_next = beta1 * m + (1 - beta1) * g
    v_next = beta2 * v + (1 - beta2) * g**2
    m_hat = m_next / (1 - beta1**t)
    v_hat = v_next / (1 - beta2**t)
    return p - lr * m_hat / (np.sqrt(v_hat) + eps), m_next, v_next
    ### END SOLUTION


# %% check="start-optimizers"


# %% show
def with_momentum(p, g, v, t):
    return momentum_step(p, g, np.zeros(2) if v is None else v, lr=0.02, beta=0.8)


def with_adam(p, g, memory, t):
    m, v = (np.zeros(2), np.zeros(2)) if memory is None else memory
    p, m, v = adam_step(p, g, m, v, t, lr=0.5)
    return p, (m, v)


plots.curves(
    np.arange(60),
    {
        "gradient descent, lr 0.05": walk(lambda p, g, memory, t: (p - 0.05 * g, None)),
        "momentum, lr 0.02": walk(with_momentum),
        "Adam, lr 0.5": walk(with_adam),
    },
    xlabel="step",
    ylabel="height L",
    yscale="log",
    title="The same valley, with memory",
)

# %% [markdown]
# One valley and three settings prove nothing about other losses. Which of the three is best depends on the loss and on the learning rate; in this course we try them out.
#
# **A good place to stop.** In part 6 the net learns.
#
# ## Part 6: examples that the net has not seen
#
# A net is of use for pictures that it has not seen. So the examples are dealt into three heaps:
#
# - The training set you know: the gradient comes from it, and from it alone.
# - The [validation set](glossary) is for decisions: when to stop, how many units, which learning rate.
# - The [test set](glossary) is for one number, at the very end.
#
# First a small training set, much noise and a large net. The second cell below trains it by SGD with Adam's steps, and after each epoch (each time that the whole
# training set has been used once) it writes down the loss on training and on validation examples.


# %%
def start_net(rng, D, H, V):
    """Parameters to begin with: random weights that keep the sums at about 1, biases of 0."""
    return {
        "W_xh": rng.standard_normal((D, H)) / np.sqrt(D),
        "b": np.zeros(H),
        "W_hy": rng.standard_normal((H, V)) / np.sqrt(H),
        "b_y": np.zeros(V),
    }


def examples(rng, N, noise=0.25):
    """N pictures as rows x (N, 140), and their kinds y (N,)."""
    images, wheels, windows = pictures(rng, N, noise)
    return images.reshape(N, -1), wheels + 2 * windows


# %% show
rng = np.random.default_rng(0)
x_small, y_small = examples(rng, 60, noise=0.4)
x_val, y_val = examples(rng, 300, noise=0.4)
x_val, x_small = standardise(x_val, x_small), standardise(x_small, x_small)

params, t = start_net(rng, x_small.shape[1], 32, 4), 0
m = {name: np.zeros_like(p) for name, p in params.items()}
v = {name: np.zeros_like(p) for name, p in params.items()}
train_losses, val_losses = [], []
for _ in range(120):
    order = rng.permutation(len(x_small))
    for start in range(0, len(x_small), 20):
        rows = order[start : start + 20]
        scores, cache = mlp_forward(x_small[rows], **params)
        _, dscores = cross_entropy(scores, y_small[rows])
        _, *grads = mlp_backward(dscores, cache)
        t += 1
        for name, g in zip(params, grads, strict=True):
            params[name], m[name], v[name] = adam_step(
                params[name], g, m[name], v[name], t, lr=0.005
            )
    train_losses.append(cross_entropy(mlp_forward(x_small, **params)[0], y_small)[0])
    val_losses.append(cross_entropy(mlp_forward(x_val, **params)[0], y_val)[0])

plots.curves(
    np.arange(120),
    {
        "training set": train_losses,
        "validation set": val_losses,
        "no idea: log 4": np.full(120, np.log(4)),
    },
    xlabel="epoch",
    ylabel="loss (nats)",
    title=f"{len(x_small)} very noisy training pictures, 32 units",
)

# %% [markdown]
# The two curves part. The net gets better and better on the pictures that it is shown, and soon worse on others: it fits what is peculiar to these
# few. This is [overfitting](glossary). Compare the end of the validation curve with the line of someone who has no idea. Unsure is cheap; sure and wrong is not.
#
# One remedy is to keep the net of the best epoch: [early stopping](glossary).
#
# ## Exercise 0.10: when to stop
# <!-- effort: start-early-stopping -->
#
# During a run nobody knows the future. So one waits a while, in the hope of a new lowest, and then gives up. Write
# `best_epoch(val_losses, patience)`: it walks through the validation losses, an array with one number an epoch, in order.
#
# - Epochs are counted from 0. Only a loss **below** the lowest so far is a new lowest; an equal one is not.
# - When `patience` epochs in a row have brought no new lowest, the run stops; the epoch that completes them is the last one run.
# - If that never happens, the last epoch is that of the end of `val_losses`.
# - Return `best`, the epoch of the lowest loss **up to the stop**, and `last`, the last epoch run: two whole numbers.
# - A loss may be any number, also a large one; `patience` is at least 1. `val_losses` stays as it is.
#
# A tiny instance: losses `5, 3, 4, 3, 1` with patience 2 give `best = 1` and `last = 3`. The 1 is never reached.


# %% exercise="start-early-stopping"
def best_epoch(val_losses, patience):
    """val_losses (K,), one an epoch -> best, the epoch to keep; last, the last epoch run."""
    ### BEGIN SOLUTION
    best, lowest, waited = 0, np.inf, 0
    for last, loss in enumerate(val_losses):
        if loss < lowest:
            best, lowest, waited = last, loss, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, last
    ### END SOLUTION


# %% check="start-early-stopping"

# %% show
best, last = best_epoch(np.array(val_losses), patience=10)
print(f"keep epoch {best}, stop after epoch {last}")
print(
    f"validation loss there {val_losses[best]:.3f} nats, "
    f"after all {len(val_losses)} epochs {val_losses[-1]:.3f} nats"
)

# %% [markdown]
# ## Exercise 0.11: train
# <!-- effort: start-train -->
#
# Now all of it in one function, `train(x, y, x_val, y_val, rng, H=16)`. The cell that drew the curves shows the loop once; this time you write it, and it stops by itself.
#
# - `x` `(N, D)` and `y` `(N,)` are the training set, already standardised; `x_val`, `y_val` the validation set. The kinds are the whole numbers from 0 to `y.max()`, so V is `y.max() + 1`.
# - Return a dict with the parameters `W_xh` `(D, H)`, `b` `(H,)`, `W_hy` `(H, V)`, `b_y` `(V,)` of the epoch with the **lowest validation loss**: not those of the last epoch.
# - The gradient comes from the training set alone.
# - All randomness comes from `rng`: the same `rng` gives the same net. The caller's arrays stay as they are.
# - A call may take 20 seconds; the recipe needs far less.
#
# A recipe that works; another may do as well:
#
# - Begin with `start_net(rng, D, H, V)` of the cell above.
# - Each epoch, deal the rows in a new order into batches of 20, and take a step of Adam with learning rate 0.01 for each batch. `t` counts steps, over all epochs.
# - After each epoch compute the validation loss. Stop after 20 epochs without a new lowest, or after 200 epochs.
#
# What is checked is what the net says about **fresh examples**, of several kinds and sizes: it must name at least 93 % of three kinds, and 83 % of four. The examples are points on the
# arms of a spiral, where a net without a hidden layer stays about ten percentage points or more below that. It is also checked that the validation set decides when to stop and
# teaches nothing.


# %% exercise="start-train"
def train(x, y, x_val, y_val, rng, H=16):
    """x (N, D), y (N,), x_val (M, D), y_val (M,), a generator, H units
    -> a dict of W_xh, b, W_hy, b_y: those of the best epoch."""
    ### BEGIN SOLUTION
    params = start_net(rng, x.shape[1], H, y.max() + 1)
    m = {name: np.zeros_like(p) for name, p in params.items()}
    v = {name: np.zeros_like(p) for name, p in params.items()}
    best, lowest, waited, t = params, np.inf, 0, 0
    for _ in range(200):
        order = rng.permutation(len(x))
        for start in range(0, len(x), 20):
            rows = order[start : start + 20]
            scores, cache = mlp_forward(x[rows], **params)
            _, dscores = cross_entropy(scores, y[rows])
            _, *grads = mlp_backward(dscores, cache)
            t += 1
            stepped = {}
            for name, g in zip(params, grads, strict=True):
                stepped[name], m[name], v[name] = adam_step(
                    params[name], g, m[name], v[name], t, lr=0.01
                )
            params = stepped  # a new dict: `best` keeps the old one
        loss, _ = cross_entropy(mlp_forward(x_val, **params)[0], y_val)
        if loss < lowest:
            best, lowest, waited = params, loss, 0
        else:
            waited += 1
        if waited == 20:
            break
    return best
    ### END SOLUTION


# %% check="start-train"

# %% [markdown]
# Does the hidden layer pay? Two programs without one stand beside your net: one picks the kind whose mean example is nearest, the other is one linear map, trained and stopped
# on the same examples. And there are two tasks: the pictures, and the three arms of a spiral.


# %%
def spiral(rng, N):
    """Points x (N, 2) on three arms of a spiral, and the arm y (N,) of each."""
    y, r = rng.integers(0, 3, N), rng.uniform(0.3, 2, N)
    angle = 2 * np.pi * y / 3 + 1.5 * r
    x = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
    return x + 0.08 * rng.standard_normal((N, 2)), y


def share_right(scores, y):
    """The share of examples whose highest score is that of the right kind."""
    return float((scores.argmax(axis=1) == y).mean())


def nearest_mean(x, y, x_val, y_val):
    """How much of the validation set is right by the nearest mean example."""
    means = np.stack([x[y == k].mean(axis=0) for k in range(y.max() + 1)])  # (V, D)
    differences = x_val[:, None] - means  # (N, 1, D) - (V, D): broadcasting, on purpose
    return share_right(-(differences**2).sum(axis=2), y_val)


def linear_map(x, y, x_val, y_val):
    """How much of it is right by one trained linear map, at its lowest validation loss."""
    W, b = np.zeros((x.shape[1], y.max() + 1)), np.zeros(y.max() + 1)
    losses, shares = [], []
    for _ in range(200):
        _, dy = cross_entropy(x @ W + b, y)
        _, dW, db = linear_backward(dy, x, W)
        W, b = W - 0.1 * dW, b - 0.1 * db
        losses.append(cross_entropy(x_val @ W + b, y_val)[0])
        shares.append(share_right(x_val @ W + b, y_val))
    return shares[int(np.argmin(losses))]


def percent_bars(names, percents, xlabel, ylabel, title):
    """Bars of percents, with room for the legend above 100."""
    picture = plots.bars(names, percents, xlabel, ylabel, title)
    picture.figure.axes[0].set(ylim=(0, 125), yticks=range(0, 101, 20))
    return picture


# %% [markdown]
# Train your net on both tasks:

# %% show
rng = np.random.default_rng(1)
(raw_train, y_train), (raw_val, y_val) = examples(rng, 400), examples(rng, 300)
raw_test, y_test = examples(rng, 1000)
x_train, x_val, x_test = (standardise(raw, raw_train) for raw in (raw_train, raw_val, raw_test))
net = train(x_train, y_train, x_val, y_val, np.random.default_rng(2), H=8)

points, points_val = spiral(rng, 400), spiral(rng, 300)
spiral_net = train(*points, *points_val, np.random.default_rng(2), H=8)

# %% show
on_pictures = [
    nearest_mean(x_train, y_train, x_val, y_val),
    linear_map(x_train, y_train, x_val, y_val),
    share_right(mlp_forward(x_val, **net)[0], y_val),
]
on_spiral = [
    nearest_mean(*points, *points_val),
    linear_map(*points, *points_val),
    share_right(mlp_forward(points_val[0], **spiral_net)[0], points_val[1]),
]
percent_bars(
    ["nearest mean", "linear map", "your net, 8 units"],
    {"pictures": 100 * np.array(on_pictures), "spiral": 100 * np.array(on_spiral)},
    xlabel="program",
    ylabel="validation examples right (%)",
    title="Does the hidden layer pay?",
)

# %% [markdown]
# It depends on the task. Always try the simple program first: without it, a good share says little about the net.
#
# ## Exercise 0.12: what do the hidden units detect?
# <!-- effort: start-units -->
#
# It is often said that hidden layers extract features: shown cars, some units are said to look for tires and others for windows. Your net was shown four words, never the word wheel.
#
# Call a unit a **detector** of a part (wheels or windows) when a threshold on its result tells for at least 90 % of fresh pictures whether that part is there,
# and no threshold tells the other part for more than 65 %. By guessing one gets 50 %.
#
# How many of the 8 units are detectors? Commit before you run on: set `predicted_units` to `"none"`, `"fewer than half"` or `"half or more"`. Any of them earns the point.

# %% exercise="start-units"
# predicted_units = "none" or "fewer than half" or "half or more"
### BEGIN SOLUTION
predicted_units = "half or more"
### END SOLUTION

# %% check="start-units"


# %%
def tells(h, part):
    """How well the best threshold of each column of h (N, H) tells whether part (N,) is 0 or 1.

    Returns: for each column the share of the N examples that it tells rightly, (H,).
    """
    best = np.zeros(h.shape[1])
    for j in range(h.shape[1]):
        there = part[np.argsort(h[:, j])]
        below = np.concatenate([[0], np.cumsum(there)])  # with the part, among the lowest k
        right = np.arange(len(there) + 1) - below + (below[-1] - below)
        best[j] = max(right.max(), len(there) - right.min()) / len(there)
    return best


def detectors(net, images, wheels, windows):
    """How well each unit tells wheels, how well windows, and which units detect just one."""
    h = np.tanh(images @ net["W_xh"] + net["b"])
    by_wheels, by_windows = tells(h, wheels), tells(h, windows)
    finds_wheels = (by_wheels >= 0.9) & (by_windows <= 0.65)
    finds_windows = (by_windows >= 0.9) & (by_wheels <= 0.65)
    return by_wheels, by_windows, finds_wheels, finds_windows


# %% show
fresh, wheels, windows = pictures(np.random.default_rng(3), 2000)
fresh = standardise(fresh.reshape(2000, -1), raw_train)
by_wheels, by_windows, finds_wheels, finds_windows = detectors(net, fresh, wheels, windows)
percent_bars(
    [str(j) for j in range(8)],
    {"wheels": 100 * by_wheels, "windows": 100 * by_windows},
    xlabel="hidden unit",
    ylabel="told right by its best threshold (%)",
    title="What each unit of your net can tell",
)

# %% show
found = int((finds_wheels | finds_windows).sum())
outcome(
    "start-units",
    believed="Hidden layers extract features: some units look for tires, others for windows.",
    measured=f"{found} of 8 units are detectors: {int(finds_wheels.sum())} of wheels, "
    f"{int(finds_windows.sum())} of windows.",
    holds_when="Seen here for one net, pictures whose names depend on each part separately, "
    "and this definition of a detector. The next runs change the names.",
)

# %% [markdown]
# A second look at the same units: the weights from each point of the picture to each unit, drawn as a picture. Dark points have a positive weight and light points a
# negative one: there the unit looks. Where it is grey it hardly does.

# %% show
order = np.argsort(by_windows - by_wheels)
what = np.where(finds_wheels, "wheels", np.where(finds_windows, "windows", "no detector"))
strengths = np.abs(net["W_xh"]).reshape(10, 14, 8).sum(axis=1)  # of each row of the picture
rows = strengths.argmax(axis=0) + 1
plots.images(
    [net["W_xh"][:, j].reshape(10, 14) for j in order],
    [f"unit {j}: {what[j]}" for j in order],
    alt="The weights into each of the eight units as small pictures. "
    + "; ".join(f"unit {j}, {what[j]}: strongest in row {rows[j]} of 10" for j in order),
    columns=4,
    signed=True,
)

# %% [markdown]
# Do units look for parts because pictures have parts, or because the names ask for them? Keep the pictures and change the names. Once the net learns only whether there
# are wheels; once only whether it is a car, which takes wheels **and** windows. Each time five nets are trained, from five starts.

# %% show
questions_asked = {
    "all four names": lambda kinds: kinds,
    "wheels or not": lambda kinds: kinds % 2,
    "car or not": lambda kinds: (kinds == 3).astype(int),
}
found = {"detectors of wheels": [], "detectors of windows": [], "neither": []}
for what, name in questions_asked.items():
    counts, right = np.zeros(3), []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        other = train(x_train, name(y_train), x_val, name(y_val), rng, H=8)
        _, _, finds_wheels, finds_windows = detectors(other, fresh, wheels, windows)
        neither = ~(finds_wheels | finds_windows)
        counts += finds_wheels.sum(), finds_windows.sum(), neither.sum()
        right.append(share_right(mlp_forward(x_val, **other)[0], name(y_val)))
    for part, count in zip(found, counts, strict=True):
        found[part].append(count / 5)
    shares = ", ".join(f"{share:.0%}" for share in right)
    blind = np.bincount(name(y_val)).max() / len(y_val)  # who always says the commonest answer
    print(f"{what:14}  validation pictures right, five nets: {shares}  (blind: {blind:.0%})")
plots.bars(
    list(questions_asked),
    found,
    xlabel="what the net is asked",
    ylabel="units of 8, mean of five nets",
    title="The same pictures, other names",
)

# %% [markdown]
# The share in brackets is what one gets blindly, by always giving the commonest answer. Compare the nets with it first.
#
# Read the three groups of bars. In the first the names depend on each part by itself. In the second no answer depends on windows. In the third both parts count, but only together.
#
# So "extracts features" is too short. In these runs the hidden units found what helped with the answers that were asked for, and what helped was sometimes a part that
# we have a word for, and sometimes not.
#
# ## The last number
#
# All decisions are made: 8 units, the recipe, the epoch. Only now the test set is opened, for the net of the first run.

# %% show
for name, x, y in (("validation set", x_val, y_val), ("test set", x_test, y_test)):
    share = share_right(mlp_forward(x, **net)[0], y)
    print(f"{name + ':':16}{share:.1%} of {len(y)} pictures right")

# %% [markdown]
# ## Exercise 0.13: why only once?
# <!-- effort: start-test-once -->
#
# Someone trains twenty nets, looks at each one's share on the test set, and reports the best of the twenty. No gradient ever came from the test set. What is wrong with the
# reported number, in which direction, and what should be done instead? Three or four sentences.

# %% answer="start-test-once"

# %% [markdown]
# ## What was shown, and what was not
#
# - Arrays of different shapes are stretched by a simple rule, and the rule also applies where it should not. A wrong number came without an error.
# - Softmax turns scores into probabilities; cross-entropy prices what was given to the truth; its gradient is probability minus truth.
# - Each line of a program has a vector-Jacobian product, and backpropagation is these products in reverse order. Nudging confirmed all of yours.
# - Your net named fresh pictures; its hidden units served the answers that it was asked for.
#
# Not shown: that Adam is better than momentum in general; that more units are better; that nets on real photographs have such tidy units. All of it was drawn by one small
# program, with one kind of noise.
#
# And one thing this net cannot do: it looks at each example by itself. If the examples come one after the other and their order matters, it has forgotten the first when the second
# arrives. That is where lesson 1 begins.
#
# ## Five questions

# %% recall="start-axis start-silent start-surprise start-backward start-overfit"

# %% [markdown]
# Next: [lesson 1](../01_feedback_loop/feedback_loop.ipynb) begins with a letter that nobody can read by itself.

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
