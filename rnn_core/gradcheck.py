"""Prove a gradient: compare it with differences of the loss, by a purely relative error.

An absolute tolerance would let a gradient of 1e-7 pass that is nine times too large. What limits the
comparison is the rounding of the loss: a gradient below some 1e-10 of it cannot be confirmed.
Source of the differences: Ridders (1982), Accurate computation of F'(x) and F'(x)F''(x).
"""

import numpy as np

from rnn_core.errors import DtypeError, check_names, check_shapes


def relative_error(a, n):
    """|a - n| divided by the larger of |a| and |n|: 0 if equal (both 0 too), infinite if not finite.

    Shapes: a, n of one shape, taken as vectors; for one number each this is the error of that number.
    Returns: float from 0 to 2. Raises: ShapeError if the shapes differ.
    """
    a, n = np.asarray(a, float), np.asarray(n, float)
    check_shapes(n=(n, a.shape))
    if not (np.isfinite(a).all() and np.isfinite(n).all()):
        return np.inf
    size = max(np.abs(a).max(initial=0), np.abs(n).max(initial=0))
    if size == 0:
        return 0.0
    a, n = a / size, n / size  # or else the squares of vanished gradients would round to 0
    return float(np.linalg.norm(a - n) / max(np.linalg.norm(a), np.linalg.norm(n)))


def derivative(f, eps=0.1, halvings=16):
    """The slope of f at 0, from differences over ever smaller steps.

    A difference over +-s is off by a term in s^2, one in s^4, and so on; combining the steps s and s/2
    removes one term after the other. Small steps suffer from rounding and large ones from curvature, so
    that the answer is the entry of the table that agrees best with its neighbours.

    Shapes: f takes a float and gives one. Returns: float.
    """
    best, least, row = np.nan, np.inf, []
    for k in range(halvings):
        s = eps / 2**k
        ahead, behind = f(s), f(-s)
        rounding = np.finfo(float).eps * max(abs(ahead), abs(behind)) / s
        above, row = row, [(ahead - behind) / (2 * s)]
        for j, old in enumerate(above):
            row.append(row[j] + (row[j] - old) / (4 ** (j + 1) - 1))
            error = max(abs(row[j + 1] - row[j]), abs(row[j + 1] - old), rounding)
            if error < least:
                best, least = row[j + 1], error
        if least <= 1e-11 * abs(best):
            break
    return best


def check_directions(loss, params, grads, rng, directions=3, eps=0.1):
    """Compare gradients with the slope of the loss along random directions: few calls, every element seen.

    Shapes: params and grads are dicts of float64 arrays; loss(params) is a float.
    Units: eps is the largest step, in units of the parameters.
    Returns: dict from each name in grads to its relative error; below 1e-7 for a right gradient.
    Raises: DtypeError unless the parameters are float64; ShapeError; NameMismatchError.
    """
    _check(params, grads)
    errors = {}
    for name, g in grads.items():
        analytic, numeric = [], []
        for _ in range(directions):
            d = rng.standard_normal(g.shape)
            d /= max(1.0, np.linalg.norm(d))  # a step of eps moves the parameters by eps
            analytic.append(np.sum(g * d))
            numeric.append(derivative(_along(loss, params, name, d), eps))
        errors[name] = relative_error(analytic, numeric)  # over all: one direction may have no slope
    return errors


def check_elements(loss, params, grads, eps=0.1):
    """Compare every element of every gradient with a difference: slow, and shows where it is wrong.

    Shapes and Raises: as for `check_directions`.
    Returns: dict from each name in grads to an array of relative errors, of the shape of the parameter.
    """
    _check(params, grads)
    errors = {name: np.empty(g.shape) for name, g in grads.items()}
    for name, g in grads.items():
        for index in np.ndindex(g.shape):
            d = np.zeros(g.shape)
            d[index] = 1
            errors[name][index] = relative_error(g[index], derivative(_along(loss, params, name, d), eps))
    return errors


def _along(loss, params, name, d):
    """The loss as a function of the step along d in one parameter; the caller's arrays stay unchanged."""
    return lambda s: float(loss({**params, name: params[name] + s * d}))


def _check(params, grads):
    check_names("grads", grads, params)
    for name, g in grads.items():
        check_shapes(**{f"gradient of {name}": (g, np.shape(params[name]))})
        if np.asarray(params[name]).dtype != np.float64:
            raise DtypeError(f"{name}: expected float64 (differences need it), got {params[name].dtype}")
