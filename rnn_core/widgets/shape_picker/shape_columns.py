"""A table of `shape_tables` as it is drawn and told: column by column, and as a map of the batch."""

import numpy as np

SHOWN = 6  # units of a state that there is room for


def columns(table, row):
    """All columns of one row. Returns: list of dicts with texts and numbers, None where there is none."""
    losses, told = table.losses, []
    for k in range(table.real.shape[1]):
        best = int(table.log_p[row, k].argmax())
        target, speaks = table.targets[row, k], k > table.encoder or table.counts[row, k]
        told.append({
            "in": table.read[row][k], "real": bool(table.real[row, k]), "kept": bool(table.kept[row, k]),
            "state": table.h[row, k, :SHOWN], "out": table.words[best] if speaks else None,
            "p": float(np.exp(table.log_p[row, k, best])), "target": table.words[target] if target >= 0 else None,
            "counts": bool(table.counts[row, k]), "right": best == target if table.counts[row, k] else None,
            "loss": float(losses[row, k]) if table.counts[row, k] else None,
        })  # fmt: skip
    return told


def codes(table):
    """The batch as a map. Returns: for each row a list of texts, "real" or "padding", with "loss" where it counts."""
    return [
        [
            ("real" if table.real[n, k] else "padding") + (" loss" if table.counts[n, k] else "")
            for k in range(1, table.real.shape[1])
        ]
        for n in range(len(table.real))
    ]


def step_in_words(table, steps, at):
    """One column in words. Returns: a sentence or more."""
    step = steps[at]
    if at == 0:
        told = f"the start, {table.start}."
    elif step["kept"]:
        told = "padding; the step is skipped and the state kept."
    else:
        where = "" if step["real"] else "padding: "
        told = f"{where}“{step['in']}” goes in, the state of step {at - 1} is carried in."
    if step["counts"]:
        said = f" It says “{step['out']}” with {step['p']:.2f}; wanted is “{step['target']}”: loss {step['loss']:.2f}."
    elif step["out"] and at:
        said = f" It would say “{step['out']}” with {step['p']:.2f}; the loss does not look."
    else:
        said = " Nothing is said." if at else ""
    return told + said


def loss_in_words(mean, counted):
    """Over how many outputs of the batch the loss is a mean."""
    return "no output counts" if mean is None else f"{mean:.3f}, the mean of {counted} outputs of the batch"


def units(table):
    """How many of the units are drawn, in words."""
    H = table.h.shape[2]
    return f"Of its {H} units the first {SHOWN} are drawn." if H > SHOWN else f"All its {H} units are drawn."
