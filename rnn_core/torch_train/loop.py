"""The training loop: take a batch, its gradient, clip, step; watched, timed, safe to interrupt and to kill."""

import time
from pathlib import Path

import torch

from rnn_core.errors import NonFiniteError, RangeError
from rnn_core.torch_train import checkpoint as files
from rnn_core.torch_train.device import computing, find_device, find_precision, loss_scaler, repeatable_products
from rnn_core.torch_train.history import History, TorchProgress, Unseen
from rnn_core.torch_train.interrupt import Interrupt
from rnn_core.torch_train.parallel import current
from rnn_core.torch_train.randomness import random_states, seed_all, set_random_states
from rnn_core.torch_train.run import Run
from rnn_core.torch_train.step import gradient, update

REASONS = ("", "stopped by the button", "limit of seconds", "limit of steps", "interrupted")


def fit(
    model,
    loss,
    batches,
    optimizer,
    profile,
    scheduler=None,
    checkpoint=None,
    every=60.0,
    unit="nats",
    state_axis=1,
    live=False,
    on_step=None,
):
    """Train a model of torch in place, until a limit of the profile is reached or the learner interrupts.

    loss(model, batch, state) gives the SUM of the losses of all tokens that count (a tensor), how many these are, and
    the state to carry over, which is None at the start of a pass and has no gradient. batches(turn) gives the batches
    of pass number `turn` over the data, from 0 on, the same ones whenever it is asked; a batch is a tuple of arrays
    with a row for each sequence. The model and the batches are moved to the profile's device.

    `checkpoint` names a file that the run is written to, and goes on from if it is there; sizes and settings are
    compared, but not what the loss and the batches are. scheduler steps once a step. `live` and on_step(step, history)
    are as for `train.fit`. Within `parallel.processes` each process computes its share of the rows, and the first one
    writes and shows.

    Shapes: the state's tensors have their rows on `state_axis`: 1 as in torch.nn, 0 as in `torch_cells`.
    Units: every, seconds between two writings, 0 for every step; unit, "bits" to have losses in nats shown in bits,
        else the name of the loss's own unit.
    Returns: History. An interrupt or a number that is not finite ends the run, as History then says; the model can be
        used, and what was not finite has not changed it.
    Raises: CheckpointError for a file that this run can not go on from, or that could not be read again; TooLargeError
        where one row, or the update, does not fit into memory; RangeError for a device that is not there, an
        optimizer of another model, a scheduler that asks for a loss, a batch without tokens or with fewer rows than
        processes.
    """
    group = current()
    device = find_device(profile.device, group.local_rank)
    if profile.deterministic:
        repeatable_products(device)  # before the next line and the model begin with CUDA
    trained = {id(p) for p in model.parameters()}
    if not any(id(p) in trained for settings in optimizer.param_groups for p in settings["params"]):
        raise RangeError("optimizer: expected one that steps parameters of this model, got one of another model")
    if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
        raise RangeError("scheduler: expected one that needs no loss to step, got ReduceLROnPlateau")
    precision = find_precision(profile.precision, device)
    scaler, history = loss_scaler(device, precision), History(unit=unit, parts=profile.parts)
    run = Run(
        model.to(device), loss, optimizer, scheduler, scaler, profile, device, precision, state_axis, group, history
    )
    outside, training, grad = random_states(device), model.training, torch.is_grad_enabled()  # given back at the end
    try:
        seed_all(profile.seed, group.rank)
        run.random = random_states(device)
        if checkpoint is not None:
            _go_on(run, Path(checkpoint))
        run.net = group.wrap(model, device)
        model.train()
        optimizer.zero_grad()
        with (
            computing(device, precision, profile.deterministic, profile.threads),
            Interrupt() as interrupt,
            _watching(run, live) as shown,
        ):
            _train(run, batches, interrupt, shown, checkpoint, every, on_step)
    finally:
        torch.set_grad_enabled(grad)  # an interrupt may have come where the optimiser had turned it off
        optimizer.zero_grad()
        model.train(training)
        set_random_states(outside)
    return history


def _train(run, batches, interrupt, shown, checkpoint, every, on_step):
    history, saved = run.history, time.perf_counter()
    begun = saved - (history.seconds[-1] if history.seconds else 0)
    try:
        for batch in run.walk(batches):
            if reason := _reason(run, time.perf_counter() - begun, interrupt, shown):
                history.stopped = reason
                break
            if checkpoint is not None and run.group.largest(time.perf_counter() - saved >= every):
                _write(run, checkpoint)
                saved = time.perf_counter()

            set_random_states(run.random)
            loss, norm, tokens, state = gradient(run, batch)
            with run.changing():
                update(run, state)
                history.add(loss, norm, tokens, time.perf_counter() - begun)
            shown.update()
            if on_step:
                on_step(len(history.loss), history)
        else:
            history.stopped = "batches ended"
    except NonFiniteError as error:
        history.stopped = str(error)
        return  # the last checkpoint is the better one
    except KeyboardInterrupt:  # by the model itself, or the second one
        history.stopped = "interrupted"
        if not run.whole or run.group.world > 1:
            return
    if checkpoint is not None:
        _write(run, checkpoint)


def _reason(run, seconds, interrupt, shown):
    """Why the run should end here, for all processes alike. Returns: a word of REASONS, "" to go on."""
    limits, reasons = run.profile, [""]
    if shown.stop:
        reasons.append("stopped by the button")
    if limits.seconds is not None and seconds >= limits.seconds:
        reasons.append("limit of seconds")
    if limits.steps is not None and len(run.history.loss) >= limits.steps:
        reasons.append("limit of steps")
    if interrupt.asked:
        reasons.append("interrupted")
    return REASONS[run.group.largest(REASONS.index(reasons[-1]))]


def _watching(run, live):
    """What shows the run: a `widgets.Training` or the like, else a line; of several processes, only in the first."""
    if not run.group.first:
        return Unseen(run.history)
    limits = run.profile.steps, run.profile.seconds
    if not hasattr(live, "watch"):
        return TorchProgress(run.history, *limits, live)
    if hasattr(live, "unit"):
        live.unit = run.history.unit
    return live.watch(run.history, *limits)


def _go_on(run, path):
    """Take up the run that the file holds, if there is one; the first process reads it for all."""
    content = None
    if run.group.first:
        path.parent.mkdir(parents=True, exist_ok=True)  # now, and not when the first hour is over
        content = files.load(path)
    content = run.group.share(content)
    if content is None:
        return
    run.unpack(content, path)
    if run.group.first:
        run.history.note(f"{path.name}: going on after step {run.history.resumed}.")


def _write(run, path):
    content = run.pack()
    if run.group.first:
        files.save(path, content)
