"""What the learner writes in the first notebook of lesson 19: a stopwatch, counts, a floor, ratios."""

from rnn_core.stopwatch import time_it

__all__ = ["compared", "floor_seconds", "speed_ups", "step_counts", "time_it", "tokens_a_second"]

BLOCKS = {"tanh": 1, "LSTM": 4, "GRU": 3}  # of H columns in the weights of a cell
BYTES = 4  # a number in float32
# beside the two products: sums of two arrays (N, G H), sums of one with a bias (G H,), and on arrays (N, H)
# operations that read one of them and operations that read two
OPERATIONS = {"tanh": (1, 1, 1, 0), "LSTM": (1, 1, 5, 4), "GRU": (0, 2, 4, 7)}


def step_counts(kind, N, D, H):
    """What one step forward of the plain loop does, in float32, each operation read from and written to memory.

    Returns: multiply-adds of the products, bytes moved, launches.
    """
    columns = BLOCKS[kind] * H
    work = N * D * columns + N * H * columns
    numbers = N * D + D * columns + N * columns + N * H + H * columns + N * columns
    sums, biased, single, double = OPERATIONS[kind]
    numbers += sums * 3 * N * columns + biased * (2 * N * columns + columns)
    numbers += single * 2 * N * H + double * 3 * N * H
    return work, BYTES * numbers, 2 + sums + biased + single + double


def floor_seconds(work, moved, launches, machine):
    """The least time that this work can take on a machine, and what binds: "arithmetic", "memory" or "launches".

    Returns: seconds, bound.
    """
    needs = {
        "arithmetic": work / machine["multiply_adds_per_second"],
        "memory": moved / machine["bytes_per_second"],
        "launches": launches * machine["seconds_per_launch"],
    }
    bound = max(needs, key=needs.get)
    return needs[bound], bound


def tokens_a_second(row):
    """The rate of a run without what it spent on compiling and on moving data to the device."""
    return row["tokens"] / (row["seconds"] - row["compile"] - row["transfer"])


def speed_ups(rows, baseline):
    """How many times as many tokens a second each backend reads as the baseline at the same batch.

    Returns: {backend: {batch: ratio}} without the baseline, the lowest ratio and the highest.
    """
    return compared(rows, baseline, tokens_a_second)


def compared(rows, baseline, rate):
    """The same for any rate of a row."""
    rates = {(row["backend"], row["batch"]): rate(row) for row in rows}
    ratios = {}
    for (backend, batch), found in rates.items():
        if backend != baseline and (baseline, batch) in rates:
            ratios.setdefault(backend, {})[batch] = found / rates[baseline, batch]
    every = [ratio for of_backend in ratios.values() for ratio in of_backend.values()]
    return ratios, min(every), max(every)
