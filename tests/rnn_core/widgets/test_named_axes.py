"""Names of axes through products and sums: the result's axes have the sizes of their names."""

import itertools

import numpy as np
import pytest

from rnn_core.widgets.shape_ledger.named_axes import Named, product, total

SIZES = {"A": 2, "B": 3, "C": 4, "1": 1}


def named(name, axes):
    return Named(name, np.ones([SIZES[axis] for axis in axes]), tuple(axes))


def every(most):
    return [axes for count in range(most + 1) for axes in itertools.product(SIZES, repeat=count)]


@pytest.mark.parametrize("operation, numpys", [(product, np.matmul), (total, np.add)])
def test_names_follow_numpys_rules_for_every_pair_of_shapes(operation, numpys):
    fits = 0
    for left, right in itertools.product(every(3), every(2)):
        one, other, met = named("left", left), named("right", right), []
        try:
            want = numpys(one.array, other.array).shape
        except ValueError:
            with pytest.raises(ValueError):
                operation("both", one, other, met)
            continue
        got = operation("both", one, other, met)
        assert got.array.shape == want == tuple(SIZES[axis] for axis in got.axes)
        assert not any("matched" in words for words in met)  # all sizes differ: none meets another name
        fits += 1
    assert fits > 50


def test_different_names_of_one_size_are_told():
    x, W = Named("x", np.ones((3, 3)), ("D", "N")), Named("W", np.ones((3, 4)), ("D", "H"))
    met = []
    assert product("a", x, W, met).axes == ("D", "H")
    assert met == ["N of x was matched with D of W, because both are 3"]


def test_what_is_repeated_is_told():
    met = []
    total("sum", Named("a", np.ones((3, 4)), ("N", "H")), Named("b", np.ones((3, 1)), ("N", "1")), met)
    assert met == ["b is repeated 4 times along H"]
