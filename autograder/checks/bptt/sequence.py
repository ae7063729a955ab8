"""Backpropagation through time over a batch of sequences."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import rnn

ALL = Exercise(
    "bptt-backward",
    functions={"backward": reference.backward},
    returns={"backward": ("dx", "dh0", "dW_xh", "dW_hh", "db")},
    lends={"step_backward": rnn.step_backward},
    points=4,
    minutes=30,
    difficulty=3,
    hints=(
        "Go through the steps from the last to the first. What has to be remembered from one to the next?",
        "At every state two gradients meet: `dh[:, t]` from outside, and the `dh` of step t + 1 from the future. "
        "After the last step there is no future: start with zeros.",
        "Begin with `dW_xh`, `dW_hh`, `db` as zeros and *add* the shares of each step. Collect `dx_t` in `dx[:, t]`.",
        "The heart: `dx[:, t], carried, dW_x, dW_h, db_t = step_backward(dh[:, t] + carried, caches[t])`, for t in "
        "`reversed(range(T))`. What is carried in the end is `dh0`.",
    ),
    explain="One loop, backwards. `carried` is all that the future has to say about a state. The weights are the same "
    "at every step, so their shares add up.",
)


def draw_all(rng, N=2, T=5, D=3, H=4):
    """dh and the list of step caches; all sizes differ, h0 is not zero."""
    shapes = (N, T, D), (N, H), (D, H), (H, H), (H,), (N, T, H)
    x, h0, W_xh, W_hh, b, dh = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    return dh, reference.forward(x, np.tanh(h0), W_xh, W_hh, b)[1]


def at_last(dh):
    """The gradient at the last state alone."""
    kept = np.zeros_like(dh)
    kept[:, -1] = dh[:, -1]
    return kept


HINTS = {
    "dx": "Does dx[:, t] belong to step t, and does the future reach it?",
    "dh0": "dh0 is what step 0 hands back to the state before it.",
    "dW_xh": "Are the shares of all steps added?",
    "dW_hh": "Are the shares of all steps added?",
    "db": "Are the shares of all steps added?",
}


def compare(student, rng, names):
    """Compare some of the gradients: usual sizes, one at the last state alone, and a large one at a single step."""
    for sizes, outside in (((2, 5, 3, 4), np.copy), ((3, 4, 2, 5), at_last), ((3, 1, 2, 4), lambda dh: 100 * dh)):
        dh, cache = draw_all(rng, *sizes)
        dh = outside(dh)
        got, want = (by_name(HINTS, backward(dh, cache)) for backward in (student.backward, reference.backward))
        expect_all_close(names, got, want, HINTS)


@ALL.check("dx: a later gradient reaches every earlier input")
def inputs(student, rng):
    compare(student, rng, ("dx",))


@ALL.check("dh0: what arrives at the initial state")
def initial(student, rng):
    compare(student, rng, ("dh0",))


@ALL.check("dW_xh, dW_hh and db: the shares of all steps")
def weights(student, rng):
    compare(student, rng, ("dW_xh", "dW_hh", "db"))


@ALL.check("the caller's arrays are left alone")
def all_untouched(student, rng):
    dh, cache = draw_all(rng)
    got, (dh_after, _) = student.backward.with_arguments(dh, cache)
    expect_any_close(by_name(HINTS, got), by_name(HINTS, reference.backward(dh, cache)))
    expect_unchanged(("dh",), (dh_after,), (dh,), "`dh[:, t] += …` changes the caller's array.")
