"""Layer and batch normalisation: shift and scale numbers to mean 0 and variance 1, then to a learned gain and shift b.

Layer normalisation takes mean and variance over the units of one row: it needs no other row, and does the
same in training and at a test. Batch normalisation takes them over the rows of a batch for each unit, and at
a test needs those that it has seen: in a recurrent net one set for all steps, or one for each.
Sources: Ba, Kiros & Hinton (2016), arXiv 1607.06450; Ioffe & Szegedy (2015), arXiv 1502.03167; a set for each
step: Cooijmans, Ballas, Laurent, Gulcehre & Courville (2017), arXiv 1603.09025.
"""

import numpy as np

from rnn_core.errors import RangeError, check_shapes

EPS = 1e-5  # added to the variance, as in torch


def layer_norm_forward(a, gain, b, eps=EPS):
    """Normalise each row over its units.

    Shapes: a (..., H) with any leading axes; gain, b (H,).
    Units: eps in squared units of a. Returns: y (..., H) and the cache of `layer_norm_backward`.
    Raises: ShapeError, naming the first array that does not fit.
    """
    H = np.shape(a)[-1]
    check_shapes(gain=(gain, (H,)), b=(b, (H,)))
    centred = a - a.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)  # (..., 1)
    normal = centred * scale
    return gain * normal + b, (normal, scale, gain)


def layer_norm_backward(dy, cache):
    """Take the gradient back through layer normalisation: what would shift or scale a whole row is lost.

    Shapes: dy (..., H); the cache is `layer_norm_forward`'s.
    Returns: da (..., H), dgain (H,), db (H,). Raises: ShapeError if dy does not fit.
    """
    normal, scale, gain = cache
    check_shapes(dy=(dy, normal.shape))
    da = _through(dy * gain, normal, scale, axis=-1)
    rows = -1, len(gain)
    return da, (dy * normal).reshape(rows).sum(axis=0), dy.reshape(rows).sum(axis=0)


def batch_norm_forward(a, gain, b, eps=EPS):
    """Normalise each unit over the rows of the batch, as in training.

    Shapes: a (N, H) with N of at least 2; gain, b (H,). Units: eps in squared units of a.
    Returns: y (N, H), the batch's mean (H,) and variance (H,), and the cache of `batch_norm_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a batch of one row.
    """
    check_shapes(a=(a, ("N", "H")))
    N, H = a.shape
    check_shapes(gain=(gain, (H,)), b=(b, (H,)))
    if N < 2:
        raise RangeError(f"a: expected at least 2 rows to take a variance over, got {N}")
    mean, var = a.mean(axis=0), a.var(axis=0)
    scale = 1 / np.sqrt(var + eps)  # (H,)
    normal = (a - mean) * scale
    return gain * normal + b, mean, var, (normal, scale, gain)


def batch_norm_backward(dy, cache):
    """Take the gradient back through batch normalisation: rows act on each other by the mean and variance.

    Shapes: dy (N, H); the cache is `batch_norm_forward`'s.
    Returns: da (N, H), dgain (H,), db (H,). Raises: ShapeError if dy does not fit.
    """
    normal, scale, gain = cache
    check_shapes(dy=(dy, normal.shape))
    da = _through(dy * gain, normal, scale, axis=0)
    return da, (dy * normal).sum(axis=0), dy.sum(axis=0)


def batch_norm_test(a, gain, b, mean, var, eps=EPS):
    """Normalise with statistics that were gathered before: a row's result depends on no other row.

    Shapes: a (N, H); gain, b, mean, var (H,). Returns: y (N, H).
    Raises: ShapeError, naming the first array that does not fit.
    """
    check_shapes(a=(a, ("N", "H")))
    H = a.shape[1]
    check_shapes(gain=(gain, (H,)), b=(b, (H,)), mean=(mean, (H,)), var=(var, (H,)))
    return gain * (a - mean) / np.sqrt(var + eps) + b


class RunningStatistics:
    """Mean and variance of each unit, averaged over the batches seen: one set for all steps, or one for each.

    mean, var (steps, H): as in torch, a new batch enters with the weight `momentum`, its variance divided by
    N - 1. A step beyond the last set uses the last; with steps=1 all steps share one.
    """

    def __init__(self, H, steps=1, momentum=0.1, dtype=np.float64):
        self.mean, self.var = np.zeros((steps, H), dtype), np.ones((steps, H), dtype)
        self.momentum = momentum

    def update(self, t, mean, var, N):
        """Enter what `batch_norm_forward` found at step t, in a batch of N rows."""
        t = min(t, len(self.mean) - 1)
        for running, seen in (self.mean, mean), (self.var, var * N / (N - 1)):
            running[t] += self.momentum * (seen - running[t])

    def at(self, t):
        """The mean and variance (H,) to be used at step t."""
        t = min(t, len(self.mean) - 1)
        return self.mean[t], self.var[t]


def _through(dnormal, normal, scale, axis):
    """From the gradient at the normalised numbers to that at the raw ones."""
    mean, along = (part.mean(axis=axis, keepdims=True) for part in (dnormal, dnormal * normal))
    return scale * (dnormal - mean - normal * along)
