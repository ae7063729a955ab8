"""Answers to the first notebook of lesson 19."""

import collections
import statistics
import time

import numpy as np

from tests.answers import right, wrong

# --- how far apart? (a prediction: every allowed text is right)

APART, WHERE = "apart is one of the 3 choices", "where is one of the 3 choices"
right("gpu-how-much", "small", apart="less than 2 times", where="at batch 1")
right("gpu-how-much", "large", apart="more than 10 times", where="about the same at every batch")
right("gpu-how-much", "in capitals", apart="2 TO 10 TIMES", where="AT THE LARGEST BATCH")
wrong("gpu-how-much", APART, None, "a number", apart=250)
wrong("gpu-how-much", WHERE, None, "a batch", where="64")
wrong("gpu-how-much", WHERE, None, "nothing", where="")

# --- a fair stopwatch

STOPWATCH = "gpu-median-time"
WAITS, BEFORE = (
    "the work of a call is waited for, and the first calls are left out",
    "work that was under way before is not counted",
)
EVEN = "of an even number of calls: midway between the two in the middle"
CALLS = "run is called warmup + repeats times, each call is timed apart"


@wrong(STOPWATCH, WAITS, "the device is never waited for")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        t0 = clock()
        run()
        times.append(clock() - t0)
    return np.median(times)


@wrong(STOPWATCH, BEFORE, "the device is never waited for", "one wait, after all the readings")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        t0 = clock()
        run()
        times.append(clock() - t0)
    synchronise()
    return np.median(times)


@wrong(STOPWATCH, WAITS, "the clock is read before the device has finished")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    synchronise()
    times = []
    for _ in range(repeats):
        t0 = clock()
        run()
        t1 = clock()
        synchronise()
        times.append(t1 - t0)
    return float(np.median(times))


@wrong(STOPWATCH, BEFORE, "the clock starts before the work from before is done")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        start = clock()
        run()
        synchronise()
        times.append(clock() - start)
    return float(np.median(times))


@wrong(STOPWATCH, BEFORE, "the start is read before the wait for the work from before")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = np.zeros(repeats)
    for k in range(repeats):
        start = clock()
        synchronise()
        run()
        synchronise()
        times[k] = clock() - start
    return np.median(times)


@wrong(STOPWATCH, EVEN, "the mean instead of the median")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    total = 0
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        total += clock() - start
    return total / repeats


@wrong(STOPWATCH, WAITS, "the warm-up is counted")
def time_it(run, synchronise, clock, warmup, repeats):
    times = []
    for _ in range(warmup + repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        times.append(clock() - start)
    return statistics.median(times)


@wrong(STOPWATCH, CALLS, "there is no warm-up")
def time_it(run, synchronise, clock, warmup, repeats):
    times = []
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        times.append(clock() - start)
    return statistics.median(times)


@wrong(STOPWATCH, CALLS, "the calls are timed all together, and the time is divided by their number")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    synchronise()
    began = clock()
    for _ in range(repeats):
        run()
    synchronise()
    return (clock() - began) / repeats


@wrong(STOPWATCH, EVEN, "of an even number of calls the upper one in the middle")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        times.append(clock() - start)
    times.sort()
    return times[repeats // 2]


@wrong(STOPWATCH, EVEN, "the shortest time instead of the median")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    best = float("inf")
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        best = min(best, clock() - start)
    return best


@wrong(STOPWATCH, WAITS, None, "all readings come back")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        times.append(clock() - start)
    return times


@wrong(STOPWATCH, EVEN, "the start is read once, before the first call")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    synchronise()
    start = clock()
    times = []
    for _ in range(repeats):
        run()
        synchronise()
        times.append(clock() - start)
    return np.median(times)


@wrong(STOPWATCH, EVEN, "the reading in the middle of the list, which is not sorted")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        times.append(clock() - start)
    middle = repeats // 2
    return times[middle] if repeats % 2 else (times[middle - 1] + times[middle]) / 2


@wrong(STOPWATCH, CALLS, "the warm-up is repeated before each reading")
def time_it(run, synchronise, clock, warmup, repeats):
    times = []
    for _ in range(repeats):
        for _ in range(warmup):
            run()
        synchronise()
        start = clock()
        run()
        synchronise()
        times.append(clock() - start)
    return np.median(times)


@wrong(STOPWATCH, BEFORE, "the end is taken from the start")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        end = clock()
        times.append(start - end)
    return np.median(times)


@wrong(STOPWATCH, WAITS, "the median is divided by the number of calls")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        times.append(clock() - start)
    return np.median(times) / repeats


@wrong(STOPWATCH, WAITS, None, "a clock of its own")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    times = []
    for _ in range(repeats):
        synchronise()
        start = time.perf_counter()
        run()
        synchronise()
        times.append(time.perf_counter() - start)
    return np.median(times)


@right(STOPWATCH, "a clock's readings in a chain: the end of one is the start of the next")
def time_it(run, synchronise, clock, warmup, repeats):
    for _ in range(warmup):
        run()
    synchronise()
    readings = [clock()]
    for _ in range(repeats):
        run()
        synchronise()
        readings.append(clock())
    return np.median(np.diff(readings))


@right(STOPWATCH, "a function for one call")
def time_it(run, synchronise, clock, warmup, repeats):
    def once():
        synchronise()
        start = clock()
        run()
        synchronise()
        return clock() - start

    kept = [once() for _ in range(warmup + repeats)][warmup:]
    return statistics.median(kept)


@right(STOPWATCH, "waits after each call of the warm-up, sorts by hand")
def time_it(run, synchronise, clock, warmup, repeats):
    synchronise()
    for _ in range(warmup):
        run()
        synchronise()
    taken = []
    while len(taken) < repeats:
        t = -clock()
        run()
        synchronise()
        taken.append(t + clock())
    taken = sorted(taken)
    half = repeats // 2
    return taken[half] if repeats % 2 else (taken[half - 1] + taken[half]) / 2


@right(STOPWATCH, "the last readings of a queue, a numpy number")
def time_it(run, synchronise, clock, warmup, repeats):
    last = collections.deque(maxlen=repeats)
    for _ in range(warmup + repeats):
        synchronise()
        start = clock()
        run()
        synchronise()
        end = clock()
        last.append(np.float64(end - start))
    return np.quantile(last, 0.5)


# --- count a step

COUNT = "gpu-step-counts"
WORK, LAUNCHES = "multiply-adds of a tanh, an LSTM and a GRU step", "launches of a tanh, an LSTM and a GRU step"
TANH_BYTES = "bytes that a tanh step moves: that of the table, and others"
GATE_BYTES = "bytes that an LSTM step and a GRU step move"
MORE = "one sequence more: the weights are not read again"
BLOCK = {"tanh": 1, "LSTM": 4, "GRU": 3}
LAUNCH = {"tanh": 5, "LSTM": 13, "GRU": 15}


def written_out(kind, N, D, H):
    """The numbers moved, operation by operation."""
    if kind == "tanh":
        return N * D + D * H + N * H + N * H + H * H + N * H + 3 * N * H + 2 * N * H + H + 2 * N * H
    if kind == "LSTM":
        wide = N * D + 4 * D * H + 4 * N * H + N * H + 4 * H * H + 4 * N * H + 12 * N * H + 8 * N * H + 4 * H
        return wide + 5 * 2 * N * H + 4 * 3 * N * H
    wide = N * D + 3 * D * H + 3 * N * H + N * H + 3 * H * H + 3 * N * H + 2 * (6 * N * H + 3 * H)
    return wide + 4 * 2 * N * H + 7 * 3 * N * H


@wrong(COUNT, WORK, "multiplications and additions are counted apart")
def step_counts(kind, N, D, H):
    return 2 * N * (D + H) * BLOCK[kind] * H, 4 * written_out(kind, N, D, H), LAUNCH[kind]


@wrong(COUNT, WORK, "the product with the state is forgotten")
def step_counts(kind, N, D, H):
    return N * D * BLOCK[kind] * H, 4 * written_out(kind, N, D, H), LAUNCH[kind]


@wrong(COUNT, MORE, "every cell has one block of columns")
def step_counts(kind, N, D, H):
    sums, biased, single, double = {"tanh": (1, 1, 1, 0), "LSTM": (1, 1, 5, 4), "GRU": (0, 2, 4, 7)}[kind]
    numbers = N * D + D * H + N * H + N * H + H * H + N * H
    numbers += sums * 3 * N * H + biased * (2 * N * H + H) + single * 2 * N * H + double * 3 * N * H
    return N * (D + H) * H, 4 * numbers, 2 + sums + biased + single + double


@wrong(COUNT, TANH_BYTES, "numbers are counted instead of bytes")
def step_counts(kind, N, D, H):
    return N * (D + H) * BLOCK[kind] * H, written_out(kind, N, D, H), LAUNCH[kind]


@wrong(COUNT, GATE_BYTES, "8 bytes a number")
def step_counts(kind, N, D, H):
    return N * (D + H) * BLOCK[kind] * H, 8 * written_out(kind, N, D, H), LAUNCH[kind]


@wrong(COUNT, MORE, "the weights are read again for each sequence")
def step_counts(kind, N, D, H):
    G = BLOCK[kind]
    numbers = written_out(kind, N, D, H) + (N - 1) * G * H * (D + H)
    return N * (D + H) * G * H, 4 * numbers, LAUNCH[kind]


@wrong(COUNT, LAUNCHES, "only the products are launches")
def step_counts(kind, N, D, H):
    return N * (D + H) * BLOCK[kind] * H, 4 * written_out(kind, N, D, H), 2


@wrong(COUNT, LAUNCHES, "cutting the columns into blocks is counted as launches")
def step_counts(kind, N, D, H):
    launches = {"tanh": 5, "LSTM": 14, "GRU": 17}[kind]
    return N * (D + H) * BLOCK[kind] * H, 4 * written_out(kind, N, D, H), launches


@wrong(COUNT, GATE_BYTES, "the GRU's 1 - z is overlooked")
def step_counts(kind, N, D, H):
    numbers = written_out(kind, N, D, H)
    if kind == "GRU":
        return N * (D + H) * 3 * H, 4 * (numbers - 2 * N * H), 14
    return N * (D + H) * BLOCK[kind] * H, 4 * numbers, LAUNCH[kind]


@wrong(COUNT, TANH_BYTES, "the biases are read again for each sequence")
def step_counts(kind, N, D, H):
    biases = {"tanh": H, "LSTM": 4 * H, "GRU": 6 * H}[kind]
    numbers = written_out(kind, N, D, H) + (N - 1) * biases
    return N * (D + H) * BLOCK[kind] * H, 4 * numbers, LAUNCH[kind]


@wrong(COUNT, TANH_BYTES, "the weights are not counted among what is moved")
def step_counts(kind, N, D, H):
    G = BLOCK[kind]
    return N * (D + H) * G * H, 4 * (written_out(kind, N, D, H) - G * H * (D + H)), LAUNCH[kind]


@wrong(
    COUNT,
    LAUNCHES,
    "two things at once: multiplications and additions are counted apart, and only the products are launches",
    "flops, and products alone",
)
def step_counts(kind, N, D, H):
    return 2 * N * (D + H) * BLOCK[kind] * H, 4 * written_out(kind, N, D, H), 2


@wrong(COUNT, LAUNCHES, None, "one launch a line of the text")
def step_counts(kind, N, D, H):
    return N * (D + H) * BLOCK[kind] * H, 4 * written_out(kind, N, D, H), {"tanh": 1, "LSTM": 7, "GRU": 6}[kind]


@wrong(COUNT, LAUNCHES, "the GRU's r * u_n is overlooked")
def step_counts(kind, N, D, H):
    numbers, launches = written_out(kind, N, D, H), LAUNCH[kind]
    if kind == "GRU":
        numbers, launches = numbers - 3 * N * H, launches - 1
    return N * (D + H) * BLOCK[kind] * H, 4 * numbers, launches


@wrong(COUNT, TANH_BYTES, "the bytes and the launches are exchanged")
def step_counts(kind, N, D, H):
    return N * (D + H) * BLOCK[kind] * H, LAUNCH[kind], 4 * written_out(kind, N, D, H)


@wrong(COUNT, GATE_BYTES, None, "the LSTM's gates are counted with 4H columns each")
def step_counts(kind, N, D, H):
    numbers = written_out(kind, N, D, H) + (3 * (5 * 2 + 4 * 3) * N * H if kind == "LSTM" else 0)
    return N * (D + H) * BLOCK[kind] * H, 4 * numbers, LAUNCH[kind]


@right(COUNT, "written out for each kind")
def step_counts(kind, N, D, H):
    return N * (D + H) * BLOCK[kind] * H, 4 * written_out(kind, N, D, H), LAUNCH[kind]


@right(COUNT, "a list of operations, each with what it reads and writes")
def step_counts(kind, N, D, H):
    wide, narrow, bias = BLOCK[kind] * N * H, N * H, BLOCK[kind] * H
    operations = [[N * D, D * bias, wide], [N * H, H * bias, wide]]
    if kind == "GRU":
        operations += [[wide, bias, wide]] * 2 + [[narrow] * 2] * 4 + [[narrow] * 3] * 7
    else:
        operations += [[wide] * 3, [wide, bias, wide]]
        operations += [[narrow] * 2] * (5 if kind == "LSTM" else 1) + [[narrow] * 3] * (4 if kind == "LSTM" else 0)
    return (N * D + N * H) * bias, 4 * sum(map(sum, operations)), len(operations)


@right(COUNT, "numpy's integers, a list")
def step_counts(kind, N, D, H):
    return [
        np.int64(N * (D + H)) * BLOCK[kind] * H,
        np.dtype(np.float32).itemsize * np.int64(written_out(kind, N, D, H)),
        np.int64(LAUNCH[kind]),
    ]


@right(COUNT, "recorded from a run on small arrays")
def step_counts(kind, N, D, H):
    total = {"work": 0, "numbers": 0, "launches": 0}

    def done(result, *arrays):
        total["launches"] += 1
        total["numbers"] += result.size + sum(a.size for a in arrays)
        return result

    def product(a, b):
        total["work"] += a.shape[0] * a.shape[1] * b.shape[1]
        return done(a @ b, a, b)

    G = BLOCK[kind]
    x, h, c = np.ones((N, D)), np.ones((N, H)), np.ones((N, H))
    W_x, W_h, b = np.ones((D, G * H)), np.ones((H, G * H)), np.ones(G * H)
    add, mul, one = lambda p, q: done(p + q, p, q), lambda p, q: done(p * q, p, q), lambda p: done(np.tanh(p), p)
    if kind == "GRU":
        a_r, a_z, a_n = np.split(add(product(x, W_x), b), 3, axis=1)
        u_r, u_z, u_n = np.split(add(product(h, W_h), b), 3, axis=1)
        r, z = one(add(a_r, u_r)), one(add(a_z, u_z))
        n = one(add(a_n, mul(r, u_n)))
        add(mul(one(z), n), mul(z, h))
    else:
        a = add(add(product(x, W_x), product(h, W_h)), b)
        gates = [one(block) for block in np.split(a, G, axis=1)]
        if kind == "LSTM":
            i, f, g, o = gates
            mul(o, one(add(mul(f, c), mul(i, g))))
    return total["work"], 4 * total["numbers"], total["launches"]


# --- the least time

FLOOR = "gpu-roofline"
ARITHMETIC = "where the arithmetic binds: seconds and bound"
MEMORY, LAUNCH_BOUND = "where the memory binds: seconds and bound", "where the launches bind: seconds and bound"
TWICE = "a machine twice as fast in what does not bind takes as long; in what binds, half"
NOTHING = "a sum without a product has no multiply-adds; a step inside a larger launch has none of its own"


def three(work, moved, launches, machine):
    return (
        work / machine["multiply_adds_per_second"],
        moved / machine["bytes_per_second"],
        launches * machine["seconds_per_launch"],
    )


WORDS = ("arithmetic", "memory", "launches")


@wrong(FLOOR, ARITHMETIC, "the times are added up")
def floor_seconds(work, moved, launches, machine):
    times = three(work, moved, launches, machine)
    return sum(times), WORDS[int(np.argmax(times))]


@wrong(FLOOR, ARITHMETIC, "the launches are added to the longer of the other two")
def floor_seconds(work, moved, launches, machine):
    a, m, started = three(work, moved, launches, machine)
    return max(a, m) + started, WORDS[int(np.argmax([a, m, started]))]


@wrong(FLOOR, LAUNCH_BOUND, "the launches are left out")
def floor_seconds(work, moved, launches, machine):
    a, m, _ = three(work, moved, launches, machine)
    return (a, "arithmetic") if a > m else (m, "memory")


@wrong(FLOOR, MEMORY, "the bytes are left out")
def floor_seconds(work, moved, launches, machine):
    a, _, started = three(work, moved, launches, machine)
    return (a, "arithmetic") if a > started else (started, "launches")


@wrong(FLOOR, NOTHING, "the shortest of the three instead of the longest")
def floor_seconds(work, moved, launches, machine):
    times = three(work, moved, launches, machine)
    return min(times), WORDS[int(np.argmin(times))]


@wrong(FLOOR, TWICE, "the cost of one launch instead of all")
def floor_seconds(work, moved, launches, machine):
    a, m, _ = three(work, moved, launches, machine)
    times = (a, m, machine["seconds_per_launch"])
    return max(times), WORDS[int(np.argmax(times))]


@wrong(FLOOR, ARITHMETIC, "a multiply-add is taken as two")
def floor_seconds(work, moved, launches, machine):
    a, m, started = three(work, moved, launches, machine)
    times = (2 * a, m, started)
    return max(times), WORDS[int(np.argmax(times))]


@wrong(FLOOR, LAUNCH_BOUND, "the time is right, the name leaves the launches out")
def floor_seconds(work, moved, launches, machine):
    intensity, ridge = work / max(moved, 1e-300), machine["multiply_adds_per_second"] / machine["bytes_per_second"]
    return max(three(work, moved, launches, machine)), "arithmetic" if intensity > ridge else "memory"


@wrong(FLOOR, ARITHMETIC, None, "the name is a word that was not asked for")
def floor_seconds(work, moved, launches, machine):
    times = three(work, moved, launches, machine)
    return max(times), ("compute", "bandwidth", "overhead")[int(np.argmax(times))]


@wrong(FLOOR, ARITHMETIC, "the time is right, the name is the last one in the alphabet")
def floor_seconds(work, moved, launches, machine):
    times = dict(zip(WORDS, three(work, moved, launches, machine), strict=True))
    return max(times.values()), max(times)


@wrong(FLOOR, LAUNCH_BOUND, "the launches are divided by what one costs")
def floor_seconds(work, moved, launches, machine):
    times = (*three(work, moved, launches, machine)[:2], launches / machine["seconds_per_launch"])
    k = int(np.argmax(times))
    return times[k], WORDS[k]


@wrong(FLOOR, MEMORY, None, "the name comes first")
def floor_seconds(work, moved, launches, machine):
    times = three(work, moved, launches, machine)
    k = int(np.argmax(times))
    return WORDS[k], times[k]


@right(FLOOR, "by argmax")
def floor_seconds(work, moved, launches, machine):
    times = three(work, moved, launches, machine)
    k = int(np.argmax(times))
    return times[k], WORDS[k]


@right(FLOOR, "pairs of time and name, the largest")
def floor_seconds(work, moved, launches, machine):
    return max(zip(three(work, moved, launches, machine), WORDS, strict=True))


@right(FLOOR, "by comparisons")
def floor_seconds(work, moved, launches, machine):
    a, m, started = three(work, moved, launches, machine)
    if a >= m and a >= started:
        return a, "arithmetic"
    if m >= started:
        return m, "memory"
    return started, "launches"


@right(FLOOR, "by the roof at this intensity, the name in capitals")
def floor_seconds(work, moved, launches, machine):
    peak, rate = machine["multiply_adds_per_second"], machine["bytes_per_second"]
    started = launches * machine["seconds_per_launch"]
    if work and moved:
        roof = min(peak, rate * work / moved)
        seconds, name = work / roof, "Arithmetic" if roof == peak else "Memory"
    else:
        seconds, name = (work / peak, "Arithmetic") if work else (moved / rate, "Memory")
    return (started, "Launches") if started > seconds else (np.float64(seconds), name)


# --- fair ratios

FAIR = "gpu-fair-ratio"
HEAD, SAME = "a table that can be done in the head", "tokens a second, at the same batch"
ONCE = "what happened once is left out: compiling, and moving data"
COMMON, ENDS = "a batch that the baseline does not have gives no ratio", "the lowest and the highest of all ratios"
ALONE = "the caller's rows are left alone"


def steady(row):
    return row["tokens"] / (row["seconds"] - row["compile"] - row["transfer"])


def against(rows, baseline, rate, below=None):
    """Ratios of these rates; below: of a row, what stands below the line."""
    bottom = {row["batch"]: rate(row) for row in rows if row["backend"] == baseline}
    ratios = collections.defaultdict(dict)
    for row in rows:
        if row["backend"] != baseline and (below or row["batch"] in bottom):
            ratios[row["backend"]][row["batch"]] = rate(row) / (below(bottom, row) if below else bottom[row["batch"]])
    every = [ratio for line in ratios.values() for ratio in line.values()]
    return dict(ratios), min(every), max(every)


@wrong(FAIR, ONCE, "compiling and moving data are counted")
def speed_ups(rows, baseline):
    return against(rows, baseline, lambda row: row["tokens"] / row["seconds"])


@wrong(FAIR, ENDS, "compiling is counted")
def speed_ups(rows, baseline):
    return against(rows, baseline, lambda row: row["tokens"] / (row["seconds"] - row["transfer"]))


@wrong(FAIR, ONCE, "moving data is counted")
def speed_ups(rows, baseline):
    return against(rows, baseline, lambda row: row["tokens"] / (row["seconds"] - row["compile"]))


@wrong(FAIR, HEAD, "the seconds of the runs are compared, not the tokens a second")
def speed_ups(rows, baseline):
    seconds = {(r["backend"], r["batch"]): r["seconds"] - r["compile"] - r["transfer"] for r in rows}
    ratios = {}
    for (name, batch), s in seconds.items():
        if name != baseline and (baseline, batch) in seconds:
            ratios.setdefault(name, {})[batch] = seconds[baseline, batch] / s
    every = [x for line in ratios.values() for x in line.values()]
    return ratios, min(every), max(every)


@wrong(FAIR, HEAD, "the ratio is turned round")
def speed_ups(rows, baseline):
    return against(rows, baseline, lambda row: (row["seconds"] - row["compile"] - row["transfer"]) / row["tokens"])


@wrong(FAIR, SAME, "all are compared with the baseline at its smallest batch")
def speed_ups(rows, baseline):
    return against(rows, baseline, steady, below=lambda bottom, row: bottom[min(bottom)])


@wrong(FAIR, SAME, "all are compared with the baseline's first row")
def speed_ups(rows, baseline):
    return against(rows, baseline, steady, below=lambda bottom, row: list(bottom.values())[0])  # noqa: RUF015


@wrong(FAIR, COMMON, None, "a missing batch gives nan")
def speed_ups(rows, baseline):
    return against(rows, baseline, steady, below=lambda bottom, row: bottom.get(row["batch"], float("nan")))


@wrong(FAIR, SAME, "the baseline is compared with itself")
def speed_ups(rows, baseline):
    bottom = {row["batch"]: steady(row) for row in rows if row["backend"] == baseline}
    ratios = {}
    for row in rows:
        if row["batch"] in bottom:
            ratios.setdefault(row["backend"], {})[row["batch"]] = steady(row) / bottom[row["batch"]]
    every = [x for line in ratios.values() for x in line.values()]
    return ratios, min(every), max(every)


@wrong(FAIR, ENDS, "the lowest and the highest are exchanged")
def speed_ups(rows, baseline):
    ratios, low, high = against(rows, baseline, steady)
    return ratios, high, low


@wrong(FAIR, ENDS, "the lowest and the highest are of the last backend alone")
def speed_ups(rows, baseline):
    ratios, *_ = against(rows, baseline, steady)
    for line in ratios.values():
        low, high = min(line.values()), max(line.values())
    return ratios, low, high


@wrong(FAIR, ALONE, "the caller's list is sorted")
def speed_ups(rows, baseline):
    ratios, low, high = against(list(rows), baseline, steady)
    rows.sort(key=lambda row: (row["backend"], row["batch"]))
    return ratios, low, high


@wrong(FAIR, ALONE, None, "the seconds are corrected in place")
def speed_ups(rows, baseline):
    for row in rows:
        row["seconds"] -= row["compile"] + row["transfer"]
    return against(rows, baseline, lambda row: row["tokens"] / row["seconds"])


@wrong(FAIR, HEAD, "the rates come back, not the ratios")
def speed_ups(rows, baseline):
    own = {row["batch"] for row in rows if row["backend"] == baseline}
    rates = {}
    for row in rows:
        if row["backend"] != baseline and row["batch"] in own:
            rates.setdefault(row["backend"], {})[row["batch"]] = steady(row)
    every = [x for line in rates.values() for x in line.values()]
    return rates, min(every), max(every)


@wrong(FAIR, HEAD, "1 is taken off each ratio")
def speed_ups(rows, baseline):
    ratios, low, high = against(rows, baseline, steady)
    return {name: {b: x - 1 for b, x in line.items()} for name, line in ratios.items()}, low - 1, high - 1


@wrong(FAIR, HEAD, None, "a list for each backend")
def speed_ups(rows, baseline):
    ratios, low, high = against(rows, baseline, steady)
    return {name: [line[b] for b in sorted(line)] for name, line in ratios.items()}, low, high


@right(FAIR, "the baseline's rates by batch first")
def speed_ups(rows, baseline):
    return against(rows, baseline, steady)


@right(FAIR, "two loops over the rows, without a table of rates")
def speed_ups(rows, baseline):
    ratios, every = {}, []
    for row in rows:
        for other in rows:
            if row["backend"] != baseline == other["backend"] and row["batch"] == other["batch"]:
                ratio = steady(row) / steady(other)
                ratios.setdefault(row["backend"], {})[row["batch"]] = ratio
                every.append(ratio)
    return ratios, min(every), max(every)


@right(FAIR, "seconds a token, turned round at the end; sorted copies")
def speed_ups(rows, baseline):
    cost = {
        (row["batch"], row["backend"]): (row["seconds"] - row["compile"] - row["transfer"]) / row["tokens"]
        for row in sorted(rows, key=lambda row: row["batch"])
    }
    names = {name for _, name in cost} - {baseline}
    ratios = {
        name: {b: cost[b, baseline] / c for (b, n), c in cost.items() if n == name and (b, baseline) in cost}
        for name in names
    }
    every = np.concatenate([list(line.values()) for line in ratios.values()])
    return ratios, every.min(), every.max()


@right(FAIR, "copies of the rows with a rate, numpy numbers")
def speed_ups(rows, baseline):
    rows = [{**row, "rate": np.float64(steady(row))} for row in rows]
    bottom = {row["batch"]: row["rate"] for row in rows if row["backend"] == baseline}
    ratios = {}
    for row in rows:
        if row["backend"] == baseline or row["batch"] not in bottom:
            continue
        ratios[row["backend"]] = {**ratios.get(row["backend"], {}), row["batch"]: row["rate"] / bottom[row["batch"]]}
    every = sorted(x for line in ratios.values() for x in line.values())
    return [ratios, every[0], every[-1]]
