"""What the reader shows, against the nets run by hand."""

import numpy as np
import pytest

from rnn_core.activations import softmax
from rnn_core.data import letters
from rnn_core.data.letters import LETTERS
from rnn_core.errors import NameMismatchError
from rnn_core.init import glorot, rnn_params
from rnn_core.widgets.reader import paper, reading
from rnn_core.widgets.reader.reader import Reader

WORDS = {"SONY": 0.4, "SONT": 0.1, "EAST": 0.4, "EASY": 0.1}
D, V = letters.D, len(LETTERS)


def weights(seed=0):
    """Nets without training: random weights, biases that are not zero."""
    rng = np.random.default_rng(seed)
    alone = {"W_xh": glorot(rng, D, 9), "b": rng.normal(size=9), "W_hy": glorot(rng, 9, V), "b_y": rng.normal(size=V)}
    loop = {"W": glorot(rng, D + V, V), "b": rng.normal(size=V)}
    state = rnn_params(rng, D, 7, V)
    return alone, loop, state


def reader(**functions):
    alone, loop, state = weights()
    return Reader(
        {
            "alone": (functions.get("alone"), alone),
            "loop": (functions.get("loop"), loop),
            "state": (functions.get("state"), state),
        },
        WORDS,
    )


def move(widget, **controls):
    """Move controls as a person does, and give back the picture."""
    turn = widget.picture["controls"].get("turn", 0) + 1
    widget.controls = {**widget.picture["controls"], **controls, "turn": turn}
    return widget.picture


def written(picture):
    return np.array(picture["pictures"]) / 100


def test_every_net_reads_the_pictures_that_are_shown():
    """With ink alone (no noise that is cut off at 0 and 1) what is shown is what is read, to a hundredth."""
    picture = move(reader(), noise=0)
    x = written(picture)
    alone, loop, state = weights()
    h = np.tanh(x @ alone["W_xh"] + alone["b"])
    np.testing.assert_allclose(picture["beliefs"]["alone"], softmax(h @ alone["W_hy"] + alone["b_y"]), atol=0.02)
    y, h = np.zeros(V), np.zeros(7)
    for t in range(4):
        y = softmax(np.concatenate([x[t], y]) @ loop["W"] + loop["b"])
        h = np.tanh(x[t] @ state["W_xh"] + h @ state["W_hh"] + state["b"])
        np.testing.assert_allclose(picture["beliefs"]["loop"][t], y, atol=0.02)
        p = softmax(h @ state["W_hy"] + state["b_y"])
        np.testing.assert_allclose(picture["beliefs"]["state"][t], p, atol=0.02)
    assert picture["reads"]["loop"][3][0] == LETTERS[int(y.argmax())]


def test_every_kind_of_net_is_known_by_its_weights_and_begins_at_zero():
    x = np.random.default_rng(1).standard_normal((3, D))
    alone, loop, state = weights()
    y, h = np.zeros(V), np.zeros(7)
    by_hand = np.empty((3, 3, V))
    for t in range(3):
        y = softmax(np.concatenate([x[t], y]) @ loop["W"] + loop["b"])
        h = np.tanh(x[t] @ state["W_xh"] + h @ state["W_hh"] + state["b"])
        hidden = np.tanh(x[t] @ alone["W_xh"] + alone["b"])
        ends = softmax(hidden @ alone["W_hy"] + alone["b_y"]), y, softmax(h @ state["W_hy"] + state["b_y"])
        by_hand[:, t] = ends
    for kind, right in zip((alone, loop, state), by_hand, strict=True):
        np.testing.assert_allclose(reading.Net(None, kind)(x), right, rtol=1e-10)


def test_noise_lies_over_every_picture_and_is_read_with_it():
    widget = reader()
    noisy, clean = move(widget, noise=0.2), move(widget, noise=0)
    apart = np.abs(written(noisy) - written(clean))
    assert (apart.mean(axis=1) > 0.05).all() and apart.max() < 1
    assert noisy["beliefs"]["loop"] != clean["beliefs"]["loop"]
    np.testing.assert_allclose([paper.noise(k, 0).std() for k in range(20)], 1, atol=0.3)


def test_each_letter_of_a_word_has_its_own_place_on_the_paper():
    pictures = written(move(reader(), word="OOOOOOOO", noise=0))
    assert len({picture.tobytes() for picture in pictures}) > 2


@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_the_last_picture_holds_the_share_that_is_wanted(share):
    picture = move(reader(), share=share, noise=0)
    ways = letters.shifts(letters.blend(share)).reshape(9, -1)
    assert min(np.abs(way - written(picture)[-1]).max() for way in ways) < 0.006
    assert f"share of Y {share:.2f}" in picture["says"]
    before = written(move(reader(), share=0.5, noise=0))
    np.testing.assert_array_equal(written(picture)[:3], before[:3])


def test_pictures_keep_their_looks_when_they_change_places():
    widget = reader()
    before = written(widget.picture)
    after = move(widget, order=[2, 0, 1, 3])
    np.testing.assert_array_equal(written(after), before[[2, 0, 1, 3]])
    assert after["shown"] == "NSOY" and "N, S, O, Y" in after["says"]


def test_a_share_belongs_to_a_y_or_t_at_the_end_alone():
    assert move(reader(), word="EASY")["share"] == 0.4
    assert move(reader(), word="YES")["share"] is None
    assert move(reader(), order=[3, 0, 1, 2])["share"] is None


def test_what_is_drawn_stands_over_noise_and_letter_and_can_be_taken_back():
    widget = reader()
    before = written(widget.picture)
    drawn = move(widget, ink={"3": {"0": 1, "13": 0}}, strokes=2)
    expected = before[3].copy()
    expected[[0, 13]] = 1, 0
    np.testing.assert_array_equal(written(drawn)[3], expected)
    np.testing.assert_array_equal(written(drawn)[:3], before[:3])
    assert drawn["touched"] and "Y drawn over" in drawn["says"]
    empty = move(widget, blank=[3], noise=0, ink={"3": {"5": 1}})
    assert written(empty)[3].sum() == 1 and "one drawn by hand" in empty["says"]
    np.testing.assert_array_equal(written(move(widget, blank=[], ink={}, noise=letters.NOISE)), before)


def test_the_same_writing_comes_again_with_its_seed():
    widget = reader()
    first, other = written(widget.picture), written(move(widget, seed=9))
    assert np.abs(first - other).max() > 0.1
    np.testing.assert_array_equal(written(move(widget, seed=8)), first)


def test_the_best_belief_is_bayes_for_the_words_of_the_training():
    picture = move(reader(), best=True, noise=0.2)
    assert picture["best"]["all pictures so far"][2][LETTERS.index("N")] > 0.999
    np.testing.assert_allclose(np.sum(picture["best"]["one picture"], axis=-1), 1, atol=1e-5)
    short = move(reader(), best=True, word="SO")
    assert np.shape(short["best"]["one picture"]) == (2, V)
    longer = move(reader(), best=True, word="SONYS")
    assert longer["best"] == {} and "known for words as long as" in longer["says"]


@pytest.mark.parametrize("text, told", [("", "Type at least one letter"), ("soXq!", "no strokes for ! and Q and X")])
def test_a_text_that_cannot_be_drawn_is_told_and_the_word_before_stays(text, told):
    widget = reader()
    picture = move(widget, word=text)
    assert told in picture["problem"] and picture["shown"] == "SONY"
    assert not move(widget, word="last")["problem"]


def test_what_comes_from_outside_is_kept_within_bounds():
    picture = move(reader(), word="EASTYSONYYYY", share=7, noise=-3, at=99, order=[9, 9], ink={"2": {"999": 1}})
    assert picture["shown"] == "EASTYSON" and picture["at"] == 8 and picture["order"] == list(range(8))
    assert move(reader(), at=0)["says"] == "None of 4 pictures has been read."
    assert "an empty one" in move(reader(), word="s n")["says"] or paper.EMPTY in move(reader(), word="s n")["shown"]


def test_the_learners_own_functions_read():
    def wrong(x, W_xh, b, W_hy, b_y):
        return np.full((len(x), V), 1 / V)

    widget = reader(alone=wrong, loop=reading.output_fed_back)
    np.testing.assert_allclose(widget.picture["beliefs"]["alone"], 1 / V, atol=1e-5)
    assert "your wrong. It differs" in widget.picture["note"] and "output_fed_back; it agrees" in widget.picture["note"]


@pytest.mark.parametrize("word", ["SONY", "EASSSY"])
def test_a_chain_of_layers_reads_words_of_any_length(word):
    """Tied weights make it the net with state feedback; with other weights in layer 2 it is none."""

    def unrolled(x, h0, layers):
        h, states = h0, []
        for t, (W_xh, W_hh, b) in enumerate(layers):
            h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
            states.append(h)
        return np.stack(states, axis=1)

    def untied(x, h0, layers):
        return unrolled(x, h0, [*layers[:1], tuple(0 * each for each in layers[1]), *layers[2:]])

    widget = reader(state=unrolled)
    picture, want = move(widget, word=word), move(reader(), word=word)["beliefs"]["state"]
    np.testing.assert_allclose(picture["beliefs"]["state"], want, rtol=1e-5)
    assert "your unrolled; it agrees" in picture["note"]
    untied.__name__ = "unrolled"
    assert "your unrolled. It differs" in move(reader(state=untied), word=word)["note"]


@pytest.mark.parametrize(
    "fault, told",
    [
        (lambda *args: 1 / 0, "raised ZeroDivisionError"),
        (lambda x, *rest: np.zeros(3), "returned shape (3,) where (4, 8)"),
        (lambda x, *rest: np.full((4, 8), np.nan), "NaN"),
    ],
)
def test_a_fault_is_told_and_the_reference_reads(fault, told):
    widget = reader(alone=fault)
    assert told in widget.picture["note"]
    assert widget.picture["beliefs"]["alone"] == reader().picture["beliefs"]["alone"]


def test_nets_without_a_function_of_the_learners_are_named():
    assert reader(loop=reading.output_fed_back).picture["whose"] == "alone and state: run by the course's own function."
    mine = {"alone": reading.alone, "loop": reading.output_fed_back, "state": reading.state_fed_back}
    assert reader(**mine).picture["whose"] == ""


def test_weights_of_no_known_net_are_refused():
    with pytest.raises(NameMismatchError, match="those of a net of lesson 1, got W"):
        Reader({"alone": (None, {"W": np.zeros((2, 2))})}, WORDS)


@pytest.mark.parametrize("word", ["SONY", "O"])
def test_the_static_picture_says_the_same(word):
    widget = reader()
    picture = move(widget, word=word)
    assert widget.static(picture).alt == picture["says"]
    assert widget.static(picture).png()[:4] == b"\x89PNG"
