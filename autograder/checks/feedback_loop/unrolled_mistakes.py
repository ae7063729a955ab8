"""Wrong unrolled nets and counts of their weights, known by name."""
# ruff: noqa: F811

import numpy as np

from autograder.checks.feedback_loop import reference
from autograder.checks.feedback_loop.unrolled import UNROLLED
from rnn_core.activations import softmax


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


def with_sum(x, h0, layers, bend):
    """The chain with `bend(sum without the bias, bias)` as a layer."""
    h, states = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = bend(x[:, t] @ W_xh + h @ W_hh, b)
        states.append(h)
    return np.stack(states, axis=1)


@UNROLLED.mistake(
    "softmax in place of tanh",
    "The loop before handed a belief on. Here a state goes round, and the equation says tanh.",
)
def unrolled(x, h0, layers):
    return with_sum(x, h0, layers, lambda a, b: softmax(a + b))


@UNROLLED.mistake("no tanh", "A chain of linear layers is one linear layer. Put the sum through `np.tanh`.")
def unrolled(x, h0, layers):
    return with_sum(x, h0, layers, lambda a, b: a + b)


@UNROLLED.mistake("the bias is left out", "Each layer has three parts, and the third is added to the sum: b.")
def unrolled(x, h0, layers):
    return with_sum(x, h0, layers, lambda a, b: np.tanh(a))


@UNROLLED.mistake(
    "h0 stands among the states", "h0 was there before the first layer. Return the states of the T layers."
)
def unrolled(x, h0, layers):
    return np.concatenate([h0[:, None], reference.unrolled(x, h0, layers)], axis=1)


@UNROLLED.mistake("every layer reads the first picture", "Layer t reads the picture of step t: `x[:, t]`.")
def unrolled(x, h0, layers):
    return reference.unrolled(np.repeat(x[:, :1], x.shape[1], axis=1), h0, layers)


@UNROLLED.mistake(
    "a bias for each matrix is counted",
    "Input and state are added, and one b is added to both: H numbers a layer, not 2 H.",
)
def count_parameters(T, D, H, tied):
    return (1 if tied else T) * (D * H + H * H + 2 * H)


@UNROLLED.mistake("one bias for a whole layer is counted", "b has a number for each of the H units.")
def count_parameters(T, D, H, tied):
    return (1 if tied else T) * (D * H + H * H + 1)
