"""A long sequence cut into chunks, with the state handed on from each to the next."""

from functools import partial

import numpy as np

from autograder.checks.recurrent_cell.sequence import draw, forward
from autograder.compare import brief, expect, expect_close, expect_equal
from autograder.spec import Exercise
from rnn_core import rnn


def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    """x (N, T, D); h0 (N, H). Returns: a list of states, (N, size, H) each; the last may be shorter."""
    chunks = []
    for start in range(0, x.shape[1], size):
        h, _ = forward(x[:, start : start + size], h0, W_xh, W_hh, b)
        chunks.append(h)
        h0 = h[:, -1]
    return chunks


CHUNKS = Exercise(
    "cell-chunks",
    functions={"forward_in_chunks": forward_in_chunks},
    returns={"forward_in_chunks": ("chunks",)},
    lends={"forward": forward},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "What does the second chunk need to know about the first? Only one array.",
        "`range(0, T, size)` gives the first step of each chunk. A slice that reaches beyond the end is cut by "
        "numpy, so "
        "the last chunk needs no special case.",
        "Call `forward` on `x[:, start : start + size]`. The next chunk begins with `h[:, -1]`, the last state "
        "of this one.",
    ),
    explain="The state after a step holds all that the later steps can know of the earlier ones. Hand it on, and "
    "nothing is lost.",
)


def expect_chunks(student, rng, T, size, hint):
    args = draw(rng, N=2, T=T)
    chunks = student.forward_in_chunks(*args, size)
    expect(isinstance(chunks, list | tuple), f"chunks: expected a list of arrays, got {brief(chunks)}.")
    want = rnn.forward(*args)[0]
    starts = range(0, T, size)
    expect(len(chunks) == len(starts), f"chunks: expected {len(starts)} (T = {T}, size = {size}), got {len(chunks)}.")
    for k, start in enumerate(starts):
        expect_close(f"chunks[{k}]", chunks[k], want[:, start : start + size], hint=hint)


@CHUNKS.check("chunks of equal length: the same as one pass")
def equal_chunks(student, rng):
    expect_chunks(student, rng, T=6, size=2, hint="Which state does this chunk begin with?")


@CHUNKS.check("a last chunk that is shorter")
def shorter(student, rng):
    expect_chunks(student, rng, T=7, size=3, hint="With T = 7 and size = 3 the chunks have 3, 3 and 1 steps.")


@CHUNKS.check("chunks of one step, and one chunk for all")
def extremes(student, rng):
    expect_chunks(student, rng, T=4, size=1, hint="One step a chunk: the state is handed on after every step.")
    expect_chunks(student, rng, T=4, size=9, hint="A size beyond T gives one chunk of T steps.")


@CHUNKS.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng, T=6)
    chunks, after = student.forward_in_chunks.with_arguments(*args, 4)
    expect(isinstance(chunks, list | tuple) and len(chunks) > 0, f"chunks: expected a list, got {brief(chunks)}.")
    expect_close("chunks[0]", chunks[0], rnn.forward(*args)[0][:, :4])
    for name, before, now in zip(("x", "h0", "W_xh", "W_hh", "b"), args, after, strict=False):
        expect_equal(f"{name} after the call", now, before, hint="`h0[:] = …` changes the caller's array.")


def chunked(name, words, begin):
    """Name a wrong start: `begin(h0, h)` is what the next chunk gets."""

    def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
        chunks, state = [], h0
        for start in range(0, x.shape[1], size):
            chunks.append(forward(x[:, start : start + size], state, W_xh, W_hh, b)[0])
            state = begin(h0, chunks[-1])
        return chunks

    CHUNKS.mistake(name, words)(forward_in_chunks)


chunked(
    "every chunk starts from h0",
    "The first chunk is right, the later ones have forgotten it. Before the next chunk, replace the state that you "
    "pass in by the last state of this chunk.",
    lambda h0, h: h0,
)


@CHUNKS.mistake(
    "every chunk starts from zeros",
    "Also the first one: it begins with `h0`. Each later one begins with the last state of the one before, `h[:, -1]`.",
)
def from_zeros(x, h0, W_xh, W_hh, b, size):
    starts = range(0, x.shape[1], size)
    return [forward(x[:, s : s + size], np.zeros_like(h0), W_xh, W_hh, b)[0] for s in starts]


chunked(
    "every later chunk starts from zeros",
    "Zeros mean: nothing has been read yet. The later chunks have a past; its state is `h[:, -1]` of the chunk before.",
    lambda h0, h: np.zeros_like(h0),
)
chunked(
    "the first state of a chunk is handed on",
    "You pass `h[:, 0]` on. The axis of the steps is the second; its last entry is `h[:, -1]`.",
    lambda h0, h: h[:, 0],
)


def whole_only(x, h0, W_xh, W_hh, b, size):
    T = x.shape[1] // size * size
    return forward_in_chunks(x[:, :T], h0, W_xh, W_hh, b, size)


CHUNKS.mistake(
    "the short last chunk is missing",
    "`T // size` counts whole chunks only. `range(0, T, size)` also reaches the rest.",
    forward_in_chunks=whole_only,
)


def as_number(x, h0, W_xh, W_hh, b, size):
    chunks = []
    for part in np.array_split(x, size, axis=1):
        chunks.append(forward(part, h0, W_xh, W_hh, b)[0])
        h0 = chunks[-1][:, -1] if part.shape[1] else h0
    return chunks


CHUNKS.mistake(
    "size taken as the number of chunks",
    "You cut the sequence into `size` parts. Here `size` is the number of steps in a chunk.",
    forward_in_chunks=as_number,
)


def joined(x, h0, W_xh, W_hh, b, size):
    return forward(x, h0, W_xh, W_hh, b)[0]


CHUNKS.mistake(
    "the chunks are joined",
    "The states are right, and they come back as one array. Asked for is a list with one array for each chunk.",
    forward_in_chunks=joined,
)


def in_numpy(x, h, W_xh, W_hh, b, state_first):
    """The states of one chunk from a learner's own step, in which shapes that do not fit are numpy's to refuse."""
    states = []
    for t in range(x.shape[1]):
        parts = x[:, t] @ W_xh, h @ W_hh
        h = np.tanh(parts[1] + parts[0] + b if state_first else parts[0] + parts[1] + b)
        states.append(h)
    return (np.stack(states, axis=1),)


for run in (forward, partial(in_numpy, state_first=False), partial(in_numpy, state_first=True)):

    def last_sequence(x, h0, W_xh, W_hh, b, size, run=run):
        chunks = []
        for start in range(0, x.shape[1], size):
            chunks.append(run(x[:, start : start + size], h0, W_xh, W_hh, b)[0])
            h0 = chunks[-1][-1]
        return chunks

    CHUNKS.mistake(
        "the last sequence is handed on, not the last step",
        "`h[-1]` takes the last entry of the first axis, and the sequences come first. The last step is `h[:, -1]`.",
        forward_in_chunks=last_sequence,
    )


@CHUNKS.mistake(
    "h0 is written over",
    "`h0[:] = …` changes the array that the caller still holds. Bind the name to the new state instead: "
    "`h0 = h[:, -1]`.",
)
def written_over(x, h0, W_xh, W_hh, b, size):
    chunks = forward_in_chunks(x, h0.copy(), W_xh, W_hh, b, size)
    h0[:] = chunks[-1][:, -1]
    return chunks
