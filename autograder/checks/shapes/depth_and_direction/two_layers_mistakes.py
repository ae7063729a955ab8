"""Wrong ways to put a layer on another, known by name."""

import numpy as np

from autograder.checks.shapes.depth_and_direction.reference import layer_forward
from autograder.checks.shapes.depth_and_direction.two_layers import TWO


def step(x, h, weights):
    return np.tanh(x @ weights["W_xh"] + h @ weights["W_hh"] + weights["b"])


@TWO.mistake(
    "layer 2 reads x",
    "Both layers read the input, side by side. Then nothing is stacked: layer 2 reads the states of layer 1.",
)
def reads_x(x, h0, layer1, layer2):
    return layer_forward(x, h0[0], layer1), layer_forward(x, h0[1], layer2)


@TWO.mistake(
    "layer 2 reads only the last state of layer 1",
    "`h1[:, -1]` is one state. Layer 2 takes a step at every step: at step t it reads `h1[:, t]`.",
)
def reads_last(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(np.repeat(h1[:, -1:], x.shape[1], axis=1), h0[1], layer2)


@TWO.mistake(
    "layer 2 takes one step, with the last state of layer 1",
    "Layer 2 runs over all steps: its input is the whole sequence of states below, `h1` (N, T, H1).",
)
def one_step(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(h1[:, -1:], h0[1], layer2)


@TWO.mistake(
    "layer 2 starts at the last state of layer 1",
    "That is how an encoder hands over to a decoder. In a stack layer 2 has its own initial state, `h0[1]`; what it "
    "gets from layer 1 is its input at each step.",
)
def starts_at_last(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(h1, h1[:, -1], layer2)


@TWO.mistake(
    "layer 2 starts at the last state of layer 1, and reads x",
    "Two things: layer 2 has its own initial state, `h0[1]`, and it reads the states of layer 1.",
)
def handed_over(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(x, h1[:, -1], layer2)


@TWO.mistake(
    "both layers start at h0[0]",
    "Each layer has a state of its own. Layer 2 starts at `h0[1]`.",
)
def same_start(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(h1, h0[0], layer2)


@TWO.mistake("the initial states are exchanged", "`h0[0]` belongs to layer 1, `h0[1]` to layer 2.")
def exchanged(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[1], layer1)
    return h1, layer_forward(h1, h0[0], layer2)


@TWO.mistake(
    "the layers start at zeros",
    "The states before the first step are handed in: `h0[0]` and `h0[1]`. They need not be zero.",
)
def from_zeros(x, h0, layer1, layer2):
    h1 = layer_forward(x, np.zeros_like(h0[0]), layer1)
    return h1, layer_forward(h1, np.zeros_like(h0[1]), layer2)


@TWO.mistake(
    "both layers have the weights of layer 1",
    "The weights are shared over the steps, and not over the layers: layer 2 uses `layer2`.",
)
def same_weights(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(h1, h0[1], layer1)


@TWO.mistake(
    "layer 2 reads the state of layer 1 from the step before",
    "At step t layer 1 goes first, and layer 2 reads its *new* state, `h1[:, t]`, in the same step.",
)
def one_late(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    late = np.concatenate([h0[0][:, None], h1[:, :-1]], axis=1)
    return h1, layer_forward(late, h0[1], layer2)


@TWO.mistake(
    "layer 2 has no state of its own",
    "Each step of yours starts layer 2 anew at `h0[1]`. Layer 2 is recurrent too: carry its state from step to step.",
)
def no_memory(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, np.stack([step(h1[:, t], h0[1], layer2) for t in range(x.shape[1])], axis=1)


@TWO.mistake(
    "layer 2 goes on from the state of layer 1",
    "One variable `h` passes through both layers. Each layer carries its own state to the next step; keep two.",
)
def one_state(x, h0, layer1, layer2):
    h, first, second = h0[0], [], []
    for t in range(x.shape[1]):
        below = step(x[:, t], h, layer1)
        h = step(below, h if t else h0[1], layer2)
        first.append(below)
        second.append(h)
    return np.stack(first, axis=1), np.stack(second, axis=1)


@TWO.mistake("h2 and h1 come back in the other order", "Return `h1, h2`: the lower layer first.")
def swapped(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return layer_forward(h1, h0[1], layer2), h1


@TWO.mistake(
    "the input is added to what layer 2 reads",
    "Layer 2 reads the states of layer 1 alone. To add the input as well is another net, with a shortcut.",
)
def shortcut(x, h0, layer1, layer2):
    h1 = layer_forward(x, h0[0], layer1)
    return h1, layer_forward(h1 + x, h0[1], layer2)
