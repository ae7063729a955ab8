"""Wrong leaky units, known by name."""

import numpy as np

from autograder.checks.gating.leaky_sequence import LEAKY


def mistake(name, words, masked=lambda real, mixed, h: np.where(real, mixed, h), start_again=False):
    """Name a wrong way to mix: a function of x_t, h, W_xh, W_hh, b and leak, run over the sequence."""

    def add(mix):
        def forward(x, h0, W_xh, W_hh, b, leak, mask=None):
            h, states = h0, []
            for t in range(x.shape[1]):
                mixed = mix(x[:, t], h0 if start_again else h, W_xh, W_hh, b, leak)
                h = mixed if mask is None else masked(mask[:, t, None] > 0, mixed, h)
                states.append(h)
            return np.stack(states, axis=1), None

        LEAKY.mistake(name, words, leaky_forward=forward)

    return add


def candidate(x, h, W_xh, W_hh, b):
    return np.tanh(x @ W_xh + h @ W_hh + b)


def right(x, h, W_xh, W_hh, b, leak):
    return (1 - leak) * h + leak * candidate(x, h, W_xh, W_hh, b)


mistake(
    "leak and 1 - leak are exchanged",
    "`leak` is the share of the *new* value. With a small leak the unit is slow: most of `h` stays.",
)(lambda x, h, W_xh, W_hh, b, leak: leak * h + (1 - leak) * candidate(x, h, W_xh, W_hh, b))
mistake(
    "the old state is kept whole",
    "The two shares add up to 1. If `leak` of the new comes in, only `1 - leak` of the old stays.",
)(lambda x, h, W_xh, W_hh, b, leak: h + leak * candidate(x, h, W_xh, W_hh, b))
mistake(
    "the old state has no share",
    "`leak * n` is the new part. The part that stays is missing: `(1 - leak) * h`.",
)(lambda x, h, W_xh, W_hh, b, leak: leak * candidate(x, h, W_xh, W_hh, b))
mistake(
    "the candidate is taken whole",
    "The leak must act on both: `1 - leak` of the old state and `leak` of the candidate.",
)(lambda x, h, W_xh, W_hh, b, leak: (1 - leak) * h + candidate(x, h, W_xh, W_hh, b))
mistake(
    "the leak stands inside the tanh",
    "The leak mixes two values, the old state and the candidate. The candidate comes out of its tanh first.",
)(lambda x, h, W_xh, W_hh, b, leak: (1 - leak) * h + np.tanh(leak * (x @ W_xh + h @ W_hh + b)))
mistake(
    "the mix is taken before the tanh",
    "Here tanh is applied to old state and sum together. The old state must pass unchanged: tanh belongs to the "
    "candidate alone.",
)(lambda x, h, W_xh, W_hh, b, leak: np.tanh((1 - leak) * h + leak * (x @ W_xh + h @ W_hh + b)))
mistake(
    "the tanh is missing",
    "The candidate is `np.tanh` of the sum.",
)(lambda x, h, W_xh, W_hh, b, leak: (1 - leak) * h + leak * (x @ W_xh + h @ W_hh + b))
mistake(
    "the candidate does not read the state",
    "The candidate is that of a tanh cell: `x @ W_xh + h @ W_hh + b` inside. The units hear each other through `W_hh`.",
)(lambda x, h, W_xh, W_hh, b, leak: (1 - leak) * h + leak * np.tanh(x @ W_xh + b))
mistake(
    "the candidate reads what is left of the state",
    "The candidate reads the state `h` as it was before the step, not `(1 - leak) * h`.",
)(lambda x, h, W_xh, W_hh, b, leak: (1 - leak) * h + leak * candidate(x, (1 - leak) * h, W_xh, W_hh, b))
mistake(
    "the bias is missing",
    "The sum inside the tanh has three parts: `x @ W_xh + h @ W_hh + b`.",
)(lambda x, h, W_xh, W_hh, b, leak: right(x, h, W_xh, W_hh, 0 * b, leak))
mistake(
    "the bias stands outside the tanh",
    "The bias is the third part of the sum *inside* the tanh.",
)(lambda x, h, W_xh, W_hh, b, leak: right(x, h, W_xh, W_hh, 0 * b, leak) + leak * b)
mistake(
    "a sigmoid stands for the tanh of the candidate",
    "A share lies between 0 and 1, and here it is given: `leak`. The candidate is a value and has a sign: tanh.",
)(lambda x, h, W_xh, W_hh, b, leak: (1 - leak) * h + leak / (1 + np.exp(-(x @ W_xh + h @ W_hh + b))))
mistake(
    "the mask is ignored",
    "Where the mask is 0 the step is not real: the state must stay exactly as it was.",
    masked=lambda real, mixed, h: mixed,
)(right)
mistake(
    "the mask sets the state to 0",
    "Where the mask is 0 the row is not erased: it keeps the state that it had.",
    masked=lambda real, mixed, h: real * mixed,
)(right)


@LEAKY.mistake(
    "what is returned is 0 where the mask is 0",
    "The state is carried on rightly. It is also what the result shows there: the state that the row has, not 0.",
)
def shown_as_zero(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, states = h0, []
    for t in range(x.shape[1]):
        mixed, real = right(x[:, t], h, W_xh, W_hh, b, leak), True if mask is None else mask[:, t, None] > 0
        h = np.where(real, mixed, h)
        states.append(real * h)
    return np.stack(states, axis=1), None


@LEAKY.mistake(
    "the mask hides the input only",
    "An input of 0 is an input, too: the state goes on leaking. Where the mask is 0 the state itself must stay.",
)
def input_hidden(x, h0, W_xh, W_hh, b, leak, mask=None):
    x = x if mask is None else x * mask[:, :, None]
    h, states = h0, []
    for t in range(x.shape[1]):
        h = right(x[:, t], h, W_xh, W_hh, b, leak)
        states.append(h)
    return np.stack(states, axis=1), None


@LEAKY.mistake(
    "the old state is made smaller before the candidate has read it",
    "First the candidate, from `h` as it was; then the mix. Is `h` multiplied by `1 - leak` one line too early?",
)
def shrunk_first(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = (1 - leak) * h
        mixed = h + leak * candidate(x[:, t], h, W_xh, W_hh, b)
        h = mixed if mask is None else np.where(mask[:, t, None] > 0, mixed, h)
        states.append(h)
    return np.stack(states, axis=1), None


mistake(
    "every step starts from h0",
    "A step starts from the state that the step before left. Is `h` set anew in the loop?",
    start_again=True,
)(right)


@LEAKY.mistake(
    "only the last state is returned",
    "`h` has shape (N, T, H): the state after *every* step, stacked along axis 1.",
)
def only_last(x, h0, W_xh, W_hh, b, leak, mask=None):
    h = h0
    for t in range(x.shape[1]):
        mixed = right(x[:, t], h, W_xh, W_hh, b, leak)
        h = mixed if mask is None else np.where(mask[:, t, None] > 0, mixed, h)
    return h, None


@LEAKY.mistake(
    "the axes of time and batch are exchanged",
    "`np.stack(states)` puts time first. `h` has shape (N, T, H): stack along axis 1.",
)
def time_first(x, h0, W_xh, W_hh, b, leak, mask=None):
    h, states = h0, []
    for t in range(x.shape[1]):
        mixed = right(x[:, t], h, W_xh, W_hh, b, leak)
        h = mixed if mask is None else np.where(mask[:, t, None] > 0, mixed, h)
        states.append(h)
    return np.stack(states), None
