"""Tries to find the reference among all objects of its process.

Must: nothing
"""

import gc
import sys

gc.collect()
gc.unfreeze()
found = [
    f"{item.__module__}.{item.__name__}"
    for item in gc.get_objects()
    if callable(item)
    and hasattr(item, "__name__")
    and str(getattr(item, "__module__", "")).startswith(("autograder.checks", "autograder.spec", "tests.", "rnn_core"))
]
found += [
    name for name in sys.modules if name.startswith(("autograder.checks", "autograder.spec", "rnn_core.", "tests"))
]
report = f"succeeded: {found[:5]}" if found else "nothing"
