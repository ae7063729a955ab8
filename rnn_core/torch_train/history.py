"""What happened in a run, and what is seen of it while it goes on."""

import math
import sys
import time
from dataclasses import dataclass, field

from rnn_core import progress, train

WARM_UP = 3  # steps that the speed leaves out: in the first ones kernels are chosen and memory is found


@dataclass(repr=False)
class History(train.History):
    """As `train.History`, and how many tokens each step read.

    Units: loss in `unit`; tokens that count in the loss, of all processes together; resumed, the steps that an earlier
        process did; parts, in how many a batch is computed; notes, what else there was to say.
    """

    tokens: list[int] = field(default_factory=list)
    unit: str = "nats"
    resumed: int = 0
    parts: int = 1
    notes: list[str] = field(default_factory=list)

    @property
    def tokens_a_second(self):
        """The speed, the first steps of this process left out; None before there are others."""
        begin = self.resumed + WARM_UP
        if len(self.loss) <= begin or self.seconds[-1] <= self.seconds[begin - 1]:
            return None
        return sum(self.tokens[begin:]) / (self.seconds[-1] - self.seconds[begin - 1])

    def add(self, nats, norm, tokens, seconds):
        """Note a step. Units: `nats`, the loss as it was computed: in nats where the unit is nats or bits."""
        self.loss.append(nats / math.log(2) if self.unit == "bits" else nats)
        self.norm.append(norm)
        self.tokens.append(int(tokens))
        self.seconds.append(seconds)

    def note(self, text):
        """Keep and print what the person who trains should know."""
        self.notes.append(text)
        print(text)

    def __repr__(self):
        if not self.loss:
            return super().__repr__()
        rate = self.tokens_a_second
        speed = f", {rate:,.0f} tokens a second" if rate else ""
        early = "" if self.stopped in ("batches ended", "limit of steps", "limit of seconds") else f" ({self.stopped})"
        return (
            f"{len(self.loss)} steps in {self.seconds[-1]:.1f} s{speed}, "
            f"last loss {self.loss[-1]:.3f} {self.unit}{early}"
        )


class TorchProgress(progress.Progress):
    """A line with the speed and the time left: in a notebook with a curve, in a terminal, or seldom in a log."""

    def __init__(self, history, steps, seconds, live):
        super().__init__(history, steps, live)
        self.seconds = seconds
        if self.show is None and live is not None:
            self.show = _InLog()

    def text(self, seconds):
        done = len(self.history.loss)
        of = f" of {self.steps}" if self.steps is not None else ""
        words = [f"step {done}{of}", f"loss {self.history.loss[-1]:.3f} {self.history.unit}"]
        if self.history.tokens_a_second:
            words.append(f"{self.history.tokens_a_second:,.0f} tokens a second")
        left = self._left(done, seconds)
        return ", ".join(words + ([f"{left // 60:.0f}:{left % 60:02.0f} left"] if left is not None else []))

    def _left(self, done, seconds):
        """Seconds up to the nearer limit, at the speed of this process so far."""
        left = []
        if self.steps is not None and done > self.history.resumed:
            left.append(seconds / (done - self.history.resumed) * (self.steps - done))
        if self.seconds is not None:
            left.append(self.seconds - self.history.seconds[-1])
        return round(max(0, min(left))) if left else None


class Unseen(progress.Progress):
    """What the processes other than the first one show: nothing."""

    def __init__(self, history):
        super().__init__(history, None, None)
        self.show = None


class _InLog:
    """Where nobody looks now, but perhaps later: a line every half minute."""

    pause = 30.0  # seconds

    def __init__(self):
        self.due = time.perf_counter() + self.pause

    def line(self, text):
        if time.perf_counter() >= self.due:
            print(text, file=sys.stderr, flush=True)
            self.due = time.perf_counter() + self.pause

    def last_line(self, text):
        pass  # what fit returns says the same

    curve = last_line
