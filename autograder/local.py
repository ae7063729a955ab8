"""Run the checks of an exercise on functions of this process: the learner's own kernel, or a file."""

from collections.abc import Callable, Mapping
from typing import Any

from autograder.spec import Exercise
from autograder.student import Student
from autograder.verdict import Result, grade_fairly
from autograder.wire import Codec


class LocalBackend:
    """A student's functions in this process: the same `Student`, and the same codec, as in the grader.

    namespace: where the functions are (the globals of the notebook). lends: helpers put in place of the
    student's own while a function runs. seconds: the budget of one call, kept where the system has timers.
    """

    def __init__(self, namespace: dict[str, Any], lends: Mapping[str, Callable] = {}, seconds: float = 10.0):
        self.here, self.student, self.seconds = Codec(keeps=False), Student(namespace, self._ask), seconds
        self.lends, _ = self.here.encode(dict(lends))

    @property
    def printed(self) -> str:
        return self.student.printed.getvalue()

    def call(self, name: str, args: tuple, kwargs: dict, after: bool = True) -> tuple[Any, list]:
        tree, buffers = self.here.encode((args, kwargs))
        return self.here.decode(*self.student.call(name, tree, buffers, self.lends, self.seconds, after))

    def value(self, name: str) -> Any:
        return self.here.decode(*self.student.value(name))

    def _ask(self, number: int, args: tuple, kwargs: dict) -> Any:
        args, kwargs = self.here.decode(*self.student.codec.encode((args, kwargs)))
        return self.student.codec.decode(*self.here.encode(self.here.callbacks[number](*args, **kwargs)))


def grade_locally(exercise: Exercise, namespace: dict[str, Any]) -> Result:
    """Grade an exercise with the functions of a namespace."""
    return grade_fairly(exercise, lambda lends: LocalBackend(namespace, lends, exercise.seconds))
