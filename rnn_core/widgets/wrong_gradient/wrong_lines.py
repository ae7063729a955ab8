"""The lines of two ways back through time, each with other right forms and with wrong ones that are known.

What a game shows is text, and what it runs is that same text.
"""

from typing import NamedTuple


class Line(NamedTuple):
    """A right line, other ways to write it that give the same, and wrong ways, each with the reason."""

    code: str
    same: tuple[str, ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()


RECURRENT = (
    (
        "        dW_hh += h_next.T @ da",
        "W_hh multiplies the state that the step reads, h. h_next is what the step wrote.",
    ),
    (
        "        dW_hh = h.T @ da",
        "The weight acts at every step, so the shares of all steps add up. Here each step replaces the one before it, "
        "and only the share of step 0 is left.",
    ),
)
FROM_ZERO = (
    "        dW_hh += np.where(t, h, 0).T @ da",
    "At step 0 this takes the state before it for zero. Where the net starts from zeros, as in this training, the line "
    "is right, and the two curves are equal: it hides there. With another h0 the share of step 0 is missing.",
)
INPUT = (
    (
        "        dW_xh = x.T @ da",
        "The weight acts at every step, so the shares of all steps add up. Only the share of step 0 is left.",
    ),
)
BIAS = (
    (
        "        db += da.mean(axis=0)",
        "Rows that share a bias add their shares. Where a mean is wanted, the loss holds it already.",
    ),
)
NO_TRANSPOSE = (
    "Forwards unit i acts on unit j by W_hh[i, j]. Backwards the gradient goes from j to i by the same number: the "
    "transpose. At a symmetric W_hh nobody would notice."
)

TANH = (
    Line("def backward(dh, caches):"),
    Line("    x, h0, W_xh, W_hh, _ = caches[0]"),
    Line("    dx, dh_t = [], 0 * h0", ("    dx, dh_t = [], np.zeros_like(h0)",)),
    Line("    dW_xh, dW_hh, db = 0 * W_xh, 0 * W_hh, 0 * h0[0]"),
    Line("    for t in reversed(range(len(caches))):"),
    Line("        x, h, _, _, h_next = caches[t]"),
    Line(
        "        dh_t = dh[:, t] + dh_t",
        ("        dh_t = dh_t + dh[:, t]",),
        (
            (
                "        dh_t = dh[:, t]",
                "At a state two gradients meet, the one from outside and the one from the future. The second is left "
                "out, so no step learns anything from what came after it.",
            ),
        ),
    ),
    Line(
        "        da = dh_t * (1 - h_next**2)",
        ("        da = dh_t * (1 - h_next) * (1 + h_next)",),
        (
            ("        da = dh_t * (1 - h_next)", "The slope of tanh is 1 - h_next**2: the square is missing."),
            (
                "        da = dh_t * (1 - h**2)",
                "The slope is that of the tanh of this step, and h_next came out of it. h came out of the step before.",
            ),
            ("        da = dh_t", "Between the sum a and h_next stands a tanh. Its slope is missing: 1 - h_next**2."),
        ),
    ),
    Line(
        "        dx.insert(0, da @ W_xh.T)",
        ("        dx = [da @ W_xh.T, *dx]",),
        (
            (
                "        dx.insert(0, dh_t @ W_xh.T)",
                "The input stands before the tanh, so its gradient starts from da. The training never uses dx: the two "
                "curves are equal to the last digit, and only measuring x finds it.",
            ),
        ),
    ),
    Line(
        "        dh_t = da @ W_hh.T",
        ("        dh_t = (W_hh @ da.T).T",),
        (
            ("        dh_t = da @ W_hh", NO_TRANSPOSE),
            (
                "        dh_t = dh_t @ W_hh.T",
                "The state before stands behind the tanh, too: the way back to it starts from da and not from dh_t.",
            ),
        ),
    ),
    Line("        dW_xh += x.T @ da", ("        dW_xh = dW_xh + x.T @ da",), INPUT),
    Line("        dW_hh += h.T @ da", ("        dW_hh += (da.T @ h).T",), (*RECURRENT, FROM_ZERO)),
    Line("        db += da.sum(axis=0)", ("        db += np.ones(len(da)) @ da",), BIAS),
    Line("    return np.stack(dx, 1), dh_t, dW_xh, dW_hh, db"),
)

LSTM = (
    Line("def backward(dh, caches):"),
    Line("    x, h0, c0, W_xh, W_hh, *_ = caches[0]"),
    Line("    dx, dh_t, dc_t = [], 0 * h0, 0 * c0"),
    Line("    dW_xh, dW_hh, db = 0 * W_xh, 0 * W_hh, 0 * W_hh[0]"),
    Line("    for t in reversed(range(len(caches))):"),
    Line("        x, h, c, _, _, i, f, g, o, c_next = caches[t]"),
    Line("        s = np.tanh(c_next)"),
    Line("        dh_t = dh[:, t] + dh_t", ("        dh_t = dh_t + dh[:, t]",)),
    Line(
        "        do = dh_t * s",
        ("        do = s * dh_t",),
        (
            (
                "        do = dh_t * c_next",
                "o stood beside s = tanh(c_next) in h_next = o * s: the other factor is s.",
            ),
        ),
    ),
    Line(
        "        d_cell = dc_t + dh_t * o * (1 - s**2)",
        ("        d_cell = dh_t * o * (1 - s**2) + dc_t",),
        (
            (
                "        d_cell = dh_t * o * (1 - s**2)",
                "c_next also goes on to the next step, and from there comes dc_t. The two gradients add. Without it "
                "nothing travels along the cell state, which is what an LSTM is for.",
            ),
            ("        d_cell = dc_t + dh_t * o", "Between c_next and h_next stands a tanh: times 1 - s**2."),
            (
                "        d_cell = (dc_t + dh_t) * o * (1 - s**2)",
                "dc_t arrives at c_next itself, behind no gate and no tanh: only dh_t is multiplied.",
            ),
        ),
    ),
    Line(
        "        df, di, dg = d_cell * c, d_cell * g, d_cell * i",
        ("        df, di, dg = c * d_cell, g * d_cell, i * d_cell",),
        (
            (
                "        df, di, dg = d_cell * c_next, d_cell * g, d_cell * i",
                "f stood beside the old cell state, f * c. c_next is what the step wrote.",
            ),
        ),
    ),
    Line(
        "        da_i = di * i * (1 - i)",
        ("        da_i = di * (i - i**2)",),
        (("        da_i = di * (1 - i**2)", "i came out of a sigmoid: i * (1 - i). 1 - i**2 belongs to tanh."),),
    ),
    Line(
        "        da_f = df * f * (1 - f)",
        ("        da_f = df * (f - f**2)",),
        (("        da_f = df", "f came out of a sigmoid. Its slope is missing: f * (1 - f)."),),
    ),
    Line(
        "        da_g = dg * (1 - g**2)",
        ("        da_g = dg - dg * g**2",),
        (("        da_g = dg * g * (1 - g)", "g came out of tanh: 1 - g**2. g * (1 - g) belongs to a sigmoid."),),
    ),
    Line("        da_o = do * o * (1 - o)", ("        da_o = do * (o - o**2)",)),
    Line("        da = np.hstack([da_i, da_f, da_g, da_o])"),
    Line(
        "        dc_t = d_cell * f",
        ("        dc_t = f * d_cell",),
        (
            (
                "        dc_t = dc_t * f",
                "The old cell state acts through all that c_next does: d_cell * f, with the part that comes through "
                "h_next.",
            ),
            (
                "        dc_t = d_cell",
                "c_next = f * c + i * g: on the way to c the gradient is multiplied by the forget gate.",
            ),
        ),
    ),
    Line(
        "        dh_t = da @ W_hh.T",
        ("        dh_t = (W_hh @ da.T).T",),
        (
            (
                "        dh_t = da_o @ W_hh[:, -len(h0[0]):].T",
                "h acts on all four gates, not on the output gate alone: da @ W_hh.T adds the four parts up.",
            ),
        ),
    ),
    Line("        dx.insert(0, da @ W_xh.T)", ("        dx = [da @ W_xh.T, *dx]",)),
    Line("        dW_xh += x.T @ da", ("        dW_xh = dW_xh + x.T @ da",), INPUT),
    Line("        dW_hh += h.T @ da", ("        dW_hh += (da.T @ h).T",), RECURRENT[1:]),
    Line("        db += da.sum(axis=0)", ("        db += np.ones(len(da)) @ da",), BIAS),
    Line("    return np.stack(dx, 1), dh_t, dc_t, dW_xh, dW_hh, db"),
)
