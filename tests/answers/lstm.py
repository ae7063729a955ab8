"""Answers to lesson 6."""

import math
from functools import reduce

import numpy as np
import torch

from autograder.checks.lstm.reach import REACH
from rnn_core.activations import sigmoid
from tests.answers import right, wrong

# --- which net learns the first symbol more often? (a prediction: every allowed text is right)

COMMITTED = "learns_more_often is one of the 3 choices"
right("lstm-predict-start", "as told", learns_more_often="the LSTM")
right("lstm-predict-start", "a tie", learns_more_often="both equally often")
right("lstm-predict-start", "in small letters, with a blank", learns_more_often="the lstm ")
wrong("lstm-predict-start", COMMITTED, None, "empty", learns_more_often="")
wrong("lstm-predict-start", COMMITTED, None, "without the article", learns_more_often="LSTM")
wrong("lstm-predict-start", COMMITTED, None, "a number", learns_more_often=10)

# --- one step forward

LINES, ERASES = "the equations, line by line", "a shut forget gate erases what the cell held"
KEEPS = "an open forget gate and a shut input gate keep the cell state as it is, however large"
UNTOUCHED = "the caller's arrays are left alone"


@wrong("lstm-step-forward", LINES, "the columns are read in the order i, f, o, g")
def step_forward(x, h, c, W_xh, W_hh, b):
    a = x @ W_xh + h @ W_hh + b
    H = h.shape[1]
    i, f, o = (sigmoid(a[:, k * H : (k + 1) * H]) for k in range(3))
    g = np.tanh(a[:, 3 * H :])
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, None


@wrong("lstm-step-forward", LINES, "the columns are read in the order f, i, g, o")
def step_forward(x, h, c, W_xh, W_hh, b):
    f, i, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    f, i, g, o = sigmoid(f), sigmoid(i), np.tanh(g), sigmoid(o)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (i, f, g, o)


@wrong("lstm-step-forward", LINES, "the columns are read in the order f, i, o, g")
def step_forward(x, h, c, W_xh, W_hh, b):
    f, i, o, g = np.split(x @ W_xh + h @ W_hh + b, 4, axis=-1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", LINES, "the columns are read in the order i, o, f, g")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, o, f, g = np.split(x @ W_xh + h @ W_hh + b, 4, axis=-1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", LINES, "the candidate goes through a sigmoid")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(sigmoid(x @ W_xh + h @ W_hh + b), 4, axis=1)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (i, f, g, o)


@wrong("lstm-step-forward", LINES, "the gates are straight lines with corners: the hard sigmoid of old Keras")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    i, f, o = (np.clip(0.2 * a + 0.5, 0, 1) for a in (i, f, o))
    c_next = f * c + i * np.tanh(g)
    return o * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", KEEPS, "the forget gate is applied to h instead of c", "c is set to h")
def step_forward(x, h, c, W_xh, W_hh, b):
    c = h
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", LINES, "the gates go through tanh")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(np.tanh(x @ W_xh + h @ W_hh + b), 4, axis=1)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (i, f, g, o)


@wrong("lstm-step-forward", LINES, "no tanh on the way out")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * c_next, c_next, ()


@wrong("lstm-step-forward", KEEPS, "the cell state is squashed")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c_next = np.tanh(sigmoid(f) * c + sigmoid(i) * np.tanh(g))
    return sigmoid(o) * c_next, c_next, ()


@wrong("lstm-step-forward", KEEPS, "the cell state is squashed, and once more on the way out")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c = np.tanh(sigmoid(f) * c + sigmoid(i) * np.tanh(g))
    h = sigmoid(o) * np.tanh(c)
    return h, c, ()


@wrong("lstm-step-forward", LINES, "the input gate is 1 - f")
def step_forward(x, h, c, W_xh, W_hh, b):
    _i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    f = sigmoid(f)
    c_next = f * c + (1 - f) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", ERASES, "the forget gate is turned round")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_next = c - f * c + i * g
    return o * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", ERASES, "the forget gate is left out")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, _f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c_next = c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", LINES, "the input gate is left out")
def step_forward(x, h, c, W_xh, W_hh, b):
    _i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c_next = sigmoid(f) * c + np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", LINES, "the output gate is left out")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, _o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", KEEPS, "the forget gate is applied to h instead of c")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c_next = sigmoid(f) * h + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", LINES, "the old cell state is shown")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    h_next = sigmoid(o) * np.tanh(c)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return h_next, c_next, ()


@wrong("lstm-step-forward", LINES, "h_next and c_next are exchanged")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return c_next, sigmoid(o) * np.tanh(c_next), ()


@wrong("lstm-step-forward", LINES, "the bias is left out")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", LINES, "every fourth column is taken for a gate")
def step_forward(x, h, c, W_xh, W_hh, b):
    a = (x @ W_xh + h @ W_hh + b).reshape(len(x), -1, 4)
    i, f, g, o = (a[:, :, k] for k in range(4))
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", UNTOUCHED, "c is changed in place")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)
    c *= sigmoid(f)
    c += sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c, ()


@wrong("lstm-step-forward", LINES, None, "split along the rows")
def step_forward(x, h, c, W_xh, W_hh, b):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b, 4)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next, ()


@wrong("lstm-step-forward", LINES, None, "c0 is set to h: both states start as the short-term one")
def step_forward(x, h, c, W_xh, W_hh, b):
    c = h
    i, f, g, o = np.split(x @ W_xh + c @ W_hh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(h + c_next), c_next, ()


@right("lstm-step-forward", "one product over inputs side by side")
def step_forward(x, h, c, W_xh, W_hh, b):
    a = np.concatenate((x, h), axis=1) @ np.concatenate((W_xh, W_hh)) + b
    H = h.shape[1]
    i, f, g, o = a[:, :H], a[:, H : 2 * H], a[:, 2 * H : 3 * H], a[:, 3 * H :]
    c_next = c * sigmoid(f) + np.tanh(g) * sigmoid(i)
    return np.tanh(c_next) * sigmoid(o), c_next, {"i": i}


@right("lstm-step-forward", "gate by gate, sigmoid by hand")
def step_forward(x, h, c, W_xh, W_hh, b):
    H, found = W_hh.shape[0], []
    for k in range(4):
        part = slice(k * H, (k + 1) * H)
        a = x.dot(W_xh[:, part]) + h.dot(W_hh[:, part]) + b[part]
        found.append(np.tanh(a) if k == 2 else 1 / (1 + np.exp(-a)))
    c_next = found[1] * c + found[0] * found[2]
    return found[3] * np.tanh(c_next), c_next, found


@right("lstm-step-forward", "loops over rows and units")
def step_forward(x, h, c, W_xh, W_hh, b):
    (N, H), c_next, h_next = h.shape, np.zeros(h.shape), np.zeros(h.shape)
    for n in range(N):
        a = x[n] @ W_xh + h[n] @ W_hh + b
        for j in range(H):
            i, f, o = (sigmoid(a[k * H + j]) for k in (0, 1, 3))
            c_next[n, j] = f * c[n, j] + i * np.tanh(a[2 * H + j])
            h_next[n, j] = o * np.tanh(c_next[n, j])
    return h_next, c_next, ()


@right("lstm-step-forward", "in float32, with einsum")
def step_forward(x, h, c, W_xh, W_hh, b):
    x, h, c, W_xh, W_hh, b = (np.asarray(array, np.float32) for array in (x, h, c, W_xh, W_hh, b))
    a = np.einsum("nd,dk->nk", x, W_xh) + np.einsum("nh,hk->nk", h, W_hh) + b
    i, f, g, o = a.reshape(len(x), 4, -1).swapaxes(0, 1)
    i, f, o = ((np.tanh(part / 2) + 1) / 2 for part in (i, f, o))
    c_next = f * c + i * np.tanh(g)
    return o * np.tanh(c_next), c_next, ()


# --- clamped gates

HOLD, HIDE = (
    "hold: the cell state stays as it is, and is shown",
    ("hide: the cell state stays as it is, and nothing of it is shown"),
)
ERASE, WRITE = (
    "erase: nothing is left, whatever the cell held",
    ("add and pass: what comes in, on top of the old or in its place"),
)


@wrong("lstm-clamp", WRITE, "the blocks are written in the order i, f, o, g")
def clamped_bias(job, H):
    gates = {"hold": "-++", "hide": "-+-", "erase": "--+", "add": "+++", "pass": "+-+"}[job]
    i, f, o = (50.0 if gate == "+" else -50.0 for gate in gates)
    return np.concatenate([np.full(H, i), np.full(H, f), np.full(H, o), np.zeros(H)])


@wrong("lstm-clamp", HOLD, "the blocks are written in the order f, i, g, o")
def clamped_bias(job, H):
    gates = {"hold": "-++", "hide": "-+-", "erase": "--+", "add": "+++", "pass": "+-+"}[job]
    i, f, o = (50.0 if gate == "+" else -50.0 for gate in gates)
    return np.repeat([f, i, 0, o], H)


@wrong("lstm-clamp", ERASE, "erase hides the cell state instead")
def clamped_bias(job, H):
    b = np.zeros((4, H))
    b[0], b[1], b[3] = {
        "hold": (-50, 50, 50),
        "hide": (-50, 50, -50),
        "erase": (-50, 50, -50),
        "add": (50, 50, 50),
        "pass": (50, -50, 50),
    }[job]
    return b.ravel()


@wrong("lstm-clamp", ERASE, "erase writes something new")
def clamped_bias(job, H):
    b = np.zeros(4 * H)
    b[:H] = 50 if job in ("add", "pass", "erase") else -50
    b[H : 2 * H] = 50 if job in ("hold", "hide", "add") else -50
    b[3 * H :] = -50 if job == "hide" else 50
    return b


@wrong("lstm-clamp", HOLD, "the forget gate is turned round")
def clamped_bias(job, H):
    b = np.zeros(4 * H)
    b[:H] = 50 if job in ("add", "pass") else -50
    b[H : 2 * H] = -50 if job in ("hold", "hide", "add") else 50
    b[3 * H :] = -50 if job == "hide" else 50
    return b


@wrong("lstm-clamp", HOLD, "hold still writes")
def clamped_bias(job, H):
    b = np.zeros(4 * H)
    b[:H] = 50 if job in ("add", "pass", "hold") else -50
    b[H : 2 * H] = 50 if job in ("hold", "hide", "add") else -50
    b[3 * H :] = -50 if job == "hide" else 50
    return b


@wrong("lstm-clamp", HIDE, "hide erases the cell state")
def clamped_bias(job, H):
    b = np.full(4 * H, -50.0)
    b[2 * H : 3 * H] = 0
    if job in ("add", "pass"):
        b[:H] = 50
    if job in ("hold", "add"):
        b[H : 2 * H] = 50
    if job != "hide":
        b[3 * H :] = 50
    return b


@wrong("lstm-clamp", WRITE, "pass keeps the old cell state as well")
def clamped_bias(job, H):
    b = np.zeros(4 * H)
    b[:H] = 50 if job in ("add", "pass") else -50
    b[H : 2 * H] = -50 if job == "erase" else 50
    b[3 * H :] = -50 if job == "hide" else 50
    return b


@wrong("lstm-clamp", HOLD, "the biases are the gates' values, 1 and 0")
def clamped_bias(job, H):
    i, f, o = {"hold": (0, 1, 1), "hide": (0, 1, 0), "erase": (0, 0, 1), "add": (1, 1, 1), "pass": (1, 0, 1)}[job]
    return np.repeat([i, f, 0.0, o], H)


@wrong("lstm-clamp", HOLD, "the biases are too small")
def clamped_bias(job, H):
    gates = {"hold": (-1, 1, 1), "hide": (-1, 1, -1), "erase": (-1, -1, 1), "add": (1, 1, 1), "pass": (1, -1, 1)}
    i, f, o = gates[job]
    return 5.0 * np.repeat([i, f, 0, o], H)


@wrong("lstm-clamp", HOLD, "a gate is shut by a bias of 0")
def clamped_bias(job, H):
    gates = {"hold": (0, 1, 1), "hide": (0, 1, 0), "erase": (0, 0, 1), "add": (1, 1, 1), "pass": (1, 0, 1)}
    i, f, o = gates[job]
    return 50.0 * np.repeat([i, f, 0, o], H)


@wrong("lstm-clamp", WRITE, "the candidate has a bias too")
def clamped_bias(job, H):
    gates = {"hold": (-1, 1, 1), "hide": (-1, 1, -1), "erase": (-1, -1, 1), "add": (1, 1, 1), "pass": (1, -1, 1)}
    i, f, o = gates[job]
    return 50.0 * np.repeat([i, f, 1, o], H)


@wrong("lstm-clamp", HOLD, "the four numbers are repeated for each unit")
def clamped_bias(job, H):
    gates = {"hold": (-1, 1, 1), "hide": (-1, 1, -1), "erase": (-1, -1, 1), "add": (1, 1, 1), "pass": (1, -1, 1)}
    i, f, o = gates[job]
    return 50.0 * np.array([i, f, 0, o] * H)


@wrong("lstm-clamp", HOLD, "one number for each gate")
def clamped_bias(job, H):
    gates = {"hold": (-1, 1, 1), "hide": (-1, 1, -1), "erase": (-1, -1, 1), "add": (1, 1, 1), "pass": (1, -1, 1)}
    i, f, o = gates[job]
    return 50.0 * np.array([i, f, 0, o])


@wrong("lstm-clamp", HOLD, None, "infinite biases")
def clamped_bias(job, H):
    gates = {"hold": (-1, 1, 1), "hide": (-1, 1, -1), "erase": (-1, -1, 1), "add": (1, 1, 1), "pass": (1, -1, 1)}
    i, f, o = gates[job]
    return np.concatenate([np.full(H, i * np.inf), np.full(H, f * np.inf), np.zeros(H), np.full(H, o * np.inf)])


@right("lstm-clamp", "block by block")
def clamped_bias(job, H):
    b = np.zeros(4 * H)
    b[:H] = 50 if job in ("add", "pass") else -50
    b[H : 2 * H] = 50 if job in ("hold", "hide", "add") else -50
    b[3 * H :] = -50 if job == "hide" else 50
    return b


@right("lstm-clamp", "larger numbers, whole ones")
def clamped_bias(job, H):
    signs = {"hold": "-+0+", "hide": "-+0-", "erase": "--0+", "add": "++0+", "pass": "+-0+"}[job]
    return [1000 * "-0+".index(sign) - 1000 for sign in signs for _ in range(H)]


@right("lstm-clamp", "in float32, a little smaller")
def clamped_bias(job, H):
    i, f, o = job in ("add", "pass"), job in ("hold", "hide", "add"), job != "hide"
    gates = np.array([i, f, 0.5, o], np.float32)
    return (60 * gates - 30).repeat(H)


@right("lstm-clamp", "erase with the output gate shut as well, as far as is asked")
def clamped_bias(job, H):
    gates = {"hold": (-1, 1, 0, 1), "hide": (-1, 1, 0, -1), "erase": (-1, -1, 0, -1)}
    gates |= {"add": (1, 1, 0, 1), "pass": (1, -1, 0, 1)}
    return np.kron(gates[job], np.full(H, 80.0))


# --- the gates' gradients

DC, FORGET = "dc: what the old cell state gets", "da of the forget gate and of the output gate"
WRITTEN = "da of the input gate and of the candidate"


@wrong("lstm-gate-gradients", DC, "what arrives at c_next is left out")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    do = dh_next * s
    d = dh_next * o * (1 - s**2)
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), do * o * (1 - o)]
    return np.concatenate(da, axis=1), d * f


@wrong("lstm-gate-gradients", DC, "what comes through h_next is left out")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", DC, "the slope of tanh(c_next) is missing")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", DC, "the output gate is missing on the way to c_next")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * (1 - s**2)
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", DC, "the slope is that of 1 - c_next²")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - c_next**2)
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", DC, "both parts of d_cell pass the tanh")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = (dh_next + dc_next) * o * (1 - s**2)
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", FORGET, "the forget gate's gradient takes c_next instead of c")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, _c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    da = [d * g * i * (1 - i), d * c_next * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", FORGET, "the output gate's gradient takes c_next instead of tanh(c_next)")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * c_next * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", FORGET, "the sigmoid's slope is missing: f")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    da = [d * g * i * (1 - i), d * c, d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", WRITTEN, "the sigmoid's slope is missing: i, f")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    da = [d * g, d * c, d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", WRITTEN, "the candidate's tanh is passed without its slope")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i, dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", WRITTEN, "the candidate gets the slope of a sigmoid")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    gates = np.concatenate((i, f, g, o), axis=1)
    into = np.concatenate((d * g, d * c, d * i, dh_next * s), axis=1)
    return into * gates * (1 - gates), d * f


@wrong("lstm-gate-gradients", WRITTEN, "i and g take themselves for the factor")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    di, dg = d * i, d * g
    da = [di * i * (1 - i), d * c * f * (1 - f), dg * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", DC, "dc lacks the forget gate")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    dc = dc_next + dh_next * o * (1 - s**2)
    da = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), dc


@wrong("lstm-gate-gradients", DC, "dc is built from dc_next")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), f * dc_next


@wrong("lstm-gate-gradients", WRITTEN, "da is stacked in the order i, f, o, g")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    da_i, da_f, da_o = d * g * i * (1 - i), d * c * f * (1 - f), dh_next * s * o * (1 - o)
    return np.concatenate((da_i, da_f, da_o, d * i * (1 - g**2)), axis=1), d * f


@wrong("lstm-gate-gradients", UNTOUCHED, "dc_next is changed in place")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    dc_next += dh_next * o * (1 - s**2)
    d = dc_next
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.hstack(da), d * f


@wrong("lstm-gate-gradients", WRITTEN, None, "stacked along the rows")
def gate_gradients(dh_next, dc_next, cache):
    _x, _h, c, _W_xh, _W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s**2)
    da = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    return np.concatenate(da), d * f


@right("lstm-gate-gradients", "slopes first, then one product")
def gate_gradients(dh_next, dc_next, cache):
    _, _, c, _, _, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = o * dh_next / np.cosh(c_next) ** 2 + dc_next
    into = np.stack((d * g, d * c, d * i, dh_next * s), axis=1)  # (N, 4, H)
    slopes = np.stack((i - i**2, f - f**2, (1 - g) * (1 + g), o - o**2), axis=1)
    return (into * slopes).reshape(len(c), -1), f * d


@right("lstm-gate-gradients", "loops over rows and units")
def gate_gradients(dh_next, dc_next, cache):
    _, _, c, _, _, i, f, g, o, c_next = cache
    N, H = c.shape
    da, dc = np.empty((N, 4 * H)), np.empty((N, H))
    for n in range(N):
        for j in range(H):
            s = math.tanh(c_next[n, j])
            d = dc_next[n, j] + dh_next[n, j] * o[n, j] * (1 - s * s)
            da[n, j] = d * g[n, j] * i[n, j] * (1 - i[n, j])
            da[n, H + j] = d * c[n, j] * f[n, j] * (1 - f[n, j])
            da[n, 2 * H + j] = d * i[n, j] * (1 - g[n, j] ** 2)
            da[n, 3 * H + j] = dh_next[n, j] * s * o[n, j] * (1 - o[n, j])
            dc[n, j] = d * f[n, j]
    return da, dc


@right("lstm-gate-gradients", "in float32")
def gate_gradients(dh_next, dc_next, cache):
    dh, dc, *cache = (np.asarray(array, np.float32) for array in (dh_next, dc_next, *cache))
    _, _, c, _, _, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    dp = dw = dc + dh * o * (1 - s * s)
    da = np.zeros((len(c), 4 * c.shape[1]), np.float32)
    da_i, da_f, da_g, da_o = np.split(da, 4, axis=1)
    da_i[...], da_f[...] = dw * g * i * (1 - i), dp * c * f * (1 - f)
    da_g[...], da_o[...] = dw * i * (1 - g * g), dh * s * o * (1 - o)
    return da, dp * f


@right("lstm-gate-gradients", "as a list, with the parts of h_next")
def gate_gradients(dh_next, dc_next, cache):
    _, _, c, _, _, i, f, g, o, c_next = cache
    h_next = o * np.tanh(c_next)
    d = dc_next + dh_next * (o - h_next * np.tanh(c_next))
    written, kept = i * g, f * c
    return [np.c_[d * written * (1 - i), d * kept * (1 - f), d * (i - written * g), dh_next * h_next * (1 - o)], d * f]


@wrong("lstm-gate-gradients", FORGET, "sigmoid or tanh is applied a second time: i, f, g")
def gate_gradients(dh_next, dc_next, cache):
    _, _, c, _, _, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    da_o = dh_next * s * o * (1 - o)
    d_cell = dc_next + dh_next * o * (1 - s**2)

    def slope(gate):
        return sigmoid(gate) * (1 - sigmoid(gate))

    da_i, da_f, da_g = d_cell * g * slope(i), d_cell * c * slope(f), d_cell * i * (1 - np.tanh(g) ** 2)
    return np.concatenate((da_i, da_f, da_g, da_o), axis=1), d_cell * f


@wrong("lstm-gate-gradients", DC, "do stands in d_cell in place of dh_next")
def gate_gradients(dh_next, dc_next, cache):
    _, _, c, _, _, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    do = dh_next * s
    d_cell = do * o * (1 - s**2) + dc_next
    parts = d_cell * g * i * (1 - i), d_cell * c * f * (1 - f), d_cell * i * (1 - g**2), do * o * (1 - o)
    return np.hstack(parts), d_cell * f


@wrong("lstm-gate-gradients", FORGET, "f takes itself for the factor")
def gate_gradients(dh_next, dc_next, cache):
    _, _, _, _, _, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d_cell = dc_next + dh_next * o * (1 - s * s)
    df = d_cell * f
    parts = d_cell * g * i * (1 - i), df * f * (1 - f), d_cell * i * (1 - g * g), dh_next * s * o * (1 - o)
    return np.hstack(parts), d_cell * f


@wrong("lstm-gate-gradients", WRITTEN, "the input gate and the candidate start from dc_next")
def gate_gradients(dh_next, dc_next, cache):
    _, _, c, _, _, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d_cell = dc_next + dh_next * o * (1 - s**2)
    di, dg = dc_next * g, dc_next * i
    parts = di * i * (1 - i), d_cell * c * f * (1 - f), dg * (1 - g**2), dh_next * s * o * (1 - o)
    return np.hstack(parts), d_cell * f


@right("lstm-gate-gradients", "by complex steps, from sums found again")
def gate_gradients(dh_next, dc_next, cache):
    _, _, c, _, _, i, f, g, o, _ = cache
    sums = [np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g), np.log(o / (1 - o)), c]

    def loss(a_i, a_f, a_g, a_o, c):
        i, f, o = (1 / (1 + np.exp(-a)) for a in (a_i, a_f, a_o))
        c_next = f * c + i * np.tanh(a_g)
        return dh_next * o * np.tanh(c_next) + dc_next * c_next

    slopes = [loss(*(a + 1e-30j * (k == n) for n, a in enumerate(sums))).imag / 1e-30 for k in range(5)]
    return np.concatenate(slopes[:4], axis=1), slopes[4]


@right("lstm-gate-gradients", "the products by torch, the slopes by hand")
def gate_gradients(dh_next, dc_next, cache):
    import torch

    i, f, g, o, c = (torch.tensor(cache[k], requires_grad=True) for k in (5, 6, 7, 8, 2))
    c_next = f * c + i * g
    (torch.tensor(dh_next) * o * torch.tanh(c_next) + torch.tensor(dc_next) * c_next).sum().backward()
    slopes = i * (1 - i), f * (1 - f), 1 - g**2, o * (1 - o)
    da = torch.cat([x.grad * slope for x, slope in zip((i, f, g, o), slopes, strict=True)], dim=1)
    return da.detach(), c.grad


# --- one step backward

STATES, WEIGHTS = "dx, dh and dc: what goes back", "dW_xh, dW_hh and db: what the weights get"


@wrong("lstm-step-backward", STATES, None, "dh through W_hh without transpose")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh, dc, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("lstm-step-backward", WEIGHTS, "dW_hh is built from the cell state")
def step_backward(dh_next, dc_next, cache):
    x, _h, c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, dc, x.T @ da, c.T @ da, da.sum(axis=0)


@wrong("lstm-step-backward", WEIGHTS, "dW_hh is built from h_next")
def step_backward(dh_next, dc_next, cache):
    x, _h, _c, W_xh, W_hh, _i, _f, _g, o, c_next = cache
    h_next = o * np.tanh(c_next)
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, dc, x.T @ da, h_next.T @ da, da.sum(axis=0)


@wrong("lstm-step-backward", WEIGHTS, "transposed: dW_hh")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, dc, x.T @ da, da.T @ h, da.sum(axis=0)


@wrong("lstm-step-backward", WEIGHTS, "db is not summed over the batch")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, dc, x.T @ da, h.T @ da, da


@wrong("lstm-step-backward", WEIGHTS, "db is averaged over the batch")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, dc, x.T @ da, h.T @ da, da.mean(0)


@wrong("lstm-step-backward", WEIGHTS, "db is summed over the columns")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, dc, x.T @ da, h.T @ da, da.sum(axis=1)


@wrong("lstm-step-backward", WEIGHTS, "gradients of the weights are averaged over the batch")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    N = len(x)
    return da @ W_xh.T, da @ W_hh.T, dc, x.T @ da / N, h.T @ da / N, da.sum(axis=0) / N


@wrong("lstm-step-backward", STATES, "dh and dc are exchanged")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, dc, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("lstm-step-backward", STATES, "dc_next is handed back as dc")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, _ = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, dc_next, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("lstm-step-backward", STATES, "dh_next is added to dh")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, dh_next + da @ W_hh.T, dc, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("lstm-step-backward", STATES, "dc comes out as zero")
def step_backward(dh_next, dc_next, cache):
    x, h, c, W_xh, W_hh, *_ = cache
    da, _ = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, np.zeros_like(c), x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("lstm-step-backward", STATES, "what comes through h_next is left out", "all written once more")
def step_backward(dh_next, dc_next, cache):
    x, h, c, W_xh, W_hh, i, f, g, o, c_next = cache
    do = dh_next * np.tanh(c_next)
    di, df, dg = dc_next * g, dc_next * c, dc_next * i
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)))
    return da @ W_xh.T, da @ W_hh.T, dc_next * f, x.T @ da, h.T @ da, da.sum(0)


@wrong("lstm-step-backward", STATES, "the forget gate's gradient takes c_next instead of c", "all written once more")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    d = dc_next + dh_next * o * (1 - s * s)
    da_o = dh_next * s * o * (1 - o)
    da = np.hstack((d * g * i * (1 - i), d * c_next * f * (1 - f), d * i * (1 - g * g), da_o))
    return da @ W_xh.T, da @ W_hh.T, d * f, x.T @ da, h.T @ da, da.sum(0)


@wrong("lstm-step-backward", STATES, None, "five results, without dc")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, _ = gate_gradients(dh_next, dc_next, cache)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@right("lstm-step-backward", "with einsum")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    dx, dh = np.einsum("nk,dk->nd", da, W_xh), np.einsum("nk,hk->nh", da, W_hh)
    return dx, dh, dc, np.einsum("nd,nk->dk", x, da), np.einsum("nh,nk->hk", h, da), np.einsum("nk->k", da)


@right("lstm-step-backward", "one product over inputs side by side")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = cache
    da, dc = gate_gradients(dh_next, dc_next, cache)
    D = x.shape[1]
    both = da @ np.concatenate((W_xh, W_hh)).T
    dW = np.concatenate((x, h, np.ones((len(x), 1))), axis=1).T @ da
    return both[:, :D], both[:, D:], dc, dW[:D], dW[D:-1], dW[-1]


@right("lstm-step-backward", "all written once more, gate by gate")
def step_backward(dh_next, dc_next, cache):
    x, h, c, W_xh, W_hh, i, f, g, o, c_next = cache
    s, H = np.tanh(c_next), h.shape[1]
    d = dc_next + dh_next * o * (1 - s**2)
    parts = [d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2), dh_next * s * o * (1 - o)]
    dx, dh, dW_xh, dW_hh, db = 0, 0, np.empty(W_xh.shape), np.empty(W_hh.shape), np.empty(4 * H)
    for k, da in enumerate(parts):
        at = slice(k * H, (k + 1) * H)
        dx, dh = dx + da @ W_xh[:, at].T, dh + da @ W_hh[:, at].T
        dW_xh[:, at], dW_hh[:, at], db[at] = x.T @ da, h.T @ da, da.sum(0)
    return dx, dh, d * f, dW_xh, dW_hh, db


@right("lstm-step-backward", "row by row, in float32")
def step_backward(dh_next, dc_next, cache):
    x, h, _c, W_xh, W_hh, *_ = (np.asarray(array, np.float32) for array in cache)
    da, dc = gate_gradients(dh_next, dc_next, cache)
    da = da.astype(np.float32)
    dW_xh, dW_hh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_xh.shape[1], np.float32)
    for row_x, row_h, row in zip(x, h, da, strict=True):
        dW_xh += np.outer(row_x, row)
        dW_hh += np.outer(row_h, row)
        db += row
    return da @ W_xh.T, da @ W_hh.T, dc.astype(np.float32), dW_xh, dW_hh, db


# --- whole sequences, backward

FULL, FULL_WEIGHTS = "all rows of full length: dx, dh0 and dc0", "all rows of full length: dW_xh, dW_hh and db"
ENDED, ENDED_WEIGHTS = "rows that have ended: dx, dh0 and dc0", "rows that have ended: dW_xh, dW_hh and db"


@wrong("lstm-backward", FULL, "the gradient of c from the future is dropped")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, total = [None] * len(caches), np.zeros_like(dh[:, 0]), [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(g * on, k * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


DROPPED_AND_LOST = "the gradient of c from the future is dropped, and that of a row that has ended is lost at c"


@wrong("lstm-backward", FULL, DROPPED_AND_LOST)
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, total = [None] * len(caches), np.zeros_like(dh[:, 0]), [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g = dh_t + dh[:, t]
        dx[t], dh_new, dc0, *shares = step_backward(g * on, dc[:, t] * on, caches[t])
        dh_t = np.where(on, dh_new, g)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc0, *total


@wrong("lstm-backward", FULL_WEIGHTS, "the gradients of the weights are clipped inside")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(g * on, k * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    for d in total:
        np.clip(d, -5, 5, out=d)
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", FULL, "dc from outside is left out")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t
        dx[t], dh_new, dc_new, *shares = step_backward(g * on, k * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", FULL, "dc is dropped altogether")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, total = [None] * len(caches), np.zeros_like(dh[:, 0]), [0, 0, 0]
    zeros = np.zeros_like(dh_t)
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g = dh_t + dh[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(g * on, zeros, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, zeros)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", FULL, "the gradient from the future is dropped, at h and at c")
def backward(dh, dc, cache):
    caches, real = cache
    dx, total = [None] * len(caches), [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh[:, t], dc[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(g * on, k * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", ENDED, "the gradient of a row that has ended is lost")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = (dh_t + dh[:, t]) * on, (dc_t + dc[:, t]) * on
        dx[t], dh_t, dc_t, *shares = step_backward(g, k, caches[t])
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", ENDED, "the gradient of a row that has ended is lost at c")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx[t], dh_new, dc_t, *shares = step_backward(g * on, k * on, caches[t])
        dh_t = np.where(on, dh_new, g)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", ENDED, "the mask is not used")
def backward(dh, dc, cache):
    caches, _ = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx[t], dh_t, dc_t, *shares = step_backward(dh_t + dh[:, t], dc_t + dc[:, t], caches[t])
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", ENDED_WEIGHTS, "padding gives its inputs and the weights a share")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(g, k, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", FULL_WEIGHTS, "the shares of the weights are overwritten instead of added")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx[t], dh_new, dc_new, dW_xh, dW_hh, db = step_backward(g * on, k * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
    return np.stack(dx, 1), dh_t, dc_t, dW_xh, dW_hh, db


@wrong("lstm-backward", FULL, "the loop runs forwards")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t, kept in enumerate(caches):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(g * on, k * on, kept)
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", FULL, "dx is in the order of the loop")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [], 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx_t, dh_new, dc_new, *shares = step_backward(g * on, k * on, caches[t])
        dx.append(dx_t)
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", FULL, "dh0 and dc0 are exchanged")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(g * on, k * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dc_t, dh_t, *total


@wrong("lstm-backward", FULL, "dh0 and dc0 come out as zero")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    dh0, dc0 = np.zeros_like(dh_t), np.zeros_like(dc_t)
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(g * on, k * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, g), np.where(on, dc_new, k)
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh0, dc0, *total


@wrong("lstm-backward", ENDED, "the gradient of a row that has ended is lost", "what arrives outside is masked away")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        dx[t], dh_t, dc_t, *shares = step_backward(dh_t + dh[:, t] * on, dc_t + dc[:, t] * on, caches[t])
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@wrong("lstm-backward", UNTOUCHED, None, "both gradients are added in place")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), 0 * dh[:, 0], 0 * dh[:, 0], [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        dh[:, t] += dh_t
        dc[:, t] += dc_t
        dx[t], dh_new, dc_new, *shares = step_backward(dh[:, t] * on, dc[:, t] * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, dh[:, t]), np.where(on, dc_new, dc[:, t])
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, 1), dh_t, dc_t, *total


@right("lstm-backward", "what passes by is added")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [], 0, 0, [0, 0, 0]
    for t in range(len(caches) - 1, -1, -1):
        on = real[:, t : t + 1].astype(float)
        g, k = dh[:, t] + dh_t, dc[:, t] + dc_t
        dx_t, dh_t, dc_t, *shares = step_backward(on * g, on * k, caches[t])
        dh_t, dc_t = dh_t + (1 - on) * g, dc_t + (1 - on) * k
        dx = [dx_t, *dx]
        total = [a + b for a, b in zip(total, shares, strict=False)]
    return np.stack(dx, axis=1), dh_t, dc_t, *total


@right("lstm-backward", "only the rows that ran go through the step")
def backward(dh, dc, cache):
    caches, real = cache
    x, _h, _c, W_xh, W_hh, *_ = caches[0]
    (N, T, H), D = dh.shape, x.shape[1]
    dx, dh_t, dc_t = np.zeros((N, T, D)), np.zeros((N, H)), np.zeros((N, H))
    dW_xh, dW_hh, db = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(4 * H)
    for t in reversed(range(T)):
        dh_t, dc_t = dh_t + dh[:, t], dc_t + dc[:, t]
        rows = np.flatnonzero(real[:, t])
        if rows.size == 0:
            continue
        x_t, h_t, c_t, _, _, *gates = caches[t]
        kept = (x_t[rows], h_t[rows], c_t[rows], W_xh, W_hh, *(gate[rows] for gate in gates))
        dx[rows, t], dh_t[rows], dc_t[rows], *shares = step_backward(dh_t[rows], dc_t[rows], kept)
        dW_xh += shares[0]
        dW_hh += shares[1]
        db += shares[2]
    return dx, dh_t, dc_t, dW_xh, dW_hh, db


@right("lstm-backward", "with lists, summed in the end, in float32")
def backward(dh, dc, cache):
    caches, real = cache
    dh, dc = dh.astype(np.float32), dc.astype(np.float32)
    g, k, found = np.zeros_like(dh[:, 0]), np.zeros_like(dc[:, 0]), []
    for t, kept in reversed(list(enumerate(caches))):
        ran = real[:, [t]]
        g, k = g + dh[:, t], k + dc[:, t]
        results = step_backward(np.where(ran, g, 0), np.where(ran, k, 0), kept)
        g, k = np.where(ran, results[1], g), np.where(ran, results[2], k)
        found.append(results)
    sums = [np.sum([results[place] for results in found], axis=0) for place in (3, 4, 5)]
    results = np.stack([results[0] for results in found[::-1]], axis=1), g, k, *sums
    return tuple(result.astype(np.float32) for result in results)


@right("lstm-backward", "by a call of itself for the earlier steps")
def backward(dh, dc, cache):
    caches, real = cache
    ran = real[:, -1:]
    g, k = dh[:, -1], dc[:, -1]
    dx, dh_back, dc_back, *shares = step_backward(g * ran, k * ran, caches[-1])
    g, k = np.where(ran, dh_back, g), np.where(ran, dc_back, k)
    if len(caches) == 1:
        return dx[:, None], g, k, *shares
    dh, dc = dh[:, :-1].copy(), dc[:, :-1].copy()
    dh[:, -1] += g
    dc[:, -1] += k
    before = backward(dh, dc, (caches[:-1], real[:, :-1]))
    sums = [a + b for a, b in zip(before[3:], shares, strict=False)]
    return np.concatenate((before[0], dx[:, None]), axis=1), before[1], before[2], *sums


@wrong("lstm-backward", FULL, "what comes from outside is added after the step")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), np.zeros_like(dh[:, 0]), np.zeros_like(dc[:, 0]), [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        dx[t], dh_new, dc_new, *shares = step_backward(dh_t * on, dc_t * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, dh_t) + dh[:, t], np.where(on, dc_new, dc_t) + dc[:, t]
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return np.stack(dx, axis=1), dh_t, dc_t, *total


@wrong("lstm-backward", FULL, "the two gradients are exchanged in the call of step_backward")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [None] * len(caches), np.zeros_like(dh[:, 0]), np.zeros_like(dc[:, 0]), [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        dh_t, dc_t = dh_t + dh[:, t], dc_t + dc[:, t]
        dx[t], dh_new, dc_new, *shares = step_backward(dc_t * on, dh_t * on, caches[t])
        dh_t, dc_t = np.where(on, dh_new, dh_t), np.where(on, dc_new, dc_t)
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return np.stack(dx, axis=1), dh_t, dc_t, *total


@wrong("lstm-backward", FULL, "time comes first in dx")
def backward(dh, dc, cache):
    caches, real = cache
    dx, dh_t, dc_t, total = [], np.zeros_like(dh[:, 0]), np.zeros_like(dc[:, 0]), [0, 0, 0]
    for t in reversed(range(len(caches))):
        on = real[:, t, None]
        g, k = dh_t + dh[:, t], dc_t + dc[:, t]
        dx_t, dh_t, dc_t, *shares = step_backward(g * on, k * on, caches[t])
        dx.append(dx_t)
        dh_t, dc_t = dh_t + g * ~on, dc_t + k * ~on
        total = [a + b for a, b in zip(total, shares, strict=True)]
    return np.stack(dx[::-1]), dh_t, dc_t, *total


@right("lstm-backward", "row by row, what arrives in the padding summed up first")
def backward(dh, dc, cache):
    caches, real = cache
    rows, sums = [], [0, 0, 0]
    for n, length in enumerate(real.sum(axis=1)):
        h, c = (d[n : n + 1, length:].sum(axis=1) for d in (dh, dc))
        dx = np.zeros((1, len(caches), caches[0][0].shape[1]))
        for t in range(length - 1, -1, -1):
            of_row = [part if k in (3, 4) else part[n : n + 1] for k, part in enumerate(caches[t])]
            dx[:, t], h, c, *shares = step_backward(h + dh[n : n + 1, t], c + dc[n : n + 1, t], tuple(of_row))
            sums = [a + b for a, b in zip(sums, shares, strict=True)]
        rows.append((dx, h, c))
    return (*(np.concatenate(part) for part in zip(*rows, strict=True)), *sums)


@right("lstm-backward", "a fold over the steps, the mask as a number, as a list")
def backward(dh, dc, cache):
    caches, real = cache

    def one(carried, t):
        h, c, results = carried
        m = 1.0 * real[:, t, None]
        h, c = h + dh[:, t], c + dc[:, t]
        dx, h_back, c_back, *shares = step_backward(m * h, m * c, caches[t])
        return (1 - m) * h + h_back, (1 - m) * c + c_back, [(dx, *shares), *results]

    h, c, results = reduce(one, reversed(range(len(caches))), (0 * dh[:, 0], 0 * dc[:, 0], []))
    dx, *shares = zip(*results, strict=True)
    return [np.moveaxis(np.array(dx), 0, 1), h, c, *(sum(share) for share in shares)]


# --- how many numbers, and how they start

SIZE, BIAS = (
    "lstm_numbers: five arrays, four blocks in three of them",
    "start_bias: the forget gate's block, and no other",
)
LASTS = "forget_bias_for: the bias that lasts for so many steps"


@wrong("lstm-start", SIZE, "one block is counted instead of four")
def lstm_numbers(D, H, V):
    return D * H + H**2 + H + H * V + V


@wrong("lstm-start", SIZE, "three blocks are counted instead of four")
def lstm_numbers(D, H, V):
    return 3 * H * (D + H + 1) + V * (H + 1)


@wrong("lstm-start", SIZE, "two biases are counted")
def lstm_numbers(D, H, V):
    return 4 * H * (D + H + 2) + V * (H + 1)


@wrong("lstm-start", SIZE, "the cell's bias is counted for one block")
def lstm_numbers(D, H, V):
    return 4 * H * (D + H) + H + V * H + V


@wrong("lstm-start", SIZE, "the output layer is not counted")
def lstm_numbers(D, H, V):
    return 4 * H * (D + H + 1)


@wrong("lstm-start", SIZE, "the output's bias is not counted")
def lstm_numbers(D, H, V):
    return 4 * H * (D + H + 1) + H * V


@wrong("lstm-start", SIZE, "the output layer reads h and c")
def lstm_numbers(D, H, V):
    return 4 * H * (D + H + 1) + (2 * H + 1) * V


@wrong("lstm-start", SIZE, "4H is squared")
def lstm_numbers(D, H, V):
    W_xh, W_hh, b = D * 4 * H, (4 * H) ** 2, 4 * H
    return W_xh + W_hh + b + H * V + V


@wrong("lstm-start", BIAS, "the forget bias stands in the block of the candidate")
def start_bias(H, forget_bias):
    b = np.zeros(4 * H)
    b[2 * H : 3 * H] = forget_bias
    return b


@wrong("lstm-start", BIAS, "the forget bias stands in the block of the input gate")
def start_bias(H, forget_bias):
    b = np.zeros(4 * H)
    b[:H] = forget_bias
    return b


@wrong("lstm-start", BIAS, "the forget bias stands in the block of the output gate")
def start_bias(H, forget_bias):
    b = np.zeros(4 * H)
    b[-H:] += forget_bias
    return b


@wrong("lstm-start", BIAS, "all blocks get the forget bias")
def start_bias(H, forget_bias):
    return np.ones(4 * H) * forget_bias


@wrong("lstm-start", BIAS, "the forget bias is added twice")
def start_bias(H, forget_bias):
    b_x, b_h = np.zeros((2, 4 * H))
    b_x[H : 2 * H] = b_h[H : 2 * H] = forget_bias
    return b_x + b_h


@wrong("lstm-start", BIAS, "every fourth number gets the forget bias")
def start_bias(H, forget_bias):
    b = np.zeros(4 * H)
    b[1::4] = forget_bias
    return b


@wrong("lstm-start", BIAS, "everything behind the input gate gets the forget bias")
def start_bias(H, forget_bias):
    b = np.zeros(4 * H)
    b[H:] = forget_bias
    return b


@wrong("lstm-start", BIAS, "only the first unit gets the forget bias")
def start_bias(H, forget_bias):
    b = np.zeros(4 * H)
    b[H] = forget_bias
    return b


@wrong("lstm-start", BIAS, "the gate's value stands in place of its bias")
def start_bias(H, forget_bias):
    b = np.zeros(4 * H)
    b[H : 2 * H] = sigmoid(forget_bias)
    return b


@wrong("lstm-start", LASTS, "the 1 is forgotten")
def forget_bias_for(steps):
    return np.log(steps)


@wrong("lstm-start", LASTS, "the 1 is added on the wrong side")
def forget_bias_for(steps):
    return np.log1p(steps)


@wrong("lstm-start", LASTS, "the equation is not solved")
def forget_bias_for(steps):
    return 1 + np.exp(steps)


@wrong("lstm-start", LASTS, "the sign is turned")
def forget_bias_for(steps):
    share = 1 / steps
    return np.log(share / (1 - share))


@wrong("lstm-start", LASTS, "another logarithm")
def forget_bias_for(steps):
    return math.log2(steps - 1)


@wrong("lstm-start", LASTS, "the share that is kept comes back")
def forget_bias_for(steps):
    return (steps - 1) / steps


@wrong("lstm-start", LASTS, "the steps are counted until 1/e is left")
def forget_bias_for(steps):
    f = np.exp(-1 / steps)
    return np.log(f / (1 - f))


@wrong("lstm-start", LASTS, None, "as many steps for the bias as for the cell state")
def forget_bias_for(steps):
    return steps


@right("lstm-start", "factored, with the log-odds of the gate")
def forget_bias_for(steps):
    f = 1 - 1 / steps
    return math.log(f / (1 - f))


@right("lstm-start", "sizes of arrays that are made for it")
def lstm_numbers(D, H, V):
    arrays = np.empty((D, 4 * H)), np.empty((H, 4 * H)), np.empty(4 * H), np.empty((H, V)), np.empty(V)
    return np.sum([array.size for array in arrays])


@right("lstm-start", "four pieces, joined, in float32")
def start_bias(H, forget_bias):
    zeros = np.zeros(H, np.float32)
    return np.concatenate((zeros, zeros + np.float32(forget_bias), zeros, zeros))


right(
    "lstm-start",
    "all three in other words",
    lstm_numbers=lambda D, H, V: (D + H + 1) * 4 * H + (H + 1) * V,
    start_bias=lambda H, forget_bias: [forget_bias * (k == 1) for k in range(4) for _ in range(H)],
    forget_bias_for=lambda steps: np.float64(-np.log(1 / (steps - 1))),
)

right(
    "lstm-start",
    "by torch's own count, as a matrix, by halving",
    lstm_numbers=lambda D, H, V: sum(
        p.numel()
        for p in (
            *torch.nn.LSTM(D, H, bias=False).parameters(),
            torch.empty(4 * H),
            *torch.nn.Linear(H, V).parameters(),
        )
    ),
    start_bias=lambda H, forget_bias: (np.eye(4)[:, [1]] * forget_bias).repeat(H, axis=1).reshape(-1),
    forget_bias_for=lambda steps: halved(steps, -20.0, 20.0),
)


def halved(steps, low, high):
    """The bias by halving an interval."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 + math.exp(middle) < steps else (low, middle)
    return middle


right(
    "lstm-start",
    "in loops, in place, with arctanh",
    lstm_numbers=lambda D, H, V: len([0 for _ in range(D + H + 1) for _ in range(4 * H)]) + V * H + V,
    start_bias=lambda H, forget_bias: np.where(np.arange(4 * H) // H == 1, float(forget_bias), 0.0),
    forget_bias_for=lambda steps: 2 * np.arctanh(1 - 2 / steps),
)


@wrong("lstm-start", LASTS, None, "the bias with which half is left after so many steps")
def forget_bias_for(steps):
    f = 0.5 ** (1 / steps)
    return np.log(f / (1 - f))


@right("lstm-start", "block by block, counted up")
def lstm_numbers(D, H, V):
    total = 0
    for _gate in "ifgo":
        total += D * H  # from the input
        total += H**2  # from the state
        total += H  # its bias
    for _score in range(V):
        total += H + 1
    return total


@right("lstm-start", "as two products of shapes, a float")
def lstm_numbers(D, H, V):
    return float(np.prod([D + H + 1, 4, H]) + np.dot([H, 1], [V, V]))


@right("lstm-start", "an outer product of the block and ones")
def start_bias(H, forget_bias):
    return np.outer([0, forget_bias, 0, 0], np.ones(H)).ravel()


@right("lstm-start", "numbers repeated")
def start_bias(H, forget_bias):
    return np.repeat(np.array([0.0, forget_bias, 0.0, 0.0]), H)


@right("lstm-start", "solved by halving an interval")
def forget_bias_for(steps):
    low, high = -50.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 + math.exp(middle) < steps else (low, middle)
    return low


@right("lstm-start", "in logarithms of the steps, with log1p")
def forget_bias_for(steps):
    return np.log(steps) + np.log1p(-1 / steps)


# --- reading the table

RIGHT_REACH = REACH.values["reach"]
TANH, UNIFORM, ORTHOGONAL = (
    f"the {name}" for name in ("tanh cell", "LSTM with the uniform start", "LSTM with the orthogonal start")
)
right("lstm-reach", "as floats, in another order", reach={k: float(v) for k, v in reversed(RIGHT_REACH.items())})
right("lstm-reach", "as numpy's numbers", reach={k: np.int64(v) for k, v in RIGHT_REACH.items()})
right("lstm-reach", "by a sum", reach={k: v + 0 for k, v in RIGHT_REACH.items()})
for title, named, mistake in (
    (TANH, "one successful run is taken for enough", 0),
    (UNIFORM, "all runs are asked to succeed", 1),
    (ORTHOGONAL, "the longest lag that was tried", 2),
    (TANH, "steps instead of lags", 3),
):
    wrong("lstm-reach", title, named, reach=dict(REACH.mistakes[mistake].replaces["reach"]))
wrong("lstm-reach", UNIFORM, None, "None where there is none", reach={k: v or None for k, v in RIGHT_REACH.items()})
wrong("lstm-reach", TANH, None, "a number for all", reach=80)
wrong("lstm-reach", TANH, None, "a start is missing", reach={k: v for k, v in RIGHT_REACH.items() if "tanh" not in k})
wrong("lstm-reach", ORTHOGONAL, None, "steps as text", reach={k: f"{v} steps" for k, v in RIGHT_REACH.items()})
