"""How a gradient is put to the test."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.compare import expect, expect_close, expect_finite, expect_names, expect_shape, expect_unchanged
from autograder.spec import Exercise
from autograder.wording import number

ERRORS = Exercise(
    "bptt-gradient-errors",
    functions={"gradient_errors": reference.gradient_errors},
    returns={"gradient_errors": ("errors",)},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "One name at a time: a copy of `params` in which only this array is moved. `{**params, name: moved}` "
        "makes one.",
        "`slope = (loss(above) - loss(below)) / (2 * eps)`; the gradient's own answer is `np.sum(grads[name] * d)`.",
        "Divide the difference by the larger of the two magnitudes. Where both are 0, the error is 0.",
        "`moved = params[name] + eps * d` makes a new array; `params[name] += eps * d` changes the caller's.",
    ),
    explain="Along one direction a gradient predicts one number, the slope. Two calls of the loss measure it. Divided "
    "by the size of the numbers themselves, the error means the same for large and for tiny gradients.",
)


def draw(rng, size=1.0):
    """A loss of two arrays whose slope is known, its parameters, gradients and directions."""
    params = {"W": rng.standard_normal((3, 4)), "b": rng.standard_normal(4)}
    x = rng.standard_normal((2, 3))

    def loss(p):
        return float(size * np.sum(np.tanh(x @ p["W"] + p["b"])))

    slope = size * (1 - np.tanh(x @ params["W"] + params["b"]) ** 2)
    grads = {"W": x.T @ slope, "b": slope.sum(axis=0)}
    directions = {}
    for name, length in (("W", 1.7), ("b", -0.6)):  # one uphill and one downhill, of unequal lengths
        g = grads[name]
        directions[name] = length * unit_length(g + 0.3 * np.linalg.norm(g) * unit_length(rng.standard_normal(g.shape)))
    return loss, params, grads, directions


def unit_length(d):
    return d / np.linalg.norm(d)


def compare(student, loss, params, grads, directions, hint="", eps=1e-5):
    got = student.gradient_errors(loss, params, grads, directions, eps)
    expect_names("errors", got, directions)
    want = reference.gradient_errors(loss, params, grads, directions, eps)
    for name in directions:
        expect_finite(f"error of {name}", got[name], "Is something divided by 0?")
        expect_close(f"error of {name}", got[name], want[name], hint, rtol=1e-6)


@ERRORS.check("a wrong gradient gets its relative error")
def sizes(student, rng):
    for factors in ((1.5, 0.4), (-0.8, 3.0)):
        loss, params, grads, directions = draw(rng)
        grads = {"W": factors[0] * grads["W"], "b": factors[1] * grads["b"]}
        hint = "|ours - slope| divided by the larger of |ours| and |slope|, with the step `eps` that is handed in."
        compare(student, loss, params, grads, directions, hint, eps=1e-2)


@ERRORS.check("a right gradient gets an error near zero", replay=False)  # what is left there is rounding
def near_zero(student, rng):
    loss, params, grads, directions = draw(rng)
    errors = student.gradient_errors(loss, params, grads, directions)
    expect_names("errors", errors, directions)
    for name in directions:
        expect_shape(f"error of {name}", errors[name], ())
        words = f"error of {name}: expected below 1e-7 for a right gradient, got {number(errors[name])}."
        expect(bool(0 <= errors[name] < 1e-7), words)
    compare(student, loss, params, {**grads, "b": 2 * grads["b"]} | {"W": 3 * grads["W"]}, directions)


@ERRORS.check("a tiny gradient that is 9 times too large is caught")
def tiny(student, rng):
    for size in (1e-7, 1e-12):
        loss, params, grads, directions = draw(rng, size)
        hint = "The error has to be relative, however small the numbers are."
        compare(student, loss, params, {name: 9 * g for name, g in grads.items()}, directions, hint)


@ERRORS.check("a forgotten gradient has error 1, and an unused parameter error 0")
def zeros(student, rng):
    loss, params, grads, directions = draw(rng)
    params["unused"], grads["unused"], directions["unused"] = np.ones(2), np.zeros(2), unit_length(np.ones(2))
    compare(student, loss, params, {**grads, "b": 0 * grads["b"], "W": 2 * grads["W"]}, directions)


@ERRORS.check("only what has a direction is tested")
def some(student, rng):
    loss, params, grads, directions = draw(rng)
    directions.pop("W")
    compare(student, loss, params, {"W": grads["W"], "b": 0.3 * grads["b"]}, directions)


@ERRORS.check("the parameters are left alone")
def untouched(student, rng):
    loss, params, grads, directions = draw(rng)
    doubled = {name: 2 * g for name, g in grads.items()}
    got, after = student.gradient_errors.with_arguments(loss, params, doubled, directions)
    expect_names("errors", got, directions)
    for name in params:
        expect_close(f"error of {name}", got[name], 0.5, rtol=1e-3)
        expect_unchanged((name,), (after[1][name],), (params[name],), "Move a copy, not the parameter itself.")
