"""One step of a beam search for a single sentence."""

import numpy as np

from autograder.checks.shapes.encoder_decoder import reference
from autograder.compare import by_name, expect, expect_any_close, expect_close, expect_equal, expect_shape
from autograder.compare import expect_unchanged as unchanged
from autograder.spec import Exercise
from rnn_core import beam
from rnn_core.activations import log_softmax

NAMES = ("parents", "ids", "scores")
BEAM = Exercise(
    "translate-beam-step",
    functions={"beam_step": reference.beam_step},
    returns={"beam_step": NAMES},
    points=4,
    minutes=25,
    difficulty=3,
    hints=(
        "Make a table (B, V) of all candidates: row = which beginning, column = how it goes on. A candidate's score is "
        "its beginning's score plus the log-probability of the new id.",
        "A beginning that is over has one candidate only. Fill its row with `-np.inf`, then put its old score into the "
        "column `end`.",
        "The best of the *whole* table: `np.argsort(-total, axis=None)[:width]` gives places in the flattened table.",
        "`parents, ids = np.divmod(places, V)`, and `total[parents, ids]` are the scores.",
    ),
    explain="All candidates of all beginnings compete in one table, so one beginning may go on in two ways and another "
    "die out. What is over competes with its final score and takes its place in the beam without growing.",
)
HINTS = {
    "parents": "The row in the table of candidates: which beginning goes on.",
    "ids": "The column in the table of candidates: the id that is added.",
    "scores": "The beginning's score plus the log-probability of the id.",
}


def draw(rng, B=3, V=7, over=0):
    """scores, best first, log_p with rows that sum to 1 as probabilities, over (so many True), width and end."""
    scores = -np.sort(rng.uniform(0.5, 3.0, B))
    flags = rng.permutation(np.arange(B) < over)
    return scores, log_softmax(1.5 * rng.standard_normal((B, V))), flags, B, int(rng.integers(1, V))


def compare(student, args):
    got, want = (by_name(NAMES, f(*args)) for f in (student.beam_step, reference.beam_step))
    for name in NAMES:
        expect_shape(name, got[name], want[name].shape, "One entry for each of the `width` that are kept.")
    for name in NAMES[:2]:
        expect_equal(name, got[name], want[name], HINTS[name])
    expect_close("scores", got["scores"], want["scores"], HINTS["scores"])


@BEAM.check("nothing is over: the best of all candidates, best first")
def values(student, rng):
    for B, V in ((3, 7), (4, 5), (9, 6)):  # a wide one too: a part-sort may come out sorted where few are kept
        compare(student, draw(rng, B, V))
    scores, log_p, over, _, end = draw(rng, 1, 7)  # the first step: one beginning, and a beam to fill
    compare(student, (scores, log_p, over, 4, end))


@BEAM.check("one beginning may go on in several ways, another in none")
def several(student, rng):
    scores = np.array([-0.2, -4.0, -5.0])
    p = rng.permuted([[0.4, 0.35, 0.15, 0.06, 0.04]] * 3, axis=1) * rng.uniform(0.95, 1.05, (3, 5))
    log_p = np.log(p / p.sum(axis=1, keepdims=True))
    compare(student, (scores, log_p, np.zeros(3, bool), 3, 2))


@BEAM.check("what is over competes with its score, and does not go on")
def over(student, rng):
    for B, V, count in ((3, 7, 1), (4, 5, 2)):
        scores, log_p, flags, width, end = draw(rng, B, V, count)
        scores[flags] = -rng.uniform(0.3, 0.4, count)  # good enough to stay
        compare(student, (scores, log_p, flags, width, end))
    scores, log_p, flags, width, end = draw(rng, 3, 7, 1)
    scores[flags] = -9.0  # too bad to stay
    compare(student, (scores, log_p, flags, width, end))


@BEAM.check("a whole search: width 1 is greedy, width 3 finds what the reference finds")
def search(student, rng):
    V, H, T, end = 5, 4, 5, 2
    for width in (1, 3):
        E, W, W_y = (2 * rng.standard_normal(shape) for shape in ((V, H), (H, H), (H, V)))
        h0 = np.tanh(rng.standard_normal((1, H)))

        def step(ids, h, E=E, W=W, W_y=W_y):
            h = np.tanh(E[np.asarray(ids)] + h @ W)
            return h @ W_y, h

        ids, scores = whole(student.beam_step, step, h0, 0, T, end, width)
        want, want_scores = beam.beam_search(step, h0, np.array([0]), T, end, width)
        if width == 1:
            want = beam.greedy(step, h0, np.array([0]), T, end)[:, None]
        expect_equal(f"ids of a search with width {width}", ids, want[0])
        expect_close(f"scores of a search with width {width}", scores, want_scores[0], rtol=1e-5)  # of float32 steps


def whole(beam_step, step, h, first, length, end, width):
    """A search for one sentence, as in the lesson; ids (width, length)."""
    ids, scores, over = np.full((1, 0), end), np.zeros(1), np.zeros(1, bool)
    read = np.array([first])
    for _ in range(length):
        logits, h = step(read, h)
        parents, new, scores = beam_step(scores, log_softmax(logits), over, width, end)
        parents, new, scores = np.asarray(parents), np.asarray(new), np.asarray(scores, float)
        fits = parents.shape == new.shape == scores.shape == (width,) and {parents.dtype.kind, new.dtype.kind} <= {
            *"iu"
        }
        expect(fits, "beam_step: expected three arrays of `width` entries, the first two of whole numbers.")
        expect(
            bool(((parents >= 0) & (parents < len(ids)) & (new >= 0) & (new < logits.shape[1])).all()),
            "beam_step: a parent is a row and an id a column of the table of candidates.",
        )
        ids, h = np.hstack([ids[parents], new[:, None]]), h[parents]
        read, over = new, new == end
        if over.all():
            break
    return np.hstack([ids, np.full((width, length - ids.shape[1]), end)]), scores


@BEAM.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng, over=1)
    got, after = student.beam_step.with_arguments(*args)
    expect_any_close(by_name(NAMES, got), by_name(NAMES, reference.beam_step(*args)))
    unchanged(("scores", "log_p", "over"), after[:3], args[:3], "`log_p[over] = …` changes the caller's array.")
