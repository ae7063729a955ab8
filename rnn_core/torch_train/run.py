"""A run under way: all that changes from step to step, and so all that a checkpoint has to hold."""

import contextlib
import itertools
from dataclasses import asdict, dataclass
from typing import Any

import torch

from rnn_core.errors import CheckpointError
from rnn_core.torch_train import checkpoint
from rnn_core.torch_train.history import History
from rnn_core.torch_train.parallel import Group
from rnn_core.torch_train.profile import Profile
from rnn_core.torch_train.randomness import random_states, seed_all
from rnn_core.torch_train.rows import cut, join, to_device

HELD = ("identity", "model", "optimizer", "scheduler", "scaler", "random", "state", "turns", "place", "history")
FREE = ("name", "steps", "seconds", "parts", "device")  # what may differ between a run and one that goes on from it


@dataclass
class Run:
    """What `fit` was given and has found, and where it stands.

    `turns` passes over the data are over, and `place` batches of the next; state, what is carried over in the rows of
    this process; random, the random states after the last step, which are put back before the next one, so that nobody
    who looks in between draws from them; whole, whether no change of the model is under way; net, the model as this
    process computes with it; rehearsed, the number of parts that is known to fit into memory.
    """

    model: torch.nn.Module
    loss: Any
    optimizer: torch.optim.Optimizer
    scheduler: Any
    scaler: torch.amp.GradScaler
    profile: Profile
    device: torch.device
    precision: str
    state_axis: int
    group: Group
    history: History
    turns: int = 0
    place: int = 0
    state: Any = None
    whole: bool = True
    random: Any = None
    net: Any = None
    rehearsed: int = 0

    def walk(self, batches):
        """Every batch of every pass, from where the run stands."""
        while True:
            empty = self.place == 0
            for batch in itertools.islice(batches(self.turns), self.place, None):
                empty = False
                yield batch
            if empty:
                return
            self.turns, self.place, self.state = self.turns + 1, 0, None

    @contextlib.contextmanager
    def changing(self):
        """A context in which the model changes: if it does not come to its end, no checkpoint can be made of it."""
        self.whole = False
        yield
        self.whole, self.random = True, random_states(self.device)

    def identity(self):
        """The settings that a run and one that goes on from it share. Returns: dict of numbers and words."""
        settings = {name: value for name, value in asdict(self.profile).items() if name not in FREE}
        weights = {f"weights {name}": f"{list(p.shape)} {p.dtype}" for name, p in self.model.state_dict().items()}
        made = {"optimizer": type(self.optimizer).__name__, "scheduler": type(self.scheduler).__name__}
        made["parameters of the optimizer"] = [len(group["params"]) for group in self.optimizer.param_groups]
        return settings | {"precision": self.precision, "unit": self.history.unit} | made | weights

    def pack(self):
        """What a checkpoint holds. All processes ask; the first one gets it, the others None."""
        state = self.group.gather(to_device(self.state, "cpu"))
        random = self.group.gather(self.random)
        if not self.group.first:
            return None
        return {
            "identity": self.identity(),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict() if self.scheduler else None,
            "scaler": self.scaler.state_dict(),
            "random": random,
            "state": join(state, self.state_axis),
            "turns": self.turns,
            "place": self.place,
            "history": asdict(self.history),
        }

    def unpack(self, content, path):
        """Go on from a checkpoint. Raises: CheckpointError for one of another run, before anything is changed."""
        if missing := [name for name in HELD if name not in content]:  # `checkpoint.save` writes whatever it is given
            raise CheckpointError(f"{path}: expected a checkpoint of a run, got one without {missing[0]}")
        checkpoint.check_same(path, self.identity(), content["identity"])
        self.model.load_state_dict(content["model"])
        self.optimizer.load_state_dict(content["optimizer"])
        if self.scheduler:
            self.scheduler.load_state_dict(content["scheduler"])
        self.scaler.load_state_dict(content["scaler"])
        parts = max(self.history.parts, content["history"]["parts"])  # who asks for more has a reason
        for name, value in content["history"].items():
            setattr(self.history, name, value)
        self.history.parts = parts
        self.history.resumed = len(self.history.loss)
        self.turns, self.place = content["turns"], content["place"]
        state = to_device(content["state"], self.device)
        self.state = cut(state, self.group.world, self.state_axis)[self.group.rank]
        if len(content["random"]) == self.group.world:
            self.random = content["random"][self.group.rank]
        else:  # another number of processes: there is no state to go on from, but still one for these numbers
            seed_all(self.profile.seed, self.group.rank, self.history.resumed)
            self.random = random_states(self.device)
