"""One training run on the recall task, in slices: a tanh cell of 32 units names the first symbol after some steps.

The same settings give the same run, however it is sliced: weights, training data and test data have generators of
their own. Source of the task: Hochreiter & Schmidhuber (1997); settings as in the recorded sweep of lesson 4.
"""

import time

import numpy as np

from rnn_core.cells import TANH, Cell, cell_backward, cell_forward, under
from rnn_core.data.recall import DISTRACTORS, SYMBOLS, first_symbol
from rnn_core.init import uniform
from rnn_core.layers import output_backward, output_forward
from rnn_core.loop import loop_backward, loop_forward
from rnn_core.loss import cross_entropy
from rnn_core.nets import net_forward, net_params
from rnn_core.optim import Adam, clip_global_norm

H, N, STEPS, TESTS = 32, 32, 600, 200
POINT = 6  # training steps from one point of a curve to the next
LIMIT, CUT = 0.5, 10  # of clipping; steps that a truncated gradient goes back
BETA = {"SGD": 0.0, "momentum": 0.9}


class Run:
    """A net in training. `params` and `cell` are the net, `step` counts; `curves` has a number for each point.

    settings: dict of start, optimizer, rate, clip, norm, cut, lag, seed. update, norm_forward, norm_backward: the
    learner's functions, or the reference.
    """

    def __init__(self, settings, update, norm_forward, norm_backward):
        self.settings, self.update, self.step, self.ended = settings, update, 0, ""
        weights, self.data, tests = (np.random.default_rng([settings["seed"], k]) for k in range(3))
        self.cell = normed_cell(norm_forward, norm_backward) if settings["norm"] else TANH
        self.params = net_params(weights, self.cell, SYMBOLS + DISTRACTORS, H, SYMBOLS, dtype=np.float32)
        if settings["norm"]:
            self.params["layer1.gain"] += 1
        if settings["start"] == "uniform":
            self.params["layer1.W_hh"] = uniform(weights, (H, H), 1 / np.sqrt(H)).astype(np.float32)
        self.velocity = {name: np.zeros_like(p) for name, p in self.params.items()}
        self.adam = Adam(settings["rate"])
        self.tests = first_symbol(tests, TESTS, settings["lag"] + 1)
        self.norms, self.curves = [], {"right": [], "loss": [], "norm": []}
        _, grads, self.arrives = self.gradients(*(part[:N] for part in self.tests))
        self._change(grads, trial=True)
        self._point()

    def train(self, until, seconds=np.inf):
        """Go on until a step is reached, the time is up or the numbers are no longer finite."""
        late = time.perf_counter() + seconds
        with np.errstate(all="ignore"):  # an explosion is what is to be seen here
            while self.step < min(until, STEPS) and not self.ended and time.perf_counter() < late:
                loss, grads, self.arrives = self.gradients(*first_symbol(self.data, N, self.settings["lag"] + 1))
                norm = float(np.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads.values())))
                if not np.isfinite(norm + loss):
                    self.ended = f"the numbers were no longer finite at step {self.step + 1}"
                    break
                self.norms.append(norm)
                self._change(grads)
                self.step += 1
                if self.step % POINT == 0:
                    self._point()

    def gradients(self, x, targets):
        """Returns: loss, gradients by name, and the norm of the gradient that arrives at each step's input (T,)."""
        first = max(0, x.shape[1] - CUT) if self.settings["cut"] else 0
        weights, state = under(self.params, "layer1."), None
        if first:
            _, state, _ = cell_forward(self.cell, weights, x[:, :first])
        h, _, cache = cell_forward(self.cell, weights, x[:, first:], state)
        y, output = output_forward(h[:, -1], self.params["W_hy"], self.params["b_y"])
        loss, dy = cross_entropy(y, targets)
        dh = np.zeros_like(h)
        dh[:, -1], dW_hy, db_y = output_backward(dy, output)
        dx, _, grads = cell_backward(dh, None, cache)
        arrives = np.concatenate([np.zeros(first), np.linalg.norm(dx, axis=(0, 2))])
        return loss, {f"layer1.{name}": g for name, g in grads.items()} | {"W_hy": dW_hy, "b_y": db_y}, arrives

    def _change(self, grads, trial=False):
        """A step of the optimizer; a trial calls the same functions and changes nothing."""
        optimizer, rate = self.settings["optimizer"], self.settings["rate"]
        if optimizer == "Adam":
            if not trial:
                self.adam.step(self.params, clip_global_norm(grads, LIMIT)[0] if self.settings["clip"] else grads)
            return
        limit = LIMIT if self.settings["clip"] else 1e9
        params, velocity = self.update(self.params, grads, self.velocity, rate, BETA[optimizer], limit)
        if not trial:
            self.params = {name: np.asarray(p, np.float32) for name, p in params.items()}
            self.velocity = velocity

    def _point(self):
        """The next point of the curves: measured on sequences that are never trained on."""
        x, targets = self.tests
        y, *_ = net_forward(self.cell, self.params, x, last=True)
        self.curves["right"].append(float(np.mean(y.argmax(axis=1) == targets)))
        self.curves["loss"].append(float(cross_entropy(y, targets)[0]))
        self.curves["norm"].append(max(self.norms[-POINT:], default=None))


def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    """A step of momentum whose velocity takes in the clipped gradient. Returns: new params and velocity."""
    clipped, _ = clip_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + clipped[name] for name in params}
    return {name: params[name] - lr * velocity[name] for name in params}, velocity


def normed_cell(norm_forward, norm_backward):
    """The tanh cell with a layer normalisation of its sums, the learner's or the reference. Returns: Cell."""

    def step_forward(x, h, W_xh, W_hh, gain, b):
        sums, cache = norm_forward(x @ W_xh + h @ W_hh, gain, b)
        return np.tanh(sums), (x, h, W_xh, W_hh, cache, np.tanh(sums))

    def step_backward(dh_next, cache):
        x, h, W_xh, W_hh, kept, h_next = cache
        da, dgain, db = norm_backward(dh_next * (1 - h_next**2), kept)
        return da @ W_xh.T, da @ W_hh.T, x.T @ da, h.T @ da, dgain, db

    def forward(x, h0, *arrays, mask=None):
        (h,), cache = loop_forward(step_forward, x, (h0,), arrays, mask)
        return h, cache

    def backward(dh, cache):
        dx, dstates, shares = loop_backward(step_backward, (dh,), cache)
        return dx, *dstates, *shares

    return Cell(forward, backward, ("W_xh", "W_hh", "gain", "b"))
