"""Wrong scans, known by name. Tensors may be arrays here."""

import numpy as np

from autograder.checks.gpu import reference_faster as reference
from autograder.checks.gpu.scan import SCAN


def rounds(keep, new, join, distances, first=lambda a: a):
    """A scan with these distances, which leaves the first entries of a round as `first` says."""
    keep, new = np.asarray(keep), np.asarray(new)
    for s in distances:
        joined = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
        keep, new = (np.concatenate([first(a[:, :s]), b], axis=1) for a, b in zip((keep, new), joined, strict=True))
    return keep, new


def doubling(keep):
    return [2**k for k in range((keep.shape[1] - 1).bit_length())]


@SCAN.mistake(
    "join gets the later piece first",
    "The order counts: two steps in a row, the earlier one first. `keep[:, :-s]` is the earlier one.",
)
def exchanged(keep, new, join):
    return rounds(keep, new, lambda earlier, later: join(later, earlier), doubling(keep))


@SCAN.mistake(
    "one round is too few",
    "The rounds go on for as long as s is below T.",
)
def too_few(keep, new, join):
    return rounds(keep, new, join, [s for s in doubling(keep) if 2 * s < keep.shape[1]])


@SCAN.mistake(
    "the number of rounds is rounded down",
    "Where T is no power of two, one round more is needed: go on for as long as s is below T.",
)
def rounded_down(keep, new, join):
    return rounds(keep, new, join, [s for s in doubling(keep) if 2 * s <= keep.shape[1]])


@SCAN.mistake(
    "new is joined with a keep of the next round",
    "`join` needs the keep and the new of *one* round. Call it once, keep both results, and only then replace both.",
)
def keep_first(keep, new, join):
    pieces = [np.asarray(keep), np.asarray(new)]
    for s in doubling(keep):
        for part in (0, 1):
            joined = join([a[:, :-s] for a in pieces], [a[:, s:] for a in pieces])[part]
            pieces[part] = np.concatenate([pieces[part][:, :s], np.asarray(joined)], axis=1)
    return tuple(pieces)


@SCAN.mistake(
    "the first entries become 0",
    "The first s entries have no partner, and stay as they are: `torch.cat([keep[:, :s], joined], dim=1)`.",
)
def zeros_first(keep, new, join):
    return rounds(keep, new, join, doubling(keep), first=lambda a: 0 * a)


@SCAN.mistake(
    "the first entries are joined with keep = 1 and new = 0",
    "For h' = keep h + new that changes nothing. Another `join` need not know such a piece: leave the first s entries "
    "as they are.",
)
def with_neutral(keep, new, join):
    keep, new = np.asarray(keep), np.asarray(new)
    for s in doubling(keep):
        first, rest = np.ones_like(keep[:, :s]), keep[:, :-s]
        before = np.concatenate([first, rest], axis=1), np.concatenate([0 * first, new[:, :-s]], axis=1)
        keep, new = map(np.asarray, join(before, (keep, new)))
    return keep, new


@SCAN.mistake("there is one round only", "After one round an entry stands for two steps. Go on with s = 2, 4, 8, …")
def one_round(keep, new, join):
    return rounds(keep, new, join, doubling(keep)[:1])


@SCAN.mistake(
    "s stays 1 in every round",
    "After a round with s every entry stands for 2 s steps. The next partner stands twice as far away.",
)
def always_one(keep, new, join):
    return rounds(keep, new, join, [1] * len(doubling(keep)))


@SCAN.mistake(
    "s grows by 1 instead of doubling",
    "Each entry already stands for several steps: with s = 1, 2, 3 they overlap. After s comes 2 s.",
)
def by_one(keep, new, join):
    return rounds(keep, new, join, range(1, keep.shape[1]))


@SCAN.mistake(
    "the steps are joined one after the other",
    "The values are right, and nothing is gained: T - 1 calls, each of which waits for the one before. Join all pairs "
    "of neighbours in one call, then those two apart, then four.",
)
def in_turn(keep, new, join):
    pieces = [(keep[:, :1], new[:, :1])]
    for t in range(1, keep.shape[1]):
        pieces.append(join(pieces[-1], (keep[:, t : t + 1], new[:, t : t + 1])))
    return tuple(np.concatenate([np.asarray(a) for a in parts], axis=1) for parts in zip(*pieces, strict=True))


@SCAN.mistake(
    "`join` is not used",
    "For h' = keep h + new your joining is right. But the function that is handed in may be another one: call it.",
)
def own_join(keep, new, join):
    return rounds(keep, new, reference.join, doubling(keep))


@SCAN.mistake(
    "the first entries are joined with the last ones",
    "`roll` goes round in a circle. The first s entries have no partner, and stay as they are.",
)
def rolled(keep, new, join):
    keep, new = np.asarray(keep), np.asarray(new)
    for s in doubling(keep):
        keep, new = map(np.asarray, join((np.roll(keep, s, 1), np.roll(new, s, 1)), (keep, new)))
    return keep, new


@SCAN.mistake(
    "the first entries are lost in every round",
    "What `join` returns has T - s entries. Those that had no partner stand in front of them: `torch.cat`.",
)
def shrinking(keep, new, join):
    for s in doubling(keep):
        if s < keep.shape[1]:
            keep, new = join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))
    return np.asarray(keep), np.asarray(new)


@SCAN.mistake(
    "keep stays as it was",
    "`join` returns two things, and the next round needs both.",
)
def keep_stays(keep, new, join):
    return rounds(keep, new, lambda earlier, later: (later[0], join(earlier, later)[1]), doubling(keep))
