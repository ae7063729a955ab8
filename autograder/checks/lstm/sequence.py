"""The gradient of the LSTM over a batch of sequences of unequal length."""

import numpy as np

from autograder.checks.lstm import reference
from autograder.checks.lstm.step import draw
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core import lstm

ORDER = ("dx", "dh0", "dc0", "dW_xh", "dW_hh", "db")

ALL = Exercise(
    "lstm-backward",
    functions={"backward": reference.backward},
    returns={"backward": ORDER},
    lends={"step_backward": lstm.step_backward},
    points=4,
    minutes=30,
    difficulty=3,
    hints=(
        "Without padding it is the loop of lesson 3 with two gradients carried instead of one: to each the one from "
        "outside is added, `dh[:, t]` and `dc[:, t]`.",
        "`ran = real[:, t, None]` says for each row whether the step ran. A row that did not run kept both states: "
        "what arrives there is handed on as it is, and nothing of it may enter the step.",
        "`step_backward(dh_t * ran, dc_t * ran, caches[t])`: with a gradient of zero a row gives neither x nor "
        "the weights a "
        "share.",
        "Afterwards `dh_t = np.where(ran, dh_back, dh_t)`, and the same for c. What is carried in the end is "
        "`dh0, dc0`.",
    ),
    explain="Two gradients go back side by side. A mask is a switch for each row: where the step did not run, "
    "both take the "
    "way past it.",
)


def draw_all(rng, N=4, T=6, D=3, H=5, padded=True):
    """dh, dc and the cache of `forward`; rows of unequal length, one of them empty, wild inputs in the padding."""
    _, h0, c0, W_xh, W_hh, b = draw(rng, N, D, H)
    x, dh, dc = (0.2 + 0.6 * rng.standard_normal((N, T, size)) for size in (D, H, H))
    mask = None
    if padded:
        lengths = rng.permutation([0, T, *rng.integers(1, T, N - 2)])
        mask = np.arange(T) < lengths[:, None]
        x = np.where(mask[:, :, None], x, 4 * x)
    return dh, dc, reference.forward(x, h0, c0, W_xh, W_hh, b, mask)[2]


def compare(student, rng, names, hints, padded):
    for sizes, scale in (((4, 6, 3, 5), 1), ((5, 3, 2, 6), 100)):  # a large gradient stays as large as it is
        dh, dc, cache = draw_all(rng, *sizes, padded=padded)
        args = scale * dh, scale * dc, cache
        got, want = (by_name(ORDER, backward(*args)) for backward in (student.backward, reference.backward))
        expect_all_close(names, got, want, hints)


@ALL.check("all rows of full length: dx, dh0 and dc0")
def states(student, rng):
    compare(
        student,
        rng,
        ("dc0", "dh0", "dx"),
        {
            "dc0": "Two gradients are carried: is `dc` of step t + 1 added to `dc[:, t]`?",
            "dh0": "It is what step 0 hands back, once `dh[:, 0]` and what came from step 1 have gone into it.",
            "dx": "Does `dx[:, t]` belong to step t, and do both gradients from the future reach it?",
        },
        padded=False,
    )


@ALL.check("all rows of full length: dW_xh, dW_hh and db")
def weights(student, rng):
    compare(student, rng, ("dW_xh", "dW_hh", "db"), "Are the shares of all steps added?", padded=False)


@ALL.check("rows that have ended: dx, dh0 and dc0")
def padded_states(student, rng):
    hint = "A row that has ended keeps h and c. So both gradients are handed on as they are, and its x gets nothing."
    compare(student, rng, ("dc0", "dh0", "dx"), hint, padded=True)


@ALL.check("rows that have ended: dW_xh, dW_hh and db")
def padded_weights(student, rng):
    compare(student, rng, ("dW_xh", "dW_hh", "db"), "The weights get no share from padding.", padded=True)


@ALL.check("the caller's arrays are left alone")
def untouched(student, rng):
    dh, dc, cache = draw_all(rng)
    got, after = student.backward.with_arguments(dh, dc, cache)
    expect_any_close(by_name(ORDER, got), by_name(ORDER, reference.backward(dh, dc, cache)))
    expect_unchanged(("dh", "dc"), after[:2], (dh, dc), "`dh[:, t] += …` changes the caller's array.")
