"""What is seen of a run while it goes on: a line, and in a notebook a curve of the loss.

The line is tqdm's. In a notebook both are displays that are replaced, so that a saved notebook holds their
last state and nothing else; outside a notebook and a terminal nothing is shown.
"""

import sys
import time


class Progress:
    """Follow a `train.History`, at most twice a second."""

    def __init__(self, history, steps, live):
        self.history, self.steps = history, steps
        self.notebook = in_notebook()
        self.live = live and self.notebook
        self.start = self.due = time.perf_counter()
        self.handles = {}

    def __enter__(self):
        return self

    def update(self):
        """Show the state of the run, unless it was shown less than half a second ago."""
        now = time.perf_counter()
        if now < self.due or not self.history.loss:
            return
        from tqdm import tqdm

        done, postfix = len(self.history.loss), f"loss {self.history.loss[-1]:.3f}"
        line = tqdm.format_meter(done, self.steps, now - self.start, ncols=78, unit="step", postfix=postfix)
        self._show(line)
        self.due = time.perf_counter()
        self.due += max(0.5, 10 * (self.due - now))  # drawing takes a tenth of the time at most

    def __exit__(self, *_):
        if self.notebook:
            self._show(repr(self.history))
        elif sys.stderr.isatty():
            print("\r" + " " * 78, end="\r", file=sys.stderr)

    def _show(self, line):
        if self.notebook:
            self._display("line", {"text/plain": line}, raw=True)
            if self.live and self.history.loss:
                from rnn_core.plots import loss_curve

                self._display("curve", loss_curve(self.history))
        elif sys.stderr.isatty():
            print("\r" + line, end="", file=sys.stderr, flush=True)

    def _display(self, name, content, **options):
        """Replace what stands in the place `name` of the cell's output."""
        from IPython.display import display

        if name in self.handles:
            self.handles[name].update(content, **options)
        else:
            self.handles[name] = display(content, display_id=True, **options)


def in_notebook():
    """Whether this Python runs as the kernel of a notebook. Returns: bool."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
