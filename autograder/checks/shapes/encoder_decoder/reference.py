"""References that `rnn_core` does not hold in this form."""

import numpy as np


def beam_step(scores, log_p, over, width, end):
    """Keep the best `width` of all ways to go on.

    Shapes: scores (B,), over (B,), log_p (B, V). Units: scores and log_p in nats.
    Returns: parents, ids and scores, each (width,), best first.
    """
    total = np.where(over[:, None], -np.inf, scores[:, None] + log_p)
    total[over, end] = scores[over]
    best = np.argsort(-total, axis=None, kind="stable")[:width]
    parents, ids = np.divmod(best, log_p.shape[1])
    return parents, ids, total[parents, ids]
