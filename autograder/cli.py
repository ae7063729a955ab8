"""The command line, `rnn-course`: each command calls one function and prints what it returns.

Exit status: 0 when all is well, 1 when an answer, a build or the machine falls short, 2 for a call that makes no sense.
"""

import argparse
import json
import sqlite3
import sys
from pathlib import Path

GRADING = ("demo-class", "grade", "teach")


def learn(args: argparse.Namespace) -> int:
    from autograder import learn

    return learn.start(browser=args.browser, port=args.port)


def reset(args: argparse.Namespace) -> int:
    from autograder import learn

    print(learn.reset(args.lesson))
    return 0


def doctor(args: argparse.Namespace) -> int:
    from autograder import doctor

    lines, healthy = doctor.examine()
    print("\n".join(lines))
    return 0 if healthy else 1


def exercises(args: argparse.Namespace) -> int:
    from autograder.listing import as_text, listing

    rows = listing()
    print(json.dumps(rows, indent=2) if args.json else as_text(rows))
    return 0


def try_(args: argparse.Namespace) -> int:
    from autograder.report import as_text
    from autograder.trying import try_answer

    result = try_answer(args.exercise, args.answer, args.sandbox)
    print(json.dumps(result.as_dict(), indent=2) if args.json else as_text(result))
    if args.report:
        from autograder.beaten import write_report

        write_report(result, Path(args.answer), args.because, Path(args.report))
        print(f"{args.report} is written. Send it to whoever teaches you, or to the authors.", file=sys.stderr)
    return 0 if result.passed else 1


def grade(args: argparse.Namespace) -> int:
    from autograder.grading.fork_server import fork_server

    fork_server()  # it loads while this process does
    from collections import Counter

    from tqdm import tqdm

    from autograder.grading.loading import uncollected

    with uncollected():
        from autograder.grading import whole_class as grading

    status, mistakes = 0, Counter()
    reports = grading.grade_path(Path(args.path), workers=args.workers, unsafe=args.unsafe)
    for report in grading.written(reports, Path(args.json)) if args.json else reports:
        tqdm.write(grading.as_text(report))  # above the bar
        status = status if report["status"] == "graded" else 1
        mistakes.update((row["id"], row["mistake"]) for row in report["exercises"] if row["mistake"])
    print(grading.commonest(mistakes))
    return status


def teach(args: argparse.Namespace) -> int:
    from autograder.grading import teach

    return teach.start(Path(args.folder), browser=args.browser, port=args.port)


def demo_class(args: argparse.Namespace) -> int:
    from autograder.demo import demo_class as demo

    return demo.start(Path(args.folder) if args.folder else None, browser=args.browser, port=args.port)


def build(args: argparse.Namespace) -> int:
    from autograder import build

    if args.source:
        for path in build.write_sources(Path(args.source)):
            print(path)
        return 0
    if not args.check:
        for path in build.build():
            print(path.relative_to(build.ROOT))
        return 0
    differing = build.stale()
    for name in differing:
        print(f"lessons/{name} is not what a build would write")
    print("lessons are stale: run `python course.py build`" if differing else "lessons are up to date")
    return 1 if differing else 0


def progress(args: argparse.Namespace) -> int:
    from autograder.listing import progress_text

    print(progress_text())
    return 0


def parser() -> argparse.ArgumentParser:
    """All commands and their arguments."""
    top = argparse.ArgumentParser(prog="rnn-course", description="A course on recurrent neural networks.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run, help: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help, parents=parents)
        command.set_defaults(run=run)
        return command

    lab = argparse.ArgumentParser(add_help=False)
    lab.add_argument("--no-browser", dest="browser", action="store_false", help="print the address instead")
    lab.add_argument("--port", type=int, default=None, help="the port to listen on")

    add("learn", learn, "open the lessons (your own copy of them) in JupyterLab", lab)
    command = add("teach", teach, "make an instructor's course folder, once, and open nbgrader's formgrader on it", lab)
    command.add_argument("folder", help="a new folder outside this one, or a course that `teach` made")
    command = add("demo-class", demo_class, "make a class of invented students, grade it, and open the formgrader", lab)
    command.add_argument("folder", nargs="?", help="a new folder; one among the temporary ones else")
    command = add("reset", reset, "begin a lesson anew; what you wrote is kept in a dated folder")
    command.add_argument("lesson", help="the lesson's folder or number, such as 01_feedback_loop or 1")
    add("doctor", doctor, "what is installed, what this machine offers, and what is missing")
    command = add("exercises", exercises, "every exercise, with its points and functions")
    command.add_argument("--json", action="store_true", help="as JSON")
    command = add("try", try_, "run one exercise's checks on the functions of a file")
    command.add_argument("exercise", help="the exercise's id")
    command.add_argument("answer", metavar="ANSWER.py", help="a module; what it lacks comes from the reference")
    command.add_argument(
        "--sandbox", action="store_true", help="run the file where it can reach nothing, as in grading"
    )
    command.add_argument("--json", action="store_true", help="as JSON")
    command.add_argument("--report", metavar="FILE.md", help="it passes, and you know that it is wrong: write a report")
    command.add_argument("--because", metavar="TEXT", default="", help="for the report: why the answer is wrong")
    command = add("grade", grade, "grade submissions apart from everything: a folder, a notebook, or a ZIP")
    command.add_argument("path", help="nbgrader's submitted/, one notebook, or a ZIP from a learning platform")
    command.add_argument("--json", metavar="FILE", help="write the reports there, too")
    command.add_argument("--workers", type=int, metavar="N", help="processes side by side; as many as cores else")
    command.add_argument(
        "--unsafe-no-sandbox",
        dest="unsafe",
        action="store_true",
        help="where no sandbox works: run students' code all the same; it can then do whatever you can",
    )
    command = add("build", build, "build lessons/ from solutions/")
    command.add_argument("--check", action="store_true", help="only say whether lessons/ is up to date")
    command.add_argument("--source", metavar="FOLDER", help="write the solved notebooks there, for nbgrader's source/")
    add("progress", progress, "what is done, lesson by lesson")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns: the exit status."""
    args = parser().parse_args(arguments)
    try:
        if sys.platform == "win32" and (args.command in GRADING or getattr(args, "sandbox", False)):
            raise OSError("grading needs Linux or macOS; on Windows use WSL2 (`wsl --install`), with this folder there")
        return args.run(args)
    except (KeyError, OSError, ValueError, TypeError, sqlite3.Error) as error:
        words = error.args[0] if isinstance(error, KeyError) else error
        print(f"rnn-course {args.command}: {words}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
