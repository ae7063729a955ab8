"""Windows go on where the one before ended, a document begins from nothing, the gradient ends at the edge."""

import numpy as np
import pytest
import torch

from rnn_core import cells
from rnn_core.errors import RangeError
from rnn_core.sequence import stream_batches
from rnn_core.torch_cells import LSTMCell
from rnn_core.torch_train import document_windows, fit, language_loss, reset_rows, shuffled
from rnn_core.torch_train.rows import cut, join

from .runs import D, H, N, Noting, T, V, batches, documents, make_model, profile, train


def test_every_document_is_read_once_in_order_in_one_row():
    docs = documents()
    order = np.random.default_rng(5).permutation(len(docs))
    read, open_rows = [], {}
    for inputs, targets, mask, begins in document_windows(docs, N, T, order):
        assert mask.any() and mask.shape == (N, T)
        for n in range(N):
            real = int(mask[n].sum())
            assert mask[n, :real].all()
            if begins[n]:
                open_rows[n] = [inputs[n, 0]]
                read.append(open_rows[n])
            if real:
                assert list(inputs[n, :real]) == [open_rows[n][-1], *targets[n, : real - 1]]
                open_rows[n].extend(targets[n, :real])
    assert [list(map(int, ids)) for ids in read] == [list(docs[k]) for k in order]


def test_a_document_of_one_id_has_nothing_to_say():
    with pytest.raises(RangeError, match="documents: expected at least 2 ids in each, got 1 in number 1"):
        next(document_windows([np.arange(3), np.arange(1)], N, T))


def test_the_loss_is_that_of_every_document_read_alone():
    """Carried, reset, packed and masked: in float64 nothing of it can be told from reading one document at a time."""
    model = make_model()
    _, _, history = train(
        model, data=batches, steps=len(list(batches(0))), lr=1e-300, optimizer=torch.optim.SGD(model.parameters(), 0.0)
    )
    alone = 0.0
    for ids in documents():
        ids = torch.as_tensor(ids)[None]
        logits, _ = model(ids[:, :-1])
        alone += float(torch.nn.functional.cross_entropy(logits[0], ids[0, 1:], reduction="sum").detach())
    together = np.dot(history.loss, history.tokens)
    assert sum(history.tokens) == sum(len(ids) - 1 for ids in documents())
    assert together == pytest.approx(alone, rel=1e-14)


def run_windows(model, ids, state=None):
    """Logits of a text, window by window, the state detached between them as `fit` does."""
    seen, carried = [], []

    def loss(model, batch, state):
        carried.append(state)
        logits, state = model(batch[0], state)
        seen.append(logits.detach())
        return logits.sum(), logits.numel(), state

    train(model, torch.optim.SGD(model.parameters(), 0.0), loss, data=lambda turn: ids, steps=len(ids))
    return seen, carried


def test_the_windows_give_what_the_whole_sequence_gives():
    model = make_model()
    text = np.random.default_rng(2).integers(V, size=N * 4 * T + 1)
    windows = list(stream_batches(text, N, T))
    seen, carried = run_windows(model, windows)
    whole, _ = model(torch.cat([torch.from_numpy(np.array(w[0])) for w in windows], 1))
    assert len(windows) == 4 and carried[0] is None
    assert float((torch.cat(seen, 1) - whole.detach()).abs().max()) <= 1e-15 * float(whole.detach().abs().max())
    for state in carried[1:]:
        assert not any(s.requires_grad for s in state) and all(s.shape == (2, N, H) for s in state)


def test_the_gradient_ends_at_the_edge():
    """The input of the window before has no part in the gradient; within the window it has."""
    ids = torch.arange(6).repeat(2, 1) % V
    used = torch.zeros(V, D, dtype=torch.float64)

    def loss(model, batch, state):
        logits, state = model(batch[0], state)
        return logits.square().sum(), logits.numel(), state

    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.0)

    def look(*_):
        used.copy_(model.embedding.weight.grad)

    optimizer.register_step_pre_hook(look)
    train(model, optimizer, loss, data=lambda turn: [(ids[:, :3],), (ids[:, 3:],)], steps=2, N=2)
    assert (used[:3] == 0).all() and (used[3:6] != 0).all()
    state = model(ids[:, :3])[1]
    whole = torch.autograd.grad(model(ids[:, 3:], state)[0].square().sum(), model.embedding.weight)[0]
    assert (whole[:3] != 0).all()  # it would, were the state not detached


def test_a_pass_begins_with_no_state():
    begins = []

    def loss(model, batch, state):
        begins.append(state is None)
        return language_loss(model, batch, state)

    first, second = (len(list(batches(turn))) for turn in (0, 1))
    train(loss=loss, steps=first + second + 1)
    assert [k for k, none in enumerate(begins) if none] == [0, first, first + second]


@pytest.mark.parametrize("axis", [0, 1])
def test_rows_are_reset_cut_and_joined_on_their_axis(axis):
    shape = (N, H) if axis == 0 else (2, N, H)
    state = torch.randn(shape), torch.randn(shape)
    begins = torch.tensor([0, 1, 0, 0, 1, 0])
    got = reset_rows(state, begins, axis)
    for new, old in zip(got, state, strict=True):
        new, old = new.movedim(axis, 0), old.movedim(axis, 0)
        assert (new[begins == 1] == 0).all() and torch.equal(new[begins == 0], old[begins == 0])
    assert reset_rows(state, None, axis) is state and reset_rows(None, begins, axis) is None
    parts = cut(state, 4, axis)
    assert [p[0].shape[axis] for p in parts] == [2, 2, 1, 1] and all(s.is_contiguous() for p in parts for s in p)
    assert all(map(torch.equal, join(parts, axis), state))
    assert cut(None, 3) == [None] * 3 and join([None] * 3) is None


def test_a_cell_of_ours_is_trained_with_its_rows_on_axis_0():
    rng = np.random.default_rng(0)
    params = cells.cell_params(rng, cells.LSTM, D, H)
    x = rng.standard_normal((N, 2 * T, D))
    begun = LSTMCell(params)

    def run(parts, windows):
        cell = LSTMCell({name: p.detach().numpy() for name, p in begun.named_parameters()})
        states = []

        def loss(cell, batch, state):
            states.append(state)
            h, state = cell(batch[0], state)
            return h.square().sum(), h[..., 0].numel(), state

        optimizer = Noting(cell.parameters(), 0.0)
        fit(cell, loss, lambda turn: windows, optimizer, profile(parts=parts, steps=2), state_axis=0)
        return optimizer.seen

    windows = [(x[:, :T],), (x[:, T:],)]
    for a, b in zip(run(1, windows), run(3, windows), strict=True):
        assert all(torch.allclose(p, q, rtol=1e-12, atol=1e-14) for p, q in zip(a, b, strict=True))


def test_the_order_hangs_on_seed_and_pass_alone():
    first = shuffled(50, 7, 0)
    np.random.seed(1)
    assert (shuffled(50, 7, 0) == first).all() and sorted(first) == list(range(50))
    assert (shuffled(50, 7, 1) != first).any() and (shuffled(50, 8, 0) != first).any()
