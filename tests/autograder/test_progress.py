"""What was shown to be kept is kept: through kills, through two writers at once, and beside a file that is broken."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.progress import Progress, progress_file
from autograder.verdict import Result, Verdict
from tests.autograder.common import scale_exercise

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from pathlib import Path
from autograder.progress import Progress

path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    Progress(path).add("check", f"{name}-{number}", points=number)
    print(number, flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen:
    """A process that adds events, and reports each after it was added."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(count)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def kept(path: Path) -> list[str]:
    return [item for _, item, _ in Progress(path).events("check")]


# kept


def test_events_come_back_in_order_with_their_data(tmp_path):
    progress = Progress(tmp_path / "deep" / "er" / "progress.sqlite")
    progress.add("hint", "a", number=1, words="é <b>", nested=[1, {"x": None}])
    progress.add("hint", "b")
    progress.add("check", "a", points=1)
    (first, second) = progress.events("hint")
    assert first[1:] == ("a", {"number": 1, "words": "é <b>", "nested": [1, {"x": None}]})
    assert second[1:] == ("b", {}) and first[0] <= second[0]
    assert [item for _, item, _ in progress.events("hint", "b")] == ["b"]
    assert progress.events("nothing") == []


def test_data_may_have_any_name(tmp_path):
    progress = Progress(tmp_path / "p")
    progress.add("value", "x", kind=1, item=2, self=3, path=4)
    assert progress.events("value")[0][2] == {"kind": 1, "item": 2, "self": 3, "path": 4}


def test_the_best_points_count(tmp_path):
    progress = Progress(tmp_path / "p")
    for points in (1, 3, 2):
        progress.add_result(Result(scale_exercise(), points, [Verdict("one", False)]))
    progress.add("check", "other", points=0.5)
    assert progress.best() == {"scale": 3, "other": 0.5}
    assert progress.events("check")[0][2] == {"points": 1, "max": 3, "mistake": None}


def test_without_a_file_nothing_is_kept():
    progress = Progress(None)
    progress.add("check", "a", points=1)
    assert progress.events("check") == [] and progress.best() == {}


def test_words_that_look_like_sql_are_words(tmp_path):
    progress = Progress(tmp_path / "p")
    progress.add("check'; DROP TABLE events; --", "x'", points=1)
    assert progress.events("check'; DROP TABLE events; --", "x'")[0][1] == "x'"


# where


def test_where_progress_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_COURSE_PROGRESS", str(tmp_path / "x"))
    assert progress_file() == tmp_path / "x"
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert progress_file() is None
    monkeypatch.delenv("NBGRADER_EXECUTION")
    monkeypatch.setenv("RNN_COURSE_PROGRESS", "")
    assert progress_file() is None
    monkeypatch.delenv("RNN_COURSE_PROGRESS")
    deep = tmp_path / "my_lessons" / "01_small"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert progress_file() == tmp_path / "my_lessons" / ".progress.sqlite"
    monkeypatch.chdir(tmp_path)  # where a learner says `python course.py progress`
    assert progress_file() == tmp_path / "my_lessons" / ".progress.sqlite"
    deep.parent.rename(tmp_path / "renamed")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert progress_file() == tmp_path / "home" / ".rnn-course" / "progress.sqlite"


# kills


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_a_kill_at_any_moment_loses_nothing_that_was_reported(tmp_path):
    path, draw, reported = tmp_path / "progress.sqlite", random.Random(1), []
    for life in range(10):
        process = writer(path, f"life{life}", 100_000)
        try:
            assert process.stdout.readline() == "0\n"
            time.sleep(draw.uniform(0, 0.06))
        finally:
            process.kill()  # this process, by its own id
        lines = ["0", *process.stdout.read().split("\n")[:-1]]  # what stands after the last line end was cut off
        process.stdout.close()
        assert process.wait() == -9
        reported += [f"life{life}-{number}" for number in lines]
        found = kept(path)
        assert set(reported) <= set(found) and len(found) == len(set(found))
        assert len(found) <= len(reported) + life + 1, "at most the one being written when it was killed"
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
    assert [file.name for file in tmp_path.iterdir() if "broken" in file.name] == []
    assert len(reported) > 10


def test_two_writers_at_once_lose_nothing(tmp_path):
    path = tmp_path / "progress.sqlite"
    processes = [writer(path, name, 40) for name in ("one", "two")]
    for process in processes:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0 and out.split() == [str(number) for number in range(40)]
    found = kept(path)
    assert sorted(found) == sorted(f"{name}-{number}" for name in ("one", "two") for number in range(40))
    for name in ("one", "two"):
        own = [item for item in found if item.startswith(name)]
        assert own == [f"{name}-{number}" for number in range(40)], "each in its order"


# broken files


@pytest.mark.parametrize("content", [b"x" * 5000, b"SQLite format 3\x00" + b"\xff" * 4080, b"\x00" * 4096])
def test_a_file_that_is_no_database_is_set_aside(tmp_path, content):
    path = tmp_path / "progress.sqlite"
    path.write_bytes(content)
    progress = Progress(path)
    progress.add("check", "a", points=1)
    assert kept(path) == ["a"]
    (aside,) = [file for file in tmp_path.iterdir() if ".broken-" in file.name]
    assert aside.read_bytes() == content and aside.name.startswith("progress.sqlite.broken-")


def test_breaking_twice_keeps_both(tmp_path):
    path = tmp_path / "progress.sqlite"
    for number in range(3):
        path.write_bytes(b"broken %d" % number * 500)
        assert Progress(path).events("check") == []
    aside = [file for file in tmp_path.iterdir() if ".broken-" in file.name]
    assert sorted(file.read_bytes()[:8] for file in aside) == [b"broken 0", b"broken 1", b"broken 2"]


def test_a_file_cut_off_in_the_middle_is_set_aside_or_read(tmp_path):
    path = tmp_path / "progress.sqlite"
    for number in range(60):
        Progress(path).add("check", f"item-{number}", points=1, words="x" * 200)
    whole = path.read_bytes()
    for size in (len(whole) // 2, 4096, 100, 0):
        path.write_bytes(whole[:size])
        Progress(path).add("check", "after", points=2)
        assert "after" in kept(path)


def test_an_empty_file_is_a_new_one(tmp_path):
    path = tmp_path / "progress.sqlite"
    path.touch()
    Progress(path).add("check", "a", points=1)
    assert kept(path) == ["a"] and len(list(tmp_path.iterdir())) == 1


def test_another_database_is_left_alone(tmp_path):
    """A file that is sound, but not ours, is not set aside: nothing is wrong with it."""
    path = tmp_path / "progress.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE events (something TEXT)")
    database.commit()
    database.close()
    before = path.read_bytes()
    with pytest.raises(sqlite3.OperationalError):
        Progress(path).add("check", "a", points=1)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_a_locked_file_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "progress.sqlite"
    Progress(path).add("check", "a", points=1)
    connect = sqlite3.connect
    monkeypatch.setattr("autograder.database.sqlite3.connect", lambda path, timeout: connect(path, timeout=0.05))
    holder = connect(path)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        Progress(path).add("check", "b", points=1)
    holder.rollback()
    holder.close()
    assert kept(path) == ["a"]
