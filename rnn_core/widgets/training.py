"""A run while it goes on: loss, length of the gradient, a sample, the time left, and a button to stop."""

import contextlib
import math
import time

import numpy as np

from rnn_core import plots
from rnn_core.widgets.base import Widget

POINTS = 150  # of a curve: more are averaged in groups
PAUSE, SHARE = 0.5, 200  # seconds between two pictures; and of the time a 200th at most goes into them


class Training(Widget):
    """Handed to `train.fit` as `live`: `fit(..., live=Training(sample=write))`.

    sample: a function without arguments that returns a text written by the model as it is, or None. norms: the
    learner's own list of gradient norms, where they clip themselves; else those of `fit`. The button ends the run
    after the step that is under way, and the parameters stay as they are. Where a page can not reach a kernel that
    computes, interrupting the kernel does the same.
    """

    title = "Training"
    start = {"stop": False}  # noqa: RUF012

    def __init__(self, sample=None, norms=None, unit="nats"):
        self.sample, self.norms, self.unit = sample, norms, unit
        self.history, self.steps, self.seconds, self.text, self.running = None, None, None, "", False
        super().__init__()
        self.show()

    @property
    def stop(self):
        """Whether the button was pressed."""
        return bool(self.controls.get("stop"))

    @contextlib.contextmanager
    def watch(self, history, steps, seconds):
        """Show a run from its begin to its end. Yields: this widget, for `update` and `stop`."""
        from rnn_core.progress import in_notebook

        self.history, self.steps, self.seconds, self.running = history, steps, seconds, True
        self.began = self.due = time.perf_counter()
        self.before = len(history.loss), (history.seconds or [0])[-1]  # of a run that goes on
        self.controls = {**self.controls, "stop": False}
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = None  # ipykernel 7.4 else lets the button wait until this thread is free
        self._answer(self.controls)
        place = None
        if in_notebook():
            from IPython.display import display

            place = display(self, display_id=True)
        try:
            yield self
        finally:
            self.running = False
            self._redraw()
            if place:
                place.update(self)  # what is stored with the notebook shows the end

    def update(self):
        """Draw the run as it is, unless that was done a moment ago."""
        now = time.perf_counter()
        if now >= self.due:
            self._redraw()
            after = time.perf_counter()
            self.due = after + max(PAUSE, SHARE * (after - now))

    def _redraw(self):
        if self.sample and self.history.loss:
            try:
                self.text = str(self.sample())
            except Exception as error:  # the run goes on
                self.text = f"No sample: {type(error).__name__}: {error}"
        self._answer(self.controls)

    def compute(self, controls):
        """The curves, thinned. Returns: loss and norm at some steps, the sample, and the state of the run."""
        loss = self.history.loss if self.history else []
        norm = self.norms if self.norms is not None else self.history.norm if self.history else []
        return {
            "title": self.title, "steps": thin(np.arange(1, len(loss) + 1)), "loss": thin(loss), "norm": thin(norm),
            "sample": self.text, "unit": self.unit, "running": self.running, "says": self._says(loss, norm),
        }  # fmt: skip

    def static(self, picture):
        if picture["running"]:  # drawn at the end: until then it would cost more than all redraws
            return None
        curves = {"loss": picture["loss"] or [math.nan]}
        steps = picture["steps"] or [0]
        still = plots.curves(steps, curves, "step", f"loss ({self.unit})", title=self.title, alt=picture["says"])
        still.figure.set_layout_engine(None)  # to look for a layout takes longer than to draw
        still.figure.subplots_adjust(left=0.12, right=0.98, bottom=0.16, top=0.9)
        return still

    def _says(self, loss, norm):
        if not loss:
            return "Nothing is trained yet: hand this widget to fit as `live`."
        last = f"Step {len(loss)}: loss {np.mean(loss[-len(loss) // 50 - 1 :]):.3f} {self.unit}"
        last += f", gradient of length {norm[-1]:.2f}" if len(norm) else ""
        if not self.running:
            return f"{last}. The run has ended: {self.history.stopped}."
        return f"{last}{self._left(len(loss))}."

    def _left(self, done):
        (steps, seconds), spent, left = self.before, time.perf_counter() - self.began, []
        if self.steps and done > steps:
            left.append(spent / (done - steps) * (self.steps - done))
        if self.seconds:
            left.append(self.seconds - seconds - spent)
        return f", about {max(0, min(left)):.0f} s left" if left else ""


def thin(values):
    """Means of neighbours, so that at most POINTS numbers are left. Returns: list."""
    values = np.asarray(values, dtype=float)
    return [float(part.mean()) for part in np.array_split(values, min(POINTS, len(values)))] if len(values) else []
