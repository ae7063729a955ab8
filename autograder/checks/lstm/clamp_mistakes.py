"""Wrong ways to clamp gates, known by name."""

import numpy as np

from autograder.checks.lstm.clamp import CLAMP

JOBS = {  # i, f, o
    "hold": (0, 1, 1),
    "hide": (0, 1, 0),
    "erase": (0, 0, 1),
    "add": (1, 1, 1),
    "pass": (1, 0, 1),
}


def bias(job, H, jobs=JOBS, opened=50.0, shut=-50.0, order="ifgo", g=0.0):
    i, f, o = (opened if state else shut for state in jobs[job])
    parts = {"i": i, "f": f, "g": g, "o": o}
    return np.repeat([parts[name] for name in order], H)


def mistake(name, words, **changes):
    CLAMP.mistake(name, words, clamped_bias=lambda job, H: bias(job, H, **changes))


for order in ("ifog", "figo", "iofg", "fiog", "oifg", "ofig", "foig", "iogf", "igfo"):
    mistake(
        f"the blocks are written in the order {', '.join(order)}",
        "The blocks of the bias stand in the order i, f, g, o, as the columns of the weights do.",
        order=order,
    )
for o in (0, 1):
    mistake(
        "erase hides the cell state instead",
        "A shut output gate shows nothing, and the cell state is still there: open the gate later and it comes back. "
        "What erases is the forget gate.",
        jobs={**JOBS, "erase": (0, 1, o)},
    )
mistake(
    "erase writes something new",
    "The old cell state is gone, and the candidate stands in its place: that is `pass`. For `erase` the input "
    "gate is shut "
    "too.",
    jobs={**JOBS, "erase": (1, 0, 1)},
)
mistake(
    "the forget gate is turned round",
    "Its name misleads: f is the share that is *kept*. f = 1 keeps the cell state, f = 0 erases it.",
    jobs={job: (i, 1 - f, o) for job, (i, f, o) in JOBS.items()},
)
mistake(
    "open and shut are exchanged",
    "A large positive bias opens a gate, sigmoid(50) is 1; a large negative one shuts it.",
    opened=-50.0,
    shut=50.0,
)
mistake(
    "hold still writes",
    "With an open input gate the candidate is added at each step. To hold, it is shut.",
    jobs={**JOBS, "hold": (1, 1, 1)},
)
mistake(
    "hold and hide still write",
    "With an open input gate the candidate is added at each step. To hold or to hide, it is shut.",
    jobs={**JOBS, "hold": (1, 1, 1), "hide": (1, 1, 0)},
)
mistake(
    "hide erases the cell state",
    "Hiding is the output gate's work alone: the forget gate stays open, so that the cell state can be shown later.",
    jobs={**JOBS, "hide": (0, 0, 0)},
)
mistake(
    "pass keeps the old cell state as well",
    "With an open forget gate the candidate comes on top of what was there: that is `add`. To pass, the forget "
    "gate is shut.",
    jobs={**JOBS, "pass": (1, 1, 1)},
)
mistake(
    "add forgets the old cell state",
    "With a shut forget gate only the candidate is left: that is `pass`. To add, the forget gate is open.",
    jobs={**JOBS, "add": (1, 0, 1)},
)
mistake(
    "the biases are the gates' values, 1 and 0",
    "The bias goes through a sigmoid: sigmoid(0) is a half, and sigmoid(1) is .73. Open takes a large bias, shut "
    "a large "
    "negative one.",
    opened=1.0,
    shut=0.0,
)
for small in (1.0, 2.0, 3.0, 5.0):
    mistake(
        "the biases are too small",
        "What comes in through the weights is added to the bias, and moves the gate. With 50 it does not matter; "
        "with a "
        "few units it does.",
        opened=small,
        shut=-small,
    )
mistake(
    "a gate is shut by a bias of 0",
    "sigmoid(0) is a half: the gate is half open. Shut takes a large negative bias.",
    shut=0.0,
)
for g in (50.0, -50.0, 1.0):
    mistake(
        "the candidate has a bias too",
        "The candidate is no gate. With a bias of its own it writes something else than what came in: its block is 0.",
        g=g,
    )


@CLAMP.mistake(
    "the four numbers are repeated for each unit",
    "The bias stands in blocks: H numbers for i, then H for f, g and o. `np.tile` mixes them; `np.repeat` makes "
    "blocks.",
)
def tiled(job, H):
    return np.tile(bias(job, 1), H)


@CLAMP.mistake(
    "one number for each gate",
    "Each unit has gates of its own: H numbers for each block, 4H together.",
)
def four(job, H):
    return bias(job, 1)
