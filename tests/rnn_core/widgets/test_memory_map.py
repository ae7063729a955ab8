"""What the memory map shows, against the models read by hand."""

import json
import os

import numpy as np
import pytest

from rnn_core.cells import GRU, LSTM, TANH
from rnn_core.data.text import Vocabulary
from rnn_core.nets import net_forward, net_params
from rnn_core.widgets import MemoryMap
from rnn_core.widgets.memory_map.influence import gradients, reach
from rnn_core.widgets.memory_map.memory_map import LOWEST, MOST

VOCABULARY = Vocabulary(" abcde'\n")
TEXT = "abba cede\nb'"


def models(**cells):
    V = len(VOCABULARY)
    cells = cells or {"tanh": TANH, "LSTM": LSTM, "GRU": GRU}
    made = ((name, cell, np.random.default_rng(k)) for k, (name, cell) in enumerate(cells.items()))
    return {name: (cell, net_params(rng, cell, V, 4, V), VOCABULARY) for name, cell, rng in made}


def at(widget, place, **more):
    widget.controls = {**widget.picture["controls"], "at": place, **more}
    return widget.picture


def by_hand(model, text):
    cell, params, _ = model
    ids = VOCABULARY.encode(text)
    y, _, _ = net_forward(cell, params, ids[None])
    strengths, _ = gradients(cell, params, ids, np.append(ids[1:], -1))
    p = np.exp(y[0])
    return strengths, p / p.sum(axis=1, keepdims=True)


def test_strengths_and_probabilities_of_every_net_at_every_place():
    made = models()
    widget = MemoryMap(made, TEXT)
    for place in range(1, len(TEXT) + 1):
        for panel, model in zip(at(widget, place)["panels"], made.values(), strict=True):
            strengths, p = by_hand(model, TEXT)
            want, p = strengths[place - 1, :place], p[place - 1]
            np.testing.assert_allclose(panel["strengths"], want, rtol=1e-5)
            np.testing.assert_allclose(panel["linear"], want / want.max(), atol=6e-4)
            logs = 1 - np.log10(want.max() / np.maximum(want, LOWEST * want.max())) / -np.log10(LOWEST)
            np.testing.assert_allclose(panel["logarithmic"], logs, atol=6e-4)
            assert panel["ranks"] == [*np.argsort(-want, kind="stable")[:3]]
            assert [back for _, back, _ in panel["strongest"]] == [place - k for k in panel["ranks"]]
            best = np.argsort(-p)[:3]
            np.testing.assert_allclose([q for _, q, _ in panel["likely"]], p[best], rtol=1e-5)
            truth = VOCABULARY.encode(TEXT)[place] if place < len(TEXT) else best[0]
            assert panel["p"] == pytest.approx(p[truth], rel=1e-5)
            assert [right for _, _, right in panel["likely"]] == [k == truth and place < len(TEXT) for k in best]
            assert panel["here"] == [reach(want, 0.5), reach(want, 0.9)]


def test_reach_over_the_text_is_the_median_of_its_later_half():
    made = models(tanh=TANH)
    panel = MemoryMap(made, TEXT).picture["panels"][0]
    strengths, _ = by_hand(made["tanh"], TEXT)
    rows = [strengths[k, : k + 1] for k in range(len(TEXT) // 2 - 1, len(TEXT))]
    assert panel["overall"] == [np.median([reach(row, share) for row in rows]) for share in (0.5, 0.9)]


def test_it_says_what_it_shows():
    widget = MemoryMap(models(tanh=TANH), TEXT)
    assert widget.picture["at"] == len(TEXT)
    assert widget.picture["says"].startswith(
        f"After {len(TEXT)} characters the text ends; each net names its likeliest"
    )
    panel = at(widget, 4)["panels"][0]
    (source, back, strength), p = panel["strongest"][0], panel["p"]
    assert widget.picture["says"] == (
        f"After 4 characters comes space. tanh: space has p = {p:.2f} and depends most on {source}, {back} back "
        f"({strength:.3g}); 90 % of the influence lies within {panel['here'][1]}."
    )
    assert at(widget, 1)["says"].startswith("After 1 character comes 'b'.")
    assert at(widget, 9)["says"].startswith("After 9 characters comes line end.")
    assert "Nothing stands before the first character" in at(widget, 0)["says"]


def test_the_experiment_has_other_numbers():
    widget = MemoryMap(models(GRU=GRU), TEXT)
    gradient, change = at(widget, 8)["panels"][0], at(widget, 8, measure="change")["panels"][0]
    assert np.abs(np.subtract(gradient["strengths"], change["strengths"])).max() > 1e-3
    assert gradient["likely"] == change["likely"]
    assert "really changes" in widget.picture["means"]


@pytest.mark.parametrize("text", ["", "a", "ab", " ", "\n", "a" * 500, "é", "éa", "\ud800", "<script>"])
def test_any_text_is_taken(text):
    widget = MemoryMap(models(), "abc")
    for place in (-1, 0, 1, 10**6):
        picture = at(widget, place, text=text)
        assert len(picture["glyphs"]) == len([c for c in text if c in " abcde'\n"][:MOST])
        assert 0 <= picture["at"] <= len(picture["glyphs"])
        assert picture["says"] and "Error" not in picture["problem"]
    assert ("left out" in picture["problem"]) == any(c not in " abcde'\n" for c in text)
    if len(text) > MOST:
        assert f"Of {len(text)} characters the first {MOST} are read." in picture["problem"]
    assert widget._repr_mimebundle_()


def test_unknown_characters_are_told_with_the_net_that_does_not_know_them():
    V = 3
    small = (TANH, net_params(np.random.default_rng(0), TANH, V, 4, V), Vocabulary("abc"))
    widget = MemoryMap(models(LSTM=LSTM) | {"small": small}, "abed")
    assert widget.picture["problem"] == "'d', 'e': not in the vocabulary of small; left out."
    assert widget.picture["text"] == "ab"


def test_one_net_that_cannot_be_read_leaves_the_others_alive():
    made = models()
    broken = made["LSTM"][1]
    broken["W_hy"][:] = np.nan
    widget = MemoryMap(made, TEXT)
    tanh, lstm, _ = widget.picture["panels"]
    assert "LSTM cannot be shown: NonFiniteError: params: expected finite numbers" in lstm["fault"]
    assert lstm["fault"] in widget.picture["says"] and len(tanh["strengths"]) == len(TEXT)
    assert widget._repr_mimebundle_()
    broken["W_hy"][:] = 0.1  # trained again, in place
    assert not at(widget, 3)["panels"][1]["fault"]


def test_a_net_that_looks_at_nothing():
    made = models(tanh=TANH)
    made["tanh"][1]["layer1.W_xh"][:] = 0
    panel = at(MemoryMap(made, TEXT), 5)["panels"][0]
    assert panel["here"] is None and panel["ranks"] == [] and not any(panel["logarithmic"])


def test_one_triple_is_enough():
    assert MemoryMap(models(GRU=GRU)["GRU"], TEXT).picture["panels"][0]["name"] == "your model"


def test_the_picture_for_viewers_without_a_kernel():
    widget = MemoryMap(models(), TEXT)
    picture = widget.static(widget.picture)
    assert picture.alt == widget.picture["says"] and picture.png()
    assert len(picture.figure.axes) == 3


def test_a_page_is_written_and_nothing_is_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    widget = MemoryMap(models(), TEXT + "</script>")
    at(widget, 5)
    assert not os.listdir(tmp_path)
    first = widget.save_html("map.html")
    written = first.read_text(encoding="utf-8")
    assert [widget.save_html("map.html").name for _ in range(2)] == ["map-2.html", "map-3.html"]
    assert first == tmp_path / "map.html" and first.read_text(encoding="utf-8") == written
    data = json.loads(written.split('id="pictures">')[1].split("</script>")[0])
    assert len(data["all"]) == 2 * (len(widget.picture["text"]) + 1)
    assert data["all"]["gradient 5"]["panels"] == widget.picture["panels"]
    for outside in ("http:", "https:", "src=", "import(", "@import", "url("):
        assert outside not in written.replace('"http://www.w3.org/2000/svg"', "")


def test_the_button_writes_once_for_each_press(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    widget = MemoryMap(models(), TEXT)
    at(widget, 3, save=1)
    assert widget.picture["saved"] == f"Saved as {tmp_path / 'memory_map.html'}"
    at(widget, 4)
    at(widget, 5, save=1)
    assert os.listdir(tmp_path) == ["memory_map.html"]
    at(widget, 5, save=2)
    assert widget.picture["saved"] == f"Saved as {tmp_path / 'memory_map-2.html'}"


def test_a_page_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gone").mkdir()
    widget = MemoryMap(models(), TEXT)
    monkeypatch.setattr(MemoryMap, "save_html", lambda *_: (tmp_path / "no" / "map.html").open("x"))
    assert "could not be saved: FileNotFoundError" in at(widget, 3, save=1)["saved"]
    assert widget.picture["at"] == 3
