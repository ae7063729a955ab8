"""Exercises and progress, lesson by lesson, as data and as text."""

from itertools import groupby
from typing import Any

from autograder.checks import registry
from autograder.progress import Progress, progress_file
from autograder.report import points, score
from autograder.spec import Exercise


def listing() -> list[dict[str, Any]]:
    """Every exercise: id, lesson, functions, points, minutes, difficulty."""
    all_exercises = registry()
    return [
        {
            "id": item.id,
            "lesson": all_exercises.lesson_of[item.id],
            "functions": item.signatures() if hasattr(item, "signatures") else [],
            "points": item.points,
            "minutes": item.minutes,
            "difficulty": item.difficulty,
        }
        for item in all_exercises
    ]


def as_text(rows: list[dict[str, Any]]) -> str:
    """The list for a terminal."""
    lines = []
    for lesson, group in groupby(rows, key=lambda row: row["lesson"]):
        lines.append(lesson)
        for row in group:
            names = ", ".join(function["name"] for function in row["functions"])
            lines.append(f"  {row['id']:32} {points(row['points']):>4} points  {row['minutes']:>3} min  {names}")
    return "\n".join(lines)


def progress_text() -> str:
    """What is done, a line a lesson and a line an exercise that was begun; questions in words are left out."""
    best, lines = Progress(progress_file()).best(), []
    for lesson, group in groupby(listing(), key=lambda row: row["lesson"]):
        rows = [row for row in group if isinstance(registry()[row["id"]], Exercise)]  # what a check can grade
        total, got = sum(row["points"] for row in rows), sum(best.get(row["id"], 0) for row in rows)
        done = sum(best.get(row["id"], 0) >= row["points"] for row in rows)
        lines.append(f"{lesson}: {score(got, total)}, {done} of {len(rows)} exercises done")
        lines += [
            f"  {row['id']:32} {points(best[row['id']])} of {points(row['points'])}"
            for row in rows
            if row["id"] in best
        ]
    return "\n".join(lines)
