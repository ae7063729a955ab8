"""The counter against torch's own count of products, and against sums done by hand."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from rnn_core.torch_cells import GRUCell, LSTMCell, TanhCell
from rnn_core.torch_counted import Counter


def counted(run):
    with Counter() as counter:
        run()
    return counter


def test_a_product_and_a_sum_by_hand():
    x, W, b = torch.ones(2, 3), torch.ones(3, 5), torch.ones(5)
    counter = counted(lambda: x @ W + b)
    assert counter.names == ["mm", "add"]
    numbers = (6 + 15 + 10) + (10 + 5 + 10)  # the bias is read once, the result of the product is written and read
    assert counter.counts == (30, 4 * numbers, 2)


def test_bytes_follow_the_type():
    x = torch.ones(2, 3)
    assert [counted(lambda a=a: a * a).moved for a in (x, x.double(), x.half())] == [72, 144, 36]


def test_views_are_nothing():
    x = torch.ones(4, 6)
    assert counted(lambda: [part.T[:1] for part in x.chunk(3, dim=1)]).counts == (0, 0, 0)


def test_a_product_with_a_bias_in_one():
    layer, x = torch.nn.Linear(3, 5), torch.ones(2, 3)
    counter = counted(lambda: layer(x))
    assert counter.counts == (30, 4 * (5 + 6 + 15 + 10), 1) and counter.names == ["addmm"]


def test_products_agree_with_torchs_own_counter():
    shapes = {TanhCell: (3, 7), LSTMCell: (3, 28), GRUCell: (3, 21)}
    for cell, (D, columns) in shapes.items():
        H = 7
        names = {"W_xh": (D, columns), "W_hh": (H, columns), "b": columns, "b_x": columns, "b_h": columns}
        module = cell({name: torch.ones(shape) for name, shape in names.items()})
        x = torch.ones(1, 5, D)  # one sequence: its product is a plain one
        with FlopCounterMode(display=False) as theirs:
            module(x)
        with torch.no_grad():
            ours = counted(lambda module=module, x=x: module(x))
        assert 2 * ours.multiply_adds == theirs.get_total_flops() > 0


def test_shapes_alone_are_enough():
    def product(device):
        return counted(lambda: torch.empty(2, 3, device=device) @ torch.empty(3, 5, device=device))

    assert product("meta").counts == product("cpu").counts
