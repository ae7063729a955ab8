"""Wrong ways back through time, known by name."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.checks.bptt.sequence import ALL, at_last
from autograder.checks.bptt.step_mistakes import put
from rnn_core import rnn


def walk(dh, cache, steps, arrives):
    """A loop over `steps` in which `arrives(outside, carried)` makes the gradient at a state."""
    T = len(cache)
    dx, carried, shares = np.zeros((len(dh), T, cache[0][0].shape[1])), np.zeros_like(dh[:, 0]), []
    for t in steps(T):
        dx[:, t], carried, *share = rnn.step_backward(arrives(dh[:, t], carried), cache[t])
        shares.append(share)
    W_xh, W_hh = cache[0][2:4]
    sums = [sum((s[k] for s in shares), z) for k, z in enumerate((0 * W_xh, 0 * W_hh, 0 * W_hh[0]))]
    return dx, carried, *sums, shares


def both(outside, carried):
    return outside + carried


def backwards(T):
    return range(T - 1, -1, -1)


ALL.mistake(
    "the gradient from the future is dropped",
    "Each step gets only `dh[:, t]`. But a state also acts on all later steps: add what the step after handed back.",
    backward=lambda dh, cache: walk(dh, cache, backwards, lambda outside, carried: outside)[:5],
)
ALL.mistake(
    "only the gradient at the last state is used",
    "After the last step your loop goes on with what is handed back, and forgets `dh[:, t]`: each state may get "
    "gradient from outside too. Add the two.",
    backward=lambda dh, cache: walk(at_last(dh), cache, backwards, both)[:5],
)
ALL.mistake(
    "the loop runs forwards",
    "Step t needs what step t + 1 hands back: go from the last step to the first, `reversed(range(T))`.",
    backward=lambda dh, cache: walk(dh, cache, range, both)[:5],
)
ALL.mistake(
    "the first step is left out",
    "`range(T - 1, 0, -1)` ends at 1. Step 0 has a share as well: `range(T - 1, -1, -1)` or `reversed(range(T))`.",
    backward=lambda dh, cache: walk(dh, cache, lambda T: range(T - 1, 0, -1), both)[:5],
)
ALL.mistake(
    "the last step is left out",
    "The loop starts at step T - 2. The last step is T - 1.",
    backward=lambda dh, cache: walk(dh, cache, lambda T: range(T - 2, -1, -1), both)[:5],
)


@ALL.mistake(
    "the shares of the weights are overwritten instead of added",
    "`dW_hh = …` in the loop keeps the share of the step that came last. The same weights act at every step: `+=`.",
)
def backward(dh, cache):
    dx, dh0, *_, shares = walk(dh, cache, backwards, both)
    return dx, dh0, *shares[-1]


ALL.mistake(
    "the shares of the weights are averaged over the steps",
    "Shares of a shared weight add up. Nothing is divided by T: where an average is wanted, the loss holds it already.",
    backward=lambda dh, cache: (lambda g, T: (*g[:2], *(part / T for part in g[2:])))(
        reference.backward(dh, cache), len(cache)
    ),
)
ALL.mistake(
    "the gradients of the weights are clipped inside",
    "`np.clip(dW, -5, 5)` belongs to the training loop. Here the gradient itself is asked for: clipped, it "
    "agrees with no difference of the loss.",
    backward=lambda dh, cache: (lambda g: (*g[:2], *(np.clip(part, -5, 5) for part in g[2:])))(
        reference.backward(dh, cache)
    ),
)
ALL.mistake(
    "dh0 is forgotten: it comes out as zero",
    "What step 0 hands back is the gradient of `h0`. It is still in your hands when the loop ends.",
    backward=lambda dh, cache: put(reference.backward(dh, cache), 1, 0 * dh[:, 0]),
)
ALL.mistake(
    "dh0 is the gradient at the first state, not before it",
    "`dh[:, 0]` plus what step 1 handed back belongs to the state *after* step 0. Take it back through step 0 too.",
    backward=lambda dh, cache: put(reference.backward(dh, cache), 1, _at_first(dh, cache)),
)
ALL.mistake(
    "dx is in the order of the loop",
    "The loop runs from the last step to the first, and so does your list. Put `dx_t` in its place, `dx[:, t]`.",
    backward=lambda dh, cache: put(reference.backward(dh, cache), 0, reference.backward(dh, cache)[0][:, ::-1]),
)


ALL.mistake(
    "every step is taken back with the last cache",
    "Each step has its own cache: `caches[t]` holds the input and the state that step `t` read.",
    backward=lambda dh, cache: reference.backward(dh, [cache[-1]] * len(cache)),
)


def kept_gradient(dh, cache):
    carried = []

    def arrives(outside, handed_back):
        carried.append(outside + (carried[-1] if carried else 0) + handed_back)
        return carried[-1]

    return walk(dh, cache, backwards, arrives)[:5]


ALL.mistake(
    "the gradient of the step after is kept as well as handed back",
    "`carried += dh` keeps the old gradient at the next state *and* adds what passed through the step. Only what "
    "passed through belongs here: `carried = dh`.",
    backward=kept_gradient,
)


def added_up(dh, cache):
    carried = np.zeros_like(dh[:, 0])

    def arrives(outside, handed_back):
        carried[:] += handed_back
        return outside + carried

    dx, handed_back, *sums, _ = walk(dh, cache, backwards, arrives)
    return dx, carried + handed_back, *sums


ALL.mistake(
    "what is handed back is added up instead of replaced",
    "With `+=` everything that later steps handed back stays in. It has passed through a step since: only what the "
    "step after this one hands back arrives here, so replace it with `=`.",
    backward=added_up,
)
ALL.mistake(
    "the gradient from outside is taken from the step before",
    "`dh[:, t - 1]` belongs to the state before. At the state that step `t` wrote, `dh[:, t]` arrives. (And at `t = 0` "
    "the place -1 is the last step.)",
    backward=lambda dh, cache: reference.backward(np.roll(dh, 1, axis=1), cache),
)
for divisor in (lambda N, T: N * T, lambda N, T: N):
    ALL.mistake(
        "gradients are averaged over the batch",
        "Shares of a shared weight add up, over sequences and steps. Nothing is divided: where an average is wanted, "
        "the loss holds it already.",
        backward=lambda dh, cache, divisor=divisor: (
            lambda g: (*g[:2], *(part / divisor(*dh.shape[:2]) for part in g[2:]))
        )(reference.backward(dh, cache)),
    )


def backward_in_place(dh, cache):
    grads = reference.backward(dh, cache)
    for t in backwards(len(cache) - 1):
        dh[:, t] += rnn.step_backward(dh[:, t + 1], cache[t + 1])[1]
    return grads


def _at_first(dh, cache):
    return dh[:, 0] + (reference.backward(dh[:, 1:], cache[1:])[1] if len(cache) > 1 else 0)


ALL.mistake(
    "dh is changed in place",
    "The values are right, but `dh[:, t] += …` writes into the array that the caller still holds. Add into a new one.",
    backward=backward_in_place,
)
