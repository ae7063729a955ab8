"""Wrong gradients of the gates, known by name."""

import numpy as np

from autograder.checks.lstm.gates import GATES
from rnn_core.activations import sigmoid


def pieces(dh, dc, cache):
    """By name all that the gradient is made of."""
    _, _, c, _, _, i, f, g, o, c_next = cache
    s = np.tanh(c_next)
    return dict(dh=dh, dc=dc, c=c, i=i, f=f, g=g, o=o, c_next=c_next, s=s, d=dc + dh * o * (1 - s**2))


def assembled(p, order="ifgo", d=None, dc=None, **replaced):
    """da and dc, with some of the lines replaced."""
    d = p["d"] if d is None else d
    i, f, g, o = (p[name] for name in "ifgo")
    da = {
        "i": d * g * i * (1 - i),
        "f": d * p["c"] * f * (1 - f),
        "g": d * i * (1 - g**2),
        "o": p["dh"] * p["s"] * o * (1 - o),
    } | replaced
    return np.concatenate([da[name] for name in order], axis=1), d * f if dc is None else dc


WRONG = {}  # name -> words, and what makes (da, dc) of the pieces


def mistake(name, words):
    def add(make):
        WRONG.setdefault(name, []).append((words, make))
        GATES.mistake(name, words, gate_gradients=lambda dh, dc, cache: make(pieces(dh, dc, cache)))

    return add


def by_d(d):
    """All lines right, with another gradient at c_next."""
    return lambda p: assembled(p, d=d(p))


mistake(
    "what arrives at c_next is left out",
    "`c_next` also goes on to the next step, and from there comes `dc_next`. The two gradients add.",
)(by_d(lambda p: p["dh"] * p["o"] * (1 - p["s"] ** 2)))
mistake(
    "what comes through h_next is left out",
    "`c_next` also acts through `h_next = o * tanh(c_next)`: add `dh_next * o * (1 - s**2)` to `dc_next`.",
)(by_d(lambda p: p["dc"]))
mistake(
    "the slope of tanh(c_next) is missing",
    "Between `c_next` and `h_next` stands a tanh: times `1 - s**2`.",
)(by_d(lambda p: p["dc"] + p["dh"] * p["o"]))
mistake(
    "the output gate is missing on the way to c_next",
    "`h_next = o * s`: on the way to `s` the gradient is multiplied by `o`.",
)(by_d(lambda p: p["dc"] + p["dh"] * (1 - p["s"] ** 2)))
mistake(
    "dc_next and dh_next are added as they are",
    "`dh_next` arrives at `h_next`. On its way to `c_next` it passes the output gate and a tanh: `* o * (1 - s**2)`.",
)(by_d(lambda p: p["dc"] + p["dh"]))
mistake(
    "the slope is that of 1 - c_next²",
    "tanh'(c) = 1 - tanh(c)²: the square is that of `s`, what came out of the tanh.",
)(by_d(lambda p: p["dc"] + p["dh"] * p["o"] * (1 - p["c_next"] ** 2)))
mistake(
    "the slope of tanh without its square",
    "The slope of tanh is `1 - s**2`, not `1 - s`.",
)(by_d(lambda p: p["dc"] + p["dh"] * p["o"] * (1 - p["s"])))
mistake(
    "the slope of tanh is taken at the old cell state",
    "`h_next` shows the new cell state: the slope is `1 - np.tanh(c_next)**2`.",
)(by_d(lambda p: p["dc"] + p["dh"] * p["o"] * (1 - np.tanh(p["c"]) ** 2)))
mistake(
    "both parts of d_cell pass the tanh",
    "`dc_next` arrives at `c_next` itself, behind no tanh and no gate: only `dh_next` is multiplied by `o * (1 - "
    "s**2)`.",
)(by_d(lambda p: (p["dc"] + p["dh"]) * p["o"] * (1 - p["s"] ** 2)))

mistake(
    "do stands in d_cell in place of dh_next",
    "`do = dh_next * s` is what the output gate gets. To `s` goes the other product, `ds = dh_next * o`, and then the "
    "slope: `d_cell = dc_next + dh_next * o * (1 - s**2)`.",
)(by_d(lambda p: p["dc"] + p["dh"] * p["s"] * p["o"] * (1 - p["s"] ** 2)))

mistake(
    "the forget gate's gradient takes c_next instead of c",
    "f stood beside the *old* cell state: `f * c`. So its gradient is `d_cell * c`.",
)(lambda p: assembled(p, f=p["d"] * p["c_next"] * p["f"] * (1 - p["f"])))
mistake(
    "the output gate's gradient takes c_next instead of tanh(c_next)",
    "o stood beside `s = tanh(c_next)`: `do = dh_next * s`.",
)(lambda p: assembled(p, o=p["dh"] * p["c_next"] * p["o"] * (1 - p["o"])))
mistake(
    "the output gate's gradient is built from d_cell",
    "The output gate stands behind the cell state: it acts on `h_next` alone, so `do = dh_next * s`.",
)(lambda p: assembled(p, o=p["d"] * p["s"] * p["o"] * (1 - p["o"])))
for names in ("i", "f", "o", "if", "ifo"):
    mistake(
        f"the sigmoid's slope is missing: {', '.join(names)}",
        "Behind each gate stands a sigmoid. From the gate back to its sum the gradient is multiplied by the slope, "
        "`i * (1 - i)`, `f * (1 - f)`, `o * (1 - o)`.",
    )(
        lambda p, names=names: assembled(
            p,
            **{n: {"i": p["d"] * p["g"], "f": p["d"] * p["c"], "o": p["dh"] * p["s"]}[n] for n in names},
        )
    )
mistake(
    "the candidate's tanh is passed without its slope",
    "g came out of a tanh: times `1 - g**2`.",
)(lambda p: assembled(p, g=p["d"] * p["i"]))
mistake(
    "no gate's own slope is there",
    "From each of i, f, g, o back to its sum there is one slope more: `i * (1 - i)` and so on, and `1 - g**2` for g.",
)(lambda p: assembled(p, i=p["d"] * p["g"], f=p["d"] * p["c"], g=p["d"] * p["i"], o=p["dh"] * p["s"]))
mistake(
    "the slopes of the input gate and of the forget gate are missing, and that of the candidate",
    "From each of i, f, g back to its sum there is one slope more: `i * (1 - i)`, `f * (1 - f)`, and `1 - g**2` for g.",
)(lambda p: assembled(p, i=p["d"] * p["g"], f=p["d"] * p["c"], g=p["d"] * p["i"]))
mistake(
    "the candidate gets the slope of a sigmoid",
    "g came out of tanh. Its slope is `1 - g**2`; `g * (1 - g)` belongs to a sigmoid.",
)(lambda p: assembled(p, g=p["d"] * p["i"] * p["g"] * (1 - p["g"])))
for names in ("i", "f", "if"):
    mistake(
        f"the slope of tanh stands at a gate: {', '.join(names)}",
        "i and f came out of a sigmoid: the slope is `i * (1 - i)`. `1 - i**2` belongs to tanh.",
    )(
        lambda p, names=names: assembled(
            p,
            **{n: p["d"] * (p["g"] if n == "i" else p["c"]) * (1 - p[n] ** 2) for n in names},
        )
    )
for names in ("if", "g", "ifg", "ifo", "ifgo"):
    mistake(
        f"sigmoid or tanh is applied a second time: {', '.join(names)}",
        "i, f, g and o in the cache have gone through sigmoid or tanh already. The slope is made of them as they are: "
        "`i * (1 - i)` and so on, and `1 - g**2`.",
    )(
        lambda p, names=names: assembled(
            p,
            **{
                n: {"i": p["d"] * p["g"], "f": p["d"] * p["c"], "g": p["d"] * p["i"], "o": p["dh"] * p["s"]}[n]
                * (1 - np.tanh(p[n]) ** 2 if n == "g" else sigmoid(p[n]) * (1 - sigmoid(p[n])))
                for n in names
            },
        )
    )
mistake(
    "the candidate's slope is taken without its square",
    "The slope of tanh is `1 - g**2`, not `1 - g`.",
)(lambda p: assembled(p, g=p["d"] * p["i"] * (1 - p["g"])))
mistake(
    "i and g take themselves for the factor",
    "In the product `i * g` each factor's gradient is `d_cell` times the *other* one: `di = d_cell * g`, `dg = "
    "d_cell * i`.",
)(lambda p: assembled(p, i=p["d"] * p["i"] * p["i"] * (1 - p["i"]), g=p["d"] * p["g"] * (1 - p["g"] ** 2)))
mistake(
    "f takes itself for the factor",
    "In the product `f * c` each factor's gradient is `d_cell` times the *other* one: `df = d_cell * c`, `dc = d_cell "
    "* f`.",
)(lambda p: assembled(p, f=p["d"] * p["f"] * p["f"] * (1 - p["f"])))
mistake(
    "the input gate and the candidate start from dc_next",
    "`w = i * g` is a part of `c_next`, and gets all that arrives there: start from `d_cell`, not from `dc_next`.",
)(lambda p: assembled(p, i=p["dc"] * p["g"] * p["i"] * (1 - p["i"]), g=p["dc"] * p["i"] * (1 - p["g"] ** 2)))
mistake(
    "the candidate's gradient lacks the input gate",
    "`i * g`: on the way to g the gradient is multiplied by i.",
)(lambda p: assembled(p, g=p["d"] * (1 - p["g"] ** 2)))
mistake(
    "the input gate's gradient lacks the candidate",
    "`i * g`: on the way to i the gradient is multiplied by g.",
)(lambda p: assembled(p, i=p["d"] * p["i"] * (1 - p["i"])))
mistake(
    "the forget gate's gradient lacks the cell state",
    "`f * c`: on the way to f the gradient is multiplied by c, the old cell state.",
)(lambda p: assembled(p, f=p["d"] * p["f"] * (1 - p["f"])))
mistake(
    "the input gate's gradient is built from the cell state",
    "i stood beside the candidate: `i * g`. So its gradient is `d_cell * g`.",
)(lambda p: assembled(p, i=p["d"] * p["c"] * p["i"] * (1 - p["i"])))
mistake(
    "dc is built from dc_next",
    "The old cell state acts through all that `c_next` does: `dc = d_cell * f`, with the part that comes through "
    "`h_next`.",
)(lambda p: assembled(p, dc=p["dc"] * p["f"]))
mistake(
    "dc lacks the forget gate",
    "`f * c`: on the way to the old cell state the gradient is multiplied by f.",
)(lambda p: assembled(p, dc=p["d"]))
mistake(
    "dc is multiplied by c instead of f",
    "`f * c`: the gradient of c takes the other factor, f. `d_cell * c` is the gradient of f.",
)(lambda p: assembled(p, dc=p["d"] * p["c"]))
for order in ("ifog", "figo", "iofg", "oifg", "fiog", "ofig", "gifo", "fgio", "ofgi", "fgoi", "igfo", "iogf"):
    mistake(
        f"da is stacked in the order {', '.join(order)}",
        "The blocks of `da` stand in the order of the columns: i, f, g, o.",
    )(lambda p, order=order: assembled(p, order=order))


@GATES.mistake(
    "dc_next is changed in place",
    "The values are right, but `dc_next += …` writes into the array that the caller still holds.",
)
def in_place(dh_next, dc_next, cache):
    p = pieces(dh_next, dc_next, cache)
    dc_next[...] = p["d"]
    return assembled(p)
