"""Letters drawn from strokes, in words whose last letter is hard to read alone: is it a Y or a T?

A glyph is shifted by up to one pixel and covered with Gaussian noise. Whoever writes a Y or a T mixes the two:
the picture holds a share of Y and the rest of T, every share of `SHARES` as often as any other, and the
larger the share the likelier a Y is meant. All else in a picture is one of finitely many cases, so that what
can be known from it, `posterior`, is an exact sum and no estimate.
"""

from itertools import pairwise, permutations

import numpy as np

from rnn_core.activations import softmax
from rnn_core.errors import NameMismatchError, RangeError, check_ids, check_shapes

SIZE = 12  # pixels a side
D = SIZE * SIZE
LETTERS = "AELNOSTY"
NOISE = 0.2  # standard deviation of a pixel; ink is 1 and paper is 0
SHARES = np.linspace(0, 1, 11)  # shares of Y in a mixture of Y and T
SLOPE = np.log(31)  # a clear Y (share 1) is meant as Y 31 times as often as it is meant as T

# Polylines on a field from (0, 0), top left, to (1, 1): points (across, down).
STROKES = {
    "A": [[(0, 1), (0.5, 0), (1, 1)], [(0.22, 0.62), (0.78, 0.62)]],
    "E": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, 0.5), (0.8, 0.5)]],
    "L": [[(0, 0), (0, 1), (1, 1)]],
    "N": [[(0, 1), (0, 0), (1, 1), (1, 0)]],
    "T": [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]],
    "Y": [[(0, 0), (0.5, 0.5), (1, 0)], [(0.5, 0.5), (0.5, 1)]],
}


def _arc(across, down, radii, degrees):
    """Points on an ellipse; angles run clockwise on the screen, from the right."""
    angle = np.radians(np.linspace(*degrees, 25))
    return list(zip(across + radii[0] * np.cos(angle), down + radii[1] * np.sin(angle), strict=True))


STROKES["O"] = [_arc(0.5, 0.5, (0.5, 0.5), (0, 360))]
STROKES["S"] = [_arc(0.5, 0.25, (0.5, 0.25), (-20, -270)) + _arc(0.5, 0.75, (0.5, 0.25), (-90, 160))]


def draw(letter):
    """Draw a letter without shift or noise: 1 within half a pixel of a stroke's middle, fading over one pixel.

    Returns: array (12, 12), ink 1 and paper 0.
    Raises: NameMismatchError for a letter without strokes.
    """
    if letter not in STROKES:
        raise NameMismatchError(f"letter: expected one of {LETTERS}, got {letter!r}")
    row, column = np.mgrid[:SIZE, :SIZE]
    pixels = np.stack([column, row], axis=-1).astype(float)  # (12, 12, 2)
    distance = np.full((SIZE, SIZE), np.inf)
    for line in STROKES[letter]:
        points = np.array(line) * (6.0, 7.0) + (2.5, 2.0)  # a margin of two pixels: no shift cuts ink off
        for a, b in pairwise(points):
            along = np.clip((pixels - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)[..., None]
            distance = np.minimum(distance, np.linalg.norm(pixels - a - along * (b - a), axis=-1))
    return np.clip(1.5 - distance, 0, 1)


def blend(share):
    """Mix a Y and a T: `share` of the Y's ink, the rest of the T's.

    Returns: array (12, 12). Raises: RangeError for a share outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise RangeError(f"share: expected a number from 0 to 1, got {share}")
    return share * draw("Y") + (1 - share) * draw("T")


def shifts(image):
    """The nine ways to place a glyph: moved by -1, 0 or 1 pixels down and across.

    Returns: array (9, 12, 12).
    """
    return np.array([np.roll(image, (down, across), (0, 1)) for down in (-1, 0, 1) for across in (-1, 0, 1)])


def share_probabilities():
    """How a Y and a T are written: p(share | Y) and p(share | T) over `SHARES`.

    All shares are equally common over both letters, and p(Y) / p(T) grows evenly on a logarithmic scale,
    from 1/31 at share 0 to 31 at share 1.

    Returns: two arrays (11,) that each sum to 1.
    """
    y = 1 / (1 + np.exp(-SLOPE * (2 * SHARES - 1)))  # p(Y | share) when both letters are equally common
    return y / y.sum(), (1 - y) / (1 - y).sum()


def templates():
    """Every picture that a letter can have before noise, with its probability.

    Returns: dict from each letter to images (K, D) and their probabilities (K,); K is 9, or 99 for Y and T.
    """
    table = {}
    for letter in LETTERS:
        images, p = [draw(letter)], np.ones(1)
        if letter in "YT":
            images, p = [blend(share) for share in SHARES], share_probabilities()["YT".index(letter)]
        table[letter] = np.concatenate([shifts(image) for image in images]).reshape(-1, D), np.repeat(p / 9, 9)
    return table


TEMPLATES = templates()


def encode(words):
    """Words of one length as ids of `LETTERS`.

    Returns: integers (number of words, T). Raises: NameMismatchError for a letter without strokes.
    """
    for letter in "".join(words):
        if letter not in LETTERS:
            raise NameMismatchError(f"words: expected letters of {LETTERS}, got {letter!r}")
    return np.array([[LETTERS.index(letter) for letter in word] for word in words])


def write(rng, ids, share=None, noise=NOISE):
    """Write each letter by hand: shifted, a Y or a T as a mixture, and with noise over it.

    Shapes: ids (...) of `LETTERS`; the result (..., D).
    Units: ink 1 and paper 0; noise is the standard deviation in the same units; share from 0 (all T) to
        1 (all Y) fixes every mixture, None draws each as the letter's writer does.
    Raises: DtypeError, RangeError for ids that are no letters; RangeError for a share outside [0, 1].
    """
    ids = check_ids("ids", ids, len(LETTERS))
    x = noise * rng.standard_normal((*ids.shape, D))
    for k, letter in enumerate(LETTERS):
        images, p = TEMPLATES[letter]
        if share is not None and letter in "YT":
            images, p = shifts(blend(share)).reshape(-1, D), np.full(9, 1 / 9)
        here = ids == k
        x[here] += images[rng.choice(len(images), size=np.count_nonzero(here), p=p)]
    return x


def sample_words(rng, words, N, share=None, noise=NOISE):
    """Draw N words by their probabilities and write them.

    Shapes: words is a dict from words of one length T to their probabilities.
    Units: share and noise as for `write`.
    Returns: x (N, T, D) and targets (N, T), the ids of the letters that were meant.
    """
    ids, p = encode(words), np.array(list(words.values()))
    targets = ids[rng.choice(len(ids), size=N, p=p / p.sum())]
    return write(rng, targets, share, noise), targets


def log_likelihood(x, noise=NOISE):
    """log p(picture | letter) for every letter: an exact sum over all shifts and mixtures.

    Shapes: x (..., D); the result (..., V), V = len(LETTERS).
    Units: nats, up to a constant for each picture that is the same for all letters.
    """
    check_shapes(x=(np.reshape(x, (-1, np.shape(x)[-1])), ("N", D)))
    columns = []
    for images, p in TEMPLATES.values():
        a = (x @ images.T - 0.5 * (images**2).sum(axis=1)) / noise**2 + np.log(p)  # without |x|^2: the constant
        top = a.max(axis=-1, keepdims=True)
        columns.append(top[..., 0] + np.log(np.exp(a - top).sum(axis=-1)))
    return np.stack(columns, axis=-1)


def posterior(x, words, context=True, noise=NOISE):
    """The best belief about each letter there can be: from its picture alone, or from all pictures up to it.

    Exact, for someone who knows how words are drawn and written. From its picture alone a letter counts, before
    it is seen, as its share of all letters in the words.

    Shapes: x (N, T, D); words as for `sample_words`; the result (N, T, V), which sums to 1 over V.
    """
    score, ids = log_likelihood(x, noise), encode(words)  # (N, T, V), (words, T)
    p = np.array(list(words.values())) / sum(words.values())
    T, V = score.shape[1:]
    if not context:
        share = p @ np.eye(V)[ids].mean(axis=1)  # (V,)
        with np.errstate(divide="ignore"):  # a letter in none of the words
            return softmax(score + np.log(share))
    evidence = score[:, np.arange(T), ids].cumsum(axis=-1)  # (N, words, T): for each word, up to each step
    belief = softmax(evidence + np.log(p)[:, None], axis=1)  # in each word
    return np.einsum("nwt,wtv->ntv", belief, np.eye(V)[ids])


def reorder(words, order):
    """The same words with their letters in another order, one for all words.

    Shapes: order lists the old places: (2, 1, 0, 3) turns SONY into NOSY. Returns: a dict of words.
    """
    return {"".join(word[k] for k in order): p for word, p in words.items()}


def shuffle(words):
    """The same words with the letters before the last in any order, all orders equally likely.

    Returns: a dict of words with their probabilities.
    """
    shuffled = {}
    for word, p in words.items():
        orders = list(permutations(word[:-1]))
        for order in orders:
            text = "".join(order) + word[-1]
            shuffled[text] = shuffled.get(text, 0) + p / len(orders)
    return shuffled
