"""The gradient of one step of the cell."""

import numpy as np

from autograder.compare import by_name, expect_all_close, expect_any_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import rnn

ORDER = ("dx", "dh", "dW_xh", "dW_hh", "db")

STEP = Exercise(
    "bptt-step-backward",
    functions={"step_backward": rnn.step_backward},
    returns={"step_backward": ORDER},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "First through the tanh: `da` has the shape of `dh_next`. All else follows from `da` as in the output layer.",
        "The slope of tanh is known from its result: `1 - h_next**2`. `h_next` is the last entry of the cache.",
        "The state's part `h @ W_hh` is a product like `x @ W_xh`: take the two given lines and put `h` for `x`.",
        "`da = dh_next * (1 - h_next**2)`, `dh = da @ W_hh.T`, `dW_hh = h.T @ da`, `db = da.sum(axis=0)`.",
    ),
    explain="`da` is the gradient at the sum inside the tanh. Each of the three parts of that sum hands it on: a "
    "product gives it to both factors, and the bias, which every row shares, adds the rows up.",
)


def draw_cell(rng, N, D, H):
    """The arguments x, h, W_xh, W_hh, b of one step, and dh_next: nothing is centred on zero."""
    shapes = (N, D), (N, H), (D, H), (H, H), (H,), (N, H)
    x, h, W_xh, W_hh, b, dh_next = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    return [x, np.tanh(h), W_xh, W_hh, b], dh_next


def draw_step(rng, N=2, D=3, H=5):
    """dh_next and the cache of one step; all sizes differ."""
    args, dh_next = draw_cell(rng, N, D, H)
    return dh_next, rnn.step_forward(*args)[1]


def compare(student, rng, names):
    """Compare some of the gradients, of a usual size and tiny."""
    for sizes, scale in (((2, 3, 5), 1.0), ((4, 1, 2), 1e-9)):
        dh_next, cache = draw_step(rng, *sizes)
        got, want = (by_name(ORDER, f(scale * dh_next, cache)) for f in (student.step_backward, rnn.step_backward))
        usual = {name: f"Is {name} built from `da`, and `da` from `h_next`?" for name in names}
        expect_all_close(names, got, want, usual if scale == 1 else "Here `dh_next` is tiny.")


@STEP.check("dx and dh: what goes back")
def step_back(student, rng):
    compare(student, rng, ("dx", "dh"))


@STEP.check("dW_xh, dW_hh and db: what the weights get")
def step_weights(student, rng):
    compare(student, rng, ("dW_xh", "dW_hh", "db"))


@STEP.check("the caller's arrays are left alone")
def step_untouched(student, rng):
    dh_next, cache = draw_step(rng)
    got, (dh_after, cache_after) = student.step_backward.with_arguments(dh_next, cache)
    expect_any_close(by_name(ORDER, got), by_name(ORDER, rnn.step_backward(dh_next, cache)))
    hint = "`dh_next *= …` changes the caller's array; `da = dh_next * …` makes a new one."
    expect_unchanged(("dh_next",), (dh_after,), (dh_next,), hint)
    expect_unchanged(
        (f"{name} in the cache" for name in ("x", "h", "W_xh", "W_hh", "h_next")), cache_after, cache, hint
    )
