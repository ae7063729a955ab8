# %% [markdown]
# # What is left of a step that lies a hundred steps back?
#
# **Lesson 4.** About five hours, with seven places to stop.
#
# You need: the gradient by hand, and clipping, from lesson 3; momentum and Adam from lesson 0.
#
# Afterwards you can measure how a gradient shrinks or grows over time, predict it from a spectrum, apply the known remedies and
# say what each of them bought on a task that asks for memory.

# %%
import os

# products this small are faster on one thread than on two
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution


def clip_by_global_norm(grads, max_norm):
    """Exercise 3.12: a dict of arrays -> the dict, shortened by one factor if it is too long, and its norm before."""
    norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads.values())))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: factor * g for name, g in grads.items()}, norm


# %% [markdown]
# Here is something to look at first. A cell of 32 units reads 60 random inputs, twice. The two runs differ in the *first* input
# only, by very little. All else is the same. The lines show how far apart the two states are, step by step, for three sizes of the
# recurrent weights.

# %% show
from rnn_core import plots

H, T = 32, 60
rng = np.random.default_rng(0)
weights, inputs = rng.standard_normal((H, H)) / np.sqrt(H), 0.2 * rng.standard_normal((T, H))
apart = {}
for size in (0.6, 1.0, 2.0):
    one, other, distances = np.zeros(H), np.zeros(H), []
    for t in range(T):
        nudge = 1e-3 if t == 0 else 0
        one = np.tanh(one @ (size * weights) + inputs[t])
        other = np.tanh(other @ (size * weights) + inputs[t] + nudge)
        distances.append(np.linalg.norm(one - other))
    apart[f"{size} times the weights"] = distances
plots.curves(
    range(1, T + 1),
    apart,
    "step",
    "distance of the two states",
    title="Two runs that differ in the first input",
    yscale="log",
    alt="Three lines over 60 steps, the distance of two runs on a logarithmic axis. "
    + " ".join(f"{name}: from {d[0]:.1e} to {d[-1]:.1e}." for name, d in apart.items()),
)

# %% [markdown]
# One line falls by much the same factor at every step, and one grows; it cannot grow for ever, since every unit stays between -1
# and 1. In the one net the first input soon makes no difference. In the other a tiny nudge of it changes all that follows.
#
# ## Exercise 4.1: two predictions
# <!-- effort: vanish-predict -->
#
# **First.** It is said that the trouble of a recurrent net is *exponentially worse* than that of a deep net: a hundred time steps
# are like a hundred layers. Take a recurrent net of 64 units that runs for 100 steps, and a feedforward net with 100 layers of
# 64 units. Its layers have weights of their own, drawn in the same way. How large is the gradient of a loss at the end, when
# it has reached the beginning? Set `after_100` to `"far smaller in the recurrent net"`, `"about the same in both"` or
# `"far smaller in the feedforward net"`.
#
# **Second.** A viewer asked: does the influence fade *forwards*, from the first input, or *backwards*, from the last gradient? Think
# of how much the last state depends on the first one. Set `influence` to `"forwards from the first input"`,
# `"backwards from the last gradient"` or `"both are the same"`.

# %% exercise="vanish-predict"
# after_100 = "…"
# influence = "…"
### BEGIN SOLUTION
after_100 = "about the same in both"
influence = "both are the same"
### END SOLUTION

# %% check="vanish-predict"

# %% [markdown]
# ## Half an hour on how far a matrix stretches
#
# The **norm** of a vector is its length, the root of the sum of its squares. A matrix makes a vector longer or shorter; how much,
# depends on where the vector points. Take all vectors of length 1 in the plane, a circle. A matrix makes an ellipse of it.
# The longest half axis of the ellipse is the largest [singular value](glossary) of the matrix, the shortest one is the smallest:
#
# $$\sigma_{\max}(A) = \max_{\lVert v \rVert = 1} \lVert A v \rVert$$
#
# `np.linalg.norm(A, 2)` computes it, and it is called the norm of the matrix. No vector is stretched by more than that, in one
# product. Here are two matrices and what they make of 300 directions.

# %% show
angles = np.linspace(0, 2 * np.pi, 300, endpoint=False)
circle = np.stack([np.cos(angles), np.sin(angles)])
sheared = np.array([[0.8, 2.0], [0.0, 0.8]])
turned = 0.9 * np.array([[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]])
stretched = {"a shear": sheared, "a turn": turned}
for name, A in stretched.items():
    lengths = np.linalg.norm(A @ circle, axis=0)
    print(
        f"{name:8} longest {lengths.max():.4f}   shortest {lengths.min():.4f}   singular values {np.linalg.svd(A)[1]}"
    )
plots.curves(
    np.degrees(angles),
    {name: np.linalg.norm(A @ circle, axis=0) for name, A in stretched.items()},
    "direction of the vector (degrees)",
    "length after one product",
    title="What two matrices make of vectors of length 1",
)

# %% [markdown]
# An [eigenvalue](glossary) $\lambda$ of $A$ belongs to a direction that is kept: $A v = \lambda v$. After $k$ products it has
# become $\lambda^k v$. Eigenvalues may be complex, for matrices that turn; then the magnitude $|\lambda|$ says how the length
# changes. The largest magnitude of all eigenvalues is the [spectral radius](glossary) $\rho(A)$. It says what becomes of
# $A^k$ *in the long run*: the mean factor by which a product changes the norm, $\lVert A^k \rVert^{1/k}$, comes close to $\rho$.
#
# The eigenvalues of the shear stand on its diagonal, since what is below is 0: its spectral radius is 0.8. Compare this with how
# far it stretches some vectors in the print above. Powers of both matrices:

# %% show
powers = np.arange(1, 26)
lines = {
    f"{name}: norm of the power": [
        np.linalg.norm(np.linalg.matrix_power(A, k), 2) for k in powers
    ]
    for name, A in stretched.items()
}
radii = {name: np.abs(np.linalg.eigvals(A)).max() for name, A in stretched.items()}
lines["shear: radius to the k"] = radii["a shear"] ** powers
plots.curves(
    powers, lines, "k", "norm of A to the k", title="Powers of one matrix", yscale="log"
)

# %% [markdown]
# The power of the shear stays above $\rho^k$ all the way. So the spectral radius is no upper bound, not even for powers of one
# matrix: it tells how *fast* they fall in the end. For the turn all singular values are equal, and norm and radius agree. A matrix
# whose singular values are all 1 is called an [orthogonal matrix](glossary): it turns or mirrors, and keeps every length.
#
# And for products of *different* matrices the spectral radius says nothing at all:

# %% show
A, B = np.array([[0.0, 2.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [2.0, 0.0]])
for name, matrix in {"A": A, "B": B, "A @ B": A @ B}.items():
    radius = np.abs(np.linalg.eigvals(matrix)).max()
    print(
        f"{name:6} spectral radius {radius:.1f}   largest singular value {np.linalg.norm(matrix, 2):.1f}"
    )

# %% [markdown]
# Two matrices of radius 0 have a product of radius 4. Norms are safe: the norm of a product is never larger than the product
# of the norms.
#
# $$\lVert A B \rVert \le \lVert A \rVert\,\lVert B \rVert$$
#
# **A good place to stop.** That was all about matrices that is needed.
#
# ## One step, as a matrix
#
# How does the state after a step depend on the state before it? For small moves that is a matrix, the [Jacobian](glossary) of the step,
# with a row for each result and a column for each input:
#
# $$J[i, j] = \frac{d h_{\text{next}}[i]}{d h[j]}, \qquad h_{\text{next}} = \tanh(x\,W_{xh} + h\,W_{hh} + b)$$
#
# ## Exercise 4.2: the Jacobian of a step
# <!-- effort: vanish-jacobian -->
#
# Write `step_jacobian(h, h_next, W_hh)`. `h` and `h_next` (N, H) are the states before and after a step, `W_hh` (H, H) its
# recurrent weights. It returns `J` (N, H, H), a matrix for each sequence, with `J[n, i, j]` = $dh_{\text{next}}[n, i] / dh[n, j]$:
# the result stands in the row, the input in the column.
#
# Forwards, $h_{\text{next}}[i]$ is a tanh, and inside it stands $h[j]\,W_{hh}[j, i]$. The slope of tanh is $1 - h_{\text{next}}^2$, as
# in lesson 3. Not all three arguments need be used. The caller's arrays stay unchanged.


# %% exercise="vanish-jacobian"
def step_jacobian(h, h_next, W_hh):
    """h, h_next (N, H), W_hh (H, H) -> J (N, H, H), result in the row and input in the column."""
    ### BEGIN SOLUTION
    slope = 1 - h_next**2  # (N, H)
    return slope[:, :, None] * W_hh.T
    ### END SOLUTION


# %% check="vanish-jacobian"

# %% [markdown]
# ## Many steps, as a product
#
# The chain rule puts the steps together. How the last state depends on the state $k$ steps before it is a product of $k$
# Jacobians. The earliest step acts first on a nudge, so it stands on the right:
#
# $$\frac{d h_T}{d h_{T-k}} = J_T\, J_{T-1} \cdots J_{T-k+1}$$
#
# The number of steps $k$ between two places is called the [lag](glossary). The gradient of a loss at the end goes the same way
# back: as a row, $\frac{dL}{dh_{T-k}} = \frac{dL}{dh_T}\, J_T \cdots J_{T-k+1}$. If the norm of the product falls by a factor a
# step, that is exponentially with the lag, one speaks of a [vanishing gradient](glossary), and if it grows like that, of an
# [exploding gradient](glossary). Hochreiter (1991) described this in his diploma thesis, and Bengio, Simard & Frasconi (1994)
# showed that a net which stores something safely has a vanishing gradient. For deep feedforward nets one answer was *greedy
# layer-wise training* (Bengio, Lamblin, Popovici & Larochelle, 2007): the layers learn one after the other, so that no gradient
# has to go far. A recurrent net has the same weights at every step, so that there is nothing to train one by one. The cells that
# were built against the trouble, LSTM (1997, in today's form 2000) and GRU (2014), are the subject of lessons 6 and 7.
#
# ## Exercise 4.3: the norm over the lag
# <!-- effort: vanish-norms-over-lag -->
#
# Write `norms_over_lag(jacobians)`. `jacobians` (T, H, H) holds the Jacobians of one sequence in the order of time:
# `jacobians[t]` leads from the state before step `t` to the state after it. Steps are counted from 0. It returns two arrays of T
# numbers, in this order:
#
# - `norms`: entry `k - 1` is the norm (the largest singular value) of the product of the **last** `k` Jacobians.
# - `bounds`: entry `k - 1` is the product of the norms of these `k` Jacobians.
#
# So entry 0 of both is the norm of `jacobians[-1]`. The caller's array stays unchanged. `np.linalg.norm(A, 2)` is the norm.


# %% exercise="vanish-norms-over-lag"
def norms_over_lag(jacobians):
    """jacobians (T, H, H) in the order of time -> norms (T,) and bounds (T,), for the lags 1 to T."""
    ### BEGIN SOLUTION
    product, bound, norms, bounds = np.eye(jacobians.shape[1]), 1.0, [], []
    for J in jacobians[::-1]:
        product = product @ J
        bound = bound * np.linalg.norm(J, 2)
        norms.append(np.linalg.norm(product, 2))
        bounds.append(bound)
    return np.array(norms), np.array(bounds)
    ### END SOLUTION


# %% check="vanish-norms-over-lag"

# %% [markdown]
# Now a real cell, with four lines. The norm, measured. The product of the norms of the Jacobians. The bound that only looks at the
# weights: the largest slope of tanh is 1, so no step stretches by more than $\sigma_{\max}(W_{hh}) \cdot 1$, and $k$ steps by no
# more than its $k$-th power. And the spectral radius to the power $k$, which is often quoted.


# %% show
def run_jacobians(W_hh, inputs, h):
    """Run the tanh cell over inputs (T, H), which enter as they are, and give the Jacobians (T, H, H)."""
    jacobians = []
    for x in inputs:
        h_next = np.tanh(x + h @ W_hh)
        jacobians.append(step_jacobian(h[None], h_next[None], W_hh)[0])
        h = h_next
    return np.array(jacobians)


rng = np.random.default_rng(1)
W_hh = rng.standard_normal((H, H)) / np.sqrt(H)
lags = np.arange(1, 41)
norms, bounds = norms_over_lag(
    run_jacobians(W_hh, 0.5 * rng.standard_normal((40, H)), np.zeros(H))
)
radius, largest = np.abs(np.linalg.eigvals(W_hh)).max(), np.linalg.norm(W_hh, 2)
print(f"spectral radius {radius:.2f}, largest singular value {largest:.2f}")
plots.curves(
    lags,
    {
        "norm, measured": norms,
        "product of the norms": bounds,
        "(largest singular value x 1) to the lag": largest**lags,
        "spectral radius to the lag": radius**lags,
    },
    "lag (steps)",
    "norm of the product",
    yscale="log",
    title="One cell with 32 units, driven by random inputs",
)

# %% [markdown]
# Both bounds hold, and at long lags both are far off: one step stretches a direction that the next one does not stretch as much.
# The spectral radius is no bound at all: the line of the shear ran above it, and here the measured line ends far below. Each slope
# below 1 makes the Jacobian smaller than the weights.
#
# **A good place to stop.**
#
# ## Exercise 4.4: scale to a spectral radius
# <!-- effort: vanish-spectral-radius -->
#
# To vary the spectral radius one needs a matrix that has it. Write `scale_to_radius(W, radius)`. `W` (H, H) has a spectral radius above
# 0. It returns W times one number, such that the spectral radius of the result is `radius`. The caller's `W` stays unchanged.
# `np.linalg.eigvals(W)` gives the eigenvalues; they may be complex or negative.


# %% exercise="vanish-spectral-radius"
def scale_to_radius(W, radius):
    """W (H, H) -> the same matrix times a number, with this spectral radius."""
    ### BEGIN SOLUTION
    return W * (radius / np.abs(np.linalg.eigvals(W)).max())
    ### END SOLUTION


# %% check="vanish-spectral-radius"

# %% [markdown]
# ## Exercise 4.5: an experiment to run and read
# <!-- effort: vanish-read-radius -->
#
# A rule of thumb says: with a spectral radius below 1 the gradient vanishes, above 1 it explodes. The cell below tries four radii in three
# nets: without tanh; with tanh and a weak input; with tanh and a strong input. Five matrices are drawn once, and your function scales
# them to each radius. The table shows the norm of the product over 50 steps, the mean (of the logarithm) over the five.
#
# Run it. For each net, list the radii at which the norm is **below 0.01**. Set `vanished_linear` (no tanh), `vanished_weak` and
# `vanished_strong`, each to a list of radii such as `[0.8, 1.0]`.

# %% show
tried = (0.8, 1.0, 1.2, 1.6)


def norm_after_50(radius, strength, squashed=True, runs=5):
    found = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        W = scale_to_radius(rng.standard_normal((H, H)), radius)
        if squashed:
            jacobians = run_jacobians(W, strength * rng.standard_normal((100, H)), np.zeros(H))
        else:
            jacobians = np.repeat(W.T[None], 50, axis=0)
        found.append(np.log10(norms_over_lag(jacobians[-50:])[0][-1]))
    return 10 ** np.mean(found)


nets = {
    "no tanh": (0, False),
    "tanh, weak input": (0.3, True),
    "tanh, strong input": (1.0, True),
}
print(" " * 20 + "".join(f"  radius {radius}" for radius in tried))
for name, (strength, squashed) in nets.items():
    print(
        f"{name:20}" + "".join(f"{norm_after_50(r, strength, squashed):12.1e}" for r in tried)
    )

# %% exercise="vanish-read-radius"
# vanished_linear = […]
# vanished_weak = […]
# vanished_strong = […]
### BEGIN SOLUTION
vanished_linear = [0.8]
vanished_weak = [0.8, 1.0]
vanished_strong = [0.8, 1.0, 1.2, 1.6]
### END SOLUTION

# %% check="vanish-read-radius"

# %% [markdown]
# The rule of thumb is one for powers of a single matrix. A driven tanh net has another Jacobian at every step: a strong input
# pushes the units to where tanh is flat.
#
# The slope is what the activation function brings. The next map varies it, and the radius: the sigmoid has slopes of at most 1/4, the
# ReLU of 0 or 1.


# %% show
def after_lag(radius, activation, lag=50, runs=3):
    """log10 of the norm over `lag` steps, the mean of a few runs."""
    found = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        W = scale_to_radius(rng.standard_normal((H, H)), radius)
        h, product = np.zeros(H), np.eye(H)
        for _ in range(lag):
            a = h @ W + 0.3 * rng.standard_normal(H)
            if activation == "sigmoid":
                h = 1 / (1 + np.exp(-a))
                slope = h * (1 - h)
            elif activation == "ReLU":
                h, slope = np.maximum(a, 0), (a > 0) * 1.0
            elif activation == "tanh":
                h = np.tanh(a)
                slope = 1 - h**2
            else:
                h, slope = a, np.ones(H)
            product = (slope[:, None] * W.T) @ product
        found.append(np.log10(np.linalg.norm(product, 2) + 1e-300))
    return np.mean(found)


activations, map_radii = ("none", "tanh", "ReLU", "sigmoid"), (0.6, 0.8, 1.0, 1.2, 1.4, 1.6)
after = np.array([[after_lag(radius, name) for radius in map_radii] for name in activations])
plots.heatmap(
    after,
    activations,
    map_radii,
    "spectral radius",
    "activation function",
    "log10 of the norm after 50 steps",
    title="Weak input, 32 units",
    alt="Map: rows are activation functions, columns spectral radii. "
    + " ".join(
        f"{name}: from {row[0]:.0f} at radius {map_radii[0]} to {row[-1]:.0f} at {map_radii[-1]}."
        for name, row in zip(activations, after, strict=True)
    ),
)

# %% [markdown]
# And the length: is the logarithm at twice the lag about twice as large?

# %% show
print("tanh, weak input: log10 of the norm\n" + " " * 14 + "lag 25   lag 50  lag 100")
for radius in (0.6, 0.8, 1.0, 1.2):
    values = [after_lag(radius, "tanh", lag) for lag in (25, 50, 100)]
    print(f"radius {radius}  " + "".join(f"{value:9.1f}" for value in values))

# %% [markdown]
# Where a norm falls by much the same factor at every step, it falls exponentially: twice the lag, the square of what is left.
#
# **A good place to stop.**
#
# ## A hundred steps beside a hundred layers
#
# Now the first prediction. Both nets have tanh, 64 units, and weights from the same distribution: normally distributed, with 0.8
# times the spread at which a linear net would keep lengths. The same inputs enter at the steps of the one and at the layers of
# the other, so that nothing differs but this: the recurrent net has *one* matrix, the feedforward net a hundred. Each kind is drawn
# 20 times. The gradient at the end is a random vector of length 1. Measured is the gradient of each *state*, $dL/dh_k$, since each
# $dW$ of the recurrent net is a sum over all steps. The same is done with orthogonal matrices.


# %% show
def gradient_norms(tied, orthogonal, nets=20, units=64, steps=100, drive=0.5):
    """From the end back: log10 of |dL/dh_k|; the size of each step's share in dW, and of their sum so far."""
    of_weights, rng = np.random.default_rng(5), np.random.default_rng(6)

    def draw():
        W = of_weights.standard_normal((nets, units, units)) / np.sqrt(units)
        return (np.linalg.qr(W)[0] if orthogonal else 0.8 * W).astype(np.float32)

    one = draw()
    Ws = [one if tied else draw() for _ in range(steps)]
    states = [0.5 * rng.standard_normal((nets, 1, units)).astype(np.float32)]
    for W in Ws:
        x = drive * rng.standard_normal((nets, 1, units)).astype(np.float32)
        states.append(np.tanh(states[-1] @ W + x))
    g = rng.standard_normal((nets, 1, units))
    g /= np.linalg.norm(g, axis=2, keepdims=True)
    norms, shares, sums, dW = [np.linalg.norm(g, axis=2)[:, 0]], [], [], 0
    for k in reversed(range(steps)):
        da = g * (1 - states[k + 1].astype(float) ** 2)
        share = states[k].swapaxes(1, 2) * da  # one sequence: an outer product
        dW = dW + share
        shares.append(np.linalg.norm(share, axis=(1, 2)))
        sums.append(np.linalg.norm(dW, axis=(1, 2)))
        g = da @ Ws[k].swapaxes(1, 2)
        norms.append(np.linalg.norm(g, axis=2)[:, 0])
    return np.log10(np.array(norms).T), np.array(shares).T, np.array(sums).T


kinds = {
    "recurrent, 0.8": (True, False),
    "100 layers, 0.8": (False, False),
    "recurrent, orthogonal": (True, True),
    "100 layers, orthogonal": (False, True),
}
measured = {name: gradient_norms(*kind) for name, kind in kinds.items()}
for name, (logs, *_) in measured.items():
    end = logs[:, -1]
    print(
        f"{name:24} log10 after 100: {end.mean():6.1f} +- {end.std(ddof=1):.1f} (spread of 20 nets)"
        f"   a factor of {10 ** (end.mean() / 100):.3f} a step"
    )
plots.curves(
    range(101),
    {name: logs.mean(axis=0) for name, (logs, *_) in measured.items()},
    "steps or layers from the end",
    "log10 of the gradient's norm",
    title="Means over 20 nets",
)

# %% [markdown]
# What is the same: both fall by much the same factor at every step. Compare the factors in the print, recurrent against layers. A
# hundred layers with weights of their own have this trouble, too.
#
# What is different: the spread, for weights drawn with 0.8. With one matrix each net has a factor of its own, which is applied a
# hundred times; with a hundred matrices the luck averages out. Three more things are worse for the recurrent net. The length is set by the data, and not
# by the builder. A feedforward net can have another scale in each layer, and a recurrent net has one for all steps. And the
# weights of all steps are the same, so that their shares *add up*:

# %% show
_, tied, sums = measured["recurrent, 0.8"]
far = [1, 2, 5, 10, 20, 50, 100]
typical = 10 ** np.log10(tied + 1e-300).mean(axis=0)
of_all, last_ten = np.median(sums[:, -1]), np.median(sums[:, 9])
first_layer = np.median(measured["100 layers, 0.8"][1][:, -1])
print("middle ones of 20 nets")
print(
    f"recurrent: size of dW {of_all:.3f}, of the part that the last ten steps make {last_ten:.3f}"
)
print(f"feedforward: size of the first layer's own dW {first_layer:.0e}")
plots.bars(
    far,
    {"share": np.log10(typical[np.array(far) - 1])},
    "steps from the end",
    "log10 of the share's size",
    title="What each step adds to dW, recurrent net, 0.8",
    alt="Bars downwards: log10 of the size of a step's share in the gradient of the recurrent weights. "
    + ", ".join(f"{k} from the end: {np.log10(typical[k - 1]):.1f}" for k in far),
)

# %% [markdown]
# The sum has an ordinary size, whatever the early steps say: the last few make nearly all of it. So a look at the norm of $dW$ tells
# next to nothing about long lags. In the feedforward net the first layer has a $dW$ of its own, and one would see how small it is.
#
# Now all of this under one hand. The picture has a cell with 16 units, and layers with weights of their own beside it. Dots are
# eigenvalues on the plane of complex numbers; drag the ring there, or move the slider, and your `scale_to_radius` changes the
# weights. The lines below come from your `step_jacobian` and your `norms_over_lag`. It opens when you have answered a question about
# the first of three things to try. Predict the other two for yourself.
#
# - Weights *a chain*, activation *none*, radius 0.8. In a chain each unit adds what its neighbour has to what it has itself. All
#   eigenvalues lie inside the circle. Over 50 steps, does the norm rise or fall? And after that?
# - Random weights and tanh. Find the radius at which the norm over 50 steps is about 1. Where will it be with a stronger input?
# - Random weights, activation *none*. Press *20 draws*. Which spreads more from draw to draw, steps or layers? Is that so with tanh,
#   too? And for orthogonal weights?

# %% show
from autograder import predict
from rnn_core.widgets import Spectrum

of_a_chain = predict(
    "A chain of 16 units without activation, spectral radius 0.8: what does the norm do over 50 steps?",
    ["it falls at every step", "it rises first and then falls", "it rises at every step"],
    id="vanish-chain",
)
of_a_chain.then(Spectrum(scale_to_radius, step_jacobian, norms_over_lag))

# %% show
chain = scale_to_radius(np.eye(16) + np.eye(16, k=1), 0.8)
chain_norms, _ = norms_over_lag(np.repeat(chain[None], 400, axis=0))
top = int(np.argmax(chain_norms))
of_a_chain.outcome(
    believed="a spectral radius below 1 makes the gradient vanish",
    measured=f"the norm rises to {chain_norms[top]:.1e} at step {top + 1}; it is {chain_norms[49]:.1e} after 50 steps "
    f"and {chain_norms[399]:.1e} after 400",
    holds_when="the lag is long enough. How long that is, the radius does not say: all eigenvalues of the chain are 0.8",
)

# %% [markdown]
# ## Forwards and backwards
#
# Now the second prediction. One run of 60 steps; the picture has two lines. *Forwards*: how much the state after step $t$ still depends on
# the initial state, the norm of $J_t \cdots J_1$, with a growing product. *Backwards*: how much the last state depends on the
# state after step $t$, the norm of $J_T \cdots J_{t+1}$, which is what a gradient from the end is multiplied with.

# %% show
rng = np.random.default_rng(2)
W = scale_to_radius(rng.standard_normal((H, H)), 1.0)
jacobians = run_jacobians(W, 0.3 * rng.standard_normal((60, H)), np.zeros(H))
forwards, product = [1.0], np.eye(H)
for J in jacobians:
    product = J @ product
    forwards.append(np.linalg.norm(product, 2))
backwards = [1.0, *norms_over_lag(jacobians)[0]][::-1]
whole = f"forwards, at step 60: {forwards[-1]:.3e}     backwards, at step 0: {backwards[0]:.3e}"
print(whole)
plots.curves(
    range(61),
    {
        "forwards: how h_t depends on h_0": forwards,
        "backwards: how h_60 depends on h_t": backwards,
    },
    "step t",
    "norm of the product",
    title="One run, two directions",
    yscale="log",
)

# %% [markdown]
# Forwards or backwards? Both lines are right, about two different things. Over the whole run there is one product of Jacobians. It
# can be built from either end, so the two lines arrive at the same number.

# %% show
# Putting the numbers into the card: no need to read this cell.
ends = {name: logs[:, -1] for name, (logs, *_) in measured.items()}
r, f = ends["recurrent, 0.8"], ends["100 layers, 0.8"]
outcome(
    "vanish-predict",
    believed="a hundred time steps are like a hundred layers, and exponentially worse; and: the influence fades from the first input "
    "on, or else from the last gradient back",
    measured=f"after 100, recurrent: 10^{r.mean():.1f} (single nets from 10^{r.min():.1f} to 10^{r.max():.1f}); feedforward: 10^{f.mean():.1f} "
    f"(10^{f.min():.1f} to 10^{f.max():.1f}). A factor of {10 ** (r.mean() / 100):.3f} a step against {10 ** (f.mean() / 100):.3f}. "
    f"Influence over the whole run: {whole}",
    holds_when="100 steps are like 100 layers in how fast the gradient falls, here with tanh, 64 units, two kinds of start and inputs at every "
    "layer. Not exponentially worse. What differs is the spread between nets, and that the shares in dW add up. Over the whole "
    "run forwards and backwards are one product",
)

# %% [markdown]
# **A good place to stop.** From here on, nets learn.
#
# ## How long a lag can be learned?
#
# The task: recall the **first symbol**. A sequence begins with one of four symbols. Then come distractors, symbols of another kind
# that say nothing. After the last one the net has to name the first. Who guesses is right in a quarter of the cases. The lag is
# the number of distractors.
#
# Two starts of the recurrent weights are compared. The *uniform start* draws them evenly between $\pm 1/\sqrt{H}$, as
# common libraries do. The [orthogonal start](glossary) draws an orthogonal matrix, whose singular values are all 1. A run has learned the task if
# it names more than 95 % of fresh sequences rightly.

# %% show
from rnn_core.cells import TANH
from rnn_core.data.recall import first_symbol
from rnn_core.init import uniform
from rnn_core.nets import last_step, net_forward, net_params
from rnn_core.optim import Adam


def start_net(seed, start):
    """A tanh cell with 32 units and an output layer, and the generator that draws its data."""
    rng = np.random.default_rng(seed)
    params = net_params(rng, TANH, 8, 32, 4, dtype=np.float32)
    if start == "uniform":
        params["layer1.W_hh"] = uniform(rng, (32, 32), 1 / np.sqrt(32)).astype(np.float32)
    return params, rng


def share_right(params, rng, lag, rows=500):
    x, targets = first_symbol(rng, rows, lag + 1)
    y, *_ = net_forward(TANH, params, x, last=True)
    return np.mean(y.argmax(axis=1) == targets)


def learn(seed, start, lag, optimizer, steps=600):
    """Train on fresh batches of 32, and give the share of right answers afterwards."""
    params, rng = start_net(seed, start)
    for _ in range(steps):
        _, grads, _ = last_step(TANH, params, first_symbol(rng, 32, lag + 1))
        optimizer.step(params, grads)
    return share_right(params, rng, lag)


for start in ("uniform", "orthogonal"):
    for lag in (5, 40):
        rights = [learn(seed, start, lag, Adam(1e-3)) for seed in range(3)]
        print(
            f"{start:10} start, lag {lag:2}: right "
            + "  ".join(f"{right:.0%}" for right in rights)
        )

# %% [markdown]
# These were three seeds of each. Three runs say little about a success rate, so the whole sweep was recorded: 20 seeds for each point.
# The learning rate of each point was chosen among a few, on six other seeds. The error bars are 95 % intervals for the
# share of seeds that learn.

# %% show
from rnn_core.data import recorded
from rnn_core.intervals import wilson

sweep = recorded.load("vanishing_remedies")
print(recorded.describe(sweep))


def runs(setting, lag, part=("table", "curve"), **more):
    rows = [r for r in sweep["rows"] if (r["setting"], r["lag"]) == (setting, lag)]
    return [
        r for r in rows if r["part"] in part and all(r[key] == v for key, v in more.items())
    ]


def learned(rows, what="test"):
    """How many runs have learned, of how many, and the interval of the share."""
    count = sum(r[what] > 0.95 for r in rows)
    return count, len(rows), *wilson(count, len(rows))


def bar_of(rows, what="test"):
    """The share, and how far the interval reaches below and above it."""
    count, total, low, high = learned(rows, what)
    return count / total, max(0, count / total - low), max(0, high - count / total)


curve_lags = [2, 5, 10, 15, 20, 30, 40, 60]
curve_settings = {
    "uniform start": "uniform start, Adam",
    "orthogonal start": "orthogonal start, Adam",
}
heights = {
    label: np.array([bar_of(runs(name, lag)) for lag in curve_lags]).T
    for label, name in curve_settings.items()
}
plots.bars(
    curve_lags,
    {label: h[0] for label, h in heights.items()},
    "lag (steps)",
    "share of 20 seeds that learn",
    title="Recall of the first symbol, tanh cell, Adam, 600 steps",
    errors={label: h[1:] for label, h in heights.items()},
).legend_below()

# %% [markdown]
# Both ends of the picture are true at once. At the shortest lags there is nothing difficult about training the simple cell. And the
# longer the lag, the fewer seeds learn within this budget; how fast that goes depends on the start. Does patience help? Here
# is the orthogonal start at lag 40, with the same number of steps and with three times as many:

# %% show
for part in ("table", "patience"):
    rows = runs("orthogonal start, Adam", 40, (part,))
    count, total, low, high = learned(rows)
    print(
        f"{rows[0]['steps']:5} steps: {count:2} of {total} learn, interval [{low:.2f}, {high:.2f}]"
    )

# %% [markdown]
# Read the intervals: 20 seeds would not show a small gain.
#
# ## Remedy: clipping, against explosions
#
# Lesson 3 has clipped a gradient by its global norm, and could not show that it was needed. Is it needed here? The optimizer is
# SGD with momentum, and the question is *where* to clip. The velocity $v$ adds up gradients over many steps:
#
# $$v \leftarrow \beta\,v + g, \qquad p \leftarrow p - \text{lr}\cdot v$$
#
# If one huge gradient gets in, it stays for about $1 / (1 - \beta)$ steps. So it must be shortened before it gets in.
#
# ## Exercise 4.6: a step that clips in the right place
# <!-- effort: vanish-clipped-step -->
#
# Write `clipped_momentum_step(params, grads, velocity, lr, beta, max_norm)`. `params`, `grads` and `velocity` are dicts of arrays with
# the same names. It returns two new dicts: `params` after the step, and the new `velocity`. The velocity takes in the gradient clipped to
# the global norm `max_norm`; `clip_by_global_norm(grads, max_norm)` from above returns the clipped dict and the norm. The
# caller's arrays stay unchanged.


# %% exercise="vanish-clipped-step"
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    """Dicts of arrays, and three numbers -> params and velocity after the step."""
    ### BEGIN SOLUTION
    clipped, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + clipped[name] for name in params}
    return {name: params[name] - lr * velocity[name] for name in params}, velocity
    ### END SOLUTION


# %% check="vanish-clipped-step"

# %% [markdown]
# Your step, in training: lag 20, orthogonal start, learning rate 0.1, once with a limit of 0.5 and once with none (a limit so large
# that nothing is ever clipped). The picture shows the norm of the gradient before clipping. The seed was chosen: of a few that
# were tried, it has the largest norm.


# %% show
def train_clipped(max_norm, seed=2, lag=20, steps=600):
    params, rng = start_net(seed, "orthogonal")
    velocity = {name: np.zeros_like(p) for name, p in params.items()}
    norms, losses = [], []
    for _ in range(steps):
        loss, grads, _ = last_step(TANH, params, first_symbol(rng, 32, lag + 1))
        norms.append(clip_by_global_norm(grads, 1.0)[1])
        losses.append(loss)
        params, velocity = clipped_momentum_step(params, grads, velocity, 0.1, 0.9, max_norm)
    return share_right(params, rng, lag), norms, losses


clipped_runs = {
    name: train_clipped(limit) for name, limit in {"clipped": 0.5, "not clipped": 1e9}.items()
}
for name, (right, norms, losses) in clipped_runs.items():
    top = int(np.argmax(norms))
    before, after = np.mean(losses[max(0, top - 5) : top]), np.mean(losses[top + 1 : top + 6])
    print(
        f"{name:12} right {right:4.0%}   median norm {np.median(norms):.3g}   largest {max(norms):.3g}, at step {top + 1}: "
        f"mean loss of the 5 steps before {before:.2f}, of the 5 after {after:.2f}"
    )
plots.curves(
    range(1, 601),
    {name: norms for name, (_, norms, _) in clipped_runs.items()},
    "step of training",
    "norm of the gradient",
    title="Lag 20, momentum, learning rate 0.1",
    yscale="log",
)

# %% [markdown]
# Compare the loss before and after the largest norm. Without a limit one such gradient moved the weights far, and the loss was
# higher afterwards than before. With the limit the run had a large gradient, too, and went on.
#
# One run each, and of a chosen seed. The recorded sweep has 20 seeds for five learning rates:

# %% show
all_rates = [0.003, 0.01, 0.03, 0.1, 0.3]
pair = {
    "clipped at 0.5": "orthogonal start, momentum, clipped",
    "not clipped": "orthogonal start, momentum",
}
heights = {
    label: np.array([bar_of(runs(name, 20, ("rates",), rate=rate)) for rate in all_rates]).T
    for label, name in pair.items()
}
for label, name in pair.items():
    rows = runs(name, 40)
    count, total, low, high = learned(rows)
    print(
        f"lag 40, best rate {rows[0]['rate']:<5}, {label:14} {count:2} of {total} learn, interval [{low:.2f}, {high:.2f}]"
    )
plots.bars(
    all_rates,
    {label: h[0] for label, h in heights.items()},
    "learning rate",
    "share of 20 seeds that learn",
    title="Lag 20, orthogonal start, momentum",
    errors={label: h[1:] for label, h in heights.items()},
).legend_below()

# %% [markdown]
# Look from left to right: what clipping bought are the larger learning rates. What it cannot do is make early shares larger beside
# the late ones: it multiplies the whole gradient by one number. The print has the same pair at lag 40, each with the best of its
# own rates. So clipping can decide whether a lag is learned, by the rate that it allows.
#
# **A good place to stop.**
#
# ## Remedy: normalising in the loop
#
# [Layer normalisation](glossary) takes the sums of a step, $a = x\,W_{xh} + h\,W_{hh}$, a row of H numbers for each sequence, and shifts
# and scales each row to mean 0 and variance 1. Then each unit gets a learned gain and a learned shift, and then comes the tanh:
#
# $$u = a - \operatorname{mean}(a), \quad s = \frac{1}{\sqrt{\operatorname{mean}(u^2) + \varepsilon}}, \quad \hat a = s\,u, \quad y = \text{gain} \odot \hat a + b$$
#
# The means run over the H units of *one* row. So a product with weights that are too large or too small is brought back at every step.
#
# ## Exercise 4.7: layer normalisation, forwards
# <!-- effort: vanish-layer-norm-forward -->
#
# Write `layer_norm_forward(a, gain, b, eps=1e-5)`, with `a` (N, H), `gain` and `b` (H,). It returns `y` (N, H) and a cache. Let the cache be
# `(normal, scale, gain)`: `normal` (N, H) is $\hat a$, `scale` (N, 1) is $s$. The variance is divided by H, and `eps` stands
# under the root. The caller's arrays stay unchanged.


# %% exercise="vanish-layer-norm-forward"
def layer_norm_forward(a, gain, b, eps=1e-5):
    """a (N, H), gain and b (H,) -> y (N, H) and the cache (normal, scale, gain)."""
    ### BEGIN SOLUTION
    centred = a - a.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)
    normal = centred * scale
    return gain * normal + b, (normal, scale, gain)
    ### END SOLUTION


# %% check="vanish-layer-norm-forward"

# %% [markdown]
# **A good place to stop.**
#
# ## The way back, in three parts
#
# **First part, whole: the mean.** Forwards $u_i = a_i - \frac1H \sum_j a_j$. The number $a_j$ acts in two ways: on its own $u_j$ with
# the slope 1, and through the mean on every $u_i$ with the slope $-\frac1H$. Add over the ways:
#
# $$da_j = du_j - \frac1H \sum_i du_i, \qquad \text{that is} \qquad da = du - \operatorname{mean}(du)$$
#
# In code, beside central differences of the loss $\sum u \odot R$:

# %% show
rng = np.random.default_rng(4)
a, R = rng.standard_normal((2, 5)), rng.standard_normal((2, 5))
du = R
da = du - du.mean(axis=-1, keepdims=True)


def centred_loss(a):
    return np.sum((a - a.mean(axis=-1, keepdims=True)) * R)


nudge = np.zeros((2, 5))
nudge[1, 3] = 1e-6
difference = (centred_loss(a + nudge) - centred_loss(a - nudge)) / 2e-6
print(f"da[1, 3] = {da[1, 3]:+.8f}     central difference {difference:+.8f}")

# %% [markdown]
# **Second part, half: the division.** Forwards $\hat a_i = s\,u_i$ with $s = (\frac1H \sum_j u_j^2 + \varepsilon)^{-1/2}$. Again $u_j$
# acts in two ways.
#
# - Directly, with the slope $s$. That gives $s\, d\hat a_j$.
# - Through $s$. Its slope is $\frac{ds}{du_j} = -\frac12 (\dots)^{-3/2} \cdot \frac2H u_j = -s^3\,\frac{u_j}{H}$, and $s$ multiplies every number of the row, so
#   $\frac{dL}{ds} = \sum_i d\hat a_i\,u_i$.
#
# What remains: multiply the two slopes of the second way, put $\hat a = s\,u$ for $s\,u$ wherever it stands, and write the sum over
# the row divided by H as a mean. Two of the three factors $s$ disappear.
#
# ## Exercise 4.8: back through the division
# <!-- effort: vanish-rms-backward -->
#
# Write `rms_backward(dnormal, normal, scale)`: `dnormal` (N, H) is the gradient that arrives at $\hat a$; `normal` (N, H) is $\hat a$
# and `scale` (N, 1) is $s$. It returns `du` (N, H). The first way is done. The arrays stay unchanged.


# %% exercise="vanish-rms-backward"
def rms_backward(dnormal, normal, scale):
    """dnormal and normal (N, H), scale (N, 1) -> du (N, H)."""
    direct = scale * dnormal
    ### BEGIN SOLUTION
    along = (dnormal * normal).mean(axis=-1, keepdims=True)  # (N, 1)
    return direct - scale * normal * along
    ### END SOLUTION


# %% check="vanish-rms-backward"

# %% [markdown]
# **Third part, blank: the whole.** Four lines forwards, so four lines backwards, from the last to the first: shift, gain, division, mean.
#
# ## Exercise 4.9: layer normalisation, backwards
# <!-- effort: vanish-layer-norm-backward -->
#
# Write `layer_norm_backward(dy, cache)`: `dy` (N, H) arrives at `y`, and the cache is `(normal, scale, gain)`. It returns `da`
# (N, H), `dgain` (H,) and `db` (H,), in this order. The gradients of gain and shift are sums over the rows. You may use your
# `rms_backward`. The arrays stay unchanged.


# %% exercise="vanish-layer-norm-backward"
def layer_norm_backward(dy, cache):
    """dy (N, H) and the cache of layer_norm_forward -> da (N, H), dgain (H,), db (H,)."""
    normal, scale, gain = cache
    ### BEGIN SOLUTION
    du = rms_backward(dy * gain, normal, scale)
    dgain = (dy * normal).sum(axis=0)
    return du - du.mean(axis=-1, keepdims=True), dgain, dy.sum(axis=0)
    ### END SOLUTION


# %% check="vanish-layer-norm-backward"

# %% [markdown]
# A gradient check of your pair, and then a net that learns with it: the tanh cell with your layer normalisation in the loop.

# %% show
# Set-up: no need to read this cell.
from functools import partial

from rnn_core.cells import Cell
from rnn_core.gradcheck import check_directions
from rnn_core.loop import loop_backward, loop_forward
from rnn_core.train import fit
from rnn_core.widgets import Training

draws = {"a": (3, 6), "gain": (6,), "b": (6,)}
small = {name: 0.5 + rng.standard_normal(shape) for name, shape in draws.items()}
R = rng.standard_normal((3, 6))
small_grads = dict(
    zip(small, layer_norm_backward(R, layer_norm_forward(**small)[1]), strict=True)
)
errors = check_directions(
    lambda p: np.sum(layer_norm_forward(**p)[0] * R), small, small_grads, rng
)
print("gradient check:", {name: f"{error:.0e}" for name, error in errors.items()})


def normed_step(x, h, W_xh, W_hh, gain, b):
    """A step of the tanh cell with your normalisation of its sums."""
    sums, cache = layer_norm_forward(x @ W_xh + h @ W_hh, gain, b)
    return np.tanh(sums), (x, h, W_xh, W_hh, cache, np.tanh(sums))


def normed_step_backward(dh_next, kept):
    x, h, W_xh, W_hh, cache, h_next = kept
    da, dgain, db = layer_norm_backward(dh_next * (1 - h_next**2), cache)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, dgain, db


def normed_forward(x, h0, *arrays, mask=None):
    (h,), cache = loop_forward(normed_step, x, (h0,), arrays, mask)
    return h, cache


def normed_backward(dh, cache):
    dx, dstates, shares = loop_backward(normed_step_backward, (dh,), cache)
    return dx, *dstates, *shares


LAYER_NORMED = Cell(normed_forward, normed_backward, ("W_xh", "W_hh", "gain", "b"))

# %% show
rng = np.random.default_rng(0)
normed = net_params(rng, LAYER_NORMED, 8, 32, 4, dtype=np.float32)
normed["layer1.gain"] += 1  # gains start at 1
batches = (first_symbol(rng, 32, 21) for _ in range(600))
layer_history = fit(
    partial(last_step, LAYER_NORMED), normed, batches, Adam(1e-3), steps=600, live=Training()
)
for lag in (20, 30):
    x, targets = first_symbol(rng, 500, lag + 1)
    y, *_ = net_forward(LAYER_NORMED, normed, x, last=True)
    kind = "as trained" if lag == 20 else "a length not seen"
    print(f"lag {lag} ({kind}): right {np.mean(y.argmax(axis=1) == targets):.0%}")
plots.loss_curve(layer_history, title="Layer normalisation in the loop, lag 20")

# %% [markdown]
# **A good place to stop.**
#
# ## Batch normalisation, and what happens at a test
#
# [Batch normalisation](glossary) takes mean and variance of each *unit* over the rows of the batch. That asks for a batch. At a test a
# sequence may come alone, so [running statistics](glossary) are used: means and variances that were averaged over the batches of the
# training. In a recurrent net there is a choice that a feedforward net does not have: one set of statistics for all steps, or a set for
# each step. With a set for each, what of a step that no training sequence had? Here it uses the last set.

# %% show
rng = np.random.default_rng(0)
a = 2 + rng.standard_normal((4, 3))
print("layer normalisation: a mean for each row ", a.mean(axis=-1).round(2))
print("batch normalisation: a mean for each unit", a.mean(axis=0).round(2))
print("batch normalisation, one row alone       ", a[:1].mean(axis=0).round(2))
print("its normalised numbers                   ", (a[:1] - a[:1].mean(axis=0)).round(2)[0])

# %% [markdown]
# A row alone has nothing left after the subtraction: that is why the running statistics are needed. The recorded sweep tried 20 seeds of
# each; the bars are shares of seeds with more than 95 % right, batch normalisation with a set of running statistics for each step.

# %% show
norm_settings = {
    "none": "orthogonal start, Adam",
    "layer norm": "orthogonal start, Adam, layer norm",
    "batch norm": "orthogonal start, Adam, batch norm",
}
kinds_of_test = {
    "lag 20": (20, "test"),
    "lag 40": (40, "test"),
    "trained at 20, tested at 30": (20, "longer"),
}
heights = {
    label: np.array([bar_of(runs(name, lag), what) for lag, what in kinds_of_test.values()]).T
    for label, name in norm_settings.items()
}
plots.bars(
    list(kinds_of_test),
    {label: h[0] for label, h in heights.items()},
    "lag of the training, and of the test",
    "share of 20 seeds",
    title="Normalisation in the loop",
    errors={label: h[1:] for label, h in heights.items()},
).legend_below()

# %% show
for lag in (20, 40):
    rows = runs("orthogonal start, Adam, batch norm", lag)
    for what, name in (
        ("batch", "the test's own batch"),
        ("test", "running, a set for each step"),
        ("shared", "running, one set for all steps"),
    ):
        count, total, low, high = learned(rows, what)
        mean = np.mean([r[what] for r in rows])
        print(
            f"lag {lag}, batch norm, {name:31} {count:2} of {total} [{low:.2f}, {high:.2f}], right on average {mean:.2f}"
        )

# %% [markdown]
# A viewer asked whether batch normalisation helps against the vanishing gradient. That is a question about the gradient, so measure
# it: what is left of a gradient from the end when it arrives at the initial state, in nets that have not learned yet.

# %% show
from rnn_core import batch_normed_rnn, normalised_cells, rnn
from rnn_core.init import glorot, orthogonal


def left_after(lag, cell, normed, start, seed):
    """The norm of the gradient at the initial state, over that at the last state."""
    rng = np.random.default_rng(seed)
    W_hh = (
        orthogonal(rng, 32)
        if start == "orthogonal"
        else uniform(rng, (32, 32), 1 / np.sqrt(32))
    )
    arrays = glorot(rng, 8, 32), W_hh, *((np.ones(32),) if normed else ()), np.zeros(32)
    x, _ = first_symbol(rng, 32, lag)
    h, cache = cell[0](x, np.zeros((32, 32)), *arrays)
    dh = np.zeros_like(h)
    dh[:, -1] = rng.standard_normal((32, 32))
    return np.linalg.norm(cell[1](dh, cache)[1]) / np.linalg.norm(dh)


three_cells = {
    "none": (rnn.forward, rnn.backward),
    "layer norm": (normalised_cells.tanh_forward, normalised_cells.tanh_backward),
    "batch norm": (batch_normed_rnn.forward, batch_normed_rnn.backward),
}
print("what is left of the gradient, before training (middle one of 5 nets)")
for start in ("uniform", "orthogonal"):
    for name, cell in three_cells.items():
        left = [
            np.median([left_after(lag, cell, name != "none", start, seed) for seed in range(5)])
            for lag in (10, 20, 40)
        ]
        told = "   ".join(
            f"lag {lag}: {v:.1e}" for lag, v in zip((10, 20, 40), left, strict=True)
        )
        print(f"{start:10} start, {name:10} {told}")

# %% [markdown]
# Compare the three lines of each start. With the uniform start the plain net has lost nearly all of its gradient at lag 40, and with
# either normalisation far more is left: yes, it helps, before training. With the orthogonal start there was less to repair, and what
# is left after normalising *grows* with the lag: that gradient begins to explode.
#
# Whether training gains by it is another question: go back to the bars. At lag 40 batch normalisation helped, and
# it was tricky where introductions say so: at the test, with one set of running statistics. At a length that was not seen, none of
# the three is safe, the plain net included. A net that is trained at one length may learn to be right at *that* step alone.
# Training on varied lengths, the usual advice (here each batch has a lag from 10 to 30), was harder than the budget allowed:

# %% show
for name in ("orthogonal start, Adam", "orthogonal start, Adam, lengths varied"):
    rows = runs(name, 20)
    for what, text in (("test", "lag 20"), ("longer", "lag 30")):
        count, total, low, high = learned(rows, what)
        print(f"{name:40} {text}: {count:2} of {total}  [{low:.2f}, {high:.2f}]")

# %% [markdown]
# ## What each remedy bought
#
# The table puts the recorded runs together: 20 seeds each, 600 steps, the best of a few learning rates (chosen on other seeds). The numbers are
# seeds that learned, with the 95 % interval of the share. Truncated means that the gradient goes back for 10 steps only; the values
# are carried on, as in lesson 3.


# %% show
def cell_of(name, lag, what="test"):
    count, total, low, high = learned(runs(name, lag), what)
    return f"{count:2} of {total} [{low:.2f}, {high:.2f}]"


settings = list(dict.fromkeys(r["setting"] for r in sweep["rows"] if r["part"] == "table"))
print(f"{'':40}{'lag 20':22}{'lag 40':22}{'trained at 20, tested at 30':22}")
for name in settings:
    print(
        f"{name:40}{cell_of(name, 20):22}{cell_of(name, 40):22}{cell_of(name, 20, 'longer'):22}"
    )

# %% [markdown]
# Read it in pairs of rows that differ in one thing, such as Adam with and without clipping. Two rows whose intervals overlap widely are
# not told apart by 20 seeds. Some truncated nets learned lag 20 although no gradient ever reached the step of the first symbol. One explanation, not
# tested here: an orthogonal start carries the symbol along by itself for a while, and the last steps learn to read it.
#
# Now single runs, live, with your own step and your own layer normalisation. Leave the boxes as they are, with nothing clipped, and
# predict: how many answers will be right at the end, and what will one tick at *clip* change? Press *Run*, then tick, then *Run* again.
# The run before stays as a dashed line. The fourth chart shows how much gradient arrives at each step of the sequence; watch its
# left end while a net learns. Then truncate, and predict that chart.
#
# *Stop* leaves a net that can be used: its parameters are `remedies.params`. One run is one seed: at its end the recorded runs
# with the same settings are named, where there are some.

# %% show
from IPython.display import display

from rnn_core.widgets import Remedies

remedies = Remedies(clipped_momentum_step, layer_norm_forward, layer_norm_backward)
display(remedies)

# %% [markdown]
# What was said about simple cells, beside what was measured here:


# %% show
# Putting the numbers into sentences: no need to read this cell.
def of(name, lag):
    count, total, *_ = learned(runs(name, lag))
    return f"{count} of {total}"


plain, best = "uniform start, Adam", "orthogonal start, momentum, clipped"
layer, batch, none = (
    of(f"orthogonal start, Adam{more}", 40) for more in (", layer norm", ", batch norm", "")
)
claims = (
    (
        "practical performance is quite difficult with the simple cell",
        f"uniform start and Adam: {of(plain, 5)} seeds learn lag 5, {of(plain, 40)} lag 40. Orthogonal start, momentum and clipping: {of(best, 40)}",
        "what is needed lies many steps back and the start is the usual one. Whether LSTM does better is measured in lesson 6",
    ),
    (
        "a recurrent net is extremely difficult to train",
        f"uniform start and Adam: {of(plain, 2)} at lag 2, {of(plain, 60)} at lag 60",
        "the lag is long, with a usual start and optimizer",
    ),
    (
        "by keeping the previous memory a recurrent net becomes adept at capturing long-term dependencies",
        f"uniform start and Adam: {of(plain, 2)} at lag 2, {of(plain, 30)} at lag 30",
        "the lag is short; handing a state on is not yet keeping what is in it",
    ),
    (
        "simple cells forget the start of a long sentence",
        f"one run: dh_60/dh_0 has the norm {forwards[-1]:.0e}. Lag 60 was learned by {of('orthogonal start, Adam', 60)} seeds "
        f"(orthogonal start, Adam) and by {of(best, 60)} (momentum, clipped)",
        "nothing was done about it: here the start and the optimizer changed it. LSTM and GRU are measured in lessons 6 and 7",
    ),
    (
        "remedies are gating, gradient clipping, better optimizers",
        "; ".join(
            f"{start} start at lag {lag}: "
            + " / ".join(
                f"{rule} {of(f'{start} start, {rule}', lag)}"
                for rule in ("SGD", "momentum", "momentum, clipped", "Adam")
            )
            for start, lag in (("uniform", 20), ("orthogonal", 40))
        ),
        "optimizer and start are chosen together. Clipping bought larger rates. Gating is the subject of lesson 5",
    ),
    (
        "layer normalisation suits recurrent nets, batch normalisation is not as effective and tricky",
        f"at lag 40 layer normalisation {layer}, batch normalisation {batch}, none {none}",
        "tricky: with one set of running statistics at the test. Less effective: not on this task",
    ),
)
for said, found, when in claims:
    print(f"said:       {said}\nmeasured:   {found}\nholds when: {when}\n")

# %% [markdown]
# One small task, one size of net, one budget: with other settings other remedies may win. What the tanh cell does not have is a part
# that *decides* what to keep. That is the subject of the next lessons.
#
# ## Exercise 4.10: in words
# <!-- effort: vanish-words -->
#
# A friend trains a tanh net on sequences of 200 steps. He prints the norm of $dW_{hh}$, finds ordinary numbers throughout, and
# concludes that the gradient does not vanish. Then he adds clipping, so that the net remembers for longer. What do you tell him about
# his conclusion, what would you measure instead, and what will clipping do?

# %% answer="vanish-words"

# %% [markdown]
# ## What was shown, and what was not
#
# - Over a lag the influence of a state is multiplied by one Jacobian a step. Its norm is at most the largest singular value of the
#   weights times the largest slope; the spectral radius is no bound.
# - 100 layers with weights of their own lost the gradient about as fast as 100 steps did. The shares of the early steps drown in the
#   sum $dW$.
# - The tanh cell learned short lags, and longer ones with fewer and fewer seeds; how few depends on the start, the optimizer and the
#   normalisation. Some remedies *alleviate* that on this task; the table says which, by how much, and how sure that is. Truncation
#   saves work; it is no remedy.
# - Clipping allows larger steps where gradients explode, which can decide whether a lag is learned. It makes no early share larger
#   beside the late ones.
# - Not shown: other tasks, other sizes, and a remedy for every lag. With this task the first symbol has only to be *kept*. A task in
#   which a net must choose what to keep comes in later lessons.
#
# ## Five questions

# %% recall="vanish-bound vanish-sum vanish-clip-not bptt-what-is-cut bptt-clip-direction"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
