"""Answers to lesson 8, third notebook."""

import math

import numpy as np

from autograder.checks.shapes.depth_and_direction.jobs import RIGHT
from autograder.checks.shapes.depth_and_direction.reference import add_shares, layer_forward
from rnn_core import rnn
from rnn_core.both_ways import both_forward
from rnn_core.cells import TANH
from rnn_core.stack import stack_forward
from tests.answers import right, wrong

# --- two predictions (any of the choices is right)

DEPTH = "fewest_bits is one of the 4 choices"
WAY = "with_both_directions is one of the 3 choices"
right("deep-predict", "two layers", fewest_bits="two layers")
right("deep-predict", "with capitals and blanks", fewest_bits="No clear  difference ")
right("deep-predict", "as good", with_both_directions="about as good as one direction")
right(
    "deep-predict",
    "better for suggesting",
    with_both_directions="much lower loss, and better for suggesting characters while somebody writes",
)
wrong("deep-predict", DEPTH, None, "a number", fewest_bits=2)
wrong("deep-predict", DEPTH, None, "another text", fewest_bits="the deepest")
wrong("deep-predict", WAY, None, "left open", with_both_directions="…")
wrong("deep-predict", WAY, None, "None", with_both_directions=None)

# --- two layers forward

SIZES, MEET = (
    "both have a state for every step, of their own sizes",
    "where all sizes are equal nothing crashes: the right arrays must meet",
)


def one(x, h, p):
    return np.tanh(x @ p["W_xh"] + h @ p["W_hh"] + p["b"])


@wrong("deep-two-layers", SIZES, "layer 2 reads x")
def two_layers_forward(x, h0, layer1, layer2):
    start1, start2 = h0
    return layer_forward(x, start1, layer1), layer_forward(x, start2, layer2)


@wrong("deep-two-layers", MEET, "layer 2 reads x", "in one loop")
def two_layers_forward(x, h0, layer1, layer2):
    a, b = h0
    first, second = [], []
    for t in range(x.shape[1]):
        a, b = one(x[:, t], a, layer1), one(x[:, t], b, layer2)
        first.append(a)
        second.append(b)
    return np.stack(first, axis=1), np.stack(second, axis=1)


@wrong("deep-two-layers", SIZES, "layer 2 reads only the last state of layer 1")
def two_layers_forward(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    h, second = h0[1], []
    for _ in range(x.shape[1]):
        h = one(h1[:, -1], h, layer2)
        second.append(h)
    return h1, np.stack(second, axis=1)


@wrong("deep-two-layers", SIZES, "layer 2 takes one step, with the last state of layer 1")
def two_layers_forward(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, one(h1[:, -1], h0[1], layer2)[:, None]


@wrong("deep-two-layers", SIZES, None, "the last state of layer 2 alone")
def two_layers_forward(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(h1, h0[1], layer2)[:, -1]


@wrong("deep-two-layers", MEET, "layer 2 starts at the last state of layer 1")
def two_layers_forward(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    handed_on = h1[:, -1, :]
    return h1, layer_forward(h1, handed_on, layer2)


@wrong("deep-two-layers", MEET, "layer 2 starts at the last state of layer 1, and reads x")
def two_layers_forward(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    h2 = layer_forward(x, h1[:, x.shape[1] - 1], layer2)
    return h1, h2


@wrong("deep-two-layers", MEET, "both layers start at h0[0]")
def two_layers_forward(x, h0, layer1, layer2):
    h = x
    states = []
    for weights in (layer1, layer2):
        h = layer_forward(h, h0[0], weights)
        states.append(h)
    return states[0], states[1]


@wrong("deep-two-layers", MEET, "the initial states are exchanged")
def two_layers_forward(x, h0, layer1, layer2):
    start2, start1 = h0
    h1 = layer_forward(x, start1, layer1)
    return h1, layer_forward(h1, start2, layer2)


@wrong("deep-two-layers", SIZES, "the layers start at zeros")
def two_layers_forward(x, h0, layer1, layer2):
    N = len(x)
    h1 = layer_forward(x, np.zeros((N, len(layer1["b"]))), layer1)
    return h1, layer_forward(h1, np.zeros((N, len(layer2["b"]))), layer2)


@wrong("deep-two-layers", MEET, "both layers have the weights of layer 1")
def two_layers_forward(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    h2 = layer_forward(h1, h0[1], layer1)
    return h1, h2


@wrong("deep-two-layers", SIZES, "layer 2 reads the state of layer 1 from the step before")
def two_layers_forward(x, h0, layer1, layer2):
    a, b = h0
    first, second = [], []
    for t in range(x.shape[1]):
        b = one(a, b, layer2)
        a = one(x[:, t], a, layer1)
        first.append(a)
        second.append(b)
    return np.stack(first, axis=1), np.stack(second, axis=1)


@wrong("deep-two-layers", SIZES, "layer 2 has no state of its own")
def two_layers_forward(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    second = []
    for t in range(x.shape[1]):
        second.append(np.tanh(h1[:, t] @ layer2["W_xh"] + h0[1] @ layer2["W_hh"] + layer2["b"]))
    return h1, np.stack(second, axis=1)


@wrong("deep-two-layers", MEET, "layer 2 goes on from the state of layer 1")
def two_layers_forward(x, h0, layer1, layer2):
    h = h0[0]
    h1, h2 = [], []
    for t in range(x.shape[1]):
        new = one(x[:, t], h, layer1)
        h1.append(new)
        h = one(new, h0[1] if t == 0 else h, layer2)
        h2.append(h)
    return np.stack(h1, axis=1), np.stack(h2, axis=1)


@wrong("deep-two-layers", SIZES, "h2 and h1 come back in the other order")
def two_layers_forward(x, h0, layer1, layer2):
    below = layer_forward(x, h0[0], layer1)
    above = layer_forward(below, h0[1], layer2)
    return above, below


@wrong("deep-two-layers", MEET, "the input is added to what layer 2 reads")
def two_layers_forward(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(h1 + x, h0[1], layer2)


@right("deep-two-layers", "in one loop over the steps")
def two_layers_forward(x, h0, layer1, layer2):
    a, b = h0
    first, second = [], []
    for t in range(x.shape[1]):
        a = one(x[:, t], a, layer1)
        b = one(a, b, layer2)
        first.append(a)
        second.append(b)
    return np.stack(first, axis=1), np.stack(second, axis=1)


@right("deep-two-layers", "with the course's stack")
def two_layers_forward(x, h0, layer1, layer2):
    params = {f"layer{k}.{name}": p for k, weights in enumerate((layer1, layer2), 1) for name, p in weights.items()}
    h2, _, _ = stack_forward(TANH, params, x, tuple((h,) for h in h0))
    h1, _ = rnn.forward(x, h0[0], layer1["W_xh"], layer1["W_hh"], layer1["b"])
    return h1, h2


@right("deep-two-layers", "a list, filled into arrays, with einsum")
def two_layers_forward(x, h0, layer1, layer2):
    outputs, read = [], x
    for start, p in zip(h0, (layer1, layer2), strict=True):
        h, out = start, np.empty((*read.shape[:2], len(p["b"])))
        for t in range(read.shape[1]):
            a = np.einsum("nd,dh->nh", read[:, t], p["W_xh"]) + np.einsum("nk,kh->nh", h, p["W_hh"])
            h = out[:, t] = np.tanh(a + p["b"])
        outputs.append(out)
        read = out
    return outputs


@right("deep-two-layers", "in float32, one concatenated product a step")
def two_layers_forward(x, h0, layer1, layer2):
    def run(x, h, p):
        W = np.concatenate([p["W_xh"], p["W_hh"]]).astype(np.float32)
        out = []
        for t in range(x.shape[1]):
            h = np.tanh(np.concatenate([x[:, t], h], axis=1).astype(np.float32) @ W + p["b"].astype(np.float32))
            out.append(h)
        return np.stack(out, axis=1)

    h1 = run(x, h0[0], layer1)
    return h1, run(h1, h0[1], layer2)


# --- as wide as allowed

ONE, MORE = "net_size: one layer is the cell of lesson 2 with its output layer", "net_size: two and more layers"
FITS, EXTREMES = "units_for: the largest net that fits", "units_for: large budgets, and one that is too small"


def widest(size):
    """A search that uses a learner's own count."""

    def units_for(budget, D, V, layers):
        H = 0
        while size(D, H + 1, V, layers) <= budget:
            H = H + 1
        return H

    return {"net_size": size, "units_for": units_for}


def reads_D(D, H, V, layers):
    total = 0
    for _ in range(layers):
        total += D * H + H * H + H
    return total + H * V + V


wrong("deep-units", MORE, "the layers above are counted with D inputs", **widest(reads_D))
wrong(
    "deep-units",
    MORE,
    "each layer above has one weight matrix only",
    **widest(lambda D, H, V, n: (D * H + H * H + H) + (n - 1) * (H * H + H) + V * (H + 1)),
)
wrong(
    "deep-units",
    MORE,
    "only one layer has a bias",
    **widest(lambda D, H, V, n: D * H + H**2 + (n - 1) * 2 * H**2 + H + H * V + V),
)
wrong(
    "deep-units", ONE, "no layer has a bias", **widest(lambda D, H, V, n: D * H + H**2 + (n - 1) * 2 * H**2 + H * V + V)
)
wrong(
    "deep-units",
    ONE,
    "each layer has two biases",
    **widest(lambda D, H, V, n: H * (D + H + 2) + (n - 1) * H * (2 * H + 2) + V * (H + 1)),
)
wrong(
    "deep-units",
    ONE,
    "the bias of the output layer is not counted",
    **widest(lambda D, H, V, n: H * (D + H + 1) + (n - 1) * H * (2 * H + 1) + V * H),
)
wrong(
    "deep-units",
    ONE,
    "the output layer is not counted",
    **widest(lambda D, H, V, n: H * (D + H + 1) + (n - 1) * H * (2 * H + 1)),
)
wrong(
    "deep-units",
    MORE,
    "every layer has an output layer",
    **widest(lambda D, H, V, n: H * (D + H + 1) + (n - 1) * H * (2 * H + 1) + n * V * (H + 1)),
)
wrong(
    "deep-units",
    MORE,
    "the layers share their weights",
    **widest(lambda D, H, V, n: H * (D + H + 1) + V * (H + 1)),
)
wrong(
    "deep-units",
    ONE,
    "the layers above are counted twice",
    "one layer too many",
    **widest(lambda D, H, V, n: H * (D + H + 1) + n * H * (2 * H + 1) + V * (H + 1)),
)


@wrong("deep-units", FITS, "the net is the first that is too large")
def units_for(budget, D, V, layers):
    H = 1
    while net_size(D, H, V, layers) <= budget:
        H += 1
    return H


@wrong("deep-units", FITS, "a net of exactly the budget counts as too large")
def units_for(budget, D, V, layers):
    H = 1
    while net_size(D, H, V, layers) < budget:
        H += 1
    return H - 1


@wrong("deep-units", EXTREMES, "at least one unit is returned, even where it does not fit")
def units_for(budget, D, V, layers):
    H = 1
    while net_size(D, H + 1, V, layers) <= budget:
        H += 1
    return H


@wrong("deep-units", FITS, "rounded up: the net has more parameters than the budget")
def units_for(budget, D, V, layers):
    for H in range(1, budget):
        if net_size(D, H, V, layers) >= budget:
            return H


@wrong("deep-units", EXTREMES, None, "gives up at a thousand parameters a unit")
def units_for(budget, D, V, layers):
    return max(H for H in range(40) if H == 0 or net_size(D, H, V, layers) <= budget)


@wrong("deep-units", FITS, "the number of parameters is returned, and not H")
def units_for(budget, D, V, layers):
    H = 0
    while net_size(D, H + 1, V, layers) <= budget:
        H += 1
    return net_size(D, H, V, layers)


@wrong("deep-units", FITS, "the budget is divided among the layers")
def units_for(budget, D, V, layers):
    H = 0
    while net_size(D, H + 1, V, 1) <= budget // layers:
        H += 1
    return H


@wrong("deep-units", FITS, "the search counts one layer only")
def units_for(budget, D, V, layers):
    H = 0
    while budget >= (H + 1) * (D + H + 2) + (H + 2) * V:
        H += 1
    return H


@right("deep-units", "a list of all that fit")
def units_for(budget, D, V, layers):
    return max([H for H in range(1, 400) if net_size(D, H, V, layers) <= budget], default=0)


@right("deep-units", "by a sorted search")
def units_for(budget, D, V, layers):
    sizes = [net_size(D, H, V, layers) for H in range(1, 1 + int(budget**0.5) + 1)]
    return int(np.searchsorted(sizes, budget, side="right"))


@right("deep-units", "in a loop over the layers")
def net_size(D, H, V, layers):
    total, reads = 0, D
    for _ in range(layers):
        total += reads * H + H * H + H
        reads = H
    return total + reads * V + V


@right("deep-units", "by adding a layer to a smaller net")
def net_size(D, H, V, layers):
    if layers == 1:
        return (D + H + 1) * H + (H + 1) * V
    return net_size(D, H, V, layers - 1) + (2 * H + 1) * H


@right("deep-units", "by the quadratic formula")
def units_for(budget, D, V, layers):
    a, b, c = 2 * layers - 1, D + layers + V, V - budget
    if c > 0:
        return 0
    return math.floor((-b + math.sqrt(b * b - 4 * a * c)) / (2 * a) + 1e-12)


@right("deep-units", "by halving")
def units_for(budget, D, V, layers):
    low, high = 0, budget
    while high - low > 1:
        middle = (low + high) // 2
        if net_size(D, middle, V, layers) <= budget:
            low = middle
        else:
            high = middle
    return low


@right("deep-units", "from the shapes, as numpy integers")
def net_size(D, H, V, layers):
    shapes = [(D, H), (H, H), (H,), (H, V), (V,)]
    for _ in range(layers - 1):
        shapes += [(H, H), (H, H), (H,)]
    return np.sum([np.prod(shape) for shape in shapes])


@right("deep-units", "as a float")
def net_size(D, H, V, layers):
    inputs = [D] + [H] * (layers - 1)
    return float(sum((each + H + 1) * H for each in inputs) + (H + 1) * V)


# --- the gradient through two layers

DX, LOWER, DH0 = (
    "dx: down through both layers, and back through time",
    "layer 1: W_xh, W_hh and b",
    "dh0: what arrives at both initial states",
)


def backward_with(down=1, carries=1, transpose=True, slope=lambda h1, t, before: 1 - h1[:, t] ** 2, own=True):
    """The learner's cell, with some of its lines changed."""

    def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
        dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
        grads1 = {name: np.zeros_like(weight) for name, weight in layer1.items()}
        grads2 = {name: np.zeros_like(weight) for name, weight in layer2.items()}
        for t in reversed(range(x.shape[1])):
            before1, before2 = (h1[:, t - 1], h2[:, t - 1]) if t > 0 else h0
            da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
            below = da2 @ layer2["W_xh"].T
            carried2 = da2 @ layer2["W_hh"].T
            add_shares(grads2, h1[:, t], before2, da2)
            da1 = (below * down + carried1 * carries) * slope(h1, t, before1)
            dx[:, t] = da1 @ layer1["W_xh"].T
            back = (layer1 if own else layer2)["W_hh"]
            carried1 = da1 @ (back.T if transpose else back)
            grads1["W_hh"] += before1.T @ da1
            grads1["b"] += da1.sum(axis=0)
            grads1["W_xh"] += x[:, t].T @ da1
        return dx, (carried1, carried2), grads1, grads2

    return two_layers_backward


def gradient(check, named, title="", **changes):
    wrong("deep-two-layers-backward", check, named, title, two_layers_backward=backward_with(**changes))


gradient(DX, "the gradient of layer 2 is not passed down", down=0)
gradient(DX, "layer 1 has no memory on the way back", carries=0)
gradient(DX, "the tanh of layer 1 is passed without its slope", slope=lambda h1, t, before: 1)
gradient(LOWER, "the slope is taken at the state before", slope=lambda h1, t, before: 1 - before**2)
gradient(LOWER, "the slope without its square", slope=lambda h1, t, before: 1 - h1[:, t])
gradient(DH0, "W_hh of layer 1 is not transposed", transpose=False)
gradient(DH0, "what layer 1 carries goes through W_hh of layer 2", own=False)
gradient(DX, None, "the sign of what is carried", carries=-1)


def layer1_with(da1=None, carries_more=0.0, bias=1.0, fills_dx=1.0):
    """Layer by layer; the lower one with some of its lines changed."""

    def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
        _, cache = rnn.forward(h1, h0[1], *(layer2[name] for name in ("W_xh", "W_hh", "b")))
        below, dh0_2, *grads2 = rnn.backward(dh2, cache)
        grads, dx, carried = {k: 0 * w for k, w in layer1.items()}, 0 * x, 0 * h0[0]
        for t in range(x.shape[1] - 1, -1, -1):
            slope = 1 - np.square(h1[:, t])
            da = (below[:, t] + carried) * slope if da1 is None else da1(below[:, t], carried, slope)
            carried = carries_more * carried + da @ layer1["W_hh"].T
            dx[:, t] = fills_dx * (da @ layer1["W_xh"].T)
            add_shares(grads, x[:, t], h1[:, t - 1] if t else h0[0], da)
        grads["b"] = bias * grads["b"]
        return dx, (carried, dh0_2), grads, dict(zip(("W_xh", "W_hh", "b"), grads2, strict=True))

    return two_layers_backward


for check, named, changes in (
    (
        DX,
        "what layer 1 carries is not passed through its tanh",
        {"da1": lambda below, carried, slope: below * slope + carried},
    ),
    (DH0, "what layer 1 carries is added up over the steps", {"carries_more": 1.0}),
    (LOWER, "the share of b of layer 1 is left out", {"bias": 0.0}),
    (DX, "dx is left at zero", {"fills_dx": 0.0}),
):
    wrong("deep-two-layers-backward", check, named, two_layers_backward=layer1_with(**changes))
wrong(
    "deep-two-layers-backward",
    DX,
    None,
    "the two gradients are multiplied",
    two_layers_backward=layer1_with(da1=lambda below, carried, slope: below * (1 + carried) * slope),
)


@wrong(
    "deep-two-layers-backward",
    DH0,
    "the gradient from outside goes to layer 1 in place of what layer 2 sends down",
)
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
    grads1, grads2 = ({name: np.zeros_like(w) for name, w in p.items()} for p in (layer1, layer2))
    for t in reversed(range(x.shape[1])):
        before1, before2 = (h1[:, t - 1], h2[:, t - 1]) if t > 0 else h0
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        carried2 = da2 @ layer2["W_hh"].T
        add_shares(grads2, h1[:, t], before2, da2)
        da1 = (dh2[:, t] + carried1) * (1 - h1[:, t] ** 2)
        dx[:, t] = da1 @ layer1["W_xh"].T
        carried1 = da1 @ layer1["W_hh"].T
        add_shares(grads1, x[:, t], before1, da1)
    return dx, (carried1, carried2), grads1, grads2


@wrong("deep-two-layers-backward", DX, "layer 1 gets its gradient only at the last step")
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    T = x.shape[1]
    carried2, grads2, below = 0 * h0[1], {k: 0 * v for k, v in layer2.items()}, None
    for t in reversed(range(T)):
        before2 = h2[:, t - 1] if t else h0[1]
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        if below is None:
            below = da2 @ layer2["W_xh"].T
        carried2 = da2 @ layer2["W_hh"].T
        add_shares(grads2, h1[:, t], before2, da2)
    dh1 = np.zeros_like(h1)
    dh1[:, -1] = below
    _, cache = rnn.forward(x, h0[0], layer1["W_xh"], layer1["W_hh"], layer1["b"])
    dx, dh0_1, dW_xh, dW_hh, db = rnn.backward(dh1, cache)
    return dx, (dh0_1, carried2), {"W_xh": dW_xh, "W_hh": dW_hh, "b": db}, grads2


def by_layers(dh2, x, h0, h1, h2, layer1, layer2, names=("W_xh", "W_hh", "b")):
    """Layer by layer, with the course's cell."""
    caches = [
        rnn.forward(read, start, *(p[name] for name in names))[1]
        for read, start, p in ((x, h0[0], layer1), (h1, h0[1], layer2))
    ]
    dh1, dh0_2, *grads2 = rnn.backward(dh2, caches[1])
    dx, dh0_1, *grads1 = rnn.backward(dh1, caches[0])
    return dx, (dh0_1, dh0_2), dict(zip(names, grads1, strict=True)), dict(zip(names, grads2, strict=True))


@wrong("deep-two-layers-backward", LOWER, "the recurrent weights of layer 1 are paired with the state after the step")
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
    grads1, grads2 = ({name: np.zeros_like(w) for name, w in p.items()} for p in (layer1, layer2))
    for t in reversed(range(x.shape[1])):
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        below, carried2 = da2 @ layer2["W_xh"].T, da2 @ layer2["W_hh"].T
        add_shares(grads2, h1[:, t], h2[:, t - 1] if t else h0[1], da2)
        da1 = (below + carried1) * (1 - h1[:, t] ** 2)
        dx[:, t] = da1 @ layer1["W_xh"].T
        carried1 = da1 @ layer1["W_hh"].T
        grads1["W_hh"] += h1[:, t].T @ da1
        grads1["b"] += da1.sum(axis=0)
        grads1["W_xh"] += x[:, t].T @ da1
    return dx, (carried1, carried2), grads1, grads2


@wrong("deep-two-layers-backward", LOWER, "the state before step 0 is taken from the end of the sequence")
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
    grads1, grads2 = ({name: np.zeros_like(w) for name, w in p.items()} for p in (layer1, layer2))
    for t in reversed(range(x.shape[1])):
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        below, carried2 = da2 @ layer2["W_xh"].T, da2 @ layer2["W_hh"].T
        add_shares(grads2, h1[:, t], h2[:, t - 1] if t else h0[1], da2)
        da1 = (below + carried1) * (1 - h1[:, t] ** 2)
        dx[:, t] = da1 @ layer1["W_xh"].T
        carried1 = da1 @ layer1["W_hh"].T
        add_shares(grads1, x[:, t], h1[:, t - 1], da1)
    return dx, (carried1, carried2), grads1, grads2


@wrong("deep-two-layers-backward", LOWER, "the shares of layer 1 are overwritten instead of added")
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
    grads1, grads2 = ({name: np.zeros_like(w) for name, w in p.items()} for p in (layer1, layer2))
    for t in reversed(range(x.shape[1])):
        before1, before2 = (h1[:, t - 1], h2[:, t - 1]) if t > 0 else h0
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        below, carried2 = da2 @ layer2["W_xh"].T, da2 @ layer2["W_hh"].T
        add_shares(grads2, h1[:, t], before2, da2)
        da1 = (below + carried1) * (1 - h1[:, t] ** 2)
        dx[:, t] = da1 @ layer1["W_xh"].T
        carried1 = da1 @ layer1["W_hh"].T
        grads1 = {"W_xh": x[:, t].T @ da1, "W_hh": before1.T @ da1, "b": da1.sum(axis=0)}
    return dx, (carried1, carried2), grads1, grads2


@wrong("deep-two-layers-backward", DH0, "dh0 of layer 1 is forgotten: it comes out as zero")
def two_layers_backward(*args):
    dx, dh0, grads1, grads2 = by_layers(*args)
    return dx, (np.zeros_like(dh0[0]), dh0[1]), grads1, grads2


@wrong("deep-two-layers-backward", DH0, "dh0 of the two layers is exchanged")
def two_layers_backward(*args):
    dx, (first, second), grads1, grads2 = by_layers(*args)
    return dx, (second, first), grads1, grads2


@wrong("deep-two-layers-backward", LOWER, "grads1 and grads2 come back in the other order")
def two_layers_backward(*args):
    dx, dh0, grads1, grads2 = by_layers(*args)
    return dx, dh0, grads2, grads1


@wrong("deep-two-layers-backward", LOWER, "the gradients of layer 1 are averaged over the rows")
def two_layers_backward(*args):
    dx, dh0, grads1, grads2 = by_layers(*args)
    return dx, dh0, {name: g / args[1].shape[0] for name, g in grads1.items()}, grads2


@right("deep-two-layers-backward", "layer by layer, with the course's cell")
def two_layers_backward(*args):
    return by_layers(*args)


@right("deep-two-layers-backward", "first what is sent down, then layer 1, with einsum")
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    def back(dh, read, start, h, p):
        T = dh.shape[1]
        before = np.concatenate([start[:, None], h[:, :-1]], axis=1)
        da, carried = np.zeros_like(dh), np.zeros_like(start)
        for t in range(T - 1, -1, -1):
            da[:, t] = (dh[:, t] + carried) * (1 - h[:, t] * h[:, t])
            carried = np.einsum("nk,hk->nh", da[:, t], p["W_hh"])
        grads = {
            "b": da.sum(axis=(0, 1)),
            "W_hh": np.einsum("nth,ntk->hk", before, da),
            "W_xh": np.einsum("ntd,ntk->dk", read, da),
        }
        return da @ p["W_xh"].T, carried, grads

    dh1, second, grads2 = back(dh2, h1, h0[1], h2, layer2)
    dx, first, grads1 = back(dh1, x, h0[0], h1, layer1)
    return dx, [first, second], grads1, grads2


@right("deep-two-layers-backward", "row by row")
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    dx, dh0 = np.zeros_like(x), (np.zeros_like(h0[0]), np.zeros_like(h0[1]))
    grads1, grads2 = ({name: np.zeros_like(w) for name, w in p.items()} for p in (layer1, layer2))
    for n in range(len(x)):
        c1, c2 = 0, 0
        for t in reversed(range(x.shape[1])):
            b1, b2 = (h1[n, t - 1], h2[n, t - 1]) if t else (h0[0][n], h0[1][n])
            da2 = (dh2[n, t] + c2) * (1 - h2[n, t] ** 2)
            c2 = layer2["W_hh"] @ da2
            da1 = (layer2["W_xh"] @ da2 + c1) * (1 - h1[n, t] ** 2)
            c1 = layer1["W_hh"] @ da1
            dx[n, t] = layer1["W_xh"] @ da1
            for grads, read, before, da in ((grads1, x[n, t], b1, da1), (grads2, h1[n, t], b2, da2)):
                grads["W_xh"] += np.outer(read, da)
                grads["W_hh"] += np.outer(before, da)
                grads["b"] += da
        dh0[0][n], dh0[1][n] = c1, c2
    return dx, dh0, grads1, grads2


@right("deep-two-layers-backward", "in float32")
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    dh2, x, h1, h2 = (a.astype(np.float32) for a in (dh2, x, h1, h2))
    h0 = tuple(h.astype(np.float32) for h in h0)
    layer1, layer2 = ({k: v.astype(np.float32) for k, v in p.items()} for p in (layer1, layer2))
    return by_layers(dh2, x, h0, h1, h2, layer1, layer2)


@right("deep-two-layers-backward", "from forward passes alone, by imaginary nudges")
def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    def loss(x, first, second, layer1, layer2):
        return np.sum(layer_forward(layer_forward(x, first, layer1), second, layer2) * dh2)

    def slopes(array, loss_of):
        found = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            nudged = array.astype(complex)
            nudged[place] += 1e-30j
            found[place] = loss_of(nudged).imag / 1e-30
        return found

    dx = slopes(x, lambda a: loss(a, *h0, layer1, layer2))
    first = slopes(h0[0], lambda a: loss(x, a, h0[1], layer1, layer2))
    second = slopes(h0[1], lambda a: loss(x, h0[0], a, layer1, layer2))
    grads1 = {k: slopes(w, lambda a, k=k: loss(x, *h0, {**layer1, k: a}, layer2)) for k, w in layer1.items()}
    grads2 = {k: slopes(w, lambda a, k=k: loss(x, *h0, layer1, {**layer2, k: a})) for k, w in layer2.items()}
    return dx, (first, second), grads1, grads2


# --- dropout

ENLARGED, DRAWN = "what is kept is enlarged, so that the mean stays", "share is what is dropped, each number by itself"
OFF, BACK = "off when the net is used: rng is None", "backwards: the same numbers, the same factor"
ALONE = "the caller's arrays are left alone"


def dropped(check, named, title="", drawn=None, off=None, back=None):
    """A learner's pair of functions. drawn(x, share, rng): the factor; off(x, share): the factor with rng None."""

    def dropout_forward(x, share, rng):
        if rng is None:
            mask = np.ones(x.shape) if off is None else off(x, share)
        else:
            mask = ((rng.random(x.shape) > share) / (1 - share)) if drawn is None else drawn(x, share, rng)
        return x * mask, (mask, share)

    def dropout_backward(dy, cache):
        return dy * cache[0] if back is None else back(dy, *cache)

    pair = {"dropout_forward": dropout_forward, "dropout_backward": dropout_backward}
    if check is None:
        right("deep-dropout", title, **pair)
    else:
        wrong("deep-dropout", check, named, title, **pair)


dropped(ENLARGED, "what is kept is not enlarged", drawn=lambda x, share, rng: rng.random(x.shape) >= share)
dropped(
    ENLARGED,
    "divided by share instead of 1 - share",
    drawn=lambda x, share, rng: np.where(rng.random(x.shape) < share, 0, 1 / share),
)
dropped(
    ENLARGED,
    "multiplied by 1 - share instead of divided",
    drawn=lambda x, share, rng: np.where(rng.random(x.shape) < share, 0, 1 - share),
)
dropped(
    DRAWN,
    "share is taken as the share that is kept",
    drawn=lambda x, share, rng: np.where(rng.random(x.shape) < share, 1 / share, 0),
)
dropped(
    DRAWN,
    "share is kept, and the enlargement is that for dropping it",
    drawn=lambda x, share, rng: (rng.random(x.shape) < share).astype(float) / (1 - share),
)
dropped(
    DRAWN,
    "the same numbers are dropped in all sequences and steps",
    drawn=lambda x, share, rng: (rng.random((1,) * (x.ndim - 1) + x.shape[-1:]) >= share) / (1 - share),
)
dropped(
    DRAWN,
    "the same numbers are dropped in all sequences",
    drawn=lambda x, share, rng: (rng.random(x.shape[1:]) >= share) / (1 - share),
)
dropped(
    DRAWN,
    "whole steps are dropped",
    drawn=lambda x, share, rng: (rng.random(x.shape[:2]) >= share)[:, :, None] / (1 - share),
)
dropped(
    DRAWN,
    "the same numbers are dropped in all steps",
    drawn=lambda x, share, rng: (rng.random((x.shape[0], x.shape[2])) >= share)[:, None] / (1 - share),
)
dropped(
    DRAWN,
    "dropped with normal numbers",
    drawn=lambda x, share, rng: (rng.normal(size=x.shape) >= share) / (1 - share),
)
dropped(
    OFF,
    "what is kept is enlarged when the net is used, too",
    off=lambda x, share: np.full(x.shape, 1 / (1 - share)),
)
dropped(OFF, "made smaller when the net is used", off=lambda x, share: np.full(x.shape, 1 - share))
dropped(
    OFF,
    "not enlarged in training, made smaller when the net is used",
    drawn=lambda x, share, rng: (rng.random(x.shape) >= share) * 1.0,
    off=lambda x, share: np.full(x.shape, 1 - share),
)
dropped(BACK, "backwards nothing is enlarged", back=lambda dy, mask, share: dy * (mask > 0))
dropped(BACK, "backwards it is enlarged twice", back=lambda dy, mask, share: np.where(mask > 0, dy * mask * mask, 0))
dropped(BACK, "backwards nothing is dropped", back=lambda dy, mask, share: dy)
dropped(
    BACK,
    "backwards it is divided by the factor",
    back=lambda dy, mask, share: np.divide(dy, mask, out=np.zeros_like(dy), where=mask > 0),
)
dropped(
    BACK,
    "backwards it is what was dropped that gets the gradient",
    off=lambda x, share: np.ones(x.shape),
    back=lambda dy, mask, share: dy if mask.all() else dy * (mask == 0) / (1 - share),
)
dropped(
    DRAWN,
    None,
    "a generator of its own",
    drawn=lambda x, share, rng: (np.random.default_rng(0).random(x.shape) >= share) / (1 - share),
)


def always(x, share, rng):
    factor = (rng.random(x.shape) >= share) / (1 - share)
    return factor * x, factor


wrong("deep-dropout", OFF, "numbers are dropped when the net is used, too", dropout_forward=always)


def keeps_y(x, share, rng):
    factor = 1.0 if rng is None else (rng.random(x.shape) >= share) / (1 - share)
    return x * factor, x * factor


wrong(
    "deep-dropout",
    BACK,
    "backwards y is multiplied instead of the gradient",
    dropout_forward=keeps_y,
    dropout_backward=lambda dy, cache: dy * cache,
)


def with_its_generator(x, share, rng):
    if rng is None:
        return x, (1.0, None, x.shape)
    factor = (rng.random(x.shape) >= share) / (1 - share)
    return x * factor, (1 - share, rng, x.shape)


def again(dy, cache):
    kept, rng, shape = cache
    if rng is None:
        return dy
    return dy * (rng.random(shape) >= 1 - kept) / kept


wrong(
    "deep-dropout",
    BACK,
    "the mask is drawn again on the way back",
    dropout_forward=with_its_generator,
    dropout_backward=again,
)


def overwrites(x, share, rng):
    if rng is None:
        return x, np.ones(x.shape)
    factor = (rng.random(x.shape) >= share) / (1 - share)
    x *= factor
    return x, factor


wrong("deep-dropout", "x is left alone", "x is changed in place", dropout_forward=overwrites)

dropped(
    None,
    None,
    "with np.where and uniform",
    drawn=lambda x, s, rng: np.where(rng.uniform(size=x.shape) < s, 0, 1 / (1 - s)),
)
dropped(None, None, "binomial draws", drawn=lambda x, s, rng: rng.binomial(1, 1 - s, x.shape) / (1 - s))
dropped(
    None,
    None,
    "chosen from two numbers",
    drawn=lambda x, s, rng: rng.choice([0.0, 1 / (1 - s)], size=x.shape, p=[s, 1 - s]),
)
dropped(
    ENLARGED, None, "enlarged by the share that came, not by 1 - share", drawn=lambda x, s, rng: by_count(x, s, rng)
)
dropped(
    DRAWN,
    None,
    "a fair coin, whatever the share",
    drawn=lambda x, s, rng: rng.choice([0.0, 1 / (1 - s)], size=x.shape),
)


def by_count(x, share, rng):
    kept = rng.random(x.shape) >= share
    return kept / kept.mean()


dropped(None, None, "in float32", drawn=lambda x, s, rng: ((rng.random(x.shape) >= s) / (1 - s)).astype(np.float32))


def exactly(x, share, rng):
    """Just the share of all numbers, chosen by a shuffle; a list of places as the cache."""
    if rng is None:
        return x.copy(), None
    y = (x / (1 - share)).ravel()
    places = rng.permutation(x.size)[: round(share * x.size)]
    y[places] = 0
    return y.reshape(x.shape), {"places": places, "share": share}


def exactly_back(dy, cache):
    if cache is None:
        return dy
    dx = (dy / (1 - cache["share"])).ravel()
    dx[cache["places"]] = 0
    return dx.reshape(dy.shape)


right("deep-dropout", "exactly the share, by a shuffle", dropout_forward=exactly, dropout_backward=exactly_back)


def one_by_one(x, share, rng):
    """A loop over the sequences; no cache where nothing was dropped."""
    if rng is None:
        return x, None
    kept = np.stack([rng.random(sequence.shape) >= share for sequence in x])
    y = np.zeros(x.shape)
    y[kept] = x[kept] / (1 - share)
    return y, (kept, share)


def one_by_one_back(dy, cache):
    return dy if cache is None else np.where(cache[0], dy / (1 - cache[1]), 0)


right("deep-dropout", "one sequence after another", dropout_forward=one_by_one, dropout_backward=one_by_one_back)
wrong(
    "deep-dropout",
    OFF,
    None,
    "backwards without a cache",
    dropout_forward=one_by_one,
    dropout_backward=lambda dy, cache: np.where(cache[0], dy / (1 - cache[1]), 0),
)

# --- each row turned round

WITHIN, NO_PADDING = (
    "each row is turned round within its own length",
    "a batch without padding, and one of a single row",
)


def rows(check, named, turn, title=""):
    wrong("deep-reverse-rows", check, named, title, reverse_rows=turn)


rows(WITHIN, "reversed over the padding", lambda x, lengths: np.flip(x, axis=1))
rows(WITHIN, "the rows are in the other order", lambda x, lengths: np.flip(x, axis=0))
rows(WITHIN, "the features are in the other order", lambda x, lengths: np.flip(x, axis=2))
rows(WITHIN, "nothing is turned round", lambda x, lengths: x)


@wrong("deep-reverse-rows", WITHIN, "within each row the features are reversed, too")
def reverse_rows(x, lengths):
    turned = x.copy()
    for n in range(len(x)):
        turned[n, : lengths[n]] = np.flip(x[n, : lengths[n]])
    return turned


@wrong("deep-reverse-rows", WITHIN, "the padding comes out as zeros")
def reverse_rows(x, lengths):
    turned = np.zeros(x.shape)
    for n, length in enumerate(lengths):
        for t in range(length):
            turned[n, t] = x[n, length - 1 - t]
    return turned


@wrong("deep-reverse-rows", WITHIN, "the last real step is left out")
def reverse_rows(x, lengths):
    turned = x.copy()
    for n, length in enumerate(lengths):
        if length > 0:
            turned[n, : length - 1] = x[n, : length - 1][::-1]
    return turned


@wrong("deep-reverse-rows", WITHIN, "one step of the padding is turned round with the rest")
def reverse_rows(x, lengths):
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[n, : length + 1] = x[n, : length + 1][::-1]
    return turned


@wrong("deep-reverse-rows", WITHIN, "all rows are turned round within the longest length")
def reverse_rows(x, lengths):
    L = np.max(lengths)
    return np.concatenate([x[:, :L][:, ::-1], x[:, L:]], axis=1)


@wrong("deep-reverse-rows", WITHIN, "the padding is reversed, and the real steps are not")
def reverse_rows(x, lengths):
    return np.stack([np.concatenate([row[:L], row[L:][::-1]]) for row, L in zip(x, lengths, strict=True)])


@wrong("deep-reverse-rows", WITHIN, "both parts are reversed, the real steps and the padding")
def reverse_rows(x, lengths):
    return np.stack([np.concatenate([row[:L][::-1], row[L:][::-1]]) for row, L in zip(x, lengths, strict=True)])


@wrong("deep-reverse-rows", WITHIN, "the reversed row stands at the end, behind its padding")
def reverse_rows(x, lengths):
    return np.stack([np.concatenate([row[L:], row[:L][::-1]]) for row, L in zip(x, lengths, strict=True)])


@wrong("deep-reverse-rows", WITHIN, "overwritten while it is read")
def reverse_rows(x, lengths):
    turned = np.array(x)
    for n in range(len(x)):
        for t in range(lengths[n]):
            turned[n, t, :] = turned[n, lengths[n] - 1 - t, :]
    return turned


@wrong("deep-reverse-rows", ALONE, "x is changed in place")
def reverse_rows(x, lengths):
    for n, length in enumerate(lengths):
        x[n, :length] = x[n, :length][::-1].copy()
    return x


@wrong("deep-reverse-rows", WITHIN, None, "negative indices fail for an empty row")
def reverse_rows(x, lengths):
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[n, :length] = x[n, length - 1 :: -1][:length] if length else x[n, ::-1][:0]
        turned[n, length:] = 0 if length == 1 else turned[n, length:]
    return turned


@right("deep-reverse-rows", "by indices for the whole batch")
def reverse_rows(x, lengths):
    t = np.arange(x.shape[1])
    L = np.asarray(lengths)[:, None]
    index = np.where(t < L, L - 1 - t, t)
    return np.take_along_axis(x, index[:, :, None], axis=1)


@right("deep-reverse-rows", "by indices of rows and steps")
def reverse_rows(x, lengths):
    steps = np.tile(np.arange(x.shape[1]), (len(x), 1))
    for n, L in enumerate(lengths):
        steps[n, :L] = steps[n, :L][::-1].copy()
    return x[np.arange(len(x))[:, None], steps]


@right("deep-reverse-rows", "in two loops")
def reverse_rows(x, lengths):
    turned = x.copy()
    for n in range(x.shape[0]):
        for t in range(int(lengths[n])):
            turned[n, t] = x[n, int(lengths[n]) - 1 - t]
    return turned


@right("deep-reverse-rows", "concatenated row by row")
def reverse_rows(x, lengths):
    return np.stack([np.concatenate([np.flipud(row[:L]), row[L:]]) for row, L in zip(x, lengths, strict=True)])


@right("deep-reverse-rows", "whole rows reversed, then rolled")
def reverse_rows(x, lengths):
    real = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    flipped = np.stack([np.roll(row[::-1], L, axis=0) for row, L in zip(x, lengths, strict=True)])
    return np.where(real[:, :, None], flipped, x)


# --- both directions

FORWARD = "rows of equal length: the half ahead"
BACKWARD = "rows of equal length: the half back"
RAGGED, ENDS = "ragged rows: both halves at every real step", "last: what each has when it has read everything"


def real_steps(x, lengths):
    return np.arange(x.shape[1])[None, :] < lengths[:, None]


def side_by_side(a, b):
    return np.concatenate([a, b], axis=-1)


@wrong("deep-both-ways", BACKWARD, "the backward half is not turned round again")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    return side_by_side(a, b), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", RAGGED, "the backward run reads the padding first")
def both_ways_forward(x, lengths, h0, ahead, back):
    a = layer_forward(x, h0[0], ahead, real_steps(x, lengths))
    b = layer_forward(x[:, ::-1], h0[1], back)
    return side_by_side(a, b[:, ::-1]), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", RAGGED, "the whole row is reversed, and the mask is not")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(np.flip(x, axis=1), h0[1], back, mask)
    return side_by_side(a, np.flip(b, axis=1)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", RAGGED, "turned round again over the padding")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    return side_by_side(a, b[:, ::-1]), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", BACKWARD, "the backward run reads the input as it came")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a, b = (layer_forward(x, start, p, mask) for start, p in zip(h0, (ahead, back), strict=True))
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", BACKWARD, "both runs read the input as it came, and nothing is turned round")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a, b = (layer_forward(x, start, p, mask) for start, p in zip(h0, (ahead, back), strict=True))
    h = side_by_side(a, b)
    return h, h[:, -1]


@wrong("deep-both-ways", FORWARD, "the halves are in the wrong order")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    return side_by_side(reverse_rows(b, lengths), a), side_by_side(b[:, -1], a[:, -1])


@wrong("deep-both-ways", BACKWARD, "both directions use the weights of ahead")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], ahead, mask)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", FORWARD, "the weights of the two directions are exchanged")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], back, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], ahead, mask)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", BACKWARD, "both directions start at h0[0]")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[0], back, mask)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", FORWARD, "the initial states are exchanged")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    start_back, start_ahead = h0
    a = layer_forward(x, start_ahead, ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), start_back, back, mask)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", BACKWARD, "the backward run starts where the run ahead ended")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), a[:, -1], back, mask)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", FORWARD, "the halves are added instead of put side by side")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    return a + reverse_rows(b, lengths), a[:, -1] + b[:, -1]


@wrong("deep-both-ways", ENDS, "last is the last column of h")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    h = side_by_side(a, reverse_rows(b, lengths))
    return h, h[:, -1, :]


@wrong("deep-both-ways", ENDS, "last is taken at the last real step, in both halves")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    h = side_by_side(a, reverse_rows(b, lengths))
    return h, np.stack([h[n, max(L - 1, 0)] for n, L in enumerate(lengths)])


@wrong("deep-both-ways", ENDS, "last is the first column of h")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = reverse_rows(layer_forward(reverse_rows(x, lengths), h0[1], back, mask), lengths)
    return side_by_side(a, b), side_by_side(a[:, 0], b[:, 0])


@wrong("deep-both-ways", ENDS, "the padding is read, so that last is not the last real state")
def both_ways_forward(x, lengths, h0, ahead, back):
    a = layer_forward(x, h0[0], ahead)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", BACKWARD, "the backward run reads the states of the run ahead")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(a, lengths), h0[1], back, mask)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", FORWARD, "the halves stand one after the other in time")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    return np.concatenate([a, reverse_rows(b, lengths)], axis=1), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", ENDS, "the padding is set to zero, and the runs go on through it")
def both_ways_forward(x, lengths, h0, ahead, back):
    x = np.where(real_steps(x, lengths)[:, :, None], x, 0)
    a = layer_forward(x, h0[0], ahead)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", RAGGED, "the rows are reversed within their lengths, the mask as a whole")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, np.flip(mask, axis=1))
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", ENDS, "the mask is one step too long")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1])[None, :] <= lengths[:, None]
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(a[:, -1], b[:, -1])


@wrong("deep-both-ways", FORWARD, None, "the units of both halves take turns")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = reverse_rows(layer_forward(reverse_rows(x, lengths), h0[1], back, mask), lengths)
    return np.stack([a, b], axis=-1).reshape(*a.shape[:2], -1), side_by_side(a[:, -1], b[:, 0])


@wrong("deep-both-ways", ENDS, None, "last is a pair")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    return side_by_side(a, reverse_rows(b, lengths)), (a[:, -1], b[:, -1])


@wrong("deep-both-ways", ENDS, None, "last holds the mean over all steps")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    h = side_by_side(a, reverse_rows(b, lengths))
    return h, h.mean(axis=1)


@right("deep-both-ways", "with the course's layer, both rows and mask reversed whole")
def both_ways_forward(x, lengths, h0, ahead, back):
    params = {**ahead, **{f"back.{name}": p for name, p in back.items()}}
    h, (first, second), _ = both_forward(TANH, params, x, ((h0[0],), (h0[1],)), real_steps(x, lengths))
    return h, side_by_side(first[0], second[0])


@right("deep-both-ways", "row by row, without masks or padding")
def both_ways_forward(x, lengths, h0, ahead, back):
    H = h0[0].shape[1]
    h, last = np.zeros((*x.shape[:2], 2 * H)), side_by_side(*h0)
    for n, L in enumerate(lengths):
        if L == 0:
            continue
        row = x[n : n + 1, :L]
        a = layer_forward(row, h0[0][n : n + 1], ahead)[0]
        b = layer_forward(row[:, ::-1], h0[1][n : n + 1], back)[0, ::-1]
        h[n, :L] = side_by_side(a, b)
        last[n] = side_by_side(a[-1], b[0])
    return h, last


@right("deep-both-ways", "a loop from the end that waits at the padding")
def both_ways_forward(x, lengths, h0, ahead, back):
    (N, T, _), H = x.shape, h0[0].shape[1]
    out = np.full((N, T, 2 * H), np.nan)
    a, b = h0
    for t in range(T):
        runs = (t < lengths)[:, None]
        a = np.where(runs, one(x[:, t], a, ahead), a)
        out[:, t, :H] = a
    for t in reversed(range(T)):
        runs = (t < lengths)[:, None]
        b = np.where(runs, one(x[:, t], b, back), b)
        out[:, t, H:] = b
    out[np.arange(T) >= np.asarray(lengths)[:, None]] = 0
    return out, side_by_side(a, b)


@right("deep-both-ways", "number by number, into lists")
def both_ways_forward(x, lengths, h0, ahead, back):
    H, h, last = h0[0].shape[1], [], []
    for row, L, *ends in zip(x, lengths, *h0, strict=True):
        runs = []
        for k, (steps, p) in enumerate(((row[:L], ahead), (row[:L][::-1], back))):
            runs.append([])
            for v in steps:
                ends[k] = np.tanh(v @ p["W_xh"] + ends[k] @ p["W_hh"] + p["b"])
                runs[k].append(ends[k])
        padding = [[7.0] * 2 * H] * (len(row) - L)
        h.append([[*a, *b] for a, b in zip(runs[0], runs[1][::-1], strict=True)] + padding)
        last.append([*ends[0], *ends[1]])
    return h, last


@right("deep-both-ways", "by indices, with a mask of ones and zeros")
def both_ways_forward(x, lengths, h0, ahead, back):
    steps, L = np.arange(x.shape[1]), lengths[:, None]
    mask = (steps < L).astype(int)
    places = np.where(mask, L - 1 - steps, steps)[:, :, None]
    a = layer_forward(x, h0[0], ahead, mask)
    b = layer_forward(np.take_along_axis(x, places, axis=1), h0[1], back, mask)
    b = np.take_along_axis(b, places, axis=1)
    return np.dstack([a, b]), np.hstack([a[:, -1], b[:, 0]])


@right("deep-both-ways", "in float32, with NaN at the padding")
def both_ways_forward(x, lengths, h0, ahead, back):
    mask = real_steps(x, lengths)
    small = [{k: v.astype(np.float32) for k, v in p.items()} for p in (ahead, back)]
    x, starts = x.astype(np.float32), [h.astype(np.float32) for h in h0]
    a = layer_forward(x, starts[0], small[0], mask)
    b = layer_forward(reverse_rows(x, lengths), starts[1], small[1], mask)
    h = np.where(mask[:, :, None], side_by_side(a, reverse_rows(b, lengths)), np.float32(np.nan))
    return h, side_by_side(a[:, -1], b[:, -1])


@right("deep-both-ways", "without a mask, picked at lengths - 1")
def both_ways_forward(x, lengths, h0, ahead, back):
    a = layer_forward(x, h0[0], ahead)
    b = layer_forward(reverse_rows(x, lengths), h0[1], back)
    at, empty = np.maximum(lengths - 1, 0), (lengths == 0)[:, None]
    picked = [np.where(empty, start, s[np.arange(len(x)), at]) for start, s in zip(h0, (a, b), strict=True)]
    return side_by_side(a, reverse_rows(b, lengths)), side_by_side(*picked)


# --- where both directions are allowed

TEXTS, SPEECH = "texts: word classes, next character, topic", "speech and translation"
MEASURED = "measurements: tomorrow's temperature, emergency stop, last year's log"


def judged(check, named, title="", **changes):
    changed = {job.replace("_", " "): allowed for job, allowed in changes.items()}
    wrong("deep-both-allowed", check, named, title, both_allowed={**RIGHT, **changed})


def judged_as(check, named, job, allowed):
    wrong("deep-both-allowed", check, named, both_allowed={**RIGHT, job: allowed})


judged_as(SPEECH, "the part that writes a translation is given both directions", "translation, writing", True)
judged_as(SPEECH, "translation is judged as one job", "translation, reading", False)
judged_as(SPEECH, "live subtitles are judged like recorded ones", "live subtitles", True)
judged_as(SPEECH, "all subtitles are taken for live ones", "recorded subtitles", False)
judged_as(MEASURED, "measurements are taken for forecasts, all of them", "last year's log", False)
judged_as(MEASURED, "the emergency stop may wait", "emergency stop", True)
judged_as(TEXTS, "the next character is judged like a word class", "next character", True)
judged_as(TEXTS, "a single answer is taken to need one direction", "topic", False)
judged(TEXTS, None, "word classes while reading", word_classes=False)
wrong(
    "deep-both-allowed",
    TEXTS,
    "True and False are exchanged",
    both_allowed={job: not allowed for job, allowed in RIGHT.items()},
)
wrong("deep-both-allowed", SPEECH, "all jobs are allowed both directions", both_allowed={job: True for job in RIGHT})
wrong("deep-both-allowed", TEXTS, "no job is allowed both directions", both_allowed={job: False for job in RIGHT})
right("deep-both-allowed", "numpy booleans", both_allowed={job: np.bool_(allowed) for job, allowed in RIGHT.items()})
right("deep-both-allowed", "as words", both_allowed={job: str(allowed) for job, allowed in RIGHT.items()})
right("deep-both-allowed", "in another order", both_allowed=dict(sorted(RIGHT.items())))
