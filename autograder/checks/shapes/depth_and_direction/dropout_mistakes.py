"""Wrong dropout, known by name."""

import numpy as np

from autograder.checks.shapes.depth_and_direction.dropout import DROPOUT


def dropout(factor, back=None, off=None, at_use=None):
    """Both functions, from how the factor is drawn, `factor(x, share, rng)`, and what is done in other cases."""

    def forward(x, share, rng):
        if rng is None:
            return (x, np.ones_like(x)) if off is None else off(x, share)
        kept = factor(x, share, rng)
        return x * kept, kept

    return {"dropout_forward": forward, "dropout_backward": back or (lambda dy, cache: dy * cache)}


def right(x, share, rng):
    return (rng.random(x.shape) >= share) / (1 - share)


def mistake(name, words, **replaces):
    DROPOUT.mistake(name, words, **replaces)


mistake(
    "what is kept is not enlarged",
    "Without the division by `1 - share` the layer above gets less in training than when the net is used, and its "
    "sums come out too large then. Divide what is kept by `1 - share`.",
    **dropout(lambda x, share, rng: 1.0 * (rng.random(x.shape) >= share)),
)
mistake(
    "divided by share instead of 1 - share",
    "`share` is dropped and `1 - share` is kept. If a quarter is dropped, three quarters carry the sum: divide by 3/4.",
    **dropout(lambda x, share, rng: (rng.random(x.shape) >= share) / share),
)
mistake(
    "multiplied by 1 - share instead of divided",
    "What is kept has to stand in for what is dropped: it grows. Divide by `1 - share`.",
    **dropout(lambda x, share, rng: (rng.random(x.shape) >= share) * (1 - share)),
)
mistake(
    "share is taken as the share that is kept",
    "`share` says how much is dropped. `rng.random(x.shape) < share` is true for just that part: keep the others.",
    **dropout(lambda x, share, rng: (rng.random(x.shape) < share) / share),
)
mistake(
    "share is kept, and the enlargement is that for dropping it",
    "`rng.random(x.shape) < share` is true for the part that is to be *dropped*. Keep where the number is at least "
    "`share`; the division by `1 - share` is then right.",
    **dropout(lambda x, share, rng: (rng.random(x.shape) < share) / (1 - share)),
)
mistake(
    "the same numbers are dropped in all sequences and steps",
    "One mask of H numbers is repeated by broadcasting. Draw one number for each of x: `rng.random(x.shape)`.",
    **dropout(lambda x, share, rng: (rng.random(x.shape[-1]) >= share) / (1 - share) * np.ones_like(x)),
)
mistake(
    "the same numbers are dropped in all sequences",
    "The mask has no axis for the sequences and is repeated. Draw one number for each of x: `rng.random(x.shape)`.",
    **dropout(lambda x, share, rng: (rng.random(x.shape[1:]) >= share) / (1 - share) * np.ones_like(x)),
)
mistake(
    "whole steps are dropped",
    "The mask has one number for each step of each sequence. Draw one number for each of x: `rng.random(x.shape)`.",
    **dropout(lambda x, share, rng: (rng.random((*x.shape[:2], 1)) >= share) / (1 - share) * np.ones_like(x)),
)
mistake(
    "the same numbers are dropped in all steps",
    "The mask is drawn once a sequence. That is a kind of dropout, too (with one mask for all steps); asked for here "
    "is one number for each of x: `rng.random(x.shape)`.",
    **dropout(lambda x, share, rng: (rng.random((len(x), 1, x.shape[-1])) >= share) / (1 - share) * np.ones_like(x)),
)
mistake(
    "dropped with normal numbers",
    "`rng.standard_normal` is not even between 0 and 1, so another share falls below `share`. `rng.random` is.",
    **dropout(lambda x, share, rng: (rng.standard_normal(x.shape) >= share) / (1 - share)),
)


def always(x, share, rng):
    factor = (rng.random(x.shape) >= share) / (1 - share)
    return x * factor, factor


mistake(
    "numbers are dropped when the net is used, too",
    "Where `rng` is None there is nothing to draw with, and nothing is dropped: return `x` as it is, before the mask "
    "is drawn.",
    dropout_forward=always,
)
mistake(
    "what is kept is enlarged when the net is used, too",
    "Where `rng` is None nothing is dropped, so nothing has to make up for it: y is x.",
    **dropout(right, off=lambda x, share: (x / (1 - share), np.full_like(x, 1 / (1 - share)))),
)
mistake(
    "made smaller when the net is used",
    "That is the older form, which leaves what is kept as it is in training. Here what is kept was already enlarged in "
    "training, so nothing is left to do: y is x.",
    **dropout(right, off=lambda x, share: (x * (1 - share), np.full_like(x, 1 - share))),
)
mistake(
    "not enlarged in training, made smaller when the net is used",
    "That is the older form of dropout, and it works. This course uses the inverted one: enlarge in training by "
    "`1 / (1 - share)`, and do nothing when the net is used.",
    **dropout(
        lambda x, share, rng: 1.0 * (rng.random(x.shape) >= share),
        off=lambda x, share: (x * (1 - share), np.full_like(x, 1 - share)),
    ),
)


def keeps_generator(x, share, rng):
    if rng is None:
        return x, (x.shape, 0.0, None)
    y = x * (rng.random(x.shape) >= share) / (1 - share)
    return y, (x.shape, share, rng)


def draws_again(dy, cache):
    shape, share, rng = cache
    return dy if rng is None else dy * (rng.random(shape) >= share) / (1 - share)


mistake(
    "the mask is drawn again on the way back",
    "A new draw drops other numbers. The gradient has to go where the values went: keep the factor in `cache`.",
    dropout_forward=keeps_generator,
    dropout_backward=draws_again,
)


def keeps_share(x, share, rng):
    factor = np.ones_like(x) if rng is None else (rng.random(x.shape) >= share) / (1 - share)
    return x * factor, (factor, 0 if rng is None else share)


mistake(
    "backwards nothing is enlarged",
    "`y = x * factor`, and the factor is `1 / (1 - share)` for what is kept. The gradient gets the same factor.",
    dropout_backward=lambda dy, cache: dy * (cache != 0),
)
mistake(
    "backwards it is enlarged twice",
    "The factor in the cache already holds the division by `1 - share`: multiply by it once.",
    dropout_forward=keeps_share,
    dropout_backward=lambda dy, cache: dy * cache[0] / (1 - cache[1]),
)
mistake(
    "backwards nothing is dropped",
    "A number that was dropped had no part in the loss, so its gradient is 0: `dx = dy * factor`.",
    dropout_backward=lambda dy, cache: dy,
)
mistake(
    "backwards it is divided by the factor",
    "`y = x * factor`, so dx = dy times the same factor; to divide would undo what is not to be undone.",
    dropout_backward=lambda dy, cache: np.where(cache != 0, dy / np.where(cache != 0, cache, 1), 0),
)
mistake(
    "backwards y is multiplied instead of the gradient",
    "`dy` is what arrives. dx is `dy` times the factor, not `dy` times y.",
    dropout_forward=lambda x, share, rng: (lambda factor: (x * factor, x * factor))(
        np.ones_like(x) if rng is None else right(x, share, rng)
    ),
    dropout_backward=lambda dy, cache: dy * cache,
)


def in_place(x, share, rng):
    if rng is None:
        return x, np.ones_like(x)
    factor = right(x, share, rng)
    x *= factor
    return x, factor


mistake(
    "x is changed in place",
    "The values are right, but `x *= …` writes into the caller's array. Make a new one: `y = x * …`.",
    dropout_forward=in_place,
)


mistake(
    "backwards it is what was dropped that gets the gradient",
    "The mask is upside down on the way back. What was dropped had no part in the loss: its gradient is 0.",
    dropout_forward=keeps_share,
    dropout_backward=lambda dy, cache: np.where(cache[0] == 0, dy / (1 - cache[1]), 0) if cache[1] else dy,
)
