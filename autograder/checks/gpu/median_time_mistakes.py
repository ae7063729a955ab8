"""What goes wrong with a stopwatch on a device that works on by itself."""

import statistics

from autograder.checks.gpu.median_time import MEDIAN

WAIT = "`run()` hands the work over and comes back; the device goes on. Only `synchronise()` waits until it is done."


def readings(run, synchronise, clock, warmup, repeats, first=True, waits=True, after=False):
    """What each call took. first: wait before the start; waits: before the end; after: wait once the clock is read."""
    for _ in range(warmup):
        run()
    taken = []
    for _ in range(repeats):
        if first:
            synchronise()
        start = clock()
        run()
        if waits:
            synchronise()
        taken.append(clock() - start)
        if after:
            synchronise()
    return taken


def time_mistake(name, words, pick=statistics.median, **ways):
    MEDIAN.mistake(name, words, time_it=lambda *args: pick(readings(*args, **ways)))


time_mistake("the device is never waited for", WAIT, first=False, waits=False)
time_mistake(
    "the clock is read before the device has finished",
    f"{WAIT} Wait before the second reading; a wait after it comes too late for this call.",
    waits=False,
)
time_mistake(
    "the clock starts before the work from before is done",
    "What the device still has to do (the warm-up, or work of others) ends within the first measured call. Wait "
    "before the first reading, too.",
    first=False,
)
time_mistake(
    "the mean instead of the median",
    "A single slow call, because something else was running, moves the mean. The median stays.",
    statistics.mean,
)
time_mistake(
    "the shortest time instead of the median",
    "The shortest is what luck can do. Asked for is what a call usually takes: the median.",
    min,
)
time_mistake(
    "the longest time instead of the median",
    "The longest call is the one that was disturbed most. Asked for is the median.",
    max,
)
time_mistake(
    "all calls together instead of one", "The result is the time of *one* call: the median of the readings.", sum
)
time_mistake(
    "the last reading instead of the median",
    "Keep what each call took in a list, and take the median of it at the end.",
    lambda taken: taken[-1],
)
time_mistake(
    "of an even number of calls the upper one in the middle",
    "With an even number there are two in the middle; the median lies midway between them.",
    lambda taken: sorted(taken)[len(taken) // 2],
)
time_mistake(
    "of an even number of calls the lower one in the middle",
    "With an even number there are two in the middle; the median lies midway between them.",
    lambda taken: sorted(taken)[(len(taken) - 1) // 2],
)
time_mistake(
    "the reading in the middle of the list, which is not sorted",
    "The median is the middle one in order of *size*. Sort the readings first, or use `np.median`.",
    lambda taken: statistics.mean(taken[(len(taken) - 1) // 2 : len(taken) // 2 + 1]),
)
time_mistake(
    "the end is taken from the start",
    "A time is the second reading less the first: `clock() - start`.",
    lambda taken: -statistics.median(taken),
)
time_mistake(
    "the median is divided by the number of calls",
    "Each reading is the time of one call already, and so is their median.",
    lambda taken: statistics.median(taken) / len(taken),
)
time_mistake(
    "milliseconds instead of seconds",
    "The clock counts in seconds, and so does the result.",
    lambda taken: 1000 * statistics.median(taken),
)


@MEDIAN.mistake(
    "the start is read before the wait for the work from before",
    "First wait, then read the clock: what is waited for after the reading is counted.",
)
def start_too_early(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    taken = []
    for _ in range(repeats):
        start = clock()
        synchronise()
        run()
        synchronise()
        taken.append(clock() - start)
    return statistics.median(taken)


@MEDIAN.mistake(
    "the warm-up is counted",
    "The first calls compile, load and reserve memory. They run first, and what they took is not kept.",
)
def warm_up_counted(run, synchronise, clock, warmup, repeats):
    return statistics.median(readings(run, synchronise, clock, 0, warmup + repeats))


@MEDIAN.mistake("there is no warm-up", "Call `run()` so many times as `warmup` says before the first reading.")
def no_warm_up(run, synchronise, clock, warmup, repeats):
    return statistics.median(readings(run, synchronise, clock, 0, repeats))


@MEDIAN.mistake(
    "one call more to warm up than was asked for", "`warmup` may be 0: then the first call counts, as was asked for."
)
def one_more(run, synchronise, clock, warmup, repeats):
    return statistics.median(readings(run, synchronise, clock, warmup + 1, repeats))


@MEDIAN.mistake(
    "the start is read once, before the first call",
    "The second reading then holds the first call as well, the third two others. Read the start anew for each call.",
)
def one_start(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    synchronise()
    start, taken = clock(), []
    for _ in range(repeats):
        run()
        synchronise()
        taken.append(clock() - start)
    return statistics.median(taken)


@MEDIAN.mistake(
    "the warm-up is repeated before each reading",
    "It comes once, before the first reading: `run()` is called warmup + repeats times in all.",
)
def warm_up_repeated(run, synchronise, clock, warmup, repeats):
    return statistics.median(
        reading for _ in range(repeats) for reading in readings(run, synchronise, clock, warmup, 1)
    )


@MEDIAN.mistake(
    "the calls are timed all together, and the time is divided by their number",
    "That is a mean, and within it a call is handed over while the one before is still at work. Read the clock before "
    "and after each call, and wait both times.",
)
def all_together(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    synchronise()
    start = clock()
    for _ in range(repeats):
        run()
    synchronise()
    return (clock() - start) / repeats
