"""What the learner writes in the second notebook of lesson 19.

Tensors of the student's are arrays here: the grader has no torch.
"""

import numpy as np

from rnn_core.optim import clip_global_norm


def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    """All steps of an LSTM with 2 T + 2 launches.

    launch(operation, *names), step_of(name, t): the device's; x (T, N, D) and all that follows are names of arrays.
    Returns: the names of h after each step, a list of T, and that of c after the last.
    """
    u = launch("add", launch("product", x, W_xh), b)
    states = []
    for t in range(T):
        h, c = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
        states.append(h)
    return states, c


def pack(x, lengths):
    """The real steps of padded rows, step by step, the longest row first.

    Shapes: x (N, T, D); lengths (N,).
    Returns: data (sum of lengths, D); batch_sizes (longest,), how many rows have a t-th step; order (N,), the rows
        from the longest to the shortest, equal ones in their old order.
    """
    order = np.argsort(-lengths, kind="stable")
    batch_sizes = (lengths[:, None] > np.arange(lengths.max(initial=0))).sum(axis=0)
    data = np.concatenate([x[order[:n], t] for t, n in enumerate(batch_sizes)] or [x[:0, 0]])
    return data, batch_sizes, order


def unpack(data, batch_sizes, order):
    """The padded rows again, 0 in the padding: x (N, longest, D)."""
    x = np.zeros((len(order), len(batch_sizes), data.shape[1]), data.dtype)
    for t, rows in enumerate(np.split(data, np.cumsum(batch_sizes))[:-1]):
        x[order[: len(rows)], t] = rows
    return x


def scaled_step(params, grads, scale, good, lr, patience):
    """One step of gradient descent with loss scaling.

    params: dict of arrays in float32; grads: the same names in float16, of the loss times `scale`; good: steps without
    overflow since the scale was last changed.
    Returns: params, scale, good.
    """
    if not all(np.isfinite(g).all() for g in grads.values()):
        return dict(params), scale / 2, 0
    params = {name: p - lr * (grads[name].astype(np.float32) / scale) for name, p in params.items()}
    return (params, scale * 2, 0) if good + 1 == patience else (params, scale, good + 1)


def join(earlier, later):
    """Two pieces of h' = keep * h + new in a row, as one. Each is a pair keep, new."""
    return later[0] * earlier[0], later[0] * earlier[1] + later[1]


def scan(keep, new, join):
    """All prefixes of an associative `join`, in as many rounds as it takes for 1, 2, 4, … to reach T.

    Shapes: keep, new (N, T, H). Returns: keep, new (N, T, H): entry t stands for the steps 0 to t.
    """
    s = 1
    while s < keep.shape[1]:
        joined = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
        keep, new = (np.concatenate([a[:, :s], b], axis=1) for a, b in zip((keep, new), joined, strict=True))
        s *= 2
    return keep, new


def scan_backward(dh, keep, h, h0, run):
    """Back through h_t = keep_t h_{t-1} + new_t, by one run of a recurrence of the same kind.

    Shapes: dh, keep, h (N, T, H); h0 (N, H); run(keep, new, h0) gives all states (N, T, H).
    Returns: dkeep, dnew (N, T, H), dh0 (N, H).
    """
    dh, keep, h, h0 = (np.asarray(a) for a in (dh, keep, h, h0))
    next_keep = np.concatenate([0 * keep[:, :1], keep[:, :0:-1]], axis=1)
    d = np.asarray(run(next_keep, dh[:, ::-1], 0 * h0))[:, ::-1]
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return d * before, d, d[:, 0] * keep[:, 0]


def joined_gradient(gradients, tokens, max_norm):
    """One gradient from those of several workers, each the mean over its own tokens; clipped.

    gradients: a dict of arrays for each worker; tokens: a number for each.
    Returns: the gradient of the mean over all tokens, at most `max_norm` long, and its norm before it was clipped.
    """
    joined = {
        name: sum(g[name] * n for g, n in zip(gradients, tokens, strict=True)) / sum(tokens) for name in gradients[0]
    }
    return clip_global_norm(joined, max_norm)
