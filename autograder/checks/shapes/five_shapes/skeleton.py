"""One net in four shapes: what goes in at which step, and which outputs count."""

import numpy as np

from autograder.checks.shapes.five_shapes import reference
from autograder.compare import expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core.init import rnn_params

SHAPES = "one-to-one", "one-to-many", "many-to-one", "aligned many-to-many"
SKELETON = Exercise(
    "shape-skeleton",
    functions={"shaped_outputs": reference.shaped_outputs},
    returns={"shaped_outputs": ("y",)},
    lends={"last_real": reference.last_real},
    points=4,
    minutes=20,
    difficulty=2,
    hints=(
        "The cell and the output layer are the same in all four. Two things differ: what is handed to `run_cell`, and "
        "which states go into the output layer.",
        "One-to-many: the input of step 0, and zeros at the steps after it. `np.zeros_like(x)` has the right shape; "
        "write `x[:, 0]` into its first step.",
        "Many-to-one: `last_real(h, mask)` gives (N, H), and the output layer makes (N, V) of it.",
        "Aligned many-to-many: outputs of all steps, times `mask[..., None]`. The bias of the output layer would "
        "otherwise stand in the padding.",
    ),
    explain="The weights know nothing of the shape. A shape is a choice of what goes in at which step, and of which "
    "outputs are looked at; the loss then sends gradient back from these.",
)
HINTS = {
    "one-to-one": "One step of the cell from a state of zeros, then the output layer.",
    "one-to-many": "The first input goes in at step 0, zeros go in at all later steps, and there is an output at every "
    "step.",
    "many-to-one": "The output layer at each row's last real step; `last_real` finds it.",
    "aligned many-to-many": "An output at every real step, and exactly 0 at the padding.",
}


def draw(rng, N=4, T=5, D=3, H=6, V=2):
    """x, a mask with a full row, an empty one and ragged ones, and a dict of weights without zeros."""
    params = {name: p + 0.2 * rng.standard_normal(p.shape) for name, p in rnn_params(rng, D, H, V).items()}
    params["b_y"] += 0.5
    lengths = rng.permutation([0, T, *rng.integers(2, T - 1, N - 2)])
    return 0.2 + rng.standard_normal((N, T, D)), np.arange(T) < lengths[:, None], params


def compare(student, rng, shape):
    for sizes in ((4, 5, 3, 6, 2), (5, 6, 2, 4, 3)):
        args = shape, *draw(rng, *sizes)
        expect_close(f"y, {shape}", student.shaped_outputs(*args), reference.shaped_outputs(*args), HINTS[shape])


@SKELETON.check("one input: one-to-one and one-to-many")
def one_input(student, rng):
    compare(student, rng, "one-to-many")
    compare(student, rng, "one-to-one")


@SKELETON.check("many-to-one: each row's last real step")
def to_one(student, rng):
    compare(student, rng, "many-to-one")


@SKELETON.check("aligned many-to-many: every real step, zeros at the padding")
def aligned(student, rng):
    compare(student, rng, "aligned many-to-many")


@SKELETON.check("the caller's arrays are left alone")
def untouched(student, rng):
    x, mask, params = draw(rng)
    got, want = {}, {}
    for shape in SHAPES[1:]:
        y, after = student.shaped_outputs.with_arguments(shape, x, mask, params)
        got[f"y, {shape}"], want[f"y, {shape}"] = y, reference.shaped_outputs(shape, x, mask, params)
        expect_unchanged(("x", "mask"), after[1:3], (x, mask), "`x[:, 1:] = 0` changes the caller's array.")
    expect_any_close(got, want)
