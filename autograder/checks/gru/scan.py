"""All steps of the minimal GRU at once."""

import numpy as np

from autograder.checks.gru import reference
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise

SCAN = Exercise(
    "gru-scan",
    functions={"join_pairs": reference.join_pairs, "scan": reference.scan},
    returns={"join_pairs": ("keep", "new"), "scan": ("h",)},
    points=3,
    minutes=25,
    difficulty=3,
    hints=(
        "Two steps in a row: `keep_1 * (keep_0 * h + new_0) + new_1`. Multiply out: what stands before h, and what is "
        "left?",
        "`keep[:, s:]` are the later ones of the pairs, `keep[:, :-s]` the earlier ones. Make copies first, and read "
        "from the arrays as they were.",
        "In `scan`, put h0 into the first entry: `new[:, 0] + keep[:, 0] * h0`. Then rounds with s = 1, 2, 4, … for as "
        "long as s is smaller than T.",
    ),
    explain="After a round with s every entry stands for its last 2 s steps, taken together. After about log2(T) "
    "rounds "
    "it stands for all of them. The rounds come one after the other; within a round nothing has to wait.",
)


def draw(rng, N=2, T=5, H=3):
    """keep in [0, 1], some exactly 0, new and h0."""
    keep = rng.uniform(0.2, 1, (N, T, H)) * (rng.random((N, T, H)) < 0.9)
    return keep, 0.3 + rng.standard_normal((N, T, H)), 0.5 + rng.standard_normal((N, H))


@SCAN.check("one round: every entry from place s on, joined with the one s places before")
def one_round(student, rng):
    for (N, T, H), s in (((2, 5, 3), 1), ((3, 7, 2), 2), ((2, 6, 1), 4)):
        keep, new, _ = draw(rng, N, T, H)
        got, want = (by_name(("keep", "new"), f(keep, new, s)) for f in (student.join_pairs, reference.join_pairs))
        hint = "The first s entries have no partner and stay. The earlier new is multiplied by the later keep."
        expect_all_close(("new", "keep"), got, want, hint)


@SCAN.check("scan gives the states of the loop, for any number of steps")
def as_loop(student, rng):
    for N, T, H in ((2, 1, 3), (3, 2, 2), (2, 8, 3), (1, 13, 2)):
        keep, new, h0 = draw(rng, N, T, H)
        h, states = h0, []
        for t in range(T):
            h = keep[:, t] * h + new[:, t]
            states.append(h)
        hint = f"T = {T}. Is h0 in, and do the rounds go on until they reach over all steps?"
        expect_close("h", student.scan(keep, new, h0), np.stack(states, axis=1), hint)


@SCAN.check("with keep = 0 only the last step counts, with keep = 1 all add up")
def ends(student, rng):
    keep, new, h0 = draw(rng, 3, 6, 2)
    expect_close("h where keep is 0", student.scan(0 * keep, new, h0), new, "Nothing is divided by keep?")
    want = h0[:, None] + np.cumsum(new, axis=1)
    expect_close("h where keep is 1", student.scan(0 * keep + 1, new, h0), want, "h0 and all that is new add up.")


@SCAN.check("the caller's arrays are left alone")
def untouched(student, rng):
    keep, new, h0 = draw(rng)
    joined, after = student.join_pairs.with_arguments(keep, new, 1)
    names = ("keep", "new")
    expect_any_close(by_name(names, joined), by_name(names, reference.join_pairs(keep, new, 1)))
    expect_unchanged(names, after[:2], (keep, new), "Copy first: `keep.copy()`.")
    h, after = student.scan.with_arguments(keep, new, h0)
    expect_close("h", h, reference.scan(keep, new, h0))
    expect_unchanged((*names, "h0"), after, (keep, new, h0), "`new[:, 0] += …` changes the caller's array.")


def join_mistake(name, words, join):
    """A wrong join, in the round and in the scan that is made of it, or beside a scan that does without it."""
    SCAN.mistake(name, words, join_pairs=join, scan=lambda keep, new, h0: scan_with(join, keep, new, h0))
    SCAN.mistake(name, words, join_pairs=join)


def scan_with(join, keep, new, h0, sizes=None):
    new = np.concatenate([new[:, :1] + keep[:, :1] * h0[:, None], new[:, 1:]], axis=1)
    T = new.shape[1]
    for s in sizes(T) if sizes else doubling(T):
        keep, new = join(keep, new, s)
    return new


def doubling(T):
    s = 1
    while s < T:
        yield s
        s *= 2


def joined(of_keep, of_new):
    """A join from what it makes of the later and the earlier entries."""

    def join(keep, new, s):
        later, earlier = (keep[:, s:], new[:, s:]), (keep[:, :-s], new[:, :-s])
        pair = of_keep(*later, *earlier), of_new(*later, *earlier)
        return tuple(
            np.concatenate([whole[:, :s], part], axis=1) for whole, part in zip((keep, new), pair, strict=True)
        )

    return join


def right_keep(k1, n1, k0, n0):
    return k1 * k0


def right_new(k1, n1, k0, n0):
    return k1 * n0 + n1


join_mistake(
    "the earlier keep multiplies the later new",
    "keep_1 * (keep_0 * h + new_0) + new_1: it is the *later* keep that multiplies the *earlier* new.",
    joined(right_keep, lambda k1, n1, k0, n0: k0 * n1 + n0),
)
join_mistake(
    "the earlier keep multiplies the earlier new",
    "keep_1 * (keep_0 * h + new_0) + new_1: new_0 came in at the earlier step and lived through the *later* keep.",
    joined(right_keep, lambda k1, n1, k0, n0: k0 * n0 + n1),
)
join_mistake(
    "the earlier new is not multiplied",
    "What was new at the earlier step is kept by the later one only in part: keep_1 * new_0.",
    joined(right_keep, lambda k1, n1, k0, n0: n0 + n1),
)
join_mistake(
    "the later new is lost",
    "keep_1 * (keep_0 * h + new_0) + new_1: the last term belongs to the pair.",
    joined(right_keep, lambda k1, n1, k0, n0: k1 * n0),
)
join_mistake(
    "keep is not joined",
    "What stands before h after two steps is the product keep_1 * keep_0.",
    joined(lambda k1, n1, k0, n0: k1, right_new),
)
join_mistake(
    "the keeps are added",
    "Two shares in a row multiply: half of a half is a quarter.",
    joined(lambda k1, n1, k0, n0: k1 + k0, right_new),
)
join_mistake(
    "new is joined with the keep that is joined already",
    "The new of the pair needs the later keep as it was *before* this round. Join new first, or read from copies.",
    joined(right_keep, lambda k1, n1, k0, n0: k1 * k0 * n0 + n1),
)


def wrapped(keep, new, s):
    return keep * np.roll(keep, s, axis=1), new + keep * np.roll(new, s, axis=1)


join_mistake(
    "the first entries are joined with the last ones",
    "np.roll goes round in a circle. The first s entries have no partner and stay as they are.",
    wrapped,
)


def scan_mistake(name, words, scan):
    SCAN.mistake(name, words, scan=scan)


scan_mistake(
    "h0 is left out",
    "The first step reads h0: put `keep[:, 0] * h0` into the first entry of new.",
    lambda keep, new, h0: reference.scan(keep, new, 0 * h0),
)
scan_mistake(
    "h0 comes in without its keep",
    "The first step keeps h0 only in part: `keep[:, 0] * h0`.",
    lambda keep, new, h0: reference.scan(keep, np.concatenate([new[:, :1] + h0[:, None], new[:, 1:]], axis=1), 0 * h0),
)
scan_mistake(
    "one round is too few",
    "The rounds go on for as long as s is smaller than T: `while s < T`.",
    lambda keep, new, h0: scan_with(
        reference.join_pairs, keep, new, h0, lambda T: [s for s in doubling(T) if 2 * s < T]
    ),
)
scan_mistake(
    "there is one round only",
    "After one round an entry stands for two steps. Go on with s = 2, 4, 8, …",
    lambda keep, new, h0: scan_with(reference.join_pairs, keep, new, h0, lambda T: [1][: T - 1]),
)
scan_mistake(
    "s stays 1 in every round",
    "After a round with s every entry stands for 2 s steps. The next partner is twice as far away: s = 1, 2, 4, …",
    lambda keep, new, h0: scan_with(reference.join_pairs, keep, new, h0, lambda T: [1 for _ in doubling(T)]),
)
scan_mistake(
    "s grows by 1 instead of doubling",
    "After a round with s every entry stands for 2 s steps, so the next partner is twice as far away: s *= 2.",
    lambda keep, new, h0: scan_with(reference.join_pairs, keep, new, h0, lambda T: range(1, T)),
)


def in_place(keep, new, s):
    result = reference.join_pairs(keep, new, s)
    new[:, s:] = result[1][:, s:]
    return result


SCAN.mistake(
    "the arrays are changed in place",
    "The values are right, but the caller's arrays are written to. Copy them first.",
    join_pairs=in_place,
)
