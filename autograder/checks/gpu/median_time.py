"""A stopwatch for a device that works on while Python goes on."""

from autograder.checks.gpu import reference_measure as reference
from autograder.compare import expect, expect_close, expect_equal
from autograder.spec import Exercise

MEDIAN = Exercise(
    "gpu-median-time",
    functions={"time_it": reference.time_it},
    returns={"time_it": ("seconds",)},
    points=3,
    minutes=15,
    difficulty=2,
    hints=(
        "Too small by far? `run()` only hands the work over. Wait with `synchronise()` *before* the clock is read the "
        "second time.",
        "Too large in the first measured call? The warm-up's work is still under way when the clock starts. Wait "
        "before the first reading, too.",
        "For each of `repeats`: `synchronise()`, `start = clock()`, `run()`, `synchronise()`, then keep "
        "`clock() - start`. At the end `np.median` of what was kept.",
    ),
    explain="Two waits belong to each reading: one before the start, so that nothing from before is counted, and one "
    "before the end, so that all of this call is. The median does not move when a single call is slow because "
    "something else was running.",
)


class Device:
    """A machine that can be told exactly: a clock that stands still but for what is done, and a queue of work.

    durations: of the work of each call, in seconds; a call beyond them begins again. launch: what handing over costs.
    busy: work that is under way at the start. At most `room` calls wait: one more has to wait until there is room.
    """

    def __init__(self, durations, launch=0.001, busy=0.0, room=3):
        self.durations, self.launch, self.room = list(durations), launch, room
        self.now, self.calls, self.readings = 40.0, 0, 0
        self.ends = [self.now + busy]  # of each piece of work

    def run(self):
        duration = self.durations[self.calls % len(self.durations)]
        self.calls += 1
        self.now += self.launch
        waiting = [end for end in self.ends if end > self.now]
        if len(waiting) >= self.room:
            self.now = waiting[-self.room]
        self.ends.append(max(self.now, self.ends[-1]) + duration)

    def synchronise(self):
        self.now = max(self.now, self.ends[-1])

    def clock(self):
        self.readings += 1
        return self.now

    def handed_over(self):
        """As the arguments of `time_it`."""
        return self.run, self.synchronise, self.clock


def draw(rng, calls, slow=()):
    """Durations of so many calls, about 20 ms; `slow` come first."""
    durations = [*slow, *rng.uniform(0.01, 0.03, calls)]
    durations[-2] = 0.4  # something else was running
    return durations


def both(student, durations, warmup, repeats, **kind):
    """The student's result and the reference's, on two devices that are alike, and the student's device."""
    device, other = Device(durations, **kind), Device(durations, **kind)
    got = student.time_it(*device.handed_over(), warmup, repeats)
    expect(device.readings > 0, "`clock()` was never called. The time here is that of the clock which is handed in.")
    return got, reference.time_it(*other.handed_over(), warmup, repeats), device


@MEDIAN.check("the work of a call is waited for, and the first calls are left out")
def waits(student, rng):
    for warmup, repeats in ((2, 7), (3, 5)):
        got, want, _ = both(student, draw(rng, repeats, slow=(1.5, 0.9, 0.7)[:warmup]), warmup, repeats)
        hint = "The device is still at work when `run()` comes back. And its first calls take longer than the others."
        expect_close("seconds", got, want, hint)


@MEDIAN.check("work that was under way before is not counted")
def before(student, rng):
    for warmup, repeats in ((0, 1), (1, 1), (2, 1)):
        got, want, _ = both(student, draw(rng, 3, slow=(0.8,) * warmup), warmup, repeats, busy=0.6)
        hint = "Something is still at work when the measurement begins. Does the clock start before that has ended?"
        expect_close("seconds", got, want, hint)


@MEDIAN.check("of an even number of calls: midway between the two in the middle")
def even(student, rng):
    for repeats in (4, 6):
        got, want, _ = both(student, draw(rng, repeats, slow=(0.5,)), 1, repeats)
        hint = "One slow call is among them: it must not move the result. `np.median` takes both numbers in the middle."
        expect_close("seconds", got, want, hint)


@MEDIAN.check("run is called warmup + repeats times, each call is timed apart")
def calls(student, rng):
    for warmup, repeats in ((2, 3), (0, 4), (4, 1)):
        got, want, device = both(student, draw(rng, repeats + 1, slow=(0.9, 0.7, 0.6, 0.5)[:warmup]), warmup, repeats)
        expect_close("seconds", got, want, f"Here warmup = {warmup} and repeats = {repeats}.")
        hint = f"{warmup} to warm up, and {repeats} that count."
        expect_equal("calls of run", device.calls, warmup + repeats, hint)
