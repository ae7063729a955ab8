"""Both directions: one cell reads each row from its first step, another from its last real one."""

import numpy as np

from autograder.checks.shapes.depth_and_direction import reference
from autograder.checks.shapes.depth_and_direction.two_layers import draw_layer
from autograder.compare import expect_close, expect_finite, expect_shape, expect_unchanged
from autograder.spec import Exercise

BOTH = Exercise(
    "deep-both-ways",
    functions={"both_ways_forward": reference.both_ways_forward},
    returns={"both_ways_forward": ("h", "last")},
    lends={"reverse_rows": reference.reverse_rows},
    points=4,
    minutes=25,
    difficulty=3,
    hints=(
        "Two runs of `layer_forward`, with different weights and different initial states. What does each read?",
        "The mask says which steps are real: `np.arange(T) < lengths[:, None]`. After `reverse_rows` the real steps "
        "stand first again, so both runs take the same mask.",
        "What comes back from the second run is in the order in which it read. Turn it round again with "
        "`reverse_rows`, so that both halves of `h[:, t]` belong to step t.",
        "`last` is what each has when it has read everything: the last column of each run *before* anything is turned "
        "round again. With a mask, `h_ahead[:, -1]` and `h_back[:, -1]` are the last real states.",
    ),
    explain="Reverse, run, reverse again, put side by side. The state of the backward run that has read everything "
    "belongs to step 0.",
)
HINTS = {
    "ahead": "The first H numbers of h: the run from the first step, `ahead`.",
    "back": "The last H numbers of h: the run from the last real step, turned round again.",
    "last": "What each run has when it has read everything: last real step ahead, first step back.",
}


def draw(rng, N=4, T=6, D=3, H=5, lengths=None):
    """x with wild padding, lengths with an empty, a short and a full row, h0 a pair, ahead, back."""
    if lengths is None:
        lengths = rng.permutation([0, 2, T, *rng.integers(3, T, N - 3)])
    real = np.arange(T) < lengths[:, None]
    x = np.where(real[:, :, None], 0.2 + 0.7 * rng.standard_normal((N, T, D)), 30 * rng.standard_normal((N, T, D)))
    h0 = tuple(np.tanh(0.3 + rng.standard_normal((N, H))) for _ in range(2))
    return x, lengths, h0, draw_layer(rng, D, H), draw_layer(rng, D, H)


def compare(student, args, names):
    """Compare halves of h at the real steps, or last; what stands in h at the padding is free."""
    x, lengths, H = args[0], args[1], args[2][0].shape[1]
    got, want = student.both_ways_forward(*args), reference.both_ways_forward(*args)
    for name, theirs, ours in zip(("h", "last"), got, want, strict=True):
        if name == "last" and name not in names:
            continue
        expect_shape(name, theirs, ours.shape, "Both halves side by side: 2H numbers.")
    real = (np.arange(x.shape[1]) < lengths[:, None])[:, :, None]
    h, ours = (np.where(real, np.asarray(states), 0) for states in (got[0], want[0]))
    for name, half in (("ahead", slice(0, H)), ("back", slice(H, 2 * H))):
        if name in names:
            expect_close(f"h (the half {name})", h[..., half], ours[..., half], HINTS[name])
    if "last" in names:
        expect_finite("last", got[1])
        expect_close("last", got[1], want[1], HINTS["last"])


@BOTH.check("rows of equal length: the half ahead")
def plain_ahead(student, rng):
    compare(student, draw(rng, 3, 4, 2, 5, np.full(3, 4)), ("ahead",))


@BOTH.check("rows of equal length: the half back")
def plain_back(student, rng):
    compare(student, draw(rng, 3, 5, 4, 4, np.full(3, 5)), ("back",))


@BOTH.check("ragged rows: both halves at every real step")
def ragged(student, rng):
    compare(student, draw(rng), ("ahead", "back"))
    compare(student, draw(rng, 5, 7, 4, 3), ("ahead", "back"))


@BOTH.check("last: what each has when it has read everything")
def ends(student, rng):
    compare(student, draw(rng, 3, 5, 2, 4, np.full(3, 5)), ("last",))
    compare(student, draw(rng), ("last",))


@BOTH.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (h, _), after = student.both_ways_forward.with_arguments(*args)
    want = reference.both_ways_forward(*args)[0]
    expect_shape("h", h, want.shape)
    full, H = args[1] == args[0].shape[1], args[2][0].shape[1]  # a row without padding, which `draw` always has
    expect_close("h of the full row (the half ahead)", np.asarray(h)[full][..., :H], want[full][..., :H])
    expect_unchanged(("x", "lengths"), after[:2], args[:2], "Turn a copy round, not the caller's array.")
