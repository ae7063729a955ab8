"""Wrong steps, known by name."""

from itertools import permutations

import numpy as np

from autograder.checks.lstm.step import STEP
from rnn_core.activations import sigmoid


def sums(x, h, W_xh, W_hh, b):
    """The four sums inside the gates, in the order of the columns."""
    return np.split(x @ W_xh + h @ W_hh + b, 4, axis=1)


def squashed(parts):
    """i, f, g, o of their four sums."""
    i, f, g, o = parts
    return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)


def hard(a):
    return np.clip(0.2 * a + 0.5, 0, 1)


def step(c, i, f, g, o):
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, ()


def mistake(name, words):
    """Name a wrong step by what it makes of c, h and the four sums."""

    def add(compute):
        STEP.mistake(
            name,
            words,
            step_forward=lambda x, h, c, W_xh, W_hh, b: compute(c, h, *sums(x, h, W_xh, W_hh, b)),
        )

    return add


def after_gates(name, words):
    """Name a wrong step by what it makes of c, h and the right gates."""
    return lambda compute: mistake(name, words)(lambda c, h, *parts: compute(c, h, *squashed(parts)))


for order in permutations(range(4)):
    if order != (0, 1, 2, 3):
        read = ", ".join("ifgo"[order.index(k)] for k in range(4))
        mistake(
            f"the columns are read in the order {read}",
            "The columns of the weights stand in the order i, f, g, o: input gate, forget gate, candidate, "
            "output gate. "
            "Texts and libraries differ in this, so it has to be looked up each time.",
        )(lambda c, h, *parts, order=order: step(c, *squashed([parts[k] for k in order])))

mistake(
    "the candidate goes through a sigmoid",
    "`g` is no gate: it is what may be written, and it may be negative. It goes through tanh.",
)(lambda c, h, i, f, g, o: step(c, sigmoid(i), sigmoid(f), sigmoid(g), sigmoid(o)))
mistake(
    "the gates go through tanh",
    "A gate is a share from 0 to 1, so it goes through the sigmoid. tanh also gives negative numbers.",
)(lambda c, h, i, f, g, o: step(c, np.tanh(i), np.tanh(f), np.tanh(g), np.tanh(o)))
mistake(
    "the gates are straight lines with corners: the hard sigmoid of old Keras",
    "`clip(0.2 * a + 0.5, 0, 1)` is a gate as well, and a published one (see lesson 5). Here the sigmoid is asked for.",
)(lambda c, h, i, f, g, o: step(c, hard(i), hard(f), np.tanh(g), hard(o)))
for k, gate in ((0, "input"), (1, "forget"), (3, "output")):
    mistake(
        f"the {gate} gate goes without its sigmoid",
        "A gate is a share from 0 to 1: the sum goes through the sigmoid before it is used.",
    )(lambda c, h, *parts, k=k: step(c, *(parts[n] if n == k else each for n, each in enumerate(squashed(parts)))))
mistake(
    "the gates go without their sigmoid",
    "A gate is a share from 0 to 1: all three sums go through the sigmoid before they are used.",
)(lambda c, h, i, f, g, o: step(c, i, f, np.tanh(g), o))
mistake(
    "the candidate goes without its tanh",
    "`g` goes through tanh, so that one step writes no more than 1.",
)(lambda c, h, i, f, g, o: step(c, sigmoid(i), sigmoid(f), g, sigmoid(o)))

after_gates(
    "no tanh on the way out",
    "The cell state may be large; what is shown goes through tanh first: `o * np.tanh(c_next)`.",
)(lambda c, h, i, f, g, o: (o * (f * c + i * g), f * c + i * g, ()))
after_gates(
    "the cell state is squashed",
    "`c_next` itself is not squashed: it is the plain sum `f * c + i * g`. tanh is applied to what is shown, `h_next`.",
)(lambda c, h, i, f, g, o: (o * np.tanh(f * c + i * g), np.tanh(f * c + i * g), ()))
after_gates(
    "the cell state is squashed, and once more on the way out",
    "`c_next` itself is not squashed: it is the plain sum `f * c + i * g`. tanh is applied once, to what is shown.",
)(lambda c, h, i, f, g, o: (o * np.tanh(np.tanh(f * c + i * g)), np.tanh(f * c + i * g), ()))
after_gates(
    "the input gate is 1 - f",
    "That is a cell with coupled gates. Here the input gate has columns of its own: what is forgotten and what is "
    "written are decided apart.",
)(lambda c, h, i, f, g, o: step(c, 1 - f, f, g, o))
after_gates(
    "the forget gate is 1 - i",
    "That is a cell with coupled gates. Here the forget gate has columns of its own: what is forgotten and what is "
    "written are decided apart.",
)(lambda c, h, i, f, g, o: step(c, i, 1 - i, g, o))
after_gates(
    "the forget gate is turned round",
    "Its name misleads: f is the share that is *kept*. f = 1 keeps everything, f = 0 erases: `f * c`.",
)(lambda c, h, i, f, g, o: step(c, i, 1 - f, g, o))
after_gates(
    "the forget gate is left out",
    "`c + i * g` is the cell of 1997, which never forgets. Here the old cell state is multiplied by f.",
)(lambda c, h, i, f, g, o: step(c, i, 1, g, o))
after_gates(
    "the input gate is left out",
    "The candidate is written as far as the input gate is open: `i * g`.",
)(lambda c, h, i, f, g, o: step(c, 1, f, g, o))
after_gates(
    "the output gate is left out",
    "What is shown is `np.tanh(c_next)` times the output gate.",
)(lambda c, h, i, f, g, o: step(c, i, f, g, 1))
after_gates(
    "the forget gate is applied to h instead of c",
    "The long-term state is `c`: `f * c`. The short-term state `h` enters through the weights alone.",
)(lambda c, h, i, f, g, o: step(h, i, f, g, o))
after_gates(
    "the old cell state is shown",
    "`h_next` shows the *new* cell state: `o * np.tanh(c_next)`.",
)(lambda c, h, i, f, g, o: (o * np.tanh(c), f * c + i * g, ()))
after_gates(
    "what is kept and what is written are multiplied",
    "`f * c` is kept and `i * g` is written: the two are added.",
)(lambda c, h, i, f, g, o: (o * np.tanh(f * c * i * g), f * c * i * g, ()))
after_gates(
    "the old cell state is left out",
    "A share f of the old cell state stays: `f * c + i * g`.",
)(lambda c, h, i, f, g, o: step(0 * c, i, f, g, o))
after_gates(
    "h_next and c_next are exchanged",
    "The numbers are right. The order is `h_next, c_next, cache`.",
)(lambda c, h, i, f, g, o: (f * c + i * g, o * np.tanh(f * c + i * g), ()))


@STEP.mistake(
    "every fourth column is taken for a gate",
    "The gates stand in blocks: the first H columns are i, the next H are f, and so on. `a[:, 0::4]` takes one column "
    "of each unit instead.",
)
def interleaved(x, h, c, W_xh, W_hh, b):
    a = x @ W_xh + h @ W_hh + b
    return step(c, *squashed([a[:, k::4] for k in range(4)]))


@STEP.mistake(
    "the bias is left out",
    "`a` holds three parts: `x @ W_xh`, `h @ W_hh` and `b`.",
)
def no_bias(x, h, c, W_xh, W_hh, b):
    return step(c, *squashed(sums(x, h, W_xh, W_hh, 0 * b)))


@STEP.mistake(
    "the gates read the cell state instead of h",
    "The gates look at the input and at the short-term state: `x @ W_xh + h @ W_hh + b`. The cell state is not "
    "looked at.",
)
def from_c(x, h, c, W_xh, W_hh, b):
    return step(c, *squashed(sums(x, c, W_xh, W_hh, b)))


@STEP.mistake(
    "c is changed in place",
    "The values are right, but `c *= f` writes into the array that the caller still holds.",
)
def in_place(x, h, c, W_xh, W_hh, b):
    i, f, g, o = squashed(sums(x, h, W_xh, W_hh, b))
    c *= f
    c += i * g
    return o * np.tanh(c), c, ()
