"""Answers to the second notebook of lesson 19."""

import numpy as np
import torch

from tests.answers import right, wrong

# --- fewer launches

STATES, CELL = "h after every step agrees with the reference", "c is that of the last step"
PRODUCTS, LAUNCHES = "one product for the inputs of all steps: T + 1 products in all", "at most 2 T + 2 launches"
FEWER = "gpu-fewer-launches"


@wrong(FEWER, PRODUCTS, "the product with the inputs is taken anew in every step")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    states = []
    for t in range(T):
        p = launch("product", h, W_hh)
        u = launch("product", step_of(x, t), W_xh)
        h, c = launch("gates", launch("add", b, u), p, c)
        states.append(h)
    return states, c


@wrong(FEWER, LAUNCHES, "the bias is added anew in every step")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("product", x, W_xh), []
    for t in range(T):
        p = launch("add", launch("product", h, W_hh), b)
        h, c = launch("gates", step_of(u, t), p, c)
        states += [h]
    return tuple(states), c


@wrong(FEWER, STATES, "the bias is left out")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("product", x, W_xh), []
    for t in range(T):
        h, c = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
        states.append(h)
    return states, c


@wrong(FEWER, STATES, "every step reads the state at the start")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, p, states = launch("add", launch("product", x, W_xh), b), launch("product", h, W_hh), []
    for t in range(T):
        h_next, c = launch("gates", step_of(u, t), p, c)
        states.append(h_next)
    return states, c


@wrong(FEWER, CELL, "every step reads the cell state at the start")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("add", launch("product", x, W_xh), b), []
    for t in range(T):
        h, c_next = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
        states.append(h)
    return states, c_next


@wrong(FEWER, STATES, "every step reads the inputs of the first")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = step_of(launch("add", launch("product", x, W_xh), b), 0), []
    for _ in range(T):
        h, c = launch("gates", u, launch("product", h, W_hh), c)
        states.append(h)
    return states, c


@wrong(FEWER, STATES, "the steps are taken from the last to the first")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("add", launch("product", x, W_xh), b), []
    while len(states) < T:
        u_t = step_of(u, T - 1 - len(states))
        h, c = launch("gates", u_t, launch("product", h, W_hh), c)
        states.append(h)
    return states, c


@wrong(FEWER, STATES, "the states are shifted by one step")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("add", launch("product", x, W_xh), b), []
    for t in range(T):
        states.append(h)
        h, c = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
    return states, c


@wrong(FEWER, CELL, "c is that of the start")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states, now = launch("add", launch("product", x, W_xh), b), [], c
    for t in range(T):
        h, now = launch("gates", step_of(u, t), launch("product", h, W_hh), now)
        states.append(h)
    return states, c


@wrong(FEWER, STATES, None, "the state at the start stands in front of the list")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("add", launch("product", x, W_xh), b), [h]
    for t in range(T):
        h, c = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
        states.append(h)
    return states, c


@wrong(FEWER, STATES, None, "the names are taken for arrays")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u = x @ W_xh + b
    return [u[t] for t in range(T)], c


@wrong(FEWER, STATES, "h and c are exchanged")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("add", launch("product", x, W_xh), b), []
    for t in range(T):
        c, h = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
        states.append(h)
    return states, c


@wrong(FEWER, CELL, "the states of h and c come back as two lists")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, pairs = launch("add", launch("product", x, W_xh), b), [(h, c)]
    for t in range(T):
        pairs.append(launch("gates", step_of(u, t), launch("product", pairs[-1][0], W_hh), pairs[-1][1]))
    return [pair[0] for pair in pairs[1:]], [pair[1] for pair in pairs[1:]]


@wrong(FEWER, STATES, "the last h comes back alone")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u = launch("add", launch("product", x, W_xh), b)
    for t in range(T):
        h, c = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
    return h, c


@wrong(FEWER, STATES, "u and p are added before `gates`, which adds them again")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("add", launch("product", x, W_xh), b), []
    for t in range(T):
        sums = launch("add", step_of(u, t), launch("product", h, W_hh))
        h, c = launch("gates", sums, sums, c)
        states.append(h)
    return states, c


@wrong(FEWER, STATES, None, "the first step is left out")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("add", launch("product", x, W_xh), b), []
    for t in range(1, T):
        h, c = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
        states.append(h)
    return states, c


@right(FEWER, "the product of the next step at the end of this one, so one launch fewer at the end")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, p, names = launch("add", launch("product", x, W_xh), b), launch("product", h, W_hh), [None] * T
    for t in range(T):
        names[t], c = launch("gates", p, step_of(u, t), c)
        if t < T - 1:
            p = launch("product", names[t], W_hh)
    return names, c


@right(FEWER, "a comprehension, the product before the view")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    from_inputs = launch("add", b, launch("product", x, W_xh))

    def step(t):
        nonlocal h, c
        from_state = launch("product", h, W_hh)
        h, c = launch("gates", from_state, step_of(from_inputs, t), c)
        return h

    return [step(t) for t in range(T)], c


@right(FEWER, "all views first, a tuple of states")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states = launch("add", launch("product", x, W_xh), b), ()
    for u_t in [step_of(u, t) for t in range(T)]:
        h, c = launch("gates", u_t, launch("product", h, W_hh), c)
        states = (*states, h)
    return states, c


@right(FEWER, "pairs of states, of which the last c is kept")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, pairs = launch("add", launch("product", x, W_xh), b), [(h, c)]
    for t in range(T):
        pairs.append(launch("gates", step_of(u, t), launch("product", pairs[-1][0], W_hh), pairs[-1][1]))
    return [pair[0] for pair in pairs[1:]], pairs[-1][1]


@right(FEWER, "one step after the other by recursion")
def lstm_on_device(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u = launch("add", launch("product", x, W_xh), b)

    def rest(t, h, c):
        if t == T:
            return [], c
        h, c = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
        states, last = rest(t + 1, h, c)
        return [h, *states], last

    return rest(0, h, c)


# --- packed

SIZES, DATA = (
    "pack: the order of the rows, and how many of them run at each step",
    "pack: the real steps, and nothing else",
)
BACK, BOTH = "unpack: every step at its place, 0 in the padding", "there and back"
UNTOUCHED = "the caller's arrays are left alone"
PACK = "gpu-packed"


@wrong(PACK, SIZES, "the rows are not sorted")
def pack(x, lengths):
    sizes = np.array([int((lengths > t).sum()) for t in range(lengths.max())])
    return np.concatenate([x[lengths > t, t] for t in range(len(sizes))]), sizes, np.arange(len(lengths))


@wrong(PACK, SIZES, "the shortest row comes first")
def pack(x, lengths):
    order = np.argsort(lengths, kind="stable")
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    data = [x[order[len(order) - n :], t] for t, n in enumerate(sizes)]
    return np.vstack(data), sizes, order


@wrong(PACK, SIZES, "equal rows change places")
def pack(x, lengths):
    order = np.flip(np.argsort(lengths, kind="stable"))
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    return np.vstack([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, order


@wrong(PACK, DATA, "the rows stand one after the other")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    mask = np.arange(x.shape[1]) < lengths[:, None]
    return x[order][mask[order]], sizes, order


@wrong(PACK, DATA, "the padding is packed as well")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    return np.vstack([x[order, t] for t in range(len(sizes))]), sizes, order


@wrong(PACK, SIZES, "batch_sizes holds the lengths of the rows")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    data = [x[order[lengths[order] > t], t] for t in range(lengths.max())]
    return np.vstack(data), lengths[order], order


@wrong(PACK, SIZES, "batch_sizes goes on where all rows have ended")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths > t).sum() for t in range(x.shape[1])])
    return np.concatenate([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, order


@wrong(PACK, SIZES, "a row runs for one step too many")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths >= t).sum() for t in range(lengths.max() + 1)])
    return np.concatenate([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, order


@wrong(PACK, DATA, "the rows are taken in their old order")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    return np.concatenate([x[lengths > t, t] for t in range(len(sizes))]), sizes, order


@wrong(PACK, SIZES, "order holds places instead of rows")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    return np.concatenate([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, place


@wrong(PACK, UNTOUCHED, None, "the caller's padding is set to 0")
def pack(x, lengths):
    x[np.arange(x.shape[1]) >= lengths[:, None]] = 0
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    return np.concatenate([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, order


@wrong(PACK, SIZES, "a row runs for one step too few")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths > t + 1).sum() for t in range(lengths.max())])
    return np.concatenate([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, order


@wrong(PACK, BOTH, "rows without a step are missing in the order")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    order = order[lengths[order] > 0]
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    return np.concatenate([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, order


@wrong(PACK, DATA, "the order is applied twice")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    sizes, x = np.array([(lengths > t).sum() for t in range(lengths.max())]), x[order]
    return np.concatenate([x[order[:n], t] for t, n in enumerate(sizes)]), sizes, order


@wrong(PACK, BOTH, None, "a list of pieces instead of one array")
def pack(x, lengths):
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths > t).sum() for t in range(lengths.max())])
    return [x[order[:n], t] for t, n in enumerate(sizes)], sizes, order


@wrong(PACK, BACK, "every step reads the data from their beginning")
def unpack(data, batch_sizes, order):
    x, at = np.zeros((len(order), len(batch_sizes), data.shape[1])), 0
    for t, n in enumerate(batch_sizes):
        x[order[:n], t] = data[at : at + n]
    return x


@wrong(PACK, BACK, None, "an array of whole numbers")
def unpack(data, batch_sizes, order):
    x, at = np.zeros((len(order), len(batch_sizes), data.shape[1]), int), 0
    for t, n in enumerate(batch_sizes):
        x[order[:n], t] = data[at : at + n]
        at += n
    return x


@wrong(PACK, BACK, "the rows stay in the packed order")
def unpack(data, batch_sizes, order):
    x, at = np.zeros((len(order), len(batch_sizes), data.shape[1])), 0
    for t, n in enumerate(batch_sizes):
        x[:n, t] = data[at : at + n]
        at += n
    return x


@wrong(PACK, BOTH, "the order is applied once more instead of backwards")
def unpack(data, batch_sizes, order):
    x, at = np.zeros((len(order), len(batch_sizes), data.shape[1])), 0
    for t, n in enumerate(batch_sizes):
        x[:n, t] = data[at : at + n]
        at += n
    return x[order]


@wrong(PACK, BACK, "the array ends with the rows that have steps")
def unpack(data, batch_sizes, order):
    running = order[: batch_sizes[0]]
    x, at = np.zeros((len(order), len(batch_sizes), data.shape[1])), 0
    for t, n in enumerate(batch_sizes):
        x[order[:n], t] = data[at : at + n]
        at += n
    return x[sorted(running)]


@wrong(PACK, BACK, "the rows end together instead of beginning together")
def unpack(data, batch_sizes, order):
    T = len(batch_sizes)
    x, at = np.zeros((len(order), T, data.shape[1])), 0
    lengths = [sum(n > k for n in batch_sizes) for k in range(len(order))]
    for t, n in enumerate(batch_sizes):
        for k in range(n):
            x[order[k], T - lengths[k] + t] = data[at + k]
        at += n
    return x


@wrong(PACK, BACK, "time comes before the rows")
def unpack(data, batch_sizes, order):
    x, at = np.zeros((len(batch_sizes), len(order), data.shape[1])), 0
    for t, n in enumerate(batch_sizes):
        x[t, order[:n]] = data[at : at + n]
        at += n
    return x


@wrong(PACK, BACK, "the padding repeats the last step")
def unpack(data, batch_sizes, order):
    now, at, steps = np.zeros((len(order), data.shape[1])), 0, []
    for n in batch_sizes:
        now[order[:n]] = data[at : at + n]
        at += n
        steps.append(now.copy())
    return np.stack(steps, axis=1)


@wrong(PACK, BACK, None, "the padding is NaN")
def unpack(data, batch_sizes, order):
    x, at = np.full((len(order), len(batch_sizes), data.shape[1]), np.nan), 0
    for t, n in enumerate(batch_sizes):
        x[order[:n], t] = data[at : at + n]
        at += n
    return x


@wrong(PACK, BACK, None, "the pieces are taken from the end")
def unpack(data, batch_sizes, order):
    x = np.zeros((len(order), len(batch_sizes), data.shape[1]))
    for t, n in enumerate(batch_sizes):
        x[order[:n], t] = data[len(data) - n :]
    return x


@wrong(PACK, BACK, None, "the first step is lost")
def unpack(data, batch_sizes, order):
    x, at = np.zeros((len(order), len(batch_sizes), data.shape[1])), 0
    for t, n in enumerate(batch_sizes):
        if t:
            x[order[:n], t] = data[at : at + n]
        at += n
    return x


def packed_by_rows(x, lengths):
    order = sorted(range(len(lengths)), key=lambda n: -lengths[n])
    data, sizes = [], []
    for t in range(max(lengths)):
        running = [x[n, t] for n in order if t < lengths[n]]
        data += running
        sizes.append(len(running))
    return np.array(data), sizes, order


def unpacked_by_rows(data, batch_sizes, order):
    x, rows = np.zeros((len(order), len(batch_sizes), data.shape[1])), iter(data)
    for t, n in enumerate(batch_sizes):
        for k in range(n):
            x[order[k], t] = next(rows)
    return x


right(PACK, "row by row", pack=packed_by_rows, unpack=unpacked_by_rows)


@right(PACK, "a mask over time first")
def pack(x, lengths):
    order = np.lexsort((np.arange(len(lengths)), -lengths))
    mask = np.arange(lengths.max())[:, None] < lengths[order]  # (T, N)
    return x[order].transpose(1, 0, 2)[: len(mask)][mask], mask.sum(axis=1), order


@right(PACK, "a mask, and the inverse order")
def unpack(data, batch_sizes, order):
    sizes = np.asarray(batch_sizes)
    mask = np.arange(len(order)) < sizes[:, None]
    x = np.zeros((*mask.shape, data.shape[1]), data.dtype)
    x[mask] = data
    return x.transpose(1, 0, 2)[np.argsort(order)]


def packed_by_torch(x, lengths):
    some = lengths > 0
    order = np.argsort(-lengths, kind="stable")
    rows = order[some[order]]
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.tensor(x[rows]), torch.tensor(lengths[rows]), batch_first=True
    )
    return packed.data, packed.batch_sizes, order


def unpacked_by_torch(data, batch_sizes, order):
    packed = torch.nn.utils.rnn.PackedSequence(torch.tensor(data), torch.tensor(batch_sizes))
    rows, _ = torch.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    x = torch.zeros(len(order), *rows.shape[1:], dtype=rows.dtype)
    x[torch.tensor(order)[: len(rows)]] = rows
    return x


right(PACK, "torch's own", pack=packed_by_torch, unpack=unpacked_by_torch)
right(PACK, "torch's there, rows back", pack=packed_by_torch, unpack=unpacked_by_rows)

# --- mixed precision

GOOD, TINY = (
    "a good step: the scale is taken out again, and the weights go down the gradient",
    "a gradient that float16 would round to 0 still counts",
)
OVER = "not finite: no weight moves, the scale is halved, the count begins anew"
DOUBLED = "after `patience` good steps in a row the scale is doubled, and the count begins anew"
MIXED = "gpu-mixed"


@wrong(MIXED, TINY, "the scale is taken out in float16")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    params = {k: p - lr * (grads[k] / scale).astype(np.float32) for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 >= patience else (params, scale, good + 1)


@wrong(MIXED, GOOD, "the scale is not taken out")
def scaled_step(params, grads, scale, good, lr, patience):
    if any(not np.isfinite(g).all() for g in grads.values()):
        return params, scale * 0.5, 0
    good, params = good + 1, {k: p - lr * np.float32(grads[k]) for k, p in params.items()}
    return (params, 2 * scale, 0) if good == patience else (params, scale, good)


@wrong(MIXED, GOOD, "the step goes up the gradient")
def scaled_step(params, grads, scale, good, lr, patience):
    if any(not np.isfinite(g).all() for g in grads.values()):
        return params, scale * 0.5, 0
    good, params = good + 1, {k: p + lr * np.float32(grads[k]) / scale for k, p in params.items()}
    return (params, 2 * scale, 0) if good == patience else (params, scale, good)


@wrong(MIXED, OVER, "only the array that overflowed is left out")
def scaled_step(params, grads, scale, good, lr, patience):
    new, lost = {}, False
    for k, p in params.items():
        if np.isfinite(grads[k]).all():
            new[k] = p - lr * grads[k].astype(np.float32) / scale
        else:
            new[k], lost = p, True
    if lost:
        return new, scale / 2, 0
    return (new, 2 * scale, 0) if good + 1 == patience else (new, scale, good + 1)


@wrong(MIXED, OVER, "numbers that are not finite are replaced by 0")
def scaled_step(params, grads, scale, good, lr, patience):
    fine = all(np.isfinite(g).all() for g in grads.values())
    new = {
        k: p - lr * np.where(np.isfinite(grads[k]), grads[k].astype(np.float32), 0) / scale for k, p in params.items()
    }
    if not fine:
        return new, scale / 2, 0
    return (new, 2 * scale, 0) if good + 1 == patience else (new, scale, good + 1)


@wrong(MIXED, OVER, "NaN is not noticed")
def scaled_step(params, grads, scale, good, lr, patience):
    if any(np.isinf(g).any() for g in grads.values()):
        return params, scale / 2, 0
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, OVER, "infinity is not noticed")
def scaled_step(params, grads, scale, good, lr, patience):
    if any(np.isnan(g).any() for g in grads.values()):
        return params, scale / 2, 0
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, OVER, "the scale stays after an overflow")
def scaled_step(params, grads, scale, good, lr, patience):
    if not np.isfinite(np.concatenate([g.ravel() for g in grads.values()])).all():
        return params, scale, 0
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, OVER, "the count goes on after an overflow")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, good
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, DOUBLED, "the count goes on after the scale was doubled")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    params, good = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}, good + 1
    return params, 2 * scale if good == patience else scale, good


@wrong(MIXED, DOUBLED, "the scale is doubled one step too late")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    if good >= patience:
        return params, 2 * scale, 0
    return params, scale, good + 1


@wrong(MIXED, DOUBLED, "the scale is never doubled")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    return params, scale, 0 if good + 1 == patience else good + 1


@wrong(MIXED, GOOD, "the scale is doubled after every good step")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    return {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}, scale * 2, 0


@wrong(MIXED, UNTOUCHED, None, "the weights are changed in place")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    for k, p in params.items():
        p -= lr * (grads[k].astype(np.float32) / scale)
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, OVER, "numbers that are not finite are not noticed", "any for all")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).any() for g in grads.values()):
        return params, scale / 2, 0
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, OVER, "numbers that are not finite are not noticed", "never looked for")
def scaled_step(params, grads, scale, good, lr, patience):
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, OVER, "the weights move before the step is left out")
def scaled_step(params, grads, scale, good, lr, patience):
    overflow = not all(np.isfinite(g).all() for g in grads.values())
    params = {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}
    if overflow:
        return params, scale / 2, 0
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, GOOD, "the learning rate is left out")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    params = {k: p - np.float32(grads[k]) / scale for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, GOOD, "the gradients are multiplied by the scale once more")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    params = {k: p - lr * (np.float32(grads[k]) * scale) for k, p in params.items()}
    return (params, 2 * scale, 0) if good + 1 == patience else (params, scale, good + 1)


@wrong(MIXED, DOUBLED, "this step is divided by the scale that is tried next")
def scaled_step(params, grads, scale, good, lr, patience):
    if not all(np.isfinite(g).all() for g in grads.values()):
        return params, scale / 2, 0
    good += 1
    if good == patience:
        scale, good = 2 * scale, 0
    return {k: p - lr * (np.float32(grads[k]) / scale) for k, p in params.items()}, scale, good


@right(MIXED, "the gradients are converted first of all")
def scaled_step(params, grads, scale, good, lr, patience):
    grads = {k: g.astype(np.float32) / np.float32(scale) for k, g in grads.items()}
    for g in grads.values():
        if not np.isfinite(g).all():
            return params, scale / 2, 0
    good += 1
    return {k: params[k] - lr * g for k, g in grads.items()}, scale * (2 if good == patience else 1), good % patience


@right(MIXED, "in float64, the factor of both")
def scaled_step(params, grads, scale, good, lr, patience):
    if not np.isfinite(sum(np.abs(g, dtype=np.float64).sum() for g in grads.values())):
        return params, 0.5 * scale, 0
    params = {k: p - (lr / scale) * grads[k].astype(np.float64) for k, p in params.items()}
    return (params, 2 * scale, 0) if good == patience - 1 else (params, scale, good + 1)


@right(MIXED, "in torch")
def scaled_step(params, grads, scale, good, lr, patience):
    wide = {k: torch.tensor(g).float() for k, g in grads.items()}
    if not all(bool(g.isfinite().all()) for g in wide.values()):
        return params, scale / 2, 0
    params = {k: torch.tensor(p) - lr * wide[k] / scale for k, p in params.items()}
    return (params, scale * 2, 0) if good + 1 >= patience else (params, scale, good + 1)


@right(MIXED, "copies changed in place")
def scaled_step(params, grads, scale, good, lr, patience):
    overflow = not all(np.isfinite(g).all() for g in grads.values())
    if overflow:
        return {k: p.copy() for k, p in params.items()}, scale / 2, 0
    new = {k: p.copy() for k, p in params.items()}
    for k in new:
        new[k] -= np.float32(lr) * np.divide(grads[k], scale, dtype=np.float32)
    good = 0 if good + 1 == patience else good + 1
    return new, scale if good else scale * 2, good


# --- a parallel scan

PREFIXES, PADDED = (
    "entry t stands for the steps 0 to t, for any number of steps",
    "padding, which keeps all and adds nothing, changes nothing",
)
OTHER, ROUNDS = "any other join will do: the joining is left to `join`", "the number of rounds grows like log2 of T"
TENSORS = "the caller's tensors are left alone"
SCAN = "gpu-scan"


def join(earlier, later):
    return later[0] * earlier[0], later[0] * earlier[1] + later[1]


def behind(first, rest):
    return torch.cat([first, rest], dim=1)


@wrong(SCAN, PREFIXES, "join gets the later piece first")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        k, n = join((keep[:, s:], new[:, s:]), (keep[:, :-s], new[:, :-s]))
        keep, new = torch.cat([keep[:, :s], k], 1), torch.cat([new[:, :s], n], 1)
        s = 2 * s
    return keep, new


@wrong(SCAN, PREFIXES, "one round is too few")
def scan(keep, new, join):
    s, T = 1, keep.shape[1]
    while 2 * s < T:
        k, n = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
        keep, new = behind(keep[:, :s], k), behind(new[:, :s], n)
        s = 2 * s
    return keep, new


@wrong(SCAN, PREFIXES, "there is one round only")
def scan(keep, new, join):
    if keep.shape[1] > 1:
        k, n = join((keep[:, :-1], new[:, :-1]), (keep[:, 1:], new[:, 1:]))
        keep, new = behind(keep[:, :1], k), behind(new[:, :1], n)
    return keep, new


@wrong(SCAN, PREFIXES, "s stays 1 in every round")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        k, n = join((keep[:, :-1], new[:, :-1]), (keep[:, 1:], new[:, 1:]))
        keep, new = behind(keep[:, :1], k), behind(new[:, :1], n)
        s = 2 * s
    return keep, new


@wrong(SCAN, PREFIXES, "s grows by 1 instead of doubling")
def scan(keep, new, join):
    for s in range(1, keep.shape[1]):
        k, n = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
        keep, new = behind(keep[:, :s], k), behind(new[:, :s], n)
    return keep, new


@wrong(SCAN, ROUNDS, "the steps are joined one after the other")
def scan(keep, new, join):
    keeps, news = [keep[:, 0]], [new[:, 0]]
    for t in range(1, keep.shape[1]):
        k, n = join((keeps[-1], news[-1]), (keep[:, t], new[:, t]))
        keeps.append(k)
        news.append(n)
    return torch.stack(keeps, dim=1), torch.stack(news, dim=1)


@wrong(SCAN, OTHER, "`join` is not used")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        new = behind(new[:, :s], keep[:, s:] * new[:, :-s] + new[:, s:])
        keep = behind(keep[:, :s], keep[:, s:] * keep[:, :-s])
        s *= 2
    return keep, new


@wrong(SCAN, ROUNDS, "`join` is not used", "a loop of its own")
def scan(keep, new, join):
    h, K, keeps, news = 0, 1, [], []
    for t in range(keep.shape[1]):
        h, K = keep[:, t] * h + new[:, t], K * keep[:, t]
        keeps.append(K)
        news.append(h)
    return torch.stack(keeps, 1), torch.stack(news, 1)


@wrong(SCAN, PREFIXES, "the first entries are joined with the last ones")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        keep, new = join((keep.roll(s, 1), new.roll(s, 1)), (keep, new))
        s *= 2
    return keep, new


@wrong(SCAN, PREFIXES, "keep stays as it was")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        new = behind(new[:, :s], join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))[1])
        s *= 2
    return keep, new


@wrong(SCAN, PREFIXES, "the first entries are lost in every round")
def scan(keep, new, join):
    s, T = 1, keep.shape[1]
    while s < T and s < keep.shape[1]:
        keep, new = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
        s *= 2
    return keep, new


@wrong(SCAN, TENSORS, None, "in place")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        keep[:, s:], new[:, s:] = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
        s *= 2
    return keep, new


@wrong(SCAN, PREFIXES, "the number of rounds is rounded down")
def scan(keep, new, join):
    s = 1
    for _ in range(int(np.log2(keep.shape[1]))):
        k, n = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
        keep, new = behind(keep[:, :s], k), behind(new[:, :s], n)
        s *= 2
    return keep, new


@wrong(SCAN, PREFIXES, "new is joined with a keep of the next round")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        keep = behind(keep[:, :s], join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))[0])
        new = behind(new[:, :s], join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))[1])
        s *= 2
    return keep, new


@wrong(SCAN, PREFIXES, "the first entries become 0")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        k, n = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
        keep, new = behind(torch.zeros_like(keep[:, :s]), k), behind(torch.zeros_like(new[:, :s]), n)
        s *= 2
    return keep, new


@wrong(SCAN, OTHER, "the first entries are joined with keep = 1 and new = 0")
def scan(keep, new, join):
    s = 1
    while s < keep.shape[1]:
        k = behind(torch.ones_like(keep[:, :s]), keep[:, :-s])
        n = behind(torch.zeros_like(new[:, :s]), new[:, :-s])
        keep, new = join((k, n), (keep, new))
        s *= 2
    return keep, new


@wrong(SCAN, PREFIXES, None, "four arguments to join")
def scan(keep, new, join):
    return join(keep[:, :-1], new[:, :-1], keep[:, 1:], new[:, 1:])


@right(SCAN, "blocks that double: the second half of each reads the end of the first, by index")
def scan(keep, new, join):
    steps, s = torch.arange(keep.shape[1]), 1
    while s < len(steps):
        later = steps[(steps // s) % 2 == 1]
        earlier = (later // s) * s - 1
        k, n = join((keep[:, earlier], new[:, earlier]), (keep[:, later], new[:, later]))
        keep, new = keep.index_copy(1, later, k), new.index_copy(1, later, n)
        s *= 2
    return keep, new


@right(SCAN, "by halves: pairs of neighbours, their scan, and the entries between")
def scan(keep, new, join):
    T = keep.shape[1]
    if T == 1:
        return keep, new
    even, odd = (keep[:, 0::2], new[:, 0::2]), (keep[:, 1::2], new[:, 1::2])
    pairs = scan(*join(tuple(a[:, : T // 2] for a in even), odd), join)
    result = torch.empty_like(keep), torch.empty_like(new)
    for whole, first, pair in zip(result, even, pairs, strict=True):
        whole[:, 0], whole[:, 1::2] = first[:, 0], pair
    if T > 2:
        between = (T - 1) // 2
        rest = join(tuple(a[:, :between] for a in pairs), tuple(a[:, 1:] for a in even))
        for whole, part in zip(result, rest, strict=True):
            whole[:, 2::2] = part
    return result


@right(SCAN, "by recursion over the distance")
def scan(keep, new, join, s=1):
    if s >= keep.size(1):
        return keep, new
    k, n = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
    return scan(torch.cat((keep[:, :s], k), 1), torch.cat((new[:, :s], n), 1), join, 2 * s)


@right(SCAN, "copies, written to in place")
def scan(keep, new, join):
    keep, new, s = keep.clone(), new.clone(), 1
    while s < new.shape[1]:
        k, n = join((keep[:, :-s].clone(), new[:, :-s].clone()), (keep[:, s:].clone(), new[:, s:].clone()))
        keep[:, s:], new[:, s:] = k, n
        s <<= 1
    return keep, new


@right(SCAN, "halves of the sequence: the second reads the end of the first")
def scan(keep, new, join):
    T = keep.shape[1]
    size = 1 << (T - 1).bit_length()
    keep = torch.cat([keep, torch.ones_like(keep[:, :1]).expand(-1, size - T, -1)], dim=1)
    new = torch.cat([new, torch.zeros_like(new[:, :1]).expand(-1, size - T, -1)], dim=1)
    s, (N, _, H) = 1, keep.shape
    while s < size:
        k, n = keep.reshape(N, -1, 2, s, H), new.reshape(N, -1, 2, s, H)
        ends = k[:, :, 0, -1:].expand(-1, -1, s, -1), n[:, :, 0, -1:].expand(-1, -1, s, -1)
        joined = join(ends, (k[:, :, 1], n[:, :, 1]))
        keep, new = (
            torch.stack([a[:, :, 0], b], dim=2).reshape(N, size, H) for a, b in zip((k, n), joined, strict=True)
        )
        s *= 2
    return keep[:, :T], new[:, :T]


# --- the way back through it

DNEW, REST = "dnew: what reaches every state in all", "dkeep and dh0"
RAGGED = "with ragged padding: what arrives there goes back to the last real state"
DIFFERENCES = "against differences: each number of keep, new and h0, moved a little"
ONCE = "`run` is asked once: all steps at once, and no loop"
BACKWARD = "gpu-scan-backward"


@wrong(BACKWARD, DNEW, "the keeps are not shifted by one step")
def scan_backward(dh, keep, h, h0, run):
    d = run(keep.flip(1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    before = torch.cat([h0[:, None], h[:, :-1]], dim=1)
    return d * before, d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, DNEW, "time is not turned round")
def scan_backward(dh, keep, h, h0, run):
    d = run(keep, dh, torch.zeros_like(h0))
    before = torch.cat([h0.unsqueeze(1), h[:, :-1]], dim=1)
    return d * before, d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, DNEW, "the result is not turned round again")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([keep[:, 1:], torch.zeros_like(keep[:, :1])], 1)
    d = run(shifted.flip(1), dh.flip(1), torch.zeros_like(h0))
    before = torch.cat([h0[:, None], h[:, :-1]], dim=1)
    return d * before, d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, REST, "dkeep takes the state after the step")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([keep[:, 1:], torch.zeros_like(keep[:, :1])], 1)
    d = run(shifted.flip(1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    return d * h, d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, REST, "h0 is missing in dkeep")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([keep[:, 1:], torch.zeros_like(keep[:, :1])], 1)
    d = run(shifted.flip(1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    dkeep = torch.zeros_like(d)
    dkeep[:, 1:] = d[:, 1:] * h[:, :-1]
    return dkeep, d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, REST, "dh0 forgets what step 0 keeps")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([keep[:, 1:], torch.zeros_like(keep[:, :1])], 1)
    d = run(shifted.flip(1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    return d * torch.cat([h0[:, None], h[:, :-1]], dim=1), d, d[:, 0]


@wrong(BACKWARD, DIFFERENCES, "nothing is handed back from step to step")
def scan_backward(dh, keep, h, h0, run):
    return dh * torch.cat([h0[:, None], h[:, :-1]], dim=1), dh, keep[:, 0] * dh[:, 0]


@wrong(BACKWARD, DNEW, "the way back starts at h0")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([keep[:, 1:], torch.ones_like(keep[:, :1])], 1)
    d = run(shifted.flip(1), dh.flip(1), h0).flip(1)
    return d * torch.cat([h0[:, None], h[:, :-1]], dim=1), d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, RAGGED, "the keeps are shifted the other way")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([torch.zeros_like(keep[:, :1]), keep[:, :-1]], 1)
    d = run(shifted.flip(1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    return d * torch.cat([h0[:, None], h[:, :-1]], dim=1), d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, ONCE, None, "a call of run for every step")
def scan_backward(dh, keep, h, h0, run):
    T, d, parts = dh.shape[1], torch.zeros_like(h0), []
    for t in reversed(range(T)):
        share = keep[:, t + 1 : t + 2] if t + 1 < T else torch.zeros_like(keep[:, :1])
        d = run(share, dh[:, t : t + 1], d)[:, 0]
        parts.append(d)
    d = torch.stack(parts[::-1], dim=1)
    return d * torch.cat([h0[:, None], h[:, :-1]], dim=1), d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, DNEW, "dkeep and dnew are exchanged")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([keep[:, 1:], torch.zeros_like(keep[:, :1])], 1)
    d = run(shifted.flip(1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    return d, d * torch.cat([h0[:, None], h[:, :-1]], dim=1), keep[:, 0] * d[:, 0]


@wrong(BACKWARD, DNEW, "dnew is what arrives from outside alone")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([keep[:, 1:], torch.zeros_like(keep[:, :1])], 1)
    d = run(shifted.flip(1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    return d * torch.cat([h0[:, None], h[:, :-1]], dim=1), dh, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, DNEW, "the keeps are shifted twice")
def scan_backward(dh, keep, h, h0, run):
    none = torch.zeros_like(keep[:, :1])
    back = torch.cat([keep[:, 1:], none], 1).flip(1)
    d = run(torch.cat([none, back[:, :-1]], 1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    return d * torch.cat([h0[:, None], h[:, :-1]], dim=1), d, keep[:, 0] * d[:, 0]


@wrong(BACKWARD, ONCE, None, "a loop of its own")
def scan_backward(dh, keep, h, h0, run):
    d, handed = torch.zeros_like(dh), torch.zeros_like(h0)
    for t in reversed(range(dh.shape[1])):
        d[:, t] = dh[:, t] + handed
        handed = keep[:, t] * d[:, t]
    return d * torch.cat([h0[:, None], h[:, :-1]], dim=1), d, handed


@right(BACKWARD, "what is handed back is run, not what reaches a state")
def scan_backward(dh, keep, h, h0, run):
    handed = run(keep.flip(1), (keep * dh).flip(1), torch.zeros_like(h0)).flip(1)
    d = dh + torch.nn.functional.pad(handed, (0, 0, 0, 1))[:, 1:]
    return d * torch.cat((h0.unsqueeze(1), h), 1)[:, :-1], d, handed[:, 0]


@right(BACKWARD, "shifted before it is turned round")
def scan_backward(dh, keep, h, h0, run):
    shifted = torch.cat([keep[:, 1:], torch.zeros_like(keep[:, :1])], dim=1)
    d = run(shifted.flip(1), dh.flip(1), torch.zeros_like(h0)).flip(1)
    before = torch.cat([h0[:, None], h[:, :-1]], dim=1)
    return d * before, d, keep[:, 0] * d[:, 0]


@right(BACKWARD, "one step more, with h0 as the first state, as min_gru does")
def scan_backward(dh, keep, h, h0, run):
    none = torch.zeros_like(h0)[:, None]
    back = run(torch.cat([none, keep.flip(1)], 1), torch.cat([none, dh], 1).flip(1), none[:, 0]).flip(1)
    d = back[:, 1:]
    return [d * torch.cat([h0[:, None], h[:, :-1]], 1), d, back[:, 0]]


@right(BACKWARD, "the last step is the start of the run")
def scan_backward(dh, keep, h, h0, run):
    order = torch.arange(dh.shape[1] - 1, -1, -1)
    first = dh[:, -1]  # what reaches the last state
    later = run(keep[:, order[:-1]], dh[:, order[1:]], first) if dh.shape[1] > 1 else run(keep, 0 * dh, first)[:, :0]
    d = torch.cat([later.flip(1), first[:, None]], dim=1)
    dkeep = d.clone()
    dkeep[:, 0] *= h0
    dkeep[:, 1:] *= h[:, :-1]
    return dkeep, d, d[:, 0] * keep[:, 0]


@right(BACKWARD, "in numpy")
def scan_backward(dh, keep, h, h0, run):
    dh, keep, h, h0 = (np.asarray(a) for a in (dh, keep, h, h0))
    shifted = np.roll(keep, -1, axis=1)
    shifted[:, -1] = 0.5  # stands before a d that is 0
    d = np.asarray(run(shifted[:, ::-1].copy(), dh[:, ::-1].copy(), np.zeros_like(h0)))[:, ::-1]
    return d * np.concatenate([h0[:, None], h[:, :-1]], axis=1), d, d[:, 0] * keep[:, 0]


# --- data parallel

AS_ONE, CLIPPED = "the gradient is that of one process with all rows", "it is clipped as a whole, after it is joined"
NORM, IDLE = "norm is the length before clipping", "a worker without a token changes nothing"
GRADIENTS = "the caller's gradients are left alone"
PARALLEL = "gpu-data-parallel"


def clip(gradient, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradient.values()))
    return {name: g * min(1.0, max_norm / norm) for name, g in gradient.items()}, norm


@wrong(PARALLEL, AS_ONE, "the mean of the workers' means is taken")
def joined_gradient(gradients, tokens, max_norm):
    return clip({name: np.mean([g[name] for g in gradients], axis=0) for name in gradients[0]}, max_norm)


@wrong(PARALLEL, AS_ONE, "the gradients are added up")
def joined_gradient(gradients, tokens, max_norm):
    return clip({name: np.sum([g[name] for g in gradients], axis=0) for name in gradients[0]}, max_norm)


@wrong(PARALLEL, AS_ONE, "the sums are not divided")
def joined_gradient(gradients, tokens, max_norm):
    total = {name: np.zeros_like(g) for name, g in gradients[0].items()}
    for g, n in zip(gradients, tokens, strict=True):
        for name in total:
            total[name] += n * g[name]
    return clip(total, max_norm)


@wrong(PARALLEL, NORM, "the sums are divided by the number of workers")
def joined_gradient(gradients, tokens, max_norm):
    joined = {k: np.mean([n * g[k] for g, n in zip(gradients, tokens, strict=True)], axis=0) for k in gradients[0]}
    return clip(joined, max_norm)


@wrong(PARALLEL, CLIPPED, "each worker is clipped before joining")
def joined_gradient(gradients, tokens, max_norm):
    clipped = [clip(g, max_norm)[0] for g in gradients]
    joined = {k: sum(n * g[k] for g, n in zip(clipped, tokens, strict=True)) / sum(tokens) for k in gradients[0]}
    return joined, clip(joined, max_norm)[1]


@wrong(PARALLEL, CLIPPED, "each array is clipped on its own")
def joined_gradient(gradients, tokens, max_norm):
    joined = {k: sum(n * g[k] for g, n in zip(gradients, tokens, strict=True)) / sum(tokens) for k in gradients[0]}
    norm = np.sqrt(sum((g**2).sum() for g in joined.values()))
    return {k: g * min(1, max_norm / max(np.linalg.norm(g), 1e-12)) for k, g in joined.items()}, norm


@wrong(PARALLEL, NORM, "the norm is that after clipping")
def joined_gradient(gradients, tokens, max_norm):
    shares = np.array(tokens) / sum(tokens)
    joined = {k: sum(w * g[k] for g, w in zip(gradients, shares, strict=True)) for k in gradients[0]}
    clipped, norm = clip(joined, max_norm)
    return clipped, min(norm, max_norm)


@wrong(PARALLEL, CLIPPED, "the gradient is not clipped")
def joined_gradient(gradients, tokens, max_norm):
    shares = np.array(tokens) / sum(tokens)
    joined = {k: sum(w * g[k] for g, w in zip(gradients, shares, strict=True)) for k in gradients[0]}
    return joined, np.linalg.norm(np.concatenate([g.ravel() for g in joined.values()]))


@wrong(PARALLEL, AS_ONE, "short gradients are made longer")
def joined_gradient(gradients, tokens, max_norm):
    shares = np.array(tokens) / sum(tokens)
    joined = {k: sum(w * g[k] for g, w in zip(gradients, shares, strict=True)) for k in gradients[0]}
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in joined.values()]))
    return {k: g / norm * max_norm for k, g in joined.items()}, norm


@wrong(PARALLEL, NORM, "the norm is the sum of the arrays' norms")
def joined_gradient(gradients, tokens, max_norm):
    shares = np.array(tokens) / sum(tokens)
    joined = {k: sum(w * g[k] for g, w in zip(gradients, shares, strict=True)) for k in gradients[0]}
    norm = sum(np.linalg.norm(g) for g in joined.values())
    return {k: g * min(1, max_norm / norm) for k, g in joined.items()}, norm


@wrong(PARALLEL, IDLE, "each worker divides by its tokens once more")
def joined_gradient(gradients, tokens, max_norm):
    weights = [1 / n if n > 0 else 0.0 for n in tokens]
    joined = {k: sum(w * g[k] for g, w in zip(gradients, weights, strict=True)) / sum(weights) for k in gradients[0]}
    return clip(joined, max_norm)


@wrong(PARALLEL, GRADIENTS, None, "the workers' arrays are multiplied in place")
def joined_gradient(gradients, tokens, max_norm):
    for g, n in zip(gradients, tokens, strict=True):
        for name in g:
            g[name] *= n
    return clip({name: sum(g[name] for g in gradients) / sum(tokens) for name in gradients[0]}, max_norm)


@wrong(PARALLEL, AS_ONE, None, "the first worker's gradient alone")
def joined_gradient(gradients, tokens, max_norm):
    return clip(gradients[0], max_norm)


@wrong(PARALLEL, CLIPPED, "each number is clipped on its own")
def joined_gradient(gradients, tokens, max_norm):
    joined = {k: np.average([g[k] for g in gradients], axis=0, weights=tokens) for k in gradients[0]}
    return {k: np.clip(g, -max_norm, max_norm) for k, g in joined.items()}, clip(joined, 1)[1]


@wrong(PARALLEL, CLIPPED, "the sums are clipped before they are divided")
def joined_gradient(gradients, tokens, max_norm):
    sums = {k: sum(n * g[k] for g, n in zip(gradients, tokens, strict=True)) for k in gradients[0]}
    clipped, norm = clip(sums, max_norm)
    return {k: g / sum(tokens) for k, g in clipped.items()}, norm


@wrong(PARALLEL, NORM, "the norm is the square of the length")
def joined_gradient(gradients, tokens, max_norm):
    joined = {k: np.average([g[k] for g in gradients], axis=0, weights=tokens) for k in gradients[0]}
    norm = sum((g**2).sum() for g in joined.values())
    return {k: g * min(1.0, max_norm / norm) for k, g in joined.items()}, norm


@wrong(PARALLEL, IDLE, None, "the tokens of idle workers are dropped, their gradients are not")
def joined_gradient(gradients, tokens, max_norm):
    some = [n for n in tokens if n]
    joined = {k: sum(n * g[k] for g, n in zip(gradients, some, strict=False)) / sum(some) for k in gradients[0]}
    return clip(joined, max_norm)


@right(PARALLEL, "a running mean over the workers")
def joined_gradient(gradients, tokens, max_norm):
    seen, mean = 0, {k: 0.0 * g for k, g in gradients[0].items()}
    for g, n in zip(gradients, tokens, strict=True):
        seen += n
        if n:
            mean = {k: m + (g[k] - m) * (n / seen) for k, m in mean.items()}
    return clip(mean, max_norm)


@right(PARALLEL, "shares of the tokens")
def joined_gradient(gradients, tokens, max_norm):
    shares = [n / sum(tokens) for n in tokens]
    joined = {k: sum(w * g[k] for g, w in zip(gradients, shares, strict=True)) for k in gradients[0]}
    norm = np.sqrt(sum((g**2).sum() for g in joined.values()))
    if norm > max_norm:
        joined = {k: g * (max_norm / norm) for k, g in joined.items()}
    return joined, norm


@right(PARALLEL, "sums added up, in copies")
def joined_gradient(gradients, tokens, max_norm):
    total = {name: np.zeros_like(g) for name, g in gradients[0].items()}
    for g, n in zip(gradients, tokens, strict=True):
        for name in total:
            total[name] += n * g[name]
    for name in total:
        total[name] /= sum(tokens)
    return clip(total, max_norm)


@right(PARALLEL, "np.average")
def joined_gradient(gradients, tokens, max_norm):
    joined = {k: np.average([g[k] for g in gradients], axis=0, weights=tokens) for k in gradients[0]}
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in joined.values()]))
    return {k: g / max(1.0, norm / max_norm) for k, g in joined.items()}, float(norm)


@right(PARALLEL, "in torch")
def joined_gradient(gradients, tokens, max_norm):
    shares = torch.tensor(tokens).double() / sum(tokens)
    joined = {
        k: sum(w.item() * torch.as_tensor(g[k]) for g, w in zip(gradients, shares, strict=True)) for k in gradients[0]
    }
    norm = torch.stack([(g**2).sum() for g in joined.values()]).sum().sqrt()
    factor = min(1.0, max_norm / norm.item())
    return {k: factor * g for k, g in joined.items()}, norm.item()


# --- where does the scan win? (a prediction: every allowed text is right)

COMMITTED, WINS = "scan_wins is one of the 4 choices", "gpu-where-scan-wins"
right(WINS, "everywhere", scan_wins="at every size")
right(WINS, "nowhere", scan_wins="nowhere")
right(WINS, "in capitals", scan_wins="WHERE A STEP IS LARGE")
wrong(WINS, COMMITTED, None, "empty", scan_wins="")
wrong(WINS, COMMITTED, None, "yes", scan_wins="yes")
wrong(WINS, COMMITTED, None, "a list", scan_wins=["nowhere"])
