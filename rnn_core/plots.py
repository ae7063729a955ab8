"""Static figures: lines, bars, heat maps and images, each with a text that says what it shows."""

import numpy as np

from rnn_core.errors import check_shapes
from rnn_core.picture import COLOURS, DASHES, Picture, in_style


def curves(xs, ys, xlabel, ylabel, title="", alt=None, xscale="linear", yscale="linear"):
    """Draw one line for each entry of `ys` over the same xs.

    Shapes: xs (K,); ys a dict from label to (K,). Units: said in the labels of the axes.
    Returns: Picture; without `alt` its text names each line with its first, last, least and largest value.
    Raises: ShapeError for a line whose length differs from that of xs.
    """
    xs, ys = np.asarray(xs), {label: np.asarray(y) for label, y in ys.items()}
    check_shapes(xs=(xs, ("K",)), **{str(label): (y, xs.shape) for label, y in ys.items()})
    figure, ax = _axes(xlabel, ylabel, title)
    with in_style():
        for i, (label, y) in enumerate(ys.items()):
            marker = "o" if len(xs) <= 12 else ""
            ax.plot(xs, y, color=_pick(COLOURS, i), linestyle=_pick(DASHES, i), marker=marker, label=str(label))
        ax.set(xscale=xscale, yscale=yscale)
        if len(ys) > 1:
            ax.legend()
    return Picture(figure, alt or _describe(f"Lines of {ylabel} over {xlabel}", title, ys))


def loss_curve(history, unit="nats", title="Loss while training", alt=None):
    """Draw the loss of every step, and its running mean, which shows the trend through the noise.

    Shapes: history.loss is a list of K numbers, as in `train.History`. Units: `unit` names the loss's.
    Returns: Picture.
    """
    loss = np.asarray(history.loss, dtype=float)
    window = max(1, len(loss) // 50)
    smooth = np.convolve(loss, np.ones(window) / window, mode="valid")
    figure, ax = _axes("step", f"loss ({unit})", title)
    with in_style():
        steps = np.arange(1, len(loss) + 1)
        ax.plot(steps, loss, color=COLOURS[5], linewidth=0.8, label="each step")
        if window > 1:
            ax.plot(steps[window - 1 :], smooth, color=COLOURS[0], label=f"mean of {window} steps")
        ax.legend()
    return Picture(figure, alt or _describe(f"Line of the loss in {unit} over the steps", title, {"loss": loss}))


def bars(names, values, xlabel, ylabel, title="", alt=None, errors=None):
    """Draw bars in groups: a group for each name, in it a bar for each entry of `values`.

    Shapes: names (K,); values, and errors if given, dicts from label to (K,).
    Units: said in the labels of the axes; errors are half the height of the error bars.
    Returns: Picture; without `alt` its text gives every value.
    Raises: ShapeError for an entry that has not one value a name.
    """
    K, width = len(names), 0.8 / len(values)
    check_shapes(**{str(label): (v, (K,)) for label, v in values.items()})
    figure, ax = _axes(xlabel, ylabel, title)
    with in_style():
        for i, (label, v) in enumerate(values.items()):
            at = np.arange(K) + (i - (len(values) - 1) / 2) * width
            error = None if errors is None else errors[label]
            ax.bar(at, v, 0.92 * width, yerr=error, capsize=3, color=_pick(COLOURS, i), label=str(label))
        ax.set_xticks(np.arange(K), [str(name) for name in names])
        ax.grid(axis="x", visible=False)
        if len(values) > 1:
            ax.legend()
    told = [
        f"{label}: " + ", ".join(f"{name} {value:.3g}" for name, value in zip(names, v, strict=True))
        for label, v in values.items()
    ]
    return Picture(figure, alt or _sentence([f"Bars of {ylabel} by {xlabel}", title, *told]))


def heatmap(array, row_labels, col_labels, xlabel, ylabel, unit, title="", alt=None):
    """Draw a matrix as colours: blue to red around 0 if it has both signs, else dark to light.

    Shapes: array (R, C); row_labels (R,), col_labels (C,), thinned out where there is no room.
    Units: `unit` names the values', at the colour bar.
    Returns: Picture.
    Raises: ShapeError for labels that do not fit.
    """
    array, row_labels, col_labels = np.asarray(array), list(row_labels), list(col_labels)
    check_shapes(array=(array, ("R", "C")))
    check_shapes(row_labels=(row_labels, array.shape[:1]), col_labels=(col_labels, array.shape[1:]))
    figure, ax = _axes(xlabel, ylabel, title)
    with in_style():
        most = np.nanmax(np.abs(array))
        signs = np.nanmin(array) < 0 < np.nanmax(array)
        colours = {"cmap": "RdBu_r", "vmin": -most, "vmax": most} if signs else {"cmap": "cividis"}
        drawn = ax.imshow(array, aspect="auto", interpolation="nearest", **colours)
        wide = max(len(str(label)) for label in col_labels)
        for axis, labels, room in [(ax.yaxis, row_labels, 16), (ax.xaxis, col_labels, 100 // (wide + 1))]:
            places = np.arange(0, len(labels), -(-len(labels) // max(room, 1)))
            axis.set_ticks(places, [str(labels[i]) for i in places])
        ax.grid(visible=False)
        figure.colorbar(drawn, label=unit)
    size = f"Matrix of {unit}, {array.shape[0]} rows ({ylabel}) by {array.shape[1]} columns ({xlabel})"
    return Picture(figure, alt or _describe(size, title, {"values": array.ravel()}))


def images(arrays, titles, alt=None, columns=8, signed=False):
    """Draw grey images beside each other, black for the largest number of all of them.

    Shapes: arrays a list of (rows, columns) arrays, titles one text each.
    signed: 0 is the grey midway between black and white, so that positive is darker and negative lighter.
    Returns: Picture. Raises: ShapeError if there are not as many titles as arrays.
    """
    check_shapes(titles=(titles, (len(arrays),)))
    columns = min(columns, len(arrays))
    rows = -(-len(arrays) // columns)
    least, most = min(np.min(a) for a in arrays), max(np.max(a) for a in arrays)
    if signed:
        most = max(-least, most)
        least = -most
    with in_style():
        from matplotlib.figure import Figure

        lines = max(str(title).count("\n") + 1 for title in titles)
        row = 6 / columns * max(np.shape(a)[0] / np.shape(a)[1] for a in arrays) + 0.22 * lines
        figure = Figure(figsize=(6, rows * row), layout="constrained")
        places = figure.subplots(rows, columns, squeeze=False).ravel()
        for ax in places:
            ax.axis("off")
        for ax, array, title in zip(places, arrays, titles, strict=False):  # the last places may stay empty
            ax.imshow(array, cmap="gray_r", vmin=least, vmax=most, interpolation="nearest")
            ax.set_title(title, fontsize=10)
    return Picture(figure, alt or _sentence([f"{len(arrays)} images", ", ".join(map(str, titles))]))


def _axes(xlabel, ylabel, title):
    """An empty figure, readable at half the width of a page."""
    from matplotlib.figure import Figure

    with in_style():
        figure = Figure(figsize=(6, 3.5), layout="constrained")
        ax = figure.subplots()
        ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    return figure, ax


def _pick(choices, i):
    return choices[i % len(choices)]


def _describe(what, title, series):
    """The text for a figure whose author gave none: first, last, least and largest value of each series."""
    told = [
        f"{label} from {y[0]:.3g} to {y[-1]:.3g}, least {np.nanmin(y):.3g}, largest {np.nanmax(y):.3g}"
        for label, y in series.items()
        if len(y)
    ]
    return _sentence([what, title, *told])


def _sentence(parts):
    return ". ".join(part for part in parts if part) + "."
