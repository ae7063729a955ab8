"""One layer in one direction, as an operation of torch with its own gradient.

The input's part of the sums is one product for all steps; then come the steps; after the way back the gradients of
the weights and of x are one product each.
"""

import torch

from rnn_core.kernels.available import can_stand_by
from rnn_core.kernels.kinds import Sizes
from rnn_core.kernels.precision import round_to_tf32, torch_products
from rnn_core.kernels.replay import Launches, Pool

POOL = Pool(kinds=16)


class Slot:
    """The arrays of one call, and what sets its steps going, ahead and back.

    `shared` holds what only a gradient needs: slots of one kind take turns with it.
    """

    def __init__(self, kind, sizes, way, shared):
        self.kind, self.sizes, self.way, self.shared = kind, sizes, way, shared
        with torch.inference_mode(False):  # the next call that uses them may be one that trains
            self.arrays = kind.call_arrays(sizes)
        self.forward, self.path = self.launches(self.arrays, back=False)
        self.backward = None

    def launches(self, arrays, back):
        """The persistent kernel if it is asked for and fits, else one launch a step."""
        if self.way == "persistent":
            launch = self.kind.launcher(self.sizes, arrays, back, self.way)
            if launch is not None:
                return launch, "persistent"
        way = "early" if self.way == "early" and can_stand_by(self.sizes.device) else "steps"
        return Launches(self.kind.launcher(self.sizes, arrays, back, way), self.sizes.device), "steps"

    def lent(self):
        """The arrays that only a gradient needs, with those of this call."""
        if not self.shared:
            self.shared |= self.kind.arrays(self.sizes, self.kind.lent)
        if self.backward is None:
            self.backward, _ = self.launches(self.arrays | self.shared, back=True)
        return self.arrays | self.shared


class Recurrence(torch.autograd.Function):
    """Shapes: x (T, N, D), the time first; mask (T, N) of booleans or None; h0, c0 (N, H), c0 None where there is no
    cell; weights as torch has them, W_ih (G H, D), W_hh (G H, H), then the biases as the kind takes them.
    `told` is a dict that is told what was done: its "path", and "why" no graph was recorded.
    Returns: h (T, N, H), the last h, the last c or None.
    """

    @staticmethod
    def forward(ctx, kind, way, precision, told, x, mask, h0, c0, W_ih, W_hh, *biases):
        ctx.set_materialize_grads(False)
        T, N, _ = x.shape
        sizes = Sizes(T, N, W_hh.shape[1], x.dtype, x.device, mask is not None, precision)
        stream = torch.cuda.current_stream(x.device).cuda_stream if x.is_cuda else 0
        lease = POOL.borrow((kind.name, way, sizes, stream), lambda shared: Slot(kind, sizes, way, shared))
        arrays, slot = lease.slot.arrays, lease.slot
        W_ih, W_hh, *biases = (w.to(x.dtype) for w in (W_ih, W_hh, *biases))
        arrays["h"][0] = h0
        if c0 is not None:
            arrays["c"][0] = c0
        if mask is not None:
            arrays["runs"].copy_(mask)
        arrays["W"].copy_(round_to_tf32(W_hh) if precision == "tf32" else W_hh)
        with torch_products(precision):
            kind.project(arrays, x.flatten(0, 1), W_ih, *biases)
        slot.forward()
        told["path"] = getattr(slot.forward, "path", slot.path)
        told["why"] = getattr(slot.forward, "why", None)
        marker = torch.empty(0, device="cpu")  # where `save_on_cpu` leaves it as it is
        marker.lease = lease  # what is saved lives until the gradient is taken, and the slot with it
        ctx.kind, ctx.precision = kind, precision
        ctx.save_for_backward(x, mask, W_ih, W_hh, marker)
        h = arrays["h"][1:].clone()  # the slot's next call writes over its arrays
        return h, h[-1].clone(), None if c0 is None else arrays["c"][-1].to(x.dtype, copy=True)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, dh, dh_end, dc_end):
        x, _, W_ih, W_hh, marker = ctx.saved_tensors
        if not hasattr(marker, "lease"):
            raise RuntimeError(
                'saved tensors: expected the same ones back, got copies; with such hooks use way="plain"'
            )
        slot, kind = marker.lease.slot, ctx.kind
        arrays = slot.lent()
        for name in ("held", *kind.summed):
            arrays[name].zero_()
        arrays["da"][-1] = 0
        _fill(arrays["dh"], dh)
        if dh_end is not None:
            arrays["dh"][-1] += dh_end
        if "dc" in arrays:
            _fill(arrays["dc"], dc_end)
        arrays["W_T"].copy_((round_to_tf32(W_hh) if ctx.precision == "tf32" else W_hh).T)
        slot.backward()
        with torch_products(ctx.precision):
            dh0 = (arrays["da"][0] @ W_hh).to(arrays["held"].dtype) + arrays["held"]
            da, dW_hh, *dbiases = kind.gather(arrays)
            dx = (da @ W_ih).view_as(x) if ctx.needs_input_grad[4] else None
            dW_ih = da.T @ x.flatten(0, 1)
        dc0 = arrays["dc"].to(x.dtype, copy=True) if "dc" in arrays else None
        return None, None, None, None, dx, None, dh0.to(x.dtype), dc0, dW_ih, dW_hh, *dbiases


def _fill(array, values):
    """Copy the values into the array; None stands for zeros."""
    array.zero_() if values is None else array.copy_(values)
