"""Wrong ways to read in both directions, known by name."""

import numpy as np

from autograder.checks.shapes.depth_and_direction.both_ways import BOTH
from autograder.checks.shapes.depth_and_direction.reference import both_ways_forward, layer_forward, reverse_rows


def pieces(x, lengths, h0, ahead, back, masked=True):
    """Both runs of the right answer, each in the order in which it read."""
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None] if masked else None
    return layer_forward(x, h0[0], ahead, mask), layer_forward(reverse_rows(x, lengths), h0[1], back, mask)


def joined(h_ahead, h_back, lengths, turn=reverse_rows):
    last = np.concatenate([h_ahead[:, -1], h_back[:, -1]], axis=1)
    return np.concatenate([h_ahead, turn(h_back, lengths)], axis=2), last


def mistake(name, words):
    """A mistake that takes the same arguments as the answer."""
    return BOTH.mistake(name, words)


@mistake(
    "the backward half is not turned round again",
    "The second run wrote its states in the order in which it read: the first belongs to the *last* real step. Turn "
    "them round again, so that both halves of `h[:, t]` belong to step t.",
)
def not_again(x, lengths, h0, ahead, back):
    return joined(*pieces(x, lengths, h0, ahead, back), lengths, lambda h, lengths: h)


@mistake(
    "the backward run reads the padding first",
    "`x[:, ::-1]` turns whole rows round, so that the run begins in the padding of a short row. Reverse each row "
    "within its own length, before and after the run.",
)
def padding_first(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    h_ahead, h_back = layer_forward(x, h0[0], ahead, mask), layer_forward(x[:, ::-1], h0[1], back)
    return joined(h_ahead, h_back, lengths, lambda h, lengths: h[:, ::-1])


@mistake(
    "the whole row is reversed, and the mask is not",
    "After `x[:, ::-1]` the padding stands first, and the mask still says that the *first* steps are real. Reverse "
    "each row within its own length, then the same mask holds for both runs.",
)
def mask_behind(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    h_ahead, h_back = layer_forward(x, h0[0], ahead, mask), layer_forward(x[:, ::-1], h0[1], back, mask)
    return joined(h_ahead, h_back, lengths, lambda h, lengths: h[:, ::-1])


@mistake(
    "turned round again over the padding",
    "The input was reversed within each length, the states over whole rows. Use `reverse_rows` for both.",
)
def again_over_padding(x, lengths, h0, ahead, back):
    return joined(*pieces(x, lengths, h0, ahead, back), lengths, lambda h, lengths: h[:, ::-1])


@mistake(
    "the backward run reads the input as it came",
    "Both runs go from the first step to the last in your answer. Hand the second one `reverse_rows(x, lengths)`.",
)
def not_reversed(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    return joined(layer_forward(x, h0[0], ahead, mask), layer_forward(x, h0[1], back, mask), lengths)


@mistake(
    "both runs read the input as it came, and nothing is turned round",
    "Both cells read from the first step to the last. The second one has to read from the last real step: reverse its "
    "input, and its states again.",
)
def two_ahead(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    h_ahead, h_back = layer_forward(x, h0[0], ahead, mask), layer_forward(x, h0[1], back, mask)
    return joined(h_ahead, h_back, lengths, lambda h, lengths: h)


@mistake("the halves are in the wrong order", "The half ahead comes first, in `h` and in `last`.")
def halves(x, lengths, h0, ahead, back):
    h_ahead, h_back = pieces(x, lengths, h0, ahead, back)
    last = np.concatenate([h_back[:, -1], h_ahead[:, -1]], axis=1)
    return np.concatenate([reverse_rows(h_back, lengths), h_ahead], axis=2), last


@mistake(
    "both directions use the weights of ahead",
    "There are two cells, with weights of their own: the backward run uses `back`.",
)
def same_weights(x, lengths, h0, ahead, back):
    return both_ways_forward(x, lengths, h0, ahead, ahead)


@mistake("the weights of the two directions are exchanged", "`ahead` belongs to the run from the first step.")
def exchanged(x, lengths, h0, ahead, back):
    return both_ways_forward(x, lengths, h0, back, ahead)


@mistake("both directions start at h0[0]", "Each has an initial state of its own: the backward run starts at `h0[1]`.")
def same_start(x, lengths, h0, ahead, back):
    return both_ways_forward(x, lengths, (h0[0], h0[0]), ahead, back)


@mistake("the initial states are exchanged", "`h0[0]` is for the run ahead, `h0[1]` for the run back.")
def exchanged_start(x, lengths, h0, ahead, back):
    return both_ways_forward(x, lengths, (h0[1], h0[0]), ahead, back)


@mistake(
    "the backward run starts where the run ahead ended",
    "The two runs know nothing of each other. The backward run starts at `h0[1]`.",
)
def goes_on(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    end = layer_forward(x, h0[0], ahead, mask)[:, -1]
    return both_ways_forward(x, lengths, (h0[0], end), ahead, back)


@mistake(
    "the halves are added instead of put side by side",
    "Side by side there are 2H numbers at each step: `np.concatenate([…, …], axis=2)`.",
)
def added(x, lengths, h0, ahead, back):
    h_ahead, h_back = pieces(x, lengths, h0, ahead, back)
    return h_ahead + reverse_rows(h_back, lengths), h_ahead[:, -1] + h_back[:, -1]


@mistake(
    "last is the last column of h",
    "At its last step the backward half has read one step only. What has read everything is its state at step 0, the "
    "last that the backward run wrote.",
)
def last_column(x, lengths, h0, ahead, back):
    h, _ = both_ways_forward(x, lengths, h0, ahead, back)
    return h, h[:, -1]


@mistake(
    "last is taken at the last real step, in both halves",
    "For the half ahead that is right. The backward half has read one step there; it has read everything at step 0.",
)
def last_real(x, lengths, h0, ahead, back):
    h, _ = both_ways_forward(x, lengths, h0, ahead, back)
    at = np.maximum(np.asarray(lengths) - 1, 0)
    return h, h[np.arange(len(h)), at]


@mistake(
    "last is the first column of h",
    "For the backward half that is right. The half ahead has read one step there; it has read everything at its last "
    "real step.",
)
def first_column(x, lengths, h0, ahead, back):
    h, _ = both_ways_forward(x, lengths, h0, ahead, back)
    return h, h[:, 0]


@mistake(
    "the padding is read, so that last is not the last real state",
    "Without a mask each run goes on through the padding, and its last column is not what it had at the last real "
    "step. Hand `layer_forward` a mask, or pick the state at `lengths - 1`.",
)
def unmasked(x, lengths, h0, ahead, back):
    return joined(*pieces(x, lengths, h0, ahead, back, masked=False), lengths)


@mistake(
    "the backward run reads the states of the run ahead",
    "That is a second layer. Both runs read the same input `x`, one of them reversed.",
)
def stacked(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    h_ahead = layer_forward(x, h0[0], ahead, mask)
    h_back = layer_forward(reverse_rows(h_ahead, lengths), h0[1], back, mask)
    return joined(h_ahead, h_back, lengths)


@mistake(
    "the halves stand one after the other in time",
    "`axis=1` puts the steps of the second half behind those of the first. Side by side is the last axis, `axis=2`.",
)
def along_time(x, lengths, h0, ahead, back):
    h_ahead, h_back = pieces(x, lengths, h0, ahead, back)
    last = np.concatenate([h_ahead[:, -1], h_back[:, -1]], axis=1)
    return np.concatenate([h_ahead, reverse_rows(h_back, lengths)], axis=1), last


@mistake(
    "the padding is set to zero, and the runs go on through it",
    "An input of zeros is an input: the state goes on changing, by `W_hh` and `b`. Hand `layer_forward` a mask: then "
    "the state is kept.",
)
def zeros_read(x, lengths, h0, ahead, back):
    real = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    return joined(*pieces(x * real[:, :, None], lengths, h0, ahead, back, masked=False), lengths)


@mistake(
    "the rows are reversed within their lengths, the mask as a whole",
    "After `reverse_rows` the real steps stand first again, as in `x`. So the second run takes the same mask.",
)
def mask_reversed(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1]) < np.asarray(lengths)[:, None]
    h_ahead = layer_forward(x, h0[0], ahead, mask)
    return joined(h_ahead, layer_forward(reverse_rows(x, lengths), h0[1], back, mask[:, ::-1]), lengths)


@mistake(
    "the mask is one step too long",
    "A row of length L has its real steps at 0 to L - 1: `np.arange(T) < lengths[:, None]`. With `<=` a step of "
    "padding is read, in an empty row, too.",
)
def one_too_many(x, lengths, h0, ahead, back):
    mask = np.arange(x.shape[1]) <= np.asarray(lengths)[:, None]
    h_ahead = layer_forward(x, h0[0], ahead, mask)
    return joined(h_ahead, layer_forward(reverse_rows(x, lengths), h0[1], back, mask), lengths)
