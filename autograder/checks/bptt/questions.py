"""Questions in words: what a check of a gradient does not prove, and how far a truncated one reaches."""

from autograder.spec import Written

LIMITS = Written(
    "bptt-check-limits",
    model="A passed check proves that the gradient belongs to the loss that was called, at the point and along the "
    "directions that were tried. It does not prove that this loss is the one I want: with a target shifted by one"
    " step, loss and gradient agree, and the net learns the wrong thing. I would compute the loss of a tiny "
    "example by hand. It does not prove the gradient at other points: with h0 = 0 the first step's share of W_hh "
    "is zero, so a program that loses it passes; with a symmetric W_hh a missing transpose passes. I would check "
    "at random weights, with an initial state that is not zero and sizes that all differ. And it proves nothing "
    "when the tolerance is absolute and the gradient tiny: I would use the relative error.",
    rubric=(
        "Says that the check compares the gradient with this loss, so a wrong loss is not noticed.",
        "Names a special point at which a wrong program passes (h0 = 0, symmetric weights, one step, …) and says why.",
        "Names the tolerance: absolute against relative.",
    ),
    points=3,
    minutes=10,
    difficulty=2,
)

REACH = Written(
    "bptt-reach",
    model="It can use it, if the state still holds it: values are carried over the boundary, so what happened 60 "
    "characters ago may still be in the state. But no gradient says so: a loss in this chunk never reaches the "
    "step that wrote that character into the state, because the gradient stops at the initial state of the chunk."
    " So the model can keep what it keeps for other reasons, such as losses less than 25 characters later, and "
    "nothing teaches it to keep something only because it is needed 60 characters later.",
    rubric=(
        "Says that the values are carried, so the state may still hold it.",
        "Says that the gradient ends at the boundary, so nothing trains the step that would have to keep it.",
    ),
    points=2,
    minutes=8,
    difficulty=2,
)
