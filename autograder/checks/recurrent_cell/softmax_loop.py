"""What would become of the state if softmax stood in the loop: a prediction, and a question in words."""

from autograder.checks.predicting import prediction
from autograder.spec import Written

SOFTMAX_LOOP = prediction(
    "cell-softmax-loop",
    {"softmax_prediction": ("a", "b", "c")},
    "The points are for the prediction, not for its outcome.",
    "There is no wrong answer here: a, b or c. The run that follows decides.",
)
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
