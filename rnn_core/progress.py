"""What is seen of a run while it goes on: a line, and in a notebook a curve of the loss.

The line is tqdm's. In a notebook both are displays that are replaced, so that a saved notebook holds their
last state and nothing else; outside a notebook and a terminal nothing is shown.
"""

import sys
import time


class Progress:
    """Show a `train.History` as it grows, at most twice a second; used as `with Progress(...) as progress`."""

    stop = False  # nothing here to press; an interrupt ends the run

    def __init__(self, history, steps, live):
        self.history, self.steps, self.live = history, steps, live
        place = _InNotebook if in_notebook() else _InTerminal if sys.stderr.isatty() else None
        self.show = place() if place and live is not None else None
        self.start = self.due = time.perf_counter()

    def __enter__(self):
        return self

    def update(self):
        """Show the state of the run, unless it was shown less than half a second ago."""
        now = time.perf_counter()
        if self.show is None or now < self.due:
            return
        self.show.line(self.text(now - self.start))
        self._draw()
        self.due = time.perf_counter()
        self.due += max(0.5, 10 * (self.due - now))  # a tenth of the time at most goes into drawing

    def text(self, seconds):
        """The line that is shown, `seconds` after the start. Returns: str."""
        from tqdm import tqdm

        done, postfix = len(self.history.loss), f"loss {self.history.loss[-1]:.3f}"
        return tqdm.format_meter(done, self.steps, seconds, ncols=78, unit="step", postfix=postfix)

    def __exit__(self, *_):
        if self.show is not None:
            self.show.last_line(repr(self.history))
            self._draw()

    def _draw(self):
        if self.live and self.history.loss:
            self.show.curve(self.history)


class _InTerminal:
    """A line that is overwritten, and cleared at the end; no curve."""

    def line(self, text):
        print(f"\r{text:78}", end="", file=sys.stderr, flush=True)

    def last_line(self, text):
        print("\r" + " " * 78, end="\r", file=sys.stderr, flush=True)

    def curve(self, history):
        pass


class _InNotebook:
    """Two places in the output of the cell, whose contents are replaced."""

    def __init__(self):
        self.places = {}

    def line(self, text):
        self._put("line", {"text/plain": text}, raw=True)

    last_line = line

    def curve(self, history):
        from rnn_core.plots import loss_curve

        self._put("curve", loss_curve(history, unit=getattr(history, "unit", "nats")))

    def _put(self, place, content, **options):
        from IPython.display import display

        if place in self.places:
            self.places[place].update(content, **options)
        else:
            self.places[place] = display(content, display_id=True, **options)


def in_notebook():
    """Whether this Python is the kernel of a notebook. Returns: bool."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None
