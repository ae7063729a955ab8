"""Ten questions that say which parts of lesson 0 to do, and what the answers were."""

from dataclasses import dataclass

from autograder.compare import expect
from autograder.spec import Exercise
from autograder.wording import brief

PARTS = {
    "1": ("Numbers in rows and columns", 30),
    "2": ("From scores to probabilities", 40),
    "3": ("Slopes, sent back", 40),
    "4": ("A net", 40),
    "5": ("From slopes to steps", 30),
    "6": ("Examples that the net has not seen", 60),
}


@dataclass(frozen=True)
class Question:
    """One question of the diagnostic: three choices a to c, and d for "I do not know"."""

    part: str
    text: str
    choices: tuple[str, str, str]
    answer: str
    why: str


QUESTIONS = {
    "1": Question(
        "1",
        "`x` has shape `(5, 3)`. What is the shape of `x.mean(axis=0)`?",
        ("`(5,)`", "`(3,)`", "`(1, 3)`"),
        "b",
        "axis=0 is the axis that vanishes, and without keepdims it leaves no 1 behind.",
    ),
    "2": Question(
        "1",
        "`p` has shape `(4, 1)` and `y` has shape `(4,)`. What is `p - y`?",
        ("an error", "an array of shape `(4, 1)`", "an array of shape `(4, 4)`"),
        "c",
        "Shapes line up from the right, so y counts as (1, 4), and both are stretched to (4, 4).",
    ),
    "3": Question(
        "2",
        "Softmax of the scores 1, 2, 3 is compared with softmax of 101, 102, 103. What holds?",
        (
            "the probabilities are the same",
            "the second is closer to certain",
            "the second overflows, whatever one does",
        ),
        "a",
        "exp(100) is a common factor of numerator and denominator, and it cancels.",
    ),
    "4": Question(
        "2",
        "A net gives the true class a probability of 1/8. What does this example cost, as cross-entropy?",
        ("8 nats", "0.125 bits", "3 bits"),
        "c",
        "The cost is minus the logarithm of the probability: to base 2, that of 1/8 is 3.",
    ),
    "5": Question(
        "3",
        "`y = x @ W`, with `x` of shape `(N, D)` and `W` of shape `(D, H)`. The loss has the gradient `dy` for `y`. "
        "What is its gradient for `x`?",
        ("`dy @ W.T`", "`dy @ W`", "`x.T @ dy`"),
        "a",
        "Each input reaches the loss through all H results, by its row of W. The third is the gradient for W.",
    ),
    "6": Question(
        "3",
        "`y = x + b`, with `x` of shape `(N, H)` and `b` of shape `(H,)`. What is the gradient for `b`?",
        ("`dy`", "`dy.sum(axis=0)`", "`dy.mean(axis=0)`"),
        "b",
        "b was copied to every row, so the slopes of all rows add up.",
    ),
    "7": Question(
        "4",
        "A net with a hidden layer has no activation function: `y = (x @ W1) @ W2`. What can it compute?",
        ("more than `x @ W`, for it has more weights", "nothing that one matrix `W` could not", "only the identity"),
        "b",
        "(x W1) W2 = x (W1 W2), and W1 W2 is one matrix.",
    ),
    "8": Question(
        "5",
        "All gradients are multiplied by 1000, from the first step on. What happens to Adam's steps?",
        ("they stay nearly the same", "they are 1000 times as long", "they are 1000 times as short"),
        "a",
        "Adam divides a mean of gradients by the root of a mean of their squares; a common factor cancels but for eps.",
    ),
    "9": Question(
        "6",
        "From epoch 30 on the training loss falls and the validation loss rises. Which net should be kept?",
        ("the last one", "the one of about epoch 30", "one trained until the training loss is 0"),
        "b",
        "From there on the net learns what is peculiar to the training set, which does not help with other examples.",
    ),
    "10": Question(
        "6",
        "Twenty nets are compared, and the best is reported. On which examples should they be compared?",
        ("on the test set", "on the training set", "on the validation set, and only the chosen one on the test set"),
        "c",
        "The best of twenty is partly the luckiest on the examples that chose it. Its score needs others.",
    ),
}
LETTERS = ("a", "b", "c", "d")

DIAGNOSTIC = Exercise(
    "start-diagnostic",
    values={"diagnostic": "".join(question.answer for question in QUESTIONS.values())},
    points=1,
    minutes=10,
    hints=('The point is for answering all ten. d, "I do not know", is an answer, and an honest one.',),
    explain="The next cell says which parts the answers ask for.",
)


@DIAGNOSTIC.check("all ten questions have an answer")
def answered(student, rng):
    given = student.diagnostic
    expect(
        isinstance(given, str | dict | list | tuple),
        f"diagnostic: expected ten letters between quotes, one for each question, got {brief(given)}.",
    )
    number = len(_letters(given))
    expect(number <= len(QUESTIONS), f"diagnostic: expected {len(QUESTIONS)} letters, got {number}.")
    missing = unanswered(given)
    expect(
        not missing,
        f"diagnostic: expected one of a, b, c, d for each question, still open: {', '.join(missing)}.",
    )


DIAGNOSTIC.mistake(
    "no letter is filled in yet",
    "Write ten letters between the quotes, and run that cell again before the check.",
    diagnostic="",
)


def unanswered(answers):
    """The numbers of the questions that have no letter from a to d."""
    given = _letters(answers)
    return [number for number in QUESTIONS if given.get(number) not in LETTERS]


def questions():
    """The ten questions, for a notebook to show."""
    lines = []
    for number, question in QUESTIONS.items():
        lines.append(f"**{number}.** {question.text}\n")
        choices = (*question.choices, "I do not know")
        lines += [f"- {letter}) {choice}" for letter, choice in zip(LETTERS, choices, strict=True)]
        lines.append("")
    return _markdown("\n".join(lines))


def plan(answers):
    """Which parts of the lesson to do or to skip, then each right answer and why; nothing before all are answered."""
    missing, answers = unanswered(answers), _letters(answers)
    if missing or len(answers) != len(QUESTIONS):
        still = f" Still open: {', '.join(missing)}." if missing else f" There are {len(answers)} letters."
        return _markdown(f"First answer all ten questions.{still}")
    wrong = {n for n, question in QUESTIONS.items() if answers[n] != question.answer}
    lines = ["| part | your answers | so | minutes |", "|---|---|---|---|"]
    total = 0
    for part, (title, minutes) in PARTS.items():
        asked = [n for n, question in QUESTIONS.items() if question.part == part]
        shown = ", ".join(f"question {n} {'missed' if n in wrong else 'right'}" for n in asked)
        do = any(n in wrong for n in asked)
        total += minutes if do else 0
        lines.append(f"| {part}. {title} | {shown} | {'**do it**' if do else 'skip it'} | {minutes if do else 0} |")
    advice = f"About {total} minutes of work are left." if wrong else "You can go on with lesson 1 at once."
    lines += ["", advice, "", "The answers:", ""]
    for number, question in QUESTIONS.items():
        verdict = "missed" if number in wrong else "right"
        lines.append(f"{number}. {question.answer}, you: {answers[number]} ({verdict}). {question.why}")
    return _markdown("\n".join(lines))


def _letters(answers):
    """The letter for each question's number, from a text, a list, or a dict by numbers, however they are written."""
    if isinstance(answers, str):
        answers = [letter for letter in answers if letter not in " ,;\n"]
    if isinstance(answers, list | tuple):
        answers = dict(enumerate(answers, 1))
    if not isinstance(answers, dict):
        return {}
    return {str(number): given.strip().lower() for number, given in answers.items() if isinstance(given, str)}


def _markdown(text):
    from IPython.display import Markdown

    return Markdown(text)
