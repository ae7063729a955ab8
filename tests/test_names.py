"""No name is better than a wrong one: a wrong answer whose own name is not known must not get another."""

import dataclasses

import pytest

from autograder.checks import registry
from autograder.local import grade_locally
from tests.answers import corpus

pytestmark = pytest.mark.full


def test_at_most_one_in_a_hundred_gets_a_wrong_name():
    """Each wrong answer against the names of all mistakes of its exercise but its own."""
    wrong, names = corpus()[1], []
    for answer in wrong:
        exercise = registry()[answer.exercise]
        others = [mistake for mistake in exercise.mistakes if mistake.name != answer.named]
        found = grade_locally(dataclasses.replace(exercise, mistakes=others), answer.globals()).mistake
        if found:
            names.append((str(answer), found.name))
    assert len(wrong) >= 500 and len(names) <= 0.01 * len(wrong), names
