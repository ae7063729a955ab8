"""How weights start: it decides whether a signal survives many layers or many steps.

Sources: Glorot & Bengio (2010); orthogonal: Saxe, McClelland & Ganguli (2014); identity: Le, Jaitly &
Hinton (2015).
"""

import numpy as np


def uniform(rng, shape, scale):
    """Draw weights evenly from [-scale, scale].

    Shapes: the result has `shape`. Returns: float64 array.
    """
    return rng.uniform(-scale, scale, shape)


def glorot(rng, fan_in, fan_out):
    """Draw weights evenly with the variance 2 / (fan_in + fan_out), which keeps signals and gradients level.

    Returns: float64 array (fan_in, fan_out).
    """
    return uniform(rng, (fan_in, fan_out), np.sqrt(6 / (fan_in + fan_out)))


def orthogonal(rng, n, gain=1.0):
    """Draw a rotation (with or without a reflection), all equally likely: every singular value is `gain`.

    Returns: float64 array (n, n).
    """
    Q, R = np.linalg.qr(rng.standard_normal((n, n)))
    return gain * Q * np.where(np.diag(R) < 0, -1.0, 1.0)  # without the signs some rotations are likelier


def identity(n, gain=1.0):
    """Start a unit as a copy of its own past: `gain` on the diagonal, 0 elsewhere.

    Returns: float64 array (n, n).
    """
    return gain * np.eye(n)


def cell_weights(rng, D, H, blocks=1):
    """Draw a cell's weights block by block: Glorot's for the input, orthogonal ones for the state.

    Returns: dict of W_xh (D, G H) and W_hh (H, G H) for G blocks, that is gates and candidate, float64.
    """
    return {
        "W_xh": np.hstack([glorot(rng, D, H) for _ in range(blocks)]),
        "W_hh": np.hstack([orthogonal(rng, H) for _ in range(blocks)]),
    }


def rnn_params(rng, D, H, V, dtype=np.float64):
    """Start a tanh cell with an output layer: orthogonal recurrent weights, Glorot for the others, biases 0.

    Shapes: W_xh (D, H), W_hh (H, H), b (H,), W_hy (H, V), b_y (V,).
    Returns: dict of arrays of type `dtype` (float32 trains faster, float64 is for gradient checks).
    """
    return _with_output(rng, {**cell_weights(rng, D, H), "b": np.zeros(H)}, H, V, dtype)


def lstm_params(rng, D, H, V, forget_bias=1.0, dtype=np.float64):
    """Start an LSTM with an output layer: each gate with orthogonal recurrent weights and Glorot's for the input.

    Biases are 0 but for that of the forget gate: with `forget_bias` b a cell keeps the share sigmoid(b) of what
    it holds at the start, so that it holds it for some 1 + exp(b) steps. Source: Gers, Schmidhuber & Cummins (2000).

    Shapes: W_xh (D, 4H), W_hh (H, 4H), b (4H,), columns stacked i, f, g, o; W_hy (H, V), b_y (V,).
    Units: forget_bias in nats (log-odds). Returns: dict of arrays of type `dtype`.
    """
    b = np.repeat([0.0, forget_bias, 0.0, 0.0], H)
    return _with_output(rng, {**cell_weights(rng, D, H, 4), "b": b}, H, V, dtype)


def gru_params(rng, D, H, V, update_bias=0.0, dtype=np.float64):
    """Start a GRU with an output layer: each gate with orthogonal recurrent weights and Glorot's for the input.

    Biases are 0 but for that of the update gate: with `update_bias` b a unit keeps the share sigmoid(b) of its
    state at the start, which it then holds for some 1 + exp(b) steps.

    Shapes: W_xh (D, 3H), W_hh (H, 3H), b_x, b_h (3H,), columns stacked r, z, n; W_hy (H, V), b_y (V,).
    Units: update_bias in nats (log-odds). Returns: dict of arrays of type `dtype`.
    """
    biases = {"b_x": np.repeat([0.0, update_bias, 0.0], H), "b_h": np.zeros(3 * H)}
    return _with_output(rng, {**cell_weights(rng, D, H, 3), **biases}, H, V, dtype)


def _with_output(rng, params, H, V, dtype):
    params |= {"W_hy": glorot(rng, H, V), "b_y": np.zeros(V)}
    return {name: p.astype(dtype) for name, p in params.items()}
