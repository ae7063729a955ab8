"""Wrong ways back through a scan, known by name. Tensors may be arrays here."""

import numpy as np

from autograder.checks.gpu.scan_backward import GRADIENT


def gradients(d, keep, h, h0):
    """The three results, from what reaches every state."""
    d, keep, h, h0 = (np.asarray(a) for a in (d, keep, h, h0))
    return d * np.concatenate([h0[:, None], h[:, :-1]], axis=1), d, d[:, 0] * keep[:, 0]


def back(dh, keep, h, h0, run, keeps=None, start=None):
    """A way back that takes other keeps beside the d of the next step, or another start."""
    dh, keep, h0 = (np.asarray(a) for a in (dh, keep, h0))
    keeps = np.concatenate([keep[:, 1:], 0 * keep[:, :1]], axis=1) if keeps is None else keeps
    d = np.asarray(run(keeps[:, ::-1], dh[:, ::-1], 0 * h0 if start is None else start))[:, ::-1]
    return gradients(d, keep, h, h0)


@GRADIENT.mistake(
    "the keeps are not shifted by one step",
    "d_t gets a share of d_{t+1}, and the share is that of the step from t to t + 1: keep_{t+1}, not keep_t.",
)
def unshifted(dh, keep, h, h0, run):
    return back(dh, keep, h, h0, run, keeps=np.asarray(keep))


@GRADIENT.mistake(
    "time is not turned round",
    "What reaches a state comes from later steps. Turn keep and dh round before the run, and the result after it.",
)
def forwards(dh, keep, h, h0, run):
    return gradients(run(keep, dh, 0 * np.asarray(h0)), keep, h, h0)


@GRADIENT.mistake(
    "the result is not turned round again",
    "`run` was given the steps from the last to the first, and so it returned them.",
)
def not_turned_back(dh, keep, h, h0, run):
    _, d, _ = back(dh, keep, h, h0, run)
    return gradients(d[:, ::-1], keep, h, h0)  # turned twice: as `run` returned it


@GRADIENT.mistake(
    "dkeep takes the state after the step",
    "h_t = keep_t h_{t-1} + new_t: beside keep_t stands the state *before* the step, and before step 0 that is h0.",
)
def states_after(dh, keep, h, h0, run):
    _, d, dh0 = back(dh, keep, h, h0, run)
    return d * np.asarray(h), d, dh0


@GRADIENT.mistake(
    "h0 is missing in dkeep",
    "Before step 0 stands h0, and it is not zero.",
)
def no_h0(dh, keep, h, h0, run):
    return back(dh, keep, h, 0 * np.asarray(h0), run)


@GRADIENT.mistake(
    "dh0 forgets what step 0 keeps",
    "h_0 = keep_0 h0 + new_0: of what reaches h_0, the share keep_0 goes on to h0.",
)
def whole_h0(dh, keep, h, h0, run):
    dkeep, d, _ = back(dh, keep, h, h0, run)
    return dkeep, d, d[:, 0]


@GRADIENT.mistake(
    "nothing is handed back from step to step",
    "dh holds what arrives from outside. Each state also acts on all later ones: that is what `run` adds up.",
)
def outside_only(dh, keep, h, h0, run):
    return gradients(dh, keep, h, h0)


@GRADIENT.mistake(
    "the way back starts at h0",
    "Behind the last step there is nothing, so d begins at 0. h0 is a state, not a gradient.",
)
def started_at_h0(dh, keep, h, h0, run):
    keep = np.asarray(keep)
    ones = np.concatenate([keep[:, 1:], 1 + 0 * keep[:, :1]], axis=1)
    return back(dh, keep, h, h0, run, keeps=ones, start=np.asarray(h0))


@GRADIENT.mistake(
    "dkeep and dnew are exchanged",
    "Three results: dkeep, dnew, dh0, in this order. dnew is d itself; dkeep is d times the state before the step.",
)
def exchanged(dh, keep, h, h0, run):
    dkeep, dnew, dh0 = back(dh, keep, h, h0, run)
    return dnew, dkeep, dh0


@GRADIENT.mistake(
    "dnew is what arrives from outside alone",
    "new_t is added to h_t, so what reaches h_t in all reaches new_t: d_t, not dh_t.",
)
def outside_new(dh, keep, h, h0, run):
    dkeep, _, dh0 = back(dh, keep, h, h0, run)
    return dkeep, np.asarray(dh), dh0


@GRADIENT.mistake(
    "the keeps are shifted the other way",
    "d_t gets its share from step t + 1, so keep_{t+1} has to stand at place t *before* time is turned round.",
)
def shifted_back(dh, keep, h, h0, run):
    keep = np.asarray(keep)
    return back(dh, keep, h, h0, run, keeps=np.concatenate([0 * keep[:, :1], keep[:, :-1]], axis=1))


@GRADIENT.mistake(
    "the keeps are shifted twice",
    "Once is enough: either before time is turned round (`keep[:, 1:]`, then 0), or after it (0, then `[:, :-1]`).",
)
def shifted_twice(dh, keep, h, h0, run):
    keep = np.asarray(keep)
    none = 0 * keep[:, :1]
    twice = np.concatenate([keep[:, 2:], none, none], axis=1)[:, : keep.shape[1]]
    return back(dh, keep, h, h0, run, keeps=twice)
