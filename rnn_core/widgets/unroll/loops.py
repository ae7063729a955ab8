"""A small net with a loop: its numbers from a seed, and the sum behind each of its units.

A unit is (array, step, index): "x" is an input, "h" a state, "y" an output. Step 0 is what is there before the first.
"""

import numpy as np

from rnn_core.activations import softmax

MOST = {"T": 5, "D": 3, "H": 4, "V": 3}
NAMES = {"x": "input", "h": "state", "y": "output"}
CARRIED = {"state": "h", "output": "y"}  # what goes round -> its array
ENDS = {"h": "tanh", "y": "softmax"}  # what is done to the sum


def numbers(goes_round, seed, sizes):
    """Inputs and weights with one decimal, for a pencil; a net of another size shares the numbers that both have.

    goes_round: "state" or "output". sizes: T, D, H, V. Returns: dict of arrays, with what is there before step 1.
    """
    T, D, H, V = (sizes[name] for name in "TDHV")
    rng = np.random.default_rng(seed)

    def some(*most):
        return np.round(rng.standard_normal(most), 1) + 0.0  # no -0.0

    x, W_xh, W_hh = some(MOST["T"], MOST["D"])[:T, :D], some(MOST["D"], MOST["H"])[:D, :H], some(4, 4)[:H, :H]
    b, W_hy, b_y = some(MOST["H"])[:H], some(MOST["H"], MOST["V"])[:H, :V], some(MOST["V"])[:V]
    W_in, W_back = some(MOST["D"], MOST["V"])[:D, :V], some(MOST["V"], MOST["V"])[:V, :V]
    if goes_round == "output":
        return {"x": x, "y0": np.zeros(V), "W": np.concatenate([W_in, W_back]), "b": b_y}
    return {"x": x, "h0": np.zeros(H), "W_xh": W_xh, "W_hh": W_hh, "b": b, "W_hy": W_hy, "b_y": b_y}


def change(arrays, changed):
    """Put a learner's numbers in place; changed: dict from a key such as "W_hh 0 2" to a number.

    Returns: the keys that belong to this net. Those of a larger one are left out.
    """
    used = []
    for key, value in changed.items():
        name, *index = key.split()
        index = tuple(int(i) for i in index)
        if name not in arrays or not _has(arrays[name].shape, index):
            continue
        arrays[name][index] = np.clip(float(value), -1000, 1000)
        used.append(key)
    return used


def formula(unit, arrays, values):
    """The sum behind a unit, term by term, and what is done to it.

    values: dict from "x", "h", "y" to their numbers, rows 0 (before the first step) to T.
    Returns: dict with `terms`, `bias`, `sum`, `end` ("tanh" or "softmax"), `sums` of all units beside it, `result`.
    """
    name, t, j = unit
    terms, sums = [], np.zeros(values[name].shape[1])
    for source, step, weights, first in _sources(name, t, arrays):
        numbers, rows = values[source][step], arrays[weights][first : first + values[source].shape[1]]
        sums += numbers @ rows
        for i, (value, weight) in enumerate(zip(numbers, rows[:, j], strict=True)):
            at = f"{weights} {first + i} {j}"
            terms.append({
                "unit": [source, step, i], "name": f"{source}[{i}]", "step": step, "key": key((source, step, i)),
                "value": value, "weight": weight, "weight_name": f"{weights}[{first + i}, {j}]", "weight_key": at,
                "product": value * weight,
            })  # fmt: skip
    bias = "b_y" if name == "y" and "b_y" in arrays else "b"
    sums += arrays[bias]
    end = ENDS[name]
    result = np.tanh(sums) if end == "tanh" else softmax(sums)
    return {
        "terms": terms, "bias": {"name": f"{bias}[{j}]", "value": arrays[bias][j], "key": f"{bias} {j}"},
        "sum": sums[j], "sums": sums, "end": end, "result": result[j],
    }  # fmt: skip


def key(unit):
    """The key of a number that a learner may change, or "" for a unit that the net computes."""
    name, t, i = unit
    if name == "x":
        return f"x {t - 1} {i}"
    return f"{name}0 {i}" if t == 0 else ""


def _sources(name, t, arrays):
    """What a unit hears: the array, its step, the weights between, and the first of their rows."""
    if name == "h":
        return ("x", t, "W_xh", 0), ("h", t - 1, "W_hh", 0)
    if "W_hy" in arrays:
        return (("h", t, "W_hy", 0),)
    return ("x", t, "W", 0), ("y", t - 1, "W", arrays["x"].shape[1])


def _has(shape, index):
    return len(index) == len(shape) and all(0 <= i < n for i, n in zip(index, shape, strict=True))
