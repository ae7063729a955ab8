"""Programs made of lines: run from the text that is shown, trained, and held against central differences."""

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from rnn_core import lstm, rnn
from rnn_core.gradcheck import relative_error
from rnn_core.init import lstm_params, rnn_params
from rnn_core.layers import output_backward, output_forward
from rnn_core.loss import squared_error
from rnn_core.optim import Adam
from rnn_core.train import fit
from rnn_core.widgets.wrong_gradient import wrong_lines

LAG, STEPS = 1, 150  # the task: say what came in LAG steps ago; STEPS of training
PLACES = "nothing special", "states start at 0", "symmetric W_hh"


class Kind(NamedTuple):
    """A cell of the game: the lines of its way back, one step forwards, its states, how its weights start, blocks."""

    lines: tuple
    step: Callable
    states: tuple[str, ...]
    start: Callable
    blocks: int


KINDS = {
    "tanh": Kind(wrong_lines.TANH, rnn.step_forward, ("h0",), rnn_params, 1),
    "LSTM": Kind(wrong_lines.LSTM, lstm.step_forward, ("h0", "c0"), lstm_params, 4),
}
WEIGHTS = "W_xh", "W_hh", "b"


class Round(NamedTuple):
    """Two programs, each a tuple of lines; `program` and `line` say where the wrong line is, `why` what is wrong."""

    programs: dict[str, tuple[str, ...]]
    program: str
    line: int
    right: str
    why: str


def wrong_forms(kind):
    """All wrong lines that are known. Returns: list of (number of the line, text, reason)."""
    return [(k, text, why) for k, line in enumerate(KINDS[kind].lines) for text, why in line.wrong]


def make_round(kind, seed, number):
    """The round of this number: no wrong line comes twice before all have come.

    In both programs some lines are written in another right form, so that a difference alone proves nothing.
    """
    forms = wrong_forms(kind)
    turn, place = divmod(number, len(forms))
    k, text, why = forms[np.random.default_rng((seed, turn)).permutation(len(forms))[place]]
    rng = np.random.default_rng((seed, 100 + number))
    programs = {name: [_either(rng, line) for line in KINDS[kind].lines] for name in "AB"}
    wrong = "AB"[rng.integers(2)]
    right, programs[wrong][k] = programs[wrong][k], text
    return Round({name: tuple(lines) for name, lines in programs.items()}, wrong, k, right.strip(), why)


def _either(rng, line):
    forms = line.code, *line.same
    return forms[rng.integers(len(forms))]


@cache
def function_of(lines):
    """Run the text, a tuple of lines, and take the function `backward` out of it."""
    found = {"np": np}
    exec("\n".join(lines), found)  # the text comes from wrong_lines alone
    return found["backward"]


def forward(kind, params, x):
    """All steps of the cell: h (N, T, H) and the list of step caches."""
    states, outs, caches = [params[name] for name in kind.states], [], []
    for t in range(x.shape[1]):
        *states, cache = kind.step(x[:, t], *states, *(params[name] for name in WEIGHTS))
        outs.append(states[0])
        caches.append(cache)
    return np.stack(outs, axis=1), caches


@cache
def curve(kind, lines, N=16, T=8, H=8):
    """Train with this program on an echo task. Returns: list of losses, one a step."""
    kind, backward, rng = KINDS[kind], function_of(lines), np.random.default_rng(1)
    params = kind.start(rng, 1, H, 1)
    none = {name: np.zeros((N, H)) for name in kind.states}

    def loss_and_grads(params, batch, state):
        h, caches = forward(kind, params | none, batch)
        y, output = output_forward(h[:, LAG:], params["W_hy"], params["b_y"])
        loss, dy = squared_error(y, batch[:, :-LAG])
        dh = np.zeros_like(h)
        dh[:, LAG:], dW_hy, db_y = output_backward(dy, output)
        grads = backward(dh, caches)[-3:]
        return loss, dict(zip(WEIGHTS, grads, strict=True)) | {"W_hy": dW_hy, "b_y": db_y}, None

    batches = (rng.uniform(-1, 1, (N, T, 1)) for _ in range(STEPS))
    return fit(loss_and_grads, params, batches, Adam(1e-2), clip=1.0, live=None).loss


def errors(kind, lines, array, place, check):
    """Hold the gradient of one array against central differences, along five directions.

    check: a `gradient_errors`, the learner's or the one below. Returns: the largest relative error.
    """
    kind, backward, rng = KINDS[kind], function_of(lines), np.random.default_rng(7)
    N, T, D, H, G = 3, 5, 2, 4, kind.blocks
    shapes = {"x": (N, T, D), **dict.fromkeys(kind.states, (N, H)), "W_xh": (D, G * H), "W_hh": (H, G * H), "b": G * H}
    params = {name: 0.6 * rng.standard_normal(shape) for name, shape in shapes.items()}
    if place == PLACES[1]:
        params |= {name: 0 * params[name] for name in kind.states}
    if place == PLACES[2]:
        blocks = params["W_hh"].reshape(H, G, H)
        params["W_hh"] = (blocks + blocks.transpose(2, 1, 0)).reshape(H, G * H) / 2
    R = rng.standard_normal((N, T, H))
    _, caches = forward(kind, params, params["x"])
    grads = dict(zip(params, backward(R, caches), strict=True))
    found = []
    for _ in range(5):
        d = rng.standard_normal(params[array].shape)
        loss = partial(_loss, kind, R)
        found.append(check(loss, dict(params), grads, {array: d / np.linalg.norm(d)})[array])
    return max(found)


def _loss(kind, R, params):
    return float(np.sum(forward(kind, params, params["x"])[0] * R))


def gradient_errors(loss, params, grads, directions, eps=1e-5):
    """The relative error of each gradient along its direction, by one central difference."""
    found = {}
    for name, d in directions.items():
        above, below = (loss({**params, name: params[name] + sign * eps * d}) for sign in (1, -1))
        found[name] = relative_error(np.sum(grads[name] * d), (above - below) / (2 * eps))
    return found
