"""Two layers: each reads the states of the one below."""

import numpy as np

from autograder.checks.shapes.depth_and_direction import reference
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_shape, expect_unchanged
from autograder.spec import Exercise

NAMES = ("h1", "h2")

TWO = Exercise(
    "deep-two-layers",
    functions={"two_layers_forward": reference.two_layers_forward},
    returns={"two_layers_forward": NAMES},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "Layer 1 is a layer like any other: it reads `x`. What is the input of layer 2 at step t?",
        "The states of layer 1 are an array (N, T, H1): a sequence, as `x` is one, with H1 numbers at each step.",
        "`h1 = layer_forward(x, h0[0], layer1)`; layer 2 reads `h1` and starts at `h0[1]`.",
    ),
    explain="For layer 2 the states below are a sequence like any other. Each layer has its own weights and its own "
    "initial state.",
)
HINTS = {
    "h1": "Layer 1 reads x and starts at h0[0].",
    "h2": "What does layer 2 read at each step, and where does it start?",
}


def draw_layer(rng, D, H):
    """The weights of one layer; small enough that tanh does not saturate."""
    return {
        "W_xh": 0.15 + 0.5 * rng.standard_normal((D, H)),
        "W_hh": 0.1 + 0.5 * rng.standard_normal((H, H)),
        "b": 0.2 * rng.standard_normal(H),
    }


def draw(rng, N=2, T=4, D=3, H1=5, H2=6):
    """x, h0, layer1, layer2; all sizes differ, the initial states are not zero."""
    x = 0.2 + 0.7 * rng.standard_normal((N, T, D))
    h0 = tuple(np.tanh(0.3 + rng.standard_normal((N, H))) for H in (H1, H2))
    return x, h0, draw_layer(rng, D, H1), draw_layer(rng, H1, H2)


def both(student, args):
    """What the student returned by name, and what is right."""
    return (by_name(NAMES, f(*args)) for f in (student.two_layers_forward, reference.two_layers_forward))


@TWO.check("both have a state for every step, of their own sizes")
def shapes(student, rng):
    for sizes in ((2, 4, 3, 5, 6), (3, 2, 6, 4, 5)):
        got, want = both(student, draw(rng, *sizes))
        for name in NAMES:
            expect_shape(name, got[name], want[name].shape, "A state for each sequence and each step.")
        expect_all_close(NAMES, got, want, HINTS)


@TWO.check("where all sizes are equal nothing crashes: the right arrays must meet")
def square(student, rng):
    expect_all_close(NAMES, *both(student, draw(rng, 3, 4, 5, 5, 5)), HINTS)


@TWO.check("a layer above that ignores the one below does not see x")
def cut(student, rng):
    x, h0, layer1, layer2 = draw(rng, 2, 3, 4, 4, 4)
    layer2["W_xh"] = 0 * layer2["W_xh"]
    expect_all_close(NAMES, *both(student, (x, h0, layer1, layer2)), HINTS)


@TWO.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng, 3, 4, 5, 5, 5)
    got, after = student.two_layers_forward.with_arguments(*args)
    expect_any_close(by_name(NAMES, got), by_name(NAMES, reference.two_layers_forward(*args)))
    expect_unchanged(("x",), after[:1], args[:1], "`x[:, t] = …` changes the caller's array.")
    expect_unchanged(("h0[0]", "h0[1]"), after[1], args[1], "`h += …` changes the caller's array.")
