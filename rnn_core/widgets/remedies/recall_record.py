"""What is kept and told of a run on the recall task: its settings in words, its curves, and what others found."""

import numpy as np

from rnn_core.data import recorded
from rnn_core.widgets.remedies.recall_run import POINT, STEPS


def name_of(settings):
    """What was done, in the words of the recorded sweep."""
    words = [f"{settings['start']} start", settings["optimizer"]]
    more = {"clip": "clipped", "norm": "layer norm", "cut": "truncated"}
    return ", ".join(words + [word for key, word in more.items() if settings[key]])


def recorded_runs(settings):
    """How many runs of the recorded sweep learned with these settings, of how many; None where there is none."""
    wanted = name_of(settings), settings["lag"], settings["rate"]
    rows = [row for row in recorded.load("vanishing_remedies")["rows"] if row["steps"] == STEPS]
    seeds = {row["seed"]: row["test"] for row in rows if (row["setting"], row["lag"], row["rate"]) == wanted}
    return (sum(share > 0.95 for share in seeds.values()), len(seeds)) if seeds else None


def record(run):
    """What is drawn of a run, and stays of it when it is over."""
    right = run.curves["right"]
    low = [k for k, share in enumerate(right) if share <= 0.95]
    since = low[-1] + 1 if low else 0
    name = f"{name_of(run.settings)}, rate {run.settings['rate']:g}"
    return {
        "name": name, "lag": run.settings["lag"], "seed": run.settings["seed"], "step": run.step,
        "arrives": list(run.arrives / (run.arrives[-1] or 1)), "learned": POINT * since if since < len(right) else None,
        **{key: list(line) for key, line in run.curves.items()},
    }  # fmt: skip


def ranges(records):
    """What the axes must hold: the loss from 0, norms in whole powers of ten."""
    found = {}
    for name in ("norm", "arrives"):
        seen = [value for told in records for value in told[name] if value and np.isfinite(value)]
        low, high = (np.floor(np.log10(min(seen))), np.ceil(np.log10(max(seen)))) if seen else (-2, 2)
        found[name] = [10.0 ** max(min(low, high - 3), -300), 10.0**high]
    found["loss"] = [0, max([1.5, *(value for told in records for value in told["loss"] if np.isfinite(value))])]
    return found
