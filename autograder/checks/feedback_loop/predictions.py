"""What is told before it is seen."""

from autograder.checks.predicting import prediction

LETTERS, FATES = ("T", "Y"), ("falls", "stays")
READING = prediction(
    "loop-predict-reading",
    {"alone": LETTERS, "in_context": LETTERS},
    "A prediction is worth its points because it was made before the run.",
    "There is nothing to get wrong here: look at the last picture, choose, and run the cell.",
)
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

ORDER = prediction(
    "loop-predict-order",
    {"shuffled_other": FATES, "shuffled_anagrams": FATES, "same_order": FATES},
    "A prediction is worth its points because it was made before the run.",
    "For each case ask: after the change, can the letters before the last still tell Y from T?",
    minutes=5,
)
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
