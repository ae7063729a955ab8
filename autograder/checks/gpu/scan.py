"""A parallel scan in torch, of any associative join."""

import numpy as np

from autograder.arrays import TensorArray
from autograder.checks.gpu import reference_faster as reference
from autograder.compare import (
    by_name,
    expect,
    expect_all_close,
    expect_any_close,
    expect_unchanged,
)
from autograder.spec import Exercise

PAIR = ("keep", "new")

SCAN = Exercise(
    "gpu-scan",
    functions={"scan": reference.scan},
    returns={"scan": PAIR},
    points=3,
    minutes=25,
    difficulty=3,
    hints=(
        "A round with distance s joins the entries from s on, `keep[:, s:]`, with those s before them, `keep[:, :-s]`. "
        "The first s entries have no partner and stay.",
        "`join` wants the earlier piece first: `join((keep[:, :-s], new[:, :-s]), (keep[:, s:], new[:, s:]))`.",
        "What comes back has T - s entries. `torch.cat([keep[:, :s], joined], dim=1)` puts the first ones in front. "
        "Then s doubles, as long as it is below T.",
    ),
    explain="After a round with s each entry stands for 2 s steps. So all of them are done after as many rounds as it "
    "takes for 1, 2, 4, … to reach T. New tensors are made, and none is written to: torch can take the gradient.",
)


def tensor(array):
    """What is a tensor for the student."""
    return np.array(array).view(TensorArray)


def draw(rng, N, T, H, ragged=False):
    """keep in [0, 1], new, h0; with `ragged`, padding keeps all and adds nothing, and one row is nothing else."""
    keep, new = rng.uniform(0.1, 1, (N, T, H)), 0.3 + rng.standard_normal((N, T, H))
    if ragged:
        lengths = rng.permutation(np.append(rng.integers(1, T, N - 1), 0))
        real = (np.arange(T) < lengths[:, None])[:, :, None]
        keep, new = np.where(real, keep, 1), np.where(real, new, 0)
    return keep, new, 0.5 + rng.standard_normal((N, H))


class Joins:
    """A join that counts how often it is called."""

    def __init__(self, join):
        self.join, self.rounds = join, 0

    def __call__(self, *pieces):
        self.rounds += 1
        if len(pieces) != 2 or any(not isinstance(piece, tuple | list) or len(piece) != 2 for piece in pieces):
            raise ValueError("join: expected two pieces, the earlier and the later, each a pair keep, new")
        earlier, later = pieces
        earlier, later = ([np.asarray(part) for part in piece] for piece in (earlier, later))
        for early, late in zip(earlier, later, strict=True):
            if early.shape != late.shape:
                raise ValueError(f"join: expected pieces of one shape, got {early.shape} and {late.shape}")
        return tuple(map(tensor, self.join(earlier, later)))


def largest(earlier, later):
    """Another associative join: keeps add up, and the larger of two stays."""
    return earlier[0] + later[0], np.maximum(earlier[1] + later[0], later[1])


def in_turn(keep, new, join):
    """All prefixes, one after the other."""
    pairs = [(keep[:, 0], new[:, 0])]
    for t in range(1, keep.shape[1]):
        pairs.append(join(pairs[-1], (keep[:, t], new[:, t])))
    return [np.stack(parts, axis=1) for parts in zip(*pairs, strict=True)]


def compare(student, join, keep, new, hint):
    """The student's prefixes against those of the loop. Returns: the rounds they took."""
    joins = Joins(join)
    got = by_name(PAIR, student.scan(tensor(keep), tensor(new), joins))
    expect_all_close(("new", "keep"), got, by_name(PAIR, in_turn(keep, new, join)), f"T = {keep.shape[1]}. {hint}")
    return joins.rounds


@SCAN.check("entry t stands for the steps 0 to t, for any number of steps")
def prefixes(student, rng):
    for sizes in ((2, 1, 3), (3, 2, 4), (2, 8, 3), (3, 13, 2)):
        compare(student, reference.join, *draw(rng, *sizes)[:2], "Which entries have a partner, and which come first?")


@SCAN.check("padding, which keeps all and adds nothing, changes nothing")
def padded(student, rng):
    for sizes in ((4, 6, 3), (3, 11, 2)):
        hint = "The state of a row that has ended stays what it was."
        compare(student, reference.join, *draw(rng, *sizes, ragged=True)[:2], hint)


@SCAN.check("any other join will do: the joining is left to `join`")
def other(student, rng):
    for sizes in ((2, 7, 3), (3, 12, 2)):
        keep, new, _ = draw(rng, *sizes)
        hint = "Here `join` is another one: keeps add up, and of two candidates the larger one stays."
        compare(student, largest, -keep, new, hint)


@SCAN.check("the number of rounds grows like log2 of T")
def rounds(student, rng):
    for T in (5, 21, 64):
        keep, new, _ = draw(rng, 2, T, 3)
        most = 2 * (T - 1).bit_length()
        came = compare(student, largest, -keep, new, "Is every pair joined by `join`?")
        hint = "One call of `join` can join many pairs at once, and after each round the distance doubles."
        expect(came <= most, f"T = {T}: expected at most {most} calls of join, got {came}. {hint}")


@SCAN.check("the caller's tensors are left alone")
def untouched(student, rng):
    keep, new, _ = draw(rng, 2, 6, 3)
    args = tensor(keep), tensor(new)
    got, after = student.scan.with_arguments(*args, Joins(reference.join))
    expect_any_close(by_name(PAIR, got), by_name(PAIR, in_turn(keep, new, reference.join)))
    expect_unchanged(
        PAIR, after[:2], args, "`new[:, s:] = …` writes to the caller's tensor, and torch's gradient fails."
    )
