"""Gates held open or shut by their bias."""

import numpy as np

from autograder.checks.lstm import reference
from autograder.checks.lstm.step import draw
from autograder.compare import expect, expect_close, expect_finite, expect_shape
from autograder.spec import Exercise
from autograder.wording import number
from rnn_core import lstm

CLAMP = Exercise(
    "lstm-clamp",
    functions={"clamped_bias": reference.clamped_bias},
    returns={"clamped_bias": ("b",)},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "First decide for each job which of i, f and o is 1 and which is 0. Look at `c_next = f * c + i * g` and "
        "`h_next = o * tanh(c_next)`.",
        "`hold` writes nothing and forgets nothing. `add` writes everything and forgets nothing. In `erase` nothing "
        "old and nothing new is left.",
        "`hide` is `hold` with a shut output gate. `pass` forgets everything that was there and writes the candidate.",
        "A bias for each block: `np.repeat([i_bias, f_bias, 0.0, o_bias], H)`, with 50 for open and -50 for shut.",
    ),
    explain="Two gates decide what becomes of the cell state: f of the old one, i of the new one. The output gate "
    "decides only what is seen of it. A hidden cell state is still there.",
)


def steps(student, rng, job):
    """One step with the clamped gates and weights of usual size: c, the candidate g, and the new h and c."""
    for sizes in ((2, 3, 5), (4, 1, 2)):
        x, h, c, W_xh, W_hh, _ = draw(rng, *sizes)
        H = sizes[2]
        b = student.clamped_bias(job, H)
        expect_shape("b", b, (4 * H,), "A number for each unit of each block: i, f, g, o, of H numbers each.")
        expect_finite("b", b, "A large number is enough, such as 50.")
        h_next, c_next, _ = lstm.step_forward(x, h, c, W_xh, W_hh, np.asarray(b, float))
        g = np.tanh((x @ W_xh + h @ W_hh)[:, 2 * H : 3 * H])
        yield c, g, h_next, c_next


def near(what, got, want, hint):
    """Gates that are open or shut up to a thousandth are open or shut."""
    expect_close(what, got, want, hint, rtol=1e-3)


def none_left(what, got, words):
    largest = np.abs(got).max()
    expect(bool(largest < 1e-3), f"{what}: expected zeros, got up to {number(largest, 3)}. {words}")


SHOWN = "Is the output gate open?"


@CLAMP.check("hold: the cell state stays as it is, and is shown")
def holds(student, rng):
    for c, _, h_next, c_next in steps(student, rng, "hold"):
        near("c_next of hold", c_next, c, "Nothing is forgotten, and nothing is written.")
        near("h_next of hold", h_next, np.tanh(c), SHOWN)


@CLAMP.check("hide: the cell state stays as it is, and nothing of it is shown")
def hides(student, rng):
    for c, _, h_next, c_next in steps(student, rng, "hide"):
        near("c_next of hide", c_next, c, "Nothing is forgotten, and nothing is written.")
        none_left("h_next of hide", h_next, "Which gate stands between the cell state and what is shown?")


@CLAMP.check("erase: nothing is left, whatever the cell held")
def erases(student, rng):
    for _, _, _, c_next in steps(student, rng, "erase"):
        none_left("c_next of erase", c_next, "Nothing old is kept, and nothing new is written.")


@CLAMP.check("add and pass: what comes in, on top of the old or in its place")
def writes(student, rng):
    for c, g, h_next, c_next in steps(student, rng, "add"):
        near("c_next of add", c_next, c + g, "All of the old cell state, and all of the candidate.")
        near("h_next of add", h_next, np.tanh(c + g), SHOWN)
    for _, g, h_next, c_next in steps(student, rng, "pass"):
        near("c_next of pass", c_next, g, "Nothing of the old cell state, and all of the candidate.")
        near("h_next of pass", h_next, np.tanh(g), SHOWN)
