"""A whole sequence in one pass."""

import numpy as np

from autograder.checks.recurrent_cell.step import draw as draw_step
from autograder.compare import expect, expect_close, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core import rnn


def forward(x, h0, W_xh, W_hh, b):
    """x (N, T, D); h0 (N, H). Returns: h (N, T, H), the state after every step, and the caches of the steps."""
    (N, T, _), H = x.shape, len(W_hh)
    h, caches, h_t = np.empty((N, T, H)), [], h0
    for t in range(T):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h[:, t] = h_t
        caches.append(cache)
    return h, caches


FORWARD = Exercise(
    "cell-forward",
    functions={"forward": forward},
    returns={"forward": ("h", "caches")},
    lends={"step_forward": rnn.step_forward},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "A loop over the steps. What does step t need from step t - 1, and where does the first step get it from?",
        "`x[:, t]` is the input of step t for all sequences, of shape `(N, D)`. Keep one variable `h_t` that "
        "holds the "
        "state; before the loop it is `h0`.",
        "Make room first: `h = np.empty((N, T, H))`. In the loop: `h_t, cache = step_forward(x[:, t], h_t, …)`, then "
        "`h[:, t] = h_t`.",
    ),
    explain="The same three arrays of weights serve every step. Only the state changes.",
)


def draw(rng, N=2, T=5, D=3, H=4):
    x = 0.2 + 0.6 * rng.standard_normal((N, T, D))
    _, h0, W_xh, W_hh, b = draw_step(rng, N, D, H)
    return x, h0, W_xh, W_hh, b


@FORWARD.check("every state of every sequence agrees with the reference")
def values(student, rng):
    for N, T, D, H in ((2, 5, 3, 4), (3, 7, 2, 6)):
        args = draw(rng, N, T, D, H)
        h, _ = student.forward(*args)
        expect_close("h", h, rnn.forward(*args)[0], hint="Is the state of one step handed to the next?")


@FORWARD.check("the first state comes from h0")
def initial(student, rng):
    x, h0, W_xh, W_hh, b = draw(rng)
    for first in (h0, -h0):
        h, _ = student.forward(x, first, W_xh, W_hh, b)
        want = rnn.forward(x, first, W_xh, W_hh, b)[0]
        expect_shape("h", h, want.shape)
        expect_close("h[:, :1]", np.asarray(h)[:, :1], want[:, :1], hint="Step 0 reads x[:, 0] and h0.")


@FORWARD.check("one step, and one sequence")
def smallest(student, rng):
    for N, T in ((3, 1), (1, 6)):
        args = draw(rng, N, T)
        h, _ = student.forward(*args)
        expect_shape("h", h, (N, T, 4), hint="All three axes stay, also those of length 1.")
        expect_close("h", h, rnn.forward(*args)[0])


@FORWARD.check("a cache for every step")
def kept(student, rng):
    args = draw(rng, T=7)  # one cache has five entries
    h, caches = student.forward(*args)
    expect_close("h", h, rnn.forward(*args)[0])
    came = f"a list of {len(caches)}" if isinstance(caches, list | tuple) else type(caches).__name__
    expect(came == "a list of 7", f"caches: expected a list of 7 for 7 steps, got {came}.")


@FORWARD.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (h, _), after = student.forward.with_arguments(*args)
    expect_close("h", h, rnn.forward(*args)[0])
    hint = "After `h = h0` both names mean the same array."
    expect_unchanged(("x", "h0", "W_xh", "W_hh", "b"), after, args, hint)
