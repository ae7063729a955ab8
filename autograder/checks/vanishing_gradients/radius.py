"""A matrix scaled to a spectral radius."""

import numpy as np

from autograder.checks.vanishing_gradients import reference
from autograder.compare import as_numbers, expect_close, expect_finite, expect_shape, expect_unchanged
from autograder.spec import Exercise

RADIUS = Exercise(
    "vanish-spectral-radius",
    functions={"scale_to_radius": reference.scale_to_radius},
    returns={"scale_to_radius": ("scaled",)},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "`np.linalg.eigvals(W)` gives the eigenvalues, complex where they are so. Which number do you need of each?",
        "The magnitude, `np.abs`, also of complex numbers. The spectral radius is the largest magnitude.",
        "If W has the radius 2, then 3 W has the radius 6. So the factor is `radius / (the radius of W)`.",
    ),
    explain="Eigenvalues scale with the matrix, so one division and one product do it. The matrix keeps its "
    "directions: only how far everything is stretched changes.",
)


def turned(rng, block, H=5):
    """A matrix (H, H) with these eigenvalues of `block` as its largest, and small others, seen from a random basis."""
    A = np.diag(0.3 * rng.uniform(-1, 1, H))
    A[: len(block), : len(block)] = block
    basis = np.eye(H) + 0.3 * rng.standard_normal((H, H)) / np.sqrt(H)
    return basis @ A @ np.linalg.inv(basis)


def compare(student, W, radius, hint):
    scaled = student.scale_to_radius(W, radius)
    expect_shape("scaled", scaled, W.shape)
    expect_finite("scaled", scaled)
    reached = float(np.abs(np.linalg.eigvals(as_numbers("scaled", scaled).astype(float))).max())
    expect_close("spectral radius of the result", reached, radius, hint, rtol=1e-3)
    expect_close(
        "scaled", scaled, reference.scale_to_radius(W, radius), "All numbers of W get one and the same factor."
    )


@RADIUS.check("a usual matrix")
def usual(student, rng):
    for radius in (0.9, 1.7):
        W = rng.standard_normal((6, 6)) / 2
        compare(student, W, radius, "Where does the largest eigenvalue of the result lie?")


@RADIUS.check("the largest eigenvalues are a complex pair")
def pair(student, rng):
    angle = rng.uniform(1.8, 2.6)
    block = 1.4 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    compare(
        student,
        turned(rng, block),
        0.8,
        "A rotation by a large angle: its eigenvalues are complex, with a negative real part.",
    )


@RADIUS.check("the largest eigenvalue is negative")
def negative(student, rng):
    compare(
        student, turned(rng, np.diag([-1.6, 0.7])), 1.1, "The largest magnitude belongs to a negative eigenvalue here."
    )


@RADIUS.check("a norm far above the radius")
def sheared(student, rng):
    W = np.triu(2 + rng.standard_normal((5, 5)), 1) + np.diag([0.2, -0.4, 0.5, 0.6, 0.9])
    compare(student, W, 0.7, "The largest singular value of this matrix is several times its spectral radius.")


@RADIUS.check("the caller's matrix is left alone")
def untouched(student, rng):
    W = rng.standard_normal((4, 4))
    scaled, (after, _) = student.scale_to_radius.with_arguments(W, 0.7)
    expect_close("scaled", scaled, reference.scale_to_radius(W, 0.7))
    expect_unchanged(("W",), (after,), (W,), "`W *= …` writes into the caller's matrix; `W * …` makes a new one.")


def mistake(name, words):
    """Name a wrong scaling by the number that stands for the radius of W."""

    def add(size):
        RADIUS.mistake(name, words, scale_to_radius=lambda W, radius: W * (radius / size(W)))

    return add


def eigenvalues(W):
    return np.linalg.eigvals(W)


mistake(
    "the largest singular value is taken for the spectral radius",
    "`np.linalg.norm(W, 2)` says how far W stretches a vector once. The spectral radius is the largest magnitude of "
    "an eigenvalue: `np.abs(np.linalg.eigvals(W)).max()`.",
)(lambda W: np.linalg.norm(W, 2))
mistake(
    "the Frobenius norm is taken for the spectral radius",
    "`np.linalg.norm(W)` is the root of the sum of all squares. The spectral radius comes from the eigenvalues.",
)(np.linalg.norm)
mistake(
    "the real parts are compared",
    "A complex eigenvalue turns and stretches, by its magnitude. Take `np.abs` of it, not `.real`.",
)(lambda W: eigenvalues(W).real.max())
mistake(
    "the magnitudes of the real parts are compared",
    "A complex eigenvalue turns and stretches, by its magnitude. Take `np.abs` of the complex number, not of `.real`.",
)(lambda W: np.abs(eigenvalues(W).real).max())
mistake(
    "the absolute value is forgotten",
    "`max` of complex numbers compares real parts first. The radius is the largest *magnitude*: `np.abs` before `max`.",
)(lambda W: eigenvalues(W).max())
mistake(
    "the absolute value is taken too late",
    "`abs(max(…))` picks the eigenvalue with the largest real part first. Magnitudes first, then the largest of them.",
)(lambda W: np.abs(eigenvalues(W).max()))
mistake(
    "the eigenvalue that happens to stand first",
    "`np.linalg.eigvals` does not sort. Take the largest of the magnitudes.",
)(lambda W: np.abs(eigenvalues(W)[0]))
mistake(
    "the smallest magnitude",
    "The spectral radius is the *largest* magnitude of an eigenvalue.",
)(lambda W: np.abs(eigenvalues(W)).min())
mistake(
    "the mean of the magnitudes",
    "The spectral radius is the largest magnitude of an eigenvalue, not their mean.",
)(lambda W: np.abs(eigenvalues(W)).mean())
mistake(
    "eigenvalues as if W were symmetric",
    "`eigvalsh` reads one triangle of the matrix and takes the other for its mirror image. W is not symmetric: "
    "`eigvals`.",
)(lambda W: np.abs(np.linalg.eigvalsh(W)).max())
mistake(
    "the largest entry of W",
    "`np.abs(W).max()` is the largest weight. The spectral radius comes from the eigenvalues.",
)(lambda W: np.abs(W).max())
mistake(
    "the root is taken",
    "Singular values are roots of eigenvalues of `W.T @ W`. The eigenvalues of W itself are used as they are.",
)(lambda W: np.sqrt(np.abs(eigenvalues(W)).max()))


def named(name, words, compute):
    RADIUS.mistake(name, words, scale_to_radius=compute)


def spectral_radius(W):
    return np.abs(eigenvalues(W)).max()


named(
    "the result has radius 1",
    "Dividing by the radius gives a matrix of radius 1. Then multiply by the one that is asked for.",
    lambda W, radius: W / spectral_radius(W),
)
named(
    "W is multiplied by the new radius alone",
    "`radius * W` has the radius of W times `radius`. First divide by the radius that W has.",
    lambda W, radius: radius * W,
)
named(
    "the factor is upside down",
    "The factor is the radius that is wanted, divided by the one that W has.",
    lambda W, radius: W * (spectral_radius(W) / radius),
)
named(
    "multiplied by both radii",
    "W has a radius already: divide by it, then multiply by the new one.",
    lambda W, radius: W * spectral_radius(W) * radius,
)
named(
    "the radius comes back instead of the matrix",
    "What is wanted is the scaled matrix, (H, H).",
    lambda W, radius: spectral_radius(W),
)


@RADIUS.mistake(
    "the caller's matrix is changed in place", "The values are right, but `W *= …` writes into the caller's array."
)
def scale_to_radius(W, radius):
    W *= radius / spectral_radius(W)
    return W
