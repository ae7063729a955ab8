"""Slopes sent back through tanh."""

import numpy as np

from autograder.checks.before_you_start import reference
from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise

TANH = Exercise(
    "start-tanh-backward",
    functions={"tanh_backward": reference.tanh_backward},
    returns={"tanh_backward": ("dx",)},
    points=1,
    minutes=8,
    hints=(
        "The square above: `dx = dy * 2 * x`. Here the slope is another one, the pattern is the same.",
        "`1 - y**2` is the slope of every element. What came back from the loss multiplies it, element by element.",
    ),
    explain="tanh works on each element by itself, so its Jacobian is diagonal and the product is one by elements.",
)


@TANH.check("values agree, for any number of axes")
def tanh_values(student, rng):
    for shape in ((3, 5), (4,), (2, 3, 7)):
        dy, y = rng.standard_normal(shape), np.tanh(rng.normal(0.3, 1, shape))
        hint = "The slope of tanh, written with its result y, times what came back."
        expect_close("dx", student.tanh_backward(dy, y), reference.tanh_backward(dy, y), hint=hint)


@TANH.check("the caller's arrays are left alone")
def tanh_untouched(student, rng):
    dy, y = rng.standard_normal((2, 5)), np.tanh(rng.normal(0.3, 1, (2, 5)))
    dx, after = student.tanh_backward.with_arguments(dy, y)
    expect_close("dx", dx, reference.tanh_backward(dy, y))
    expect_unchanged(("dy", "y"), after, (dy, y), "`dy *= …` changes the caller's array.")


def _tanh_in_place(dy, y):
    dy *= 1 - y**2
    return dy


for _name, _words, _version in (
    (
        "tanh is taken twice",
        "y is already tanh(x). `1 - np.tanh(y)**2` is the slope at another place; with y at hand it is `1 - y**2`.",
        lambda dy, y: dy * (1 - np.tanh(y) ** 2),
    ),
    ("the square is missing", "The slope of tanh is 1 - y², not 1 - y.", lambda dy, y: dy * (1 - y)),
    (
        "what came back is left out",
        "1 - y² says how x moves y. How y moves the loss stands in dy, and the chain rule multiplies the two.",
        lambda dy, y: 1 - y**2,
    ),
    (
        "the slope of the sigmoid",
        "y (1 - y) is the slope of another function, the sigmoid. For tanh it is 1 - y².",
        lambda dy, y: dy * y * (1 - y),
    ),
    (
        "divided by the slope",
        "The forward map turns a change of x into one of y by multiplying with the slope, and the loss feels it "
        "through the same factor: multiply.",
        lambda dy, y: dy / (1 - y**2),
    ),
    ("dy is changed in place", "`dy *= …` writes into the caller's array. `dy * …` makes a new one.", _tanh_in_place),
):
    TANH.mistake(_name, _words, tanh_backward=_version)
