"""What a piece of torch code makes a device do: multiply-adds, bytes and launches, counted while it runs.

Each operation that computes something is one launch, reads its tensors from memory and writes its result there. Views
(a cut, a transpose) compute nothing and are not counted. On the device "meta" tensors have shapes and no numbers, so
that a step of any size is counted at once.
"""

import torch
from torch.utils._python_dispatch import TorchDispatchMode  # where torch's own FlopCounterMode has it from
from torch.utils._pytree import tree_leaves

PRODUCTS = {torch.ops.aten.mm.default: 0, torch.ops.aten.addmm.default: 1}  # at which argument the first factor stands


class Counter(TorchDispatchMode):
    """Counts while it is open: `with Counter() as counter: step(x, h)`, then `counter.counts`.

    `names` lists the operations, in their order.
    """

    def __init__(self):
        super().__init__()
        self.multiply_adds = self.moved = 0
        self.names = []

    @property
    def counts(self):
        """Multiply-adds of the products, bytes moved, launches."""
        return self.multiply_adds, self.moved, len(self.names)

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        if not operation.is_view:
            tensors = [t for t in tree_leaves((args, kwargs, result)) if isinstance(t, torch.Tensor)]
            self.moved += sum(t.numel() * t.element_size() for t in tensors)
            self.names.append(operation.overloadpacket.__name__)
            if operation in PRODUCTS:
                first, second = args[PRODUCTS[operation] :][:2]
                self.multiply_adds += first.shape[0] * first.shape[1] * second.shape[1]
        return result
