"""Padding: a step that does not run on it, and its gradient."""

from functools import partial

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.parts import expect_any, expect_parts
from autograder.compare import brief, expect, expect_close, expect_equal
from autograder.spec import Exercise

STEP = Exercise(
    "bptt-masked-step",
    functions={
        "masked_step_forward": reference.masked_step_forward,
        "masked_step_backward": reference.masked_step_backward,
    },
    returns={
        "masked_step_forward": ("h_next", "cache"),
        "masked_step_backward": ("dx", "dh", "dW_xh", "dW_hh", "db"),
    },
    points=4,
    minutes=25,
    difficulty=3,
    hints=(
        "Forwards: compute the candidate for every row, then choose row by row: "
        "`np.where(real[:, None], candidate, h)`.",
        "Backwards a row has one of two ways. A real row: through tanh and the products. A row of padding: `h_next` "
        "*was* `h`, so `dh` is `dh_next`, and nothing else gets anything.",
        "`da = np.where(real[:, None], dh_next * (1 - candidate**2), 0)`: with that, the products give the rows of "
        "padding no share by themselves.",
        "`dh = da @ W_hh.T + np.where(real[:, None], 0, dh_next)`; the other four as in `step_backward`.",
    ),
    explain="A mask is a switch for each row. Backwards the switch stands as it stood forwards: the gradient takes the "
    "way that the value took.",
)
ORDER = ("dx", "dh", "dW_xh", "dW_hh", "db")


def draw(rng, N=4, D=3, H=5):
    """x, h, W_xh, W_hh, b, real (some rows real, some padding) and dh_next."""
    shapes = (N, D), (N, H), (D, H), (H, H), (H,), (N, H)
    x, h, W_xh, W_hh, b, dh_next = (0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes)
    real = rng.permutation(np.arange(N) < 2)
    return [x, np.tanh(h), W_xh, W_hh, b, real], dh_next


@STEP.check("forwards, padding keeps the state")
def forwards(student, rng):
    for sizes in ((4, 3, 5), (3, 1, 2)):
        args, _ = draw(rng, *sizes)
        want, kept = reference.masked_step_forward(*args)
        h_next, cache = student.masked_step_forward(*args)
        expect_close("h_next", h_next, want, hint="Rows where `real` is False keep `h`, exactly.")
        expect_cache(cache, kept)

    over_ragged_batch(student, rng)


def expect_cache(cache, want):
    """The six entries that `masked_step_backward` is handed, in their order."""
    names = ("x", "h", "W_xh", "W_hh", "candidate", "real")
    six = isinstance(cache, tuple | list) and len(cache) == 6
    expect(six, f"cache: expected the six entries ({', '.join(names)}), got {brief(cache)}.")
    for name, got, right in zip(names, cache, want, strict=True):
        tanh = name == "candidate"
        hint = "The tanh of every row, before choosing." if tanh else "As it was handed in, and in this place."
        (expect_equal if name == "real" else expect_close)(f"{name} in the cache", got, right, hint)


def over_ragged_batch(student, rng):
    """Four steps of rows that end at different places: each row ends in its last real state."""
    (x, h, W_xh, W_hh, b, _), _ = draw(rng, N=3)
    theirs, ours, lengths = h, h, np.array([2, 0, 3])
    for t in range(4):
        x = rng.standard_normal(x.shape) * np.where(t < lengths, 1, 100)[:, None]  # wild numbers in the padding
        theirs, _ = student.masked_step_forward(x, theirs, W_xh, W_hh, b, t < lengths)
        ours, _ = reference.masked_step_forward(x, ours, W_xh, W_hh, b, t < lengths)
    expect_close("h after the last step", theirs, ours, hint="The empty row ends in its initial state.")


def compare(student, rng, names):
    """Compare some of the gradients: a mixed batch, padding alone, real rows alone."""
    for real in (None, False, True):
        args, dh_next = draw(rng)
        args[5] = args[5] if real is None else np.full(4, real)
        cache = reference.masked_step_forward(*args)[1]
        got, want = student.masked_step_backward(dh_next, cache), reference.masked_step_backward(dh_next, cache)
        expect_parts(names, by_name(got), by_name(want), "Which way did each row take forwards?")


def by_name(grads):
    return dict(zip(ORDER, grads, strict=True))


@STEP.check("backwards, dx and dh: padding hands its gradient on whole")
def back(student, rng):
    compare(student, rng, ("dx", "dh"))


@STEP.check("backwards, dW_xh, dW_hh and db: padding gives the weights no share")
def weights(student, rng):
    compare(student, rng, ("dW_xh", "dW_hh", "db"))


@STEP.check("the caller's arrays are left alone")
def untouched(student, rng):
    args, dh_next = draw(rng)
    want, cache = reference.masked_step_forward(*args)
    (h_next, _), after = student.masked_step_forward.with_arguments(*args)
    grads, grads_after = student.masked_step_backward.with_arguments(dh_next, cache)
    wanted = {"h_next": want, **by_name(reference.masked_step_backward(dh_next, cache))}
    expect_any({"h_next": h_next, **by_name(grads)}, wanted)
    expect_equal("h after the call", after[1], args[1], "`h[real] = …` changes the caller's array.")
    expect_equal("dh_next after the call", grads_after[0], dh_next, "`dh_next[...] = …` changes the caller's array.")


def forward_mistake(name, words):
    def add(compute):
        def wrong(x, h, W_xh, W_hh, b, real):
            candidate = np.tanh(x @ W_xh + h @ W_hh + b)
            return compute(candidate, h, real[:, None]), (x, h, W_xh, W_hh, candidate, real)

        STEP.mistake(name, words, masked_step_forward=wrong)

    return add


def backward_mistake(name, words):
    """Name a wrong gradient by `da` and by what a row of padding hands on."""

    def add(compute):
        def wrong(dh_next, cache):
            x, h, W_xh, W_hh, candidate, real = cache
            da, carried = compute(dh_next, dh_next * (1 - candidate**2), real[:, None], cache)
            return da @ W_xh.T, da @ W_hh.T + carried, x.T @ da, h.T @ da, da.sum(axis=0)

        STEP.mistake(name, words, masked_step_backward=wrong)

    return add


def input_masked(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh((x * real[:, None]) @ W_xh + h @ W_hh + b)
    return candidate, (x, h, W_xh, W_hh, candidate, real)


forward_mistake(
    "padding sets the state to zero",
    "The state of a short sequence would be gone at the end of the batch. Padding keeps the state: choose `h`, not 0.",
)(lambda candidate, h, R: candidate * R)
forward_mistake("the mask is ignored forwards", "Rows of padding run like the others. Choose row by row.")(
    lambda candidate, h, R: candidate
)
forward_mistake(
    "the mask is the wrong way round forwards",
    "Where `real` is True the step runs: `np.where(real[:, None], candidate, h)`.",
)(lambda candidate, h, R: np.where(R, h, candidate))
STEP.mistake(
    "the input is masked, and the step runs all the same",
    "An input of zeros is an input: tanh and `W_hh` still change the state. Padding must leave it as it is.",
    masked_step_forward=input_masked,
)
backward_mistake(
    "padding hands no gradient on",
    "Forwards the state passed the padding unchanged. So does the gradient: `dh` of such a row is `dh_next`.",
)(lambda g, da, R, cache: (da * R, 0))
backward_mistake(
    "the mask is on one side only: padding gives the weights a share",
    "A row of padding did not go through tanh and the weights. Its `da` is 0.",
)(lambda g, da, R, cache: (da, g * ~R))
backward_mistake(
    "the mask is ignored backwards",
    "Rows of padding took another way forwards. Mask `da`, and hand their `dh_next` on.",
)(lambda g, da, R, cache: (da, 0))
backward_mistake(
    "real rows hand their gradient on a second time",
    "A real row's gradient goes through tanh and `W_hh`, and only there. The direct way is for padding alone.",
)(lambda g, da, R, cache: (da * R, g))
backward_mistake(
    "the mask is the wrong way round backwards",
    "Where `real` is True the gradient goes through the step.",
)(lambda g, da, R, cache: (da * ~R, g * R))
backward_mistake(
    "W_hh is not transposed",
    "Forwards unit i acts on unit j by `W_hh[i, j]`; backwards the gradient goes from j to i: `da @ W_hh.T`.",
)(lambda g, da, R, cache: (da * R, g * ~R + (da * R) @ cache[3] - (da * R) @ cache[3].T))
backward_mistake(
    "the slope of tanh is taken at h",
    "The slope is 1 minus the square of what came out of tanh: the candidate.",
)(lambda g, da, R, cache: (g * (1 - cache[1] ** 2) * R, g * ~R))


def forward_in_place(x, h, W_xh, W_hh, b, real, kept):
    h_next, cache = reference.masked_step_forward(x, h, W_xh, W_hh, b, real)
    cache = (x, h.copy() if kept else h, *cache[2:])
    h[real] = h_next[real]
    return h, cache


for kept in (True, False):
    STEP.mistake(
        "the new state is written over the old one",
        "`h[real] = …` changes the array that the caller still holds, and that the way back needs. Make a new one.",
        masked_step_forward=partial(forward_in_place, kept=kept),
    )


def other_cache(x, h, W_xh, W_hh, b, real):
    h_next, _ = reference.masked_step_forward(x, h, W_xh, W_hh, b, real)
    return h_next, ()


STEP.mistake(
    "the cache does not hold what it is asked to hold",
    "The state is right. `masked_step_backward` reads `(x, h, W_xh, W_hh, candidate, real)`, in this order, with the "
    "tanh of every row as `candidate`. The cell hands this line out: leave it as it is.",
    masked_step_forward=other_cache,
)
