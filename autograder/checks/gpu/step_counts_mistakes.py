"""What is overlooked, or taken too often, when a step is counted."""

from autograder.checks.gpu.reference_measure import BLOCKS, OPERATIONS, step_counts
from autograder.checks.gpu.step_counts import COUNTS

BLOCK = "The columns of the LSTM's weights are i, f, g, o: four blocks of H. The GRU's are r, z, n: three."
ELEMENT = "Count the operations that are written: each line of the table is one, whatever its size."
MOVES = "Each operation reads its arrays from memory and writes its result there."


def counted(kind, N, D, H, blocks=BLOCKS, operations=OPERATIONS, read=1, written=1, weights=1, biases=1, size=4):
    """The counts with some of their parts taken otherwise. read, written, weights, biases: how often these count."""
    columns, (sums, biased, single, double) = blocks[kind] * H, operations[kind]
    work = N * D * columns + N * H * columns
    inputs = N * D + N * H + (2 * sums + biased) * N * columns + (single + 2 * double) * N * H
    outputs = (2 + sums + biased) * N * columns + (single + double) * N * H
    constants = weights * (D * columns + H * columns) + biases * biased * columns
    moved = size * (read * inputs + written * outputs + constants)
    return work, moved, 2 + sums + biased + single + double


def count_mistake(name, words, count=None, **ways):
    COUNTS.mistake(name, words, step_counts=count or (lambda *args: counted(*args, **ways)))


def changed(place, change):
    """The right counts, with one of them changed: `change(count, kind, N, D, H)`."""

    def count(*args):
        counts = list(step_counts(*args))
        counts[place] = change(counts[place], *args)
        return tuple(counts)

    return count


count_mistake(
    "multiplications and additions are counted apart",
    "A multiply-add is a multiplication and the addition that follows it, in one: N K M of them in a product.",
    changed(0, lambda work, *_: 2 * work),
)
count_mistake(
    "the product with the state is forgotten",
    "There are two products: `x @ W_xh` and `h @ W_hh`.",
    changed(0, lambda work, kind, N, D, H: N * D * BLOCKS[kind] * H),
)
count_mistake(
    "the product with the input is forgotten",
    "There are two products: `x @ W_xh` and `h @ W_hh`.",
    changed(0, lambda work, kind, N, D, H: N * H * BLOCKS[kind] * H),
)
count_mistake(
    "the work of one sequence instead of N",
    "Each of N sequences is multiplied by the weights: the factor N belongs to the multiply-adds.",
    changed(0, lambda work, kind, N, D, H: work // N),
)
count_mistake(
    "the elements of gates and sums are counted as multiply-adds",
    "Only the products count as multiply-adds. The rest is small beside them: N H, and not N H H.",
    changed(0, lambda work, kind, N, D, H: work + sum(OPERATIONS[kind][2:]) * N * H),
)
count_mistake("every cell has one block of columns", BLOCK, blocks=dict.fromkeys(BLOCKS, 1))
count_mistake("the GRU has four blocks", BLOCK, blocks={**BLOCKS, "GRU": 4})
count_mistake("the LSTM has three blocks", BLOCK, blocks={**BLOCKS, "LSTM": 3})
count_mistake(
    "numbers are counted instead of bytes",
    "A number in float32 takes 4 bytes.",
    changed(1, lambda moved, *_: moved // 4),
)
count_mistake(
    "8 bytes a number",
    "8 bytes are a number in float64. The loop computes in float32: 4.",
    changed(1, lambda moved, *_: 2 * moved),
)
count_mistake("what is written is not counted", f"{MOVES} Both count.", written=0)
count_mistake("only what is written is counted", f"{MOVES} Both count.", read=0, weights=0, biases=0)
count_mistake(
    "the weights are not counted among what is moved",
    "A product reads both of its arrays: the weights, too.",
    weights=0,
)
count_mistake("the biases are not counted among what is moved", "A sum with a bias reads the bias, too.", biases=0)
count_mistake(
    "the weights are read again for each sequence",
    "One product for all N sequences reads the weights once. That is what a batch is good for.",
    lambda kind, N, D, H: counted(kind, N, D, H, weights=N),
)
count_mistake(
    "the biases are read again for each sequence",
    "A bias has one number for each column, and is read once a step: broadcasting copies nothing.",
    lambda kind, N, D, H: counted(kind, N, D, H, biases=N),
)
count_mistake(
    "only the products are launches",
    f"{ELEMENT} A sum or a sigmoid is a launch as well as a product.",
    changed(2, lambda *_: 2),
)
count_mistake(
    "the products are not among the launches",
    f"{ELEMENT} The two products are launches, too.",
    changed(2, lambda launches, *_: launches - 2),
)
count_mistake(
    "cutting the columns into blocks is counted as launches",
    "`chunk` computes nothing: a block is a view of the same memory.",
    changed(2, lambda launches, kind, *_: launches + {"tanh": 0, "LSTM": 1, "GRU": 2}[kind]),
)
count_mistake(
    "the launches of N sequences are counted one by one",
    "All N sequences stand in one array: one operation, one launch.",
    changed(2, lambda launches, kind, N, D, H: N * launches),
)
count_mistake(
    "the sigmoids of the LSTM are one launch",
    "One sigmoid of a block that holds several gates would be fewer launches, and that is a good idea. The loop that "
    "is counted here calls it for each gate.",
    changed(2, lambda launches, kind, *_: launches - (2 if kind == "LSTM" else 0)),
)
count_mistake(
    "the GRU's 1 - z is overlooked",
    "`1 - z` is an operation like any other: it reads z and writes a new array.",
    operations={**OPERATIONS, "GRU": (0, 2, 3, 7)},
)
count_mistake(
    "the last product of the LSTM is overlooked",
    "`h = o * tanh(c)` holds two operations: the tanh, and the product with o.",
    operations={**OPERATIONS, "LSTM": (1, 1, 5, 3)},
)
count_mistake(
    "the tanh of the LSTM's cell is overlooked",
    "`h = o * tanh(c)` holds two operations: the tanh, and the product with o.",
    operations={**OPERATIONS, "LSTM": (1, 1, 4, 4)},
)
count_mistake(
    "the GRU is counted with one bias",
    "The GRU adds `b_x` to the one product and `b_h` to the other; then it adds blocks of both.",
    operations={**OPERATIONS, "GRU": (1, 1, 4, 7)},
)
count_mistake(
    "the GRU's r * u_n is overlooked",
    "`tanh(a_n + r * u_n)` holds three operations: the product with r, the sum, and the tanh.",
    operations={**OPERATIONS, "GRU": (0, 2, 4, 6)},
)
count_mistake(
    "the bytes and the launches are exchanged",
    "Three results: multiply-adds, bytes moved, launches, in this order.",
    lambda *args: (step_counts(*args)[0], *step_counts(*args)[:0:-1]),
)
