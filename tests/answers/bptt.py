"""Answers to lesson 3."""

import math

import numpy as np

from rnn_core.activations import log_softmax, softmax
from rnn_core.init import rnn_params
from tests.answers import right, wrong

# --- where does the gradient arrive? (a prediction: every allowed text is right)

COMMITTED = "gradient_arrives is one of the 4 choices"
right("bptt-where-gradient-arrives", "as told", gradient_arrives="only at h4")
right("bptt-where-gradient-arrives", "everywhere", gradient_arrives="at all states")
right("bptt-where-gradient-arrives", "with a capital and a blank", gradient_arrives="At h4 and all later states ")
wrong("bptt-where-gradient-arrives", COMMITTED, None, "empty", gradient_arrives="")
wrong("bptt-where-gradient-arrives", COMMITTED, None, "another text", gradient_arrives="h4")
wrong("bptt-where-gradient-arrives", COMMITTED, None, "a list of states", gradient_arrives=["h1", "h2", "h3", "h4"])

# --- two steps by hand

SLOPES, DH0 = "dw, du and db: a share from each of the two steps", "dh0: back through both steps"
CUT = "without recurrent weight only the last step counts"


@wrong("bptt-two-steps", SLOPES, "the share of the first step is missing")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    d = (h2 - target) * (1 - h2 * h2)
    return d * x2, d * h1, d, d * u * (1 - h1 * h1) * u


@wrong("bptt-two-steps", CUT, "the share of the second step is missing")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    dh = h2 - target
    for h, before, x in ((h2, h1, x2), (h1, h0, x1)):
        da = dh * (1 - h**2)
        dw, du, db = da * x, da * before, da
        dh = da * u
    return dw, du, db, dh


@wrong("bptt-two-steps", CUT, "the factor u is missing on the way back to step 1")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    d2 = (h2 - target) * (1 - h2**2)
    d1 = d2 * (1 - h1**2)
    return d2 * x2 + d1 * x1, d2 * h1 + d1 * h0, d2 + d1, d1 * u


@wrong("bptt-two-steps", SLOPES, "the tanh of step 1 is passed without its slope")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    d2 = (h2 - target) * (1 - h2**2)
    d1 = u * d2
    return d2 * x2 + d1 * x1, d2 * h1 + d1 * h0, d2 + d1, d1 * u


@wrong("bptt-two-steps", SLOPES, "u is paired with the state after the step")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    d2 = (h2 - target) * (1 - h2**2)
    d1 = u * d2 * (1 - h1**2)
    return d2 * x2 + d1 * x1, d2 * h2 + d1 * h1, d2 + d1, d1 * u


@wrong("bptt-two-steps", SLOPES, "the factor 1/2 of the loss is forgotten")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    d2 = 2 * (h2 - target) * (1 - h2**2)
    d1 = u * d2 * (1 - h1**2)
    return d2 * x2 + d1 * x1, d2 * h1 + d1 * h0, d2 + d1, d1 * u


@wrong("bptt-two-steps", DH0, "dh0 stops before the factor u")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    d2 = (h2 - target) * (1 - h2**2)
    d1 = u * d2 * (1 - h1**2)
    return d2 * x2 + d1 * x1, d2 * h1 + d1 * h0, d2 + d1, d1


@wrong("bptt-two-steps", SLOPES, "the slope of tanh without its square")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    d2 = (h2 - target) * (1 - h2)
    d1 = u * d2 * (1 - h1)
    return d2 * x2 + d1 * x1, d2 * h1 + d1 * h0, d2 + d1, d1 * u


@wrong("bptt-two-steps", SLOPES, "w is taken on the way back instead of u")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    d2 = (h2 - target) * (1 - h2**2)
    d1 = w * d2 * (1 - h1**2)
    return d2 * x2 + d1 * x1, d2 * h1 + d1 * h0, d2 + d1, d1 * w


@wrong("bptt-two-steps", "close to the target the slopes are tiny, and as exact", None, "by nudging")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    def loss(x1, x2, h0, w, u, b):
        return (np.tanh(w * x2 + u * np.tanh(w * x1 + u * h0 + b) + b) - target) ** 2 / 2

    given, slopes = np.array([x1, x2, h0, w, u, b]), []
    for place in (3, 4, 5, 2):
        move = 1e-5 * np.eye(6)[place]
        slopes.append((loss(*(given + move)) - loss(*(given - move))) / 2e-5)
    return tuple(slopes)


@wrong("bptt-two-steps", SLOPES, "the error has the wrong sign")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    delta2 = (target - h2) * (1 - h2**2)
    delta1 = delta2 * u * (1 - h1**2)
    return delta2 * x2 + delta1 * x1, delta2 * h1 + delta1 * h0, delta2 + delta1, delta1 * u


@wrong("bptt-two-steps", SLOPES, "x1 and x2 are exchanged")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    delta2 = (h2 - target) * (1 - h2**2)
    delta1 = delta2 * u * (1 - h1**2)
    return delta2 * x1 + delta1 * x2, delta2 * h1 + delta1 * h0, delta2 + delta1, delta1 * u


@wrong("bptt-two-steps", SLOPES, "h0 and h1 are exchanged")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    delta2 = (h2 - target) * (1 - h2**2)
    delta1 = delta2 * u * (1 - h1**2)
    return delta2 * x2 + delta1 * x1, delta2 * h0 + delta1 * h1, delta2 + delta1, delta1 * u


@wrong("bptt-two-steps", SLOPES, "dw and du come back in the other order")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    delta2 = (h2 - target) * (1 - h2**2)
    delta1 = delta2 * u * (1 - h1**2)
    return delta2 * h1 + delta1 * h0, delta2 * x2 + delta1 * x1, delta2 + delta1, delta1 * u


@wrong("bptt-two-steps", "dh0: back through both steps", "dh0 goes back through w instead of u")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    da2 = (h2 - target) * (1 - h2**2)
    da1 = da2 * u * (1 - h1**2)
    return da2 * x2 + da1 * x1, da2 * h1 + da1 * h0, da2 + da1, da1 * w


@wrong("bptt-two-steps", "dw, du and db: a share from each of the two steps", "step 1 has a loss of its own")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    da2 = (h2 - target) * (1 - h2**2)
    da1 = (da2 * u + h1 - target) * (1 - h1**2)
    return da2 * x2 + da1 * x1, da2 * h1 + da1 * h0, da2 + da1, da1 * u


@wrong("bptt-two-steps", "dh0: back through both steps", "dh0 gets a share from step 2 directly")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    da2 = (h2 - target) * (1 - h2**2)
    da1 = da2 * u * (1 - h1**2)
    return da2 * x2 + da1 * x1, da2 * h1 + da1 * h0, da2 + da1, (da1 + da2) * u


@wrong("bptt-two-steps", "dh0: back through both steps", "dh0 passes one tanh too many")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    da2 = (h2 - target) * (1 - h2**2)
    da1 = da2 * u * (1 - h1**2)
    return da2 * x2 + da1 * x1, da2 * h1 + da1 * h0, da2 + da1, da1 * u * (1 - h0**2)


@wrong(
    "bptt-two-steps",
    "dw, du and db: a share from each of the two steps",
    "the share of the first step is missing in db",
)
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = np.tanh(w * x1 + u * h0 + b)
    h2 = np.tanh(w * x2 + u * h1 + b)
    da2 = (h2 - target) * (1 - h2**2)
    da1 = da2 * u * (1 - h1**2)
    return da2 * x2 + da1 * x1, da2 * h1 + da1 * h0, da2, da1 * u


@right("bptt-two-steps", "in the math module, slope by slope")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    h1 = math.tanh(w * x1 + u * h0 + b)
    h2 = math.tanh(w * x2 + u * h1 + b)
    s1, s2, e = 1 - h1**2, 1 - h2**2, h2 - target
    dw = e * s2 * (x2 + u * s1 * x1)
    du = e * s2 * (h1 + u * s1 * h0)
    db = e * s2 * (1 + u * s1)
    return dw, du, db, e * s2 * u * s1 * u


@right("bptt-two-steps", "a loop backwards, and a list")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    states = [h0]
    for x in (x1, x2):
        states.append(np.tanh(w * x + u * states[-1] + b))
    dw = du = db = 0.0
    dh = states[2] - target
    for t, x in ((1, x2), (0, x1)):
        da = dh * (1 - states[t + 1] ** 2)
        dw, du, db, dh = dw + da * x, du + da * states[t], db + da, da * u
    return [dw, du, db, dh]


@right("bptt-two-steps", "with cosh for the slope")
def two_step_gradient(x1, x2, h0, w, u, b, target):
    a1 = w * x1 + u * h0 + b
    a2 = w * x2 + u * np.tanh(a1) + b
    d2 = (np.tanh(a2) - target) / np.cosh(a2) ** 2
    d1 = d2 * u / np.cosh(a1) ** 2
    return d2 * x2 + d1 * x1, d2 * np.tanh(a1) + d1 * h0, d2 + d1, d1 * u


# --- one step backward

BACK, WEIGHTS = "dx and dh: what goes back", "dW_xh, dW_hh and db: what the weights get"
UNTOUCHED = "the caller's arrays are left alone"


@wrong("bptt-step-backward", BACK, "the slope of tanh is taken at h instead of h_next")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _ = cache
    da = dh_next * (1 - h * h)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, np.sum(da, axis=0)


@wrong("bptt-step-backward", BACK, "the slope is that of 1 - a², with a from before the tanh")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    a = np.arctanh(h_next)
    da = dh_next * (1 - a**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, np.sum(da, axis=0)


@wrong("bptt-step-backward", BACK, "tanh is applied a second time")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - np.tanh(h_next) ** 2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, np.sum(da, axis=0)


@wrong("bptt-step-backward", BACK, "the slope of tanh with a plus")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 + h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(0)


@wrong(
    "bptt-step-backward",
    WEIGHTS,
    "two things at once: dW_hh is transposed, and db is averaged over the batch",
)
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, da.T @ h, da.mean(axis=0)


@wrong("bptt-step-backward", BACK, "the tanh is passed without its slope")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _ = cache
    return dh_next @ W_xh.T, dh_next @ W_hh.T, x.T @ dh_next, h.T @ dh_next, dh_next.sum(0)


@wrong("bptt-step-backward", BACK, "the slope of tanh without its square")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(0)


@wrong("bptt-step-backward", BACK, "W_hh is not transposed")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh, x.T @ da, h.T @ da, da.sum(0)


@wrong("bptt-step-backward", WEIGHTS, "dW_hh is built from h_next, not from h")
def step_backward(dh_next, cache):
    x, _, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h_next.T @ da, da.sum(0)


@wrong("bptt-step-backward", WEIGHTS, "dW_hh is transposed")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, da.T @ h, da.sum(0)


@wrong("bptt-step-backward", WEIGHTS, "db is not summed over the batch")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da


@wrong("bptt-step-backward", WEIGHTS, "db is averaged over the batch")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.mean(axis=0)


@wrong("bptt-step-backward", UNTOUCHED, "dh_next is changed in place")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    dh_next *= 1 - h_next**2
    return dh_next @ W_xh.T, dh_next @ W_hh.T, x.T @ dh_next, h.T @ dh_next, dh_next.sum(axis=0)


@wrong("bptt-step-backward", WEIGHTS, "db is summed over the units")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=1)


@wrong("bptt-step-backward", WEIGHTS, "gradients of the weights are averaged over the batch", "both of the learner's")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dh = da @ W_hh.T
    dW_hh = h.T @ da / len(x)
    db = np.mean(da, axis=0)
    dx, dW_xh = da @ W_xh.T, x.T @ da
    return dx, dh, dW_xh, dW_hh, db


@wrong("bptt-step-backward", WEIGHTS, "gradients of the weights are averaged over the batch", "dW_hh alone")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dh = da @ W_hh.T
    dW_hh = h.T @ da / h.shape[0]
    db = da.sum(axis=0)
    dx, dW_xh = da @ W_xh.T, x.T @ da
    return dx, dh, dW_xh, dW_hh, db


@wrong("bptt-step-backward", WEIGHTS, "gradients of the weights are averaged over the batch", "all three")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dh = da @ W_hh.T
    dW_hh = h.T @ da / len(x)
    db = da.mean(0)
    dx, dW_xh = da @ W_xh.T, x.T @ da / len(x)
    return dx, dh, dW_xh, dW_hh, db


@wrong("bptt-step-backward", BACK, "dx and dh are exchanged")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dh = da @ W_hh.T
    dW_hh = h.T @ da
    db = da.sum(axis=0)
    dx, dW_xh = da @ W_xh.T, x.T @ da
    return dh, dx, dW_xh, dW_hh, db


@wrong("bptt-step-backward", BACK, "dh is built from dh_next, not from da")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dh = dh_next @ W_hh.T
    dW_hh = h.T @ da
    db = da.sum(axis=0)
    dx, dW_xh = da @ W_xh.T, x.T @ da
    return dx, dh, dW_xh, dW_hh, db


@wrong("bptt-step-backward", WEIGHTS, "dW_hh is built from dh_next, not from da")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dh = da @ W_hh.T
    dW_hh = h.T @ dh_next
    db = da.sum(axis=0)
    dx, dW_xh = da @ W_xh.T, x.T @ da
    return dx, dh, dW_xh, dW_hh, db


@wrong("bptt-step-backward", WEIGHTS, "db is built from dh_next, not from da")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dh = da @ W_hh.T
    dW_hh = h.T @ da
    db = dh_next.sum(axis=0)
    dx, dW_xh = da @ W_xh.T, x.T @ da
    return dx, dh, dW_xh, dW_hh, db


@wrong("bptt-step-backward", BACK, "dh, dW_hh and db are built from dh_next, not from da")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dh = dh_next @ W_hh.T
    dW_hh = h.T @ dh_next
    db = np.sum(dh_next, axis=0)
    dx, dW_xh = da @ W_xh.T, x.T @ da
    return dx, dh, dW_xh, dW_hh, db


@wrong("bptt-step-backward", "dW_xh, dW_hh and db: what the weights get", "db is one number")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum()


@wrong("bptt-step-backward", "dW_xh, dW_hh and db: what the weights get", "db kept its axis")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0, keepdims=True)


@wrong("bptt-step-backward", "dx and dh: what goes back", "the slope of the sigmoid")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * h_next * (1 - h_next)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("bptt-step-backward", "dx and dh: what goes back", "dh_next is added to dh")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T + dh_next, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("bptt-step-backward", "dx and dh: what goes back", "dh_next is left out")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = 1 - h_next**2
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("bptt-step-backward", "dW_xh, dW_hh and db: what the weights get", "both gradients of weights are transposed")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next * (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, da.T @ x, da.T @ h, da.sum(axis=0)


@wrong("bptt-step-backward", "dx and dh: what goes back", "divided by the slope of tanh")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = dh_next / (1 - h_next**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@right("bptt-step-backward", "einsum")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    da = np.einsum("nh,nh->nh", dh_next, 1 - h_next * h_next)
    dx, dh = np.einsum("nh,dh->nd", da, W_xh), np.einsum("nk,hk->nh", da, W_hh)
    return dx, dh, np.einsum("nd,nh->dh", x, da), np.einsum("nk,nh->kh", h, da), np.einsum("nh->h", da)


@right("bptt-step-backward", "row by row")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    dW_xh, dW_hh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    dx, dh = np.zeros_like(x), np.zeros_like(h)
    for n in range(len(x)):
        da = dh_next[n] * (1 - h_next[n]) * (1 + h_next[n])
        dx[n], dh[n] = W_xh @ da, W_hh @ da
        dW_xh += np.outer(x[n], da)
        dW_hh += np.outer(h[n], da)
        db += da
    return dx, dh, dW_xh, dW_hh, db


@right("bptt-step-backward", "input and state in one product")
def step_backward(dh_next, cache):
    x, h, W_xh, W_hh, h_next = cache
    both, D = np.concatenate([x, h, np.ones((len(x), 1))], axis=1), x.shape[1]
    da = dh_next - dh_next * h_next**2
    dW, d_both = both.T @ da, da @ np.concatenate([W_xh, W_hh]).T
    return [d_both[:, :D], d_both[:, D:], dW[:D], dW[D:-1], dW[-1]]


# --- the sequence backward

INPUTS, INITIAL = "dx: a later gradient reaches every earlier input", "dh0: what arrives at the initial state"
SHARES = "dW_xh, dW_hh and db: the shares of all steps"


def begin(dh, cache):
    W_xh, W_hh = cache[0][2], cache[0][3]
    dx = np.zeros((*dh.shape[:2], len(W_xh)))
    return dx, np.zeros_like(dh[:, 0]), np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))


@wrong("bptt-backward", INPUTS, "the gradient from the future is dropped")
def backward(dh, cache):
    dx, dh0, dW_xh, dW_hh, db = begin(dh, cache)
    for t in range(len(cache) - 1, -1, -1):
        dx[:, t], dh0, gx, gh, gb = step_backward(dh[:, t], cache[t])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, dh0, dW_xh, dW_hh, db


@wrong("bptt-backward", INPUTS, "only the gradient at the last state is used")
def backward(dh, cache):
    dx, _, dW_xh, dW_hh, db = begin(dh, cache)
    carry = dh[:, -1]
    for t in range(len(cache) - 1, -1, -1):
        dx[:, t], carry, gx, gh, gb = step_backward(carry, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, carry, dW_xh, dW_hh, db


@wrong("bptt-backward", INPUTS, "the loop runs forwards")
def backward(dh, cache):
    dx, carry, dW_xh, dW_hh, db = begin(dh, cache)
    for t in range(len(cache)):
        dx[:, t], carry, gx, gh, gb = step_backward(dh[:, t] + carry, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, carry, dW_xh, dW_hh, db


@wrong("bptt-backward", INPUTS, "the first step is left out")
def backward(dh, cache):
    dx, carry, dW_xh, dW_hh, db = begin(dh, cache)
    for t in range(len(cache) - 1, 0, -1):
        dx[:, t], carry, gx, gh, gb = step_backward(dh[:, t] + carry, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, carry, dW_xh, dW_hh, db


@wrong("bptt-backward", SHARES, "the shares of the weights are overwritten instead of added")
def backward(dh, cache):
    dx, carry, *_ = begin(dh, cache)
    for t in reversed(range(len(cache))):
        dx[:, t], carry, dW_xh, dW_hh, db = step_backward(dh[:, t] + carry, cache[t])
    return dx, carry, dW_xh, dW_hh, db


@wrong("bptt-backward", SHARES, "the gradients of the weights are clipped inside")
def backward(dh, cache):
    dx, carry, dW_xh, dW_hh, db = begin(dh, cache)
    for t in range(len(cache) - 1, -1, -1):
        dx[:, t], carry, gx, gh, gb = step_backward(dh[:, t] + carry, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    for d in dW_xh, dW_hh, db:
        np.clip(d, -5, 5, out=d)
    return dx, carry, dW_xh, dW_hh, db


@wrong("bptt-backward", SHARES, "the shares of the weights are averaged over the steps")
def backward(dh, cache):
    dx, carry, dW_xh, dW_hh, db = begin(dh, cache)
    T = len(cache)
    for t in reversed(range(T)):
        dx[:, t], carry, gx, gh, gb = step_backward(dh[:, t] + carry, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx / T, dW_hh + gh / T, db + gb / T
    return dx, carry, dW_xh, dW_hh, db


@wrong("bptt-backward", INITIAL, "dh0 is forgotten: it comes out as zero")
def backward(dh, cache):
    dx, dh0, dW_xh, dW_hh, db = begin(dh, cache)
    carry = np.zeros_like(dh0)
    for t in reversed(range(len(cache))):
        dx[:, t], carry, gx, gh, gb = step_backward(dh[:, t] + carry, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, dh0, dW_xh, dW_hh, db


@wrong("bptt-backward", INITIAL, "dh0 is the gradient at the first state, not before it")
def backward(dh, cache):
    dx, carry, dW_xh, dW_hh, db = begin(dh, cache)
    for t in reversed(range(len(cache))):
        dh_t = dh[:, t] + carry
        dx[:, t], carry, gx, gh, gb = step_backward(dh_t, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, dh_t, dW_xh, dW_hh, db


@wrong("bptt-backward", INPUTS, "dx is in the order of the loop")
def backward(dh, cache):
    _, carry, dW_xh, dW_hh, db = begin(dh, cache)
    dx = []
    for t in reversed(range(len(cache))):
        dx_t, carry, gx, gh, gb = step_backward(dh[:, t] + carry, cache[t])
        dx.append(dx_t)
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db


@wrong("bptt-backward", INPUTS, "the gradient of the step after is kept as well as handed back")
def backward(dh, cache):
    dx, carry, dW_xh, dW_hh, db = begin(dh, cache)
    for t in reversed(range(len(cache))):
        carry = carry + dh[:, t]
        dx[:, t], handed, gx, gh, gb = step_backward(carry, cache[t])
        carry = carry + handed
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, handed, dW_xh, dW_hh, db


@wrong("bptt-backward", UNTOUCHED, "dh is changed in place")
def backward(dh, cache):
    dx, _, dW_xh, dW_hh, db = begin(dh, cache)
    for t in range(len(cache) - 1, -1, -1):
        dx[:, t], carry, gx, gh, gb = step_backward(dh[:, t], cache[t])
        if t > 0:
            dh[:, t - 1] += carry
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, carry, dW_xh, dW_hh, db


@wrong("bptt-backward", INPUTS, "every step is taken back with the last cache")
def backward(dh, cache):
    dx, carry, dW_xh, dW_hh, db = begin(dh, cache)
    for t in reversed(range(len(cache))):
        dx[:, t], carry, gx, gh, gb = step_backward(dh[:, t] + carry, cache[-1])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, carry, dW_xh, dW_hh, db


@wrong("bptt-backward", INPUTS, "what is handed back is added up instead of replaced")
def backward(dh, cache):
    dx, back, dW_xh, dW_hh, db = begin(dh, cache)
    T = dh.shape[1]
    for t in reversed(range(T)):
        dx[:, t], handed, gx, gh, gb = step_backward(dh[:, t] + back, cache[t])
        back += handed
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, back, dW_xh, dW_hh, db


@wrong("bptt-backward", INPUTS, "the gradient from outside is taken from the step before")
def backward(dh, cache):
    dx, back, dW_xh, dW_hh, db = begin(dh, cache)
    T = dh.shape[1]
    for t in reversed(range(T)):
        dx[:, t], back, gx, gh, gb = step_backward(dh[:, t - 1] + back, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx, dW_hh + gh, db + gb
    return dx, back, dW_xh, dW_hh, db


@wrong("bptt-backward", SHARES, "gradients are averaged over the batch", "divided by N and T")
def backward(dh, cache):
    dx, back, dW_xh, dW_hh, db = begin(dh, cache)
    N, T, _ = dh.shape
    for t in reversed(range(T)):
        dx[:, t], back, gx, gh, gb = step_backward(dh[:, t] + back, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx / (N * T), dW_hh + gh / (N * T), db + gb / (N * T)
    return dx, back, dW_xh, dW_hh, db


@wrong("bptt-backward", SHARES, "gradients are averaged over the batch", "divided by N")
def backward(dh, cache):
    dx, back, dW_xh, dW_hh, db = begin(dh, cache)
    N, T, _ = dh.shape
    for t in reversed(range(T)):
        dx[:, t], back, gx, gh, gb = step_backward(dh[:, t] + back, cache[t])
        dW_xh, dW_hh, db = dW_xh + gx / N, dW_hh + gh / N, db + gb / N
    return dx, back, dW_xh, dW_hh, db


@right("bptt-backward", "recursive, the weights' shares summed on the way up")
def backward(dh, cache):
    def back(t, carry):
        if t < 0:
            return [], carry, 0, 0, 0
        dx_t, carry, *shares = step_backward(dh[:, t] + carry, cache[t])
        dx, dh0, *sums = back(t - 1, carry)
        return [*dx, dx_t], dh0, *(a + b for a, b in zip(sums, shares, strict=True))

    dx, *rest = back(len(cache) - 1, 0)
    return np.stack(dx, axis=1), *rest


@right("bptt-backward", "a copy of dh that collects")
def backward(dh, cache):
    whole, shares, dx = dh.copy(), [], []
    for t in range(len(cache) - 1, -1, -1):
        dx_t, before, *share = step_backward(whole[:, t], cache[t])
        if t:
            whole[:, t - 1] += before
        dx.append(dx_t)
        shares.append(share)
    sums = [np.sum(parts, axis=0) for parts in zip(*shares, strict=True)]
    return np.swapaxes(np.array(dx[::-1]), 0, 1), before, *sums


@right("bptt-backward", "without step_backward: all da first, then one product each")
def backward(dh, cache):
    (N, T, H), (_, _, W_xh, W_hh, _) = dh.shape, cache[0]
    x, before, after = (np.stack([step[k] for step in cache], axis=1) for k in (0, 1, 4))
    da, carry = np.zeros((N, T, H)), np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - after[:, t] ** 2)
        carry = da[:, t] @ W_hh.T
    dW_xh, dW_hh = np.einsum("ntd,nth->dh", x, da), np.einsum("ntk,nth->kh", before, da)
    return da @ W_xh.T, carry, dW_xh, dW_hh, da.sum(axis=(0, 1))


# --- the gradient check

ERROR, TINY = "a wrong gradient gets its relative error", "a tiny gradient that is 9 times too large is caught"
ZEROS, LEFT = "a forgotten gradient has error 1, and an unused parameter error 0", "the parameters are left alone"


def both(loss, params, grads, name, d, eps):
    above = loss({**params, name: params[name] + eps * d})
    below = loss({**params, name: params[name] - eps * d})
    return np.sum(grads[name] * d), (above - below) / (2 * eps)


@wrong("bptt-gradient-errors", TINY, "the error is absolute")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        errors[name] = abs(a - n)
    return errors


@wrong("bptt-gradient-errors", TINY, "the error is divided by at least 1")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        errors[name] = abs(a - n) / max(abs(a), abs(n), 1.0)
    return errors


@wrong("bptt-gradient-errors", TINY, "the divisor holds a constant")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        errors[name] = abs(a - n) / (abs(a) + abs(n) + 1e-8)
    return errors


@wrong("bptt-gradient-errors", TINY, "small numbers count as zero")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        errors[name] = 0.0 if abs(a) < 1e-9 and abs(n) < 1e-9 else abs(a - n) / max(abs(a), abs(n))
    return errors


@wrong("bptt-gradient-errors", ERROR, "the error is divided by the sum of both magnitudes")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        errors[name] = 0.0 if a == n == 0 else abs(a - n) / (abs(a) + abs(n))
    return errors


@wrong("bptt-gradient-errors", ERROR, "the difference is divided by eps, not by 2 eps")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        up, down = (loss({**params, name: params[name] + s * eps * d}) for s in (1, -1))
        a, n = np.sum(grads[name] * d), (up - down) / eps
        errors[name] = abs(a - n) / max(abs(a), abs(n)) if a or n else 0.0
    return errors


@wrong("bptt-gradient-errors", ERROR, "the difference goes to one side only")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    here, errors = loss(params), {}
    for name, d in directions.items():
        a, n = np.sum(grads[name] * d), (loss({**params, name: params[name] + eps * d}) - here) / eps
        errors[name] = abs(a - n) / max(abs(a), abs(n)) if a or n else 0.0
    return errors


@wrong("bptt-gradient-errors", LEFT, "the parameters are moved in place")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        params[name] += eps * d
        up = loss(params)
        params[name] -= 2 * eps * d
        down = loss(params)
        params[name] += eps * d
        a, n = np.sum(grads[name] * d), (up - down) / (2 * eps)
        errors[name] = abs(a - n) / max(abs(a), abs(n)) if a or n else 0.0
    return errors


@wrong("bptt-gradient-errors", ERROR, "the error has a sign")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        errors[name] = (a - n) / max(abs(a), abs(n)) if a or n else 0.0
    return errors


@wrong("bptt-gradient-errors", ZEROS, "two zeros are not thought of")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        errors[name] = abs(a - n) / max(abs(a), abs(n))
    return errors


@wrong("bptt-gradient-errors", ERROR, "all arrays are moved at once")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    up, down = (loss({k: p + s * eps * directions[k] for k, p in params.items()}) for s in (1, -1))
    errors = {}
    for name, d in directions.items():
        a, n = np.sum(grads[name] * d), (up - down) / (2 * eps)
        errors[name] = abs(a - n) / max(abs(a), abs(n)) if a or n else 0.0
    return errors


@wrong("bptt-gradient-errors", ERROR, "the magnitudes are missing in the divisor")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        largest = max(a, n)
        errors[name] = abs(a - n) / largest if largest != 0 else 0.0
    return errors


@wrong("bptt-gradient-errors", ERROR, "the directions are made to length 1")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d / np.linalg.norm(d), eps)
        errors[name] = abs(a - n) / max(abs(a), abs(n)) if a or n else 0.0
    return errors


@wrong(
    "bptt-gradient-errors",
    "only what has a direction is tested",
    "every parameter is tested, with a direction or without",
)
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name in params:
        a, n = both(loss, params, grads, name, directions[name], eps)
        errors[name] = abs(a - n) / max(abs(a), abs(n)) if a or n else 0.0
    return errors


@wrong("bptt-gradient-errors", ERROR, None, "arrays of one number")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name, d in directions.items():
        a, n = both(loss, params, grads, name, d, eps)
        errors[name] = np.array([abs(a - n) / max(abs(a), abs(n)) if a or n else 0.0])
    return errors


@right("bptt-gradient-errors", "with a copied dict")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    errors = {}
    for name in directions:
        values = []
        for sign in (1, -1):
            moved = dict(params)
            moved[name] = params[name] + sign * eps * directions[name]
            values.append(loss(moved))
        n = (values[0] - values[1]) / (2 * eps)
        a = float(grads[name].ravel() @ directions[name].ravel())
        errors[name] = 0.0 if a == 0 and n == 0 else abs(a - n) / max(abs(a), abs(n))
    return errors


@right("bptt-gradient-errors", "in a comprehension, by numpy")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    found = {name: both(loss, params, grads, name, d, eps) for name, d in directions.items()}
    return {k: np.abs(a - n) / np.maximum(max(np.abs(a), np.abs(n)), 1e-300) for k, (a, n) in found.items()}


@right("bptt-gradient-errors", "deep copies, moved in place")
def gradient_errors(loss, params, grads, directions, eps=1e-5):
    params = {name: p.copy() for name, p in params.items()}
    errors = {}
    for name, d in directions.items():
        middle = params[name].copy()
        params[name][...] = middle + eps * d
        up = loss(params)
        params[name][...] = middle - eps * d
        slope = (up - loss(params)) / (2 * eps)
        params[name][...] = middle
        said = np.vdot(grads[name], d)
        largest = np.max(np.abs([slope, said]))
        errors[name] = np.abs(slope - said) / largest if largest else 0
    return errors


# --- a loss on chosen steps

CHOSEN, AT_ALL = (
    "the loss: a mean over sequences and chosen steps",
    "the gradient at every state agrees with the reference",
)
THROUGH = "ignored steps hand the gradient on"


def outside(h, targets, steps, divisor):
    dh = np.zeros_like(h)
    for t in steps:
        dh[:, t] = (h[:, t] - targets[:, t]) / divisor
    return dh, sum(np.sum((h[:, t] - targets[:, t]) ** 2) for t in steps) / (2 * divisor)


def carry_back(dh, cache, order):
    g, carry = np.zeros_like(dh), np.zeros_like(dh[:, 0])
    for t in order:
        g[:, t] = dh[:, t] + carry
        *_, W_hh, h_next = cache[t]
        carry = (g[:, t] * (1 - h_next**2)) @ W_hh.T
    return g


@wrong("bptt-chosen-steps", THROUGH, "ignored steps get no gradient")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, steps, len(h) * len(steps))
    return loss, dh


@wrong("bptt-chosen-steps", CHOSEN, "the loss is averaged over all steps")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, steps, h.shape[0] * h.shape[1])
    return loss, carry_back(dh, cache, reversed(range(len(cache))))


@wrong("bptt-chosen-steps", AT_ALL, "the gradient is not divided by what the loss is averaged over")
def chosen_steps_gradient(h, targets, steps, cache):
    _, loss = outside(h, targets, steps, len(h) * len(steps))
    dh, _ = outside(h, targets, steps, 1)
    return loss, carry_back(dh, cache, reversed(range(len(cache))))


@wrong("bptt-chosen-steps", CHOSEN, "the loss is averaged over the steps, not over the sequences")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, steps, len(steps))
    return loss, carry_back(dh, cache, reversed(range(len(cache))))


@wrong("bptt-chosen-steps", CHOSEN, "the factor 1/2 of the loss is forgotten")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, steps, len(h) * len(steps) / 2)
    return loss, carry_back(dh, cache, reversed(range(len(cache))))


@wrong("bptt-chosen-steps", THROUGH, "the loop visits the chosen steps only")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, steps, len(h) * len(steps))
    return loss, carry_back(dh, cache, reversed(steps))


@wrong("bptt-chosen-steps", THROUGH, "the loop runs forwards")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, steps, len(h) * len(steps))
    return loss, carry_back(dh, cache, range(len(cache)))


@wrong("bptt-chosen-steps", AT_ALL, "at a chosen step the gradient from the future is lost")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, steps, len(h) * len(steps))
    g, carry = np.zeros_like(h), 0
    for t in range(len(cache) - 1, -1, -1):
        g[:, t] = dh[:, t] if t in steps else carry
        carry = (g[:, t] * (1 - cache[t][4] ** 2)) @ cache[t][3].T
    return loss, g


@wrong("bptt-chosen-steps", CHOSEN, "every step has a loss")
def chosen_steps_gradient(h, targets, steps, cache):
    N, T, _ = h.shape
    dh = (h - targets) / (N * T)
    return np.sum((h - targets) ** 2) / (2 * N * T), carry_back(dh, cache, reversed(range(T)))


@wrong("bptt-chosen-steps", CHOSEN, "the mean runs over the units too")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, steps, len(h) * len(steps) * h.shape[2])
    return loss, carry_back(dh, cache, reversed(range(len(cache))))


@wrong("bptt-chosen-steps", UNTOUCHED, "the caller's list of steps is used up")
def chosen_steps_gradient(h, targets, steps, cache):
    divisor, loss, g, carry = len(h) * len(steps), 0.0, np.zeros_like(h), 0
    for t in reversed(range(len(cache))):
        g[:, t] = carry
        if steps and steps[-1] == t:
            steps.pop()
            g[:, t] += (h[:, t] - targets[:, t]) / divisor
            loss += ((h[:, t] - targets[:, t]) ** 2).sum() / (2 * divisor)
        carry = step_backward(g[:, t], cache[t])[1]
    return loss, g


@wrong("bptt-chosen-steps", CHOSEN, "every step has a loss", "all steps count, divided by K")
def chosen_steps_gradient(h, targets, steps, cache):
    N, K = len(h), len(steps)
    loss = np.sum((h - targets) ** 2) / (2 * N * K)
    return loss, carry_back((h - targets) / (N * K), cache, reversed(range(len(cache))))


@wrong("bptt-chosen-steps", AT_ALL, "every step sends a gradient")
def chosen_steps_gradient(h, targets, steps, cache):
    N, K = len(h), len(steps)
    _, loss = outside(h, targets, steps, N * K)
    return loss, carry_back((h - targets) / (N * K), cache, reversed(range(len(cache))))


@wrong("bptt-chosen-steps", CHOSEN, "the steps are counted from 1", "s - 1 as an index")
def chosen_steps_gradient(h, targets, steps, cache):
    dh, loss = outside(h, targets, np.array(steps) - 1, len(h) * len(steps))
    return loss, carry_back(dh, cache, reversed(range(len(cache))))


@wrong("bptt-chosen-steps", CHOSEN, "the steps are counted from 1", "t + 1 in steps")
def chosen_steps_gradient(h, targets, steps, cache):
    M, loss, g, carry = len(h) * len(steps), 0.0, np.zeros_like(h), np.zeros_like(h[:, 0])
    for t in reversed(range(len(cache))):
        g[:, t] = carry
        if t + 1 in steps:
            error = h[:, t] - targets[:, t]
            loss += np.sum(error**2) / (2 * M)
            g[:, t] += error / M
        carry = step_backward(g[:, t], cache[t])[1]
    return loss, g


@wrong("bptt-chosen-steps", "the gradient at every state agrees with the reference", "the gradient has the wrong sign")
def chosen_steps_gradient(h, targets, steps, caches):
    N, K = len(h), len(steps)
    e = targets[:, steps] - h[:, steps]
    g = np.zeros_like(h)
    g[:, steps] = e / (N * K)
    carried = np.zeros_like(h[:, 0])
    for t in reversed(range(len(caches))):
        g[:, t] += carried
        carried = step_backward(g[:, t], caches[t])[1]
    return float((e**2).sum() / (2 * N * K)), g


@wrong(
    "bptt-chosen-steps",
    "the gradient at every state agrees with the reference",
    "g is what the step hands back, not what arrives at its state",
)
def chosen_steps_gradient(h, targets, steps, caches):
    N, K = len(h), len(steps)
    e = h[:, steps] - targets[:, steps]
    dh = np.zeros_like(h)
    dh[:, steps] = e / (N * K)
    g = np.zeros_like(h)
    carried = np.zeros_like(h[:, 0])
    for t in reversed(range(len(caches))):
        carried = step_backward(dh[:, t] + carried, caches[t])[1]
        g[:, t] = carried
    return float((e**2).sum() / (2 * N * K)), g


@wrong(
    "bptt-chosen-steps",
    "the gradient at every state agrees with the reference",
    "g holds only what comes from the future",
)
def chosen_steps_gradient(h, targets, steps, caches):
    N, K = len(h), len(steps)
    e = h[:, steps] - targets[:, steps]
    dh = np.zeros_like(h)
    dh[:, steps] = e / (N * K)
    g = np.zeros_like(h)
    carried = np.zeros_like(h[:, 0])
    for t in reversed(range(len(caches))):
        g[:, t] = carried
        carried = step_backward(dh[:, t] + carried, caches[t])[1]
    return float((e**2).sum() / (2 * N * K)), g


@wrong(
    "bptt-chosen-steps",
    "the loss: a mean over sequences and chosen steps",
    "the loss is averaged over the sequences, not over the steps",
)
def chosen_steps_gradient(h, targets, steps, caches):
    N, _K = len(h), len(steps)
    e = h[:, steps] - targets[:, steps]
    g = np.zeros_like(h)
    g[:, steps] = e / N
    carried = np.zeros_like(h[:, 0])
    for t in reversed(range(len(caches))):
        g[:, t] += carried
        carried = step_backward(g[:, t], caches[t])[1]
    return float((e**2).sum() / (2 * N)), g


@wrong(
    "bptt-chosen-steps",
    "the loss: a mean over sequences and chosen steps",
    "the loss is a mean over the units too, its gradient is not",
)
def chosen_steps_gradient(h, targets, steps, caches):
    N, K = len(h), len(steps)
    e = h[:, steps] - targets[:, steps]
    g = np.zeros_like(h)
    g[:, steps] = e / (N * K)
    carried = np.zeros_like(h[:, 0])
    for t in reversed(range(len(caches))):
        g[:, t] += carried
        carried = step_backward(g[:, t], caches[t])[1]
    return 0.5 * np.mean(e**2), g


@right("bptt-chosen-steps", "from the last chosen step down")
def chosen_steps_gradient(h, targets, steps, cache):
    N, K = len(h), len(steps)
    loss, g = 0.0, np.zeros_like(h)
    carry = np.zeros_like(h[:, 0])
    for t in range(max(steps), -1, -1):
        g[:, t] = carry
        if t in steps:
            error = h[:, t] - targets[:, t]
            loss += 0.5 * (error * error).sum() / (N * K)
            g[:, t] += error / (N * K)
        carry = step_backward(g[:, t], cache[t])[1]
    return loss, g


@right("bptt-chosen-steps", "targets moved onto the states where nothing counts")
def chosen_steps_gradient(h, targets, steps, cache):
    counts = np.isin(np.arange(h.shape[1]), steps)[None, :, None]
    error = (h - targets) * counts
    M = len(h) * len(steps)
    return 0.5 * np.sum(error**2) / M, carry_back(error / M, cache, range(len(cache) - 1, -1, -1))


@right("bptt-chosen-steps", "one loss at a time, added")
def chosen_steps_gradient(h, targets, steps, cache):
    loss, g = 0.0, 0.0
    for s in steps:
        dh, part = outside(h, targets, [s], len(h) * len(steps))
        loss, g = loss + part, g + carry_back(dh, cache, reversed(range(len(cache))))
    return np.float64(loss), g


# --- the masked loss

MASKED, GRADIENT = "the loss: a mean over the real positions", "the gradient belongs to that loss"
PADDING, LARGE = "what stands in the padding changes nothing", "large logits do not overflow"


def terms(logits, targets):
    log_p = log_softmax(logits)
    nll = -np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return nll, np.exp(log_p) - np.eye(logits.shape[-1])[targets]


@wrong("bptt-masked-loss", MASKED, "the loss is averaged over the padding too")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return np.mean(nll * mask), d * mask[:, :, None] / targets.size


@wrong("bptt-masked-loss", GRADIENT, "the mask is on the loss, not on its gradient")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return nll[mask].mean(), d / mask.sum()


@wrong("bptt-masked-loss", MASKED, "the mask is on the gradient, not on the loss")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return nll.sum() / mask.sum(), np.where(mask[..., None], d, 0) / mask.sum()


@wrong("bptt-masked-loss", PADDING, "the padding is not masked at all")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return nll.mean(), d / nll.size


@wrong("bptt-masked-loss", MASKED, "the loss is divided by the number of rows")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return np.sum(nll * mask) / len(logits), d * mask[..., None] / len(logits)


@wrong("bptt-masked-loss", MASKED, "the loss is a sum, not a mean")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return nll[mask].sum(), d * mask[..., None]


@wrong("bptt-masked-loss", GRADIENT, "the gradient is not divided by the number of positions")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return nll[mask].mean(), d * mask[..., None]


@wrong("bptt-masked-loss", MASKED, "a mean of the means of the rows")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    rows = [n for n in range(len(mask)) if mask[n].any()]
    loss = np.mean([nll[n][mask[n]].mean() for n in rows])
    d = d * mask[..., None]
    for n in rows:
        d[n] /= mask[n].sum() * len(rows)
    return loss, d


@wrong("bptt-masked-loss", MASKED, "the logits are masked instead of the loss")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits * mask[..., None], targets)
    return nll.mean(), d / nll.size


@wrong("bptt-masked-loss", LARGE, "the largest logit is not subtracted before exp")
def masked_cross_entropy(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    onehot = np.eye(logits.shape[-1])[targets]
    nll = -np.log(np.take_along_axis(p, targets[..., None], axis=-1)[..., 0])
    return (nll * mask).sum() / mask.sum(), (p - onehot) * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", MASKED, "softmax runs over the steps")
def masked_cross_entropy(logits, targets, mask):
    p, onehot = softmax(logits, axis=1), np.eye(logits.shape[-1])[targets]
    loss = -(np.log((p * onehot).sum(-1)) * mask).sum() / mask.sum()
    return loss, (p - onehot) * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", UNTOUCHED, "the logits are changed in place")
def masked_cross_entropy(logits, targets, mask):
    logits -= logits.max(axis=-1, keepdims=True)
    nll, d = terms(logits, targets)
    return nll[mask].mean(), d * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", LARGE, None, "a constant inside the logarithm")
def masked_cross_entropy(logits, targets, mask):
    p, onehot = softmax(logits), np.eye(logits.shape[-1])[targets]
    nll = -np.log((p * onehot).sum(axis=-1) + 1e-15)
    return (nll * mask).sum() / mask.sum(), (p - onehot) * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", GRADIENT, "the gradient is divided by the number of all positions")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return (nll * mask).sum() / mask.sum(), d * mask[..., None] / mask.size


@wrong("bptt-masked-loss", MASKED, "the loss has the wrong sign")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return -(nll * mask).sum() / mask.sum(), d * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", GRADIENT, "the gradient has the wrong sign")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return nll[mask].mean(), -d * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", MASKED, "both have the wrong sign")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    return -nll[mask].mean(), -d * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", LARGE, "the logarithm is taken of a probability that has rounded to 0", "times the mask")
def masked_cross_entropy(logits, targets, mask):
    p, onehot = softmax(logits), np.eye(logits.shape[-1])[targets]
    log_p = np.log(p)
    loss = -np.sum(log_p * onehot * mask[..., None]) / mask.sum()
    return loss, (p - onehot) * mask[..., None] / mask.sum()


@wrong(
    "bptt-masked-loss",
    LARGE,
    "the logarithm is taken of a probability that has rounded to 0",
    "only the real positions",
)
def masked_cross_entropy(logits, targets, mask):
    p, onehot = softmax(logits), np.eye(logits.shape[-1])[targets]
    picked = np.log(np.take_along_axis(p, targets[..., None], axis=-1)[..., 0])
    return -picked[mask].mean(), (p - onehot) * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", MASKED, "a mean of the means of the rows", "row means with 0 / 0, the gradient as told")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    rows = (nll * mask).sum(axis=1) / mask.sum(axis=1)
    return rows.mean(), d * mask[..., None] / mask.sum()


@wrong("bptt-masked-loss", MASKED, "a mean of the means of the rows", "row means with 0 / 0, in the gradient as well")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    count = mask.sum(axis=1)
    loss = np.mean((nll * mask).sum(axis=1) / count)
    return loss, d * mask[..., None] / count[:, None, None] / len(mask)


@wrong("bptt-masked-loss", MASKED, "a mean of the means of the rows", "an empty row counts as 0")
def masked_cross_entropy(logits, targets, mask):
    nll, d = terms(logits, targets)
    rows = (nll * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
    return rows.mean(), d * mask[..., None] / mask.sum()


@right("bptt-masked-loss", "position by position")
def masked_cross_entropy(logits, targets, mask):
    loss, dlogits, M = 0.0, np.zeros_like(logits), mask.sum()
    for n, t in zip(*np.nonzero(mask), strict=True):
        log_p = log_softmax(logits[n, t])
        loss -= log_p[targets[n, t]] / M
        dlogits[n, t] = softmax(logits[n, t]) / M
        dlogits[n, t, targets[n, t]] -= 1 / M
    return loss, dlogits


@right("bptt-masked-loss", "only the real positions, by indexing")
def masked_cross_entropy(logits, targets, mask):
    a, k = logits[mask], targets[mask]
    a = a - a.max(axis=1, keepdims=True)
    log_p = a - np.log(np.exp(a).sum(axis=1, keepdims=True))
    rows = np.arange(len(k))
    d = np.exp(log_p)
    d[rows, k] -= 1.0
    dlogits = np.zeros(logits.shape)
    dlogits[mask] = d / len(k)
    return -log_p[rows, k].mean(), dlogits


@right("bptt-masked-loss", "weights that are zero at the padding")
def masked_cross_entropy(logits, targets, mask):
    weight = mask / np.count_nonzero(mask)
    nll, d = terms(logits, targets)
    return float((weight * nll).sum()), weight[..., None] * d


# --- the masked step

FORWARDS = "forwards, padding keeps the state"
HANDS_ON = "backwards, dx and dh: padding hands its gradient on whole"
NO_SHARE = "backwards, dW_xh, dW_hh and db: padding gives the weights no share"


@wrong("bptt-masked-step", FORWARDS, "padding sets the state to zero")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    return candidate * real[:, None], (x, h, W_xh, W_hh, candidate, real)


@wrong("bptt-masked-step", FORWARDS, "the mask is ignored forwards")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    return candidate, (x, h, W_xh, W_hh, candidate, real)


@wrong("bptt-masked-step", FORWARDS, "the mask is the wrong way round forwards")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    return np.where(real[:, None], h, candidate), (x, h, W_xh, W_hh, candidate, real)


@wrong("bptt-masked-step", UNTOUCHED, "the new state is written over the old one")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    old = h.copy()
    h[real] = candidate[real]
    return h, (x, old, W_xh, W_hh, candidate, real)


@wrong("bptt-masked-step", FORWARDS, "the input is masked, and the step runs all the same")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh((x * real[:, None]) @ W_xh + h @ W_hh + b)
    return candidate, (x, h, W_xh, W_hh, candidate, real)


@wrong(
    "bptt-masked-step", FORWARDS, "the cache does not hold what it is asked to hold", "x and h exchanged in the cache"
)
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    h_next = np.where(real[:, None], candidate, h)
    return h_next, (h, x, W_xh, W_hh, candidate, real)


@wrong("bptt-masked-step", FORWARDS, "the cache does not hold what it is asked to hold", "h_next in the cache")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    candidate = np.where(real[:, None], candidate, h)
    return candidate, (x, h, W_xh, W_hh, candidate, real)


@wrong("bptt-masked-step", UNTOUCHED, "the new state is written over the old one", "the line of the cache as it stands")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    h[real] = candidate[real]
    return h, (x, h, W_xh, W_hh, candidate, real)


@wrong("bptt-masked-step", HANDS_ON, "padding hands no gradient on")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    da = dh_next * real[:, None] * (1 - candidate**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(0)


@wrong("bptt-masked-step", NO_SHARE, "the mask is on one side only: padding gives the weights a share")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    da = dh_next * (1 - candidate**2)
    dh = da @ W_hh.T + dh_next * (1 - real[:, None])
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(0)


@wrong("bptt-masked-step", HANDS_ON, "the mask is ignored backwards")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, _ = cache
    da = dh_next * (1 - candidate**2)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(0)


@wrong("bptt-masked-step", HANDS_ON, "real rows hand their gradient on a second time")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    da = np.where(real[:, None], dh_next * (1 - candidate**2), 0)
    return da @ W_xh.T, da @ W_hh.T + dh_next, x.T @ da, h.T @ da, da.sum(0)


@wrong("bptt-masked-step", NO_SHARE, "dh is right, and the padding's own `da` still acts on the input and the weights")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    h_next = np.where(real[:, None], candidate, h)
    da = dh_next * (1 - h_next**2)
    dh = np.where(real[:, None], da @ W_hh.T, dh_next)
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("bptt-masked-step", NO_SHARE, "the gradients of the weights are averaged over the real rows")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    da, n = real[:, None] * dh_next * (1 - candidate**2), np.count_nonzero(real)
    dh = da @ W_hh.T + (1 - real)[:, None] * dh_next
    return da @ W_xh.T, dh, x.T @ da / n, h.T @ da / n, da.sum(axis=0) / n


@wrong("bptt-masked-step", HANDS_ON, "W_hh is not transposed")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    da = np.where(real[:, None], dh_next * (1 - candidate**2), 0)
    dh = da @ W_hh + np.where(real[:, None], 0, dh_next)
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(0)


@wrong("bptt-masked-step", HANDS_ON, "the slope of tanh is taken at h")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _, real = cache
    da = np.where(real[:, None], dh_next * (1 - h**2), 0)
    dh = da @ W_hh.T + np.where(real[:, None], 0, dh_next)
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(0)


def mixed_forward(x, h, W_xh, W_hh, b, real):
    m = real[:, None].astype(float)
    candidate = np.tanh(b + h @ W_hh + x @ W_xh)
    return m * candidate + (1 - m) * h, (x, h, W_xh, W_hh, candidate, real)


def mixed_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    m = real[:, None].astype(float)
    da = m * dh_next * (1 - candidate * candidate)
    return da @ W_xh.T, (1 - m) * dh_next + da @ W_hh.T, x.T @ da, h.T @ da, np.ones(len(m)) @ da


@wrong("bptt-masked-step", "forwards, padding keeps the state", "a real row keeps its old state as well")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    h_next = real[:, None] * candidate + h
    return h_next, (x, h, W_xh, W_hh, candidate, real)


@wrong("bptt-masked-step", "backwards, dx and dh: padding hands its gradient on whole", "real rows hand nothing back")
def masked_step_backward(dh_next, cache):
    x, h, W_xh, _W_hh, candidate, real = cache
    da = np.where(real[:, None], dh_next * (1 - candidate**2), 0.0)
    return da @ W_xh.T, np.where(real[:, None], 0.0, dh_next), x.T @ da, h.T @ da, da.sum(axis=0)


@wrong(
    "bptt-masked-step",
    "backwards, dW_xh, dW_hh and db: padding gives the weights no share",
    "gradients of the weights are averaged over the real rows",
)
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    da = np.where(real[:, None], dh_next * (1 - candidate**2), 0.0)
    n = max(real.sum(), 1)
    return (
        da @ W_xh.T,
        da @ W_hh.T + np.where(real[:, None], 0, dh_next),
        x.T @ da / n,
        h.T @ da / n,
        da.sum(axis=0) / n,
    )


@wrong("bptt-masked-step", "forwards, padding keeps the state", "only the real rows come back")
def masked_step_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    return candidate[real], (x, h, W_xh, W_hh, candidate, real)


@wrong(
    "bptt-masked-step",
    "backwards, dx and dh: padding hands its gradient on whole",
    "the tanh is passed without its slope",
)
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, _candidate, real = cache
    da = np.where(real[:, None], dh_next, 0.0)
    return da @ W_xh.T, da @ W_hh.T + np.where(real[:, None], 0, dh_next), x.T @ da, h.T @ da, da.sum(axis=0)


@wrong(
    "bptt-masked-step",
    "backwards, dW_xh, dW_hh and db: padding gives the weights no share",
    "padding gives the bias a share",
)
def masked_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    raw = dh_next * (1 - candidate**2)
    da = np.where(real[:, None], raw, 0.0)
    return da @ W_xh.T, da @ W_hh.T + np.where(real[:, None], 0, dh_next), x.T @ da, h.T @ da, raw.sum(axis=0)


right(
    "bptt-masked-step",
    "the mask as a factor of 0 or 1",
    masked_step_forward=mixed_forward,
    masked_step_backward=mixed_backward,
)


def picked_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.tanh(x @ W_xh + h @ W_hh + b)
    h_next = h.copy()
    h_next[real] = candidate[real]
    return h_next, [x, h, W_xh, W_hh, candidate, real]


def picked_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    da = dh_next[real] * (1 - candidate[real] ** 2)  # the real rows alone
    dx, dh = np.zeros_like(x), dh_next.copy()
    dx[real], dh[real] = da @ W_xh.T, da @ W_hh.T
    return dx, dh, x[real].T @ da, h[real].T @ da, da.sum(axis=0)


right(
    "bptt-masked-step",
    "only the real rows, by indexing",
    masked_step_forward=picked_forward,
    masked_step_backward=picked_backward,
)


def looped_forward(x, h, W_xh, W_hh, b, real):
    candidate = np.stack([np.tanh(x[n] @ W_xh + h[n] @ W_hh + b) for n in range(len(x))])
    h_next = np.stack([candidate[n] if real[n] else h[n] for n in range(len(x))])
    return h_next, (x, h, W_xh, W_hh, candidate, real)


def looped_backward(dh_next, cache):
    x, h, W_xh, W_hh, candidate, real = cache
    dx, dh = np.zeros(x.shape), np.zeros(h.shape)
    dW_xh, dW_hh, db = 0 * W_xh, 0 * W_hh, 0 * W_hh[0]
    for n in range(len(x)):
        if not real[n]:
            dh[n] = dh_next[n]
            continue
        da = dh_next[n] * (1 - candidate[n] ** 2)
        dx[n], dh[n] = W_xh @ da, W_hh @ da
        dW_xh, dW_hh, db = dW_xh + np.outer(x[n], da), dW_hh + np.outer(h[n], da), db + da
    return dx, dh, dW_xh, dW_hh, db


right("bptt-masked-step", "row by row", masked_step_forward=looped_forward, masked_step_backward=looped_backward)

# --- a chunk of text

CHUNK, CARRIED = "W_hh and b: back through time", "loss and h_last: two chunks read what one long chunk reads"
REPEATS = "W_xh: a character that repeats collects all its shares"


def read_chunk(params, inputs, h0):
    a, h, states = params["W_xh"][inputs] + params["b"], h0, []
    for t in range(inputs.shape[1]):
        h = np.tanh(a[:, t] + h @ params["W_hh"])
        states.append(h)
    h = np.stack(states, axis=1)
    return h, h @ params["W_hy"] + params["b_y"]


def outer_layer(params, inputs, targets, h0):
    h, logits = read_chunk(params, inputs, h0)
    loss, dlogits = masked_cross_entropy(logits, targets, np.ones(inputs.shape, dtype=bool))
    dlogits = dlogits.astype(h.dtype)
    grads = {"W_hy": np.tensordot(h, dlogits, axes=([0, 1], [0, 1])), "b_y": dlogits.sum((0, 1))}
    return h, loss, dlogits @ params["W_hy"].T, grads


@wrong("bptt-chunk", REPEATS, "a character that repeats is counted once")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    grads["W_xh"] = np.zeros_like(params["W_xh"])
    grads["W_xh"][inputs] += da
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    grads["W_hh"], grads["b"] = np.einsum("nti,ntj->ij", before, da), da.sum((0, 1))
    return loss, grads, h[:, -1]


def collected(params, inputs, h, da, before, grads):
    grads["W_xh"] = np.zeros_like(params["W_xh"])
    np.add.at(grads["W_xh"], inputs, da)
    grads["W_hh"], grads["b"] = np.einsum("nti,ntj->ij", before, da), da.sum((0, 1))
    return grads


@wrong("bptt-chunk", CHUNK, "the gradient from the future is dropped")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, dh * (1 - h**2), before, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "dW_hh is built from the state after the step")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    return loss, collected(params, inputs, h, da, h, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "dW_hh takes the state before the chunk for zero")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.zeros_like(h)
    before[:, 1:] = h[:, :-1]
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "W_hh is not transposed")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"]
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "only the prediction at the last step is used")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), dh[:, -1]
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = carry * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CARRIED, "the initial state is ignored")
def chunk_gradients(params, inputs, targets, h0):
    h0 = np.zeros_like(h0)
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CARRIED, "the state after the first step goes on instead of the last")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, 0]


@wrong("bptt-chunk", CARRIED, "the states of the last row go on")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[-1]


@wrong("bptt-chunk", UNTOUCHED, "the caller's parameters are replaced by the gradients")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    params.update(collected(params, inputs, h, da, before, grads))
    return loss, params, h[:, -1]


@wrong("bptt-chunk", "float32 stays float32", None, "buffers of float64")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros(h.shape), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    grads["W_xh"] = np.zeros(params["W_xh"].shape)
    np.add.at(grads["W_xh"], inputs, da)
    grads["W_hh"], grads["b"] = np.einsum("nti,ntj->ij", before, da), da.sum((0, 1))
    return loss, grads, h[:, -1]


@wrong("bptt-chunk", CHUNK, "the gradient goes back without W_hh")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t]
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "the loop runs forwards")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1]):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", REPEATS, "W_xh gets its shares at the targets")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, targets, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "gradients are divided a second time", "all by N T")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    dh = dh / inputs.size
    grads = {name: g / inputs.size for name, g in grads.items()}
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "gradients are divided a second time", "all by T")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    T = inputs.shape[1]
    dh, grads = dh / T, {name: g / T for name, g in grads.items()}
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "gradients are divided a second time", "da by N T")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    da /= inputs.size
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@wrong("bptt-chunk", CHUNK, "gradients are divided a second time", "da by T")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    da /= h.shape[1]
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@right("bptt-chunk", "np.add.at and einsum")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    da, carry = np.zeros_like(h), 0
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ params["W_hh"].T
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return loss, collected(params, inputs, h, da, before, grads), h[:, -1]


@right("bptt-chunk", "everything step by step, in one-hot vectors")
def chunk_gradients(params, inputs, targets, h0):
    (N, T), V = inputs.shape, len(params["W_xh"])
    x, hs = np.eye(V, dtype=h0.dtype)[inputs], [h0]
    for t in range(T):
        hs.append(np.tanh(x[:, t] @ params["W_xh"] + hs[-1] @ params["W_hh"] + params["b"]))
    grads, carry, loss = {name: np.zeros_like(p) for name, p in params.items()}, 0, 0
    for t in reversed(range(T)):
        p = softmax(hs[t + 1] @ params["W_hy"] + params["b_y"])
        loss -= np.log(p[np.arange(N), targets[:, t]]).sum() / (N * T)
        dy = (p - np.eye(V, dtype=p.dtype)[targets[:, t]]) / (N * T)
        da = (dy @ params["W_hy"].T + carry) * (1 - hs[t + 1] ** 2)
        shares = {
            "W_xh": x[:, t].T @ da,
            "W_hh": hs[t].T @ da,
            "b": da.sum(0),
            "W_hy": hs[t + 1].T @ dy,
            "b_y": dy.sum(0),
        }
        grads = {name: grads[name] + shares[name] for name in grads}
        carry = da @ params["W_hh"].T
    return loss, grads, hs[-1]


@right("bptt-chunk", "character by character for W_xh")
def chunk_gradients(params, inputs, targets, h0):
    h, loss, dh, grads = outer_layer(params, inputs, targets, h0)
    N, T, _ = h.shape
    das, carry = [], 0
    for t in range(T)[::-1]:
        das.insert(0, (dh[:, t] + carry) * (1 - h[:, t]) * (1 + h[:, t]))
        carry = np.einsum("nj,ij->ni", das[0], params["W_hh"])
    dW_xh, dW_hh = np.zeros_like(params["W_xh"]), np.zeros_like(params["W_hh"])
    for t, da in enumerate(das):
        for n in range(N):
            dW_xh[inputs[n, t]] += da[n]
        dW_hh += (h[:, t - 1] if t else h0).T @ da
    grads |= {"W_xh": dW_xh, "W_hh": dW_hh, "b": sum(da.sum(axis=0) for da in das)}
    return loss, grads, h[:, -1]


# --- truncation

ALIKE = "loss and gradients agree with the reference"


def chunks(params, inputs, targets, h0, size):
    h, found = h0, []
    for t in range(0, inputs.shape[1], size):
        loss, grads, h = chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h)
        found.append((loss, grads))
    return found


@wrong("bptt-truncated", ALIKE, "every chunk begins with h0")
def truncated_gradients(params, inputs, targets, h0, size):
    found = []
    for t in range(0, inputs.shape[1], size):
        found.append(chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h0)[:2])
    K = len(found)
    return sum(loss for loss, _ in found) / K, {k: sum(g[k] for _, g in found) / K for k in params}


@wrong("bptt-truncated", ALIKE, "every chunk but the first begins with zeros")
def truncated_gradients(params, inputs, targets, h0, size):
    found, h = [], h0
    for t in range(0, inputs.shape[1], size):
        found.append(chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h)[:2])
        h = np.zeros_like(h0)
    K = len(found)
    return sum(loss for loss, _ in found) / K, {k: sum(g[k] for _, g in found) / K for k in params}


@wrong("bptt-truncated", ALIKE, "the chunks are added, not averaged")
def truncated_gradients(params, inputs, targets, h0, size):
    found = chunks(params, inputs, targets, h0, size)
    return sum(loss for loss, _ in found), {k: sum(g[k] for _, g in found) for k in params}


@wrong("bptt-truncated", ALIKE, "only the last chunk is kept")
def truncated_gradients(params, inputs, targets, h0, size):
    return chunks(params, inputs, targets, h0, size)[-1]


@wrong("bptt-truncated", ALIKE, "only the first chunk is kept")
def truncated_gradients(params, inputs, targets, h0, size):
    for t in range(0, inputs.shape[1], size):
        loss, grads, _ = chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h0)
        return loss, grads


@wrong("bptt-truncated", ALIKE, "the gradient is carried over the boundary")
def truncated_gradients(params, inputs, targets, h0, size):
    loss, grads, _ = chunk_gradients(params, inputs, targets, h0)
    return loss, grads


@wrong("bptt-truncated", ALIKE, "the loss is a mean, the gradients are a sum")
def truncated_gradients(params, inputs, targets, h0, size):
    found = chunks(params, inputs, targets, h0, size)
    return np.mean([loss for loss, _ in found]), {k: sum(g[k] for _, g in found) for k in params}


@wrong("bptt-truncated", ALIKE, "the weights are changed on the way")
def truncated_gradients(params, inputs, targets, h0, size):
    h, found = h0, []
    for t in range(0, inputs.shape[1], size):
        loss, grads, h = chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h)
        params = {k: p - grads[k] for k, p in params.items()}
        found.append((loss, grads))
    K = len(found)
    return sum(loss for loss, _ in found) / K, {k: sum(g[k] for _, g in found) / K for k in params}


@wrong("bptt-truncated", ALIKE, "every chunk begins with zeros")
def truncated_gradients(params, inputs, targets, h0, size):
    found = []
    for t in range(0, inputs.shape[1], size):
        h = np.zeros_like(h0)
        found.append(chunk_gradients(params, inputs[:, t : t + size], targets[:, t : t + size], h)[:2])
    K = len(found)
    return sum(loss for loss, _ in found) / K, {k: sum(g[k] for _, g in found) / K for k in params}


@wrong("bptt-truncated", ALIKE, "the sum is not divided by the number of chunks", "divided by size")
def truncated_gradients(params, inputs, targets, h0, size):
    found = chunks(params, inputs, targets, h0, size)
    return sum(loss for loss, _ in found) / size, {k: sum(g[k] for _, g in found) / size for k in params}


@wrong("bptt-truncated", ALIKE, "the sum is not divided by the number of chunks", "divided by T")
def truncated_gradients(params, inputs, targets, h0, size):
    found, T = chunks(params, inputs, targets, h0, size), inputs.shape[1]
    return sum(loss for loss, _ in found) / T, {k: sum(g[k] for _, g in found) / T for k in params}


@right("bptt-truncated", "a list of chunks, then the mean")
def truncated_gradients(params, inputs, targets, h0, size):
    found = chunks(params, inputs, targets, h0, size)
    return np.mean([loss for loss, _ in found]), {k: np.mean([g[k] for _, g in found], axis=0) for k in params}


@right("bptt-truncated", "np.split")
def truncated_gradients(params, inputs, targets, h0, size):
    K, T = inputs.shape[1] // size, inputs.shape[1]
    loss, grads = 0, dict.fromkeys(params, 0)
    for x, y in zip(np.split(inputs, K, axis=1), np.split(targets, K, axis=1), strict=True):
        part, g, h0 = chunk_gradients(params, x, y, h0)
        loss += part * size / T
        grads = {k: grads[k] + g[k] * size / T for k in params}
    return loss, grads


@right("bptt-truncated", "recursive: the first chunk, then the rest")
def truncated_gradients(params, inputs, targets, h0, size):
    loss, grads, h = chunk_gradients(params, inputs[:, :size], targets[:, :size], h0)
    rest = inputs.shape[1] // size - 1
    if rest == 0:
        return loss, grads
    later, g = truncated_gradients(params, inputs[:, size:], targets[:, size:], h, size)
    return (loss + rest * later) / (rest + 1), {k: (grads[k] + rest * g[k]) / (rest + 1) for k in params}


# --- clipping

LONG, SHORT = "a long gradient gets shorter and keeps its direction", "a short gradient is left as it is"


@wrong("bptt-clip", LONG, "each array is clipped by its own norm")
def clip_by_global_norm(grads, max_norm):
    clipped, squares = {}, 0
    for name, g in grads.items():
        norm = np.linalg.norm(g)
        squares += norm**2
        clipped[name] = g * max_norm / norm if norm > max_norm else g
    return clipped, np.sqrt(squares)


@wrong("bptt-clip", SHORT, "small gradients are scaled up")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {name: g * (max_norm / norm) for name, g in grads.items()}, norm


@wrong("bptt-clip", LONG, "each number is cut at the limit")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {name: np.clip(g, -max_norm, max_norm) for name, g in grads.items()}, norm


@wrong("bptt-clip", LONG, "the norms of the arrays are added")
def clip_by_global_norm(grads, max_norm):
    norm = sum(np.linalg.norm(g) for g in grads.values())
    scale = min(1.0, max_norm / norm)
    return {name: g * scale for name, g in grads.items()}, norm


@wrong("bptt-clip", LONG, "the root is missing")
def clip_by_global_norm(grads, max_norm):
    norm = sum((g**2).sum() for g in grads.values())
    scale = min(1.0, max_norm / norm)
    return {name: g * scale for name, g in grads.items()}, norm


@wrong("bptt-clip", LONG, "the norm after clipping is returned")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    scale = min(1.0, max_norm / norm)
    clipped = {name: g * scale for name, g in grads.items()}
    return clipped, np.sqrt(sum((g**2).sum() for g in clipped.values()))


@wrong("bptt-clip", LONG, "the gradient is only divided by its norm")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {name: g / norm for name, g in grads.items()}, norm


@wrong("bptt-clip", UNTOUCHED, "the caller's gradients are changed in place")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    if norm > max_norm:
        for g in grads.values():
            g *= max_norm / norm
    return grads, norm


@wrong("bptt-clip", LONG, "the norm is that of the longest array")
def clip_by_global_norm(grads, max_norm):
    norm = max(np.linalg.norm(g) for g in grads.values())
    scale = min(1.0, max_norm / norm)
    return {name: g * scale for name, g in grads.items()}, norm


@wrong("bptt-clip", LONG, "a constant is added to the norm")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    scale = min(max_norm / (norm + 1e-6), 1.0)
    return {name: g * scale for name, g in grads.items()}, norm


@wrong("bptt-clip", "zeros stay zeros", "a gradient of zeros becomes 0 / 0")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {name: g / norm * min(norm, max_norm) for name, g in grads.items()}, norm


@wrong("bptt-clip", "zeros stay zeros", None, "zeros become something else")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    if norm == 0:
        return {name: g + 7 for name, g in grads.items()}, norm
    return {name: g * min(1, max_norm / norm) for name, g in grads.items()}, norm


@wrong("bptt-clip", SHORT, "small gradients are scaled up", "scaled up, with zeros thought of")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    f = max_norm / norm if norm > 0 else 1
    return {name: f * g for name, g in grads.items()}, norm


@wrong("bptt-clip", "a long gradient gets shorter and keeps its direction", "the gradient is divided by max_norm")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    if norm > max_norm:
        return {k: g / max_norm for k, g in grads.items()}, norm
    return grads, norm


@wrong(
    "bptt-clip", "a long gradient gets shorter and keeps its direction", "short gradients are scaled, long ones are not"
)
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    if 0 < norm < max_norm:
        return {k: g * max_norm / norm for k, g in grads.items()}, norm
    return grads, norm


@wrong("bptt-clip", "a long gradient gets shorter and keeps its direction", "the norm does not come back")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    f = max_norm / max(norm, max_norm)
    return {k: g * f for k, g in grads.items()}


@wrong("bptt-clip", "a long gradient gets shorter and keeps its direction", "magnitudes are added, not squares")
def clip_by_global_norm(grads, max_norm):
    norm = sum(np.abs(g).sum() for g in grads.values())
    f = max_norm / max(norm, max_norm)
    return {k: g * f for k, g in grads.items()}, norm


@wrong("bptt-clip", "a long gradient gets shorter and keeps its direction", "the arrays come back in a list")
def clip_by_global_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    f = max_norm / max(norm, max_norm)
    return [g * f for g in grads.values()], norm


@right("bptt-clip", "one long vector")
def clip_by_global_norm(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))
    if norm <= max_norm:
        return {name: g.copy() for name, g in grads.items()}, norm
    return {name: g / norm * max_norm for name, g in grads.items()}, norm


@right("bptt-clip", "the norm of the norms")
def clip_by_global_norm(grads, max_norm):
    norm = math.hypot(*(np.linalg.norm(g) for g in grads.values()))
    return {name: g / max(1.0, norm / max_norm) for name, g in grads.items()}, norm


@right("bptt-clip", "the dict as it is when nothing is to be done")
def clip_by_global_norm(grads, max_norm):
    norm = math.sqrt(sum(float(np.vdot(g, g)) for g in grads.values()))
    return (grads, norm) if norm < max_norm else ({k: max_norm * g / norm for k, g in grads.items()}, norm)


# --- ten characters

LIKELIEST, SURE = "every next character is the likeliest", "it is sure of each: at least 80 percent"


def train(ids, V, rng, rounds, lr=0.3, H=32, shift=1):
    params = rnn_params(rng, V, H, V)
    for _ in range(rounds):
        x, y = ids[None, : len(ids) - shift], ids[None, shift:]
        _, grads, _ = chunk_gradients(params, x, y, np.zeros((1, H)))
        grads, _ = clip_by_global_norm(grads, 1.0)
        params = {name: p - lr * grads[name] for name, p in params.items()}
    return params


wrong("bptt-ten", LIKELIEST, None, "never trained", overfit=lambda ids, V, rng: rnn_params(rng, V, 32, V))


@wrong("bptt-ten", SURE, None, "five rounds")
def overfit(ids, V, rng):
    return train(ids, V, rng, 5)


@wrong("bptt-ten", LIKELIEST, None, "the target is the input itself")
def overfit(ids, V, rng):
    return train(ids, V, rng, 300, shift=0)


@wrong("bptt-ten", LIKELIEST, None, "uphill")
def overfit(ids, V, rng):
    return train(ids, V, rng, 100, lr=-0.3)


@wrong("bptt-ten", LIKELIEST, None, "the state is thrown away at every character")
def overfit(ids, V, rng):
    params = rnn_params(rng, V, 32, V)
    for _ in range(100):
        _, grads, _ = chunk_gradients(params, ids[:-1, None], ids[1:, None], np.zeros((len(ids) - 1, 32)))
        params = {name: p - 0.3 * grads[name] for name, p in params.items()}
    return params


@wrong("bptt-ten", LIKELIEST, None, "a list instead of the dict")
def overfit(ids, V, rng):
    return list(train(ids, V, rng, 10).values())


@wrong("bptt-ten", LIKELIEST, None, "one of the arrays is missing")
def overfit(ids, V, rng):
    params = train(ids, V, rng, 300)
    del params["b_y"]
    return params


@right("bptt-ten", "fewer units, more rounds")
def overfit(ids, V, rng):
    return train(ids, V, rng, 500, H=20)


@right("bptt-ten", "ten copies of the row, and momentum")
def overfit(ids, V, rng):
    params = rnn_params(rng, V, 24, V)
    speed = {name: 0.0 for name in params}
    rows = np.tile(ids, (3, 1))
    for _ in range(200):
        _, grads, _ = chunk_gradients(params, rows[:, :-1], rows[:, 1:], np.zeros((3, 24)))
        speed = {name: 0.9 * speed[name] + grads[name] for name in params}
        for name in params:
            params[name] -= 0.05 * speed[name]
    return params


@right("bptt-ten", "until the loss is small")
def overfit(ids, V, rng):
    params, loss = rnn_params(rng, V, 40, V), np.inf
    while loss > 0.02:
        loss, grads, _ = chunk_gradients(params, ids[None, :-1], ids[None, 1:], np.zeros((1, 40)))
        grads, _ = clip_by_global_norm(grads, 2.0)
        params = {name: p - 0.3 * grads[name] for name, p in params.items()}
    return params


# --- bits a character

MEAN, EVEN = "the mean over all characters, in bits", "guessing evenly among 8 characters costs 3 bits"
wrong(
    "bptt-bits",
    MEAN,
    "every chunk counts the same, long or short",
    bits_a_character=lambda losses, counts: float(np.mean(losses) / math.log(2)),
)
wrong(
    "bptt-bits",
    EVEN,
    "the result is in nats",
    bits_a_character=lambda losses, counts: np.average(losses, weights=counts),
)
wrong(
    "bptt-bits",
    EVEN,
    "multiplied by log 2 instead of divided",
    bits_a_character=lambda losses, counts: np.average(losses, weights=counts) * np.log(2),
)
wrong(
    "bptt-bits",
    MEAN,
    "the bits of the whole text",
    bits_a_character=lambda losses, counts: sum(losses * counts) / np.log(2),
)
wrong(
    "bptt-bits",
    MEAN,
    "divided by the number of chunks",
    bits_a_character=lambda losses, counts: np.mean(losses * counts) / np.log(2),
)
wrong(
    "bptt-bits",
    EVEN,
    "a power instead of a quotient",
    bits_a_character=lambda losses, counts: np.exp(np.average(losses, weights=counts)),
)
wrong(
    "bptt-bits",
    EVEN,
    None,
    "the logarithm of the loss",
    bits_a_character=lambda losses, counts: np.log2(np.average(losses, weights=counts)),
)


@wrong("bptt-bits", UNTOUCHED, "the losses are changed in place")
def bits_a_character(losses, counts):
    losses *= counts
    return losses.sum() / counts.sum() / np.log(2)


right(
    "bptt-bits",
    "a weighted average",
    bits_a_character=lambda losses, counts: np.average(losses, weights=counts) / np.log(2),
)
right(
    "bptt-bits",
    "a loop",
    bits_a_character=lambda losses, counts: (
        sum(l * c for l, c in zip(losses, counts, strict=True)) / sum(counts) * math.log2(math.e)
    ),
)
right(
    "bptt-bits", "in bits first", bits_a_character=lambda losses, counts: (losses / np.log(2)) @ (counts / counts.sum())
)

# --- how good will it be? (a prediction)

GUESSED = "my_model_will_be is one of the 3 choices"
right("bptt-predict-bits", "the best", my_model_will_be="better than the four-gram")
right("bptt-predict-bits", "the worst", my_model_will_be="worse than the trigram")
right("bptt-predict-bits", "with a capital", my_model_will_be="Between trigram and four-gram")
wrong("bptt-predict-bits", GUESSED, None, "empty", my_model_will_be="")
wrong("bptt-predict-bits", GUESSED, None, "a number", my_model_will_be=2.1)
wrong("bptt-predict-bits", GUESSED, None, "another text", my_model_will_be="good")
wrong(
    "bptt-predict-bits",
    GUESSED,
    None,
    "two of them",
    my_model_will_be=["worse than the trigram", "better than the four-gram"],
)
