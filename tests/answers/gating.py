"""Answers to lesson 5."""

import math

import numpy as np

from rnn_core.activations import sigmoid
from rnn_core.leaky import leak_for
from tests.answers import right, wrong

# --- what do you expect? (a prediction: every allowed text is right)

FIRST = "recalls_first is one of the 4 choices"
right("gate-predict-recall", "gates do all", recalls_first="only the gated unit", recalls_last_marked="both")
right("gate-predict-recall", "nothing works", recalls_first="Neither ", gate_between="more than half")
right("gate-predict-recall", "other spelling", recalls_last_marked="Only the Gated unit")
wrong("gate-predict-recall", FIRST, None, "empty", recalls_first="")
wrong("gate-predict-recall", FIRST, None, "another text", recalls_first="the leaky unit")
wrong("gate-predict-recall", "gate_between is one of the 3 choices", None, "a number", gate_between=0.3)

# --- leaky units over a sequence

ONE = "one step: the share `leak` of the new, the rest of the old"
ALL, ONE_LEAK = "all steps of a batch, a leak for each unit", "one leak for all units"
MASKED = "where the mask is 0 the state stays as it is"


@wrong("gate-leaky-forward", ONE, "leak and 1 - leak are exchanged")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    N, T, _ = x.shape
    h, out = h0, np.zeros((N, T, h0.shape[1]))
    for t in range(T):
        new = leak * h + (1 - leak) * np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        if mask is not None:
            m = mask[:, t][:, None]
            new = m * new + (1 - m) * h
        out[:, t] = h = new
    return out, None


@wrong("gate-leaky-forward", ONE, "the old state is kept whole")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        share = leak if mask is None else leak * mask[:, t, None]
        h = h + share * np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        out.append(h)
    return np.stack(out, 1), out


@wrong("gate-leaky-forward", ONE, "the old state has no share")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        new = leak * np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        h = new if mask is None else np.where(mask[:, t, None] == 1, new, h)
        out.append(h)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", ONE, "the candidate is taken whole")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        new = np.tanh(x[:, t] @ W_xh + h @ W_hh + b) + h - leak * h
        h = new if mask is None else np.where(mask[:, t, None] == 1, new, h)
        out.append(h)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", ONE, "the leak stands inside the tanh")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        new = np.tanh((x[:, t] @ W_xh + h @ W_hh + b) * leak) + (1 - leak) * h
        h = new if mask is None else np.where(mask[:, t, None] == 1, new, h)
        out.append(h)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", ONE, "the tanh is missing")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        n = x[:, t] @ W_xh + h @ W_hh + b
        new = h + leak * (n - h)
        h = new if mask is None else np.where(mask[:, t, None] == 1, new, h)
        out.append(h)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", ONE, "the candidate does not read the state")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    n = np.tanh(x @ W_xh + b)
    h, out = h0, []
    for t in range(x.shape[1]):
        new = h + leak * (n[:, t] - h)
        h = new if mask is None else np.where(mask[:, t, None] == 1, new, h)
        out.append(h)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", MASKED, "the mask is ignored")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        h = h + leak * (np.tanh(x[:, t] @ W_xh + h @ W_hh + b) - h)
        out.append(h)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", MASKED, "the mask sets the state to 0")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        h = h + leak * (np.tanh(x[:, t] @ W_xh + h @ W_hh + b) - h)
        if mask is not None:
            h = h * mask[:, [t]]
        out.append(h)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", ALL, "every step starts from h0")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    out = []
    for t in range(x.shape[1]):
        new = h0 + leak * (np.tanh(x[:, t] @ W_xh + h0 @ W_hh + b) - h0)
        if mask is not None:
            new = np.where(mask[:, t, None] == 1, new, h0 if not out else out[-1])
        out.append(new)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", ALL, "only the last state is returned")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h = h0
    for t in range(x.shape[1]):
        share = leak if mask is None else leak * mask[:, t, None]
        h = h + share * (np.tanh(x[:, t] @ W_xh + h @ W_hh + b) - h)
    return h, None


@wrong("gate-leaky-forward", ALL, "the axes of time and batch are exchanged")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        share = leak if mask is None else leak * mask[:, t, None]
        h = h + share * (np.tanh(x[:, t] @ W_xh + h @ W_hh + b) - h)
        out.append(h)
    return np.array(out), None


@wrong("gate-leaky-forward", ONE, None, "the leak is halved")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        share = leak / 2 if mask is None else leak / 2 * mask[:, t, None]
        h = h + share * (np.tanh(x[:, t] @ W_xh + h @ W_hh + b) - h)
        out.append(h)
    return np.stack(out, 1), None


@wrong("gate-leaky-forward", MASKED, "what is returned is 0 where the mask is 0")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, states = h0, []
    for t in range(x.shape[1]):
        m = np.ones((len(x), 1)) if mask is None else mask[:, t][:, None]
        new = (1 - leak) * h + leak * np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        h = m * new + (1 - m) * h
        states.append(h * m)
    return np.stack(states, axis=1), None


@wrong("gate-leaky-forward", MASKED, "the mask hides the input only")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, states = h0, []
    for t in range(x.shape[1]):
        x_t = x[:, t] if mask is None else x[:, t] * mask[:, t, None]
        h = (1 - leak) * h + leak * np.tanh(x_t @ W_xh + h @ W_hh + b)
        states.append(h)
    return np.stack(states, axis=1), None


@wrong("gate-leaky-forward", ONE, "the old state is made smaller before the candidate has read it")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, states = h0.copy(), []
    for t in range(x.shape[1]):
        h = h * (1 - leak)
        n = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        real = True if mask is None else mask[:, t, None] == 1
        h = np.where(real, h + leak * n, h)
        states.append(h)
    return np.stack(states, axis=1), None


@wrong("gate-leaky-forward", ALL, None, "the first state fades, and nothing else is kept")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, states = h0, []
    for t in range(x.shape[1]):
        new = (1 - leak) ** (t + 1) * h0 + leak * np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        h = new if mask is None else np.where(mask[:, t, None] > 0, new, h)
        states.append(h)
    return np.stack(states, axis=1), None


@right("gate-leaky-forward", "a leak for each row, step and unit, and one array of states")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    N, T, _ = x.shape
    h = np.concatenate([h0[:, None], np.zeros((N, T, h0.shape[1]))], axis=1)
    share = np.broadcast_to(leak, h[:, 1:].shape) * (1 if mask is None else mask[:, :, None])
    for t in range(T):
        h[:, t + 1] = h[:, t] + share[:, t] * (np.tanh(x[:, t] @ W_xh + h[:, t] @ W_hh + b) - h[:, t])
    return h[:, 1:], {"share": share}


@right("gate-leaky-forward", "moves towards the candidate, the mask as a leak of 0")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, out = h0, []
    for t in range(x.shape[1]):
        share = leak if mask is None else leak * mask[:, t, None]
        h = h + share * (np.tanh(x[:, t] @ W_xh + h @ W_hh + b) - h)
        out.append(h)
    return np.stack(out, 1), {"states": out}


@right("gate-leaky-forward", "one concatenated product, float32")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    W = np.vstack([W_xh, W_hh, b]).astype(np.float32)
    h, leak = h0.astype(np.float32), np.float32(leak)
    out = np.empty((*x.shape[:2], len(b)), np.float32)
    for t in range(x.shape[1]):
        joined = np.hstack([x[:, t].astype(np.float32), h, np.ones((len(h), 1), np.float32)])
        new = (1 - leak) * h + leak * np.tanh(joined @ W)
        h = new if mask is None else np.where(np.asarray(mask)[:, t, None].astype(bool), new, h)
        out[:, t] = h
    return out, [out, W]


@right("gate-leaky-forward", "row by row")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    N, T, _ = x.shape
    result = np.zeros((N, T, len(b)))
    for row in range(N):
        state = h0[row].copy()
        for t in range(T):
            if mask is None or mask[row, t]:
                candidate = np.tanh(np.dot(x[row, t], W_xh) + np.dot(state, W_hh) + b)
                state = state - leak * state + leak * candidate
            result[row, t] = state
    return result, "no cache"


@right("gate-leaky-forward", "the input's part first, by einsum")
def leaky_forward(x, h0, W_xh, W_hh, b, leak, mask=None):
    a = np.einsum("ntd,dh->nth", x, W_xh) + b
    steps = np.ones(x.shape[:2]) if mask is None else mask
    all_states = [h0]
    for t in range(x.shape[1]):
        before = all_states[-1]
        n = np.tanh(a[:, t] + np.einsum("ni,ij->nj", before, W_hh))
        keep = 1 - leak * np.ones_like(before)
        mixed = keep * before + (1 - keep) * n
        all_states.append(np.where(steps[:, t, None] > 0, mixed, before))
    return np.stack(all_states[1:], axis=1), (a, all_states)


# --- time constants

LARGE, SMALL = "time_constant of large leaks, where 1 / leak is far off", "time_constant of small leaks"
BACK, ARRAYS = "leak_for: after so many steps 1/e is left", "leak_for takes an array, and leaves it as it is"


@wrong("gate-time-constant", LARGE, "1 / leak stands for the time constant")
def time_constant(leak):
    return np.divide(1.0, leak)


@wrong("gate-time-constant", BACK, "1 / steps stands for the leak")
def leak_for(steps):
    return np.reciprocal(np.asarray(steps, dtype=float))


def rule_both_ways(value):
    return 1.0 / np.asarray(value)


wrong(
    "gate-time-constant",
    LARGE,
    "two things at once: 1 / leak stands for the time constant, and 1 / steps stands for the leak",
    "the rule both ways",
    time_constant=rule_both_ways,
    leak_for=rule_both_ways,
)


@wrong("gate-time-constant", SMALL, "the time constant has the wrong sign")
def time_constant(leak):
    return 1 / np.log1p(-leak)


@wrong("gate-time-constant", SMALL, "the logarithm of the leak, not of what stays")
def time_constant(leak):
    return 1 / np.log(1 / leak)


@wrong("gate-time-constant", SMALL, "the time constant is turned over")
def time_constant(leak):
    return np.log(1 / (1 - leak))


@wrong("gate-time-constant", SMALL, "the time until a half is left")
def time_constant(leak):
    return np.log(0.5) / np.log(1 - leak)


@wrong("gate-time-constant", LARGE, "the time until a half is left", "base 2")
def time_constant(leak):
    return -1 / np.log2(1 - leak)


@wrong("gate-time-constant", LARGE, "a logarithm to base 10")
def time_constant(leak):
    return 1 / -np.log10(1 - leak)


@wrong("gate-time-constant", BACK, "the share that stays, not the leak")
def leak_for(steps):
    return 1 / np.exp(1 / steps)


@wrong("gate-time-constant", BACK, "the exponent is not turned over")
def leak_for(steps):
    return 1 - 1 / np.exp(steps)


@wrong("gate-time-constant", ARRAYS, "the exponent has the wrong sign")
def leak_for(steps):
    return -np.expm1(1 / steps)


@wrong("gate-time-constant", ARRAYS, "the leak is exp(1 / steps) - 1")
def leak_for(steps):
    return np.expm1(1 / steps)


@wrong("gate-time-constant", BACK, "a half is left after so many steps")
def leak_for(steps):
    return 1 - 0.5 ** (1 / steps)


@wrong("gate-time-constant", BACK, "1 - 1 / steps stands for the leak")
def leak_for(steps):
    return (steps - 1) / steps


@wrong("gate-time-constant", BACK, "a tenth is left after so many steps")
def leak_for(steps):
    return 1 - np.power(0.1, 1 / steps)


@wrong("gate-time-constant", LARGE, None, "time counted from the step after")
def time_constant(leak):
    return -1 / np.log(1 - leak) + 1


@wrong("gate-time-constant", LARGE, "the time constant is rounded up")
def time_constant(leak):
    return np.ceil(1 / -np.log(1 - leak))


@right("gate-time-constant", "by log1p and expm1", leak_for=lambda steps: -np.expm1(-1 / np.asarray(steps)))
def time_constant(leak):
    return -1 / np.log1p(-leak)


@right("gate-time-constant", "one over a rate")
def time_constant(leak):
    rate = np.log(1 / (1 - leak))
    return 1 / rate


@right("gate-time-constant", "a power of e")
def leak_for(steps):
    return 1 - math.e ** (-1 / steps)


@right("gate-time-constant", "number by number")
def leak_for(steps):
    steps = np.asarray(steps, dtype=float)
    return np.array([1 - math.exp(-1 / s) for s in steps.ravel()]).reshape(steps.shape)


@right("gate-time-constant", "float32")
def time_constant(leak):
    return (-1 / np.log1p(-np.asarray(leak, dtype=np.float32))).astype(np.float32)


@right(
    "gate-time-constant", "float32, by a power", leak_for=lambda steps: np.float32(1) - np.exp(np.float32(-1) / steps)
)
def time_constant(leak):
    leak = np.asarray(leak, dtype=float)
    return np.array([1 / -math.log(1 - value) for value in leak.ravel()]).reshape(leak.shape)


# --- one step of the soft switch

VALUES = "values agree with the reference"
SHUT, OPEN = "a shut gate keeps the old state, exactly", "an open gate takes the candidate, exactly"


@wrong("gate-step-forward", VALUES, "the gate and 1 - gate are exchanged")
def gated_step_forward(x, h, W_xh, W_hh, b):
    a, H = x @ W_xh + h @ W_hh + b, h.shape[1]
    g, n = sigmoid(a[:, :H]), np.tanh(a[:, H:])
    return n + g * (h - n), None


@wrong("gate-step-forward", OPEN, "the candidate goes through a sigmoid", "both through the sigmoid")
def gated_step_forward(x, h, W_xh, W_hh, b):
    H = h.shape[1]
    both = sigmoid(x @ W_xh + h @ W_hh + b)
    g, n = both[:, :H], both[:, H:]
    return h + g * (n - h), None


@wrong("gate-step-forward", VALUES, "the gate goes through a tanh", "both through tanh")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(np.tanh(x @ W_xh + h @ W_hh + b), 2, axis=1)
    return h + g * (n - h), None


@wrong("gate-step-forward", OPEN, "the old state is kept whole")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    return h + sigmoid(g) * np.tanh(n), None


@wrong("gate-step-forward", SHUT, "the old state has no share")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    return sigmoid(g) * np.tanh(n), (g, n)


@wrong("gate-step-forward", SHUT, "the candidate is taken whole")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    return np.tanh(n) + sigmoid(-g) * h, (g, n)


@wrong("gate-step-forward", VALUES, "the columns are taken as n, g")
def gated_step_forward(x, h, W_xh, W_hh, b):
    n, g = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    g, n = sigmoid(g), np.tanh(n)
    return (1 - g) * h + g * n, None


@wrong("gate-step-forward", VALUES, "every second column is the gate's")
def gated_step_forward(x, h, W_xh, W_hh, b):
    a = (x @ W_xh + h @ W_hh + b).reshape(len(x), -1, 2)
    g, n = sigmoid(a[..., 0]), np.tanh(a[..., 1])
    return (1 - g) * h + g * n, None


@wrong("gate-step-forward", VALUES, "the gate does not read the state")
def gated_step_forward(x, h, W_xh, W_hh, b):
    H = h.shape[1]
    g = sigmoid(x @ W_xh[:, :H] + b[:H])
    n = np.tanh(x @ W_xh[:, H:] + h @ W_hh[:, H:] + b[H:])
    return (1 - g) * h + g * n, None


@wrong("gate-step-forward", VALUES, "the candidate does not read the state")
def gated_step_forward(x, h, W_xh, W_hh, b):
    H = h.shape[1]
    g = sigmoid(x @ W_xh[:, :H] + h @ W_hh[:, :H] + b[:H])
    n = np.tanh(x @ W_xh[:, H:] + b[H:])
    return (1 - g) * h + g * n, None


@wrong("gate-step-forward", VALUES, "the candidate reads the gated state")
def gated_step_forward(x, h, W_xh, W_hh, b):
    H = h.shape[1]
    g = sigmoid(x @ W_xh[:, :H] + h @ W_hh[:, :H] + b[:H])
    n = np.tanh(x @ W_xh[:, H:] + (h * g) @ W_hh[:, H:] + b[H:])
    return (1 - g) * h + g * n, None


@wrong("gate-step-forward", VALUES, "the bias is missing")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(x @ W_xh + h @ W_hh, 2, axis=1)
    return h + sigmoid(g) * (np.tanh(n) - h), None


@wrong("gate-step-forward", VALUES, "the new state goes through a tanh again")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    return np.tanh(h + sigmoid(g) * (np.tanh(n) - h)), None


@wrong("gate-step-forward", VALUES, "the gate stands inside the tanh")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    g = sigmoid(g)
    return (1 - g) * h + np.tanh(g * n), None


@wrong("gate-step-forward", VALUES, "the gate goes without its sigmoid")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    return h + g * (np.tanh(n) - h), None


@wrong("gate-step-forward", VALUES, None, "one gate for all units")
def gated_step_forward(x, h, W_xh, W_hh, b):
    g, n = np.split(x @ W_xh + h @ W_hh + b, 2, axis=1)
    g = sigmoid(g).mean(axis=1, keepdims=True)
    return (1 - g) * h + g * np.tanh(n), None


@right("gate-step-forward", "moves towards the candidate")
def gated_step_forward(x, h, W_xh, W_hh, b):
    H = h.shape[1]
    a = x @ W_xh + h @ W_hh + b
    g = 1 / (1 + np.exp(-np.clip(a[:, :H], -700, 700)))
    return h + g * (np.tanh(a[:, H:]) - h), a


@right("gate-step-forward", "one concatenated product")
def gated_step_forward(x, h, W_xh, W_hh, b):
    a = np.concatenate([x, h], axis=1) @ np.concatenate([W_xh, W_hh]) + b
    g, n = np.hsplit(a, 2)
    keep = sigmoid(-g)
    return keep * h + (1 - keep) * np.tanh(n), {"keep": keep}


@right("gate-step-forward", "unit by unit")
def gated_step_forward(x, h, W_xh, W_hh, b):
    N, H = h.shape
    result = np.zeros((N, H))
    for row in range(N):
        for k in range(H):
            a_g = x[row] @ W_xh[:, k] + h[row] @ W_hh[:, k] + b[k]
            a_n = x[row] @ W_xh[:, H + k] + h[row] @ W_hh[:, H + k] + b[H + k]
            g = float(sigmoid(a_g))
            result[row, k] = (1 - g) * h[row, k] + g * math.tanh(a_n)
    return result, None


@right("gate-step-forward", "einsum in float32")
def gated_step_forward(x, h, W_xh, W_hh, b):
    x, h, W_xh, W_hh, b = (array.astype(np.float32) for array in (x, h, W_xh, W_hh, b))
    a = np.einsum("nd,dk->nk", x, W_xh) + np.einsum("nh,hk->nk", h, W_hh) + b
    g, n = sigmoid(a[:, : h.shape[1]]), np.tanh(a[:, h.shape[1] :])
    return (1 - g) * h + g * n, (x, h, g, n)


# --- the gated step backwards

SUMS, STATE = "db: what arrives at the two sums", "dh: straight, by the candidate and by the gate"
WEIGHTS, THROUGH = "dx, dW_xh and dW_hh", "through a shut gate the gradient passes unchanged"


def finish(da, straight, x, h, W_xh, W_hh):
    return da @ W_xh.T, straight + da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", SUMS, "the old state is missing in the gate's factor")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    dg, dn = dh_next * n, dh_next * g
    da = np.concatenate([dg * g * (1 - g), dn * (1 - n * n)], axis=1)
    return finish(da, dh_next - dh_next * g, x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "only the old state is in the gate's factor")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    dg, dn = -dh_next * h, dh_next * g
    da = np.concatenate([dg * (g - g**2), dn * (1 - n * n)], axis=1)
    return finish(da, dh_next - dh_next * g, x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the gate's factor is h - n")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    dg, dn = dh_next * h - dh_next * n, dh_next * g
    da = np.concatenate([dg * (g - g**2), dn * (1 - n * n)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the gate's factor is n + h")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (h + n) * (g - g**2), dh_next * g * (1 - n * n)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the slope of the sigmoid is missing")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * n - dh_next * h, dh_next * g * (1 - n * n)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the sigmoid is applied a second time")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    s = sigmoid(g)
    da = np.concatenate([dh_next * (n - h) * (s - s**2), dh_next * g * (1 - n * n)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the slope of the sigmoid is taken at n")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * (n - n**2), dh_next * g * (1 - n * n)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the slope of tanh at the gate")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h), dh_next * g], axis=1) * (1 - np.concatenate([g, n], axis=1) ** 2)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the path by the gate is forgotten")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([np.zeros_like(g), dh_next * g * (1 - n * n)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the path by the candidate is forgotten")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), np.zeros_like(n)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", THROUGH, "the straight path is forgotten")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)], axis=1)
    return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", STATE, "the straight path has the factor g")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)], axis=1)
    return finish(da, g * dh_next, x, h, W_xh, W_hh)


@wrong("gate-step-backward", STATE, "the straight path has no factor")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)], axis=1)
    return finish(da, dh_next, x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "g and 1 - g are exchanged")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    keep = g
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * (1 - keep) * (1 - n * n)], axis=1)
    return finish(da, dh_next * keep, x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "g and 1 - g are exchanged all through")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    z = g
    dz, dn, dh = dh_next * (h - n), dh_next * (1 - z), dh_next * z
    da = np.concatenate([dz * z * (1 - z), dn * (1 - n * n)], axis=1)
    return finish(da, dh, x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the slope of tanh is missing")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "the candidate's path has no gate")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * (1 - n**2)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", STATE, "dh lacks the path by the gate")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da_g, da_n = dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)
    da = np.concatenate([da_g, da_n], axis=1)
    W_hn = np.split(W_hh, 2, axis=1)[1]
    return da @ W_xh.T, dh_next * (1 - g) + da_n @ W_hn.T, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", STATE, "dh lacks the path by the candidate")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da_g, da_n = dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)
    da = np.concatenate([da_g, da_n], axis=1)
    W_hg = np.split(W_hh, 2, axis=1)[0]
    return da @ W_xh.T, dh_next * (1 - g) + da_g @ W_hg.T, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", STATE, "dh has the straight path alone")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, _, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)], axis=1)
    return da @ W_xh.T, dh_next - g * dh_next, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", SUMS, "the columns are stacked as n, g")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * g * (1 - n * n), dh_next * (n - h) * g * (1 - g)], axis=1)
    return finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "db is averaged over the batch")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)], axis=1)
    return (*finish(da, dh_next * (1 - g), x, h, W_xh, W_hh)[:4], da.mean(axis=0))


@wrong("gate-step-backward", WEIGHTS, "dW_hh is built from another state")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)], axis=1)
    h_next = h + g * (n - h)
    return da @ W_xh.T, dh_next * (1 - g) + da @ W_hh.T, x.T @ da, h_next.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", "the caller's arrays are left alone", "dh_next is changed in place")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)], axis=1)
    dh_next *= 1 - g
    return finish(da, dh_next, x, h, W_xh, W_hh)


@wrong("gate-step-backward", STATE, None, "the state is taken for the candidate on the way back")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n * n)], axis=1)
    return finish(da, dh_next * (1 - h), x, h, W_xh, W_hh)


@wrong("gate-step-backward", SUMS, "tanh is applied a second time")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da_n = dh_next * g * (1 - np.tanh(n) ** 2)
    da_g = dh_next * (n - h) * g * (1 - g)
    da = np.hstack([da_g, da_n])
    return da @ W_xh.T, dh_next * (1 - g) + da @ W_hh.T, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", STATE, "all three ways in dh have the factor 1 - g")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.hstack([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n**2)])
    dh = (dh_next + da @ W_hh.T) * (1 - g)
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", STATE, "the two slopes are missing on the way to h")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    H = h.shape[1]
    dg, dn = dh_next * (n - h), dh_next * g
    da = np.hstack([dg * g * (1 - g), dn * (1 - n**2)])
    dh = dh_next * (1 - g) + dg @ W_hh[:, :H].T + dn @ W_hh[:, H:].T
    return da @ W_xh.T, dh, x.T @ da, h.T @ da, da.sum(axis=0)


@wrong("gate-step-backward", WEIGHTS, None, "dW_hh lies on its side")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.hstack([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n**2)])
    return da @ W_xh.T, dh_next * (1 - g) + da @ W_hh.T, x.T @ da, da.T @ h, da.sum(axis=0)


@right("gate-step-backward", "the two halves of the weights apart")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    H = h.shape[1]
    gate = dh_next * (n - h) * g * (1 - g)
    new = dh_next * g * (1 - n) * (1 + n)
    dx = gate @ W_xh[:, :H].T + new @ W_xh[:, H:].T
    dh = dh_next - g * dh_next + gate @ W_hh[:, :H].T + new @ W_hh[:, H:].T
    dW_xh = np.hstack([x.T @ gate, x.T @ new])
    dW_hh = np.hstack([h.T @ gate, h.T @ new])
    return dx, dh, dW_xh, dW_hh, np.concatenate([gate.sum(0), new.sum(0)])


@right("gate-step-backward", "einsum, and everything expanded")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    da = np.concatenate([(dh_next * n - dh_next * h) * (g - g * g), dh_next * (g - g * n * n)], axis=1)
    dh = np.einsum("nk,hk->nh", da, W_hh) + (1 - g) * dh_next
    return (
        np.einsum("nk,dk->nd", da, W_xh),
        dh,
        np.einsum("nd,nk->dk", x, da),
        np.einsum("nh,nk->hk", h, da),
        np.einsum("nk->k", da),
    )


@right("gate-step-backward", "row by row")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = cache
    dx, dh = np.zeros_like(x), np.zeros_like(h)
    dW_xh, dW_hh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[1])
    for k in range(len(x)):
        d = dh_next[k]
        da = np.concatenate([d * (n[k] - h[k]) * g[k] * (1 - g[k]), d * g[k] * (1 - n[k] ** 2)])
        dx[k], dh[k] = W_xh @ da, W_hh @ da + d * (1 - g[k])
        dW_xh += np.outer(x[k], da)
        dW_hh += np.outer(h[k], da)
        db += da
    return dx, dh, dW_xh, dW_hh, db


@right("gate-step-backward", "float32, with the joined input")
def gated_step_backward(dh_next, cache):
    x, h, W_xh, W_hh, g, n = (array.astype(np.float32) for array in cache)
    dh_next = dh_next.astype(np.float32)
    D, joined = x.shape[1], np.hstack([x, h])
    da = np.hstack([dh_next * (n - h) * g * (1 - g), dh_next * g * (1 - n**2)])
    d_joined, dW = da @ np.vstack([W_xh, W_hh]).T, joined.T @ da
    return d_joined[:, :D], d_joined[:, D:] + dh_next * (1 - g), dW[:D], dW[D:], da.sum(axis=0)


# --- the bias for a time scale

LONG, SHORT = "time scales of 3 to 300 steps", "an array of time scales, short ones too, is left as it is"
HOLDS = "with this bias 1/e of a state is left after so many steps"


@wrong("gate-bias", LONG, "the sign of the bias is turned")
def bias_for(steps):
    keep = np.exp(-1 / steps)
    return np.log(keep / (1 - keep))


@wrong("gate-bias", LONG, "the rule 1 + exp(-bias) in place of the exact time constant")
def bias_for(steps):
    leak = 1 / steps
    return np.log(leak / (1 - leak))


@wrong("gate-bias", LONG, "the rule 1 + exp(bias), with the sign of a gate that keeps")
def bias_for(steps):
    return -np.log(1 / (np.asarray(steps) - 1))


@wrong("gate-bias", HOLDS, "the logarithm of the leak alone")
def bias_for(steps):
    return np.log(1 - np.exp(-1 / steps))


@wrong("gate-bias", HOLDS, "the logarithm is missing")
def bias_for(steps):
    return np.expm1(1 / steps)


@wrong("gate-bias", SHORT, "the leak itself")
def bias_for(steps):
    return 1 - np.exp(-1 / steps)


@wrong("gate-bias", SHORT, "the sigmoid forwards, not backwards")
def bias_for(steps):
    return sigmoid(1 - np.exp(-1 / steps))


@wrong("gate-bias", LONG, "minus the logarithm of steps")
def bias_for(steps):
    return np.log(1 / steps)


@wrong("gate-bias", LONG, "the inverse of tanh in place of that of the sigmoid")
def bias_for(steps):
    leak = 1 - np.exp(-1 / steps)
    return 0.5 * np.log((1 + leak) / (1 - leak))


@wrong("gate-bias", LONG, "the logarithm of what stays")
def bias_for(steps):
    return -1 / np.asarray(steps)


@wrong("gate-bias", LONG, None, "the rule of thumb for an LSTM with bias 1")
def bias_for(steps):
    return 1 - np.log(steps)


@right("gate-bias", "in closed form")
def bias_for(steps):
    return np.log(np.expm1(1 / steps))


@right("gate-bias", "a difference of logarithms, with the helper")
def bias_for(steps):
    return np.log(leak_for(steps)) + 1 / steps


@right("gate-bias", "minus the logarithm of the inverse odds")
def bias_for(steps):
    share = leak_for(steps)
    return -np.log(1 / share - 1)


@right("gate-bias", "by search, number by number")
def bias_for(steps):
    steps = np.asarray(steps, dtype=float)
    found = []
    for s in steps.ravel():
        low, high = -40.0, 40.0
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if 1 / math.log1p(math.exp(middle)) > s else (low, middle)
        found.append((low + high) / 2)
    return np.array(found).reshape(steps.shape)


@right("gate-bias", "float32")
def bias_for(steps):
    return np.log(np.expm1(1 / np.asarray(steps, dtype=np.float32))).astype(np.float32)


# --- an experiment to read

READS = "{}_reads: the step that moves the last state most, for A and for B"
wrong(
    "gate-read-influence",
    READS.format("tanh"),
    "steps are counted from 1",
    "from 1",
    tanh_reads=[12, 12],
    leaky_reads=[12, 12],
    gated_reads=[5, 8],
)
wrong("gate-read-influence", READS.format("gated"), "the first marked step, not the last", "first", gated_reads=[0, 1])
wrong("gate-read-influence", READS.format("gated"), "A and B are exchanged", "B, A", gated_reads=[7, 4])
wrong(
    "gate-read-influence",
    READS.format("gated"),
    "the last step for the gated unit as well",
    "all last",
    gated_reads=[11, 11],
)
wrong("gate-read-influence", READS.format("tanh"), "the first step for the tanh unit", "start", tanh_reads=[0, 0])
wrong("gate-read-influence", READS.format("leaky"), None, "one number", leaky_reads=11)
right("gate-read-influence", "tuples", tanh_reads=(11, 11), gated_reads=(4, 7))
right("gate-read-influence", "an array", leaky_reads=np.array([11, 11]))
right("gate-read-influence", "numbers of numpy", gated_reads=[np.int64(4), np.int64(7)])

# --- a hard gate

LINE, BEYOND = (
    "hard_gate: a straight line between the corners",
    "hard_gate: exactly 0 and 1 beyond, and the sums are left alone",
)
INSIDE, CORNERS = "the derivative between the corners", "the derivative is 0 at the corners and beyond"


@wrong("gate-hard", LINE, "the line goes through 0")
def hard_gate(a, slope=0.25):
    return np.minimum(1, np.maximum(0, slope * a))


@wrong("gate-hard", LINE, "the slope multiplies the 1/2 as well")
def hard_gate(a, slope=0.25):
    return np.minimum(1, np.maximum(0, (a + 1 / 2) * slope))


@wrong("gate-hard", LINE, "the gate's slope is ignored")
def hard_gate(a, slope=0.25):
    return np.minimum(1, np.maximum(0, (a + 2) / 4))


@wrong("gate-hard", LINE, "the slope is left out of the gate")
def hard_gate(a, slope=0.25):
    return np.minimum(1, np.maximum(0, a + 1 / 2))


@wrong("gate-hard", BEYOND, "the gate is cut off at -1")
def hard_gate(a, slope=0.25):
    return np.maximum(-1.0, np.minimum(1.0, 0.5 + slope * a))


@wrong("gate-hard", BEYOND, "the gate is not cut off")
def hard_gate(a, slope=0.25):
    return 0.5 + a * slope


@wrong("gate-hard", LINE, "a smooth gate")
def hard_gate(a, slope=0.25):
    return sigmoid(slope * a)


@wrong("gate-hard", LINE, "divided by the slope")
def hard_gate(a, slope=0.25):
    return np.minimum(1, np.maximum(0, a / slope + 1 / 2))


@wrong("gate-hard", INSIDE, "the slope is left out of the derivative")
def hard_gate_derivative(g, slope=0.25):
    return ((g > 0) & (g < 1)).astype(float)


@wrong("gate-hard", INSIDE, "the derivative's slope is ignored")
def hard_gate_derivative(g, slope=0.25):
    return 0.25 * ((g > 0) * (g < 1))


@wrong("gate-hard", CORNERS, "the derivative at the corners is not 0")
def hard_gate_derivative(g, slope=0.25):
    return np.full(np.shape(g), slope)


@wrong("gate-hard", CORNERS, "the derivative of an open gate is not 0")
def hard_gate_derivative(g, slope=0.25):
    return np.where(g > 0, slope, 0.0)


@wrong("gate-hard", CORNERS, "the derivative of a shut gate is not 0")
def hard_gate_derivative(g, slope=0.25):
    return np.where(g < 1, slope, 0.0)


@wrong("gate-hard", INSIDE, "the derivative of the sigmoid")
def hard_gate_derivative(g, slope=0.25):
    return g - g**2


@wrong("gate-hard", INSIDE, "the derivative of a steep sigmoid")
def hard_gate_derivative(g, slope=0.25):
    return slope * (g - g**2)


@wrong("gate-hard", CORNERS, "the derivative takes g for the sum")
def hard_gate_derivative(g, slope=0.25):
    line = slope * g + 0.5
    return np.where((line > 0) & (line < 1), slope, 0.0)


@wrong("gate-hard", INSIDE, None, "an extra half in the derivative")
def hard_gate_derivative(g, slope=0.25):
    return (slope + 0.5) * ((g > 0) & (g < 1))


@wrong("gate-hard", LINE, "the line goes through 0 and is cut off at -1/2 and 1/2")
def hard_gate(a, slope=0.25):
    return np.minimum(0.5, np.maximum(-0.5, slope * a))


@wrong("gate-hard", INSIDE, "the derivative is divided by the slope")
def hard_gate_derivative(g, slope=0.25):
    return ((g > 0) & (g < 1)) / slope


@wrong("gate-hard", INSIDE, "the derivative holds the value of the gate")
def hard_gate_derivative(g, slope=0.25):
    return np.where((g > 0) & (g < 1), g * slope, 0)


@right("gate-hard", "the middle one of three")
def hard_gate(a, slope=0.25):
    return np.median([np.zeros_like(a), slope * a + 0.5, np.ones_like(a)], axis=0)


@right("gate-hard", "by the signs of g and 1 - g")
def hard_gate_derivative(g, slope=0.25):
    return slope * np.sign(g) * np.sign(1 - g)


@right("gate-hard", "minimum of maximum, and np.where")
def hard_gate(a, slope=0.25):
    return np.minimum(1.0, np.maximum(0.0, 0.5 + slope * a))


@right("gate-hard", "three pieces", hard_gate_derivative=lambda g, slope=0.25: np.where(g * (1 - g) > 0, slope, 0))
def hard_gate(a, slope=0.25):
    return np.where(a <= -0.5 / slope, 0, np.where(a >= 0.5 / slope, 1, 0.5 + slope * a))


@right("gate-hard", "a place at a time")
def hard_gate_derivative(g, slope=0.25):
    slopes = np.zeros(g.shape)
    for place, value in np.ndenumerate(g):
        if 0 < value < 1:
            slopes[place] = slope
    return slopes


@right("gate-hard", "with masks, float32")
def hard_gate_derivative(g, slope=0.25):
    result = np.full(g.shape, slope, np.float32)
    result[g <= 0] = 0
    result[g >= 1] = 0
    return result


@right("gate-hard", "by signs, in float32", hard_gate=lambda a, slope=0.25: np.clip(np.float32(slope) * a + 0.5, 0, 1))
def hard_gate_derivative(g, slope=0.25):
    return slope * np.sign(g) * np.sign(1 - g)


@right("gate-hard", "a place at a time, the value")
def hard_gate(a, slope=0.25):
    g = np.zeros(np.shape(a))
    for place, value in np.ndenumerate(a):
        g[place] = min(1.0, max(0.0, slope * value + 0.5))
    return g
