"""Temperature, and drawing an id from its probabilities."""

import numpy as np

from autograder.compare import (
    CheckFailed,
    as_numbers,
    expect,
    expect_close,
    expect_equal,
    expect_finite,
    expect_shape,
    expect_unchanged,
)
from autograder.spec import Exercise
from rnn_core import sequence
from rnn_core.activations import softmax


def temperature_probabilities(logits, temperature):
    """logits (..., V); temperature > 0. Returns: p (..., V)."""
    return softmax(np.asarray(logits) / temperature, axis=-1)


def draw_ids(p, rng):
    """p (..., V), each row a distribution. Returns: whole numbers of shape (...), one draw a row."""
    u = rng.random(p.shape[:-1])
    return (p.cumsum(axis=-1)[..., :-1] <= u[..., None]).sum(axis=-1)


SAMPLE = Exercise(
    "cell-sample",
    functions={"temperature_probabilities": temperature_probabilities, "draw_ids": draw_ids},
    returns={"temperature_probabilities": ("p",), "draw_ids": ("ids",)},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "Temperature acts on the scores, before softmax: one division.",
        "For the draw lay the probabilities end to end on a ruler from 0 to 1 and throw a dart: `u = "
        "rng.random(…)`. In "
        "whose piece does it land? Their right ends are `p.cumsum(axis=-1)`.",
        "The id is the number of right ends that the dart has passed: count `ends <= u`. Each row needs its own "
        "dart: "
        "`rng.random(p.shape[:-1])`, and `u[..., None]` lines it up with the ends.",
        "`(ends[..., :-1] <= u[..., None]).sum(axis=-1)`. The last end is 1 and is never passed; leaving it out "
        "keeps "
        "rounding from inventing an id V.",
    ),
    explain="A dart on a ruler: the longer the piece of an id, the more often it is hit.",
)


@SAMPLE.check("temperature: probabilities agree with the reference")
def probabilities(student, rng):
    for leading, temperature in (((3,), 0.5), ((2, 4), 2.0), ((), 0.8)):
        logits = 0.5 + 2 * rng.standard_normal((*leading, 5))
        got = student.temperature_probabilities(logits, temperature)
        expect_close(f"p at temperature {temperature}", got, softmax(logits / temperature))


@SAMPLE.check("temperature: very cold and very hot")
def extremes(student, rng):
    logits = rng.permuted(np.arange(12.0).reshape(2, 6), axis=1)
    for scores in (logits, 1 + 0.02 * logits):  # far apart, and nearly equal
        for temperature in (0.001, 1000.0):
            got = student.temperature_probabilities(scores, temperature)
            name, hint = f"p at temperature {temperature:g}", "Divide the scores, then use the `softmax` that is given."
            expect_finite(name, got, hint=hint)
            hint = "Cold: the largest score wins. Hot: all nearly equal."
            expect_close(name, got, softmax(scores / temperature), hint=hint)


@SAMPLE.check("draws: as often as their probability says")
def frequencies(student, rng):
    n, V = 3000, 4
    for p in rng.permuted([[0.05, 0.15, 0.3, 0.5], [0.4, 0.4, 0.1, 0.1]], axis=1):
        ids = student.draw_ids(np.tile(p, (n, 1)), rng)
        expect_shape("ids", ids, (n,), hint="One id for each row.")
        ids = np.asarray(ids)
        whole = ids.dtype.kind in "iu" and ids.min() >= 0 and ids.max() < V
        expect(
            whole, f"ids: expected whole numbers from 0 to {V - 1}, got {ids.dtype} from {ids.min()} to {ids.max()}."
        )
        share = np.bincount(ids, minlength=V) / n
        expect(share.max() < 1, "ids: all rows drew the same id. Does every row get a draw of its own?")
        far = np.abs(share - p) / np.sqrt(p * (1 - p) / n)
        worst = int(far.argmax())
        words = f"id {worst} has probability {p[worst]:.2f} and came in {share[worst]:.3f} of {n} draws."
        expect(far.max() < 7, f"ids: {words} The frequencies do not follow `p`.")
        expect_independent(ids, p)


def expect_independent(ids, p):
    """Ids along the first axis, all drawn by `p`: neighbours agree as often as independent draws do (7 deviations)."""
    agree, n = ids[1:] == ids[:-1], ids[1:].size
    want, threes = np.sum(p**2), np.sum(p**3)
    deviation = np.sqrt((want - want**2 + 2 * (threes - want**2)) / n)  # a row has two neighbours
    share = np.unique(ids, return_counts=True)[1] / ids.size
    by_share = len(share) > 1 and abs(agree.mean() - np.sum(share**2)) < 7 * deviation  # independent, by other chances
    hint = "The frequencies do not follow `p`." if by_share else "Does every row get a draw of its own?"
    expect(
        abs(agree.mean() - want) < 7 * deviation,
        f"ids: two neighbouring rows drew the same id in {agree.mean():.3f} of all cases, and independent draws do in "
        f"{want:.3f}. {hint}",
    )


@SAMPLE.check("draws: every row by its own probabilities, any axes")
def rows(student, rng):
    for leading, V in (((2, 5), 4), ((6,), 4), ((), 4), ((2000,), 16)):
        want = rng.integers(V, size=leading)
        ids = student.draw_ids(sequence.one_hot(want, V), rng)  # each row is certain
        expect_shape("ids", ids, leading, hint="One id for each row, whatever the axes.")
        hint = "These rows are certain: one probability is 1, and an id with probability 0 never comes."
        expect_equal("ids", np.asarray(ids), np.asarray(want), hint=hint)
    p = np.array([0.2, 0.5, 0.3])
    ids = as_numbers("ids", student.draw_ids(np.tile(p, (3, 700, 1)), rng))
    expect_shape("ids", ids, (3, 700), hint="One id for each row, whatever the axes.")
    expect_independent(ids.T, p)  # along the second axis


@SAMPLE.check("draws: the chance comes from rng")
def from_rng(student, rng):
    p = softmax(rng.standard_normal((40, 5)))
    seed = int(rng.integers(1_000_000))
    drawn = (student.draw_ids(p, np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    first, again, other = (as_numbers("ids", ids) for ids in drawn)
    expect_equal("ids of a second call with an equal rng", again, first, hint="Draw from `rng`, not from `np.random`.")
    differ = not np.array_equal(first, other)
    expect(
        differ, "ids: another rng drew the same 40 ids. Draw from the `rng` that is passed in, and make none inside."
    )


@SAMPLE.check("both: the caller's arrays are left alone")
def untouched(student, rng):
    logits, want = rng.standard_normal((3, 5)), rng.integers(5, size=3)
    certain = sequence.one_hot(want, 5)
    p, (after, _) = student.temperature_probabilities.with_arguments(logits, 0.5)
    ids, (p_after, _) = student.draw_ids.with_arguments(certain, rng)
    try:  # one of the two has to work, or this says nothing
        expect_equal("ids", ids, want)
    except CheckFailed:
        expect_close("p", p, softmax(logits / 0.5))
    expect_unchanged(("logits",), (after,), (logits,), "`logits /= …` changes the caller's array.")
    expect_unchanged(("p",), (p_after,), (certain,), "Is the running sum written into `p`?")
