"""How a step with a broken array ends, and in whose words: numpy's, the learner's function's, the course's check's."""

import numpy as np

from rnn_core.widgets.shape_ledger.named_axes import letter
from rnn_core.widgets.shape_ledger.shape_faults import FAULTS, broken

SIGNS = {  # in the map -> how a fault ends
    "×": "an error",
    "!": "wrong without an error; the course's check finds it",
    "!!": "wrong without an error, and no check of shapes finds it",
    "=": "the same result",
    "·": "no such axis",
}
OPERATIONS = {
    "x_t": "x[:, t]",
    "from_input": "x @ W_xh",
    "from_state": "h @ W_hh",
    "both": "from_input + from_state",
    "total": "from_input + from_state + b",
    "h": "np.stack(states, axis=1)",
}


def ending(result, error, right):
    """How it ended: "error", "right" or "wrong" (no error, and another result than with the right arrays)."""
    if error is not None:
        return "error"
    got = states_of(result)
    same = got is not None and got.shape == right.shape and np.allclose(got, right, rtol=1e-6, atol=1e-9)
    return "right" if same else "wrong"


def states_of(result):
    """The first value of what a function returned. Returns: array of numbers, or None if it is none."""
    first = result[0] if isinstance(result, tuple) and result else result
    try:
        array = np.asarray(first, float)
    except (TypeError, ValueError):
        return None
    return array if np.isfinite(array).all() else None


def passes(good, given, own):
    """Whether these arrays go through without an error to another result than the right ones."""
    (right, _), (result, error) = own.attempts([[n.array for n in arrays.values()] for arrays in (good, given)])
    return right is not None and ending(result, error, states_of(right)) == "wrong"


def map_of(good, own, right, checked):
    """Every fault in every array, one at a time. Returns: rows of signs, a row a fault and a column an array."""
    cases = [{**good, name: broken(good[name], fault)} for fault in FAULTS for name in good]
    calls = [[n.array for n in case.values()] for case in cases if None not in case.values()]
    ends = iter(zip(calls, own.attempts(calls), strict=True))
    signs = ["·" if None in case.values() else _sign(*next(ends), right, checked) for case in cases]
    return [signs[k : k + len(good)] for k in range(0, len(signs), len(good))]


def _sign(args, outcome, right, checked):
    end = ending(*outcome, right)
    if end != "wrong":
        return {"error": "×", "right": "="}[end]
    return "!" if check_says(checked, args) else "!!"


def check_says(checked, args):
    """What the course's own cell says of these arrays at its door. Returns: a text, empty if it accepts them."""
    try:
        checked(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def judges(trace, own, result, error, right, checked, given):
    """What numpy, the learner's function and the course's check say. Returns: list of [who, what]."""
    numpy = "No error."
    if trace.error is not None:
        step = f", step {trace.t}" if "h0" in given else ""
        numpy = f"At {OPERATIONS[trace.failed]}{step}: {type(trace.error).__name__}: {trace.error}"
    what = {
        "error": f"{type(error).__name__}: {error}",
        "right": "No error. The result is right.",
        "wrong": f"No error. {_difference(states_of(result), right)}",
    }[ending(result, error, right)]
    who = f"Your {own.name}" if own.function is not None and not own.fault else "The reference"
    check = check_says(checked, [each.array for each in given.values()])
    return [["numpy", numpy], [who, what], ["The course's check", check or "Finds nothing."]]


def _difference(got, right):
    if got is None:
        return "The result is no array of numbers."
    if got.shape != right.shape:
        return f"The result has shape {got.shape} where {right.shape} is right."
    wrong = ~np.isclose(got, right, rtol=1e-6, atol=1e-9)
    return f"The shape is right, and {wrong.sum()} of {wrong.size} numbers are wrong."


def sentence(good, given, trace, result, error, right):
    """What happened, in words. Returns: str."""
    told = [
        f"{name} has shape {_shape(given[name])} where {_shape(good[name])} is right."
        for name in good
        if given[name] is not good[name]
    ]
    end = ending(result, error, right)
    if not told and end == "right":
        return "Every array fits."
    if trace.error is not None:
        told.append(f"{OPERATIONS[trace.failed]} fails.")
    elif end == "error":
        told.append("numpy could go on; the function stops.")
    elif end == "right":
        told.append("The result is right all the same.")
    else:
        told.append(f"No error. {_difference(states_of(result), right)}")
        if trace.met:
            told.append(f"How: {'; '.join(trace.met[:2])}.")
    return " ".join(told)


def _shape(named):
    axes = named.axes if named.name == "W_hh" else map(letter, named.axes)
    axes, sizes = (", ".join(map(str, values)) for values in (axes, named.array.shape))
    comma = "," if len(named.axes) == 1 else ""
    return f"({axes}{comma}) = ({sizes}{comma})"
