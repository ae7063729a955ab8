"""Wrong ways through a sequence with a mask, known by name."""

import numpy as np

from autograder.checks.gru import reference
from autograder.checks.gru.sequence import SEQUENCE
from rnn_core import gru


def walk(x, h0, weights, mask, read=lambda h, h0: h, choose=np.where, start=lambda h0: h0):
    """The states of a forward that reads another state, or chooses otherwise, and its cache."""
    mask = np.ones(x.shape[:2], dtype=bool) if mask is None else np.asarray(mask).astype(bool)
    h, states, caches = start(h0), [], []
    for t in range(x.shape[1]):
        h_next, kept = gru.step_forward(x[:, t], read(h, h0), *weights)
        h = choose(mask[:, t, None], h_next, h)
        states.append(h)
        caches.append(kept)
    return states, (caches, mask)


def ahead_mistake(name, words, **changes):
    def forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
        states, cache = walk(x, h0, (W_xh, W_hh, b_x, b_h), mask, **changes)
        return np.stack(states, axis=1), cache

    SEQUENCE.mistake(name, words, forward=forward)


ahead_mistake(
    "padding sets the state to zero",
    "Where the mask is False the state is *kept*: the old h, not zero. Then the last column holds the last real state "
    "of every row.",
    choose=lambda real, h_next, h: h_next * real,
)
ahead_mistake(
    "the mask is ignored on the way ahead",
    "The cell runs on padding. Take the step for all rows, then choose: the new state where the mask is True, the old "
    "one where it is not.",
    choose=lambda real, h_next, h: h_next,
)
ahead_mistake(
    "the mask is turned round",
    "True marks a real step. There the new state is taken, elsewhere the old one is kept.",
    choose=lambda real, h_next, h: np.where(real, h, h_next),
)
ahead_mistake(
    "every step reads h0",
    "The state is not carried: each step reads what the step before wrote.",
    read=lambda h, h0: h0,
)
ahead_mistake(
    "the first state is zero",
    "The caller gives the initial state: start from `h0`.",
    start=lambda h0: 0 * h0,
)


def shifted(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    states, cache = walk(x, h0, (W_xh, W_hh, b_x, b_h), mask)
    return np.stack([h0, *states[:-1]], axis=1), cache


def time_first(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    states, cache = walk(x, h0, (W_xh, W_hh, b_x, b_h), mask)
    return np.stack(states), cache


def with_h0(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    states, cache = walk(x, h0, (W_xh, W_hh, b_x, b_h), mask)
    return np.stack([h0, *states], axis=1), cache


def one_array(x, h0, W_xh, W_hh, b_x, b_h, mask=None):
    states, cache = walk(x, h0, (W_xh, W_hh, b_x, b_h), mask)
    return np.stack([states[-1] for _ in states], axis=1), cache


def one_array_of_the_caller(x, h0, *others):
    h, cache = one_array(x, h0.copy(), *others)
    h0[...] = h[:, -1]
    return h, cache


SEQUENCE.mistake(
    "h0 is returned among the states",
    "h holds the state *after* each of T steps: (N, T, H), without `h0`. Begin with an empty list.",
    forward=with_h0,
)
for forward in (one_array, one_array_of_the_caller):
    SEQUENCE.mistake(
        "every step shows the last state",
        "The list holds one array, T times: `h[…] = …` changes it in place. Make a new h at each step: "
        "`h = np.where(mask[:, t, None], h_next, h)`.",
        forward=forward,
    )
SEQUENCE.mistake(
    "the states before the steps are returned",
    "`h[:, t]` is the state *after* step t. Append after the step.",
    forward=shifted,
)
SEQUENCE.mistake(
    "time comes first in h",
    "`np.stack(states)` puts the steps into the first axis. h is (N, T, H): `np.stack(states, axis=1)`.",
    forward=time_first,
)


def usual_in(arrived, real):
    return arrived * real


def usual_on(back, arrived, real):
    return back + arrived * ~real


def go_back(dh, cache, order=reversed, into=usual_in, onward=usual_on, add=True):
    caches, mask = cache
    carried, dx, total = np.zeros_like(dh[:, 0]), [None] * len(caches), None
    for t in order(range(len(caches))):
        real = mask[:, t, None]
        arrived = dh[:, t] + carried
        dx[t], back, *shares = gru.step_backward(into(arrived, real), caches[t])
        carried = onward(back, arrived, real)
        total = [a + b for a, b in zip(total, shares, strict=True)] if total and add else shares
    return np.stack(dx, axis=1), carried, *total


def back_mistake(name, words, **changes):
    SEQUENCE.mistake(name, words, backward=lambda dh, cache: go_back(dh, cache, **changes))


back_mistake(
    "the mask is ignored on the way back",
    "Padding kept the state; no step ran there. What arrives is handed on as it is, and nothing goes into the step.",
    into=lambda arrived, real: arrived,
    onward=lambda back, arrived, real: back,
)
back_mistake(
    "what arrives at the padding is dropped",
    "Where no step ran, the state was copied: `h[:, t]` in the padding *is* the last real state. What arrives there is "
    "handed on, `arrived * ~real`, until it meets the step that wrote that state.",
    onward=lambda back, arrived, real: back,
)
back_mistake(
    "padding gets a share of the weights",
    "What is handed on in the padding must not go into the step as well: `arrived * real`.",
    into=lambda arrived, real: arrived,
    onward=lambda back, arrived, real: np.where(real, back, arrived),
)
back_mistake(
    "what arrives is handed on at real steps as well",
    "At a real step all of it goes through the step. Only in the padding it is handed on: `arrived * ~real`.",
    onward=lambda back, arrived, real: back + arrived,
)
back_mistake(
    "the future is forgotten: every step goes back by itself",
    "At each state the gradient from outside meets what the next step hands back: `dh[:, t] + carried`.",
    onward=lambda back, arrived, real: np.zeros_like(back),
)
back_mistake(
    "the loop runs forwards",
    "A later step hands back to an earlier one: from the last to the first, `reversed(range(T))`.",
    order=iter,
)
back_mistake(
    "the shares of the weights are overwritten instead of added",
    "`dW_hh = …` in the loop keeps the share of one step. The same weights act at every step: `+=`.",
    add=False,
)


def put(results, place, new):
    return (*results[:place], new, *results[place + 1 :])


def outside_alone(dh, cache):
    """What was carried does not get past the padding; what arrives there from outside does."""
    from_outside = iter(dh[:, ::-1].swapaxes(0, 1))

    def onward(back, arrived, real):
        return back + next(from_outside) * ~real

    return go_back(dh, cache, onward=onward)


def dx_alone_is_masked(dh, cache):
    onward = {
        "into": lambda arrived, real: arrived,
        "onward": lambda back, arrived, real: np.where(real, back, arrived),
    }
    dx, *others = go_back(dh, cache, **onward)
    return dx * cache[1][:, :, None], *others


SEQUENCE.mistake(
    "what was carried is lost at the padding",
    "In the padding *all* that meets there is handed on, what came from later steps as well: `arrived * ~real` with "
    "`arrived = dh[:, t] + carried`.",
    backward=outside_alone,
)
SEQUENCE.mistake(
    "the mask is in dx, and the weights still get a share from padding",
    "What goes into `step_backward` must be zero in the padding, `arrived * real`: then neither dx nor the weights "
    "get a share.",
    backward=dx_alone_is_masked,
)
SEQUENCE.mistake(
    "time comes first in dx",
    "`np.stack(parts)` puts the steps into the first axis. dx is (N, T, D): `np.stack(parts, axis=1)`.",
    backward=lambda dh, cache: put(reference.backward(dh, cache), 0, reference.backward(dh, cache)[0].swapaxes(0, 1)),
)

SEQUENCE.mistake(
    "dh0 is forgotten: it comes out as zero",
    "What is still carried when the loop ends is the gradient of `h0`.",
    backward=lambda dh, cache: put(reference.backward(dh, cache), 1, 0 * dh[:, 0]),
)
SEQUENCE.mistake(
    "the gradients of the weights are clipped inside",
    "`np.clip(dW, -5, 5)` belongs to the training loop, as in lesson 3. Here the gradient itself is asked for: "
    "clipped, it agrees with no difference of the loss.",
    backward=lambda dh, cache: (lambda g: (*g[:2], *(np.clip(part, -5, 5) for part in g[2:])))(
        reference.backward(dh, cache)
    ),
)
SEQUENCE.mistake(
    "dx is in the order of the loop",
    "The loop runs from the last step to the first, and so does the list. Put each `dx_t` into its place.",
    backward=lambda dh, cache: put(reference.backward(dh, cache), 0, reference.backward(dh, cache)[0][:, ::-1]),
)


def in_place(dh, cache):
    results = reference.backward(dh, cache)
    dh[:, 0] += 1
    return results


SEQUENCE.mistake(
    "dh is changed in place",
    "The values are right, but `dh[:, t] += …` writes into the array that the caller still holds.",
    backward=in_place,
)
