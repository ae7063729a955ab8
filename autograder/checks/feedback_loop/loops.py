"""The loop over time: what the net says goes back in, one step later."""
# ruff: noqa: F811

import numpy as np

from autograder.checks.feedback_loop import reference
from autograder.compare import expect_close
from autograder.spec import Exercise
from rnn_core.activations import softmax

LOOP = Exercise(
    "loop-over-time",
    functions={"loop": reference.loop},
    returns={"loop": ("y",)},
    lends={"joined_step": reference.joined_step},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "One variable holds what the net said last. Before the first picture that is y0.",
        "`for t in range(x.shape[1])`: the pictures of step t are `x[:, t]`, of shape (N, D).",
        "In the loop: `y = joined_step(x[:, t], y, W, b)`. Keep every y, for instance in a list.",
        "T arrays (N, V) become one (N, T, V) by `np.stack(outputs, axis=1)`.",
    ),
    explain="The only memory is the variable y. It is overwritten at every step.",
)


def draw(rng, N=2, T=6, D=3, V=5):
    x, W, b = rng.standard_normal((N, T, D)) + 0.1, 1.5 * rng.standard_normal((D + V, V)), rng.standard_normal(V)
    return [x, softmax(rng.standard_normal((N, V))), W, b]


@LOOP.check("values agree with the reference at every step")
def values(student, rng):
    for T in (6, 4):
        args = draw(rng, T=T)
        hint = "First step right and the second wrong? Look at what is handed on."
        expect_close("y", student.loop(*args), reference.loop(*args), hint=hint)


@LOOP.check("the first step hears y0")
def first(student, rng):
    x, y0, W, b = draw(rng, T=1)
    want = reference.loop(x, y0, W, b)
    expect_close("y", student.loop(x, y0, W, b), want, hint="y0 is joined to the first picture.")
    y0 = y0[:, ::-1].copy()
    expect_close("y with another y0", student.loop(x, y0, W, b), reference.loop(x, y0, W, b))


@LOOP.check("one sequence or many, and the caller's arrays are left alone")
def alone(student, rng):
    args = draw(rng, N=4, T=3)
    y, after = student.loop.with_arguments(*args)
    want = reference.loop(*args)
    expect_close("y", y, want)
    single = student.loop(args[0][:1], args[1][:1], *args[2:])
    expect_close("y of the first sequence alone", single, want[:1])
    for name, was, now in zip(("x", "y0", "W", "b"), args, after, strict=True):
        expect_close(f"{name} after the call", now, was, hint="Let y be a new array at every step.")


def steps(x, y0, W, b, hand_on):
    """All outputs, with `hand_on(t, y)` going into step t."""
    y, outputs = y0, []
    for t in range(x.shape[1]):
        y = reference.joined_step(x[:, t], hand_on(t, y), W, b)
        outputs.append(y)
    return np.stack(outputs, axis=1)


@LOOP.mistake(
    "y0 goes in at every step",
    "The first output is right and all others forget. After a step the new output takes the place of the old one.",
)
def loop(x, y0, W, b):
    return steps(x, y0, W, b, lambda t, y: y0)


@LOOP.mistake(
    "y0 is not used",
    "The loop starts from zeros. Whoever calls it says by y0 what the net has said before the first picture.",
)
def loop(x, y0, W, b):
    return steps(x, y0, W, b, lambda t, y: y if t else np.zeros_like(y0))


@LOOP.mistake(
    "one step late: y0 comes out first and the last output is missing",
    "What is kept is what went into each step. Keep what came out: append after the step, not before it.",
)
def loop(x, y0, W, b):
    y = reference.loop(x, y0, W, b)
    return np.concatenate([y0[:, None], y[:, :-1]], axis=1)


@LOOP.mistake(
    "time is the first axis",
    "A list of T arrays (N, V) becomes (T, N, V) by `np.array`. Here sequences come first: stack along axis 1.",
)
def loop(x, y0, W, b):
    return reference.loop(x, y0, W, b).swapaxes(0, 1)


@LOOP.mistake("only the last output comes back", "Every step has an output, and all of them are asked for: (N, T, V).")
def loop(x, y0, W, b):
    return reference.loop(x, y0, W, b)[:, -1]


@LOOP.mistake(
    "the pictures are read from the last to the first",
    "The first picture goes in first. Look at the range of the loop.",
)
def loop(x, y0, W, b):
    return reference.loop(x[:, ::-1], y0, W, b)[:, ::-1]


@LOOP.mistake(
    "only the likeliest letter is handed on",
    "A 1 for the likeliest letter goes back in, and the doubt of the net is lost. Hand its output on as it is.",
)
def loop(x, y0, W, b):
    return steps(x, y0, W, b, lambda t, y: np.eye(y.shape[1])[y.argmax(axis=1)] if t else y)


@LOOP.mistake(
    "all outputs so far are summed and handed on",
    "The old output is added to the new one. Only the last output goes back in: it replaces the one before.",
)
def loop(x, y0, W, b):
    total, outputs = y0, []
    for t in range(x.shape[1]):
        outputs.append(reference.joined_step(x[:, t], total, W, b))
        total = total + outputs[-1]
    return np.stack(outputs, axis=1)


@LOOP.mistake(
    "y0 is written into",
    "`y0[:] = …` or `y[:] = …` writes into the caller's array. `y = …` gives the name to a new one.",
)
def loop(x, y0, W, b):
    y = reference.loop(x, y0, W, b)
    y0[:] = y[:, -1]
    return y


@LOOP.mistake(
    "one array is kept T times",
    "`y[:] = …` overwrites the array that stands in the list already, so every step shows the last output. Make a new "
    "array at every step: `y = …`.",
)
def loop(x, y0, W, b):
    y = reference.loop(x, y0, W, b)
    return np.repeat(y[:, -1:], x.shape[1], axis=1)
