"""The map of all lessons: what is mastered, begun and open, what comes next, and the recall questions that are due."""

import sqlite3
from pathlib import Path

from autograder import report
from autograder.progress import Progress, progress_file
from autograder.questions import load_questions
from autograder.report import Shown
from autograder.standing import standing
from rnn_core.widgets.base import Widget

MARKS = {"mastered": "✓", "begun": "◐", "open": "○"}


class ProgressMap(Widget):
    """Every notebook and exercise with its state, as links; questions that are due are asked and answered here."""

    title = "Map of the lessons"
    start = {"recall": "", "letter": "", "count": 0}  # noqa: RUF012 - read only

    def __init__(self):
        self.counted, self.verdict = 0, {}
        super().__init__()
        self.show()

    def compute(self, controls):
        """Read the progress anew; an answer to a recall question is kept first, once."""
        problem = ""
        try:
            progress = Progress(progress_file())
            if controls["count"] > self.counted:
                self.counted = controls["count"]
                self.verdict = self._answer_recall(progress, controls["recall"], controls["letter"])
            now = standing(progress)
        except (sqlite3.Error, OSError) as error:
            problem, now = f"Your progress could not be read: {error}.", standing(Progress(None))
        due = [_asked(id) for id in now["due"]]
        return {
            **now, "title": self.title, "up": _up(), "here": Path.cwd().name, "marks": MARKS, "due": due,
            "verdict": self.verdict, "problem": problem, "says": _says(now),
        }  # fmt: skip

    def static(self, picture):
        """The map as a card of HTML: notebooks as links, each with its exercises behind a triangle."""
        lessons = picture["lessons"]
        rows = "".join(_row(lesson, notebook, picture) for lesson in lessons for notebook in lesson["notebooks"])
        inside = report.title(self.title) + report.section(report.escape(picture["says"]))
        inside += report.section(f'<ul style="list-style:none;margin:0;padding:0">{rows}</ul>')
        return Shown(picture["says"], report.card(inside))

    def _answer_recall(self, progress, id, letter):
        question = load_questions()[id]
        mark, words = question.verdict(letter)
        if mark != "open":
            progress.add("recall", id, right=mark == "right")
        return {"mark": mark, "sign": report.MARKS[mark][0], "words": words, "count": self.counted, **_asked(id)}


def _asked(id):
    """A recall question without its answer."""
    question = load_questions()[id]
    choices = [[letter, text] for letter, text in zip(question.letters, question.choices, strict=True)]
    return {"id": id, "text": question.text, "choices": choices}


def _up():
    """From the folder of the notebook to that of all lessons: a notebook of a lesson lies one level down."""
    return "../" if Path.cwd().name[:2].isdecimal() else ""


def _says(now):
    rows = [row for lesson in now["lessons"] for notebook in lesson["notebooks"] for row in notebook["exercises"]]
    states = [row["state"] for row in rows]
    words = f"{states.count('mastered')} of {len(rows)} exercises are mastered, {states.count('begun')} begun. "
    if now["next"]:
        words += f"Next: {now['next']['title']}, about {now['next']['minutes']} minutes. "
    else:
        words += "Nothing is left to do. "
    count = len(now["due"])
    if count:
        return words + f"{count} recall question{' is' if count == 1 else 's are'} due."
    return words + (f"The next recall question comes {now['soonest']}." if now["soonest"] else "")


def _row(lesson, notebook, picture):
    """One notebook: link, state and time; its exercises open on a click."""
    exercises, link = notebook["exercises"], _link(picture, notebook["path"], notebook["title"])
    count = f"{notebook['done']} of {len(exercises)} exercises mastered"
    time = f", about {notebook['time']}" if notebook["time"] else ""
    lines = "".join(
        f"<li>{MARKS[row['state']]} {report.escape(row['state'])}: {_link(picture, row['at'], row['title'])}, "
        f"about {row['minutes']} minutes</li>"
        for row in exercises
    )
    inside = f'<ul style="list-style:none;margin:0 0 6px;padding:0 0 0 1.2em">{lines}</ul>'
    return (
        f'<li style="margin:6px 0"><b>{report.escape(lesson["number"])}</b> {link}{report.escape(time)}'
        f"{report.details(count, inside)}</li>"
    )


def _link(picture, place, text):
    return f'<a href="{report.escape(picture["up"] + place)}">{report.escape(text)}</a>'
