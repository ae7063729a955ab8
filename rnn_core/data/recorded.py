"""Experiments over many seeds: a command beside the lesson's source records them, and the lesson draws the table."""

import datetime
import json
import os
import platform
from pathlib import Path

import numpy as np

from rnn_core.errors import NameMismatchError

FOLDER = Path(__file__).parent / "tables"


def load(name):
    """Read a recorded experiment.

    Returns: dict of "rows" (a list of dicts, one a run), "command", "seconds", "date", "machine" and "numpy".
    Raises: NameMismatchError for an unknown name.
    """
    path = FOLDER / f"{name}.json"
    known = sorted(path.stem for path in FOLDER.glob("*.json"))
    if name not in known:
        raise NameMismatchError(f"load: expected one of {', '.join(known) or 'none'}, got {name!r}")
    return json.loads(path.read_text(encoding="utf-8"))


def save(name, rows, command, seconds, **elsewhere):
    """Write a recorded experiment, with what it ran on.

    elsewhere: "date", "machine" and "numpy" of another machine, where the rows come from one.
    Units: seconds that all rows took. Returns: the path.
    """
    about = {
        "command": command,
        "seconds": round(seconds),
        "date": datetime.date.today().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "numpy": np.__version__,
        **elsewhere,
    }
    path = FOLDER / f"{name}.json"
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    head = json.dumps(about, indent=1)[:-2]
    path.write_text(f'{head},\n "rows": [\n  {lines}\n ]\n}}\n', encoding="utf-8")
    return path


def describe(recorded):
    """One line on what a recorded experiment ran on."""
    runs, minutes = len(recorded["rows"]), recorded["seconds"] / 60
    return (
        f"Recorded {recorded['date']} on {recorded['machine']}, numpy {recorded['numpy']}: "
        f"{runs} runs in {minutes:.1f} minutes by `{recorded['command']}`."
    )
