"""What it costs to watch a run: the CPU time inside the widget's own calls, as a share of the run's, in the same run.

Another load on the machine slows both by as much and changes neither: what is counted is CPU time, of this thread in
the widget's calls (beginning, redraws with their samples, the stored picture at the end) and of the whole kernel in
the run. To be called in a notebook, where the widget is shown: `benchmarks.widgets` does so in JupyterLab.
"""

import contextlib
import time

import numpy as np

from rnn_core import plots
from rnn_core.cells import TANH
from rnn_core.character_model import char_loss_and_grads, char_step
from rnn_core.data.recall import first_symbol
from rnn_core.data.text import Vocabulary, load_text
from rnn_core.decode import generate
from rnn_core.init import rnn_params
from rnn_core.nets import last_step, net_params
from rnn_core.optim import Adam
from rnn_core.sequence import stream_batches
from rnn_core.train import fit
from rnn_core.widgets import Training


class Timed(Training):
    """A `Training` that keeps how much CPU time went into its calls: `spent`, and `redraws`, in seconds."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.spent, self.parts, self.redraws = 0.0, [], 0

    @contextlib.contextmanager
    def watch(self, *args):
        """As `Training.watch`, timed at both ends."""
        watching = super().watch(*args)
        with self._timed():
            watching.__enter__()
        try:
            yield self
        finally:
            with self._timed():
                watching.__exit__(None, None, None)

    def update(self):
        """As `Training.update`, timed."""
        with self._timed():
            super().update()

    def _redraw(self):
        self.redraws += 1
        super()._redraw()

    @contextlib.contextmanager
    def _timed(self):
        began = time.thread_time()
        yield
        self.parts.append(time.thread_time() - began)
        self.spent += self.parts[-1]


def until(seconds, batches):
    """Pass after pass, until the kernel has computed for so many seconds of CPU time. Yields: batches."""
    end = time.process_time() + seconds
    while True:
        for batch in batches():
            if time.process_time() >= end:
                return
            yield batch


def characters(live, seconds):
    """The run of lesson 3: 128 tanh units read the course's text; a sample of 100 characters at every redraw."""
    text = load_text()
    vocabulary = Vocabulary(text)
    ids, V = vocabulary.encode(text), len(vocabulary)
    params = rnn_params(np.random.default_rng(0), V, 128, V, dtype=np.float32)

    def sample():
        start = vocabulary.encode("The ")

        def step(read, h):
            return char_step(params, read, h)

        return vocabulary.decode(generate(step, None, start[-1:], 100, np.random.default_rng(7), 0.7)[0][0])

    live.sample = sample
    batches = until(seconds, lambda: stream_batches(ids, 32, 25))
    fit(char_loss_and_grads, params, batches, Adam(6e-3), 1.0, live=live)


def recall(live, seconds):
    """A run as in lessons 4 and 5: 32 units recall the first symbol of 40."""
    rng = np.random.default_rng(0)
    x, targets = first_symbol(rng, 32, 40)
    params = net_params(rng, TANH, x.shape[-1], 32, int(targets.max()) + 1, dtype=np.float32)

    def loss_and_grads(params, batch, state):
        return last_step(TANH, params, batch, state)

    fit(loss_and_grads, params, until(seconds, lambda: [(x, targets)]), Adam(1e-3), 1.0, live=live)


def shares(seconds=14):
    """Run both and measure. Units: seconds of CPU time for each run. Returns: lines of text, one a run."""
    lines = []
    plots.curves([0, 1], {"line": [0, 1]}, "x", "y").png()  # matplotlib comes in by the lesson's first figure
    for name, run in (("characters, with samples", characters), ("recall, no samples", recall)):
        live = Timed()
        began = time.process_time()
        run(live, seconds)
        whole = time.process_time() - began
        lines.append(
            f"watching {name}: {live.spent:.3f} s of {whole:.2f} s of CPU time in {live.redraws} redraws, "
            f"{live.spent / whole:.2%} of the run (begin {live.parts[0]:.3f}, end {live.parts[-1]:.3f} s)"
        )
    return lines
