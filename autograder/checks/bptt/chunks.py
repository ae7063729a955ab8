"""A text in chunks: the gradient of one, and what it leaves out."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.masked_loss import masked_cross_entropy
from autograder.checks.bptt.parts import expect_any
from autograder.compare import expect, expect_close, expect_equal
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
    "W_xh": "A character that comes twice gets both shares.",
}
NAMES = ("W_hy", "b_y", "b", "W_hh", "W_xh")


def compare_grads(got, want, names=NAMES):
    expect(isinstance(got, dict), f"grads: expected a dict from name to gradient, got {type(got).__name__}.")
    expect_equal("the names of the gradients", sorted(got), sorted(want))
    for name in names:
        expect_close(f"gradient of {name}", got[name], want[name], hint=HINTS.get(name, ""))


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
    expect(isinstance(grads, dict) and grads.keys() >= want.keys(), "grads: expected a dict with the five names.")
    expect_any(grads, want, rtol=1e-3)
    for name in ("W_xh", "W_hh", "b"):
        came = getattr(grads[name], "dtype", type(grads[name]).__name__)
        hint = "Which array on the way does not have the type of `h`? `dlogits` may be one."
        expect(came == np.float32, f"gradient of {name}: expected float32 from float32 arrays, got {came}. {hint}")


@CHUNK.check("the caller's arrays are left alone")
def untouched(student, rng):
    args = draw(rng)
    (_, grads, _), after = student.chunk_gradients.with_arguments(*args)
    want = reference.chunk_gradients(*args)[1]
    expect(isinstance(grads, dict) and grads.keys() >= want.keys(), "grads: expected a dict with the five names.")
    expect_any(grads, want)
    expect_equal("the names in params after the call", sorted(after[0]), sorted(args[0]))
    for name, p in args[0].items():
        expect_equal(f"{name} after the call", after[0][name], p, "The gradients go into a dict of their own.")
    for place, name in enumerate(("inputs", "targets", "h0"), 1):
        expect_equal(f"{name} after the call", after[place], args[place])


def chunk(
    params,
    inputs,
    targets,
    h0,
    *,
    back=True,
    before=True,
    slope=True,
    turn=True,
    repeat=True,
    where="last",
    outside=True,
    forwards=False,
    divided=lambda N, T: 1,
    recurrent_divided=lambda N, T: 1,
):
    """The gradient written out, with a switch for each slip."""
    W_xh, W_hh, W_hy = params["W_xh"], params["W_hh"], params["W_hy"]
    (N, T), H = inputs.shape, len(W_hh)
    h = np.zeros((N, T + 1, H))
    h[:, 0] = h0
    for t in range(T):
        h[:, t + 1] = np.tanh(W_xh[inputs[:, t]] + h[:, t] @ W_hh + params["b"])
    loss, dlogits = masked_cross_entropy(h[:, 1:] @ W_hy + params["b_y"], targets, np.ones((N, T), bool))
    dlogits = dlogits / divided(N, T)
    dh, da, carried = dlogits @ W_hy.T, np.zeros((N, T, H)), np.zeros((N, H))
    for t in range(T) if forwards else reversed(range(T)):
        arriving = (dh[:, t] if outside or t == T - 1 else 0) + (carried if back else 0)
        da[:, t] = arriving * (1 - h[:, t + 1] ** 2) if slope else arriving
        carried = da[:, t] @ {True: W_hh.T, False: W_hh, "none": np.eye(H)}[turn]
    da = da / recurrent_divided(N, T)
    dW_xh = np.zeros_like(W_xh)
    if repeat:
        np.add.at(dW_xh, targets if repeat == "targets" else inputs, da)
    else:
        dW_xh[inputs] += da
    read = {True: h[:, :-1], False: h[:, 1:], "zeros": np.concatenate([0 * h[:, :1], h[:, 1:-1]], axis=1)}[before]
    grads = {"W_xh": dW_xh, "W_hh": np.einsum("nti,ntj->ij", read, da), "b": da.sum(axis=(0, 1))}
    grads |= {"W_hy": np.einsum("nti,ntj->ij", h[:, 1:], dlogits), "b_y": dlogits.sum(axis=(0, 1))}
    return loss, grads, {"last": h[:, -1], "first": h[:, 1], "row": h[-1, 1:], "same": h0}[where]


def chunk_mistake(name, words, **slip):
    CHUNK.mistake(name, words, chunk_gradients=lambda *args: chunk(*args, **slip))


chunk_mistake(
    "a character that repeats is counted once",
    "`dW_xh[inputs] += da` reads, adds and writes back; where an id stands twice, one share is lost. "
    "Use `np.add.at(dW_xh, inputs, da)`, or the product of the one-hot vectors with `da`.",
    repeat=False,
)
chunk_mistake(
    "the gradient from the future is dropped",
    "Each state gets only what its own prediction says. It also acts on all later ones: carry "
    "`da @ W_hh.T` to the step before.",
    back=False,
)
chunk_mistake(
    "only the prediction at the last step is used",
    "Every step predicts a character, and every prediction sends gradient to its state: `dh[:, t] + carried`.",
    outside=False,
)
chunk_mistake(
    "dW_hh is built from the state after the step",
    "`W_hh` multiplies the state that the step reads: `h0` at step 0, `h[:, t - 1]` at step t.",
    before=False,
)
chunk_mistake(
    "dW_hh takes the state before the chunk for zero",
    "The values are carried over from the chunk before: at step 0 `W_hh` multiplied `h0`, and that is not zero.",
    before="zeros",
)
chunk_mistake(
    "W_hh is not transposed",
    "`W_hh` is square, so the product fits without a complaint. Backwards it is `da @ W_hh.T`.",
    turn=False,
)
chunk_mistake(
    "the gradient goes back without W_hh",
    "From one step to the one before the gradient passes through the recurrent weights: `carried = da[:, t] @ W_hh.T`.",
    turn="none",
)
chunk_mistake(
    "the loop runs forwards",
    "Step t needs what step t + 1 hands back: go from the last step to the first, `reversed(range(T))`.",
    forwards=True,
)
chunk_mistake(
    "W_xh gets its shares at the targets",
    "`W_xh` was read at the characters that came in. Its rows are those of `inputs`, not of `targets`.",
    repeat="targets",
)
for divisor in (lambda N, T: N * T, lambda N, T: T, lambda N, T: N):
    for which in ("divided", "recurrent_divided"):
        chunk_mistake(
            "gradients are divided a second time",
            "The loss is a mean, and `dlogits` carries 1 / (N T) already. From there on shares are only added.",
            **{which: divisor},
        )
chunk_mistake(
    "the tanh is passed without its slope",
    "Between `h[:, t]` and the weights stands a tanh: multiply by `1 - h[:, t]**2`.",
    slope=False,
)
chunk_mistake(
    "the state after the first step goes on instead of the last",
    "The next chunk continues where this one ends: `h[:, -1]`.",
    where="first",
)
chunk_mistake(
    "the states of the last row go on",
    "`h[-1]` takes the last entry of the first axis, and the sequences come first. The last step is `h[:, -1]`.",
    where="row",
)
chunk_mistake("h0 goes on unchanged", "The next chunk continues where this one ends: `h[:, -1]`.", where="same")
CHUNK.mistake(
    "the initial state is ignored",
    "`h0` is what the chunk before left. Begin with it, not with zeros.",
    chunk_gradients=lambda params, inputs, targets, h0: chunk(params, inputs, targets, 0 * h0),
)


@CHUNK.mistake(
    "the caller's parameters are replaced by the gradients",
    "`params.update(grads)` and `params[name] = …` write into the dict that the caller still holds: the weights are "
    "lost. Build a new dict.",
)
def params_updated(params, inputs, targets, h0):
    loss, grads, h_last = reference.chunk_gradients(params, inputs, targets, h0)
    params.update(grads)
    return loss, grads, h_last
