"""What a notebook keeps of its widgets, so that they are still there on the next day, before any cell is run.

JupyterLab stores the state of every widget that the kernel knows: those of earlier runs of a cell as well, and none
of a kernel that is gone. Here the file keeps the widgets that its outputs show, and no others.
"""

import json
import re
from pathlib import Path
from typing import Any

STATE, VIEW = "application/vnd.jupyter.widget-state+json", "application/vnd.jupyter.widget-view+json"
Models = dict[str, Any]  # id of a widget's model -> what JupyterLab needs to draw it


def keep_what_is_shown(*, model: dict[str, Any], path: str, contents_manager: Any) -> None:
    """Called by the server before it writes a file: changes the notebook in `model`.

    A widget that the page has no state of, but that an output still shows, keeps the one that stands in the file.
    """
    if model.get("type") != "notebook" or not model.get("content"):
        return
    notebook = model["content"]
    shown, known = _shown(notebook), _models(notebook)
    if shown - known.keys():
        known = _models(_read(Path(contents_manager._get_os_path(path.strip("/"))))) | known
    kept = _with_parts(shown, known)
    if kept:
        notebook["metadata"]["widgets"] = {STATE: {"version_major": 2, "version_minor": 0, "state": kept}}
    else:
        notebook["metadata"].pop("widgets", None)


def _shown(notebook: Models) -> set[str]:
    """The models whose views stand in outputs."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return {output["data"][VIEW]["model_id"] for output in outputs if VIEW in output.get("data", {})}


def _models(notebook: Models) -> Models:
    return notebook.get("metadata", {}).get("widgets", {}).get(STATE, {}).get("state", {})


def _with_parts(wanted: set[str], known: Models) -> Models:
    """These models and those that they refer to, such as layouts."""
    kept, wanted = {}, set(wanted)
    while wanted:
        id = wanted.pop()
        if id in known and id not in kept:
            kept[id] = known[id]
            wanted |= set(re.findall(r"IPY_MODEL_(\w+)", json.dumps(known[id])))
    return kept


def _read(path: Path) -> Models:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    return found if isinstance(found, dict) else {}
