"""Drawings of nets as boxes and arrows, and of a word as several nets read it.

What goes in, what comes out and what is carried on differ by shape and by name, not by colour alone.
"""

import numpy as np

from rnn_core.errors import RangeError, check_shapes
from rnn_core.picture import COLOURS, Picture, in_style

BLUE, ORANGE, GREEN = COLOURS[0], COLOURS[1], COLOURS[2]
HATCHES = ["", "//", "..", "xx"]  # so that bars differ without colour too


def loop(feeds_back, steps=None, alt=None):
    """Draw a net whose output or state comes back: rolled, or unrolled over so many steps.

    Squares are inputs, ovals outputs, diamonds states; the net itself is a rounded box.

    feeds_back: "output" or "state". steps: None draws the loop.
    Returns: Picture. Raises: RangeError for anything else to feed back, or for less than one step.
    """
    if feeds_back not in ("output", "state"):
        raise RangeError(f"feeds_back: expected 'output' or 'state', got {feeds_back!r}")
    if steps is not None and steps < 1:
        raise RangeError(f"steps: expected at least 1, got {steps}")
    columns = steps or 1
    if steps is None:
        left, right = 1.4, 4.9
    else:
        left, right = (0.1, 2.3 * steps + 0.8) if feeds_back == "output" else (0.6, 2.3 * steps + 1.7)
    below, above = -1.9, 1.95
    figure, ax = _canvas(0.86 * (right - left), 0.86 * (above - below))
    with in_style():
        for t in range(1, columns + 1):
            x = 2.3 * t
            _box(ax, x, 0, "net" if steps is None else "same net")
            _square(ax, x, -1.35, f"input {t}" if steps else "input t")
            _circle(ax, x, 1.35, f"output {t}" if steps else "output t")
            _arrow(ax, (x, -1.03), (x, -0.4))
            _arrow(ax, (x, 0.4), (x, 1.0))
        if steps is None:
            _draw_loop(ax, feeds_back)
        else:
            _draw_chain(ax, feeds_back, steps)
        ax.set(xlim=(left, right), ylim=(below, above))
    return Picture(figure, alt or _loop_text(feeds_back, steps))


def readings(images, letters, beliefs, title="", alt=None):
    """Draw a word's pictures, and below each what every reader believes it to be.

    Shapes: images (T, rows, columns); letters a text of V letters; beliefs a dict from reader to (T, V).
    Units: ink is 1, paper 0; beliefs are probabilities. The likeliest letter stands above its bar.
    Returns: Picture. Raises: ShapeError for beliefs that do not fit.
    """
    T, V = len(images), len(letters)
    check_shapes(**{f"beliefs of {reader}": (belief, (T, V)) for reader, belief in beliefs.items()})
    from matplotlib.figure import Figure

    with in_style():
        figure = Figure(figsize=(8, 1.9 + 1.5 * len(beliefs)), layout="constrained")
        axes = figure.subplots(len(beliefs) + 1, T, squeeze=False, sharex="row", sharey="row")
        for t, image in enumerate(images):
            axes[0, t].imshow(image, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
            axes[0, t].set_title(f"picture {t + 1}")
            axes[0, t].axis("off")
        for row, (reader, belief) in enumerate(beliefs.items(), 1):
            for t in range(T):
                ax, best = axes[row, t], int(np.argmax(belief[t]))
                style = {"color": COLOURS[row - 1], "hatch": HATCHES[row - 1], "edgecolor": "white"}
                ax.bar(np.arange(V), belief[t], **style)
                ax.text(best, belief[t][best] + 0.04, letters[best], ha="center", fontweight="bold", fontsize=13)
                ax.set_xticks(np.arange(V), list(letters))
                ax.set_yticks([0, 0.5, 1])
                ax.set_ylim(0, 1.3)
                ax.grid(axis="x", visible=False)
            axes[row, 0].set_ylabel(f"belief,\n{reader}")
        if title:
            figure.suptitle(title)
    told = [f"{reader} reads {''.join(letters[k] for k in np.argmax(b, axis=-1))}" for reader, b in beliefs.items()]
    return Picture(figure, alt or f"{T} pictures of letters, and the belief in each letter: {'; '.join(told)}.")


def _draw_loop(ax, feeds_back):
    x, side = 2.3, 1.35
    if feeds_back == "output":
        path = [(x + 0.42, 1.35), (x + side, 1.35), (x + side, 0), (x + 0.72, 0)]
        ax.text(x + side + 0.08, 0.7, "one step\nlater", va="center")
    else:
        path = [(x + 0.5, 0.4), (x + 0.5, 0.75), (x + side, 0.75), (x + side, 0), (x + 0.72, 0)]
        _diamond(ax, x + side, 0.42, "")
        ax.text(x + side + 0.3, 0.42, "state,\none step\nlater", va="center")
    ax.plot(*np.transpose(path[:-1]), color="black", linewidth=1.5, zorder=1)
    _arrow(ax, path[-2], path[-1])


def _draw_chain(ax, feeds_back, steps):
    if feeds_back == "state":
        for t in range(steps + 1):
            x = 2.3 * t + 1.15
            _diamond(ax, x, 0, f"state {t}")
            if t:
                _arrow(ax, (x - 0.45, 0), (x - 0.22, 0))
            if t < steps:
                _arrow(ax, (x + 0.22, 0), (x + 0.45, 0))
        return
    _circle(ax, 0.72, 0, "output 0")
    _arrow(ax, (1.25, 0), (1.58, 0))
    for t in range(1, steps):
        x = 2.3 * t
        ax.plot([x + 0.37, x + 1.15, x + 1.15], [1.35, 1.35, 0], color="black", linewidth=1.5, zorder=1)
        _arrow(ax, (x + 1.15, 0), (x + 1.58, 0))


def _canvas(width, height):
    from matplotlib.figure import Figure

    with in_style():
        figure = Figure(figsize=(width, height), layout="constrained")
        ax = figure.subplots()
        ax.set_aspect("equal")
        ax.axis("off")
    return figure, ax


def _box(ax, x, y, text):
    from matplotlib.patches import FancyBboxPatch

    shape = FancyBboxPatch((x - 0.6, y - 0.3), 1.2, 0.6, "round,pad=0.1", facecolor="#F2F2F2", edgecolor="black")
    ax.add_patch(shape)
    ax.text(x, y, text, ha="center", va="center")


def _square(ax, x, y, text):
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((x - 0.45, y - 0.32), 0.9, 0.64, facecolor="#E3F1FA", edgecolor=BLUE, linewidth=2))
    ax.text(x, y, text, ha="center", va="center")


def _circle(ax, x, y, text):
    from matplotlib.patches import Ellipse

    ax.add_patch(Ellipse((x, y), 1.05, 0.7, facecolor="#FDEBDD", edgecolor=ORANGE, linewidth=2, zorder=2))
    ax.text(x, y, text, ha="center", va="center", zorder=3)


def _diamond(ax, x, y, text):
    ax.plot([x], [y], marker="D", markersize=13, markerfacecolor="#DFF3EC", markeredgecolor=GREEN, markeredgewidth=2)
    ax.text(x, y - 0.42, text, ha="center", va="center")


def _arrow(ax, start, end):
    ax.annotate(
        "", end, start, arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    )


def _loop_text(feeds_back, steps):
    shapes = "Squares are inputs, ovals outputs" + (", diamonds states." if feeds_back == "state" else ".")
    if steps is None:
        return f"A net with one loop: its {feeds_back} comes back to it one step later. {shapes}"
    return (
        f"The same net drawn {steps} times from left to right, each with its own input below and output above; "
        f"the {feeds_back} of each goes into the next, and every arrow points up or to the right. {shapes}"
    )
