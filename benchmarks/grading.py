"""Grading a class, against stock nbgrader and a bare fork: `python benchmarks/grading.py [--submissions 60]`.

The same submissions of lesson 3 three times, their show cells left out, half of them with wrong answers:
  stock   `nbgrader autograde`, as nbgrader comes
  ours    `rnn-course grade`: sandbox on, gradebook and the notebooks that formgrader shows written
  fork    a child forked from a warm process runs the same cells with the checks in them: no sandbox, nothing written
`--all-cells` leaves the show cells in for stock, as they would be in practice. What is printed are ratios of wall time:
of the whole, and of one submission more, which is the whole less a run with a fifth of the class, so that what happens
once (programs that load) counts in neither. One more figure: what the grading process itself keeps in memory.
"""

import argparse
import gc
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

LESSON = "03_bptt"
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "RNN_COURSE_PROGRESS": ""}
ENVIRONMENT["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), ENVIRONMENT["PATH"]))
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "rnn-course"\nc.Execute.timeout = 300\n'


def make_class(folder: Path, count: int) -> None:
    """A course with so many submissions of one lesson, every second one with wrong answers."""
    from autograder.demo.students import Student
    from autograder.demo.work import Work, wrong
    from autograder.grading.teach import make_course

    make_course(folder)
    released, solved = (
        {path.stem: nbformat.read(path, 4) for path in (folder / name / LESSON).glob("*.ipynb")}
        for name in ("release", "source")
    )
    for number in range(count):
        student = Student(f"student{number:03d}", "Ada", f"Number {number}", "right")
        rng = random.Random(number)
        work = Work(student, LESSON, released, solved, rng)
        target = folder / "submitted" / student.id / LESSON
        target.mkdir(parents=True)
        right = files = work.answered()
        while number % 2 and files == right:  # not every mistake can be written out
            files = wrong(work)
        for name, notebook in files.items():
            nbformat.write(notebook, target / name)


def without_show(folder: Path) -> None:
    """Take the show cells out of every submission."""
    for path in folder.glob("submitted/*/*/*.ipynb"):
        notebook = nbformat.read(path, 4)
        notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("rnn_course", {}).get("kind") != "show"]
        nbformat.write(notebook, path)


def timed(command: list[str], folder: Path) -> float:
    """Seconds that a command takes in a folder; stops when it fails."""
    began = time.perf_counter()
    subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - began


def part_of(folder: Path, count: int) -> Path:
    """A copy of a course with the first few submissions alone."""
    part = Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-part")))
    for student in sorted((part / "submitted").iterdir())[count:]:
        shutil.rmtree(student)
    return part


def grade(folder: Path) -> list[str]:
    """The command that grades a course with ours."""
    return [sys.executable, "-m", "autograder.cli", "grade", str(folder / "submitted")]


def scores(folder: Path) -> dict[str, float]:
    """The points of each student in a course's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {row.student.id: row.score for row in gradebook.assignment_submissions(LESSON)}


def bare_fork(folder: Path) -> tuple[float, float]:
    """Seconds to start, and to run all cells of all submissions in forked children, two at a time."""
    began = time.perf_counter()
    import autograder.checks
    from autograder.sandbox.cells import new_shell, run_cell

    autograder.checks.registry()
    shell, work = new_shell(), sorted(folder.glob("submitted/*/*"))
    from matplotlib import figure  # noqa: F401

    gc.collect()
    gc.freeze()  # or each child copies all memory at its first collection

    ready, running = time.perf_counter(), 0
    for submission in work:
        if running == 2:
            os.wait()
            running -= 1
        running += 1
        if os.fork() == 0:
            for path in sorted(submission.glob("*.ipynb")):
                shell.user_ns.clear()
                shell.init_user_ns()
                for cell in nbformat.read(path, 4).cells:
                    if cell.cell_type == "code":
                        run_cell(shell, cell.source, 60.0, 2**20)
            os._exit(0)
    for _ in range(running):
        os.wait()
    return ready - began, time.perf_counter() - ready


def main() -> None:
    """Time all three and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=60)
    parser.add_argument("--all-cells", action="store_true", help="leave the show cells in, for stock")
    args = parser.parse_args()
    if args.submissions < 2:
        parser.error(f"--submissions: expected at least 2, for the cost of one more; got {args.submissions}")
    os.environ.update(ENVIRONMENT)
    with tempfile.TemporaryDirectory() as name:
        ours, stock = Path(name) / "ours", Path(name) / "stock"
        make_class(ours, args.submissions)
        shutil.copytree(ours, stock)
        (stock / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
        without_show(ours)
        if not args.all_cells:
            without_show(stock)
        each, few = args.submissions, max(1, args.submissions // 5)
        my_part, their_part = part_of(ours, few), part_of(stock, few)
        stocks = [sys.executable, "-m", "nbgrader", "autograde", LESSON]
        mine, mine_few = timed(grade(ours), ours), timed(grade(my_part), my_part)
        again = timed(grade(ours), ours)
        start, fork = bare_fork(ours)
        theirs, theirs_few = timed(stocks, stock), timed(stocks, their_part)
        more, their_more = ((whole - part) / (each - few) for whole, part in ((mine, mine_few), (theirs, theirs_few)))
        print(f"{each} submissions of {LESSON}, {os.cpu_count()} cores; seconds a submission:")
        print(f"  stock {theirs / each:7.3f}   ours {mine / each:7.3f}   bare fork {fork / each:7.3f}")
        print(f"  once, for the process that the bare forks come from: {start:.1f} s")
        print(f"  stock / ours {theirs / mine:6.1f}       ours / bare fork {mine / fork:5.2f}")
        print(f"  one submission more: stock {their_more:.3f}   ours {more:.3f}   stock / ours {their_more / more:.1f}")
        print(f"  a second run of ours, which finds all results: {again:.1f} s")
        same = sum(abs(scores(ours)[student] - score) < 0.01 for student, score in scores(stock).items())
        print(f"  the same points in both gradebooks: {same} of {each} students")
        print(f"  largest grading process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
