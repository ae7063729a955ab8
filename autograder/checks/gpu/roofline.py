"""The least time that a step can take, and what binds."""

from autograder.checks.gpu import reference_measure as reference
from autograder.compare import expect, expect_close, expect_equal
from autograder.spec import Exercise
from autograder.wording import brief

BOUNDS = "arithmetic", "memory", "launches"
COST = "seconds_per_launch"

FLOOR = Exercise(
    "gpu-roofline",
    functions={"floor_seconds": reference.floor_seconds},
    returns={"floor_seconds": ("seconds", "bound")},
    points=2,
    minutes=12,
    difficulty=1,
    hints=(
        "Three times, in seconds: the multiply-adds by how many a second there can be, the bytes by how many a second, "
        "and the launches times what one costs.",
        "The three go on beside each other, so the whole takes at least as long as the longest of them. "
        "`max(times, key=times.get)` gives the name of the largest entry of a dict.",
    ),
    explain="While a product is computed, the next numbers are on their way and the next launch is prepared. At best "
    "the three overlap entirely; then the longest is what is seen. It is a floor: a real step takes longer.",
)


def draw(rng, bound):
    """Counts and a machine on which this one binds, by a factor of 2 to 8 over each of the others."""
    times = {name: float(rng.uniform(1, 2)) * 1e-5 for name in BOUNDS}
    times[bound] *= float(rng.uniform(4, 8))
    launches = int(rng.integers(2, 4))
    machine = {
        "multiply_adds_per_second": float(rng.uniform(1, 9)) * 1e12,
        "bytes_per_second": float(rng.uniform(1, 4)) * 1e11,
        "seconds_per_launch": times["launches"] / launches,
    }
    work = times["arithmetic"] * machine["multiply_adds_per_second"]
    return work, times["memory"] * machine["bytes_per_second"], launches, machine


def expect_floor(student, counts):
    seconds, bound = student.floor_seconds(*counts)
    want, binds = reference.floor_seconds(*counts)
    expect_close("seconds", seconds, want, "The longest of three times: of arithmetic, of memory, of launches.")
    name = "".join(bound.split()).lower() if isinstance(bound, str) else None
    listed = ", ".join(f'"{word}"' for word in BOUNDS)
    expect(name in BOUNDS, f"bound: expected one of the words {listed}, got {brief(bound)}.")
    expect_equal("bound", name, binds, "It is the name of the time that is the longest.")


for _name in BOUNDS:

    @FLOOR.check(f"where the {_name} bind{'' if _name == 'launches' else 's'}: seconds and bound")
    def binding(student, rng, name=_name):
        for _ in range(3):
            expect_floor(student, draw(rng, name))


@FLOOR.check("a machine twice as fast in what does not bind takes as long; in what binds, half")
def twice(student, rng):
    faster = {
        "arithmetic": ("multiply_adds_per_second", 2),
        "memory": ("bytes_per_second", 2),
        "launches": ("seconds_per_launch", 0.5),
    }
    for binds in BOUNDS:
        *counts, machine = draw(rng, binds)
        for name, factor in faster.values():
            expect_floor(student, (*counts, {**machine, name: machine[name] * factor}))


@FLOOR.check("a sum without a product has no multiply-adds; a step inside a larger launch has none of its own")
def nothing(student, rng):
    work, moved, launches, machine = draw(rng, "memory")
    for counts in ((0, moved, launches), (work, moved, 0), (work, 0, launches)):
        expect_floor(student, (*counts, machine))


def floor_mistake(name, words, choose):
    """choose: from the three times by their names to seconds and bound."""

    def floor_seconds(work, moved, launches, machine):
        return choose(
            {
                "arithmetic": work / machine["multiply_adds_per_second"],
                "memory": moved / machine["bytes_per_second"],
                "launches": launches * machine["seconds_per_launch"],
            }
        )

    FLOOR.mistake(name, words, floor_seconds=floor_seconds)


def longest(times):
    return max(times, key=times.get)


OVERLAP = "The three go on beside each other: the whole takes as long as the longest of them."
floor_mistake("the times are added up", OVERLAP, lambda times: (sum(times.values()), longest(times)))
floor_mistake(
    "the launches are added to the longer of the other two",
    f"{OVERLAP} While the device computes, the next launches are prepared.",
    lambda times: (max(times["arithmetic"], times["memory"]) + times["launches"], longest(times)),
)
floor_mistake(
    "the shortest of the three instead of the longest",
    "Nothing is done before the slowest part is done: the longest of the three times.",
    lambda times: (min(times.values()), min(times, key=times.get)),
)
floor_mistake(
    "the launches are left out",
    "The third of the three times: launches times the seconds that each costs.",
    lambda times: (
        max(times["arithmetic"], times["memory"]),
        "arithmetic" if times["arithmetic"] > times["memory"] else "memory",
    ),
)
floor_mistake(
    "the bytes are left out",
    "The second of the three times: bytes moved, by how many can be moved in a second.",
    lambda times: longest_of(times, "arithmetic", "launches"),
)
floor_mistake(
    "the multiply-adds are left out",
    "The first of the three times: multiply-adds, by how many there can be in a second.",
    lambda times: longest_of(times, "memory", "launches"),
)
floor_mistake(
    "the time is right, the name is that of the shortest",
    "`bound` is what the step waits for: the name of the longest time.",
    lambda times: (max(times.values()), min(times, key=times.get)),
)
floor_mistake(
    "the time is right, the name leaves the launches out",
    "The launches are one of three: they bind where their time is the longest.",
    lambda times: (max(times.values()), "arithmetic" if times["arithmetic"] > times["memory"] else "memory"),
)
floor_mistake(
    "the time is right, the name is the last one in the alphabet",
    "`max` of a dict compares its keys. `max(times, key=times.get)` compares what stands under them.",
    lambda times: (max(times.values()), max(times)),
)
floor_mistake("the mean of the three", OVERLAP, lambda times: (sum(times.values()) / len(times), longest(times)))
floor_mistake(
    "milliseconds instead of seconds",
    "All three are in seconds.",
    lambda times: (1e3 * max(times.values()), longest(times)),
)


def longest_of(times, *names):
    return longest_in({name: times[name] for name in names})


def longest_in(times):
    return times[longest(times)], longest(times)


@FLOOR.mistake(
    "the cost of one launch instead of all",
    "Each launch costs `seconds_per_launch`: multiply by how many there are.",
)
def one_launch(work, moved, launches, machine):
    return reference.floor_seconds(work, moved, 1, machine)


@FLOOR.mistake(
    "the launches are divided by what one costs",
    "`seconds_per_launch` is no rate but a cost: so many launches take so many times as long as one.",
)
def divided_launches(work, moved, launches, machine):
    return reference.floor_seconds(work, moved, launches, {**machine, COST: 1 / machine[COST]})


@FLOOR.mistake(
    "a multiply-add is taken as two",
    "The machine's number counts multiply-adds, as `work` does. Data sheets count multiplications and additions apart: "
    "that factor of 2 stands on their side.",
)
def doubled(work, moved, launches, machine):
    return reference.floor_seconds(2 * work, moved, launches, machine)


@FLOOR.mistake(
    "a second divided by how long it takes: the rates are turned round",
    "A rate is so many in a second. So many things take things divided by rate.",
)
def turned(work, moved, launches, machine):
    times = {
        "arithmetic": machine["multiply_adds_per_second"] / max(work, 1),
        "memory": machine["bytes_per_second"] / max(moved, 1),
        "launches": launches * machine["seconds_per_launch"],
    }
    return longest_in(times)
