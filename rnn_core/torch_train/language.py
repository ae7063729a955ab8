"""A model of language: reads tokens (characters, or words) and predicts each next one.

Source: Mikolov et al. (2010), Recurrent neural network based language model.
"""

import math

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from rnn_core.errors import RangeError, check_shapes
from rnn_core.torch_train.packed import run_packed
from rnn_core.torch_train.rows import reset_rows
from rnn_core.torch_train.windows import Window


class LanguageModel(nn.Module):
    """Embedding, recurrent layers, output. `cell` makes the layers, with the arguments of torch.nn.LSTM."""

    def __init__(self, V, D, H, layers=1, dropout=0.0, cell=nn.LSTM):
        super().__init__()
        self.embedding = nn.Embedding(V, D)
        self.recurrent = cell(D, H, num_layers=layers, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(H, V)

    def forward(self, ids, state=None, mask=None):
        """Score the next token after each one.

        Shapes: ids (N, T); mask (N, T), real steps first, None for ones. Units: logits in nats.
        Returns: logits (N, T, V) and the state after the last real steps, its tensors (layers, N, H).
        """
        x = self.dropout(self.embedding(ids))
        h, state = run_packed(self.recurrent, x, mask, state)
        return self.output(self.dropout(h)), state


def token_loss(logits, targets, mask=None):
    """The cross-entropy of all tokens that count, added up.

    Shapes: logits (..., V); targets and mask (...); where the mask is 0, targets may be anything.
    Units: nats. Returns: the sum (a tensor) and how many tokens it is over.
    """
    check_shapes(targets=(targets, logits.shape[:-1]))
    if mask is None:
        tokens = targets.numel()
    else:
        check_shapes(mask=(mask, targets.shape))
        tokens, targets = mask.sum(), torch.where(mask.bool(), targets, -100)  # torch leaves -100 out
    return cross_entropy(logits.flatten(0, -2), targets.flatten(), reduction="sum"), tokens


def language_loss(model, batch, state):
    """The loss for `fit` of a `LanguageModel`.

    Shapes: batch as `Window`, of which the last two may be missing. Returns: sum, tokens, state, as `fit` asks for.
    """
    window = Window(*batch)
    if state is not None:
        state = reset_rows(state, window.begins)
    logits, state = model(window.inputs, state, window.mask)
    return *token_loss(logits, window.targets, window.mask), state


@torch.no_grad()
def bits_per_token(model, ids, T=1000):
    """Score a text, read once from start to end with the state carried along, T steps at a time.

    Shapes: ids (L,). Units: bits a token, the mean over all but the first. Returns: float.
    Raises: RangeError for a text of fewer than two tokens.
    """
    if len(ids) < 2:
        raise RangeError(f"ids: expected at least 2, got {len(ids)}")
    ids = torch.as_tensor(ids, device=next(model.parameters()).device)[None]
    training, state, nats = model.training, None, 0.0
    model.eval()
    for t in range(0, ids.shape[1] - 1, T):
        targets = ids[:, t + 1 : t + T + 1]
        logits, state = model(ids[:, t : t + targets.shape[1]], state)
        nats += float(token_loss(logits, targets)[0])
    model.train(training)
    return nats / (ids.shape[1] - 1) / math.log(2)
