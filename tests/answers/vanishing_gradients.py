"""Answers to lesson 4."""

import numpy as np

from rnn_core.optim import clip_global_norm
from tests.answers import right, wrong

# --- two predictions: every allowed text is right

AFTER, INFLUENCE = "after_100 is one of the 3 choices", "influence is one of the 3 choices"
right("vanish-predict", "as told", after_100="far smaller in the recurrent net", influence="both are the same")
right("vanish-predict", "with blanks", after_100=" About the same in  both", influence="Both are the same")
right(
    "vanish-predict",
    "the others",
    after_100="far smaller in the feedforward net",
    influence="backwards from the last gradient",
)
wrong("vanish-predict", AFTER, None, "empty", after_100="", influence="both are the same")
wrong("vanish-predict", INFLUENCE, None, "another text", after_100="about the same in both", influence="both")
wrong("vanish-predict", AFTER, None, "a number", after_100=100, influence="both are the same")

# --- the Jacobian of a step

ONE, BATCH = "one sequence, every entry", "a batch: each sequence has slopes of its own"
NUDGED = "J times a nudge of h is the move of h_next"
FLAT = "flat where the tanh is flat, and the caller's arrays left alone"


@wrong("vanish-jacobian", ONE, "the Jacobian is transposed")
def step_jacobian(h, h_next, W_hh):
    J = np.empty((*h.shape, h.shape[1]))
    for n in range(len(h)):
        J[n] = W_hh @ np.diag(1 - h_next[n] ** 2)
    return J


@wrong("vanish-jacobian", ONE, "W_hh is not transposed")
def step_jacobian(h, h_next, W_hh):
    return np.stack([np.diag(1 - row**2) @ W_hh for row in h_next])


@wrong("vanish-jacobian", ONE, "the slopes multiply the columns")
def step_jacobian(h, h_next, W_hh):
    slope = 1 - h_next**2
    return np.einsum("nj,ji->nij", slope, W_hh)


@wrong("vanish-jacobian", ONE, "the slope of tanh is missing")
def step_jacobian(h, h_next, W_hh):
    return np.broadcast_to(W_hh.T, (len(h), *W_hh.shape))


@wrong("vanish-jacobian", ONE, "the slope of tanh is taken at h instead of h_next")
def step_jacobian(h, h_next, W_hh):
    return (1 - h * h)[..., None] * W_hh.T[None]


@wrong("vanish-jacobian", ONE, "the slope of tanh without its square")
def step_jacobian(h, h_next, W_hh):
    return (1 - h_next)[..., None] * W_hh.T


@wrong("vanish-jacobian", ONE, "the slope of tanh with a plus")
def step_jacobian(h, h_next, W_hh):
    return (1 + h_next**2)[..., None] * W_hh.T


@wrong("vanish-jacobian", ONE, "tanh is applied a second time")
def step_jacobian(h, h_next, W_hh):
    return (1 - np.tanh(h_next) ** 2)[..., None] * W_hh.T


@wrong("vanish-jacobian", ONE, "the slope of the sigmoid")
def step_jacobian(h, h_next, W_hh):
    slope = h_next * (1 - h_next)
    return np.stack([row[:, None] * W_hh.T for row in slope])


@wrong("vanish-jacobian", ONE, "only the diagonal is there")
def step_jacobian(h, h_next, W_hh):
    return np.stack([np.diag((1 - row**2) * np.diag(W_hh)) for row in h_next])


@wrong("vanish-jacobian", ONE, "the weights are left out")
def step_jacobian(h, h_next, W_hh):
    return np.stack([np.diag(1 - row**2) for row in h_next])


@wrong("vanish-jacobian", BATCH, "the batch is averaged")
def step_jacobian(h, h_next, W_hh):
    return np.mean([(1 - row**2)[:, None] * W_hh.T for row in h_next], axis=0)


@wrong("vanish-jacobian", BATCH, "the batch stands last")
def step_jacobian(h, h_next, W_hh):
    return np.stack([(1 - row**2)[:, None] * W_hh.T for row in h_next], axis=-1)


@wrong("vanish-jacobian", FLAT, None, "h_next is changed in place")
def step_jacobian(h, h_next, W_hh):
    h_next *= -h_next
    h_next += 1
    return h_next[:, :, None] * W_hh.T


@wrong("vanish-jacobian", BATCH, None, "the first sequence for all")
def step_jacobian(h, h_next, W_hh):
    J = (1 - h_next[0] ** 2)[:, None] * W_hh.T
    return np.stack([J] * len(h))


@wrong("vanish-jacobian", ONE, "the slope is taken at tanh of h W_hh alone")
def step_jacobian(h, h_next, W_hh):
    went_in = h @ W_hh
    return np.einsum("ni,ji->nij", 1 - np.tanh(went_in) ** 2, W_hh)


@right("vanish-jacobian", "entry by entry")
def step_jacobian(h, h_next, W_hh):
    N, H = h.shape
    J = np.zeros((N, H, H))
    for n in range(N):
        for i in range(H):
            for j in range(H):
                J[n, i, j] = (1 - h_next[n, i] ** 2) * W_hh[j, i]
    return J


@right("vanish-jacobian", "diagonal matrices")
def step_jacobian(h, h_next, W_hh):
    return np.array([np.diag(1 - row**2) @ W_hh.T for row in h_next])


@right("vanish-jacobian", "einsum")
def step_jacobian(h, h_next, W_hh):
    return np.einsum("ni,ji->nij", 1 - np.square(h_next), W_hh)


@right("vanish-jacobian", "rows handed back, one unit at a time")
def step_jacobian(h, h_next, W_hh):
    J = []
    for i in range(h.shape[1]):
        dh_next = np.zeros_like(h_next)
        dh_next[:, i] = 1
        J.append((dh_next * (1 - h_next**2)) @ W_hh.T)
    return np.stack(J, axis=1)


@right("vanish-jacobian", "in float32")
def step_jacobian(h, h_next, W_hh):
    slope = (1 - h_next.astype(np.float32) ** 2)[:, :, None]
    return slope * W_hh.T.astype(np.float32)


# --- the norm of the product over the lag

SINGLE, SEVERAL = "one step: its largest singular value, twice", "several steps, from the last one backwards"
LONG = "a long chain: the norms get tiny and stay exact"


def stretch(A):
    return np.linalg.svd(A, compute_uv=False)[0]


@wrong("vanish-norms-over-lag", SEVERAL, "the product is in the wrong order")
def norms_over_lag(jacobians):
    T = len(jacobians)
    product, bound, norms, bounds = jacobians[T - 1], stretch(jacobians[T - 1]), [], []
    norms.append(stretch(product))
    bounds.append(bound)
    for t in range(T - 2, -1, -1):
        product = jacobians[t] @ product
        bound *= stretch(jacobians[t])
        norms.append(stretch(product))
        bounds.append(bound)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SEVERAL, "counted from the first step")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1, [], []
    for J in jacobians:
        P, b = J @ P, b * stretch(J)
        norms.append(stretch(P))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SEVERAL, "counted from the first step, and in the wrong order")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1, [], []
    for t in range(len(jacobians)):
        P = P @ jacobians[t]
        b = b * stretch(jacobians[t])
        norms.append(stretch(P))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@wrong(
    "vanish-norms-over-lag",
    SINGLE,
    "two things at once: the norms are Frobenius norms, and the bounds are made of Frobenius norms",
)
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1, [], []
    for J in reversed(jacobians):
        P, b = P @ J, b * np.linalg.norm(J)
        norms.append(np.linalg.norm(P))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SINGLE, "the norms are Frobenius norms")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1, [], []
    for J in reversed(jacobians):
        P, b = P @ J, b * np.linalg.norm(J, 2)
        norms.append(np.sqrt(np.sum(P**2)))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SINGLE, "the spectral radius is taken for the norm")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1, [], []
    for J in reversed(jacobians):
        P = P @ J
        b *= max(abs(np.linalg.eigvals(J)))
        norms.append(max(abs(np.linalg.eigvals(P))))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SINGLE, "the bounds are made of spectral radii")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1, [], []
    for J in reversed(jacobians):
        P = P @ J
        b *= max(abs(np.linalg.eigvals(J)))
        norms.append(stretch(P))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SEVERAL, "the product of the norms stands for the norm of the product")
def norms_over_lag(jacobians):
    each = np.array([stretch(J) for J in jacobians[::-1]])
    return np.cumprod(each), np.cumprod(each)


@wrong("vanish-norms-over-lag", SEVERAL, "the norm of the product stands for the product of the norms")
def norms_over_lag(jacobians):
    P, norms = np.eye(jacobians.shape[-1]), []
    for J in jacobians[::-1]:
        P = P @ J
        norms.append(stretch(P))
    return np.array(norms), np.array(norms)


@wrong("vanish-norms-over-lag", SEVERAL, "norms and bounds are exchanged")
def norms_over_lag(jacobians):
    P, norms = np.eye(jacobians.shape[-1]), []
    for J in jacobians[::-1]:
        P = P @ J
        norms.append(stretch(P))
    return np.cumprod([stretch(J) for J in jacobians[::-1]]), np.array(norms)


@wrong("vanish-norms-over-lag", SINGLE, "the smallest singular value")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1, [], []
    for J in jacobians[::-1]:
        P, b = P @ J, b * np.linalg.svd(J)[1][-1]
        norms.append(np.linalg.svd(P)[1][-1])
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SEVERAL, "the matrices are multiplied number by number")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.ones(jacobians.shape[1:]), 1, [], []
    for J in jacobians[::-1]:
        P, b = P * J, b * stretch(J)
        norms.append(stretch(P))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SINGLE, "lag 0 is counted as well")
def norms_over_lag(jacobians):
    P, norms, bounds = np.eye(jacobians.shape[-1]), [1.0], [1.0]
    for J in jacobians[::-1]:
        P = P @ J
        norms.append(stretch(P))
        bounds.append(bounds[-1] * stretch(J))
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SINGLE, "everything is one lag late")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1.0, [], []
    for J in jacobians[::-1]:
        norms.append(stretch(P))
        bounds.append(b)
        P, b = P @ J, b * stretch(J)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SEVERAL, "the longest lag stands first")
def norms_over_lag(jacobians):
    P, b, norms, bounds = np.eye(jacobians.shape[-1]), 1.0, [], []
    for J in jacobians[::-1]:
        P, b = P @ J, b * stretch(J)
        norms.insert(0, stretch(P))
        bounds.insert(0, b)
    return np.array(norms), np.array(bounds)


@wrong("vanish-norms-over-lag", SEVERAL, "the norms of single steps")
def norms_over_lag(jacobians):
    each = np.array([stretch(J) for J in jacobians[::-1]])
    return each, np.cumprod(each)


@wrong("vanish-norms-over-lag", SEVERAL, None, "the norm of the last step, to the power of the lag")
def norms_over_lag(jacobians):
    P, norms = np.eye(jacobians.shape[-1]), []
    for J in jacobians[::-1]:
        P = P @ J
        norms.append(stretch(P))
    return np.array(norms), stretch(jacobians[-1]) ** np.arange(1, len(jacobians) + 1)


@wrong("vanish-norms-over-lag", SEVERAL, "the bounds are counted from the first step")
def norms_over_lag(jacobians):
    product, norms, bounds, bound = np.eye(jacobians.shape[1]), [], [], 1
    for t in range(len(jacobians)):
        product = product @ jacobians[-1 - t]
        bound *= np.linalg.norm(jacobians[t], 2)
        norms.append(np.linalg.norm(product, 2))
        bounds.append(bound)
    return np.array(norms), np.array(bounds)


@right("vanish-norms-over-lag", "svd, each lag from the start")
def norms_over_lag(jacobians):
    T, norms, bounds = len(jacobians), [], []
    for k in range(1, T + 1):
        P, b = np.eye(jacobians.shape[1]), 1.0
        for t in range(T - k, T):
            P, b = jacobians[t] @ P, b * stretch(jacobians[t])
        norms.append(stretch(P))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@right("vanish-norms-over-lag", "transposed matrices, as the gradient goes back, and lists")
def norms_over_lag(jacobians):
    G, norms = np.eye(jacobians.shape[1]), []
    for J in jacobians[::-1]:
        G = J.T @ G
        norms.append(float(np.linalg.norm(G, ord=2)))
    return norms, list(np.cumprod([np.linalg.norm(J, ord=2) for J in jacobians[::-1]]))


@right("vanish-norms-over-lag", "roots of eigenvalues, in float64 for H small")
def norms_over_lag(jacobians):
    P, norms, b, bounds = np.eye(jacobians.shape[1]), [], 1, []
    for J in reversed(list(jacobians)):
        P = P @ J
        b = b * np.sqrt(np.linalg.eigvalsh(J.T @ J)[-1])
        norms.append(np.sqrt(np.linalg.eigvalsh(P.T @ P)[-1]))
        bounds.append(b)
    return np.array(norms), np.array(bounds)


@right("vanish-norms-over-lag", "in float32")
def norms_over_lag(jacobians):
    jacobians = jacobians.astype(np.float32)
    P, b, norms, bounds = np.eye(jacobians.shape[1], dtype=np.float32), np.float32(1), [], []
    for J in jacobians[::-1]:
        P, b = P @ J, b * np.linalg.norm(J, 2)
        norms.append(np.linalg.norm(P, 2))
        bounds.append(b)
    return np.array(norms, np.float32), np.array(bounds, np.float32)


# --- a spectral radius

USUAL, PAIR = "a usual matrix", "the largest eigenvalues are a complex pair"
NEGATIVE, SHEARED = "the largest eigenvalue is negative", "a norm far above the radius"


@wrong("vanish-spectral-radius", USUAL, "the largest singular value is taken for the spectral radius")
def scale_to_radius(W, radius):
    return radius * W / np.linalg.svd(W)[1].max()


@wrong("vanish-spectral-radius", USUAL, "the Frobenius norm is taken for the spectral radius")
def scale_to_radius(W, radius):
    return radius * W / np.linalg.norm(W)


@wrong("vanish-spectral-radius", PAIR, "the real parts are compared")
def scale_to_radius(W, radius):
    values, _ = np.linalg.eig(W)
    return W / max(values.real) * radius


@wrong("vanish-spectral-radius", PAIR, "the magnitudes of the real parts are compared")
def scale_to_radius(W, radius):
    values = np.real(np.linalg.eigvals(W))
    return W / max(abs(values)) * radius


@wrong("vanish-spectral-radius", NEGATIVE, "the absolute value is forgotten")
def scale_to_radius(W, radius):
    largest = np.max(np.linalg.eigvals(W))
    return W / largest * radius


@wrong("vanish-spectral-radius", NEGATIVE, "the absolute value is taken too late")
def scale_to_radius(W, radius):
    largest = abs(np.max(np.linalg.eigvals(W)))
    return W / largest * radius


@wrong("vanish-spectral-radius", SHEARED, "the eigenvalue that happens to stand first")
def scale_to_radius(W, radius):
    return W * radius / abs(np.linalg.eigvals(W)[0])


@wrong("vanish-spectral-radius", USUAL, "eigenvalues as if W were symmetric")
def scale_to_radius(W, radius):
    return W * radius / max(abs(np.linalg.eigvalsh(W)))


@wrong("vanish-spectral-radius", USUAL, "the largest entry of W")
def scale_to_radius(W, radius):
    return W * radius / np.max(np.abs(W))


@wrong("vanish-spectral-radius", USUAL, "the result has radius 1")
def scale_to_radius(W, radius):
    return W / np.max(np.abs(np.linalg.eigvals(W)))


@wrong("vanish-spectral-radius", USUAL, "W is multiplied by the new radius alone")
def scale_to_radius(W, radius):
    return W * radius


@wrong("vanish-spectral-radius", USUAL, "the factor is upside down")
def scale_to_radius(W, radius):
    return W * np.max(np.abs(np.linalg.eigvals(W))) / radius


@wrong("vanish-spectral-radius", USUAL, "the mean of the magnitudes")
def scale_to_radius(W, radius):
    return W * radius / np.mean(np.abs(np.linalg.eigvals(W)))


@wrong("vanish-spectral-radius", "the caller's matrix is left alone", "the caller's matrix is changed in place")
def scale_to_radius(W, radius):
    W /= np.abs(np.linalg.eigvals(W)).max()
    W *= radius
    return W


@wrong("vanish-spectral-radius", USUAL, None, "columns of unit length")
def scale_to_radius(W, radius):
    return radius * W / np.sqrt((W**2).sum(axis=0))


@right("vanish-spectral-radius", "the characteristic polynomial")
def scale_to_radius(W, radius):
    return W * radius / np.abs(np.roots(np.poly(W))).max()


@right("vanish-spectral-radius", "a loop over the eigenvalues")
def scale_to_radius(W, radius):
    largest = 0.0
    for value in np.linalg.eig(W)[0]:
        largest = max(largest, float(np.sqrt(value.real**2 + value.imag**2)))
    return W / largest * radius


@right("vanish-spectral-radius", "sorted magnitudes")
def scale_to_radius(W, radius):
    magnitudes = sorted(abs(np.linalg.eigvals(W)))
    return np.array([[radius * w / magnitudes[-1] for w in row] for row in W])


@right("vanish-spectral-radius", "in float32")
def scale_to_radius(W, radius):
    W = W.astype(np.float32)
    return W * np.float32(radius / np.abs(np.linalg.eigvals(W)).max())


# --- an experiment to read

LINEAR, WEAK = "vanished_linear: the net with no tanh", "vanished_weak: the net with tanh, weak input"
STRONG = "vanished_strong: the net with tanh, strong input"
ALL = [0.8, 1.0, 1.2, 1.6]
READ = {"vanished_linear": [0.8], "vanished_weak": [0.8, 1.0], "vanished_strong": ALL}


def misread(check, named, title="", **values):
    wrong("vanish-read-radius", check, named, title, **{**READ, **values})


misread(STRONG, "the rule of thumb instead of the table", vanished_weak=[0.8], vanished_strong=[0.8])
misread(
    LINEAR,
    "the radii that did not vanish",
    vanished_linear=[1.0, 1.2, 1.6],
    vanished_weak=[1.2, 1.6],
    vanished_strong=[],
)
misread(WEAK, "weak and strong input are exchanged", vanished_weak=ALL, vanished_strong=[0.8, 1.0])
misread(STRONG, "the radius is thought to decide in the driven net, too", vanished_strong=[0.8, 1.0])
misread(LINEAR, "a radius of 1 is taken for shrinking", vanished_linear=[0.8, 1.0])
misread(WEAK, None, "a radius that was not tried", vanished_weak=[0.8, 0.9])
right(
    "vanish-read-radius", "tuples and an array", **{**READ, "vanished_linear": (0.8,), "vanished_strong": np.array(ALL)}
)
right(
    "vanish-read-radius",
    "another order",
    **{**READ, "vanished_weak": (1.0, 0.8), "vanished_strong": ALL[::-1]},
)
right(
    "vanish-read-radius", "whole numbers, and one alone", **{**READ, "vanished_weak": [1, 0.8], "vanished_linear": 0.8}
)

# --- a step of momentum that clips

SHORT, EXPLOSION = "a short gradient: momentum as in lesson 0", "an explosion gets in shortened"
FORGOTTEN = "an explosion is forgotten within a few steps"
KEPT = "the caller's arrays are left alone"


@wrong("vanish-clipped-step", EXPLOSION, "the velocity is clipped instead of the gradient")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    velocity = {name: beta * velocity[name] + grads[name] for name in grads}
    velocity, _ = clip_by_global_norm(velocity, max_norm)
    return {name: params[name] - lr * velocity[name] for name in params}, velocity


@wrong("vanish-clipped-step", EXPLOSION, "the step is clipped, and the velocity keeps the explosion")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    velocity = {name: beta * velocity[name] + grads[name] for name in grads}
    move, _ = clip_by_global_norm(velocity, max_norm)
    return {name: params[name] - lr * move[name] for name in params}, velocity


@wrong("vanish-clipped-step", EXPLOSION, "nothing is clipped")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + grads[name] for name in grads}
    return {name: params[name] - lr * velocity[name] for name in params}, velocity


@wrong("vanish-clipped-step", EXPLOSION, "each array is clipped by its own norm")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    new_params, new_velocity = {}, {}
    for name, g in grads.items():
        norm = np.linalg.norm(g)
        g = g * (max_norm / norm) if norm > max_norm else g
        new_velocity[name] = beta * velocity[name] + g
        new_params[name] = params[name] - lr * new_velocity[name]
    return new_params, new_velocity


@wrong("vanish-clipped-step", SHORT, "the new gradient enters with the factor 1 - beta")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + (1 - beta) * grads[name] for name in grads}
    return {name: params[name] - lr * velocity[name] for name in params}, velocity


@wrong("vanish-clipped-step", SHORT, "the parameters move by the gradient")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + grads[name] for name in grads}
    return {name: params[name] - lr * grads[name] for name in params}, velocity


@wrong("vanish-clipped-step", SHORT, "the parameters move by the old velocity")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    params = {name: params[name] - lr * velocity[name] for name in params}
    return params, {name: beta * velocity[name] + grads[name] for name in grads}


@wrong("vanish-clipped-step", SHORT, "the old velocity comes back")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    return {name: params[name] - lr * (beta * velocity[name] + grads[name]) for name in params}, velocity


@wrong("vanish-clipped-step", SHORT, "the learning rate is inside the velocity")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + lr * grads[name] for name in grads}
    return {name: params[name] - velocity[name] for name in params}, velocity


@wrong("vanish-clipped-step", SHORT, "the step goes uphill")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + grads[name] for name in grads}
    return {name: params[name] + lr * velocity[name] for name in params}, velocity


@wrong("vanish-clipped-step", SHORT, "the velocity is not carried on")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    return {name: params[name] - lr * grads[name] for name in params}, grads


@wrong("vanish-clipped-step", SHORT, "the old velocity is kept whole")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: velocity[name] + grads[name] for name in grads}
    return {name: params[name] - lr * velocity[name] for name in params}, velocity


@wrong("vanish-clipped-step", SHORT, "velocity and parameters are exchanged")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + grads[name] for name in grads}
    return velocity, {name: params[name] - lr * velocity[name] for name in params}


@wrong("vanish-clipped-step", KEPT, "the caller's parameters are changed in place")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + grads[name] for name in grads}
    for name in params:
        params[name] -= lr * velocity[name]
    return params, velocity


@wrong(
    "vanish-clipped-step",
    KEPT,
    "two things at once: the caller's parameters are changed in place, and the caller's velocity is changed in place",
)
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    grads, _ = clip_by_global_norm(grads, max_norm)
    for name in params:
        velocity[name] = beta * velocity[name] + grads[name]
        params[name] -= lr * velocity[name]
    return params, velocity


@wrong("vanish-clipped-step", SHORT, None, "the norm is taken for the gradient")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    _, norm = clip_by_global_norm(grads, max_norm)
    velocity = {name: beta * velocity[name] + grads[name] / norm for name in grads}
    return {name: params[name] - lr * velocity[name] for name in params}, velocity


@wrong("vanish-clipped-step", EXPLOSION, "each number is clipped by itself")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    v = {name: beta * velocity[name] + np.clip(grads[name], -max_norm, max_norm) for name in params}
    return {name: params[name] - lr * v[name] for name in params}, v


@wrong("vanish-clipped-step", SHORT, "beta multiplies the new gradient as well")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    g, _ = clip_by_global_norm(grads, max_norm)
    v = {name: beta * (velocity[name] + g[name]) for name in params}
    return {name: params[name] - lr * v[name] for name in params}, v


@wrong("vanish-clipped-step", SHORT, "the step looks ahead, as Nesterov's does")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    g, _ = clip_by_global_norm(grads, max_norm)
    v = {name: beta * velocity[name] + g[name] for name in params}
    return {name: params[name] - lr * (g[name] + beta * v[name]) for name in params}, v


@wrong("vanish-clipped-step", SHORT, "the learning rate and the minus are inside the velocity")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    g, _ = clip_by_global_norm(grads, max_norm)
    v = {name: beta * velocity[name] - lr * g[name] for name in params}
    return {name: params[name] + v[name] for name in params}, v


@wrong("vanish-clipped-step", SHORT, None, "the pair that clipping returns is taken for the dict")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    g = clip_by_global_norm(grads, max_norm)
    v = {name: beta * velocity[name] + g[name] for name in params}
    return {name: params[name] - lr * v[name] for name in params}, v


@right("vanish-clipped-step", "everything in one long vector")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    names = sorted(params)
    flat = np.concatenate([grads[name].ravel() for name in names])
    norm = np.linalg.norm(flat)
    v = np.concatenate([velocity[name].ravel() for name in names]) * beta + flat * min(
        1, max_norm / norm if norm else 1
    )
    ends = np.cumsum([params[name].size for name in names])[:-1]
    new = {name: part.reshape(params[name].shape) for name, part in zip(names, np.split(v, ends), strict=True)}
    return {name: params[name] - lr * new[name] for name in names}, new


@right("vanish-clipped-step", "the factor worked out from the norm that clipping returns")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    norm = clip_by_global_norm(grads, max_norm)[1]
    if norm > max_norm:
        grads = {name: g * (max_norm / norm) for name, g in grads.items()}
    new_params, new_velocity = dict(params), dict(velocity)
    for name in new_params:
        new_velocity[name] = grads[name] + beta * new_velocity[name]
        new_params[name] = new_params[name] - lr * new_velocity[name]
    return new_params, new_velocity


@right("vanish-clipped-step", "a loop over the names")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    clipped, _ = clip_by_global_norm(grads, max_norm)
    new_params, new_velocity = {}, {}
    for name, g in clipped.items():
        new_velocity[name] = g + velocity[name] * beta
        new_params[name] = params[name] - new_velocity[name] * lr
    return new_params, new_velocity


@right("vanish-clipped-step", "clipped by hand, in one factor")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    velocity = {name: beta * v + factor * grads[name] for name, v in velocity.items()}
    return {name: p - lr * velocity[name] for name, p in params.items()}, velocity


@right("vanish-clipped-step", "copies changed in place, and a list for the result")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    params = {name: p.copy() for name, p in params.items()}
    velocity = {name: v.copy() for name, v in velocity.items()}
    clipped = clip_by_global_norm(grads, max_norm)[0]
    for name in params:
        velocity[name] *= beta
        velocity[name] += clipped[name]
        params[name] -= lr * velocity[name]
    return [params, velocity]


@right("vanish-clipped-step", "the rate and the clipping in other places")
def clipped_momentum_step(params, grads, velocity, lr, beta, max_norm):
    clipped, _ = clip_global_norm({name: lr * g for name, g in grads.items()}, lr * max_norm)
    moves = {name: beta * lr * velocity[name] + clipped[name] for name in params}
    return {name: params[name] - moves[name] for name in params}, {name: moves[name] / lr for name in moves}


# --- layer normalisation, forwards

ROWS, AFFINE = "each row gets mean 0 and variance 1", "then gain and shift, a number of each for each unit"
ROOT, ALONE = "a large eps, in its place under the root", "a row does not depend on the other rows"


@wrong("vanish-layer-norm-forward", ROWS, "the statistics are taken over the batch")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt(a.var(axis=0) + eps)
    normal = (a - a.mean(axis=0)) * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROWS, "the statistics are taken over everything")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt(np.var(a) + eps)
    normal = (a - np.mean(a)) * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROWS, "the variance is divided by H - 1")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt(a.var(axis=1, ddof=1, keepdims=True) + eps)
    normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROOT, "eps stands outside the root")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / (a.std(axis=1, keepdims=True) + eps)
    normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROOT, "eps is left out")
def layer_norm_forward(a, gain, b, eps=1e-5):
    with np.errstate(all="ignore"):
        scale = 1 / a.std(axis=1, keepdims=True)
        normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROWS, "the root is missing")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / (a.var(axis=1, keepdims=True) + eps)
    normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROWS, "the mean is not subtracted")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt(a.var(axis=1, keepdims=True) + eps)
    normal = a * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROWS, "the row is only centred")
def layer_norm_forward(a, gain, b, eps=1e-5):
    normal = a - a.mean(axis=1, keepdims=True)
    return gain * normal + b, (normal, 1.0, gain)


@wrong("vanish-layer-norm-forward", ROWS, "the mean of squares is taken before the mean is subtracted")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt((a**2).mean(axis=1, keepdims=True) + eps)
    normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROWS, "the squares are added, not averaged")
def layer_norm_forward(a, gain, b, eps=1e-5):
    centred = a - a.mean(axis=1, keepdims=True)
    scale = 1 / np.sqrt((centred**2).sum(axis=1, keepdims=True) + eps)
    return gain * centred * scale + b, (centred * scale, scale, gain)


@wrong("vanish-layer-norm-forward", ROWS, "gain and shift are exchanged")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt(a.var(axis=1, keepdims=True) + eps)
    normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return b * normal + gain, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", AFFINE, "the gain multiplies the shift, too")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt(a.var(axis=1, keepdims=True) + eps)
    normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return gain * (normal + b), (normal, scale, gain)


@wrong("vanish-layer-norm-forward", AFFINE, "gain and shift are left out")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt(a.var(axis=1, keepdims=True) + eps)
    normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return normal, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", AFFINE, "the shift is left out")
def layer_norm_forward(a, gain, b, eps=1e-5):
    scale = 1 / np.sqrt(a.var(axis=1, keepdims=True) + eps)
    normal = (a - a.mean(axis=1, keepdims=True)) * scale
    return gain * normal, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", KEPT, "the caller's array is centred in place")
def layer_norm_forward(a, gain, b, eps=1e-5):
    a -= a.mean(axis=1, keepdims=True)
    scale = 1 / np.sqrt(np.mean(a * a, axis=1, keepdims=True) + eps)
    normal = a * scale
    return gain * normal + b, (normal, scale, gain)


@wrong("vanish-layer-norm-forward", ROWS, None, "between 0 and 1")
def layer_norm_forward(a, gain, b, eps=1e-5):
    low, high = a.min(axis=1, keepdims=True), a.max(axis=1, keepdims=True)
    normal = (a - low) / (high - low + eps)
    return gain * normal + b, (normal, 1 / (high - low + eps), gain)


@right("vanish-layer-norm-forward", "mean and var of numpy, another cache")
def layer_norm_forward(a, gain, b, eps=1e-5):
    mean, var = np.mean(a, axis=1), np.var(a, axis=1)
    normal = (a - mean[:, None]) / np.sqrt(var + eps)[:, None]
    return normal * gain + b, {"normal": normal, "var": var}


@right("vanish-layer-norm-forward", "row by row")
def layer_norm_forward(a, gain, b, eps=1e-5):
    rows = []
    for row in a:
        mean = sum(row) / len(row)
        var = sum((number - mean) ** 2 for number in row) / len(row)
        rows.append([g * (number - mean) / (var + eps) ** 0.5 + s for number, g, s in zip(row, gain, b, strict=True)])
    return np.array(rows), None


@right("vanish-layer-norm-forward", "transposed, with the mean of squares")
def layer_norm_forward(a, gain, b, eps=1e-5):
    c = a.T - a.T.mean(axis=0)
    scale = ((c * c).mean(axis=0) + eps) ** -0.5
    return ((c * scale).T * gain[None]) + b[None], ((c * scale).T, scale[:, None], gain)


@right("vanish-layer-norm-forward", "in float32")
def layer_norm_forward(a, gain, b, eps=1e-5):
    a, gain, b = (array.astype(np.float32) for array in (a, gain, b))
    centred = a - a.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(eps))
    return gain * (centred * scale) + b, (centred * scale, scale, gain)


# --- back through the division

DU, LONGER = "du agrees with the reference", "asking for a longer row moves nothing"
DIFFERENCES = "du agrees with differences of the loss, and the caller's arrays are left alone"


@wrong("vanish-rms-backward", DU, "the way through the scale is missing")
def rms_backward(dnormal, normal, scale):
    return dnormal * scale


@wrong("vanish-rms-backward", DU, "the second term has the wrong sign")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct + scale * normal * np.mean(dnormal * normal, axis=1, keepdims=True)


@wrong("vanish-rms-backward", DU, "the mean is taken over the batch")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale * normal * np.mean(dnormal * normal, axis=0)


@wrong("vanish-rms-backward", DU, "one mean for everything")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale * normal * np.mean(dnormal * normal)


@wrong("vanish-rms-backward", DU, "a sum where a mean belongs")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale * normal * np.sum(dnormal * normal, axis=1, keepdims=True)


@wrong("vanish-rms-backward", DU, "the second term is not scaled")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - normal * np.mean(dnormal * normal, axis=1, keepdims=True)


@wrong("vanish-rms-backward", DU, "divided by the scale")
def rms_backward(dnormal, normal, scale):
    along = np.mean(dnormal * normal, axis=1, keepdims=True)
    return (dnormal - along * normal) / scale


@wrong("vanish-rms-backward", DU, "nothing is scaled")
def rms_backward(dnormal, normal, scale):
    along = np.mean(dnormal * normal, axis=1, keepdims=True)
    return dnormal - along * normal


@wrong("vanish-rms-backward", DU, "the second term lacks the factor normal")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale * np.mean(dnormal * normal, axis=1, keepdims=True)


@wrong("vanish-rms-backward", DU, "the mean of dnormal alone")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale * normal * np.mean(dnormal, axis=1, keepdims=True)


@wrong("vanish-rms-backward", DU, "the gradient is centred as well")
def rms_backward(dnormal, normal, scale):
    d = dnormal - dnormal.mean(axis=1, keepdims=True)
    return scale * (d - normal * np.mean(dnormal * normal, axis=1, keepdims=True))


@wrong("vanish-rms-backward", DU, "the second term has the scale three times")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale**3 * normal * np.mean(dnormal * normal, axis=1, keepdims=True)


@wrong("vanish-rms-backward", DU, "the second term is counted twice")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - 2 * scale * normal * np.mean(dnormal * normal, axis=1, keepdims=True)


@wrong("vanish-rms-backward", DIFFERENCES, "the caller's dnormal is changed in place")
def rms_backward(dnormal, normal, scale):
    along = np.mean(dnormal * normal, axis=1, keepdims=True)
    dnormal -= along * normal
    dnormal *= scale
    return dnormal


@wrong("vanish-rms-backward", DU, None, "the mean of squares in place of the product")
def rms_backward(dnormal, normal, scale):
    return scale * (dnormal - normal * np.mean(dnormal**2, axis=1, keepdims=True))


@wrong("vanish-rms-backward", DU, "the second term has the scale twice")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale * normal * (direct * normal).mean(axis=-1, keepdims=True)


@wrong("vanish-rms-backward", DU, "the second term has no mean")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale * normal * dnormal * normal


@wrong("vanish-rms-backward", DU, None, "the mean has lost its axis")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - scale * normal * (dnormal * normal).mean(axis=-1)


@right("vanish-rms-backward", "with the part of `direct` along the row")
def rms_backward(dnormal, normal, scale):
    direct = scale * dnormal
    return direct - normal * np.vecdot(direct, normal)[:, None] / normal.shape[1]


@right("vanish-rms-backward", "a projection for each row")
def rms_backward(dnormal, normal, scale):
    H = normal.shape[1]
    return np.stack(
        [s * (np.eye(H) - np.outer(n, n) / H) @ d for d, n, s in zip(dnormal, normal, scale[:, 0], strict=True)]
    )


@right("vanish-rms-backward", "from u and the derivative of the scale")
def rms_backward(dnormal, normal, scale):
    u, H = normal / scale, normal.shape[1]
    dscale = (dnormal * u).sum(axis=1, keepdims=True)
    return dnormal * scale - dscale * scale**3 * u / H


@right("vanish-rms-backward", "the whole Jacobian, row by row")
def rms_backward(dnormal, normal, scale):
    H, rows = normal.shape[1], []
    for d, y, s in zip(dnormal, normal, scale[:, 0], strict=True):
        J = s * (np.eye(H) - np.outer(y, y) / H)
        rows.append(d @ J)
    return np.stack(rows)


@right("vanish-rms-backward", "einsum")
def rms_backward(dnormal, normal, scale):
    along = np.einsum("nh,nh->n", dnormal, normal) / normal.shape[1]
    return scale * dnormal - scale * np.einsum("n,nh->nh", along, normal)


@right("vanish-rms-backward", "in float32")
def rms_backward(dnormal, normal, scale):
    d, y, s = (array.astype(np.float32) for array in (dnormal, normal, scale))
    return s * (d - y * (d * y).mean(axis=1, keepdims=True))


# --- layer normalisation, backwards

DA, SUMS, EACH = "da: what goes back to the sums", "dgain and db: sums over the rows", "each row for itself"


@wrong("vanish-layer-norm-backward", DA, "the terms of the mean and the variance are missing")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    return dy * gain * scale, (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", DA, "the term of the mean is missing")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    return rms_backward(dy * gain, normal, scale), (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", DA, "the term of the variance is missing")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = dy * gain * scale
    return du - du.mean(axis=1, keepdims=True), (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", DA, "the gain is left out")
def layer_norm_backward(dy, cache):
    normal, scale, _ = cache
    du = rms_backward(dy, normal, scale)
    return du - du.mean(axis=1, keepdims=True), (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", DA, "the gain multiplies at the end")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy, normal, scale)
    return gain * (du - du.mean(axis=1, keepdims=True)), (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", DA, "the mean is taken over the batch")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy * gain, normal, scale)
    return du - du.mean(axis=0), (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", DA, "one mean for everything")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy * gain, normal, scale)
    return du - np.mean(du), (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", DA, "the mean of dy is subtracted, not that of du")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy * gain, normal, scale)
    return du - dy.mean(axis=1, keepdims=True), (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", DA, "the backward pass of batch normalisation")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    d = dy * gain
    da = scale * (d - d.mean(axis=0) - normal * (d * normal).mean(axis=0))
    return da, (dy * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", SUMS, "dgain and db are summed over the units")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy * gain, normal, scale)
    return du - du.mean(axis=1, keepdims=True), (dy * normal).sum(axis=1), dy.sum(axis=1)


@wrong("vanish-layer-norm-backward", SUMS, "dgain is summed over the units")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy * gain, normal, scale)
    return du - du.mean(axis=1, keepdims=True), (dy * normal).sum(axis=1), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", SUMS, "dgain and db are averaged over the rows")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy * gain, normal, scale)
    return du - du.mean(axis=1, keepdims=True), (dy * normal).mean(axis=0), dy.mean(axis=0)


@wrong("vanish-layer-norm-backward", SUMS, "dgain and db are not summed")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy * gain, normal, scale)
    return du - du.mean(axis=1, keepdims=True), dy * normal, dy


@wrong("vanish-layer-norm-backward", SUMS, "dgain is built from dy * gain")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    d = dy * gain
    du = rms_backward(d, normal, scale)
    return du - du.mean(axis=1, keepdims=True), (d * normal).sum(axis=0), dy.sum(axis=0)


@wrong("vanish-layer-norm-backward", SUMS, "dgain and db are exchanged")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    du = rms_backward(dy * gain, normal, scale)
    return du - du.mean(axis=1, keepdims=True), dy.sum(axis=0), (dy * normal).sum(axis=0)


@wrong("vanish-layer-norm-backward", KEPT, "dy is changed in place")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    dgain, db = (dy * normal).sum(axis=0), dy.sum(axis=0)
    dy *= gain
    du = rms_backward(dy, normal, scale)
    return du - du.mean(axis=1, keepdims=True), dgain, db


@wrong("vanish-layer-norm-backward", DA, None, "only the sign of the mean's term and a forgotten gain")
def layer_norm_backward(dy, cache):
    normal, scale, _ = cache
    du = rms_backward(dy, normal, scale)
    return du + du.mean(axis=1, keepdims=True), (dy * normal).sum(axis=0), dy.sum(axis=0)


@right("vanish-layer-norm-backward", "one line for da, as it stands in papers")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    H, d = dy.shape[1], dy * gain
    da = scale / H * (H * d - d.sum(axis=1, keepdims=True) - normal * (d * normal).sum(axis=1, keepdims=True))
    return da, np.sum(dy * normal, axis=0), np.sum(dy, axis=0)


@right("vanish-layer-norm-backward", "the mean first, then the division")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    d = dy * gain
    d = d - d.mean(axis=1, keepdims=True)  # the normalised row has mean 0, so the order does not matter
    return rms_backward(d, normal, scale), np.einsum("nh,nh->h", dy, normal), np.ones(len(dy)) @ dy


@right("vanish-layer-norm-backward", "whole Jacobians")
def layer_norm_backward(dy, cache):
    normal, scale, gain = cache
    H = dy.shape[1]
    centring, da = np.eye(H) - 1 / H, []
    for d, y, s in zip(dy, normal, scale[:, 0], strict=True):
        J = s * (np.eye(H) - np.outer(y, y) / H) @ centring * gain[:, None]
        da.append(d @ J)
    dgain = sum(d * y for d, y in zip(dy, normal, strict=True))
    return [np.array(da), dgain, sum(dy)]


@right("vanish-layer-norm-backward", "in float32")
def layer_norm_backward(dy, cache):
    dy, normal, scale, gain = (array.astype(np.float32) for array in (dy, *cache))
    d = dy * gain
    du = scale * (d - normal * (d * normal).mean(axis=1, keepdims=True))
    return du - du.mean(axis=1, keepdims=True), (dy * normal).sum(axis=0), dy.sum(axis=0)
