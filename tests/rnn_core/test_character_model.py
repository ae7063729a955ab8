from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch

from rnn_core import gradcheck, rnn
from rnn_core.character_model import (
    char_backward,
    char_forward,
    char_loss_and_grads,
    char_step,
    evaluate_bits,
)
from rnn_core.data.text import Vocabulary, load_text, ngram_bits, split
from rnn_core.decode import generate
from rnn_core.errors import RangeError, ShapeError
from rnn_core.init import rnn_params
from rnn_core.optim import Adam
from rnn_core.sequence import one_hot, stream_batches
from rnn_core.train import fit

from .common import H, N, T, V, agree


def draw(seed=0):
    rng = np.random.default_rng(seed)
    params = rnn_params(rng, V, H, V)
    params["b"], params["b_y"] = rng.standard_normal(H), rng.standard_normal(V)
    ids = rng.integers(V, size=(N, T + 1))
    return params, (ids[:, :-1], ids[:, 1:]), rng.standard_normal((N, H))


def test_loss_and_gradients_against_torch():
    params, (inputs, targets), h0 = draw()
    p = {name: torch.tensor(a, requires_grad=True) for name, a in params.items()}
    h, losses = torch.tensor(h0), []
    for t in range(T):
        h = torch.tanh(torch.nn.functional.embedding(torch.tensor(inputs[:, t]), p["W_xh"]) + h @ p["W_hh"] + p["b"])
        losses.append(torch.nn.functional.cross_entropy(h @ p["W_hy"] + p["b_y"], torch.tensor(targets[:, t])))
    want = torch.stack(losses).mean()
    want.backward()
    loss, grads, state = char_loss_and_grads(params, (inputs, targets), h0)
    agree(loss, want.item(), 1e-13)
    agree(state, h.detach().numpy())
    assert grads.keys() == params.keys()
    for name, g in grads.items():
        agree(g, p[name].grad.numpy())


def test_picking_a_row_is_the_product_with_a_one_hot_vector():
    params, (inputs, _), h0 = draw()
    _, h, _ = char_forward(params, inputs, h0)
    want, _ = rnn.forward(one_hot(inputs, V), h0, params["W_xh"], params["W_hh"], params["b"])
    agree(h, want, 1e-14)


def test_gradient_against_differences():
    params, batch, h0 = draw()
    _, grads, _ = char_loss_and_grads(params, batch, h0)
    errors = gradcheck.check_directions(
        lambda p: char_loss_and_grads(p, batch, h0)[0], params, grads, np.random.default_rng(0)
    )
    assert max(errors.values()) < 1e-7, errors


def test_state_is_carried_and_starts_at_zero():
    params, (inputs, targets), _ = draw()
    whole, _, end = char_loss_and_grads(params, (inputs, targets))
    first, _, state = char_loss_and_grads(params, (inputs[:, :2], targets[:, :2]), None)
    second, _, state = char_loss_and_grads(params, (inputs[:, 2:], targets[:, 2:]), state)
    agree((2 * first + (T - 2) * second) / T, whole, 1e-14)
    agree(state, end, 1e-14)


def test_float32_stays():
    params, batch, _ = draw()
    params = {name: p.astype(np.float32) for name, p in params.items()}
    _, grads, state = char_loss_and_grads(params, batch)
    assert {a.dtype for a in (state, *grads.values())} == {np.dtype(np.float32)}


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_evaluate_bits_reads_the_text_once(chunk):
    params, _, _ = draw()
    ids = np.random.default_rng(1).integers(V, size=30)
    h, bits = np.zeros((1, H)), []
    for this, following in pairwise(ids):
        h, _ = rnn.step_forward(one_hot([this], V), h, params["W_xh"], params["W_hh"], params["b"])
        scores = np.exp(h @ params["W_hy"] + params["b_y"])[0]
        bits.append(-np.log2(scores[following] / scores.sum()))
    assert evaluate_bits(params, ids, chunk) == pytest.approx(np.mean(bits), rel=1e-12)


def test_it_writes():
    params, (inputs, _), h0 = draw()
    ids, h = generate(partial(char_step, params), h0, inputs[:, 0], 4, np.random.default_rng(0))
    read = np.concatenate([inputs[:, :1], ids[:, :-1]], axis=1)
    _, states, _ = char_forward(params, read, h0)
    agree(h, states[:, -1], 1e-14)
    assert generate(partial(char_step, params), None, [1], 3, np.random.default_rng(0), 0)[0].shape == (1, 3)


def test_errors():
    params, (inputs, targets), h0 = draw()
    with pytest.raises(RangeError, match="ids: expected ids from 0 to 10, got 11"):
        char_forward(params, inputs * 0 + V)
    with pytest.raises(ShapeError, match="ids: expected shape"):
        char_forward(params, inputs[0])
    with pytest.raises(ShapeError, match="h0: expected shape"):
        char_forward(params, inputs, h0[:1])
    with pytest.raises(ShapeError, match="targets: expected shape"):
        char_loss_and_grads(params, (inputs, targets[:, 1:]))
    _, _, cache = char_forward(params, inputs)
    with pytest.raises(ShapeError, match="dy: expected shape"):
        char_backward(np.ones((N, T, 1)), cache)
    with pytest.raises(RangeError, match="ids: expected at least 2, got 1"):
        evaluate_bits(params, np.array([0]))


def learn(steps, lr):
    """Bits on the held-out tenth, and those of n-grams of order 1 to 3."""
    text = load_text()
    vocabulary = Vocabulary(text)
    train, test = split(vocabulary.encode(text))
    K = len(vocabulary)
    params = rnn_params(np.random.default_rng(0), K, 128, K, np.float32)
    fit(
        char_loss_and_grads,
        params,
        lambda: stream_batches(train, 32, 50),
        Adam(lr),
        clip=1.0,
        steps=steps,
        decay=0.05,
    )
    return evaluate_bits(params, test), [ngram_bits(train, test, order, K) for order in (1, 2, 3)]


def test_a_short_run_beats_the_bigram():
    bits, (_, bigram, _) = learn(150, 1e-2)
    assert bits < bigram


@pytest.mark.full
def test_a_longer_run_beats_the_trigram():
    bits, (_, _, trigram) = learn(1500, 5e-3)
    assert bits < trigram
