"""Wrong counts, known by name."""

from autograder.checks.shapes.depth_and_direction import reference
from autograder.checks.shapes.depth_and_direction.reference import net_size
from autograder.checks.shapes.depth_and_direction.size import SIZE


def counted(name, words, count):
    """A wrong count, and the units that it leads to."""

    def units(budget, D, V, layers):
        H = 0
        while count(D, H + 1, V, layers) <= budget:
            H += 1
        return H

    SIZE.mistake(name, words, net_size=count, units_for=units)


counted(
    "the layers above are counted with D inputs",
    "A layer above the first reads the H states of the layer below, and not the D inputs: its W_xh is (H, H).",
    lambda D, H, V, layers: layers * (D * H + H * H + H) + H * V + V,
)
counted(
    "each layer above has one weight matrix only",
    "A layer above has two: W_xh (H, H) for the states that it reads from below, and W_hh (H, H) for its own state.",
    lambda D, H, V, layers: D * H + layers * (H * H + H) + H * V + V,
)
counted(
    "only one layer has a bias",
    "Each layer has a bias of its own: H numbers more for every layer.",
    lambda D, H, V, layers: D * H + H * H + H + (layers - 1) * 2 * H * H + H * V + V,
)
counted(
    "no layer has a bias",
    "The weight matrices are there. Each layer has a bias b (H,) as well.",
    lambda D, H, V, layers: D * H + (2 * layers - 1) * H * H + H * V + V,
)
counted(
    "each layer has two biases",
    "Some libraries keep two. The tanh cell of this course has one bias b (H,) a layer.",
    lambda D, H, V, layers: D * H + (2 * layers - 1) * H * H + 2 * layers * H + H * V + V,
)
counted(
    "the bias of the output layer is not counted",
    "b_y is learned too: V numbers.",
    lambda D, H, V, layers: net_size(D, H, V, layers) - V,
)
counted(
    "the output layer is not counted",
    "The layers are right. The net also has an output layer: W_hy (H, V) and b_y (V,).",
    lambda D, H, V, layers: net_size(D, H, V, layers) - H * V - V,
)
counted(
    "every layer has an output layer",
    "Only the topmost layer is read by the output layer: W_hy and b_y count once.",
    lambda D, H, V, layers: net_size(D, H, V, layers) + (layers - 1) * (H * V + V),
)
counted(
    "the layers share their weights",
    "The weights are shared over the steps, not over the layers: every layer has arrays of its own.",
    lambda D, H, V, layers: net_size(D, H, V, 1),
)
counted(
    "the layers above are counted twice",
    "With `layers` layers in all, `layers - 1` stand above the first.",
    lambda D, H, V, layers: D * H + H * H + H + layers * (2 * H * H + H) + H * V + V,
)


def first_not_below(budget, D, V, layers):
    H = 1
    while net_size(D, H, V, layers) < budget:
        H += 1
    return H


def too_large(budget, D, V, layers):
    H = 0
    while net_size(D, H, V, layers) <= budget:
        H += 1
    return H


def strictly_below(budget, D, V, layers):
    H = 0
    while net_size(D, H + 1, V, layers) < budget:
        H += 1
    return H


def at_least_one(budget, D, V, layers):
    H = 1
    while net_size(D, H + 1, V, layers) <= budget:
        H += 1
    return H


SIZE.mistake(
    "the net is the first that is too large",
    "The loop ends at the first H that does *not* fit. The one before it is the largest that does.",
    units_for=too_large,
)
SIZE.mistake(
    "a net of exactly the budget counts as too large",
    "At most `budget` parameters: a net that has exactly that many fits. Compare with `<=`.",
    units_for=strictly_below,
)
SIZE.mistake(
    "rounded up: the net has more parameters than the budget",
    "The H that you return is the first that reaches the budget. Where it goes beyond, the one before it is asked for.",
    units_for=first_not_below,
)
SIZE.mistake(
    "at least one unit is returned, even where it does not fit",
    "The smallest budgets do not pay for one unit. Then the answer is 0: begin at 0 and test the next larger net.",
    units_for=at_least_one,
)
SIZE.mistake(
    "the number of parameters is returned, and not H",
    "`units_for` asks for the number of units, H. `net_size` of that H is what you compared with the budget.",
    units_for=lambda budget, D, V, layers: net_size(D, reference.units_for(budget, D, V, layers), V, layers),
)
SIZE.mistake(
    "the budget is divided among the layers",
    "The layers are not equally large: layer 1 reads D inputs, and the output layer is paid once. Count the whole net.",
    units_for=lambda budget, D, V, layers: reference.units_for(budget // layers, D, V, 1),
)
SIZE.mistake(
    "the search counts one layer only",
    "Your search calls `net_size` with 1 layer, or leaves out the layers above. Hand `layers` on to it.",
    units_for=lambda budget, D, V, layers: reference.units_for(budget, D, V, 1),
)
