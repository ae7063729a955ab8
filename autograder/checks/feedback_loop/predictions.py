"""What is told before it is seen: any of the choices earns the points."""

from autograder.compare import expect_choice
from autograder.spec import Exercise

READING = Exercise(
    "loop-predict-reading",
    values={"alone": "T", "in_context": "Y"},
    points=1,
    minutes=3,
    hints=("There is nothing to get wrong here: look at the last picture, choose, and run the cell.",),
    explain="A prediction is worth its points because it was made before the run.",
)


@READING.check("alone is one of the two letters")
def alone(student, rng):
    expect_choice("alone", student.alone, ("T", "Y"))


@READING.check("in_context is one of the two letters")
def in_context(student, rng):
    expect_choice("in_context", student.in_context, ("T", "Y"))


READING.mistake(
    "the letters are not between quotes as text",
    'T stands for a variable, "T" for the letter. Write the quotes: `alone = "T"`.',
    alone=None,
    in_context=None,
)
READING.mistake(
    "the quotes are still empty",
    "Commit first, then look: write T or Y between the quotes of both lines.",
    alone="",
    in_context="",
)
READING.mistake(
    "a hedge between both letters",
    "A net may share its belief out; a prediction here is one letter. Take the one on which you would bet.",
    alone="T or Y",
    in_context="T or Y",
)
READING.mistake(
    "a letter before the last one",
    "The question is about the fourth picture only, and that is a T or a Y.",
    alone="N",
    in_context="N",
)

ORDER = Exercise(
    "loop-predict-order",
    values={"shuffled_other": "stays", "shuffled_anagrams": "falls", "same_order": "stays"},
    points=1,
    minutes=5,
    hints=("For each case ask: after the change, can the letters before the last still tell Y from T?",),
    explain="A prediction is worth its points because it was made before the run.",
)


@ORDER.check("shuffled_other is one of the two choices")
def shuffled_other(student, rng):
    expect_choice("shuffled_other", student.shuffled_other, ("falls", "stays"))


@ORDER.check("shuffled_anagrams is one of the two choices")
def shuffled_anagrams(student, rng):
    expect_choice("shuffled_anagrams", student.shuffled_anagrams, ("falls", "stays"))


@ORDER.check("same_order is one of the two choices")
def same_order(student, rng):
    expect_choice("same_order", student.same_order, ("falls", "stays"))


ORDER.mistake(
    "numbers instead of a choice",
    'Numbers come from the run that follows. Here one word a line is asked for: "falls" or "stays".',
    shuffled_other=0.5,
    shuffled_anagrams=0.5,
    same_order=0.5,
)
ORDER.mistake(
    "the quotes are still empty",
    "Commit first, then run: write falls or stays between the quotes of all three lines.",
    shuffled_other="",
    shuffled_anagrams="",
    same_order="",
)
ORDER.mistake(
    "yes and no instead of falls and stays",
    'The question has two answers of its own: the share of right letters "falls", or it "stays".',
    shuffled_other="no",
    shuffled_anagrams="yes",
    same_order="no",
)
ORDER.mistake(
    "True and False instead of falls and stays",
    'The answer is a word between quotes: "falls" or "stays".',
    shuffled_other=False,
    shuffled_anagrams=True,
    same_order=False,
)
