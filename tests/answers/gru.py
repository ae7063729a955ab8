"""Answers to lesson 7."""

import math

import numpy as np

from autograder.checks.gru.verdicts import VERDICTS
from rnn_core import gru
from rnn_core.activations import sigmoid
from tests.answers import right, wrong

# --- which gate? (a prediction: every allowed text is right)

COMMITTED = "learns is one of the 4 choices"
right("gru-which-gate", "as the introduction says", learns="r alone is enough")
right("gru-which-gate", "z", learns="z alone is enough")
right("gru-which-gate", "in capitals", learns="EITHER ALONE IS ENOUGH")
wrong("gru-which-gate", COMMITTED, None, "empty", learns="")
wrong("gru-which-gate", COMMITTED, None, "a letter", learns="z")
wrong("gru-which-gate", COMMITTED, None, "a list", learns=["z alone is enough"])

# --- one step forward

VALUES, KEEPS = "values agree with the reference", "z = 1 keeps the state, exactly"
SHUT = "z = 0 and r = 0: the candidate sees nothing of the past"
UNTOUCHED = "the caller's arrays are left alone"
CHUNG = "this is Chung's convention (z takes the new); here torch's is asked"
KEEP = "gru-step-forward"


@wrong(KEEP, KEEPS, CHUNG)
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    n = np.tanh(a_n + r * u_n)
    return (1 - z) * h + z * n, (x, h, W_xh, W_hh, r, z, n, u_n)


@wrong(KEEP, VALUES, CHUNG, "1 - z for z")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    H = h.shape[1]
    a, u = x @ W_xh + b_x, h @ W_hh + b_h
    r = sigmoid(a[:, :H] + u[:, :H])
    z = 1 - sigmoid(a[:, H : 2 * H] + u[:, H : 2 * H])
    n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
    return n + z * (h - n), None


@wrong(KEEP, VALUES, "the reset gate is missing")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    H = h.shape[1]
    s = x @ W_xh + b_x + h @ W_hh + b_h
    r, z = np.split(sigmoid(s[:, : 2 * H]), 2, axis=1)
    n = np.tanh(s[:, 2 * H :])
    return z * h + (1 - z) * n, (r, z, n)


@wrong(KEEP, VALUES, "the gates are straight lines with corners: the hard sigmoid of old Keras")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = (np.clip(0.2 * a + 0.5, 0, 1) for a in (a_r + u_r, a_z + u_z))
    return (1 - z) * np.tanh(a_n + r * u_n) + z * h, ()


@wrong(KEEP, VALUES, "the reset acts before the product, as Cho et al. published it; here torch's form is asked")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    H = h.shape[1]
    gates = sigmoid(x @ W_xh[:, : 2 * H] + b_x[: 2 * H] + h @ W_hh[:, : 2 * H] + b_h[: 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    n = np.tanh(x @ W_xh[:, 2 * H :] + b_x[2 * H :] + (r * h) @ W_hh[:, 2 * H :] + b_h[2 * H :])
    return (1 - z) * n + z * h, (x, h, r, z, n)


@wrong(KEEP, VALUES, "this is the cell as Chung et al. published it; here torch's is asked")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    H = h.shape[1]
    b = b_x + b_h
    r = sigmoid(x @ W_xh[:, :H] + h @ W_hh[:, :H] + b[:H])
    z = sigmoid(x @ W_xh[:, H : 2 * H] + h @ W_hh[:, H : 2 * H] + b[H : 2 * H])
    n = np.tanh(x @ W_xh[:, 2 * H :] + (r * h) @ W_hh[:, 2 * H :] + b[2 * H :])
    return (1 - z) * h + z * n, (x, h, r, z, n)


@wrong(KEEP, SHUT, "the reset acts on the input's part as well")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    H = h.shape[1]
    s = x @ W_xh + b_x + h @ W_hh + b_h
    r, z = sigmoid(s[:, :H]), sigmoid(s[:, H : 2 * H])
    n = np.tanh(r * s[:, 2 * H :])
    return (1 - z) * n + z * h, (x, h, r, z, n)


@wrong(KEEP, VALUES, "the reset acts on the input's part instead of the state's")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    n = np.tanh(u_n + r * a_n)
    return (1 - z) * n + z * h, (r, z, n)


@wrong(KEEP, VALUES, "the candidate goes through a sigmoid")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    n = sigmoid(a_n + r * u_n)
    return (1 - z) * n + z * h, (r, z, n)


@wrong(KEEP, SHUT, "the candidate's bias b_h stands outside the reset")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    H = h.shape[1]
    a, u = x @ W_xh + b_x + b_h, h @ W_hh
    r, z = np.split(sigmoid(a[:, : 2 * H] + u[:, : 2 * H]), 2, axis=1)
    n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
    return (1 - z) * n + z * h, (r, z, n)


@wrong(KEEP, VALUES, "r and z are exchanged: the columns are stacked r, z, n")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_z, a_r, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_z, u_r, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    z = 1 / (1 + np.exp(-a_z - u_z))
    r = 1 / (1 + np.exp(-a_r - u_r))
    n = np.tanh(a_n + r * u_n)
    return z * h + (1 - z) * n, (r, z, n)


@wrong(KEEP, KEEPS, "the old state is not carried")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    return (1 - z) * np.tanh(a_n + r * u_n), (r, z)


@wrong(KEEP, KEEPS, "the candidate comes in whole")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    return z * h + np.tanh(a_n + r * u_n), (r, z)


@wrong(KEEP, VALUES, "the candidate has no tanh")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    return z * h + (1 - z) * (a_n + r * u_n), (r, z)


@wrong(KEEP, VALUES, "b_h is left out")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    return z * h + (1 - z) * np.tanh(a_n + r * u_n), (r, z)


@wrong(KEEP, VALUES, "the gates do not read the state")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_n = (h @ W_hh + b_h)[:, 2 * h.shape[1] :]
    r, z = sigmoid(a_r), sigmoid(a_z)
    return z * h + (1 - z) * np.tanh(a_n + r * u_n), (r, z)


@wrong(KEEP, VALUES, None, "n comes first, as in no library")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_n, a_r, a_z = np.split(x @ W_xh + b_x, 3, axis=1)
    u_n, u_r, u_z = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    return z * h + (1 - z) * np.tanh(a_n + r * u_n), (r, z)


@wrong(KEEP, VALUES, "the reset acts on the state that is kept")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    h = r * h
    return z * h + (1 - z) * np.tanh(a_n + r * u_n), (r, z)


@wrong(KEEP, UNTOUCHED, "h is changed in place")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    a_r, a_z, a_n = np.split(x @ W_xh + b_x, 3, axis=1)
    u_r, u_z, u_n = np.split(h @ W_hh + b_h, 3, axis=1)
    r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
    n = np.tanh(a_n + r * u_n)
    h[:] = z * h + (1 - z) * n
    return h, (r, z, n)


@right(KEEP, "a mixture written as a step from n to h, other names")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    H = h.shape[1]
    ax, ah = x.dot(W_xh) + b_x, h.dot(W_hh) + b_h
    reset = 1 / (1 + np.exp(-(ax[:, :H] + ah[:, :H])))
    update = 1 / (1 + np.exp(-(ax[:, H : 2 * H] + ah[:, H : 2 * H])))
    proposal = np.tanh(ax[:, -H:] + reset * ah[:, -H:])
    return proposal + update * (h - proposal), {"reset": reset, "update": update}


@right(KEEP, "gates from one concatenated product")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    H = h.shape[1]
    W = np.vstack([W_xh, W_hh])[:, : 2 * H]
    r, z = np.split(sigmoid(np.hstack([x, h]) @ W + (b_x + b_h)[: 2 * H]), 2, axis=1)
    u_n = h @ W_hh[:, 2 * H :] + b_h[2 * H :]
    n = np.tanh(x @ W_xh[:, 2 * H :] + b_x[2 * H :] + r * u_n)
    return (1 - z) * n + z * h, [r, z, n]


@right(KEEP, "row by row and unit by unit")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    (N, H), h_next = h.shape, np.empty(h.shape)
    for k in range(N):
        for j in range(H):
            a = [x[k] @ W_xh[:, g * H + j] + b_x[g * H + j] for g in range(3)]
            u = [h[k] @ W_hh[:, g * H + j] + b_h[g * H + j] for g in range(3)]
            r, z = (0.5 * (1 + math.tanh((a[g] + u[g]) / 2)) for g in (0, 1))
            h_next[k, j] = z * h[k, j] + (1 - z) * math.tanh(a[2] + r * u[2])
    return h_next, None


@right(KEEP, "in float32, with einsum")
def step_forward(x, h, W_xh, W_hh, b_x, b_h):
    x, h, W_xh, W_hh, b_x, b_h = (np.float32(p) for p in (x, h, W_xh, W_hh, b_x, b_h))
    a, u = np.einsum("nd,dk->nk", x, W_xh) + b_x, np.einsum("nh,hk->nk", h, W_hh) + b_h
    H = h.shape[1]
    gates = 0.5 + 0.5 * np.tanh(0.5 * (a + u)[:, : 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    return z * h + (1 - z) * np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :]), (gates,)


# --- the other convention

SAME = "in the other convention the new weights give the same states"
INPUT, STATE = "W_xh and b_x: the input's part of z", "W_hh and b_h: the state's part of z"
OTHER = "gru-other-convention"


@wrong(OTHER, SAME, "the columns of r are negated instead of those of z")
def other_convention(W_xh, W_hh, b_x, b_h):
    H = len(W_hh)
    sign = np.r_[-np.ones(H), np.ones(2 * H)]
    return W_xh * sign, W_hh * sign, b_x * sign, b_h * sign


@wrong(OTHER, SAME, "the columns of n are negated instead of those of z")
def other_convention(W_xh, W_hh, b_x, b_h):
    H = W_hh.shape[0]
    result = [p.copy() for p in (W_xh, W_hh, b_x, b_h)]
    for p in result:
        p[..., 2 * H :] = -p[..., 2 * H :]
    return result


@wrong(OTHER, INPUT, "all columns are negated")
def other_convention(W_xh, W_hh, b_x, b_h):
    return -W_xh, -W_hh, -b_x, -b_h


@wrong(OTHER, INPUT, "both gates are negated")
def other_convention(W_xh, W_hh, b_x, b_h):
    H = len(W_hh)
    sign = np.repeat([-1, -1, 1], H)
    return W_xh * sign, W_hh * sign, b_x * sign, b_h * sign


@wrong(OTHER, INPUT, "the biases are forgotten")
def other_convention(W_xh, W_hh, b_x, b_h):
    sign = np.repeat([1, -1, 1], len(W_hh))
    return W_xh * sign, W_hh * sign, b_x.copy(), b_h.copy()


@wrong(OTHER, INPUT, "two things at once: W_xh is forgotten, and W_hh is forgotten")
def other_convention(W_xh, W_hh, b_x, b_h):
    sign = np.repeat([1, -1, 1], len(W_hh))
    return W_xh, W_hh, sign * b_x, sign * b_h


@wrong(OTHER, STATE, "b_h is forgotten")
def other_convention(W_xh, W_hh, b_x, b_h):
    sign = np.repeat([1, -1, 1], len(W_hh))
    return W_xh * sign, W_hh * sign, b_x * sign, b_h


@wrong(OTHER, STATE, "two things at once: b_h is forgotten, and W_hh is forgotten")
def other_convention(W_xh, W_hh, b_x, b_h):
    sign = np.repeat([1, -1, 1], len(W_hh))
    return W_xh * sign, W_hh, b_x * sign, b_h


@wrong(OTHER, INPUT, "1 minus the weights instead of minus the weights")
def other_convention(W_xh, W_hh, b_x, b_h):
    def turn(p):
        r, z, n = np.split(p, 3, axis=-1)
        return np.concatenate([r, 1 - z, n], axis=-1)

    return turn(W_xh), turn(W_hh), turn(b_x), turn(b_h)


@wrong(OTHER, SAME, "nothing is changed")
def other_convention(W_xh, W_hh, b_x, b_h):
    return W_xh.copy(), W_hh.copy(), b_x.copy(), b_h.copy()


@wrong(OTHER, INPUT, None, "r and z change places")
def other_convention(W_xh, W_hh, b_x, b_h):
    order = np.r_[np.arange(len(W_hh), 2 * len(W_hh)), np.arange(len(W_hh)), np.arange(2 * len(W_hh), 3 * len(W_hh))]
    return W_xh[:, order], W_hh[:, order], b_x[order], b_h[order]


@wrong(OTHER, UNTOUCHED, "the weights are changed in place")
def other_convention(W_xh, W_hh, b_x, b_h):
    H = len(W_hh)
    W_xh[:, H : 2 * H] *= -1
    W_hh[:, H : 2 * H] *= -1
    b_x[H : 2 * H] *= -1
    b_h[H : 2 * H] *= -1
    return W_xh, W_hh, b_x, b_h


@right(OTHER, "split, negate, join")
def other_convention(W_xh, W_hh, b_x, b_h):
    def turn(p):
        r, z, n = np.split(p, 3, axis=p.ndim - 1)
        return np.concatenate([r, -z, n], axis=p.ndim - 1)

    return tuple(map(turn, (W_xh, W_hh, b_x, b_h)))


@right(OTHER, "copies with slices, as a list")
def other_convention(W_xh, W_hh, b_x, b_h):
    H, new = len(b_x) // 3, [p.copy() for p in (W_xh, W_hh, b_x, b_h)]
    for p in new:
        p[..., H : 2 * H] = 0 - p[..., H : 2 * H]
    return new


@right(OTHER, "a product with a diagonal matrix")
def other_convention(W_xh, W_hh, b_x, b_h):
    H = len(W_hh)
    S = np.diag(np.concatenate([np.ones(H), -np.ones(H), np.ones(H)]))
    return W_xh @ S, W_hh @ S, b_x @ S, b_h @ S


@right(OTHER, "column by column, in float32")
def other_convention(W_xh, W_hh, b_x, b_h):
    H = len(W_hh)
    new = [p.astype(np.float32) for p in (W_xh, W_hh, b_x, b_h)]
    for p in new:
        for k in range(H, 2 * H):
            p.T[k] = -p.T[k]
    return tuple(new)


# --- back to the two sums

THROUGH_N, THROUGH_R = "n: the way through the tanh, and r between the two sums", "r: through the candidate alone"
WHOLE = "all columns, stacked r, z, n"
SUM = "gru-sum-gradients"


def stack(r, z, n):
    return np.concatenate([r, z, n], axis=1)


@wrong(SUM, WHOLE, "dz has the wrong sign")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    da_z = dh_next * (n - h) * z * (1 - z)
    da_n = dh_next * (1 - z) * (1 - n * n)
    da_r = da_n * u_n * r * (1 - r)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, r * da_n)


@wrong(SUM, WHOLE, "dz forgets that z also holds the candidate back")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    da_z = dh_next * h * z * (1 - z)
    da_n = dh_next * (1 - z) * (1 - n * n)
    da_r = da_n * u_n * r * (1 - r)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, r * da_n)


@wrong(SUM, THROUGH_N, "the tanh of n is passed without its slope")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, dn = dh_next * (h - n), dh_next * (1 - z)
    da_r, da_z = dn * u_n * r * (1 - r), dz * z * (1 - z)
    return stack(da_r, da_z, dn), stack(da_r, da_z, dn * r)


@wrong(SUM, THROUGH_N, "the slope of a sigmoid is taken for n")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * n * (1 - n)
    da_r, da_z = da_n * u_n * r * (1 - r), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, da_n * r)


@wrong(SUM, THROUGH_N, "dn is taken with z instead of 1 - z")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * z * (1 - n**2)
    da_r, da_z = da_n * u_n * r * (1 - r), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, da_n * r)


@wrong(SUM, THROUGH_R, "r gets its gradient from h instead of from u_n")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, _ = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    da_r, da_z = da_n * h * (r - r**2), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, da_n * r)


@wrong(SUM, THROUGH_R, "r gets its gradient from dn, before the slope of tanh")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, dn = dh_next * (h - n), dh_next * (1 - z)
    da_n = dn * (1 - n**2)
    da_r, da_z = dn * u_n * r * (1 - r), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, da_n * r)


@wrong(SUM, THROUGH_R, "the sigmoid of r is passed without its slope")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    return stack(da_n * u_n, dz * z * (1 - z), da_n), stack(da_n * u_n, dz * z * (1 - z), da_n * r)


@wrong(SUM, THROUGH_R, "the slope of tanh is taken for r")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    da_r, da_z = da_n * u_n * (1 - r**2), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, da_n * r)


@wrong(SUM, THROUGH_R, "r gets its gradient from what has passed r")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    du_n = da_n * r
    da_r, da_z = du_n * u_n * r * (1 - r), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, du_n)


@wrong(SUM, THROUGH_N, "at u_n the factor r is missing")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    da_r, da_z = da_n * u_n * r * (1 - r), dz * z * (1 - z)
    da = stack(da_r, da_z, da_n)
    return da, da.copy()


@wrong(SUM, THROUGH_N, "dr and du_n are exchanged")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    du_n, dr = da_n * u_n, da_n * r
    da_r, da_z = dr * r * (1 - r), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, du_n)


@wrong(SUM, THROUGH_N, "at a_n the factor r is too much")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    da_r, da_z = da_n * u_n * r * (1 - r), dz * z * (1 - z)
    du = stack(da_r, da_z, da_n * r)
    return du, du.copy()


@wrong(SUM, THROUGH_R, "the factor r is in all columns of du")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    da = stack(da_n * u_n * r * (1 - r), dz * z * (1 - z), da_n)
    return da, da * np.hstack([r, r, r])


@wrong(SUM, WHOLE, "the columns are stacked z, r, n")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    da_r, da_z = da_n * u_n * r * (1 - r), dz * z * (1 - z)
    return stack(da_z, da_r, da_n), stack(da_z, da_r, da_n * r)


@wrong(SUM, THROUGH_R, None, "the straight way is mixed into r")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz, da_n = dh_next * (h - n), dh_next * (1 - z) * (1 - n**2)
    da_r, da_z = (da_n * u_n + dh_next * z) * r * (1 - r), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, da_n * r)


@wrong(SUM, UNTOUCHED, "dh_next is changed in place")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    dz = dh_next * (h - n)
    dh_next *= 1 - z
    da_n = dh_next * (1 - n**2)
    da_r, da_z = da_n * u_n * r * (1 - r), dz * z * (1 - z)
    return stack(da_r, da_z, da_n), stack(da_r, da_z, da_n * r)


@right(SUM, "written into two empty arrays")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    N, H = n.shape
    da = np.empty((N, 3 * H))
    da[:, 2 * H :] = dh_next * (1 - z) * (1 - n) * (1 + n)
    da[:, H : 2 * H] = dh_next * z * (1 - z) * (h - n)
    da[:, :H] = da[:, 2 * H :] * u_n * (r - r * r)
    du = da.copy()
    du[:, 2 * H :] *= r
    return da, du


@right(SUM, "number by number")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    (N, H), da, du = n.shape, np.zeros((n.shape[0], 3 * n.shape[1])), np.zeros((n.shape[0], 3 * n.shape[1]))
    for i in range(N):
        for j in range(H):
            g = dh_next[i, j]
            d = g * (1 - z[i, j]) * (1 - n[i, j] ** 2)
            da[i, 2 * H + j], du[i, 2 * H + j] = d, d * r[i, j]
            da[i, j] = du[i, j] = d * u_n[i, j] * r[i, j] * (1 - r[i, j])
            da[i, H + j] = du[i, H + j] = g * (h[i, j] - n[i, j]) * z[i, j] * (1 - z[i, j])
    return da, du


@right(SUM, "with cosh for the slope of tanh")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    da_n = dh_next * (1 - z) / np.cosh(np.arctanh(n)) ** 2
    parts = [da_n * u_n * r * (1 - r), dh_next * (h - n) * z * (1 - z)]
    return np.hstack([*parts, da_n]), np.hstack([*parts, da_n * r])


@right(SUM, "in float32, as a list")
def sum_gradients(dh_next, cache):
    g, (_, h, _, _, r, z, n, u_n) = np.float32(dh_next), [np.float32(p) for p in cache]
    da_n = g * (1 - z) * (1 - n * n)
    da_r, da_z = da_n * u_n * r * (1 - r), g * (h - n) * z * (1 - z)
    return [np.hstack([da_r, da_z, da_n]), np.hstack([da_r, da_z, r * da_n])]


@wrong(SUM, THROUGH_R, "the sigmoid is applied to r a second time")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    da_z, da_n = dh_next * (h - n) * z * (1 - z), dh_next * (1 - z) * (1 - n**2)
    da_r = da_n * u_n * sigmoid(r) * (1 - sigmoid(r))
    return stack(da_r, da_z, da_n), stack(da_r, da_z, da_n * r)


@wrong(SUM, THROUGH_N, "both factors of r * u_n start from dn, before the slope of tanh")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    da_z, dn = dh_next * (h - n) * z * (1 - z), dh_next * (1 - z)
    da_r = dn * u_n * r * (1 - r)
    return stack(da_r, da_z, dn * (1 - n**2)), stack(da_r, da_z, dn * r)


@wrong(SUM, THROUGH_R, "r gets its gradient from n instead of from u_n")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, _ = cache
    da_z, da_n = dh_next * (h - n) * z * (1 - z), dh_next * (1 - z) * (1 - n**2)
    dr = da_n * n
    return stack(dr * r * (1 - r), da_z, da_n), stack(dr * r * (1 - r), da_z, da_n * r)


@right(SUM, "by complex steps, from sums found again")
def sum_gradients(dh_next, cache):
    _, h, _, _, r, z, n, u_n = cache
    sums = [np.log(r / (1 - r)), np.log(z / (1 - z)), np.arctanh(n) - r * u_n, u_n]

    def loss(a_r, a_z, a_n, u_n):
        r, z = (1 / (1 + np.exp(-a)) for a in (a_r, a_z))
        return dh_next * ((1 - z) * np.tanh(a_n + r * u_n) + z * h)

    d_r, d_z, d_n, d_u = (loss(*(a + 1e-30j * (k == j) for j, a in enumerate(sums))).imag / 1e-30 for k in range(4))
    return stack(d_r, d_z, d_n), stack(d_r, d_z, d_u)


@right(SUM, "by torch's own gradient, as tensors")
def sum_gradients(dh_next, cache):
    import torch

    _, h, _, _, r, z, n, u_n = (torch.tensor(part) for part in cache)
    a = torch.cat([torch.logit(r), torch.logit(z), torch.atanh(n) - r * u_n], dim=1).requires_grad_()
    u = torch.cat([0 * r, 0 * z, u_n], dim=1).requires_grad_()
    (a_r, a_z, a_n), (v_r, v_z, v_n) = a.chunk(3, dim=1), u.chunk(3, dim=1)
    z = torch.sigmoid(a_z + v_z)
    h_next = (1 - z) * torch.tanh(a_n + torch.sigmoid(a_r + v_r) * v_n) + z * h
    h_next.backward(torch.tensor(dh_next))
    return a.grad, u.grad


# --- one step back

DH, STRAIGHT = "dh: all ways to the old state", "where z = 1 the gradient comes back unchanged"
BY_INPUT, BY_STATE = "dx, dW_xh and db_x: the sum with the input", "dW_hh and db_h: the sum with the state"
BACK = "gru-step-backward"


@wrong(BACK, STRAIGHT, "the straight way through z * h is forgotten")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    return da @ W_xh.T, du @ W_hh.T, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@wrong(BACK, STRAIGHT, "the straight way has 1 - z for z")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    dh = du @ W_hh.T + (1 - z) * dh_next
    return da @ W_xh.T, dh, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@wrong(BACK, DH, "the straight way goes without the factor z")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    return da @ W_xh.T, dh_next + du @ W_hh.T, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@wrong(BACK, DH, "the way through r is missing in dh")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    H = h.shape[1]
    dh = dh_next * z + du[:, H:] @ W_hh[:, H:].T
    return da @ W_xh.T, dh, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@wrong(BACK, DH, "the way through z is missing in dh")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    H = h.shape[1]
    dh = dh_next * z + du[:, :H] @ W_hh[:, :H].T + du[:, 2 * H :] @ W_hh[:, 2 * H :].T
    return da @ W_xh.T, dh, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@wrong(BACK, DH, "W_hh is not transposed")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    W_r, W_z, W_n = np.split(W_hh, 3, axis=1)
    d_r, d_z, d_n = np.split(du, 3, axis=1)
    dh = dh_next * z + d_r @ W_r + d_z @ W_z + d_n @ W_n
    return da @ W_xh.T, dh, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@wrong(BACK, DH, None, "W_hh is not transposed, and the product does not fit")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    return da @ W_xh.T, dh_next * z + du @ W_hh, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@wrong(BACK, DH, "dh is built from da, not from du")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    return da @ W_xh.T, dh_next * z + da @ W_hh.T, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@wrong(BACK, BY_STATE, "dW_hh is built from da, not from du")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    return da @ W_xh.T, dh_next * z + du @ W_hh.T, x.T @ da, h.T @ da, da.sum(0), du.sum(0)


@wrong(BACK, BY_STATE, "db_h is built from da, not from du", "one gradient for both biases")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    db = da.sum(axis=0)
    return da @ W_xh.T, dh_next * z + du @ W_hh.T, x.T @ da, h.T @ du, db, db.copy()


@wrong(
    BACK,
    DH,
    "two things at once: dh is built from da, not from du, and dW_hh and db_h are built from da, not from du",
)
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, _ = sum_gradients(dh_next, cache)
    db = da.sum(axis=0)
    return da @ W_xh.T, dh_next * z + da @ W_hh.T, x.T @ da, h.T @ da, db, db.copy()


@wrong(BACK, BY_INPUT, "everything is built from du")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    _, d = sum_gradients(dh_next, cache)
    return d @ W_xh.T, dh_next * z + d @ W_hh.T, x.T @ d, h.T @ d, d.sum(axis=0), d.sum(axis=0)


@wrong(BACK, BY_STATE, "the candidate's part of dW_hh has the reset state, as in the form of 2014")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, r, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    H = h.shape[1]
    dW_hh = h.T @ du
    dW_hh[:, 2 * H :] = (r * h).T @ du[:, 2 * H :]
    return da @ W_xh.T, dh_next * z + du @ W_hh.T, x.T @ da, dW_hh, da.sum(0), du.sum(0)


@wrong(BACK, BY_INPUT, "db_x and db_h are exchanged")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    return da @ W_xh.T, dh_next * z + du @ W_hh.T, x.T @ da, h.T @ du, du.sum(0), da.sum(0)


@wrong(BACK, BY_STATE, "the biases are averaged over the batch")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    return da @ W_xh.T, dh_next * z + du @ W_hh.T, x.T @ da, h.T @ du, da.mean(0), du.mean(0)


@wrong(BACK, UNTOUCHED, "dh_next is changed in place")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    dh_next *= z
    return da @ W_xh.T, dh_next + du @ W_hh.T, x.T @ da, h.T @ du, da.sum(0), du.sum(0)


@right(BACK, "way by way")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    H, dh = h.shape[1], dh_next * z
    for k in range(3):
        dh = dh + du[:, k * H : k * H + H] @ W_hh[:, k * H : k * H + H].T
    return da @ W_xh.T, dh, x.T @ da, h.T @ du, da.sum(axis=0), du.sum(axis=0)


@right(BACK, "everything anew, without sum_gradients")
def step_backward(g, cache):
    x, h, W_xh, W_hh, r, z, n, u_n = cache
    p = g * (1 - z) * (1 - n**2)
    q = np.hstack([p * u_n * r * (1 - r), g * (h - n) * z * (1 - z), p * r])
    d = q.copy()
    d[:, 2 * h.shape[1] :] = p
    ones = np.ones(len(x))
    return d @ W_xh.T, q @ W_hh.T + z * g, x.T @ d, h.T @ q, ones @ d, ones @ q


@right(BACK, "with einsum, as a list")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = cache
    da, du = sum_gradients(dh_next, cache)
    dW_xh, dW_hh = np.einsum("nd,nk->dk", x, da), np.einsum("nh,nk->hk", h, du)
    dh = np.einsum("nk,hk->nh", du, W_hh) + dh_next * z
    return [np.einsum("nk,dk->nd", da, W_xh), dh, dW_xh, dW_hh, da.sum(0), du.sum(0)]


@right(BACK, "row by row, in float32")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, z, *_ = (np.float32(p) for p in cache)
    da, du = (np.float32(d) for d in sum_gradients(dh_next, cache))
    dW_xh, dW_hh = np.zeros_like(W_xh), np.zeros_like(W_hh)
    for i in range(len(x)):
        dW_xh += np.outer(x[i], da[i])
        dW_hh += np.outer(h[i], du[i])
    return da @ W_xh.T, np.float32(dh_next) * z + du @ W_hh.T, dW_xh, dW_hh, da.sum(0), du.sum(0)


# --- the sequence

AHEAD = "forward: the state after every step; padding keeps it"
SEQ_BACK, SEQ_WEIGHTS = "backward: dx and dh0", "backward: the gradients of the weights"
SEQ = "gru-sequence"


@wrong(SEQ, AHEAD, "padding sets the state to zero")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, t, None], h, 0)
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, "the mask is ignored on the way ahead")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, "every step reads h0")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], h0, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, t, None], h_next, h)
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, "the first state is zero")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = np.zeros_like(h0), [], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, t, None], h_next, h)
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, "the mask is turned round")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, [t]], h, h_next)
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, "time comes first in h")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, t, None], h_next, h)
        states.append(h)
        caches.append(kept)
    return np.array(states), (caches, mask)


def masked_backward(step):
    """A backward whose rows of padding are treated by `step(arrived, real, cache)`: dx, carried, shares."""

    def backward(dh, cache):
        caches, mask = cache
        carried, dx, total = 0, [], 0
        for t in range(len(caches) - 1, -1, -1):
            dx_t, carried, shares = step(dh[:, t] + carried, mask[:, t, None], caches[t])
            dx.insert(0, dx_t)
            total = [a + b for a, b in zip(total, shares, strict=True)] if total else shares
        return np.stack(dx, axis=1), carried, *total

    return backward


def dropped(arrived, real, cache):
    dx, back, *shares = gru.step_backward(np.where(real, arrived, 0), cache)
    return dx, back, shares


def unmasked(arrived, real, cache):
    dx, back, *shares = gru.step_backward(arrived, cache)
    return dx, back, shares


def shared(arrived, real, cache):
    dx, back, *shares = gru.step_backward(arrived, cache)
    return dx, np.where(real, back, arrived), shares


def doubled(arrived, real, cache):
    dx, back, *shares = gru.step_backward(arrived * real, cache)
    return dx, back + arrived, shares


def cut(arrived, real, cache):
    dx, back, *shares = gru.step_backward(arrived * real, cache)
    return dx, 0 * back, shares


wrong(SEQ, SEQ_BACK, "what arrives at the padding is dropped", backward=masked_backward(dropped))
wrong(SEQ, SEQ_BACK, "the mask is ignored on the way back", backward=masked_backward(unmasked))
wrong(SEQ, SEQ_WEIGHTS, "padding gets a share of the weights", backward=masked_backward(shared))
wrong(SEQ, SEQ_BACK, "what arrives is handed on at real steps as well", backward=masked_backward(doubled))
wrong(SEQ, SEQ_BACK, "the future is forgotten: every step goes back by itself", backward=masked_backward(cut))


@wrong(SEQ, SEQ_WEIGHTS, "the gradients of the weights are clipped inside")
def backward(dh, cache):
    caches, mask = cache
    carried, dx, total = 0 * dh[:, 0], [], 0
    for t in reversed(range(len(caches))):
        real, arrived = mask[:, t, None], dh[:, t] + carried
        dx_t, back, *shares = step_backward(arrived * real, caches[t])
        carried, total = back + arrived * ~real, [a + b for a, b in zip(total or [0] * 4, shares, strict=True)]
        dx.insert(0, dx_t)
    return np.stack(dx, axis=1), carried, *(np.clip(d, -5, 5) for d in total)


@wrong(SEQ, SEQ_WEIGHTS, "the shares of the weights are overwritten instead of added")
def backward(dh, cache):
    caches, mask = cache
    dx, carried = [], np.zeros(dh[:, 0].shape)
    for t in reversed(range(len(caches))):
        real, arrived = mask[:, t, None], dh[:, t] + carried
        dx_t, back, dW_xh, dW_hh, db_x, db_h = step_backward(arrived * real, caches[t])
        carried = back + arrived * ~real
        dx.append(dx_t)
    return np.stack(dx[::-1], axis=1), carried, dW_xh, dW_hh, db_x, db_h


@wrong(SEQ, SEQ_BACK, "dx is in the order of the loop")
def backward(dh, cache):
    caches, mask = cache
    dx, carried, total = [], np.zeros(dh[:, 0].shape), [0, 0, 0, 0]
    for t in reversed(range(len(caches))):
        real, arrived = mask[:, t, None], dh[:, t] + carried
        dx_t, back, *shares = step_backward(arrived * real, caches[t])
        carried = back + arrived * ~real
        dx.append(dx_t)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return np.stack(dx, axis=1), carried, *total


@wrong(SEQ, UNTOUCHED, None, "dh is added up in place, to the right result")
def backward(dh, cache):
    caches, mask = cache
    dx, total = np.zeros((*dh.shape[:2], caches[0][0].shape[1])), [0, 0, 0, 0]
    for t in reversed(range(len(caches))):
        real = mask[:, t, None]
        dx[:, t], back, *shares = step_backward(dh[:, t] * real, caches[t])
        carried = back + dh[:, t] * ~real
        if t:
            dh[:, t - 1] += carried
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return dx, carried, *total


def forward_of_rows(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    """Each sequence by itself, for as long as it is."""
    (N, T, _), h = x.shape, np.empty((len(x), x.shape[1], h0.shape[1]))
    lengths = np.full(N, T) if mask is None else np.asarray(mask).sum(axis=1)
    caches = []
    for i in range(N):
        state, of_row = h0[i : i + 1], []
        for t in range(T):
            if t < lengths[i]:
                state, kept = step_forward(x[i : i + 1, t], state, W_xh, W_hh, b_x, b_h)
                of_row.append(kept)
            h[i, t] = state[0]
        caches.append(of_row)
    return h, {"rows": caches, "shape": x.shape, "weights": (W_xh, W_hh, b_x, b_h)}


def backward_of_rows(dh, cache):
    total = [np.zeros_like(w) for w in cache["weights"]]
    dx, dh0 = np.zeros(cache["shape"]), np.zeros_like(dh[:, 0])
    for i, of_row in enumerate(cache["rows"]):
        carried = dh[i, len(of_row) :].sum(axis=0)[None]
        for t in reversed(range(len(of_row))):
            dx[i, t], carried, *shares = step_backward(dh[i : i + 1, t] + carried, of_row[t])
            for whole, share in zip(total, shares, strict=True):
                whole += share
        dh0[i] = carried[0]
    return [dx, dh0, *total]


right(SEQ, "row by row, another cache", forward=forward_of_rows, backward=backward_of_rows)


def forward_by_indices(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    """Only the real rows take the step."""
    N, T, _ = x.shape
    real = np.ones((N, T), bool) if mask is None else np.array(mask, bool)
    h, states, kept = h0.copy(), [], []
    for t in range(T):
        rows = np.flatnonzero(real[:, t])
        new, cache = step_forward(x[rows, t], h[rows], W_xh, W_hh, b_x, b_h)
        h = h.copy()
        h[rows] = new
        states.append(h)
        kept.append((rows, cache))
    return np.moveaxis(np.array(states), 0, 1), (kept, x.shape)


def backward_by_indices(dh, cache):
    kept, shape = cache
    dx, g, total = np.zeros(shape), np.zeros(dh[:, 0].shape), [0, 0, 0, 0]
    for t in range(shape[1] - 1, -1, -1):
        g = g + dh[:, t]
        rows, of_step = kept[t]
        dx[rows, t], g[rows], *shares = step_backward(g[rows], of_step)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return dx, g, *total


right(SEQ, "only real rows run", forward=forward_by_indices, backward=backward_by_indices)


@right(SEQ, "the mask as a number", backward=masked_backward(lambda g, real, cache: mixed(g, 1.0 * real, cache)))
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    m = np.ones(x.shape[:2]) if mask is None else np.asarray(mask, dtype=float)
    h, out, caches = h0, np.zeros((*x.shape[:2], h0.shape[1])), []
    for t in range(x.shape[1]):
        new, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = m[:, t : t + 1] * new + (1 - m[:, t : t + 1]) * h
        out[:, t] = h
        caches.append(kept)
    return out, (caches, m.astype(bool))


def mixed(g, m, cache):
    dx, back, *shares = gru.step_backward(g * m, cache)
    return dx, back + g * (1 - m), shares


@right(SEQ, "in float32")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    x, h, W_xh, W_hh, b_x, b_h = (np.float32(p) for p in (x, h0, W_xh, W_hh, b_x, b_h))
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    states, caches = [], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, t, None], h_next, h)
        states.append(h)
        caches.append(tuple(np.float64(k) for k in kept))
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, "every step shows the last state")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h[mask[:, t]] = h_next[mask[:, t]]
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, "h0 is returned among the states")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    states, caches = [h0], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], states[-1], W_xh, W_hh, b_x, b_h)
        states.append(np.where(mask[:, t, None], h_next, states[-1]))
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, None, "a step is skipped for all rows where one has ended")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = h_next if mask[:, t].all() else h
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


def lost(dh, cache):
    caches, mask = cache
    carried, dx, total = np.zeros_like(dh[:, 0]), np.zeros((*dh.shape[:2], caches[0][0].shape[1])), [0, 0, 0, 0]
    for t in reversed(range(len(caches))):
        real = mask[:, t, None]
        dx[:, t], back, *shares = step_backward((dh[:, t] + carried) * real, caches[t])
        carried = np.where(real, back, dh[:, t])
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return dx, carried, *total


def half_masked(arrived, real, cache):
    dx, back, *shares = gru.step_backward(arrived, cache)
    return dx * real, np.where(real, back, arrived), shares


wrong(SEQ, SEQ_BACK, "what was carried is lost at the padding", backward=lost)
wrong(
    SEQ,
    SEQ_WEIGHTS,
    "the mask is in dx, and the weights still get a share from padding",
    backward=masked_backward(half_masked),
)


def forward_into_one(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    """Every state is written into all later places: padding needs no rule of its own."""
    lengths = [x.shape[1]] * len(x) if mask is None else np.sum(mask, axis=1)
    h, steps = np.repeat(h0[:, None], x.shape[1], axis=1), []
    for n, length in enumerate(lengths):
        row = slice(n, n + 1)
        for t in range(length):
            h_next, kept = step_forward(x[row, t], h[row, t].copy(), W_xh, W_hh, b_x, b_h)
            h[row, t:] = h_next
            steps.append((n, t, kept))
    return h, (steps, lengths, x.shape)


def backward_from_one(dh, cache):
    steps, lengths, shape = cache
    meets, dx, total = np.concatenate((0 * dh[:, :1], dh), axis=1), np.zeros(shape), [0, 0, 0, 0]
    for n, length in enumerate(lengths):  # what stands in the padding is the state after the last step
        meets[n, length] = meets[n, length:].sum(axis=0)
    for n, t, kept in reversed(steps):
        dx[n, t], back, *shares = step_backward(meets[n : n + 1, t + 1], kept)
        meets[n, t] += back[0]
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return [dx, meets[:, 0], *total]


right(SEQ, "into all later places, and their sums back", forward=forward_into_one, backward=backward_from_one)


# --- nets of equal size

COUNTS, MOST = "gru_parameters counts every number that is trained", "most_units: as many as the budget allows"
EDGES = "most_units: a budget that fits exactly, and one that is one short"
SIZE = "gru-equal-size"


@wrong(SIZE, COUNTS, "one bias is counted, torch's form has two")
def gru_parameters(D, H, V):
    return 3 * (D * H + H * H + H) + H * V + V


@wrong(SIZE, COUNTS, "the biases of the cell are forgotten")
def gru_parameters(D, H, V):
    return D * 3 * H + H * 3 * H + H * V + V


@wrong(SIZE, COUNTS, "four blocks are counted, as in the LSTM")
def gru_parameters(D, H, V):
    return D * 4 * H + H * 4 * H + 2 * 4 * H + H * V + V


@wrong(SIZE, COUNTS, "the output layer is forgotten")
def gru_parameters(D, H, V):
    return D * 3 * H + H * 3 * H + 2 * 3 * H


@wrong(SIZE, COUNTS, "b_y is forgotten")
def gru_parameters(D, H, V):
    return sum(np.zeros(shape).size for shape in ((D, 3 * H), (H, 3 * H), 3 * H, 3 * H, (H, V)))


@wrong(SIZE, COUNTS, "two blocks are counted: the candidate has weights too")
def gru_parameters(D, H, V):
    return 2 * H * D + 2 * H * H + 4 * H + H * V + V


@wrong(SIZE, COUNTS, "the recurrent weights are forgotten")
def gru_parameters(D, H, V):
    return 3 * H * D + 6 * H + H * V + V


def count(D, H, V):
    return 3 * H * (D + H + 2) + H * V + V


@wrong(SIZE, MOST, "the first H that is over the budget")
def most_units(D, V, budget):
    H = 1
    while count(D, H, V) <= budget:
        H += 1
    return H


@wrong(SIZE, EDGES, "a net of exactly the budget is refused")
def most_units(D, V, budget):
    return max(H for H in range(500) if count(D, H, V) < budget)


@wrong(SIZE, MOST, "one H too few")
def most_units(D, V, budget):
    for H in range(1, 1000):
        if count(D, H, V) > budget:
            return H - 2


@wrong(SIZE, MOST, None, "the whole budget for the recurrent weights")
def most_units(D, V, budget):
    return int(np.sqrt(budget / 3))


@right(SIZE, "sizes of arrays, and a search among many")
def gru_parameters(D, H, V):
    shapes = (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,), (H, V), (V,)
    return sum(math.prod(shape) for shape in shapes)


@right(SIZE, "by the formula for quadratic equations")
def most_units(D, V, budget):
    p = 3 * D + 6 + V
    H = int((-p + math.sqrt(p * p + 12 * (budget - V))) / 6) + 2
    while 3 * H * H + p * H + V > budget:
        H -= 1
    return H


@right(SIZE, "with numpy, as a numpy integer")
def most_units(D, V, budget):
    H = np.arange(2000)
    return H[budget >= 3 * H * (D + H + 2) + H * V + V][-1]


@right(SIZE, "by halving the interval")
def most_units(D, V, budget):
    low, high = 0, budget
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(D, middle, V) <= budget else (low, middle - 1)
    return low


@wrong(SIZE, COUNTS, "a number for each unit, not for each pair")
def gru_parameters(D, H, V):
    return D + D + D + H + H + H + 3 * H + 3 * H + H * V + V


@wrong(SIZE, MOST, "the H of an LSTM of this size")
def most_units(D, V, budget):
    H = 1
    while budget >= (D + H + 2) * 4 * (H + 1) + (H + 1) * V + V:
        H += 1
    return H


@wrong(SIZE, MOST, "the count comes back instead of H")
def most_units(D, V, budget):
    return max(count(D, H, V) for H in range(1, 200) if count(D, H, V) <= budget)


@wrong(SIZE, MOST, "the output layer is left out of the budget")
def most_units(D, V, budget):
    H = 1
    while budget >= 3 * (H + 1) * (D + H + 3):
        H += 1
    return H


@wrong(SIZE, MOST, "the first H that is over the budget", "rounded up")
def most_units(D, V, budget):
    p = 3 * D + 6 + V
    return math.ceil((-p + math.sqrt(p * p + 12 * (budget + 1 - V))) / 6)


@right(SIZE, "both, block by block, and from above")
def gru_parameters(D, H, V):
    cell = 0
    for _ in "rzn":
        cell += D * H + H * H + 2 * H
    return cell + (H + 1) * V


@right(SIZE, "as a float, which is whole")
def gru_parameters(D, H, V):
    return 3.0 * H**2 + (3 * D + 6 + V) * H + V


@right(SIZE, "by torch's own count")
def gru_parameters(D, H, V):
    import torch

    modules = torch.nn.GRU(D, H), torch.nn.Linear(H, V)
    return sum(p.numel() for module in modules for p in module.parameters())


@right(SIZE, "by a call of itself")
def most_units(D, V, budget, H=1):
    return most_units(D, V, budget, H + 1) if gru_parameters(D, H + 1, V) <= budget else H


# --- the scan

ROUND = "one round: every entry from place s on, joined with the one s places before"
LOOP = "scan gives the states of the loop, for any number of steps"
ENDS = "with keep = 0 only the last step counts, with keep = 1 all add up"
SCAN = "gru-scan"


def rounds(join, keep, new, h0):
    """A right scan, made of a join."""
    new = new.copy()
    new[:, 0] = new[:, 0] + keep[:, 0] * h0
    s = 1
    while s < new.shape[1]:
        keep, new = join(keep, new, s)
        s = 2 * s
    return new


def right_join(keep, new, s):
    joined = new.copy(), keep.copy()
    joined[0][:, s:] = keep[:, s:] * new[:, :-s] + new[:, s:]
    joined[1][:, s:] = keep[:, s:] * keep[:, :-s]
    return joined[1], joined[0]


def wrong_join(check, named, join, title=""):
    wrong(SCAN, check, named, title, join_pairs=join, scan=lambda keep, new, h0: rounds(join, keep, new, h0))


def crossed(keep, new, s):
    k, n = keep.copy(), new.copy()
    n[:, s:] = keep[:, :-s] * new[:, s:] + new[:, :-s]
    k[:, s:] = keep[:, s:] * keep[:, :-s]
    return k, n


def too_late(keep, new, s):
    k, n = keep.copy(), new.copy()
    k[:, s:] = keep[:, s:] * keep[:, :-s]
    n[:, s:] = k[:, s:] * new[:, :-s] + new[:, s:]
    return k, n


def kept_keep(keep, new, s):
    return keep.copy(), right_join(keep, new, s)[1]


def added(keep, new, s):
    k, n = right_join(keep, new, s)
    k[:, s:] = keep[:, s:] + keep[:, :-s]
    return k, n


def unweighted(keep, new, s):
    k, n = right_join(keep, new, s)
    n[:, s:] = new[:, s:] + new[:, :-s]
    return k, n


def rolled(keep, new, s):
    return keep * np.roll(keep, s, 1), keep * np.roll(new, s, 1) + new


def shorter(keep, new, s):
    return keep[:, s:] * keep[:, :-s], keep[:, s:] * new[:, :-s] + new[:, s:]


wrong_join(ROUND, "the earlier keep multiplies the later new", crossed)
wrong_join(ROUND, "new is joined with the keep that is joined already", too_late)
wrong_join(ROUND, "keep is not joined", kept_keep)
wrong_join(ROUND, "the keeps are added", added)
wrong_join(ROUND, "the earlier new is not multiplied", unweighted)
wrong_join(ROUND, "the first entries are joined with the last ones", rolled)
wrong_join(ROUND, None, shorter, "the entries without a partner are left out")


@wrong(SCAN, LOOP, "h0 is left out")
def scan(keep, new, h0):
    s = 1
    while s < new.shape[1]:
        keep, new = join_pairs(keep, new, s)
        s *= 2
    return new


@wrong(SCAN, LOOP, "h0 comes in without its keep")
def scan(keep, new, h0):
    new = new.copy()
    new[:, 0] += h0
    s = 1
    while s < new.shape[1]:
        keep, new = join_pairs(keep, new, s)
        s *= 2
    return new


@wrong(SCAN, LOOP, "s grows by 1 instead of doubling")
def scan(keep, new, h0):
    new = new.copy()
    new[:, 0] += keep[:, 0] * h0
    for s in range(1, new.shape[1]):
        keep, new = join_pairs(keep, new, s)
    return new


@wrong(SCAN, LOOP, "one round is too few")
def scan(keep, new, h0):
    new = new.copy()
    new[:, 0] += keep[:, 0] * h0
    s = 1
    while 2 * s < new.shape[1]:
        keep, new = join_pairs(keep, new, s)
        s *= 2
    return new


@wrong(SCAN, ENDS, None, "a quotient of products, which fails where keep is 0")
def scan(keep, new, h0):
    with np.errstate(all="ignore"):
        product = np.cumprod(keep, axis=1)
        return product * (h0[:, None] + np.cumsum(new / product, axis=1))


@wrong(SCAN, UNTOUCHED, None, "new is changed in place by the scan")
def scan(keep, new, h0):
    new[:, 0] += keep[:, 0] * h0
    s = 1
    while s < new.shape[1]:
        keep, new = join_pairs(keep, new, s)
        s *= 2
    return new


def by_concatenation(keep, new, s):
    k = np.concatenate([keep[:, :s], keep[:, s:] * keep[:, :-s]], axis=1)
    return k, np.concatenate([new[:, :s], new[:, s:] + keep[:, s:] * new[:, :-s]], axis=1)


right(SCAN, "with concatenation", join_pairs=by_concatenation, scan=lambda *a: rounds(by_concatenation, *a))


@right(SCAN, "filled up with ones and zeros, entry by entry")
def join_pairs(keep, new, s):
    N, T, H = keep.shape
    k, n = np.empty_like(keep), np.empty_like(new)
    for t in range(T):
        before_k = keep[:, t - s] if t >= s else np.ones((N, H))
        before_n = new[:, t - s] if t >= s else np.zeros((N, H))
        k[:, t], n[:, t] = keep[:, t] * before_k, keep[:, t] * before_n + new[:, t]
    return [k, n]


@right(SCAN, "h0 as an entry of its own")
def scan(keep, new, h0):
    keep = np.concatenate([np.zeros_like(h0)[:, None], keep], axis=1)
    new = np.concatenate([h0[:, None], new], axis=1)
    for j in range(math.ceil(math.log2(new.shape[1]))):
        keep, new = join_pairs(keep, new, 2**j)
    return new[:, 1:]


@right(SCAN, "as a loop, which gives the same")
def scan(keep, new, h0):
    states = []
    for t in range(new.shape[1]):
        h0 = keep[:, t] * h0 + new[:, t]
        states.append(h0)
    return np.stack(states, axis=1)


@wrong(SCAN, ROUND, "the later new is lost", "beside a scan that does without it")
def join_pairs(keep, new, s):
    k, n = right_join(keep, new, s)
    n[:, s:] = keep[:, s:] * new[:, :-s]
    return k, n


@right(SCAN, "by moving and masking")
def join_pairs(keep, new, s):
    has = (np.arange(keep.shape[1]) >= s)[:, None]
    earlier_keep, earlier_new = (np.roll(a, s, axis=1) for a in (keep, new))
    return np.where(has, keep * earlier_keep, keep), np.where(has, new + keep * earlier_new, new)


@right(SCAN, "from the last entry to the first, in copies")
def join_pairs(keep, new, s):
    keep, new = keep.copy(), new.copy()
    for t in range(keep.shape[1] - 1, s - 1, -1):
        new[:, t] += keep[:, t] * new[:, t - s]
        keep[:, t] *= keep[:, t - s]
    return keep, new


@right(SCAN, "halves, each by a call of itself")
def scan(keep, new, h0):
    T = new.shape[1]
    if T == 1:
        return keep * h0[:, None] + new
    first = scan(keep[:, : T // 2], new[:, : T // 2], h0)
    return np.concatenate([first, scan(keep[:, T // 2 :], new[:, T // 2 :], first[:, -1])], axis=1)


@wrong(SEQ, AHEAD, "the states before the steps are returned")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        states.append(h)
        h_next, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, t, None], h_next, h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@wrong(SEQ, AHEAD, None, "a row that ends goes back to h0")
def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h_next, kept = step_forward(x[:, t], h, W_xh, W_hh, b_x, b_h)
        h = np.where(mask[:, t, None], h_next, h0)
        states.append(h)
        caches.append(kept)
    return np.stack(states, axis=1), (caches, mask)


@right(SEQ, "backward with the gradient cut into its two parts by rows")
def backward(dh, cache):
    caches, mask = cache
    dx, g, total = np.zeros((*dh.shape[:2], caches[0][0].shape[1])), np.zeros_like(dh[:, 0]), None
    for t in range(len(caches) - 1, -1, -1):
        g = g + dh[:, t]
        ended = ~np.asarray(mask)[:, t]
        into = g.copy()
        into[ended] = 0
        dx[:, t], back, *shares = step_backward(into, caches[t])
        back[ended] = g[ended]
        g = back
        total = shares if total is None else [np.add(a, b) for a, b in zip(total, shares, strict=True)]
    return (dx, g, *total)


@wrong(SIZE, COUNTS, "one block is counted instead of three")
def gru_parameters(D, H, V):
    W_xh, W_hh, b_x, b_h = D * H, H * H, H, H
    return W_xh + W_hh + b_x + b_h + V * (H + 1)


@right(SIZE, "counted from a polynomial in H")
def gru_parameters(D, H, V):
    return int(np.polyval([3, 3 * D + 6 + V, V], H))


@right(SIZE, "block by block")
def gru_parameters(D, H, V):
    cell = sum(D * H + H * H + 2 * H for _block in "rzn")
    return cell + (H + 1) * V


@right(SIZE, "as a number of numpy")
def gru_parameters(D, H, V):
    sizes = np.array([D, H, 1, 1]) * 3 * H
    return sizes.sum() + np.int64(V) * (H + 1)


@wrong(SIZE, MOST, "the H of an LSTM of this size")
def most_units(D, V, budget):
    H = 0
    while lstm_parameters(D, H + 1, V) <= budget:
        H += 1
    return H


def lstm_parameters(D, H, V):
    return 4 * H * (D + H + 1) + H * V + V


@wrong(SIZE, EDGES, None, "the nearest size, above or below")
def most_units(D, V, budget):
    return min(range(500), key=lambda H: abs(count(D, H, V) - budget))


@wrong(SIZE, MOST, "the output layer is left out of the budget")
def most_units(D, V, budget):
    H = 0
    while budget >= 3 * (H + 1) * (D + H + 3):
        H += 1
    return H


@wrong(SIZE, MOST, None, "inputs and outputs are exchanged")
def most_units(D, V, budget):
    return max(H for H in range(500) if count(V, H, D) <= budget)


wrong_join(ROUND, None, lambda keep, new, s: right_join(keep, new, 1), "every round joins with the entry before")


@right(SCAN, "two slices, and einsum for the products")
def join_pairs(keep, new, s):
    k, n = np.array(keep), np.array(new)
    k[:, s:] = np.einsum("nth,nth->nth", keep[:, s:], keep[:, :-s])
    n[:, s:] += np.einsum("nth,nth->nth", keep[:, s:], new[:, :-s])
    return k, n


@right(SCAN, "with padding in front")
def join_pairs(keep, new, s):
    T = keep.shape[1]
    front = ((0, 0), (s, 0), (0, 0))
    before_k = np.pad(keep, front, constant_values=1.0)[:, :T]
    before_n = np.pad(new, front)[:, :T]
    return keep * before_k, keep * before_n + new


@right(SCAN, "halves, each scanned by itself")
def scan(keep, new, h0):
    T = new.shape[1]
    if T == 1:
        return keep * h0[:, None] + new
    first = scan(keep[:, : T // 2], new[:, : T // 2], h0)
    return np.concatenate([first, scan(keep[:, T // 2 :], new[:, T // 2 :], first[:, -1])], axis=1)


# --- what may be said (values)

RULED = {"marked_600": "GRU", "marked_1200": "no winner shown", "adding_600": "GRU", "text_900": "GRU"}
TITLES = {check.title.split(":")[0]: check.title for check in VERDICTS.checks}
DOUBT = "no winner is named although the interval leaves no doubt"


def ruled(**changed):
    return RULED | changed


right("gru-verdicts", "by the rule", **RULED)
right("gru-verdicts", "with capitals and blanks", **ruled(marked_1200=" No winner shown", adding_600="gru"))
right("gru-verdicts", "without blanks", **ruled(marked_1200="nowinnershown"))
wrong(
    "gru-verdicts",
    TITLES["marked_1200"],
    "a winner is named although the intervals overlap",
    **ruled(marked_1200="GRU"),
)
wrong("gru-verdicts", TITLES["text_900"], "more bits are taken for better", **ruled(text_900="LSTM"))
wrong("gru-verdicts", TITLES["marked_600"], DOUBT, **ruled(marked_600="no winner shown"))
wrong("gru-verdicts", TITLES["text_900"], DOUBT, "doubt about text", **ruled(text_900="no winner shown"))
wrong("gru-verdicts", TITLES["adding_600"], DOUBT, "doubt about adding", **ruled(adding_600="no winner shown"))
wrong("gru-verdicts", TITLES["marked_600"], None, "the LSTM everywhere", **dict.fromkeys(RULED, "LSTM"))
wrong("gru-verdicts", TITLES["marked_600"], None, "texts of another kind", **dict.fromkeys(RULED, "yes"))
