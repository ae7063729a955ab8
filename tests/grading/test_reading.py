"""Notebooks that students break, by accident and on purpose: read, or refused in one sentence; nothing else."""

import copy
import json
import os
import pickle
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.grading import handed_in
from autograder.grading.handed_in import BadNotebook, Source, shown
from autograder.grading.reading import parse_notebook, read_notebook

ROOT = Path(__file__).resolve().parents[2]
WHOLE = (ROOT / "lessons/01_feedback_loop/feedback_loop.ipynb").read_bytes()
TREE = json.loads(WHOLE)
JUPYTER = "expected a notebook as Jupyter saves it"


def small(**changes) -> bytes:
    """A notebook of one cell, with changes at the top."""
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": None}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]} | changes).encode()


def celled(**changes) -> bytes:
    """A notebook whose one cell is changed."""
    tree = json.loads(small())
    tree["cells"][0] |= changes
    return json.dumps(tree).encode()


def test_a_notebook_of_the_course_comes_back_with_all_its_cells():
    notebook = parse_notebook(WHOLE, "n.ipynb")
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == ["".join(cell["source"]) for cell in TREE["cells"]]
    assert [cell.id for cell in notebook.cells] == [cell["id"] for cell in TREE["cells"]]
    assert [cell.metadata.get("nbgrader") for cell in notebook.cells] == [
        cell["metadata"].get("nbgrader") for cell in TREE["cells"]
    ]
    assert notebook.metadata.rnn_course == {"lesson": "01_feedback_loop"}


REFUSED = {
    "empty": (b"", f"n is empty; {JUPYTER}"),
    "blank": (b" \n\t ", f"n is empty; {JUPYTER}"),
    "text": (b"print('hello')", f"n is not JSON (line 1, column 1); {JUPYTER}"),
    "web page": (b"<!doctype html><title>Log in</title>", f"n is a web page; {JUPYTER}"),
    "zip": (b"PK\x03\x04rest", f"n is a ZIP under another name; {JUPYTER}"),
    "truncated": (WHOLE[:2000], f"n breaks off after 2000 characters; {JUPYTER}"),
    "cut in a word": (b'{"nbformat": 4, "cells": [tr', f"n breaks off after 28 characters; {JUPYTER}"),
    "conflict": (small()[:15] + b"\n=======\n" + small()[15:], f"n is not JSON (line 2, column 1); {JUPYTER}"),
    "rest": (small() + b"}", f"n is not JSON (line 1, column {len(small()) + 1}); {JUPYTER}"),
    "list": (b"[]", f"n holds a list, no notebook; {JUPYTER}"),
    "number": (b"1.5", f"n holds a number, no notebook; {JUPYTER}"),
    "other JSON": (b'{"a": 1}', f"n is JSON without the version of a notebook; {JUPYTER}"),
    "version is text": (small(nbformat="4"), f"n is JSON without the version of a notebook; {JUPYTER}"),
    "version is true": (small(nbformat=True), f"n is JSON without the version of a notebook; {JUPYTER}"),
    "newer": (small(nbformat=5), "n is of notebook format 5; expected 4"),
    "far newer": (small(nbformat=10**30), "n is of notebook format 1000000000000000000…; expected 4"),
    "oldest": (small(nbformat=1), "n is of notebook format 1; expected 4"),
    "no cells": (small(cells=None), f"n has nothing where its cells should be; {JUPYTER}"),
    "cells are text": (small(cells="code"), f"n has a text where its cells should be; {JUPYTER}"),
    "cell is a list": (small(cells=[[]]), f"cell 1 of n is a list; {JUPYTER}"),
    "unknown type": (celled(cell_type="sql"), "cell 1 of n has the type 'sql'; expected code, markdown or raw"),
    "hostile type": (
        celled(cell_type="\x1b[2J\n"),
        "cell 1 of n has the type '\ufffd[2J\ufffd'; expected code, markdown or raw",
    ),
    "type is a list": (celled(cell_type=[]), "cell 1 of n has the type a list; expected code, markdown or raw"),
    "source is a number": (celled(source=3), f"cell 1 of n has a number where its text should be; {JUPYTER}"),
    "source is mixed": (celled(source=["a", 3]), f"cell 1 of n has a list where its text should be; {JUPYTER}"),
    "deep": (b"[" * 10**5 + b"]" * 10**5, f"n is nested too deep; {JUPYTER}"),
    "deep metadata": (
        small(metadata=0).replace(b"0", b'{"a":' * 10**5 + b"1" + b"}" * 10**5, 1),
        f"n is nested too deep; {JUPYTER}",
    ),
    "long number": (small(metadata=1).replace(b"1", b"1" * 5000), f"n holds a whole number of 5000 digits; {JUPYTER}"),
    "UTF-16": (
        small().decode().encode("utf-16"),
        f"n is not saved as UTF-8, but looks like UTF-16 or UTF-32; {JUPYTER}",
    ),
    "UTF-16, no mark": (
        small().decode().encode("utf-16-le"),
        f"n is not saved as UTF-8, but looks like UTF-16 or UTF-32; {JUPYTER}",
    ),
    "Latin-1": ('{"é": 1}'.encode("latin-1"), f"n is not UTF-8 text (byte 2); {JUPYTER}"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), f"n is not UTF-8 text (byte 0); {JUPYTER}"),
    "many cells": (small(cells=[0] * 10_001), "n has 10001 cells; expected at most 10000"),
    "many parts": (
        small(metadata=0).replace(b"0", b"[" + b"[]," * 3 * 10**6 + b"0]", 1),
        "n has more than 1048576 parts; clear its outputs and save it again",
    ),
    "many texts": (
        small(metadata=0).replace(b"0", b"[" + b'"",' * 3 * 10**6 + b"0]", 1),
        "n has more than 1048576 parts; clear its outputs and save it again",
    ),
    "worksheets": (small(nbformat=3), f"n has nothing where its worksheets should be; {JUPYTER}"),
    "worksheet": (small(nbformat=3, worksheets=[3]), f"n has a worksheet without cells; {JUPYTER}"),
    "heading": (
        small(nbformat=3, worksheets=[{"cells": [{"cell_type": "heading", "source": 4}]}]),
        f"a heading of n has a number where its text should be; {JUPYTER}",
    ),
}


@pytest.mark.parametrize("data, words", REFUSED.values(), ids=REFUSED)
def test_what_is_no_notebook_is_refused_in_one_sentence(data: bytes, words: str):
    started = time.thread_time()
    with pytest.raises(BadNotebook) as caught:
        parse_notebook(data, "n")
    assert str(caught.value) == words
    assert time.thread_time() - started < 2


def test_a_mark_before_utf_8_is_fine():
    assert parse_notebook(b"\xef\xbb\xbf" + WHOLE, "n") == parse_notebook(WHOLE, "n")


def test_much_text_is_no_reason_to_refuse():
    text = json.dumps(", [" * 10**6 + '"\\' * 1000)
    assert parse_notebook(celled(outputs=[0]).replace(b"0", text.encode(), 1), "n").cells[0].outputs == []


def test_a_later_minor_version_and_no_metadata_are_fine():
    tree = {"nbformat": 4, "nbformat_minor": 99, "cells": [{"cell_type": "raw", "source": ["a\n", "b"]}]}
    notebook = parse_notebook(json.dumps(tree).encode(), "n")
    nbformat.validate(notebook)
    assert notebook.cells[0].source == "a\nb" and notebook.metadata == {}


@pytest.mark.parametrize("ids", [[None] * 4, ["a"] * 4, ["cell-0", 5, "cell-1", "cell-0"], ["", "é", "x" * 65, []]])
def test_ids_that_are_missing_or_taken_are_given_anew_and_the_same_each_time(ids: list):
    cells = [{"cell_type": "markdown", "source": "", "id": id} for id in ids]
    first, again = (parse_notebook(small(cells=cells), "n") for _ in range(2))
    nbformat.validate(first)
    assert first == again and len({cell.id for cell in first.cells}) == 4
    if ids[0] == "cell-0":
        assert [cell.id for cell in first.cells] == ["cell-0", "cell-2", "cell-1", "cell-3"]


def test_metadata_that_would_crash_a_reader_is_left_out():
    hostile = {"grade_id": ["a"], "points": 3}
    assert parse_notebook(celled(metadata={"nbgrader": hostile}), "n").cells[0].metadata == {}
    numbers = {"grade_id": "a", "points": 10**900, "x": float("nan"), "y": float("inf"), "z": [1], "grade": True}
    kept = parse_notebook(celled(metadata={"nbgrader": numbers, "tags": 3}), "n").cells[0].metadata
    assert kept == {"nbgrader": {"grade_id": "a", "grade": True}}
    kernel = {"kernelspec": {"name": 3, "display_name": "x"}, "language_info": {"name": "python", "version": 3}}
    assert parse_notebook(small(metadata=kernel), "n").metadata == {"language_info": {"name": "python"}}


def test_half_a_character_is_replaced():
    source = parse_notebook(celled(source="a\ud800b"), "n").cells[0].source
    assert source == "a?b" and source.encode()


def test_pictures_pasted_into_an_answer_are_kept():
    attached = {"a.png": {"image/png": "AAAA", "text/html": "<script>"}, "b": 3}
    cell = parse_notebook(celled(cell_type="markdown", attachments=attached), "n").cells[0]
    assert cell.attachments == {"a.png": {"image/png": "AAAA"}}


def test_format_3_is_upgraded_as_nbformat_does():
    cells = [
        {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Two\n", "lines"]},
        {"cell_type": "code", "language": "python", "metadata": {}, "input": ["x = 1\n", "x"], "outputs": []},
        {"cell_type": "markdown", "metadata": {}, "source": "text"},
        {"cell_type": "html", "metadata": {}, "source": "<b>b</b>"},
        {"cell_type": "raw", "metadata": {}, "source": "raw"},
    ]
    tree = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    theirs = nbformat.convert(nbformat.reads(json.dumps(tree), as_version=nbformat.NO_CONVERT), 4)
    ours = parse_notebook(json.dumps(tree).encode(), "n")
    nbformat.validate(ours)
    assert [(c.cell_type, c.source) for c in ours.cells] == [(c.cell_type, c.source) for c in theirs.cells]


@pytest.mark.parametrize("level", [10**12, -1, "x", None, [], True])
def test_a_heading_of_any_level_costs_nothing(level):
    sheet = {"cells": [{"cell_type": "heading", "level": level, "source": "a"}]}
    source = parse_notebook(small(nbformat=3, worksheets=[sheet]), "n").cells[0].source
    assert source in ("# a", "###### a")


# files


def test_a_file_is_read_up_to_a_limit_and_asked_for_its_size_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with open(tmp_path / "n.ipynb", "wb") as file:
        file.truncate(10**12)  # sparse: no disk could hold it, and reading it would take long
    with monkeypatch.context() as patch, pytest.raises(BadNotebook) as caught:
        patch.delattr(handed_in, "take")
        read_notebook(Source(tmp_path, ("n.ipynb",)))
    assert str(caught.value) == "n.ipynb is larger than 50 MB, the most that is read"
    (tmp_path / "s").write_bytes(b"12345")
    assert Source(tmp_path, ("s",)).read(5) == b"12345"
    with pytest.raises(BadNotebook, match="larger than"):
        Source(tmp_path, ("s",)).read(4)


def test_what_is_not_there_is_a_bad_notebook(tmp_path: Path):
    with pytest.raises(BadNotebook, match=r"^n.ipynb cannot be opened \(No such file or directory\)$"):
        read_notebook(Source(tmp_path, ("eve", "n.ipynb")))
    with pytest.raises(BadNotebook, match="cannot be opened"):
        read_notebook(Source(tmp_path / "gone", ("n.ipynb",)))


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "n.ipynb")
    for source in (Source(tmp_path, ("n.ipynb",)), Source(Path("/dev"), ("zero",))):
        with pytest.raises(BadNotebook, match=f"^{source.name} is not an ordinary file$"):
            read_notebook(source)


@pytest.fixture
def swapped(tmp_path: Path) -> list[Source]:
    """Sources that were found as files; then the student put links in their places."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "n.ipynb").write_bytes(small(metadata={"rnn_course": {"lesson": "secret"}}))
    (tmp_path / "eve").mkdir()
    (tmp_path / "eve" / "n.ipynb").symlink_to(tmp_path / "secret" / "n.ipynb")
    (tmp_path / "bob").symlink_to(tmp_path / "secret")
    return [Source(tmp_path, ("eve", "n.ipynb")), Source(tmp_path, ("bob", "n.ipynb"))]


def test_a_link_is_not_followed_even_if_it_comes_after_the_look(swapped: list[Source]):
    with pytest.raises(BadNotebook, match=r"^n.ipynb is a link, and links are not followed$"):
        read_notebook(swapped[0])
    with pytest.raises(BadNotebook, match=r"^n.ipynb cannot be opened \(Not a directory\)$"):
        read_notebook(swapped[1])


def test_without_the_defence_the_links_lead_to_the_secret(swapped: list[Source], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(handed_in, "NOFOLLOW", 0)
    for source in swapped:
        assert read_notebook(source).metadata.rnn_course.lesson == "secret"


# ZIPs


def test_a_bomb_is_stopped_by_what_comes_out_whatever_it_announces(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("n.ipynb", b" " * 10**8)
    data = (tmp_path / "z.zip").read_bytes()
    (tmp_path / "lie.zip").write_bytes(data.replace((10**8).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(BadNotebook, match=r"^n.ipynb is larger than 50 MB, the most that is read$"):
        Source(tmp_path, ("z.zip",), ("n.ipynb",)).read()
    with pytest.raises(BadNotebook, match=r"^n.ipynb (is larger|cannot be taken out of its ZIP)"):
        Source(tmp_path, ("lie.zip",), ("n.ipynb",)).read()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_cannot_be_bounded_is_refused(tmp_path: Path, method: int):
    with zipfile.ZipFile(tmp_path / "z.zip", "w", method) as archive:
        archive.writestr("n.ipynb", small())
    with pytest.raises(BadNotebook) as caught:
        Source(tmp_path, ("z.zip",), ("n.ipynb",)).read()
    assert str(caught.value) == "n.ipynb is compressed in a way that is not read; expected an ordinary ZIP"


def test_a_source_is_small_and_travels(tmp_path: Path):
    source = Source(tmp_path, ("eve", "n.ipynb"), ("a.zip", "n.ipynb"))
    assert pickle.loads(pickle.dumps(source)) == source and len(pickle.dumps(source)) < 500


@pytest.mark.parametrize(
    "name, line",
    [
        ("王小明", "王小明"),
        ("محمد", "محمد"),
        ('O\'Brien "Bo" 🙂', 'O\'Brien "Bo" 🙂'),
        ("e\u0301", "e\u0301"),
        ("a\u202egpj\n\t\x1b[2J\x00", "a\ufffdgpj\ufffd\ufffd\ufffd[2J\ufffd"),
        ("\udcff", "\ufffd"),
        ("", "(no name)"),
        ("x" * 300, "x" * 99 + "…"),
    ],
)
def test_names_are_shown_in_one_line(name: str, line: str):
    assert shown(name) == line and shown(name).encode()


# broken by chance

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), st.floats(), st.text(max_size=5),
    st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3),
    st.just("\ud800"), st.just({"grade_id": {}}), st.just([[]]), st.sampled_from([1, 2, 3, 4, 5]),
)  # fmt: skip


def places(node, path=()) -> list[tuple]:
    """Where something stands in a tree: the way to it."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, value in inner for found in ((*path, key), *places(value, (*path, key)))]


SMALLER = TREE | {"cells": TREE["cells"][:12]}
PLACES = places(SMALLER)
SMALLER_TEXT = json.dumps(SMALLER, indent=1).encode()


@st.composite
def mutated(draw) -> bytes:
    """A real notebook with parts deleted, repeated, moved or replaced, and then bytes changed."""
    data, tree = SMALLER_TEXT, copy.deepcopy(SMALLER)
    if draw(st.booleans()):
        for _ in range(draw(st.integers(1, 4))):
            *way, last = draw(st.sampled_from(PLACES))
            try:
                node = tree
                for key in way:
                    node = node[key]
                act = draw(st.sampled_from(["delete", "repeat", "rename", "replace", "move"]))
                if act == "replace":
                    node[last] = draw(JUNK)
                elif act == "repeat" and isinstance(node, list):
                    node.extend([node[last]] * draw(st.integers(1, 5)))
                elif act == "move":
                    node[last] = copy.deepcopy(tree[draw(st.sampled_from(sorted(tree)))])
                elif act == "rename" and isinstance(node, dict):
                    node[draw(st.sampled_from(["source", "id", "cells", "nbformat", "metadata", "é"]))] = node.pop(last)
                else:
                    del node[last]
            except (KeyError, IndexError, TypeError):  # an earlier change took the place away
                continue
        data = json.dumps(tree).encode()
    if draw(st.booleans()):
        edited = bytearray(data)
        for _ in range(draw(st.integers(1, 6))):
            at = draw(st.integers(0, len(edited)))
            edited[at : at + draw(st.integers(0, 20))] = draw(st.binary(max_size=6))
        data = bytes(edited[: draw(st.sampled_from([len(edited), len(edited), draw(st.integers(0, len(edited)))]))])
    return data


def holds(data: bytes) -> None:
    """Either a notebook on which all can rely, or one sentence; quickly."""
    started = time.thread_time()
    try:
        notebook = parse_notebook(data, "n.ipynb")
    except BadNotebook as error:
        assert str(error).isprintable() and len(str(error)) < 250
    else:
        nbformat.validate(notebook)
        assert all(type(cell.source) is str and cell.source.encode() is not None for cell in notebook.cells)
        assert all(cell.cell_type in ("code", "markdown", "raw") for cell in notebook.cells)
        assert nbformat.reads(nbformat.writes(notebook), as_version=4) == notebook
    assert time.thread_time() - started < 2


QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


@settings(max_examples=200, **QUIET)
@given(mutated())
def test_a_broken_notebook_is_read_or_refused(data: bytes):
    holds(data)


@pytest.mark.full
@settings(max_examples=10_000, **QUIET)
@given(mutated())
def test_ten_thousand_broken_notebooks_are_read_or_refused(data: bytes):
    holds(data)


@settings(max_examples=200, **QUIET)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(data: bytes):
    holds(data)
