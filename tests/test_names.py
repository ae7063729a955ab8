"""No name is better than a wrong one: a wrong answer whose own name is not known must not get another."""

import copy
import dataclasses
import itertools

import numpy as np
import pytest

from autograder.checks import registry
from autograder.compare import same
from autograder.local import grade_locally
from autograder.spec import Exercise
from tests.answers import corpus

pytestmark = pytest.mark.full


def test_at_most_one_in_a_hundred_gets_a_wrong_name():
    """Each wrong answer against the names of all mistakes of its exercise but its own."""
    wrong, names = corpus()[1], []
    for answer in wrong:
        exercise = registry()[answer.exercise]
        others = [mistake for mistake in exercise.mistakes if mistake.name != answer.named]
        found = grade_locally(dataclasses.replace(exercise, mistakes=others), answer.globals()).mistake
        if found and found.name != answer.named:  # two at once have their name from two others
            names.append((str(answer), found.name))
    assert len(wrong) >= 500 and len(names) <= 0.01 * len(wrong), names


def mixed(exercise, one, other):
    """A function that makes two mistakes at once: each of its results is that of the mistake which shows there."""
    (name, right) = next(iter(exercise.functions.items()))

    def function(*args):
        results = [replaced(*copy.deepcopy(args)) for replaced in (right, one.replaces[name], other.replaces[name])]
        return tuple(a if not same(a, of_right) else b for of_right, a, b in zip(*results, strict=True))

    return {name: function}


def test_two_mistakes_at_once_are_both_named_or_neither():
    rng, named, others = np.random.default_rng(3), 0, set()
    for exercise in registry():
        if not isinstance(exercise, Exercise) or len(exercise.functions) != 1 or exercise.lends:
            continue
        pairs = list(itertools.combinations(exercise.mistakes, 2))
        for one, other in (pairs[k] for k in rng.permutation(len(pairs))[:12]):
            found = grade_locally(exercise, mixed(exercise, one, other)).mistake
            both = f"two things at once: {one.name}, and {other.name}"
            named += bool(found) and found.name == both
            if found and found.name not in (one.name, other.name, both):  # one of them may hide the other
                others.add(found.name)
    assert named >= 15 and others <= {"both have the wrong sign"}, (named, others)
