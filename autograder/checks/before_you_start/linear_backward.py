"""Slopes sent back through a linear map."""

from autograder.checks.before_you_start import reference
from autograder.compare import by_name, expect_any_close, expect_close, expect_unchanged
from autograder.spec import Exercise

NAMES = ("dx", "dW", "db")

LINEAR = Exercise(
    "start-linear-backward",
    functions={"linear_backward": reference.linear_backward},
    returns={"linear_backward": NAMES},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "A gradient has the shape of what it belongs to: dx (N, D), dW (D, H), db (H,). Which products of dy (N, H), "
        "x (N, D) and W (D, H) have these shapes?",
        "`dy @ W.T` is (N, H) times (H, D). For dW the rows must vanish: (D, N) times (N, H).",
        "b is added to every row, so the slopes of all rows add up in db: `dy.sum(axis=0)`.",
    ),
    explain="What broadcasting spreads out in the forward direction is summed on the way back. Shapes nearly "
    "determine the products; equal sizes hide a forgotten transpose.",
)


def draw_linear(rng, N=4, D=3, H=5):
    return rng.standard_normal((N, H)), rng.normal(0.3, 1, (N, D)), rng.standard_normal((D, H))


def _one_gradient(k, name, hint):
    def run(student, rng):
        args = draw_linear(rng, 5, 5, 5)  # equal sizes: there a wrong product has values to compare
        got, want = student.linear_backward(*args)[k], reference.linear_backward(*args)[k]
        expect_close(f"{name} (N, D and H are 5)", got, want, hint=hint)

    return run


LINEAR.check("dx: back to the input")(_one_gradient(0, "dx", "Each input reaches all H results, by its row of W."))
LINEAR.check("dW: one slope a weight")(_one_gradient(1, "dW", "dW[i, j] sums x[n, i] dy[n, j] over the rows n."))
LINEAR.check("db: summed over the rows")(_one_gradient(2, "db", "The same b stands in every row."))


@LINEAR.check("all three, where N, D and H differ", replay=False)  # errors of one mistake have many wordings
def linear_sizes(student, rng):
    for sizes in ((4, 3, 5), (2, 6, 1)):
        args = draw_linear(rng, *sizes)
        got, want = student.linear_backward(*args), reference.linear_backward(*args)
        for name, a, b in zip(NAMES, got, want, strict=True):
            expect_close(f"{name} (N, D, H = {sizes})", a, b)


@LINEAR.check("the caller's arrays are left alone")
def linear_untouched(student, rng):
    args = draw_linear(rng, 5, 5, 5)
    got, after = student.linear_backward.with_arguments(*args)
    expect_any_close(by_name(NAMES, got), by_name(NAMES, reference.linear_backward(*args)))
    expect_unchanged(("dy", "x", "W"), after, args, hint="`dy *= …` changes the caller's array.")


for _name, _words, _version in (
    (
        "W is not transposed",
        "Forwards x @ W adds over the inputs; backwards the sum runs over the results, so W is read the other way "
        "round: `dy @ W.T`. With equal sizes the wrong one runs without an error.",
        lambda dy, x, W: (dy @ W, x.T @ dy, dy.sum(axis=0)),
    ),
    (
        "dW is transposed",
        "`dy.T @ x` has shape (H, D). W has (D, H), and so must its gradient: `x.T @ dy`.",
        lambda dy, x, W: (dy @ W.T, dy.T @ x, dy.sum(axis=0)),
    ),
    (
        "x is not transposed",
        "The sum runs over the examples, so the rows of x must become columns: `x.T @ dy`. With equal sizes "
        "`x @ dy` runs without an error.",
        lambda dy, x, W: (dy @ W.T, x @ dy, dy.sum(axis=0)),
    ),
    (
        "db is not summed over the rows",
        "One b serves all rows: broadcasting copied it N times, so the N slopes add up. db has the shape of b, (H,).",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy),
    ),
    (
        "db kept its axis",
        "With `keepdims=True` the sum has shape (1, H). b has shape (H,), and so must its gradient.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.sum(axis=0, keepdims=True)),
    ),
    (
        "db is summed along the wrong axis",
        "`axis` names the axis that vanishes. The rows must, so `axis=0`; `axis=1` leaves one number an example.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.sum(axis=1)),
    ),
    (
        "db is one number",
        "Without `axis` everything is summed. b has one number a column of W: `dy.sum(axis=0)`.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.sum()),
    ),
    (
        "db is averaged over the rows",
        "The mean was taken in the loss, and its 1 / N stands in dy already. Here slopes add up: `sum`, not `mean`.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.mean(axis=0)),
    ),
    (
        "dW and db are divided by N once more",
        "The mean was taken in the loss, and its 1 / N stands in dy already. Here slopes add up.",
        lambda dy, x, W: (dy @ W.T, x.T @ dy / len(x), dy.mean(axis=0)),
    ),
    (
        "returned in another order",
        "The order is dx, dW, db: that of the arguments x, W, b of the forward map.",
        lambda dy, x, W: (x.T @ dy, dy.sum(axis=0), dy @ W.T),
    ),
):
    LINEAR.mistake(_name, _words, linear_backward=_version)
