"""Out of memory: fewer rows at once, the same gradient, a clear message, and an end below one row."""

import pytest
import torch

from rnn_core.errors import TooLargeError
from rnn_core.kernels import recurrence
from rnn_core.torch_train import language_loss
from rnn_core.torch_train.memory import is_out_of_memory

from .runs import batches, far, make_model, same_bits, train


def with_room_for(rows, error=torch.OutOfMemoryError, late=False, sizes=None):
    """The loss of a model that runs out of memory above so many rows; `late` in the backward pass."""

    class Late(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            raise error("CUDA out of memory. Tried to allocate 2.00 GiB.")

    def loss(model, batch, state):
        if sizes is not None:
            sizes.append(len(batch[0]))
        if len(batch[0]) > rows and not late:
            raise error("CUDA out of memory. Tried to allocate 2.00 GiB.")
        total, tokens, state = language_loss(model, batch, state)
        return Late.apply(total) if len(batch[0]) > rows else total, tokens, state

    return loss


@pytest.mark.parametrize("late", [False, True])
def test_fewer_rows_at_once_and_the_same_gradient(capsys, late):
    sizes = []
    want, free, _ = train(steps=3)
    got, optimizer, history = train(loss=with_room_for(2, late=late, sizes=sizes), steps=3)
    for a, b in zip(optimizer.seen, free.seen, strict=True):
        assert far(a, b) < 1e-12
    assert far(got.state_dict().values(), want.state_dict().values()) < 1e-12
    assert history.parts == 4 and sizes[:3] == [6, 3, 2] and set(sizes[2:]) == {1, 2}  # found once, then kept
    assert history.notes == [
        "Out of memory: now 3 rows at once, 2 times a step. The gradient stays the same.",
        "Out of memory: now 2 rows at once, 4 times a step. The gradient stays the same.",
    ]
    assert capsys.readouterr().out.splitlines() == history.notes


def test_what_the_parts_before_have_added_is_taken_back():
    """Memory may run out in the second part, when the first one's gradient is there already."""
    calls = []

    def loss(model, batch, state):
        calls.append(1)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return language_loss(model, batch, state)

    _, want, _ = train(steps=2)
    _, got, history = train(loss=loss, parts=2, steps=2)
    assert history.parts == 4 and all(far(a, b) < 1e-12 for a, b in zip(got.seen, want.seen, strict=True))


def test_it_is_a_run_that_had_so_many_parts_from_the_start():
    """To the bit, dropout and all: what the attempts drew is put back."""
    want, _, _ = train(make_model(dropout=0.4), parts=2, steps=3)
    got, _, _ = train(make_model(dropout=0.4), loss=with_room_for(3, late=True), steps=3)
    other, _, _ = train(make_model(dropout=0.4), steps=3)
    assert same_bits(got, want) and not same_bits(got, other)


def test_a_batch_with_fewer_rows_than_parts_has_a_row_in_each():
    sizes = []
    few = [type(window)(*(a[:4] for a in window)) for window in batches(0)]
    train(loss=with_room_for(1, sizes=sizes), data=lambda turn: few, parts=6, steps=1)
    assert sizes == [1] * 4


def test_below_one_row_there_is_an_end():
    model, before = make_model(), make_model()
    with pytest.raises(TooLargeError, match="one row; expected something smaller than T = 5, H = 7"):
        train(model, loss=with_room_for(0))
    assert same_bits(model, before)


def test_what_kernels_keep_for_the_size_that_did_not_fit_is_let_go():
    recurrence.POOL.borrow("a size", lambda shared: "arrays")
    assert recurrence.POOL.free
    train(steps=1)
    assert recurrence.POOL.free
    train(loss=with_room_for(3), steps=1)
    assert not recurrence.POOL.free


def test_an_update_without_room_says_so(tmp_path):
    class Large(torch.optim.SGD):
        def step(self, *more):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    model = make_model()
    with pytest.raises(TooLargeError, match="update: out of memory; expected a model smaller than H = 7"):
        train(model, Large(model.parameters()), checkpoint=tmp_path / "run.pt")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "said",
    [
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes",
        "DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes",
        "MPS backend out of memory",
        "CUBLAS_STATUS_ALLOC_FAILED when calling",
    ],
)
def test_other_words_for_it(said):
    assert is_out_of_memory(RuntimeError(said)) and not is_out_of_memory(RuntimeError("shapes"))
    assert is_out_of_memory(torch.OutOfMemoryError("in other words"))


def test_another_error_is_not_taken_for_it():
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        train(loss=with_room_for(2, error=lambda text: RuntimeError("shapes cannot be multiplied")))
