"""The layer-norm LSTM as a module with torch.nn.LSTM's arguments, which torch itself does not have.

Source: Ba, Kiros & Hinton (2016), arXiv 1607.06450; the form is `rnn_core.normalised_cells`'.
"""

import torch
from torch import nn

from rnn_core.errors import RangeError
from rnn_core.kernels import kinds
from rnn_core.kernels.modules import Fused

OURS = {
    "weight_ih": "W_xh",
    "weight_hh": "W_hh",
    "gain_ih": "gain_x",
    "gain_hh": "gain_h",
    "bias": "b",
    "gain_c": "gain_c",
    "bias_c": "b_c",
}  # its names, beside those of `normalised_cells`, in the order of the kernels


class LayerNormLSTM(Fused, nn.LSTM):
    """An LSTM in which both sums are normalised over their 4H numbers, and the cell on its way out.

    Parameters, for layer 0: weight_ih_l0 (4H, D), weight_hh_l0 (4H, H), gain_ih_l0, gain_hh_l0, bias_l0 (4H,),
    gain_c_l0, bias_c_l0 (H,); with `_reverse` behind for the other direction. Gains begin as 1, biases as 0.
    """

    kind = kinds.NORMED_LSTM

    def __init__(self, input_size, hidden_size, num_layers=1, bias=True, *args, **kwargs):
        if not bias:
            raise RangeError("bias: expected True, a normalised sum needs a shift of its own, got False")
        super().__init__(input_size, hidden_size, num_layers, False, *args, **kwargs)
        for ending in self.endings():
            for name in list(OURS)[2:]:
                size = hidden_size if name.endswith("_c") else 4 * hidden_size
                like = getattr(self, "weight_ih" + ending)
                self.register_parameter(name + ending, nn.Parameter(like.new_empty(size)))
        self.reset_parameters()

    def endings(self):
        """_l0, _l0_reverse, _l1, …"""
        ways = ("", "_reverse")[: 1 + self.bidirectional]
        return [f"_l{layer}{way}" for layer in range(self.num_layers) for way in ways]

    def reset_parameters(self):
        super().reset_parameters()
        with torch.no_grad():
            for name, p in self.named_parameters():
                if name.startswith(("gain", "bias")):
                    p.fill_(name.startswith("gain"))

    def extra_repr(self):
        return super().extra_repr().replace(", bias=False", "")

    def weights_of(self, layer, back):
        ending = self.endings()[layer * (1 + self.bidirectional) + back]
        return [getattr(self, name + ending) for name in OURS]
