"""A question that is answered before something is seen; the answer is kept, and set beside what came."""

import sqlite3

from IPython.display import display

from autograder import report
from autograder.cards import PredictionCard
from autograder.progress import Progress, progress_file
from autograder.report import Shown
from rnn_core.widgets.base import Widget

CLOSED = "What comes next opens here once you have predicted. (If it stays closed, run this cell again.)"


class Predict(Widget):
    """A question with choices or a number to set. `answer` is the first answer that was sealed, or None.

    choices: a list of texts, or (lowest, highest). id: the name under which the answer is kept. unit: that of a number.
    """

    title = "Predict"
    start = {"value": None, "sealed": False, "skip": False}  # noqa: RUF012 - read only

    def __init__(self, question, choices, *, id, unit=""):
        self.question, self.id, self.unit = question, id, unit
        self.range = [float(end) for end in choices] if isinstance(choices, tuple) else None
        self.choices = [] if self.range else [str(choice) for choice in choices]
        if self.range and not (len(self.range) == 2 and self.range[0] < self.range[1]):
            raise ValueError(f"choices: expected (lowest, highest), got {choices}")
        if not self.range and len(self.choices) < 2:
            raise ValueError(f"choices: expected at least two, got {choices}")
        self.answer, self.trouble = _kept(id)
        self.measured = self._opens = self._handle = None
        super().__init__()
        self.show()

    def compute(self, controls):
        """Keep the answer when it is sealed, and open what waits for it. Returns: question, answer and outcome."""
        value = self._allowed(controls["value"])
        if controls["sealed"] and value is not None and self.answer is None:
            self._keep(value)
            self._open()
        if controls["skip"] and self.answer is None:
            self._open()
        return {
            "title": self.title, "question": self.question, "choices": self.choices, "range": self.range,
            "unit": self.unit, "answer": self.answer, "measured": self.measured, "problem": self.trouble,
            "waits": self._opens is not None, "says": self._says(value),
        }  # fmt: skip

    def seal(self, value):
        """Take this as the prediction, unless there is one already; keep it, and open what waits for it."""
        value = self._allowed(value)
        if value is None:
            raise ValueError(f"expected one of {self.choices or self.range}")
        if self.answer is None:
            self._keep(value)
        self._open()
        self._refresh()

    def then(self, thing):
        """Show the question, and below it `thing`, a picture or a function that gives one, once it is answered."""
        self._opens = thing
        self._refresh()
        display(self)
        self._handle = display(Shown(CLOSED, report.card(report.section(CLOSED))), display_id=True)
        if self.answer is not None:
            self._open()
            self._refresh()

    def outcome(self, *, believed, measured, holds_when, value=None):
        """The card of this prediction. value: what came as a number, to be marked beside the one predicted."""
        self.measured = None if value is None else float(value)
        self._refresh()
        predicted = "nothing" if self.answer is None else self._in_words(self.answer)
        rows = {"question": self.question, "believed": believed, "predicted": predicted, "measured": measured}
        return PredictionCard({**rows, "holds when": holds_when})

    def static(self, picture):
        """The question and what was answered, as a card."""
        offered = "; ".join(self.choices) or f"a number from {self.range[0]:g} to {self.range[1]:g} {self.unit}".strip()
        lines = report.labelled("choices", report.in_code(offered)) + report.labelled(
            "answer", report.escape(picture["says"])
        )
        words = f"{self.question} {picture['says']}"
        return Shown(words, report.card(report.title(self.question) + report.section(lines)))

    def _keep(self, value):
        self.answer = value
        try:
            Progress(progress_file()).add("prediction", self.id, answer=value, question=self.question)
        except (sqlite3.Error, OSError) as error:
            self.trouble = f"Your prediction could not be kept: {error}."

    def _open(self):
        """Show what waits, in its place in the notebook; what goes wrong there is said there."""
        thing, self._opens = self._opens, None
        if thing is None or self._handle is None:
            return
        try:
            shown = thing() if callable(thing) else thing
        except Exception as error:
            words = f"This could not be shown. {type(error).__name__}: {error}"
            shown = Shown(words, report.card(report.section(report.escape(words))))
        if shown is not None:
            self._handle.update(shown)

    def _refresh(self):
        """Draw anew after something that Python did."""
        self._answer(self.picture["controls"])

    def _allowed(self, value):
        """The value as one of the choices or a number within the range; None for anything else."""
        if self.range:
            ok = (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and self.range[0] <= value <= self.range[1]
            )
            return float(value) if ok else None
        return value if value in self.choices else None

    def _in_words(self, value):
        return f"{value:g} {self.unit}".strip() if self.range else value

    def _says(self, value):
        if self.answer is not None:
            words = f"You predicted: {self._in_words(self.answer)}."
            return words if self.measured is None else f"{words} Measured: {self._in_words(self.measured)}."
        if value is not None:
            return f"Not sealed yet: {self._in_words(value)}."
        return "Not answered yet."


def _kept(id):
    """The first answer that was kept under this name, and what went wrong in reading it."""
    try:
        events = Progress(progress_file()).events("prediction", id)
    except (sqlite3.Error, OSError) as error:
        return None, f"Your progress could not be read: {error}."
    return (events[0][2].get("answer"), "") if events else (None, "")
