"""Wrong sizes and wrong starts, known by name."""

import numpy as np

from autograder.checks.lstm import reference
from autograder.checks.lstm.start import START


def size(name, words, count):
    START.mistake(name, words, lstm_numbers=count)


size(
    "one block is counted instead of four",
    "The cell holds three gates and a candidate: `W_xh` (D, 4H), `W_hh` (H, 4H), `b` (4H,).",
    lambda D, H, V: D * H + H * H + H + H * V + V,
)
size(
    "three blocks are counted instead of four",
    "Three gates, and the candidate: four blocks of H columns.",
    lambda D, H, V: 3 * (D * H + H * H + H) + H * V + V,
)
size(
    "two biases are counted",
    "torch stores two biases for each block, and only their sum matters. Here there is one `b` (4H,).",
    lambda D, H, V: 4 * (D * H + H * H + 2 * H) + H * V + V,
)
size(
    "the cell's bias is not counted",
    "`b` holds 4H numbers that are learned too.",
    lambda D, H, V: 4 * (D * H + H * H) + H * V + V,
)
size(
    "no bias is counted",
    "`b` and `b_y` are learned too.",
    lambda D, H, V: 4 * (D * H + H * H) + H * V,
)
size(
    "the cell's bias is counted for one block",
    "Each of the four blocks has a bias: `b` holds 4H numbers.",
    lambda D, H, V: 4 * (D * H + H * H) + H + H * V + V,
)
size(
    "the output's bias is not counted",
    "`b_y` holds V numbers that are learned too.",
    lambda D, H, V: 4 * (D * H + H * H + H) + H * V,
)
size(
    "the output layer is not counted",
    "The cell is right. `W_hy` and `b_y` are asked for too.",
    lambda D, H, V: 4 * (D * H + H * H + H),
)
size(
    "the output layer reads h and c",
    "Only `h` is shown to the output layer: `W_hy` is (H, V).",
    lambda D, H, V: 4 * (D * H + H * H + H) + 2 * H * V + V,
)
size(
    "the output layer has four blocks too",
    "The four blocks are the cell's. The output layer reads `h`, and is (H, V).",
    lambda D, H, V: 4 * (D * H + H * H + H + H * V + V),
)
size(
    "the recurrent weights are not counted",
    "`W_hh` (H, 4H) is learned too.",
    lambda D, H, V: 4 * (D * H + H) + H * V + V,
)
size(
    "the recurrent weights are counted for one block",
    "Each of the four blocks reads all units of the old state: `W_hh` is (H, 4H).",
    lambda D, H, V: 4 * (D * H + H) + H * H + H * V + V,
)
size(
    "4H is squared",
    "`W_hh` goes from H units to 4H sums: H times 4H, not 4H times 4H.",
    lambda D, H, V: 4 * D * H + 16 * H * H + 4 * H + H * V + V,
)
size(
    "the initial states are counted",
    "`h0` and `c0` belong to the data: they are given, not learned.",
    lambda D, H, V: reference.lstm_numbers(D, H, V) + 2 * H,
)


def bias(name, words, make):
    START.mistake(name, words, start_bias=make)


def block(k):
    return lambda H, forget_bias: np.repeat(np.where(np.arange(4) == k, forget_bias, 0.0), H)


for k, what in ((0, "input gate"), (2, "candidate"), (3, "output gate")):
    bias(
        f"the forget bias stands in the block of the {what}",
        "The blocks stand in the order i, f, g, o: the forget gate's is the second, `b[H : 2 * H]`.",
        block(k),
    )
bias(
    "all blocks get the forget bias",
    "Only the forget gate starts open. The other blocks start at 0.",
    lambda H, forget_bias: np.full(4 * H, forget_bias),
)
bias(
    "all gates get the forget bias",
    "Only the forget gate starts open. The other blocks start at 0.",
    lambda H, forget_bias: np.repeat([forget_bias, forget_bias, 0.0, forget_bias], H),
)
bias(
    "the forget bias is added twice",
    "It is added once. With torch, whose LSTM has two biases, setting it in both doubles it without a word.",
    lambda H, forget_bias: 2 * block(1)(H, forget_bias),
)
bias(
    "the sign of the forget bias is turned",
    "A positive bias opens the gate, and an open forget gate keeps.",
    lambda H, forget_bias: -block(1)(H, forget_bias),
)
bias(
    "the gate's value stands in place of its bias",
    "The sigmoid comes later, in the step. The bias is what goes into it.",
    lambda H, forget_bias: block(1)(H, 1 / (1 + np.exp(-forget_bias))),
)
bias(
    "one number for each gate",
    "Each unit has gates of its own: H numbers for each block, 4H together.",
    lambda H, forget_bias: np.array([0.0, forget_bias, 0.0, 0.0]),
)
bias(
    "only the first unit gets the forget bias",
    "`b[H]` is the first unit's. All of them start alike: `b[H : 2 * H]`.",
    lambda H, forget_bias: np.where(np.arange(4 * H) == H, forget_bias, 0.0),
)
bias(
    "the second number gets the forget bias",
    "`b[1]` belongs to the input gate of the second unit. The forget gate's block is `b[H : 2 * H]`.",
    lambda H, forget_bias: np.where(np.arange(4 * H) == 1, forget_bias, 0.0),
)
bias(
    "every fourth number gets the forget bias",
    "The blocks stand one behind the other, H numbers each; `b[1::4]` takes one number of each unit instead.",
    lambda H, forget_bias: np.tile([0.0, forget_bias, 0.0, 0.0], H),
)
bias(
    "everything behind the input gate gets the forget bias",
    "`b[H:]` runs to the end. The forget gate's block ends at 2H: `b[H : 2 * H]`.",
    lambda H, forget_bias: np.repeat([0.0, forget_bias, forget_bias, forget_bias], H),
)
bias(
    "the forget gate's block alone comes back",
    "The whole bias is asked for: four blocks, of which three hold zeros.",
    lambda H, forget_bias: np.full(H, forget_bias),
)
bias(
    "the other blocks start at 1",
    "Begin with zeros, `np.zeros(4 * H)`, and fill the forget gate's block.",
    lambda H, forget_bias: np.repeat([1.0, forget_bias, 1.0, 1.0], H),
)


def lasting(name, words, solve):
    START.mistake(name, words, forget_bias_for=solve)


lasting(
    "the 1 is forgotten",
    "1 + e^b = steps, so e^b = steps - 1.",
    lambda steps: float(np.log(steps)),
)
lasting(
    "the 1 is added on the wrong side",
    "1 + e^b = steps, so e^b = steps - 1.",
    lambda steps: float(np.log(steps + 1)),
)
lasting(
    "the 1 is taken from the logarithm",
    "First take 1 from the steps, then the logarithm: log(steps - 1).",
    lambda steps: float(np.log(steps) - 1),
)
lasting(
    "the equation is not solved",
    "1 + e^b gives the steps of a bias. Wanted is the bias for the steps: the logarithm undoes the exponential.",
    lambda steps: float(1 + np.exp(steps)),
)
lasting(
    "the sign is turned",
    "A large positive bias keeps for long. A negative one would shut the forget gate.",
    lambda steps: float(-np.log(steps - 1)),
)
for log in (np.log2, np.log10):
    lasting(
        "another logarithm",
        "The sigmoid is made of e^b: its inverse is the natural logarithm, `np.log`.",
        lambda steps, log=log: float(log(steps - 1)),
    )
lasting(
    "the share that is kept comes back",
    "1 - 1 / steps is the value of the forget gate. Its bias goes through the sigmoid first: solve 1 + e^b = steps.",
    lambda steps: 1 - 1 / steps,
)
lasting(
    "the steps are counted until 1/e is left",
    "That is the exact time constant of lesson 5. Here the rule of thumb is asked for: solve 1 + e^b = steps for b.",
    lambda steps: float(-np.log(np.expm1(1 / steps))),
)
lasting(
    "the share that is lost comes back",
    "1 / steps is what is lost at each step. Wanted is the bias: solve 1 + e^b = steps.",
    lambda steps: 1 / steps,
)
