"""How long a piece of work takes, on a device that works on while Python goes on."""

import statistics


def time_it(run, synchronise, clock, warmup, repeats):
    """Time one call of `run`: the median of `repeats` calls, after `warmup` calls that do not count.

    run: hands work over and may come back before it is done. synchronise: waits until all work is done. It is
    called before each reading of the clock, so that nothing from before is counted and all of this call is.

    Units: those of `clock()`. Returns: a number.
    """
    for _ in range(warmup):
        run()
    taken = []
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        taken.append(clock() - start)
    return statistics.median(taken)
