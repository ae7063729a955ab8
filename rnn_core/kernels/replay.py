"""Many launches on fixed arrays, recorded once in a CUDA graph and replayed; and who may use the arrays when.

A launch from Python takes longer than a step of a cell. A graph is told all of them once; afterwards one call sets
them going. But what was recorded reads and writes the arrays it was recorded with: so inputs are copied into them, and
whoever still needs the results of one call keeps them until its gradient is taken.
"""

import torch


class Launches:
    """A function that launches kernels on fixed arrays: run the first time, recorded the second, then replayed.

    The first time it compiles kernels, which cannot be recorded; and what is called once is not worth recording.
    `path` says what the last call did ("launches" or "graph"), `why` what stood against recording.
    """

    def __init__(self, launch, device):
        self.launch, self.device = launch, device
        self.graph, self.path, self.why = None, None, None if device.type == "cuda" else "no CUDA device"

    def __call__(self):
        first, self.path = self.path is None, "launches"
        if first or self.why or torch.cuda.is_current_stream_capturing():  # inside somebody else's recording
            return self.launch()
        if self.graph is None:
            self.record()
        if self.graph is None:
            return self.launch()
        self.path = "graph"
        return self.graph.replay()

    def record(self):
        """Record the launches; they do not run meanwhile."""
        graph, side = torch.cuda.CUDAGraph(), torch.cuda.Stream(self.device)
        try:
            with torch.cuda.graph(graph, stream=side, capture_error_mode="thread_local"):
                self.launch()
        except RuntimeError as error:  # a graph is worth time alone: without it the result is the same
            self.why = f"recording failed: {error}"
            return
        self.graph = graph


class Lease:
    """A slot in use; it goes back to the free ones when nobody holds the lease any more."""

    def __init__(self, slot, free):
        self.slot, self.free = slot, free

    def __del__(self):
        self.free.append(self.slot)


class Pool:
    """Slots (arrays that one call fills and its gradient reads) by what they were made for: sizes, types, device.

    Of more than `kinds` of them the one asked for longest ago is let go.
    """

    def __init__(self, kinds):
        self.kinds, self.free = kinds, {}

    def borrow(self, key, make):
        """A free slot of this kind, or a new one by `make(shared)`, with one dict for all slots of the kind.

        Returns: Lease.
        """
        free, shared = self.free[key] = self.free.pop(key, ([], {}))  # now the youngest
        while len(self.free) > self.kinds:
            del self.free[next(iter(self.free))]
        if free:
            return Lease(free.pop(), free)
        try:
            return Lease(make(shared), free)
        except torch.OutOfMemoryError:  # it holds on to what was made so far: nothing can be freed in this block
            pass
        self.clear()
        self.free[key] = free, shared
        return Lease(make(shared), free)

    def poison(self):
        """Put NaN into the arrays of all free slots, for tests: what a call then forgets to write is seen."""
        for free, shared in self.free.values():
            for arrays in (*(slot.arrays for slot in free), shared):
                for array in arrays.values():
                    if array.is_floating_point():
                        array.fill_(float("nan"))

    def clear(self):
        """Let all free slots go, and their memory with them."""
        self.free.clear()
