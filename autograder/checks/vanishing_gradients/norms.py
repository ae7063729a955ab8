"""The norm of a product of Jacobians over the lag, beside the product of their norms."""

import numpy as np

from autograder.checks.vanishing_gradients import reference
from autograder.compare import as_numbers, expect_close, expect_shape, expect_unchanged
from autograder.spec import Exercise

NAMES = ("norms", "bounds")

NORMS = Exercise(
    "vanish-norms-over-lag",
    functions={"norms_over_lag": reference.norms_over_lag},
    returns={"norms_over_lag": NAMES},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "Go from the last step to the first, and carry two things along: the product so far, a matrix, and the product "
        "of the norms so far, a number. `np.linalg.norm(A, 2)` is the largest singular value of A.",
        "The column vector of a nudge stands on the right: the Jacobian of the *earlier* step acts first. So a step "
        "further back is put on the right: `product = product @ jacobians[t]`.",
        "Begin with `product = np.eye(H)` and `bound = 1.0`. In each round, first take the step in, then append.",
    ),
    explain="The norm of a product is at most the product of the norms. It is smaller wherever one step stretches a "
    "direction that the next one does not stretch as much.",
)


def draw(rng, T, H, size=1.0):
    """Jacobians of no symmetry, with singular values around `size`."""
    return size * (0.15 + rng.standard_normal((T, H, H)) / np.sqrt(H))


def compare(student, jacobians, hint):
    """Each lag for itself: a tiny norm counts as much as a large one."""
    got, want = student.norms_over_lag(jacobians), reference.norms_over_lag(jacobians)
    for name, ours, theirs in zip(NAMES, want, got, strict=True):
        expect_shape(name, theirs, ours.shape, "One number for each lag, from 1 to T.")
        for k, (right, value) in enumerate(zip(ours, as_numbers(name, theirs), strict=True)):
            expect_close(f"{name}[{k}]", value, right, hint)


@NORMS.check("one step: its largest singular value, twice")
def single(student, rng):
    compare(
        student, draw(rng, 1, 3), "With one Jacobian there is one lag, and both numbers are its largest singular value."
    )


@NORMS.check("several steps, from the last one backwards")
def several(student, rng):
    for T, H in ((2, 4), (7, 3)):
        compare(student, draw(rng, T, H), "Entry k - 1 belongs to the last k Jacobians. Which one acts first?")


@NORMS.check("a long chain: the norms get tiny and stay exact")
def long(student, rng):
    compare(student, draw(rng, 60, 4, 0.3), "Lag 60: every factor counts.")


@NORMS.check("rotations shrink nothing, and the caller's array is left alone")
def rotations(student, rng):
    jacobians = np.stack([np.linalg.qr(rng.standard_normal((5, 5)))[0] for _ in range(6)])
    jacobians[2] *= 0.5
    compare(student, jacobians, "All are rotations but the third, which halves everything.")
    jacobians = draw(rng, 4, 3)
    _, (after,) = student.norms_over_lag.with_arguments(jacobians)
    compare(student, jacobians, "")
    expect_unchanged(("jacobians",), (after,), (jacobians,), "`product = jacobians[-1]` followed by `product *= …`?")


def walk(jacobians, norm=lambda A: np.linalg.norm(A, 2), order=None, join=np.matmul, of_bound=None):
    """Norms and bounds with parts exchanged. join(product, J) takes a step in; order gives the steps."""
    product, bound, norms, bounds = np.eye(jacobians.shape[1]), 1.0, [], []
    for J in jacobians[::-1] if order is None else order(jacobians):
        product, bound = join(product, J), bound * (of_bound or norm)(J)
        norms.append(norm(product))
        bounds.append(bound)
    return np.array(norms), np.array(bounds)


def mistake(name, words):
    def add(compute):
        NORMS.mistake(name, words, norms_over_lag=compute)

    return add


def radius(A):
    return np.abs(np.linalg.eigvals(A)).max()


def spectral(A):
    return np.linalg.norm(A, 2)


mistake(
    "the product is in the wrong order",
    "The step further back acts first, so it stands on the right: `product @ J`, not `J @ product`. With two steps: "
    "`jacobians[1] @ jacobians[0]`.",
)(lambda jacobians: walk(jacobians, join=lambda product, J: J @ product))
mistake(
    "counted from the first step",
    "Lag k means the *last* k steps: how the end depends on the state k steps before it. Yours are the first k steps.",
)(lambda jacobians: walk(jacobians, order=lambda a: a, join=lambda product, J: J @ product))
mistake(
    "counted from the first step, and in the wrong order",
    "Lag k means the *last* k steps, and the step further back stands on the right: begin with `jacobians[-1]`, then "
    "`product @ jacobians[-2]`, and so on.",
)(lambda jacobians: walk(jacobians, order=lambda a: a))
mistake(
    "the norms are Frobenius norms",
    "In `norms` write `np.linalg.norm(product, 2)`: without the 2 it is the root of the sum of all squares.",
)(lambda jacobians: walk(jacobians, norm=np.linalg.norm, of_bound=spectral))
mistake(
    "the bounds are made of Frobenius norms",
    "In `bounds` the largest singular values are multiplied: `np.linalg.norm(J, 2)`, with the 2.",
)(lambda jacobians: walk(jacobians, norm=spectral, of_bound=np.linalg.norm))
mistake(
    "the spectral radius is taken for the norm",
    "The largest eigenvalue is no bound for what one product does to a vector. The largest singular value is: "
    "`np.linalg.norm(A, 2)`.",
)(lambda jacobians: walk(jacobians, norm=radius))
mistake(
    "the bounds are made of spectral radii",
    "The product of spectral radii bounds nothing. Multiply the largest singular values: `np.linalg.norm(J, 2)`.",
)(lambda jacobians: walk(jacobians, norm=spectral, of_bound=radius))
mistake(
    "the product of the norms stands for the norm of the product",
    "Both results are products of norms. For `norms` multiply the matrices first, and take one norm of the result.",
)(lambda jacobians: (walk(jacobians)[1], walk(jacobians)[1]))
mistake(
    "the norm of the product stands for the product of the norms",
    "Both results are norms of the product. For `bounds` take the norm of each Jacobian, and multiply these numbers.",
)(lambda jacobians: (walk(jacobians)[0], walk(jacobians)[0]))
mistake(
    "the bounds are counted from the first step",
    "`norms` is right. Entry k - 1 of `bounds` takes the norms of the *last* k Jacobians as well: begin with "
    "`jacobians[-1]`.",
)(lambda jacobians: (walk(jacobians)[0], np.cumprod([spectral(J) for J in jacobians])))
mistake(
    "norms and bounds are exchanged",
    "The numbers are right, the order is `norms, bounds`.",
)(lambda jacobians: walk(jacobians)[::-1])
mistake(
    "the smallest singular value",
    "Singular values come sorted, the largest first. The last one says how far the *shortest* stretch goes.",
)(lambda jacobians: walk(jacobians, norm=lambda A: np.linalg.norm(A, -2)))
mistake(
    "the matrices are multiplied number by number",
    "`*` multiplies entry by entry. Steps follow one another by the matrix product `@`.",
)(
    lambda jacobians: (
        np.array(
            [np.linalg.norm(np.prod(jacobians[len(jacobians) - k :], axis=0), 2) for k in range(1, len(jacobians) + 1)]
        ),
        walk(jacobians)[1],
    )
)
mistake(
    "lag 0 is counted as well",
    "The first entry belongs to lag 1, the last Jacobian alone. Take the step in first, then append.",
)(lambda jacobians: tuple(np.concatenate([[1.0], values]) for values in walk(jacobians)))
mistake(
    "everything is one lag late",
    "The first entry is 1: it was appended before the last Jacobian was taken in. Take the step in first, then append.",
)(lambda jacobians: tuple(np.concatenate([[1.0], values[:-1]]) for values in walk(jacobians)))
mistake(
    "the longest lag stands first",
    "Entry 0 belongs to lag 1. Yours are sorted the other way.",
)(lambda jacobians: tuple(values[::-1] for values in walk(jacobians)))
mistake(
    "the norms of the bound are added, not multiplied",
    "Steps follow one another, and each stretches what the one before has stretched: multiply their norms.",
)(lambda jacobians: (walk(jacobians)[0], np.cumsum([spectral(J) for J in jacobians[::-1]])))
mistake(
    "the logarithm is returned",
    "The norms themselves are wanted; the drawing takes the logarithm.",
)(lambda jacobians: tuple(np.log10(values) for values in walk(jacobians)))
mistake(
    "the norms of single steps",
    "Each entry of `norms` is that of one Jacobian. Multiply the matrices on the way: the product of the last k.",
)(lambda jacobians: (np.array([spectral(J) for J in jacobians[::-1]]), walk(jacobians)[1]))
mistake(
    "only the norm of the longest lag",
    "One number for each lag is wanted, from 1 to T: append in every round.",
)(lambda jacobians: tuple(values[-1] for values in walk(jacobians)))
