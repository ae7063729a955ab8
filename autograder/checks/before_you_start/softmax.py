"""From scores to probabilities."""

from autograder.checks.before_you_start import reference
from autograder.compare import expect_close, expect_finite, expect_unchanged
from autograder.spec import Exercise

SOFTMAX = Exercise(
    "start-softmax",
    functions={"softmax": reference.softmax},
    returns={"softmax": ("p",)},
    points=2,
    minutes=12,
    hints=(
        "Begin with `np.exp(a)`, then divide by a sum. Along which axis, and how must the sum's shape be?",
        "`keepdims=True` keeps the summed axis with size 1, so that (N, 1) broadcasts over (N, V).",
        "For large scores: subtract from every row its own maximum, `a.max(axis=-1, keepdims=True)`. The ratio stays.",
    ),
    explain="Subtracting a row's maximum divides numerator and denominator by one number: nothing changes, but the "
    "largest exponential is exp(0) = 1 and cannot overflow.",
)


@SOFTMAX.check("values agree, for any number of axes")
def softmax_values(student, rng):
    for shape in ((4, 4), (3, 5), (4,), (2, 3, 7)):
        a = rng.normal(0.5, 2, shape)
        hint = f"a has shape {shape}; the probabilities sum to 1 along the last axis."
        expect_close("p", student.softmax(a), reference.softmax(a), hint=hint)


@SOFTMAX.check("scores of a thousand, up and down")
def softmax_large(student, rng):
    a = rng.normal(0.5, 2, (3, 5))
    a[0] += 1000
    a[1, rng.integers(5)] += 1000
    a[2] -= 1000
    p = student.softmax(a)
    own = "Each row has its own largest score."
    expect_finite("p", p, hint=f"exp(1000) is more than a number can hold, and exp(-1000) is 0. {own}")
    expect_close("p", p, reference.softmax(a), hint=own, rtol=1e-6)


@SOFTMAX.check("the caller's array is left alone")
def softmax_untouched(student, rng):
    a = rng.normal(0.5, 2, (2, 6))
    p, after = student.softmax.with_arguments(a)
    expect_close("p", p, reference.softmax(a))
    expect_unchanged("a", after, (a,), "`a -= …` changes the caller's array; `a - …` makes a new one.")
