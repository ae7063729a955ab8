"""What recorded runs allow to say: a winner only where the intervals say so."""

import numpy as np

from autograder.compare import expect, expect_choice
from autograder.spec import Exercise
from rnn_core.data import recorded
from rnn_core.intervals import wilson

CHOICES = "GRU", "LSTM", "no winner shown"
STUDENT = 2.262  # for the mean of 10 values, some 95 %


def scores(part, task, cell):
    """The score at every recorded point of each run, (runs, points)."""
    rows = recorded.load("gru_runs")["rows"]
    return np.array([r["score"] for r in rows if (r["part"], r["task"], r["cell"]) == (part, task, cell)])


def of_rates(part, task):
    """The cell whose interval lies above the other's, if they do not overlap."""
    reach = {}
    for cell in CHOICES[:2]:
        learned = scores(part, task, cell)[:, -1] >= 0.95
        reach[cell] = wilson(int(learned.sum()), len(learned))
    if reach["GRU"][0] > reach["LSTM"][1]:
        return "GRU"
    return "LSTM" if reach["LSTM"][0] > reach["GRU"][1] else "no winner shown"


def of_text():
    """The cell with fewer bits, if the interval of the mean difference leaves out 0."""
    difference = scores("compare", "text", "GRU")[:, -1] - scores("compare", "text", "LSTM")[:, -1]
    half = STUDENT * difference.std(ddof=1) / np.sqrt(len(difference))
    if abs(difference.mean()) <= half:
        return "no winner shown"
    return "GRU" if difference.mean() < 0 else "LSTM"


RIGHT = {
    "marked_600": of_rates("compare", "last marked"),
    "marked_1200": of_rates("longer", "last marked"),
    "adding_600": of_rates("compare", "adding"),
    "text_900": of_text(),
}
WHERE = {
    "marked_600": "the last marked symbol after 600 steps",
    "marked_1200": "the last marked symbol after 1,200 steps",
    "adding_600": "the adding task after 600 steps",
    "text_900": "text after 900 steps",
}

VERDICTS = Exercise(
    "gru-verdicts",
    values=RIGHT,
    points=2,
    minutes=12,
    difficulty=2,
    hints=(
        "For the recall tasks compare the two printed intervals, not the two counts: does one lie above the other "
        "altogether?",
        "For text look at the interval of the difference, GRU minus LSTM: is 0 in it? And is a negative difference "
        "good or bad for the GRU, if fewer bits are better?",
    ),
    explain="An interval says which true rates would go with such a count. Where the two overlap, both cells may have "
    "the same rate. That does not prove that they are equal: more runs may part them.",
)


def expect_verdict(student, name):
    got = getattr(student, name)
    expect_choice(name, got, CHOICES)
    hint = (
        "Is 0 in the interval of the difference? Fewer bits are better."
        if name == "text_900"
        else "Do the two printed intervals overlap? The rule is about them, not about the counts."
    )
    same = "".join(got.split()).lower() == "".join(RIGHT[name].split()).lower()
    expect(same, f"{name}: for {WHERE[name]} the printed intervals say something else. {hint}")


for variable in RIGHT:
    VERDICTS.check(f"{variable}: {WHERE[variable]}")(lambda student, rng, name=variable: expect_verdict(student, name))


VERDICTS.mistake(
    "a winner is named although the intervals overlap",
    "The counts differ, but both intervals hold some rates in common. The rule asks for intervals that lie apart.",
    marked_1200="GRU",
)
VERDICTS.mistake(
    "more bits are taken for better",
    "Bits a character say how surprised a model is. The difference is GRU minus LSTM: below 0 the GRU needs fewer.",
    text_900="LSTM",
)
for doubted in ("marked_600", "adding_600", "text_900"):
    VERDICTS.mistake(
        "no winner is named although the interval leaves no doubt",
        "The rule is met here: two rates whose intervals lie apart, or a difference whose interval leaves out 0.",
        **{doubted: "no winner shown"},
    )
