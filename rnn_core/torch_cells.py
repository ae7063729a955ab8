"""The same cells in torch, for training that is heavier: gradients come from autograd, and a GPU can be used.

The weights have the names and shapes of the numpy cells: `state_dict` gives them.
"""

import torch
from torch import nn

from rnn_core import cells
from rnn_core.errors import RangeError, check_shapes


class TorchCell(nn.Module):
    """What the cells share: a step for every input, and a mask that carries the state on.

    Made from a dict of arrays, such as `cells.cell_params` gives; what is not a weight of the cell is left out.
    """

    def __init__(self, params):
        super().__init__()
        for name in self.cell.weights:
            self.register_parameter(name, nn.Parameter(torch.tensor(params[name])))

    def forward(self, x, state0=None, mask=None):
        """Run the cell over a batch of sequences.

        Shapes: x (N, T, D); state0 a tuple of tensors (N, H), None for zeros; mask (N, T) of 0 and 1.
        Returns: h (N, T, H) and the state after the last real step (a tuple of tensors (N, H)).
        Raises: ShapeError, naming the first tensor that does not fit; RangeError for no steps or another mask.
        """
        D, H = len(self.W_xh), len(self.W_hh)
        check_shapes(x=(x, ("N", "T", D)))
        N, T, _ = x.shape
        if T == 0:
            raise RangeError("x: expected at least 1 step, got 0")
        if state0 is None:
            state0 = [x.new_zeros(N, H)] * len(self.cell.states)
        cells.check_states("state0", state0, self.cell.states)
        check_shapes(**{f"{name}0": (s, (N, H)) for name, s in zip(self.cell.states, state0, strict=True)})
        if mask is not None:
            check_shapes(mask=(mask, (N, T)))
            if not ((mask == 0) | (mask == 1)).all():
                raise RangeError("mask: expected 0 and 1 only")
            mask = mask.bool()[:, :, None]
        state, h = tuple(state0), []
        for t, a in enumerate(self.project(x).unbind(1)):  # the input's part, all steps in one product
            new = self.step(a, *state)
            state = new if mask is None else tuple(map(torch.where, [mask[:, t]] * len(new), new, state))
            h.append(state[0])
        return torch.stack(h, 1), state

    def project(self, x):
        """The input's part of the sums, (N, T, D) to (N, T, G H)."""
        return x @ self.W_xh + self.b


class TanhCell(TorchCell):
    """`rnn`'s tanh cell."""

    cell = cells.TANH

    def step(self, a, h):
        return (torch.tanh(a + h @ self.W_hh),)


class LSTMCell(TorchCell):
    """`lstm`'s cell."""

    cell = cells.LSTM

    def step(self, a, h, c):
        i, f, g, o = (a + h @ self.W_hh).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class GRUCell(TorchCell):
    """`gru`'s cell, in torch's form."""

    cell = cells.GRU

    def project(self, x):
        return x @ self.W_xh + self.b_x

    def step(self, a, h):
        x_r, x_z, x_n = a.chunk(3, dim=1)
        h_r, h_z, h_n = (h @ self.W_hh + self.b_h).chunk(3, dim=1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + r * h_n)
        return ((1 - z) * n + z * h,)
