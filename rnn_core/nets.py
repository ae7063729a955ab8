"""A net of recurrent layers and an output layer, read at every step or after the last one.

The cell is any of `cells`; the parameters are those of `stack` with W_hy and b_y beside them.
"""

import numpy as np

from rnn_core.cells import under
from rnn_core.errors import RangeError, check_ids
from rnn_core.init import glorot
from rnn_core.layers import output_backward, output_forward
from rnn_core.loss import cross_entropy
from rnn_core.sequence import one_hot
from rnn_core.stack import stack_backward, stack_forward, stack_params


def net_params(rng, cell, D, H, V, layers=1, both=False, dtype=np.float64):
    """Start a net: its cells under `layer1.` and so on, as `stack_params` starts them, and an output layer.

    Shapes: W_hy (H, V), with `both` (2H, V); b_y (V,). Returns: dict of arrays of type `dtype`.
    """
    output = {"W_hy": glorot(rng, 2 * H if both else H, V).astype(dtype), "b_y": np.zeros(V, dtype)}
    return stack_params(rng, cell, D, H, layers, both, dtype) | output


def net_forward(cell, params, x, state=None, mask=None, last=False):
    """Score every step, or with `last` the last real step alone.

    Shapes: x (N, T, D), or ids (N, T) of D kinds; state as for `stack_forward`, None for zeros; mask (N, T)
        of 0 and 1, real steps first.
    Units: y has those of the loss: logits in nats, or what is to be foretold.
    Returns: y (N, T, V), with `last` (N, V), the last states and the cache of `net_backward`.
    Raises: RangeError for sequences without steps; as `stack_forward`.
    """
    x = np.asarray(x)
    if x.ndim == 2:
        D = params["layer1.W_xh"].shape[0]
        x = one_hot(check_ids("x", x, D), D, params["W_hy"].dtype)
    h, state, stack = stack_forward(cell, params, x, state, mask)
    if last and under(params, "layer1.back."):
        raise RangeError("last: expected layers that run ahead only, got layers that run both ways")
    seen = h[:, -1] if last else h  # a finished row keeps its state: the last column is its last real step
    y, output = output_forward(seen, params["W_hy"], params["b_y"])
    return y, state, (h.shape, stack, output, last)


def net_backward(dy, cache):
    """The exact gradient of `net_forward`, with the first states taken as given (truncated backpropagation).

    Shapes: dy as y. Returns: dict of gradients with the names of the parameters.
    """
    shape, stack, output, last = cache
    dseen, dW_hy, db_y = output_backward(dy, output)
    dh = dseen
    if last:
        dh = np.zeros(shape, dseen.dtype)
        dh[:, -1] = dseen
    _, _, grads = stack_backward(dh, None, stack)
    return grads | {"W_hy": dW_hy, "b_y": db_y}


def every_step(cell, params, batch, state=None, loss=cross_entropy):
    """One training step's worth where each step has a target: loss, gradients, and the state to carry over.

    Shapes: batch is x (as for `net_forward`), targets (N, T) and, if rows differ in length, mask (N, T).
    Units: loss in those of `loss(y, targets, mask)`.
    Returns: loss (a float), gradients by the parameters' names, the last states.
    """
    x, targets, mask = (*batch, None)[:3]
    y, state, cache = net_forward(cell, params, x, state, mask)
    value, dy = loss(y, targets, mask)
    return value, net_backward(dy, cache), state


def last_step(cell, params, batch, state=None, loss=cross_entropy):
    """One training step's worth where a sequence has one target, read off its last real step.

    Shapes: batch is x (as for `net_forward`), targets (N,), for `squared_error` (N, V), and, if rows differ in
        length, mask (N, T). The state is not carried from batch to batch.
    Returns: loss (a float), gradients by the parameters' names, None.
    """
    x, targets, mask = (*batch, None)[:3]
    y, _, cache = net_forward(cell, params, x, None, mask, last=True)
    value, dy = loss(y, targets)
    return value, net_backward(dy, cache), None
