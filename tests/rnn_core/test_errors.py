import numpy as np
import pytest

from rnn_core import errors


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.ShapeError, ValueError),
        (errors.RangeError, ValueError),
        (errors.DtypeError, TypeError),
        (errors.NonFiniteError, FloatingPointError),
        (errors.NameMismatchError, KeyError),
        (errors.CheckpointError, ValueError),
        (errors.TooLargeError, MemoryError),
    ],
)
def test_each_error_is_a_builtin_one(error, builtin):
    assert issubclass(error, builtin)
    assert str(error("who: expected this, got that")) == "who: expected this, got that"


def test_check_shapes_names_the_first_that_does_not_fit():
    x = np.zeros((2, 3))
    errors.check_shapes(x=(x, (2, 3)), b=([1, 2], (2,)), s=(1.0, ()))
    with pytest.raises(errors.ShapeError, match=r"^b: expected shape \(3,\), got \(2,\)$"):
        errors.check_shapes(x=(x, (2, 3)), b=([1, 2], (3,)), c=(x, (9, 9)))
    with pytest.raises(errors.ShapeError, match=r"^x: expected shape \(2, 3, 1\), got \(2, 3\)$"):
        errors.check_shapes(x=(x, (2, 3, 1)))


def test_check_shapes_with_a_size_that_is_free():
    errors.check_shapes(x=(np.zeros((2, 3)), ("N", 3)))
    with pytest.raises(errors.ShapeError, match=r"^x: expected shape \(N, D\), got \(2,\)$"):
        errors.check_shapes(x=(np.zeros(2), ("N", "D")))


def test_check_mask():
    assert errors.check_mask(None, (2, 3)).all()
    got = errors.check_mask(np.array([1.0, 0.0]), (2,))
    assert got.dtype == bool and got.tolist() == [True, False]
    for wrong in ([0.5, 1], [2, 1], [np.nan, 1]):
        with pytest.raises(errors.RangeError, match="mask: expected 0 and 1 only"):
            errors.check_mask(wrong, (2,))
    with pytest.raises(errors.ShapeError, match="mask"):
        errors.check_mask([1, 0, 1], (2,))


def test_check_padded():
    x = np.array([[[1, np.nan], [np.inf, 4]]], np.float32)
    assert errors.check_padded(x, None)[0] is x and errors.check_padded(x, None)[1].tolist() == [[True, True]]
    got, runs = errors.check_padded(x, [[0, 1]])
    assert got.tolist() == [[[0, 0], [np.inf, 4]]] and got.dtype == np.float32 and runs.tolist() == [[False, True]]
    assert np.isnan(x[0, 0, 1])  # the caller's array is left alone
    with pytest.raises(errors.ShapeError, match=r"^mask: expected shape \(1, 2\)"):
        errors.check_padded(x, [0, 1])


def test_check_ids():
    assert errors.check_ids("ids", [0, 3], 4).tolist() == [0, 3]
    for wrong in (-1, 4):
        with pytest.raises(errors.RangeError, match=f"ids: expected ids from 0 to 3, got {wrong}"):
            errors.check_ids("ids", [0, wrong], 4)
    with pytest.raises(errors.DtypeError, match="ids: expected integers, got float64"):
        errors.check_ids("ids", [0.0], 4)


def test_check_names():
    errors.check_names("grads", ["b"], {"b": 1, "W": 2})
    with pytest.raises(errors.NameMismatchError, match=r"^grads: expected names among b, W, got w$"):
        errors.check_names("grads", ["w"], {"b": 1, "W": 2})
