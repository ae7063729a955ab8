"""The loop over time: what the net says goes back in, one step later."""

from autograder.checks.feedback_loop import reference
from autograder.compare import expect_close, expect_unchanged
from autograder.spec import Exercise
from rnn_core.activations import softmax

LOOP = Exercise(
    "loop-over-time",
    functions={"loop": reference.loop},
    returns={"loop": ("y",)},
    lends={"joined_step": reference.joined_step},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "One variable holds what the net said last. Before the first picture that is y0.",
        "`for t in range(x.shape[1])`: the pictures of step t are `x[:, t]`, of shape (N, D).",
        "In the loop: `y = joined_step(x[:, t], y, W, b)`. Keep every y, for instance in a list.",
        "T arrays (N, V) become one (N, T, V) by `np.stack(outputs, axis=1)`.",
    ),
    explain="The only memory is the variable y. It is overwritten at every step.",
)


def draw(rng, N=2, T=6, D=3, V=5):
    x, W, b = rng.standard_normal((N, T, D)) + 0.1, 1.5 * rng.standard_normal((D + V, V)), rng.standard_normal(V)
    return [x, softmax(rng.standard_normal((N, V))), W, b]


@LOOP.check("values agree with the reference at every step")
def values(student, rng):
    for T in (6, 4):
        args = draw(rng, T=T)
        hint = "First step right and the second wrong? Look at what is handed on."
        expect_close("y", student.loop(*args), reference.loop(*args), hint=hint)


@LOOP.check("the first step hears y0")
def first(student, rng):
    x, y0, W, b = draw(rng, T=1)
    want = reference.loop(x, y0, W, b)
    expect_close("y", student.loop(x, y0, W, b), want, hint="y0 is joined to the first picture.")
    y0 = y0[:, ::-1].copy()
    expect_close("y with another y0", student.loop(x, y0, W, b), reference.loop(x, y0, W, b))


@LOOP.check("one sequence or many, and the caller's arrays are left alone")
def alone(student, rng):
    args = draw(rng, N=4, T=3)
    y, after = student.loop.with_arguments(*args)
    want = reference.loop(*args)
    expect_close("y", y, want)
    single = student.loop(args[0][:1], args[1][:1], *args[2:])
    expect_close("y of the first sequence alone", single, want[:1])
    expect_unchanged(("x", "y0", "W", "b"), after, args, "Let y be a new array at every step.")
