"""Recurrent neural networks in plain numpy: the reference that the lessons are checked against.

One concept a file. Begin with `rnn`: one step of the tanh cell, the same step over a batch of
sequences, and the exact gradient of both. Then:

- `activations`, `layers`, `loss`: what stands around the cell
- `init`, `optim`, `train`, `character_model`: how it learns
- `gradcheck`: how a gradient is proved
- `sequence`, `decode`, `data`: sequences in, sequences out
- `plots`: how results are drawn

Throughout: `N` sequences, `T` time steps, `D` inputs, `H` units, `V` classes; rows are sequences, so
that a step reads `h = tanh(x @ W_xh + h @ W_hh + b)`. Arrays keep their type: float32 stays float32.
"""
