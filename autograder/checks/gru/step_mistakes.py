"""Wrong steps, known by name."""

import numpy as np

from autograder.checks.gru.step import STEP
from rnn_core.activations import sigmoid


def step_mistake(name, words):
    """Name a wrong step: a function of the parts a, u of both sums and of h, and of W_hh and b_h, gives h_next."""

    def add(compute):
        def step_forward(x, h, W_xh, W_hh, b_x, b_h):
            a, u = np.split(x @ W_xh + b_x, 3, axis=1), np.split(h @ W_hh + b_h, 3, axis=1)
            return compute(a, u, h, W_hh, b_h), ()

        STEP.mistake(name, words, step_forward=step_forward)

    return add


def gates(a, u):
    return sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1])


def hard(a):
    return np.clip(0.2 * a + 0.5, 0, 1)


def blend(z, n, h):
    return (1 - z) * n + z * h


def with_candidate(candidate, mix=blend):
    """h_next with another candidate, or another mixture."""

    def compute(a, u, h, W_hh, b_h):
        r, z = gates(a, u)
        return mix(z, candidate(a[2], u[2], r, h, np.split(W_hh, 3, axis=1)[2], np.split(b_h, 3)[2]), h)

    return compute


def torchs(a_n, u_n, r, h, W_hn, b_hn):
    return np.tanh(a_n + r * u_n)


def reset_before(a_n, u_n, r, h, W_hn, b_hn):
    return np.tanh(a_n + (r * h) @ W_hn + b_hn)


def take(z, n, h):
    return (1 - z) * h + z * n


step_mistake(
    "this is Chung's convention (z takes the new); here torch's is asked",
    "Your cell is a GRU, with z as the share of the *new* state that is taken. Here z is the share of the *old* state "
    "that is kept: `(1 - z) * n + z * h`. The next exercise turns one into the other.",
)(with_candidate(torchs, take))
step_mistake(
    "this is the cell as Chung et al. published it; here torch's is asked",
    "Two things differ, and neither is an error in itself: here r multiplies the product, `r * u_n`, and z keeps the "
    "old state, `z * h`.",
)(with_candidate(reset_before, take))
step_mistake(
    "the reset acts before the product, as Cho et al. published it; here torch's form is asked",
    "`(r * h) @ W_hn` is the published form of 2014. Torch's form takes the product first and then multiplies by r: "
    "`r * u_n`, with `b_h` inside.",
)(with_candidate(reset_before))
step_mistake(
    "the reset gate is missing",
    "r is computed and never used, or not computed. It multiplies the state's part of the candidate: `a_n + r * u_n`.",
)(with_candidate(lambda a_n, u_n, r, h, W_hn, b_hn: np.tanh(a_n + u_n)))
step_mistake(
    "the reset acts on the input's part as well",
    "r decides how much of the *past* the candidate sees. What comes in from `x` is not reset: `a_n + r * u_n`.",
)(with_candidate(lambda a_n, u_n, r, h, W_hn, b_hn: np.tanh(r * (a_n + u_n))))
step_mistake(
    "the reset acts on the input's part instead of the state's",
    "r decides how much of the *past* the candidate sees: it multiplies `u_n`, and `a_n` stays as it is.",
)(with_candidate(lambda a_n, u_n, r, h, W_hn, b_hn: np.tanh(r * a_n + u_n)))
step_mistake(
    "the candidate's bias b_h stands outside the reset",
    "In torch's form r multiplies the whole part `h @ W_hn + b_hn`. That is why the cell has two biases: outside, they "
    "would be one.",
)(with_candidate(lambda a_n, u_n, r, h, W_hn, b_hn: np.tanh(a_n + r * (h @ W_hn) + b_hn)))
step_mistake(
    "r and 1 - r are exchanged",
    "r = 1 lets the past through to the candidate: `r * u_n`.",
)(with_candidate(lambda a_n, u_n, r, h, W_hn, b_hn: np.tanh(a_n + (1 - r) * u_n)))
step_mistake(
    "the candidate goes through a sigmoid",
    "A sigmoid is for gates, which are shares from 0 to 1. The candidate is a new state and may be negative: tanh.",
)(with_candidate(lambda a_n, u_n, r, h, W_hn, b_hn: sigmoid(a_n + r * u_n)))
step_mistake(
    "the candidate has no tanh",
    "n is a sum as it stands. It goes through tanh, so that the state stays between -1 and 1.",
)(with_candidate(lambda a_n, u_n, r, h, W_hn, b_hn: a_n + r * u_n))
step_mistake(
    "the old state is not carried",
    "`(1 - z) * n` is the new part alone. The old one comes with it: `+ z * h`.",
)(with_candidate(torchs, lambda z, n, h: (1 - z) * n))
step_mistake(
    "the candidate comes in whole",
    "z and 1 - z share the place between the old state and the new one. `n + z * h` gives n the whole of it.",
)(with_candidate(torchs, lambda z, n, h: n + z * h))
step_mistake(
    "the mixture goes through a tanh",
    "The last line is a mixture of two states, and nothing else: no tanh around it.",
)(with_candidate(torchs, lambda z, n, h: np.tanh(blend(z, n, h))))
step_mistake(
    "the reset acts on the state that is kept",
    "r is for the candidate alone. What z keeps is `h` as it is.",
)(lambda a, u, h, W_hh, b_h: blend(gates(a, u)[1], np.tanh(a[2] + gates(a, u)[0] * u[2]), gates(a, u)[0] * h))


def from_sums(compute):
    """h_next from other gates and the usual rest: compute(a, u) gives r and z."""

    def whole(a, u, h, W_hh, b_h):
        r, z = compute(a, u)
        return blend(z, np.tanh(a[2] + r * u[2]), h)

    return whole


step_mistake(
    "r and z are exchanged: the columns are stacked r, z, n",
    "The first H columns belong to r, the next to z, the last to n.",
)(from_sums(lambda a, u: gates(a, u)[::-1]))
step_mistake(
    "the gates go through a tanh",
    "A gate is a share: a number between 0 and 1. That is what the sigmoid gives.",
)(from_sums(lambda a, u: (np.tanh(a[0] + u[0]), np.tanh(a[1] + u[1]))))
step_mistake(
    "the gates are straight lines with corners: the hard sigmoid of old Keras",
    "`clip(0.2 * a + 0.5, 0, 1)` is a gate as well, and a published one (see lesson 5). Here the sigmoid is asked for.",
)(from_sums(lambda a, u: (hard(a[0] + u[0]), hard(a[1] + u[1]))))
step_mistake(
    "the gates do not read the state",
    "r and z depend on the input *and* on the old state: `sigmoid(a_r + u_r)`.",
)(from_sums(lambda a, u: (sigmoid(a[0]), sigmoid(a[1]))))


def without_bias(which, name, words):
    def step_forward(x, h, W_xh, W_hh, b_x, b_h):
        zero = {"b_x": b_x, "b_h": b_h} | {bias: 0 * b_x for bias in which}
        a, u = np.split(x @ W_xh + zero["b_x"], 3, axis=1), np.split(h @ W_hh + zero["b_h"], 3, axis=1)
        return with_candidate(torchs)(a, u, h, W_hh, b_h), ()

    STEP.mistake(name, words, step_forward=step_forward)


without_bias(("b_h",), "b_h is left out", "There are two biases. `b_h` is added to `h @ W_hh`, before r acts.")
without_bias(("b_x",), "b_x is left out", "There are two biases. `b_x` is added to `x @ W_xh`.")
without_bias(("b_x", "b_h"), "both biases are left out", "The sums are `a = x @ W_xh + b_x` and `u = h @ W_hh + b_h`.")


def in_place(compute):
    def step_forward(x, h, W_xh, W_hh, b_x, b_h):
        a, u = np.split(x @ W_xh + b_x, 3, axis=1), np.split(h @ W_hh + b_h, 3, axis=1)
        r, z = gates(a, u)
        return compute(z, np.tanh(a[2] + r * u[2]), h), ()

    return step_forward


def writes_h(z, n, h):
    h *= z
    h += (1 - z) * n
    return h


STEP.mistake(
    "h is changed in place",
    "The values are right, but `h *= …` or `h[:] = …` writes into the array that the caller still holds.",
    step_forward=in_place(writes_h),
)
