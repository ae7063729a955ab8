"""Recurrent cells as fused kernels for a GPU, in Triton: tanh, LSTM, GRU and the layer-norm LSTM.

`RNN`, `LSTM`, `GRU` and `LayerNormLSTM` take the arguments of torch.nn's modules and a mask; without a GPU or without
Triton they run step by step, and say so by `path`. Begin with `lstm_steps`: one step's product, gates and state in one
kernel. Then `tiles` (what kernels share), `plans` (how the work is cut), `precision`, `kinds` (each cell's arrays and
launches), `replay` (CUDA graphs), `recurrence` (the gradient), `modules`; `available` and `plain`: what else there is.
"""

from rnn_core.kernels.layer_norm_lstm import LayerNormLSTM
from rnn_core.kernels.modules import GRU, LSTM, RNN

__all__ = ["GRU", "LSTM", "RNN", "LayerNormLSTM"]
