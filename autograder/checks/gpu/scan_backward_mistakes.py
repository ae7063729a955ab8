"""Wrong ways back through a scan, known by name. Tensors may be arrays here."""

import numpy as np

from autograder.checks.gpu.scan_backward import GRADIENT


def back(dh, keep, h, h0, run, shift=True, before=None, through=True, start=None):
    """A way back that takes other keeps, other states or another start."""
    dh, keep, h, h0 = (np.asarray(a) for a in (dh, keep, h, h0))
    next_keep = np.concatenate([0 * keep[:, :1], keep[:, :0:-1]], axis=1) if shift else keep[:, ::-1]
    d = np.asarray(run(next_keep, dh[:, ::-1], 0 * h0 if start is None else start))[:, ::-1]
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1) if before is None else before
    return d * before, d, d[:, 0] * keep[:, 0] if through else d[:, 0]


@GRADIENT.mistake(
    "the keeps are not shifted by one step",
    "d_t gets a share of d_{t+1}, and the share is that of the step from t to t + 1: keep_{t+1}, not keep_t.",
)
def unshifted(dh, keep, h, h0, run):
    return back(dh, keep, h, h0, run, shift=False)


@GRADIENT.mistake(
    "time is not turned round",
    "What reaches a state comes from later steps. Turn keep and dh round before the run, and the result after it.",
)
def forwards(dh, keep, h, h0, run):
    dh, keep, h, h0 = (np.asarray(a) for a in (dh, keep, h, h0))
    d = np.asarray(run(keep, dh, 0 * h0))
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return d * before, d, d[:, 0] * keep[:, 0]


@GRADIENT.mistake(
    "the result is not turned round again",
    "`run` was given the steps from the last to the first, and so it returned them.",
)
def not_turned_back(dh, keep, h, h0, run):
    dh, keep, h, h0 = (np.asarray(a) for a in (dh, keep, h, h0))
    d = np.asarray(run(np.concatenate([0 * keep[:, :1], keep[:, :0:-1]], axis=1), dh[:, ::-1], 0 * h0))
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return d * before, d, d[:, 0] * keep[:, 0]


@GRADIENT.mistake(
    "dkeep takes the state after the step",
    "h_t = keep_t h_{t-1} + new_t: beside keep_t stands the state *before* the step, and before step 0 that is h0.",
)
def states_after(dh, keep, h, h0, run):
    return back(dh, keep, h, h0, run, before=np.asarray(h))


@GRADIENT.mistake(
    "h0 is missing in dkeep",
    "Before step 0 stands h0, and it is not zero.",
)
def no_h0(dh, keep, h, h0, run):
    h = np.asarray(h)
    return back(dh, keep, h, h0, run, before=np.concatenate([0 * h[:, :1], h[:, :-1]], axis=1))


@GRADIENT.mistake(
    "dh0 forgets what step 0 keeps",
    "h_0 = keep_0 h0 + new_0: of what reaches h_0, the share keep_0 goes on to h0.",
)
def whole_h0(dh, keep, h, h0, run):
    return back(dh, keep, h, h0, run, through=False)


@GRADIENT.mistake(
    "nothing is handed back from step to step",
    "dh holds what arrives from outside. Each state also acts on all later ones: that is what `run` adds up.",
)
def outside_only(dh, keep, h, h0, run):
    dh, keep, h, h0 = (np.asarray(a) for a in (dh, keep, h, h0))
    return dh * np.concatenate([h0[:, None], h[:, :-1]], axis=1), dh, dh[:, 0] * keep[:, 0]


@GRADIENT.mistake(
    "the way back starts at h0",
    "Behind the last step there is nothing, so d begins at 0. h0 is a state, not a gradient.",
)
def started_at_h0(dh, keep, h, h0, run):
    dh, keep, h, h0 = (np.asarray(a) for a in (dh, keep, h, h0))
    ones = np.concatenate([1 + 0 * keep[:, :1], keep[:, :0:-1]], axis=1)
    d = np.asarray(run(ones, dh[:, ::-1], h0))[:, ::-1]
    return d * np.concatenate([h0[:, None], h[:, :-1]], axis=1), d, d[:, 0] * keep[:, 0]
