"""The loop drawn out: a feedforward net with a layer a step, whose weights may be shared or not."""
# ruff: noqa: F811

import numpy as np

from autograder.checks.feedback_loop import reference
from autograder.compare import equal, expect, expect_close, expect_equal
from autograder.spec import Exercise
from rnn_core import rnn

UNROLLED = Exercise(
    "loop-unrolled",
    functions={"unrolled": reference.unrolled, "count_parameters": reference.count_parameters},
    returns={"unrolled": ("h",), "count_parameters": ("count",)},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "The same loop as before, with three changes: the state is handed on, tanh takes the place of softmax, and "
        "every layer has weights of its own.",
        "`W_xh, W_hh, b = layers[t]` are the weights of layer t.",
        "`h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)`, kept at every step and stacked along axis 1.",
        "One layer has D H numbers in W_xh, H H in W_hh and H in b. Tied: these once. Not tied: T times.",
    ),
    explain="A chain of layers is all there is: layer t sees layer t - 1 and nothing later. With copies of one layer "
    "it is the recurrent net, number for number.",
)


def draw(rng, N=2, T=5, D=3, H=7, copies=False):
    one = [[0.6 * rng.standard_normal(shape) for shape in ((D, H), (H, H), (H,))] for _ in range(T)]
    layers = [tuple(one[0 if copies else t]) for t in range(T)]
    return rng.standard_normal((N, T, D)) + 0.1, rng.uniform(0.2, 0.9, (N, H)), layers


@UNROLLED.check("with T copies of one layer it is the recurrent net")
def copies(student, rng):
    x, h0, layers = draw(rng, copies=True)
    expect_close("h", student.unrolled(x, h0, layers), rnn.forward(x, h0, *layers[0])[0])


@UNROLLED.check("with other weights in each layer it is a feedforward net")
def different(student, rng):
    for T in (5, 1):
        args = draw(rng, T=T)
        hint = "Layer t has the weights `layers[t]`, and hears layer t - 1; the first hears h0."
        h, after = student.unrolled.with_arguments(*args)
        expect_close("h", h, reference.unrolled(*args), hint=hint)
        for name, now, was in zip(("x", "h0", "layers"), after, args, strict=True):
            expect(equal(now, was), f"{name} after the call: expected what it was before. Make new arrays.")


def expect_count(name, got, want, hint=""):
    expect_equal(name, got, want, hint)
    expect(np.asarray(got).dtype.kind in "iu", f"{name}: expected the whole number {want}, got {got!r}. Use //, not /.")


@UNROLLED.check("tied weights are counted once, however long the sequence")
def tied(student, rng):
    D, H = (int(k) for k in rng.integers(3, 40, 2))
    for T in (1, 4, 100):
        want = D * H + H * H + H
        hint = f"Here D = {D} and H = {H}: W_xh, W_hh and b, once."
        expect_count(f"count_parameters({T}, {D}, {H}, True)", student.count_parameters(T, D, H, True), want, hint)


@UNROLLED.check("weights of their own are counted in every layer")
def untied(student, rng):
    D, H = (int(k) for k in rng.integers(3, 40, 2))
    for T in (1, 4, 100):
        want = T * (D * H + H * H + H)
        expect_count(f"count_parameters({T}, {D}, {H}, False)", student.count_parameters(T, D, H, False), want)


def run(x, h0, layers, hand_on=lambda t, h: h, layer=lambda t: t):
    h, states = h0, []
    for t in range(x.shape[1]):
        W_xh, W_hh, b = layers[layer(t)]
        h = np.tanh(x[:, t] @ W_xh + hand_on(t, h) @ W_hh + b)
        states.append(h)
    return np.stack(states, axis=1)


@UNROLLED.mistake(
    "every layer has the weights of the first",
    "That is the tied net only. Here each layer brings its own weights: layer t takes `layers[t]`.",
)
def unrolled(x, h0, layers):
    return run(x, h0, layers, layer=lambda t: 0)


@UNROLLED.mistake(
    "h0 goes into every layer",
    "Each layer hears the layer before it, and only the first hears h0. Hand the new state on, not h0.",
)
def unrolled(x, h0, layers):
    return run(x, h0, layers, hand_on=lambda t, h: h0)


@UNROLLED.mistake("h0 is not used", "The chain starts from zeros. It has to start from h0, which need not be zero.")
def unrolled(x, h0, layers):
    return run(x, h0, layers, hand_on=lambda t, h: h if t else np.zeros_like(h0))


@UNROLLED.mistake(
    "the bias stands outside the tanh",
    "A tanh unit sees its sum with the bias in it: look where the bracket closes.",
)
def unrolled(x, h0, layers):
    h, states = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh) + b
        states.append(h)
    return np.stack(states, axis=1)


@UNROLLED.mistake(
    "W_hh is transposed",
    "W_hh is square, so nothing complains. Rows of W_hh meet the old state: h @ W_hh.",
)
def unrolled(x, h0, layers):
    return run(x, h0, [(W_xh, W_hh.T, b) for W_xh, W_hh, b in layers])


@UNROLLED.mistake(
    "h0 is written into",
    "`h[...] = …` or `h[:] = …` writes into the array that h names, and at the first step that is the caller's h0. "
    "`h = …` gives the name to a new array.",
)
def unrolled(x, h0, layers):
    h, states = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h[...] = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        states.append(h.copy())
    return np.stack(states, axis=1)


@UNROLLED.mistake(
    "the list of layers is used up",
    "`pop` takes the layers out of the caller's list. Read them by `layers[t]`, or by a loop over the list.",
)
def unrolled(x, h0, layers):
    h = reference.unrolled(x, h0, layers)
    layers.clear()
    return h


@UNROLLED.mistake("time is the first axis", "Sequences come first: stack along axis 1, so that h is (N, T, H).")
def unrolled(x, h0, layers):
    return reference.unrolled(x, h0, layers).swapaxes(0, 1)


@UNROLLED.mistake("only the last state comes back", "The states of all T layers are asked for: (N, T, H).")
def unrolled(x, h0, layers):
    return reference.unrolled(x, h0, layers)[:, -1]


@UNROLLED.mistake(
    "tied weights are counted once a step",
    "Drawn T times, learnt once: with tied weights the number of steps does not matter.",
)
def count_parameters(T, D, H, tied):
    return T * (D * H + H * H + H)


@UNROLLED.mistake(
    "the layers are taken from the last to the first",
    "The first step goes through `layers[0]`. Look at the order of the loop.",
)
def unrolled(x, h0, layers):
    return run(x, h0, layers, layer=lambda t: -1 - t)


@UNROLLED.mistake(
    "the first layer is counted without W_hh",
    "h0 need not be zero, so the first layer has recurrent weights as well: T times D H + H H + H.",
)
def count_parameters(T, D, H, tied):
    return D * H + H * H + H if tied else T * (D * H + H) + (T - 1) * H * H


@UNROLLED.mistake("the bias is not counted", "b is learnt as well: H numbers more in each layer.")
def count_parameters(T, D, H, tied):
    return (1 if tied else T) * (D * H + H * H)


@UNROLLED.mistake(
    "the recurrent weights are not counted",
    "Each layer has two matrices: W_xh for its input, and W_hh for the layer before it.",
)
def count_parameters(T, D, H, tied):
    return (1 if tied else T) * (D * H + H)


@UNROLLED.mistake(
    "tied and untied are exchanged",
    "Tied means that all layers share the same numbers: those are counted once.",
)
def count_parameters(T, D, H, tied):
    return (T if tied else 1) * (D * H + H * H + H)
