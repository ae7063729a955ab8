"""Features on one scale: mean and standard deviation of each, over the rows of a training set."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import expect_close, expect_finite, expect_shape, expect_unchanged
from autograder.spec import Exercise

STANDARDISE = Exercise(
    "start-standardise",
    functions={"standardise": reference.standardise},
    returns={"standardise": ("z",)},
    points=2,
    minutes=10,
    hints=(
        "The mean has one number for each feature, so its shape is (D,). Which axis must vanish?",
        "`x_train.mean(axis=0)` runs down the rows. `(D,)` lines up with the last axis of `x` by itself.",
        "`np.where(std > 0, std, 1.0)` replaces the zeros before you divide.",
    ),
    explain="`axis=0` is the axis that vanishes: (N, D) becomes (D,), which broadcasts over the rows of x.",
)


def draw(rng, M=4, N=9, D=3):
    """Rows to convert and rows to learn from, whose features differ in place and size."""
    place, size = rng.uniform(-5, 5, D), rng.uniform(2, 6, D)
    return [place + size * rng.standard_normal((rows, D)) for rows in (M, N)]


@STANDARDISE.check("values agree with the reference")
def values(student, rng):
    for D in (3, 6):
        x, x_train = draw(rng, D=D)
        expect_close(
            "z",
            student.standardise(x, x_train),
            reference.standardise(x, x_train),
            hint="Mean and standard deviation: one for each feature, over the rows of x_train.",
        )


@STANDARDISE.check("as many rows as features: a wrong axis cannot hide")
def square(student, rng):
    x, x_train = draw(rng, M=5, N=5, D=5)
    hint = "Is it the right axis? Here all sizes are equal, so that a wrong one runs without an error."
    expect_close("z", student.standardise(x, x_train), reference.standardise(x, x_train), hint=hint)


@STANDARDISE.check("a feature that never varies, and one in tiny units")
def odd_features(student, rng):
    x, x_train = draw(rng, D=4)
    x_train[:, 2] *= 1e-10
    x[:, 2] *= 1e-10
    z, want = student.standardise(x, x_train), reference.standardise(x, x_train)
    expect_shape("z", z, want.shape)
    expect_close("z of the first two features", np.asarray(z)[:, :2], want[:, :2])
    expect_close("z, with one feature in tiny units", z, want, hint="Divide by the standard deviation, however small.")
    x_train[:, 1], x[:, 1] = 3.0, 3.0 + np.arange(len(x))
    z, want = student.standardise(x, x_train), reference.standardise(x, x_train)
    name, hint = "z, with one feature that never varies", "Divide by 1 where the standard deviation is 0."
    expect_finite(name, z, hint=hint)
    expect_close(name, z, want, hint=hint)


@STANDARDISE.check("the caller's arrays are left alone")
def untouched(student, rng):
    x, x_train = draw(rng)
    z, after = student.standardise.with_arguments(x, x_train)
    expect_close("z", z, reference.standardise(x, x_train))
    expect_unchanged(("x", "x_train"), after, (x, x_train), "`x -= …` changes the caller's array.")
