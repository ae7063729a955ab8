"""The same cells in torch, for training that is heavier: gradients come from autograd, and a GPU can be used.

The weights have the names and shapes of the numpy cells: `state_dict` gives them. `cell` is the numpy cell, for
`cells.cell_forward` and `torch_weights.to_torch`.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import layer_norm

from rnn_core import cells, gru_2014, leaky, minimal_gated, normalised_cells, one_gate
from rnn_core.errors import RangeError, check_shapes
from rnn_core.normalisation import EPS

USUAL = "W_xh", "W_hh", "b"


class TorchCell(nn.Module):
    """What the cells share: a step for every input, and a mask that carries the state on.

    Made from a dict of arrays, such as `cells.cell_params` gives; what is not a weight of the cell is left out.
    """

    def __init__(self, params):
        super().__init__()
        for name in self.cell.weights:
            self.register_parameter(name, nn.Parameter(torch.tensor(np.asarray(params[name]))))

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
            x = torch.where(mask, x, 0)  # what stands in the padding may be NaN, and 0 times NaN is NaN
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

    def sums(self, h):
        """The state's part of the sums."""
        return h @ self.W_hh + self.b_h

    def step(self, a, h):
        x_r, x_z, x_n = a.chunk(3, dim=1)
        h_r, h_z, h_n = self.sums(h).chunk(3, dim=1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + r * h_n)
        return ((1 - z) * n + z * h,)


class ResetFirstCell(TorchCell):
    """What both GRUs of 2014 share: the state is reset before the product."""

    def gates(self, a, h):
        x_rz, x_n = a.tensor_split([2 * h.shape[1]], dim=1)
        W_rz, W_n = self.W_hh.tensor_split([2 * h.shape[1]], dim=1)
        r, z = torch.sigmoid(x_rz + h @ W_rz).chunk(2, dim=1)
        return z, torch.tanh(x_n + (r * h) @ W_n)


class ChoCell(ResetFirstCell):
    """`gru_2014`'s cell in Cho's form: z is the share of the old state."""

    cell = cells.Cell(gru_2014.cho_forward, gru_2014.cho_backward, USUAL, blocks=3)

    def step(self, a, h):
        z, n = self.gates(a, h)
        return (z * h + (1 - z) * n,)


class ChungCell(ResetFirstCell):
    """`gru_2014`'s cell in Chung's form: z is the share of the new state."""

    cell = cells.Cell(gru_2014.chung_forward, gru_2014.chung_backward, USUAL, blocks=3)

    def step(self, a, h):
        z, n = self.gates(a, h)
        return ((1 - z) * h + z * n,)


class LeakyCell(TorchCell):
    """`leaky`'s units; `leak`, one number or (H,), is learned with the weights unless its gradient is turned off."""

    cell = cells.Cell(leaky.forward, leaky.backward, (*USUAL, "leak"))

    def step(self, a, h):
        return ((1 - self.leak) * h + self.leak * torch.tanh(a + h @ self.W_hh),)


class MinimalGatedCell(TorchCell):
    """`minimal_gated`'s cell."""

    cell = cells.Cell(minimal_gated.forward, minimal_gated.backward, USUAL, blocks=2)

    def step(self, a, h):
        (x_f, x_n), (W_f, W_n) = a.chunk(2, dim=1), self.W_hh.chunk(2, dim=1)
        f = torch.sigmoid(x_f + h @ W_f)
        return ((1 - f) * h + f * torch.tanh(x_n + (f * h) @ W_n),)


class OneGateCell(TorchCell):
    """`one_gate`'s cell, with a sigmoid for a gate."""

    cell = cells.Cell(one_gate.forward, one_gate.backward, USUAL, blocks=2)

    def step(self, a, h):
        g, n = (a + h @ self.W_hh).chunk(2, dim=1)
        g = torch.sigmoid(g)
        return ((1 - g) * h + g * torch.tanh(n),)


class NormedTanhCell(TorchCell):
    """`normalised_cells`' tanh cell: the sums are normalised before the tanh."""

    cell = cells.Cell(normalised_cells.tanh_forward, normalised_cells.tanh_backward, ("W_xh", "W_hh", "gain", "b"))

    def project(self, x):
        return x @ self.W_xh

    def step(self, a, h):
        return (torch.tanh(_norm(a + h @ self.W_hh, self.gain, self.b)),)


class NormedLSTMCell(TorchCell):
    """`normalised_cells`' LSTM: both sums are normalised, and the cell on its way out."""

    weights = "W_xh", "W_hh", "gain_x", "gain_h", "b", "gain_c", "b_c"
    cell = cells.Cell(normalised_cells.lstm_forward, normalised_cells.lstm_backward, weights, 4, ("h", "c"))

    def project(self, x):
        return _norm(x @ self.W_xh, self.gain_x, self.b)

    def step(self, a, h, c):
        i, f, g, o = (a + _norm(h @ self.W_hh, self.gain_h)).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(_norm(c, self.gain_c, self.b_c)), c


class NormedGRUCell(GRUCell):
    """`normalised_cells`' GRU: of both sums r and z are normalised together, and n alone."""

    weights = "W_xh", "W_hh", "gain_x", "gain_h", "b_x", "b_h"
    cell = cells.Cell(normalised_cells.gru_forward, normalised_cells.gru_backward, weights, blocks=3)

    def project(self, x):
        return self.normed(x @ self.W_xh, self.gain_x, self.b_x)

    def normed(self, a, gain, b):
        parts = (each.tensor_split([2 * len(self.W_hh)], dim=-1) for each in (a, gain, b))
        return torch.cat([_norm(*part) for part in zip(*parts, strict=True)], dim=-1)

    def sums(self, h):
        return self.normed(h @ self.W_hh, self.gain_h, self.b_h)


def _norm(a, gain, b=None):
    return layer_norm(a, gain.shape, gain, b, EPS)


MODULES = {
    kind.cell: kind
    for kind in (
        *(TanhCell, LSTMCell, GRUCell, ChoCell, ChungCell, LeakyCell, MinimalGatedCell, OneGateCell),
        *(NormedTanhCell, NormedLSTMCell, NormedGRUCell),
    )
}
