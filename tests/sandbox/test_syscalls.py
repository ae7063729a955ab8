"""The table of system calls agrees with the kernel's headers, and the filter, run by hand, does what it promises."""

import re
import struct
from pathlib import Path

import pytest

from autograder.sandbox.syscalls import ARCHITECTURES, compile_filter, numbers

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
OTHER_NAMES = {"newfstatat": "fstatat"}  # in the generic header
ALLOWED, DENIED, ABSENT, KILLED = 0x7FFF0000, 0x50001, 0x50026, 0x80000000


def decide(machine: str, number: int, *arguments: int, architecture: int | None = None, pid: int = 77) -> int:
    """What the filter says of a call: its program run by hand."""
    known = ARCHITECTURES[machine][0]
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=IIQ6Q", number, architecture or known, 0, *padded)
    program, at, word = [*struct.iter_unpack("HBBI", compile_filter(pid, machine))], 0, 0
    while True:
        code, equal, other, k = program[at]
        at += 1
        if code == 0x20:
            word = struct.unpack_from("=I", data, k)[0]
        elif code == 0x54:
            word &= k
        elif code == 0x15:
            at += equal if word == k else other
        else:
            assert code == 0x06
            return k


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_those_of_the_kernel(machine):
    if not HEADERS[machine].exists():
        pytest.skip("the kernel's headers are not installed")
    text = HEADERS[machine].read_text()
    known = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    for name, number in numbers(machine).items():
        assert known.get(name, known.get(OTHER_NAMES.get(name))) == number, name


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_what_the_filter_says(machine):
    call = numbers(machine)
    for number in range(500):
        assert number in call.values() or decide(machine, number) == DENIED
    assert decide(machine, call["read"]) == ALLOWED
    assert decide(machine, call["read"], architecture=0x40000003) == KILLED
    assert decide(machine, 0x40000000 + call["read"]) == DENIED
    assert decide(machine, call["clone3"]) == ABSENT
    assert decide(machine, call["clone"], 17) == DENIED == decide(machine, call["clone"], 0x10000 | 0x10000000)
    assert decide(machine, call["clone"], 0x3D0F00) == ALLOWED  # a thread, as the C library makes it
    assert decide(machine, call["kill"], 77) == ALLOWED != decide(machine, call["kill"], 1)
    assert decide(machine, call["kill"], 2**32 - 1) == DENIED
    assert decide(machine, call["openat"], 0, 0, 0x241) == ALLOWED
    assert decide(machine, call["openat"], 0, 0, 0x200) == DENIED == decide(machine, call["openat"], 0, 0, 0x400002)
    assert decide(machine, call["mkdirat"], 0, 0, 0o755) == ALLOWED != decide(machine, call["mkdirat"], 0, 0, 0o300)
    assert decide(machine, call["socketpair"], 1, 1) == ALLOWED != decide(machine, call["socketpair"], 1, 2)
    assert decide(machine, call["prctl"], 15) == ALLOWED != decide(machine, call["prctl"], 1)
    assert decide(machine, call["fcntl"], 3, 8) == DENIED and decide(machine, call["ioctl"], 0, 0x5412) == DENIED
