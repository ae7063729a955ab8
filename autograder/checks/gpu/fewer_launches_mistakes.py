"""Wrong or slow ways through an LSTM on the device, known by name."""

from functools import partial

from autograder.checks.gpu.fewer_launches import FEWER


def walk(launch, step_of, order, x, h, c, W_xh, W_hh, b, read_h=None, gates=None):
    """A forward pass whose products read another h, or whose `gates` are others; b None leaves the bias out."""
    gates = gates or partial(launch, "gates")
    u, states = launch("product", x, W_xh), []
    u = u if b is None else launch("add", u, b)
    for t in order:
        p = launch("product", read_h or h, W_hh)
        h, c = gates(step_of(u, t), p, c)
        states.append(h)
    return states, c


@FEWER.mistake(
    "the product with the inputs is taken anew in every step",
    'The values are right. But x W_xh needs no state: `launch("product", x, W_xh)` takes it for all steps at once, as '
    "one large product, and the loop keeps one product a step.",
)
def products_in_turn(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    states = []
    for t in range(T):
        u = launch("add", launch("product", step_of(x, t), W_xh), b)
        h, c = launch("gates", u, launch("product", h, W_hh), c)
        states.append(h)
    return states, c


@FEWER.mistake(
    "the bias is added anew in every step",
    "The values are right. But the bias does not change: added once to the inputs' part of all steps, it costs one "
    "launch instead of T.",
)
def bias_in_turn(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    def gates(u, p, c):
        return launch("gates", launch("add", u, b), p, c)

    return walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, None, gates=gates)


@FEWER.mistake("the bias is left out", "The sums are x W_xh + h W_hh + b. `gates` adds its first two arguments only.")
def no_bias(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    return walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, None)


@FEWER.mistake(
    "every step reads the state at the start",
    "The product of step t reads the h of step t - 1: the name `h` has to stand for the new state after each step.",
)
def stale_h(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    return walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, b, read_h=h)


@FEWER.mistake(
    "every step reads the cell state at the start",
    "`gates` takes the c of the step before and returns the new one, which the next step needs.",
)
def stale_c(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    return walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, b, gates=lambda u, p, _: launch("gates", u, p, c))


@FEWER.mistake(
    "every step reads the inputs of the first",
    "`step_of(u, t)` is the part of step t; the t has to run along.",
)
def first_input(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    return walk(launch, lambda u, t: step_of(u, 0), range(T), x, h, c, W_xh, W_hh, b)


@FEWER.mistake("the steps are taken from the last to the first", "Time runs from step 0 to step T - 1.")
def backwards(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    return walk(launch, step_of, reversed(range(T)), x, h, c, W_xh, W_hh, b)


@FEWER.mistake(
    "the states are shifted by one step",
    "The list holds the state *after* each step: append h when `gates` has returned it.",
)
def shifted(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    states, last = walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, b)
    return [h, *states[:-1]], last


@FEWER.mistake("c is that of the start", "What comes back is c after the last step, the second result of `gates`.")
def first_c(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    return walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, b)[0], c


@FEWER.mistake("h and c are exchanged", "`gates` returns h_next first and c_next second.")
def exchanged(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    return walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, b, gates=lambda *names: launch("gates", *names)[::-1])


@FEWER.mistake(
    "the states of h and c come back as two lists",
    "Of h every state is asked for, of c the last one only: one name.",
)
def every_c(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    u, states, cells = launch("add", launch("product", x, W_xh), b), [], []
    for t in range(T):
        h, c = launch("gates", step_of(u, t), launch("product", h, W_hh), c)
        states.append(h)
        cells.append(c)
    return states, cells


@FEWER.mistake(
    "the last h comes back alone",
    "Keep the name of h after every step, in a list of T.",
)
def last_h(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    states, last = walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, b)
    return states[-1], last


@FEWER.mistake(
    "u and p are added before `gates`, which adds them again",
    "`gates` adds its first two arguments itself: hand it u and p.",
)
def added_before(launch, step_of, T, x, h, c, W_xh, W_hh, b):
    def gates(u, p, c):
        a = launch("add", u, p)
        return launch("gates", a, a, c)

    return walk(launch, step_of, range(T), x, h, c, W_xh, W_hh, b, gates=gates)
