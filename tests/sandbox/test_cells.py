"""Cells in the grader's shell are read as IPython reads them."""

import json
import os
import subprocess
import sys

from IPython.core.inputtransformer2 import TransformerManager

from autograder.questions import ROOT
from autograder.sandbox.cells import ESCAPES

CELLS = (
    "x = 1",
    "if x:\n    y = 2\n",
    "%time x = 1\ny = 2",
    "x = %time 1\n",
    "for k in range(2):\n    %time k\n",
    "%%time\nx = 1\ny = 2",
    "x = !ls\nx",
    "    !ls\n",
    "x?\ny = 1",
    "x.y??\n",
    "?x\ny = 1",
    "/f 1\nx = 2",
    ",f a b\nx = 2",
    "if x:\n    ;f a b\n",
    "x = 5 % 2\ny = x != 1\n",
    'x = "50 %"\ny = """\n/f 1\n"""\n',
    ">>> x = 1\n>>> y = 2\n",
    "In [1]: x = 1\n   ...: y = 2\n",
    "    x = 1\n    y = 2\n",
    "\n\nx = (1,\n, 2)\n",
    "def f(:\n",
    "x = [1\n",
)
ASKED = """
import json, sys
from autograder.sandbox.cells import new_shell
transform = new_shell().input_transformer_manager.transform_cell
print(json.dumps([transform(cell) for cell in json.load(sys.stdin)]))
"""


def test_it_transforms_as_ipython_does():
    sources = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("autograder/sandbox/*.py"))]
    cells = [*CELLS, *sources]
    assert any(ESCAPES.search(cell) for cell in cells) and not all(ESCAPES.search(cell) for cell in cells)
    ran = subprocess.run(
        [sys.executable, "-c", ASKED],
        input=json.dumps(cells),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    for cell, got in zip(cells, json.loads(ran.stdout), strict=True):
        assert got == TransformerManager().transform_cell(cell), cell
