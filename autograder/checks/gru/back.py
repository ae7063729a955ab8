"""One step back, whole: from the two sums to everything that made them."""

from autograder.checks.gru import reference
from autograder.checks.gru.sums import CACHED, draw_step
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import gru

ORDER = ("dx", "dh", "dW_xh", "dW_hh", "db_x", "db_h")

BACK = Exercise(
    "gru-step-backward",
    functions={"step_backward": gru.step_backward},
    returns={"step_backward": ORDER},
    lends={"sum_gradients": reference.sum_gradients},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "`da` belongs to the sum `x @ W_xh + b_x`, `du` to the sum `h @ W_hh + b_h`. Each sum is a product and a bias, "
        "as in the output layer.",
        "The old state is in two places: in the sum `h @ W_hh + b_h`, and in the last line, `z * h`. Both ways add.",
        "`dh = dh_next * z + du @ W_hh.T`. The weights: `x.T @ da`, `h.T @ du`, and the sums of da and of du over the "
        "rows.",
    ),
    explain="`du @ W_hh.T` holds the ways through r, through z and through n at once, for W_hh has all three in its "
    "columns. `dh_next * z` is the straight way, past all weights: where z is 1 the gradient goes back unchanged.",
)

HINTS = {
    "dx": "From `da`, through `W_xh`.",
    "dh": "Two ways lead back: through the sum with `W_hh`, and straight, where z kept the state.",
    "dW_xh": "`W_xh` met `x` in the sum whose gradient is `da`.",
    "dW_hh": "`W_hh` met `h` in the sum whose gradient is `du`.",
    "db_x": "Every row of the batch shares `b_x`.",
    "db_h": "`b_h` stands in the sum with `h`: its gradient is not that of `b_x`.",
}


def compare(student, rng, names):
    for sizes, scale in (((2, 3, 5), 1.0), ((4, 1, 2), 1e-9)):
        dh_next, cache = draw_step(rng, *sizes, scale)
        got, want = (by_name(ORDER, f(dh_next, cache)) for f in (student.step_backward, gru.step_backward))
        expect_all_close(names, got, want, HINTS if scale == 1 else "Here `dh_next` is tiny.")


@BACK.check("dh: all ways to the old state")
def to_state(student, rng):
    compare(student, rng, ("dh",))


@BACK.check("where z = 1 the gradient comes back unchanged")
def straight(student, rng):
    dh_next, (x, h, W_xh, W_hh, r, z, n, u_n) = draw_step(rng)
    z = 0 * z + 1.0
    cache = (x, h, W_xh, W_hh, r, z, n, u_n)
    dh = student.step_backward(dh_next, cache)[1]
    expect_close("dh", dh, dh_next, "Here every z is 1: the state was kept, and its gradient is kept.")


@BACK.check("dx, dW_xh and db_x: the sum with the input")
def to_input(student, rng):
    compare(student, rng, ("dx", "dW_xh", "db_x"))


@BACK.check("dW_hh and db_h: the sum with the state")
def to_weights(student, rng):
    compare(student, rng, ("dW_hh", "db_h"))


@BACK.check("the caller's arrays are left alone")
def untouched(student, rng):
    dh_next, cache = draw_step(rng)
    got, (dh_after, cache_after) = student.step_backward.with_arguments(dh_next, cache)
    expect_any_close(by_name(ORDER, got), by_name(ORDER, gru.step_backward(dh_next, cache)))
    hint = "`dh_next *= …` changes the caller's array; `dh = dh_next * …` makes a new one."
    expect_unchanged(("dh_next",), (dh_after,), (dh_next,), hint)
    expect_unchanged((f"{name} in the cache" for name in CACHED), cache_after, cache, hint)
