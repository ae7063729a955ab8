"""A wrong answer that passes becomes a report that holds all; one that is seen to be wrong, or has no reason, none."""

import re
import sys

import pytest

from autograder.cli import main
from tests.autograder.common import RIGHT

pytestmark = pytest.mark.usefixtures("course", "known_version")
SNEAKY = "import numpy as np\n" + RIGHT + "\ntext = '''\n````\n'''  # wrong for factor 7\n"
WRONG = "def scale(x, factor):\n    return x, 0"


@pytest.fixture
def known_version(course, monkeypatch):
    from autograder import beaten

    monkeypatch.setattr(beaten, "registry", lambda: course)
    monkeypatch.setattr("autograder.grading.keep.version", lambda lesson: f"{lesson}-0123456789abcdef")


@pytest.fixture
def attempt(tmp_path):
    """Try an answer with a report. Gives the exit status and the report, "" where there is none."""

    def run(source: str, *more: str) -> tuple[int, str]:
        answer, report = tmp_path / "answer.py", tmp_path / "report.md"
        answer.write_text(source, encoding="utf-8")
        status = main(["try", "scale", str(answer), "--report", str(report), *more])
        return status, report.read_text(encoding="utf-8") if report.exists() else ""

    return run


def test_a_report_holds_all_that_is_needed_to_see_it_again(attempt, capsys, tmp_path):
    status, text = attempt(SNEAKY, "--because", "For factor 7\nit is wrong.")
    assert status == 0 and text.startswith("# I beat the checker: scale\n")
    assert "all of its 3 checks pass: 3 of 3 points" in text and "> For factor 7\n> it is wrong." in text
    for title in ("values agree", "the total agrees", "the caller's array is left alone"):
        assert f"- passed: {title}" in text
    assert "scale of 01_small, specification 01_small-0123456" in text
    assert f"Python: {sys.version.split()[0]}" in text and "numpy: " in text
    (fence, source) = re.search(r"^(`{3,})python\n(.*?)\n\1$", text, re.DOTALL | re.MULTILINE).groups()
    assert len(fence) == 5, "longer than any in the answer"
    again = tmp_path / "again.py"
    again.write_text(source)
    assert main(["try", "scale", str(again)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("scale: 3 of 3 points") and "report.md is written." in err


def test_json_on_standard_output_stays_json(attempt, capsys):
    import json

    assert attempt(SNEAKY, "--because", "x", "--json")[0] == 0
    assert json.loads(capsys.readouterr().out)["points"] == 3


def test_an_answer_that_is_seen_to_be_wrong_is_no_report(attempt, capsys):
    assert attempt(WRONG, "--because", "x") == (2, "")
    out, err = capsys.readouterr()
    assert out.startswith("scale: 0 of 3 points") and "the checks of scale saw that this answer is wrong" in err


def test_no_reason_no_report(attempt, capsys):
    assert attempt(SNEAKY) == (2, "") and attempt(SNEAKY, "--because", "  ") == (2, "")
    assert "say why the answer is wrong" in capsys.readouterr().err


def test_nothing_is_written_over(attempt, tmp_path, capsys):
    attempt(SNEAKY, "--because", "first")
    status, text = attempt(SNEAKY, "--because", "second")
    assert status == 2 and "> first" in text and "is there already" in capsys.readouterr().err
    answer = tmp_path / "answer.py"
    assert main(["try", "scale", str(answer), "--report", str(answer), "--because", "x"]) == 2
    assert answer.read_text() == SNEAKY


def test_the_version_is_that_of_the_lesson():
    from autograder.beaten import versions

    assert versions("helped")["exercise"] == "helped of 02_other, specification 02_other-0123456"
