"""A cell of ours as a module of torch, and back, with the same weights.

torch stores a weight with one row for each output, as `weight_ih_l0 (G H, D)`, where ours has one column, as
`W_xh (D, G H)`; the blocks stand in the same order. It has two biases in every cell. Only the GRU needs both:
in the tanh cell and the LSTM they are added, and `b` is their sum. A cell that torch does not have is a module of
`torch_cells`, with our names.
"""

import numpy as np
import torch

from rnn_core import cells
from rnn_core.errors import RangeError, check_shapes
from rnn_core.torch_cells import MODULES, TorchCell

KINDS = {torch.nn.RNN: cells.TANH, torch.nn.LSTM: cells.LSTM, torch.nn.GRU: cells.GRU}


def to_torch(cell, params):
    """The module of torch that computes what `cell` does: its weights are copies.

    Shapes: for G blocks W_xh (D, G H), W_hh (H, G H), each bias (G H,); what else stands in the dict is left out.
    Returns: torch.nn.RNN, LSTM or GRU of one layer with batch_first, of the type of W_hh; for another cell of
        `torch_cells` its module there.
    Raises: RangeError for a cell that is in neither; ShapeError, naming the first array that does not fit.
    """
    if cell not in MODULES:
        raise RangeError("cell: expected TANH, LSTM or GRU of rnn_core.cells, or the cell of a module of torch_cells")
    if cell not in KINDS.values():
        W_xh, W_hh, *_ = weights = [params[name] for name in cell.weights]
        check_shapes(W_xh=(W_xh, ("D", "G H")), W_hh=(W_hh, ("H", "G H")))
        state0 = [np.zeros((0, len(W_hh)))] * len(cell.states)
        cell.forward(np.zeros((0, 0, len(W_xh))), *state0, *weights)  # it checks the shapes at its door
        return MODULES[cell](params)
    W_xh, W_hh, *biases = (torch.tensor(params[name]) for name in cell.weights)
    check_shapes(W_xh=(W_xh, ("D", "G H")), W_hh=(W_hh, ("H", "G H")))
    (D, H), columns = (len(W_xh), len(W_hh)), cell.blocks * len(W_hh)
    check_shapes(W_xh=(W_xh, (D, columns)), W_hh=(W_hh, (H, columns)))
    check_shapes(**{name: (b, (columns,)) for name, b in zip(cell.weights[2:], biases, strict=True)})
    b_x, b_h = biases if len(biases) == 2 else (*biases, torch.zeros_like(*biases))
    kind = next(kind for kind, ours in KINDS.items() if ours == cell)
    module = kind(D, H, batch_first=True, device="meta", dtype=W_hh.dtype).to_empty(device="cpu")  # draws nothing
    module.load_state_dict({"weight_ih_l0": W_xh.T, "weight_hh_l0": W_hh.T, "bias_ih_l0": b_x, "bias_hh_l0": b_h})
    return module


def from_torch(module):
    """The weights of a module of torch under our names, as copies.

    Shapes: as for `to_torch`.
    Returns: dict of arrays: W_xh, W_hh, and b, or b_x and b_h for a GRU; zeros where the module has no bias. For a
        module of `torch_cells` all that it holds.
    Raises: RangeError unless it is of `torch_cells`, or torch's RNN with tanh, LSTM or GRU, one layer in one direction.
    """
    if isinstance(module, TorchCell):
        return {name: p.detach().cpu().numpy().copy() for name, p in module.named_parameters()}
    if type(module) not in KINDS:
        raise RangeError(f"module: expected torch.nn.RNN, LSTM or GRU, got {type(module).__name__}")
    for name, wanted in (("num_layers", 1), ("bidirectional", False), ("proj_size", 0), ("nonlinearity", "tanh")):
        if getattr(module, name, wanted) != wanted:
            raise RangeError(f"module: expected {name} {wanted}, got {getattr(module, name)}")
    weights = {name: p.detach().cpu() for name, p in module.named_parameters()}
    W_xh, W_hh = weights["weight_ih_l0"].T, weights["weight_hh_l0"].T
    zeros = W_hh.new_zeros(W_hh.shape[1])
    b_x, b_h = (weights.get(name, zeros) for name in ("bias_ih_l0", "bias_hh_l0"))
    names = KINDS[type(module)].weights
    biases = (b_x, b_h) if len(names) == 4 else (b_x + b_h,)
    return {name: p.numpy().copy(order="C") for name, p in zip(names, (W_xh, W_hh, *biases), strict=True)}
