"""The Jacobian of one step of the tanh cell."""

import numpy as np

from autograder.checks.vanishing_gradients import reference
from autograder.compare import as_numbers, expect_close, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core import rnn

JACOBIAN = Exercise(
    "vanish-jacobian",
    functions={"step_jacobian": reference.step_jacobian},
    returns={"step_jacobian": ("J",)},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "One entry first: `h_next[n, i] = tanh(a[n, i])`, and `a[n, i]` holds the term `h[n, j] * W_hh[j, i]`. What is "
        "the slope of `h_next[n, i]` with respect to `h[n, j]`?",
        "It is `(1 - h_next[n, i]**2) * W_hh[j, i]`: the slope belongs to the row i, and the weights are turned over.",
        "The slopes as (N, H, 1) and `W_hh.T` as (H, H) broadcast to (N, H, H): "
        "`(1 - h_next**2)[:, :, None] * W_hh.T`.",
    ),
    explain="The slope of tanh belongs to the result, so it multiplies whole rows. The matrix is the transposed one "
    "because the course writes states as rows: `h @ W_hh` takes weights from row j to column i.",
)


def draw(rng, N, D, H):
    """h, h_next and W_hh of one step, and what else the step takes; all sizes differ, nothing is centred on zero."""
    shapes = (N, D), (N, H), (D, H), (H, H), (H,)
    x, h, W_xh, W_hh, b = (0.2 + 0.5 * rng.standard_normal(shape) for shape in shapes)
    h = np.tanh(h)
    return (h, rnn.step_forward(x, h, W_xh, W_hh, b)[0], W_hh), (x, W_xh, b)


def compare(got, args, hint):
    """Compare the matrix of each sequence for itself."""
    want = reference.step_jacobian(*args)
    expect_shape("J", got, want.shape, "A matrix (H, H) for each sequence.")
    for n, (ours, theirs) in enumerate(zip(want, as_numbers("J", got), strict=True)):
        expect_close(f"J[{n}]", theirs, ours, hint)


@JACOBIAN.check("one sequence, every entry")
def one(student, rng):
    args, _ = draw(rng, 1, 2, 4)
    hint = "Row i is the result `h_next[i]`, column j is the input `h[j]`: `J[n, i, j] = dh_next[n, i] / dh[n, j]`."
    compare(student.step_jacobian(*args), args, hint)


@JACOBIAN.check("a batch: each sequence has slopes of its own")
def batch(student, rng):
    args, _ = draw(rng, 3, 2, 5)
    hint = "Each sequence has its own `h_next`, and so its own slopes."
    compare(student.step_jacobian(*args), args, hint)


@JACOBIAN.check("J times a nudge of h is the move of h_next")
def nudged(student, rng):
    (h, h_next, W_hh), (x, W_xh, b) = draw(rng, 4, 3, 6)
    J = student.step_jacobian(h, h_next, W_hh)
    hint = "Measured: h was nudged a little, and the step run again."
    nudge = rng.standard_normal(h.shape)
    moved = [rnn.step_forward(x, h + s * 1e-4 * nudge, W_xh, W_hh, b)[0] for s in (1, -1)]
    measured = (moved[0] - moved[1]) / 2e-4
    expect_shape("J", J, (4, 6, 6), "A matrix for each sequence.")
    expect_close("J @ nudge", (J @ nudge[:, :, None])[:, :, 0], measured, hint, rtol=2e-4)


@JACOBIAN.check("flat where the tanh is flat, and the caller's arrays left alone")
def flat(student, rng):
    (h, h_next, W_hh), _ = draw(rng, 2, 3, 4)
    h_next[0], h_next[1, 1] = np.sign(h_next[0]), 0
    J, after = student.step_jacobian.with_arguments(h, h_next, W_hh)
    hint = "Where `h_next` is 1 or -1 nothing gets through; where it is 0 the weights get through as they are."
    compare(J, (h, h_next, W_hh), hint)
    expect_unchanged(("h", "h_next", "W_hh"), after, (h, h_next, W_hh))


def mistake(name, words):
    """Name a wrong Jacobian, computed from h, h_next and W_hh."""

    def add(compute):
        JACOBIAN.mistake(name, words, step_jacobian=compute)

    return add


def from_slope(slope):
    return lambda h, h_next, W_hh: slope(h, h_next)[:, :, None] * W_hh.T


mistake(
    "the Jacobian is transposed",
    "Row and column are exchanged: yours has dh_next[j] / dh[i] at the place i, j. The result stands in the row, and "
    "the slope, which belongs to the result, multiplies whole rows.",
)(lambda h, h_next, W_hh: (1 - h_next**2)[:, None, :] * W_hh)
mistake(
    "W_hh is not transposed",
    "`W_hh[j, i]` leads from the old unit j to the new unit i. The entry at row i and column j needs exactly this "
    "number, and `W_hh` holds it at row j and column i: take `W_hh.T`.",
)(lambda h, h_next, W_hh: (1 - h_next**2)[:, :, None] * W_hh)
mistake(
    "the slopes multiply the columns",
    "The slope of tanh belongs to the result `h_next[i]`, and i is the row. `[:, :, None]` puts it there; "
    "`[:, None, :]` and a product with (N, H) put it into the columns.",
)(lambda h, h_next, W_hh: (1 - h_next**2)[:, None, :] * W_hh.T)
mistake(
    "the slope of tanh is missing",
    "Between `h @ W_hh` and `h_next` stands a tanh. Its slope is `1 - h_next**2`.",
)(lambda h, h_next, W_hh: np.repeat(W_hh.T[None], len(h), axis=0))
mistake(
    "the slope of tanh is taken at h instead of h_next",
    "`h` went into the step, `h_next` came out of its tanh. The slope is 1 minus the square of what came out.",
)(from_slope(lambda h, h_next: 1 - h**2))
mistake(
    "the slope is taken at tanh of h W_hh alone",
    "`h_next` came out of the tanh of the *whole* sum, with the input and the bias in it. It is given: the slope is "
    "`1 - h_next**2`.",
)(lambda h, h_next, W_hh: (1 - np.tanh(h @ W_hh) ** 2)[:, :, None] * W_hh.T)
mistake(
    "the slope of tanh without its square",
    "The slope is `1 - h_next**2`, not `1 - h_next`: at -1 the curve is flat.",
)(from_slope(lambda h, h_next: 1 - h_next))
mistake(
    "the slope of tanh with a plus",
    "The slope is `1 - h_next**2`. With a plus it would be steepest where tanh is flat.",
)(from_slope(lambda h, h_next: 1 + h_next**2))
mistake(
    "tanh is applied a second time",
    "`h_next` is already a tanh: the slope is `1 - h_next**2`, and `1 - np.tanh(h_next)**2` squashes it once more.",
)(from_slope(lambda h, h_next: 1 - np.tanh(h_next) ** 2))
mistake(
    "the slope of the sigmoid",
    "h (1 - h) is the slope of another function, the sigmoid. For tanh it is `1 - h_next**2`.",
)(from_slope(lambda h, h_next: h_next * (1 - h_next)))
mistake(
    "divided by the slope of tanh",
    "A nudge before the tanh moves `h_next` by the slope times as much: multiply.",
)(lambda h, h_next, W_hh: W_hh.T / np.maximum(1 - h_next**2, 0)[:, :, None])
mistake(
    "only the diagonal is there",
    "Each unit acts on every other through `W_hh`: the Jacobian is a full matrix, `slope * W_hh.T`.",
)(lambda h, h_next, W_hh: np.eye(len(W_hh)) * ((1 - h_next**2)[:, :, None] * W_hh.T))
mistake(
    "the weights are left out",
    "The diagonal matrix of the slopes is half of it: the state reaches the tanh through `W_hh`.",
)(lambda h, h_next, W_hh: np.eye(len(W_hh)) * (1 - h_next**2)[:, :, None])
mistake(
    "the batch is averaged",
    "Each sequence has its own state, its own slopes and so its own Jacobian: shape (N, H, H).",
)(lambda h, h_next, W_hh: ((1 - h_next**2)[:, :, None] * W_hh.T).mean(axis=0))
mistake(
    "the batch stands last",
    "The shape is (N, H, H): the sequence first, then the row, then the column.",
)(lambda h, h_next, W_hh: np.moveaxis((1 - h_next**2)[:, :, None] * W_hh.T, 0, -1))
