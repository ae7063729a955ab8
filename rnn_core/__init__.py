"""Recurrent neural networks in plain numpy (but for `torch_*`): the reference that the lessons are checked against.

One concept a file. Begin with `rnn`: one step of the tanh cell, the same step over a batch of
sequences, and the exact gradient of both. Then:

- `lstm`, `gru`, `gru_2014`, `leaky`, `one_gate`, `minimal_gated`, `min_gru`: other cells, in the same form; `loop` runs
  the step of any of them; `gates`: what else can serve as a gate
- `normalisation`, `normalised_cells`, `batch_normed_rnn`: what keeps the sums of a cell in range
- `activations`, `layers`, `embedding`, `dropout`, `loss`: what stands around the cell
- `cells`, `stack`, `both_ways`, `attention`, `seq2seq`: nets of several cells
- `init`, `optim`, `train`, `progress`, `character_model`: how it learns
- `gradcheck`: how a gradient is proved
- `sequence`, `decode`, `beam`, `data`: sequences in, sequences out
- `torch_cells`, `torch_weights`: the same cells in torch, and weights there and back
- `kernels`: the cells as fused kernels for a GPU
- `stopwatch`, `torch_counted`, `torch_claim`, `simulated_gpu`: how speed is measured
- `torch_train`: training in torch, for what is too heavy for numpy
- `picture`, `plots`, `diagrams`: how results are drawn
- `errors`: what is checked at every function's door

Throughout: `N` sequences, `T` time steps, `D` inputs, `H` units, `V` classes; rows are sequences, so
that a step reads `h = tanh(x @ W_xh + h @ W_hh + b)`. Arrays keep their type: float32 stays float32.
"""
