"""How a check calls a student's functions: what it sees of a student, and the reference in a student's place."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from autograder.compare import CheckFailed
from autograder.spec import Exercise
from autograder.wire import Codec, StudentError
from autograder.wording import brief


class Backend(Protocol):
    """Where a student's functions live: the learner's kernel, a sandbox, or (for a named mistake) here.

    seconds: the budget of one call, where calls can run out of time.
    """

    seconds: float

    printed: str  # what they printed so far

    def call(self, name: str, args: tuple, kwargs: dict, after: bool = True) -> tuple[Any, list]:
        """The result, and the arguments as they are afterwards, if `after` asks for them. Raises: StudentError."""

    def value(self, name: str) -> Any:
        """The value of a variable. Raises: StudentError."""


class Student:
    """What a check sees: the functions and variables that the exercise asks for, as attributes.

    watch: is shown all calls so far after each of them, and can end the check by an exception. made: what `once` has
    made, shared by the checks of an exercise.
    """

    def __init__(
        self,
        exercise: Exercise,
        backend: Backend,
        watch: Callable[[list], None] = lambda calls: None,
        made: dict[str, Any] | None = None,
    ):
        self._exercise, self._backend, self._watch = exercise, backend, watch
        self._made = {} if made is None else made
        self._record: list[tuple] = []  # a call: name, outcome, and if it returned: what, and the arguments after it

    def __getattr__(self, name: str) -> Any:
        if name in self._exercise.functions:
            return _Function(self, name)
        if name in self._exercise.values:
            return self._noted(name, lambda: (self._backend.value(name),))[0]
        raise AttributeError(f"{self._exercise.id} asks for no {name}")

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, made for the first check that asks for it: a net, say, that is trained once for all.

        Not for checks that are replayed to name a mistake: there each makes its own.
        """
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def _noted(self, name: str, run: Any) -> Any:
        try:
            got = run()
        except StudentError as error:
            self._record.append((name, f"{error.kind}: {error.message}"))  # the kind alone says too little
            self._watch(self._record)
            raise
        names = self._exercise.returns.get(name, ())
        self._record.append((name, "returned", *_without_cache(got, names)))  # caches may be large, and many
        self._watch(self._record)
        return got


class _Function:
    """A student's function as a check calls it."""

    def __init__(self, student: Student, name: str):
        self.student, self.name = student, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result of the call; the student's function gets copies of the arguments."""
        call = self.student._backend.call
        return self._complete(self.student._noted(self.name, lambda: call(self.name, args, kwargs, False)[:1])[0])

    def with_arguments(self, *args: Any, **kwargs: Any) -> tuple[Any, list]:
        """The result, and the positional arguments as they are after the call."""
        call = self.student._backend.call
        result, after = self.student._noted(self.name, lambda: call(self.name, args, kwargs))
        return self._complete(result), after

    def _complete(self, result: Any) -> Any:
        names = self.student._exercise.returns.get(self.name, ())
        if len(names) > 1 and not (isinstance(result, tuple | list) and len(result) == len(names)):
            came = f"{len(result)} values" if isinstance(result, tuple | list) else brief(result)
            raise CheckFailed(f"{self.name} returns {len(names)} values, {', '.join(names)}; yours returned {came}.")
        if result is None and len(names) == 1:
            raise CheckFailed(f"{self.name} returns {names[0]}; yours returned None. Is there a return?")
        return result


class ReferenceBackend:
    """The reference as a student, with some functions or values replaced by those of a known mistake.

    Arguments and results cross the codec as a student's do, so that the two can be compared.
    """

    def __init__(self, exercise: Exercise, replaced: Mapping[str, Any] = {}):
        self.asked, self.printed = {**exercise.functions, **exercise.values, **replaced}, ""
        self.here, self.there = Codec(keeps=False), Codec(keeps=True, ask=self._ask)

    def call(self, name: str, args: tuple, kwargs: dict, after: bool = True) -> tuple[Any, list]:
        args, kwargs = self.there.decode(*self.here.encode((args, kwargs)))
        try:
            result = self.asked[name](*args, **kwargs)
        except Exception as error:
            raise StudentError(type(error).__name__, str(error)) from error
        return self.here.decode(*self.there.encode((result, list(args) if after else [])))

    def value(self, name: str) -> Any:
        return self.here.decode(*self.there.encode(self.asked[name]))

    def _ask(self, number: int, args: tuple, kwargs: dict) -> Any:
        args, kwargs = self.here.decode(*self.there.encode((args, kwargs)))
        return self.there.decode(*self.here.encode(self.here.callbacks[number](*args, **kwargs)))


def _without_cache(returned: tuple, names: tuple[str, ...]) -> tuple:
    """What a call returned (and its arguments after it) without the caches: their content is free."""
    free = [name.startswith("cache") for name in names]
    if not any(free) or not returned or not isinstance(returned[0], tuple | list):
        return returned
    if len(returned[0]) != len(names):
        return returned
    kept = [part for part, is_free in zip(returned[0], free, strict=True) if not is_free]
    return (kept, *returned[1:])
