"""Training in torch, for what is too heavy for numpy: on a GPU, on several, or on two cores of a laptop.

Begin with `loop`: `fit` is the loop, and reads as its steps. Then:

- `profile`: sizes with a name; `device`: what a run computes on, and how exactly
- `step`: the gradient of one batch; `memory`: in parts that fit; `rows`: how batches and states are cut
- `windows`, `packed`: truncated backpropagation through time, and rows of unequal length
- `language`: a model of language that is trained so
- `run`, `checkpoint`, `randomness`, `interrupt`: a run that can be stopped, killed, and taken up again
- `history`: what happened, and what is seen of it; `parallel`: several processes
"""

from rnn_core.torch_train.checkpoint import load, save
from rnn_core.torch_train.device import find_device
from rnn_core.torch_train.history import History
from rnn_core.torch_train.language import LanguageModel, bits_per_token, language_loss, token_loss
from rnn_core.torch_train.loop import fit
from rnn_core.torch_train.packed import run_packed
from rnn_core.torch_train.parallel import processes
from rnn_core.torch_train.profile import PROFILES, Profile, choose
from rnn_core.torch_train.randomness import seed_all
from rnn_core.torch_train.rows import reset_rows
from rnn_core.torch_train.windows import Window, document_windows, shuffled

__all__ = [
    "PROFILES",
    "History",
    "LanguageModel",
    "Profile",
    "Window",
    "bits_per_token",
    "choose",
    "document_windows",
    "find_device",
    "fit",
    "language_loss",
    "load",
    "processes",
    "reset_rows",
    "run_packed",
    "save",
    "seed_all",
    "shuffled",
    "token_loss",
]
