"""Ten characters learned by heart."""

import numpy as np

from autograder.checks.bptt import reference
from autograder.compare import expect, expect_finite, expect_shape
from autograder.spec import Exercise
from rnn_core.activations import softmax
from rnn_core.character_model import char_forward

TEN = Exercise(
    "bptt-ten",
    functions={"overfit": reference.overfit},
    returns={"overfit": ("params",)},
    lends={"chunk_gradients": reference.chunk_gradients, "clip_by_global_norm": reference.clip_by_global_norm},
    points=3,
    minutes=20,
    difficulty=2,
    seconds=5.0,
    hints=(
        "The text is one row: `inputs = ids[None, :-1]`, `targets = ids[None, 1:]`, `h0 = np.zeros((1, H))`.",
        "In each round: gradients of the whole text, clipped, and a step `params[name] -= 0.5 * grads[name]`.",
        "A hundred rounds with H = 32, a limit of 1 and a learning rate of 0.5 are enough.",
    ),
    explain="Ten characters and a thousand weights: if the loss does not go to zero here, the fault is in the program, "
    "not in the model or in the data. That is why this is tried first.",
)
V = 6


def draw(rng):
    """Ten ids in which each character is followed by different ones: without memory nobody can know the next."""
    first = rng.permutation(V)[:4]
    return np.concatenate([first, first[::-1], first[[1, 3]]])


@TEN.check("every next character is the likeliest", replay=False)
def likeliest(student, rng):
    ids, p = learned(student, rng)
    right = p.argmax(axis=-1) == ids[1:]
    expect(
        bool(right.all()),
        f"Your model names the next character at {int(right.sum())} of 9 places; the first miss is at place "
        f"{int(np.argmin(right))}. Read from an initial state of zeros.",
    )


@TEN.check("it is sure of each: at least 80 percent", replay=False)
def sure(student, rng):
    ids, p = learned(student, rng)
    p = p[np.arange(9), ids[1:]]
    expect(bool(p.min() > 0.8), f"The least probability of a right next character is {p.min():.2f}. Train for longer?")


def learned(student, rng):
    """Ten ids, and what one net says of them, trained once for both checks."""

    def train():
        ids = draw(rng)
        return ids, predicted(student, ids, rng)

    return student.once("net", train)


def predicted(student, ids, rng):
    """The probabilities (9, V) that the returned parameters give to each next character."""
    params = student.overfit(ids, V, rng)
    expect(isinstance(params, dict), f"overfit returns the dict of parameters; yours returned {type(params).__name__}.")
    for name in ("W_xh", "W_hh", "b", "W_hy", "b_y"):
        expect(name in params, f"The parameters lack {name}; they hold {', '.join(map(str, params))}.")
    params = {name: np.asarray(p, dtype=float) for name, p in params.items()}
    H = params["W_hh"].shape[0]
    for name, shape in (("W_xh", (V, H)), ("W_hh", (H, H)), ("b", (H,)), ("W_hy", (H, V)), ("b_y", (V,))):
        expect_shape(name, params[name], shape)
        expect_finite(name, params[name], "Smaller steps?")
    return softmax(char_forward(params, ids[None, :-1])[0][0])
