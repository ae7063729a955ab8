"""The learner's copy follows the lessons, and nothing that a learner wrote is ever lost, whatever happens when."""

import contextlib
import json
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traitlets.config import PyFileConfigLoader

import autograder
from autograder import learn
from autograder.learn import MANIFEST, Copied, refresh, reset

NAME = "01_small/small.ipynb"


@pytest.fixture
def folders(tmp_path) -> tuple[Path, Path]:
    lessons, mine = tmp_path / "lessons", tmp_path / "my_lessons"
    write(lessons / NAME, "v1")
    write(lessons / "02_other/other.ipynb", "o1")
    write(lessons / "glossary.ipynb", "g1")
    return lessons, mine


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def everything(folder: Path) -> list[str]:
    """The contents of all files in a folder."""
    return [path.read_text() for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_the_first_time_all_is_new(folders):
    lessons, mine = folders
    write(lessons / "01_small/.ipynb_checkpoints/small-checkpoint.ipynb", "no")
    assert refresh(*folders) == Copied(new=[NAME, "02_other/other.ipynb", "glossary.ipynb"])
    assert (mine / NAME).read_text() == "v1" and not (mine / "01_small/.ipynb_checkpoints").exists()
    assert refresh(*folders) == Copied()


def test_what_was_not_touched_follows_the_lessons(folders):
    lessons, mine = folders
    refresh(*folders)
    write(lessons / NAME, "v2")
    assert refresh(*folders) == Copied(updated=[NAME])
    assert (mine / NAME).read_text() == "v2"
    write(lessons / NAME, "v3")
    assert refresh(*folders) == Copied(updated=[NAME])


def test_what_was_touched_stays_and_the_learner_is_told_of_a_newer_one(folders):
    lessons, mine = folders
    refresh(*folders)
    write(mine / NAME, "my work")
    assert refresh(*folders) == Copied(), "there is no newer version to speak of"
    write(lessons / NAME, "v2")
    assert refresh(*folders) == Copied(kept=[NAME])
    assert refresh(*folders) == Copied(kept=[NAME])
    assert (mine / NAME).read_text() == "my work"


def test_a_deleted_file_comes_again_and_a_new_lesson_too(folders):
    lessons, mine = folders
    refresh(*folders)
    (mine / NAME).unlink()
    write(lessons / "03_new/new.ipynb", "n1")
    assert refresh(*folders) == Copied(new=[NAME, "03_new/new.ipynb"])


def test_files_of_the_learners_own_are_left_alone(folders):
    _, mine = folders
    write(mine / "01_small/notes.md", "notes")
    write(mine / "mine.ipynb", "own")
    refresh(*folders)
    assert (mine / "01_small/notes.md").read_text() == "notes" and (mine / "mine.ipynb").read_text() == "own"


def test_a_file_that_the_learner_had_before_is_kept(folders):
    _, mine = folders
    write(mine / NAME, "brought along")
    assert refresh(*folders).kept == [NAME]
    assert (mine / NAME).read_text() == "brought along"


def test_no_lessons(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there are no lessons in .*; run `python course.py build`"):
        refresh(tmp_path / "none", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    "manifest", ["", "no JSON", "[]", "null", "3", '"text"', '{"a": 1', "\x00\xff", "{}", '{"01_small/small.ipynb": 5}']
)
def test_a_damaged_manifest_makes_nothing_lost(folders, manifest):
    lessons, mine = folders
    refresh(*folders)
    write(mine / "02_other/other.ipynb", "my work")
    (mine / MANIFEST).write_bytes(manifest.encode("latin-1"))
    write(lessons / NAME, "v2")
    write(lessons / "02_other/other.ipynb", "o2")
    copied = refresh(*folders)
    assert copied == Copied(kept=[NAME, "02_other/other.ipynb"]), "what differs counts as touched"
    assert (mine / "02_other/other.ipynb").read_text() == "my work"
    assert isinstance(json.loads((mine / MANIFEST).read_text()), dict)


def test_a_copy_that_was_interrupted_is_done_again(folders):
    lessons, mine = folders
    refresh(*folders)
    write(lessons / NAME, "version 2")
    write(mine / (NAME + ".part"), "vers")
    assert refresh(*folders) == Copied(updated=[NAME])
    assert (mine / NAME).read_text() == "version 2" and not (mine / (NAME + ".part")).exists()


def notebook(source: str, output: str = "", **metadata) -> str:
    cell = {"cell_type": "code", "source": [source], "outputs": [{"text": output}], "metadata": {"tags": []}}
    return json.dumps({"cells": [cell], "metadata": metadata})


def test_a_notebook_that_was_only_opened_and_run_counts_as_untouched(folders):
    lessons, mine = folders
    write(lessons / NAME, notebook("check('a')"))
    refresh(*folders)
    write(mine / NAME, notebook("check('a')", output="0.0", kernelspec={"name": "python3"}))
    assert refresh(*folders) == Copied()
    write(lessons / NAME, notebook("check('b')"))
    assert refresh(*folders) == Copied(updated=[NAME])
    write(mine / NAME, notebook("my work"))
    write(lessons / NAME, notebook("check('c')"))
    assert refresh(*folders) == Copied(kept=[NAME])
    assert (mine / NAME).read_text() == notebook("my work")


@pytest.mark.parametrize(
    "odd", ["[]", "3", '{"cells": 3}', '{"cells": [3]}', '{"cells": [{"source": "", "metadata": []}]}']
)
def test_what_is_no_notebook_counts_by_its_bytes(folders, odd):
    lessons, mine = folders
    refresh(*folders)
    write(mine / NAME, odd)
    write(lessons / NAME, "v2")
    assert refresh(*folders) == Copied(kept=[NAME])
    assert (mine / NAME).read_text() == odd


# every state, and every order of events


@pytest.mark.parametrize("lesson", ["v1", "v2"])
@pytest.mark.parametrize("known", [None, "v0", "v1", "v2", "own", 5])
@pytest.mark.parametrize("had", [None, "v0", "v1", "v2", "own"])
@pytest.mark.parametrize("part", [False, True])
def test_every_state(tmp_path, lesson, known, had, part):
    """Only what was copied and not touched since gives way to a newer version."""
    lessons, mine = tmp_path / "lessons", tmp_path / "mine"
    write(lessons / NAME, lesson)
    mine.mkdir()
    if known is not None:
        write(tmp_path / "x", str(known))
        hash = learn._hash(tmp_path / "x") if isinstance(known, str) else known
        write(mine / MANIFEST, json.dumps({NAME: hash}))
    if had is not None:
        write(mine / NAME, had)
    if part:
        write(mine / (NAME + ".part"), "v")
    copied = refresh(lessons, mine)
    after = (mine / NAME).read_text()
    if had is None:
        assert (after, copied) == (lesson, Copied(new=[NAME]))
    elif had == lesson:
        assert (after, copied) == (lesson, Copied())
    elif had == known:
        assert (after, copied) == (lesson, Copied(updated=[NAME]))
    else:
        assert after == had
        assert copied == (Copied() if known == lesson else Copied(kept=[NAME]))
    assert refresh(lessons, mine).new == []


class Killed(BaseException):
    pass


EVENTS = st.lists(
    st.sampled_from(["publish", "edit", "edit other", "delete", "refresh", "killed", "manifest lost", "junk", "reset"]),
    max_size=14,
)


@given(EVENTS, st.data())
@settings(max_examples=60, deadline=None)
def test_no_order_of_events_loses_what_a_learner_wrote(tmp_path_factory, events, data):
    top = tmp_path_factory.mktemp("learn")
    lessons, mine, works, published = top / "lessons", top / "mine", [], 0
    written: dict[str, str] = {}  # what the learner has in each file, until deleted by the learner
    names = [NAME, "02_other/other.ipynb"]
    for name in names:
        write(lessons / name, f"{name} 0")
    for event in events:
        name = names[event.endswith("other")]
        if event == "publish":
            published += 1
            for each in names:
                write(lessons / each, f"{each} {published}")
        elif event.startswith("edit"):
            works.append(written.get(name, ""))
            written[name] = f"work {len(works)}"
            write(mine / name, written[name])
        elif event == "delete":
            (mine / name).unlink(missing_ok=True)
            written.pop(name, None)
        elif event == "refresh":
            refresh(lessons, mine)
        elif event == "killed":
            left = data.draw(st.integers(0, 3), "copies before the kill")
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(os, "replace", killed_after(left))
                with contextlib.suppress(Killed):
                    refresh(lessons, mine)
        elif event == "manifest lost":
            (mine / MANIFEST).unlink(missing_ok=True)
        elif event == "junk":
            write(mine / MANIFEST, "[1, 2")
        elif event == "reset":
            reset("1", lessons, mine)
            if NAME in written:
                assert written[NAME] in everything(mine / "kept")
                del written[NAME]
        for each, work in written.items():
            assert (mine / each).read_text() == work
    refresh(lessons, mine)
    for name in names:
        if name not in written and (mine / name).read_text() != f"{name} {published}":
            assert {"manifest lost", "junk", "killed"} & set(events), "without damage an untouched file is up to date"


def killed_after(copies: int):
    replace, done = os.replace, []

    def maybe(source, target):
        if len(done) == copies:
            raise Killed
        done.append(target)
        replace(source, target)

    return maybe


# reset


@pytest.mark.parametrize("name", ["1", "01", "01_small"])
def test_reset_begins_anew_and_keeps_a_dated_copy(folders, name):
    _, mine = folders
    refresh(*folders)
    write(mine / NAME, "my work")
    write(mine / "01_small/notes.md", "notes")
    write(mine / "02_other/other.ipynb", "other work")
    words = reset(name, *folders)
    assert (mine / NAME).read_text() == "v1" and (mine / "02_other/other.ipynb").read_text() == "other work"
    (kept,) = (mine / "kept").iterdir()
    assert re.fullmatch(r"01_small_\d{4}-\d\d-\d\d_\d{6}", kept.name)
    assert (kept / "small.ipynb").read_text() == "my work" and (kept / "notes.md").read_text() == "notes"
    assert words == f"01_small begins anew. What you had is in {kept}."
    assert refresh(*folders) == Copied(), "the new copy counts as untouched"


def test_reset_twice_in_a_second_keeps_both(folders):
    _, mine = folders
    for work in ("first", "second", "third"):
        write(mine / NAME, work)
        reset("1", *folders)
    assert {"first", "second", "third"} <= set(everything(mine / "kept"))


def test_reset_of_a_lesson_that_was_never_opened(folders):
    assert reset("2", *folders) == "02_other begins anew."
    assert (folders[1] / "02_other/other.ipynb").read_text() == "o1" and not (folders[1] / "kept").exists()


@pytest.mark.parametrize("name", ["7", "small", "", "../my_lessons", "1_small", "²", "-1", "glossary.ipynb", "kept"])
def test_reset_of_an_unknown_lesson(folders, name):
    refresh(*folders)
    with pytest.raises(ValueError, match=r"there is no lesson .*; there are 01_small, 02_other"):
        reset(name, *folders)
    assert (folders[1] / NAME).read_text() == "v1"


# start


@pytest.fixture
def server(monkeypatch):
    """The commands that would run JupyterLab."""
    commands = []

    class Server:
        def __init__(self, command, env):
            commands.append((command, env))
            self.waits = 0

        def wait(self):
            self.waits += 1
            if self.waits == 1:
                raise KeyboardInterrupt  # Ctrl-C reaches both; the server asks or stops by itself
            return 7

    monkeypatch.setattr(learn.subprocess, "Popen", Server)
    return commands


def test_start_opens_the_learners_copy(server, folders, capsys):
    assert learn.start(lessons=folders[0], mine=folders[1]) == 7
    ((command, env),) = server
    assert command[:3] == [sys.executable, "-m", "jupyterlab"] and f"--ServerApp.root_dir={folders[1]}" in command
    assert "--no-browser" not in command and not any("port" in word for word in command)
    assert env["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert "my_lessons: 3 new files, 0 brought up to date." in capsys.readouterr().out


def test_start_without_a_browser_and_on_a_port(server, folders):
    learn.start(browser=False, port=8899, lessons=folders[0], mine=folders[1])
    assert {"--no-browser", "--ServerApp.port=8899"} <= set(server[0][0])


def test_start_tells_how_to_get_what_is_newer(server, folders, capsys):
    lessons, mine = folders
    refresh(*folders)
    for name in (NAME, "glossary.ipynb"):
        write(mine / name, "work")
        write(lessons / name, "v2")
    learn.start(lessons=lessons, mine=mine)
    out = capsys.readouterr().out
    assert f"my_lessons/{NAME}: there is a newer version; yours stays." in out
    assert "`python course.py reset 01`" in out and "reset gl" not in out
    assert "my_lessons/glossary.ipynb: there is a newer version; yours stays." in out


def test_the_server_keeps_what_the_environment_says(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    monkeypatch.setenv("SOMETHING", "else")
    env = learn.environment()
    assert env["JUPYTER_CONFIG_PATH"].split(os.pathsep)[1:] == ["mine"] and env["SOMETHING"] == "else"
    assert Path(env["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0]).is_dir()


def test_a_page_is_sent_each_message_at_once(monkeypatch):
    folder = str(Path(autograder.__file__).parent / "jupyter")
    kind = PyFileConfigLoader("jupyter_server_config.py", path=folder).load_config().ServerApp
    kind = kind.kernel_websocket_connection_class
    asked = []
    monkeypatch.setattr(kind.__mro__[1], "connect", lambda self: "connected")
    with_page = type("WithPage", (kind,), {"websocket_handler": SimpleNamespace(set_nodelay=asked.append)})
    assert with_page.__new__(with_page).connect() == "connected"
    assert asked == [True]
