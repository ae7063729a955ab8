"""The file keeps the widgets that its outputs show: no more, and none less after a kernel is gone."""

import json
from types import SimpleNamespace

import pytest

from autograder.widget_state import STATE, VIEW, keep_what_is_shown


def notebook(shown: list[str], known: dict) -> dict:
    """A notebook with a cell for each view, and what the page knows of models."""
    outputs = [{"output_type": "display_data", "data": {VIEW: {"model_id": id}}} for id in shown]
    cells = [{"cell_type": "code", "outputs": [output]} for output in outputs]
    state = {"widgets": {STATE: {"version_major": 2, "version_minor": 0, "state": known}}} if known else {}
    return {"cells": [{"cell_type": "markdown"}, *cells], "metadata": {"kernelspec": {}, **state}}


def model(name: str) -> dict:
    """A widget with a layout of its own."""
    return {"state": {"layout": f"IPY_MODEL_layout{name}", "says": name}}


def saved(page: dict, path, name="nb.ipynb") -> dict:
    """What stands in the file after the page was saved."""
    manager = SimpleNamespace(_get_os_path=lambda path_: str(path / path_))
    keep_what_is_shown(model={"type": "notebook", "content": page}, path=f"/{name}", contents_manager=manager)
    (path / name).write_text(json.dumps(page), encoding="utf-8")
    return page["metadata"].get("widgets", {}).get(STATE, {}).get("state")


BOTH = {"a": model("a"), "layouta": {"state": {}}, "b": model("b"), "layoutb": {"state": {}}}


def test_earlier_runs_of_a_cell_are_left_out(tmp_path):
    assert saved(notebook(["b"], BOTH), tmp_path) == {"b": model("b"), "layoutb": {"state": {}}}


def test_what_a_new_kernel_does_not_know_stays_as_it_was(tmp_path):
    saved(notebook(["a"], BOTH), tmp_path)
    new = {"b": model("b"), "layoutb": {"state": {}}}
    assert saved(notebook(["a", "b"], new), tmp_path) == BOTH
    assert saved(notebook(["a", "b"], {}), tmp_path) == BOTH


def test_the_newest_state_counts(tmp_path):
    saved(notebook(["a"], BOTH), tmp_path)
    moved = {"a": {"state": {"says": "moved"}}, "layouta": {"state": {}}}
    assert saved(notebook(["a"], moved), tmp_path) == {"a": {"state": {"says": "moved"}}}


def test_without_widgets_nothing_is_kept(tmp_path):
    assert saved(notebook([], BOTH), tmp_path) is None
    assert saved(notebook(["c"], {}), tmp_path) is None  # neither the page nor a file knows it


@pytest.mark.parametrize("text", ["", "[1]", '{"metadata": {}}'])
def test_a_file_that_is_no_notebook_does_no_harm(tmp_path, text):
    (tmp_path / "nb.ipynb").write_text(text)
    assert saved(notebook(["a", "b"], {"a": model("a")}), tmp_path) == {"a": model("a")}


def test_other_files_pass():
    other = {"type": "file", "content": "text"}
    keep_what_is_shown(model=other, path="a.txt", contents_manager=None)
    assert other == {"type": "file", "content": "text"}
