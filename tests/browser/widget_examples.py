"""Each widget as a lesson shows it: what stands above it, and the cell that makes it."""

from typing import NamedTuple


class Example(NamedTuple):
    """set_up and source are cells; own is the learner's function that the widget takes, with its signature."""

    set_up: str
    source: str
    own: str = ""
    moves: str = ""  # the label of a slider, or the name of a button, that changes the picture


EXAMPLES = {
    "progress_map": Example("from autograder import progress_map", "progress_map()"),
    "predict": Example(
        "from autograder import predict",
        'predict("After how many steps is half of it gone?", (0, 40), id="example", unit="steps")',
        moves="prediction",
    ),
    "memory_map": Example(
        "import numpy as np\nfrom rnn_core import gru\nfrom rnn_core.cells import GRU, TANH\n"
        "from rnn_core.data.text import Vocabulary\nfrom rnn_core.nets import net_params\n"
        "from rnn_core.widgets import MemoryMap\nvocabulary = Vocabulary('the cat sat')\nV = len(vocabulary)\n"
        "tanh, gated = (net_params(np.random.default_rng(2), cell, V, 6, V) for cell in (TANH, GRU))",
        'MemoryMap({"tanh": (TANH, tanh, vocabulary), "GRU": (GRU._replace(forward=forward), gated, vocabulary)}, '
        '"the cat sat", at=4)',
        "forward(x, h0, W_xh, W_hh, b_x, b_h, mask=None)",
        "text, as GRU reads it",
    ),
    "gate_lab": Example(
        "from rnn_core import lstm\nfrom rnn_core.widgets import GateLab",
        'GateLab("LSTM", step_forward)',
        "step_forward(x, h, c, W_xh, W_hh, b)",
        "step",
    ),
    "reader": Example(
        "import numpy as np\nfrom rnn_core.init import glorot\nfrom rnn_core.widgets import Reader\n"
        "from rnn_core.widgets.reader import reading\n"
        "rng = np.random.default_rng(0)\n"
        "one_picture = {'W_xh': glorot(rng, 144, 9), 'b': np.zeros(9), 'W_hy': glorot(rng, 9, 8), 'b_y': np.zeros(8)}\n"
        "fed_back = {'W': glorot(rng, 152, 8), 'b': np.zeros(8)}\n"
        "words = {'SONY': 0.4, 'SONT': 0.1, 'EAST': 0.4, 'EASY': 0.1}",
        'Reader({"one picture": (feedforward_step, one_picture), "with the loop": (None, fed_back)}, words)',
        "feedforward_step(x, W_xh, b, W_hy, b_y)",
        "share of Y in the last picture",
    ),
    "unroll": Example(
        "from rnn_core import rnn\nfrom rnn_core.widgets import Unroll",
        "Unroll(step_forward)",
        "step_forward(x, h, W_xh, W_hh, b)",
        "steps done",
    ),
    "spectrum": Example(
        "from rnn_core.widgets import Spectrum\nfrom rnn_core.widgets.spectrum import jacobians",
        "Spectrum(scale_to_radius)",
        "scale_to_radius(W, radius)",
        "spectral radius",
    ),
    "remedies": Example(
        "from rnn_core.widgets import Remedies\nfrom rnn_core.widgets.remedies import remedies",
        "Remedies(clipped_momentum_step)",
        "clipped_momentum_step(params, grads, velocity, lr, beta, max_norm)",
        "lag",
    ),
    "shape_ledger": Example(
        "import numpy as np\nfrom rnn_core.widgets import ShapeLedger",
        "ShapeLedger(step_forward)",
        "step_forward(x, h, W_xh, W_hh, b)",
        "N",
    ),
    "gradient_flow": Example(
        "from rnn_core.widgets import GradientFlow\nfrom rnn_core.widgets.gradient_flow import flow",
        "GradientFlow(backward)",
        "backward(dh, caches)",
        "size of W_hh",
    ),
    "shape_picker": Example(
        "from rnn_core.widgets import ShapePicker\nfrom rnn_core.widgets.shape_picker import shape_nets",
        'picker = ShapePicker({"a": "a review → stars", "b": "a photo → its caption"}, last_real)\npicker',
        "last_real(h, mask)",
        "step",
    ),
    "wrong_gradient": Example(
        "from rnn_core.widgets import WrongGradient\nfrom rnn_core.widgets.wrong_gradient import wrong_training",
        'WrongGradient("tanh", gradient_errors)',
        "gradient_errors(loss, params, grads, directions, eps=1e-5)",
        "training step",
    ),
}
RIGHT = {
    "shape_ledger": "return np.tanh(x @ W_xh + h @ W_hh + b), None",
    "gradient_flow": "return flow.backward(dh, caches)",
    "shape_picker": "return shape_nets.last_real(h, mask)",
    "wrong_gradient": "return wrong_training.gradient_errors(loss, params, grads, directions, eps)",
    "reader": "return reading.alone(x, W_xh, b, W_hy, b_y)",
    "unroll": "return rnn.step_forward(x, h, W_xh, W_hh, b)",
    "gate_lab": "return lstm.step_forward(x, h, c, W_xh, W_hh, b)",
    "spectrum": "return jacobians.scale_to_radius(W, radius)",
    "remedies": "return remedies.clipped_momentum_step(params, grads, velocity, lr, beta, max_norm)",
    "memory_map": "return gru.forward(x, h0, W_xh, W_hh, b_x, b_h, mask)",
}
