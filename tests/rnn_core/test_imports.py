"""The package needs numpy alone, until something is drawn or watched."""

import subprocess
import sys

ALONE = """
import importlib, pkgutil, sys

class Missing:
    names = {"nbgrader", "ipywidgets", "anywidget", "torch", "IPython", "matplotlib", "tqdm", "scipy", "autograder"}
    names |= {"sklearn"}
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import rnn_core

def modules(package):
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        last = info.name.split(".")[-1]
        if last in ("widgets", "kernels") or last.startswith("torch_"):
            continue  # made for more than numpy
        yield importlib.import_module(info.name)
        if info.ispkg:
            yield from modules(sys.modules[info.name])

names = [module.__name__ for module in modules(rnn_core)]
assert {"rnn_core.rnn", "rnn_core.plots", "rnn_core.data.text"} <= set(names), names

from rnn_core import optim, train
train.fit(lambda params, batch, state: (batch, {}, None), {}, [1.0], optim.SGD(0.1), live=True)
try:
    import torch
except ModuleNotFoundError:
    print("as it should be")
"""


def test_numpy_is_enough():
    run = subprocess.run([sys.executable, "-W", "error", "-c", ALONE], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("as it should be\n", "")
