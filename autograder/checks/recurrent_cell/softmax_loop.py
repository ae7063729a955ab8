"""What would become of the state if softmax stood in the loop: a prediction, and a question in words."""

from autograder.compare import expect_choice
from autograder.spec import Exercise, Written

SOFTMAX_LOOP = Exercise(
    "cell-softmax-loop",
    values={"softmax_prediction": "b"},
    points=1,
    minutes=3,
    difficulty=1,
    hints=("There is no wrong answer here: a, b or c. The run that follows decides.",),
    explain="The points are for the prediction, not for its outcome.",
)


@SOFTMAX_LOOP.check("a prediction is made: a, b or c")
def predicted(student, rng):
    expect_choice("softmax_prediction", student.softmax_prediction, ("a", "b", "c"))


WHY_RAW = Written(
    "cell-why-raw-state",
    model="The next step needs to know what came before, and the state is all that it gets. Softmax throws part of it "
    "away: the numbers become positive and sum to 1, so signs and sizes are lost, and with usual weights two "
    "different "
    "pasts come out nearly equal. Each step squeezes them again, so that after a few steps the net cannot tell them "
    "apart. On the way out nothing is lost by it: the probabilities are for the reader, and the raw state goes on "
    "beside them. Much larger recurrent weights can undo part of the squeezing, but then it is another net.",
    rubric=(
        "says that the state is the only thing through which later steps know the past",
        "says what softmax does to it: positive numbers that sum to 1, differences squeezed at every step, not once",
    ),
    points=2,
    minutes=6,
    difficulty=2,
)
