"""Wrong ways to clip, known by name."""

import numpy as np

from autograder.checks.bptt.clipping import CLIP
from rnn_core.optim import clip_global_norm


def mistake(name, words):
    """Name a wrong clipping by the factor of each array, and by the norm that it returns."""

    def add(compute):
        def wrong(grads, max_norm):
            norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
            return compute(grads, max_norm, norm)

        CLIP.mistake(name, words, clip_by_global_norm=wrong)

    return add


def scaled(grads, factor):
    return {name: g * factor for name, g in grads.items()}


mistake(
    "each array is clipped by its own norm",
    "Large arrays shrink and small ones do not: the step points somewhere else. One norm and one factor for all.",
)(
    lambda grads, limit, norm: (
        {name: g * min(1, limit / np.linalg.norm(g)) for name, g in grads.items()},
        norm,
    )
)
for of_zeros in (np.nan, 1):  # 0 / 0, or thought of
    mistake(
        "small gradients are scaled up",
        "The factor `max_norm / norm` is above 1 for a short gradient. Near a minimum that never lets the steps get "
        "smaller. Scale only when the norm is larger than `max_norm`.",
    )(
        lambda grads, limit, norm, of_zeros=of_zeros: (
            scaled(grads, limit / norm if norm > 0 else of_zeros),
            norm,
        )
    )
mistake(
    "each number is cut at the limit",
    "`np.clip` cuts the large entries and leaves the small ones: the direction changes. Multiply all by one factor.",
)(lambda grads, limit, norm: ({name: np.clip(g, -limit, limit) for name, g in grads.items()}, norm))
mistake(
    "the norms of the arrays are added",
    "Squares add up, norms do not: the root of the sum of *all* squares.",
)(
    lambda grads, limit, norm: (lambda total: (scaled(grads, min(1, limit / total)), total))(
        sum(np.linalg.norm(g) for g in grads.values())
    )
)
mistake(
    "the norm is that of the longest array",
    "The norm counts all arrays together: the root of the sum of *all* squares.",
)(
    lambda grads, limit, norm: (lambda longest: (scaled(grads, min(1, limit / longest)), longest))(
        max(np.linalg.norm(g) for g in grads.values())
    )
)
mistake(
    "a constant is added to the norm",
    "`max_norm / (norm + 1e-6)` guards against 0 / 0, and makes every clipped gradient a little too short. With "
    "`if norm > max_norm` no guard is needed.",
)(lambda grads, limit, norm: (scaled(grads, min(1, limit / (norm + 1e-6))), norm))
mistake(
    "the root is missing",
    "The norm is the root of the sum of squares.",
)(lambda grads, limit, norm: (scaled(grads, min(1, limit / norm**2)), norm**2))
mistake(
    "the norm after clipping is returned",
    "The norm *before* clipping is the one worth watching: it says how often, and how much, is cut.",
)(lambda grads, limit, norm: (scaled(grads, min(1, limit / norm)), min(norm, limit)))
mistake(
    "the gradient is only divided by its norm",
    "The result has length 1, whatever `max_norm` is.",
)(lambda grads, limit, norm: (scaled(grads, 1 / norm), norm))


def in_place(grads, max_norm):
    clipped, norm = clip_global_norm(grads, max_norm)
    for name, g in grads.items():
        g[:] = clipped[name]
    return grads, norm


CLIP.mistake(
    "the caller's gradients are changed in place",
    "The values are right, but `g *= …` writes into the caller's arrays. Build new arrays: `factor * g`.",
    clip_by_global_norm=in_place,
)

mistake(
    "a gradient of zeros becomes 0 / 0",
    "Its norm is 0, and 0 / 0 is no number. Divide only when the norm is larger than `max_norm`.",
)(lambda grads, limit, norm: ({name: g / norm * min(norm, limit) for name, g in grads.items()}, norm))


mistake(
    "the gradient is divided by max_norm",
    "The factor that makes a length of `norm` into one of `max_norm` is `max_norm / norm`.",
)(lambda grads, limit, norm: (scaled(grads, 1 / limit if norm > limit else 1), norm))
mistake(
    "short gradients are scaled, long ones are not",
    "The comparison is the wrong way round: scale when the norm is *larger* than `max_norm`.",
)(lambda grads, limit, norm: (scaled(grads, limit / norm if 0 < norm < limit else 1), norm))
mistake(
    "magnitudes are added, not squares",
    "The length of a vector is the root of the sum of its squares.",
)(
    lambda grads, limit, norm: (lambda total: (scaled(grads, limit / max(total, limit)), total))(
        sum(np.abs(g).sum() for g in grads.values())
    )
)
CLIP.mistake(
    "the norm does not come back",
    "Two things are returned, in this order: the dict of clipped gradients, then the norm before clipping.",
    clip_by_global_norm=lambda grads, max_norm: clip_global_norm(grads, max_norm)[0],
)
CLIP.mistake(
    "the arrays come back in a list",
    "Without their names nobody knows which array is which. Return a dict with the names of `grads`.",
    clip_by_global_norm=lambda grads, max_norm: (lambda clipped, norm: (list(clipped.values()), norm))(
        *clip_global_norm(grads, max_norm)
    ),
)
