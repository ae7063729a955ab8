"""Attacks on the grader by what is handed in, beside what a cell does: notebooks, folders, times, and what is returned.

What a cell does to its own process stands in tests/attacks.
"""

import contextlib
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import types
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from autograder import compare
from autograder.build import LESSONS
from autograder.compare import expect
from autograder.grading import batch, fork_server
from autograder.grading import one_notebook as grading
from autograder.grading.filing import CONFIG, Filing, course_at
from autograder.grading.keep import trust
from autograder.grading.one_notebook import grade_notebook, seed_of
from autograder.grading.submissions import find
from autograder.sandbox import remote
from autograder.sandbox.lockdown import Budget
from autograder.sandbox.probing import best_sandbox
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
from autograder.spec import Exercise
from autograder.verdict import StudentError
from tests.autograder.common import RIGHT, guess_exercise, scale_exercise

SEED = 0x5EC12E7
NUMPY = "import numpy as np\n"
LESSON = "01_feedback_loop"
NOTEBOOK = (LESSONS / LESSON / "feedback_loop.ipynb").read_bytes()


@pytest.fixture(scope="module")
def sandbox():
    with best_sandbox(budget=Budget(wall=60, memory=512)) as made:
        yield made


def graded(sandbox, *cells, exercises=None, seed=SEED):
    notebook = new_notebook(cells=[new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return grade_notebook(notebook, exercises or [scale_exercise()], sandbox, seed)


# what lies beside a notebook


@pytest.fixture
def handed_in(tmp_path) -> Path:
    """A lesson's folder as a student of ours made it, in a course that has no configuration yet."""
    lesson = tmp_path / "course" / "submitted" / "ann" / LESSON
    (lesson / "submitted").mkdir(parents=True)
    (lesson / "feedback_loop.ipynb").write_bytes(NOTEBOOK)
    for folder in (lesson, lesson.parent, lesson.parent.parent):
        (folder / CONFIG).write_text("raise SystemExit('a student is the instructor now')\n")
    return lesson


def test_a_configuration_that_a_student_handed_in_is_never_run(handed_in):
    for path in (handed_in, handed_in.parent, handed_in / "feedback_loop.ipynb", handed_in / "submitted"):
        assert course_at(path) is None
    course = handed_in.parents[2]
    (course / CONFIG).touch()
    assert course_at(course) is None  # it could be a student's work, unpacked by itself
    trust(course)
    for path in (course, handed_in, handed_in / "submitted", handed_in.parents[1]):
        assert course_at(path) == course


SHADOWS = ("signal", "socket", "selectors", "struct", "random", "numpy", "pebble", "autograder", "multiprocessing")


@pytest.mark.parametrize("safe", [True, False])
def test_what_lies_in_the_current_folder_is_not_imported_to_grade(tmp_path, safe):
    """`cd submitted/ann/01_feedback_loop; rnn-course grade .` starts Python there, more than once."""
    planted = f"raise SystemExit(open({str(tmp_path / 'planted')!r}, 'w').write('here'))\n"
    folder = tmp_path / "here"
    folder.mkdir()
    for name in SHADOWS:
        (folder / f"{name}.py").write_text(planted)
    tries = (
        "import contextlib, sys\n"
        "sys.path.remove('')\n"  # the command has no such entry
        "from autograder.grading import batch, fork_server\n"
        f"fork_server._safe_path = fork_server._safe_path if {safe} else contextlib.nullcontext\n"
        "with batch.pool(1, False, 1) as processes:\n"
        "    print(processes.schedule(abs, [-3]).result(60))\n"
    )
    command = [sys.executable, "-c", "import sys; exec(sys.stdin.read())"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"}
    done = subprocess.run(
        command, input=tries, cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert (folder.parent / "planted").exists() == (not safe), done.stderr
    assert (done.stdout == "3\n") == safe


def test_the_way_to_import_is_put_back(monkeypatch):
    for before in ({}, {"PYTHONSAFEPATH": ""}):
        monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
        os.environ.update(before)
        with fork_server._safe_path():
            assert os.environ["PYTHONSAFEPATH"] == "1"
        assert {key: value for key, value in os.environ.items() if key == "PYTHONSAFEPATH"} == before


TIMES = (b"9" * 20, b"0" * 999, b"0" * 1000 + b":" + b"9" * 100, b"1" * 20 + b"." + b"1" * 20, b"\xff", b"")


@pytest.mark.parametrize("time", TIMES)
def test_a_time_that_is_none_stops_nobodys_grading(tmp_path, time):
    filing = Filing.__new__(Filing)
    filing.course = tmp_path
    folder = tmp_path / "submitted" / "ann" / LESSON
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_bytes(time)
    assert filing._handed_in_at("ann", LESSON) is None or time.startswith(b"0")


def test_a_submission_that_cannot_be_filed_stops_no_other(handed_in):
    class Books:
        rolled_back = 0

        def rollback(self):
            self.rolled_back += 1

    filing = Filing.__new__(Filing)
    filing._file = lambda *_: 1 / 0
    filing.gradebook = type("Gradebook", (), {"db": Books()})()
    (submission,) = find(handed_in)
    assert filing.file(submission, {}, {}) == "it could not be filed: ZeroDivisionError: division by zero"
    assert filing.gradebook.db.rolled_back == 1


# what a notebook shows


def test_all_cells_together_show_no_more_than_is_kept(sandbox, monkeypatch):
    monkeypatch.setattr(grading, "SHOWN", 2_500_000)
    result = graded(sandbox, *["print('x' * 900_000)"] * 6, "print('late')", NUMPY + RIGHT)
    assert sum(map(bool, result.outputs)) == 2 and len(json.dumps(result.outputs)) < 2_600_000
    assert result.notes == ["cell 3 shows too much: of all cells together 2 MB are kept"]
    assert result.exercises[0]["points"] == 3


def test_a_forged_display_is_no_larger_than_an_honest_one(sandbox, monkeypatch):
    monkeypatch.setattr(grading, "SHOWN", 1_000_000)
    forged = """
import json, os, struct
output = {"output_type": "stream", "name": "stdout", "text": "x" * 4_000_000}
text = json.dumps({"returned": {"outputs": [output], "error": None}, "printed": ""}).encode()
data = struct.pack("!IIQ", len(text), 0, 0) + text
while data:
    data = data[os.write(3, data) :]
os._exit(0)
"""
    result = graded(sandbox, forged)
    assert result.outputs == [[]] and len(json.dumps(vars(result))) < 100_000


def test_a_long_prediction_makes_no_long_report(sandbox):
    result = graded(sandbox, "guess = '\"' * 4_000_000", exercises=[guess_exercise()])
    assert len(json.dumps(vars(result))) < 100_000


# what is returned, and asked back


def test_what_is_rounded_to_half_precision_passes_no_more_easily(sandbox, monkeypatch):
    wrong = "def scale(x, factor):\n    y = 1.01 * factor * x\n    return y.astype(np.float16), np.float16(y.sum())"
    assert graded(sandbox, NUMPY + wrong).exercises[0]["points"] == 0
    monkeypatch.setattr(compare, "tolerance_of", lambda got, want: compare.RTOL[got.name])
    assert graded(sandbox, NUMPY + wrong).exercises[0]["points"] == 3


def test_a_callback_is_not_given_more_than_it_can_be_interrupted_in(sandbox, monkeypatch):
    """A product of two large arrays of int8 is one step of numpy's, and takes minutes."""
    asks = NUMPY + "def ask(helper):\n    return helper(np.ones((3000, 3000), np.int8))"
    with Session(sandbox) as session:
        session.execute(asks, "asks.py")
        with pytest.raises(StudentError, match="more than 4 MB for a callback"):
            RemoteBackend(session).call("ask", (lambda a: a @ a,), {})
        monkeypatch.setattr(remote, "MAX_ASKED", 10**7)
        assert RemoteBackend(session).call("ask", (lambda a: 3,), {})[0] == 3


@pytest.mark.parametrize(("outputs", "error"), [("[]", "[1, 2]"), ("3", "None")])
def test_a_forged_cell_is_the_students_own_loss_and_no_failure_of_the_grader(sandbox, outputs, error):
    source = f"""
import json, os, struct, time
text = json.dumps({{"returned": {{"outputs": {outputs}, "error": {error}}}}}).encode()
os.write(3, struct.pack("!IIQ", len(text), 0, 0) + text)
time.sleep(1)
"""
    result = graded(sandbox, source, NUMPY + RIGHT)
    assert "made no sense" in result.notes[0] and len(result.exercises) == 1
    assert graded(sandbox, NUMPY + RIGHT).exercises[0]["points"] == 3


# the secret seed

RECOVER = """
M, INIT_A, MULT_A, INIT_B, MULT_B = 2**32 - 1, 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
LEFT, RIGHT = 0xCA01F9DD, 0x4973F715


def constants(first, factor, count):
    made = [first]
    while len(made) <= count:
        made.append(made[-1] * factor & M)
    return list(zip(made, made[1:]))


def unhash(value, constant):
    return (value ^ value >> 16) * pow(constant[1], -1, 2**32) & M ^ constant[0]


def hashed(value, constant):
    value = (value ^ constant[0]) * constant[1] & M
    return value ^ value >> 16


def unmix(value, other):
    return ((value ^ value >> 16) + RIGHT * other) * pow(LEFT, -1, 2**32) & M


def recovered(increment, k, top):
    sequence = increment >> 1 | top << 127
    halves = sequence >> 64, sequence & 2**64 - 1
    words = [word for half in halves for word in (half & M, half >> 32)]
    pool = [unhash(word, c) for word, c in zip(words, constants(INIT_B, MULT_B, 8)[4:])]
    left = constants(INIT_A, MULT_A, 20)
    for at in (3, 2, 1, 0):
        pool[at] = unmix(pool[at], hashed(k, left.pop()))
    for source in (3, 2, 1, 0):
        for at in (3, 2, 1, 0):
            if at != source:
                pool[at] = unmix(pool[at], hashed(pool[source], left.pop()))
    return sum(unhash(pool[at], left[at]) << 32 * at for at in range(4))


def drawn(rng):
    increment = rng.bit_generator.state["state"]["inc"]
    print([f"{recovered(increment, 0, top):032x}" for top in (0, 1)])
    return 0.0
"""  # SeedSequence mixes the words that it is given, and each step of that can be taken back


def drawing_exercise() -> Exercise:
    """A check that hands its generator over, as do all in which the learner draws."""
    exercise = Exercise("drawn", functions={"drawn": lambda rng: rng.random()}, points=1)

    @exercise.check("one draw")
    def one(student, rng):
        student.drawn(rng)
        expect(False, "never")

    return exercise


@pytest.mark.parametrize("derived", [True, False])
def test_a_generator_that_is_handed_over_does_not_tell_the_secret_seed(sandbox, monkeypatch, derived):
    said, seed = [], 2**127 + SEED

    class Overheard(RemoteBackend):
        def call(self, *args):
            with contextlib.suppress(StudentError):
                return super().call(*args)
            said.append(self.printed)

        def _request(self, *args):
            try:
                return super()._request(*args)
            finally:
                said.append(self.printed)

    monkeypatch.setattr(grading, "RemoteBackend", Overheard)
    if not derived:
        monkeypatch.setattr(grading, "seed_of", lambda exercise, seed: seed)
    graded(sandbox, RECOVER, exercises=[drawing_exercise()], seed=seed)
    assert (f"{seed:032x}" in said[0]) == (not derived)
    assert (f"{seed_of(drawing_exercise(), seed):032x}" in said[0]) == derived


def test_each_exercise_has_hidden_cases_of_its_own():
    first, second = scale_exercise(), guess_exercise()
    seeds = {seed_of(item, seed) for item in (first, second) for seed in (SEED, SEED + 1)}
    assert len(seeds) == 4 and all(0 < seed < 2**128 for seed in seeds)
    draws = [np.random.default_rng([seed, 0]).random() for seed in seeds]
    assert len(set(draws)) == 4 and seed_of(first, SEED) == seed_of(scale_exercise(), SEED)


# marks that a student sets


def test_a_check_that_is_marked_to_be_shown_and_a_solution_marked_as_a_check_gain_nothing(sandbox):
    show = new_code_cell(NUMPY + RIGHT, metadata={"rnn_course": {"kind": "show"}})
    check = new_code_cell(NUMPY + RIGHT, metadata={"nbgrader": {"grade": True, "solution": False, "grade_id": "scale"}})
    for cell in (show, check):
        result = graded(sandbox, cell)
        assert result.exercises[0]["points"] == 0 and result.outputs == [None]


def test_what_a_notebook_says_of_having_been_graded_is_not_read(sandbox):
    notebook = new_notebook(cells=[new_code_cell("1")])
    notebook.metadata["rnn_course_graded"] = {"verified": True, "rung": "A", "points": {"scale": [3, 3]}}
    read = grading.grade_notebook(nbformat.from_dict(notebook), [scale_exercise()], sandbox, SEED)
    assert read.exercises[0]["points"] == 0


# what is left


@pytest.fixture
def folder():
    """A folder that other users may pass, as that for temporary files is."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def test_the_processes_that_grade_leave_nothing_behind(folder, monkeypatch):
    """One that is stopped, or killed for taking too long, removes none of its own files."""
    made = types.SimpleNamespace(mkdtemp=lambda prefix: tempfile.mkdtemp(prefix=prefix, dir=folder))
    monkeypatch.setattr(batch, "tempfile", made)
    with batch.pool(SEED, False, 1) as processes:
        task = NOTEBOOK, "feedback_loop.ipynb", LESSON, "feedback_loop"
        assert len(processes.schedule(batch._grade, task).result(120)["exercises"]) == 8
        assert list(folder.glob("*/rnn-course-*/course"))
    del processes
    gc.collect()
    assert not list(folder.iterdir())
