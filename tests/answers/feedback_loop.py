"""Lesson 1, closing the loop: answers as learners write them."""

import numpy as np
from scipy.special import softmax as scipy_softmax

from rnn_core.activations import softmax
from tests.answers import right, wrong

# ------------------------------------------------------------------------------------------- loop-predict-reading

wrong("loop-predict-reading", "alone is one of the 2 choices", "the quotes are still empty", alone="", in_context="")
wrong(
    "loop-predict-reading",
    "in_context is one of the 2 choices",
    "the letters are not between quotes as text",
    title="None left in place",
    alone=None,
    in_context=None,
)
wrong(
    "loop-predict-reading",
    "alone is one of the 2 choices",
    "a hedge between both letters",
    alone="T or Y",
    in_context="T or Y",
)
wrong(
    "loop-predict-reading",
    "in_context is one of the 2 choices",
    "a letter before the last one",
    alone="N",
    in_context="N",
)
wrong("loop-predict-reading", "alone is one of the 2 choices", title="a belief", alone=0.4, in_context="Y")
wrong("loop-predict-reading", "in_context is one of the 2 choices", title="a list", alone="T", in_context=["Y"])
right("loop-predict-reading", "the other way round", alone="Y", in_context="T")
right("loop-predict-reading", "small letters, a space", alone="t", in_context=" y ")
right("loop-predict-reading", "the same for both", alone="Y", in_context="Y")

# ------------------------------------------------------------------------------------------ loop-feedforward-step


@wrong("loop-feedforward-step", "values agree with the reference", "the logits are returned")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    h = np.tanh(x @ W_xh + b)
    y = h @ W_hy + b_y
    return y


@wrong(
    "loop-feedforward-step",
    "every row sums to 1, and a picture is read the same in any company",
    "softmax along the pictures",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    h = np.tanh(x @ W_xh + b)
    logits = h @ W_hy + b_y
    e = np.exp(logits - logits.max(axis=0))
    return e / e.sum(axis=0)


@wrong("loop-feedforward-step", "values agree with the reference", "the bias b stands outside the tanh")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    h = np.tanh(np.dot(x, W_xh)) + b
    return softmax(np.dot(h, W_hy) + b_y)


@wrong("loop-feedforward-step", "values agree with the reference", "no tanh: two linear layers")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    h = x @ W_xh + b
    return softmax(h @ W_hy + b_y, axis=-1)


@wrong(
    "loop-feedforward-step",
    "large logits do no harm, and the caller's arrays are left alone",
    "a softmax that overflows",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    h = np.tanh(x @ W_xh + b)
    e = np.exp(h @ W_hy + b_y)
    return e / np.sum(e, axis=-1)[:, None]


@wrong("loop-feedforward-step", "values agree with the reference", "b_y is left out")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    h = np.tanh(x @ W_xh + b)
    return softmax(h @ W_hy)


@wrong("loop-feedforward-step", "values agree with the reference", "sigmoid in place of tanh")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    h = 1 / (1 + np.exp(-(x @ W_xh + b)))
    return softmax(h @ W_hy + b_y)


@wrong(
    "loop-feedforward-step",
    "large logits do no harm, and the caller's arrays are left alone",
    "one maximum for all pictures",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    a = np.tanh(x @ W_xh + b) @ W_hy + b_y
    e = np.exp(a - np.max(a))
    return e / np.sum(e, axis=-1, keepdims=True)


@wrong(
    "loop-feedforward-step",
    "every row sums to 1, and a picture is read the same in any company",
    "one sum for all pictures",
)
def feedforward_step(x, W_xh, b, W_hy, b_y):
    a = np.tanh(x @ W_xh + b) @ W_hy + b_y
    e = np.exp(a - a.max())
    return e / e.sum()


@wrong("loop-feedforward-step", "large logits do no harm, and the caller's arrays are left alone")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    """The caller's biases are shifted in place."""
    h = np.tanh(x @ W_xh + b)
    b_y -= b_y.max()
    return softmax(h @ W_hy + b_y)


@right("loop-feedforward-step", "einsum and scipy's softmax")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    h = np.tanh(np.einsum("nd,dh->nh", x, W_xh) + b)
    return scipy_softmax(np.einsum("nh,hv->nv", h, W_hy) + b_y, axis=1)


@right("loop-feedforward-step", "one picture at a time, in a list")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    rows = []
    for picture in x:
        a = np.tanh(picture @ W_xh + b) @ W_hy + b_y
        e = np.exp(a - a.max())
        rows.append((e / e.sum()).tolist())
    return rows


@right("loop-feedforward-step", "biases joined as a last row")
def feedforward_step(x, W_xh, b, W_hy, b_y):
    one = np.ones((len(x), 1))
    h = np.tanh(np.hstack([x, one]) @ np.vstack([W_xh, b]))
    return softmax(np.hstack([h, one]) @ np.vstack([W_hy, b_y]))


# ----------------------------------------------------------------------------------------------- loop-joined-step


@wrong("loop-joined-step", "values agree with the reference", "the previous output stands before the input")
def joined_step(x, y_prev, W, b):
    return softmax(np.hstack((y_prev, x)) @ W + b)


@wrong("loop-joined-step", "another previous output gives another belief", "the previous output is left out")
def joined_step(x, y_prev, W, b):
    D = x.shape[1]
    return softmax(x @ W[:D, :] + b)


@wrong("loop-joined-step", "values agree with the reference", "the logits are returned")
def joined_step(x, y_prev, W, b):
    z = np.concatenate((x, y_prev), axis=-1)
    return np.dot(z, W) + b


@wrong("loop-joined-step", "values agree with the reference", "softmax along the rows of the batch")
def joined_step(x, y_prev, W, b):
    z = np.concatenate((x, y_prev), axis=-1)
    return softmax(z @ W + b, 0)


@wrong("loop-joined-step", "values agree with the reference", "the bias is left out")
def joined_step(x, y_prev, W, b):
    z = np.hstack([x, y_prev])
    return softmax(z @ W)


@wrong("loop-joined-step", "values agree with the reference", "tanh around the sum")
def joined_step(x, y_prev, W, b):
    h = np.tanh(np.hstack([x, y_prev]) @ W + b)
    return softmax(h)


@wrong(
    "loop-joined-step", "large logits do no harm, and the caller's arrays are left alone", "a softmax that overflows"
)
def joined_step(x, y_prev, W, b):
    e = np.exp(np.hstack([x, y_prev]) @ W + b)
    return e / e.sum(-1, keepdims=True)


@wrong(
    "loop-joined-step",
    "large logits do no harm, and the caller's arrays are left alone",
    "one maximum for all rows of the batch",
)
def joined_step(x, y_prev, W, b):
    a = np.hstack([x, y_prev]) @ W + b
    a -= np.max(a)
    return np.exp(a) / np.exp(a).sum(1)[:, None]


@wrong("loop-joined-step", "values agree with the reference")
def joined_step(x, y_prev, W, b):
    """Joined below each other."""
    return softmax(np.concatenate([x, y_prev]) @ W + b)


@wrong("loop-joined-step", "large logits do no harm, and the caller's arrays are left alone")
def joined_step(x, y_prev, W, b):
    """The bias is added to W in place."""
    W += 0 * W + b / (x.sum(1).mean() + 1)
    return softmax(np.hstack([x, y_prev]) @ W)


@right("loop-joined-step", "two products")
def joined_step(x, y_prev, W, b):
    D = x.shape[1]
    return softmax(x @ W[:D] + y_prev @ W[D:] + b)


@right("loop-joined-step", "a buffer filled in two parts")
def joined_step(x, y_prev, W, b):
    N, D = x.shape
    z = np.zeros((N, len(W)))
    z[:, :D], z[:, D:] = x, y_prev
    return scipy_softmax(z @ W + b, axis=1)


@right("loop-joined-step", "one row at a time, as a list")
def joined_step(x, y_prev, W, b):
    return [softmax(np.append(one, before) @ W + b).tolist() for one, before in zip(x, y_prev, strict=True)]


@right("loop-joined-step", "the bias as one more row of W")
def joined_step(x, y_prev, W, b):
    return softmax(np.c_[x, y_prev, np.ones(len(x))] @ np.r_[W, b[None]])


# ------------------------------------------------------------------------------------------------- loop-over-time


def step(x, y_prev, W, b):
    return softmax(np.hstack([x, y_prev]) @ W + b)


@wrong("loop-over-time", "values agree with the reference at every step", "y0 goes in at every step")
def loop(x, y0, W, b):
    return np.stack([step(x[:, t], y0, W, b) for t in range(x.shape[1])], axis=1)


@wrong("loop-over-time", "the first step hears y0", "y0 is not used")
def loop(x, y0, W, b):
    y = np.zeros_like(y0)
    outputs = []
    for t in range(x.shape[1]):
        y = step(x[:, t, :], y, W, b)
        outputs.append(y)
    return np.stack(outputs, axis=1)


@wrong(
    "loop-over-time",
    "values agree with the reference at every step",
    "one step late: y0 comes out first and the last output is missing",
)
def loop(x, y0, W, b):
    y, outputs = y0, []
    for t in range(x.shape[1]):
        outputs.append(y)
        y = step(x[:, t], y, W, b)
    return np.stack(outputs, axis=1)


@wrong("loop-over-time", "values agree with the reference at every step", "time is the first axis")
def loop(x, y0, W, b):
    y, outputs = y0, []
    for t in range(x.shape[1]):
        y = step(x[:, t], y, W, b)
        outputs.append(y)
    return np.array(outputs)


@wrong("loop-over-time", "values agree with the reference at every step", "only the last output comes back")
def loop(x, y0, W, b):
    y = y0
    for t in range(x.shape[1]):
        y = step(x[:, t], y, W, b)
    return y


@wrong(
    "loop-over-time",
    "values agree with the reference at every step",
    "the pictures are read from the last to the first",
)
def loop(x, y0, W, b):
    N, T, _ = x.shape
    out = np.zeros((N, T, len(b)))
    y = y0
    for t in range(T - 1, -1, -1):
        y = out[:, t] = step(x[:, t], y, W, b)
    return out


@wrong("loop-over-time", "values agree with the reference at every step", "only the likeliest letter is handed on")
def loop(x, y0, W, b):
    y, outputs = y0, []
    for t in range(x.shape[1]):
        p = step(x[:, t], y, W, b)
        outputs.append(p)
        y = np.zeros_like(p)
        y[np.arange(len(p)), p.argmax(1)] = 1
    return np.stack(outputs, 1)


@wrong("loop-over-time", "values agree with the reference at every step")
def loop(x, y0, W, b):
    """The output two steps before goes in."""
    before, y, outputs = y0, y0, []
    for t in range(x.shape[1]):
        before, y = y, step(x[:, t], before, W, b)
        outputs.append(y)
    return np.stack(outputs, 1)


@wrong("loop-over-time", "one sequence or many, and the caller's arrays are left alone", "y0 is written into")
def loop(x, y0, W, b):
    outputs = []
    for t in range(x.shape[1]):
        y0[:] = step(x[:, t], y0, W, b)
        outputs.append(y0.copy())
    return np.stack(outputs, 1)


@wrong("loop-over-time", "values agree with the reference at every step", "one array is kept T times")
def loop(x, y0, W, b):
    y, outputs = y0.copy(), []
    for t in range(x.shape[1]):
        y[:] = step(x[:, t], y, W, b)
        outputs.append(y)
    return np.stack(outputs, 1)


@wrong("loop-over-time", "values agree with the reference at every step", "y0 stands among the outputs")
def loop(x, y0, W, b):
    y, out = y0, [y0]
    for t in range(x.shape[1]):
        y = joined_step(x[:, t], y, W, b)
        out.append(y)
    return np.stack(out, axis=1)


@wrong("loop-over-time", "values agree with the reference at every step", "as many steps as there are sequences")
def loop(x, y0, W, b):
    y, out = y0, []
    for t in range(len(x)):
        y = joined_step(x[:, t], y, W, b)
        out.append(y)
    return np.stack(out, axis=1)


@wrong("loop-over-time", "values agree with the reference at every step", "the outputs stand side by side")
def loop(x, y0, W, b):
    y, out = y0, []
    for t in range(x.shape[1]):
        y = joined_step(x[:, t], y, W, b)
        out.append(y)
    return np.concatenate(out, axis=1)


@wrong("loop-over-time", "values agree with the reference at every step", "the axes are reshaped, not exchanged")
def loop(x, y0, W, b):
    y, out = y0, []
    for t in range(x.shape[1]):
        y = joined_step(x[:, t], y, W, b)
        out.append(y)
    return np.array(out).reshape(x.shape[0], x.shape[1], -1)


@wrong("loop-over-time", "values agree with the reference at every step", "the return stands inside the loop")
def loop(x, y0, W, b):
    y, out = y0, []
    for t in range(x.shape[1]):
        y = joined_step(x[:, t], y, W, b)
        out.append(y)
        return np.stack(out, axis=1)


@wrong("loop-over-time", "values agree with the reference at every step", "the last step is missing")
def loop(x, y0, W, b):
    y, out = y0, []
    for t in range(x.shape[1] - 1):
        y = joined_step(x[:, t], y, W, b)
        out.append(y)
    return np.stack(out, axis=1)


@right("loop-over-time", "an array filled step by step")
def loop(x, y0, W, b):
    N, T, _ = x.shape
    out = np.empty((N, T, y0.shape[1]))
    for t in range(T):
        out[:, t] = step(x[:, t], out[:, t - 1] if t else y0, W, b)
    return out


@right("loop-over-time", "the input's part for all steps first")
def loop(x, y0, W, b):
    D = x.shape[2]
    a = x @ W[:D] + b
    y, outputs = y0, []
    for t in range(x.shape[1]):
        y = scipy_softmax(a[:, t] + y @ W[D:], axis=1)
        outputs.append(y)
    return np.stack(outputs, axis=1)


@right("loop-over-time", "each sequence by itself, lists")
def loop(x, y0, W, b):
    results = []
    for pictures, y in zip(x, y0, strict=True):
        outputs = []
        for picture in pictures:
            y = softmax(np.append(picture, y) @ W + b)
            outputs.append(y.tolist())
        results.append(outputs)
    return results


@right("loop-over-time", "recursion over time")
def loop(x, y0, W, b):
    if x.shape[1] == 0:
        return np.zeros((len(x), 0, y0.shape[1]))
    y = step(x[:, 0], y0, W, b)
    return np.concatenate([y[:, None], loop(x[:, 1:], y, W, b)], axis=1)


# --------------------------------------------------------------------------------------------- loop-split-weights


@wrong("loop-split-weights", "W_in: the rows that meet the input", "the columns are split")
def split_weights(W, D):
    return W[:, :D], W[:, D:]


@wrong("loop-split-weights", "W_in: the rows that meet the input", "the two parts are exchanged")
def split_weights(W, D):
    V = W.shape[0] - D
    return W[-V:], W[:-V]


@wrong("loop-split-weights", "W_in: the rows that meet the input", "W is split below V rows")
def split_weights(W, D):
    V = W.shape[1]
    return W[:V], W[V:]


@wrong("loop-split-weights", "W_in: the rows that meet the input", "W is split in the middle")
def split_weights(W, D):
    half = (len(W) + 1) // 2
    return W[:half], W[half:]


@wrong("loop-split-weights", "W_back: the rows that meet what is fed back", "one row is lost at the cut")
def split_weights(W, D):
    return W[0:D], W[D + 1 :]


@wrong("loop-split-weights", "joining undoes splitting", "the matrices are put side by side")
def join_weights(W_in, W_back):
    return np.hstack([W_in, W_back])


@wrong("loop-split-weights", "joining undoes splitting", "W_back is put on top")
def join_weights(W_in, W_back):
    return np.vstack([W_back, W_in])


@wrong("loop-split-weights", "joining undoes splitting")
def join_weights(W_in, W_back):
    """Both are added up."""
    return W_in.sum(0) + W_back


@right("loop-split-weights", "np.split")
def split_weights(W, D):
    W_in, W_back = np.split(W, [D], axis=0)
    return W_in, W_back


@right("loop-split-weights", "vstack")
def join_weights(W_in, W_back):
    return np.vstack((W_in, W_back))


@right("loop-split-weights", "copies, counted from the end, in a list")
def split_weights(W, D):
    V = len(W) - D
    return [W[:-V].copy(), W[-V:].copy()]


@right("loop-split-weights", "an array filled in two parts")
def join_weights(W_in, W_back):
    W = np.empty((len(W_in) + len(W_back), W_in.shape[1]))
    W[: len(W_in)], W[len(W_in) :] = W_in, W_back
    return W


@wrong("loop-split-weights", "W_in: the rows that meet the input", "the cut lies one row too low")
def split_weights(W, D):
    return W[: D + 1], W[D + 1 :]


@wrong("loop-split-weights", "joining undoes splitting", "the matrices are added")
def join_weights(W_in, W_back):
    return W_in + W_back


@wrong("loop-split-weights", "joining undoes splitting", title="a new axis")
def join_weights(W_in, W_back):
    return np.stack([W_in, W_back])


@wrong("loop-split-weights", "W_in: the rows that meet the input", "W is written into")
def split_weights(W, D):
    W_back = W[D:].copy()
    W[D:] = 0
    return W[:D], W_back


# ------------------------------------------------------------------------------------------------ loop-read-blend

wrong(
    "loop-read-blend",
    "after S, O, N",
    "the two contexts are exchanged",
    first_Y={"alone": 0.5, "after_SON": 0.8, "after_EAS": 0.3},
)
wrong("loop-read-blend", "alone", "percent in place of shares", first_Y={"alone": 50, "after_SON": 30, "after_EAS": 80})
wrong(
    "loop-read-blend",
    "alone",
    "the number of the column in place of its share",
    first_Y={"alone": 5, "after_SON": 3, "after_EAS": 8},
)
wrong(
    "loop-read-blend",
    "after S, O, N",
    "the same share for all three",
    first_Y={"alone": 0.5, "after_SON": 0.5, "after_EAS": 0.5},
)
wrong("loop-read-blend", "alone", "the readings are in a list", first_Y=[0.5, 0.3, 0.8])
wrong(
    "loop-read-blend",
    "after E, A, S",
    "the belief in place of the share",
    first_Y={"alone": 0.52, "after_SON": 0.58, "after_EAS": 0.6},
)
wrong(
    "loop-read-blend",
    "after E, A, S",
    title="the belief after E, A, S, which happens to be a share as well",
    first_Y={"alone": 0.5, "after_SON": 0.3, "after_EAS": 0.6},
)
wrong(
    "loop-read-blend",
    "after S, O, N",
    title="not the first share above one half",
    first_Y={"alone": 0.5, "after_SON": 0.4, "after_EAS": 0.8},
)
wrong("loop-read-blend", "after E, A, S", title="one reading is missing", first_Y={"alone": 0.5, "after_SON": 0.3})
wrong(
    "loop-read-blend",
    "after S, O, N",
    title="the belief below the crossing",
    first_Y={"alone": 0.53, "after_SON": 0.57, "after_EAS": 0.54},
)
wrong(
    "loop-read-blend",
    "after S, O, N",
    title="between two columns",
    first_Y={"alone": 0.45, "after_SON": 0.25, "after_EAS": 0.75},
)
wrong(
    "loop-read-blend",
    "after S, O, N",
    "the largest share below one half",
    first_Y={"alone": 0.4, "after_SON": 0.2, "after_EAS": 0.7},
)
right("loop-read-blend", "as the table says", first_Y={"after_EAS": 0.8, "after_SON": 0.3, "alone": 0.5})
right("loop-read-blend", "from the array", first_Y={"alone": np.float64(0.6), "after_SON": 0.1 * 3, "after_EAS": 0.8})
right(
    "loop-read-blend", "where the lines of the figure cross", first_Y={"after_EAS": 0.7, "after_SON": 0.3, "alone": 0.5}
)

# -------------------------------------------------------------------------------------------------- loop-unrolled


@wrong(
    "loop-unrolled",
    "with other weights in each layer it is a feedforward net",
    "every layer has the weights of the first",
)
def unrolled(x, h0, layers):
    W_xh, W_hh, b = layers[0]
    h, hs = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        hs.append(h)
    return np.stack(hs, axis=1)


@wrong("loop-unrolled", "with T copies of one layer it is the recurrent net", "h0 goes into every layer")
def unrolled(x, h0, layers):
    hs = []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        hs.append(np.tanh(x[:, t] @ W_xh + h0 @ W_hh + b))
    return np.stack(hs, axis=1)


@wrong("loop-unrolled", "with T copies of one layer it is the recurrent net", "h0 is not used")
def unrolled(x, h0, layers):
    h, hs = np.zeros(h0.shape), []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        hs.append(h)
    return np.stack(hs, axis=1)


@wrong("loop-unrolled", "with other weights in each layer it is a feedforward net", "the bias stands outside the tanh")
def unrolled(x, h0, layers):
    h, hs = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = b + np.tanh(x[:, t] @ W_xh + h @ W_hh)
        hs.append(h)
    return np.stack(hs, axis=1)


@wrong("loop-unrolled", "with other weights in each layer it is a feedforward net", "W_hh is transposed")
def unrolled(x, h0, layers):
    h, hs = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = np.tanh(x[:, t] @ W_xh + (W_hh @ h.T).T + b)
        hs.append(h)
    return np.stack(hs, axis=1)


@wrong("loop-unrolled", "with other weights in each layer it is a feedforward net", "time is the first axis")
def unrolled(x, h0, layers):
    h, hs = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        hs.append(h)
    return np.array(hs)


@wrong("loop-unrolled", "with T copies of one layer it is the recurrent net", "only the last state comes back")
def unrolled(x, h0, layers):
    h = h0
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
    return h


@wrong(
    "loop-unrolled",
    "with other weights in each layer it is a feedforward net",
    "the layers are taken from the last to the first",
)
def unrolled(x, h0, layers):
    h, hs = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers[::-1]):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        hs.append(h)
    return np.stack(hs, axis=1)


@wrong(
    "loop-unrolled", "tied weights are counted once, however long the sequence", "tied weights are counted once a step"
)
def count_parameters(T, D, H, tied):
    return T * (D * H + H * H + H)


@wrong("loop-unrolled", "weights of their own are counted in every layer", "the bias is not counted")
def count_parameters(T, D, H, tied):
    weights = D * H + H * H
    if tied:
        return weights
    return weights * T


@wrong("loop-unrolled", "weights of their own are counted in every layer", title="a count with a decimal point")
def count_parameters(T, D, H, tied):
    return H * (D + H + 1) * T / (T if tied else 1)


@wrong("loop-unrolled", "weights of their own are counted in every layer", "the first layer is counted without W_hh")
def count_parameters(T, D, H, tied):
    if tied:
        return D * H + H * H + H
    return T * (D * H + H) + (T - 1) * H * H


@wrong("loop-unrolled", "tied weights are counted once, however long the sequence", "tied and untied are exchanged")
def count_parameters(T, D, H, tied):
    layer = H * (D + H + 1)
    return layer * T if tied else layer


@wrong("loop-unrolled", "with other weights in each layer it is a feedforward net", "the list of layers is used up")
def unrolled(x, h0, layers):
    h, hs = h0, []
    for t in range(x.shape[1]):
        W_xh, W_hh, b = layers.pop(0)
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        hs.append(h)
    return np.stack(hs, axis=1)


@wrong("loop-unrolled", "with other weights in each layer it is a feedforward net", "h0 is written into")
def unrolled(x, h0, layers):
    h, hs = h0, []
    for t, (W_xh, W_hh, b) in enumerate(layers):
        h[...] = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        hs.append(h.copy())
    return np.stack(hs, axis=1)


@wrong("loop-unrolled", "with T copies of one layer it is the recurrent net", "softmax in place of tanh")
def unrolled(x, h0, layers):
    h, out = h0, []
    for t in range(x.shape[1]):
        W_xh, W_hh, b = layers[t]
        h = softmax(x[:, t] @ W_xh + h @ W_hh + b)
        out.append(h)
    return np.stack(out, axis=1)


@wrong("loop-unrolled", "with T copies of one layer it is the recurrent net", "h0 stands among the states")
def unrolled(x, h0, layers):
    h, out = h0, [h0]
    for t in range(x.shape[1]):
        W_xh, W_hh, b = layers[t]
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b)
        out.append(h)
    return np.stack(out, axis=1)


@wrong("loop-unrolled", "with T copies of one layer it is the recurrent net", "the bias is left out")
def unrolled(x, h0, layers):
    h, out = h0, []
    for t in range(x.shape[1]):
        W_xh, W_hh, _b = layers[t]
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh)
        out.append(h)
    return np.stack(out, axis=1)


@wrong("loop-unrolled", "with T copies of one layer it is the recurrent net", "no tanh")
def unrolled(x, h0, layers):
    h, out = h0, []
    for t in range(x.shape[1]):
        W_xh, W_hh, b = layers[t]
        h = x[:, t] @ W_xh + h @ W_hh + b
        out.append(h)
    return np.stack(out, axis=1)


@wrong("loop-unrolled", "tied weights are counted once, however long the sequence", "a bias for each matrix is counted")
def count_parameters(T, D, H, tied):
    n = D * H + H * H + 2 * H
    return n if tied else T * n


@wrong(
    "loop-unrolled", "tied weights are counted once, however long the sequence", "one bias for a whole layer is counted"
)
def count_parameters(T, D, H, tied):
    n = (D + H) * H + 1
    return n if tied else T * n


@wrong("loop-unrolled", "with T copies of one layer it is the recurrent net", "every layer reads the first picture")
def unrolled(x, h0, layers):
    h, out = h0, []
    for W_xh, W_hh, b in layers:
        h = np.tanh(x[:, 0] @ W_xh + h @ W_hh + b)
        out.append(h)
    return np.stack(out, axis=1)


@right("loop-unrolled", "an array filled step by step, joined weights")
def unrolled(x, h0, layers):
    N, T, _ = x.shape
    out = np.zeros((N, T, h0.shape[1]))
    h = h0
    for t in range(T):
        W_xh, W_hh, b = layers[t]
        h = out[:, t] = np.tanh(np.hstack([x[:, t], h]) @ np.vstack([W_xh, W_hh]) + b)
    return out


@right("loop-unrolled", "einsum, lists")
def unrolled(x, h0, layers):
    h, hs = h0, []
    for t, layer in enumerate(layers):
        h = np.tanh(np.einsum("nd,dh->nh", x[:, t], layer[0]) + np.einsum("nh,hk->nk", h, layer[1]) + layer[2])
        hs.append(h)
    return np.transpose(hs, (1, 0, 2)).tolist()


@right("loop-unrolled", "counted from arrays")
def count_parameters(T, D, H, tied):
    total = 0
    for _ in range(1 if tied else T):
        total += np.zeros((D, H)).size + np.zeros((H, H)).size + np.zeros(H).size
    return total


@right("loop-unrolled", "a product of sizes, as a numpy integer")
def count_parameters(T, D, H, tied):
    return np.int64(H * (D + H + 1) * (1 if tied else T))


# --------------------------------------------------------------------------------------------- loop-predict-order

wrong(
    "loop-predict-order",
    "same_order is one of the 2 choices",
    "the quotes are still empty",
    shuffled_other="",
    shuffled_anagrams="",
    same_order="",
)
wrong(
    "loop-predict-order",
    "shuffled_other is one of the 2 choices",
    "numbers instead of a choice",
    shuffled_other=0.5,
    shuffled_anagrams=0.5,
    same_order=0.5,
)
wrong(
    "loop-predict-order",
    "shuffled_anagrams is one of the 2 choices",
    "yes and no instead of falls and stays",
    shuffled_other="no",
    shuffled_anagrams="yes",
    same_order="no",
)
wrong(
    "loop-predict-order",
    "shuffled_other is one of the 2 choices",
    "True and False instead of falls and stays",
    shuffled_other=False,
    shuffled_anagrams=True,
    same_order=False,
)
wrong(
    "loop-predict-order",
    "same_order is one of the 2 choices",
    title="one is left out",
    shuffled_other="stays",
    shuffled_anagrams="falls",
    same_order=None,
)
wrong(
    "loop-predict-order",
    "shuffled_anagrams is one of the 2 choices",
    title="rises is no choice",
    shuffled_other="stays",
    shuffled_anagrams="rises",
    same_order="stays",
)
right("loop-predict-order", "all fall", shuffled_other="falls", shuffled_anagrams="falls", same_order="falls")
right("loop-predict-order", "all stay", shuffled_other="stays", shuffled_anagrams="stays", same_order="stays")
right("loop-predict-order", "in capitals", shuffled_other="Stays", shuffled_anagrams="FALLS", same_order="stays ")
