"""Named arrays as a drawing takes them, and as a table for a viewer without a kernel."""

import numpy as np

from rnn_core.picture import Picture, in_style
from rnn_core.widgets.shape_ledger.named_axes import letter
from rnn_core.widgets.shape_ledger.shape_judges import states_of

SHEETS = 4  # of an array with three axes, at most so many are drawn behind each other


def blocks_of(trace, given, good, result, right):
    """Every array that there is. result: what the learner's function returned for these arrays.

    Returns: dict from name to its axes, shape, kind ("given", "broken" or "made"), first sheet of numbers, number
    of sheets, and which numbers of the first sheet are wrong.
    """
    blocks = {}
    last = "h" if "h0" in given else "h_next"
    for name, named in trace.made.items():
        kind = "made" if name not in given else "given" if given[name] is good[name] else "broken"
        array, wrong = named.array, None
        if name == last and (own := states_of(result)) is not None and own.shape == array.shape:
            array = own
        if name == last and array.shape == right.shape:
            wrong = _sheet(~np.isclose(array, right, rtol=1e-6, atol=1e-9)).tolist()
        axes = named.axes if name == "W_hh" else map(letter, named.axes)
        blocks[name] = {
            "axes": list(axes), "shape": array.shape, "kind": kind, "rows": _sheet(array).round(3).tolist(),
            "sheets": min(SHEETS, int(np.prod(array.shape[:-2]))), "wrong": wrong,
        }  # fmt: skip
    return blocks


def _sheet(array):
    """The first of the sheets of the last two axes; an array of one axis is a row."""
    rows, columns = (1, 1, *array.shape)[-2:]
    return array.reshape(-1, rows, columns)[0]


def table(blocks, says):
    """Names, axes and shapes, row by row. Returns: Picture."""
    from matplotlib.figure import Figure

    rows = [[name, _tuple(block["axes"]), _tuple(block["shape"]), block["kind"]] for name, block in blocks.items()]
    with in_style():
        figure = Figure(figsize=(7, 0.5 + 0.3 * len(rows)), layout="constrained")
        ax = figure.subplots()
        ax.axis("off")
        ax.table(rows, colLabels=["array", "axes", "shape", ""], loc="center", cellLoc="left").scale(1, 1.4)
    return Picture(figure, says)


def _tuple(words):
    """Words or numbers as Python writes a tuple."""
    return f"({', '.join(map(str, words))}{',' if len(words) == 1 else ''})"
