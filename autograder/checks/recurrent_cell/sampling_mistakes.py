"""Wrong temperatures and draws, known by name."""

import numpy as np

from autograder.checks.recurrent_cell.sampling import SAMPLE
from rnn_core.activations import softmax


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


def row_by_row(p, rng):
    return np.array([rng.choice(p.shape[-1], p=row) for row in p])


for one_row in (row_by_row, lambda p, rng: rng.choice(len(p), p=p)):
    colder(
        "rng.choice for one row, or for rows with one axis",
        "`rng.choice` takes the probabilities of a single row. Any number of axes is asked for: the ruler works along "
        "the last one, whatever stands before it.",
        one_row,
    )
colder(
    "every row by the probabilities of the first",
    "`rng.choice` knows one set of probabilities, and every row has its own. Lay out a ruler for each row: "
    "`p.cumsum(axis=-1)`.",
    lambda p, rng: rng.choice(p.shape[-1], size=p.shape[:-1], p=p.reshape(-1, p.shape[-1])[0]),
)
colder(
    "vectors instead of ids",
    "`rng.multinomial` gives a vector with a 1 for each row. The id is where the 1 stands: `.argmax(axis=-1)`.",
    lambda p, rng: rng.multinomial(1, p),
)
colder(
    "random numbers added to the probabilities, and the largest wins",
    "The likeliest id wins too often. Compare one dart a row with the running sums of `p`.",
    lambda p, rng: (p + rng.random(p.shape)).argmax(axis=-1),
)
hotter(
    "a power of the scores",
    "Scores may be negative, and a root of those is no number. Divide the scores by the temperature.",
    lambda logits, temperature: softmax(logits ** (1 / temperature)),
)
