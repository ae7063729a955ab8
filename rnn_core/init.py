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


def rnn_params(rng, D, H, V, dtype=np.float64):
    """Start a tanh cell with an output layer: orthogonal recurrent weights, Glorot for the others, biases 0.

    Shapes: W_xh (D, H), W_hh (H, H), b (H,), W_hy (H, V), b_y (V,).
    Returns: dict of arrays of type `dtype` (float32 trains faster, float64 is for gradient checks).
    """
    params = {
        "W_xh": glorot(rng, D, H),
        "W_hh": orthogonal(rng, H),
        "b": np.zeros(H),
        "W_hy": glorot(rng, H, V),
        "b_y": np.zeros(V),
    }
    return {name: p.astype(dtype) for name, p in params.items()}
