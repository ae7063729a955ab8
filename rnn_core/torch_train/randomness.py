"""The random states of a process: set from one number, read, and put back.

Dropout in torch draws from states that belong to the whole process, so a run that is to be repeated sets them all.
"""

import random

import numpy as np
import torch


def seed_all(*numbers):
    """Set every random state of this process (Python, numpy, torch with its devices) from whole numbers from 0 on."""
    for_python, for_numpy, for_torch = np.random.SeedSequence(numbers).generate_state(3).tolist()
    random.seed(for_python)
    np.random.seed(for_numpy)
    torch.manual_seed(for_torch)


def random_states(device=None):
    """Read every random state. Returns: dict of numbers, tuples and tensors, as a checkpoint may hold them."""
    kind, keys, *rest = np.random.get_state()
    states = {
        "python": random.getstate(),
        "numpy": (kind, torch.from_numpy(keys.astype(np.int64)), *rest),
        "torch": torch.get_rng_state(),
    }
    if device is not None and device.type in ("cuda", "mps"):
        states[device.type] = getattr(torch, device.type).get_rng_state()
    return states


def set_random_states(states):
    """Put back what `random_states` read."""
    random.setstate(states["python"])
    kind, keys, *rest = states["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))
    torch.set_rng_state(states["torch"])
    for kind in ("cuda", "mps"):
        if kind in states and getattr(torch, kind).is_available():
            getattr(torch, kind).set_rng_state(states[kind])
