"""A small net for each of the five shapes: one cell, one output layer, and what the job needs besides.

The parameters have the names of lesson 8: W_xh, W_hh, b, W_hy, b_y; E for ids; W_s, b_s for a scene.
"""

from functools import cache, partial

import numpy as np

from rnn_core import rnn
from rnn_core.cells import TANH, under
from rnn_core.data import digits, sentences, translation
from rnn_core.embedding import embed_backward, embed_forward
from rnn_core.init import glorot, rnn_params
from rnn_core.layers import output_backward, output_forward
from rnn_core.loss import cross_entropy
from rnn_core.optim import Adam
from rnn_core.seq2seq import seq2seq_loss_and_grads, seq2seq_params
from rnn_core.train import fit

H = 16  # units of a small net


@cache
def small_net(shape):
    """Train the small net of this shape: a second or less, with a fixed seed. Returns: dict of arrays."""
    rng = np.random.default_rng(5)
    if shape == "encoder-decoder":
        return _translator(rng)
    draw, read, V_in, V_out, steps = _JOBS[shape]
    params = rnn_params(rng, 64 if shape == "one-to-one" else 8, H, V_out)
    if V_in:
        params["E"] = 0.5 * rng.standard_normal((V_in, 8))
    if shape == "one-to-many":
        params |= {"W_s": glorot(rng, 128, H), "b_s": np.zeros(H)}
    params = {name: p.astype(np.float32) for name, p in params.items()}
    batches = (draw(rng) for _ in range(steps))
    fit(partial(_grads, read=read), params, batches, Adam(1e-2), clip=1.0, steps=steps, decay=0.1, live=None)
    return params


def states_of(params, inputs, scene=None, mask=None, h0=None):
    """Run the cell on ids (N, T) or numbers (N, T, D). Returns: h (N, T, H), h0 (N, H), what backward needs."""
    x, picked = embed_forward(inputs, params["E"]) if inputs.ndim == 2 else (inputs, None)
    if h0 is None:
        h0 = np.zeros((len(x), len(params["W_hh"])), params["W_hh"].dtype)
    if scene is not None:
        h0 = np.tanh(scene @ params["W_s"] + params["b_s"])
    h, ran = rnn.forward(x, h0, params["W_xh"], params["W_hh"], params["b"], mask)
    return h, h0, (picked, ran)


def _grads(params, batch, state, read):
    inputs, targets, mask, scene = (*batch, None, None)[:4]
    h, h0, (picked, ran) = states_of(params, inputs, scene)
    ends = np.arange(len(h)), -1 if mask is None else mask.sum(axis=1) - 1
    y, output = output_forward(h[ends] if read == "last" else h, params["W_hy"], params["b_y"])
    loss, dy = cross_entropy(y, targets, None if read == "last" else mask)
    dseen, dW_hy, db_y = output_backward(dy, output)
    dh = dseen
    if read == "last":
        dh = np.zeros_like(h)
        dh[ends] = dseen
    dx, dh0, dW_xh, dW_hh, db = rnn.backward(dh, ran)
    grads = {"W_xh": dW_xh, "W_hh": dW_hh, "b": db, "W_hy": dW_hy, "b_y": db_y}
    if picked is not None:
        grads["E"] = embed_backward(dx, picked)
    if scene is not None:
        da = dh0 * (1 - h0**2)
        grads |= {"W_s": scene.T @ da, "b_s": da.sum(axis=0)}
    return loss, grads, None


def _draw_digits(rng):
    images, numbers = digits.load()[0]
    k = rng.integers(len(images), size=64)
    return images[k][:, None], numbers[k]


@cache
def _some_sentences():
    return sentences.split(np.random.default_rng(0))[0]


def _draw_sentences(rng, tags=False):
    return sentences.draw(rng, _some_sentences(), 64, tags)


def _draw_scenes(rng):
    scenes, captions = digits.scenes(rng, digits.load()[0], 64, digits.pairs())
    return *shift_by_one(captions, digits.START, digits.END), scenes


def _translator(rng):
    """A tanh encoder and decoder for sentences without a place; a time, where there is one, stands first."""
    seen = [meaning for meaning in translation.split(rng)[0] if meaning.where is None]
    sizes = len(translation.ENGLISH), len(translation.JAPANESE), 16, 64
    cells = seq2seq_params(rng, TANH, *sizes, dtype=np.float32)
    batches = (translation.batch(rng, seen, 32, free=False)[1] for _ in range(1000))
    loss_and_grads = partial(seq2seq_loss_and_grads, TANH)
    fit(loss_and_grads, cells, batches, Adam(3e-3), clip=1.0, steps=1000, decay=0.05, live=None)
    decoder = under(cells, "decoder.layer1.") | {"E": cells["E_y"], "W_hy": cells["W_hy"], "b_y": cells["b_y"]}
    return {"encoder": under(cells, "encoder.layer1.") | {"E": cells["E_x"]}, "decoder": decoder}


def shift_by_one(captions, start, end):
    """What is read and what is to be said, one step apart: lists of ids -> inputs, targets, mask (N, T)."""
    inputs, mask = sentences.padded([[start, *caption] for caption in captions])
    targets, _ = sentences.padded([[*caption, end] for caption in captions])
    return inputs, targets, mask


def last_real(h, mask):
    """The state after each row's last real step, 0 for an empty row: h (N, T, H), mask (N, T) -> (N, H)."""
    lengths = mask.sum(axis=1)
    return np.where(lengths[:, None] > 0, h[np.arange(len(h)), lengths - 1], 0)


_WORDS = len(sentences.WORDS)
_JOBS = {  # shape: batches, outputs that are read, kinds of ids in, classes out, steps of training
    "one-to-one": (_draw_digits, "last", 0, 10, 300),
    "one-to-many": (_draw_scenes, "every", len(digits.WORDS), len(digits.WORDS), 600),
    "many-to-one": (_draw_sentences, "last", _WORDS, 2, 400),
    "aligned many-to-many": (partial(_draw_sentences, tags=True), "every", _WORDS, 2, 300),
}
