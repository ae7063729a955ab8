"""The main job: a folder of submissions in, a report of each out, and every result kept through any kill."""

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from autograder.build import LESSONS
from autograder.cli import main
from autograder.grading import results as known
from autograder.grading.handed_in import BadNotebook
from autograder.grading.keep import Keep, trust
from autograder.grading.results import graded_notebook
from autograder.grading.whole_class import grade_path, notebooks_of
from autograder.source import SOLUTIONS, source_notebook

LESSON, NAME = "02_recurrent_cell", "recurrent_cell"


def solved(comment: str = "") -> nbformat.NotebookNode:
    notebook = source_notebook(SOLUTIONS / LESSON / f"{NAME}.py")
    notebook.cells[0].source += comment
    return notebook


def hand_in(folder: Path, student: str, notebook, lesson: str = LESSON, name: str = NAME) -> Path:
    path = folder / student / lesson / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook), encoding="utf-8")
    return path


def untouched() -> str:
    return (LESSONS / LESSON / f"{NAME}.ipynb").read_text(encoding="utf-8")


@pytest.fixture
def course(tmp_path) -> Path:
    """A course of four students: right, untouched, broken, and one of whom a notebook is missing."""
    trust(tmp_path)
    submitted = tmp_path / "submitted"
    hand_in(submitted, "ann", solved())
    hand_in(submitted, "bob", untouched())
    hand_in(submitted, "cyd", '{"cells": [')
    hand_in(submitted, "dan", untouched(), "03_bptt", "gradient_by_hand")
    return tmp_path


def test_a_class_is_graded_and_a_second_run_grades_nothing(course, capsys, monkeypatch):
    file = course / "out.json"
    command = ["grade", str(course / "submitted"), "--json", str(file), "--workers", "1"]
    assert main(command) == 1  # cyd and dan could not be graded in full
    said = capsys.readouterr().out
    rows = {row["student"]: row for row in json.loads(file.read_text(encoding="utf-8"))["submissions"]}
    assert list(rows) == ["ann", "bob", "cyd", "dan"]
    assert [rows[name]["status"] for name in rows] == ["graded", "graded", "not graded", "incomplete"]
    assert rows["ann"]["points"] == rows["ann"]["max"] > 0 == rows["bob"]["points"] == rows["cyd"]["points"]
    assert {row["max"] for row in rows.values() if row["lesson"] == LESSON} == {rows["ann"]["max"]}
    assert set(rows["ann"]) == {"student", "lesson", "status", "points", "max", "notes", "exercises"}
    assert set(rows["ann"]["exercises"][0]) == {"id", "points", "max", "mistake", "checks"}
    assert "breaks off after 11 characters" in rows["cyd"]["notes"][0]
    assert any("character_model" in note for note in rows["dan"]["notes"])
    assert f"ann  {LESSON}  22 of 22 points\n" in said and "(not graded)" in said
    assert (course / ".rnn-course" / "results.sqlite").is_file()

    def never(*_):
        raise AssertionError("nothing is left to grade")

    monkeypatch.setattr(known, "pool", never)
    before = file.read_bytes()
    assert main(command) == 1 and file.read_bytes() == before


def test_what_a_class_got_wrong_most_often_is_said(course, capsys):
    wrong = solved()
    transposed = "def step_forward(x, h, W_xh, W_hh, b):\n    return np.tanh(x @ W_xh + h @ W_hh.T + b), None"
    wrong.cells.append(nbformat.v4.new_code_cell(transposed))
    submitted = course / "other" / "submitted"
    for name in ("ann", "bob"):
        hand_in(submitted, name, wrong)
    assert main(["grade", str(submitted), "--workers", "1"]) == 0
    assert "The commonest mistakes:" in (said := capsys.readouterr().out) and "   2 x cell-step" in said


def test_nothing_to_grade_is_a_call_that_makes_no_sense(tmp_path, capsys):
    assert main(["grade", str(tmp_path / "none")]) == 2
    assert main(["grade", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("rnn-course grade: ") == 2


def test_without_a_rung_nothing_runs_unless_it_is_asked_for_and_then_it_is_said(course):
    """In a process of its own, where the ladder is cut off."""
    one = course / "one" / "submitted"
    hand_in(one, "ann", solved())

    def grade(*options: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "tests.grading.no_rung", "grade", str(one), "--workers", "1", *options]
        return subprocess.run(command, capture_output=True, text=True)

    refused = grade()
    assert refused.returncode == 2 and "nothing here keeps a student's code apart (A: cut off" in refused.stderr
    assert "--unsafe-no-sandbox` runs it all the same" in refused.stderr and refused.stdout == ""
    unsafe = grade("--unsafe-no-sandbox")
    assert unsafe.returncode == 0 and "22 of 22 points" in unsafe.stdout and "(rung E, " in unsafe.stdout
    (row,) = grade_path(one, workers=1, unsafe=True)
    assert row["points"] == row["max"] and row["notes"] == []  # here is a rung, and the unsafe result is not taken


def test_who_handed_in_the_same_as_one_who_changed_it_meanwhile_is_told(tmp_path, monkeypatch):
    for student in ("ann", "bob"):
        hand_in(tmp_path / "submitted", student, untouched())
    other = {"unreadable": "other bytes"}
    monkeypatch.setattr(known, "grade_all", lambda tasks, *_: ((t, t.source.read() + b" ", other) for t in tasks))
    monkeypatch.setattr(known, "pool", lambda *_: contextlib.nullcontext())
    trust(tmp_path)
    ann, bob = grade_path(tmp_path / "submitted")
    assert "other bytes" in str(ann["notes"]) and "changed meanwhile; grade again" in str(bob["notes"])


def test_one_notebook_for_nbgrader(course):
    keep = Keep(course / ".rnn-course")
    path = course / "submitted" / "ann" / LESSON / f"{NAME}.ipynb"
    graded = graded_notebook(path, LESSON, NAME, keep)
    assert sum(row["points"] for row in graded.exercises) == 22 and graded.rung in "AB"
    assert len(graded.outputs) == len(nbformat.read(path, 4).cells)
    assert vars(graded_notebook(path, LESSON, NAME, keep)) == vars(graded)
    with pytest.raises(BadNotebook, match="breaks off"):
        graded_notebook(course / "submitted" / "cyd" / LESSON / f"{NAME}.ipynb", LESSON, NAME, keep)


# kills


def results(course: Path) -> dict[str, bytes]:
    """Every kept result; nothing before the file is there."""
    path = course / ".rnn-course" / "results.sqlite"
    if not path.exists():
        return {}
    with sqlite3.connect(path) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE name = 'results'").fetchall()
        rows = database.execute("SELECT key, data FROM results").fetchall() if found else []
    database.close()
    return dict(rows)


def grade_in_another_process(course: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "autograder.cli", "grade", str(course / "submitted"), "--workers", "2"]
    quiet = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
    return subprocess.Popen(command, **quiet, start_new_session=True)


def below(process: subprocess.Popen) -> list[psutil.Process]:
    """The processes that a process has started, at any depth, in the order of their start."""
    try:
        return sorted(psutil.Process(process.pid).children(recursive=True), key=psutil.Process.create_time)
    except psutil.NoSuchProcess:
        return []


@pytest.mark.full
def test_50_kills_lose_nothing_and_a_last_run_grades_what_is_missing(tmp_path):
    trust(tmp_path)
    for number in range(60):
        hand_in(tmp_path / "submitted", f"student{number:02d}", solved(f"\n\n{number}"))
    rng, kept, left = random.Random(5), {}, []
    for _ in range(50):
        process = grade_in_another_process(tmp_path)
        time.sleep(rng.uniform(0, 4))
        left += below(process)
        process.kill()
        process.wait()
        now = results(tmp_path)
        assert kept.items() <= now.items()
        kept = now
        if len(kept) == 60:  # begin anew, so that the later kills find work, too
            (tmp_path / ".rnn-course" / "results.sqlite").unlink()
            kept = {}
    assert not psutil.wait_procs(left, 30)[1]
    assert grade_in_another_process(tmp_path).wait(300) == 0
    now = results(tmp_path)
    assert len(now) == 60 and kept.items() <= now.items()


@pytest.mark.full
def test_a_grading_process_that_is_killed_is_replaced(tmp_path):
    trust(tmp_path)
    for number in range(20):
        hand_in(tmp_path / "submitted", f"student{number:02d}", solved(f"\n\n{number}"))
    process = grade_in_another_process(tmp_path)
    while not results(tmp_path):
        time.sleep(0.05)
    _, *graders = [child for child in below(process) if "forkserver" in " ".join(child.cmdline())]
    graders[0].kill()  # the first of all is the one that they are forked from
    assert process.wait(300) == 0
    assert len(results(tmp_path)) == 20


def test_the_notebooks_of_a_report_stand_in_reading_order():
    assert notebooks_of("03_bptt") == ["gradient_by_hand", "character_model"] and notebooks_of("99_none") == []
