"""What crosses comes back as it was; what does not follow the form raises WireError, and nothing else."""

import json
import random
import string
from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.arrays import DTYPES, MAX_KEYS, TensorArray
from autograder.wire import GENERATORS, MAX_DEPTH, Codec, Handle, WireError

Pair = namedtuple("Pair", "a b")


def cross(value, keeps=True):
    """A value of the student's as the check gets it (or the other way round), through JSON as over a real pipe."""
    sender, receiver = Codec(keeps=keeps), Codec(keeps=not keeps)
    tree, buffers = sender.encode(value)
    assert all(type(buffer) is bytes for buffer in buffers)
    return receiver.decode(json.loads(json.dumps(tree)), buffers)


def alike(a, b) -> bool:
    """Equal, of the same types, to the bit."""
    if isinstance(a, np.ndarray | np.generic):
        kind = np.generic if isinstance(a, np.generic) else np.ndarray
        same_kind = isinstance(b, kind) and a.dtype.newbyteorder("=") == b.dtype.newbyteorder("=")
        return same_kind and a.shape == b.shape and a.astype(b.dtype).tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return type(b) is dict and list(a) == list(b) and all(alike(a[key], b[key]) for key in a)
    return type(a) is type(b) and repr(a) == repr(b)


# round trips

ARRAYS = hnp.arrays(
    st.sampled_from([*DTYPES.values(), np.dtype(">f8"), np.dtype(">i4"), np.dtype(">c16"), np.dtype(">f2")]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
    elements=None,
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.text()
    | ARRAYS
    | hnp.from_dtype(np.dtype("float32")).map(np.float32)
    | st.integers(0, 255).map(np.uint8)
    | st.booleans().map(np.bool_)
)
DATA = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(DATA)
@settings(max_examples=200, deadline=None)
def test_data_crosses_unchanged(value):
    assert alike(value, cross(value))
    assert alike(value, cross(value, keeps=False))


@pytest.mark.full
@given(DATA)
@settings(max_examples=3000, deadline=None)
def test_much_data_crosses_unchanged(value):
    assert alike(value, cross(value))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,), (2, 3), (2, 3, 4)])
def test_arrays_of_every_dtype_and_layout(dtype, shape):
    numbers = np.random.default_rng(0).integers(0, 100, shape)
    array = numbers.astype(dtype)
    for laid_out in (
        array,
        np.asfortranarray(array),
        array.T,
        array[..., ::-1] if shape else array,
        array.astype(array.dtype.newbyteorder(">")),
        np.broadcast_to(array, (2, *shape)),
    ):
        back = cross(laid_out)
        assert alike(np.array(laid_out), back)
        assert back.flags.writeable and back.flags.owndata and back.flags.c_contiguous
        assert back.dtype.isnative


def test_special_numbers_cross_to_the_bit():
    for value in (float("inf"), -float("inf"), -0.0, 5e-324, 1.7976931348623157e308, 0.1):
        assert cross(value).hex() == value.hex()
    assert np.isnan(cross(float("nan")))
    for value in (2**53, -(2**53), 2**53 - 1, 2**64, 10**500, -(10**5000)):
        assert cross(value) == value
    assert cross(1 + 2j) == 1 + 2j


def test_the_receiver_gets_copies():
    array = np.zeros(3)
    nested = [array, {"a": array}]
    back = cross(nested)
    back[0][0] = 1
    assert array[0] == 0 and back[1]["a"][0] == 0


def test_strings_in_arrays_cross():
    assert alike(cross(np.array([["a", "bcd"], ["", "é"]])), np.array([["a", "bcd"], ["", "é"]]))
    assert alike(cross(np.empty((0, 2), dtype="<U3")).shape, (0, 2))
    assert alike(cross(np.str_("abc")), "abc")
    padded = np.array(["x" * 17_000] + [""] * 1000)
    assert isinstance(cross(padded), Handle)


@pytest.mark.parametrize("kind", GENERATORS)
def test_a_generator_goes_on_where_it_was(kind):
    rng = np.random.Generator(getattr(np.random, kind)(7))
    rng.standard_normal(5)
    rng.integers(0, 9, 3, dtype=np.uint32)  # leaves half a draw in the state
    back = cross(rng)
    want = np.random.Generator(getattr(np.random, kind)(7))
    want.standard_normal(5)
    want.integers(0, 9, 3, dtype=np.uint32)
    assert back.integers(0, 99, dtype=np.uint32) == want.integers(0, 99, dtype=np.uint32)
    assert alike(back.standard_normal(9), want.standard_normal(9))
    fresh = np.random.Generator(getattr(np.random, kind)(7))
    fresh.standard_normal(5)
    fresh.integers(0, 9, 3, dtype=np.uint32)
    assert repr(rng.bit_generator.state) == repr(fresh.bit_generator.state), "the sender's own generator moved"


@pytest.mark.parametrize("kind", ["MT19937", "Philox"])
def test_a_generator_whose_state_could_reach_beyond_its_memory_stays_where_it_is(kind):
    bits = getattr(np.random, kind)(7)
    assert isinstance(cross(np.random.Generator(bits)), Handle)
    tree, buffers = Codec(keeps=True).encode(bits.state)
    with pytest.raises(WireError):
        Codec(keeps=False).decode({"rng": kind, "state": tree}, buffers)


# what stays where it is


class Cache:
    pass


@pytest.mark.parametrize(
    "value",
    [
        Cache(),
        Pair(1, 2),
        {1, 2},
        b"bytes",
        np.array([None, 1], dtype=object),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.zeros(2, dtype=[("a", "f8")]),
        np.zeros(2, dtype=np.longdouble),
        len,
        Cache,
        range(3),
        iter([]),
        np.random.RandomState(0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_object_stays_and_a_handle_stands_for_it(value):
    student, check = Codec(keeps=True), Codec(keeps=False)
    (handle, number) = check.decode(*student.encode([value, 5]))
    assert isinstance(handle, Handle) and number == 5
    assert handle.what == type(value).__name__
    assert repr(handle) == f"an object of type {type(value).__name__}"
    assert student.decode(*check.encode([handle]))[0] is value


def test_many_handles_keep_apart():
    student, check = Codec(keeps=True), Codec(keeps=False)
    objects = [Cache() for _ in range(5)]
    handles = check.decode(*student.encode(objects))
    back = student.decode(*check.encode(handles[::-1]))
    assert all(a is b for a, b in zip(back, objects[::-1], strict=True))


def test_a_dict_of_a_kind_of_its_own_crosses_as_a_dict():
    class Odd(dict):
        def items(self):
            raise RuntimeError("never asked")

        __iter__ = keys = __len__ = items

    assert cross(Odd(a=1)) == {"a": 1}


def test_subclasses_of_plain_types_stay():
    class Text(str):
        pass

    class Number(int):
        pass

    assert cross(Text("a")).what == "Text"
    assert cross(Number(1)).what == "Number"


def test_deep_nesting_ends_in_a_handle():
    deep, itself = [], []
    for _ in range(MAX_DEPTH + 10):
        deep = [deep]
    itself.append(itself)
    for value in (deep, itself):
        depth, back = 0, cross(value)
        while isinstance(back, list):
            depth, back = depth + 1, back[0]
        assert isinstance(back, Handle) and depth == MAX_DEPTH


def test_a_check_may_pass_functions_and_no_other_objects():
    for value in (Cache(), Pair(1, 2), {1}, np.array([None])):
        with pytest.raises(TypeError, match="a check may not pass"):
            Codec(keeps=False).encode([value])


def test_a_callback_calls_back():
    asked = []

    def ask(number, args, kwargs):
        asked.append((number, args, kwargs))
        return 42

    check, student = Codec(keeps=False), Codec(keeps=True, ask=ask)
    first, second = student.decode(*check.encode([np.tanh, len]))
    assert second(1, 2, axis=0) == 42 and first() == 42
    assert asked == [(1, (1, 2), {"axis": 0}), (0, (), {})]
    assert check.callbacks == [np.tanh, len]


# malformed trees

WORDS = ("float", "array", "tensor", "list", "tuple", "dict", "int", "text", "rng", "handle", "callback")
KEYS = (*WORDS, "shape", "at", "scalar", "items", "state", "what", "bit_generator", "inc", "has_uint32", "uinteger")
SCALARS = (
    *(None, True, False, 0, 1, -1, 2, 3, 2**31, 2**63, 2**70, -(2**70), 0.5, float("nan"), float("inf"), 1e308),
    *("", "a", "0x1p3", "0x1p99999", "nan", "inf", "-0x1", "ff", "1" * 5000, "\ud800", "é" * 9),
    *("float64", "bool", "int8", "complex64", "object", "U5", "O", *GENERATORS, "MT19937", "__class__", *KEYS),
)
BUFFERS = [[], [b""], [b"\x00" * 8], [b"\x00" * 24, b"\xff" * 8], [b"abc", b"\x02", b"\xff" * 48]]


def random_tree(draw: random.Random, depth: int = 0):
    """A tree that looks a little like the wire's, and is mostly wrong."""
    kind = draw.random()
    if depth > 5 or kind < 0.35:
        return draw.choice(SCALARS)
    if kind < 0.5:
        return [random_tree(draw, depth + 1) for _ in range(draw.randrange(4))]
    if kind < 0.6:
        return {"array": draw.choice([*DTYPES]), "shape": random_tree(draw, 5), "at": draw.choice(SCALARS)}
    if kind < 0.7:
        shape = [draw.choice([0, 1, 2, 3, 2**47, 2**62, -1]) for _ in range(draw.choice([0, 1, 1, 2, 3, 40]))]
        return {"array": draw.choice([*DTYPES]), "shape": shape, "at": draw.randrange(-1, 3), "scalar": True}
    if kind < 0.72:
        return {"tensor": random_tree(draw, depth + 1)}
    if kind < 0.76:
        return {"dict": [[random_tree(draw, depth + 1) for _ in range(draw.choice([1, 2, 2, 2, 3]))] for _ in "ab"]}
    return {draw.choice(KEYS): random_tree(draw, depth + 1) for _ in range(draw.choice([1, 1, 1, 2, 3]))}


def mutated(draw: random.Random, tree):
    """A well-formed tree with one node replaced."""
    if not isinstance(tree, dict | list) or not tree or draw.random() < 0.15:
        return random_tree(draw, draw.randrange(6))
    if isinstance(tree, list):
        at = draw.randrange(len(tree))
        return [*tree[:at], mutated(draw, tree[at]), *tree[at + 1 :]]
    key = draw.choice(list(tree))
    if draw.random() < 0.1:
        return {other: value for other, value in tree.items() if other != key}
    return {**tree, key: mutated(draw, tree[key])}


def well_formed():
    generators = [np.random.Generator(getattr(np.random, kind)(1)) for kind in GENERATORS]
    value = [1, 2**60, 0.1, "a", (np.ones((2, 3)), np.array([True])), {"a": np.float32(1), (1, 2): None}, *generators]
    return Codec(keeps=True).encode([value, np.array(["a", "b"]), np.ones((2, 1)).view(TensorArray), Cache()])


def decodes_or_refuses(tree, buffers) -> bool:
    """Whether both ends decode a tree; anything but a value or a WireError is an error."""
    done = 0
    for codec in (Codec(keeps=False), Codec(keeps=True, ask=print)):
        codec.objects.append(Cache())
        try:
            codec.decode(tree, buffers)
            done += 1
        except WireError as error:
            assert str(error)
    return done > 0


def decode_many(seed: int, trees: int) -> tuple[int, int]:
    """How many of some random trees decode, and of how many."""
    draw, done = random.Random(seed), 0
    base, base_buffers = well_formed()
    for _ in range(trees):
        done += decodes_or_refuses(random_tree(draw), draw.choice(BUFFERS))
        done += decodes_or_refuses(mutated(draw, base), base_buffers)
    return done, 2 * trees


def test_thousands_of_random_trees_decode_or_raise_wire_error():
    done, tried = decode_many(seed=1, trees=5000)
    assert 0.05 * tried < done < 0.95 * tried, "both kinds occur"


@pytest.mark.full
@pytest.mark.parametrize("seed", range(8))
def test_many_more_random_trees_decode_or_raise_wire_error(seed):
    decode_many(seed=100 + seed, trees=10_000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, st.lists(st.binary(max_size=32), max_size=3))
@settings(max_examples=300, deadline=None)
def test_any_json_decodes_or_raises_wire_error(tree, buffers):
    decodes_or_refuses(tree, buffers)


@pytest.mark.full
@given(JSON, st.lists(st.binary(max_size=32), max_size=3))
@settings(max_examples=8000, deadline=None)
def test_much_json_decodes_or_raises_wire_error(tree, buffers):
    decodes_or_refuses(tree, buffers)


@pytest.mark.parametrize(
    "tree",
    [
        1.5,
        [],
        {},
        {"what": "x"},
        {"float": 1.0},
        {"float": "nonsense"},
        {"float": "0x1p99999"},
        {"int": 5},
        {"int": "z"},
        {"list": 3},
        {"tuple": None},
        {"dict": [[1]]},
        {"dict": [[{"list": []}, 1]]},
        {"dict": 7},
        {"array": "float64", "shape": [1], "at": 0},
        {"array": "float64", "shape": [2], "at": 9},
        {"array": "float64", "shape": [-2], "at": 0},
        {"array": "float64", "shape": [2.0], "at": 0},
        {"array": "float64", "shape": [True, 2], "at": 0},
        {"array": "float64", "shape": None, "at": 0},
        {"array": "float64", "shape": "2", "at": 0},
        {"array": "float64", "shape": [2], "at": "0"},
        {"array": "float64", "shape": [2]},
        {"array": "object", "shape": [2], "at": 0},
        {"array": ["float64"], "shape": [2], "at": 0},
        {"array": "float64", "shape": [2] + [1] * 40, "at": 0},
        {"array": "float64", "shape": [2**40, 2**40, 0], "at": 1},
        {"array": "float64", "shape": [2**48], "at": 0},
        {"tensor": None},
        {"tensor": "float64"},
        {"tensor": [2]},
        {"tensor": {"list": []}},
        {"tensor": {"tensor": {"array": "float64", "shape": [2], "at": 0}}},
        {"tensor": {"array": "bfloat16", "shape": [8], "at": 0}},
        {"tensor": {"array": "float64", "shape": [3], "at": 0}},
        {"tensor": {"array": "float64", "shape": [-2], "at": 0}},
        {"text": [3], "items": ["a"]},
        {"text": [2**62, 0], "items": []},
        {"text": [1]},
        {"text": None, "items": ["a"]},
        {"text": [10**4], "items": [""] * 9999 + ["a" * 10**6]},
        {"rng": "os", "state": {}},
        {"rng": ["PCG64"], "state": 0},
        {"rng": "PCG64", "state": 5},
        {"rng": "PCG64", "state": {"dict": []}},
        {"rng": "SFC64", "state": {"dict": [["bit_generator", "PCG64"]]}},
        {"handle": -1, "what": "x"},
        {"handle": "0", "what": "x"},
        {"handle": True, "what": "x"},
        {"handle": 0.0, "what": "x"},
        {"handle": None, "what": "x"},
        {"callback": -1},
        {"callback": "0"},
        {"callback": None},
    ],
    ids=lambda tree: json.dumps(tree)[:50],
)
def test_a_malformed_tree_raises_wire_error(tree):
    buffers = [b"\x00" * 16, b""]
    for codec in (Codec(keeps=False), Codec(keeps=True, ask=print)):
        codec.objects.append(Cache())
        with pytest.raises(WireError):
            codec.decode(tree, buffers)


def test_only_the_end_that_keeps_objects_knows_them_by_number():
    with pytest.raises(WireError):
        Codec(keeps=True).decode({"handle": 0, "what": "x"}, [])
    with pytest.raises(WireError):
        Codec(keeps=False).decode({"handle": 0}, [])
    assert Codec(keeps=False).decode({"handle": 7, "what": "x" * 999}, []) == Handle(7, "x" * 80)
    with pytest.raises(WireError):
        Codec(keeps=False, ask=print).decode({"callback": 0}, [])
    with pytest.raises(WireError):
        Codec(keeps=True).decode({"callback": 0}, [])


def test_a_tree_that_is_too_deep_is_refused():
    tree = {"list": []}
    for _ in range(5000):
        tree = {"list": [tree]}
    with pytest.raises(WireError):
        Codec(keeps=False).decode(tree, [])


def test_a_true_of_another_byte_is_true():
    """A bool of byte 2 would be True and yet differ from True in some comparisons."""
    back = Codec(keeps=False).decode({"array": "bool", "shape": [3], "at": 0}, [b"\x02\x00\xff"])
    assert back.dtype == bool and back.tobytes() == b"\x01\x00\x01"
    scalar = Codec(keeps=False).decode({"array": "bool", "shape": [], "at": 0, "scalar": True}, [b"\x02"])
    assert scalar.tobytes() == b"\x01"


def test_the_alphabet_of_the_fuzzer_is_the_wires():
    """A kind of value that is new to the codec belongs into the fuzzer too."""
    tree, _ = well_formed()
    found = set()

    def collect(node):
        if isinstance(node, dict):
            found.update(node)
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            collect(child)

    collect(tree)
    assert found <= {*KEYS}
    assert set(string.ascii_lowercase).isdisjoint(KEYS)


# what is small on the wire and large behind it

PRIME = 2**61 - 1  # Python's hash of a whole number is what is left when it is divided by this


@pytest.mark.parametrize(
    "tree",
    [
        {"dict": [[number * PRIME, 0] for number in range(1, MAX_KEYS + 2)]},
        {"list": [{"dict": [[number * PRIME, 0] for number in range(1, 101)]}] * (MAX_KEYS // 100 + 1)},
        {"list": ["a" * 100_000, *[""] * 1000]},
        {"dict": [["a" * 100_000, 0], *[[str(number), 0] for number in range(1000)]]},
        {"list": [{"text": [1], "items": ["a" * 100_000]}, {"text": [1000], "items": [""] * 1000}]},
        {"array": "float64", "shape": [2**40, 3, 0], "at": 0, "scalar": False},
        {"array": "bool", "shape": [0, 2**20 + 1], "at": 0, "scalar": False},
    ],
)
def test_what_would_take_hours_or_gigabytes_behind_the_wire_is_refused(tree):
    with pytest.raises(WireError):
        Codec(keeps=False).decode(tree, [b""])


def test_what_an_honest_answer_holds_is_within_the_limits():
    counts = {f"{number:05}": number for number in range(20_000)}  # of a text's trigrams, say
    assert cross(counts) == counts
    numbered = dict(enumerate("abc" * 1000))
    assert cross(numbered) == numbered
    assert cross(["a" * 1_000_000, "b"]) == ["a" * 1_000_000, "b"]
    assert alike(cross(np.empty((0, 1000, 5))), np.empty((0, 1000, 5)))


def test_too_many_numbers_as_keys_are_said_where_they_are():
    with pytest.raises(ValueError, match="expected at most 8192 keys that are no texts"):
        Codec(keeps=True).encode(dict.fromkeys(range(10_000)))
