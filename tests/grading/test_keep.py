"""The secret seed stays secret; a result that was kept is found again, until what it follows from changes."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading

import grimp
import pytest

from autograder.grading import keep as keeping
from autograder.grading.keep import Keep, above_submitted, is_trusted, keep_for, trust, version


@pytest.fixture
def keep(tmp_path) -> Keep:
    return Keep(tmp_path / "kept")


# the seed


def test_the_seed_is_made_once_and_only_its_owner_may_read_it(keep):
    assert keep.seed == Keep(keep.folder).seed and 0 < keep.seed < 2**128
    path = keep.folder / "secret_seed"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(keep.folder.stat().st_mode) == 0o700
    assert sorted(file.name for file in keep.folder.iterdir()) == ["secret_seed"]


def test_two_courses_have_two_seeds(tmp_path):
    assert Keep(tmp_path / "a").seed != Keep(tmp_path / "b").seed


def test_all_who_need_the_first_seed_at_once_get_the_same(tmp_path):
    found = []
    threads = [threading.Thread(target=lambda: found.append(Keep(tmp_path / "kept").seed)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20 and len(set(found)) == 1


@pytest.mark.skipif(os.name != "posix", reason="no modes")
def test_a_seed_that_others_may_read_is_refused(keep):
    assert keep.seed
    (keep.folder / "secret_seed").chmod(0o644)
    with pytest.raises(PermissionError, match=r"others may read it. If nobody has: chmod 600"):
        _ = Keep(keep.folder).seed


@pytest.mark.parametrize("text", ["", "1234", "not hexadecimal, but 32 signs long"[:32], "é" * 32])
def test_a_broken_seed_is_refused(keep, text):
    keep.folder.mkdir()
    path = keep.folder / "secret_seed"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ValueError):
        _ = keep.seed


def test_what_is_kept_stands_in_the_nearest_folder_above_or_in_the_home(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping.Path, "home", lambda: tmp_path / "home")
    course = tmp_path / "home" / "course"
    (course / "submitted" / "ann").mkdir(parents=True)
    (tmp_path / "home" / ".rnn-course").mkdir()
    assert keep_for(course / "submitted").folder == tmp_path / "home" / ".rnn-course"
    trust(course)
    assert keep_for(course / "submitted" / "ann" / "no.zip").folder == course / ".rnn-course"


def test_a_folder_that_only_looks_like_a_course_is_refused_and_an_own_one_may_move(tmp_path, monkeypatch):
    """Such as one student's work, unpacked: it could bring its own seed, results and configuration."""
    monkeypatch.setattr(keeping.Path, "home", lambda: tmp_path / "home")
    handed_in, course = tmp_path / "ann", tmp_path / "course"
    trust(course)
    assert is_trusted(course) and keep_for(course).folder == course / ".rnn-course"
    course = course.rename(tmp_path / "moved")
    (course / ".rnn-course" / "secret_seed").unlink(missing_ok=True)
    assert keep_for(course).folder == course / ".rnn-course"
    for mark in (None, "", "0" * 32, "x" * 500):
        (handed_in / ".rnn-course").mkdir(parents=True, exist_ok=True)
        if mark is not None:
            (handed_in / ".rnn-course" / "mark").write_text(mark)
        with pytest.raises(PermissionError, match=r"this account has not made it.*rnn-course teach .*ann` once"):
            keep_for(handed_in / "submitted")
    (handed_in / ".rnn-course" / "mark").unlink()
    (handed_in / ".rnn-course" / "mark").symlink_to(course / ".rnn-course" / "mark")
    assert not is_trusted(handed_in)


# results


def test_a_result_is_found_under_what_it_follows_from(keep, monkeypatch):
    key = keep.key(b"notebook", "03_bptt", "gradient_by_hand")
    keep.put(key, "03_bptt", "gradient_by_hand", {"points": 1.5, "words": "é"})
    assert keep.has(key) and keep.get(key) == {"points": 1.5, "words": "é"}
    others = [
        keep.key(b"notebook ", "03_bptt", "gradient_by_hand"),
        keep.key(b"notebook", "03_bptt", "character_model"),
        keep.key(b"notebook", "02_recurrent_cell", "gradient_by_hand"),
        keep.key(b"notebook", "03_bptt", "gradient_by_hand", unsafe=True),
        Keep(keep.folder.with_name("other")).key(b"notebook", "03_bptt", "gradient_by_hand"),
    ]
    assert len({key, *others}) == 6 and not any(map(keep.has, others)) and keep.get(others[0]) is None
    monkeypatch.setattr(keeping, "version", lambda lesson: "another")
    assert not keep.has(keep.key(b"notebook", "03_bptt", "gradient_by_hand"))


def test_the_first_result_stays(keep):
    for number in (1, 2):
        keep.put("key", "lesson", "notebook", {"number": number})
    assert keep.get("key") == {"number": 1}


def test_a_key_does_not_tell_the_seed(keep):
    key = keep.key(b"notebook", "03_bptt", "gradient_by_hand")
    assert f"{keep.seed:032x}" not in key
    keep.put(key, "03_bptt", "gradient_by_hand", {})
    raw = (keep.folder / "results.sqlite").read_bytes()
    assert f"{keep.seed:032x}".encode() not in raw and str(keep.seed).encode() not in raw


def test_results_are_set_aside_when_the_file_is_broken(keep):
    keep.folder.mkdir()
    (keep.folder / "results.sqlite").write_bytes(b"no database" * 100)
    keep.put("key", "lesson", "notebook", {"number": 1})
    assert keep.get("key") == {"number": 1}
    assert len(list(keep.folder.glob("results.sqlite.broken-*"))) == 1


def test_a_version_changes_with_the_checks_the_reference_and_the_comparison(tmp_path):
    """In a copy of the packages, so that a file can be changed."""
    root = keeping.Path(keeping.__file__).parents[2]
    for name in ("autograder", "rnn_core", "solutions"):
        subprocess.run(["cp", "-r", str(root / name), str(tmp_path)], check=True)

    def versions() -> tuple[str, str]:
        ask = "from autograder.grading.keep import version; print(version('03_bptt'), version('02_recurrent_cell'))"
        found = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True)
        return tuple(found.stdout.split())

    third, second = versions()
    assert third != second == version("02_recurrent_cell") and third == version("03_bptt")
    for name, both in (
        ("autograder/checks/bptt/step.py", False),
        ("rnn_core/rnn.py", True),
        ("autograder/compare.py", True),
    ):
        with open(tmp_path / name, "a", encoding="utf-8") as file:
            file.write("\n# changed\n")
        before = third, second
        third, second = versions()
        assert third != before[0] and (second != before[1]) == both, name
    with pytest.raises(ValueError, match="no lesson '99_none'"):
        version("99_none")


def test_a_version_covers_all_that_a_verdict_is_made_of():
    graph = grimp.build_graph("autograder")
    start = {name for name in graph.modules if name.startswith("autograder.checks.")}
    used = set().union(
        *(graph.find_upstream_modules(name) for name in {*start, "autograder.verdict", "autograder.student"})
    )
    ours = {name.partition(".")[2].replace(".", "/") for name in used if "." in name and ".checks" not in name}
    assert ours | {"verdict", "student"} <= set(keeping.DECIDING)


# what a student hands in


def test_results_and_a_seed_among_what_students_handed_in_are_not_the_courses(tmp_path, monkeypatch):
    """A results store can be forged: who knows its seed knows under which key a result stands."""
    monkeypatch.setattr(keeping.Path, "home", lambda: tmp_path / "home")
    course, lesson = tmp_path / "course", tmp_path / "course/submitted/ann/03_bptt"
    for folder in (lesson, lesson.parent, lesson.parent.parent, lesson / "submitted" / "ann"):
        (folder / ".rnn-course").mkdir(parents=True)
    for path in (lesson, lesson.parent, lesson.parent.parent, lesson / "submitted", lesson / "character_model.ipynb"):
        assert keep_for(path).folder == tmp_path / "home" / ".rnn-course"
        assert above_submitted(path)[0] == course
    trust(course)
    assert keep_for(lesson / "submitted" / "ann").folder == course / ".rnn-course"


def test_a_value_that_is_too_large_leaves_the_results_where_they_are(keep, monkeypatch):
    """SQLite refuses a result of a gigabyte: that is no reason to begin a new file without all others."""
    keep.put("first", "lesson", "notebook", {"number": 1})
    connect = sqlite3.connect

    def small(*args, **kwargs):
        connection = connect(*args, **kwargs)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(sqlite3.DataError):
        keep.results.run("INSERT INTO results VALUES ('second', '', '', '', ?)", (bytes(20_000),))
    assert keep.get("first") == {"number": 1}
    assert [path.name for path in keep.folder.iterdir()] == ["results.sqlite"]
