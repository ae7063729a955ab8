"""How the gradient goes back through a small net, and how a nudge goes forwards: the two on the same states.

Everything backwards is computed by a `backward(dh, caches)`, the learner's own, called on parts of the sequence;
everything forwards by the rule of the step alone. Where the two meet they must give one number.
"""

import numpy as np

from rnn_core import rnn


def forward(x, h0, W_xh, W_hh, b):
    """All steps. Returns: h (N, T + 1, H), which begins with h0, and the list of step caches."""
    states, caches = [h0], []
    for t in range(x.shape[1]):
        h, cache = rnn.step_forward(x[:, t], states[-1], W_xh, W_hh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def backward(dh, caches):
    """As the learner writes it in lesson 3: dh (N, T, H) and step caches -> dx, dh0, dW_xh, dW_hh, db."""
    dx, total, carried = [], None, np.zeros_like(dh[:, 0])
    for t in reversed(range(len(caches))):
        dx_t, carried, *shares = rnn.step_backward(dh[:, t] + carried, caches[t])
        dx.append(dx_t)
        total = shares if total is None else [a + b for a, b in zip(total, shares, strict=True)]
    return np.stack(dx[::-1], axis=1), carried, *total


def arrivals(backward, dh, caches):
    """The gradient at every state, from its own loss and from the future: h_t is the start of the steps after it.

    Shapes: dh (N, T, H), from outside at h_1 to h_T; T caches.
    Returns: outside and future (N, T + 1, H), for h_0 to h_T; and dx (N, T, D).
    """
    T = len(caches)
    future = np.zeros((dh.shape[0], T + 1, dh.shape[2]))
    for t in reversed(range(T)):  # the last one is the whole sequence, and its dx is that of all steps
        dx, future[:, t] = backward(dh[:, t:], caches[t:])[:2]
    outside = np.concatenate([np.zeros_like(dh[:, :1]), dh], axis=1)
    return outside, future, dx


def shares(backward, g, caches):
    """What each step adds to the gradients of the weights, for g (N, T + 1, H) as it arrives at h_0 to h_T.

    Returns: list of T triples dW_xh (D, H), dW_hh (H, H), db (H,).
    """
    return [backward(g[:, t + 1 : t + 2], caches[t : t + 1])[2:] for t in range(len(caches))]


def forwards(h, W_xh, W_hh, source):
    """How far each state moves when the source is nudged: a nudge of length 1, the root mean square over directions.

    Shapes: h (T + 1, H), one sequence; source 0 for h_0, or k for the input of step k.
    Returns: list of T + 1, with 0 for states before the source.
    """
    moves, moved = [], None
    for t, h_t in enumerate(h):
        if t == source:
            moved = np.eye(len(h_t)) if t == 0 else W_xh * (1 - h_t**2)  # a row for each direction of the nudge
        elif moved is not None:
            moved = (moved @ W_hh) * (1 - h_t**2)
        moves.append(0.0 if moved is None else size(moved, len(moved)))
    return moves


def size(jacobian, directions):
    """The root mean square length of the move for a nudge of length 1."""
    return float(np.linalg.norm(jacobian) / np.sqrt(directions))


def repeated(caches, rows):
    """The same caches with the first sequence so many times again after the others."""

    def longer(a):
        return np.concatenate([a, np.repeat(a[:1], rows, axis=0)])

    return [(longer(x), longer(h), W_xh, W_hh, longer(h_next)) for x, h, W_xh, W_hh, h_next in caches]
