"""Wrong skeletons, known by name."""

import numpy as np

from autograder.checks.shapes.five_shapes import reference
from autograder.checks.shapes.five_shapes.reference import run_cell
from autograder.checks.shapes.five_shapes.skeleton import SKELETON


def mistake(name, words, shape, make):
    """A wrong version in one of the shapes: from x, the mask, the weights and the output layer."""

    def shaped_outputs(asked, x, mask, params):
        if asked != shape:
            return reference.shaped_outputs(asked, x, mask, params)
        return make(x, np.asarray(mask, bool), params, lambda h: h @ params["W_hy"] + params["b_y"])

    SKELETON.mistake(name, words, shaped_outputs=shaped_outputs)


def repeated(x):
    return np.repeat(x[:, :1], x.shape[1], axis=1)


mistake(
    "one-to-many: the first input goes in at every step",
    "That is a net of its own right, and not the one asked for: here the input goes in once, and zeros after it. What "
    "the net knows later, it knows from its state.",
    "one-to-many",
    lambda x, m, p, out: out(run_cell(repeated(x), p)),
)
mistake(
    "one-to-many: the later inputs are read",
    "Of `x` only step 0 goes in. Later steps get zeros.",
    "one-to-many",
    lambda x, m, p, out: out(run_cell(x, p)),
)
mistake(
    "one-to-many: one output only",
    "There is an output at every step, T of them: the cell runs on with zeros for an input.",
    "one-to-many",
    lambda x, m, p, out: out(run_cell(x[:, :1], p)[:, 0]),
)
mistake(
    "one-to-many: the first state is used at every step",
    "The state goes on changing, although nothing more comes in: run the cell over all T steps.",
    "one-to-many",
    lambda x, m, p, out: out(repeated(run_cell(x, p))),
)
mistake(
    "one-to-many: the output of the first step is left out",
    "There are T outputs, as many as `x` has steps; the step that reads the input is the first of them.",
    "one-to-many",
    lambda x, m, p, out: out(run_cell(x * (np.arange(x.shape[1]) == 0)[:, None], p)[:, 1:]),
)
mistake(
    "one-to-many: one step too few",
    "There are T outputs: the step that reads the input, and T - 1 steps that read zeros.",
    "one-to-many",
    lambda x, m, p, out: out(run_cell(x * (np.arange(x.shape[1]) == 0)[:, None], p)[:, :-1]),
)
mistake(
    "one-to-many: outputs are zero where the mask is False",
    "The mask says where *inputs* are padding. In this shape the later inputs are not read at all, and every step has "
    "an output.",
    "one-to-many",
    lambda x, m, p, out: out(run_cell(x * (np.arange(x.shape[1]) == 0)[:, None], p)) * m[..., None],
)
mistake(
    "many-to-one: the last column is read",
    "In a short row the last column is padding. `last_real(h, mask)` takes each row at its own end.",
    "many-to-one",
    lambda x, m, p, out: out(run_cell(x, p)[:, -1]),
)
mistake(
    "many-to-one: the inputs at the padding are set to zero, and the last column is read",
    "With zeros for an input the cell runs on all the same, and the state goes on changing. `last_real(h, mask)` takes "
    "each row at its own end.",
    "many-to-one",
    lambda x, m, p, out: out(run_cell(x * m[..., None], p)[:, -1]),
)
mistake(
    "many-to-one: an output at every step",
    "One output a row: the output layer is applied to one state of each row, (N, H), and gives (N, V).",
    "many-to-one",
    lambda x, m, p, out: out(run_cell(x, p)),
)
mistake(
    "many-to-one: the mean over the real steps",
    "All outputs but the last are ignored here. A mean is another read-out.",
    "many-to-one",
    lambda x, m, p, out: (out(run_cell(x, p)) * m[..., None]).sum(axis=1) / np.maximum(m.sum(axis=1), 1)[:, None],
)
mistake(
    "many-to-one: the mean of the states over the real steps",
    "All states but the last real one are ignored here. A mean is another read-out.",
    "many-to-one",
    lambda x, m, p, out: out((run_cell(x, p) * m[..., None]).sum(axis=1) / np.maximum(m.sum(axis=1), 1)[:, None]),
)
mistake(
    "many-to-one: the output of an empty row is set to zero",
    "An empty row has a state of zeros, from `last_real`; its output is what the output layer makes of that, which is "
    "the bias `b_y`.",
    "many-to-one",
    lambda x, m, p, out: out(reference.last_real(run_cell(x, p), m)) * m.any(axis=1)[:, None],
)
mistake(
    "aligned: the padding has outputs",
    "Where the mask is False there is no output: multiply by `mask[..., None]`.",
    "aligned many-to-many",
    lambda x, m, p, out: out(run_cell(x, p)),
)
mistake(
    "aligned: the inputs are masked, not the outputs",
    "With zeros for an input the cell runs on all the same, and its outputs are not 0. The mask belongs behind the "
    "output layer.",
    "aligned many-to-many",
    lambda x, m, p, out: out(run_cell(x * m[..., None], p)),
)
mistake(
    "aligned: the states are masked, not the outputs",
    "A state of zeros has the output `b_y`, not 0. The mask belongs behind the output layer.",
    "aligned many-to-many",
    lambda x, m, p, out: out(run_cell(x, p) * m[..., None]),
)
mistake(
    "aligned: only the last output",
    "There is an output at every real step: (N, T, V).",
    "aligned many-to-many",
    lambda x, m, p, out: out(reference.last_real(run_cell(x, p), m)),
)
mistake(
    "aligned: the mask is the wrong way round",
    "True stands for what is real, and its outputs stay.",
    "aligned many-to-many",
    lambda x, m, p, out: out(run_cell(x, p)) * ~m[..., None],
)


def everywhere(name, words, change):
    """A wrong version in all shapes, in place of the weights: `change` gives other params and what is made of y."""

    def shaped_outputs(shape, x, mask, params):
        if shape == "one-to-one":  # this line is given
            return reference.shaped_outputs(shape, x, mask, params)
        return change(shape, x, mask, params)

    SKELETON.mistake(name, words, shaped_outputs=shaped_outputs)


everywhere(
    "the bias of the output layer is missing",
    "The output layer is `h @ W_hy + b_y`.",
    lambda shape, x, mask, p: reference.shaped_outputs(shape, x, mask, {**p, "b_y": 0 * p["b_y"]}),
)
everywhere(
    "the states are returned",
    "What is asked for are outputs, `h @ W_hy + b_y`, with V numbers each.",
    lambda shape, x, mask, p: reference.shaped_outputs(
        shape, x, mask, {**p, "W_hy": np.eye(len(p["W_hh"])), "b_y": np.zeros(len(p["W_hh"]))}
    ),
)


@SKELETON.mistake(
    "the caller's x is set to zero after its first step",
    "`x[:, 1:] = 0` writes into the array that the caller still holds. Make an array of zeros and write the first step "
    "into it.",
)
def zeroed(shape, x, mask, params):
    y = reference.shaped_outputs(shape, x, mask, params)
    if shape == "one-to-many":
        x[:, 1:] = 0
    return y
