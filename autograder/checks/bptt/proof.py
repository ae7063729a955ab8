"""How a gradient is put to the test, and what the test does not prove."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.compare import expect, expect_close, expect_equal
from autograder.spec import Exercise, Written

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
        directions[name] = length * _unit(g + 0.3 * np.linalg.norm(g) * _unit(rng.standard_normal(g.shape)))
    return loss, params, grads, directions


def _unit(d):
    return d / np.linalg.norm(d)


def compare(student, loss, params, grads, directions, hint="", eps=1e-5):
    got = student.gradient_errors(loss, params, grads, directions, eps)
    expect(
        isinstance(got, dict),
        f"gradient_errors returns a dict from name to error; yours returned {type(got).__name__}.",
    )
    expect_equal("the names in the result", sorted(got), sorted(directions))
    want = reference.gradient_errors(loss, params, grads, directions, eps)
    for name in directions:
        expect_number(f"error of {name}", got[name])
        expect_close(f"error of {name}", got[name], want[name], hint, rtol=1e-6)


def expect_number(name, got):
    """An array of one entry is no number."""
    array = isinstance(got, np.ndarray) and got.ndim > 0
    expect(not array, f"{name}: expected a number, not an array; got one of shape {np.shape(got) if array else ()}.")


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
    for name in directions:
        expect_number(f"error of {name}", errors[name])
        expect(
            0 <= errors[name] < 1e-7,
            f"error of {name}: expected below 1e-7 for a right gradient, got {errors[name]:.3g}.",
        )
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
    params["unused"], grads["unused"], directions["unused"] = np.ones(2), np.zeros(2), _unit(np.ones(2))
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
    for name in params:
        expect_close(f"error of {name}", got[name], 0.5, rtol=1e-3)
        expect_equal(f"{name} after the call", after[1][name], params[name], "Move a copy, not the parameter itself.")


def mistake(name, words):
    """Name a wrong test by what it makes of the slope and the gradient's own answer."""

    def add(compute, numeric=None):
        def wrong(loss, params, grads, directions, eps=1e-5):
            errors = {}
            for each, d in directions.items():
                up, middle, down = (loss({**params, each: params[each] + s * eps * d}) for s in (1, 0, -1))
                slope = numeric(up, middle, down, eps) if numeric else (up - down) / (2 * eps)
                errors[each] = float(compute(np.sum(grads[each] * d), slope))
            return errors

        ERRORS.mistake(name, words, gradient_errors=wrong)

    return add


def relative(a, n):
    size = max(abs(a), abs(n))
    return abs(a - n) / size if size != 0 else 0.0


mistake(
    "the error is absolute",
    "The bare difference of two tiny numbers is tiny, right or wrong. Divide by the larger of the two magnitudes.",
)(lambda a, n: abs(a - n))
mistake(
    "the error is divided by at least 1",
    "`max(1, …)` in the divisor makes the error absolute for everything below 1. Divide by the larger magnitude alone.",
)(lambda a, n: abs(a - n) / max(1, abs(a), abs(n)))
mistake(
    "the divisor holds a constant",
    "A constant such as 1e-8 beside a gradient of 1e-7 is not small any more. Treat the case of two zeros by itself.",
)(lambda a, n: abs(a - n) / (abs(a) + abs(n) + 1e-8))
mistake(
    "small numbers count as zero",
    "With a limit such as 1e-10, below which the error is 0, every tiny gradient passes. Only exact zeros are free.",
)(lambda a, n: relative(a, n) if max(abs(a), abs(n)) > 1e-10 else 0.0)
mistake(
    "the error is divided by the sum of both magnitudes",
    "That is a relative error too, with another scale. Here the divisor is the larger of the two.",
)(lambda a, n: abs(a - n) / (abs(a) + abs(n)) if a or n else 0.0)
mistake(
    "the error is divided by the measured slope alone",
    "With a slope of 0 this divides by 0. Divide by the larger of the two magnitudes.",
)(lambda a, n: np.divide(abs(a - n), abs(n)))
mistake(
    "the error has a sign",
    "An error below zero looks smaller than every limit. Take the magnitude of the difference.",
)(lambda a, n: (a - n) / max(abs(a), abs(n)) if a or n else 0.0)
mistake(
    "the magnitudes are missing in the divisor",
    "Of two slopes below zero `max(a, n)` picks the smaller magnitude, and the error gets a sign. The divisor is "
    "`max(abs(a), abs(n))`.",
)(lambda a, n: abs(a - n) / max(a, n) if max(a, n) != 0 else 0.0)
mistake(
    "the difference is divided by eps, not by 2 eps",
    "From one point to the other it is two steps of `eps`.",
)(relative, lambda up, middle, down, eps: (up - down) / eps)
mistake(
    "the difference goes to one side only",
    "(L(θ + εd) - L(θ)) / ε is off by a term in ε. The difference over both sides is off by ε² only.",
)(relative, lambda up, middle, down, eps: (up - middle) / eps)


mistake(
    "two zeros are not thought of",
    "An unused parameter has slope 0 and gradient 0, and 0 / 0 is no number. Say that this error is 0.",
)(lambda a, n: np.divide(abs(a - n), max(abs(a), abs(n))))


@ERRORS.mistake(
    "the directions are made to length 1",
    "The slope along a direction belongs to that direction, and `eps` to its length. Use `directions[name]` as it is.",
)
def to_unit(loss, params, grads, directions, eps=1e-5):
    directions = {name: _unit(d) for name, d in directions.items()}
    return reference.gradient_errors(loss, params, grads, directions, eps)


@ERRORS.mistake(
    "every parameter is tested, with a direction or without",
    "`params` may hold names for which `directions` has nothing. Go through the names in `directions`.",
)
def every_parameter(loss, params, grads, directions, eps=1e-5):
    directions = {name: directions[name] for name in params}
    return reference.gradient_errors(loss, params, grads, directions, eps)


@ERRORS.mistake(
    "all arrays are moved at once",
    "The slope of all arrays together is not that of one. Move the array that is tested and leave the others alone.",
)
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    up, down = (loss({k: p + s * eps * directions[k] for k, p in params.items()}) for s in (1, -1))
    return {k: float(relative(np.sum(grads[k] * d), (up - down) / (2 * eps))) for k, d in directions.items()}


def moved_in_place(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        params[name] += eps * d
        above = loss(params)
        params[name] -= 2 * eps * d
        slope, ours = (above - loss(params)) / (2 * eps), np.sum(grads[name] * d)
        params[name] += eps * d
        errors[name] = float(relative(ours, slope))
    return errors


ERRORS.mistake(
    "the parameters are moved in place",
    "`params[name] += …` writes into the caller's array; moving back leaves a rounding error. Move a copy.",
    gradient_errors=moved_in_place,
)

LIMITS = Written(
    "bptt-check-limits",
    model="A passed check proves that the gradient belongs to the loss that was called, at the point and along the "
    "directions that were tried. It does not prove that this loss is the one I want: with a target shifted by one"
    " step, loss and gradient agree, and the net learns the wrong thing. I would compute the loss of a tiny "
    "example by hand. It does not prove the gradient at other points: with h0 = 0 the first step's share of W_hh "
    "is zero, so a program that loses it passes; with a symmetric W_hh a missing transpose passes. I would check "
    "at random weights, with an initial state that is not zero and sizes that all differ. And it proves nothing "
    "when the tolerance is absolute and the gradient tiny: I would use the relative error.",
    rubric=(
        "Says that the check compares the gradient with this loss, so a wrong loss is not noticed.",
        "Names a special point at which a wrong program passes (h0 = 0, symmetric weights, one step, …) and says why.",
        "Names the tolerance: absolute against relative.",
    ),
    points=3,
    minutes=10,
    difficulty=2,
)
