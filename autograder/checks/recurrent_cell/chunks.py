"""A long sequence cut into chunks, with the state handed on from each to the next."""

from autograder.checks.recurrent_cell.sequence import draw, forward
from autograder.compare import expect, expect_close, expect_shape, expect_unchanged
from autograder.spec import Exercise
from autograder.wording import brief
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


def expect_chunks(student, rng, T, size):
    args = draw(rng, N=2, T=T)
    chunks = student.forward_in_chunks(*args, size)
    expect(isinstance(chunks, list | tuple), f"chunks: expected a list of arrays, got {brief(chunks)}.")
    want = rnn.forward(*args)[0]
    starts = range(0, T, size)
    expect(len(chunks) == len(starts), f"chunks: expected {len(starts)} (T = {T}, size = {size}), got {len(chunks)}.")
    for k, start in enumerate(starts):
        right = want[:, start : start + size]
        has = f"With T = {T} and size = {size} this chunk has {right.shape[1]} of the {T} steps."
        expect_shape(f"chunks[{k}]", chunks[k], right.shape, hint=has)
        expect_close(f"chunks[{k}]", chunks[k], right, hint="Which state does this chunk begin with?")


@CHUNKS.check("chunks of equal length: the same as one pass")
def equal_chunks(student, rng):
    expect_chunks(student, rng, T=6, size=2)


@CHUNKS.check("a last chunk that is shorter")
def shorter(student, rng):
    expect_chunks(student, rng, T=7, size=3)


@CHUNKS.check("chunks of one step, and one chunk for all")
def extremes(student, rng):
    expect_chunks(student, rng, T=4, size=1)
    expect_chunks(student, rng, T=4, size=9)


@CHUNKS.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng, T=6)
    chunks, after = student.forward_in_chunks.with_arguments(*args, 4)
    expect(isinstance(chunks, list | tuple) and len(chunks) > 0, f"chunks: expected a list, got {brief(chunks)}.")
    expect_close("chunks[0]", chunks[0], rnn.forward(*args)[0][:, :4])
    expect_unchanged(("x", "h0", "W_xh", "W_hh", "b"), after[:5], args, "`h0[:] = …` changes the caller's array.")
