"""What is told before it is seen: any of the choices earns the point."""

from autograder.compare import expect_choice
from autograder.spec import Exercise

CHOICES = ("only at h4", "at h4 and all earlier states", "at h4 and all later states", "at all states")

ARRIVES = Exercise(
    "bptt-where-gradient-arrives",
    values={"gradient_arrives": CHOICES[1]},
    points=1,
    minutes=3,
    difficulty=1,
    hints=("There is no right or wrong here: copy one of the four texts, quotes included.",),
    explain="The point is for having committed. The map further down shows what happens.",
)


@ARRIVES.check("one of the four answers is chosen")
def chosen(student, rng):
    expect_choice("gradient_arrives", student.gradient_arrives, CHOICES)


RANGES = ("worse than the trigram", "between trigram and four-gram", "better than the four-gram")

BEATS = Exercise(
    "bptt-predict-bits",
    values={"my_model_will_be": RANGES[1]},
    points=1,
    minutes=3,
    difficulty=1,
    hints=("There is no right or wrong here: copy one of the three texts, quotes included.",),
    explain="The point is for having committed. The run below gives the number.",
)


@BEATS.check("one of the three answers is chosen")
def told(student, rng):
    expect_choice("my_model_will_be", student.my_model_will_be, RANGES)
