"""A whole sequence in one pass."""

import numpy as np

from autograder.checks.recurrent_cell.step import draw as draw_step
from autograder.compare import expect, expect_close, expect_equal
from autograder.spec import Exercise
from rnn_core import rnn


def forward(x, h0, W_xh, W_hh, b):
    """x (N, T, D); h0 (N, H). Returns: h (N, T, H), the state after every step, and the caches of the steps."""
    (N, T, _), H = x.shape, len(W_hh)
    h, caches, h_t = np.empty((N, T, H)), [], h0
    for t in range(T):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h[:, t] = h_t
        caches.append(cache)
    return h, caches


FORWARD = Exercise(
    "cell-forward",
    functions={"forward": forward},
    returns={"forward": ("h", "caches")},
    lends={"step_forward": rnn.step_forward},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "A loop over the steps. What does step t need from step t - 1, and where does the first step get it from?",
        "`x[:, t]` is the input of step t for all sequences, of shape `(N, D)`. Keep one variable `h_t` that "
        "holds the "
        "state; before the loop it is `h0`.",
        "Make room first: `h = np.empty((N, T, H))`. In the loop: `h_t, cache = step_forward(x[:, t], h_t, …)`, then "
        "`h[:, t] = h_t`.",
    ),
    explain="The same three arrays of weights serve every step. Only the state changes.",
)


def draw(rng, N=2, T=5, D=3, H=4):
    x = 0.2 + 0.6 * rng.standard_normal((N, T, D))
    _, h0, W_xh, W_hh, b = draw_step(rng, N, D, H)
    return x, h0, W_xh, W_hh, b


@FORWARD.check("every state of every sequence agrees with the reference")
def values(student, rng):
    for N, T, D, H in ((2, 5, 3, 4), (3, 7, 2, 6)):
        args = draw(rng, N, T, D, H)
        h, _ = student.forward(*args)
        expect_close("h", h, rnn.forward(*args)[0], hint="Is the state of one step handed to the next?")


@FORWARD.check("the first state comes from h0")
def initial(student, rng):
    x, h0, W_xh, W_hh, b = draw(rng)
    for first in (h0, -h0):
        h, _ = student.forward(x, first, W_xh, W_hh, b)
        want = rnn.forward(x, first, W_xh, W_hh, b)[0]
        expect_close("h[:, :1]", np.asarray(h)[:, :1], want[:, :1], hint="Step 0 reads x[:, 0] and h0.")


@FORWARD.check("one step, and one sequence")
def smallest(student, rng):
    for N, T in ((3, 1), (1, 6)):
        args = draw(rng, N, T)
        h, _ = student.forward(*args)
        expect_close("h", h, rnn.forward(*args)[0], hint="All three axes stay, also those of length 1.")


@FORWARD.check("a cache for every step")
def kept(student, rng):
    args = draw(rng)
    h, caches = student.forward(*args)
    expect_close("h", h, rnn.forward(*args)[0])
    came = f"a list of {len(caches)}" if isinstance(caches, list | tuple) else type(caches).__name__
    expect(came == "a list of 5", f"caches: expected a list of 5 for 5 steps, got {came}.")


@FORWARD.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (h, _), after = student.forward.with_arguments(*args)
    expect_close("h", h, rnn.forward(*args)[0])
    for name, before, now in zip(("x", "h0", "W_xh", "W_hh", "b"), args, after, strict=True):
        expect_equal(f"{name} after the call", now, before, hint="After `h = h0` both names mean the same array.")


def loop(name, words, run):
    """Name a wrong loop: `run(x, h0, step)` gives h; `step(t, h)` is the right step and keeps its cache."""

    def forward(x, h0, W_xh, W_hh, b):
        caches = []

        def step(t, h):
            h_next, cache = rnn.step_forward(x[:, t], h, W_xh, W_hh, b)
            caches.append(cache)
            return h_next

        return run(x.shape[1], h0, step), caches

    FORWARD.mistake(name, words)(forward)


def states(T, h, step):
    """The states after every step, in a list."""
    found = []
    for t in range(T):
        h = step(t, h)
        found.append(h)
    return found


loop(
    "every step starts from h0",
    "Each step gets `h0` again, so no step knows of the one before: the loop is open. Hand the new state to the next "
    "step: `h_t, cache = step_forward(x[:, t], h_t, …)`.",
    lambda T, h0, step: np.stack([step(t, h0) for t in range(T)], axis=1),
)
loop(
    "h0 is not used",
    "The run starts from zeros. The caller says in `h0` how it starts; zeros are only one choice.",
    lambda T, h0, step: np.stack(states(T, np.zeros_like(h0), step), axis=1),
)
loop(
    "only the last state comes back",
    "Each step overwrites the one before. The later layers need the state after every step: keep them all, `(N, "
    "T, H)`.",
    lambda T, h0, step: states(T, h0, step)[-1],
)
loop(
    "shifted by one step",
    "You store the state before the step: `h[:, 0]` is `h0` and the last state is lost. Step first, then store.",
    lambda T, h0, step: np.stack([h0, *states(T, h0, step)[:-1]], axis=1),
)
loop(
    "the last step is missing",
    "The loop stops one step early. `range(T)` runs from 0 to T - 1; `range(T - 1)` leaves the last step out.",
    lambda T, h0, step: np.stack([*states(T - 1, h0, step), np.zeros_like(h0)], axis=1),
)
loop(
    "h0 stands among the states",
    "You return T + 1 states: `h0` and those after the T steps. `h[:, t]` is the state after step t; `h0` stays "
    "outside.",
    lambda T, h0, step: np.stack([h0, *states(T, h0, step)], axis=1),
)
loop(
    "the axis of time comes first",
    "`np.stack(list)` puts the new axis first: (T, N, H). Here the sequences come first: `np.stack(list, axis=1)`.",
    lambda T, h0, step: np.stack(states(T, h0, step)),
)
loop(
    "the states stand side by side",
    "`np.concatenate` makes no new axis: it lengthens one. `np.stack(list, axis=1)` makes the axis of the steps.",
    lambda T, h0, step: np.concatenate(states(T, h0, step), axis=1),
)


loop(
    "the axes are reshaped, not exchanged",
    "`reshape` keeps the numbers in their order and only cuts them anew, so states land in the wrong sequence. "
    "`np.stack(list, axis=1)` puts the steps second.",
    lambda T, h0, step: np.array(states(T, h0, step)).reshape(len(h0), T, -1),
)
for rest in (False, True):  # kept in a list, or written into zeros
    loop(
        "the return stands inside the loop",
        "The function ends after its first step. Move the `return` to the left, level with `for`.",
        lambda T, h0, step, rest=rest: np.stack(
            [step(0, h0), *([np.zeros_like(h0)] * (T - 1) if rest else [])],
            axis=1,
        ),
    )


def same_array(x, h0, W_xh, W_hh, b):
    h, caches = forward(x, h0, W_xh, W_hh, b)
    return np.repeat(h[:, -1:], x.shape[1], axis=1), caches


def same_array_of_caller(x, h0, W_xh, W_hh, b):
    h, caches = same_array(x, h0.copy(), W_xh, W_hh, b)
    h0[:] = h[:, -1]
    return h, caches


for shared in (same_array, same_array_of_caller):
    FORWARD.mistake(
        "the same array is stored at every step",
        "`h_t[:] = …` writes into one array, and the list holds that array T times: all entries show the last state. "
        "Bind the name to the new array instead: `h_t, cache = step_forward(…)`.",
        forward=shared,
    )


def every_first(x, h0, W_xh, W_hh, b):
    return forward(np.repeat(x[:, :1], x.shape[1], axis=1), h0, W_xh, W_hh, b)


FORWARD.mistake(
    "every step reads the first input",
    "`x[:, 0]` stands in the loop: the net hears the same input again and again. Step t reads `x[:, t]`.",
    forward=every_first,
)


def backwards(x, h0, W_xh, W_hh, b):
    h, caches = forward(x[:, ::-1], h0, W_xh, W_hh, b)
    return h[:, ::-1], caches


FORWARD.mistake(
    "the sequence is read from its end",
    "The loop runs from the last step to the first. Here the state flows forwards in time.",
    forward=backwards,
)


def written_over(x, h0, W_xh, W_hh, b):
    h, caches = forward(x, h0.copy(), W_xh, W_hh, b)
    h0[:] = h[:, -1]
    return h, caches


FORWARD.mistake(
    "not every step has its cache",
    "The states are right. `caches` is a list of T: `caches.append(cache)` in the loop, once for every step.",
    forward=lambda *args: (forward(*args)[0], []),
)
FORWARD.mistake(
    "h0 is written over",
    "After `h_t = h0` both names mean one array, and `h_t[:] = …` changes the caller's `h0`. Bind the name to "
    "the new "
    "array instead: `h_t, cache = step_forward(…)`.",
    forward=written_over,
)
