"""Named sizes of a run: what a GPU gets to do, and what a laptop can do in a minute."""

from dataclasses import dataclass, fields

from rnn_core.errors import RangeError
from rnn_core.torch_train.device import PRECISIONS, find_device


@dataclass(frozen=True)
class Profile:
    """The sizes and limits of a run. `dataclasses.replace(profile, H=64)` gives one that differs in a thing.

    Units: D numbers a token, H units, `layers` of them; N rows of T steps in a batch; lr the optimiser's step; clip
        the largest norm of the gradient; steps and seconds (of wall time), None for no such limit; parts: one batch
        is computed in so many, one after the other, which needs less memory and changes no gradient; threads of the
        processor, None for torch's own choice: where other programs compute as well, several wait for each other and
        are far slower than one.
    """

    name: str
    D: int
    H: int
    layers: int
    N: int
    T: int
    lr: float
    clip: float | None
    steps: int | None
    seconds: float | None = None
    parts: int = 1
    threads: int | None = None
    device: str = "auto"
    precision: str = "auto"
    seed: int = 0
    deterministic: bool = False

    def __post_init__(self):
        for name in ("D", "H", "layers", "N", "T", "parts"):
            if getattr(self, name) < 1:
                raise RangeError(f"{name}: expected at least 1, got {getattr(self, name)}")
        if self.parts > self.N:
            raise RangeError(f"parts: expected at most the {self.N} rows of a batch, got {self.parts}")
        for name in ("lr", "clip"):
            if getattr(self, name) is not None and not getattr(self, name) > 0:
                raise RangeError(f"{name}: expected a number above 0, got {getattr(self, name)}")
        if self.steps is None and self.seconds is None:
            raise RangeError("profile: expected steps or seconds as a limit, got neither")
        if self.precision not in ("auto", *PRECISIONS):
            raise RangeError(f"precision: expected auto, {', '.join(PRECISIONS)}, got {self.precision}")

    def differences(self, other):
        """What another profile has that is not the same. Returns: dict of pairs, mine and the other's, by name."""
        pairs = {f.name: (getattr(self, f.name), getattr(other, f.name)) for f in fields(self)}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


LAPTOP = Profile("laptop", D=32, H=192, layers=1, N=32, T=64, lr=4e-3, clip=1.0, steps=1000, seconds=50, threads=1)
GPU = Profile("gpu", D=128, H=1024, layers=2, N=128, T=256, lr=1e-3, clip=1.0, steps=4000, seconds=300)
PROFILES = {profile.name: profile for profile in (LAPTOP, GPU)}


def choose(name=None):
    """A profile by its name; without one `gpu` where an NVIDIA GPU is found, else `laptop`.

    Raises: RangeError for an unknown name.
    """
    if name is None:
        name = "gpu" if find_device().type == "cuda" else "laptop"
    if name not in PROFILES:
        raise RangeError(f"profile: expected one of {', '.join(PROFILES)}, got {name}")
    return PROFILES[name]
