import numpy as np
import pytest
import torch

from rnn_core import gradcheck
from rnn_core.attention import ADDITIVE, DOT
from rnn_core.errors import RangeError, ShapeError

from .common import D, H, T, agree

N, S, A = 3, 4, 6
K = {DOT: H, ADDITIVE: D}  # the dot product needs states of one size
MASK = np.array([[1, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]])  # row 2 is empty
KINDS = pytest.mark.parametrize("kind", [DOT, ADDITIVE], ids=["dot", "additive"])
MASKS = pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "ragged"])


def draw(kind, dtype=np.float64):
    """The arguments of forward by name, and the gradient that arrives at the context."""
    rng, size = np.random.default_rng(0), K[kind]
    shapes = {"queries": (N, T, H), "states": (N, S, size)}
    if kind is ADDITIVE:
        shapes |= {"W_q": (H, A), "W_s": (size, A), "v": (A,)}
    return {n: rng.standard_normal(s).astype(dtype) for n, s in shapes.items()}, rng.standard_normal((N, T, size))


def by_torch(kind, args, dcontext, mask):
    """The same by torch: its own attention for the dot product, its softmax for the additive score.

    An empty row is left out: torch would give NaN.
    """
    leaves = {name: torch.tensor(a, requires_grad=True) for name, a in args.items()}
    rows = slice(None) if mask is None else slice(0, 2)
    q, s = leaves["queries"][rows], leaves["states"][rows]
    open_ = torch.ones(len(q), 1, S, dtype=bool) if mask is None else torch.tensor(mask[rows] > 0)[:, None]
    if kind is DOT:
        context = torch.nn.functional.scaled_dot_product_attention(q, s, s, open_, scale=1.0)
    else:
        scores = torch.empty(len(q), T, S, dtype=torch.float64)
        for t in range(T):
            for k in range(S):
                scores[:, t, k] = torch.tanh(q[:, t] @ leaves["W_q"] + s[:, k] @ leaves["W_s"]) @ leaves["v"]
        context = torch.einsum("nts,nsk->ntk", scores.masked_fill(~open_, -torch.inf).softmax(2), s)
    context.backward(torch.tensor(dcontext[rows]))
    return context.detach().numpy(), {name: leaf.grad.numpy() for name, leaf in leaves.items()}


@KINDS
@MASKS
def test_against_torch(kind, mask):
    args, dcontext = draw(kind)
    want, gradients = by_torch(kind, args, dcontext, mask)
    context, weights, cache = kind.forward(**args, mask=mask)
    agree(context[: len(want)], want)
    agree(weights[: len(want)].sum(axis=2), np.ones((len(want), T)))
    for name, got in zip(args, kind.backward(dcontext, cache), strict=True):
        agree(got, gradients[name])  # torch's are 0 in the empty row, which was left out


@KINDS
def test_an_empty_row_gives_zeros_and_no_gradient(kind):
    args, dcontext = draw(kind)
    context, weights, cache = kind.forward(**args, mask=MASK)
    dqueries, dstates, *_ = kind.backward(dcontext, cache)
    for array in (context, weights, dqueries, dstates):
        assert not array[2].any() and np.isfinite(array).all()
    assert not weights.swapaxes(1, 2)[MASK == 0].any() and not dstates[MASK == 0].any()
    assert weights.swapaxes(1, 2)[MASK == 1].all()


@KINDS
def test_what_stands_in_the_padding_does_not_matter(kind):
    args, dcontext = draw(kind)
    context, _, cache = kind.forward(**args, mask=MASK)
    args["states"][MASK == 0] = 1e300 if kind is ADDITIVE else 1e150
    with np.errstate(over="raise"):
        again, _, cache_again = kind.forward(**args, mask=MASK)
    agree(again, context, 1e-14)
    for got, want in zip(kind.backward(dcontext, cache_again)[2:], kind.backward(dcontext, cache)[2:], strict=True):
        agree(got, want, 1e-14)


@KINDS
@MASKS
def test_gradient_against_differences(kind, mask):
    args, dcontext = draw(kind)
    _, _, cache = kind.forward(**args, mask=mask)
    grads = dict(zip(args, kind.backward(dcontext, cache), strict=True))
    errors = gradcheck.check_directions(
        lambda p: np.sum(dcontext * kind.forward(**p, mask=mask)[0]), args, grads, np.random.default_rng(1)
    )
    assert max(errors.values()) < 1e-7, errors


@KINDS
def test_large_scores_do_not_overflow(kind):
    args, _ = draw(kind)
    args |= {"queries": 1e3 * args["queries"]} | ({"v": 1e3 * args["v"]} if kind is ADDITIVE else {})
    _, weights, _ = kind.forward(**args)
    agree(weights.sum(axis=2), np.ones((N, T)))


@KINDS
def test_types_stay_and_arguments_are_not_changed(kind):
    args, dcontext = draw(kind, np.float32)
    before = {name: a.copy() for name, a in args.items()}
    for mask in (None, MASK):
        *forward, cache = kind.forward(**args, mask=mask)
        backward = kind.backward(dcontext.astype(np.float32), cache)
        assert {a.dtype for a in (*forward, *backward)} == {np.dtype(np.float32)}
    assert all(np.array_equal(args[name], before[name]) for name in args)


@KINDS
def test_nothing_to_read_and_nothing_to_write(kind):
    args, dcontext = draw(kind)
    for cut in ({"states": args["states"][:, :0]}, {"queries": args["queries"][:, :0]}):
        less = args | cut
        context, weights, cache = kind.forward(**less)
        steps = less["queries"].shape[1]
        assert weights.shape == (N, steps, less["states"].shape[1]) and not context.any()
        for got, array in zip(kind.backward(dcontext[:, :steps], cache), less.values(), strict=True):
            assert got.shape == array.shape and not got.any()


@KINDS
def test_shapes_are_checked_at_the_door(kind):
    args, _ = draw(kind)
    wrong = {
        "queries": args["queries"][:1],  # would broadcast
        "states": args["states"][:, :, :1],
        "W_q": args.get("W_q", np.empty(0)).T,
        "W_s": args.get("W_s", np.empty(0))[:1],
        "v": args.get("v", np.empty(0))[None],
    }
    for name in args:
        with pytest.raises(ShapeError, match=r"^(states|W_q|W_s|v): expected shape"):
            kind.forward(**{**args, name: wrong[name]})
    with pytest.raises(ShapeError, match=r"^mask: expected shape \(3, 4\), got \(3, 5\)"):
        kind.forward(**args, mask=np.ones((N, T)))
    with pytest.raises(RangeError, match="mask"):
        kind.forward(**args, mask=np.full((N, S), 0.5))
    *_, cache = kind.forward(**args)
    with pytest.raises(ShapeError, match=r"^dcontext: "):
        kind.backward(np.ones((N, 1, K[kind])), cache)
