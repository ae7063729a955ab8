"""A tensor crosses as its numbers: an array for a check, a tensor again for a student; no check ever needs torch."""

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.arrays import DTYPES, TensorArray
from autograder.compare import expect_close, expect_equal, expect_unchanged
from autograder.wire import Codec, Handle, WireError
from tests.autograder.common import words_of

torch = pytest.importorskip("torch")


def sent(value, student=None):
    """What a check has of a student's value, through JSON as over a real pipe."""
    tree, buffers = (student or Codec(keeps=True)).encode(value)
    return Codec(keeps=False).decode(json.loads(json.dumps(tree)), buffers)


def passed(value, student=None):
    """What a student has of a check's value."""
    tree, buffers = Codec(keeps=False).encode(value)
    return (student or Codec(keeps=True)).decode(json.loads(json.dumps(tree)), buffers)


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,), (2, 3), (2, 3, 4)])
def test_numbers_of_every_dtype_and_layout_cross_both_ways(name, shape):
    tensor = torch.randint(0, 100, shape).to(getattr(torch, name))
    laid_out = [tensor, tensor.expand(2, *shape), *([tensor.mT, tensor[1:, ::2]] if len(shape) > 1 else [])]
    for given_ in laid_out:
        came = sent(given_)
        assert type(came) is TensorArray and came.dtype == DTYPES[name] and came.shape == given_.shape
        assert came.tolist() == given_.tolist()
        for back in (passed(came), passed(given_)):
            assert type(back) is torch.Tensor and back.dtype == given_.dtype and torch.equal(back, given_)


SHAPES = st.lists(st.integers(0, 4), max_size=4)


@given(SHAPES, st.sampled_from([*DTYPES]), st.data())
@settings(max_examples=150, deadline=None)
def test_any_view_of_any_tensor_crosses_both_ways(shape, name, data):
    tensor = torch.randint(0, 2**7, [n + 1 for n in shape]).to(getattr(torch, name))
    for axis, n in enumerate(shape):
        start, step = data.draw(st.integers(0, n)), data.draw(st.integers(1, 2))
        tensor = tensor[(slice(None),) * axis + (slice(start, None, step),)]
    tensor = tensor.permute(*data.draw(st.permutations(range(len(shape))))) if shape else tensor
    value = {"a": [tensor, (tensor, 1)]}
    back = passed(sent(value))
    assert type(back["a"][1]) is tuple
    for got in (back["a"][0], back["a"][1][0]):
        assert got.dtype == tensor.dtype and torch.equal(got, tensor)


def test_the_values_cross_and_not_the_graph():
    weights = torch.arange(6.0).reshape(2, 3).requires_grad_()
    for given_ in (weights, torch.nn.Parameter(weights.detach()), 2 * weights):
        came = sent(given_)
        assert came.tolist() == given_.tolist() and came.flags.writeable
        assert not passed(came).requires_grad and not passed(given_).requires_grad
    imaginary = torch.tensor([1 + 2j, 3 - 4j])
    assert sent(imaginary.conj()).tolist() == [1 - 2j, 3 + 4j]
    assert sent(imaginary.conj().imag).tolist() == [-2, 4]


def test_both_ends_have_copies():
    tensor = torch.zeros(3)
    came = sent(tensor)
    back = passed(came)
    came[0], back[1] = 1, 2
    assert tensor.tolist() == [0, 0, 0] and came.tolist() == [1, 0, 0] and back.tolist() == [0, 2, 0]


def test_what_a_check_makes_of_a_tensor_goes_back_as_one():
    """A state that a student's step returned goes into the student's next step."""
    state = sent(torch.ones(2, 3))
    for part in (state[:, 1:], state.T, state + 1, np.tanh(state)):
        assert torch.equal(passed(part), torch.from_numpy(np.array(part)))
    assert type(passed(np.asarray(state))) is np.ndarray


class Own(torch.Tensor):
    pass


def quietly(make):
    """What torch makes with a warning that it is new or old."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()


@pytest.mark.parametrize(
    ("tensor", "what"),
    [
        (torch.zeros(2, dtype=torch.bfloat16), "Tensor (torch.bfloat16, torch.strided)"),
        (torch.zeros(2, dtype=torch.float8_e5m2), "Tensor (torch.float8_e5m2, torch.strided)"),
        (torch.zeros(2).to_sparse(), "Tensor (torch.float32, torch.sparse_coo)"),
        (quietly(torch.eye(2).to_sparse_csr), "Tensor (torch.float32, torch.sparse_csr)"),
        (quietly(lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)), "Tensor (torch.qint8, "),
        (quietly(lambda: torch.zeros(2, dtype=torch.complex32)), "Tensor (torch.complex32, torch.strided)"),
        (torch.zeros(2, device="meta"), "Tensor (torch.float32, torch.strided)"),
        (torch.zeros(2).as_subclass(Own), "Own"),
        (torch.nn.Linear(2, 3), "Linear"),
        (torch.Size([2]), "Size"),
        (torch.float32, "dtype"),
    ],
)
def test_what_numpy_does_not_know_stays(tensor, what):
    student = Codec(keeps=True)
    (handle,) = sent([tensor], student)
    assert isinstance(handle, Handle) and handle.what.startswith(what)
    assert passed([handle], student)[0] is tensor
    assert words_of(expect_close, "h", handle, np.zeros(2)).startswith(
        f"h: expected numbers, got an object of type {what}"
    )


def test_a_check_may_not_pass_what_numpy_does_not_know():
    with pytest.raises(TypeError, match="a check may not pass Tensor"):
        Codec(keeps=False).encode(torch.zeros(2, dtype=torch.bfloat16))


def test_a_dict_that_is_asked_by_tensor_stays():
    """Optimizers keep their state so; an array is no key."""
    student = Codec(keeps=True)
    state = {torch.zeros(2): 1}
    (handle,) = sent([state], student)
    assert handle == Handle(0, "dict") and passed(handle, student) is state
    with pytest.raises(WireError):
        key = {"tensor": {"array": "float64", "shape": [1], "at": 0}}
        Codec(keeps=False).decode({"dict": [[key, 1]]}, [bytes(8)])


def test_tensors_are_compared_as_numbers_and_told_by_name():
    want = np.array([[1.0, 2.0], [3.0, 4.0]])
    got = sent(torch.from_numpy(want))
    expect_close("h", got, want)
    expect_close("h", got, torch.from_numpy(want))
    expect_equal("h", got, want)
    expect_equal("h", got, torch.from_numpy(want))
    expect_unchanged(("h",), [got], [torch.from_numpy(want)])
    assert words_of(expect_close, "h", got, want + 1) == "h: expected 2 at [0, 0], got 1; 4 of 4 values differ."
    assert words_of(expect_equal, "h", got, torch.from_numpy(want + 1)) == "h: expected 2 at [0, 0], got 1."
    assert words_of(expect_close, "h", got, np.ones(3)) == "h: expected shape (3,), got (2, 2)."
    assert words_of(expect_equal, "name", got, "a") == "name: expected 'a', got a tensor of shape (2, 2)."


def test_neither_end_imports_torch_for_a_tensor_that_came():
    tree = {"tensor": {"array": "float32", "shape": [2], "at": 0, "scalar": False}}
    source = f"""
import sys
from autograder.compare import expect_close
from autograder.arrays import TensorArray
from autograder.wire import Codec
for keeps in (True, False):
    came = Codec(keeps).decode({tree!r}, [bytes(8)])
    assert type(came) is TensorArray
    expect_close("h", came, [0, 0])
    assert "tensor" in Codec(keeps).encode(came)[0]
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", source], check=True)
