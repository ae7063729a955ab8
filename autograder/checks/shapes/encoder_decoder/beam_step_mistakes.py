"""Wrong steps of a beam search, known by name."""

from functools import partial

import numpy as np

from autograder.checks.shapes.encoder_decoder.beam_step import BEAM
from autograder.checks.shapes.encoder_decoder.reference import beam_step


def table(scores, log_p, over, end):
    """The candidates of the reference."""
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = scores[over]
    return total


def chosen(total, width, by=None, scores=None):
    """The best of a table: ranked by another one, or with other scores, if given."""
    best = np.argsort(-(total if by is None else by), axis=None, kind="stable")[:width]
    parents, ids = np.divmod(best, total.shape[1])
    return parents, ids, (total if scores is None else scores)[parents, ids]


def step_mistake(name, words):
    """Name a wrong step."""

    def add(compute):
        BEAM.mistake(name, words, beam_step=compute)

    return add


step_mistake(
    "what is over goes on",
    "Behind the end mark there is nothing. A beginning that is over has one candidate: itself, with the id `end` and "
    "the score that it had.",
)(lambda scores, log_p, over, width, end: chosen(scores[:, None] + log_p, width))
step_mistake(
    "what is over is lost",
    "A finished translation may be the best of all. It stays in the table as one candidate: `end`, and its old score.",
)(lambda scores, log_p, over, width, end: chosen(np.where(over[:, None], -np.inf, scores[:, None] + log_p), width))
step_mistake(
    "what is over stands in the table once for every id",
    "Its whole row holds the old score, so copies of one translation fill the beam. Only the column `end` may hold it; "
    "the rest of the row is minus infinity.",
)(
    lambda scores, log_p, over, width, end: chosen(
        np.where(over[:, None], scores[:, None], scores[:, None] + log_p), width
    )
)


def end_costs(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = (scores[:, None] + log_p)[over, end]
    return chosen(total, width)


step_mistake(
    "what is over pays for another end mark",
    "It can only go on with `end`, and that is certain: log 1 = 0 is added, so its score stays what it was.",
)(end_costs)


def end_zero(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = 0
    return chosen(total, width)


step_mistake(
    "what is over gets the score 0",
    "A 0 is *added* to its score, since going on with `end` is certain. Its own score stays.",
)(end_zero)
step_mistake(
    "probabilities are added, not their logarithms",
    "The probability of a sentence is the *product* of those of its words; as logarithms they add. A sum of "
    "probabilities is the probability of nothing.",
)(lambda scores, log_p, over, width, end: chosen(table(scores, np.exp(log_p), over, end), width))


def new_id_alone(scores, log_p, over, width, end, kept):
    total = table(0 * scores, log_p, over, end)
    total[over, end] = scores[over] if kept else 0
    return chosen(total, width)


for kept in (False, True):
    step_mistake(
        "only the new id's log-probability counts",
        "A beginning brings its own score along. Compare whole sentences: `scores[:, None] + log_p`.",
    )(partial(new_id_alone, kept=kept))
step_mistake(
    "the new scores lack the beginning's score",
    "The ranking is right. What is returned must be the score of the whole sentence so far.",
)(
    lambda scores, log_p, over, width, end: chosen(
        table(scores, log_p, over, end), width, scores=table(0 * scores, log_p, over, end)
    )
)
step_mistake(
    "the old scores are returned",
    "The ranking is right. What is returned must have grown by the log-probability of the new id.",
)(
    lambda scores, log_p, over, width, end: chosen(
        table(scores, log_p, over, end), width, scores=np.repeat(scores[:, None], log_p.shape[1], axis=1)
    )
)


def best_of_each(scores, log_p, over, width, end):
    """Each beginning goes on in its best way; where there are too few, the next best of each follow."""
    total = table(scores, log_p, over, end)
    ids = total.argmax(axis=1)
    order = np.argsort(-total.max(axis=1), kind="stable")[:width]
    return order, ids[order], total[order, ids[order]]


step_mistake(
    "the best of each beginning is kept",
    "A beginning may deserve two places, and another none. Sort the whole table, not each row: `axis=None`.",
)(best_of_each)
step_mistake(
    "the worst are kept",
    "`np.argsort` puts the smallest first. Sort `-total`, or take the last ones in reverse.",
)(
    lambda scores, log_p, over, width, end: chosen(
        table(scores, log_p, over, end), width, by=-table(scores, log_p, over, end)
    )
)
step_mistake(
    "the best come last",
    "The right candidates in the wrong order: best first was asked for.",
)(lambda *a: tuple(each[::-1] for each in beam_step(*a)))


def in_table_order(scores, log_p, over, width, end):
    total = table(scores, log_p, over, end)
    best = np.sort(np.argsort(-total, axis=None, kind="stable")[:width])
    parents, ids = np.divmod(best, log_p.shape[1])
    return parents, ids, total[parents, ids]


step_mistake(
    "the best are kept, but in the order of the table",
    "The right candidates, as they stand in the table. Best first was asked for: sort those that are kept by score.",
)(in_table_order)


def by_width(scores, log_p, over, width, end):
    total = table(scores, log_p, over, end)
    best = np.argsort(-total, axis=None, kind="stable")[:width]
    return best // width, best % width, total.ravel()[best]


step_mistake(
    "places in the table are divided by the width",
    "A row of the table has V columns: place = row * V + column. `np.divmod(place, V)` takes it apart again.",
)(by_width)


def flat_parents(scores, log_p, over, width, end):
    parents, ids, best = beam_step(scores, log_p, over, width, end)
    return parents * log_p.shape[1] + ids, ids, best


step_mistake(
    "the parents are places in the whole table",
    "A parent is a row of the table, from 0 to B - 1. `np.divmod(place, V)` parts a place into row and column.",
)(flat_parents)


def as_many_as_before(scores, log_p, over, width, end):
    return beam_step(scores, log_p, over, len(scores), end)


step_mistake(
    "as many are kept as there were beginnings",
    "`width` says how many are kept. A search starts with one beginning, and its first step has to fill up the beam.",
)(as_many_as_before)


def ended_with_zero(scores, log_p, over, width, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, 0] = scores[over]
    return chosen(total, width)


step_mistake(
    "what is over goes on with id 0",
    "Its one candidate stands in the column `end`: another id would be a word.",
)(ended_with_zero)


def exchanged(scores, log_p, over, width, end):
    parents, ids, best = beam_step(scores, log_p, over, width, end)
    return ids, parents, best


step_mistake(
    "parents and ids are exchanged",
    "Row of the table: the parent. Column: the id. The order is `parents, ids, scores`.",
)(exchanged)


def scores_as_probabilities(scores, log_p, over, width, end):
    parents, ids, best = beam_step(scores, log_p, over, width, end)
    return parents, ids, np.exp(best)


step_mistake(
    "the scores come back as probabilities",
    "The next step adds log-probabilities to them. Leave them as logarithms.",
)(scores_as_probabilities)
step_mistake(
    "the scores are multiplied",
    "Both are logarithms, and the logarithm of a product is a sum. Two negative numbers multiplied are positive.",
)(lambda scores, log_p, over, width, end: chosen(_multiplied(scores, log_p, over, end), width))


def _multiplied(scores, log_p, over, end):
    total = np.where(over[:, None], -np.inf, scores[:, None] * log_p)
    total[over, end] = scores[over]
    return total


@BEAM.mistake(
    "the caller's log_p is changed",
    "`log_p[over] = -np.inf` writes into the array that the caller still holds. Work on `scores[:, None] + log_p`, "
    "which is new.",
)
def in_place(scores, log_p, over, width, end):
    found = beam_step(scores, log_p, over, width, end)
    log_p[over] = -np.inf
    log_p[over, end] = 0
    return found
