"""What a function depends on is noticed when it is defined again."""

import numpy as np

from rnn_core.widgets.own import Own
from rnn_core.widgets.used import newest, same, used_by

SOURCE = """
rate = 0.5
def helper(x):
    return rate * x
def outer(x):
    return max(helper(y) for y in x)
def step(x, scale=2.0):
    return outer([x]) * scale
"""


def notebook():
    space = {}
    exec(SOURCE, space)
    return space


def test_nothing_has_changed_until_something_is_defined_again():
    space = notebook()
    step = space["step"]
    before = used_by(step)
    assert same(before, used_by(step))
    for cell in (
        "rate = 0.25",
        "def helper(x):\n    return x",
        "def outer(x):\n    return 0",
        "def step(x):\n    return x",
    ):
        before = used_by(step)
        exec(cell, space)
        assert not same(before, used_by(step)), cell
    assert newest(step) is space["step"] and same(used_by(step), used_by(step))
    before = used_by(step)
    space["nothing of it"] = 1
    assert same(before, used_by(step))


def test_what_a_function_was_given_counts_and_libraries_are_left_alone():
    def made(factor):
        def scaled(x):
            return factor * np.tanh(x)

        return scaled

    one, other = made(2.0), made(3.0)
    assert 2.0 in used_by(one) and not same(used_by(one)[1:], used_by(other)[1:])
    assert len(used_by(one)) < 10  # np is named, and what numpy is made of is not looked at
    assert used_by(len) == [len] and len(used_by(np.ones(3))) == 1


def test_a_result_is_kept_for_the_same_marks_and_not_after_a_fault():
    space = notebook()
    own, worked = Own(space["step"], lambda x: x), []

    def work():
        worked.append(1)
        return own(np.ones(1))

    for _ in range(3):
        own.begin()
        assert own.once(("a", 1), work) == 1.0 and "agrees" in own.note
    assert len(worked) == 1
    own.once(("a", 2), work)
    assert len(worked) == 2
    exec("rate = 0.25", space)
    own.begin()
    assert own.once(("a", 1), work) == 0.5 and "differs from the reference by up to 0.5" in own.note
    own.begin()
    assert own.once(("a", 1), work) == 0.5 and "differs from the reference by up to 0.5" in own.note
    assert len(worked) == 3
    exec("def helper(x):\n    raise ValueError('no')", space)
    for k in range(4, 6):
        own.begin()
        assert own.once(("a", 1), work) == 1.0 and "raised ValueError: no" in own.note
        assert len(worked) == k
