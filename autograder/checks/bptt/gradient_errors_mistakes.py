"""Wrong tests of a gradient, known by name."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.gradient_errors import ERRORS, unit_length


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
    directions = {name: unit_length(d) for name, d in directions.items()}
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
