"""Twelve jobs: which shape fits, and why."""

from collections.abc import Mapping

from autograder.compare import CheckFailed, expect
from autograder.spec import Exercise
from autograder.wording import brief

ONE, SPREAD, READ, ALIGNED, OTHER = (
    "one-to-one",
    "one-to-many",
    "many-to-one",
    "aligned many-to-many",
    "unaligned many-to-many",
)
RIGHT = {
    "a": READ,
    "b": OTHER,
    "c": ONE,
    "d": ALIGNED,
    "e": SPREAD,
    "f": OTHER,
    "g": READ,
    "h": ALIGNED,
    "i": SPREAD,
    "j": OTHER,
    "k": ONE,
    "l": ALIGNED,
}
ASKS = {
    "a": "How many answers does one review get, and when is it whole?",
    "b": "Is there one Japanese word for each English word, at the same place?",
    "c": "Does anything here come in an order of steps?",
    "d": "Does each word get an answer of its own?",
    "e": "How often does the photo go in, and how many words come out?",
    "f": "How many letters belong to a hundredth of a second of sound?",
    "g": "How many forecasts are asked for, and when: after each day, or after all thirty?",
    "h": "How many answers are asked for in an hour?",
    "i": "How often is the style told, and how many notes come out?",
    "j": "Does the number of words that come out follow from the number that go in?",
    "k": "Are age, height and weight steps of a sequence?",
    "l": "How many forecasts are asked for, and when: once, or after each day?",
}
WHY = {
    "a": "Many words, one label, and the last words may turn it: the outputs before the end are ignored.",
    "b": "Words in, words out, but other numbers of them in another order: no step of the one belongs to a step of the "
    "other.",
    "c": "One image in, one label out; there is no order, and no recurrent net is needed.",
    "d": "A tag for each word: as many outputs as inputs, each at its own step.",
    "e": "One image in, a sentence out, of whatever length it needs.",
    "f": "Hundreds of frames, a few letters, and nobody says which frames belong to which letter.",
    "g": "Thirty values, one forecast: it is a forecast, and its shape is that of a sentence with one label.",
    "h": "An answer every second, for the second that was measured.",
    "i": "One choice at the start, then notes: each follows from the state, and none is given.",
    "j": "Many sentences in, two out: both are sequences, and their steps do not belong together.",
    "k": "Three numbers without an order are one input with three features. A regression, and no sequence at all.",
    "l": "A forecast after every day: the target of each step is the next value. The same job as g with another shape.",
}
JOBS = Exercise(
    "shape-twelve-jobs",
    values={"jobs": RIGHT},
    points=3,
    minutes=12,
    difficulty=1,
    hints=(
        "Two questions decide. What is in order: what goes in, what comes out, or both? And if both: does each output "
        "belong to the input of its own step?",
        "That something is a forecast, a class or a number says nothing about the shape. Count the outputs.",
        "Two of the twelve have nothing in order. In three of them both sides are sequences whose steps do not belong "
        "together.",
    ),
    explain="A shape says how often something goes in, how often something comes out, and whether the two go step by "
    "step. What is asked for, a class or a number, is decided by the output layer and the loss.",
)


def plain(text):
    return " ".join(text.lower().split()) if isinstance(text, str) else text


def expect_jobs(jobs, names):
    """Expect the right shape for some of the jobs."""
    expect(isinstance(jobs, dict), f"jobs: expected a dict with the letters a to l, got {brief(jobs)}.")
    for name in names:
        expect(name in jobs, f"jobs: {name!r} is missing.")
        if plain(jobs[name]) not in RIGHT.values():
            listed = ", ".join(f'"{shape}"' for shape in (ONE, SPREAD, READ, ALIGNED, OTHER))
            raise CheckFailed(f"job {name}: expected one of {listed}, got {brief(jobs[name])}.")
        expect(plain(jobs[name]) == RIGHT[name], f"job {name}: {plain(jobs[name])!r} does not fit. {ASKS[name]}")


def add(names):
    @JOBS.check(f"jobs {', '.join(names)}")
    def some(student, rng):
        expect_jobs(student.jobs, names)


for letters in ("abc", "def", "ghi", "jkl"):
    add(letters)


def reasons(jobs):
    """For each job that has its right shape the reason, for others a question: as text for a notebook."""
    lines = []
    for name, shape in RIGHT.items():
        right = isinstance(jobs, Mapping) and plain(jobs.get(name)) == shape
        lines.append(f"{name}) {shape}: {WHY[name]}" if right else f"{name}) still open. {ASKS[name]}")
    return "\n".join(lines)


for mistake, words, other in (
    (
        "both sides are sequences, so all are called aligned",
        "Aligned means more than a sequence in and a sequence out: each output belongs to the input of its own step. "
        "In b, f and j even the numbers of steps differ.",
        {"b": ALIGNED, "f": ALIGNED, "j": ALIGNED},
    ),
    (
        "no many-to-many is called aligned",
        "In d, h and l every step that goes in has an output of its own at the same step.",
        {"d": OTHER, "h": OTHER, "l": OTHER},
    ),
    (
        "one-to-many and many-to-one are exchanged",
        "The first word counts what goes in, the second what comes out.",
        {"a": SPREAD, "g": SPREAD, "e": READ, "i": READ},
    ),
    (
        "every forecast is called many-to-one",
        "g asks for one forecast after thirty days, l for one after every day. The word forecast does not tell the "
        "shape.",
        {"l": READ},
    ),
    (
        "every forecast is called aligned",
        "g asks for one forecast, l for one after every day. The word forecast does not tell the shape.",
        {"g": ALIGNED},
    ),
    (
        "features are taken for steps",
        "Three numbers about one person have no order. They are one input with three features.",
        {"k": READ},
    ),
    (
        "a photo in is called one-to-one, whatever comes out",
        "e has one input, and its sentence is a sequence: one-to-many. c has one label.",
        {"e": ONE},
    ),
    (
        "a summary is called many-to-one",
        "One summary comes out, and it is a sequence of words. Count steps, not texts.",
        {"j": READ},
    ),
):
    JOBS.mistake(mistake, words, jobs={**RIGHT, **other})
