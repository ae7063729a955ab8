"""The size of an LSTM, and the bias that its forget gate starts with."""

import numpy as np

from autograder.checks.lstm import reference
from autograder.compare import expect_close
from autograder.spec import Exercise

START = Exercise(
    "lstm-start",
    functions={
        "lstm_numbers": reference.lstm_numbers,
        "start_bias": reference.start_bias,
        "forget_bias_for": reference.forget_bias_for,
    },
    returns={"lstm_numbers": ("numbers",), "start_bias": ("b",), "forget_bias_for": ("forget_bias",)},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "`lstm_numbers`: write down the shapes of the five arrays `W_xh, W_hh, b, W_hy, b_y`, and add up their sizes.",
        "`start_bias`: the blocks are i, f, g, o. The forget gate has the second: `b[H : 2 * H]`.",
        "`forget_bias_for`: solve `1 + exp(b) = steps` for b.",
        "`4 * (D * H + H * H + H) + H * V + V`; `b = np.zeros(4 * H)`, then `b[H : 2 * H] = forget_bias`; "
        "`np.log(steps - 1)`.",
    ),
    explain="Four blocks, each as large as a plain cell. The forget gate of a new net keeps the share sigmoid(b) "
    "at each "
    "step, and 1 / (1 - sigmoid(b)) = 1 + e^b.",
)


@START.check("lstm_numbers: five arrays, four blocks in three of them")
def numbers(student, rng):
    for _ in range(3):
        D, H, V = (int(n) for n in rng.choice(np.arange(2, 60), 3, replace=False))
        want = reference.lstm_numbers(D, H, V)
        hint = f"Here D = {D}, H = {H}, V = {V}: `W_xh` alone holds {D} times {4 * H} numbers."
        expect_close("numbers", student.lstm_numbers(D, H, V), float(want), hint)


@START.check("start_bias: the forget gate's block, and no other")
def biases(student, rng):
    for H in (4, 7):
        forget_bias = float(rng.uniform(0.5, 4))
        want = reference.start_bias(H, forget_bias)
        hint = "Which of the blocks i, f, g, o is the forget gate's, and what do the others hold?"
        expect_close("b", student.start_bias(H, forget_bias), want, hint)


@START.check("forget_bias_for: the bias that lasts for so many steps")
def lasting(student, rng):
    for steps in (5.0, float(rng.uniform(15, 30)), float(rng.uniform(100, 200))):
        want = reference.forget_bias_for(steps)
        hint = f"Here steps = {steps:.4g}. Put your result into 1 + e^b: does {steps:.4g} come out?"
        expect_close("forget_bias", student.forget_bias_for(steps), want, hint)
