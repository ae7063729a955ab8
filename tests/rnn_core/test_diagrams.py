"""Drawings hold the parts that they should, and say in words what they show."""

import numpy as np
import pytest

from rnn_core import diagrams
from rnn_core.errors import RangeError, ShapeError


def words_in(picture):
    """Every text in a figure."""
    return [text.get_text() for ax in picture.figure.axes for text in ax.texts]


@pytest.mark.parametrize("feeds_back", ["output", "state"])
def test_a_loop_has_one_net_and_drawn_out_one_a_step(feeds_back):
    assert words_in(diagrams.loop(feeds_back)).count("net") == 1
    words = words_in(diagrams.loop(feeds_back, steps=4))
    assert words.count("same net") == 4
    for t in range(1, 5):
        assert {f"input {t}", f"output {t}"} <= set(words)
    assert f"{feeds_back} 0" in words
    assert ("state 4" in words) == (feeds_back == "state")


@pytest.mark.parametrize("steps", [None, 1, 3])
@pytest.mark.parametrize("feeds_back", ["output", "state"])
def test_a_loop_lies_inside_its_picture(feeds_back, steps):
    figure = diagrams.loop(feeds_back, steps).figure
    figure.draw_without_rendering()
    for text in figure.axes[0].texts:
        if text.get_text():
            place = text.get_window_extent()
            assert place.x0 >= 0 and place.y0 >= 0 and place.x1 <= figure.bbox.x1 and place.y1 <= figure.bbox.y1


def test_loops_are_told_in_words():
    assert "state comes back" in diagrams.loop("state").alt
    assert "drawn 2 times" in diagrams.loop("output", steps=2).alt
    assert diagrams.loop("state", alt="my words").alt == "my words"


def test_readings_mark_the_likeliest_letter():
    beliefs = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    picture = diagrams.readings(np.zeros((2, 4, 4)), "ABC", {"one": beliefs, "two": beliefs[::-1]})
    assert words_in(picture) == ["A", "C", "C", "A"]
    assert "one reads AC; two reads CA" in picture.alt


def test_a_picture_becomes_a_png():
    assert diagrams.loop("state", steps=2).png().startswith(b"\x89PNG")
    assert diagrams.readings(np.zeros((1, 4, 4)), "AB", {"net": np.array([[0.4, 0.6]])}).png().startswith(b"\x89PNG")


def test_what_does_not_fit_is_named():
    with pytest.raises(RangeError, match="feeds_back: expected 'output' or 'state', got 'input'"):
        diagrams.loop("input")
    with pytest.raises(RangeError, match="steps: expected at least 1, got 0"):
        diagrams.loop("state", steps=0)
    with pytest.raises(ShapeError, match=r"beliefs of net: expected shape \(2, 3\), got \(2, 2\)"):
        diagrams.readings(np.zeros((2, 4, 4)), "ABC", {"net": np.zeros((2, 2))})
