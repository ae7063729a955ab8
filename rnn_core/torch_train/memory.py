"""A batch that does not fit into memory: fewer rows at once, more times; what is learned stays the same."""

import gc
import sys

import torch

from rnn_core.errors import TooLargeError
from rnn_core.torch_train.randomness import random_states, set_random_states


def until_it_fits(run, attempt, most):
    """Try to compute a gradient, in twice as many parts (`most` at most) whenever memory runs out.

    The number of parts stays what it becomes here. Dropout draws other numbers for other parts; a run is then equal to
    one that had so many parts from this step on.

    Returns: what `attempt` does. Raises: TooLargeError where a single row does not fit; what else `attempt` raises.
    """
    before = random_states(run.device)
    while True:
        result = None
        try:
            result = attempt()
        except RuntimeError as error:  # it holds on to all tensors of the attempt: nothing can be freed in this block
            if not is_out_of_memory(error):
                raise
        if not run.group.largest(result is None):
            return result
        del result
        run.optimizer.zero_grad()
        if kernels := sys.modules.get("rnn_core.kernels.recurrence"):
            kernels.POOL.clear()  # arrays that they keep for batches of the size that did not fit
        if run.device.type in ("cuda", "mps"):
            gc.collect()
            getattr(torch, run.device.type).empty_cache()
        set_random_states(before)
        parts = min(2 * run.history.parts, most)
        if parts <= run.history.parts:
            sizes = f"T = {run.profile.T}, H = {run.profile.H}"
            raise TooLargeError(f"batch: out of memory with one row; expected something smaller than {sizes}")
        run.history.parts = parts
        if run.group.first:
            rows = -(-most // parts)
            run.history.note(
                f"Out of memory: now {rows} rows at once, {parts} times a step. The gradient stays the same."
            )


def is_out_of_memory(error):
    """Whether it is that: torch has a class for its own GPU memory; the processor, Apple and cuBLAS only say so."""
    said = ("out of memory", "can't allocate memory", "not enough memory", "ALLOC_FAILED")
    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in said)
