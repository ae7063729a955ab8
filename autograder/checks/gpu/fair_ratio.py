"""What a table of measurements allows to say: ratios at equal batch, per token, apart from what happens once."""

from autograder.checks.gpu import reference_measure as reference
from autograder.compare import expect, expect_close, expect_equal, expect_names, expect_unchanged
from autograder.spec import Exercise
from autograder.wording import brief

RATIO = Exercise(
    "gpu-fair-ratio",
    functions={"speed_ups": reference.speed_ups},
    returns={"speed_ups": ("ratios", "lowest", "highest")},
    points=3,
    minutes=20,
    difficulty=2,
    hints=(
        "First a rate for each row: tokens by the seconds in which they were read, without `compile` and `transfer`. "
        "A dict with the key `(backend, batch)` holds them well.",
        "A ratio needs two rows: of this backend and of the baseline, at the *same* batch. Where the baseline has no "
        "such row there is no ratio. The baseline itself is left out.",
        "`ratios.setdefault(backend, {})[batch] = rate / rate_of_baseline`. Lowest and highest are taken over all the "
        "ratios of all backends.",
    ),
    explain="One claim, many ratios: for each backend and each batch another one. The range from the lowest to the "
    "highest is what the table shows. A single number says which of them was picked.",
)
NAMES = "a loop", "a library", "a GPU"
SAME = "Is each rate set beside that of the baseline at the same batch?"
COMMON = "A ratio stands where both have a row: this backend and the baseline."
APART = "`seconds` is the whole run: what was spent on compiling and moving data stands in it."


def row(backend, batch, seconds, tokens, compile=0.0, transfer=0.0):
    return {
        "backend": backend,
        "batch": batch,
        "seconds": seconds,
        "tokens": tokens,
        "compile": compile,
        "transfer": transfer,
    }


def draw(rng, batches=(1, 8, 64), apart=True):
    """A row for each backend and batch, in an order drawn by chance. apart: compiling and moving took time."""
    rows = []
    for number, backend in enumerate(NAMES):
        for batch in batches:
            rate = (number + 1) * batch ** (number / 2) * float(rng.uniform(1, 2)) * 100
            tokens = batch * int(rng.integers(20, 90))
            once, moving = (float(x) for x in rng.uniform(0.1, 0.9, 2)) if apart else (0.0, 0.0)
            rows.append(row(backend, batch, tokens / rate + once + moving, tokens, once, moving))
    return [rows[k] for k in rng.permutation(len(rows))]


def expect_ratios(got, want, hint):
    """Expect these ratios by backend and batch."""
    expect_names("ratios", got, want)
    for backend, by_batch in want.items():
        of_backend = got[backend]
        expect(
            isinstance(of_backend, dict),
            f"ratios of {backend}: expected a dict with a ratio for each batch, got {brief(of_backend)}.",
        )
        expect_equal(f"the batches of {backend}", sorted(of_backend), sorted(by_batch), COMMON)
        for batch, ratio in by_batch.items():
            expect_close(f"ratio of {backend} at batch {batch}", of_backend[batch], ratio, hint)


@RATIO.check("a table that can be done in the head")
def in_the_head(student, rng):
    rows = [row("loop", 2, 10.0, 100), row("loop", 4, 20.0, 400), row("net", 4, 5.0, 500), row("net", 2, 4.0, 200)]
    ratios = student.speed_ups(rows, "loop")[0]
    hint = "The loop reads 10 tokens a second at batch 2 and 20 at batch 4; the net 50 and 100."
    expect_ratios(ratios, {"net": {2: 5.0, 4: 5.0}}, hint)
    ratios, lowest, highest = student.speed_ups([*rows, row("chip", 4, 2.0, 480)], "loop")
    expect_ratios(ratios, {"net": {2: 5.0, 4: 5.0}, "chip": {4: 12.0}}, hint)
    expect_close("lowest", lowest, 5.0, "Of all ratios, of all backends.")
    expect_close("highest", highest, 12.0, "Of all ratios, of all backends.")


@RATIO.check("tokens a second, at the same batch")
def same_batch(student, rng):
    for baseline in NAMES:
        rows = draw(rng, apart=False)
        expect_ratios(student.speed_ups(rows, baseline)[0], reference.speed_ups(rows, baseline)[0], SAME)


@RATIO.check("what happened once is left out: compiling, and moving data")
def apart(student, rng):
    for baseline in NAMES[:2]:
        rows = draw(rng, (2, 5))
        expect_ratios(student.speed_ups(rows, baseline)[0], reference.speed_ups(rows, baseline)[0], APART)


@RATIO.check("a batch that the baseline does not have gives no ratio")
def common(student, rng):
    rows = [row for row in draw(rng, (1, 3, 7), apart=False) if (row["backend"], row["batch"]) != (NAMES[0], 3)]
    ratios = student.speed_ups(rows, NAMES[0])[0]
    expect_ratios(ratios, reference.speed_ups(rows, NAMES[0])[0], SAME)


@RATIO.check("the lowest and the highest of all ratios")
def ends(student, rng):
    for baseline in NAMES:
        rows = draw(rng)
        _, lowest, highest = student.speed_ups(rows, baseline)
        _, *want = reference.speed_ups(rows, baseline)
        hint = "Over all backends and batches, without the baseline itself. A ratio below 1 counts, too."
        expect_close("lowest", lowest, want[0], hint)
        expect_close("highest", highest, want[1], hint)


@RATIO.check("the caller's rows are left alone")
def untouched(student, rng):
    rows = draw(rng, (1, 4))
    (_, lowest, _), after = student.speed_ups.with_arguments(rows, NAMES[0])
    expect_close("lowest", lowest, reference.speed_ups(rows, NAMES[0])[1])
    expect_unchanged(("rows",), after[:1], (rows,), "`rows.sort()` and `row[...] = …` change what the caller holds.")
