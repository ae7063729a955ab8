"""How a ratio comes out too large, or of something else."""

from autograder.checks.gpu.fair_ratio import RATIO
from autograder.checks.gpu.reference_measure import compared, speed_ups, tokens_a_second


def rate_mistake(name, words, rate):
    """rate: of one row, what is set beside that of the baseline."""
    RATIO.mistake(name, words, speed_ups=lambda rows, baseline: compared(rows, baseline, rate))


ONCE = "`seconds` is the whole run. Compiling happens once, and moving data belongs to the machine: take both off."
rate_mistake("compiling and moving data are counted", ONCE, lambda row: row["tokens"] / row["seconds"])
rate_mistake(
    "compiling is counted",
    f"{ONCE} Here `compile` is still in it.",
    lambda row: row["tokens"] / (row["seconds"] - row["transfer"]),
)
rate_mistake(
    "moving data is counted",
    f"{ONCE} Here `transfer` is still in it.",
    lambda row: row["tokens"] / (row["seconds"] - row["compile"]),
)
rate_mistake(
    "compiling and moving data are added to the seconds, which hold them already",
    "`seconds` is the whole run by the clock: what was spent on compiling and moving stands in it. Take it off.",
    lambda row: row["tokens"] / (row["seconds"] + row["compile"] + row["transfer"]),
)
rate_mistake(
    "the seconds of the runs are compared, not the tokens a second",
    "The runs did not read equally many tokens. Divide by the time first: tokens a second.",
    lambda row: 1 / (row["seconds"] - row["compile"] - row["transfer"]),
)
rate_mistake(
    "the ratio is turned round",
    "How many times as fast as the baseline: the rate of the backend by the rate of the baseline.",
    lambda row: 1 / tokens_a_second(row),
)
rate_mistake(
    "seconds a token are taken without what happened once, but turned round",
    "Seconds a token are the inverse of a rate: the larger, the slower. And what happened once is still in them.",
    lambda row: row["seconds"] / row["tokens"],
)


def answer_mistake(name, words, change):
    """change: of a ratio and the rate of its backend, what stands in its place."""

    def wrong(rows, baseline):
        rates = {(row["backend"], row["batch"]): tokens_a_second(row) for row in rows}
        ratios = {
            backend: {batch: change(ratio, rates[backend, batch]) for batch, ratio in by_batch.items()}
            for backend, by_batch in speed_ups(rows, baseline)[0].items()
        }
        return ratios, min(every(ratios)), max(every(ratios))

    RATIO.mistake(name, words, speed_ups=wrong)


answer_mistake(
    "the rates come back, not the ratios",
    "Tokens a second are the first half. Each is divided by the baseline's at the same batch.",
    lambda ratio, rate: rate,
)
answer_mistake(
    "1 is taken off each ratio",
    "Asked for is how many *times* as many tokens a second, not how many more: as fast as the baseline is 1.",
    lambda ratio, rate: ratio - 1,
)


def beside(choose, words, name, inside=lambda ratios: ratios):
    """A mistake in what stands below the line. choose: of the baseline's rates by batch, and a batch, one."""

    def wrong(rows, baseline):
        rates = {(row["backend"], row["batch"]): tokens_a_second(row) for row in rows}
        of_baseline = {batch: rate for (backend, batch), rate in rates.items() if backend == baseline}
        ratios = {}
        for (backend, batch), rate in rates.items():
            if backend != baseline:
                ratios.setdefault(backend, {})[batch] = rate / choose(of_baseline, batch)
        every = [ratio for by_batch in ratios.values() for ratio in by_batch.values()]
        return ratios, min(every), max(every)

    RATIO.mistake(name, words, speed_ups=wrong)


BATCH = "A larger batch usually gives more tokens a second, on any machine: compare only what ran at the same batch."
beside(lambda rates, batch: rates[min(rates)], BATCH, "all are compared with the baseline at its smallest batch")
beside(lambda rates, batch: rates[max(rates)], BATCH, "all are compared with the baseline at its largest batch")
beside(lambda rates, batch: next(iter(rates.values())), BATCH, "all are compared with the baseline's first row")
beside(lambda rates, batch: min(rates.values()), BATCH, "all are compared with the baseline at its slowest")
beside(lambda rates, batch: max(rates.values()), BATCH, "all are compared with the baseline at its fastest")
beside(
    lambda rates, batch: rates[min(rates, key=lambda other: abs(other - batch))],
    "Where the baseline has no row of this batch there is no ratio: leave it out. One from another batch is a guess.",
    "where the baseline has no such batch the nearest is taken",
)


def with_baseline(rows, baseline):
    ratios, lowest, highest = speed_ups(rows, baseline)
    ratios[baseline] = {row["batch"]: 1.0 for row in rows if row["backend"] == baseline}
    return ratios, min(lowest, 1.0), max(highest, 1.0)


RATIO.mistake(
    "the baseline is compared with itself",
    "That gives 1 and says nothing: leave the baseline out.",
    speed_ups=with_baseline,
)


def end_mistake(name, words, ends):
    """ends: from the ratios by backend to the lowest and the highest."""

    def wrong(rows, baseline):
        ratios = speed_ups(rows, baseline)[0]
        return ratios, *ends(ratios)

    RATIO.mistake(name, words, speed_ups=wrong)


ALL = "Lowest and highest go over all backends and all batches, and a ratio below 1 is one, too."
end_mistake(
    "the lowest and the highest are exchanged",
    "Three results: ratios, lowest, highest, in this order.",
    lambda ratios: (max(every(ratios)), min(every(ratios))),
)
end_mistake(
    "the lowest and the highest are of the last backend alone",
    ALL,
    lambda ratios: (min(list(ratios.values())[-1].values()), max(list(ratios.values())[-1].values())),
)
end_mistake(
    "the lowest and the highest are of the first backend alone",
    ALL,
    lambda ratios: (min(next(iter(ratios.values())).values()), max(next(iter(ratios.values())).values())),
)
end_mistake(
    "the highest ratio begins at 1 and the lowest as well",
    ALL,
    lambda ratios: (min(1.0, *every(ratios)), max(1.0, *every(ratios))),
)


def every(ratios):
    return [ratio for by_batch in ratios.values() for ratio in by_batch.values()]


@RATIO.mistake(
    "the rows are changed",
    "The ratios are right, but `row[...] = …` writes into the table that the caller still holds.",
)
def rows_changed(rows, baseline):
    result = speed_ups(rows, baseline)
    for row in rows:
        row["rate"] = tokens_a_second(row)
    return result


@RATIO.mistake(
    "the caller's list is sorted",
    "The ratios are right, but `rows.sort()` changes the caller's list; `sorted(rows)` makes a new one.",
)
def rows_sorted(rows, baseline):
    rows.sort(key=lambda row: (row["backend"], row["batch"]))
    return speed_ups(rows, baseline)
