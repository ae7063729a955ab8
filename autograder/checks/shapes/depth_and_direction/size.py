"""How many parameters a stack has, and how many units it may have for a number of parameters."""

from autograder.checks.shapes.depth_and_direction import reference
from autograder.compare import CheckFailed, expect_equal
from autograder.spec import Exercise
from autograder.wording import brief

SIZE = Exercise(
    "deep-units",
    functions={"net_size": reference.net_size, "units_for": reference.units_for},
    returns={"net_size": ("size",), "units_for": ("H",)},
    points=2,
    minutes=15,
    difficulty=2,
    hints=(
        "Write down the shapes of all arrays of a net with two layers. Which of them contain D, which V?",
        "A layer has three arrays: W_xh, W_hh and b. In layer 1 W_xh is (D, H). What does layer 2 read, so what is the "
        "shape of its W_xh?",
        "Layer 1: `D * H + H * H + H`. Each layer above: `H * H + H * H + H`. The output layer: `H * V + V`, once.",
        "`units_for`: start at 0 and go up by one, as long as `net_size(D, H + 1, V, layers) <= budget`.",
    ),
    explain="Only layer 1 sees D and only the output layer sees V. A layer above costs about 2 H squared, so for the "
    "same number of parameters a deeper net is a narrower one.",
)


def expect_count(name, got, want, hint):
    """A whole number: which may come as a float, as from numpy or a division."""
    try:
        whole = not isinstance(got, str) and float(got) == int(got)
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise CheckFailed(f"{name}: expected a whole number, got {brief(got)}.")
    expect_equal(name, int(got), want, hint)


def sizes(rng):
    """D, H, V, all different."""
    return (int(n) for n in rng.permutation([3, 5, 7, 11, 13])[:3])


@SIZE.check("net_size: one layer is the cell of lesson 2 with its output layer")
def one(student, rng):
    D, H, V = sizes(rng)
    hint = "Five arrays: W_xh, W_hh, b, W_hy, b_y."
    expect_count(f"net_size({D}, {H}, {V}, 1)", student.net_size(D, H, V, 1), reference.net_size(D, H, V, 1), hint)


@SIZE.check("net_size: two and more layers")
def more(student, rng):
    D, H, V = sizes(rng)
    for layers in (2, 3, 5):
        got, want = student.net_size(D, H, V, layers), reference.net_size(D, H, V, layers)
        expect_count(f"net_size({D}, {H}, {V}, {layers})", got, want, "What does a layer above the first read?")


@SIZE.check("units_for: the largest net that fits")
def fits(student, rng):
    D, H, V = sizes(rng)
    for layers, more in ((1, 0), (2, 3), (3, -1)):
        budget = reference.net_size(D, H, V, layers) + more
        got, want = student.units_for(budget, D, V, layers), reference.units_for(budget, D, V, layers)
        hint = f"A net of {H} units has exactly {budget - more}. It fits where the budget is that large or larger."
        expect_count(f"units_for({budget}, {D}, {V}, {layers})", got, want, hint)


@SIZE.check("units_for: large budgets, and one that is too small")
def extremes(student, rng):
    D, _, V = sizes(rng)
    budget = int(rng.integers(20_000, 90_000))
    for layers in (1, 3):
        got, want = student.units_for(budget, D, V, layers), reference.units_for(budget, D, V, layers)
        expect_count(f"units_for({budget}, {D}, {V}, {layers})", got, want, "Is the next larger net really too large?")
    small = V + 1
    hint = "Even one unit needs more than that."
    expect_count(f"units_for({small}, {D}, {V}, 2)", student.units_for(small, D, V, 2), 0, hint)
