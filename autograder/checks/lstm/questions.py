"""A question in words: what an LSTM does not do."""

from autograder.spec import Written

SOLVED = Written(
    "lstm-solved",
    model="An LSTM makes long memories easier, and does not make them a matter of course. For it: with an open "
    "forget gate the "
    "cell state and its gradient pass a step unchanged, and it learned the last marked symbol, which tanh cells "
    "and leaky "
    "units of equal size did not. Against it: at the usual start with forget bias 1 it learned the first symbol "
    "at lag 20 in "
    "fewer runs than an orthogonal tanh cell; the bias sets a time constant of 1 + e^b steps, and with every "
    "bias there was a "
    "lag at which runs failed. And gradients can still explode: with recurrent weights eight times as large they "
    "grew over "
    "the steps, because h goes back into all four gates through W_hh. So: it alleviates vanishing, if it starts "
    "well; it "
    "does not touch explosion.",
    rubric=(
        "Says what the cell state does for the gradient: a factor f at each step instead of a product with "
        "weights and slopes.",
        "Names a measurement in which the LSTM failed or lost: a start with bias 1, or a lag that was too long.",
        "Says that exploding gradients remain, and why: the way through h and W_hh.",
    ),
    points=3,
    minutes=10,
    difficulty=2,
)
