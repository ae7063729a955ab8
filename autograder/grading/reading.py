"""A notebook as a student handed it in, read into a form on which all that grades can rely.

The file may be anything, so nothing of it is taken as it is: what comes back is built anew, of texts and flat
metadata alone, and is valid by the schema of nbformat 4.5. Outputs are left behind: they are what a student's own
process wrote, the grader makes its own, and they are most of the bytes.
"""

import itertools
import json
import re
from typing import Any

from nbformat import NotebookNode, from_dict

from autograder.grading.handed_in import LIMIT, BadNotebook, Source, shown

MAX_CELLS, MAX_PARTS, MAX_DIGITS = 10_000, 2**20, 1000
JUPYTER = "expected a notebook as Jupyter saves it"


def read_notebook(source: Source) -> NotebookNode:
    """The notebook, its cells with texts, unique ids and known types. Raises: BadNotebook."""
    return parse_notebook(source.read(LIMIT), source.name)


def parse_notebook(data: bytes, name: str) -> NotebookNode:
    """The notebook that these bytes are; `name` is for the words of an error. Raises: BadNotebook."""
    tree = _parsed(_text(data, name), name)
    if not isinstance(tree, dict):
        raise BadNotebook(f"{name} holds {_kind(tree)}, no notebook; {JUPYTER}")
    major = tree.get("nbformat")
    if type(major) is not int:
        raise BadNotebook(f"{name} is JSON without the version of a notebook; {JUPYTER}")
    if not 2 <= major <= 4:
        raise BadNotebook(f"{name} is of notebook format {shown(str(major), 20)}; expected 4")
    cells = tree.get("cells") if major == 4 else _cells_of_3(tree, name)
    if not isinstance(cells, list):
        raise BadNotebook(f"{name} has {_kind(cells)} where its cells should be; {JUPYTER}")
    if len(cells) > MAX_CELLS:
        raise BadNotebook(f"{name} has {len(cells)} cells; expected at most {MAX_CELLS}")
    made = [_cell(cell, f"cell {number} of {name}") for number, cell in enumerate(cells, 1)]
    _give_ids(made, cells)
    return from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": _metadata(tree), "cells": made})


def _text(data: bytes, name: str) -> str:
    if not data.strip():
        raise BadNotebook(f"{name} is empty; {JUPYTER}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(data) > 1 and 0 in data[:2]):
        raise BadNotebook(f"{name} is not saved as UTF-8, but looks like UTF-16 or UTF-32; {JUPYTER}")
    if data.startswith(b"PK\x03\x04"):
        raise BadNotebook(f"{name} is a ZIP under another name; {JUPYTER}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadNotebook(f"{name} is not UTF-8 text (byte {error.start}); {JUPYTER}") from error
    if text.lstrip().startswith("<"):
        raise BadNotebook(f"{name} is a web page; {JUPYTER}")
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_PARTS:
        _check_parts(data, name)
    return text


def _check_parts(data: bytes, name: str) -> None:
    """Bound what JSON would make of the bytes: `[],` is 3 of them here and 64 in memory. Text does not count."""
    bare = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside = b"" if bare.count(b'"') > 2 * MAX_PARTS else b"".join(bare.split(b'"')[::2])
    if not outside or sum(map(outside.count, (b",", b"[", b"{"))) > MAX_PARTS:
        raise BadNotebook(f"{name} has more than {MAX_PARTS} parts; clear its outputs and save it again")


def _parsed(text: str, name: str) -> Any:
    def integer(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            raise BadNotebook(f"{name} holds a whole number of {len(digits)} digits; {JUPYTER}")
        return int(digits)

    try:
        return json.loads(text, parse_int=integer)
    except RecursionError as error:
        raise BadNotebook(f"{name} is nested too deep; {JUPYTER}") from error
    except json.JSONDecodeError as error:
        if _breaks_off(text, error):
            raise BadNotebook(f"{name} breaks off after {len(text)} characters; {JUPYTER}") from error
        raise BadNotebook(f"{name} is not JSON (line {error.lineno}, column {error.colno}); {JUPYTER}") from error


def _breaks_off(text: str, error: json.JSONDecodeError) -> bool:
    """Whether the text went wrong by ending, as an upload that was cut does."""
    if not text.lstrip().startswith("{") or error.msg.startswith("Extra"):
        return False
    if error.msg.startswith("Unterminated"):
        return not text.rstrip().endswith("}")
    rest = text[error.pos :].strip()
    return len(rest) < 6 and not set(rest) & set("}]")  # such as "tru" or a part of an escape


def _cells_of_3(tree: dict, name: str) -> list:
    """The cells of format 3 or 2 as those of format 4. Not by nbformat: it repeats "#" as often as a file demands."""
    sheets, cells = tree.get("worksheets"), []
    if not isinstance(sheets, list):
        raise BadNotebook(f"{name} has {_kind(sheets)} where its worksheets should be; {JUPYTER}")
    for sheet in sheets:
        inner = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(inner, list):
            raise BadNotebook(f"{name} has a worksheet without cells; {JUPYTER}")
        cells += [_cell_of_3(cell, name) if isinstance(cell, dict) else cell for cell in inner]
    return cells


def _cell_of_3(cell: dict, name: str) -> dict:
    kind, source, level = cell.get("cell_type"), cell.get("source", ""), cell.get("level", 1)
    if kind == "code":
        return cell | {"source": cell.get("input", "")}
    if kind == "heading":
        lines = " ".join(_joined(source, f"a heading of {name}").splitlines())
        return cell | {"cell_type": "markdown", "source": f"{'#' * (level if level in range(1, 7) else 6)} {lines}"}
    return cell | {"cell_type": "markdown"} if kind == "html" else cell


def _cell(cell: Any, who: str) -> dict[str, Any]:
    """A cell made anew of what can be relied on. Raises: BadNotebook."""
    if not isinstance(cell, dict):
        raise BadNotebook(f"{who} is {_kind(cell)}; {JUPYTER}")
    kind = cell.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        got = repr(shown(kind, 40)) if isinstance(kind, str) else _kind(kind)
        raise BadNotebook(f"{who} has the type {got}; expected code, markdown or raw")
    metadata = _kept(cell, "nbgrader", "rnn_course")
    if not isinstance(metadata.get("nbgrader", {}).get("grade_id"), str):
        metadata.pop("nbgrader", None)
    made = {"cell_type": kind, "metadata": metadata, "source": _joined(cell.get("source"), who)}
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    elif attached := _attachments(cell.get("attachments")):
        made["attachments"] = attached
    return made


def _joined(source: Any, who: str) -> str:
    """A text, which may stand in the file as a list of lines."""
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise BadNotebook(f"{who} has {_kind(source)} where its text should be; {JUPYTER}")
    return _encodable("".join(lines))


def _attachments(found: Any) -> dict:
    """Pictures that were pasted into a text, which a person who grades it wants to see."""
    if not isinstance(found, dict):
        return {}
    return {
        _encodable(name): {mime: _encodable(data)}
        for name, bundle in found.items()
        if isinstance(bundle, dict)
        for mime, data in bundle.items()
        if isinstance(data, str) and re.fullmatch(r"image/[a-z0-9.+-]+", mime)
    }


def _metadata(tree: dict) -> dict[str, dict]:
    """What says of a whole notebook which kernel and which lesson it is of."""
    found = _kept(tree, "kernelspec", "language_info", "rnn_course")
    for key, needed in (("kernelspec", {"name", "display_name"}), ("language_info", {"name"})):
        texts = {field: value for field, value in found.pop(key, {}).items() if isinstance(value, str)}
        if needed <= set(texts):
            found[key] = texts
    return found


def _kept(holder: dict, *keys: str) -> dict[str, dict]:
    """Of the metadata of a notebook or cell what stands under these keys: texts and numbers alone."""
    metadata = holder.get("metadata")
    found = {key: metadata.get(key) for key in keys} if isinstance(metadata, dict) else {}
    return {key: _flat(value) for key, value in found.items() if isinstance(value, dict)}


def _flat(found: dict) -> dict:
    texts = {_encodable(key): _encodable(value) for key, value in found.items() if isinstance(value, str)}
    numbers = {_encodable(key): value for key, value in found.items() if isinstance(value, int | float)}
    return texts | {key: value for key, value in numbers.items() if abs(value) < 2**53}  # nor NaN nor infinity


def _give_ids(made: list[dict], cells: list[dict]) -> None:
    """The ids of the file; a new one where it is missing, wrong or taken. The same file gets the same ids."""
    theirs = [cell.get("id") for cell in cells]
    fits = [isinstance(id, str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", id) is not None for id in theirs]
    taken = {id for id, fit in zip(theirs, fits, strict=True) if fit}
    fresh = (f"cell-{number}" for number in itertools.count() if f"cell-{number}" not in taken)
    seen: set[str] = set()
    for cell, id, fit in zip(made, theirs, fits, strict=True):
        cell["id"] = id if fit and id not in seen else next(fresh)
        seen.add(cell["id"])


def _encodable(text: str) -> str:
    """JSON can spell half a character, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", type(None): "nothing", bool: "true or false"}
    return names.get(type(value), "a number")
