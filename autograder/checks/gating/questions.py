"""A question in words: what can be said to judge the past."""

from autograder.spec import Written

JUDGES = Written(
    "gate-judges",
    model="A state is a row of numbers and judges nothing. In a plain tanh cell the same weights act on every state, "
    "whatever comes: how much a past input still counts is set by the weights and by how long ago it was, and a little "
    "by how far the tanh was bent. Nothing in it is computed in order to weigh. So the claim does not hold of it; nor "
    "of a leaky unit that stands alone, whose share is fixed. (Connected leaky units learned something of the kind by "
    "way of the tanh of their sums, with more training.) In a gated unit the share is computed at each step from the "
    "input and the state, g = sigmoid(x W + h W + b), so what is in the input can decide whether it is taken and "
    "whether the old state is kept. There the claim has a meaning, and only as far as the gate has learned it. To show "
    "it I would change one past input, leave its place as it is, and measure how far the last state moves: once for "
    "inputs at the same place with different content, once for the same content at different places.",
    rubric=(
        "Says that a leaky unit takes a fixed share, and that nothing in a tanh unit computes one: what counts is "
        "mostly how long ago it was.",
        "Says that a gate is computed from the input and the state at each step, so content decides.",
        "Names a measurement: change one input, watch the last state, compare places and contents.",
    ),
    points=2,
    minutes=8,
    difficulty=2,
)
