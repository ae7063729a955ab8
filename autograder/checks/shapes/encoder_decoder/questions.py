"""A report to be read with care, in words."""

from autograder.spec import Written

REPORT = Written(
    "translate-report",
    model="96 % of the words right with the true words fed says how well the next word is guessed after a right "
    "beginning. In use there is no right beginning: the decoder reads what it wrote, and there the first wrong word "
    "makes the sentence wrong. With nine words and 4 % wrong each, about a third of the sentences could hold a "
    "mistake. And where several orders are right, a right word may count as wrong. I ask for a run with its own "
    "words fed. BLEU counts groups of words that stand in a reference. A sentence without its verb, or with "
    "somebody else as who, keeps most of its groups and means something else, while a right order that is not among "
    "the references loses many. I ask for the share of sentences that are right as a whole, judged against all "
    "right orders, on sentences not seen in training, over several seeds and with an interval.",
    rubric=(
        "Says that with the true words fed the decoder is told what it would have to have written itself, which it is "
        "not in use.",
        "Says that BLEU compares groups of words, with an example of a wrong sentence that keeps most of them.",
        "Asks for a number that would settle it: whole sentences right, own words fed, unseen sentences.",
    ),
    points=3,
    minutes=10,
    difficulty=2,
)
