"""Checks for the exercises of the course, in the learner's kernel and in a grader that does not trust it."""

import sys
from typing import Any

for _name in ("isoduration", "rfc3986_validator", "rfc3987_syntax"):  # optional for jsonschema; the last takes a second
    sys.modules.setdefault(_name, None)

__all__ = ["check", "hint", "model_answer", "outcome", "predict", "progress_map", "recall", "solution"]


def __getattr__(name: str) -> Any:
    """What a notebook calls is loaded when it is first used, so that a small part of the package loads alone."""
    if name not in __all__:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    from autograder import notebook

    return getattr(notebook, name)
