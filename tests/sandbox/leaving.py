"""Leave an answer of the corpus in a namespace, as if a student had written it there. Runs inside the sandbox."""

import types

from autograder.checks import registry
from tests.answers import corpus

registry()
ANSWERS = dict(zip(("RIGHT", "WRONG"), corpus(), strict=True))  # before the fork, once


def leave(namespace: dict, list_name: str, number: int) -> None:
    """Put answer `number` of the right or of the wrong ones into these globals, its functions at home in them."""
    answer = ANSWERS[list_name][number]
    space = answer.globals()
    for name, value in space.items():
        if isinstance(value, types.FunctionType) and value.__globals__ is space:
            here = types.FunctionType(value.__code__, namespace, name, value.__defaults__, value.__closure__)
            here.__kwdefaults__ = value.__kwdefaults__
            value = here
        namespace[name] = value
