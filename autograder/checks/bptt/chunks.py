"""A text in chunks: the gradient of one, and what it leaves out."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.masked_loss import masked_cross_entropy
from autograder.compare import expect, expect_all_close, expect_any_close, expect_close, expect_names, expect_unchanged
from autograder.spec import Exercise
from rnn_core.init import rnn_params

CHUNK = Exercise(
    "bptt-chunk",
    functions={"chunk_gradients": reference.chunk_gradients},
    returns={"chunk_gradients": ("loss", "grads", "h_last")},
    lends={"masked_cross_entropy": masked_cross_entropy},
    points=5,
    minutes=30,
    difficulty=3,
    hints=(
        "Two parts: the output layer for all steps at once, then the loop back through time.",
        "`dh = dlogits @ W_hy.T` has shape (N, T, H). For `dW_hy` put all positions below each other: "
        "`h.reshape(N * T, H).T @ dlogits.reshape(N * T, V)`.",
        "In the loop: `da[:, t] = (dh[:, t] + carried) * (1 - h[:, t]**2)`, then `carried = da[:, t] @ W_hh.T`. The "
        "state before step 0 is `h0`, before step t it is `h[:, t - 1]`.",
        "`np.add.at(dW_xh, inputs, da)` adds the row of each position to the row of its character. "
        "`dW_xh[inputs] += da` would count a character that comes twice only once.",
    ),
    explain="The product of a one-hot vector with `W_xh` picks a row, so the gradient goes to that row; a character "
    "that comes several times collects several shares. The gradient stops at `h0`: the chunk before is not touched.",
)


def draw(rng, N=2, T=6, H=4, V=5):
    """params, inputs, targets, h0: all sizes differ, a character comes more than once, h0 is not zero."""
    params = rnn_params(rng, V, H, V)
    params = {name: p + 0.2 * rng.standard_normal(p.shape) for name, p in params.items()}
    ids = rng.integers(0, V, (N, T + 1))
    ids[:, T // 2] = ids[:, 0]
    return params, ids[:, :-1], ids[:, 1:], np.tanh(0.3 + rng.standard_normal((N, H)))


HINTS = {
    "W_hh": "At step t the state that was read is the one before it; at step 0 it is h0.",
    "W_xh": "Each share goes to the row of its character, and one that comes twice gets both.",
}
NAMES = ("W_hy", "b_y", "b", "W_hh", "W_xh")


def compare_grads(got, want, names=NAMES):
    expect_names("grads", got, want)
    expect_all_close(names, got, want, HINTS)


def expect_any_right(grads, want, rtol=None):
    expect(isinstance(grads, dict) and grads.keys() >= want.keys(), "grads: expected a dict with the five names.")
    expect_any_close(grads, want, rtol=rtol)


def some_grads(student, rng, names):
    """Compare some of the gradients: two sizes, a single character, one character over and over."""
    params, inputs, targets, h0 = draw(rng)
    again = params, np.full_like(inputs, 3), targets, h0
    for args in (draw(rng), draw(rng, 3, 4, 2, 7), draw(rng, T=1), again):
        compare_grads(student.chunk_gradients(*args)[1], reference.chunk_gradients(*args)[1], names)


@CHUNK.check("loss and h_last: two chunks read what one long chunk reads")
def carried(student, rng):
    params, inputs, targets, h = draw(rng)
    ours = h
    for name, part in (("the first chunk", slice(0, 3)), ("the second chunk", slice(3, 6))):
        loss, _, h = student.chunk_gradients(params, inputs[:, part], targets[:, part], h)
        want, _, ours = reference.chunk_gradients(params, inputs[:, part], targets[:, part], ours)
        expect_close(f"loss of {name}", loss, want)
        expect_close(f"h_last of {name}", h, ours, hint="The state after the last step of the chunk.")


@CHUNK.check("W_hy and b_y: the gradient of the output layer")
def output(student, rng):
    some_grads(student, rng, ("W_hy", "b_y"))


@CHUNK.check("W_hh and b: back through time")
def recurrent(student, rng):
    some_grads(student, rng, ("b", "W_hh"))


@CHUNK.check("W_xh: a character that repeats collects all its shares")
def characters(student, rng):
    some_grads(student, rng, ("W_xh",))


@CHUNK.check("float32 stays float32", replay=False)
def dtype(student, rng):
    params, inputs, targets, h0 = draw(rng)
    want = reference.chunk_gradients(params, inputs, targets, h0)[1]
    params = {name: p.astype(np.float32) for name, p in params.items()}
    _, grads, _ = student.chunk_gradients(params, inputs, targets, h0.astype(np.float32))
    expect_any_right(grads, want, rtol=1e-3)
    for name in ("W_xh", "W_hh", "b"):
        came = getattr(grads[name], "dtype", type(grads[name]).__name__)
        hint = "Which array on the way does not have the type of `h`? `dlogits` may be one."
        expect(came == np.float32, f"gradient of {name}: expected float32 from float32 arrays, got {came}. {hint}")


@CHUNK.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (_, grads, _), after = student.chunk_gradients.with_arguments(*args)
    want = reference.chunk_gradients(*args)[1]
    expect_any_right(grads, want)
    expect_names("params after the call", after[0], args[0])
    now = [after[0][name] for name in args[0]]
    expect_unchanged(args[0], now, args[0].values(), "The gradients go into a dict of their own.")
    expect_unchanged(("inputs", "targets", "h0"), after[1:], args[1:])
