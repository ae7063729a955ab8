"""Record a look-up in a table of what was looked up before, with 1, 2 and 3 layers: equal parameters, equal steps."""

import argparse
import time

import numpy as np

from rnn_core.cells import TANH
from rnn_core.data import recorded
from rnn_core.loss import cross_entropy
from rnn_core.nets import net_backward, net_forward, net_params
from rnn_core.optim import Adam
from rnn_core.train import fit

K, C, T = 8, 4, 24  # symbols, classes, steps
UNITS = {1: 32, 2: 20, 3: 15}  # the largest nets of at most 1,500 parameters
LENGTHS = {1: (750, 1500, 3000), 2: (750, 1500), 3: (750, 1500)}  # steps of training

tables = np.random.default_rng(0)
PAIRS = tables.permutation(np.arange(K * K) % C).reshape(K, K)
CLASSES = tables.permutation(np.arange(C * C) % C).reshape(C, C)


def draw_lookup(rng, N):
    """Symbols (N, T), targets (N, T) and the mask (N, T) of the steps that have one."""
    ids = rng.integers(K, size=(N, T))
    first = np.zeros((N, T), int)
    first[:, 1:] = PAIRS[ids[:, :-1], ids[:, 1:]]
    targets = np.zeros((N, T), int)
    targets[:, 3:] = CLASSES[first[:, 1:-2], first[:, 3:]]
    mask = np.ones((N, T), bool)
    mask[:, :3] = False
    return ids, targets, mask


def lookup_share(layers, seed, steps):
    """Train a net; the share of right answers on fresh sequences."""
    rng = np.random.default_rng(seed)
    params = net_params(rng, TANH, K, UNITS[layers], C, layers, dtype=np.float32)

    def loss_and_grads(params, batch, state):
        ids, targets, mask = batch
        logits, _, cache = net_forward(TANH, params, ids)
        loss, dlogits = cross_entropy(logits, targets, mask)
        return loss, net_backward(dlogits, cache), None

    fit(
        loss_and_grads,
        params,
        (draw_lookup(rng, 32) for _ in range(steps)),
        Adam(1e-2),
        clip=1.0,
        steps=steps,
        decay=0.1,
    )
    ids, targets, mask = draw_lookup(np.random.default_rng(99), 400)
    logits, _, _ = net_forward(TANH, params, ids)
    return float((logits.argmax(axis=2) == targets)[mask].mean())


def run(layers, seed, steps):
    start = time.process_time()
    share = lookup_share(layers, seed, steps)
    seconds = round(time.process_time() - start, 2)
    return {
        "layers": layers,
        "seed": seed,
        "steps": steps,
        "share": round(share, 4),
        "seconds": seconds,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    start = time.perf_counter()
    rows = [
        run(layers, seed, steps)
        for seed in range(seeds)
        for layers in UNITS
        for steps in LENGTHS[layers]
    ]
    command = "python solutions/08_shapes/sweeps/depth_lookup.py"
    print(recorded.save("depth_lookup", rows, command, time.perf_counter() - start))


if __name__ == "__main__":
    main()
