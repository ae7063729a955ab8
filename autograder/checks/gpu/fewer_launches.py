"""An LSTM on a device that counts: one product for the inputs of all steps, two launches a step."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.compare import expect, expect_close
from autograder.spec import Exercise
from rnn_core import lstm
from rnn_core.simulated_gpu import SimulatedGPU

FEWER = Exercise(
    "gpu-fewer-launches",
    functions={"lstm_on_device": reference.lstm_on_device},
    returns={"lstm_on_device": ("h", "c")},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "Which product needs no state? It can be taken for all steps before the first one: its result is an array "
        "(T, N, 4H), of which `step_of(u, t)` is the part of step t.",
        'The bias is the same at every step. Added to that array, it costs one launch: `launch("add", u, b)`.',
        'In the loop: `p = launch("product", h, W_hh)`, then `h, c = launch("gates", step_of(u, t), p, c)`, and h goes '
        "to the end of a list.",
    ),
    explain="Of a step only the product with the state has to wait for the step before. All else is taken out of the "
    "loop, or goes into the one operation that follows the product. What is left is two launches a step.",
)
SIZES = (3, 5, 2, 4), (2, 1, 3, 5), (4, 7, 5, 3)  # N, T, D, H


def draw(rng, N, T, D, H):
    """x (N, T, D), h, c, W_xh, W_hh, b; the states at the start are not zero."""
    shapes = (N, T, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)
    return [0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes]


def run(student, rng, sizes):
    """The student's h and c as names, the device, the right h (N, T, H) and c (N, T, H)."""
    x, *rest = draw(rng, *sizes)
    gpu, T = SimulatedGPU(), sizes[1]
    names = [gpu.put(a) for a in (x.transpose(1, 0, 2), *rest)]
    h, c = student.lstm_on_device(gpu.launch, gpu.step_of, T, *names)
    right_h, right_c, _ = lstm.forward(x, *rest)
    return h, c, gpu, right_h, right_c


def read(gpu, what, name):
    expect(
        isinstance(name, str) and name in gpu.arrays,
        f"{what}: expected the name of an array on the device, got {str(name)[:60]!r}.",
    )
    return gpu.read(name)


def compare_states(gpu, h, right):
    N, T, H = right.shape
    expect(
        isinstance(h, list | tuple) and len(h) == T,
        f"h: expected a list of {T} names, one for each step, got "
        f"{f'{len(h)} of them' if isinstance(h, list | tuple) else repr(h)[:60]}.",
    )
    got = np.stack([as_state(read(gpu, f"h[{t}]", name), t, (N, H)) for t, name in enumerate(h)], axis=1)
    expect_close("h", got, right, "Does each step read the state of the step before, and its own part of the inputs?")


def as_state(array, t, shape):
    expect(array.shape == shape, f"h[{t}]: expected an array of shape {shape}, got {array.shape}.")
    return array


def told(gpu):
    """What was launched, in words."""
    return ", ".join(f"{count} {operation}" for operation, count in gpu.launches.most_common()) or "none"


@FEWER.check("h after every step agrees with the reference")
def states(student, rng):
    for sizes in SIZES:
        h, _, gpu, right, _ = run(student, rng, sizes)
        compare_states(gpu, h, right)


@FEWER.check("c is that of the last step")
def last_cell(student, rng):
    for sizes in SIZES:
        _, c, gpu, _, right = run(student, rng, sizes)
        expect_close("c", read(gpu, "c", c), right[:, -1], "The second of the two results of the last `gates`.")


@FEWER.check("one product for the inputs of all steps: T + 1 products in all")
def products(student, rng):
    for sizes in SIZES:
        h, _, gpu, right, _ = run(student, rng, sizes)
        compare_states(gpu, h, right)
        T, count = sizes[1], gpu.launches["product"]
        expect(
            count <= T + 1,
            f"T = {T}: expected at most {T + 1} products, got {count}. Launched: {told(gpu)}. Which product does not "
            "need the state?",
        )


@FEWER.check("at most 2 T + 2 launches")
def launches(student, rng):
    for sizes in SIZES:
        h, _, gpu, right, _ = run(student, rng, sizes)
        compare_states(gpu, h, right)
        T, count = sizes[1], gpu.launches.total()
        expect(
            count <= 2 * T + 2,
            f"T = {T}: expected at most {2 * T + 2} launches, got {count}: {told(gpu)}. What in the loop does not "
            "change from step to step?",
        )
