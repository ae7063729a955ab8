"""Wrong chunks, known by name."""

from functools import partial

import numpy as np

from autograder.checks.recurrent_cell.chunks import CHUNKS, forward_in_chunks
from autograder.checks.recurrent_cell.sequence import forward


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
