"""The references that the second notebook of lesson 8 has of its own, against other ways to get there."""

import numpy as np
import pytest

from autograder.checks.shapes.encoder_decoder import beam_step, greedy, reference
from rnn_core import beam
from rnn_core.activations import log_softmax


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("width", [1, 2, 5])
def test_a_search_of_beam_steps_is_a_beam_search(seed, width):
    rng = np.random.default_rng(seed)
    step, (h, _), first, end = greedy.model(rng, N=1)

    def one(ids, h):
        logits, (h, _) = step(ids, (h, (np.zeros(len(ids)),)))
        return logits, h

    ids, scores = beam_step.whole(reference.beam_step, one, h, int(first[0]), 6, end, width)
    want, want_scores = beam.beam_search(one, h, first, 6, end, width)
    assert np.array_equal(ids, want[0])
    assert scores == pytest.approx(want_scores[0], rel=1e-12)


def test_a_beam_step_against_a_sorted_list():
    rng = np.random.default_rng(0)
    for _ in range(50):
        scores, log_p, over = -rng.random(4), log_softmax(rng.standard_normal((4, 6))), rng.random(4) < 0.4
        candidates = [(scores[b] + log_p[b, v], b, v) for b in range(4) for v in range(6) if not over[b]]
        candidates += [(scores[b], b, 3) for b in range(4) if over[b]]
        want = sorted(candidates, reverse=True)[:3]
        parents, ids, best = reference.beam_step(scores, log_p, over, 3, 3)
        assert [(b, v) for _, b, v in want] == list(zip(parents, ids, strict=True))
        assert best == pytest.approx([score for score, _, _ in want], rel=1e-12)
