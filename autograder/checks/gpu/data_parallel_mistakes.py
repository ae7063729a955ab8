"""Wrong ways to join the gradients of workers, known by name."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.checks.gpu.data_parallel import PARALLEL, length
from rnn_core.optim import clip_global_norm


def weighed(gradients, weights):
    return {name: sum(w * g[name] for g, w in zip(gradients, weights, strict=True)) for name in gradients[0]}


@PARALLEL.mistake(
    "the mean of the workers' means is taken",
    "A worker with few tokens then counts as much as one with many, and so each of its tokens counts more. Weigh by "
    "the tokens.",
)
def mean_of_means(gradients, tokens, max_norm):
    return clip_global_norm(weighed(gradients, [1 / len(tokens)] * len(tokens)), max_norm)


@PARALLEL.mistake(
    "the gradients are added up",
    "Each is a mean over tokens. The sum of means grows with the number of workers, and with it the step.",
)
def added(gradients, tokens, max_norm):
    return clip_global_norm(weighed(gradients, [1] * len(tokens)), max_norm)


@PARALLEL.mistake(
    "the sums are not divided",
    "gradient * tokens is a sum over tokens. What is asked for is the mean: divide by all tokens.",
)
def not_divided(gradients, tokens, max_norm):
    return clip_global_norm(weighed(gradients, tokens), max_norm)


@PARALLEL.mistake(
    "the sums are divided by the number of workers",
    "They are sums over tokens: divide by the number of all tokens, and it does not matter how many workers there are.",
)
def by_workers(gradients, tokens, max_norm):
    return clip_global_norm(weighed(gradients, [n / len(tokens) for n in tokens]), max_norm)


@PARALLEL.mistake(
    "each worker divides by its tokens once more",
    "The gradients are means already. Multiply by the tokens, to get the sums back.",
)
def divided_again(gradients, tokens, max_norm):
    shares = [1 / n if n else 0 for n in tokens]
    return clip_global_norm(weighed(gradients, [share / sum(shares) for share in shares]), max_norm)


@PARALLEL.mistake(
    "each worker is clipped before joining",
    "What is clipped is then not the gradient that is used: a worker with a long one is shortened alone, and the "
    "direction changes. Join first.",
)
def clipped_first(gradients, tokens, max_norm):
    gradients = [clip_global_norm(g, max_norm)[0] for g in gradients]
    joined = weighed(gradients, [n / sum(tokens) for n in tokens])
    return joined, length(joined)


@PARALLEL.mistake(
    "each array is clipped on its own",
    "That changes the direction: long arrays are shortened and others not. One factor for all of them.",
)
def by_array(gradients, tokens, max_norm):
    joined = weighed(gradients, [n / sum(tokens) for n in tokens])
    return {name: clip_global_norm({name: g}, max_norm)[0][name] for name, g in joined.items()}, length(joined)


@PARALLEL.mistake(
    "each number is clipped on its own",
    "`np.clip` cuts off the large numbers and leaves the others: another direction, and any length. One factor for "
    "all.",
)
def by_number(gradients, tokens, max_norm):
    joined, norm = reference.joined_gradient(gradients, tokens, np.inf)
    return {name: np.clip(g, -max_norm, max_norm) for name, g in joined.items()}, norm


@PARALLEL.mistake(
    "the sums are clipped before they are divided",
    "The length that is limited is that of the gradient that is used, which is the mean. Divide first.",
)
def sums_clipped(gradients, tokens, max_norm):
    clipped, norm = clip_global_norm(weighed(gradients, tokens), max_norm)
    return {name: g / sum(tokens) for name, g in clipped.items()}, norm


@PARALLEL.mistake("the norm is the square of the length", "The length is the *root* of the sum of all squares.")
def squared(gradients, tokens, max_norm):
    joined, norm = reference.joined_gradient(gradients, tokens, np.inf)
    return {name: g * min(1, max_norm / norm**2) for name, g in joined.items()}, norm**2


@PARALLEL.mistake(
    "the norm is that after clipping",
    "It is asked for as it was before: it tells whether the gradient was clipped, and by how much.",
)
def norm_after(gradients, tokens, max_norm):
    clipped, _ = reference.joined_gradient(gradients, tokens, max_norm)
    return clipped, length(clipped)


@PARALLEL.mistake(
    "the gradient is not clipped",
    "If its norm is above max_norm, every array is multiplied by max_norm / norm.",
)
def never_clipped(gradients, tokens, max_norm):
    return reference.joined_gradient(gradients, tokens, np.inf)


@PARALLEL.mistake(
    "short gradients are made longer",
    "max_norm is a limit: what is shorter stays as it is.",
)
def stretched(gradients, tokens, max_norm):
    joined, norm = reference.joined_gradient(gradients, tokens, np.inf)
    return {name: g * max_norm / norm for name, g in joined.items()}, norm


@PARALLEL.mistake(
    "the norm is the sum of the arrays' norms",
    "Lengths at right angles add by their squares: the root of the sum of all squares.",
)
def added_norms(gradients, tokens, max_norm):
    joined, _ = reference.joined_gradient(gradients, tokens, np.inf)
    norm = sum(float(np.linalg.norm(g)) for g in joined.values())
    return {name: g * min(1, max_norm / norm) for name, g in joined.items()}, norm
