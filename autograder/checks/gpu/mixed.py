"""Loss scaling: gradients in half precision, weights in single precision."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.compare import RTOL, as_numbers, expect, expect_close, expect_equal, expect_names, expect_unchanged
from autograder.spec import Exercise

NAMES = ("W_hh", "b")

MIXED = Exercise(
    "gpu-mixed",
    functions={"scaled_step": reference.scaled_step},
    returns={"scaled_step": ("params", "scale", "good")},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "First look whether every number of every gradient is finite: `np.isfinite(g).all()`. One that is not spoils "
        "the whole step.",
        "`grads[name] / scale` is computed in float16, where numbers below some 6e-8 are 0. What comes first: "
        "`astype(np.float32)`, or the division?",
        "Three ends: not finite, `params, scale / 2, 0`. Finite, and this is the `patience`-th in a row: `scale * 2` "
        "and 0. Else `scale, good + 1`.",
    ),
    explain="The scale moves the gradients into the range that float16 has, and is taken out again in float32. Nobody "
    "knows the best scale beforehand: it goes up until something overflows, that step is lost, and it goes down again.",
)


def draw(rng, H=3, size=1.0, scale=1024.0):
    """params in float32 and gradients in float16 of the loss times the scale, both about as large as `size` says."""
    shapes = {"W_hh": (H, H + 1), "b": (2 * H,)}
    params = {name: (size * (0.5 + rng.standard_normal(shape))).astype(np.float32) for name, shape in shapes.items()}
    grads = {
        name: (size * scale * (0.3 + rng.standard_normal(p.shape))).astype(np.float16) for name, p in params.items()
    }
    return params, grads


def compare_params(params, right, hint=""):
    """The reference computes in float32, and so closely is it known, whatever the student computes in."""
    expect_names("params", params, NAMES)
    for name in NAMES:
        finite = np.isfinite(as_numbers(name, params[name])).all()
        expect(finite, f"{name}: expected finite numbers, got some that are not. {hint}")
        expect_close(name, params[name], right[name], hint, RTOL["float32"])


def compare(student, args, hint):
    params, scale, good = student.scaled_step(*args)
    right, right_scale, right_good = reference.scaled_step(*args)
    compare_params(params, right, hint)
    return (scale, right_scale), (good, right_good)


@MIXED.check("a good step: the scale is taken out again, and the weights go down the gradient")
def good_step(student, rng):
    for H, scale, good in ((3, 1024.0, 0), (4, 64.0, 2)):
        params, grads = draw(rng, H, scale=scale)
        scales, goods = compare(student, (params, grads, scale, good, 0.3, 7), "params - lr * gradient / scale.")
        expect_equal("scale", *scales, "Nothing overflowed, and there were not yet `patience` good steps.")
        expect_equal("good", *goods, "One good step more.")


@MIXED.check("a gradient that float16 would round to 0 still counts")
def tiny(student, rng):
    scale = 2.0**15
    params, grads = draw(rng, 3, size=3e-8, scale=scale)
    compare(student, (params, grads, scale, 1, 0.5, 6), "In which precision is the scale taken out?")


@MIXED.check("not finite: no weight moves, the scale is halved, the count begins anew")
def overflow(student, rng):
    both = {"b": (np.inf, 2), "W_hh": (np.nan, (0, 3))}  # tells who looks for neither from who looks for one kind
    for bad in (both, {"b": (np.inf, 2)}, {"W_hh": (-np.inf, (1, 2))}, {"W_hh": (np.nan, (0, 3))}):
        params, grads = draw(rng, 3, scale=512.0)
        for name, (number, place) in bad.items():
            grads[name][place] = number
        args = (params, grads, 512.0, 3, 0.3, 4)
        found = " and ".join(f"one {number} in {name}" for name, (number, _) in bad.items())
        scales, goods = compare(student, args, f"There is {found}: the whole step is left out, for all weights.")
        expect_equal("scale", *scales, "It was too large: half of it is tried next.")
        expect_equal("good", *goods, "An overflow ends the row of good steps.")


@MIXED.check("after `patience` good steps in a row the scale is doubled, and the count begins anew")
def doubled(student, rng):
    good, scale, params = 1, 256.0, draw(rng, 3)[0]
    for step in range(5):  # 3 is reached with the second step and with the fifth
        grads = draw(rng, 3, scale=scale)[1]
        args = (params, grads, scale, good, 0.2, 3)
        scales, goods = compare(student, args, "params - lr * gradient / scale.")
        hint = f"patience = 3, and good was {good}, before a step without overflow."
        expect_equal(f"scale after step {step + 1}", *scales, hint)
        expect_equal(f"good after step {step + 1}", *goods, hint)
        params, scale, good = reference.scaled_step(*args)


@MIXED.check("the caller's arrays are left alone")
def untouched(student, rng):
    params, grads = draw(rng)
    (got, _, _), after = student.scaled_step.with_arguments(params, grads, 1024.0, 0, 0.3, 5)
    compare_params(got, reference.scaled_step(params, grads, 1024.0, 0, 0.3, 5)[0])
    for what, now, was in zip(("params", "grads"), after, (params, grads), strict=False):
        expect(now.keys() == was.keys(), f"{what} after the call: expected the names {', '.join(was)}.")
        expect_unchanged([f"{what}[{n}]" for n in was], now.values(), was.values(), "`p -= …` changes the caller's.")
