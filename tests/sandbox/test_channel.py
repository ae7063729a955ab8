"""Frames arrive as they were sent; whatever else arrives is refused, and a check meets nothing but a StudentError."""

import json
import random
import socket
import struct
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.channel import HEAD, MAX_BUFFERS, MAX_BYTES, MAX_JSON, Channel
from autograder.sandbox.lockdown import Budget
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session
from autograder.verdict import StudentError, grade
from autograder.wire import Codec, WireError, clean
from tests.autograder.common import scale_exercise
from tests.autograder.test_wire import BUFFERS, mutated, random_tree, well_formed


@pytest.fixture
def pair():
    one, two = socket.socketpair()
    with one, two:
        yield Channel(one), Channel(two)


def soon(seconds: float = 0.2) -> float:
    return time.monotonic() + seconds


def frame(message, buffers=()) -> bytes:
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    sizes = [len(buffer) for buffer in buffers]
    head = HEAD.pack(len(text), len(sizes), sum(sizes)) + struct.pack(f"!{len(sizes)}Q", *sizes)
    return head + text + b"".join(buffers)


@given(st.dictionaries(st.text(), st.text() | st.integers()), st.lists(st.binary(max_size=300), max_size=6))
@settings(max_examples=50, deadline=None)
def test_a_frame_arrives_as_it_was_sent(message, buffers):
    one, two = socket.socketpair()
    with one, two:
        Channel(one).send(message, buffers)
        Channel(one).send({"second": 1})
        there = Channel(two)
        assert there.receive(soon()) == (message, buffers)
        assert there.receive(soon()) == ({"second": 1}, [])


def test_large_frames_arrive(pair):
    buffers = [bytes(10**7), b"", b"x" * 10**6]
    threading.Thread(target=pair[0].send, args=({"a": "b" * 10**6}, buffers)).start()
    message, got = pair[1].receive(soon(10))
    assert got == buffers and len(message["a"]) == 10**6


@pytest.mark.parametrize(
    "head", [(MAX_JSON + 1, 0, 0), (2, MAX_BUFFERS + 1, 0), (2, 1, MAX_BYTES + 1), (2**32 - 1, 2**32 - 1, 2**64 - 1)]
)
def test_a_length_beyond_its_bound_is_refused_before_anything_is_read(pair, head):
    pair[0].sock.sendall(HEAD.pack(*head))
    with pytest.raises(WireError, match="too large"):
        pair[1].receive(soon())


def test_what_is_too_large_is_not_sent_at_all(pair):
    for message, buffers in (
        ({"a": "b" * MAX_JSON}, []),
        ({}, [bytes(MAX_BYTES + 1)]),
        ({}, [b""] * (MAX_BUFFERS + 1)),
    ):
        with pytest.raises(WireError, match="too large"):
            pair[0].send(message, buffers, soon())
    pair[0].send({"a": 1})
    assert pair[1].receive(soon()) == ({"a": 1}, [])


@pytest.mark.parametrize(
    "data", [b"[]", b"1", b"null", b"{", b"\xff", b"[" * 10**6, b'{"a": 1' + b"0" * 5000 + b"}", b'"\\ud800"', b""]
)
def test_what_is_no_object_is_refused(pair, data):
    threading.Thread(target=pair[0].sock.sendall, args=(frame(data),)).start()
    with pytest.raises(WireError):
        pair[1].receive(soon(10))


def test_lengths_that_do_not_add_up_are_refused(pair):
    pair[0].sock.sendall(HEAD.pack(2, 2, 8) + struct.pack("!2Q", 2**40, 8) + b"{}" + bytes(8))
    with pytest.raises(WireError, match="announced"):
        pair[1].receive(soon())


def test_a_closed_end_and_a_deadline(pair):
    pair[0].sock.sendall(frame({"a": 1})[:5])
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        pair[1].receive(soon())
    with pytest.raises(TimeoutError):
        pair[1].send({"a": "x" * 10**6}, [bytes(10**7)], soon())
    assert time.monotonic() - began < 2
    pair[0].sock.close()
    with pytest.raises((EOFError, ConnectionResetError)):
        pair[1].receive(soon())


def test_a_small_frame_cannot_fill_the_memory():
    codec = Codec(keeps=False)
    with pytest.raises(WireError, match="used twice"):
        codec.decode({"list": [{"array": "uint8", "shape": [8], "at": 0}] * 2}, [bytes(8)])
    text = {"text": [4000], "items": ["a" * 4000] + [""] * 3999}
    with pytest.raises(WireError, match="too much text"):
        codec.decode({"list": [text, text]}, [])
    rng, buffers = Codec(keeps=True).encode(np.random.Generator(np.random.SFC64(1)))
    with pytest.raises(WireError):
        codec.decode({"list": [rng] * 5000}, buffers)


def test_text_of_a_students_can_be_shown():
    assert clean("h = x @ W\n\té ≤ 你好") == "h = x @ W\n\té ≤ 你好"
    assert clean("\x1b[2J\ud800\u202e\x00\r") == "\ufffd[2J" + 4 * "\ufffd"


# the whole way: a student's process that answers anything


class Pretender:
    """A sandbox whose students' processes have already said what they will say."""

    budget = Budget(wall=60)

    def __init__(self, said: bytes):
        self.said = said

    def child(self):
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**20)
        theirs.sendall(self.said)
        theirs.shutdown(socket.SHUT_WR)

        def close():
            ours.close()
            theirs.close()
            return "it ended"

        return SimpleNamespace(channel=Channel(ours), close=close, killed_for="")


def asks_all(said: bytes) -> None:
    """Whatever was said, every way of asking gives a value or a StudentError."""
    with Session(Pretender(said)) as session:
        backend = RemoteBackend(session, 1.0, {"abs": abs})
        for ask in (
            lambda: backend.call("f", (np.ones(2), abs), {}),
            lambda: backend.value("f"),
            lambda: session.execute("1", "a.py"),
        ):
            try:
                ask()
            except StudentError as error:
                assert isinstance(error.kind, str) and isinstance(error.message, str)
        outputs, error = session.cell("1")
        assert isinstance(outputs, list) and (error is None or isinstance(error, StudentError))
    with Session(Pretender(said)) as session:
        result = grade(scale_exercise(), RemoteBackend(session, 1.0))
        assert result.points == 0 and json.dumps(result.as_dict())


def anything(draw: random.Random) -> bytes:
    """Some frames that are right, nearly right, or wrong."""
    base, base_buffers = well_formed()
    said = b""
    for _ in range(draw.randrange(1, 5)):
        tree, buffers = draw.choice([(random_tree(draw), draw.choice(BUFFERS)), (mutated(draw, base), base_buffers)])
        wrapped = draw.choice(
            [tree, {"tuple": [tree, {"list": [tree]}]}, {"tuple": [{"tuple": [tree, tree]}, {"list": []}]}]
        )
        key = draw.choice(["returned", "returned", "returned", "raised", "ask", "args", "printed", "do"])
        message = {key: wrapped, "printed": draw.choice(["", "x", None, 3, [wrapped]])}
        message |= draw.choice([{}, {}, {"args": wrapped}, {"ask": draw.choice([0, 1, -1, None, 10**9])}])
        message |= draw.choice(
            [{}, {}, {"raised": draw.choice([["A", "b", ["c"]], [1, 2, 3], "abc", None, [[], {}, []]])}]
        )
        data = bytearray(frame(message, buffers))
        for _ in range(draw.choice([0, 0, 0, 1, 3])):
            data[draw.randrange(len(data))] = draw.randrange(256)
        said += bytes(data[: draw.choice([len(data)] * 5 + [draw.randrange(len(data))])])
    return said


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 11))])
def test_whatever_a_process_says_a_check_meets_a_student_error(seed):
    draw = random.Random(seed)
    for _ in range(1000 if seed else 200):
        asks_all(anything(draw))


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_noise_is_no_answer(data):
    asks_all(data)
