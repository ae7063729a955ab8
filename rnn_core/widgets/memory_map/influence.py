"""Which of the characters before does a prediction depend on? Two answers: a gradient, and an experiment.

Source: Madsen (2019), Visualizing memorization in RNNs, Distill; there the gradient of the logit, here that of the
log-probability, so that all that speaks for or against a character counts.
"""

import numpy as np

from rnn_core.activations import log_softmax
from rnn_core.cells import prefixed
from rnn_core.errors import RangeError
from rnn_core.layers import output_backward, output_forward
from rnn_core.sequence import one_hot
from rnn_core.stack import stack_backward, stack_forward


def as_net(params):
    """The parameters with those of the cell under `layer1.`, as `nets` has them. Returns: dict of arrays."""
    if any(".back." in name for name in params):
        raise RangeError("params: expected layers that run ahead only, got layers that run both ways")
    if any(name.startswith("layer1.") for name in params):
        return dict(params)
    output = {name: p for name, p in params.items() if name in ("W_hy", "b_y")}
    return prefixed("layer1.", {name: p for name, p in params.items() if name not in output}) | output


def gradients(cell, params, ids, targets):
    """How fast does the log-probability of each target answer to a small change of each input before it?

    Row k is about the prediction made after k + 1 characters were read: one sequence of the batch each. An input is
    the one-hot vector of a character, and the strength is the length of the gradient by it.

    Shapes: params as from `nets.net_params`; ids (L,) of a text; targets (L,) ids, -1 for the likeliest.
    Units: strengths in nats for each unit of input.
    Returns: strengths (L, L), 0 for what comes later, and the log-probabilities (L, V) of what comes next.
    """
    rows, V = np.arange(len(ids)), len(params["b_y"])
    x = np.repeat(one_hot(ids, V, params["W_hy"].dtype)[None], len(ids), axis=0)  # (L, L, V)
    h, state, stack = stack_forward(cell, params, x)
    y, output = output_forward(h[rows, rows], params["W_hy"], params["b_y"])
    log_p = log_softmax(y)  # (L, V)
    dy = one_hot(chosen(targets, log_p), V, y.dtype) - np.exp(log_p)  # of log p[target], by the logits
    dh = np.zeros_like(h)
    dh[rows, rows], _, _ = output_backward(dy, output)
    dstate = tuple(tuple(np.zeros_like(part) for part in layer) for layer in state)
    dx, _, _ = stack_backward(dh, dstate, stack)
    return np.linalg.norm(dx, axis=-1), log_p


def changes(cell, params, ids, targets, others):
    """By how much does the log-probability of each target change when one character before it is replaced?

    Shapes: as for `gradients`; others (L,) ids, what is put in the place of each character.
    Units: nats, without sign. Returns: changes (L, L), row k as in `gradients`, and the log-probabilities (L, V).
    """
    rows, V = np.arange(len(ids)), len(params["b_y"])
    read = np.repeat(ids[None], len(ids) + 1, axis=0)  # the last row stays as it is
    read[rows, rows] = others
    h, _, _ = stack_forward(cell, params, one_hot(read, V, params["W_hy"].dtype))
    log_p = log_softmax(output_forward(h, params["W_hy"], params["b_y"])[0])  # (L + 1, L, V)
    of_target = log_p[:, rows, chosen(targets, log_p[-1])]  # (L + 1, L)
    return np.abs(of_target[:-1] - of_target[-1]).T, log_p[-1]


def chosen(targets, log_p):
    """The targets (L,), with the likeliest in the place of -1."""
    return np.where(np.asarray(targets) < 0, log_p.argmax(axis=-1), targets)


def reach(strengths, share):
    """Within how many characters back does this share of the influence lie?

    Shapes: strengths (k,), the last one of the latest character. Returns: int; None where there is no influence.
    """
    total = np.cumsum(strengths[::-1].astype(float))
    if not len(total) or not total[-1] > 0:
        return None
    return int(np.argmax(total >= share * total[-1] * (1 - 1e-12))) + 1
