"""Where a learner stands: what is mastered, begun and open, what comes next, and which recall questions are due."""

import datetime
from typing import Any

from autograder.atlas import Page, Place, number, pages
from autograder.checks import registry
from autograder.progress import Progress
from autograder.questions import load_questions
from autograder.report import score
from autograder.spacing import due_times, in_words
from autograder.spec import Written

FIRST = "01_feedback_loop"  # where the course begins; lesson 0 is for those who need it


def standing(progress: Progress, now: datetime.datetime | None = None) -> dict[str, Any]:
    """Lessons with their notebooks and exercises, `next` (an exercise, or None), `due` (ids) and `soonest` (words)."""
    best = progress.best()
    seen = {kind: {item for _, item, _ in progress.events(kind)} for kind in ("solution", "hint", "model answer")}
    known = registry()
    lessons: list[dict[str, Any]] = []
    for page in pages():
        if not lessons or lessons[-1]["id"] != page.lesson:
            lessons.append({"id": page.lesson, "number": number(page.lesson), "notebooks": []})
        exercises = [_exercise(place, page, best, seen) for place in page.places if place.id in known.items]
        notebook = {"path": page.path, "title": page.title, "time": page.time, "exercises": exercises}
        lessons[-1]["notebooks"].append(notebook | _sums(exercises))
    return {"lessons": lessons, "next": _next(lessons, progress), **_recall(progress, now)}


def _exercise(place: Place, page: Page, best: dict[str, float], seen: dict[str, set]) -> dict[str, Any]:
    """One exercise: mastered with all points (or, in words, once the model answer was opened), begun, or open."""
    item = registry()[place.id]
    got = best.get(place.id, 0)
    words = isinstance(item, Written)
    if place.id in seen["model answer"] if words else got >= item.points:
        state = "mastered"
    elif place.id in best or place.id in seen["hint"] or place.id in seen["solution"]:
        state = "begun"
    else:
        state = "open"
    worth = "in words" if words else score(got, item.points)
    worth += ", solution seen" if place.id in seen["solution"] else ""
    return {
        "id": place.id, "title": place.title, "at": f"{page.path}#cell-id={place.cell}", "state": state,
        "worth": worth, "minutes": item.minutes,
    }  # fmt: skip


def _sums(exercises: list[dict[str, Any]]) -> dict[str, Any]:
    """How many exercises of a notebook are done, and its state."""
    states = [row["state"] for row in exercises]
    done = states.count("mastered")
    state = "mastered" if states and done == len(states) else "begun" if set(states) - {"open"} else "open"
    return {"done": done, "state": state}


def _next(lessons: list[dict[str, Any]], progress: Progress) -> dict[str, Any] | None:
    """The first that is not mastered from the exercise worked on last, or from the course's beginning; then around."""
    rows = [row for lesson in lessons for notebook in lesson["notebooks"] for row in notebook["exercises"]]
    ids = [row["id"] for row in rows]
    worked = [item for _, item, _ in progress.events("check") if item in ids]
    first = next((row["id"] for row in rows if row["at"].startswith(FIRST)), ids[0] if ids else None)
    begin = ids.index(worked[-1] if worked else first) if ids else 0
    return next((row for row in rows[begin:] + rows[:begin] if row["state"] != "mastered"), None)


def _recall(progress: Progress, now: datetime.datetime | None) -> dict[str, Any]:
    now = now or datetime.datetime.now(datetime.UTC)
    times = {id: at for id, at in due_times(progress.events("recall")).items() if id in load_questions()}
    due = sorted((id for id, at in times.items() if at <= now), key=times.get)
    later = [at for at in times.values() if at > now]
    return {"due": due, "soonest": in_words(min(later) - now) if later else ""}
