"""What each process of torchrun does in `test_parallel`: it notes what it sees, and leaves it in the given folder."""

import os
import signal
import sys
from pathlib import Path

import torch

from rnn_core.torch_train import checkpoint, document_windows, language_loss, processes, shuffled

from .runs import Noting, T, documents, make_model, train
from .test_memory import with_room_for

ROWS = 5  # not a multiple of the processes


def ragged(turn):
    return document_windows(documents(), ROWS, T, shuffled(len(documents()), 3, turn))


def gradients(rank, parts, loss=language_loss):
    """The gradients of some windows, the model staying as it is; begun differently in each process."""
    model = make_model(seed=0 if rank == 0 else 99)
    _, optimizer, history = train(
        model, Noting(model.parameters(), 0.0), loss, data=ragged, N=ROWS, parts=parts, steps=6
    )
    return optimizer.seen, history.loss, history.tokens, history.parts


def noisy(steps, path=None, on_step=None, every=60.0):
    model = make_model(dropout=0.4)
    optimizer = torch.optim.SGD(model.parameters(), 0.5, momentum=0.9)
    return train(model, optimizer, data=ragged, N=ROWS, steps=steps, checkpoint=path, on_step=on_step, every=every)


def main(folder, rank):
    seen = {"gradients": {parts: gradients(rank, parts) for parts in (1, 2)}}
    seen["one is short of memory"] = gradients(rank, 1, with_room_for(1) if rank == 1 else language_loss)

    written, save = [], checkpoint.save
    checkpoint.save = lambda path, content: (written.append(Path(path).name), save(path, content))
    seen["whole"] = noisy(9)[0].state_dict()
    noisy(4, folder / "run.pt")
    model, _, history = noisy(9, folder / "run.pt", every=0)
    seen["resumed"], seen["from"], seen["written"] = model.state_dict(), history.resumed, len(written)

    def interrupts(step, history):
        if step == 2 and rank == 1:
            os.kill(os.getpid(), signal.SIGINT)

    _, _, history = noisy(9, folder / "interrupted.pt", interrupts)
    seen["interrupted"] = history.stopped, len(history.loss)
    return seen


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    with processes("cpu") as group:
        torch.save(main(folder, group.rank), folder / f"seen{group.rank}.pt")
