"""Truncated backpropagation: the values are carried from chunk to chunk, the gradient is not."""

from autograder.checks.bptt import reference
from autograder.checks.bptt.chunks import compare_grads, draw
from autograder.compare import expect_close, expect_names, expect_unchanged
from autograder.spec import Exercise

TRUNCATED = Exercise(
    "bptt-truncated",
    functions={"truncated_gradients": reference.truncated_gradients},
    returns={"truncated_gradients": ("loss", "grads")},
    lends={"chunk_gradients": reference.chunk_gradients},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "Walk over the chunks from left to right. Between two chunks one thing is handed on: the state.",
        "`for t in range(0, T, size):` with `inputs[:, t : t + size]`, and `h` as the initial state of each chunk.",
        "Each chunk's loss is a mean over its own steps, and all chunks have the same length: the mean over all steps "
        "is the mean of the chunks. The same goes for the gradients.",
    ),
    explain="`chunk_gradients` takes its initial state as given, so the gradient ends there. The values do not: what "
    "the state remembers of earlier chunks is used, but nothing teaches earlier chunks to remember it.",
)


@TRUNCATED.check("loss and gradients agree with the reference")
def values(student, rng):
    for size in (2, 3):
        args = draw(rng)
        loss, grads = student.truncated_gradients(*args, size)
        want_loss, want = reference.truncated_gradients(*args, size)
        expect_close("loss", loss, want_loss, hint="Is the state of each chunk the last state of the one before?")
        compare_grads(grads, want)


@TRUNCATED.check("one chunk of full length cuts nothing")
def whole(student, rng):
    args = draw(rng)
    loss, grads = student.truncated_gradients(*args, 6)
    want_loss, want, _ = reference.chunk_gradients(*args)
    expect_close("loss", loss, want_loss)
    compare_grads(grads, want)


@TRUNCATED.check("chunks of one step still carry the state")
def ones(student, rng):
    args = draw(rng)
    loss, grads = student.truncated_gradients(*args, 1)
    want_loss, want = reference.truncated_gradients(*args, 1)
    expect_close("loss", loss, want_loss)
    compare_grads(grads, want)


@TRUNCATED.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (loss, _), after = student.truncated_gradients.with_arguments(*args, 2)
    expect_close("loss", loss, reference.truncated_gradients(*args, 2)[0])
    expect_names("params after the call", after[0], args[0])
    now = [after[0][name] for name in args[0]]
    expect_unchanged(args[0], now, args[0].values(), "The weights stay still: this is no training.")
    expect_unchanged(("inputs", "targets", "h0"), after[1:4], args[1:4])
