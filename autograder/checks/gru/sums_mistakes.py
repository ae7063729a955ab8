"""Wrong ways back to the two sums, known by name."""

import numpy as np

from autograder.checks.gru import reference
from autograder.checks.gru.sums import SUMS
from rnn_core.activations import sigmoid


def sums_mistake(name, words):
    """Name a wrong version by what it makes of g = dh_next and h, r, z, n, u_n: the parts da_r, da_z, da_n, du_n."""

    def add(compute):
        def sum_gradients(dh_next, cache):
            _, h, _, _, r, z, n, u_n = cache
            da_r, da_z, da_n, du_n = compute(dh_next, h, r, z, n, u_n)
            return np.hstack([da_r, da_z, da_n]), np.hstack([da_r, da_z, du_n])

        SUMS.mistake(name, words, sum_gradients=sum_gradients)

    return add


def parts(g, h, r, z, n, u_n, *, dz=None, dn=None, slope=None, dr=None, slope_r=None, slope_z=None, du_n=None):
    """All four parts, with one link of the chain replaced."""
    dz = g * (h - n) if dz is None else dz
    dn = g * (1 - z) if dn is None else dn
    da_n = dn * (1 - n**2 if slope is None else slope)
    dr = da_n * u_n if dr is None else dr(da_n, dn)
    da_r = dr * (r * (1 - r) if slope_r is None else slope_r)
    da_z = dz * (z * (1 - z) if slope_z is None else slope_z)
    return da_r, da_z, da_n, da_n * r if du_n is None else du_n(da_n, dn)


BOTH = "r * u_n is a product: what arrives at it goes to r with the factor u_n, and to u_n with the factor r."
TANH = "n is a tanh. Its slope, taken from what came out of it, is `1 - n**2`."
SIGMOID = "r is a sigmoid. Its slope, taken from what came out of it, is `r * (1 - r)`."

sums_mistake(
    "dz has the wrong sign",
    "z multiplies the old state, and 1 - z the candidate: more z moves `h_next` from n towards h, by h - n. In the "
    "convention in which z takes the new it is n - h.",
)(lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dz=g * (n - h)))
sums_mistake(
    "dz forgets that z also holds the candidate back",
    "z stands twice in the last line: `z * h` and `(1 - z) * n`. Both count: h - n.",
)(lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dz=g * h))
sums_mistake(
    "dn is taken with z instead of 1 - z",
    "The candidate's share in `h_next` is 1 - z; z is the share of the old state.",
)(lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dn=g * z))
sums_mistake("dn goes without its share 1 - z", "The candidate comes in with the share 1 - z, and so does dn.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dn=g)
)
sums_mistake("the tanh of n is passed without its slope", TANH)(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope=1.0)
)
sums_mistake("the slope of tanh without its square", TANH)(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope=1 - n)
)
sums_mistake("the slope of a sigmoid is taken for n", f"{TANH} `n * (1 - n)` belongs to a sigmoid.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope=n * (1 - n))
)
sums_mistake("tanh is applied to n a second time", f"{TANH} n is a tanh already.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope=1 - np.tanh(n) ** 2)
)
sums_mistake("r gets its gradient from h instead of from u_n", f"{BOTH} u_n = h W_hn + b_hn is in the cache.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dr=lambda da_n, dn: da_n * h)
)
sums_mistake(
    "r gets its gradient from dn, before the slope of tanh", "r stands inside the tanh: start from `da_n`, not from dn."
)(lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dr=lambda da_n, dn: dn * u_n))
sums_mistake("r gets its gradient without the factor u_n", BOTH)(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dr=lambda da_n, dn: da_n)
)
sums_mistake(
    "r gets its gradient from what has passed r",
    "du_n holds the factor r already, and that belongs to u_n's side of the product. r's side is `da_n * u_n`.",
)(lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dr=lambda da_n, dn: da_n * r * u_n))
sums_mistake("r gets its gradient from n instead of from u_n", f"{BOTH} u_n = h W_hn + b_hn is in the cache.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dr=lambda da_n, dn: da_n * n)
)
sums_mistake(
    "both factors of r * u_n start from dn, before the slope of tanh",
    "The product stands inside the tanh: both factors start from `da_n`, not from dn.",
)(lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dr=lambda da_n, dn: dn * u_n, du_n=lambda da_n, dn: dn * r))
sums_mistake("the sigmoid is applied to r a second time", f"{SIGMOID} r in the cache is a sigmoid already.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope_r=sigmoid(r) * (1 - sigmoid(r)))
)
sums_mistake("the sigmoid of r is passed without its slope", SIGMOID)(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope_r=1.0)
)
sums_mistake("the slope of tanh is taken for r", f"{SIGMOID} `1 - r**2` belongs to tanh.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope_r=1 - r**2)
)
sums_mistake("the slope of z is taken for r", SIGMOID)(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope_r=z * (1 - z))
)
sums_mistake("half of the slope of r", f"{SIGMOID} Both factors.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope_r=1 - r)
)
sums_mistake("the sigmoid of z is passed without its slope", "z is a sigmoid: its slope is `z * (1 - z)`.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, slope_z=1.0)
)
sums_mistake("at u_n the factor r is missing", f"{BOTH} So `du_n = da_n * r`.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, du_n=lambda da_n, dn: da_n)
)
sums_mistake(
    "at u_n the gradient starts from dn, before the slope of tanh",
    "u_n stands inside the tanh: `du_n = da_n * r`, not `dn * r`.",
)(lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, du_n=lambda da_n, dn: dn * r))
sums_mistake("at u_n the factor u_n instead of r", f"{BOTH} The factors cross over.")(
    lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, du_n=lambda da_n, dn: da_n * u_n)
)
sums_mistake(
    "dr and du_n are exchanged",
    f"{BOTH} The factors cross over.",
)(lambda g, h, r, z, n, u_n: parts(g, h, r, z, n, u_n, dr=lambda da_n, dn: da_n * r, du_n=lambda da_n, dn: da_n * u_n))


def reset_reaches_input(g, h, r, z, n, u_n):
    da_r, da_z, da_n, du_n = parts(g, h, r, z, n, u_n)
    return da_r, da_z, da_n * r, du_n


sums_mistake(
    "at a_n the factor r is too much",
    "r multiplies u_n, not a_n. At a_n the gradient is da_n itself.",
)(reset_reaches_input)


def everywhere(dh_next, cache):
    da, _ = reference.sum_gradients(dh_next, cache)
    return da, da * np.tile(cache[4], 3)


SUMS.mistake(
    "the factor r is in all columns of du",
    "r multiplies u_n alone. u_r and u_z stand in their gates without it: there du is da.",
    sum_gradients=everywhere,
)


def reordered(order):
    def sum_gradients(dh_next, cache):
        whole = reference.sum_gradients(dh_next, cache)
        return tuple(np.hstack([np.split(d, 3, axis=1)[k] for k in order]) for d in whole)

    return sum_gradients


SUMS.mistake(
    "the columns are stacked z, r, n",
    "The order is that of the weights: r, z, n.",
    sum_gradients=reordered((1, 0, 2)),
)


def in_place(dh_next, cache):
    result = reference.sum_gradients(dh_next, cache)
    dh_next *= 1 - cache[5]
    return result


SUMS.mistake(
    "dh_next is changed in place",
    "The values are right, but `dh_next *= …` writes into the array that the caller still holds.",
    sum_gradients=in_place,
)
