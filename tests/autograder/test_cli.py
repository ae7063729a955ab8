"""Each command's exit status and what it prints: 0 when all is well, 1 when something falls short, 2 for nonsense."""

import json
import sqlite3

import pytest

from autograder import build, doctor, learn, listing
from autograder.cli import main
from autograder.progress import Progress
from autograder.verdict import UNJUDGED
from tests.autograder.common import RIGHT

pytestmark = pytest.mark.usefixtures("course")
WRONG = "def scale(x, factor):\n    return x + factor, (x + factor).sum()"


@pytest.fixture
def answer(tmp_path):
    def write(source: str, name: str = "answer.py") -> str:
        (tmp_path / name).write_text("import numpy as np\n" + source, encoding="utf-8")
        return str(tmp_path / name)

    return write


def refused(capsys, *arguments: str) -> str:
    """The one line that a call which makes no sense leaves on standard error."""
    assert main([*arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith(f"rnn-course {arguments[0]}: ")
    return err.removeprefix(f"rnn-course {arguments[0]}: ").strip()


# try


def test_try_says_how_an_answer_does(answer, capsys):
    assert main(["try", "scale", answer(RIGHT)]) == 0
    assert capsys.readouterr().out.startswith("scale: 3 of 3 points\n  pass  values agree\n")
    assert main(["try", "scale", answer(WRONG)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("scale: 0 of 3 points\n  FAIL  values agree\n        y: expected ")
    assert "  This looks like: the factor is added.\n        Multiply, do not add.\n" in out


def test_try_as_json(answer, capsys):
    assert main(["try", "scale", answer("print('in the way')\n" + WRONG), "--json"]) == 1
    out, err = capsys.readouterr()
    data = json.loads(out)
    assert list(data) == ["exercise", "points", "max", "checks", "mistake"] and err == "in the way\n"
    assert (data["exercise"], data["points"], data["max"], data["mistake"]) == ("scale", 0, 3, "the factor is added")
    assert [check["title"] for check in data["checks"]] == [
        *("values agree", "the total agrees", "the caller's array is left alone")
    ]
    assert not any(check["passed"] for check in data["checks"])
    words = [check["words"] for check in data["checks"]]
    assert [each.split(":")[0] for each in words] == ["y", "total", f"{UNJUDGED}y"]
    assert main(["try", "scale", answer(RIGHT), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["mistake"] is None and data["points"] == 3
    assert [set(check) for check in data["checks"]] == [{"title", "passed", "words"}] * 3
    assert all(check["passed"] is True and check["words"] == "" for check in data["checks"])


def test_try_keeps_no_progress(answer, progress_path):
    main(["try", "scale", answer(RIGHT)])
    assert not progress_path.exists()


def test_try_refuses_in_one_line(answer, tmp_path, capsys):
    assert refused(capsys, "try", "scal", answer(RIGHT)) == "there is no exercise 'scal'; the nearest are scale"
    missing = str(tmp_path / "none.py")
    assert refused(capsys, "try", "scale", missing) == f"there is no file {missing}"
    path = answer("1 / 0")
    assert refused(capsys, "try", "scale", path) == f"{path} does not run: ZeroDivisionError: division by zero"
    path = answer("def other():\n    pass")
    assert refused(capsys, "try", "scale", path) == f"{path} holds none of scale, which scale asks for"
    assert "answered in words" in refused(capsys, "try", "why", path)
    assert "its name must end in .py" in refused(capsys, "try", "scale", answer(RIGHT, "answer.txt"))


# exercises and progress


def test_exercises_as_json(capsys):
    assert main(["exercises", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [list(row) for row in rows] == [["id", "lesson", "functions", "points", "minutes", "difficulty"]] * 4
    assert rows[0] == {
        "id": "scale",
        "lesson": "01_small",
        "functions": [{"name": "scale", "signature": "scale(x, factor)"}],
        "points": 3,
        "minutes": 4,
        "difficulty": 1,
    }
    assert [(row["id"], row["lesson"], len(row["functions"])) for row in rows[1:]] == [
        ("guess", "01_small", 0),
        ("why", "01_small", 0),
        ("helped", "02_other", 1),
    ]
    assert rows == listing.listing()


def test_exercises_as_text(capsys):
    assert main(["exercises"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == ["01_small", "02_other"]
    assert lines[1].split() == ["scale", "3", "points", "4", "min", "scale"]
    assert lines[5].split() == ["helped", "2", "points", "5", "min", "twice_plus_one"]


def test_progress(capsys, progress_path):
    assert main(["progress"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("01_small: 0 of 4 points, 0 of 2 ")
    Progress(progress_path).add("check", "scale", points=3)
    Progress(progress_path).add("check", "scale", points=1)
    Progress(progress_path).add("check", "gone", points=1)
    Progress(progress_path).add("check", "helped", points=1)
    assert main(["progress"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("01_small: 3 of 4 points, 1 of 2 ") and lines[1].split() == ["scale", "3", "of", "3"]
    assert lines[2].startswith("02_other: 1 of 2 points, 0 of 1 "), "begun is not done"
    assert lines[3].split() == ["helped", "1", "of", "2"] and len(lines) == 4


def test_progress_that_cannot_be_read(capsys, monkeypatch):
    def locked(*args, **kwargs):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(sqlite3, "connect", locked)
    assert refused(capsys, "progress") == "database is locked"


# the others call one function each


def test_reset(capsys, monkeypatch):
    monkeypatch.setattr(learn, "reset", lambda lesson: f"{lesson} begins anew.")
    assert main(["reset", "01_small"]) == 0
    assert capsys.readouterr().out == "01_small begins anew.\n"


def test_reset_of_an_unknown_lesson(capsys, monkeypatch):
    def unknown(lesson):
        raise ValueError("there is no lesson '9'; there are 01_small")

    monkeypatch.setattr(learn, "reset", unknown)
    assert refused(capsys, "reset", "9") == "there is no lesson '9'; there are 01_small"


def test_learn(monkeypatch):
    calls = []
    monkeypatch.setattr(learn, "start", lambda **kwargs: calls.append(kwargs) or 5)
    assert main(["learn"]) == 5 and main(["learn", "--no-browser", "--port", "8899"]) == 5
    assert calls == [{"browser": True, "port": None}, {"browser": False, "port": 8899}]


@pytest.mark.parametrize(("healthy", "status"), [(True, 0), (False, 1)])
def test_doctor(capsys, monkeypatch, healthy, status):
    monkeypatch.setattr(doctor, "examine", lambda: (["one", "two"], healthy))
    assert main(["doctor"]) == status
    assert capsys.readouterr().out == "one\ntwo\n"


def test_build_check(capsys, monkeypatch):
    monkeypatch.setattr(build, "stale", lambda: [])
    assert main(["build", "--check"]) == 0
    assert capsys.readouterr().out == "lessons are up to date\n"
    monkeypatch.setattr(build, "stale", lambda: ["01_small/small.ipynb"])
    assert main(["build", "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "lessons/01_small/small.ipynb is not what a build would write",
        "lessons are stale: run `python course.py build`",
    ]


def test_build(capsys, monkeypatch):
    monkeypatch.setattr(build, "build", lambda: [build.ROOT / "lessons" / "a.ipynb"])
    assert main(["build"]) == 0
    assert capsys.readouterr().out.split() == ["lessons/a.ipynb"]


def test_a_source_that_cannot_be_built(capsys, monkeypatch):
    def wrong():
        raise build.BuildError("01_small: no cell check='scale', which the specification asks for")

    monkeypatch.setattr(build, "build", wrong)
    assert refused(capsys, "build") == "01_small: no cell check='scale', which the specification asks for"


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["try"], ["try", "scale"], ["learn", "--port", "x"], ["reset"]]
)
def test_nonsense(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("usage: rnn-course")


@pytest.mark.parametrize("arguments", [["--help"], ["try", "--help"]])
def test_help(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 0 and "usage: rnn-course" in capsys.readouterr().out


def test_an_error_of_our_own_is_not_hidden(answer, monkeypatch):
    """Only errors that a caller can cause become a line; a slip of ours keeps its traceback."""
    monkeypatch.setattr("autograder.trying.try_answer", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["try", "scale", answer(RIGHT)])
