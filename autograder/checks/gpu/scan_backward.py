"""The gradient of a scan: one more recurrence, from the last step to the first."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.checks.gpu.scan import draw, tensor
from autograder.compare import RTOL, by_name, expect, expect_any_close, expect_close
from autograder.spec import Exercise
from rnn_core import min_gru

BACK = ("dkeep", "dnew", "dh0")
GRADIENT = Exercise(
    "gpu-scan-backward",
    functions={"scan_backward": reference.scan_backward},
    returns={"scan_backward": BACK},
    points=3,
    minutes=20,
    difficulty=3,
    hints=(
        "What reaches h_t in all is d_t = dh_t + keep_{t+1} d_{t+1}: its own part, and what the next step hands back. "
        "Turn time round, and this is a recurrence that `run` can do.",
        "The keep of step t + 1 belongs to d_t. The last step has no next one, so what stands there does not matter: "
        "its d begins at 0. `torch.cat([torch.zeros_like(keep[:, :1]), keep.flip(1)[:, :-1]], dim=1)`.",
        "`d = run(shifted, dh.flip(1), torch.zeros_like(h0)).flip(1)`. Then `dnew` is d, `dkeep` is d times the state "
        "before the step, and `dh0` is what step 0 keeps of d_0.",
    ),
    explain="The way back through a linear recurrence is one more of its kind, from the last step to the first. So "
    "whatever runs the one, a loop, a scan or a kernel, runs the other as well.",
)


def run_of(calls):
    """What computes all states, and counts how often it is asked."""

    def run(keep, new, h0):
        calls.append(1)
        return tensor(min_gru.scan_in_turn(*map(np.asarray, (keep, new, h0))))

    return run


def compare_gradients(student, rng, names, hints, **kinds):
    for sizes in ((3, 1, 2), (2, 6, 3), (4, 7, 2)):
        keep, new, h0 = draw(rng, *sizes, **(kinds if sizes[1] > 1 else {}))
        h, dh = min_gru.scan_in_turn(keep, new, h0), 0.2 + rng.standard_normal(sizes)
        args = [tensor(a) for a in (dh, keep, h, h0)]
        got, want = (by_name(BACK, f(*args, run_of([]))) for f in (student.scan_backward, reference.scan_backward))
        for name in names:
            expect_close(name, got[name], want[name], hints[name])


HINTS = {
    "dnew": "What reaches h_t in all: dh_t, and the share that the *next* step keeps of what reaches h_{t+1}.",
    "dkeep": "keep_t stands before the state of the step before; before step 0 that is h0.",
    "dh0": "What step 0 keeps of what reaches h_0.",
}


@GRADIENT.check("dnew: what reaches every state in all")
def dnew(student, rng):
    compare_gradients(student, rng, ("dnew",), HINTS)


@GRADIENT.check("dkeep and dh0")
def the_rest(student, rng):
    compare_gradients(student, rng, ("dkeep", "dh0"), HINTS)


@GRADIENT.check("with ragged padding: what arrives there goes back to the last real state")
def masked(student, rng):
    compare_gradients(student, rng, BACK, HINTS, ragged=True)


@GRADIENT.check("against differences: each number of keep, new and h0, moved a little")
def differences(student, rng):
    keep, new, h0 = draw(rng, 1, 4, 2)
    dh, inputs = 0.2 + rng.standard_normal((1, 4, 2)), [keep, new, h0]
    h = min_gru.scan_in_turn(*inputs)
    got = by_name(BACK, student.scan_backward(*map(tensor, (dh, keep, h, h0)), run_of([])))
    for name, array in zip(BACK, inputs, strict=True):
        slope = np.zeros(array.shape)
        for at in np.ndindex(array.shape):
            was, sides = array[at], []
            for array[at] in (was - 1e-5, was + 1e-5):
                sides.append((dh * min_gru.scan_in_turn(*inputs)).sum())
            array[at], slope[at] = was, (sides[1] - sides[0]) / 2e-5
        rtol = max(1e-6, RTOL["float32"] * (np.asarray(got[name]).dtype == np.float32))
        expect_close(name, got[name], slope, HINTS[name], rtol)


@GRADIENT.check("`run` is asked once: all steps at once, and no loop")
def asked_once(student, rng):
    keep, new, h0 = draw(rng, 2, 6, 3)
    h, dh, calls = min_gru.scan_in_turn(keep, new, h0), 0.2 + rng.standard_normal((2, 6, 3)), []
    args = [tensor(a) for a in (dh, keep, h, h0)]
    got = by_name(BACK, student.scan_backward(*args, run_of(calls)))
    expect_any_close(got, by_name(BACK, reference.scan_backward(*args, run_of([]))))
    expect(
        len(calls) == 1, f"expected one call of run, got {len(calls)}. The way back is one recurrence over all steps."
    )
