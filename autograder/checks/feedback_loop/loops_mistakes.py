"""Wrong loops over time, known by name."""
# ruff: noqa: F811

import numpy as np

from autograder.checks.feedback_loop import reference
from autograder.checks.feedback_loop.loops import LOOP


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


@LOOP.mistake("y0 stands among the outputs", "y0 was said before the first picture. Return the outputs of the T steps.")
def loop(x, y0, W, b):
    return np.concatenate([y0[:, None], reference.loop(x, y0, W, b)], axis=1)


@LOOP.mistake(
    "as many steps as there are sequences",
    "`len(x)` is N, the number of sequences. The steps lie along the second axis: `x.shape[1]`.",
)
def loop(x, y0, W, b):
    y, outputs = y0, []
    for t in range(len(x)):
        y = reference.joined_step(x[:, t], y, W, b)
        outputs.append(y)
    return np.stack(outputs, axis=1)


@LOOP.mistake(
    "the outputs stand side by side",
    "`np.concatenate` makes no new axis: it lengthens one. `np.stack(outputs, axis=1)` makes the axis of the steps.",
)
def loop(x, y0, W, b):
    return np.concatenate(list(reference.loop(x, y0, W, b).swapaxes(0, 1)), axis=1)


@LOOP.mistake(
    "the axes are reshaped, not exchanged",
    "`reshape` keeps the numbers in their order and only cuts them anew, so that outputs land in the wrong sequence. "
    "`np.stack(outputs, axis=1)` puts the steps second.",
)
def loop(x, y0, W, b):
    y = reference.loop(x, y0, W, b)
    return y.swapaxes(0, 1).reshape(y.shape)


@LOOP.mistake(
    "the return stands inside the loop",
    "The function ends after its first step. Move the `return` to the left, level with `for`.",
)
def loop(x, y0, W, b):
    return reference.loop(x, y0, W, b)[:, :1]


@LOOP.mistake("the last step is missing", "`range(T)` ends at T - 1, the last step; `range(T - 1)` leaves it out.")
def loop(x, y0, W, b):
    return steps(x[:, :-1], y0, W, b, lambda t, y: y)
