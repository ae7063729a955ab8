"""The training loop: take a batch, its gradient, clip, step; watched, timed and safe to interrupt."""

import math
import time
from dataclasses import dataclass, field

from rnn_core.errors import NonFiniteError, RangeError
from rnn_core.optim import clip_global_norm
from rnn_core.progress import Progress


@dataclass(repr=False)
class History:
    """What happened in a run: one entry a step, and why it ended.

    Units: loss as the model gives it (nats); norm, of the gradient before clipping, where it was
        clipped; seconds since the start.
    """

    loss: list[float] = field(default_factory=list)
    norm: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    stopped: str = "running"

    def __repr__(self):
        last = f" in {self.seconds[-1]:.1f} s, last loss {self.loss[-1]:.3f}" if self.loss else ""
        early = "" if self.stopped in ("batches ended", "limit of steps", "limit of seconds") else f" ({self.stopped})"
        return f"{len(self.loss)} steps{last}{early}"


def fit(
    loss_and_grads,
    params,
    batches,
    optimizer,
    clip=None,
    steps=None,
    seconds=None,
    decay=1.0,
    live=False,
    on_step=None,
):
    """Train `params` in place until a limit is reached, the batches end, or the learner interrupts.

    loss_and_grads(params, batch, state) gives a loss, gradients by name and the state to carry over; the
    state is None at the start of a pass. `batches` is an iterable (one pass), or a function without
    arguments that gives a new one for every pass. on_step(step, history) is called after each step.
    `live` draws the loss in a notebook, and None shows nothing, not even a line; or it is a `widgets.Training`, which
    has a button to stop as well.

    Units: clip is the largest norm of the gradient (of all arrays together); seconds of wall time; decay
        is the share of the learning rate that is left at the limit, reached along a straight line.
    Returns: History. An interrupt or a number that is not finite ends the run, as History then says; the
        parameters stay as they are, and can be used.
    Raises: RangeError for passes without end and without a limit; what loss_and_grads raises.
    """
    if callable(batches) and steps is None and seconds is None:
        raise RangeError("fit: expected steps or seconds as a limit, got neither")
    history, lr, start, state = History(), optimizer.lr, time.perf_counter(), None
    limits = {name: limit for name, limit in [("steps", steps), ("seconds", seconds)] if limit is not None}
    watching = live.watch(history, steps, seconds) if hasattr(live, "watch") else Progress(history, steps, live)
    with watching as progress:
        try:
            for begins, batch in _passes(batches):
                spent = {"steps": len(history.loss), "seconds": time.perf_counter() - start}
                reached = [name for name in limits if spent[name] >= limits[name]]
                if reached:
                    history.stopped = f"limit of {reached[0]}"
                    break
                share = max((spent[name] / limits[name] for name in limits), default=0)
                optimizer.lr = lr * (1 - (1 - decay) * share)

                loss, grads, state = loss_and_grads(params, batch, None if begins else state)
                if not math.isfinite(loss):
                    raise NonFiniteError(f"loss: expected a finite number, got {loss}")
                if clip is not None:
                    grads, norm = clip_global_norm(grads, clip)
                    history.norm.append(norm)
                optimizer.step(params, grads)

                history.loss.append(float(loss))
                history.seconds.append(time.perf_counter() - start)
                progress.update()
                if on_step:
                    on_step(len(history.loss), history)
                if progress.stop:
                    history.stopped = "stopped by the button"
                    break
            else:
                history.stopped = "batches ended"
        except KeyboardInterrupt:
            history.stopped = "interrupted"
        except NonFiniteError as error:
            history.stopped = str(error)
        finally:
            optimizer.lr = lr
    return history


def _passes(batches):
    """Every batch of every pass, with True for the first one of a pass."""
    while True:
        empty = True
        for batch in batches() if callable(batches) else batches:
            yield empty, batch
            empty = False
        if empty or not callable(batches):
            return
