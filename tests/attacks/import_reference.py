"""Tries to import what answers the exercises.

Must: ModuleNotFoundError|ImportError
"""


def hunt():
    import importlib

    for name in ("autograder.checks", "autograder.spec", "rnn_core.rnn", "solutions", "tests.answers"):
        try:
            return importlib.import_module(name)
        except ImportError as error:
            last = error
    raise last


report = attempt(hunt)
