"""Recurrent nets with the arguments, the parameters and the results of torch's own, on fused kernels where they run.

Beyond torch.nn.RNN, LSTM and GRU they take a mask, and there is a layer-norm LSTM, which torch does not have.
"""

import torch
from torch import nn
from torch.nn.functional import dropout
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from rnn_core.errors import RangeError, ShapeError, check_shapes
from rnn_core.kernels import kinds
from rnn_core.kernels.available import why_not
from rnn_core.kernels.plain import plain
from rnn_core.kernels.precision import check_precision
from rnn_core.kernels.recurrence import Recurrence

WAYS = "steps", "early", "persistent", "plain"


class Fused:
    """What the modules share; beside torch's class of the same name.

    Beyond torch's arguments: `precision` of products in float32, "ieee" (exact), "tf32" or "tf32x3"; bfloat16 is
    chosen as in torch, by the module's type or by autocast. `way`: "steps" (a launch a step, recorded in a CUDA
    graph), "early" (the same, but each launch stands by while the step before it ends), "persistent" (one launch for
    all steps, where it fits), or "plain".

    After a call `path` says what has run: "plain" (torch operations, step by step), "launches" (kernels, not
    recorded: the first call with new sizes), "graph", or "persistent"; `why` says what stood against kernels, or
    against recording them.
    """

    path = why = None

    def __init__(self, *args, precision="ieee", way="steps", **kwargs):
        check_precision(precision)
        if way not in WAYS:
            raise RangeError(f"way: expected one of {', '.join(WAYS)}, got {way}")
        super().__init__(*args, **kwargs)
        if getattr(self, "proj_size", 0):
            raise RangeError(f"proj_size: expected 0, there is no kernel for projections, got {self.proj_size}")
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            raise RangeError(f"nonlinearity: expected tanh, got {self.nonlinearity}")
        self.precision, self.way = precision, way

    def extra_repr(self):
        return f"{super().extra_repr()}, precision={self.precision}, way={self.way}"

    def forward(self, input, hx=None, mask=None):
        """Run the net over a batch of sequences.

        Where the mask is 0 the states are carried on, in all layers and directions: at a row's end stands its last
        real state.

        Shapes: input (T, N, D), with batch_first (N, T, D), or (T, D), or packed; hx, for torch's L layers and both
            directions, (2 L, N, H), for an LSTM a pair of them; mask (N, T) of 0 and 1, also without batch_first.
        Returns: output like the input, with H or 2H numbers for each step, and the last states like hx.
        Raises: ShapeError, RangeError for a mask that does not fit; what torch raises for all else.
        """
        packed = input if isinstance(input, PackedSequence) else None
        if packed is not None:
            if mask is not None:
                raise RangeError("mask: expected None beside a packed input, which has its own lengths")
            input, lengths = pad_packed_sequence(packed, self.batch_first)
            T = input.shape[1 if self.batch_first else 0]
            mask = torch.arange(T, device=input.device) < lengths.to(input.device)[:, None]
        if input.dim() not in (2, 3):
            raise ShapeError(f"input: expected 2 or 3 dimensions, got {input.dim()}")
        single = input.dim() == 2
        if single:
            input, hx = input.unsqueeze(1 if not self.batch_first else 0), _each(hx, lambda s: s.unsqueeze(1))
        x = input.transpose(0, 1) if self.batch_first else input
        output, state = self.layers(x, self.checked_state(input, hx), self.checked_mask(x, mask))
        output = output.transpose(0, 1) if self.batch_first else output
        if single:
            return output.squeeze(0 if self.batch_first else 1), _each(state, lambda s: s.squeeze(1))
        if packed is not None:
            ordered = packed.sorted_indices is None
            output = pack_padded_sequence(output, lengths, self.batch_first, enforce_sorted=ordered)
        return output, state

    def layers(self, x, state, mask):
        """All layers and directions. Shapes: x (T, N, D); state a tuple of (2 L, N, H); mask (T, N) or None."""
        device = x.device.type
        if torch.is_autocast_enabled(device) and x.dtype != torch.float64:
            x = x.to(torch.get_autocast_dtype(device))
        if mask is not None:
            x = torch.where(mask[:, :, None], x, 0)  # what stands in the padding may be NaN, and 0 times NaN is NaN
        ends, ways = [], 1 + self.bidirectional
        for layer in range(self.num_layers):
            if layer > 0:
                x = dropout(x, self.dropout, self.training)
            both = []
            for back in range(ways):
                start = [s[len(ends)] for s in state]
                seen, runs = (x.flip(0), None if mask is None else mask.flip(0)) if back else (x, mask)
                h, *end = self.direction(seen, runs, start, self.weights_of(layer, back))
                both.append(h.flip(0) if back else h)
                ends.append(end)
            x = both[0] if ways == 1 else torch.cat(both, -1)
        state = tuple(torch.stack(each) for each in zip(*ends, strict=True) if each[0] is not None)
        return x, state if len(state) > 1 else state[0]

    def direction(self, x, mask, start, weights):
        """One layer in one direction."""
        h0, c0 = (*start, None)[:2]
        self.why = "it was asked for" if self.way == "plain" else why_not(x, self.hidden_size)
        if self.why is not None:
            self.path = "plain"
            result = plain(self.kind.name, x, mask, h0, c0, *weights)
            return tuple(r if r is None else r.to(x.dtype) for r in result)  # autocast leaves sums in float32
        told = {}
        result = Recurrence.apply(self.kind, self.way, self.precision, told, x, mask, h0, c0, *weights)
        self.path, self.why = told["path"], told["why"]
        return result

    def weights_of(self, layer, back):
        """W_ih, W_hh and the biases as the kind takes them."""
        place = layer * (1 + self.bidirectional) + back
        W_ih, W_hh, *biases = (getattr(self, name) for name in self._all_weights[place])
        b_x, b_h = biases or [W_hh.new_zeros(len(W_hh))] * 2
        return (W_ih, W_hh, b_x, b_h) if self.kind is kinds.GRU else (W_ih, W_hh, b_x + b_h)

    def checked_state(self, input, hx):
        """The states at the start as a tuple; zeros for None."""
        N = input.shape[0 if self.batch_first else 1]
        layers, S = self.num_layers * (1 + self.bidirectional), len(self.kind.states)
        if hx is None:
            hx = [input.new_zeros(layers, N, self.hidden_size)] * S
            self.check_forward_args(input, tuple(hx) if S > 1 else hx[0], None)
            return hx
        self.check_forward_args(input, hx, None)
        return hx if S > 1 else (hx,)

    def checked_mask(self, x, mask):
        """The mask as booleans, time first."""
        if mask is None:
            return None
        check_shapes(mask=(mask, (x.shape[1], x.shape[0])))
        if mask.dtype != torch.bool and not ((mask == 0) | (mask == 1)).all():
            raise RangeError("mask: expected 0 and 1 only")
        return mask.bool().T


class RNN(Fused, nn.RNN):
    """torch.nn.RNN with tanh, and a mask."""

    kind = kinds.TANH


class LSTM(Fused, nn.LSTM):
    """torch.nn.LSTM without projections, and with a mask."""

    kind = kinds.LSTM


class GRU(Fused, nn.GRU):
    """torch.nn.GRU with a mask."""

    kind = kinds.GRU


def _each(state, change):
    """Change one tensor, each of several, or None."""
    if state is None:
        return None
    return tuple(change(s) for s in state) if isinstance(state, (tuple, list)) else change(state)
