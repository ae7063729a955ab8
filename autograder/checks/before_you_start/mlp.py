"""A net with one hidden layer, there and back."""

from autograder.checks.before_you_start import reference
from autograder.compare import expect, expect_close, expect_unchanged, same
from autograder.spec import Exercise
from rnn_core import layers

MLP = Exercise(
    "start-mlp",
    functions={"mlp_forward": layers.mlp_forward, "mlp_backward": layers.mlp_backward},
    returns={
        "mlp_forward": ("y", "cache"),
        "mlp_backward": ("dx", "dW_xh", "db", "dW_hy", "db_y"),
    },
    lends={"tanh_backward": reference.tanh_backward, "linear_backward": reference.linear_backward},
    points=5,
    minutes=30,
    difficulty=3,
    hints=(
        "Write the forward map as three lines: a = x W_xh + b, h = tanh(a), y = h W_hy + b_y. Then walk them in "
        "reverse order, one of your two functions a line.",
        "Keep in the cache what the way back reads: x, h and both weight matrices.",
        "Backwards: `dh, dW_hy, db_y = linear_backward(dy, h, W_hy)`, then `da = tanh_backward(dh, h)`. What is left?",
        "`dx, dW_xh, db = linear_backward(da, x, W_xh)`.",
    ),
    explain="Backpropagation is the forward program read from its last line to its first, with each line replaced by "
    "its vector-Jacobian product.",
)
NAMES = ("dx", "dW_xh", "db", "dW_hy", "db_y")


def draw_mlp(rng, N=4, D=3, H=7, V=5):
    shapes = (N, D), (D, H), (H,), (H, V), (V,)
    return [rng.normal(0.1, 0.7, shape) for shape in shapes]


@MLP.check("the scores agree")
def mlp_scores(student, rng):
    for sizes in ((4, 3, 7, 5), (6, 2, 4, 3)):
        args = draw_mlp(rng, *sizes)
        hint = "tanh bends x W_xh + b; the scores themselves stay unbent."
        expect_close("y", student.mlp_forward(*args)[0], layers.mlp_forward(*args)[0], hint=hint)


def _mlp_gradient(name, hint):
    def run(student, rng):
        sizes = 5, 5, 5, 5  # all equal: there a wrong product has values to compare
        args, others, dy = draw_mlp(rng, *sizes), draw_mlp(rng, *sizes), rng.standard_normal((5, 5))
        _, cache = student.mlp_forward(*args)
        student.mlp_forward(*others)  # whoever keeps anything outside the cache now has the wrong one
        got, want = student.mlp_backward(dy, cache), layers.mlp_backward(dy, layers.mlp_forward(*args)[1])
        k = NAMES.index(name)
        expect_close(
            f"{name} (N, D, H and V are 5, and another mlp_forward came in between)", got[k], want[k], hint=hint
        )

    return run


MLP.check("the second layer: dW_hy")(_mlp_gradient("dW_hy", "The last line of the forward map comes first."))
MLP.check("the second layer: db_y")(_mlp_gradient("db_y", "b_y stands in every row of the scores."))
MLP.check("the first layer: dW_xh")(_mlp_gradient("dW_xh", "From dy through W_hy to h, through tanh to a."))
MLP.check("the first layer: db")(_mlp_gradient("db", "From dy through W_hy to h, through tanh to a."))
MLP.check("back to the input: dx")(_mlp_gradient("dx", "From dy to a, and from there through W_xh."))


@MLP.check("sizes that all differ; arrays and cache are left alone", replay=False)  # errors have many wordings
def mlp_untouched(student, rng):
    args = draw_mlp(rng)
    dy = rng.standard_normal((4, 5))
    (y, cache), after = student.mlp_forward.with_arguments(*args)
    first, (dy_after, cache_after) = student.mlp_backward.with_arguments(dy, cache)
    want, want_cache = layers.mlp_forward(*args)
    for name, a, b in zip(("y", *NAMES), (y, *first), (want, *layers.mlp_backward(dy, want_cache)), strict=True):
        expect_close(f"{name} (N, D, H, V = 4, 3, 7, 5)", a, b)
    hint = "`dy *= …` changes an array that others still need."
    expect_unchanged(("x", "W_xh", "b", "W_hy", "b_y", "dy"), (*after, dy_after), (*args, dy), hint)
    hint = "The cache holds the caller's arrays as well: mlp_backward must not write into them."
    expect(same(cache_after, cache), f"cache after mlp_backward: expected what it was before. {hint}")
    again = student.mlp_backward(dy, cache)  # sees what was written into an object
    for name, one, two in zip(NAMES, first, again, strict=True):
        expect_close(f"{name} of a second call with the same cache", two, one, hint=hint)
