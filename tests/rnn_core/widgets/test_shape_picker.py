"""The shapes' tables against numpy and torch's loss; typing, faults, and jobs that give nothing away."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from rnn_core.data import digits, sentences, translation
from rnn_core.errors import RangeError
from rnn_core.widgets import ShapePicker
from rnn_core.widgets.shape_picker import shape_nets
from rnn_core.widgets.shape_picker.shape_examples import SHAPES, USUAL, examples

JOBS = {"a": "a review → stars", "b": "English → Japanese", "c": "a photo → cat or not"}


@pytest.fixture(scope="module")
def picker():
    return ShapePicker(JOBS)


def look(picker, shape, **controls):
    return picker.compute({**picker.start, "shape": shape, **controls})


def step(x, h, net):
    return np.tanh(x @ net["W_xh"] + h @ net["W_hh"] + net["b"])


def test_a_sentence_is_read_as_numpy_reads_it(picker):
    net, words = shape_nets.small_net("many-to-one"), USUAL["many-to-one"][1].split()
    picture = look(picker, "many-to-one", row=1)
    h = np.zeros(len(net["W_hh"]))
    for k, word in enumerate(words, 1):
        h = step(net["E"][sentences.WORDS.index(word)], h, net)
        np.testing.assert_allclose(picture["columns"][k]["state"], h[:6], atol=1e-5)
    scores = torch.tensor(h @ net["W_hy"] + net["b_y"])[None]
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor([sentences.LABELS.index("praise")]))
    last = picture["columns"][len(words)]
    assert last["loss"] == pytest.approx(loss.item(), rel=1e-4) and last["target"] == "praise"
    assert [k for k, column in enumerate(picture["columns"]) if column["counts"]] == [len(words)]
    assert [column["real"] for column in picture["columns"]].count(True) == len(words)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_loss_is_the_mean_over_what_counts_in_all_rows(picker, shape):
    every = [column for row in range(3) for column in look(picker, shape, row=row)["columns"]]
    losses = [column["loss"] for column in every if column["counts"]]
    picture = look(picker, shape)
    assert picture["loss"] == f"{np.mean(losses):.3f}, the mean of {len(losses)} outputs of the batch"
    assert sum("loss" in code for row in picture["map"] for code in row) == len(losses)
    wanted = {"one-to-one": 3, "one-to-many": 13, "many-to-one": 3, "aligned many-to-many": 17, "encoder-decoder": 19}
    assert len(losses) == wanted[shape]
    assert all(column["loss"] is None for column in every if not column["real"])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_small_nets_have_learned_their_jobs(picker, shape):
    every = [column for row in range(3) for column in look(picker, shape, row=row)["columns"] if column["counts"]]
    assert np.mean([column["out"] == column["target"] for column in every]) > 0.8


def test_a_translation_is_carried_over_in_one_state(picker):
    net = shape_nets.small_net("encoder-decoder")
    picture = look(picker, "encoder-decoder", row=1, at=7)
    h = np.zeros(64)
    for word in USUAL["encoder-decoder"][1].split():
        h = step(net["encoder"]["E"][translation.ENGLISH.index(word)], h, net["encoder"])
    padding = picture["columns"][6]
    assert padding["kept"] and not padding["real"]
    np.testing.assert_allclose(padding["state"], h[:6], atol=1e-5)
    h = step(net["decoder"]["E"][translation.START_ID], h, net["decoder"])
    np.testing.assert_allclose(picture["columns"][7]["state"], h[:6], atol=1e-5)
    assert all(column["out"] is None for column in picture["columns"][:7])


def test_a_caption_starts_from_the_scene_and_ends_with_a_mark(picker):
    net = shape_nets.small_net("one-to-many")
    (scenes, captions), _ = examples("one-to-many", "4 4")
    picture = look(picker, "one-to-many", typed={"one-to-many": "4 4"})
    h0 = np.tanh(scenes[0] @ net["W_s"] + net["b_s"])
    np.testing.assert_allclose(picture["columns"][0]["state"], h0[:6], atol=1e-5)
    assert [digits.WORDS[k] for k in captions[0]] == ["four", "twice"]
    assert [column["target"] for column in picture["columns"]][1:4] == ["four", "twice", "<end>"]


def test_a_mask_that_takes_padding_for_real_moves_the_answer(picker):
    right, blind = (look(picker, "many-to-one", row=1, blind=yes) for yes in (False, True))
    assert [k for k, c in enumerate(right["columns"]) if c["counts"]] == [4]
    assert [k for k, c in enumerate(blind["columns"]) if c["counts"]] == [len(blind["columns"]) - 1]
    assert "of 24 outputs" in look(picker, "aligned many-to-many", blind=True)["loss"]


def test_the_learners_function_decides_where_a_sentence_is_read():
    def last_real(h, mask):
        return h[:, -1]

    picker = ShapePicker(last_real=last_real)
    columns = look(picker, "many-to-one", row=1)["columns"]
    assert [k for k, column in enumerate(columns) if column["counts"]] == [len(columns) - 1]
    assert "It differs from the reference" in picker.last_real.note


def test_the_learners_shift_is_drawn_even_where_its_ids_do_not_exist():
    def shift_by_one(captions, start, end):
        inputs, targets, mask = shape_nets.shift_by_one(captions, start, end)
        return inputs + 100.0, targets, mask

    picker = ShapePicker(shift_by_one=shift_by_one)
    for shape in ("one-to-many", "encoder-decoder"):
        picker.controls = {**picker.start, "shape": shape}
        assert picker.picture["problem"] == "" and "differs" in picker.picture["note"]


@pytest.mark.parametrize("text", ["", "   ", "xyzzy", "good " * 40, "7", "99", "the", "café 💡 ` ${x}"])
@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_is_typed_is_read_or_told(picker, shape, text):
    for controls in ({}, {"blind": True}, {"own": True}, {"at": 99, "row": 99}):
        picker.controls = {**picker.start, "shape": shape, "typed": {shape: text}, **controls}
        assert picker.picture["problem"] == "" and picker.picture["says"]
    if text == "xyzzy":
        assert picker.picture["told"]


def test_a_typed_sentence_outside_the_grammar_has_no_target(picker):
    picture = look(picker, "many-to-one", typed={"many-to-one": "good film"})
    assert not any(column["counts"] for column in picture["columns"])
    assert "no target" in picture["told"]
    known = look(picker, "many-to-one", typed={"many-to-one": "nobody says that the film was weak"})
    assert [column["target"] for column in known["columns"] if column["counts"]] == ["praise"]


def test_own_words_are_read_back(picker):
    typed = {"encoder-decoder": "the the cat"}
    columns = look(picker, "encoder-decoder", typed=typed)["columns"]
    decoder = [column for column in columns if column["out"] is not None]
    assert [column["in"] for column in decoder[1:]] == [column["out"] for column in decoder[:-1]]


def test_nets_that_are_handed_over_are_used_and_misfits_are_told():
    rng = np.random.default_rng(0)
    V, H = len(sentences.WORDS), 9
    mine = {"E": rng.standard_normal((V, 3)), "W_xh": rng.standard_normal((3, H)), "W_hh": rng.standard_normal((H, H))}
    mine |= {"b": np.zeros(H), "W_hy": rng.standard_normal((H, 2)), "b_y": np.zeros(2)}
    picker = ShapePicker(nets={"many-to-one": mine, "aligned many-to-many": {"nothing": 1}})
    assert picker.picture["whose"] == "The net is the one you trained. Of its 9 units the first 6 are drawn."
    word = USUAL["many-to-one"][0].split()[0]
    np.testing.assert_allclose(
        picker.picture["columns"][1]["state"], step(mine["E"][sentences.WORDS.index(word)], np.zeros(H), mine)[:6], 1e-4
    )
    assert "does not fit (KeyError" in look(picker, "aligned many-to-many")["whose"]
    with pytest.raises(RangeError, match="many-to-none"):
        ShapePicker(nets={"many-to-none": mine})


def test_what_was_chosen_can_be_taken_over(picker):
    picker.controls = {**picker.start, "chosen": {"a": "many-to-one", "b": "encoder-decoder", "z": "one-to-one"}}
    assert picker.chosen == {"a": "many-to-one", "b": "unaligned many-to-many"}
    assert picker.picture["python"] == "jobs = {'a': 'many-to-one', 'b': 'unaligned many-to-many'}"
    assert "Jobs laid onto shapes: 2 of 3." in picker.picture["says"]


def test_the_still_picture_tells_the_same(picker):
    for shape in SHAPES:
        picture = look(picker, shape)
        assert picker.static(picture).alt == picture["says"]


def test_the_lesson_hands_over_the_jobs_of_its_table():
    text = (Path(__file__).parents[3] / "solutions" / "08_shapes" / "shapes.py").read_text(encoding="utf-8")
    table = dict(re.findall(r"^# \| ([a-l]) \| (.*) \|$", text, re.MULTILINE))
    handed = dict(re.findall(r'^        "([a-l])": "(.*→.*)",$', text, re.MULTILINE))
    assert len(table) == 12 and handed == {job: words.replace(" | ", " → ") for job, words in table.items()}
