"""Several processes, each with its own GPU and its own rows of every batch; `torchrun` starts them.

    torchrun --nproc-per-node 2 train_it.py      # its work stands in `with processes():`

Each process adds up the gradient of its rows. torch's DistributedDataParallel averages over processes; but rows differ
in length, and a mean of means would give the tokens of a short row more weight. So `step` averages sums, and divides
by all tokens. Source: Li et al. (2020), PyTorch distributed: experiences on accelerating data parallel training.
"""

import contextlib
import os
from dataclasses import dataclass

import torch
import torch.distributed as dist

from rnn_core.errors import RangeError
from rnn_core.torch_train.device import find_device


@dataclass(frozen=True)
class Group:
    """The processes of a run, seen from one of them: number `rank` of `world`. All have to ask the same questions."""

    rank: int = 0
    world: int = 1

    @property
    def first(self):
        """Whether this is the process that writes and speaks for all."""
        return self.rank == 0

    @property
    def local_rank(self):
        """The number of this process on its machine."""
        return int(os.environ.get("LOCAL_RANK", 0)) if self.world > 1 else 0

    def largest(self, number):
        """The largest of the processes' whole numbers, so that all decide alike."""
        return int(self._reduced([number], dist.ReduceOp.MAX)[0])

    def sums(self, *numbers):
        """Each number, added up over the processes. Returns: list of floats."""
        return self._reduced(numbers, dist.ReduceOp.SUM)

    def _reduced(self, numbers, how):
        if self.world == 1:
            return list(numbers)
        numbers = torch.tensor(numbers, dtype=torch.float64)  # in the processors' memory: gloo carries it
        dist.all_reduce(numbers, how)
        return numbers.tolist()

    def gather(self, thing):
        """What each process has, in their order, for the first of them; the others get None."""
        if self.world == 1:
            return [thing]
        things = [None] * self.world if self.first else None
        dist.gather_object(thing, things)
        return things

    def share(self, thing):
        """What the first process has, for all."""
        things = [thing]
        if self.world > 1:
            dist.broadcast_object_list(things)
        return things[0]

    def wrap(self, model, device):
        """The model as a process computes with it: begun alike everywhere, with gradients that are averaged."""
        if self.world == 1:
            return model
        from torch.nn.parallel import DistributedDataParallel

        return DistributedDataParallel(model, device_ids=[device.index] if device.type == "cuda" else None)

    def silent(self, net):
        """A context in which the backward pass of a wrapped model keeps its gradient to itself."""
        return net.no_sync() if self.world > 1 else contextlib.nullcontext()


@contextlib.contextmanager
def processes(device="auto"):
    """Join the processes that torchrun has started; alone, do nothing. Yields: `Group`."""
    if int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield Group()
        return
    found = find_device(device, int(os.environ["LOCAL_RANK"]))
    if found.type == "cuda":
        torch.cuda.set_device(found)
    dist.init_process_group("cpu:gloo,cuda:nccl" if found.type == "cuda" else "gloo")
    try:
        yield current()
    finally:
        dist.destroy_process_group()


def current():
    """The processes that this one belongs to. Returns: `Group`.

    Raises: RangeError where torchrun started several that have not joined: each would train a model of its own.
    """
    if dist.is_available() and dist.is_initialized():
        return Group(dist.get_rank(), dist.get_world_size())
    started = int(os.environ.get("WORLD_SIZE", 1))
    if started > 1:
        raise RangeError(f"fit: expected the {started} processes of torchrun to be joined by `with processes():`")
    return Group()
