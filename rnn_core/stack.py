"""Several recurrent layers: each reads the states of the one below, with dropout in between.

The conventions are those of torch.nn.LSTM. Source of dropout between the layers, and not from step to step:
Zaremba, Sutskever & Vinyals (2014), Recurrent neural network regularization.
"""

import numpy as np

from rnn_core.both_ways import both_backward, both_forward
from rnn_core.cells import cell_backward, cell_forward, cell_params, prefixed, under
from rnn_core.dropout import dropout_backward, dropout_forward
from rnn_core.errors import NameMismatchError, ShapeError


def stack_params(rng, cell, D, H, layers=1, both=False, dtype=np.float64):
    """Start a stack: the parameters of each layer under `layer1.`, `layer2.` and so on.

    With `both` every layer has a second cell under `layer1.back.`, and the next one reads 2H numbers.

    Returns: dict of arrays of type `dtype`.
    """
    params = {}
    for layer in range(1, layers + 1):
        for way in ("", "back.")[: 1 + both]:
            params |= prefixed(f"layer{layer}.{way}", cell_params(rng, cell, D, H, dtype))
        D = 2 * H if both else H
    return params


def stack_forward(cell, params, x, state0=None, mask=None, share=0.0, rng=None):
    """Run all layers over a batch of sequences.

    Shapes: params as from `stack_params`; x (N, T, D); mask (N, T) of 0 and 1; state0, None for zeros, a
        tuple with an entry for each layer: the cell's state, or a pair of states, ahead and back.
    Units: share is the part of its inputs that a layer above the first does not see; none are lost
        while rng is None.
    Returns: h of the last layer, (N, T, H) or (N, T, 2H), the last states (in the form of state0) and the
        cache of `stack_backward`.
    Raises: ShapeError, naming the first array that does not fit; RangeError for a wrong mask or share;
        NameMismatchError for params without a layer.
    """
    layers = _layers(params)
    if state0 is not None and len(state0) != len(layers):
        raise ShapeError(f"state0: expected the states of {len(layers)} layers, got {len(state0)}")
    h, dropped, states, caches = x, None, [], []
    for l, weights in enumerate(layers):
        if l > 0:
            h, dropped = dropout_forward(h, share, rng)
        run = both_forward if under(weights, "back.") else cell_forward
        h, state, cache = run(cell, weights, h, state0 and state0[l], mask)
        states.append(state)
        caches.append((both_backward if run is both_forward else cell_backward, cache, dropped))
    return h, tuple(states), caches


def stack_backward(dh, dstate, cache):
    """The exact gradient of `stack_forward`, through the numbers that were not dropped.

    Shapes: dh as h; dstate, from the last states, in their form, or None.
    Returns: dx (N, T, D), dstate0 (in the form of state0) and a dict of gradients by name.
    Raises: ShapeError if dh or dstate do not fit.
    """
    if dstate is not None and len(dstate) != len(cache):
        raise ShapeError(f"dstate: expected the states of {len(cache)} layers, got {len(dstate)}")
    dstates, grads = [], {}
    for l in reversed(range(len(cache))):
        run_back, layer, dropped = cache[l]
        dh, dstate0, layer_grads = run_back(dh, dstate and dstate[l], layer)
        dstates.append(dstate0)
        grads |= prefixed(f"layer{l + 1}.", layer_grads)
        if l > 0:
            dh = dropout_backward(dh, dropped)
    return dh, tuple(reversed(dstates)), grads


def _layers(params):
    """The parameters of `layer1.`, `layer2.` and so on, as many as there are."""
    layers = []
    while weights := under(params, f"layer{len(layers) + 1}."):
        layers.append(weights)
    if not layers:
        raise NameMismatchError(f"params: expected names that begin with layer1., got {', '.join(params) or 'none'}")
    return layers
