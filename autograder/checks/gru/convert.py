"""From one convention of z to the other."""

import numpy as np

from autograder.checks.gru import reference
from autograder.checks.gru.step import draw
from autograder.compare import (
    RTOL,
    by_name,
    expect_all_close,
    expect_any_close,
    expect_close,
    expect_shape,
    expect_unchanged,
)
from autograder.spec import Exercise

ORDER = ("W_xh", "W_hh", "b_x", "b_h")

CONVERT = Exercise(
    "gru-other-convention",
    functions={"other_convention": reference.other_convention},
    returns={"other_convention": ORDER},
    points=2,
    minutes=12,
    difficulty=2,
    hints=(
        "1 - sigmoid(a) = sigmoid(-a). So which sum has to change its sign, and what is it made of?",
        "The columns of z are `[:, H:2 * H]` of a weight and `[H:2 * H]` of a bias, with `H = len(W_hh)`.",
        "Copy the four arrays, and multiply these columns by -1 in all four: `W = W.copy()`, `W[..., H:2 * H] *= -1`.",
    ),
    explain="The sum inside z is x W_xz + b_xz + h W_hz + b_hz. With all four negated it is the negated sum, and the "
    "sigmoid of that is 1 - z. Nothing else in the cell knows.",
)


@CONVERT.check("in the other convention the new weights give the same states")
def same_states(student, rng):
    for sizes in ((2, 3, 5), (3, 1, 2)):
        x, h, *weights = draw(rng, *sizes)
        turned = student.other_convention(*weights)
        got, want = by_name(ORDER, turned), by_name(ORDER, reference.other_convention(*weights))
        for name in ORDER:
            expect_shape(name, got[name], want[name].shape, "The same shapes as before.")
        states = reference.taking_step(x, h, *map(np.asarray, turned))
        hint = "These weights, with z for the share that is taken. Which columns belong to z?"
        inexact = any(np.asarray(w).dtype == np.float32 for w in turned)  # the states are computed here, in float64
        rtol = RTOL["float32"] if inexact else None
        expect_close("h_next", states, reference.taking_step(x, h, *want.values()), hint, rtol)


@CONVERT.check("W_xh and b_x: the input's part of z")
def from_input(student, rng):
    compare(student, rng, ("W_xh", "b_x"))


@CONVERT.check("W_hh and b_h: the state's part of z")
def from_state(student, rng):
    compare(student, rng, ("W_hh", "b_h"))


def compare(student, rng, names):
    for sizes in ((2, 3, 5), (3, 1, 2)):
        weights = draw(rng, *sizes)[2:]
        got, want = (by_name(ORDER, f(*weights)) for f in (student.other_convention, reference.other_convention))
        expect_all_close(names, got, want, "Columns are stacked r, z, n; only those of z change.")


@CONVERT.check("the caller's arrays are left alone")
def untouched(student, rng):
    weights = draw(rng)[2:]
    got, after = student.other_convention.with_arguments(*weights)
    expect_any_close(by_name(ORDER, got), by_name(ORDER, reference.other_convention(*weights)))
    expect_unchanged(ORDER, after, weights, "Make copies first: `W_xh = W_xh.copy()`.")


def changed(blocks, which=ORDER, change=lambda w: -w):
    """Some blocks of some of the arrays changed."""

    def other_convention(*weights):
        H, turned = len(weights[1]), [w.copy() for w in weights]
        for name, w in zip(ORDER, turned, strict=True):
            for block in blocks if name in which else ():
                columns = slice("rzn".index(block) * H, "rzn".index(block) * H + H)
                w[..., columns] = change(w[..., columns])
        return tuple(turned)

    return other_convention


def convert_mistake(name, words, other_convention):
    CONVERT.mistake(name, words, other_convention=other_convention)


STACKED = "The first H columns belong to r, the next H to z, the last H to n. Only those of z change."
convert_mistake("the columns of r are negated instead of those of z", STACKED, changed("r"))
convert_mistake("the columns of n are negated instead of those of z", STACKED, changed("n"))
convert_mistake(
    "all columns are negated",
    "That turns the reset round as well, and the sign of the candidate. Only z is meant.",
    changed("rzn"),
)
convert_mistake(
    "both gates are negated", "The reset means the same in both conventions. Only z changes.", changed("rz")
)
convert_mistake(
    "the biases are forgotten",
    "The sum inside z is made of four parts: two products and two biases. 1 - sigmoid(a) = sigmoid(-a) needs the whole "
    "sum negated.",
    changed("z", ("W_xh", "W_hh")),
)
convert_mistake(
    "W_xh is forgotten",
    "z reads the input as well as the old state: its columns of `W_xh` belong to the sum.",
    changed("z", ("W_hh", "b_x", "b_h")),
)
convert_mistake(
    "b_h is forgotten",
    "There are two biases in the sum inside z: that of `b_x` and that of `b_h`.",
    changed("z", ("W_xh", "W_hh", "b_x")),
)
convert_mistake(
    "W_hh is forgotten",
    "z reads the old state as well as the input: its columns of `W_hh` belong to the sum.",
    changed("z", ("W_xh", "b_x", "b_h")),
)
convert_mistake(
    "1 minus the weights instead of minus the weights",
    "It is the gate that becomes 1 - z. Its *sum* changes the sign: 1 - sigmoid(a) = sigmoid(-a).",
    changed("z", change=lambda w: 1 - w),
)
convert_mistake(
    "the columns of z are set to zero",
    "Then z is one half for every input. The sum has to change its sign.",
    changed("z", change=lambda w: 0 * w),
)


def nothing(*weights):
    return weights


convert_mistake(
    "nothing is changed",
    "The same weights in the other convention keep where they should take. 1 - sigmoid(a) = sigmoid(-a).",
    nothing,
)


def in_place(*weights):
    H = len(weights[1])
    for w in weights:
        w[..., H : 2 * H] *= -1
    return weights


convert_mistake(
    "the weights are changed in place",
    "The numbers are right, but `W[:, H:2 * H] *= -1` writes into the arrays that the caller still holds. Copy first.",
    in_place,
)
