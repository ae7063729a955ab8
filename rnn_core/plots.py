"""Static figures in one style, each with a text that says what it shows.

Colours: Okabe & Ito (2008), Color universal design, told apart with any kind of colour vision.
matplotlib is imported when a figure is first drawn, and its global state (pyplot) is left alone.
"""

import base64
import html
import io

import numpy as np

from rnn_core.errors import check_shapes

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000"]
DASHES = ["-", "--", "-.", ":"]  # so that lines differ without colour too
STYLE = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


class Picture:
    """A finished figure: shown by a notebook on a white card, read aloud by its `alt` text.

    `figure` is the matplotlib figure, for those who want to change it before it is shown.
    """

    def __init__(self, figure, alt):
        self.figure, self.alt = figure, alt

    def png(self):
        """Draw the figure. Returns: bytes of a PNG."""
        buffer = io.BytesIO()
        with _style():
            self.figure.savefig(buffer, format="png", dpi=144, metadata={"Software": None})
        return buffer.getvalue()

    def save(self, path):
        """Write the figure to a file, in the format of its suffix."""
        with _style():
            self.figure.savefig(path)

    def _repr_html_(self):
        width = round(self.figure.get_figwidth() * 100)
        data = base64.b64encode(self.png()).decode()
        return (
            f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{data}" width="{width}" '
            'style="max-width:100%;height:auto;background:#fff;border-radius:4px">'
        )

    def __repr__(self):
        return f"Picture: {self.alt}"


def curves(xs, ys, xlabel, ylabel, title="", alt=None, xscale="linear", yscale="linear"):
    """Draw one line for each entry of `ys` over the same xs.

    Shapes: xs (K,); ys a dict from label to (K,). Units: said in the labels of the axes.
    Returns: Picture; without `alt` its text names each line with its first, last, least and largest value.
    Raises: ShapeError for a line whose length differs from that of xs.
    """
    xs, ys = np.asarray(xs), {label: np.asarray(y) for label, y in ys.items()}
    check_shapes(xs=(xs, ("K",)), **{str(label): (y, xs.shape) for label, y in ys.items()})
    figure, ax = _axes(xlabel, ylabel, title)
    with _style():
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
    with _style():
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
    with _style():
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
    with _style():
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
    with _style():
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


def _style():
    import matplotlib

    return matplotlib.rc_context(STYLE)


def _axes(xlabel, ylabel, title):
    """An empty figure, readable at half the width of a page."""
    from matplotlib.figure import Figure

    with _style():
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
