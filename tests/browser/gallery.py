"""One card of every kind, made by the course's own functions from a small lesson of its own.

A notebook shows one with `show("named mistake")`.
"""

import linecache
import os
from unittest.mock import patch

import numpy as np

from autograder import notebook, report
from autograder.compare import expect_close, expect_shape
from autograder.local import grade_locally
from autograder.notebook import Shown
from autograder.questions import Question
from autograder.spec import Exercise, Registry, Written
from rnn_core import rnn

STEP = Exercise(
    "cell-step",
    functions={"step_forward": rnn.step_forward},
    returns={"step_forward": ("h_next", "cache")},
    points=3,
    seconds=1,
    hints=(
        "Three things are added: the input's part, the state's part, the bias. Each ends with `H` numbers a row.",
        "What do you multiply `h` by to get the shape of `x @ W_xh`?",
        "`np.tanh` goes around the whole sum: `h_next = np.tanh(x @ W_xh + … + b)`.",
    ),
    explain="Rows are sequences, so one product serves the whole batch. `b` has shape `(H,)`: broadcast over the rows.",
)


def draw(rng, size=1.0, N=2, D=3, H=5):
    shapes = (N, D), (N, H), (D, H), (H, H), (H,)
    return [size * (0.2 + 0.6 * rng.standard_normal(shape)) for shape in shapes]


@STEP.check("the new state has a row for each sequence")
def shape(student, rng):
    expect_shape("h_next", student.step_forward(*draw(rng, N=4))[0], (4, 5))


@STEP.check("values agree with the reference")
def values(student, rng):
    args = draw(rng)
    hint = "Is `tanh` around the whole sum?"
    expect_close("h_next", student.step_forward(*args)[0], rnn.step_forward(*args)[0], hint=hint)


@STEP.check("large inputs end at -1 and 1")
def large(student, rng):
    args = draw(rng, size=1e3)
    hint = "`np.tanh` is safe for any number; a formula with `exp` is not."
    expect_close("h_next", student.step_forward(*args)[0], rnn.step_forward(*args)[0], hint=hint)


@STEP.mistake(
    "the bias stands outside the tanh",
    "In `np.tanh(…) + b` the bias comes after the squashing, and the state can leave [-1, 1]. The bias shifts the "
    "sum before tanh: put it inside the brackets.",
)
def step_forward(x, h, W_xh, W_hh, b):
    return np.tanh(x @ W_xh + h @ W_hh) + b, None


FORWARD = Exercise(
    "cell-forward",
    functions={"forward": rnn.forward},
    points=2,
    hints=("Which steps are wrong, and which are right?",),
)


@FORWARD.check("the first state follows from h0")
def first(student, rng):
    x, h0, *weights = _sequence(rng)
    expect_close("h[:, 0]", student.forward(x, h0, *weights)[0][:, 0], rnn.forward(x, h0, *weights)[0][:, 0])


@FORWARD.check("every state agrees with the reference")
def every(student, rng):
    args = _sequence(rng)
    hint = "Does each step get the state of the step before?"
    expect_close("h", student.forward(*args)[0], rnn.forward(*args)[0], hint=hint)


def _sequence(rng, N=3, T=7, D=2, H=4):
    shapes = (N, T, D), (N, H), (D, H), (H, H), (H,)
    return [0.2 + 0.6 * rng.standard_normal(shape) for shape in shapes]


PREDICTION = Exercise("predict-memory", values={"predicted": "b"}, points=1)
LOOP = Written(
    "loop-arrows",
    model="The arrow from the cell back to itself carries the state `h` of the step before. The arrow from below "
    "carries the input of this step alone.",
    rubric=("Says that the loop carries the state of the step before.", "Names the input, of shape `(N, D)`."),
)
REGISTRY = Registry({"lesson": [STEP, FORWARD, PREDICTION, LOOP]})
QUESTIONS = {
    f"question-{number}": Question(
        f"question-{number}", "lesson", "?", ["x", "y", "z"], "b", "Only the state crosses from one step to the next."
    )
    for number in range(1, 5)
}

SETUP = "import numpy as np\n\nfrom autograder import check\nfrom tests.browser.gallery import STEP, teach\nteach()\n"
HEAD = "def step_forward(x, h, W_xh, W_hh, b):\n"
ANSWERS = {  # name of a card -> an answer to STEP
    "all pass": HEAD + "    return np.tanh(x @ W_xh + h @ W_hh + b), None\n",
    "unwritten": HEAD + "    raise NotImplementedError()\n",
    "exception": HEAD + "    a = x @ W_hh + h @ W_hh + b\n    return np.tanh(a), None\n",
    "named mistake": HEAD + "    print('shapes', x.shape, h.shape)\n"
    "    return np.tanh(x @ W_xh + h @ W_hh) + b, None\n",
    "partly right": HEAD + "    a = x @ W_xh + h @ W_hh + b\n"
    "    return (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a)), None\n",
}
OTHERS = {
    "picture": lambda: _report(FORWARD, "def forward(x, h0, W_xh, W_hh, b):\n"
    "    return np.stack([rnn.forward(x[:, :t + 1], h0, W_xh, W_hh, b)[0][:, -1] if t < 4 else h0\n"
    "        for t in range(x.shape[1])], axis=1), None\n"),
    "hint": lambda: notebook.hint("cell-step"),
    "solution": lambda: notebook.solution("cell-step"),
    "model answer": lambda: notebook.model_answer("loop-arrows"),
    "outcome": lambda: notebook.outcome(
        "predict-memory",
        believed="A larger forget bias always helps to remember.",
        measured="With `b = 1` the loss after 100 steps is 0.31 ± 0.04, without it 0.52 ± 0.06 (5 seeds).",
        holds_when="the lag is longer than 20 steps; below that the two do not differ.",
    ),
    "recall": lambda: notebook.recall({"question-1": "b", "question-2": "a", "question-3": "", "question-4": "k"}),
}  # fmt: skip
NAMES = [*ANSWERS, *OTHERS]


def show(name: str) -> Shown:
    """The card of this name, as a lesson would show it; nothing is kept as progress."""
    with (
        patch.object(notebook, "registry", lambda: REGISTRY),
        patch.object(notebook, "load_questions", lambda: QUESTIONS),
        patch.dict(os.environ, RNN_COURSE_PROGRESS=""),
    ):
        return _report(STEP, ANSWERS[name]) if name in ANSWERS else OTHERS[name]()


def _report(exercise: Exercise, source: str) -> Shown:
    """An answer run as a notebook's cell would be, with its lines known to tracebacks, and checked."""
    file, namespace = f"<cell {exercise.id}>", {"np": np, "rnn": rnn}
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), namespace)
    result = grade_locally(exercise, namespace)
    return Shown(report.as_text(result), report.as_html(result))


def teach() -> None:
    """Make `check` in this kernel know the exercises above."""
    notebook.registry = lambda: REGISTRY
