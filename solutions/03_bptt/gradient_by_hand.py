# %% [markdown]
# # A weight acts at every step. How much does each step count?
#
# **Lesson 3, first of two notebooks.** About three and a half hours, with four places to stop.
#
# You need: the cell of lesson 2 and its shapes; from lesson 0 the chain rule.
#
# Afterwards you can take a loss back through a recurrent net by hand, write that as code for whole batches, put the
# code to the test, and say what the test leaves open.

# %%
import numpy as np

from autograder import check, hint, model_answer, outcome, recall, solution


def step_forward(x, h, W_xh, W_hh, b):
    """The cell of lesson 2: x (N, D), h (N, H) -> h_next (N, H), and what the way back will need."""
    h_next = np.tanh(x @ W_xh + h @ W_hh + b)
    return h_next, (x, h, W_xh, W_hh, h_next)


def forward(x, h0, W_xh, W_hh, b):
    """All steps: x (N, T, D), h0 (N, H) -> h (N, T, H), and a list of T step caches."""
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, kept = step_forward(x[:, t], h, W_xh, W_hh, b)
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), caches


# %% [markdown]
# Here is something to look at first. A cell with one unit runs for eight steps. We nudge its recurrent weight a
# little and watch the last state. A bar shows how much the last state moves if the weight is nudged *at that step
# only*. The program prints how much it moves if the weight is nudged at all steps.

# %% show
from rnn_core import plots

rng = np.random.default_rng(3)
inputs, u, nudge = rng.normal(0, 0.3, 8), 1.0, 1e-7


def last_state(weights):
    """The last state, when step t uses the recurrent weight weights[t]."""
    h = 0.5
    for value, weight in zip(inputs, weights, strict=True):
        h = np.tanh(value + weight * h)
    return h


everywhere = (last_state(np.full(8, u + nudge)) - last_state(np.full(8, u))) / nudge
alone = [
    (last_state(u + nudge * np.eye(8)[t]) - last_state(np.full(8, u))) / nudge for t in range(8)
]
print(f"nudged at all steps: {everywhere:+.4f}     the bars added up: {sum(alone):+.4f}")
plots.bars(
    range(1, 9),
    {"move": alone},
    "step at which the weight is nudged",
    "move of the last state, per nudge",
    alt="Bars: how much the last state moves when the recurrent weight is nudged at one step only, for steps 1 to 8. "
    + ", ".join(f"step {t}: {move:+.3f}" for t, move in enumerate(alone, 1)),
)

# %% [markdown]
# Compare the two printed numbers. A weight that acts at eight steps has eight shares in what happens at the end, and
# the shares add up. This notebook is about computing them: exactly, all at once, and without nudging.
#
# ## Exercise 3.1: where will the gradient arrive?
# <!-- effort: bptt-where-gradient-arrives -->
#
# A net reads a sequence of six steps: its states are $h_1, \dots, h_6$, counted from 1 here. Only the output of step 4
# has a label. The loss looks at this one output and ignores the others.
#
# Introductions tell it like this: *the gradient flows back only through the outputs that the loss uses.* At which
# states is the gradient of the loss different from zero? Commit yourself. Set `gradient_arrives` to one of these
# texts:
#
# - `"only at h4"`
# - `"at h4 and all earlier states"`
# - `"at h4 and all later states"`
# - `"at all states"`
#
# Any of them earns the point. Further down the notebook measures it.

# %% exercise="bptt-where-gradient-arrives"
# gradient_arrives = "…"
### BEGIN SOLUTION
gradient_arrives = "at h4 and all earlier states"
### END SOLUTION

# %% check="bptt-where-gradient-arrives"

# %% [markdown]
# ## Two steps, with numbers
#
# The smallest net that has all the difficulties: one unit, one input, two steps.
#
# $$a_1 = w\,x_1 + u\,h_0 + b, \quad h_1 = \tanh a_1, \qquad a_2 = w\,x_2 + u\,h_1 + b, \quad h_2 = \tanh a_2$$
#
# The loss compares the last state with a target $y$:
#
# $$L = \tfrac12 (h_2 - y)^2$$
#
# How does $L$ change with $w$, $u$, $b$ and $h_0$? There is a slow way that needs no thought: move one number up by a
# small $\varepsilon$, then down, and divide by the distance. That is a [central difference](glossary):
#
# $$\frac{dL}{du} \approx \frac{L(u + \varepsilon) - L(u - \varepsilon)}{2\,\varepsilon}$$

# %% show
given = {"x1": 0.5, "x2": -0.8, "h0": 0.3, "w": 0.7, "u": 1.2, "b": 0.1, "target": 0.4}


def two_steps(x1, x2, h0, w, u, b, target):
    """Both states, and the loss."""
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    return h1, h2, (h2 - target) ** 2 / 2


def slope_of(name, eps=1e-5):
    """The central difference of the loss for one of the numbers."""
    above, below = (two_steps(**{**given, name: given[name] + s * eps})[2] for s in (1, -1))
    return (above - below) / (2 * eps)


h1, h2, L = two_steps(**given)
print(f"h1 = {h1:.6f}   h2 = {h2:.6f}   L = {L:.6f}\n")
for name in ("w", "u", "b", "h0"):
    print(f"central difference dL/d{name:2} = {slope_of(name):+.6f}")

# %% [markdown]
# Now with thought. Go from the loss towards the start, one link at a time.
#
# **The last step, whole.** The loss sees $h_2$, and $h_2$ sees $a_2$ through tanh. The slope of tanh is known from
# what came out of it: $\tanh'(a) = 1 - \tanh(a)^2 = 1 - h^2$.
#
# $$\frac{dL}{dh_2} = h_2 - y, \qquad \delta_2 := \frac{dL}{da_2} = \frac{dL}{dh_2}\,(1 - h_2^2)$$
#
# $a_2 = w\,x_2 + u\,h_1 + b$ is a plain sum. So *at this step* the weight $u$ has the share $\delta_2\,h_1$, because
# $h_1$ is what it was multiplied with. In numbers:

# %% show
dL_dh2 = h2 - given["target"]
delta_2 = dL_dh2 * (1 - h2**2)
print(f"dL/dh2 = {dL_dh2:+.6f}   delta_2 = {delta_2:+.6f}")
print(f"share of step 2 in dL/du = delta_2 * h1 = {delta_2 * h1:+.6f}")
print(f"the central difference above says          {slope_of('u'):+.6f}")

# %% [markdown]
# The two numbers at the end differ. The rest is the share of step 1: $u$ also made $h_1$, and $h_1$ went into $a_2$.
#
# ## Exercise 3.2: two steps by hand
# <!-- effort: bptt-two-steps -->
#
# Write `two_step_gradient(x1, x2, h0, w, u, b, target)`. All arguments are numbers. It returns the four slopes
# `dw, du, db, dh0` of $L = \tfrac12 (h_2 - y)^2$ as numbers, with $y$ = `target`, from the formulas and not by nudging.
#
# Take it in this order: $\delta_2$ as above; from $\delta_2$ to $dL/dh_1$, by the factor that stands before $h_1$ in
# $a_2$; through the tanh of step 1 to $\delta_1 = dL/da_1$; then collect. Each of $w$, $u$, $b$ acts at both steps
# and gets the sum of two shares. $h_0$ acts only at step 1.
#
# For the numbers above the result must match the four central differences.


# %% exercise="bptt-two-steps"
def two_step_gradient(x1, x2, h0, w, u, b, target):
    """Numbers in, four numbers out: dw, du, db, dh0."""
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    ### BEGIN SOLUTION
    delta2 = (h2 - target) * (1 - h2**2)
    delta1 = delta2 * u * (1 - h1**2)
    dw = delta2 * x2 + delta1 * x1
    du = delta2 * h1 + delta1 * h0
    return dw, du, delta2 + delta1, delta1 * u
    ### END SOLUTION


# %% check="bptt-two-steps"

# %% show
for name, by_hand in zip(("w", "u", "b", "h0"), two_step_gradient(**given), strict=True):
    print(f"dL/d{name:2}   by hand {by_hand:+.10f}   central difference {slope_of(name):+.10f}")

# %% [markdown]
# **A good place to stop.** From here on numbers become arrays.
#
# ## One way for the data, the other way for the gradient
#
# Drawn step by step, the net is a feedforward net again: the data flows one way, from left to right. The
# gradient uses the same arrows in the other direction. At a state that has an output *and* a next step, two arrows
# came out; backwards two gradients come in, and they add.
#
# Going back through the unrolled net like this is called [backpropagation through time](glossary), or BPTT.

# %% show
# Drawing only: no need to read this cell.
from matplotlib.figure import Figure

figure = Figure(figsize=(8, 3.6), layout="constrained")
ax = figure.subplots()
ax.set(xlim=(-0.6, 4.7), ylim=(-1.5, 1.6))
ax.axis("off")
BLUE, ORANGE = plots.COLOURS[:2]


def arrow(start, end, colour, shift=(0, 0), style="-"):
    start, end = np.add(start, shift), np.add(end, shift)
    line = {
        "arrowstyle": "-|>",
        "color": colour,
        "linestyle": style,
        "shrinkA": 20,
        "shrinkB": 20,
        "lw": 1.8,
    }
    ax.annotate("", end, start, arrowprops=line)


for t in range(5):
    boxes = {f"$h_{t}$": (t, 0)} | ({f"$x_{t}$": (t, -1.2), f"$L_{t}$": (t, 1.2)} if t else {})
    for text, place in boxes.items():
        ax.text(
            *place,
            text,
            ha="center",
            va="center",
            fontsize=14,
            bbox={"boxstyle": "round,pad=0.3", "fc": "white"},
        )
    if t:
        arrow((t - 1, 0), (t, 0), BLUE, (0, 0.1))
        arrow((t, 0), (t - 1, 0), ORANGE, (0, -0.1), "--")
        arrow((t, -1.2), (t, 0), BLUE, (-0.07, 0))
        arrow((t, 0), (t, -1.2), ORANGE, (0.07, 0), "--")
        arrow((t, 0), (t, 1.2), BLUE, (-0.07, 0))
        arrow((t, 1.2), (t, 0), ORANGE, (0.07, 0), "--")
ax.plot([], [], color=BLUE, label="data, forwards")
ax.plot([], [], color=ORANGE, linestyle="--", label="gradient, backwards")
ax.legend(loc="lower center", bbox_to_anchor=(0.5, -0.1), ncols=2, frameon=False, fontsize=13)
plots.Picture(
    figure,
    "A recurrent net drawn over four steps. Solid blue arrows, the data: from each input x up to its state h, from each "
    "state right to the next and up to its loss L. Dashed orange arrows, the gradient: the same links the other way.",
)

# %% [markdown]
# ## From numbers to arrays: the output layer, whole
#
# With many units and a batch of $N$ sequences, numbers become arrays. Three rules are all that is needed. Here they
# are for the output layer, $y = h\,W_{hy} + b_y$, with `h` (N, H), `W_hy` (H, V), `b_y` (V,). Here $y$ stands for the
# scores, no longer for a target. The gradient `dy` (N, V) of some loss has arrived at `y`. Then
#
# $$dh = dy\;W_{hy}^{\top}, \qquad dW_{hy} = h^{\top} dy, \qquad db_y = \sum_n dy_n$$
#
# - **dh**: forwards, unit $i$ acts on score $j$ by `W_hy[i, j]`. Backwards the gradient goes from $j$ to $i$ by the
#   same number: the transpose.
# - **dW_hy**: the weight `W_hy[i, j]` was multiplied with `h[n, i]`, in every row $n$ of the batch. Its gradient adds
#   `h[n, i] * dy[n, j]` over the rows. The product $h^{\top} dy$ does that.
# - **db_y**: every row uses the same bias, so its gradient adds the rows up.
#
# The shapes are a check for free: a gradient has the shape of what it belongs to.

# %% show
N, H, V = 2, 4, 3
h, W_hy, b_y, dy = (rng.standard_normal(shape) for shape in ((N, H), (H, V), (V,), (N, V)))

dh = dy @ W_hy.T
dW_hy = h.T @ dy
db_y = dy.sum(axis=0)


def score(h, W_hy, b_y):
    """A loss whose gradient at y is dy."""
    return np.sum((h @ W_hy + b_y) * dy)


eps, one = 1e-5, np.zeros((H, V))
one[2, 1] = 1
difference = (score(h, W_hy + eps * one, b_y) - score(h, W_hy - eps * one, b_y)) / (2 * eps)
print("shapes:", dh.shape, dW_hy.shape, db_y.shape)
print(f"dW_hy[2, 1] = {dW_hy[2, 1]:.8f}   central difference {difference:.8f}")

# %% [markdown]
# ## Exercise 3.3: one step backward
# <!-- effort: bptt-step-backward -->
#
# The step is $h_{\text{next}} = \tanh(a)$ with $a = x\,W_{xh} + h\,W_{hh} + b$. The gradient `dh_next` (N, H) has arrived
# at $h_{\text{next}}$. Wanted: `dx` (N, D), `dh` (N, H), `dW_xh` (D, H), `dW_hh` (H, H), `db` (H,).
#
# First through the tanh, as in the two-step example: $da = dh_{\text{next}} \odot (\text{slope of tanh at } a)$. The
# sign $\odot$ multiplies two arrays of one shape number by number, as `*` does. Then three parts of a sum:
# $x\,W_{xh}$, $h\,W_{hh}$ and $b$. Each gets its gradient by the rules of the output layer. For $x\,W_{xh}$ that is
# done: the line stands in the cell, below your part, and uses your `da`. Write the other four.
#
# - The gradients of the weights are *sums* over the rows, as above.
# - `cache` is what `step_forward` returned: `(x, h, W_xh, W_hh, h_next)`. Leave its arrays and `dh_next` unchanged.


# %% exercise="bptt-step-backward"
def step_backward(dh_next, cache):
    """dh_next (N, H) and the cache of step_forward -> dx (N, D), dh (N, H), dW_xh (D, H), dW_hh (H, H), db (H,)."""
    x, h, W_xh, W_hh, h_next = cache
    ### BEGIN SOLUTION
    da = dh_next * (1 - h_next**2)
    dh = da @ W_hh.T
    dW_hh = h.T @ da
    db = da.sum(axis=0)
    ### END SOLUTION
    dx, dW_xh = da @ W_xh.T, x.T @ da  # the input's part, by the rules of the output layer
    return dx, dh, dW_xh, dW_hh, db


# %% check="bptt-step-backward"

# %% [markdown]
# **A good place to stop.** What you have now is one link of the chain. Next: the chain.
#
# ## The whole sequence
#
# At state $h_t$ (the state *after* step $t$) gradients meet from two sides:
#
# - from outside: what reads $h_t$ directly, such as an output and its loss. This is `dh[:, t]`, and it is given;
# - from the future: $h_t$ went into step $t + 1$, and that step hands back its `dh`.
#
# Their sum goes into `step_backward` of step $t$. So the loop runs from the last step to the first:
#
# $$g_t = dh_t + (\text{what step } t + 1 \text{ hands back})$$
#
# $$(dx_t,\; \text{handed back},\; dW^{(t)}_{xh},\; dW^{(t)}_{hh},\; db^{(t)}) = \text{step\_backward}(g_t)$$
#
# After the last step there is no future. What the first step hands back belongs to $h_0$.
#
# All steps use the same weights. As with the bars at the top, the shares add up, and this adding is called
# [gradient accumulation](glossary):
#
# $$dW_{hh} = \sum_t dW^{(t)}_{hh}$$
#
# ## Exercise 3.4: backward
# <!-- effort: bptt-backward -->
#
# Write `backward(dh, caches)`. From here on steps are counted from 0, as arrays are: step 0 reads `h0` and writes the
# state that Exercise 3.1 called $h_1$.
#
# - `dh` (N, T, H): the gradient that arrives from outside at the state after each step, `dh[:, t]` at the state that
#   step `t` wrote.
# - `caches`: the list of T step caches that `forward` returned; `caches[t]` belongs to step `t`.
# - Returns `dx` (N, T, D), `dh0` (N, H), `dW_xh` (D, H), `dW_hh` (H, H), `db` (H,). The gradients of the weights are
#   sums over steps, nothing is averaged.
# - Use your `step_backward`. The caller's `dh` stays as it is.


# %% exercise="bptt-backward"
def backward(dh, caches):
    """dh (N, T, H) and a list of T step caches -> dx (N, T, D), dh0 (N, H), dW_xh (D, H), dW_hh (H, H), db (H,)."""
    ### BEGIN SOLUTION
    x, _, W_xh, W_hh, _ = caches[0]
    N, T, H = dh.shape
    dx, carried = np.zeros((N, T, x.shape[1])), np.zeros((N, H))
    dW_xh, dW_hh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(H)
    for t in reversed(range(T)):
        dx[:, t], carried, share_x, share_h, share_b = step_backward(
            dh[:, t] + carried, caches[t]
        )
        dW_xh += share_x
        dW_hh += share_h
        db += share_b
    return dx, carried, dW_xh, dW_hh, db
    ### END SOLUTION


# %% check="bptt-backward"

# %% [markdown]
# **A good place to stop.**
#
# ## How do you know that a gradient is right?
#
# A wrong gradient does not crash, and nothing on the screen says that it is wrong. So a gradient is compared with
# differences of the loss. With many weights one does not move each by itself. One picks a direction $d$ of the
# shape of the weights, and compares the slope along it:
#
# $$\underbrace{\frac{L(\theta + \varepsilon d) - L(\theta - \varepsilon d)}{2\,\varepsilon}}_{n,\ \text{measured}}
# \qquad\text{with}\qquad \underbrace{\textstyle\sum_i g_i\, d_i}_{a,\ \text{what the gradient } g \text{ says}}$$
#
# How far apart may they be? That depends on how large they are. A difference of 0.0000008 is nothing beside 1,
# and everything beside 0.0000001. So the difference is divided by the larger of the two: the
# [relative error](glossary)
#
# $$\frac{|a - n|}{\max(|a|, |n|)}$$
#
# Comparing a gradient with differences in this way is a [gradient check](glossary).
#
# ## Exercise 3.5: a gradient check
# <!-- effort: bptt-gradient-errors -->
#
# Write `gradient_errors(loss, params, grads, directions, eps=1e-5)`.
#
# - `params`: a dict from name to array. `loss(params)` takes such a dict, with all the names, and returns a number.
# - `grads`, `directions`: dicts of arrays of the same shapes. `directions` may hold some of the names only: the other
#   arrays are then not tested.
# - Returns a dict from each name in `directions` to a number: the relative error, as above, of that array's gradient
#   along its direction. Move one array at a time and leave the others where they are. Use `directions[name]` as it is,
#   without changing its length, and a step of `eps`.
# - Where both numbers are 0, the error is 0.
# - The caller's arrays stay exactly as they are.
#
# A tiny instance: for the loss $w^2$ at $w = 3$ the slope along $d = 1$ is 6. A program that says 4 has the error
# $|4 - 6| / 6 = 1/3$.


# %% exercise="bptt-gradient-errors"
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    """Dicts of arrays in; a dict from name to relative error out."""
    ### BEGIN SOLUTION
    errors = {}
    for name, d in directions.items():
        above = loss({**params, name: params[name] + eps * d})
        below = loss({**params, name: params[name] - eps * d})
        measured, said = (above - below) / (2 * eps), np.sum(grads[name] * d)
        largest = max(abs(measured), abs(said))
        errors[name] = float(abs(said - measured) / largest) if largest != 0 else 0.0
    return errors
    ### END SOLUTION


# %% check="bptt-gradient-errors"

# %% [markdown]
# Put your `backward` to the test with your `gradient_errors`. The loss is $\sum h \odot R$ with a random array $R$: then
# the gradient that arrives at $h$ from outside is $R$ itself. The table shows the largest error of five directions.


# %% show
# Set-up and printing: no need to read this cell.
def draw_problem(rng, N=2, T=5, D=3, H=4, h0_size=1.0):
    """Weights, inputs and initial state, and an array R that makes a loss of the states."""
    shapes = {"x": (N, T, D), "h0": (N, H), "W_xh": (D, H), "W_hh": (H, H), "b": (H,)}
    params = {name: 0.6 * rng.standard_normal(shape) for name, shape in shapes.items()}
    params["h0"] *= h0_size
    return params, rng.standard_normal((N, T, H))


def loss_with(R):
    return lambda params: float(np.sum(forward(**params)[0] * R))


def grads_with(program, params, R):
    _, caches = forward(**params)
    return dict(zip(("x", "h0", "W_xh", "W_hh", "b"), program(R, caches), strict=True))


def largest_errors(loss, params, grads, rng, count=5):
    """The largest error of each gradient along a few random directions."""
    found = []
    for _ in range(count):
        directions = {name: rng.standard_normal(p.shape) for name, p in params.items()}
        directions = {name: d / np.linalg.norm(d) for name, d in directions.items()}
        found.append(gradient_errors(loss, params, grads, directions))
    return {name: max(errors[name] for errors in found) for name in params}


problem, R = draw_problem(rng)
for name, error in largest_errors(
    loss_with(R), problem, grads_with(backward, problem, R), rng
).items():
    print(f"{name:5} {error:.1e}")

# %% [markdown]
# ## What a passed check does not prove
#
# Four programs follow. Each has a fault. Each is checked twice: at a place where the fault hides, and somewhere else.
#
# - **forgets h0**: it takes the state before the first step for zero when it computes $dW_{hh}$;
# - **no transpose**: it goes back through $W_{hh}$ as it stands;
# - **9 times too large**: every number is multiplied by 9, at a loss that is tiny;
# - **wrong loss**: its targets are off by one step. Its gradient is exact, for that loss.


# %% show
def forgets_h0(dh, caches):
    x, h, *rest = caches[0]
    return backward(dh, [(x, 0 * h, *rest), *caches[1:]])


def no_transpose(dh, caches):
    return backward(dh, [(x, h, W_xh, W_hh.T, h_next) for x, h, W_xh, W_hh, h_next in caches])


def nine_times(dh, caches):
    return tuple(9 * g for g in backward(dh, caches))


def distance_to(targets):
    """The fourth has a right program and a wrong loss: `targets` that are off by one step."""
    return lambda params: float(np.sum((forward(**params)[0] - targets) ** 2) / 2)


# %% show
# Measuring and printing: no need to read this cell.
def worst(program, params, R):
    return max(
        largest_errors(loss_with(R), params, grads_with(program, params, R), rng).values()
    )


def worst_absolute(program, params, R, eps=1e-5):
    """The absolute difference between the gradient of one weight and its central difference."""
    g, loss = grads_with(program, params, R)["b"], loss_with(R)
    moved = [{**params, "b": params["b"] + s * eps * np.eye(len(g))[0]} for s in (1, -1)]
    return abs(g[0] - (loss(moved[0]) - loss(moved[1])) / (2 * eps))


at_zero, _ = draw_problem(rng, h0_size=0.0)
symmetric = {**problem, "W_hh": 0.5 * np.eye(4)}
targets = rng.standard_normal(R.shape)
shifted = np.roll(targets, 1, axis=1)
states = forward(**problem)[0]
of_wrong = grads_with(backward, problem, states - shifted)
rows = [
    (
        "forgets h0",
        "at h0 = 0",
        worst(forgets_h0, at_zero, R),
        "at another h0",
        worst(forgets_h0, problem, R),
    ),
    (
        "no transpose",
        "at a symmetric W_hh",
        worst(no_transpose, symmetric, R),
        "at another W_hh",
        worst(no_transpose, problem, R),
    ),
    (
        "9 times too large",
        "absolute error",
        worst_absolute(nine_times, problem, 1e-8 * R),
        "relative error",
        worst(nine_times, problem, 1e-8 * R),
    ),
    (
        "wrong loss",
        "against its own loss",
        max(largest_errors(distance_to(shifted), problem, of_wrong, rng).values()),
        "against the right loss",
        max(largest_errors(distance_to(targets), problem, of_wrong, rng).values()),
    ),
]
print(
    f"{'program':18} {'where it hides':21} {'error':>8}    {'where it shows':23} {'error':>8}"
)
for fault, hidden, small, open_place, large in rows:
    print(f"{fault:18} {hidden:21} {small:8.1e}    {open_place:23} {large:8.1e}")

# %% [markdown]
# The left column of numbers looks fine in every row. So: check at a place without symmetry, with an initial state
# that is not zero, with all sizes different, and with a relative error. That the loss is the one you want, no
# gradient check can tell.
#
# **A good place to stop.**
#
# ## Exercise 3.6: a loss on chosen steps
# <!-- effort: bptt-chosen-steps -->
#
# Many tasks have a label only at some steps. Let `steps` be the list of the K steps that have one (counted from 0, as
# in `backward`: the label of Exercise 3.1 would be `[3]`), and let the loss be half the squared distance to a target,
# averaged over the N sequences and these K steps:
#
# $$L = \frac{1}{N\,K} \sum_{n} \sum_{t \in \text{steps}} \tfrac12\,\lVert h_{n,t} - y_{n,t} \rVert^2$$
#
# Write `chosen_steps_gradient(h, targets, steps, caches)`.
#
# - `h` and `targets` are (N, T, H); targets at steps that are not chosen do not count. `steps` is a sorted list of whole
#   numbers. `caches` is the list of step caches.
# - Returns `loss`, a number, and `g` (N, T, H): the *whole* gradient $g_t = dL/dh_t$ at each state, both what comes from
#   outside and what comes from the future. `g[:, t]` is what you hand to `step_backward` of step `t`.
# - The caller's arrays and the list `steps` stay unchanged.


# %% exercise="bptt-chosen-steps"
def chosen_steps_gradient(h, targets, steps, caches):
    """h, targets (N, T, H), a list of steps, the list of step caches -> loss, g (N, T, H)."""
    ### BEGIN SOLUTION
    N, T, H = h.shape
    distance = h[:, steps] - targets[:, steps]
    loss = np.sum(distance**2) / (2 * N * len(steps))
    g, carried = np.zeros((N, T, H)), np.zeros((N, H))
    g[:, steps] = distance / (N * len(steps))
    for t in reversed(range(T)):
        g[:, t] += carried
        carried = step_backward(g[:, t], caches[t])[1]
    return loss, g
    ### END SOLUTION


# %% check="bptt-chosen-steps"

# %% [markdown]
# Now the map. Each row is one run: the loss looks at one step only, the one that the row names. The colour says how
# large the gradient is that arrives at each state. Pictures and prints count steps from 1 again, as Exercise 3.1 did.

# %% show
T = 10
params, _ = draw_problem(np.random.default_rng(5), N=4, T=T, D=3, H=6)
params["W_hh"] *= 0.7
states, caches = forward(**params)
goals = np.random.default_rng(6).standard_normal(states.shape)
arrives = np.zeros((T, T))
for s in range(T):
    _, g = chosen_steps_gradient(states, goals, [s], caches)
    arrives[s] = np.sqrt((g**2).sum(axis=(0, 2)))
share = arrives / arrives.diagonal()[:, None]
plots.heatmap(
    np.where(arrives > 0, share, np.nan),
    range(1, T + 1),
    range(1, T + 1),
    "state that the gradient arrives at (step)",
    "step that has the loss",
    "length, as a share of that at the loss",
    title="Where the gradient arrives (white: exactly zero)",
    alt=f"Map of {T} by {T}: rows are the step that has the loss, columns the state. The diagonal and everything left of it, the "
    "earlier states, is coloured; everything right of it is white, exactly zero. "
    "Last row, from the first state to the last: "
    + ", ".join(f"{value:.2f}" for value in share[-1])
    + ".",
)

# %% show
six = {**params, "x": params["x"][:, :6]}
states6, caches6 = forward(**six)
_, g6 = chosen_steps_gradient(states6, goals[:, :6], [3], caches6)
lengths = np.sqrt((g6**2).sum(axis=(0, 2)))
reached = [f"h{t}" for t, length in enumerate(lengths, 1) if length > 0]
outcome(
    "bptt-where-gradient-arrives",
    believed="the gradient flows back only through the outputs that the loss uses",
    measured=f"loss at step 4 of 6: different from zero at {', '.join(reached)}; exactly zero at "
    + ", ".join(f"h{t}" for t, length in enumerate(lengths, 1) if length == 0),
    holds_when="it is said of the outputs. States whose own output is ignored still hand on what comes from the future",
)

# %% [markdown]
# With the gradient at each state in hand, the bars from the top of this notebook can be computed without nudging. The
# share of step $t$ in $dW_{hh}$ is what `step_backward` gives for $g_t$. Here the loss looks at the last step only.

# %% show
_, g = chosen_steps_gradient(states, goals, [T - 1], caches)
shares = np.stack([step_backward(g[:, t], caches[t])[3] for t in range(T)])  # (T, H, H)
dh = np.zeros_like(states)
dh[:, -1] = (states - goals)[:, -1] / len(states)
total = backward(dh, caches)[3]
print(
    f"largest difference between the sum of the shares and dW_hh: {np.abs(shares.sum(axis=0) - total).max():.1e}"
)
sizes = np.sqrt((shares**2).sum(axis=(1, 2)))
plots.bars(
    range(1, T + 1),
    {"length": sizes},
    "step",
    "length of the step's share in dW_hh",
    title="Loss at the last step only",
    alt="Bars: the length of each step's share in the gradient of W_hh, when only the last step has a loss. "
    + ", ".join(f"step {t}: {size:.3g}" for t, size in enumerate(sizes, 1)),
)

# %% [markdown]
# Look at the bars of the early steps. How the gradient changes with distance is the subject of lesson 4; remember this picture.
#
# Now choose the losses yourself. Everything that goes backwards here is computed by your `backward`. Below the net stand
# the gradient that arrives at each state, and what each step adds to a shared weight.
#
# The lowest picture asks: does influence fade forwards from the start, or backwards from the end? *Forwards* nudges
# $h_0$ and shows how far each later state moves. *Backwards* shows how far the state with the last loss moves when each
# earlier state is nudged. A nudge has length 1, for one of the sequences; the move is the root of the mean square over all
# directions.
#
# Predict first: the two curves end at opposite sides. At which heights? Then tick L3 alone, and L4 as well: does more arrive
# at $h_1$? At last take $T = 10$ and only the last loss, and make $W_{hh}$ larger, step by step up to 3. Does the gradient at
# the start grow with it? And with `size of x` at 0?

# %% show
from rnn_core.widgets import GradientFlow

GradientFlow(backward)

# %% [markdown]
# ## A game: find the wrong gradient
#
# Two programs for `backward` train the same net on the same batches: it must say what came in one step before. Both losses
# fall. One line of one of the programs is wrong. The other differences are two ways to write the same.
#
# Guess from the curves first: is the program with the higher loss the wrong one? Your guesses are counted. Then choose an
# array and press *Measure*: your `gradient_errors` holds both programs against central differences. Mark a line and say that
# it is wrong. Each round has another wrong line. One hides where the states start at 0, one where $W_{hh}$ is symmetric, and one shows
# nowhere in the training.

# %% show
from rnn_core.widgets import WrongGradient

WrongGradient("tanh", gradient_errors)

# %% [markdown]
# ## Exercise 3.7: in words
# <!-- effort: bptt-check-limits -->
#
# A friend has written the gradient of a new kind of cell. The gradient check passes, with all errors below $10^{-8}$. What
# does this prove, and what does it not prove? Name at least two faults that the check could have missed, and say for
# each how you would find it.

# %% answer="bptt-check-limits"

# %% [markdown]
# ## What was shown, and what was not
#
# - The gradient of a recurrent net is the chain rule on the unrolled net: one loop, backwards. At each state the
#   gradient from outside and the gradient from the future add; for each weight the shares of all steps add.
# - A loss on chosen steps sends gradient to these steps and to all states before them, and none to later states.
# - A gradient check compares a program with its own loss, at the places that were tried. Four faulty programs passed one.
# - Not shown: that this gradient is *useful* over long distances. And all sequences had the same length, which real
#   ones do not have. That is the next notebook.
#
# ## Five questions
#
# After them comes the next notebook: [character_model](character_model.ipynb).

# %% recall="bptt-two-sources bptt-shared-weight bptt-check-proves start-backward loop-unrolled-count"

# %% [markdown]
# Where you stand, and what comes next:

# %% show
from autograder import progress_map

progress_map()
