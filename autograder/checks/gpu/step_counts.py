"""What a step of the plain loop does: multiply-adds, bytes, launches."""

from autograder.checks.gpu import reference_measure as reference
from autograder.compare import expect_equal
from autograder.spec import Exercise

COUNTS = Exercise(
    "gpu-step-counts",
    functions={"step_counts": reference.step_counts},
    returns={"step_counts": ("multiply_adds", "moved", "launches")},
    points=4,
    minutes=25,
    difficulty=2,
    hints=(
        "Begin with the launches: count the lines of the table for tanh, then write such a table for the other two. "
        "Cutting an array into blocks is no operation: nothing is computed.",
        "A product of (N, K) and (K, M) makes N K M multiply-adds, and moves N K + K M + N M numbers. For `x @ W_xh` M "
        "is H times the number of blocks: 1, 4 or 3.",
        "Beside the two products: the LSTM has 2 operations on (N, 4H), 5 that read one array (N, H) and 4 that read "
        "two. The GRU has 2 on (N, 3H), both with a bias, then 4 and 7. A sum with a bias reads the bias once.",
    ),
    explain="The multiply-adds grow with the number of sequences N, and so do the arrays; the weights are read once a "
    "step, whatever N is. The launches depend on the cell alone: a small step has as many as a large one.",
)
STEP = {"tanh": "a tanh step", "LSTM": "an LSTM step", "GRU": "a GRU step"}
KINDS = tuple(STEP)
IN_WORDS = {"multiply_adds": "multiply-adds", "moved": "bytes moved", "launches": "launches"}
HINTS = {
    "multiply_adds": "Both products count, `x @ W_xh` and `h @ W_hh`, with 1, 4 or 3 blocks of H columns. Nothing else "
    "does.",
    "moved": "Each operation reads what it is made of and writes its result, 4 bytes a number. A bias is read once.",
    "launches": "One for each operation of the step: products, sums, sigmoids, tanhs, products of gates, `1 - z`.",
}


def draw(rng):
    """N, D and H, all different."""
    return [int(size) for size in rng.permutation(20)[:3] + 2]


def expect_count(student, name, kind, sizes):
    """Expect one of the three counts."""
    place = COUNTS.returns["step_counts"].index(name)
    got, want = student.step_counts(kind, *sizes)[place], reference.step_counts(kind, *sizes)[place]
    N, D, H = sizes
    expect_equal(f"{IN_WORDS[name]} of {STEP[kind]} with N = {N}, D = {D}, H = {H}", got, want, HINTS[name])


@COUNTS.check("multiply-adds of a tanh, an LSTM and a GRU step")
def multiply_adds(student, rng):
    for kind in KINDS:
        for _ in range(2):
            expect_count(student, "multiply_adds", kind, draw(rng))


@COUNTS.check("launches of a tanh, an LSTM and a GRU step")
def launches(student, rng):
    for kind in KINDS:
        for _ in range(2):
            expect_count(student, "launches", kind, draw(rng))


@COUNTS.check("bytes that a tanh step moves: that of the table, and others")
def moved_by_tanh(student, rng):
    for sizes in ((2, 3, 5), draw(rng), draw(rng)):
        expect_count(student, "moved", "tanh", sizes)


@COUNTS.check("bytes that an LSTM step and a GRU step move")
def moved_by_gates(student, rng):
    for kind in KINDS[1:]:
        for _ in range(2):
            expect_count(student, "moved", kind, draw(rng))


@COUNTS.check("one sequence more: the weights are not read again")
def one_more(student, rng):
    for kind in KINDS:
        N, D, H = draw(rng)
        counts = [student.step_counts(kind, n, D, H) for n in (N, N + 1)]
        wants = [reference.step_counts(kind, n, D, H) for n in (N, N + 1)]
        for place, name in enumerate(COUNTS.returns["step_counts"]):
            got, want = (pair[1][place] - pair[0][place] for pair in (counts, wants))
            words = f"{IN_WORDS[name]} of {STEP[kind]}, what the sequence number {N + 1} adds (D = {D}, H = {H})"
            expect_equal(words, got, want, "Which of the arrays grow with N? The weights and biases do not.")
