"""From h_next and c_next back to the sums inside the gates."""

import numpy as np

from autograder.checks.lstm import reference
from autograder.checks.lstm.step import draw
from autograder.compare import by_name, expect_any_close, expect_close, expect_shape, expect_unchanged
from autograder.spec import Exercise
from rnn_core import lstm

GATES = Exercise(
    "lstm-gate-gradients",
    functions={"gate_gradients": reference.gate_gradients},
    returns={"gate_gradients": ("da", "dc")},
    points=3,
    minutes=25,
    difficulty=2,
    hints=(
        "Everything but the output gate hangs on `d_cell`, the whole gradient at `c_next`. It comes from two sides: "
        "`dc_next`, and through `h_next = o * s`.",
        "`d_cell = dc_next + dh_next * o * (1 - s**2)`. Then `c_next = f * c + i * g` hands it on: each factor gets it "
        "times the other factor.",
        "`da_f = d_cell * c * f * (1 - f)`: the factor that f stood beside, then the slope of the sigmoid.",
        "`da_i = d_cell * g * i * (1 - i)`, `da_g = d_cell * i * (1 - g**2)` (g came out of tanh), and `dc = "
        "d_cell * f`.",
    ),
    explain="A product hands the gradient on to each factor times the other one, and a gate's own slope comes "
    "last. The old "
    "cell state gets `d_cell * f`: no weights, no tanh.",
)
CACHE = "x", "h", "c", "W_xh", "W_hh", "i", "f", "g", "o", "c_next"


def draw_gradient(rng, N=2, D=3, H=5, scale=1.0):
    """dh_next, dc_next and the cache of one step; all sizes differ, and nothing is centred on zero."""
    cache = lstm.step_forward(*draw(rng, N, D, H))[2]
    dh_next, dc_next = (scale * (0.3 + rng.standard_normal((N, H))) for _ in range(2))
    return dh_next, dc_next, cache


def part(da, gate):
    """The columns of da that belong to one gate."""
    return np.split(np.asarray(da), 4, axis=1)["ifgo".index(gate)]


def compare(student, rng, gates, hint):
    for sizes in ((2, 3, 5), (4, 1, 3)):
        for scale in (1.0, 1e-9):
            args = draw_gradient(rng, *sizes, scale=scale)
            (da, dc), want = student.gate_gradients(*args), reference.gate_gradients(*args)
            expect_shape("da", da, want[0].shape, "Four blocks of H columns: `np.concatenate((…), axis=1)`.")
            for gate in gates:
                expect_close(f"da_{gate}", part(da, gate), part(want[0], gate), hint if scale == 1 else "")
            if not gates:
                expect_close("dc", dc, want[1], hint if scale == 1 else "")


@GATES.check("dc: what the old cell state gets")
def old_cell(student, rng):
    compare(
        student, rng, "", "`c_next` is moved by `c` times f. And is `d_cell` whole: both ways on which `c_next` acts?"
    )


@GATES.check("da of the forget gate and of the output gate")
def forget(student, rng):
    compare(student, rng, "fo", "The factor that stands beside the gate, then the slope of the sigmoid.")


@GATES.check("da of the input gate and of the candidate")
def written(student, rng):
    compare(student, rng, "ig", "`i * g`: each gets the other one as its factor. Which slope belongs to which?")


@GATES.check("the caller's arrays are left alone")
def untouched(student, rng):
    dh_next, dc_next, cache = draw_gradient(rng)
    got, after = student.gate_gradients.with_arguments(dh_next, dc_next, cache)
    names = "da", "dc"
    expect_any_close(by_name(names, got), by_name(names, reference.gate_gradients(dh_next, dc_next, cache)))
    hint = "`dc_next += …` changes the caller's array; `dc_next + …` makes a new one."
    expect_unchanged(("dh_next", "dc_next"), after[:2], (dh_next, dc_next), hint)
    expect_unchanged((f"{name} in the cache" for name in CACHE), after[2], cache, hint)
