"""A question in words: what an LSTM does not do."""

from autograder.spec import Written

SOLVED = Written(
    "lstm-solved",
    model="An LSTM makes long memories easier, and does not make them a matter of course. For it: with an open forget "
    "gate the cell state and its gradient pass a step nearly unchanged, and it learned the last marked symbol, "
    "which tanh cells and leaky units of about equal size did not within the same 1,000 steps of training. "
    "Against it: with the uniform start and forget bias 1 it learned the first symbol at lag 20 in fewer runs "
    "than an orthogonal tanh cell; the bias sets a time constant of 1 + e^b steps, and every start had a lag at "
    "which most runs failed. And gradients can still explode: with large recurrent weights they grew over the "
    "steps, because h goes back into all four gates through W_hh. So it alleviates vanishing, if it starts well, "
    "and does not rule explosion out. For a lag of 60 I would set the forget bias to log(59), some 4, or more, "
    "take orthogonal recurrent weights, and clip the gradient.",
    rubric=(
        "Says what the cell state does for the gradient: a factor f at each step, no weights and no slopes.",
        "Names two measurements that speak against: a start that lost, a lag that was too long, a gradient that grew.",
        "Says that exploding gradients remain, and why: the way through h and W_hh.",
        "Chooses a start for the lag: a forget bias of about log(59) or larger.",
    ),
    points=4,
    minutes=12,
    difficulty=2,
)
