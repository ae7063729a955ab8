"""Answers to lesson 0 as learners write them: wrong ones, each with its name, and right ones in other words."""

import math

import numpy as np

from tests.answers import right, wrong

# ---------------------------------------------------------------- values

ALL = "all ten questions have an answer"
wrong("start-diagnostic", ALL, "no letter is filled in yet", "untouched", diagnostic="")
wrong("start-diagnostic", ALL, title="nine letters", diagnostic="abcdabcda")
wrong("start-diagnostic", ALL, title="eleven letters", diagnostic="abcda bcdab c")
wrong("start-diagnostic", ALL, title="a number", diagnostic=7)
wrong("start-diagnostic", ALL, title="nine of ten", diagnostic={str(n): "a" for n in range(1, 10)})
wrong("start-diagnostic", ALL, title="numbers for letters", diagnostic={str(n): 1 for n in range(1, 11)})
wrong("start-diagnostic", ALL, title="a letter too far", diagnostic={str(n): "e" for n in range(1, 11)})
right("start-diagnostic", "all wrong, all answered", diagnostic="dddddddddd")
right("start-diagnostic", "a list of letters", diagnostic=list("abcdABCDab"))
right("start-diagnostic", "with commas", diagnostic="a, b, c, d, a, b, c, d, a, b")
right("start-diagnostic", "whole numbers as keys", diagnostic=dict.fromkeys(range(1, 11), "b"))
right("start-diagnostic", "capitals and spaces", diagnostic={str(n): " C" for n in range(1, 11)})

SHAPE = "predicted_shape is one of the 4 choices"
wrong("start-broadcast", SHAPE, "nothing is predicted yet", "untouched", predicted_shape="")
wrong("start-broadcast", SHAPE, "a tuple instead of a text", "no quotes", predicted_shape=(3, 3))
wrong("start-broadcast", SHAPE, title="another shape", predicted_shape="(9,)")
wrong("start-broadcast", SHAPE, title="a sentence", predicted_shape="I think (3, 3)")
for choice in ("(3,)", "(3,1)", "error"):
    right("start-broadcast", f"committed to {choice}", predicted_shape=choice)

UNITS = "predicted_units is one of the 3 choices"
wrong("start-units", UNITS, "nothing is predicted yet", "untouched", predicted_units="")
wrong("start-units", UNITS, title="a number", predicted_units=3)
wrong("start-units", UNITS, title="all choices at once", predicted_units="none, fewer than half, half or more")
for choice in ("none", "fewer than half", "half or more"):
    right("start-units", f"committed to {choice}", predicted_units=choice)

# ---------------------------------------------------------------- standardise

VALUES = "values agree with the reference"


@wrong("start-standardise", VALUES, "the statistics come from x itself")
def standardise(x, x_train):
    mean, std = np.mean(x, axis=0), np.std(x, axis=0)
    std[std == 0] = 1
    return (x - mean) / std


@wrong("start-standardise", VALUES, "one mean for all features together")
def standardise(x, x_train):
    return (x - np.mean(x_train)) / np.std(x_train)


@wrong("start-standardise", "as many rows as features: a wrong axis cannot hide", "the mean runs along each row")
def standardise(x, x_train):
    mean = np.mean(x_train, 1)
    std = np.std(x_train, 1)
    return (x - mean) / np.where(std == 0, 1, std)


@wrong(
    "start-standardise",
    "as many rows as features: a wrong axis cannot hide",
    "the mean runs along each row (kept as a column)",
)
def standardise(x, x_train):
    mean = x_train.mean(axis=1).reshape(-1, 1)
    std = x_train.std(axis=1)[:, None]
    return (x - mean) / std


@wrong("start-standardise", VALUES, "divided by N - 1 (ddof=1)")
def standardise(x, x_train):
    n = len(x_train)
    mean = x_train.sum(axis=0) / n
    std = np.sqrt(((x_train - mean) ** 2).sum(axis=0) / (n - 1))
    return (x - mean) / np.where(std == 0, 1, std)


@wrong("start-standardise", VALUES, "divided by the variance")
def standardise(x, x_train):
    mean = x_train.mean(axis=0)
    variance = ((x_train - mean) ** 2).mean(axis=0)
    variance[variance == 0] = 1
    return (x - mean) / variance


@wrong(
    "start-standardise",
    "a feature that never varies, and one in tiny units",
    "a small number is added to the standard deviation",
)
def standardise(x, x_train):
    return (x - np.mean(x_train, axis=0)) / (1e-8 + np.std(x_train, axis=0))


@wrong(
    "start-standardise",
    "a feature that never varies, and one in tiny units",
    "a feature that never varies is divided by 0",
)
def standardise(x, x_train):
    z = x - np.mean(x_train, axis=0)
    return z / np.std(x_train, axis=0)


@wrong(
    "start-standardise",
    "a feature that never varies, and one in tiny units",
    "a small standard deviation is taken for 0",
)
def standardise(x, x_train):
    std = np.std(x_train, axis=0)
    return (x - np.mean(x_train, axis=0)) / np.where(np.isclose(std, 0), 1, std)


@wrong(
    "start-standardise",
    "a feature that never varies, and one in tiny units",
    "the standard deviation is kept above a small number",
)
def standardise(x, x_train):
    return (x - x_train.mean(0)) / x_train.std(0).clip(1e-8)


@wrong("start-standardise", "the caller's arrays are left alone", "x is changed in place")
def standardise(x, x_train):
    std = np.std(x_train, axis=0)
    std[std == 0] = 1
    x -= np.mean(x_train, axis=0)
    x /= std
    return x


@wrong("start-standardise", "values agree with the reference", "the mean is not subtracted")
def standardise(x, x_train):
    std = x_train.std(axis=0)
    return x / np.where(std > 0, std, 1.0)


@wrong("start-standardise", "values agree with the reference", "the standard deviation comes from x itself")
def standardise(x, x_train):
    std = x.std(axis=0)
    return (x - x_train.mean(axis=0)) / np.where(std > 0, std, 1.0)


@wrong("start-standardise", "values agree with the reference", "the features are brought between 0 and 1")
def standardise(x, x_train):
    lo, hi = x_train.min(axis=0), x_train.max(axis=0)
    d = hi - lo
    return (x - lo) / np.where(d > 0, d, 1.0)


@wrong(
    "start-standardise",
    "a feature that never varies, and one in tiny units",
    "what was divided by 0 is mended afterwards",
)
def standardise(x, x_train):
    return np.nan_to_num((x - x_train.mean(axis=0)) / x_train.std(axis=0))


@wrong(
    "start-standardise",
    "a feature that never varies, and one in tiny units",
    "a feature that never varied comes out as 0",
)
def standardise(x, x_train):
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    return np.where(std > 0, (x - mean) / np.where(std > 0, std, 1), 0.0)


@right("start-standardise", "one feature at a time")
def standardise(x, x_train):
    z = np.empty(x.shape)
    for d in range(x.shape[1]):
        mean = sum(x_train[:, d]) / len(x_train)
        std = np.sqrt(sum((value - mean) ** 2 for value in x_train[:, d]) / len(x_train))
        z[:, d] = (x[:, d] - mean) / (std if std > 0 else 1.0)
    return z


@right("start-standardise", "kept axes and a masked assignment")
def standardise(x, x_train):
    mean, std = x_train.mean(axis=0, keepdims=True), x_train.std(axis=0, keepdims=True)
    std[std == 0] = 1
    return np.subtract(x, mean) / std


@right("start-standardise", "lists of lists")
def standardise(x, x_train):
    std = np.std(x_train, axis=0)
    return ((x - np.mean(x_train, axis=0)) / (std + (std == 0))).tolist()


# ---------------------------------------------------------------- softmax

ANY, LARGE = "values agree, for any number of axes", "scores of a thousand, up and down"


@wrong("start-softmax", ANY, "the sum runs down the columns")
def softmax(a):
    a = a - np.max(a, axis=0)
    return np.exp(a) / np.sum(np.exp(a), axis=0)


@wrong("start-softmax", ANY, "one sum for the whole array")
def softmax(a):
    e = np.exp(a - np.max(a))
    return e / np.sum(e)


@wrong("start-softmax", LARGE, "the largest score is not subtracted")
def softmax(a):
    return np.exp(a) / np.sum(np.exp(a), axis=-1, keepdims=True)


@wrong("start-softmax", LARGE, "too much is subtracted from some rows", "one maximum for all rows")
def softmax(a):
    a = a - np.max(a)
    return np.exp(a) / np.exp(a).sum(-1, keepdims=True)


@wrong("start-softmax", ANY, "the sum lost its axis (no keepdims)")
def softmax(a):
    a = a - a.max(axis=-1, keepdims=True)
    return np.exp(a) / np.sum(np.exp(a), axis=-1)


@wrong("start-softmax", ANY, "axis 1 instead of the last")
def softmax(a):
    a = a - a.max(axis=1)[:, None]
    return np.exp(a) / np.exp(a).sum(axis=1)[:, None]


@wrong("start-softmax", "the caller's array is left alone", "the array is changed in place")
def softmax(a):
    a -= np.max(a, axis=-1, keepdims=True)
    return np.exp(a) / np.sum(np.exp(a), axis=-1)[..., None]


@wrong("start-softmax", LARGE, "too much is subtracted from some rows", "the largest magnitude of each row")
def softmax(a):
    e = np.exp(a - np.abs(a).max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("start-softmax", LARGE, "too little is subtracted: the row's maximum is needed", "the smallest score")
def softmax(a):
    e = np.exp(a - a.min(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("start-softmax", LARGE, "too little is subtracted: the row's maximum is needed", "the mean of each row")
def softmax(a):
    e = np.exp(a - a.mean(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("start-softmax", ANY, "the sigmoid of each score")
def softmax(a):
    return 1 / (1 + np.exp(-a))


@wrong("start-softmax", "values agree, for any number of axes", "the maximum lost its axis (no keepdims)")
def softmax(a):
    e = np.exp(a - a.max(axis=-1))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("start-softmax", "scores of a thousand, up and down", "the scores are cut at a limit")
def softmax(a):
    e = np.exp(np.clip(a, -500, 500))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("start-softmax", "values agree, for any number of axes", "the logarithms of the probabilities")
def softmax(a):
    a = a - a.max(axis=-1, keepdims=True)
    return a - np.log(np.exp(a).sum(axis=-1, keepdims=True))


@wrong("start-softmax", "values agree, for any number of axes", "the exponentials are not divided by their sum")
def softmax(a):
    return np.exp(a - a.max(axis=-1, keepdims=True))


@right("start-softmax", "through the logarithm")
def softmax(a):
    m = np.max(a, axis=-1, keepdims=True)
    return np.exp(a - m - np.log(np.sum(np.exp(a - m), axis=-1, keepdims=True)))


@right("start-softmax", "row by row")
def softmax(a):
    if a.ndim > 1:
        return np.array([softmax(row) for row in a])
    exps = [math.exp(score - max(a)) for score in a]
    return np.array([e / sum(exps) for e in exps])


@right("start-softmax", "float32, which is less exact")
def softmax(a):
    a = (a - a.max(-1)[..., None]).astype(np.float32)
    return np.exp(a) / np.exp(a).sum(-1)[..., None]


# ---------------------------------------------------------------- cross-entropy

LOSS, GRADIENT = "the loss is the mean in nats", "the gradient is that of the mean"
CONFIDENT = "a confident mistake has a finite price"


def log_softmax(a):
    a = a - np.max(a, axis=1, keepdims=True)
    return a - np.log(np.sum(np.exp(a), axis=1, keepdims=True))


@wrong("start-cross-entropy", LOSS, "the sum instead of the mean, in loss and gradient")
def cross_entropy(logits, targets):
    log_p, one_hot = log_softmax(logits), np.eye(logits.shape[1])[targets]
    return -(one_hot * log_p).sum(), np.exp(log_p) - one_hot


@wrong("start-cross-entropy", GRADIENT, "the gradient is not divided by N")
def cross_entropy(logits, targets):
    log_p, one_hot = log_softmax(logits), np.eye(logits.shape[1])[targets]
    return -(one_hot * log_p).sum(axis=1).mean(), np.exp(log_p) - one_hot


@wrong("start-cross-entropy", LOSS, "the loss is a sum, the gradient that of the mean")
def cross_entropy(logits, targets):
    log_p, one_hot = log_softmax(logits), np.eye(logits.shape[1])[targets]
    return -np.sum(one_hot * log_p), (np.exp(log_p) - one_hot) / len(targets)


@wrong("start-cross-entropy", LOSS, "averaged over all N times V numbers")
def cross_entropy(logits, targets):
    log_p, one_hot = log_softmax(logits), np.eye(logits.shape[1])[targets]
    return -np.mean(one_hot * log_p), (np.exp(log_p) - one_hot) / len(targets)


@wrong("start-cross-entropy", LOSS, "bits instead of nats")
def cross_entropy(logits, targets):
    log_p, N = log_softmax(logits), len(targets)
    d = np.exp(log_p)
    d[range(N), targets] -= 1
    return -np.mean(log_p[range(N), targets]) / np.log(2), d / N


@wrong("start-cross-entropy", LOSS, "the sign of the loss")
def cross_entropy(logits, targets):
    log_p, N = log_softmax(logits), len(targets)
    d = np.exp(log_p)
    d[range(N), targets] -= 1
    return np.mean(log_p[range(N), targets]), d / N


@wrong("start-cross-entropy", GRADIENT, "the sign of the gradient")
def cross_entropy(logits, targets):
    log_p, one_hot = log_softmax(logits), np.eye(logits.shape[1])[targets]
    return -(one_hot * log_p).sum() / len(targets), (one_hot - np.exp(log_p)) / len(targets)


@wrong("start-cross-entropy", CONFIDENT, "the logarithm of a probability that has rounded to 0")
def cross_entropy(logits, targets):
    p, N = np.exp(log_softmax(logits)), len(targets)
    loss = np.mean([-np.log(p[n, targets[n]]) for n in range(N)])
    for n in range(N):
        p[n, targets[n]] -= 1
    return loss, p / N


@wrong("start-cross-entropy", CONFIDENT, "a small number inside the logarithm")
def cross_entropy(logits, targets):
    p, N = np.exp(log_softmax(logits)), len(targets)
    loss = -np.log(p[range(N), targets] + 1e-12).mean()
    return loss, (p - np.eye(logits.shape[1])[targets]) / N


@wrong("start-cross-entropy", CONFIDENT, "log p overflows")
def cross_entropy(logits, targets):
    N = len(targets)
    total = np.exp(logits).sum(axis=1)
    loss = (np.log(total) - logits[range(N), targets]).mean()
    d = np.exp(logits - np.log(total)[:, None])
    d[range(N), targets] -= 1
    return loss, d / N


@wrong("start-cross-entropy", LOSS, "every row is read at every target")
def cross_entropy(logits, targets):
    log_p = log_softmax(logits)
    p = np.exp(log_p)
    loss = -np.mean(np.log(p[:, targets]))
    p[:, targets] -= 1
    return loss, p / len(targets)


@wrong("start-cross-entropy", "the caller's arrays are left alone", "the caller's logits are shifted")
def cross_entropy(logits, targets):
    N = len(targets)
    logits -= logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[range(N), targets] -= 1
    return -log_p[range(N), targets].mean(), d / N


@wrong("start-cross-entropy", CONFIDENT, "one maximum for all rows")
def cross_entropy(logits, targets):
    z, N = logits - np.max(logits), len(targets)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[range(N), targets] -= 1
    return -log_p[range(N), targets].mean(), d / N


@wrong("start-cross-entropy", GRADIENT, "the number of kinds is written into the program")
def cross_entropy(logits, targets):
    log_p, N = log_softmax(logits), len(targets)
    return -log_p[range(N), targets].mean(), (np.exp(log_p) - np.eye(4)[targets]) / N


@wrong("start-cross-entropy", "the gradient is that of the mean", "the 1 at the target is not subtracted")
def cross_entropy(logits, targets):
    N = len(logits)
    a = logits - logits.max(axis=1, keepdims=True)
    log_p = a - np.log(np.exp(a).sum(axis=1, keepdims=True))
    return -log_p[np.arange(N), targets].mean(), np.exp(log_p) / N


@wrong("start-cross-entropy", "the gradient is that of the mean", "only the probabilities are divided by N")
def cross_entropy(logits, targets):
    N = len(logits)
    a = logits - logits.max(axis=1, keepdims=True)
    log_p = a - np.log(np.exp(a).sum(axis=1, keepdims=True))
    d = np.exp(log_p) / N
    d[np.arange(N), targets] -= 1
    return -log_p[np.arange(N), targets].mean(), d


@wrong("start-cross-entropy", "the loss is the mean in nats", "one loss for each example, without the mean")
def cross_entropy(logits, targets):
    N = len(logits)
    a = logits - logits.max(axis=1, keepdims=True)
    log_p = a - np.log(np.exp(a).sum(axis=1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(N), targets] -= 1
    return -log_p[np.arange(N), targets], d / N


@wrong(
    "start-cross-entropy", "the gradient is that of the mean", "the gradient of the probabilities, not of the scores"
)
def cross_entropy(logits, targets):
    N = len(logits)
    a = logits - logits.max(axis=1, keepdims=True)
    log_p = a - np.log(np.exp(a).sum(axis=1, keepdims=True))
    d = np.zeros_like(log_p)
    d[np.arange(N), targets] = -1 / np.exp(log_p[np.arange(N), targets]) / N
    return -log_p[np.arange(N), targets].mean(), d


@wrong("start-cross-entropy", "the loss is the mean in nats", "loss and gradient averaged over all N times V numbers")
def cross_entropy(logits, targets):
    N, V = logits.shape
    a = logits - logits.max(axis=1, keepdims=True)
    log_p = a - np.log(np.exp(a).sum(axis=1, keepdims=True))
    one = np.eye(V)[targets]
    return -(one * log_p).mean(), (np.exp(log_p) - one) / (N * V)


@right("start-cross-entropy", "one-hot rows")
def cross_entropy(logits, targets):
    log_p, one_hot = log_softmax(logits), np.eye(logits.shape[1])[targets]
    return -(one_hot * log_p).sum() / len(targets), (np.exp(log_p) - one_hot) / len(targets)


@right("start-cross-entropy", "example by example")
def cross_entropy(logits, targets):
    loss, d = 0.0, np.zeros(logits.shape)
    for n, target in enumerate(targets):
        shifted = logits[n] - max(logits[n])
        total = np.log(sum(np.exp(shifted)))
        loss += total - shifted[target]
        d[n] = np.exp(shifted - total)
        d[n, target] -= 1
    return float(loss / len(targets)), d / len(targets)


@right("start-cross-entropy", "np.logaddexp")
def cross_entropy(logits, targets):
    log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
    d = np.exp(log_p)
    np.add.at(d, (np.arange(len(d)), targets), -1)
    return -np.take_along_axis(log_p, targets[:, None], axis=1).mean(), d / len(d)


# ---------------------------------------------------------------- tanh_backward


@wrong("start-tanh-backward", ANY, "tanh is taken twice")
def tanh_backward(dy, y):
    return dy / np.cosh(y) ** 2


@wrong("start-tanh-backward", ANY, "the square is missing")
def tanh_backward(dy, y):
    return dy - dy * y


@wrong("start-tanh-backward", ANY, "what came back is left out")
def tanh_backward(dy, y):
    return 1 - y * y


@wrong("start-tanh-backward", ANY, "the slope of the sigmoid")
def tanh_backward(dy, y):
    return dy * (y * (1 - y))


@wrong("start-tanh-backward", ANY, "divided by the slope")
def tanh_backward(dy, y):
    return dy * (1 / (1 - np.square(y)))


@wrong("start-tanh-backward", "the caller's arrays are left alone", "dy is changed in place")
def tanh_backward(dy, y):
    dy *= (1 - y) * (1 + y)
    return dy


@wrong("start-tanh-backward", ANY, None, "the whole Jacobian, for one vector only")
def tanh_backward(dy, y):
    return np.diag(1 - y**2) @ dy


@right("start-tanh-backward", "(1 - y)(1 + y)")
def tanh_backward(dy, y):
    return (1 - y) * (1 + y) * dy


@right("start-tanh-backward", "the Jacobian of all elements, built in full")
def tanh_backward(dy, y):
    return (dy.ravel() @ np.diag(1 - y.ravel() ** 2)).reshape(y.shape)


@right("start-tanh-backward", "element by element")
def tanh_backward(dy, y):
    dx = np.zeros(y.shape)
    for index in np.ndindex(y.shape):
        dx[index] = dy[index] * (1 - y[index] ** 2)
    return dx


# ---------------------------------------------------------------- linear_backward

DX, DW, DB = "dx: back to the input", "dW: one slope a weight", "db: summed over the rows"


@wrong("start-linear-backward", DX, "W is not transposed")
def linear_backward(dy, x, W):
    return np.dot(dy, W), np.dot(x.T, dy), np.sum(dy, axis=0)


@wrong("start-linear-backward", DW, "dW is transposed")
def linear_backward(dy, x, W):
    return np.dot(dy, W.T), np.dot(dy.T, x), np.sum(dy, axis=0)


@wrong("start-linear-backward", DW, "x is not transposed")
def linear_backward(dy, x, W):
    return np.dot(dy, W.T), np.dot(x, dy), np.sum(dy, axis=0)


@wrong("start-linear-backward", DB, "db is not summed over the rows")
def linear_backward(dy, x, W):
    return dy @ W.T, x.T @ dy, np.ones(dy.shape) * dy


@wrong("start-linear-backward", DB, "db is summed along the wrong axis")
def linear_backward(dy, x, W):
    return dy @ W.T, x.T @ dy, dy @ np.ones(dy.shape[1])


@wrong("start-linear-backward", DB, "db is one number")
def linear_backward(dy, x, W):
    return dy @ W.T, x.T @ dy, np.sum(dy)


@wrong("start-linear-backward", DB, "db is averaged over the rows")
def linear_backward(dy, x, W):
    return dy @ W.T, x.T @ dy, np.sum(dy, axis=0) / len(dy)


@wrong("start-linear-backward", DW, "dW and db are divided by N once more")
def linear_backward(dy, x, W):
    N = len(x)
    return dy @ W.T, (1 / N) * (x.T @ dy), (1 / N) * dy.sum(axis=0)


@wrong("start-linear-backward", DX, "returned in another order")
def linear_backward(dy, x, W):
    dW, db, dx = x.T @ dy, dy.sum(axis=0), dy @ W.T
    return dW, db, dx


@wrong("start-linear-backward", DB, "db kept its axis")
def linear_backward(dy, x, W):
    return dy @ W.T, x.T @ dy, dy.sum(axis=0, keepdims=True)


@right("start-linear-backward", "einsum")
def linear_backward(dy, x, W):
    return np.einsum("nj,ij->ni", dy, W), np.einsum("ni,nj->ij", x, dy), np.einsum("nj->j", dy)


@right("start-linear-backward", "example by example")
def linear_backward(dy, x, W):
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for n in range(len(x)):
        dx[n] = W @ dy[n]
        dW += np.outer(x[n], dy[n])
        db += dy[n]
    return [dx, dW, db]


@right("start-linear-backward", "a column of ones for the bias")
def linear_backward(dy, x, W):
    both = np.column_stack([x, np.ones(len(x))]).T @ dy
    return (W @ dy.T).T, both[:-1], both[-1]


# ---------------------------------------------------------------- the net

SCORES, SECOND, FIRST = "the scores agree", "the second layer: dW_hy", "the first layer: db"
BACK = "back to the input: dx"


def net_forward(x, W_xh, b, W_hy, b_y):
    h = np.tanh(np.dot(x, W_xh) + b)
    return np.dot(h, W_hy) + b_y, {"x": x, "h": h, "W_xh": W_xh, "W_hy": W_hy}


def net_backward(dy, cache):
    dW_hy, db_y = cache["h"].T @ dy, dy.sum(0)
    da = (dy @ cache["W_hy"].T) * (1 - cache["h"] ** 2)
    return da @ cache["W_xh"].T, cache["x"].T @ da, da.sum(0), dW_hy, db_y


def net(forward=net_forward, backward=net_backward):
    return {"mlp_forward": forward, "mlp_backward": backward}


def bias_outside(x, W_xh, b, W_hy, b_y):
    h = np.tanh(x @ W_xh) + b
    return h @ W_hy + b_y, {"x": x, "h": h, "W_xh": W_xh, "W_hy": W_hy}


def no_bend(x, W_xh, b, W_hy, b_y):
    h = x @ W_xh + b
    return h @ W_hy + b_y, {"x": x, "h": h, "W_xh": W_xh, "W_hy": W_hy}


def no_first_bias(x, W_xh, b, W_hy, b_y):
    h = np.tanh(x @ W_xh)
    return h @ W_hy + b_y, {"x": x, "h": h, "W_xh": W_xh, "W_hy": W_hy}


def no_second_bias(x, W_xh, b, W_hy, b_y):
    h = np.tanh(x @ W_xh + b)
    return h @ W_hy, {"x": x, "h": h, "W_xh": W_xh, "W_hy": W_hy}


def bent_scores(x, W_xh, b, W_hy, b_y):
    h = np.tanh(x @ W_xh + b)
    return np.tanh(h @ W_hy + b_y), {"x": x, "h": h, "W_xh": W_xh, "W_hy": W_hy}


def no_slope(dy, cache):
    dh = dy @ cache["W_hy"].T
    return dh @ cache["W_xh"].T, cache["x"].T @ dh, dh.sum(0), cache["h"].T @ dy, dy.sum(0)


def tanh_twice(dy, cache):
    da = (dy @ cache["W_hy"].T) * (1 - np.tanh(cache["h"]) ** 2)
    return da @ cache["W_xh"].T, cache["x"].T @ da, da.sum(0), cache["h"].T @ dy, dy.sum(0)


def no_square(dy, cache):
    da = (dy @ cache["W_hy"].T) * (1 - cache["h"])
    return da @ cache["W_xh"].T, cache["x"].T @ da, da.sum(0), cache["h"].T @ dy, dy.sum(0)


def mean_again(dy, cache):
    N = len(dy)
    dx, *others = net_backward(dy, cache)
    return [dx, *[d / N for d in others]]


def way_back_order(dy, cache):
    dx, dW_xh, db, dW_hy, db_y = net_backward(dy, cache)
    return dW_hy, db_y, dW_xh, db, dx


def slope_at_the_input(dy, cache):
    da = (dy @ cache["W_hy"].T) * (1 - cache["h"] ** 2)
    dx = da @ cache["W_xh"].T
    return dx * (1 - cache["x"] ** 2), cache["x"].T @ da, da.sum(0), cache["h"].T @ dy, dy.sum(0)


ALONE = "sizes that all differ; arrays and cache are left alone"


def cache_used_up(dy, cache):
    h = cache["h"]
    dW_hy, dh = h.T @ dy, dy @ cache["W_hy"].T
    np.multiply(h, h, out=h)
    da = dh * (1 - h)
    return da @ cache["W_xh"].T, cache["x"].T @ da, da.sum(0), dW_hy, dy.sum(0)


kept = {}


def global_forward(x, W_xh, b, W_hy, b_y):
    y, cache = net_forward(x, W_xh, b, W_hy, b_y)
    kept.update(cache)
    return y, None


def global_backward(dy, cache):
    return net_backward(dy, kept)


def products(hy=lambda dy, W: dy @ W.T, xh=lambda da, W: da @ W.T, x=lambda x, da: x.T @ da, h=lambda h, dy: h.T @ dy):
    def backward(dy, cache):
        da = hy(dy, cache["W_hy"]) * (1 - cache["h"] ** 2)
        return xh(da, cache["W_xh"]), x(cache["x"], da), da.sum(0), h(cache["h"], dy), dy.sum(0)

    return backward


def slope_of_dy(dy, cache):
    da = (dy @ cache["W_hy"].T) * (1 - dy**2)
    return da @ cache["W_xh"].T, cache["x"].T @ da, da.sum(0), cache["h"].T @ dy, dy.sum(0)


def dy_used_up(dy, cache):
    grads = net_backward(dy, cache)
    dy *= 0
    return grads


def only_db_y(dy, cache):
    dx, dW_xh, db, dW_hy, db_y = net_backward(dy, cache)
    return dx, dW_xh, db, dW_hy, db_y / len(dy)


wrong("start-mlp", SCORES, "the bias stands outside the tanh", **net(bias_outside))
wrong("start-mlp", SCORES, "no tanh", **net(no_bend))
wrong("start-mlp", SCORES, "the first bias is left out", **net(no_first_bias))
wrong("start-mlp", SCORES, "the second bias is left out", **net(no_second_bias))
wrong("start-mlp", SCORES, "the scores go through tanh as well", **net(bent_scores))
wrong("start-mlp", FIRST, "the slope of tanh is left out on the way back", **net(backward=no_slope))
wrong("start-mlp", FIRST, "tanh is taken twice in the slope", **net(backward=tanh_twice))
wrong("start-mlp", FIRST, "the square is missing in the slope", **net(backward=no_square))
wrong("start-mlp", SECOND, "divided by N once more", **net(backward=mean_again))
wrong("start-mlp", SECOND, "returned in the order of the way back", **net(backward=way_back_order))
wrong("start-mlp", ALONE, None, "the cache is used up by the way back", **net(backward=cache_used_up))
wrong("start-mlp", FIRST, None, "the cache is a global variable", **net(global_forward, global_backward))
wrong("start-mlp", FIRST, None, "too few names for the cache", **net(backward=lambda dy, cache: dict(cache)["a"]))
wrong("start-mlp", FIRST, "W_hy is not transposed", **net(backward=products(hy=lambda dy, W: dy @ W)))
wrong("start-mlp", BACK, "W_xh is not transposed", **net(backward=products(xh=lambda da, W: da @ W)))
wrong(
    "start-mlp",
    "the first layer: dW_xh",
    "x is not transposed in dW_xh",
    **net(backward=products(x=lambda x, da: x @ da)),
)
wrong("start-mlp", SECOND, "h is not transposed in dW_hy", **net(backward=products(h=lambda h, dy: h @ dy)))
wrong("start-mlp", FIRST, None, "the slope at dy", **net(backward=slope_of_dy))
wrong("start-mlp", ALONE, None, "dy is changed", **net(backward=dy_used_up))
wrong("start-mlp", "the second layer: db_y", None, "only db_y is wrong", **net(backward=only_db_y))
wrong(
    "start-mlp",
    BACK,
    None,
    "a slope at the input, which was not bent",
    **net(backward=slope_at_the_input),
)


def loops_forward(x, W_xh, b, W_hy, b_y):
    y = np.zeros((len(x), len(b_y)))
    features = []
    for n, row in enumerate(x):
        h = np.tanh(row @ W_xh + b)
        y[n] = h @ W_hy + b_y
        features.append(h)
    return y, [x, features, W_xh, W_hy]


def loops_backward(dy, cache):
    x, features, W_xh, W_hy = cache
    dx, dW_xh, dW_hy = np.zeros(x.shape), np.zeros(W_xh.shape), np.zeros(W_hy.shape)
    db, db_y = np.zeros(W_xh.shape[1]), np.zeros(W_hy.shape[1])
    for n, h in enumerate(features):
        dW_hy += np.outer(h, dy[n])
        db_y += dy[n]
        da = (W_hy @ dy[n]) * (1 - h * h)
        dW_xh += np.outer(x[n], da)
        db += da
        dx[n] = W_xh @ da
    return dx, dW_xh, db, dW_hy, db_y


class Kept:
    """An object as a cache."""

    def __init__(self, **kept):
        self.__dict__.update(kept)


def object_forward(x, W_xh, b, W_hy, b_y):
    a = np.einsum("nd,dh->nh", x, W_xh) + b
    return np.tanh(a) @ W_hy + b_y, Kept(x=x, a=a, W_xh=W_xh, W_hy=W_hy)


def object_backward(dy, cache):
    da = dy @ cache.W_hy.T / np.cosh(cache.a) ** 2
    return da @ cache.W_xh.T, cache.x.T @ da, da.sum(axis=0), np.tanh(cache.a).T @ dy, dy.sum(axis=0)


right("start-mlp", "a dict as cache", **net())
right("start-mlp", "example by example", **net(loops_forward, loops_backward))
right("start-mlp", "an object as cache, the slope by cosh", **net(object_forward, object_backward))

# ---------------------------------------------------------------- momentum and Adam

VELOCITY, ROLL, ADAM_1 = "momentum: the new velocity", "momentum: the step", "Adam: the first step"
MEANS, ADAM_T = "Adam: the running means", "Adam: later steps, with small gradients too"


@wrong("start-optimizers", ROLL, "the old velocity makes the step")
def momentum_step(p, g, v, lr, beta=0.9):
    p_next = p - lr * v
    return p_next, beta * v + g


@wrong("start-optimizers", VELOCITY, "the gradient enters the velocity with 1 - beta")
def momentum_step(p, g, v, lr, beta=0.9):
    v = beta * v + (1 - beta) * g
    return p - lr * v, v


@wrong("start-optimizers", ROLL, "momentum walks uphill")
def momentum_step(p, g, v, lr, beta=0.9):
    v = beta * v + g
    return p + lr * v, v


@wrong("start-optimizers", VELOCITY, "the learning rate stands inside the velocity")
def momentum_step(p, g, v, lr, beta=0.9):
    v = beta * v + lr * g
    return p - v, v


@wrong("start-optimizers", "momentum: the caller's arrays are left alone", "momentum writes into the caller's arrays")
def momentum_step(p, g, v, lr, beta=0.9):
    v *= beta
    v += g
    p -= lr * v
    return p, v


@wrong("start-optimizers", ROLL, None, "beta is always 0.9")
def momentum_step(p, g, v, lr, beta=0.9):
    v = 0.9 * v + g
    return p - lr * v, v


@wrong("start-optimizers", ADAM_1, "Adam without the correction of its start")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return p - lr * m / (np.sqrt(v) + eps), m, v


@wrong("start-optimizers", ADAM_1, "Adam counts t from 0")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return p - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong("start-optimizers", ADAM_1, "Adam's root is missing")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return p - lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps), m, v


@wrong("start-optimizers", ADAM_T, "eps stands inside the root")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return p - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps), m, v


@wrong("start-optimizers", ADAM_1, "v averages the gradient, not its square")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g
    return p - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong("start-optimizers", MEANS, "the corrected means are returned")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)
    v = (beta2 * v + (1 - beta2) * g**2) / (1 - beta2**t)
    return p - lr * m / (np.sqrt(v) + eps), m, v


@wrong("start-optimizers", "Adam: the caller's arrays are left alone", "Adam writes into the caller's arrays")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * g**2
    p -= lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return p, m, v


@wrong("start-optimizers", ADAM_T, None, "eps is always 1e-8")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return p - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + 1e-8), m, v


@wrong("start-optimizers", ADAM_T, "both means are corrected with beta1")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return p - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta1**t)) + eps), m, v


@wrong("start-optimizers", "momentum: the new velocity", "the velocity is the step itself")
def momentum_step(p, g, v, lr, beta=0.9):
    v_next = beta * v - lr * g
    return p + v_next, v_next


@wrong(
    "start-optimizers",
    "Adam: later steps, with small gradients too",
    "Adam steps with the gradient, not with its running mean",
)
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p - lr * g / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong("start-optimizers", "Adam: the running means", "the two weights of the running means are exchanged")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = (1 - beta1) * m + beta1 * g
    v = (1 - beta2) * v + beta2 * g**2
    return p - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@wrong(
    "start-optimizers", "Adam: later steps, with small gradients too", "beta times t in place of beta to the power t"
)
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p - lr * (m / (1 - beta1 * t)) / (np.sqrt(v / (1 - beta2 * t)) + eps), m, v


@wrong("start-optimizers", "Adam: later steps, with small gradients too", "eps is left out")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t)), m, v


@wrong("start-optimizers", "Adam: the first step", "v is not corrected")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return p - lr * (m / (1 - beta1**t)) / (np.sqrt(v) + eps), m, v


@right("start-optimizers", "Adam with one factor for both corrections")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * np.square(g)
    root = np.sqrt(1 - beta2**t)
    return p - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), m, v


@right("start-optimizers", "running means as corrections of the old ones")
def adam_step(p, g, m, v, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g * g - v)
    step = (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps)
    return p - lr * step, m, v


@right("start-optimizers", "momentum, as a list")
def momentum_step(p, g, v, lr, beta=0.9):
    v_next = np.add(g, np.multiply(beta, v))
    return [p - np.multiply(lr, v_next), v_next]


# ---------------------------------------------------------------- early stopping

HAND, SHAKY = "small cases by hand", "shaky curves, and a later dip that nobody waited for"
EQUAL, NEVER = "an equal loss is no improvement", "it may never stop early"
LARGE_LOSS = "large losses, and val_losses is left alone"


@wrong("start-early-stopping", SHAKY, "it looks into epochs that were never run")
def best_epoch(val_losses, patience):
    lowest, waited = np.inf, 0
    for last in range(len(val_losses)):
        if val_losses[last] < lowest:
            lowest, waited = val_losses[last], 0
        else:
            waited += 1
            if waited >= patience:
                break
    return np.argmin(val_losses), last


@wrong("start-early-stopping", HAND, "one epoch too patient")
def best_epoch(val_losses, patience):
    best = 0
    for last in range(len(val_losses)):
        if val_losses[last] < val_losses[best]:
            best = last
        if last - best > patience:
            break
    return best, last


@wrong("start-early-stopping", EQUAL, "an equal loss counts as better")
def best_epoch(val_losses, patience):
    best = 0
    for last in range(len(val_losses)):
        if val_losses[last] <= val_losses[best]:
            best = last
        if last - best == patience:
            break
    return best, last


@wrong("start-early-stopping", HAND, "the waiting is not set back")
def best_epoch(val_losses, patience):
    best, waited = 0, 0
    for last in range(1, len(val_losses)):
        if val_losses[last] < val_losses[best]:
            best = last
        else:
            waited += 1
        if waited == patience:
            break
    return best, last


@wrong("start-early-stopping", SHAKY, "each loss is compared with the one before")
def best_epoch(val_losses, patience):
    best, waited = 0, 0
    for last in range(1, len(val_losses)):
        waited = 0 if val_losses[last] < val_losses[last - 1] else waited + 1
        if val_losses[last] < val_losses[best]:
            best = last
        if waited == patience:
            break
    return best, last


@wrong("start-early-stopping", HAND, "the last epoch comes back as the best")
def best_epoch(val_losses, patience):
    lowest, waited = float("inf"), 0
    for epoch in range(len(val_losses)):
        waited = 0 if val_losses[epoch] < lowest else waited + 1
        lowest = min(val_losses[epoch], lowest)
        if waited == patience:
            break
    return epoch, epoch


@wrong("start-early-stopping", HAND, "the loss comes back, not its epoch")
def best_epoch(val_losses, patience):
    lowest, waited = float("inf"), 0
    for epoch in range(len(val_losses)):
        waited = 0 if val_losses[epoch] < lowest else waited + 1
        lowest = min(val_losses[epoch], lowest)
        if waited == patience:
            break
    return lowest, epoch


@wrong("start-early-stopping", HAND, "last is the number of epochs run")
def best_epoch(val_losses, patience):
    best, run = 0, 0
    for loss in val_losses:
        if loss < val_losses[best]:
            best = run
        run += 1
        if run - 1 - best == patience:
            break
    return best, run


@wrong("start-early-stopping", HAND, "returned in the other order")
def best_epoch(val_losses, patience):
    best = 0
    for last in range(len(val_losses)):
        if val_losses[last] < val_losses[best]:
            best = last
        if last - best == patience:
            break
    return last, best


@wrong("start-early-stopping", HAND, "it never stops")
def best_epoch(val_losses, patience):
    return int(np.argmin(val_losses)), len(val_losses) - 1


@wrong("start-early-stopping", "it may never stop early", "last is always best + patience")
def best_epoch(val_losses, patience):
    best = 0
    for e, l in enumerate(val_losses):
        if l < val_losses[best]:
            best = e
        if e - best >= patience:
            break
    return best, best + patience


@wrong("start-early-stopping", "small cases by hand", "the waiting is looked at before the epoch is counted")
def best_epoch(val_losses, patience):
    best, lowest, waited = 0, np.inf, 0
    for e, l in enumerate(val_losses):
        if waited == patience:
            break
        if l < lowest:
            best, lowest, waited = e, l, 0
        else:
            waited += 1
    return best, e


@wrong("start-early-stopping", "it may never stop early", "nothing comes back when patience is never used up")
def best_epoch(val_losses, patience):
    best, lowest, waited = 0, np.inf, 0
    for e, l in enumerate(val_losses):
        if l < lowest:
            best, lowest, waited = e, l, 0
        else:
            waited += 1
            if waited == patience:
                return best, e


@right("start-early-stopping", "by the distance to the best")
def best_epoch(val_losses, patience):
    best = 0
    for last, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = last
        if last - best >= patience:
            return best, last
    return best, len(val_losses) - 1


@right("start-early-stopping", "a while loop")
def best_epoch(val_losses, patience):
    losses, epoch, best = list(val_losses), 0, 0
    while epoch + 1 < len(losses) and epoch - best < patience:
        epoch += 1
        if losses[epoch] < losses[best]:
            best = epoch
    return best, epoch


@right("start-early-stopping", "argmin of what has been seen")
def best_epoch(val_losses, patience):
    for seen in range(1, len(val_losses) + 1):
        best = np.argmin(val_losses[:seen])
        if seen - 1 - best == patience:
            break
    return best, np.int64(seen - 1)


@wrong("start-early-stopping", LARGE_LOSS, "the lowest begins at a fixed number")
def best_epoch(val_losses, patience):
    best, lowest, waited = 0, 1000, 0
    for last in range(len(val_losses)):
        if val_losses[last] < lowest:
            best, lowest, waited = last, val_losses[last], 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, last


# ---------------------------------------------------------------- train

THREE, STOPS = "three classes: fresh examples are named", "the validation set decides when to stop"
NOTHING = "nothing is learned from the validation set"
AGAIN = "the same rng gives the same net, and the data stay as they were"


def begin(rng, D, H, V):
    return {
        "W_xh": rng.standard_normal((D, H)) / np.sqrt(D),
        "b": np.zeros(H),
        "W_hy": rng.standard_normal((H, V)) / np.sqrt(H),
        "b_y": np.zeros(V),
    }


def loss_and_grads(params, x, y):
    scores, cache = net_forward(x, **params)
    log_p = log_softmax(scores)
    d = np.exp(log_p)
    d[np.arange(len(y)), y] -= 1
    grads = net_backward(d / len(y), cache)[1:]
    return -log_p[np.arange(len(y)), y].mean(), dict(zip(params, grads, strict=True))


def training(
    epochs=200,
    patience=20,
    batch=20,
    lr=0.01,
    start=begin,
    keep=lambda params: {name: p.copy() for name, p in params.items()},
    data=lambda x, y, x_val, y_val: (x, y),
    watch=lambda x, y, x_val, y_val: (x_val, y_val),
    sgd=False,
    order=lambda rng, n: rng.permutation(n),
    choose=lambda best, last: best,
    pair=lambda rows: rows,
):
    """A training loop in which one thing can be done differently."""

    def train(x, y, x_val, y_val, rng, H=16):
        params = start(rng, x.shape[1], H, int(y.max()) + 1)
        x_fit, y_fit = data(x, y, x_val, y_val)
        m = {name: 0 * p for name, p in params.items()}
        v = {name: 0 * p for name, p in params.items()}
        best, lowest, waited, t = keep(params), np.inf, 0, 0
        for _ in range(epochs):
            rows = order(rng, len(x_fit))
            for k in range(0, len(rows), batch):
                pick = rows[k : k + batch]
                _, grads = loss_and_grads(params, x_fit[pick], y_fit[pair(pick)])
                t += 1
                for name, g in grads.items():
                    if sgd:
                        m[name] = 0.9 * m[name] + g
                        params[name] -= lr * m[name]
                        continue
                    m[name] = 0.9 * m[name] + 0.1 * g
                    v[name] = 0.999 * v[name] + 0.001 * g**2
                    params[name] -= lr * (m[name] / (1 - 0.9**t)) / (np.sqrt(v[name] / (1 - 0.999**t)) + 1e-8)
            loss, _ = loss_and_grads(params, *watch(x, y, x_val, y_val))
            if loss < lowest:
                best, lowest, waited = keep(params), loss, 0
            else:
                waited += 1
                if waited >= patience:
                    break
        return choose(best, params)

    return train


def from_zero(rng, D, H, V):
    return {"W_xh": np.zeros((D, H)), "b": np.zeros(H), "W_hy": np.zeros((H, V)), "b_y": np.zeros(V)}


def shuffled_in_place(x, y, x_val, y_val, rng, H=16):
    order = rng.permutation(len(x))
    x[:], y[:] = x[order], y[order]
    return training()(x, y, x_val, y_val, rng, H)


def both(x, y, x_val, y_val):
    return np.concatenate([x, x_val]), np.concatenate([y, y_val])


wrong("start-train", STOPS, title="the last net is returned", train=training(choose=lambda best, last: last))
wrong("start-train", STOPS, title="the best net is not copied", train=training(keep=lambda params: params))
wrong("start-train", STOPS, title="the training loss decides", train=training(watch=lambda x, y, x_val, y_val: (x, y)))
wrong("start-train", NOTHING, title="both sets are trained on", train=training(data=both))
wrong("start-train", THREE, title="all weights start at 0", train=training(start=from_zero))
wrong("start-train", THREE, title="the labels of other rows", train=training(pair=lambda rows: rows[::-1]))
wrong(
    "start-train",
    AGAIN,
    title="a generator of its own",
    train=lambda x, y, x_val, y_val, rng, H=16: training()(x, y, x_val, y_val, np.random.default_rng(), H),
)
wrong("start-train", AGAIN, title="the caller's arrays are shuffled", train=shuffled_in_place)

right("start-train", "steps in place, the best copied", train=training())
right("start-train", "momentum instead of Adam", train=training(lr=0.1, sgd=True))
right("start-train", "whole training set at each step", train=training(epochs=800, patience=50, batch=1000, lr=0.02))
right("start-train", "smaller batches, more patience", train=training(batch=10, patience=30, lr=0.005))
