"""The loop drawn out: a feedforward net with a layer a step, whose weights may be shared or not."""

import numpy as np

from autograder.checks.feedback_loop import reference
from autograder.compare import expect, expect_close, expect_equal, expect_unchanged
from autograder.spec import Exercise
from rnn_core import rnn

UNROLLED = Exercise(
    "loop-unrolled",
    functions={"unrolled": reference.unrolled, "count_parameters": reference.count_parameters},
    returns={"unrolled": ("h",), "count_parameters": ("count",)},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "The same loop as before, with three changes: the state is handed on, tanh takes the place of softmax, and "
        "every layer has weights of its own.",
        "`W_xh, W_hh, b = layers[t]` are the weights of layer t.",
        "`h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)`, kept at every step and stacked along axis 1.",
        "One layer has D H numbers in W_xh, H H in W_hh and H in b. Tied: these once. Not tied: T times.",
    ),
    explain="A chain of layers is all there is: layer t sees layer t - 1 and nothing later. With copies of one layer "
    "it is the recurrent net, number for number.",
)


def draw(rng, N=2, T=5, D=3, H=7, copies=False):
    one = [[0.6 * rng.standard_normal(shape) for shape in ((D, H), (H, H), (H,))] for _ in range(T)]
    layers = [tuple(one[0 if copies else t]) for t in range(T)]
    return rng.standard_normal((N, T, D)) + 0.1, rng.uniform(0.2, 0.9, (N, H)), layers


@UNROLLED.check("with T copies of one layer it is the recurrent net")
def copies(student, rng):
    x, h0, layers = draw(rng, copies=True)
    expect_close("h", student.unrolled(x, h0, layers), rnn.forward(x, h0, *layers[0])[0])


@UNROLLED.check("with other weights in each layer it is a feedforward net")
def different(student, rng):
    for T in (5, 1):
        args = draw(rng, T=T)
        hint = "Layer t has the weights `layers[t]`, and hears layer t - 1; the first hears h0."
        h, after = student.unrolled.with_arguments(*args)
        expect_close("h", h, reference.unrolled(*args), hint=hint)
        expect_unchanged(("x", "h0", "layers"), after, args, "Make new arrays, and take nothing out of the list.")


def expect_count(name, got, want, hint=""):
    expect_equal(name, got, want, hint)
    expect(np.asarray(got).dtype.kind in "iu", f"{name}: expected the whole number {want}, got {got!r}. Use //, not /.")


@UNROLLED.check("tied weights are counted once, however long the sequence")
def tied(student, rng):
    D, H = (int(k) for k in rng.integers(3, 40, 2))
    for T in (1, 4, 100):
        want = D * H + H * H + H
        hint = f"Here D = {D} and H = {H}: W_xh, W_hh and b, once."
        expect_count(f"count_parameters({T}, {D}, {H}, True)", student.count_parameters(T, D, H, True), want, hint)


@UNROLLED.check("weights of their own are counted in every layer")
def untied(student, rng):
    D, H = (int(k) for k in rng.integers(3, 40, 2))
    for T in (1, 4, 100):
        want = T * (D * H + H * H + H)
        expect_count(f"count_parameters({T}, {D}, {H}, False)", student.count_parameters(T, D, H, False), want)
