"""Answers to lesson 2."""

import math

import numpy as np

from rnn_core import rnn
from rnn_core.activations import softmax
from tests.answers import right, wrong

# --- shapes

N, T, D, H, V = 16, 30, 5, 24, 4
GOOD = dict(
    x=(N, T, D),
    x_t=(N, D),
    h0=(N, H),
    W_xh=(D, H),
    W_hh=(H, H),
    b=(H,),
    h_t=(N, H),
    h=(N, T, H),
    W_hy=(H, V),
    b_y=(V,),
    scores=(N, T, V),
)
DATA, WEIGHTS = "the data: x, x_t, h0", "the weights: W_xh, W_hh, b, W_hy, b_y"
COMPUTED = "what is computed: h_t, h, scores"
right("cell-shapes", "lists", shapes={name: list(shape) for name, shape in GOOD.items()})
right("cell-shapes", "arrays", shapes={name: np.array(shape) for name, shape in GOOD.items()})
right("cell-shapes", "shapes read off arrays", shapes={name: np.empty(shape).shape for name, shape in GOOD.items()})
wrong("cell-shapes", WEIGHTS, "weights written as (to, from)", shapes=GOOD | dict(W_xh=(24, 5), W_hy=(4, 24)))
wrong(
    "cell-shapes",
    DATA,
    "time before the batch",
    shapes=GOOD | dict(x=(30, 16, 5), h=(30, 16, 24), scores=(30, 16, 4)),
)
wrong("cell-shapes", COMPUTED, "only the last state is kept", shapes=GOOD | dict(h=(16, 24), scores=(16, 4)))
wrong("cell-shapes", WEIGHTS, "one bias for each sequence", shapes=GOOD | dict(b=(16, 24)))
wrong("cell-shapes", DATA, "a first state for every step", shapes=GOOD | dict(h0=(16, 30, 24)))
wrong("cell-shapes", WEIGHTS, "W_hh reads the input", shapes=GOOD | dict(W_hh=(5, 24)))
wrong("cell-shapes", WEIGHTS, None, "a bare number", shapes=GOOD | dict(b=24))

COUNTED = "how many numbers are learned"
right("cell-shapes", "the number as numpy counts it", parameters=np.int64(24 * (5 + 24 + 1) + 25 * 4))
wrong("cell-shapes", COUNTED, "the biases are not counted", parameters=24 * (5 + 24 + 4))
wrong("cell-shapes", COUNTED, "the output's bias is not counted", parameters=24 * (5 + 24 + 1 + 4))
wrong("cell-shapes", COUNTED, "the recurrent weights are not counted", parameters=24 * 6 + 25 * 4)
wrong("cell-shapes", COUNTED, "one recurrent weight a unit", parameters=24 * 7 + 25 * 4)
wrong("cell-shapes", COUNTED, "the output layer is not counted", parameters=24 * 30)
wrong("cell-shapes", COUNTED, "weights counted for every step", parameters=30 * (24 * 30 + 25 * 4))

wrong("cell-shapes", COUNTED, None, "the number as text", parameters="820")

# --- one step

VALUES = "values agree with the reference"


@wrong("cell-step-forward", VALUES, "the bias stands outside the tanh")
def step_forward(x, h, W_xh, W_hh, b):
    from_input = x @ W_xh
    h_next = b + np.tanh(from_input + h @ W_hh)
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "there is no tanh")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = np.concatenate([x, h], axis=1) @ np.concatenate([W_xh, W_hh]) + b
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "W_hh is transposed")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = np.tanh(x @ W_xh + (W_hh @ h.T).T + b)
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "the state is not used")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = np.tanh(np.dot(x, W_xh) + b)
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "the bias is missing")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = np.tanh(x @ W_xh + h @ W_hh)
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "a sigmoid instead of tanh")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = 1 / (1 + np.exp(-(x @ W_xh + h @ W_hh + b)))
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "the old state is added once more")
def step_forward(x, h, W_xh, W_hh, b):
    change = np.tanh(x @ W_xh + h @ W_hh + b)
    h_next = h + change
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "tanh of each part, then the sum")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = sum(np.tanh(part) for part in (x @ W_xh, h @ W_hh, b))
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "tanh covers the state's part only")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = x @ W_xh + np.tanh(h @ W_hh) + b
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", "the caller's arrays are left alone", "the new state is written over the old one")
def step_forward(x, h, W_xh, W_hh, b):
    np.tanh(x @ W_xh + h @ W_hh + b, out=h)
    h_next = h
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", "large inputs end at -1 and 1", "tanh written out with exp")
def step_forward(x, h, W_xh, W_hh, b):
    a = x @ W_xh + h @ W_hh + b
    h_next = (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "only the new state comes back")
def step_forward(x, h, W_xh, W_hh, b):
    return np.tanh(x @ W_xh + h @ W_hh + b)


@wrong("cell-step-forward", VALUES, "tanh covers the input's part only")
def step_forward(x, h, W_xh, W_hh, b):
    from_input = x @ W_xh
    h_next = np.tanh(from_input) + h @ W_hh + b
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "the input's part stands outside the tanh")
def step_forward(x, h, W_xh, W_hh, b):
    from_input = x @ W_xh
    h_next = from_input + np.tanh(h @ W_hh + b)
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "the state's part stands outside the tanh")
def step_forward(x, h, W_xh, W_hh, b):
    from_input = x @ W_xh
    h_next = np.tanh(from_input + b) + h @ W_hh
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "the state is added without its weights")
def step_forward(x, h, W_xh, W_hh, b):
    from_input = x @ W_xh
    h_next = np.tanh(from_input + h + b)
    return h_next, (x, h, W_xh, W_hh, h_next)


@wrong("cell-step-forward", VALUES, "the cache comes first")
def step_forward(x, h, W_xh, W_hh, b):
    from_input = x @ W_xh
    h_next = np.tanh(from_input + h @ W_hh + b)
    return (x, h, W_xh, W_hh, h_next), h_next


@right("cell-step-forward", "one concatenated product")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = np.tanh(np.hstack([x, h]) @ np.vstack([W_xh, W_hh]) + b)
    return h_next, None


@right("cell-step-forward", "loops over sequences and units")
def step_forward(x, h, W_xh, W_hh, b):
    h_next = np.zeros((len(x), len(b)))
    for n in range(len(x)):
        for j in range(len(b)):
            h_next[n, j] = np.tanh(sum(x[n] * W_xh[:, j]) + sum(h[n] * W_hh[:, j]) + b[j])
    return [h_next, {"h": h}]


@right("cell-step-forward", "einsum")
def step_forward(x, h, W_xh, W_hh, b):
    a = b + np.einsum("nd,dh->nh", x, W_xh) + np.einsum("ni,ij->nj", h, W_hh)
    return np.tanh(a), (a,)


@right("cell-step-forward", "columns, then transposed back")
def step_forward(x, h, W_xh, W_hh, b):
    return np.tanh(W_xh.T @ x.T + W_hh.T @ h.T + b[:, None]).T, object()


@right("cell-step-forward", "float32")
def step_forward(x, h, W_xh, W_hh, b):
    x, h, W_xh, W_hh, b = (array.astype(np.float32) for array in (x, h, W_xh, W_hh, b))
    return np.tanh(x @ W_xh + h @ W_hh + b), None


# --- a sequence

ALL = "every state of every sequence agrees with the reference"
FIRST = "the first state comes from h0"


@wrong("cell-forward", ALL, "every step starts from h0")
def forward(x, h0, W_xh, W_hh, b):
    (N, T, _), H = x.shape, W_hh.shape[0]
    h, caches = np.zeros((N, T, H)), []
    for t in range(T):
        h[:, t], cache = rnn.step_forward(x[:, t], h0, W_xh, W_hh, b)
        caches.append(cache)
    return h, caches


@wrong("cell-forward", FIRST, "h0 is not used")
def forward(x, h0, W_xh, W_hh, b):
    caches, h = [], []
    state = np.zeros((x.shape[0], W_hh.shape[0]))
    for t in range(x.shape[1]):
        state, cache = rnn.step_forward(x[:, t], state, W_xh, W_hh, b)
        h.append(state)
        caches.append(cache)
    return np.stack(h, axis=1), caches


@wrong("cell-forward", ALL, "only the last state comes back")
def forward(x, h0, W_xh, W_hh, b):
    caches, h = [], h0
    for t in range(x.shape[1]):
        h, cache = rnn.step_forward(x[:, t], h, W_xh, W_hh, b)
        caches.append(cache)
    return h, caches


@wrong("cell-forward", FIRST, "shifted by one step")
def forward(x, h0, W_xh, W_hh, b):
    (N, T, _), caches, h_t = x.shape, [], h0
    h = np.zeros((N, T, len(b)))
    for t in range(T):
        h[:, t] = h_t
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        caches.append(cache)
    return h, caches


@wrong("cell-forward", ALL, "the last step is missing")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], np.zeros((x.shape[0], x.shape[1], len(b))), h0
    for t in range(x.shape[1] - 1):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h[:, t] = h_t
        caches.append(cache)
    return h, caches


@wrong("cell-forward", ALL, "h0 stands among the states")
def forward(x, h0, W_xh, W_hh, b):
    (N, T, _), caches = x.shape, []
    h = np.zeros((N, T + 1, len(b)))
    h[:, 0] = h0
    for t in range(T):
        h[:, t + 1], cache = rnn.step_forward(x[:, t], h[:, t].copy(), W_xh, W_hh, b)
        cache = (x[:, t], h[:, t], W_xh, W_hh, h[:, t + 1])
        caches.append(cache)
    return h, caches


@wrong("cell-forward", ALL, "the axis of time comes first")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], [], h0
    for t in range(x.shape[1]):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
        caches.append(cache)
    return np.array(h), caches


@wrong("cell-forward", ALL, "the states stand side by side")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], [], h0
    for t in range(x.shape[1]):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
        caches.append(cache)
    return np.hstack(h), caches


@wrong("cell-forward", ALL, "every step reads the first input")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], [], h0
    for _ in range(x.shape[1]):
        h_t, cache = rnn.step_forward(x[:, 0], h_t, W_xh, W_hh, b)
        h.append(h_t)
        caches.append(cache)
    return np.stack(h, 1), caches


@wrong("cell-forward", FIRST, "the sequence is read from its end")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], np.zeros((*x.shape[:2], len(b))), h0
    for t in reversed(range(x.shape[1])):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h[:, t] = h_t
        caches.append(cache)
    return h, caches


@wrong("cell-forward", "the caller's arrays are left alone", "h0 is written over")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], np.zeros((*x.shape[:2], len(b))), h0
    for t in range(x.shape[1]):
        h_next, cache = rnn.step_forward(x[:, t], h_t.copy(), W_xh, W_hh, b)
        h_t[:] = h_next
        h[:, t] = h_t
        caches.append(cache)
    return h, caches


@wrong("cell-forward", ALL, None, "steps along the first axis")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], [], h0
    for x_t in x:
        h_t, cache = rnn.step_forward(x_t, h_t, W_xh, W_hh, b)
        h.append(h_t)
        caches.append(cache)
    return np.stack(h), caches


@wrong("cell-forward", "a cache for every step", "not every step has its cache")
def forward(x, h0, W_xh, W_hh, b):
    h, h_t = [], h0
    for t in range(x.shape[1]):
        h_t, _ = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
    return np.stack(h, axis=1), []


@wrong("cell-forward", ALL, "the axes are reshaped, not exchanged")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], [], h0
    (N, T, _), H = x.shape, len(b)
    for t in range(T):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
        caches.append(cache)
    h = np.concatenate(h).reshape(N, T, H)
    return h, caches


@wrong("cell-forward", ALL, "the return stands inside the loop", "return in the loop, zeros")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], np.zeros((*x.shape[:2], len(b))), h0
    for t in range(x.shape[1]):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h[:, t] = h_t
        caches.append(cache)
        return h, caches


@wrong("cell-forward", ALL, "the return stands inside the loop", "return in the loop, a list")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], [], h0
    for t in range(x.shape[1]):
        h_t, cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
        caches.append(cache)
        return np.stack(h, axis=1), caches


@wrong("cell-forward", ALL, "the same array is stored at every step", "one array, h0 copied")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], [], h0.copy()
    for t in range(x.shape[1]):
        h_t[:], cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
        caches.append(cache)
    return np.stack(h, axis=1), caches


@wrong("cell-forward", ALL, "the same array is stored at every step", "one array, that of the caller")
def forward(x, h0, W_xh, W_hh, b):
    caches, h, h_t = [], [], h0
    for t in range(x.shape[1]):
        h_t[:], cache = rnn.step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
        caches.append(cache)
    return np.stack(h, axis=1), caches


@wrong(
    "cell-forward", "every state of every sequence agrees with the reference", "as many steps as there are sequences"
)
def forward(x, h0, W_xh, W_hh, b):
    (N, T, _), H = x.shape, len(W_hh)
    h, caches, h_t = np.zeros((N, T, H)), [], h0
    for t in range(N):
        h_t, c = step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h[:, t] = h_t
        caches.append(c)
    return h, caches


@wrong("cell-forward", "a cache for every step", "not every step has its cache")
def forward(x, h0, W_xh, W_hh, b):
    h, h_t = [], h0
    for t in range(x.shape[1]):
        h_t, c = step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
    return np.stack(h, axis=1), c


@wrong("cell-forward", "every state of every sequence agrees with the reference", "the caches do not come back")
def forward(x, h0, W_xh, W_hh, b):
    h, h_t = [], h0
    for t in range(x.shape[1]):
        h_t, _c = step_forward(x[:, t], h_t, W_xh, W_hh, b)
        h.append(h_t)
    return np.stack(h, axis=1)


@right("cell-forward", "a list, then np.stack")
def forward(x, h0, W_xh, W_hh, b):
    h, h_t = [], h0
    for x_t in np.swapaxes(x, 0, 1):
        h_t = np.tanh(x_t @ W_xh + h_t @ W_hh + b)
        h.append(h_t)
    return np.stack(h, axis=1), [None] * len(h)


@right("cell-forward", "the input's part of all steps at once")
def forward(x, h0, W_xh, W_hh, b):
    a = x @ W_xh + b
    for t in range(a.shape[1]):
        before = h0 if t == 0 else a[:, t - 1]
        a[:, t] = np.tanh(a[:, t] + before @ W_hh)
    return a, [(a[:, t],) for t in range(a.shape[1])]


@right("cell-forward", "sequence by sequence")
def forward(x, h0, W_xh, W_hh, b):
    h = np.zeros((*x.shape[:2], len(b)))
    for n in range(len(x)):
        state = h0[n : n + 1]
        for t in range(x.shape[1]):
            state, _ = rnn.step_forward(x[n : n + 1, t], state, W_xh, W_hh, b)
            h[n, t] = state[0]
    return h, ("nothing kept",) * x.shape[1]


# --- chunks

EQUAL = "chunks of equal length: the same as one pass"
SHORTER = "a last chunk that is shorter"


@wrong("cell-chunks", EQUAL, "every chunk starts from h0")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    starts = range(0, x.shape[1], size)
    return [rnn.forward(x[:, s : s + size], h0, W_xh, W_hh, b)[0] for s in starts]


@wrong("cell-chunks", EQUAL, "every later chunk starts from zeros")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks = []
    for s in range(0, x.shape[1], size):
        h, _ = rnn.forward(x[:, s : s + size], h0, W_xh, W_hh, b)
        chunks += [h]
        h0 = 0 * h0
    return chunks


@wrong("cell-chunks", EQUAL, "the first state of a chunk is handed on")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks = []
    for s in range(0, x.shape[1], size):
        chunks.append(rnn.forward(x[:, s : s + size], h0, W_xh, W_hh, b)[0])
        h0 = chunks[-1][:, 0, :]
    return chunks


@wrong("cell-chunks", SHORTER, "the short last chunk is missing")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks, h_t = [], h0
    for k in range(x.shape[1] // size):
        h, _ = rnn.forward(x[:, k * size : (k + 1) * size], h_t, W_xh, W_hh, b)
        h_t = h[:, -1]
        chunks.append(h)
    return chunks


@wrong("cell-chunks", EQUAL, "size taken as the number of chunks")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    parts = np.array_split(rnn.forward(x, h0, W_xh, W_hh, b)[0], size, axis=1)
    return list(parts)


@wrong("cell-chunks", EQUAL, "the chunks are joined")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks = []
    for s in range(0, x.shape[1], size):
        h, _ = rnn.forward(x[:, s : s + size], h0, W_xh, W_hh, b)
        h0 = h[:, -1]
        chunks.append(h)
    return np.concatenate(chunks, axis=1)


@wrong("cell-chunks", EQUAL, "the last sequence is handed on, not the last step")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks = []
    for s in range(0, x.shape[1], size):
        h, _ = forward(x[:, s : s + size], h0, W_xh, W_hh, b)
        h0 = h[-1]
        chunks.append(h)
    return chunks


def own_forward(x, h0, W_xh, W_hh, b):
    h, h_t = np.zeros((*x.shape[:2], len(b))), h0
    for t in range(x.shape[1]):
        h_t = np.tanh(x[:, t] @ W_xh + h_t @ W_hh + b)
        h[:, t] = h_t
    return h, []


def own_forward_state_first(x, h0, W_xh, W_hh, b):
    h, h_t = np.zeros((*x.shape[:2], len(b))), h0
    for t in range(x.shape[1]):
        h_t = np.tanh(h_t @ W_hh + x[:, t] @ W_xh + b)
        h[:, t] = h_t
    return h, []


@wrong("cell-chunks", EQUAL, "the last sequence is handed on, not the last step", "h[-1], with a step in numpy")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks, state = [], h0
    for s in range(0, x.shape[1], size):
        h, _ = own_forward(x[:, s : s + size], state, W_xh, W_hh, b)
        state = h[-1]
        chunks.append(h)
    return chunks


@wrong("cell-chunks", EQUAL, "the last sequence is handed on, not the last step", "h[-1], the state's part first")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks, state = [], h0
    for s in range(0, x.shape[1], size):
        h, _ = own_forward_state_first(x[:, s : s + size], state, W_xh, W_hh, b)
        state = h[-1]
        chunks.append(h)
    return chunks


@wrong("cell-chunks", EQUAL, "every chunk starts from zeros")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks = []
    for s in range(0, x.shape[1], size):
        h0 = np.zeros((x.shape[0], len(b)))
        h, _ = rnn.forward(x[:, s : s + size], h0, W_xh, W_hh, b)
        chunks.append(h)
    return chunks


@wrong("cell-chunks", "the caller's arrays are left alone", "h0 is written over")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks = []
    for s in range(0, x.shape[1], size):
        h, _ = rnn.forward(x[:, s : s + size], h0.copy(), W_xh, W_hh, b)
        h0[...] = h[:, -1]
        chunks.append(h)
    return chunks


@right("cell-chunks", "a while loop")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks, state = [], h0
    while x.shape[1] > 0:
        h, _ = rnn.forward(x[:, :size], state, W_xh, W_hh, b)
        state, x = h[:, -1, :], x[:, size:]
        chunks.append(h)
    return chunks


@right("cell-chunks", "np.split at the borders, a tuple")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks = []
    for part in np.split(x, np.arange(size, x.shape[1], size), axis=1):
        chunks.append(rnn.forward(part, chunks[-1][:, -1] if chunks else h0, W_xh, W_hh, b)[0])
    return tuple(chunks)


@right("cell-chunks", "step by step")
def forward_in_chunks(x, h0, W_xh, W_hh, b, size):
    chunks, h_t = [], h0
    for t in range(x.shape[1]):
        h_t = np.tanh(x[:, t] @ W_xh + h_t @ W_hh + b)
        if t % size == 0:
            chunks.append([])
        chunks[-1].append(h_t)
    return [np.stack(chunk, axis=1) for chunk in chunks]


# --- the output layer

BATCH = "output: a batch of states (N, H)"
ANY = "output: one state (H,) and whole sequences (N, T, H)"


@wrong("cell-in-and-out", BATCH, "no softmax")
def output_probabilities(h, W_hy, b_y):
    return np.dot(h, W_hy) + b_y


@wrong("cell-in-and-out", BATCH, "softmax on the state")
def output_probabilities(h, W_hy, b_y):
    h = softmax(h)
    return h @ W_hy + b_y


@wrong("cell-in-and-out", BATCH, "the bias stands outside the softmax")
def output_probabilities(h, W_hy, b_y):
    return b_y + softmax(h @ W_hy)


@wrong("cell-in-and-out", BATCH, "the bias is missing")
def output_probabilities(h, W_hy, b_y):
    return softmax(h @ W_hy)


@wrong("cell-in-and-out", BATCH, "everything sums to 1 together")
def output_probabilities(h, W_hy, b_y):
    scores = h @ W_hy + b_y
    e = np.exp(scores - scores.max())
    return e / np.sum(e)


@wrong("cell-in-and-out", BATCH, "softmax along the first axis")
def output_probabilities(h, W_hy, b_y):
    return softmax(h @ W_hy + b_y, 0)


@wrong("cell-in-and-out", ANY, "softmax along axis 1")
def output_probabilities(h, W_hy, b_y):
    scores = h @ W_hy + b_y
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@wrong("cell-in-and-out", "output: scores of 1000 and -1000", "exp of large scores")
def output_probabilities(h, W_hy, b_y):
    e = np.exp(h @ W_hy + b_y)
    return e / e.sum(axis=-1)[..., None]


@wrong("cell-in-and-out", BATCH, "a sigmoid for each score")
def output_probabilities(h, W_hy, b_y):
    return 1 / (1 + np.exp(-(h @ W_hy + b_y)))


@wrong("cell-in-and-out", BATCH, "tanh on the scores")
def output_probabilities(h, W_hy, b_y):
    y = np.tanh(h @ W_hy + b_y)
    return softmax(y)


@wrong("cell-in-and-out", "output: the state itself stays as it is", "the state is overwritten by its softmax")
def output_probabilities(h, W_hy, b_y):
    p = softmax(h @ W_hy + b_y)
    h[...] = softmax(h)
    return p


@wrong("cell-in-and-out", "one-hot: a batch of texts: ids (N, T)", "ids with one axis only")
def one_hot(ids, V):
    x = np.zeros((len(ids), V))
    x[np.arange(len(ids)), ids] = 1
    return x


@wrong("cell-in-and-out", "output: a batch of states (N, H)", "the sum lost its axis (no keepdims)")
def output_probabilities(h, W_hy, b_y):
    e = np.exp(h @ W_hy + b_y)
    return e / e.sum(axis=-1)


@wrong("cell-in-and-out", "output: a batch of states (N, H)", "all belief for the likeliest class")
def output_probabilities(h, W_hy, b_y):
    a = h @ W_hy + b_y
    return np.eye(a.shape[-1])[a.argmax(axis=-1)]


@wrong("cell-in-and-out", "output: scores of 1000 and -1000", "one maximum for all rows")
def output_probabilities(h, W_hy, b_y):
    a = h @ W_hy + b_y
    e = np.exp(a - a.max())
    return e / e.sum(axis=-1, keepdims=True)


@right("cell-in-and-out", "by hand, with each row's largest score subtracted")
def output_probabilities(h, W_hy, b_y):
    scores = h @ W_hy + b_y
    scores -= scores.max(axis=-1, keepdims=True)
    return np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)


@right("cell-in-and-out", "rows, then the axes back")
def output_probabilities(h, W_hy, b_y):
    rows = h.reshape(-1, h.shape[-1]) @ W_hy + b_y
    return softmax(rows, axis=1).reshape(*h.shape[:-1], len(b_y))


@right("cell-in-and-out", "state by state")
def output_probabilities(h, W_hy, b_y):
    p = np.empty((*h.shape[:-1], len(b_y)))
    for index in np.ndindex(h.shape[:-1]):
        p[index] = softmax(W_hy.T @ h[index] + b_y)
    return p


# --- the prediction

MADE = "softmax_prediction is one of the 3 choices"
right("cell-softmax-loop", "a", softmax_prediction="a")
right("cell-softmax-loop", "capital C", softmax_prediction="C")
right("cell-softmax-loop", "b with a space", softmax_prediction="b ")
wrong("cell-softmax-loop", MADE, None, "empty", softmax_prediction="")
wrong("cell-softmax-loop", MADE, None, "a number", softmax_prediction=1)

# --- one-hot

TEXTS = "one-hot: a batch of texts: ids (N, T)"


@wrong("cell-in-and-out", TEXTS, "as many columns as ids occur")
def one_hot(ids, V):
    V = ids.max() + 1
    return np.eye(V)[ids]


@wrong("cell-in-and-out", TEXTS, "ids counted from 1")
def one_hot(ids, V):
    x = np.zeros((ids.size, V))
    x[np.arange(ids.size), ids.ravel() - 1] = 1
    return x.reshape(*ids.shape, V)


@wrong("cell-in-and-out", TEXTS, "V is the first axis")
def one_hot(ids, V):
    return np.array([ids == v for v in range(V)]).astype(float)


@wrong("cell-in-and-out", TEXTS, "one long list of vectors")
def one_hot(ids, V):
    x = np.zeros((ids.size, V))
    x[np.arange(ids.size), ids.ravel()] = 1
    return x


@wrong("cell-in-and-out", TEXTS, "ones for all ids in every row")
def one_hot(ids, V):
    x = np.zeros((*ids.shape, V))
    x[..., ids.ravel()] = 1.0
    return x


@wrong("cell-in-and-out", TEXTS, "the id itself instead of a 1")
def one_hot(ids, V):
    return (ids[..., None] == np.arange(V)) * np.arange(V)


@wrong("cell-in-and-out", "one-hot: one text (T,), and ids with three axes", None, "two axes only")
def one_hot(ids, V):
    x = np.zeros((ids.shape[0], ids.shape[1], V))
    for n in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            x[n, t, ids[n, t]] = 1
    return x


@right("cell-in-and-out", "compared with every id")
def one_hot(ids, V):
    return ids[..., None] == np.arange(V)


@right("cell-in-and-out", "flat, then the axes back")
def one_hot(ids, V):
    x = np.zeros((ids.size, V))
    x[np.arange(ids.size), ids.ravel()] = 1
    return x.reshape(*ids.shape, V)


@right("cell-in-and-out", "np.take, whole numbers")
def one_hot(ids, V):
    return np.take(np.identity(V, dtype=int), ids, axis=0)


# --- temperature and draws

COLD = "temperature: very cold and very hot"
AGREE = "temperature: probabilities agree with the reference"
OFTEN = "draws: as often as their probability says"
CERTAIN = "draws: every row by its own probabilities, any axes"
LEFT = "both: the caller's arrays are left alone"
FROM = "draws: the chance comes from rng"


@wrong("cell-sample", AGREE, "the temperature acts the wrong way round")
def temperature_probabilities(logits, temperature):
    return softmax(temperature * logits)


@wrong("cell-sample", AGREE, "the temperature has no effect")
def temperature_probabilities(logits, temperature):
    p = softmax(logits)
    p = p / temperature
    return p / p.sum(axis=-1, keepdims=True)


@wrong("cell-sample", AGREE, "the temperature acts the wrong way round", "a power of the probabilities, upside down")
def temperature_probabilities(logits, temperature):
    p = softmax(logits) ** temperature
    return p / p.sum(axis=-1, keepdims=True)


@wrong("cell-sample", COLD, "a power of the probabilities")
def temperature_probabilities(logits, temperature):
    p = softmax(logits) ** (1 / temperature)
    return p / p.sum(-1, keepdims=True)


@wrong("cell-sample", LEFT, "the scores are changed in place")
def temperature_probabilities(logits, temperature):
    logits /= temperature
    return softmax(logits)


@wrong("cell-sample", LEFT, "the probabilities are changed in place")
def draw_ids(p, rng):
    ends = np.cumsum(p, -1, out=p)
    return (ends[..., :-1] <= rng.random(p.shape[:-1])[..., None]).sum(axis=-1)


@wrong("cell-sample", AGREE, "the temperature divides the probabilities")
def temperature_probabilities(logits, temperature):
    return softmax(logits, axis=-1) / temperature


@wrong("cell-sample", AGREE, "the temperature has no effect")
def temperature_probabilities(logits, temperature):
    return softmax(logits - temperature)


@wrong("cell-sample", AGREE, "no softmax")
def temperature_probabilities(logits, temperature):
    return logits * (1 / temperature)


@wrong("cell-sample", AGREE, "softmax along the first axis")
def temperature_probabilities(logits, temperature):
    return softmax(logits / temperature, 0)


@wrong("cell-sample", COLD, "exp of large scores")
def temperature_probabilities(logits, temperature):
    a = np.exp(logits / temperature)
    return a / a.sum(axis=-1, keepdims=True)


@wrong("cell-sample", OFTEN, "always the likeliest")
def draw_ids(p, rng):
    return p.argmax(axis=-1)


@wrong("cell-sample", OFTEN, "one dart for all rows")
def draw_ids(p, rng):
    u = rng.random()
    return np.sum(np.cumsum(p, axis=-1)[..., :-1] <= u, axis=-1)


@wrong("cell-sample", FROM, "a generator made inside")
def draw_ids(p, rng):
    rng = np.random.default_rng(0)
    u = rng.random(p.shape[:-1])
    return (p.cumsum(-1)[..., :-1] <= u[..., None]).sum(-1)


@wrong("cell-sample", OFTEN, "a dart for every id")
def draw_ids(p, rng):
    ends = p.cumsum(axis=-1)
    return (ends <= rng.random(p.shape))[..., :-1].sum(axis=-1)


@wrong("cell-sample", CERTAIN, "every id equally often")
def draw_ids(p, rng):
    return rng.integers(p.shape[-1], size=p.shape[:-1])


@wrong("cell-sample", CERTAIN, "one place too far")
def draw_ids(p, rng):
    u = rng.random(p.shape[:-1])[..., None]
    return (p.cumsum(-1)[..., :-1] <= u).sum(-1) + 1


@wrong("cell-sample", OFTEN, "ends counted from the right")
def draw_ids(p, rng):
    u = rng.random(p.shape[:-1])[..., None]
    return (u < p.cumsum(-1)[..., :-1]).sum(-1)


@wrong("cell-sample", OFTEN, "random numbers times the probabilities, and the largest wins")
def draw_ids(p, rng):
    return np.argmax(rng.random(p.shape) * p, axis=-1)


@wrong("cell-sample", OFTEN, "the running sum goes along the first axis")
def draw_ids(p, rng):
    u = rng.random(p.shape[:-1])
    ends = np.cumsum(p, 0)
    return (ends[..., :-1] <= u[..., None]).sum(-1)


@wrong("cell-sample", OFTEN, "one throw decides all rows")
def draw_ids(p, rng):
    n = math.prod(p.shape[:-1])
    u = (np.arange(n) + rng.random()) / n
    return (p.cumsum(-1)[..., :-1] <= u.reshape(*p.shape[:-1], 1)).sum(-1)


@wrong("cell-sample", CERTAIN, None, "one dart for each sequence, the same at every step")
def draw_ids(p, rng):
    u = rng.random(p.shape[:1])
    u = u.reshape(-1, *[1] * (p.ndim - 1)) if p.ndim > 1 else rng.random()
    return (p.cumsum(-1)[..., :-1] <= u).sum(-1)


@wrong("cell-sample", CERTAIN, "a constant is added to the probabilities")
def draw_ids(p, rng):
    p = p + 1e-3
    p = p / p.sum(axis=-1, keepdims=True)
    u = rng.random(p.shape[:-1])
    return (p.cumsum(-1)[..., :-1] <= u[..., None]).sum(-1)


@wrong("cell-sample", FROM, None, "numpy's global generator")
def draw_ids(p, rng):
    u = np.random.random(p.shape[:-1])
    return (p.cumsum(-1)[..., :-1] <= u[..., None]).sum(-1)


@wrong("cell-sample", OFTEN, None, "one row's probabilities for all")
def draw_ids(p, rng):
    V = p.shape[-1]
    first = p.reshape(-1, V)[0]
    return np.full(p.shape[:-1], rng.choice(V, p=first))


@wrong(
    "cell-sample", "draws: every row by its own probabilities, any axes", "every row by the probabilities of the first"
)
def draw_ids(p, rng):
    q = p.reshape(-1, p.shape[-1])
    return rng.choice(p.shape[-1], size=p.shape[:-1], p=q[0])


@wrong("cell-sample", "draws: as often as their probability says", "rng.choice for one row, or for rows with one axis")
def draw_ids(p, rng):
    return rng.choice(len(p), p=p)


@wrong("cell-sample", "draws: as often as their probability says", "vectors instead of ids")
def draw_ids(p, rng):
    return rng.multinomial(1, p)


@wrong(
    "cell-sample",
    "draws: every row by its own probabilities, any axes",
    "rng.choice for one row, or for rows with one axis",
)
def draw_ids(p, rng):
    return np.array([rng.choice(p.shape[-1], p=row) for row in p])


@wrong(
    "cell-sample",
    "draws: as often as their probability says",
    "random numbers added to the probabilities, and the largest wins",
)
def draw_ids(p, rng):
    return (p + rng.random(p.shape)).argmax(axis=-1)


@wrong("cell-sample", "temperature: probabilities agree with the reference", "a power of the scores")
def temperature_probabilities(logits, temperature):
    return softmax(logits ** (1 / temperature))


@right("cell-sample", "rng.choice row by row")
def draw_ids(p, rng):
    ids = np.empty(p.shape[:-1], dtype=int)
    for index in np.ndindex(ids.shape):
        ids[index] = rng.choice(p.shape[-1], p=p[index])
    return ids


@right("cell-sample", "Gumbel noise")
def draw_ids(p, rng):
    with np.errstate(divide="ignore"):
        return np.argmax(np.log(p) + rng.gumbel(size=p.shape), axis=-1)


@right("cell-sample", "argmax of the first end beyond the dart")
def draw_ids(p, rng):
    u = rng.random((*p.shape[:-1], 1))
    return np.argmax(np.cumsum(p, axis=-1) > u, axis=-1)


@right("cell-sample", "multinomial")
def draw_ids(p, rng):
    return rng.multinomial(1, p).argmax(axis=-1)


@right("cell-sample", "temperature with the largest score subtracted first")
def temperature_probabilities(logits, temperature):
    e = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    return e / e.sum(axis=-1, keepdims=True)


# --- weights by hand

SHORT, LONG, MANY = "short texts", "one x, then 200 steps of nothing", "many x"


def cell(W_xh, W_hh, b):
    return {"W_xh": np.array(W_xh), "W_hh": np.array(W_hh), "b": np.array(b)}


right("cell-latch", "small and exact", latch=cell([[5.0]], [[2.5]], [-0.5]))
right("cell-latch", "huge", latch=cell([[1000]], [[100]], [-10]))
right("cell-latch", "lists", latch={"W_xh": [[20]], "W_hh": [[4]], "b": [-2]})
wrong("cell-latch", SHORT, "nothing pushes the state down", latch=cell([[1.0]], [[1.0]], [0.0]))
wrong("cell-latch", SHORT, None, "no bias, strong weights", latch=cell([[8.0]], [[3.0]], [0.0]))
wrong("cell-latch", LONG, None, "forgets", latch=cell([[8.0]], [[0.9]], [-0.5]))
wrong("cell-latch", SHORT, None, "too weak a kick", latch=cell([[2.0]], [[3.0]], [-1.0]))
wrong("cell-latch", MANY, None, "flips back", latch=cell([[8.0]], [[-3.0]], [-1.0]))
wrong("cell-latch", SHORT, None, "always on", latch=cell([[8.0]], [[3.0]], [1.0]))
wrong("cell-latch", SHORT, None, "a bias with two axes", latch=cell([[8.0]], [[3.0]], [[-1.0]]))
wrong("cell-latch", SHORT, None, "a number instead of a matrix", latch={"W_xh": 8.0, "W_hh": 3.0, "b": -1.0})

right("cell-echo", "the largest weights", echo=cell([[50, 0]], [[0, 50], [0, 0]], [0, 0]))
right("cell-echo", "small weights, a small bias", echo=cell([[0.5, 0.0]], [[0.0, 0.5], [0.0, 0.0]], [0.1, 0.05]))
right("cell-echo", "a little crosstalk", echo=cell([[2.0, 0.1]], [[0.1, 2.0], [0.1, 0.1]], [0.0, 0.0]))
BRIEF, FIFTY = "short sequences", "50 steps"
wrong("cell-echo", BRIEF, "W_hh leads from unit 1 to unit 0", echo=cell([[1.0, 0]], [[0.0, 0], [1, 0]], [0.0, 0]))
wrong("cell-echo", BRIEF, "each unit listens to itself", echo=cell([[1.0, 0]], [[1.0, 0], [0, 1]], [0.0, 0]))
wrong("cell-echo", BRIEF, "unit 1 reads the input", echo=cell([[0.0, 1]], [[0.0, 0], [0, 0]], [0.0, 0]))
wrong("cell-echo", FIFTY, None, "unit 1 keeps its own past", echo=cell([[2.0, 0]], [[0.0, 1], [0, 2]], [0.0, 0]))
wrong("cell-echo", BRIEF, None, "opposite sign", echo=cell([[2.0, 0]], [[0.0, -2], [0, 0]], [0.0, 0]))
wrong("cell-echo", FIFTY, None, "unit 0 holds on too long", echo=cell([[1.0, 0]], [[3.0, 3], [0, 0]], [0.0, 0]))
