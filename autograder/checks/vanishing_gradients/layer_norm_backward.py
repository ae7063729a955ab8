"""Layer normalisation, backwards: its second half first, then the whole."""

import numpy as np

from autograder.checks.vanishing_gradients import reference
from autograder.checks.vanishing_gradients.layer_norm import draw
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core.normalisation import layer_norm_backward, layer_norm_forward

RMS = Exercise(
    "vanish-rms-backward",
    functions={"rms_backward": reference.rms_backward},
    returns={"rms_backward": ("du",)},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "The first way, past the scale, is given: `scale * dnormal`. The second way goes through the scale, and takes "
        "something away.",
        "For each row one number: the mean of `dnormal * normal` over the units, as (N, 1).",
        "`scale * dnormal - scale * normal * (dnormal * normal).mean(axis=-1, keepdims=True)`",
    ),
    explain="If a row gets longer, the division takes it back: a gradient that only asks for a longer row moves "
    "nothing. That is the part along `normal`, and it is subtracted.",
)

NAMES = ("da", "dgain", "db")

BACKWARD = Exercise(
    "vanish-layer-norm-backward",
    functions={"layer_norm_backward": layer_norm_backward},
    returns={"layer_norm_backward": NAMES},
    lends={"rms_backward": reference.rms_backward},
    points=3,
    minutes=20,
    difficulty=3,
    hints=(
        "Go through the lines of the forward pass from the last to the first: the shift, the gain, the division, the "
        "mean. `db` and `dgain` add up the rows, as the bias of every layer did.",
        "`dnormal = dy * gain`; then `rms_backward(dnormal, normal, scale)` is the gradient at the centred row.",
        "At last the mean, as in the worked example: subtract from each row its own mean.",
        "`dgain = (dy * normal).sum(axis=0)`, `db = dy.sum(axis=0)`, `du = rms_backward(dy * gain, normal, scale)`, "
        "`da = du - du.mean(axis=-1, keepdims=True)`.",
    ),
    explain="Two things are lost on the way forwards, the mean and the length of a row. So two things are taken out of "
    "the gradient on the way back: its mean over the row, and its part along the row.",
)


def draw_backward(rng, N, H, scale=1.0):
    """dy and the cache (normal, scale, gain) of a layer normalisation."""
    a, gain, b = draw(rng, N, H)
    return scale * (0.3 + rng.standard_normal((N, H))), layer_norm_forward(a, gain, b)[1]


def draw_rms(rng, N, H):
    """dnormal, normal and scale; here the rows are not centred."""
    u = 0.8 + rng.uniform(0.5, 2, (N, 1)) * rng.standard_normal((N, H))
    scale = 1 / np.sqrt((u**2).mean(axis=-1, keepdims=True) + 0.1)
    return 0.3 + rng.standard_normal((N, H)), u * scale, scale


@RMS.check("du agrees with the reference")
def values(student, rng):
    for N, H in ((2, 4), (3, 5)):
        args = draw_rms(rng, N, H)
        hint = "Two ways lead from u to the result: directly, and through the scale. Both count."
        expect_close("du", student.rms_backward(*args), reference.rms_backward(*args), hint)


@RMS.check("asking for a longer row moves nothing")
def longer(student, rng):
    u = 0.5 + rng.standard_normal((3, 6))
    scale = 1 / np.sqrt((u**2).mean(axis=-1, keepdims=True))
    normal, (dnormal, _, _) = u * scale, draw_rms(rng, 3, 6)
    hint = "`2 * normal` was added to `dnormal`. What asks for a longer row is divided away again: du is as without it."
    du = student.rms_backward(dnormal + 2 * normal, normal, scale)
    expect_close("du", du, reference.rms_backward(dnormal, normal, scale), hint)


@RMS.check("du agrees with differences of the loss, and the caller's arrays are left alone")
def differences(student, rng):
    N, H, eps = 3, 4, 0.2
    u, R = 0.7 + rng.standard_normal((N, H)), 0.2 + rng.standard_normal((N, H))

    def scaled(u):
        scale = 1 / np.sqrt((u**2).mean(axis=-1, keepdims=True) + eps)
        return u * scale, scale

    du, after = student.rms_backward.with_arguments(R, *scaled(u))
    measured = np.zeros((N, H))
    for place in np.ndindex(N, H):
        nudge = np.zeros((N, H))
        nudge[place] = 1e-5
        measured[place] = np.sum(R * (scaled(u + nudge)[0] - scaled(u - nudge)[0])) / 2e-5
    expect_close("du", du, measured, "Measured by nudging each number of u.", rtol=2e-4)
    expect_unchanged(("dnormal", "normal", "scale"), after, (R, *scaled(u)))


def both(student, dy, cache):
    return (by_name(NAMES, f(dy, cache)) for f in (student.layer_norm_backward, layer_norm_backward))


@BACKWARD.check("da: what goes back to the sums")
def back(student, rng):
    for N, H, size in ((3, 5, 1.0), (2, 4, 1e-9)):
        hint = "Is the mean taken out, and the part along the row?" if size == 1 else "Here `dy` is tiny."
        expect_all_close(("da",), *both(student, *draw_backward(rng, N, H, size)), hint)


@BACKWARD.check("dgain and db: sums over the rows")
def weights(student, rng):
    for N, H in ((3, 5), (4, 2)):
        hint = "One number for each unit: every row uses the same gain and shift."
        expect_all_close(("dgain", "db"), *both(student, *draw_backward(rng, N, H)), hint)


@BACKWARD.check("each row for itself")
def rows(student, rng):
    dy, (normal, scale, gain) = draw_backward(rng, 4, 5)
    dy[1:] = 0
    hint = "Only the first row of `dy` is not zero. So `da` is zero in all other rows: no row depends on another."
    expect_all_close(("da", "db"), *both(student, dy, (normal, scale, gain)), hint)


@BACKWARD.check("the caller's arrays are left alone")
def untouched(student, rng):
    dy, cache = draw_backward(rng, 3, 4)
    got, (dy_after, cache_after) = student.layer_norm_backward.with_arguments(dy, cache)
    expect_any_close(by_name(NAMES, got), by_name(NAMES, layer_norm_backward(dy, cache)))
    expect_unchanged(("dy",), (dy_after,), (dy,), "`dy *= …` changes the caller's array.")
    expect_unchanged((f"{name} in the cache" for name in ("normal", "scale", "gain")), cache_after, cache)
