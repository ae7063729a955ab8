"""References that `rnn_core` does not hold in this form."""

import numpy as np


def decoder_batch(sentences, start, end, feed="true"):
    """What a decoder reads and what it must write, side by side for ragged sentences.

    Shapes: sentences, N lists of ids. Returns: inputs, targets, mask, each (N, T), with T one more than the longest
    sentence; what is not real is filled with `end`.
    """
    N, T = len(sentences), max(len(words) for words in sentences) + 1
    inputs, targets, mask = np.full((N, T), end), np.full((N, T), end), np.zeros((N, T), dtype=bool)
    for n, words in enumerate(sentences):
        inputs[n, 0], inputs[n, 1 : len(words) + 1] = start, words
        targets[n, : len(words)] = words
        mask[n, : len(words) + 1] = True
    if feed == "none":
        inputs[:] = start
    return inputs, targets, mask


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
