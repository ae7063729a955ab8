"""Temperature, and drawing an id from its probabilities."""

import numpy as np

from autograder.compare import expect, expect_close, expect_equal, expect_shape
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
        expect_close("p", got, softmax(logits / temperature), hint=f"Here the temperature is {temperature}.")


@SAMPLE.check("temperature: very cold and very hot")
def extremes(student, rng):
    logits = rng.permuted(np.arange(12.0).reshape(2, 6), axis=1)
    for scores in (logits, 1 + 0.02 * logits):  # far apart, and nearly equal
        for temperature in (0.001, 1000.0):
            got = student.temperature_probabilities(scores, temperature)
            hint = f"Here the temperature is {temperature}. Cold: the largest score wins. Hot: all nearly equal."
            expect_close("p", got, softmax(scores / temperature), hint=hint)


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
        hint = "These rows are certain: one probability is 1, and an id with probability 0 never comes."
        expect_equal("ids", np.asarray(ids), np.asarray(want), hint=hint)
    p = np.array([0.2, 0.5, 0.3])
    ids = np.asarray(student.draw_ids(np.tile(p, (3, 700, 1)), rng))
    expect_shape("ids", ids, (3, 700), hint="One id for each row, whatever the axes.")
    expect_independent(ids.T, p)  # along the second axis


@SAMPLE.check("draws: the chance comes from rng")
def from_rng(student, rng):
    p = softmax(rng.standard_normal((40, 5)))
    seed = int(rng.integers(1_000_000))
    first, again, other = (np.asarray(student.draw_ids(p, np.random.default_rng(s))) for s in (seed, seed, seed + 1))
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
    right = np.asarray(ids).shape == (3,) and np.array_equal(ids, want)
    if not right:  # one of the two has to work, or this says nothing
        expect_close("p", p, softmax(logits / 0.5))
    expect_equal("logits after the call", after, logits, hint="`logits /= …` changes the caller's array.")
    expect_equal("p after the call", p_after, certain, hint="Is the running sum written into `p`?")


def hotter(name, words, wrong):
    SAMPLE.mistake(name, words, temperature_probabilities=wrong)


def colder(name, words, wrong):
    SAMPLE.mistake(name, words, draw_ids=wrong)


def by_ruler(p, u):
    """The id in whose piece of the ruler each u lands."""
    return (p.cumsum(axis=-1)[..., :-1] <= u).sum(axis=-1)


hotter(
    "the temperature acts the wrong way round",
    "A high temperature then sharpens instead of flattening. Divide the scores by it, before softmax.",
    lambda logits, temperature: softmax(np.asarray(logits) * temperature),
)
hotter(
    "the temperature has no effect",
    "The result is the same at every temperature. Adding it to all scores, or dividing the probabilities and "
    "making them "
    "sum to 1 again, cancels out. Divide the scores by it, before softmax.",
    lambda logits, temperature: softmax(logits),
)
hotter(
    "the temperature divides the probabilities",
    "After softmax it is too late: the rows no longer sum to 1. Divide the scores.",
    lambda logits, temperature: softmax(logits) / temperature,
)
hotter(
    "no softmax",
    "The scores are divided, and that is all. Probabilities come from `softmax`.",
    lambda logits, temperature: np.asarray(logits) / temperature,
)
hotter(
    "softmax along the first axis",
    "The scores of one position stand on the last axis: `axis=-1`.",
    lambda logits, temperature: softmax(np.asarray(logits) / temperature, axis=0),
)
hotter(
    "exp of large scores",
    "At temperature 0.001 a score of 11 becomes 11000, and its exp is infinite. Use the `softmax` that is given.",
    lambda logits, temperature: (lambda e: e / e.sum(axis=-1, keepdims=True))(np.exp(np.asarray(logits) / temperature)),
)
hotter(
    "a power of the probabilities",
    "On paper that is the same. At temperature 0.001 the power is 1000: every probability becomes 0 in the machine, "
    "and 0 / 0 is no number. Divide the scores, before softmax.",
    lambda logits, temperature: (lambda p: p / p.sum(axis=-1, keepdims=True))(softmax(logits) ** (1 / temperature)),
)
colder(
    "always the likeliest",
    "`argmax` leaves nothing to chance. An id with probability 0.3 should come in about 3 of 10 draws.",
    lambda p, rng: np.argmax(p, axis=-1),
)
colder(
    "one dart for all rows",
    "`rng.random()` is a single number, so equal rows always draw the same id. Each row needs its own: "
    "`rng.random(p.shape[:-1])`.",
    lambda p, rng: by_ruler(p, rng.random()),
)
colder(
    "a generator made inside",
    "With `np.random.default_rng(0)` inside the function every call repeats the same draws. Use the `rng` passed in.",
    lambda p, rng: by_ruler(p, np.random.default_rng(0).random(p.shape[:-1])[..., None]),
)
colder(
    "a dart for every id",
    "The random numbers have the shape of `p`: each end is compared with another dart. One dart a row: "
    "`rng.random(p.shape[:-1])[..., None]`.",
    lambda p, rng: by_ruler(p, rng.random(p.shape)[..., :-1]),
)
colder(
    "every id equally often",
    "The probabilities are not used. Compare the dart with the running sums of `p`.",
    lambda p, rng: rng.integers(p.shape[-1], size=p.shape[:-1]),
)
colder(
    "one place too far",
    "The ids run from 1 to V. Count the ends that the dart has passed: none passed is id 0.",
    lambda p, rng: 1 + by_ruler(p, rng.random(p.shape[:-1])[..., None]),
)
colder(
    "random numbers times the probabilities, and the largest wins",
    "The likeliest id wins too often, and an unlikely one almost never. Compare one dart a row with the running sums "
    "of `p`.",
    lambda p, rng: (rng.random(p.shape) * p).argmax(axis=-1),
)
colder(
    "the running sum goes along the first axis",
    "The ruler of a row is made of that row's own probabilities: `p.cumsum(axis=-1)`.",
    lambda p, rng: (p.cumsum(axis=0)[..., :-1] <= rng.random(p.shape[:-1])[..., None]).sum(axis=-1),
)


def added_constant(p, rng):
    p = (p + 1e-3) / (p + 1e-3).sum(axis=-1, keepdims=True)
    return by_ruler(p, rng.random(p.shape[:-1])[..., None])


colder(
    "a constant is added to the probabilities",
    "Then an id with probability 0 comes now and then. Use `p` as it is: nothing is divided here.",
    added_constant,
)


def one_throw(p, rng):
    n = int(np.prod(p.shape[:-1]))
    return by_ruler(p, ((np.arange(n) + rng.random()) / n).reshape(p.shape[:-1])[..., None])


colder(
    "one throw decides all rows",
    "The darts stand in a row at equal distances, moved by one random number: neighbours nearly always agree. Each row "
    "needs a dart of its own: `rng.random(p.shape[:-1])`.",
    one_throw,
)
colder(
    "ends counted from the right",
    "You count the ends that the dart has not reached. The id is the number that it has passed: `ends <= u`.",
    lambda p, rng: (p.cumsum(axis=-1)[..., :-1] > rng.random(p.shape[:-1])[..., None]).sum(axis=-1),
)


def scores_in_place(logits, temperature):
    logits /= temperature
    return softmax(logits)


def running_sum_in_place(p, rng):
    np.cumsum(p, axis=-1, out=p)
    return (p[..., :-1] <= rng.random(p.shape[:-1])[..., None]).sum(axis=-1)


hotter(
    "the scores are changed in place",
    "`logits /= …` writes into the array that the caller still holds. `logits / temperature` makes a new one.",
    scores_in_place,
)
colder(
    "the probabilities are changed in place",
    "The running sum is written into `p`, which the caller still holds. `p.cumsum(axis=-1)` makes a new array.",
    running_sum_in_place,
)
