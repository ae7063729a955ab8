"""The references of this notebook that have no twin in `rnn_core`, with small sizes and the equations in order."""

import numpy as np

ARRAYS = "W_xh", "W_hh", "b"


def layer_forward(x, h0, weights, mask=None):
    """One recurrent layer over all steps: x (N, T, D), h0 (N, H) -> h (N, T, H); at padding the state is kept."""
    h, states = h0, []
    for t in range(x.shape[1]):
        candidate = np.tanh(x[:, t] @ weights["W_xh"] + h @ weights["W_hh"] + weights["b"])
        h = candidate if mask is None else np.where(mask[:, t, None], candidate, h)
        states.append(h)
    return np.stack(states, axis=1)


def two_layers_forward(x, h0, layer1, layer2):
    """Layer 2 reads the states of layer 1: h1 (N, T, H1), h2 (N, T, H2)."""
    h1 = layer_forward(x, h0[0], layer1)
    h2 = layer_forward(h1, h0[1], layer2)
    return h1, h2


def two_layers_backward(dh2, x, h0, h1, h2, layer1, layer2):
    """Back through both layers, from the last step: dx, dh0 (a pair), and a dict of gradients for each layer."""
    dx, carried1, carried2 = np.zeros_like(x), np.zeros_like(h0[0]), np.zeros_like(h0[1])
    grads1, grads2 = ({name: np.zeros_like(weights[name]) for name in ARRAYS} for weights in (layer1, layer2))
    for t in reversed(range(x.shape[1])):
        before1, before2 = (h1[:, t - 1], h2[:, t - 1]) if t > 0 else h0
        da2 = (dh2[:, t] + carried2) * (1 - h2[:, t] ** 2)
        below = da2 @ layer2["W_xh"].T  # what layer 2 sends down to h1 at this step
        carried2 = da2 @ layer2["W_hh"].T
        add_shares(grads2, h1[:, t], before2, da2)
        da1 = (below + carried1) * (1 - h1[:, t] ** 2)
        dx[:, t] = da1 @ layer1["W_xh"].T
        carried1 = da1 @ layer1["W_hh"].T
        add_shares(grads1, x[:, t], before1, da1)
    return dx, (carried1, carried2), grads1, grads2


def add_shares(grads, read, before, da):
    """Add one step's shares of a layer that read `read` and the state `before`."""
    grads["W_xh"] += read.T @ da
    grads["W_hh"] += before.T @ da
    grads["b"] += da.sum(axis=0)


def net_size(D, H, V, layers):
    """The number of parameters of a stack of tanh layers with H units each, and its output layer."""
    first = D * H + H * H + H
    above = H * H + H * H + H  # it reads the H states of the layer below
    return first + (layers - 1) * above + H * V + V


def units_for(budget, D, V, layers):
    """The largest H of at least 1 with at most `budget` parameters; 0 where even one unit is too many."""
    H = 0
    while net_size(D, H + 1, V, layers) <= budget:
        H += 1
    return H


def reverse_rows(x, lengths):
    """Turn each row round within its own length; the padding stays behind, as it is."""
    turned = x.copy()
    for n, length in enumerate(lengths):
        turned[n, :length] = x[n, :length][::-1]
    return turned


def both_ways_forward(x, lengths, h0, ahead, back):
    """Two cells, one from each end: h (N, T, 2H), and last (N, 2H), what each has when it has read everything."""
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    h_ahead = layer_forward(x, h0[0], ahead, mask)
    h_back = layer_forward(reverse_rows(x, lengths), h0[1], back, mask)
    last = np.concatenate([h_ahead[:, -1], h_back[:, -1]], axis=1)
    return np.concatenate([h_ahead, reverse_rows(h_back, lengths)], axis=2), last
