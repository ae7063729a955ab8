"""Controls come in, a picture goes out; an error leaves the widget alive."""

import math

import numpy as np
import pytest

from rnn_core import plots, widgets
from rnn_core.widgets.base import Widget, plain


class Square(Widget):
    title = "A square"
    start = {"side": 3.0}  # noqa: RUF012

    def __init__(self):
        super().__init__()
        self.show()

    def compute(self, controls):
        if controls["side"] < 0:
            raise ValueError("a side is 0 or more")
        return {"area": np.float64(controls["side"]) ** 2, "says": f"The area is {controls['side'] ** 2:g}."}

    def static(self, picture):
        return plots.curves([0, 1], {"area": [0, picture["area"]]}, "x", "y", alt=picture["says"])


def test_controls_are_answered_with_a_picture():
    square = Square()
    assert square.picture["area"] == 9 and square.picture["controls"] == {"side": 3.0}
    square.controls = {"side": 2, "turn": 1}
    assert square.picture["area"] == 4 and square.picture["controls"] == {"side": 2, "turn": 1}
    assert square.picture["says"] == "The area is 4."


def test_what_was_not_moved_stays_where_it_starts():
    square = Square()
    square.controls = {"turn": 1}
    assert square.picture["area"] == 9


def test_an_error_is_told_and_the_picture_before_stays():
    square = Square()
    square.controls = {"side": -1, "turn": 1}
    assert square.picture["problem"] == "ValueError: a side is 0 or more"
    assert square.picture["area"] == 9 and square.picture["controls"]["turn"] == 1
    square.controls = {"side": 1, "turn": 2}
    assert square.picture["problem"] == "" and square.picture["area"] == 1


def test_a_viewer_without_a_kernel_gets_a_picture_and_words():
    data, _ = Square()._repr_mimebundle_()
    assert data["text/plain"] == "A square: The area is 9."
    assert 'alt="The area is 9."' in data["text/html"]
    assert data["image/png"].startswith(b"\x89PNG")
    assert "application/vnd.jupyter.widget-view+json" in data


def test_numbers_go_over_the_wire_as_short_lists():
    value = {"a": np.array([[1 / 3, 2]]), "b": (np.int64(2), np.bool_(True), None), "c": [np.float32(0.1), "x"]}
    assert plain(value) == {"a": [[0.333333, 2.0]], "b": [2, True, None], "c": [0.1, "x"]}
    assert plain([math.nan, np.inf, np.array([1.0, np.nan])]) == [None, None, [1.0, None]]  # which JSON has no word for


def test_every_widget_that_is_named_is_there():
    for name in widgets.__all__:
        assert issubclass(getattr(widgets, name), Widget)
    with pytest.raises(AttributeError, match="no attribute 'Cube'"):
        _ = widgets.Cube
