"""A question in words: what a factor says that comes without a machine."""

from autograder.spec import Written

CLAIM = Written(
    "gpu-claim-in-words",
    model="The number alone says little, because the table holds many ratios, not one: it changes with the batch, with "
    "the size of the net and with what stands below the line. On one and the same processor, without any GPU, a "
    "textbook loop and a library lie apart by a factor that depends on the batch. So I would ask which program ran on "
    "the processor, on how many cores, and which on the GPU; which model and batch, and whether they were the same; "
    "whether tokens a second were compared or whole runs, with compiling and moving data or without; and whether the "
    "loss was the same, so that both did the same work. A ratio of this size can be right for one pair of programs at "
    "a large batch, where arithmetic binds, and far too large for a small net at batch 1, where launches bind. My "
    "measurements are of one machine, one model and float32.",
    rubric=(
        "Says that there is not one ratio: names batch, size of the net, or the program below the line, with figures "
        "of the own run.",
        "Asks for what has to be equal: model, batch, loss, tokens a second.",
        "Says what binds where (launches at small steps, arithmetic or memory at large ones), or leaves compiling and "
        "moving data apart.",
        "Limits the own measurement: this machine, this model, this precision.",
    ),
    points=3,
    minutes=12,
    difficulty=2,
)
