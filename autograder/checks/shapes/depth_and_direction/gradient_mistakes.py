"""Wrong ways back through two layers, known by name."""

import numpy as np

from autograder.checks.shapes.depth_and_direction.gradient import GRADIENT
from autograder.checks.shapes.depth_and_direction.reference import ARRAYS, add_shares, two_layers_backward


def arrives(below, carried1, t, T, outside):
    return below + carried1


def slope(h1, t, before1):
    return 1 - h1[:, t] ** 2


def walk(dh2, x, h0, h1, h2, layer1, layer2, arrives=arrives, slope=slope, back="W_hh", read=None, before=None):
    """The reference with one of its pieces replaced."""
    dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
    grads1, grads2 = ({name: np.zeros_like(weights[name]) for name in ARRAYS} for weights in (layer1, layer2))
    T = x.shape[1]
    for t in reversed(range(T)):
        before1, before2 = (h1[:, t - 1], h2[:, t - 1]) if t > 0 else h0
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        below, carried2 = da2 @ layer2["W_xh"].T, da2 @ layer2["W_hh"].T
        add_shares(grads2, h1[:, t], before2, da2)
        da1 = arrives(below, carried1, t, T, dh2[:, t]) * slope(h1, t, before1)
        dx[:, t] = da1 @ layer1["W_xh"].T
        carried1 = da1 @ (layer1["W_hh"].T if back == "W_hh" else layer1["W_hh"])
        add_shares(grads1, x[:, t] if read is None else read[:, t], before1 if before is None else before[:, t], da1)
    return dx, (carried1, carried2), grads1, grads2


def mistake(name, words, **changes):
    GRADIENT.mistake(name, words, two_layers_backward=lambda *args: walk(*args, **changes))


mistake(
    "the gradient of layer 2 is not passed down",
    "Layer 1 gets nothing from layer 2 in your answer. Layer 2 read `h1[:, t]` at step t, so `below` arrives there.",
    arrives=lambda below, carried1, t, T, outside: carried1,
)
mistake(
    "layer 1 gets its gradient only at the last step",
    "Layer 2 read `h1` at *every* step, so it sends a gradient down at every step.",
    arrives=lambda below, carried1, t, T, outside: carried1 + (below if t == T - 1 else 0),
)
mistake(
    "layer 1 has no memory on the way back",
    "Only `below` arrives at `h1[:, t]` in your answer. The next step of layer 1 read it too: add `carried1`.",
    arrives=lambda below, carried1, t, T, outside: below,
)
mistake(
    "the gradient from outside goes to layer 1 as well as to layer 2",
    "`dh2` belongs to the states of layer 2; the loss does not see layer 1. What layer 1 gets of it comes by `below`.",
    arrives=lambda below, carried1, t, T, outside: below + carried1 + outside,
)
mistake(
    "the gradient from outside goes to layer 1 in place of what layer 2 sends down",
    "`dh2` belongs to the states of layer 2; the loss does not see layer 1. Layer 1 gets `below`.",
    arrives=lambda below, carried1, t, T, outside: outside + carried1,
)
mistake(
    "the tanh of layer 1 is passed without its slope",
    "What arrives at `h1[:, t]` has to go through its tanh: times `1 - h1[:, t] ** 2`.",
    slope=lambda h1, t, before1: 1,
)
mistake(
    "the slope is taken at the state before",
    "The slope of tanh is known from what came *out* of it: `h1[:, t]`, the state after the step.",
    slope=lambda h1, t, before1: 1 - before1**2,
)
mistake(
    "the slope without its square",
    "The slope of tanh is `1 - h ** 2`.",
    slope=lambda h1, t, before1: 1 - h1[:, t],
)
mistake(
    "W_hh of layer 1 is not transposed",
    "On the way back the gradient goes from column to row: `da1 @ layer1['W_hh'].T`.",
    back="W_hh.T",
)


@GRADIENT.mistake(
    "what layer 1 carries goes through W_hh of layer 2",
    "Each layer carries its gradient back through its own recurrent weights: `layer1['W_hh'].T`.",
)
def others_weights(dh2, x, h0, h1, h2, layer1, layer2):
    dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
    grads1, grads2 = ({name: np.zeros_like(weights[name]) for name in ARRAYS} for weights in (layer1, layer2))
    for t in reversed(range(x.shape[1])):
        before1, before2 = (h1[:, t - 1], h2[:, t - 1]) if t > 0 else h0
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        below, carried2 = da2 @ layer2["W_xh"].T, da2 @ layer2["W_hh"].T
        add_shares(grads2, h1[:, t], before2, da2)
        da1 = (below + carried1) * (1 - h1[:, t] ** 2)
        dx[:, t] = da1 @ layer1["W_xh"].T
        carried1 = da1 @ layer2["W_hh"].T
        add_shares(grads1, x[:, t], before1, da1)
    return dx, (carried1, carried2), grads1, grads2


@GRADIENT.mistake(
    "the recurrent weights of layer 1 are paired with the state after the step",
    "`W_hh` was multiplied with the state *before* the step: `h1[:, t - 1]`, and `h0[0]` at step 0.",
)
def after_the_step(dh2, x, h0, h1, h2, layer1, layer2):
    return walk(dh2, x, h0, h1, h2, layer1, layer2, before=h1)


@GRADIENT.mistake(
    "the state before step 0 is taken for zero",
    "At step 0 the state before is `h0[0]`, which need not be zero.",
)
def from_zeros(dh2, x, h0, h1, h2, layer1, layer2):
    before = np.concatenate([0 * h0[0][:, None], h1[:, :-1]], axis=1)
    return walk(dh2, x, h0, h1, h2, layer1, layer2, before=before)


@GRADIENT.mistake(
    "the state before step 0 is taken from the end of the sequence",
    "`h1[:, t - 1]` at t = 0 is `h1[:, -1]`, the *last* state. The state before step 0 is `h0[0]`.",
)
def wraps(dh2, x, h0, h1, h2, layer1, layer2):
    return walk(dh2, x, h0, h1, h2, layer1, layer2, before=np.roll(h1, 1, axis=1))


def replaced(name, words, change):
    """The reference, with some of its results changed."""
    GRADIENT.mistake(name, words, two_layers_backward=lambda *args: change(*two_layers_backward(*args), *args))


@GRADIENT.mistake(
    "the shares of layer 1 are overwritten instead of added",
    "`grads1['W_hh'] = …` in the loop keeps the share of one step. The same weights act at every step: `+=`.",
)
def overwritten(dh2, x, h0, h1, h2, layer1, layer2):
    dx, dh0, _, grads2 = two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2)
    carried, da1 = np.zeros_like(h0[0]), 0
    below = send_down(dh2, h0, h2, layer2)
    for t in reversed(range(x.shape[1])):
        da1 = (below[:, t] + carried) * (1 - h1[:, t] ** 2)
        carried = da1 @ layer1["W_hh"].T
    return dx, dh0, {"W_xh": x[:, 0].T @ da1, "W_hh": h0[0].T @ da1, "b": da1.sum(axis=0)}, grads2


def send_down(dh2, h0, h2, layer2):
    """What layer 2 sends down at each step (N, T, H1)."""
    carried, below = np.zeros_like(h0[1]), []
    for t in reversed(range(dh2.shape[1])):
        da2 = (dh2[:, t] + carried) * (1 - h2[:, t] ** 2)
        carried = da2 @ layer2["W_hh"].T
        below.insert(0, da2 @ layer2["W_xh"].T)
    return np.stack(below, axis=1)


replaced(
    "dh0 of the two layers is exchanged",
    "The pair is in the order of the layers: layer 1 first.",
    lambda dx, dh0, grads1, grads2, *args: (dx, dh0[::-1], grads1, grads2),
)
replaced(
    "dh0 of layer 1 is forgotten: it comes out as zero",
    "What step 0 of layer 1 hands back is the gradient of `h0[0]`. It is in `carried1` when the loop ends.",
    lambda dx, dh0, grads1, grads2, *args: (dx, (0 * dh0[0], dh0[1]), grads1, grads2),
)
replaced(
    "grads1 and grads2 come back in the other order",
    "Return `dx, dh0, grads1, grads2`: the lower layer first.",
    lambda dx, dh0, grads1, grads2, *args: (dx, dh0, grads2, grads1),
)
replaced(
    "the gradients of layer 1 are averaged over the rows",
    "Shares of a shared weight add up. Where an average is wanted, the loss holds it already.",
    lambda dx, dh0, grads1, grads2, *args: (dx, dh0, {k: g / len(dx) for k, g in grads1.items()}, grads2),
)
replaced(
    "dx is what arrives at the states of layer 1",
    "The gradient at `h1` still has to pass the tanh and `W_xh` of layer 1 before it reaches `x`.",
    lambda dx, dh0, grads1, grads2, *args: (send_down(args[0], args[2], args[4], args[6]), dh0, grads1, grads2),
)


def lower(da1=lambda below, carried, slope: (below + carried) * slope, carry=lambda carried, back: back):
    """The reference, with what layer 1 computes at a step replaced, or what it carries."""

    def walk_layer1(dh2, x, h0, h1, h2, layer1, layer2):
        _, (_, dh0_2), grads1, grads2 = two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2)
        below, dx, carried = send_down(dh2, h0, h2, layer2), np.zeros_like(x), np.zeros_like(h0[0])
        grads1 = {name: np.zeros_like(g) for name, g in grads1.items()}
        for t in reversed(range(x.shape[1])):
            da = da1(below[:, t], carried, 1 - h1[:, t] ** 2)
            dx[:, t] = da @ layer1["W_xh"].T
            carried = carry(carried, da @ layer1["W_hh"].T)
            add_shares(grads1, x[:, t], h1[:, t - 1] if t > 0 else h0[0], da)
        return dx, (carried, dh0_2), grads1, grads2

    return walk_layer1


GRADIENT.mistake(
    "what layer 1 carries is not passed through its tanh",
    "Both gradients arrive at `h1[:, t]`, behind the tanh. Add them first, then multiply by `1 - h1[:, t] ** 2`.",
    two_layers_backward=lower(da1=lambda below, carried, slope: below * slope + carried),
)
GRADIENT.mistake(
    "what layer 1 carries is added up over the steps",
    "`carried1` is what one step hands to the step before it: a new value at every step, `carried1 = …`, not `+=`.",
    two_layers_backward=lower(carry=lambda carried, back: carried + back),
)
replaced(
    "the share of b of layer 1 is left out",
    "`grads1['b']` is still zero. The bias was added at every step, in every row: add the sum of `da1` over the rows.",
    lambda dx, dh0, grads1, grads2, *args: (dx, dh0, {**grads1, "b": 0 * grads1["b"]}, grads2),
)
replaced(
    "dx is left at zero",
    "`dx[:, t]` has to be written at every step: `da1` goes back through the `W_xh` of layer 1.",
    lambda dx, dh0, grads1, grads2, *args: (0 * dx, dh0, grads1, grads2),
)
