"""Pictures that a learner moves: Python computes what is to be seen, JavaScript draws it.

A widget takes the learner's own function or trained weights. While the function is not written, or raises, the
reference takes its place, and the widget says so.
"""

import importlib

HOMES = {  # name of a widget -> its module, loaded when it is first asked for
    "GateLab": "gate_lab",
    "GradientFlow": "gradient_flow.gradient_flow",
    "MemoryMap": "memory_map.memory_map",
    "ShapeLedger": "shape_ledger.shape_ledger",
    "Reader": "reader.reader",
    "Remedies": "remedies.remedies",
    "Spectrum": "spectrum.spectrum",
    "Training": "training",
    "Unroll": "unroll.unroll",
    "ShapePicker": "shape_picker.shape_picker",
    "WrongGradient": "wrong_gradient.wrong_gradient",
}

__all__ = list(HOMES)


def __getattr__(name):
    if name not in HOMES:
        raise AttributeError(f"module 'rnn_core.widgets' has no attribute {name!r}")
    return getattr(importlib.import_module(f"rnn_core.widgets.{HOMES[name]}"), name)
