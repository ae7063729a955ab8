"""Cells in the grader's shell do what they do in IPython, the plain ones too, which pass it by."""

import json
import os
import subprocess
import sys

import pytest

from autograder.questions import ROOT
from autograder.sandbox.cells import IPYTHONS
from autograder.student import budget

PLAIN = (
    "x = 1",
    "x = 1\nx",
    "x = 1\nx;",
    "import math\nmath.pi\n",
    "_ = 3\nx = 4\nx",
    "print(1)\nprint(2)\n3",
    "if True:\n    4",
    "def f(a):\n    return 1 / a\n\n\ny = f(2)\nf(0)\nz = 1",
    "x = 1\nraise SystemExit(3)\n",
    "x = 1\nassert x == 2, 'no'\n",
    "def f(:\n    pass\n",
    "x = 1\nreturn x\n",
    "x = 1\nbreak\n",
    "x = [1\ny = 2",
    "from __future__ import annotations\n\n\ndef f(a: unknown): ...\n\n\nf.__annotations__",
    "x = 5 % 2\ny = x != 1\nx, y",
    'x = f"{1!r} {2:%}"\nx',
    "class A:\n    def __repr__(self):\n        return 'an A'\n\n\nA()",
    "import inspect\n\n\ndef f():\n    return 1\n\n\ninspect.getsource(f)",
    "x = None\nx",
    "# only\n# words\n",
    "x = __name__\nx",
    "1\n2\nNone",
    "x: int = 1\nx",
    "x = 2\nx\n# %%\ny = 3\ny\n# %%\nz = _, __\nprint(Out)",
    "x = 257\ny = 257\nx is y",  # which one piece of code would hold but once
    "'a'\nx = 1\n'b'\ny = __doc__",
    "x = 1\nfrom __future__ import annotations\n\n\ndef f(a: unknown): ...",
    "x = 1\nprint(__import__('sys')._getframe().f_code.co_filename)",
    "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\nwhile True:\n    pass",  # out of time, and where
    "import warnings\n\n\ndef f():\n    warnings.warn('no')\n\n\nf()\n# %%\nx = 1\nf()\n",  # said once a cell
    "x = 1\nraise SystemExit(3)\n# %%\nimport sys\nprint(getattr(sys, 'last_type', None))",
    "import builtins\nx = hasattr(builtins, 'exit'), hasattr(builtins, 'get_ip' + 'ython')\nx",
    "f = getattr(__import__('IP' + 'ython'), 'get_ip' + 'ython')\n"
    "f().events.register('post_execute', lambda: print('after'))\n# %%\nx = 1\ny = 2",
    "x = 1\nx / 0\n# %%\nimport sys\nprint(sys.last_type, sys.last_value, sys.last_traceback.tb_next.tb_lineno)",
)
LEFT = "def f(:\n    pass\n", "x = [1\ny = 2", "# only\n# words\n"  # nothing to run, or not in plain Python
IPYTHON = (
    "2",
    "x",
    "%time x = 1\ny = 2",
    "x = %time 1\n",
    "for k in range(2):\n    %time k\n",
    "%%time\nx = 1\ny = 2",
    "x = !echo a\nx",
    "    x = 1\n    y = 2\n",
    "x = 1\nx?",
    "len?\nx = 1",
    "?len\nx = 1",
    ">>> x = 1\n>>> x",
    "In [1]: x = 1\n   ...: x",
    "\n\nx = (1,\n2)\nx",
    "import asyncio\nx = await asyncio.sleep(0, 5)\nx",
    "get_ipython().run_line_magic('time', '1')\nx = 1",
    "who",
    "x = 1\n\x0c%time x",
    "x = 1\r%time x",
    "",
    "# one line",
    "exit = 3",
    "quit = 3",
    "!echo a\nx = 1",
    "x = 1\n,len a",
    "x = 1\n;len a",
    "x = 1\n/len 'a'",
    "... x = 1\n... x",
    "x = 1\n \t\nx",
    "x = 1\n\x0cx",
    "x = 1\n\x0bx",
    "x = 'a\x85b'\nx",
    "async def f():\n    return 1\n\n\nx = 1",
    "x = 'ipython'\nx",
    "from IPython.display import HTML\nx = 1",
    "x = __import__('as' + 'yncio').sleep(0, 5)\ny = await x\ny",
    "def f():\n    x = 1\n\\\n    x = 2\n    return x\n\n\nf()",  # at odds: Python's tokenize and its parser
    's = """\n[nav] In [1]: x\n"""\ns',
)
ASKED = """
import json, os, sys
from autograder.sandbox import cells
from autograder.sandbox.zygote import warm_up
shell, passed_by = cells.new_shell(), sys.argv[1] == "ours"
if passed_by:
    warm_up(shell)  # of which nothing is left

def after(source):
    if not passed_by:
        shell.plain = False
    given, run = [], shell.run_cell
    shell.run_cell = lambda source, **how: (given.append(source), run(source, **how))[1]
    parts = (*source.split("# %%\\n"), "x_again = 1\\n1 / 0\\n")
    made = [cells.run_cell(shell, part, 20.0, 100_000) for part in parts]
    for outputs in (ran["outputs"] for ran in made):
        outputs[:] = [output for output in outputs if "To exit" not in output.get("text", "")]  # a hint of IPython's
        for output in outputs:  # the time that %time tells is never the same
            if "text" in output and "Wall time" in output["text"]:
                output["text"] = "times"
    names = {name: repr(value) for name, value in shell.user_ns.items() if isinstance(value, (int, str, tuple))}
    return [made, names, shell.plain, given]

for source in json.load(sys.stdin):
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, json.dumps(after(source)).encode())
        os._exit(0)
    os.wait()
    print(os.read(reader, 10**6).decode())
"""


@pytest.fixture(scope="module")
def ran() -> dict[str, list]:
    """What came of each cell and of one after it, in our way and by IPython alone: results, names, plain or not."""

    def run(how: str) -> list:
        got = subprocess.run(
            [sys.executable, "-c", ASKED, how],
            **dict(input=json.dumps(PLAIN + IPYTHON), cwd=ROOT, capture_output=True, text=True, check=True),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return [json.loads(line) for line in got.stdout.splitlines()]

    return dict(zip(PLAIN + IPYTHON, zip(run("ours"), run("ipython"), strict=True), strict=True))


@pytest.mark.parametrize("source", PLAIN + IPYTHON)
def test_a_cell_does_what_it_does_in_ipython(ran, source):
    ours, theirs = ran[source]
    assert ours[:2] == theirs[:2]


@pytest.mark.parametrize("source", PLAIN)
def test_plain_cells_pass_ipython_by(ran, source):
    _, _, plain, given = ran[source][0]
    assert plain and not IPYTHONS.search(source)
    assert given == ([source] if source in LEFT else [])


@pytest.mark.parametrize("source", IPYTHON)
def test_the_others_do_not_nor_does_any_after_them(ran, source):
    assert not ran[source][0][2]


def test_whether_a_cell_is_plain_is_seen_at_once():
    with budget(5.0):
        assert not IPYTHONS.search("x = 1\n" + "\n" * 10**5 + "y = 2\n")
