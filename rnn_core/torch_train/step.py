"""One step of training: the gradient of the mean over all tokens, from parts that fit into memory, then the update."""

import contextlib
import math

from torch.nn.utils import clip_grad_norm_

from rnn_core.errors import NonFiniteError, RangeError, TooLargeError
from rnn_core.torch_train.device import autocast
from rnn_core.torch_train.memory import is_out_of_memory, until_it_fits
from rnn_core.torch_train.randomness import random_states, set_random_states
from rnn_core.torch_train.rows import as_batch, cut, detach, join, to_device


def gradient(run, arrays):
    """The gradient of a batch, left in the parameters: each token counts alike, whatever row, part or process it is in.

    Nothing else is changed yet. Returns: loss (the mean over all tokens), the norm of its gradient before clipping, the
        number of tokens, and the state to carry over.
    Raises: NonFiniteError for a loss or a gradient that is not finite; RangeError for a batch without tokens or with
        fewer rows than processes; TooLargeError.
    """
    batch, rows = as_batch(arrays)
    if rows < run.group.world:
        raise RangeError(f"batch: expected a row for each of {run.group.world} processes, got {rows} rows")
    mine = to_device(cut(batch, run.group.world)[run.group.rank], run.device)
    total, tokens, state = _sum_gradient(run, mine, most=-(-rows // run.group.world))
    total, tokens = run.group.sums(float(total), float(tokens))
    if tokens == 0:
        raise RangeError("batch: expected at least one token that counts, got none")
    if not math.isfinite(total):
        raise NonFiniteError(f"loss: expected a finite number, got {total / tokens}")

    run.scaler.unscale_(run.optimizer)  # before clipping, which would else measure the factor as well
    params = [p for p in run.model.parameters() if p.grad is not None]
    for p in params:
        p.grad *= run.group.world / tokens  # from the sum, which was averaged over processes, to the mean
    norm = float(clip_grad_norm_(params, math.inf if run.profile.clip is None else run.profile.clip))
    if not (math.isfinite(norm) or run.scaler.is_enabled()):  # a scaler leaves such a step out, and lowers its factor
        raise NonFiniteError(f"gradient: expected a finite norm, got {norm}")
    return total / tokens, norm, tokens, state


def update(run, state):
    """Change the model by its gradient, and go on to the next batch with this state. Raises: TooLargeError."""
    factor = run.scaler.get_scale()
    try:
        run.scaler.step(run.optimizer)
    except RuntimeError as error:  # the optimiser's own numbers: fewer rows at once would not help
        if not is_out_of_memory(error):
            raise
        raise TooLargeError(f"update: out of memory; expected a model smaller than H = {run.profile.H}") from error
    run.scaler.update()
    left_out = run.scaler.get_scale() < factor
    if run.scheduler is not None and not left_out:
        run.scheduler.step()
    run.optimizer.zero_grad()
    run.state, run.place = state, run.place + 1


def _sum_gradient(run, batch, most):
    """The gradient of the sum of the losses, in more parts (`most` at most) if the batch is too large for memory.

    Several processes compute their last backward pass together, and none can turn back from there. So they rehearse
    the first step, each for itself, and agree on the number of parts.

    Returns: the sum, the number of tokens, the state after the batch.
    """
    if run.group.world == 1:
        return until_it_fits(run, lambda: _accumulate(run, batch), most)
    if run.rehearsed != run.history.parts:
        before = random_states(run.device)
        until_it_fits(run, lambda: _accumulate(run, batch, together=False), most)
        run.rehearsed = run.history.parts
        run.optimizer.zero_grad()
        set_random_states(before)
    try:
        return _accumulate(run, batch)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        parts = run.history.parts
        raise TooLargeError(f"batch: out of memory in {parts} parts; begin again with parts={2 * parts}") from error


def _accumulate(run, batch, together=True):
    """Add up the gradient of one part after the other; with `together` the last adds those of other processes."""
    parts = min(run.history.parts, len(batch[0]))
    total, tokens, states = 0, 0, []
    pieces = zip(cut(batch, parts), cut(run.state, parts, run.state_axis), strict=True)
    for k, (piece, state) in enumerate(pieces):
        speaks = together and k == parts - 1
        with contextlib.nullcontext() if speaks else run.group.silent(run.net):
            with autocast(run.device, run.precision):
                piece_total, piece_tokens, state = run.loss(run.net, piece, state)
            run.scaler.scale(piece_total).backward()
        total, tokens = total + piece_total.detach(), tokens + piece_tokens
        states.append(detach(state))
    return total, tokens, join(states, run.state_axis)
