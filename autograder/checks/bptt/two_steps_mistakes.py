"""Wrong gradients of two steps, known by name."""

import numpy as np

from autograder.checks.bptt.two_steps import NAMES, TWO


def mistake(name, words):
    """Name a wrong gradient by what it makes of the inputs, the states and the two right slopes."""

    def add(compute):
        def wrong(x1, x2, h0, w, u, b, target):
            h1 = np.tanh(w * x1 + u * h0 + b)
            h2 = np.tanh(w * x2 + u * h1 + b)
            da2 = (h2 - target) * (1 - h2**2)
            da1 = da2 * u * (1 - h1**2)
            return compute((x1, x2), (h0, h1, h2), w, u, da1, da2)

        TWO.mistake(name, words, two_step_gradient=wrong)

    return add


def summed(x, h, u, da1, da2):
    return da2 * x[1] + da1 * x[0], da2 * h[1] + da1 * h[0], da2 + da1, da1 * u


mistake(
    "the share of the first step is missing",
    "`w`, `u` and `b` act at step 2 and already at step 1, through `h1`. A nudge of `w` moves both. "
    "The gradient adds the share of each step.",
)(lambda x, h, w, u, da1, da2: (da2 * x[1], da2 * h[1], da2, da1 * u))
mistake(
    "the share of the second step is missing",
    "What comes back is the share of step 1 alone. In a loop, `dw = …` a second time forgets what stood there. Both "
    "uses of the weight count: add their shares.",
)(lambda x, h, w, u, da1, da2: (da1 * x[0], da1 * h[0], da1, da1 * u))
mistake(
    "the factor u is missing on the way back to step 1",
    "`a2` holds `u * h1`: a nudge of `h1` moves `a2` by `u` times as much. So `dh1 = da2 * u`.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, da2 * (1 - h[1] ** 2), da2))
mistake(
    "the tanh of step 1 is passed without its slope",
    "Between `h1` and `a1` stands a tanh as well: multiply by `1 - h1**2`, as you did at step 2.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, da2 * u, da2))
mistake(
    "the tanh of step 2 is passed without its slope",
    "Between the loss and `a2` stands the tanh of step 2: `da2 = (h2 - target) * (1 - h2**2)`.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, da1 / (1 - h[2] ** 2), da2 / (1 - h[2] ** 2)))
mistake(
    "the slope of tanh without its square",
    "The slope of tanh is `1 - h**2`, not `1 - h`: at `h = -1` the curve is flat.",
)(
    lambda x, h, w, u, da1, da2: summed(
        x, h, u, da1 / (1 - h[2] ** 2) / (1 - h[1] ** 2) * (1 - h[2]) * (1 - h[1]), da2 / (1 - h[2] ** 2) * (1 - h[2])
    )
)
mistake(
    "w is taken on the way back instead of u",
    "`h1` went into `a2` through the recurrent weight: `a2 = w * x2 + u * h1 + b`. So `dh1 = da2 * u`.",
)(lambda x, h, w, u, da1, da2: summed(x, h, w, da2 * w * (1 - h[1] ** 2), da2))
mistake(
    "u is paired with the state after the step",
    "`u` multiplies the state that the step *reads*: `h1` at step 2, `h0` at step 1.",
)(lambda x, h, w, u, da1, da2: (da2 * x[1] + da1 * x[0], da2 * h[2] + da1 * h[1], da2 + da1, da1 * u))
mistake(
    "the factor 1/2 of the loss is forgotten",
    "The loss is *half* the squared error, so its slope is `h2 - target`, without a 2.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, 2 * da1, 2 * da2))
mistake(
    "the error has the wrong sign",
    "All four slopes point the other way. The slope of half the squared error is `h2 - target`, not `target - h2`.",
)(lambda x, h, w, u, da1, da2: summed(x, h, u, -da1, -da2))
mistake(
    "x1 and x2 are exchanged",
    "At step 2 the weight `w` was multiplied with `x2`: `delta2` belongs to `x2`, and `delta1` to `x1`.",
)(lambda x, h, w, u, da1, da2: (da2 * x[0] + da1 * x[1], da2 * h[1] + da1 * h[0], da2 + da1, da1 * u))
mistake(
    "h0 and h1 are exchanged",
    "At step 2 the weight `u` was multiplied with `h1`: `delta2` belongs to `h1`, and `delta1` to `h0`.",
)(lambda x, h, w, u, da1, da2: (da2 * x[1] + da1 * x[0], da2 * h[0] + da1 * h[1], da2 + da1, da1 * u))
mistake(
    "dw and du come back in the other order",
    "All four numbers are right. The order is `dw, du, db, dh0`.",
)(lambda x, h, w, u, da1, da2: (lambda dw, du, db, dh0: (du, dw, db, dh0))(*summed(x, h, u, da1, da2)))
mistake(
    "dh0 stops before the factor u",
    "`da1` is the slope at `a1`. One more factor leads to `h0`: `a1` holds `u * h0`, so `dh0 = da1 * u`.",
)(lambda x, h, w, u, da1, da2: (*summed(x, h, u, da1, da2)[:3], da1))


mistake(
    "dh0 goes back through w instead of u",
    "`h0` went into `a1` through the recurrent weight: `a1 = w * x1 + u * h0 + b`. So `dh0 = da1 * u`.",
)(lambda x, h, w, u, da1, da2: (*summed(x, h, u, da1, da2)[:3], da1 * w))
mistake(
    "dh0 passes one tanh too many",
    "`h0` goes into `a1` as it is. Between the two stands only the factor `u`: `dh0 = da1 * u`.",
)(lambda x, h, w, u, da1, da2: (*summed(x, h, u, da1, da2)[:3], da1 * u * (1 - h[0] ** 2)))
mistake(
    "dh0 gets a share from step 2 directly",
    "Shares add up where something is used twice. `h0` is used once, at step 1: `dh0 = da1 * u`.",
)(lambda x, h, w, u, da1, da2: (*summed(x, h, u, da1, da2)[:3], (da1 + da2) * u))
for place, name in enumerate(NAMES[:3]):
    mistake(
        f"the share of the first step is missing in {name}",
        f"The other slopes hold both shares. {name[1:]} acts at step 1 as well: add that share to `{name}`.",
    )(
        lambda x, h, w, u, da1, da2, place=place: tuple(
            (da2 * x[1], da2 * h[1], da2)[k] if k == place else slope
            for k, slope in enumerate(summed(x, h, u, da1, da2))
        )
    )


def loss_at_both(x, h, w, u, da1, da2):
    target = h[2] - da2 / (1 - h[2] ** 2)
    return summed(x, h, u, da1 + (h[1] - target) * (1 - h[1] ** 2), da2)


mistake(
    "step 1 has a loss of its own",
    "Only `h2` is compared with the target. `h1` acts on the loss through step 2 alone: `da1 = da2 * u * (1 - h1**2)`.",
)(loss_at_both)
