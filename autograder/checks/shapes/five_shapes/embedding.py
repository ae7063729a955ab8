"""A vector for each word: picked forwards, added up backwards."""

import numpy as np

from autograder.compare import expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core.embedding import embed_backward, embed_forward

EMBED = Exercise(
    "shape-embedding",
    functions={"embed_forward": embed_forward, "embed_backward": embed_backward},
    returns={"embed_forward": ("x", "cache"), "embed_backward": ("dE",)},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "Forwards: an array of ids as index picks a row for each of them, `E[ids]`, whatever axes `ids` has.",
        "Backwards: start from zeros of the shape of E. For every place where an id stands, add the `dx` of that "
        "place to the row of that id.",
        "`dE[ids] += dx` reads all rows, adds, and writes them back: an id that stands twice keeps one share. "
        "`np.add.at(dE, ids, dx)` adds them one after the other.",
    ),
    explain="A row of E is a weight that acts in several places, as a recurrent weight acts at several steps: its "
    "gradient is the sum of its shares. `np.add.at` does what `+=` with an array of indices does not.",
)
ROWS = "Row `ids[n, t]` of E, for every place; id 0 is a word like any other."
SUMS = "An id that stands in several places gets the sum of their shares."


def draw(rng, N=3, T=5, D=4, V=7):
    """ids (N, T) in which some repeat, within a row, within a step and across both; E (V, D); dx (N, T, D)."""
    ids = rng.integers(1, V - 1, (N, T))  # the last id never comes
    ids[0, 0] = ids[0, 2] = ids[1, 2] = ids[2, 2] = 0
    ids[1, 1] = ids[1, 3] = ids[2, 3] = 2
    ids[2, 0] = ids[2, 4] = 3
    return ids, 0.3 + rng.standard_normal((V, D)), 0.2 + rng.standard_normal((N, T, D))


@EMBED.check("forwards, each id has its row of E")
def forwards(student, rng):
    ids, E, _ = draw(rng)
    for some in (ids, ids[:, 0], ids[:, :, None]):
        expect_close("x", student.embed_forward(some, E)[0], E[some], ROWS)


@EMBED.check("backwards, the shares of an id add up")
def backwards(student, rng):
    for sizes in ((3, 5, 4, 7), (4, 6, 2, 9)):
        ids, E, dx = draw(rng, *sizes)
        expect_gradient(student, ids, E, dx)


@EMBED.check("any axes of ids, also one place alone")
def axes(student, rng):
    ids, E, dx = draw(rng)
    for some, d in ((ids[2], dx[2]), (ids[:, 2], dx[:, 2]), (ids[:1, :1], dx[:1, :1]), (ids[None], dx[None])):
        expect_gradient(student, some, E, d)


def expect_gradient(student, ids, E, dx):
    _, cache = student.embed_forward(ids, E)
    _, kept = embed_forward(ids, E)
    expect_close("dE", student.embed_backward(dx, cache), embed_backward(dx, kept), SUMS)


@EMBED.check("the caller's arrays are left alone")
def untouched(student, rng):
    ids, E, dx = draw(rng)
    (x, cache), after = student.embed_forward.with_arguments(ids, E)
    expect_unchanged(("ids", "E"), after, (ids, E))
    dE, (dx_after, _) = student.embed_backward.with_arguments(dx, cache)
    right = embed_backward(dx, (ids, E.shape))
    expect_any_close({"x": x, "dE": dE}, {"x": E[ids], "dE": right})
    expect_unchanged(("dx",), [dx_after], [dx])


def collected(add):
    """A wrong `embed_backward`, from what it does to zeros of the shape of E."""

    def embed_backward(dx, cache):
        ids, shape = cache
        dE = np.zeros(shape, dx.dtype)
        found = add(dE, np.asarray(ids), dx)
        return dE if found is None else found

    return embed_backward


def once(dE, ids, dx):
    dE[ids] = dx


def first_share(dE, ids, dx):
    for k in np.unique(ids):
        dE[k] = dx[ids == k][0]


def row_by_row(dE, ids, dx):
    for row, d in zip(ids, dx, strict=True):
        dE[row] += d


def step_by_step(dE, ids, dx):
    for t in range(ids.shape[1]):
        dE[ids[:, t]] += dx[:, t]


def mean(dE, ids, dx):
    np.add.at(dE, ids, dx)
    return dE / np.maximum(np.bincount(ids.ravel(), minlength=len(dE)), 1)[:, None]


def over_places(dE, ids, dx):
    np.add.at(dE, ids, dx)
    return dE / ids.size


def without_zero(dE, ids, dx):
    np.add.at(dE, ids, dx)
    dE[0] = 0


def short(dE, ids, dx):
    np.add.at(dE, ids, dx)
    return dE[: ids.max() + 1]


def shifted(dE, ids, dx):
    np.add.at(dE, ids - 1, dx)


for name, words, add in (
    (
        "an id that repeats is counted once",
        "`dE[ids] = dx` and `dE[ids] += dx` write each row once: of several shares only the last stays. "
        "`np.add.at(dE, ids, dx)` adds every one; so does the product of one-hot vectors with `dx`.",
        once,
    ),
    (
        "an id that repeats is counted once",
        "The first of the places counts here, and the others are lost. All the shares of an id add up.",
        first_share,
    ),
    (
        "an id that repeats within a sequence is counted once",
        "Across sequences your shares add up. Within one, `dE[row] += d` writes a row once, however often its id "
        "stands there. Use `np.add.at`.",
        row_by_row,
    ),
    (
        "an id that repeats within a step is counted once",
        "Across steps your shares add up. Within one step several sequences may have the same word, and "
        "`dE[ids[:, t]] += …` writes its row once. Use `np.add.at`.",
        step_by_step,
    ),
    (
        "the shares are averaged instead of added",
        "Where a word stands twice, both places move the loss. If there is a mean, it is in the loss, and `dx` "
        "carries it already.",
        mean,
    ),
    (
        "the gradient is divided by the number of places",
        "Nothing is averaged here: if the loss is a mean, `dx` carries the divisor already.",
        over_places,
    ),
    (
        "id 0 gets no gradient, as if it were padding",
        "0 is the id of a word. What is padding is told by a mask, and a masked loss makes its `dx` zero.",
        without_zero,
    ),
    ("dE has rows only up to the largest id of the batch", "dE has the shape of E, with zeros for absent ids.", short),
    ("rows are counted from 1", "Id 0 belongs to row 0: ids are places in the vocabulary, counted from 0.", shifted),
    (
        "dx is returned as it came",
        "The gradient has the shape of E. Add the `dx` of each place to the row of its id.",
        lambda dE, ids, dx: dx,
    ),
):
    EMBED.mistake(name, words, embed_backward=collected(add))


def picked(pick):
    """A wrong `embed_forward`, from what it looks up."""
    return lambda ids, E: (pick(ids, E), (ids, E.shape))


EMBED.mistake(
    "id 0 is given zeros, as if it were padding",
    "0 is the id of a word, with a vector of its own. What is padding is told by a mask, not by an id.",
    embed_forward=picked(lambda ids, E: E[ids] * (ids != 0)[..., None]),
)
EMBED.mistake(
    "rows are counted from 1",
    "Id 0 belongs to row 0: ids are places in the vocabulary, counted from 0.",
    embed_forward=picked(lambda ids, E: E[ids - 1]),
)
EMBED.mistake(
    "the vectors of a sequence are added up",
    "Each place keeps a vector of its own: x has the axes of ids, and one more for the D numbers.",
    embed_forward=picked(lambda ids, E: E[ids].sum(axis=1 if np.ndim(ids) > 1 else 0)),
)
EMBED.mistake(
    "one-hot vectors are returned",
    "A one-hot vector says which row; the vector is the row itself, with D numbers: `E[ids]`.",
    embed_forward=picked(lambda ids, E: np.eye(len(E))[ids]),
)
EMBED.mistake(
    "the vectors are scaled",
    "The row is taken as it stands. (Some nets multiply by the root of D; then the way back has that factor, too.)",
    embed_forward=picked(lambda ids, E: E[ids] * np.sqrt(E.shape[1])),
)
EMBED.mistake(
    "the steps stand before the sequences",
    "x has the axes of ids in their order, and the D numbers last.",
    embed_forward=picked(lambda ids, E: E[ids.T]),
)


def zeroed(ids, E):
    E[0] = 0
    return E[ids]


EMBED.mistake(
    "row 0 of the caller's E is set to zero",
    "`E[0] = 0` writes into the array that the caller still holds, and 0 is the id of a word. What is padding is told "
    "by a mask.",
    embed_forward=picked(zeroed),
)
