"""What is told before it is seen, and a question in words."""

from autograder.checks.predicting import prediction
from autograder.spec import Written

PREDICT = prediction(
    "deep-predict",
    {
        "fewest_bits": ("one layer", "two layers", "three layers", "no clear difference"),
        "with_both_directions": (
            "about as good as one direction",
            "much lower loss, and better for suggesting characters while somebody writes",
            "much lower loss, and worse for suggesting characters while somebody writes",
        ),
    },
    "The point is for having committed. The cells further down measure both.",
    minutes=4,
)

FORECAST = Written(
    "deep-forecast",
    model="The backward half reads the series from its end. Its state at day t has seen day t + 1, and day t + 1 is "
    "the target. So the net copies the answer, and the error says that copying works. The old series are no help as a "
    "test: there, too, the whole series is handed in, and the answer with it. To see it without waiting for tomorrow: "
    "cut every test series after day t, hand in nothing later, and ask for day t + 1, for several t; or change day "
    "t + 1 in the input and see whether the forecast for it follows. For tomorrow there is no day t + 1 to read, so "
    "the backward half has nothing to say there. Both directions are right where the whole series is known when the "
    "answer is due: to find in last year's sales the days that were entered wrongly, or to sort finished series into "
    "kinds of shops.",
    rubric=(
        "Says that the backward half has read the target: day t + 1 is in its input at day t.",
        "Says why the test on old series did not show it, and gives a test that would (cut the series, or change the "
        "target in the input).",
        "Names a job for both directions where the whole sequence is known before the answer is due.",
    ),
    points=3,
    minutes=10,
    difficulty=2,
)
