"""Wrong passes over a sequence, known by name."""

from functools import partial

import numpy as np

from autograder.checks.recurrent_cell.sequence import FORWARD, forward
from rnn_core import rnn


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


def as_many_as_sequences(x, h0, W_xh, W_hh, b, in_zeros):
    h, found, caches = h0, [], []
    for t in range(len(x)):
        h, cache = rnn.step_forward(x[:, t], h, W_xh, W_hh, b)
        found.append(h)
        caches.append(cache)
    rest = [np.zeros_like(h0)] * (x.shape[1] - len(x)) if in_zeros else []
    return np.stack([*found, *rest], axis=1), caches


for in_zeros in (True, False):
    FORWARD.mistake(
        "as many steps as there are sequences",
        "`len(x)` is N, the number of sequences. The steps lie along the second axis: `x.shape[1]`.",
        forward=partial(as_many_as_sequences, in_zeros=in_zeros),
    )
FORWARD.mistake(
    "the caches do not come back",
    "The states are right. Two things are returned, in this order: `h`, then the list of caches.",
    forward=lambda *args: forward(*args)[0],
)
