"""A question in words: what the two gates do, and what was measured."""

from autograder.spec import Written

WORDS = Written(
    "gru-in-words",
    model="r is not the gate that keeps or forgets. It decides how much of the old state the candidate n sees, and it "
    "does that after the product, so it shuts off the bias as well. What stays of the old state is decided by z: "
    "h_next = (1 - z) n + z h, in torch's convention, where z = 1 keeps all of it. A cell with r held at 1 still "
    "learned the recall task in the recorded runs; a cell with z held at 0 did not in any of them, whatever r did. So "
    "'r forgets' explains the wrong gate. And the gates are not 0 or 1: they are sigmoids and take values between; "
    "in the trained net a part of the values lay between 0.1 and 0.9. None of this says that r is never of use: it was "
    "measured on one task and on a short run on text.",
    rubric=(
        "Says that z, not r, decides what of the old state is kept, with the equation or in words.",
        "Says what r does: how much of the past the candidate sees.",
        "Says that gates take values between 0 and 1, with a measurement as evidence.",
        "Names the held gates as evidence, and limits it to the task that was run.",
    ),
    points=3,
    minutes=10,
    difficulty=2,
)
