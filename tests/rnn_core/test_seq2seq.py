from functools import partial

import numpy as np
import pytest
import torch

from rnn_core import gradcheck
from rnn_core.attention import ADDITIVE, DOT
from rnn_core.beam import beam_search, greedy
from rnn_core.cells import TANH, cell_params
from rnn_core.errors import DtypeError, RangeError, ShapeError
from rnn_core.optim import Adam
from rnn_core.seq2seq import (
    encoder_forward,
    seq2seq_backward,
    seq2seq_forward,
    seq2seq_loss_and_grads,
    seq2seq_params,
    seq2seq_step,
)
from rnn_core.stack import stack_forward
from rnn_core.train import fit

from .common import MASK, D, H, agree
from .torch_twins import ALL, NAMES, draw_biases, like, masked_net, net, tensors

N, S, T, V_x, V_y = *MASK.shape, 4, 6, 9
COUNTS = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 0, 0]])  # of the target; its first id is never scored
CELLS = pytest.mark.parametrize("cell", ALL, ids=NAMES)
KINDS = pytest.mark.parametrize("attention", [None, DOT, ADDITIVE], ids=["no attention", "dot", "additive"])


def draw(cell, attention=None, layers=1, dtype=np.float64):
    """params, and a batch: source, mask, target, counts."""
    rng = np.random.default_rng(0)
    params = draw_biases(rng, seq2seq_params(rng, cell, V_x, V_y, D, H, layers, attention))
    source, target = rng.integers(V_x, size=(N, S)), rng.integers(V_y, size=(N, T + 1))
    return {name: p.astype(dtype) for name, p in params.items()}, (source, MASK, target, COUNTS)


def by_torch(cell, attention, params, source, mask, inputs, target, counts, layers):
    """Logits, loss and gradients by torch's nets, attention, cross-entropy and autograd."""
    p = tensors(params)
    parts = [{n.removeprefix(part): a for n, a in p.items() if n.startswith(part)} for part in ("encoder.", "decoder.")]
    zero = torch.zeros(N, H, dtype=torch.float64)
    start = tuple(tuple(zero for _ in cell.states) for _ in range(layers))
    x = torch.nn.functional.embedding(torch.tensor(source), p["E_x"])
    memory, end = masked_net(cell, parts[0], x, start, mask, layers)
    x = torch.nn.functional.embedding(torch.tensor(inputs), p["E_y"])
    h, _ = net(cell, parts[1], x, like(start, end), layers)
    if attention:
        contexts = [torch.zeros(inputs.shape[1], H, dtype=torch.float64) for _ in range(N)]
        for n, row in enumerate(np.asarray(mask) > 0):
            if row.any():
                s = memory[n, row]
                if attention is DOT:
                    scores = h[n] @ s.T
                else:
                    scores = torch.tanh((h[n] @ p["W_q"])[:, None] + (s @ p["W_s"])[None]) @ p["v"]
                contexts[n] = torch.softmax(scores, 1) @ s
        h = torch.cat([h, torch.stack(contexts)], 2)
    logits = h @ p["W_hy"] + p["b_y"]
    wanted = torch.tensor(np.where(counts[:, 1:], target[:, 1:], -100))
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, V_y), wanted.ravel())
    loss.backward()
    return logits.detach().numpy(), loss.item(), {n: a.grad.numpy() for n, a in p.items()}


@CELLS
@KINDS
@pytest.mark.parametrize("layers", [1, 2])
def test_teacher_forcing_against_torch(cell, attention, layers):
    params, batch = draw(cell, attention, layers)
    source, mask, target, counts = batch
    inputs = target[:, :-1]
    want, want_loss, grads = by_torch(cell, attention, params, source, mask, inputs, target, counts, layers)
    logits, weights, _ = seq2seq_forward(cell, params, source, inputs, mask, attention)
    agree(logits, want)
    assert weights is None if attention is None else weights.shape == (N, T, S)
    loss, got, state = seq2seq_loss_and_grads(cell, params, batch, attention=attention)
    assert loss == pytest.approx(want_loss, rel=1e-12) and state is None
    assert got.keys() == params.keys()
    for name, g in got.items():
        agree(g, grads[name])


@CELLS
@KINDS
@pytest.mark.parametrize("feed", ["own", "none"])
def test_other_feeds_against_torch(cell, attention, feed):
    """What torch's nets get as inputs is made id by id, each time from the start."""
    params, batch = draw(cell, attention)
    source, mask, target, counts = batch
    inputs = target[:, :1]
    for _ in range(T - 1):
        upto = inputs.shape[1] + 1
        logits, _, _ = by_torch(cell, attention, params, source, mask, inputs, target[:, :upto], counts[:, :upto], 1)
        new = logits[:, -1:].argmax(axis=2) if feed == "own" else target[:, :1]
        inputs = np.concatenate([inputs, new], axis=1)
    assert (inputs != target[:, :-1]).any()
    _, want_loss, grads = by_torch(cell, attention, params, source, mask, inputs, target, counts, 1)
    loss, got, _ = seq2seq_loss_and_grads(cell, params, batch, attention=attention, feed=feed)
    assert loss == pytest.approx(want_loss, rel=1e-12)
    for name, g in got.items():
        agree(g, grads[name])


def test_no_input_is_a_bias():
    """Always the same input tells the decoder no more than zeros with another bias would."""
    params, batch = draw(TANH)
    source, mask, target, _ = batch
    inputs = np.full((N, T), 5)
    logits, _, _ = seq2seq_forward(TANH, params, source, inputs, mask)
    silent = {name.removeprefix("decoder."): p for name, p in params.items() if name.startswith("decoder.")}
    silent["layer1.b"] = silent["layer1.b"] + params["E_y"][5] @ silent["layer1.W_xh"]
    (state, _, _), _ = encoder_forward(TANH, params, source, mask)
    h, _, _ = stack_forward(TANH, silent, np.zeros((N, T, D)), state)
    agree(h @ params["W_hy"] + params["b_y"], logits, 1e-13)
    loss, _, _ = seq2seq_loss_and_grads(TANH, params, batch, feed="none")
    params["E_y"][~np.isin(np.arange(V_y), target[:, 0])] += 1  # only the start symbols are ever looked up
    assert seq2seq_loss_and_grads(TANH, params, batch, feed="none")[0] == loss
    assert seq2seq_loss_and_grads(TANH, params, batch, feed="true")[0] != loss


@CELLS
@KINDS
def test_gradient_against_differences(cell, attention):
    params, batch = draw(cell, attention)
    _, grads, _ = seq2seq_loss_and_grads(cell, params, batch, attention=attention)
    errors = gradcheck.check_directions(
        lambda p: seq2seq_loss_and_grads(cell, p, batch, attention=attention)[0],
        params,
        grads,
        np.random.default_rng(0),
        directions=2,
    )
    assert max(errors.values()) < 1e-7, errors


@CELLS
@KINDS
def test_steps_are_the_whole(cell, attention):
    params, (source, mask, target, _) = draw(cell, attention, layers=2)
    want, _, _ = seq2seq_forward(cell, params, source, target[:, :-1], mask, attention)
    encoded, _ = encoder_forward(cell, params, source, mask)
    for t in range(T):
        logits, encoded = seq2seq_step(cell, params, target[:, t], encoded, attention)
        agree(logits, want[:, t], 1e-13)


@CELLS
@KINDS
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "ragged"])
def test_greedy_and_beam_decode(cell, attention, mask):
    params, (source, _, _, _) = draw(cell, attention, layers=2)
    params["W_hy"] *= 4
    encoded, _ = encoder_forward(cell, params, source, mask)
    step, first = partial(seq2seq_step, cell, params, attention=attention), np.array([1, 2, 3])
    one = greedy(step, encoded, first, T, 0)
    beam, scores = beam_search(step, encoded, first, T, 0, 1)
    assert np.array_equal(beam[:, 0], one)
    wide, better = beam_search(step, encoded, first, T, 0, 60)
    assert (better[:, 0] >= scores[:, 0] - 1e-12).all()
    for n in range(N):  # the best one's score is what the whole net gives for it
        best = wide[n, 0]
        inputs = np.concatenate([first[n : n + 1], best[:-1]])[None]
        row = None if mask is None else mask[n : n + 1]
        logits, _, _ = seq2seq_forward(cell, params, source[n : n + 1], inputs, row, attention)
        log_p = torch.log_softmax(torch.tensor(logits[0]), 1).numpy()[np.arange(T), best]
        until = T if 0 not in best else list(best).index(0) + 1
        assert better[n, 0] == pytest.approx(log_p[:until].sum(), rel=1e-10)


@KINDS
def test_padding_does_not_matter(attention):
    params, (source, mask, target, counts) = draw(TANH, attention)
    other = np.where(mask, source, (source + 1) % V_x), mask, np.where(counts, target, (target + 1) % V_y), counts
    want, grads, _ = seq2seq_loss_and_grads(TANH, params, (source, mask, target, counts), attention=attention)
    loss, got, _ = seq2seq_loss_and_grads(TANH, params, other, attention=attention)
    assert loss == pytest.approx(want, rel=1e-14)
    for name, g in got.items():
        agree(g, grads[name], 1e-13)


@CELLS
@KINDS
def test_float32_stays(cell, attention):
    params, batch = draw(cell, attention, layers=2, dtype=np.float32)
    _, grads, _ = seq2seq_loss_and_grads(cell, params, batch, attention=attention)
    logits, _, _ = seq2seq_forward(cell, params, batch[0], batch[2][:, :-1], MASK, attention)
    assert {a.dtype for a in (logits, *grads.values())} == {np.dtype(np.float32)}


def test_params():
    rng = np.random.default_rng(0)
    p = seq2seq_params(rng, TANH, V_x, V_y, D, H, 2, ADDITIVE, np.float32)
    assert {a.dtype for a in p.values()} == {np.dtype(np.float32)}
    shapes = {name: a.shape for name, a in p.items() if "." not in name}
    assert shapes == {"E_x": (V_x, D), "E_y": (V_y, D), "W_hy": (2 * H, V_y), "b_y": (V_y,),
                      "W_q": (H, H), "W_s": (H, H), "v": (H,)}  # fmt: skip
    for part in ("encoder", "decoder"):
        for layer, size in ((1, D), (2, H)):
            for name, want in cell_params(rng, TANH, size, H).items():
                assert p[f"{part}.layer{layer}.{name}"].shape == want.shape
    assert seq2seq_params(rng, TANH, V_x, V_y, D, H)["W_hy"].shape == (H, V_y)


def test_it_learns_to_turn_a_sequence_round():
    """The last shall be first: other order, other length, and no padding scored."""
    rng = np.random.default_rng(0)
    END = START = 0

    def batch(M=32, K=4):
        source = rng.integers(1, V_x, size=(M, K))
        mask = np.arange(K) < rng.integers(1, K + 1, size=M)[:, None]
        target, counts = np.full((M, K + 2), END), np.zeros((M, K + 2), int)
        for n, row in enumerate(mask):
            words = source[n, row][::-1]
            target[n, 1 : len(words) + 1], counts[n, : len(words) + 2] = words, 1
        return source, mask, target, counts

    cell = ALL[-1]
    params = seq2seq_params(rng, cell, V_x, V_x, 8, 32, attention=DOT, dtype=np.float32)
    loss = partial(seq2seq_loss_and_grads, cell, attention=DOT)
    fit(loss, params, (batch() for _ in range(400)), Adam(1e-2), clip=1.0, steps=400, decay=0.05)
    source, mask, target, counts = batch(200)
    encoded, _ = encoder_forward(cell, params, source, mask)
    step = partial(seq2seq_step, cell, params, attention=DOT)
    ids = greedy(step, encoded, np.full(200, START), target.shape[1] - 1, END)
    right = ((ids == target[:, 1:]) | (counts[:, 1:] == 0)).all(axis=1)
    assert right.mean() > 0.9


def test_errors():
    params, (source, mask, target, counts) = draw(TANH)
    with pytest.raises(ShapeError, match=r"^source: expected shape \(N, S\)"):
        seq2seq_forward(TANH, params, source[0], target)
    with pytest.raises(ShapeError, match=r"^inputs: expected shape \(N, T\)"):
        seq2seq_forward(TANH, params, source, target[0])
    with pytest.raises(RangeError, match="ids: expected ids from 0 to 5, got 6"):
        seq2seq_forward(TANH, params, source * 0 + V_x, target)
    with pytest.raises(DtypeError, match="ids: expected integers"):
        seq2seq_forward(TANH, params, source, target * 1.0)
    with pytest.raises(ShapeError, match="mask: expected shape"):
        seq2seq_forward(TANH, params, source, target, mask[:, 1:])
    with pytest.raises(RangeError, match="feed: expected one of true, own, none, got half"):
        seq2seq_loss_and_grads(TANH, params, (source, mask, target, counts), feed="half")
    _, _, cache = seq2seq_forward(TANH, params, source, target, mask)
    with pytest.raises(ShapeError, match="dy: expected shape"):
        seq2seq_backward(np.ones((N, 1, V_y)), cache)
