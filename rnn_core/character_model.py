"""A character model: the tanh cell reads a text and predicts each next character.

Source: Mikolov et al. (2010), Recurrent neural network based language model; there with words.
"""

import numpy as np

from rnn_core import rnn
from rnn_core.errors import RangeError, check_ids, check_shapes
from rnn_core.layers import output_backward, output_forward
from rnn_core.loss import cross_entropy, to_bits
from rnn_core.sequence import one_hot


def char_forward(params, ids, h0=None):
    """Score the next character after each one.

    Shapes: params as from `init.rnn_params` with D = V; ids (N, T); h0 (N, H), None for zeros.
    Units: logits in nats.
    Returns: logits (N, T, V), h (N, T, H) and the cache of `char_backward`.
    Raises: ShapeError; DtypeError, RangeError for ids that are not whole numbers from 0 to V - 1.
    """
    check_shapes(ids=(ids, ("N", "T")), W_xh=(params["W_xh"], ("V", "H")))
    (V, H), N = params["W_xh"].shape, len(ids)
    check_shapes(b=(params["b"], (H,)))
    h0 = np.zeros((N, H), params["W_hh"].dtype) if h0 is None else h0
    a = params["W_xh"][check_ids("ids", ids, V)] + params["b"]  # one_hot @ W_xh picks a row of W_xh
    h, recurrence = rnn.unroll(a, h0, params["W_hh"])
    logits, output = output_forward(h, params["W_hy"], params["b_y"])
    return logits, h, (ids, V, recurrence, output)


def char_backward(dlogits, cache):
    """The exact gradient of `char_forward`, with h0 taken as given (truncated backpropagation).

    Shapes: dlogits (N, T, V). Returns: dict of gradients with the names of the parameters.
    """
    ids, V, recurrence, output = cache
    dh, dW_hy, db_y = output_backward(dlogits, output)
    da, _, dW_hh = rnn.unroll_backward(dh, recurrence)
    da = da.reshape(-1, da.shape[-1])  # (N T, H)
    dW_xh = one_hot(np.ravel(ids), V, da.dtype).T @ da
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b": da.sum(axis=0), "W_hy": dW_hy, "b_y": db_y}


def char_loss_and_grads(params, batch, state=None):
    """One training step's worth: loss and gradients over a chunk, and the state for the next chunk.

    Shapes: batch is inputs (N, T), targets (N, T); state (N, H), None at the start of a text.
    Units: loss in nats a character.
    Returns: loss (a float), gradients by the parameters' names, state (N, H).
    Raises: as for `char_forward`.
    """
    inputs, targets = batch
    logits, h, cache = char_forward(params, inputs, state)
    loss, dlogits = cross_entropy(logits, targets)
    return loss, char_backward(dlogits, cache), h[:, -1]


def char_step(params, ids, h):
    """One step for `decode.generate`, as `partial(char_step, params)`.

    Shapes: ids (N,); h (N, H), None at the start of a text.
    Returns: logits (N, V), the next h (N, H).
    """
    logits, h, _ = char_forward(params, np.asarray(ids)[:, None], h)
    return logits[:, 0], h[:, -1]


def evaluate_bits(params, ids, T=1000):
    """Score a text, read once from start to end with the state carried along.

    Shapes: ids (L,); T is the number of steps held in memory, and does not change the result.
    Returns: bits a character (a float), the mean over all characters but the first.
    Raises: RangeError for a text of fewer than two characters.
    """
    check_shapes(ids=(ids, ("L",)))
    if len(ids) < 2:
        raise RangeError(f"ids: expected at least 2, got {len(ids)}")
    ids, h, total = np.asarray(ids)[None], None, 0.0
    for t in range(0, ids.shape[1] - 1, T):
        targets = ids[:, t + 1 : t + T + 1]
        logits, h, _ = char_forward(params, ids[:, t : t + targets.shape[1]], h)
        total += cross_entropy(logits, targets)[0] * targets.size
        h = h[:, -1]
    return to_bits(total / (ids.shape[1] - 1))
