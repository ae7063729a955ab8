"""What a decoder reads, and what it must write."""

from autograder.checks.shapes.encoder_decoder import reference
from autograder.compare import by_name, expect_any_close, expect_equal, expect_shape, expect_unchanged
from autograder.spec import Exercise

NAMES = ("inputs", "targets", "mask")
BATCH = Exercise(
    "translate-decoder-batch",
    functions={"decoder_batch": reference.decoder_batch},
    returns={"decoder_batch": NAMES},
    points=2,
    minutes=10,
    difficulty=1,
    hints=(
        "Write one sentence on paper: `<start> a b` above, `a b <end>` below. The two are one step apart.",
        "T is the length of the longest sentence plus 1. Begin with `np.full((N, T), end)` for inputs and targets.",
        "For sentence n with K ids: `inputs[n, 0] = start`, `inputs[n, 1:K + 1] = words`, `targets[n, :K] = words`, "
        "`mask[n, :K + 1] = True`.",
        'If `feed == "none"`, all inputs are `start`. Targets and mask stay what they are.',
    ),
    explain="At each step the decoder reads the word before and must write the word that follows. The end mark is a "
    "word to be written like any other, so the mask counts it.",
)
HINTS = {
    "inputs": "A row begins with the start mark; at each later step stands the word that the step before had to write.",
    "targets": "A row holds the words from the first on, and behind the last word the end mark.",
    "mask": "The words and the end mark count: one more than there are words.",
}


def draw(rng, lengths=(3, 0, 5, 2)):
    """Ragged sentences, one of them empty; ids 5 to 9, and the two marks among 2 to 4."""
    start, end = (int(mark) for mark in rng.permutation([2, 3, 4])[:2])
    return [[int(k) for k in rng.integers(5, 10, K)] for K in rng.permutation(lengths)], start, end


def compare(student, rng, names, feed):
    """Compare some of the arrays, for a ragged batch and for a single sentence."""
    for lengths in ((3, 0, 5, 2), (4,)):
        args = (*draw(rng, lengths), feed)
        got, want = (by_name(NAMES, f(*args)) for f in (student.decoder_batch, reference.decoder_batch))
        for name in names:
            expect_shape(name, got[name], want[name].shape, "T is the length of the longest sentence plus 1.")
            expect_equal(name, got[name], want[name], HINTS[name])


@BATCH.check("the inputs: the start mark, then the true words")
def inputs(student, rng):
    compare(student, rng, ("inputs",), "true")


@BATCH.check("the targets: one step ahead, with an end mark")
def targets(student, rng):
    compare(student, rng, ("targets",), "true")


@BATCH.check("the mask: words and end mark count, padding does not")
def mask(student, rng):
    compare(student, rng, ("mask",), "true")


@BATCH.check("fed with nothing: the same targets, and only start marks to read")
def nothing(student, rng):
    compare(student, rng, NAMES, "none")


@BATCH.check("the caller's lists are left alone")
def untouched(student, rng):
    args = draw(rng)
    got, after = student.decoder_batch.with_arguments(*args)
    expect_any_close(by_name(NAMES, got), by_name(NAMES, reference.decoder_batch(*args)))
    expect_unchanged(("sentences",), after[:1], args[:1], "`words.append(end)` changes the caller's list.")
