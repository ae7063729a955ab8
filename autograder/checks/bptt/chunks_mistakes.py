"""Wrong gradients of a chunk of text, known by name."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.chunks import CHUNK
from autograder.checks.bptt.masked_loss import masked_cross_entropy


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
