"""A notebook that is not of this course is graded as nbgrader grades, but no cell of it runs outside the sandbox."""

import json
import logging
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from nbgrader.api import Gradebook

from autograder.grading.foreign import run_notebook
from autograder.grading.foreign_files import SENT, read_files, write_files
from autograder.grading.nbgrader_bridge import FOREIGN
from autograder.sandbox.children import SandboxError
from tests.grading.bridge_course import FOREIGN as WHICH
from tests.grading.bridge_course import Course, cell_of

pytestmark = pytest.mark.filterwarnings("default")  # nbgrader's own warnings are its own

TIMEOUT = {"ename": "CellTimeoutError", "evalue": "", "traceback": ["No reply from kernel before timeout"]}
DEFIANT = "while True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    return Course(tmp_path_factory.mktemp("course"))


def run(*sources: str, files=None, seconds: float | None = 20.0):
    """Run cells. Returns: what each showed, in brief, and the files left."""
    cells = [new_code_cell(source) for source in sources]
    ran = run_notebook([new_markdown_cell("text"), *cells], files or {}, lambda cell: seconds, TIMEOUT)
    assert ran.outputs[0] is None
    return [[brief(output) for output in outputs] for outputs in ran.outputs[1:]], ran.files


def brief(output) -> str:
    kind = output.output_type
    if kind == "stream":
        return f"{output.name}: {output.text.strip()}"
    return output.ename if kind == "error" else f"{kind}: {output.data['text/plain']}"


def answer(source: str):
    """A change of the released notebook: the answer is this."""

    def change(notebook):
        cell_of(notebook, "answer").source = source

    return change


def test_cells_show_what_they_show_in_a_kernel():
    shown, _ = run(
        "x = 1\nprint(x)\nx",
        "import sys\nprint('oh', file=sys.stderr)\n1 / 0",
        "def f(:",
        "await __import__('asyncio').sleep(0, 5)",
        "import warnings\nwarnings.warn('careful')",
        "from IPython.display import HTML\nHTML('<script>')",
        "os",
        "__import__('os').environ['NBGRADER_EXECUTION']",
        "",
    )
    assert shown[0] == ["stdout: 1", "execute_result: 1"]
    assert shown[1] == ["stderr: oh", "ZeroDivisionError"]
    assert shown[2:4] == [["SyntaxError"], ["execute_result: 5"]]
    assert shown[4][0].startswith("stderr: ")
    assert shown[5:] == [
        ["execute_result: <IPython.core.display.HTML object>"],
        ["NameError"],
        ["execute_result: 'autograde'"],
        [],
    ]


def test_tables_and_formulas_come_out_of_the_sandbox_and_scripts_do_not():
    table = "<table onclick='x()'><tr><td>0.5</td></tr></table><script>x()</script><img src='//evil.example'>"
    shows = [
        f"class Table:\n    def _repr_html_(self):\n        return {table!r}\n\nTable()",
        "from IPython.display import Latex, Markdown\nLatex('$x^2 < y$')",
        "Markdown('**bold**')",
    ]
    ran = run_notebook([new_code_cell(source) for source in shows], {}, lambda cell: 20.0, TIMEOUT)
    (html,), (formula,), (text,) = ran.outputs
    assert html.data["text/html"] == "<table><tbody><tr><td>0.5</td></tr></tbody></table><img>"
    assert formula.data["text/latex"] == "$x^2 < y$" and text.data["text/markdown"] == "**bold**"


def test_a_traceback_is_the_one_that_ipython_gives():
    ran = run_notebook([new_code_cell("def f(x):\n    return 1 / x\n\nf(0)")], {}, lambda cell: 20.0, TIMEOUT)
    text = "\n".join(ran.outputs[0][0].traceback)
    assert "Traceback (most recent call last)" in text
    assert "return 1 / x" in text


def test_time_is_limited_and_what_was_there_stays():
    shown, _ = run("import time\nx = 1", "time.sleep(60)", "x", DEFIANT, "x", seconds=1.0)
    assert shown == [[], ["CellTimeoutError"], ["execute_result: 1"], ["CellTimeoutError"], ["execute_result: 1"]]


def test_a_dead_process_is_an_error_of_its_cell_alone():
    shown, _ = run("x = 1", "import os\nos._exit(0)", "x")
    assert shown == [[], ["DeadKernelError"], ["execute_result: 1"]]


def test_no_trick_hides_an_error():
    hide = "import IPython.core.interactiveshell as i\ni.InteractiveShell.showtraceback = lambda *_, **__: None"
    again = "import sys, io\nsys.stdout = sys.stderr = io.StringIO()\nget_ipython()._showtraceback = print\n1 / 0"
    shown, _ = run(hide, "undefined", again)
    assert shown[1:] == [["NameError"], ["ZeroDivisionError"]]


def test_files_go_in_and_data_comes_out():
    files = {"data.csv": b"1,2", "sub/helper.py": b"value = 3", "empty.txt": b""}
    shown, left = run(
        "open('data.csv').read(), open('empty.txt').read()",
        "import sub.helper\nsub.helper.value",
        "open('data.csv', 'w').write('changed')",
        "import os\nos.makedirs('new')\nopen('new/a.txt', 'w').write('made')\nopen('b.py', 'w').write('made')",
        "os.symlink('/etc/passwd', 'c.txt')\nos.makedirs('.hidden')\nopen('.hidden/d.txt', 'w').write('made')",
        files=files,
    )
    assert shown[:2] == [["execute_result: ('1,2', '')"], ["execute_result: 3"]]
    assert left == {"new/a.txt": b"made"}


def test_only_new_data_is_written_beside_the_notebook(tmp_path):
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "old.txt").write_text("old")
    (folder / "link").symlink_to(outside)
    (folder / "dangling.txt").symlink_to(outside / "made.txt")
    names = [
        "old.txt",
        "../up.txt",
        str(outside / "absolute.txt"),
        "link/in.txt",
        "dangling.txt",
        "timestamp.txt",
        "a.py",
    ]
    names += [
        ".x/b.txt",
        "old.txt/c.txt",
        "nbgrader_config.py",
        "p2.ipynb",
        "a\nb.txt",
        "x\0.txt",
        "a\\b.txt",
        "y" * 300 + ".txt",
    ]
    good = {"new.txt": b"1", "sub/sub/new.csv": b"2"}
    assert write_files({**dict.fromkeys(names, b"bad"), **good}, folder) == list(good)
    assert (folder / "sub/sub/new.csv").read_bytes() == b"2"
    assert (folder / "old.txt").read_text() == "old"
    assert not any(outside.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "outside"]


def test_links_notebooks_and_what_is_too_large_stay_away(tmp_path, caplog):
    secret = tmp_path.with_name(f"{tmp_path.name}-secret")
    secret.write_text("secret")
    (tmp_path / "link.txt").symlink_to(secret)
    (tmp_path / "p.ipynb").write_text("{}")
    (tmp_path / "a.txt").write_text("a")
    with open(tmp_path / "large.bin", "wb") as file:
        file.truncate(SENT)
    with caplog.at_level(logging.WARNING):
        assert read_files(tmp_path, logging.getLogger()) == {"a.txt": b"a"}
    assert "large.bin does not fit" in caplog.text


def test_it_is_graded_by_nbgraders_rule_and_marked(course):
    folder = course.submit("ann", answer("total = 6\nopen('left.txt', 'w').write(open('mine.txt').read())"), WHICH)
    (folder / "mine.txt").write_text("mine")
    assert FOREIGN in course.autograde("ann", WHICH)
    assert course.grades("ann", WHICH) == {"test": (1, False), "partial": (3, False)}
    done = course.autograded("ann", WHICH)
    assert done.metadata.rnn_course_graded.verified is False
    assert FOREIGN in str(cell_of(done, "answer").outputs[0])
    assert [cell.execution_count for cell in done.cells if cell.cell_type == "code"] == [1, 2, 3]
    assert (course.folder / "autograded" / "ann" / WHICH[0] / "left.txt").read_text() == "mine"
    assert FOREIGN in course.feedback("ann", WHICH)
    course.submit("abe", answer("total = 7"), WHICH)
    assert course.autograde("abe", WHICH)
    assert course.grades("abe", WHICH) == {"test": (0, False), "partial": (3.5, False)}


def test_no_cell_reaches_out_whatever_the_notebook_says(course, tmp_path, monkeypatch):
    canary, secret = tmp_path / "canary", tmp_path / "secret"
    secret.write_text("4711")
    tmp_path.chmod(0o777)
    (tmp_path / "kernels" / "evil").mkdir(parents=True)
    kernel = {"argv": ["/bin/sh", "-c", f"touch {canary}"], "display_name": "evil", "language": "python"}
    (tmp_path / "kernels" / "evil" / "kernel.json").write_text(json.dumps(kernel))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    attack = f"""
import pathlib, subprocess
total = 6
for run in (lambda: pathlib.Path({str(canary)!r}).write_text('x'), lambda: subprocess.run(['touch', {str(canary)!r}]),
            lambda: print(pathlib.Path({str(secret)!r}).read_text())):
    try:
        run()
    except OSError:
        pass
"""

    def evil(notebook):
        answer(attack)(notebook)
        notebook.metadata["kernelspec"] = {"name": "evil", "display_name": "evil", "language": "python"}

    folder = course.submit("eve", evil, WHICH)
    assert course.autograde("eve", WHICH), course.why
    with Gradebook(course.db) as gradebook:
        released = gradebook.find_notebook(WHICH[1], WHICH[0])
        before, released.kernelspec = released.kernelspec, json.dumps({"name": "evil", "display_name": "evil"})
        gradebook.db.commit()
    try:
        assert course.autograde("eve", WHICH), course.why
        assert course.autograde("eve", WHICH, enabled=False), course.why
    finally:
        with Gradebook(course.db) as gradebook:
            gradebook.find_notebook(WHICH[1], WHICH[0]).kernelspec = before
            gradebook.db.commit()
    assert not canary.exists()
    assert "4711" not in (folder / "sums.ipynb").read_text() + str(course.autograded("eve", WHICH))


def test_another_language_and_an_unknown_kernel_are_refused(course, tmp_path, monkeypatch):
    (tmp_path / "kernels" / "ir").mkdir(parents=True)
    kernel = {"argv": ["false"], "display_name": "R", "language": "R"}
    (tmp_path / "kernels" / "ir" / "kernel.json").write_text(json.dumps(kernel))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    course.submit("rob", answer("total = 6"), WHICH)
    with Gradebook(course.db) as gradebook:
        before = gradebook.find_notebook(WHICH[1], WHICH[0]).kernelspec
    for name, words in (
        ("ir", "got the kernel ir, which runs R"),
        ("blarg", "No such kernel named blarg"),
        (before, ""),
    ):
        with Gradebook(course.db) as gradebook:
            spec = name if name == before else json.dumps({"name": name, "display_name": name})
            gradebook.find_notebook(WHICH[1], WHICH[0]).kernelspec = spec
            gradebook.db.commit()
        assert bool(course.autograde("rob", WHICH)) == (not words)
        assert words in course.why


def test_without_a_sandbox_nothing_is_graded_unless_it_is_asked_for(course, monkeypatch):
    monkeypatch.setattr("autograder.sandbox.probing.open_rung", lambda *_, **__: (None, "it is not there"))
    course.submit("una", answer("total = 6"), WHICH)
    assert not course.autograde("una", WHICH)
    assert "Nothing was graded: nothing here keeps a student's code apart" in course.why
    assert "c.FastExecute.unsafe_no_sandbox = True" in course.why
    assert {score for score, _ in course.grades("una", WHICH).values()} == {None}
    assert "Graded without a sandbox" in course.autograde("una", WHICH, unsafe_no_sandbox=True)
    assert course.grades("una", WHICH)["test"] == (1, False)
    assert "without a sandbox" in " ".join(course.comments("una", WHICH))
    with pytest.raises(SandboxError):
        run("1")
    assert isinstance(course.folder, Path)
