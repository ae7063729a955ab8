"""What is told before it is seen, and a question in words."""

from autograder.checks.predicting import prediction
from autograder.spec import Written

WINS = prediction(
    "gpu-where-scan-wins",
    {"scan_wins": ("at every size", "where a step is small", "where a step is large", "nowhere")},
    "The point is for having committed. The measurement further down tells, for the machine it ran on.",
)

WORDS = Written(
    "gpu-faster-in-words",
    model="First I would ask where the time of a step goes: count the launches (operations asked for) of a step, and "
    "time the same loop at two sizes on the machine itself. If a step with half as many units takes nearly as long, "
    "calls are what it waits for and not arithmetic. Then: the inputs' product for all steps at once, the gates in one "
    "operation, and, on a GPU, the launches recorded once in a graph. None of that changes the result beyond rounding. "
    "Second, packing: it saves as many steps as there is padding, and that share can be counted before anything is "
    "written; the result is the same. Third, half precision: it changes the result. Small gradients become 0 unless "
    "the loss is scaled, sums have to be kept in float32, and what it costs has to be measured on the loss that "
    "counts. A scan is open to cells only whose gates do not read the state: that is another model. More workers "
    "leave the gradient as it is, if sums and not means are joined, but the batch grows, and with it what a step "
    "learns. What a GPU would gain here was not measured in this notebook, unless it ran on one.",
    rubric=(
        "Asks for a measurement first, and says what it would tell: calls or arithmetic.",
        "Parts what leaves the result as it is (fewer launches, packing, joined gradients) from what changes it.",
        "Says of half precision what is lost and how it is held: scaling, sums in float32, a measured loss.",
        "Says that a scan needs another cell.",
        "Promises no factor that was not measured.",
    ),
    points=3,
    minutes=10,
    difficulty=2,
)
