"""What is told before it is seen: any of the choices earns the points."""

from collections.abc import Sequence

from autograder.compare import expect_choice
from autograder.spec import Exercise

COMMIT = "Commit to what you believe: copy one of the choices, quotes included. The points are for the prediction."


def prediction(
    id: str, choices: dict[str, Sequence[str]], explain: str, hint: str = COMMIT, minutes: int = 3
) -> Exercise:
    """An exercise whose variables hold predictions. choices: of each variable the texts that it may hold."""
    values = {name: offered[0] for name, offered in choices.items()}
    exercise = Exercise(id, values=values, points=1, minutes=minutes, hints=(hint,), explain=explain)
    for name, offered in choices.items():
        title = f"{name} is one of the {len(offered)} choices"
        exercise.check(title)(
            lambda student, rng, name=name, offered=offered: expect_choice(name, getattr(student, name), offered)
        )
    return exercise
