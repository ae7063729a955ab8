"""The gradient of one step of the LSTM."""

from autograder.checks.lstm import reference
from autograder.checks.lstm.gates import CACHE, draw_gradient
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import lstm

ORDER = ("dx", "dh", "dc", "dW_xh", "dW_hh", "db")

BACK = Exercise(
    "lstm-step-backward",
    functions={"step_backward": lstm.step_backward},
    returns={"step_backward": ORDER},
    lends={"gate_gradients": reference.gate_gradients},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "`da, dc = gate_gradients(dh_next, dc_next, cache)`. The rest follows from `da` (N, 4H).",
        "`a = x @ W_xh + h @ W_hh + b` is the sum of lesson 3, only wider: the same four rules.",
        "`da @ W_hh.T` for dh, `h.T @ da` for dW_hh, the same with x, and the rows of `da` added up for db.",
    ),
    explain="Inside the gates the LSTM is the plain cell with four times as many columns. What is new is "
    "`gate_gradients`, and "
    "the second gradient, `dc`, which goes back beside `dh`.",
)
HINTS = {
    "dx": "`x` acts on all four gates: `da @ W_xh.T` adds the four up.",
    "dh": "`h` acts on all four gates: `da @ W_hh.T` adds the four up.",
    "dc": "It comes out of `gate_gradients` as it is.",
    "dW_xh": "`W_xh` was multiplied with x.",
    "dW_hh": "`W_hh` was multiplied with the state that the step read.",
    "db": "Every row of the batch uses the same b.",
}


def compare(student, rng, names):
    for sizes, scale in (((2, 3, 5), 1.0), ((4, 2, 3), 1e-9)):
        args = draw_gradient(rng, *sizes, scale=scale)
        got, want = (by_name(ORDER, step(*args)) for step in (student.step_backward, lstm.step_backward))
        expect_all_close(names, got, want, HINTS)


@BACK.check("dx, dh and dc: what goes back")
def states(student, rng):
    compare(student, rng, ("dx", "dh", "dc"))


@BACK.check("dW_xh, dW_hh and db: what the weights get")
def weights(student, rng):
    compare(student, rng, ("dW_xh", "dW_hh", "db"))


@BACK.check("the caller's arrays are left alone")
def untouched(student, rng):
    dh_next, dc_next, cache = draw_gradient(rng)
    got, after = student.step_backward.with_arguments(dh_next, dc_next, cache)
    expect_any_close(by_name(ORDER, got), by_name(ORDER, lstm.step_backward(dh_next, dc_next, cache)))
    hint = "`+=` and `*=` change the caller's array; `a + b` makes a new one."
    expect_unchanged(("dh_next", "dc_next"), after[:2], (dh_next, dc_next), hint)
    expect_unchanged((f"{name} in the cache" for name in CACHE), after[2], cache, hint)
