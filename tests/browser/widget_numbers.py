"""For each widget: what to move by pointer and by keyboard, and what numpy says to the numbers on the page then.

A function here gets the page alone. It takes from it where the controls stand and the printed numbers, and computes the
same in plain numpy: data and the first weights are drawn as the widget draws them, all else is written out anew.
Returns: list of (text on the page, number).
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from rnn_core.cells import GRU, TANH
from rnn_core.data import letters
from rnn_core.data.recall import first_symbol
from rnn_core.data.sentences import WORDS
from rnn_core.data.text import Vocabulary
from rnn_core.init import glorot, rnn_params
from rnn_core.nets import net_params
from rnn_core.widgets import GradientFlow
from rnn_core.widgets.shape_picker.shape_nets import small_net
from rnn_core.widgets.wrong_gradient.wrong_training import make_round
from tests.browser.driving import Driven

Pairs = list[tuple[str, float]]


class Moved(NamedTuple):
    """moves: a method of Driven with its arguments each, one by pointer and one by keyboard at least."""

    moves: list[tuple]
    numbers: Callable[[Driven], Pairs]
    before: str = ""  # a cell that is run when the widget stands there
    after: str = ""  # and one when it was moved
    decimals: int | None = None  # as printed; None for three digits


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def softmax(y):
    p = np.exp(y - y.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def pairs(texts: Iterable[str], wanted: Iterable[float]) -> Pairs:
    return list(zip(texts, np.ravel(wanted).tolist(), strict=True))


def ends(widget: Driven) -> dict[str, str]:
    """The numbers at the right ends of curves, by the names of the curves."""
    found = (re.fullmatch(r"(.+) (-?\d[\d.e+-]*)", text) for text in widget.texts("svg text.rnn-small"))
    return {match[1]: match[2] for match in found if match}


def gate_lab(widget: Driven) -> Pairs:
    f, at = widget.value("value of f"), int(widget.value("step"))
    x, marked = 0.5 * np.random.default_rng(5).uniform(-1, 1, 40), (4, 16, 29)
    x[list(marked)] = 0.9, -0.8, 0.5
    c = 0.0
    for t in range(at + 1):
        i = sigmoid(4.5 if t in marked else -4.5)
        c = f * c + i * np.tanh(1.5 * x[t])
    o, shown = sigmoid(2), ends(widget)
    return pairs((shown[name] for name in "xifoch"), [x[at], i, f, o, c, o * np.tanh(c)])


def reader(widget: Driven) -> Pairs:
    share, spread = widget.value("share of Y in the last picture"), widget.value("noise")
    rng = np.random.default_rng(0)
    W_xh, W_hy, W = glorot(rng, 144, 9), glorot(rng, 9, 8), glorot(rng, 152, 8)
    y = np.zeros(8)
    for k, letter in enumerate("SONY"):
        glyph = letters.draw(letter)
        if k == 3:
            glyph = share * letters.draw("Y") + (1 - share) * letters.draw("T")
        down, across = divmod(np.random.default_rng((8, k)).integers(9), 3)
        glyph = np.roll(glyph, (down - 1, across - 1), (0, 1))
        x = (glyph + spread * np.random.default_rng((8, k, 1)).standard_normal((12, 12))).ravel()
        y = softmax(np.concatenate([x, y]) @ W)
    alone = softmax(np.tanh(x @ W_xh) @ W_hy)
    shown = widget.root.locator("svg[role=img]").nth(1).locator("text.rnn-small").all_text_contents()
    return pairs(shown, np.stack([alone, y], axis=1))


def unroll(widget: Driven) -> Pairs:
    rng = np.random.default_rng(0)
    x, W_xh, W_hh, b, W_hy, b_y = (
        rng.standard_normal(shape).round(1) for shape in ((5, 3), (3, 4), (4, 4), 4, (4, 3), 3)
    )
    x, W_xh, W_hh, b, W_hy, b_y = x[:4, :2], W_xh[:2, :3], W_hh[:3, :3], b[:3], W_hy[:3, :2], b_y[:2]
    W_hh[0, 1] = widget.value("W_hh[0, 1]")
    h, shown, wanted = np.zeros(3), [], []
    for t in range(1, int(widget.value("steps done")) + 1):
        h = np.tanh(x[t - 1] @ W_xh + h @ W_hh + b)
        wanted += [*h, *softmax(h @ W_hy + b_y)]
        keys = [f"h {t} {i}" for i in range(3)] + [f"y {t} {i}" for i in range(2)]
        shown += [widget.texts(f'[data-unit="{key}"] text')[0] for key in keys]
    return pairs(shown, wanted)


def spectrum(widget: Driven) -> Pairs:
    radius, lag = widget.value("spectral radius"), int(widget.value("look at lag"))
    rng = np.random.default_rng([0, 0])
    drawn = [rng.standard_normal((16, 16)) for _ in range(101)]
    *layers, W = (radius * W / np.abs(np.linalg.eigvals(W)).max() for W in drawn)
    x, wanted, bounds = widget.value("size of the input") * rng.standard_normal((100, 16)), {}, []
    for name, Ws in {"steps": [W] * 100, "layers": layers}.items():
        h, product = np.zeros(16), np.eye(16)
        for t, (x_t, W_t) in enumerate(zip(x, Ws, strict=True)):
            h = np.tanh(x_t + h @ W_t)
            if t >= 100 - lag:
                J = (1 - h**2)[:, None] * W_t.T
                product = J @ product
                bounds += [np.linalg.norm(J, 2)] if name == "steps" else []
        wanted[f"{name}, measured"] = np.linalg.norm(product, 2)
    wanted |= {"product of norms": np.prod(bounds), "singular value × slope": np.linalg.norm(W, 2) ** lag}
    wanted["radius to the lag"] = radius**lag
    shown = ends(widget)
    return pairs((shown[name] for name in wanted), list(wanted.values()))


def remedies(widget: Driven) -> Pairs:
    T = int(widget.value("lag")) + 1
    start, data, tests = (np.random.default_rng([0, k]) for k in range(3))
    p = {name.removeprefix("layer1."): a for name, a in net_params(start, TANH, 8, 32, 4, dtype=np.float32).items()}
    p = {name: a.astype(float) for name, a in p.items()}
    velocity, norms, (x_test, targets) = dict.fromkeys(p, 0.0), [], first_symbol(tests, 200, T)

    def forward(x):
        h = [np.zeros((len(x), 32))]
        for t in range(T):
            h.append(np.tanh(x[:, t] @ p["W_xh"] + h[-1] @ p["W_hh"] + p["b"]))
        return h, softmax(h[-1] @ p["W_hy"] + p["b_y"])

    for _ in range(6):
        x, symbols = first_symbol(data, 32, T)
        h, y = forward(x)
        dy = (y - np.eye(4)[symbols]) / 32
        grads = dict.fromkeys(p, 0.0) | {"W_hy": h[-1].T @ dy, "b_y": dy.sum(axis=0)}
        dh, arrives = dy @ p["W_hy"].T, []
        for t in reversed(range(T)):
            da = dh * (1 - h[t + 1] ** 2)
            grads["W_xh"], grads["W_hh"] = grads["W_xh"] + x[:, t].T @ da, grads["W_hh"] + h[t].T @ da
            grads["b"] = grads["b"] + da.sum(axis=0)
            arrives.append(np.linalg.norm(da @ p["W_xh"].T))
            dh = da @ p["W_hh"].T
        norms.append(np.sqrt(sum(np.sum(g**2) for g in grads.values())))
        velocity = {name: 0.9 * velocity[name] + grads[name] for name in p}
        p = {name: p[name] - 0.1 * velocity[name] for name in p}
    _, y = forward(x_test)
    loss = -np.log(y[np.arange(200), targets]).mean()
    wanted = np.mean(y.argmax(axis=1) == targets), loss, max(norms), arrives[-1] / arrives[0]
    shown = (text.removeprefix("now ") for text in widget.texts("svg text.rnn-small") if text.startswith("now "))
    return pairs(shown, wanted)


FAULTS = (
    lambda a: a.swapaxes(0, 1), lambda a: a[0], lambda a: a[..., 0], lambda a: a[:1], lambda a: a[..., :1],
    lambda a: np.concatenate([a, a[:1] + 1]), lambda a: np.concatenate([a, a[..., :1] + 1], axis=-1),
    lambda a: a[None], lambda a: a[..., None],
)  # fmt: skip
TWO_AXES = (0, 2, 4)  # those of FAULTS that an array of one axis cannot have


def shape_ledger(widget: Driven) -> Pairs:
    N, D, H = (int(widget.value(name)) for name in "NDH")
    rng = np.random.default_rng(3)
    right = [rng.standard_normal(shape) for shape in ((N, D), (N, H), (D, H), (H, H), (H,))]

    def step(x, h, W_xh, W_hh, b):
        return np.tanh(x @ W_xh + h @ W_hh + b)

    silent = 0
    for k, a in enumerate(right):
        for number, fault in enumerate(FAULTS):
            if a.ndim == 2 or number not in TWO_AXES:
                try:
                    got = step(*right[:k], fault(a), *right[k + 1 :])
                except ValueError:
                    continue
                silent += got.shape != (N, H) or not np.allclose(got, step(*right))
    try:
        step(right[0].T, *right[1:])
        said = ""
    except ValueError as error:
        said = str(error)
    told = widget.texts("dd")[0].removeprefix("At x @ W_xh: ValueError: ")
    numbers = re.search(r"Of the faults in the map, (\d+)", widget.says)[1], *re.findall(r"\d+", told)
    return pairs(numbers, [silent, *map(int, re.findall(r"\d+", said))])


def gradient_flow(widget: Driven) -> Pairs:
    drawn = GradientFlow()  # for its numbers at the start
    W, T, losses = widget.value("size of W_hh") * drawn.W_hh, 6, (2, 4)
    h = [drawn.h0]
    for t in range(T):
        h.append(np.tanh(0.5 * drawn.x[:, t] @ drawn.W_xh + h[-1] @ W + drawn.b))
    g, arrives, sizes = np.zeros_like(h[0]), [], []
    for t in range(T, 0, -1):
        g = g + ((h[t] - drawn.targets[:, t - 1]) / len(h[t]) if t in losses else 0)
        arrives.append(np.linalg.norm(g))
        da = g * (1 - h[t] ** 2)
        sizes.append(np.linalg.norm(h[t - 1].T @ da))
        g = da @ W.T
    arrives.append(np.linalg.norm(g))
    return pairs(widget.texts('svg rect[width="24"] + text'), [*arrives[::-1], *sizes[::-1]])


def memory_map(widget: Driven) -> Pairs:
    text, shown, wanted = "the cat sat", [], []
    known = Vocabulary(text)
    V = len(known)
    at = int(widget.root.locator("[aria-selected=true]").first.get_attribute("data-place"))
    nets = {
        name: net_params(np.random.default_rng(2), cell, V, 6, V) for name, cell in {"tanh": TANH, "GRU": GRU}.items()
    }
    x, target = np.eye(V)[known.encode(text)[:at]], known.encode(text)[at]

    def log_p(name, x):
        p = {key.removeprefix("layer1."): a for key, a in nets[name].items()}
        h = np.zeros(6)
        for x_t in x:
            if name == "tanh":
                h = np.tanh(x_t @ p["W_xh"] + h @ p["W_hh"] + p["b"])
                continue
            (r, z, n), (s, v, m) = (np.split(a, 3) for a in (x_t @ p["W_xh"] + p["b_x"], h @ p["W_hh"] + p["b_h"]))
            z, n = sigmoid(z + v), np.tanh(n + sigmoid(r + s) * m)
            h = (1 - z) * n + z * h
        return np.log(softmax(h @ p["W_hy"] + p["b_y"])[target])

    for name, told in zip(nets, widget.texts(".rnn-map-told"), strict=True):
        slopes = np.zeros((at, V))
        for place in np.ndindex(at, V):
            nudge = np.zeros((at, V))
            nudge[place] = 1e-5
            slopes[place] = (log_p(name, x + nudge) - log_p(name, x - nudge)) / 2e-5
        strengths = np.linalg.norm(slopes, axis=1)
        for k in np.argsort(-strengths)[:3]:
            shown.append(re.search(rf"\b{at - k} back: ([\d.e-]+\d)", told)[1])
            wanted.append(strengths[k])
        shown.append(re.search(r"\(p ([\d.e-]+)\)", told)[1])
        wanted.append(np.exp(log_p(name, x)))
    return pairs(shown, wanted)


def shape_picker(widget: Driven) -> Pairs:
    p, h, wanted = small_net("many-to-one"), np.zeros(16), [np.zeros(6)]
    words = ["i", "doubt", "that", "the", "plot", "was", "really", "clever"]
    for word in words[: int(widget.value("step"))]:
        h = np.tanh(p["E"][WORDS.index(word)] @ p["W_xh"] + h @ p["W_hh"] + p["b"])
        wanted.append(h[:6])
    return pairs(widget.texts('svg rect[height="13"] + text'), wanted)


def wrong_gradient(widget: Driven) -> Pairs:
    game, shown, wanted = make_round("tanh", 0, 0), [], []
    codes = widget.texts("fieldset code")
    assert codes == [line.strip() for lines in game.programs.values() for line in lines]
    rng, shapes = np.random.default_rng(7), {"x": (3, 5, 2), "h0": (3, 4), "W_xh": (2, 4), "W_hh": (4, 4), "b": 4}
    p = {name: 0.6 * rng.standard_normal(shape) for name, shape in shapes.items()}
    R = rng.standard_normal((3, 5, 4))

    def forward(x, h0, W_xh, W_hh, b):
        h, states, caches = h0, [], []
        for t in range(x.shape[1]):
            before, h = h, np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
            states.append(h)
            caches.append((x[:, t], before, W_xh, W_hh, h))
        return np.stack(states, axis=1), caches

    grads = {}
    for name, lines in game.programs.items():
        exec("\n".join(lines), known := {"np": np})
        grads[name] = dict(zip(p, known["backward"](R, forward(**p)[1]), strict=True))
    (array,) = widget.texts("tbody tr:last-child th")
    largest = {"A": 0.0, "B": 0.0}
    for _ in range(5):
        d = rng.standard_normal(shapes[array])
        d = 1e-5 * d / np.linalg.norm(d)
        up, down = (np.sum(R * forward(**p | {array: p[array] + sign * d})[0]) for sign in (1, -1))
        for name in largest:
            a, n = np.sum(grads[name][array] * d), (up - down) / 2
            largest[name] = max(largest[name], abs(a - n) / max(abs(a), abs(n)))
    for name, cell in zip(largest, widget.texts("tbody tr:last-child td")[1:], strict=True):
        assert ("agrees" in cell) == (largest[name] < 1e-5)
        if "agrees" not in cell:  # the other error is rounding alone
            shown.append(cell.split()[0])
            wanted.append(largest[name])
    assert wanted, "no gradient here is wrong"
    rng = np.random.default_rng(1)  # at the first step both programs have the weights of the start
    p = rnn_params(rng, 1, 8, 1)
    x = rng.uniform(-1, 1, (16, 8, 1))
    h, _ = forward(x, np.zeros((16, 8)), p["W_xh"], p["W_hh"], p["b"])
    loss = np.mean((h[:, 1:] @ p["W_hy"] + p["b_y"] - x[:, :-1]) ** 2)
    curves = ends(widget)
    return pairs([*shown, curves["program A"], curves["program B"]], [*wanted, loss, loss])


def training(widget: Driven) -> Pairs:
    steps, loss = re.search(r"Step (\d+): loss ([\d.]+) nats.* stopped by the button", widget.says).groups()
    w = 0.999 ** np.arange(1, int(steps) + 1)
    last = np.array_split(w, min(150, len(w)))[-1]  # of a long curve the means of neighbours are drawn
    shown = [loss, *(ends(widget)[name] for name in ("loss", "length"))]
    return pairs(shown, [np.mean(w[-len(w) // 50 - 1 :] ** 2), np.mean(last**2), np.mean(0.5 * last)])


def predict(widget: Driven) -> Pairs:
    made = widget.value("prediction")
    assert abs(made - 40 * 0.3) < 1.5  # the slider has steps of 0.4
    half = np.log(0.5) / np.log(0.9)
    diamond = widget.root.locator("svg path.rnn-diamond").get_attribute("d").split()[0].removeprefix("M")
    circle = widget.root.locator("svg circle").get_attribute("cx")
    words = [re.search(r"[\d.]+", text)[0] for text in widget.texts("svg text") if "steps" in text]
    return pairs([*words, diamond, circle], [made, half, 40 + 15 * made, 40 + 15 * half])


def progress_map(widget: Driven) -> Pairs:
    counts = [re.findall(r"\d+", text) for text in widget.texts(".rnn-toggle")]
    rows = widget.root.locator(".rnn-lessons > li")
    lengths = [rows.nth(k).locator("ul > li").count() for k in range(rows.count())]
    done = [rows.nth(k).get_by_text("✓ mastered").count() for k in range(rows.count())]
    told = re.search(r"(\d+) of (\d+) exercises are mastered", widget.says)
    shown = [*told.groups(), *(count[0] for count in counts), *(count[1] for count in counts)]
    return pairs(shown, [2, np.sum(lengths), *done, *lengths])


TRAINING = """import time
import numpy as np
from rnn_core.optim import SGD
from rnn_core.train import fit
from rnn_core.widgets import Training

params = {"w": np.ones(2)}

def shrink(params, batch, state):
    time.sleep(0.01)
    params["w"] *= 0.999
    w = params["w"][0]
    return w**2, {"w": np.array([0.3 * w, 0.4 * w])}, None
"""
FIT = "fit(shrink, params, iter(range(3000)), SGD(0.0), clip=1.0, live=Training())"
MASTERED = """from autograder.progress import Progress, progress_file
for id in ("bptt-backward", "lstm-step-forward"):
    Progress(progress_file()).add("check", id, points=4, max=4, mistake=None)
"""
MOVED = {
    "progress_map": Moved([("tap", "button", "Look again"), ("enter", "Look again")], progress_map, MASTERED),
    "predict": Moved(
        [("drag", "prediction", 0.3), ("enter", "Seal my prediction")],
        predict,
        after="_.outcome(believed='', measured='', holds_when='', value=6.5788134789605755)",
    ),
    "memory_map": Moved([("tap", "[data-place='6']"), ("press", "text, as tanh reads it", "ArrowRight")], memory_map),
    "gate_lab": Moved([("drag", "value of f", 0.8), ("press", "step", "ArrowRight", "ArrowRight")], gate_lab),
    "reader": Moved(
        [("drag", "share of Y in the last picture", 0.8), ("press", "noise", "ArrowRight")], reader, decimals=2
    ),
    "unroll": Moved([("tap", '[data-unit="h 2 1"]'), ("press", "W_hh[0, 1]", "ArrowUp")], unroll, decimals=2),
    "spectrum": Moved(
        [("pull", "svg.rnn-canvas", (196, 132), (182, 132)), ("press", "look at lag", *["ArrowLeft"] * 30)], spectrum
    ),
    "remedies": Moved([("press", "lag", "ArrowLeft"), ("tap", "button", "6 steps")], remedies),
    "shape_ledger": Moved([("drag", "N", 0.8), ("press", "what happens to it", "ArrowDown")], shape_ledger),
    "gradient_flow": Moved([("tap", "svg text", "L2"), ("press", "size of W_hh", *["ArrowRight"] * 3)], gradient_flow),
    "shape_picker": Moved([("tap", "button", "Step"), ("press", "step", "ArrowRight")], shape_picker, decimals=2),
    "wrong_gradient": Moved(
        [("press", "gradient of", "End", "ArrowUp"), ("tap", "button", "Measure"), ("press", "training step", "Home")],
        wrong_gradient,
    ),
    "training": Moved([("tap", "button", "Stop"), ("enter", "Stop")], training),
}
