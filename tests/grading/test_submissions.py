"""Who handed in what, in all the shapes in which submissions arrive, and by students who wish us ill."""

import io
import os
import pickle
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.grading import handed_in, unpacking
from autograder.grading.matching import expected_name, lessons
from autograder.grading.reading import read_notebook
from autograder.grading.submissions import find

ROOT = Path(__file__).resolve().parents[2]
LOOP = (ROOT / "lessons/01_feedback_loop/feedback_loop.ipynb").read_bytes()
EXPECTED = "expected STUDENT/LESSON/*.ipynb as nbgrader collects them, a notebook, or a ZIP from an LMS"
STEMS = ("gradient_by_hand", "character_model")


def put(folder: Path, *names: str, data: bytes = LOOP) -> None:
    """Files in a folder, each later one a minute newer."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (60 * number, 60 * number))


def packed(files: dict[str, bytes]) -> bytes:
    """A ZIP of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zipped(path: Path, *names: str, **more: bytes) -> Path:
    path.write_bytes(packed(dict.fromkeys(names, LOOP) | more))
    return path


def seen(path: Path) -> list[tuple]:
    """Who, which lesson, and which notebooks, each of which can be read."""
    found = find(path)
    for submission in found:
        assert all(read_notebook(source).cells for source in submission.notebooks.values())
        assert pickle.loads(pickle.dumps(submission)) == submission
        assert all(note.isprintable() for note in submission.notes)
    return [(submission.student, submission.lesson, sorted(submission.notebooks)) for submission in found]


def notes(path: Path) -> list[str]:
    (submission,) = find(path)
    return list(submission.notes)


def test_the_lessons_and_their_notebooks_are_those_of_the_release():
    released = {path.parent.name: set() for path in ROOT.glob("lessons/*/*.ipynb")}
    for path in ROOT.glob("lessons/*/*.ipynb"):
        released[path.parent.name].add(path.stem)
    assert {lesson: set(stems) for lesson, stems in lessons().items()} == released


# nbgrader's folders

TREE = ("ann/01_feedback_loop/feedback_loop.ipynb", *(f"bob/03_bptt/{stem}.ipynb" for stem in STEMS))
CLASS = [("ann", "01_feedback_loop", ["feedback_loop"]), ("bob", "03_bptt", sorted(STEMS))]


def test_nbgraders_folder_the_course_one_student_and_one_assignment(tmp_path: Path):
    put(tmp_path / "submitted", *TREE, "ann/01_feedback_loop/timestamp.txt", "ann/.ipynb_checkpoints/x.ipynb")
    assert seen(tmp_path) == seen(tmp_path / "submitted") == CLASS
    assert seen(tmp_path / "submitted/bob") == seen(tmp_path / "submitted/bob/03_bptt") == CLASS[1:]
    assert notes(tmp_path / "submitted/ann") == []
    assert seen(tmp_path / "submitted/bob/03_bptt/character_model.ipynb") == [("bob", "03_bptt", ["character_model"])]
    assert notes(tmp_path / "submitted/bob/03_bptt/character_model.ipynb") == ["gradient_by_hand.ipynb is missing"]


def test_a_folder_that_is_called_otherwise_and_a_link_to_it(tmp_path: Path):
    put(tmp_path / "class", *TREE)
    (tmp_path / "link").symlink_to(tmp_path / "class")
    assert seen(tmp_path / "class") == seen(tmp_path / "link") == CLASS


def test_what_is_missing_and_what_is_too_much_is_said(tmp_path: Path):
    put(tmp_path, "ann/03_bptt/gradient_by_hand.ipynb", "ann/03_bptt/notes\n.txt", "ann/03_bptt/Untitled.ipynb")
    has = "03_bptt has character_model.ipynb and gradient_by_hand.ipynb"
    assert notes(tmp_path) == [
        "character_model.ipynb is missing",
        f"Untitled.ipynb was ignored: {has}",
        f"notes\ufffd.txt was ignored: {has}",
    ]
    put(tmp_path, *(f"ann/03_bptt/{number}.csv" for number in range(20)))
    assert notes(tmp_path)[-1] == "and 17 more were ignored"


def test_a_student_without_anything_is_there(tmp_path: Path):
    put(tmp_path, *TREE)
    (tmp_path / "eve").mkdir()
    (tmp_path / "fay/01_feedback_loop").mkdir(parents=True)
    (eve, fay) = find(tmp_path)[2:]
    assert (eve.student, eve.lesson, eve.notes) == ("eve", "", ("nothing was handed in",))
    assert (fay.lesson, fay.notes) == ("01_feedback_loop", ("feedback_loop.ipynb is missing",))


def test_a_lesson_of_another_course_is_named_and_not_read(tmp_path: Path):
    put(tmp_path / "submitted", "ann/ps\x1b1/feedback_loop.ipynb")
    (submission,) = find(tmp_path)
    assert (submission.lesson, submission.notebooks) == ("ps\ufffd1", {})
    assert submission.notes == (f"ps\ufffd1 is no lesson of this course; its lessons are {', '.join(lessons())}",)


def test_a_folder_of_data_beside_the_lessons_is_no_lesson(tmp_path: Path):
    put(tmp_path, "ann/01_feedback_loop/feedback_loop.ipynb", "ann/data/x.csv", "ann/me.txt")
    assert seen(tmp_path) == [("ann", "01_feedback_loop", ["feedback_loop"])]
    assert notes(tmp_path) == [
        "me.txt was ignored: it belongs to no lesson",
        "data/x.csv was ignored: it belongs to no lesson",
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("feedback_loop (1).ipynb", "feedback_loop-Copy1.ipynb", "feedback_loop-1.ipynb", "Feedback Loop.ipynb"),
        *("feedback-loop.ipynb", "feedback_loop - Copy (2).ipynb", "feedback_loop copy 3.ipynb"),
        *(
            "feedback_loop.ipynb.txt",
            "feedback_loop.ipynb.json",
            "FEEDBACK_LOOP.IPYNB",
            "feedback_loop-Copy1 (2).ipynb",
        ),
    ],
)
def test_a_renamed_copy_is_taken_and_said(tmp_path: Path, name: str):
    put(tmp_path, f"ann/01_feedback_loop/{name}")
    assert seen(tmp_path) == [("ann", "01_feedback_loop", ["feedback_loop"])]
    assert notes(tmp_path) == [f"{name} was taken as feedback_loop.ipynb"]


@pytest.mark.parametrize(
    "name", ["feedback_loop", "my_feedback_loop.ipynb", "feedback_loop2.ipynb", ".ipynb", "x" * 300]
)
def test_other_names_stand_for_nothing(name: str):
    assert expected_name(name, ("feedback_loop",)) is None


def test_of_two_the_exact_name_wins_then_the_upper_then_the_newest(tmp_path: Path):
    copies = [f"ann/01_feedback_loop/{name}" for name in ("feedback_loop (2).ipynb", "feedback_loop (1).ipynb")]
    put(tmp_path, *copies)
    taken = ["feedback_loop (1).ipynb was taken as feedback_loop.ipynb"]
    older = "feedback_loop (2).ipynb was ignored for feedback_loop (1).ipynb: it is older"
    assert notes(tmp_path) == [*taken, older]
    put(tmp_path, "ann/01_feedback_loop/old/feedback_loop (3).ipynb")
    assert notes(tmp_path)[-1] == (
        "old/feedback_loop (3).ipynb was ignored for feedback_loop (1).ipynb: it lies deeper in folders"
    )
    put(tmp_path, "ann/01_feedback_loop/feedback_loop.ipynb")
    assert find(tmp_path)[0].notebooks["feedback_loop"].parts[-1] == "feedback_loop.ipynb"
    assert "feedback_loop (1).ipynb was ignored for feedback_loop.ipynb: its name is another" in notes(tmp_path)


# what LMS pack


def test_a_zip_of_canvas(tmp_path: Path):
    names = "lovelaceada_12_345_feedback_loop.ipynb", "lovelaceada_12_346_gradient_by_hand-1.ipynb"
    path = zipped(tmp_path / "all.zip", *names, "turingalan_LATE_13_347_feedback_loop-2.ipynb", "turingalan_14_1_x.pdf")
    assert seen(path) == [
        ("lovelaceada_12", "01_feedback_loop", ["feedback_loop"]),
        ("lovelaceada_12", "03_bptt", ["gradient_by_hand"]),
        ("turingalan_13", "01_feedback_loop", ["feedback_loop"]),
        ("turingalan_14", "", []),
    ]
    assert find(path)[2].notes == (
        "handed in late, says Canvas",
        "feedback_loop-2.ipynb was taken as feedback_loop.ipynb",
    )
    assert find(path)[3].notes == ("x.pdf was ignored: no lesson has a notebook of this name",)
    with zipfile.ZipFile(path) as archive:  # the same, unpacked by the instructor
        archive.extractall(tmp_path / "all")
    assert seen(tmp_path / "all") == seen(path)
    assert seen(tmp_path / "all" / names[0]) == [("lovelaceada_12", "01_feedback_loop", ["feedback_loop"])]


def test_a_zip_of_moodle_in_folders_and_flat(tmp_path: Path):
    names = "Ada Lovelace_12_assignsubmission_file_/feedback_loop.ipynb", "王 小明_13_assignsubmission_file/w/my.ipynb"
    flat = "Ada Lovelace_14_assignsubmission_file_feedback_loop.ipynb"
    path = zipped(tmp_path / "all.zip", *names, flat)
    assert seen(path) == [
        ("Ada Lovelace_12", "01_feedback_loop", ["feedback_loop"]),
        ("Ada Lovelace_14", "01_feedback_loop", ["feedback_loop"]),
        ("王 小明_13", "", []),
    ]


@pytest.mark.parametrize("around", ["", "submitted/", "all/", "all/submitted/"])
def test_a_zip_of_nbgraders_folder(tmp_path: Path, around: str):
    names = [f"{around}{name}" for name in (*TREE, "ann/01_feedback_loop/.DS_Store")]
    assert seen(zipped(tmp_path / "all.zip", *names, "__MACOSX/all/ann/._x.ipynb")) == CLASS
    windows = [name.replace("/", "\\") for name in names]
    assert seen(zipped(tmp_path / "all.zip", *windows)) == CLASS


@pytest.mark.parametrize("around", ["", "ann/"])
def test_a_zip_of_one_student(tmp_path: Path, around: str):
    path = zipped(tmp_path / "ann.zip", f"{around}01_feedback_loop/feedback_loop.ipynb", f"{around}x.txt")
    assert seen(path) == CLASS[:1]
    assert seen(zipped(tmp_path / "bob.zip", "feedback_loop.ipynb")) == [("bob", "01_feedback_loop", ["feedback_loop"])]


def test_a_zip_in_a_zip_for_each_student_one_level_deep(tmp_path: Path):
    inner = packed({"work/feedback_loop.ipynb": LOOP, "more.zip": packed({"gradient_by_hand.ipynb": LOOP})})
    (tmp_path / "all.zip").write_bytes(
        packed(
            {"adal_1_2_work.zip": inner, "Bo_3_assignsubmission_file_/w.zip": inner, "cy.zip": inner, "dee.zip": b"PK"}
        )
    )
    found = find(tmp_path / "all.zip")
    assert [(s.student, s.lesson, list(s.notebooks)) for s in found] == [
        *((name, "01_feedback_loop", ["feedback_loop"]) for name in ("Bo_3", "adal_1", "cy")),
        ("dee", "", []),
    ]
    assert read_notebook(found[0].notebooks["feedback_loop"]).cells
    assert found[0].notes == (
        "w.zip/work/feedback_loop.ipynb was taken as feedback_loop.ipynb",
        "w.zip/more.zip was ignored: it belongs to no lesson",
    )
    assert found[3].notes == ("dee.zip cannot be read as a ZIP (File is not a zip file)",)


def test_a_zip_in_a_students_folder(tmp_path: Path):
    put(tmp_path, "ann/01_feedback_loop/all.zip", data=packed({"feedback_loop.ipynb": LOOP}))
    put(tmp_path, "bob/01_feedback_loop/all.zip", data=b"no zip")
    assert seen(tmp_path)[0] == CLASS[0]
    assert find(tmp_path)[1].notes == (
        "feedback_loop.ipynb is missing",
        "all.zip cannot be read as a ZIP (File is not a zip file)",
    )


def test_names_in_utf_8_that_macos_does_not_mark(tmp_path: Path):
    path = zipped(tmp_path / "all.zip", "Zo@@_1_assignsubmission_file_/feedback_loop.ipynb")
    path.write_bytes(path.read_bytes().replace(b"Zo@@", "Zoë".encode()))
    assert seen(path) == [("Zoë_1", "01_feedback_loop", ["feedback_loop"])]


# one notebook


def test_one_notebook_by_its_name_or_by_what_is_in_it(tmp_path: Path):
    put(tmp_path, "feedback_loop.ipynb", "ada.ipynb", "01_feedback_loop/x.ipynb")
    assert seen(tmp_path / "feedback_loop.ipynb") == [("feedback_loop", "01_feedback_loop", ["feedback_loop"])]
    assert seen(tmp_path / "ada.ipynb") == [("ada", "01_feedback_loop", ["feedback_loop"])]
    taken = "ada.ipynb was taken as feedback_loop.ipynb of 01_feedback_loop, by the ids of its cells"
    assert notes(tmp_path / "ada.ipynb") == [taken]
    assert seen(tmp_path / "01_feedback_loop/x.ipynb") == [(tmp_path.name, "01_feedback_loop", ["feedback_loop"])]


def test_one_notebook_that_tells_only_its_lesson_nothing_or_is_broken(tmp_path: Path):
    bare = b'{"nbformat": 4, "cells": [], "metadata": {"rnn_course": {"lesson": "%s"}}}'
    put(tmp_path, "ada.ipynb", data=bare % b"01_feedback_loop")
    taken = "ada.ipynb was taken as feedback_loop.ipynb of 01_feedback_loop, by its metadata"
    assert notes(tmp_path / "ada.ipynb") == [taken]
    for lesson in (b"03_bptt", b"no"):  # the first has two notebooks
        put(tmp_path, "ada.ipynb", data=bare % lesson)
        assert notes(tmp_path / "ada.ipynb") == ["ada.ipynb was ignored: no lesson has a notebook of this name"]
    put(tmp_path, "ada.ipynb", data=b"")
    assert notes(tmp_path / "ada.ipynb")[0] == "ada.ipynb is empty; expected a notebook as Jupyter saves it"


# nothing to find


def test_places_without_submissions_are_refused_in_plain_words(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as caught:
        find(tmp_path / "gone")
    assert str(caught.value) == f"{tmp_path / 'gone'} does not exist; {EXPECTED}"
    (tmp_path / "empty").mkdir()
    put(tmp_path, "photos/2024/me.jpg", "x.pdf")
    (tmp_path / "empty.zip").write_bytes(packed({}))
    for name, words in {
        "empty": "is empty",
        "empty.zip": "is empty",
        "photos": "holds nothing that looks like a submission",
        "x.pdf": "is no folder, notebook or ZIP",
    }.items():
        with pytest.raises(ValueError) as caught:
            find(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name} {words}; {EXPECTED}"


@pytest.mark.parametrize(
    "data", [b"", b"no zip", packed({"a": LOOP})[:-30], packed({"a": LOOP}).replace(b"PK\1\2", b"PK\1\3")]
)
def test_a_broken_zip_is_refused(tmp_path: Path, data: bytes):
    (tmp_path / "all.zip").write_bytes(data)
    with pytest.raises(ValueError, match=r"^all.zip cannot be read as a ZIP \(.+\)$"):
        find(tmp_path / "all.zip")


# students who wish us ill


def test_links_pipes_and_sockets_count_as_missing(tmp_path: Path):
    put(tmp_path, "ann/01_feedback_loop/x.txt", "secret/s.txt")
    (tmp_path / "ann/01_feedback_loop/feedback_loop.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "ann/03_bptt").symlink_to("/etc")
    (tmp_path / "bob").symlink_to(tmp_path / "ann")
    (tmp_path / "cy/01_feedback_loop").mkdir(parents=True)
    os.mkfifo(tmp_path / "cy/01_feedback_loop/feedback_loop.ipynb")
    (tmp_path / "cy/01_feedback_loop/dangling").symlink_to("nowhere")
    found = {(s.student, s.lesson): s for s in find(tmp_path)}
    assert not any(submission.notebooks for submission in found.values())
    assert found["ann", "01_feedback_loop"].notes[:2] == (
        "feedback_loop.ipynb is missing",
        "feedback_loop.ipynb is a link, and links are not followed",
    )
    assert found["ann", "03_bptt"].notes[-1] == "03_bptt is a link, and links are not followed"
    assert found["bob", ""].notes == ("bob is a link, and links are not followed",)
    assert set(found["cy", "01_feedback_loop"].notes) == {
        "feedback_loop.ipynb is missing",
        "feedback_loop.ipynb is not an ordinary file",
        "dangling is a link, and links are not followed",
    }
    (tmp_path / "feedback_loop.ipynb").symlink_to("/etc/passwd")
    assert notes(tmp_path / "feedback_loop.ipynb")[-1] == "feedback_loop.ipynb is a link, and links are not followed"
    (tmp_path / "l.zip").symlink_to(zipped(tmp_path / "all.zip", *TREE))
    with pytest.raises(ValueError, match=r"^l.zip is a link, and links are not followed$"):
        find(tmp_path / "l.zip")


def test_a_way_through_a_students_link_is_refused_and_one_to_the_class_is_not(tmp_path: Path):
    put(tmp_path / "elsewhere", "01_feedback_loop/feedback_loop.ipynb", "ann/01_feedback_loop/feedback_loop.ipynb")
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted/eve").symlink_to(tmp_path / "elsewhere")
    for way in ("eve", "eve/01_feedback_loop", "eve/01_feedback_loop/feedback_loop.ipynb", "eve/ann"):
        with pytest.raises(ValueError, match=r"leads through a link, and links in submitted/ are not followed$"):
            find(tmp_path / "submitted" / way)
    (tmp_path / "class").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere/01_feedback_loop").rename(tmp_path / "gone")
    assert seen(tmp_path / "class") == CLASS[:1]


def test_without_the_defence_a_link_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    put(tmp_path, "secret.ipynb")
    (tmp_path / "class/ann/01_feedback_loop").mkdir(parents=True)
    (tmp_path / "class/ann/01_feedback_loop/feedback_loop.ipynb").symlink_to(tmp_path / "secret.ipynb")
    assert seen(tmp_path / "class") == [("ann", "01_feedback_loop", [])]
    monkeypatch.setattr(handed_in, "NOFOLLOW", 0)
    assert seen(tmp_path / "class") == [("ann", "01_feedback_loop", ["feedback_loop"])]


def test_a_link_in_a_zip_is_not_followed(tmp_path: Path):
    info = zipfile.ZipInfo("ann_1_2_feedback_loop.ipynb")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert notes(tmp_path / "all.zip") == [
        "feedback_loop.ipynb is missing",
        "feedback_loop.ipynb is a link, and links are not followed",
    ]


def test_moodles_name_is_the_first_and_what_is_late_stays_late(tmp_path: Path):
    name = "Eve_1_assignsubmission_file_Bob_2_assignsubmission_file_feedback_loop.ipynb"
    assert seen(zipped(tmp_path / "all.zip", name))[0][0] == "Eve_1"
    put(tmp_path, "eve_LATE_1_2_my.ipynb")
    assert notes(tmp_path / "eve_LATE_1_2_my.ipynb")[0] == "handed in late, says Canvas"


def test_a_locked_file_and_an_impossible_date_in_a_zip(tmp_path: Path):
    data = bytearray(packed({"a_1_2_feedback_loop.ipynb": LOOP}))
    at = data.index(b"PK\1\2")
    data[at + 12 : at + 16] = bytes(4)  # the 0th of month 0
    (tmp_path / "date.zip").write_bytes(data)
    assert seen(tmp_path / "date.zip") == [("a_1", "01_feedback_loop", ["feedback_loop"])]
    data[at + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    assert notes(tmp_path / "locked.zip")[-1] == "feedback_loop.ipynb is locked with a password"


def test_nobody_hands_in_for_another(tmp_path: Path):
    files = {
        "bob/01_feedback_loop/feedback_loop.ipynb": LOOP,
        "submitted/bob/01_feedback_loop/feedback_loop.ipynb": LOOP,
    }
    files |= {"Bob_1_assignsubmission_file_/feedback_loop.ipynb": LOOP, "bob_1_2_feedback_loop.ipynb": LOOP}
    put(tmp_path / "class", *(f"eve/{name}" for name in files), "ann/01_feedback_loop/feedback_loop.ipynb")
    assert {student for student, *_ in seen(tmp_path / "class")} == {"eve", "ann"}
    put(tmp_path / "submitted", *(f"eve/{name}" for name in files), "03_bptt/03_bptt/gradient_by_hand.ipynb")
    assert {student for student, *_ in seen(tmp_path)} == {"eve", "03_bptt"}
    for way in ("eve", "eve/submitted/.."):
        assert {student for student, *_ in seen(tmp_path / "submitted" / way)} == {"eve"}
    outer = {"eve_5_6_bob_1_2_w.zip": packed(files), "Eve_7_assignsubmission_file_/bob.zip": packed(files)}
    (tmp_path / "all.zip").write_bytes(packed(outer | {f"Eve_7_assignsubmission_file_/{n}": LOOP for n in files}))
    assert {student for student, *_ in seen(tmp_path / "all.zip")} == {"eve_5", "Eve_7"}


def test_names_that_lead_elsewhere_are_labels(tmp_path: Path):
    inner = packed({"../../../../etc/01_feedback_loop/feedback_loop.ipynb": LOOP, "/etc/passwd": b"x", "C:\\x": b"x"})
    (tmp_path / "all.zip").write_bytes(packed({"eve_1_2_w.zip": inner}))
    before = sorted(tmp_path.rglob("*"))
    assert seen(tmp_path / "all.zip") == [("eve_1", "01_feedback_loop", ["feedback_loop"])]
    assert sorted(tmp_path.rglob("*")) == before
    zipped(tmp_path / "submitted.zip", "submitted/" * 5000 + "feedback_loop.ipynb")
    assert seen(tmp_path / "submitted.zip") == [("submitted", "01_feedback_loop", ["feedback_loop"])]


def test_a_bomb_in_a_students_zip_is_a_note(tmp_path: Path):
    bomb = packed({"inner.zip": b"\0" * 6 * 10**7})
    many = packed({f"{number}.txt": b"" for number in range(unpacking.MAX_FILES + 1)})
    (tmp_path / "all.zip").write_bytes(packed({"eve_1_2_w.zip": many, "Bo_3_assignsubmission_file_/x.zip": bomb}))
    bo, eve = find(tmp_path / "all.zip")
    assert eve.notes == ("w.zip holds more files than are looked at",)
    assert bo.notes == ("x.zip/inner.zip was ignored: no lesson has a notebook of this name",)
    (tmp_path / "all.zip").write_bytes(packed({"eve_1_2_w.zip": b"\0" * 6 * 10**7}))
    assert notes(tmp_path / "all.zip") == ["w.zip is larger than 50 MB, the most that is read"]


def test_a_flood_of_files_and_deep_folders_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unpacking, "MAX_FILES", 20)
    put(tmp_path, "ann/01_feedback_loop/feedback_loop.ipynb", *(f"ann/01_feedback_loop/data/{n}" for n in range(30)))
    put(tmp_path, "bob/01_feedback_loop/feedback_loop.ipynb", "bob/" + "d/" * 15 + "x.ipynb")
    ann, bob = find(tmp_path)[:2]
    assert ann.notebooks and ann.notes == ("data holds more files than are looked at",)
    assert bob.notebooks and bob.notes == (f"{'d/' * 7}d lies too deep in folders",)
    monkeypatch.setattr(unpacking, "MAX_STUDENTS", 1)
    with pytest.raises(ValueError, match=r"holds more files than are looked at: 1$"):
        find(tmp_path)


def test_a_folder_that_cannot_be_opened_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    put(tmp_path, *TREE)

    def refuse(name, at):
        if name == "ann":
            raise PermissionError(13, "Permission denied")
        return handed_in.open_folder(name, at)

    monkeypatch.setattr(unpacking, "open_folder", refuse)
    assert find(tmp_path)[0].notes == ("ann cannot be opened (Permission denied)",)
    assert len(find(tmp_path)) == 2


def test_names_that_look_the_same_stay_two_students(tmp_path: Path):
    put(tmp_path, *(f"{name}/01_feedback_loop/feedback_loop.ipynb" for name in ("a\n", "a\x00"[:1] + "\t", "a\ufffd")))
    found = find(tmp_path)
    assert [submission.student for submission in found] == ["a\ufffd", "a\ufffd (2)", "a\ufffd (3)"]
    assert [submission.notebooks["feedback_loop"].parts[0] for submission in found] == ["a\ufffd", "a\t", "a\n"]
    assert found[1].notes == ("called a\ufffd (2) here, because another student is shown as a\ufffd",)


def test_a_name_that_is_no_text_at_all(tmp_path: Path):
    os.makedirs(os.fsencode(tmp_path) + b"/\xff\xfe/01_feedback_loop")
    put(tmp_path, os.fsdecode(b"\xff\xfe/01_feedback_loop/feedback_loop.ipynb"))
    assert seen(tmp_path) == [("\ufffd\ufffd", "01_feedback_loop", ["feedback_loop"])]


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda name: (
        name not in (".", "..", "submitted")
        and not name.startswith(".")
        and not unpacking.ignored(name)
        and name not in lessons()
    )
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NAMES, min_size=1, max_size=6, unique=True))
def test_as_many_students_as_folders_whatever_they_are_called(names: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            put(Path(folder), f"{name}/01_feedback_loop/feedback_loop.ipynb", data=b"")
        found = find(Path(folder))
        assert len({submission.student for submission in found}) == len(names)
        assert all(submission.student.isprintable() and submission.student.encode() for submission in found)
        assert {submission.notebooks["feedback_loop"].parts[0] for submission in found} == set(names)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_zip_of_broken_bytes_is_read_or_refused(data: st.DataObject):
    def damaged(whole: bytes) -> bytes:
        broken = bytearray(whole)
        for _ in range(data.draw(st.integers(0, 5))):
            broken[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        return bytes(broken)

    inner = damaged(packed({"feedback_loop.ipynb": b"{}", "a.txt": b""}))
    broken = damaged(packed({"eve_1_2_w.zip": inner, "bo_3_4_feedback_loop.ipynb": b"{}"}))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "all.zip")
        path.write_bytes(broken)
        try:
            found = find(path)
        except ValueError as error:
            assert str(error).replace(folder, "").isprintable()
            return
        for submission in found:
            assert submission.student.isprintable() and all(note.isprintable() for note in submission.notes)
            for source in submission.notebooks.values():
                try:
                    source.read()
                except handed_in.BadNotebook as error:
                    assert str(error).isprintable()


def test_a_thousand_students_stay_small(tmp_path: Path):
    path = zipped(tmp_path / "all.zip", *(f"s{number}_{number}_1_feedback_loop.ipynb" for number in range(1000)))
    found = find(path)
    assert len(found) == 1000 and len(pickle.dumps(found)) < 10**6
