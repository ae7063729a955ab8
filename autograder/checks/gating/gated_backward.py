"""The gradient of one step of the soft switch."""

from autograder.checks.gating import reference
from autograder.checks.gating.gated_step import draw
from autograder.compare import by_name, expect_all_close, expect_any_close, expect_unchanged
from autograder.spec import Exercise

ORDER = ("dx", "dh", "dW_xh", "dW_hh", "db")

BACK = Exercise(
    "gate-step-backward",
    functions={"gated_step_backward": reference.gated_step_backward},
    returns={"gated_step_backward": ORDER},
    points=4,
    minutes=25,
    difficulty=3,
    hints=(
        "Three things stand in (1 - g) h + g n: h, n and g. `da_n` and `da_g` belong to the sums inside tanh and "
        "sigmoid.",
        "A nudge of g adds n and takes away h: the factor is `n - h`. Behind it stands the slope of the sigmoid, "
        "`g * (1 - g)`.",
        "`h` acts straight, with the factor `1 - g`, and through both sums: `dh_next * (1 - g) + da @ W_hh.T`.",
        "`da_n = dh_next * g * (1 - n**2)`, `da_g = dh_next * (n - h) * g * (1 - g)`, then "
        "`da = np.hstack([da_g, da_n])` and `dW_hh = h.T @ da`, `db = da.sum(axis=0)`.",
    ),
    explain="The straight path is the point of a gate: where g is near 0, dh is dh_next nearly unchanged, without a "
    "product of weights. The gate itself learns by n - h: where old and new are the same, there is nothing to decide.",
)


def draw_back(rng, N=2, D=3, H=5):
    """dh_next and the cache of one step; all sizes differ."""
    args = draw(rng, N, D, H)
    return 0.3 + rng.standard_normal((N, H)), reference.gated_step_forward(*args)[1]


def both(student, dh_next, cache):
    functions = student.gated_step_backward, reference.gated_step_backward
    return (by_name(ORDER, f(dh_next, cache)) for f in functions)


def compare(student, rng, names, hint):
    """Compare some of the gradients, of a usual size and tiny."""
    for sizes, scale in (((2, 3, 5), 1.0), ((4, 1, 2), 1e-9)):
        dh_next, cache = draw_back(rng, *sizes)
        expect_all_close(names, *both(student, scale * dh_next, cache), hint)


@BACK.check("db: what arrives at the two sums")
def sums(student, rng):
    hint = "The first H numbers come by the gate: n - h, and the sigmoid's slope. The others by the candidate."
    compare(student, rng, ("db",), hint)


@BACK.check("dh: straight, by the candidate and by the gate")
def state(student, rng):
    compare(student, rng, ("dh",), "Three ways lead back to h: the factor 1 - g, and both sums through `W_hh`.")


@BACK.check("dx, dW_xh and dW_hh")
def weights(student, rng):
    compare(student, rng, ("dx", "dW_xh", "dW_hh"), "All from `da`, the gate's columns first.")


@BACK.check("through a shut gate the gradient passes unchanged")
def shut(student, rng):
    args = draw(rng)
    args[4][:5] = -1e3
    cache = reference.gated_step_forward(*args)[1]
    hint = "With g = 0 the step hands `dh_next` on as it is, and no weight gets anything."
    expect_all_close(ORDER, *both(student, 0.3 + rng.standard_normal((2, 5)), cache), hint)


@BACK.check("the caller's arrays are left alone")
def untouched(student, rng):
    dh_next, cache = draw_back(rng)
    got, (dh_after, cache_after) = student.gated_step_backward.with_arguments(dh_next, cache)
    expect_any_close(by_name(ORDER, got), by_name(ORDER, reference.gated_step_backward(dh_next, cache)))
    hint = "`dh_next *= …` changes the caller's array; `dh_next * …` makes a new one."
    expect_unchanged(("dh_next",), (dh_after,), (dh_next,), hint)
    names = (f"{name} in the cache" for name in ("x", "h", "W_xh", "W_hh", "g", "n"))
    expect_unchanged(names, cache_after, cache, hint)
