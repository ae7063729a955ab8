"""Wrong ways back through a batch of sequences, known by name."""

import numpy as np

from autograder.checks.lstm import reference
from autograder.checks.lstm.sequence import ALL
from rnn_core import lstm


def backwards(T):
    return range(T - 1, -1, -1)


def walk(dh, dc, cache, steps=backwards, arrive=None, enter=None, leave=None, cache_of=None, turned=False):
    """The loop, with some of its lines replaced. Returns: the six results, and the shares step by step.

    arrive(dh_t, dc_t, from h, from c, t): what meets at a state. enter(g, ran): what goes into the step.
    leave(back, g, ran, name): what is carried on, for "h" and for "c". turned: h and c are exchanged in the call.
    """
    caches, real = cache
    T = len(caches)
    arrive = arrive or (lambda h, c, out_h, out_c, t: (h + out_h, c + out_c))
    enter = enter or (lambda g, ran: g * ran)
    leave = leave or (lambda back, g, ran, name: np.where(ran, back, g))
    dx = np.zeros((len(dh), T, caches[0][0].shape[1]))
    h, c, shares = np.zeros_like(dh[:, 0]), np.zeros_like(dc[:, 0]), []
    for t in steps(T):
        ran = real[:, t, None]
        h, c = arrive(h, c, dh[:, t], dc[:, t], t)
        both = (enter(c, ran), enter(h, ran)) if turned else (enter(h, ran), enter(c, ran))
        dx[:, t], h_back, c_back, *share = lstm.step_backward(*both, caches[t if cache_of is None else cache_of(t, T)])
        h, c = leave(h_back, h, ran, "h"), leave(c_back, c, ran, "c")
        shares.append(share)
    W_xh, W_hh = caches[0][3:5]
    zeros = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_xh.shape[1])
    sums = [sum((share[k] for share in shares), zero) for k, zero in enumerate(zeros)]
    return (dx, h, c, *sums), shares


def mistake(name, words, **changes):
    ALL.mistake(name, words, backward=lambda dh, dc, cache: walk(dh, dc, cache, **changes)[0])


def changed(name, words, change):
    """Name a wrong result by what it makes of the right ones, as a list, and the arguments."""
    ALL.mistake(
        name,
        words,
        backward=lambda dh, dc, cache: tuple(change(list(reference.backward(dh, dc, cache)), dh, dc, cache)),
    )


FUTURE = "Each state also acts on all later steps: add what step t + 1 handed back."
mistake(
    "the gradient from the future is dropped, at h and at c",
    FUTURE,
    arrive=lambda h, c, out_h, out_c, t: (out_h, out_c),
)
mistake(
    "the gradient of c from the future is dropped",
    "`step_backward` hands back two gradients. The one at c is carried too: `dc_t + dc[:, t]`.",
    arrive=lambda h, c, out_h, out_c, t: (h + out_h, out_c),
)
mistake(
    "the gradient of c from the future is dropped, and that of a row that has ended is lost at c",
    "`step_backward` hands back two gradients, and the one at c is carried too: `dc_t + dc[:, t]`. In a row that has "
    "ended it is handed on as it is, `np.where(ran, dc_back, dc_t)`.",
    arrive=lambda h, c, out_h, out_c, t: (h + out_h, out_c),
    leave=lambda back, g, ran, name: back if name == "c" else np.where(ran, back, g),
)
mistake(
    "the gradient of h from the future is dropped",
    FUTURE,
    arrive=lambda h, c, out_h, out_c, t: (out_h, c + out_c),
)
mistake(
    "dc from outside is left out",
    "At each cell state a gradient arrives from outside as well: add `dc[:, t]`.",
    arrive=lambda h, c, out_h, out_c, t: (h + out_h, c),
)
mistake(
    "dh from outside is left out",
    "At each state a gradient arrives from outside as well: add `dh[:, t]`.",
    arrive=lambda h, c, out_h, out_c, t: (h, c + out_c),
)
mistake(
    "dc is dropped altogether",
    "Both states are carried from step to step, and both have a gradient: `step_backward(dh_t, dc_t, …)`, with "
    "`dc_t` what "
    "step t + 1 handed back plus `dc[:, t]`.",
    arrive=lambda h, c, out_h, out_c, t: (h + out_h, 0 * c),
)
changed(
    "only the gradients at the last step are used",
    "After the last step your loop goes on with what is handed back, and forgets `dh[:, t]` and `dc[:, t]`: each "
    "state may "
    "get a gradient from outside.",
    lambda grads, dh, dc, cache: reference.backward(
        *(np.concatenate((0 * d[:, :-1], d[:, -1:]), axis=1) for d in (dh, dc)), cache
    ),
)
mistake(
    "the two gradients are exchanged in the call of step_backward",
    "The order of its arguments is `step_backward(dh_next, dc_next, cache)`: first what arrived at h, then at c.",
    turned=True,
)
mistake(
    "the loop runs forwards",
    "Step t needs what step t + 1 hands back: go from the last step to the first, `reversed(range(T))`.",
    steps=range,
)
mistake(
    "the first step is left out",
    "`range(T - 1, 0, -1)` ends at 1. Step 0 has a share as well: `reversed(range(T))`.",
    steps=lambda T: range(T - 1, 0, -1),
)
mistake(
    "the last step is left out",
    "The loop starts at step T - 2. The last step is T - 1.",
    steps=lambda T: range(T - 2, -1, -1),
)
mistake(
    "every step is taken back with the last cache",
    "Each step has its own cache: `caches[t]`.",
    cache_of=lambda t, T: T - 1,
)
mistake(
    "the mask is not used",
    "Where `real[:, t]` is False the step did not run for that row: nothing of the gradient enters the step, and "
    "all of it "
    "is handed on.",
    enter=lambda g, ran: g,
    leave=lambda back, g, ran, name: back,
)
LOST = (
    "A row that has ended kept its states, `h` and `c`. What arrives there belongs to the kept state too: hand it on, "
    "`np.where(ran, dh_back, dh_t)`."
)
mistake(
    "the gradient of a row that has ended is lost",
    LOST,
    leave=lambda back, g, ran, name: back,
)
for which in "hc":
    mistake(
        f"the gradient of a row that has ended is lost at {which}",
        LOST,
        leave=lambda back, g, ran, name, which=which: back if name == which else np.where(ran, back, g),
    )
mistake(
    "padding gives its inputs and the weights a share",
    "The gradient of a row that has ended must not enter the step: `step_backward(dh_t * ran, dc_t * ran, …)`.",
    enter=lambda g, ran: g,
)
mistake(
    "padding gives its inputs and the weights a share, and hands the gradient on twice",
    "The gradient of a row that has ended must not enter the step: multiply by `ran` before, and pass the rest by.",
    enter=lambda g, ran: g,
    leave=lambda back, g, ran, name: back + g * ~ran,
)
mistake(
    "real and padding are exchanged",
    "`real[:, t]` is True where the step ran.",
    enter=lambda g, ran: g * ~ran,
    leave=lambda back, g, ran, name: np.where(ran, g, back),
)
mistake(
    "real rows hand the gradient past the step as well",
    "Where the step ran, its states were replaced: only what `step_backward` hands back goes on.",
    leave=lambda back, g, ran, name: back + g,
)


@ALL.mistake(
    "what comes from outside is added after the step",
    "`dh[:, t]` and `dc[:, t]` arrive at the states that step t wrote: add them *before* `step_backward`. After it "
    "you hold the gradient at the states of step t - 1.",
)
def added_after(dh, dc, cache):
    later = (np.concatenate((d[:, 1:], 0 * d[:, :1]), axis=1) for d in (dh, dc))
    (dx, dh0, dc0, *sums), _ = walk(*later, cache)
    return dx, dh0 + dh[:, 0], dc0 + dc[:, 0], *sums


@ALL.mistake(
    "the shares of the weights are overwritten instead of added",
    "`dW_hh = …` in the loop keeps the share of the step that came last. The same weights act at every step: add.",
)
def backward(dh, dc, cache):
    (dx, dh0, dc0, *_), shares = walk(dh, dc, cache)
    return dx, dh0, dc0, *shares[-1]


changed(
    "the shares of the weights are averaged over the steps",
    "Shares of a shared weight add up. Nothing is divided: where an average is wanted, the loss holds it already.",
    lambda grads, dh, dc, cache: (*grads[:3], *(part / dh.shape[1] for part in grads[3:])),
)
changed(
    "gradients are averaged over the batch",
    "Shares of a shared weight add up. Nothing is divided: where an average is wanted, the loss holds it already.",
    lambda grads, dh, dc, cache: (*grads[:3], *(part / len(dh) for part in grads[3:])),
)
changed(
    "the gradients of the weights are clipped inside",
    "`np.clip(dW, -5, 5)` belongs to the training loop, as in lesson 3. Here the gradient itself is asked for: "
    "clipped, it agrees with no difference of the loss.",
    lambda grads, dh, dc, cache: (*grads[:3], *(np.clip(part, -5, 5) for part in grads[3:])),
)
changed(
    "dh0 and dc0 come out as zero",
    "What step 0 hands back is the gradient of `h0` and of `c0`. Both are still in your hands when the loop ends.",
    lambda grads, dh, dc, cache: (grads[0], 0 * grads[1], 0 * grads[2], *grads[3:]),
)
changed(
    "dc0 comes out as zero",
    "What step 0 hands back at c is the gradient of `c0`. It is still in your hands when the loop ends.",
    lambda grads, dh, dc, cache: (*grads[:2], 0 * grads[2], *grads[3:]),
)
changed(
    "dh0 and dc0 are exchanged",
    "The numbers are right. The order is `dx, dh0, dc0, dW_xh, dW_hh, db`.",
    lambda grads, dh, dc, cache: (grads[0], grads[2], grads[1], *grads[3:]),
)
changed(
    "dx is in the order of the loop",
    "The loop runs from the last step to the first, and so does your list. Put `dx_t` in its place, `dx[:, t]`.",
    lambda grads, dh, dc, cache: (grads[0][:, ::-1], *grads[1:]),
)
changed(
    "time comes first in dx",
    "`np.stack(parts)` puts the steps into the first axis. dx is (N, T, D): `np.stack(parts, axis=1)`.",
    lambda grads, dh, dc, cache: (grads[0].swapaxes(0, 1), *grads[1:]),
)
changed(
    "dh and dc from outside are exchanged",
    "`dh[:, t]` arrives at h and `dc[:, t]` at c: the first two arguments of `step_backward`, in this order.",
    lambda grads, dh, dc, cache: reference.backward(dc, dh, cache),
)
changed(
    "what comes from outside is taken from the step before",
    "`dh[:, t - 1]` belongs to the state before. At the state that step `t` wrote, `dh[:, t]` and `dc[:, t]` arrive.",
    lambda grads, dh, dc, cache: reference.backward(np.roll(dh, 1, axis=1), np.roll(dc, 1, axis=1), cache),
)


def in_place(dh, dc, cache):
    grads = reference.backward(dh, dc, cache)
    dh[:, 0] += grads[1]
    return grads


ALL.mistake(
    "dh is changed in place",
    "The values are right, but `dh[:, t] += …` writes into the array that the caller still holds. Add into a new one.",
    backward=in_place,
)
