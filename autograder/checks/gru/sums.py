"""The gradient at the two sums of a step: the first half of the way back."""

import numpy as np

from autograder.checks.gru import reference
from autograder.checks.gru.step import draw
from autograder.compare import expect_any_close, expect_close, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core import gru

CACHED = ("x", "h", "W_xh", "W_hh", "r", "z", "n", "u_n")

SUMS = Exercise(
    "gru-sum-gradients",
    functions={"sum_gradients": reference.sum_gradients},
    returns={"sum_gradients": ("da", "du")},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "n is a tanh: `da_n = dn * (slope of tanh)`, and the slope is known from n itself.",
        "Inside that tanh stands `a_n + r * u_n`. A product hands its gradient to both factors: what arrives at "
        "`r * u_n` goes on to `u_n` times r, and to r times `u_n`.",
        "r is a sigmoid, like z: its slope is `r * (1 - r)`.",
        "`da_n = dn * (1 - n**2)`, `du_n = da_n * r`, `da_r = da_n * u_n * r * (1 - r)`.",
    ),
    explain="r and z stand in both sums in the same way, so their gradient is the same at both. n is where da and du "
    "part: the input's part goes into the tanh as it is, the state's part goes through r.",
)


def draw_step(rng, N=2, D=3, H=5, scale=1.0):
    """dh_next and the cache of one step; all sizes differ."""
    args = draw(rng, N, D, H)
    return scale * (0.3 + rng.standard_normal((N, H))), gru.step_forward(*args)[1]


HINTS = {
    "r": "r stands in the candidate alone, as a factor of `u_n`; then comes the slope of its sigmoid.",
    "z": "These lines were given: dz = dh_next * (h - n), then the slope of the sigmoid.",
    "n": "First dn, which is given, then the slope of tanh. At `u_n` one factor more.",
}


def compare(student, rng, blocks):
    """Compare some columns, at usual sizes and where the gradient has nearly vanished."""
    for sizes, scale in (((2, 3, 5), 1.0), ((4, 1, 2), 1e-9)):
        dh_next, cache = draw_step(rng, *sizes, scale)
        H = dh_next.shape[1]
        got, want = (f(dh_next, cache) for f in (student.sum_gradients, reference.sum_gradients))
        for name, mine, right in zip(("da", "du"), got, want, strict=True):
            expect_shape(name, mine, right.shape, "Three parts of H columns: r, z, n.")
            for block in blocks[name]:
                columns = slice("rzn".index(block) * H, "rzn".index(block) * H + H)
                expect_close(
                    f"{name}, the columns of {block}",
                    np.asarray(mine)[:, columns],
                    right[:, columns],
                    HINTS[block] if scale == 1 else "Here `dh_next` is tiny.",
                )


@SUMS.check("n: the way through the tanh, and r between the two sums")
def through_n(student, rng):
    compare(student, rng, {"da": "n", "du": "n"})


@SUMS.check("r: through the candidate alone")
def through_r(student, rng):
    compare(student, rng, {"da": "r", "du": "r"})


@SUMS.check("all columns, stacked r, z, n")
def whole(student, rng):
    compare(student, rng, {"da": "zrn", "du": "zrn"})


@SUMS.check("the caller's arrays are left alone")
def untouched(student, rng):
    dh_next, cache = draw_step(rng)
    got, (dh_after, cache_after) = student.sum_gradients.with_arguments(dh_next, cache)
    want = reference.sum_gradients(dh_next, cache)
    expect_any_close(dict(zip(("da", "du"), got, strict=True)), dict(zip(("da", "du"), want, strict=True)))
    hint = "`dh_next *= …` changes the caller's array; `dn = dh_next * …` makes a new one."
    expect_unchanged(("dh_next",), (dh_after,), (dh_next,), hint)
    expect_unchanged((f"{name} in the cache" for name in CACHED), cache_after, cache, hint)
