"""Gradient clipping by the global norm."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.compare import expect_close, expect_finite, expect_names, expect_unchanged
from autograder.spec import Exercise
from rnn_core.optim import clip_global_norm

CLIP = Exercise(
    "bptt-clip",
    functions={"clip_by_global_norm": reference.clip_by_global_norm},
    returns={"clip_by_global_norm": ("clipped", "norm")},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "One number for all arrays together: the root of the sum of all squares.",
        "If that norm is larger than `max_norm`, multiply every array by `max_norm / norm`; if not, by 1.",
        "`norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))`",
    ),
    explain="One factor for all arrays keeps the direction: the step gets shorter and points the same way. A gradient "
    "that is short already is left alone.",
)


def draw(rng, norm):
    """Gradients of very unlike sizes that together have this norm."""
    grads = {
        "W_hh": rng.standard_normal((3, 3)),
        "b": 0.01 * rng.standard_normal(3),
        "W_hy": 5 * rng.standard_normal((3, 4)),
    }
    scale = norm / np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    return {name: scale * g for name, g in grads.items()}


def compare(student, grads, max_norm, hint):
    clipped, norm = student.clip_by_global_norm(grads, max_norm)
    want, want_norm = clip_global_norm(grads, max_norm)
    expect_close("norm", norm, want_norm, hint="The norm *before* clipping, of all arrays together.")
    expect_names("clipped", clipped, want)
    for name in want:
        expect_finite(f"clipped {name}", clipped[name], "Is something divided by a norm of 0?")
        expect_close(f"clipped {name}", clipped[name], want[name], hint)


@CLIP.check("a long gradient gets shorter and keeps its direction")
def long(student, rng):
    for norm, limit in ((2e-5, 1e-6), (20.0, 1.0), (3.0, 2.5)):
        compare(student, draw(rng, norm), limit, "Every array is multiplied by the same factor.")


@CLIP.check("a short gradient is left as it is")
def short(student, rng):
    for norm, limit in ((0.3, 1.0), (2.4, 2.5), (1e-7, 1.0)):
        compare(student, draw(rng, norm), limit, "What is within the limit stays as it is.")


@CLIP.check("zeros stay zeros")
def zeros(student, rng):
    grads = draw(rng, 20.0)
    compare(student, {**grads, "b": np.zeros(3)}, 1.0, "One array of zeros beside others.")
    compare(student, {name: np.zeros_like(g) for name, g in grads.items()}, 1.0, "All of them are zero.")


@CLIP.check("the caller's arrays are left alone")
def untouched(student, rng):
    grads = draw(rng, 7e-5)
    (clipped, _), after = student.clip_by_global_norm.with_arguments(grads, 2e-5)
    expect_names("clipped", clipped, grads)
    for name, want in clip_global_norm(grads, 2e-5)[0].items():
        expect_close(f"clipped {name}", clipped[name], want)
        expect_unchanged((name,), (after[0][name],), (grads[name],), "`g *= …` changes the caller's array.")
