"""A question in words: what decides what, in the choice of a net."""

from autograder.spec import Written

DECIDES = Written(
    "shape-what-decides",
    model="It is a false choice. Whether something is a class or a number is decided in the output layer and the loss: "
    "scores with a cross-entropy, or numbers with a squared error. A forecast is a regression, or a classification, "
    "whose target lies in the future: the targets are shifted, and the net is the same. In this notebook one skeleton "
    "did all three on the same waves, with each of two cells. What the job does decide is the shape: how many outputs "
    "there are and at which steps. For the colleague's job, one number a week after 26 weeks of sales, I would take "
    "many-to-one with one output and a squared error, or aligned many-to-many with the targets shifted by one, which "
    "gives 25 times as many errors to learn from. Which cell, and whether a recurrent net at all, I would decide by "
    "trying it against a simple baseline, such as the last value. Two of the twelve: the heart rate (h) is aligned "
    "many-to-many, since each second asks for its own answer at once; read off the last output alone, the night would "
    "have one answer. The melody (i) is one-to-many, since the style is told once and many notes come out; with an "
    "aligned net somebody would have to know what goes in at the later notes.",
    rubric=(
        "Says that classes or numbers are a matter of output layer and loss, and a forecast one of shifted targets.",
        "Names a shape for the colleague's job, with the steps at which outputs count, and a loss.",
        "Says that the cell is not decided by that, but by measuring, with a baseline.",
        "Gives a reason for two of the twelve jobs, of two shapes, from the steps at which something goes in and comes "
        "out, and says for each what another shape would lack.",
    ),
    points=4,
    minutes=15,
    difficulty=2,
)
