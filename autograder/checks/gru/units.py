"""How many units make nets of equal size."""

from autograder.checks.gru import reference
from autograder.compare import expect_equal
from autograder.spec import Exercise

UNITS = Exercise(
    "gru-equal-size",
    functions={"gru_parameters": reference.gru_parameters, "most_units": reference.most_units},
    returns={"gru_parameters": ("count",), "most_units": ("H",)},
    points=2,
    minutes=12,
    difficulty=1,
    hints=(
        "Write down the shapes: W_xh (D, 3H), W_hh (H, 3H), b_x and b_h (3H,) each, W_hy (H, V), b_y (V,). Then count.",
        "`3 * H * (D + H + 2) + H * V + V`. For `most_units`, raise H by one for as long as the next size still fits.",
    ),
    explain="Three blocks instead of four, and a bias more. At equal size the GRU has more units than the LSTM, but "
    "not "
    "by a third, because the recurrent weights grow with the square.",
)


def draw(rng):
    D, V = (int(n) for n in rng.integers(2, 40, 2))
    return D, int(rng.integers(3, 60)), V + 40


@UNITS.check("gru_parameters counts every number that is trained")
def counts(student, rng):
    expect_equal("count", student.gru_parameters(2, 3, 4), 79, "D = 2, H = 3, V = 4: 18 + 27 + 9 + 9 + 12 + 4.")
    for _ in range(3):
        args = draw(rng)
        hint = "Which of W_xh, W_hh, b_x, b_h, W_hy, b_y is missing, or counted twice?"
        expect_equal("count", student.gru_parameters(*args), reference.gru_parameters(*args), hint)


@UNITS.check("most_units: as many as the budget allows")
def largest(student, rng):
    for _ in range(3):
        D, H, V = draw(rng)
        exact = reference.gru_parameters(D, H, V)
        for budget in (exact + 1, exact + int(rng.integers(2, 3 * H))):
            want = reference.most_units(D, V, budget)
            hint = "One unit more, and the budget is exceeded; one less, and it is not used."
            expect_equal("H", student.most_units(D, V, budget), want, hint)


@UNITS.check("most_units: a budget that fits exactly, and one that is one short")
def edges(student, rng):
    for _ in range(3):
        D, H, V = draw(rng)
        exact = reference.gru_parameters(D, H, V)
        for budget in (exact, exact - 1):
            want = reference.most_units(D, V, budget)
            expect_equal("H", student.most_units(D, V, budget), want, "At most the budget: equal is allowed.")


def count_mistake(name, words, count):
    UNITS.mistake(name, words, gru_parameters=count)


count_mistake(
    "one bias is counted, torch's form has two",
    "b_x and b_h have 3H numbers each.",
    lambda D, H, V: 3 * H * (D + H + 1) + H * V + V,
)
count_mistake(
    "the biases of the cell are forgotten",
    "b_x and b_h are trained as well: 3H numbers each.",
    lambda D, H, V: 3 * H * (D + H) + H * V + V,
)
count_mistake(
    "four blocks are counted, as in the LSTM",
    "The GRU has three blocks: r, z and n.",
    lambda D, H, V: 4 * H * (D + H + 2) + H * V + V,
)
count_mistake(
    "one block is counted instead of three",
    "Each weight and each bias of the cell has 3H columns.",
    lambda D, H, V: H * (D + H + 2) + H * V + V,
)
count_mistake(
    "two blocks are counted: the candidate has weights too",
    "Two gates and the candidate make three blocks.",
    lambda D, H, V: 2 * H * (D + H + 2) + H * V + V,
)
count_mistake(
    "the output layer is forgotten",
    "W_hy has H times V numbers, and b_y has V.",
    lambda D, H, V: 3 * H * (D + H + 2),
)
count_mistake(
    "b_y is forgotten", "The output layer has a bias, too: V numbers.", lambda D, H, V: 3 * H * (D + H + 2) + H * V
)
count_mistake(
    "the recurrent weights are forgotten",
    "W_hh has H times 3H numbers.",
    lambda D, H, V: 3 * H * (D + 2) + H * V + V,
)
count_mistake(
    "a number for each unit, not for each pair",
    "A weight from each of D inputs to each of 3H columns: a product, D times 3H.",
    lambda D, H, V: 3 * (D + H) + 6 * H + H * V + V,
)
UNITS.mistake(
    "the first H that is over the budget",
    "One too many: the loop ends where the budget is exceeded. The H before it is asked for.",
    most_units=lambda D, V, budget: reference.most_units(D, V, budget) + 1,
)
UNITS.mistake(
    "a net of exactly the budget is refused",
    "At most the budget: a net of exactly that size fits. `<=` instead of `<`.",
    most_units=lambda D, V, budget: reference.most_units(D, V, budget - 1),
)
UNITS.mistake(
    "one H too few",
    "One unit more would still fit.",
    most_units=lambda D, V, budget: max(0, reference.most_units(D, V, budget) - 1),
)
UNITS.mistake(
    "the H of an LSTM of this size",
    "Four blocks and one bias are the LSTM's. Count with `gru_parameters`.",
    most_units=lambda D, V, budget: max(H for H in range(200) if budget >= 4 * H * (D + H + 1) + H * V + V),
)
UNITS.mistake(
    "the count comes back instead of H",
    "Asked for is the number of units, H, and not the number of parameters that a net of that size has.",
    most_units=lambda D, V, budget: reference.gru_parameters(D, reference.most_units(D, V, budget), V),
)
UNITS.mistake(
    "the output layer is left out of the budget",
    "The budget is for all that `gru_parameters` counts: the output layer as well.",
    most_units=lambda D, V, budget: max(H for H in range(200) if budget >= 3 * H * (D + H + 2)),
)
