"""A decoder that reads what it wrote, until it writes the end mark."""

import numpy as np

from autograder.compare import expect_any_close, expect_equal, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core import beam

GREEDY = Exercise(
    "translate-greedy",
    functions={"greedy": beam.greedy},
    returns={"greedy": ("ids",)},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "One loop over the steps. What has to be remembered from one step to the next? The state, the ids just "
        "written, and which rows are over.",
        "`logits, h = step(read, h)`, then `logits.argmax(axis=1)` is the likeliest id of each row.",
        "A row that is over writes `end`, whatever its scores say: `new = np.where(over, end, likeliest)`.",
        "`ids[:, t] = new`, `read = new`, `over = over | (new == end)`. Begin with `over = np.zeros(N, dtype=bool)`.",
    ),
    explain="Rows of a batch end at different steps. Those that are over go on being computed, since a batch has one "
    "step for all its rows, but what they say is no longer listened to.",
)
V, H, T = 7, 5, 8


def model(rng, N=4, end=None):
    """A small tanh cell as a step, with a state that is a tuple, such that rows end at different steps.

    Returns: step, state, first_ids, end. One row never ends, and some row would go on after its end.
    """
    for _ in range(2000):
        end = int(rng.integers(1, V))
        E, W, W_y = (s * rng.standard_normal(shape) for s, shape in ((2, (V, H)), (1, (H, H)), (2, (H, V))))
        h0 = np.tanh(rng.standard_normal((N, H)))
        first = rng.permutation([k for k in range(V) if k != end])[:N]

        def step(ids, state, E=E, W=W, W_y=W_y):
            h, (count,) = state
            h = np.tanh(E[np.asarray(ids)] + h @ W)
            return h @ W_y, (h, (count + 1,))

        state = h0, (np.zeros(N),)
        raw = unstopped(step, state, first)
        ends = np.where((raw == end).any(axis=1), (raw == end).argmax(axis=1), T)
        goes_on = any((raw[n, ends[n] + 1 :] != end).any() for n in range(N))
        varied = all(len(set(raw[n, : ends[n]])) > 1 for n in range(N) if ends[n] > 2)
        if len(set(ends)) >= 3 and ends.max() == T and goes_on and varied and 1 <= ends.min() <= T - 4:
            break
    return step, state, first, end


def unstopped(step, state, first):
    """The likeliest ids, with no regard to the end."""
    read, ids = first, []
    for _ in range(T):
        logits, state = step(read, state)
        read = logits.argmax(axis=1)
        ids.append(read)
    return np.stack(ids, axis=1)


@GREEDY.check("the likeliest id at every step, read again at the next")
def values(student, rng):
    for _ in range(2):
        step, state, first, end = model(rng)
        got = student.greedy(step, state, first, T, end)
        expect_shape("ids", got, (len(first), T), "One id for each row and each of the `length` steps.")
        want = beam.greedy(step, state, first, T, end)
        expect_equal("ids", got, want, "Is the new id read at the next step, with the state that came with it?")


@GREEDY.check("what is over stays over, and the others go on")
def over(student, rng):
    end, others = 3, rng.permutation([1, 2, 4, 5, 6])
    a, b, c = (int(k) for k in others[:3])
    would_write = [[end, a, b, c, a], [a, end, b, c, a], [b, c, a, end, b], [c, a, c, b, a]]  # the first says nothing
    for script in (np.array(would_write), np.array(would_write[:3])):  # one row never ends, and all rows end early

        def step(ids, state, script=script):
            return np.eye(V)[script[:, min(int(state[0]), 4)]], state + 1

        N = len(script)
        got = student.greedy(step, np.zeros(N), np.zeros(N, int), 5, end)
        expect_shape("ids", got, (N, 5), "One id for each row and each of the `length` steps.")
        want = np.array([[end] * 5, [a, end, end, end, end], [b, c, a, end, end], [c, a, c, b, a]])[:N]
        hint = "From its end mark on, which can come first, a row holds only end marks; the others do not stop there."
        expect_equal("ids", got, want, hint)


@GREEDY.check("the decoder is fed what it has written")
def fed(student, rng):
    first, seen = rng.permutation(6)[:3] + 1, []
    order = rng.permutation(np.arange(1, V))  # each id is followed by the next one in this ring
    follows = np.zeros(V, int)
    follows[order] = np.roll(order, -1)

    def step(ids, state):
        seen.append(np.array(ids))
        return np.eye(V)[follows[np.asarray(ids)]], state

    got = student.greedy(step, np.zeros((3, 1)), first, 4, 0)
    want = [follows[first]]
    for _ in range(3):
        want.append(follows[want[-1]])
    expect_equal("the ids that were read at the first step", seen[0] if seen else None, first, "These are `first_ids`.")
    expect_equal("ids", got, np.stack(want, axis=1), "At each later step the ids of the step before are read.")


@GREEDY.check("the caller's arrays are left alone")
def untouched(student, rng):
    step, state, first, end = model(rng)
    got, after = student.greedy.with_arguments(step, state, first, T, end)
    expect_any_close({"ids": got}, {"ids": beam.greedy(step, state, first, T, end)})
    expect_unchanged(("first_ids",), after[2:3], (first,), "`first_ids[:] = …` changes the caller's array.")
