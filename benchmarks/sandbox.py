"""What a student's process costs, rung by rung: `python benchmarks/sandbox.py`.

Medians of 20. fork: until the process is locked down and ready. all: with a cell run, and the process ended and
cleared away. call: one call of a function over the pipe, a small array each way. private: memory that a child does not
share with the process that it was forked from (Private_Dirty), before and after a cell.
"""

import contextlib
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from autograder.local import LocalBackend
from autograder.sandbox.linux import Sandbox
from autograder.sandbox.probing import why_not
from autograder.sandbox.remote import RemoteBackend
from autograder.sandbox.session import Session

SOURCE = "import numpy as np\ndef f(x):\n    return 2 * x\n"
TIMES = 20


def milliseconds(run: Callable[[], object], times: int = TIMES) -> float:
    """The median of so many runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def newest_below(pid: int) -> int:
    """The youngest process below this one: the last student's."""
    parents = {}
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            parents[int(name)] = int(Path(f"/proc/{int(name)}/stat").read_text().rpartition(")")[2].split()[1])
    below = {pid}
    for number in sorted(parents):
        if parents[number] in below:
            below.add(number)
    return max(below)


def private_megabytes(pid: int) -> float:
    """Memory that this process alone has written to."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


def measure(rung: str, torch: bool) -> None:
    """One row of the table."""
    began = time.perf_counter()
    with Sandbox(rung, torch=torch) as sandbox:
        start = time.perf_counter() - began
        fork = statistics.median(_forks(sandbox))

        def one() -> None:
            with Session(sandbox) as session:
                session.cell(SOURCE)

        whole = milliseconds(one)
        with Session(sandbox) as session:
            session.cell("1")
            pid = newest_below(sandbox.zygote.process.pid)
            before = private_megabytes(pid)
            session.cell(SOURCE)
            after = private_megabytes(pid)
            backend, x = RemoteBackend(session), np.ones((4, 5))
            call = milliseconds(lambda: backend.call("f", (x,), {}), 200)
    print(
        f"{rung:4} {'yes' if torch else 'no':5} {start:7.2f} s {fork:7.1f} ms {whole:7.1f} ms {call:7.2f} ms"
        f" {before:7.1f} MB {after:7.1f} MB"
    )


def _forks(sandbox: Sandbox) -> list[float]:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        child = sandbox.child()
        taken.append(1000 * (time.perf_counter() - began))
        child.close()
    return taken


def main() -> None:
    print(f"{'rung':4} {'torch':5} {'start':>9} {'fork':>10} {'all':>10} {'call':>10} {'private':>10} {'after':>10}")
    for rung in "AB":
        for torch in (False, True):
            if why_not(rung):
                print(f"{rung:4} {why_not(rung)}")
                break
            measure(rung, torch)
    space: dict = {}
    exec(SOURCE, space)
    local, x = LocalBackend(space), np.ones((4, 5))
    print(f"a call in the learner's own kernel: {milliseconds(lambda: local.call('f', (x,), {}), 200):.2f} ms")


if __name__ == "__main__":
    main()
