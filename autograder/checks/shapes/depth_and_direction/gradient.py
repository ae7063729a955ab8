"""The gradient through two layers: it goes down as well as back."""

import numpy as np

from autograder.checks.shapes.depth_and_direction import reference
from autograder.checks.shapes.depth_and_direction.two_layers import draw
from autograder.compare import CheckFailed, by_name, expect_all_close, expect_any_close, expect_names, expect_unchanged
from autograder.spec import Exercise
from autograder.wording import brief

NAMES = ("dx", "dh0", "grads1", "grads2")

GRADIENT = Exercise(
    "deep-two-layers-backward",
    functions={"two_layers_backward": reference.two_layers_backward},
    returns={"two_layers_backward": NAMES},
    points=4,
    minutes=25,
    difficulty=3,
    hints=(
        "At a state of layer 1 gradients meet from two sides. Which two arrows left it on the way there?",
        "`h1[:, t]` went up into layer 2 at the same step, and on into layer 1 at the next step. So `below + carried1` "
        "arrives, and passes through the tanh of layer 1.",
        "From `da1` on it is the step of lesson 3: to `x[:, t]` by `layer1['W_xh'].T`, to the state before by "
        "`layer1['W_hh'].T`.",
        "`da1 = (below + carried1) * (1 - h1[:, t] ** 2)`, then `dx[:, t] = da1 @ layer1['W_xh'].T`, then the new "
        "`carried1 = da1 @ layer1['W_hh'].T`.",
    ),
    explain="Each layer carries a gradient of its own back through time. At every step layer 2 sends one down to layer "
    "1, where it meets what layer 1 carries.",
)
HINTS = {
    "dx": "What arrives at h1[:, t], and from which two sides?",
    "dh0[0]": "What layer 1 hands back at step 0.",
    "dh0[1]": "What layer 2 hands back at step 0.",
    "layer 1: W_xh": "It was multiplied with x[:, t]; all steps add up.",
    "layer 1: W_hh": "It was multiplied with the state of layer 1 before the step; all steps add up.",
    "layer 1: b": "The sum of da1 over rows and steps.",
    "layer 2: W_xh": "Given: was the line changed?",
    "layer 2: W_hh": "Given: was the line changed?",
    "layer 2: b": "Given: was the line changed?",
}


def flat(results):
    """The nine arrays of an answer by name."""
    dx, dh0, grads1, grads2 = results
    if not isinstance(dh0, tuple | list) or len(dh0) != 2:
        raise CheckFailed(f"dh0: expected a pair, of layer 1 and of layer 2, got {brief(dh0)}.")
    for name, grads in (("grads1", grads1), ("grads2", grads2)):
        expect_names(name, grads, reference.ARRAYS)
    layers = [grads[name] for grads in (grads1, grads2) for name in reference.ARRAYS]
    return by_name(HINTS, (dx, *dh0, *layers))


def draw_backward(rng, *sizes):
    """dh2, and the other arguments."""
    x, h0, layer1, layer2 = draw(rng, *sizes)
    h1, h2 = reference.two_layers_forward(x, h0, layer1, layer2)
    return 0.1 + rng.standard_normal(h2.shape), x, h0, h1, h2, layer1, layer2


def compare(student, args, names):
    got, want = (flat(f(*args)) for f in (student.two_layers_backward, reference.two_layers_backward))
    expect_all_close(names, got, want, HINTS)


def at_last(args):
    """The same, with a gradient at the last step alone, and a large one."""
    dh2 = np.zeros_like(args[0])
    dh2[:, -1] = 100 * args[0][:, -1]
    return dh2, *args[1:]


@GRADIENT.check("dx: down through both layers, and back through time")
def inputs(student, rng):
    compare(student, draw_backward(rng), ("dx",))
    compare(student, at_last(draw_backward(rng, 3, 4, 5, 2, 6)), ("dx",))


@GRADIENT.check("layer 1: W_xh, W_hh and b")
def lower(student, rng):
    names = ("layer 1: W_xh", "layer 1: W_hh", "layer 1: b")
    compare(student, draw_backward(rng), names)
    compare(student, at_last(draw_backward(rng, 3, 4, 5, 2, 6)), names)


@GRADIENT.check("dh0: what arrives at both initial states")
def initial(student, rng):
    compare(student, draw_backward(rng, 3, 4, 2, 5, 5), ("dh0[0]", "dh0[1]"))


@GRADIENT.check("a single step: layer 1 gets all its gradient from above")
def single(student, rng):
    names = ("dx", "dh0[0]", "layer 1: W_xh", "layer 1: W_hh", "layer 1: b", "layer 2: W_xh", "layer 2: W_hh")
    compare(student, draw_backward(rng, 3, 1, 2, 5, 4), names)


@GRADIENT.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw_backward(rng)
    got, after = student.two_layers_backward.with_arguments(*args)
    got, want = flat(got), flat(reference.two_layers_backward(*args))
    expect_any_close({"dx": got["dx"]}, {"dx": want["dx"]})
    expect_unchanged(("dh2",), after[:1], args[:1], "`dh2[:, t] += …` changes the caller's array.")
    expect_unchanged(("h1", "h2"), after[3:5], args[3:5], "The states are needed as they were.")
