"""Points, words and the names of mistakes: what a result says, for right answers and wrong ones."""

import warnings

import numpy as np
import pytest

from autograder.calling import ReferenceBackend, Student
from autograder.compare import CheckFailed, expect, expect_close, expect_equal
from autograder.local import LocalBackend, grade_locally
from autograder.spec import Check, Exercise
from autograder.verdict import LONGEST, MOST_WORDS, UNJUDGED, StudentError, grade, grade_fairly, in_words
from tests.autograder.common import RIGHT, cell, double, guess_exercise, scale, scale_exercise


def graded(source: str, exercise: Exercise | None = None, **names):
    return grade_locally(exercise or scale_exercise(), cell(source, **names))


def passes(result) -> list[bool]:
    return [verdict.passed for verdict in result.verdicts]


# points


def test_a_right_answer_gets_all_points_and_no_words():
    result = graded(RIGHT)
    assert result.passed and result.points == 3
    assert result.mistake is None and result.notes == []
    assert all(verdict.words == "" and verdict.picture is None for verdict in result.verdicts)


def test_what_passed_before_counts_only_where_the_cases_are_hidden():
    def backend(lends):
        return LocalBackend(cell("def scale(x, factor):\n    return 5 * x, np.sum(5 * x)"))

    assert passes(grade_fairly(scale_exercise(), backend, passed={0})) == [False] * 3
    assert passes(grade_fairly(scale_exercise(), backend, hidden=True, passed={0})) == [True, False, False]


def test_what_is_made_once_serves_all_checks_of_one_grading():
    exercise = Exercise("net", functions={"train": lambda x: x})
    for title in ("one", "another"):

        @exercise.check(title, replay=False)
        def same(student, rng):
            x = rng.standard_normal(3)
            expect_equal("trained", student.once("net", lambda: student.train(x).tolist()) != [0.0] * 3, True)

    space = cell("runs = []\ndef train(x):\n    runs.append(x)\n    return x")
    assert passes(grade_locally(exercise, space)) == [True, True] and len(space["runs"]) == 1
    grade_locally(exercise, space)
    assert len(space["runs"]) == 2
    space = cell("runs = []\ndef train(x):\n    runs.append(x)\n    raise ValueError")
    assert passes(grade_locally(exercise, space)) == [False, False] and len(space["runs"]) == 2


def test_arguments_come_back_only_where_they_are_asked_for():
    backend = LocalBackend(cell("def f(x):\n    x += 1\n    return 2 * x"))
    got, after = backend.call("f", (np.ones(2),), {})
    assert got.tolist() == [4, 4] and after[0].tolist() == [2, 2]
    assert backend.call("f", (np.ones(2),), {}, after=False)[1] == []


def test_each_check_earns_its_share_and_the_first_failure_hides_nothing():
    result = graded("def scale(x, factor):\n    return 5 * x, np.sum(factor * x)")
    assert passes(result) == [False, True, False] and result.points == 1
    assert result.verdicts[0].words.startswith("y: expected ") and "Look at the factor." in result.verdicts[0].words
    assert result.verdicts[2].words.startswith(UNJUDGED + "y: expected ")


@pytest.mark.parametrize(("points", "share"), [(1, 0.33), (2, 0.67), (10, 3.33), (0.5, 0.17)])
def test_points_are_rounded_to_cents(points, share):
    result = graded("def scale(x, factor):\n    return 5 * x, np.sum(factor * x)", scale_exercise(points=points))
    assert result.points == share


def test_the_result_as_data():
    data = graded("def scale(x, factor):\n    return x + factor, (x + factor).sum()").as_dict()
    assert list(data) == ["exercise", "points", "max", "checks", "mistake"]
    assert (data["exercise"], data["points"], data["max"]) == ("scale", 0, 3)
    assert data["mistake"] == "the factor is added"
    assert [list(check) for check in data["checks"]] == [["title", "passed", "words"]] * 3


def test_the_draws_follow_from_the_seed_and_the_check():
    drawn = []
    exercise = Exercise("draws", functions={"double": double})
    for title in ("one", "two"):
        exercise.check(title)(lambda student, rng: drawn.append(float(rng.random())))
    for seed in (1, 1, 2):
        grade(exercise, ReferenceBackend(exercise), seed)
    one, again, other = drawn[:2], drawn[2:4], drawn[4:]
    assert one == again and one[0] != one[1] and not set(one) & set(other)


# words


def test_a_missing_function():
    result = graded("")
    assert passes(result) == [False] * 3 and result.points == 0
    assert {verdict.words for verdict in result.verdicts} == {
        "There is no function scale yet: run the cell that defines it."
    }
    assert {verdict.kind for verdict in result.verdicts} == {"missing"}


@pytest.mark.parametrize("value", ["3", "None", "np.ones(2)", "'def scale'"])
def test_a_function_replaced_by_something_else_is_missing(value):
    result = graded(f"scale = {value}")
    assert result.verdicts[0].words == "There is no function scale yet: run the cell that defines it."


def test_a_missing_value():
    result = graded("", guess_exercise())
    assert result.points == 0
    assert result.verdicts[0].words == "There is no variable guess yet: run the cell that sets it."


def test_a_function_that_is_not_written():
    result = graded("def scale(x, factor):\n    raise NotImplementedError()")
    assert {verdict.words for verdict in result.verdicts} == {"scale is not written yet."}
    assert {verdict.kind for verdict in result.verdicts} == {"unfinished"}


def test_an_exception_is_told_with_the_own_line():
    result = graded("def scale(x, factor):\n    y = x @ x\n    return y, y.sum()")
    words, kind = result.verdicts[0].words, result.verdicts[0].kind
    assert words.startswith("ValueError: matmul: ") and kind == "ValueError"
    assert words.endswith(" In your scale, line 2: `y = x @ x`.")


def test_the_own_line_is_the_innermost():
    source = "def helper(x):\n    return x.missing\n\ndef scale(x, factor):\n    return helper(x)"
    words = graded(source).verdicts[0].words
    assert words.endswith(" In your helper, line 2: `return x.missing`.")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StudentError("ValueError", "too long."), "ValueError: too long."),
        (StudentError("ValueError", ""), "ValueError."),
        (
            StudentError("KeyError", "'a'", ("f, line 1", "g, line 2: `x['a']`")),
            "KeyError: 'a'. In your g, line 2: `x['a']`.",
        ),
        (StudentError("time", "f ran longer than 1 s.", ("f, line 1",)), "f ran longer than 1 s."),
        (StudentError("missing", "There is no f."), "There is no f."),
        (StudentError("ValueError", "x" * 10_000), "ValueError: " + "x" * (LONGEST - 1) + "…."),
    ],
)
def test_in_words(error, words):
    assert in_words(error) == words


@pytest.mark.parametrize(
    ("returned", "came"),
    [
        ("y", "an array of shape (2, 3)"),
        ("(y, y.sum(), 1)", "3 values"),
        ("[y]", "1 values"),
        ("None", "None (is there a return?)"),
        ("'a'", "'a'"),
        ("{'y': y, 'total': 1}", "a dict of y, total"),
    ],
)
def test_a_wrong_number_of_returns_is_said(returned, came):
    words = graded(f"def scale(x, factor):\n    y = x * factor\n    return {returned}").verdicts[0].words
    assert words.startswith(f"scale returns 2 values, y, total; yours returned {came}"), words


def test_a_single_return_that_is_forgotten_is_said():
    exercise = Exercise("double", functions={"double": double}, returns={"double": ("y",)})
    exercise.check("values")(lambda student, rng: expect_close("y", student.double(1.0), 2.0))
    assert graded("def double(x):\n    x * 2", exercise).verdicts[0].words == (
        "double returns y; yours returned None. Is there a return?"
    )


def test_a_check_that_trips_over_what_came_back_fails():
    exercise = Exercise("double", functions={"double": double})
    exercise.check("shape")(lambda student, rng: expect(student.double(np.ones(2)).shape == (2,), "no"))
    exercise.check("after it")(lambda student, rng: expect_close("y", student.double(1.0), 2.0))
    result = graded("def double(x):\n    return 2.0 if x is not None else 0", exercise)
    assert passes(result) == [False, True]
    assert result.verdicts[0].words == (
        "What came back could not be used: AttributeError: 'float' object has no attribute 'shape'"
    )


def test_a_check_cannot_ask_for_what_the_exercise_does_not():
    exercise = Exercise("double", functions={"double": double})
    with pytest.raises(AttributeError, match="double asks for no triple"):
        Student(exercise, ReferenceBackend(exercise)).triple(1)


def test_the_picture_of_a_failed_comparison_comes_along():
    picture = (
        graded("def scale(x, factor):\n    y = x * factor\n    y[1, 2] += 1\n    return y, y.sum()").verdicts[0].picture
    )
    assert picture.tolist() == [[False] * 3, [False, False, True]]


# arguments


def test_a_student_gets_copies_and_with_arguments_shows_what_was_done_to_them():
    seen = []
    exercise = Exercise("double", functions={"double": double})

    @exercise.check("copies")
    def copies(student, rng):
        x, nested = np.ones(3), {"a": [np.zeros(2)]}
        result, (after, nested_after) = student.double.with_arguments(x, nested)
        seen.append((result, x, nested, after, nested_after))

    source = "def double(x, nested):\n    x *= 2\n    nested['a'][0][:] = 7\n    nested['b'] = 1\n    return x"
    assert graded(source, exercise).passed
    result, x, nested, after, nested_after = seen[0]
    assert x.tolist() == [1, 1, 1] and nested.keys() == {"a"} and nested["a"][0].tolist() == [0, 0]
    assert after.tolist() == [2, 2, 2] and nested_after["a"][0].tolist() == [7, 7] and nested_after["b"] == 1
    assert result.tolist() == [2, 2, 2] and result is not after


def test_arrays_that_were_changed_are_told_from_a_result_that_differs():
    """What is left alone cannot be judged by an answer that computes something else."""
    changed = graded("def scale(x, factor):\n    y = factor * x\n    x += 1\n    return y, y.sum()").verdicts[2]
    other = graded("def scale(x, factor):\n    return x + 1, np.sum(factor * x)").verdicts[2]
    assert not changed.passed and changed.words.startswith("x after the call: expected ")
    assert not other.passed and other.words.startswith(UNJUDGED + "y: expected ")


@pytest.mark.parametrize(
    ("title", "alone"),
    [
        ("the caller's arrays are left alone", True),
        ("Adam: the caller's arrays are left alone", True),
        ("x is left alone", True),
        ("large logits do no harm, and the caller's arrays are left alone", False),
        ("sizes that all differ; arrays and cache are left alone", False),
        ("values", False),
    ],
)
def test_a_title_says_whether_arguments_alone_are_judged(title, alone):
    assert Check(title, print).of_arguments is alone


def test_a_generator_that_a_student_draws_from_does_not_move_the_checks():
    exercise = Exercise("draw", functions={"draw": lambda rng: rng.random()})

    @exercise.check("the same draw each time")
    def same_draw(student, rng):
        state = repr(rng.bit_generator.state)
        first, second = student.draw(rng), student.draw(rng)
        expect_equal("draw", first, second)
        expect_equal("state", repr(rng.bit_generator.state), state)

    assert graded("def draw(rng):\n    return rng.random()", exercise).passed


def test_a_student_who_keeps_an_argument_cannot_change_the_next_call():
    source = """
kept = []

def scale(x, factor):
    for old in kept:
        old[:] = 0
    kept.append(x)
    return x * factor, (x * factor).sum()
"""
    assert graded(source).passed


def test_keywords_and_callbacks_cross():
    exercise = Exercise("apply", functions={"apply": lambda f, x, times=1: x})

    @exercise.check("applied")
    def applied(student, rng):
        given = []

        def f(x):
            given.append(x)
            return x + 1

        expect_close("y", student.apply(f, np.zeros(2), times=3), np.full(2, 3.0))
        expect_equal("calls", len(given), 3)
        expect(all(isinstance(x, np.ndarray) for x in given), "arrays come back as arrays")

    assert graded(
        "def apply(f, x, times=1):\n    for _ in range(times):\n        x = f(x)\n    return x", exercise
    ).passed


def test_a_callback_gets_copies_too():
    exercise = Exercise("apply", functions={"apply": lambda f, x: f(x)})

    @exercise.check("applied")
    def applied(student, rng):
        def spoil(x):
            x[:] = 9
            return 0.0

        _, (_, after) = student.apply.with_arguments(spoil, np.zeros(2))
        expect_equal("x", after, np.zeros(2))

    assert graded("def apply(f, x):\n    return f(x)", exercise).passed


def test_objects_of_a_students_own_can_be_passed_on():
    exercise = Exercise("pair", functions={"forward": lambda x: (x, x), "backward": lambda dy, cache: dy})

    @exercise.check("there and back")
    def there_and_back(student, rng):
        _, cache = student.forward(np.arange(3.0))
        expect_close("dx", student.backward(np.ones(3), cache), 2 * np.arange(3.0))
        expect(not hasattr(cache, "x"), "a check sees only a handle")

    source = """
class Cache:
    def __init__(self, x):
        self.x = x

def forward(x):
    return x**2, Cache(x)

def backward(dy, cache):
    return dy * 2 * cache.x
"""
    assert graded(source, exercise).passed


# the names of mistakes


def test_a_known_mistake_is_named():
    assert (
        graded("def scale(x, factor):\n    y = factor + x\n    return y, y.sum()").mistake.name == "the factor is added"
    )
    in_place = graded("def scale(x, factor):\n    x[:] = x * factor\n    return x, x.sum()")
    assert passes(in_place) == [True, True, False]
    assert in_place.mistake.name == "x is changed in place"


def test_an_unknown_mistake_has_no_name():
    result = graded("def scale(x, factor):\n    y = x - factor\n    return y, y.sum()")
    assert result.points == 0 and result.mistake is None


def test_nearly_a_known_mistake_has_no_name():
    result = graded("def scale(x, factor):\n    y = x + 1.0001 * factor\n    return y, y.sum()")
    assert result.points == 0 and result.mistake is None


def test_a_right_answer_is_never_named_though_a_mistake_fits_it():
    exercise = scale_exercise()
    exercise.mistake("no mistake at all", "words", scale=scale)
    assert graded(RIGHT, exercise).mistake is None
    wrong = graded("def scale(x, factor):\n    return x, x.sum()", exercise)
    assert wrong.mistake is None


def test_two_mistakes_at_once_are_both_named():
    exercise = scale_exercise()
    exercise.mistake("the sum is a mean", "Add up.", scale=lambda x, factor: (x * factor, (x * factor).mean()))
    exercise.mistake("the factor is squared", "Once.", scale=lambda x, factor: (x * factor**2, (x * factor).sum()))
    exercise.mistake("the sum is left open", "Add up.", scale=lambda x, factor: (x * factor, x * factor))
    result = graded("def scale(x, factor):\n    return x * factor**2, (x * factor).mean()", exercise)
    assert result.mistake.name == "two things at once: the sum is a mean, and the factor is squared"
    assert result.mistake.words == "Add up. And: Once."
    third = graded("def scale(x, factor):\n    return x * factor**2, 7 * (x * factor).mean()", exercise)
    assert third.mistake is None


def test_two_pairs_that_fit_are_both_not_named():
    exercise = scale_exercise()
    for name in ("the sum is a mean", "a mean for a sum"):
        exercise.mistake(name, "Add up.", scale=lambda x, factor: (x * factor, (x * factor).mean()))
    exercise.mistake("the factor is squared", "Once.", scale=lambda x, factor: (x * factor**2, (x * factor).sum()))
    assert graded("def scale(x, factor):\n    return x * factor**2, (x * factor).mean()", exercise).mistake is None


def test_a_pair_that_shows_in_the_same_result_is_no_pair():
    def parts(*wrong):
        return lambda x: tuple(0 * x if part in wrong else x + 1 + part for part in range(3))

    exercise = Exercise("parts", functions={"parts": parts()}, returns={"parts": ("a", "b", "c")})

    @exercise.check("values")
    def values(student, rng):
        x = rng.standard_normal(3)
        expect_close("a", student.parts(x)[0], x + 1)

    exercise.mistake("a and b are zero", "words", parts=parts(0, 1))
    exercise.mistake("b and c are zero", "words", parts=parts(1, 2))
    exercise.mistake("c is zero", "words", parts=parts(2))
    both = "two things at once: a and b are zero, and c is zero"
    assert grade_locally(exercise, {"parts": parts(0, 1, 2)}).mistake.name == both


def test_two_mistakes_that_fit_are_both_not_named():
    exercise = scale_exercise()
    exercise.mistake("a second name for it", "words", scale=lambda x, factor: (x + factor, (x + factor).sum()))
    result = graded("def scale(x, factor):\n    y = x + factor\n    return y, y.sum()", exercise)
    assert result.points == 0 and result.mistake is None


def test_no_name_for_a_missing_an_unfinished_or_a_raising_answer():
    exercise = scale_exercise()

    def raises(x, factor):
        raise ValueError("shapes")

    exercise.mistake("it raises", "words", scale=raises)
    for source in (
        "",
        "def scale(x, factor):\n    raise NotImplementedError",
        "def scale(x, factor):\n    raise ValueError('shapes')",
    ):
        assert graded(source, exercise).mistake is None


def test_naming_can_be_left_out():
    exercise = scale_exercise()
    space = cell("def scale(x, factor):\n    return x + factor, (x + factor).sum()")
    assert grade(exercise, LocalBackend(space), name_mistake=False).mistake is None


def test_a_mistake_is_replayed_on_the_same_inputs():
    """The wrong version sees, call for call, the draws that the answer saw."""
    exercise, seen = Exercise("double", functions={"double": double}), {"student": [], "mistake": []}

    def wrong(x):
        seen["mistake"].append(x)
        return 3 * x

    exercise.mistake("tripled", "words", double=wrong)

    @exercise.check("values")
    def values(student, rng):
        for _ in range(3):
            x = rng.random(2)
            seen.setdefault("given", []).append(x)
            student.double(x)
        expect_close("y", student.double(1.0), 2.0)

    result = graded("def double(x):\n    seen.append(x)\n    return 3 * x", exercise, seen=seen["student"])
    assert result.mistake.name == "tripled"
    assert len(seen["student"]) == len(seen["mistake"]) == 4
    assert all(np.array_equal(a, b) for a, b in zip(seen["student"], seen["mistake"], strict=True))


def test_training_is_never_replayed():
    exercise, ran = Exercise("train", functions={"train": double}), []
    exercise.mistake("tripled", "words", train=lambda x: ran.append(x) or 3 * x)
    exercise.check("trained", replay=False)(lambda student, rng: expect_close("y", student.train(5.0), 10.0))
    exercise.check("values")(lambda student, rng: expect_close("y", student.train(1.0), 2.0))
    result = graded("def train(x):\n    return 3 * x", exercise)
    assert result.mistake.name == "tripled" and ran == [1.0]


def test_a_failure_in_training_alone_has_no_name():
    """Where all that is replayed passed, a mistake that passes it too proves nothing."""
    exercise = Exercise("train", functions={"train": double})
    exercise.mistake("only for large x", "words", train=lambda x: 2 * x if x < 3 else 0.0)
    exercise.check("trained", replay=False)(lambda student, rng: expect_close("y", student.train(5.0), 10.0))
    exercise.check("values")(lambda student, rng: expect_close("y", student.train(1.0), 2.0))
    result = graded("def train(x):\n    return 2 * x if x < 3 else x", exercise)
    assert passes(result) == [False, True] and result.mistake is None


def cached_exercise() -> Exercise:
    exercise = Exercise("step", functions={"step": lambda x: (2 * x, (x,))}, returns={"step": ("y", "cache")})
    exercise.check("values")(lambda student, rng: expect_close("y", student.step(rng.random(2))[0], 1.0 * np.ones(2)))
    exercise.mistake("tripled", "words", step=lambda x: (3 * x, (x,)))
    exercise.mistake("squared", "words", step=lambda x: (x**2, (x,)))
    return exercise


@pytest.mark.parametrize("cache", ["(x,)", "x, 2 * x", "{'x': x}", "None", "object()", "[x, [x]]"])
def test_what_stands_in_a_cache_is_free_when_a_mistake_is_named(cache):
    result = graded(f"def step(x):\n    return 3 * x, ({cache})", cached_exercise())
    assert result.mistake.name == "tripled"


def test_a_cache_that_a_check_refuses_is_no_match():
    """The same result, but another check fails: that is not the known mistake."""
    exercise = cached_exercise()
    exercise.check("the cache holds x")(lambda student, rng: expect_close("x", student.step(1.0)[1][0], 1.0))
    assert graded("def step(x):\n    return 3 * x, (x,)", exercise).mistake.name == "tripled"
    assert graded("def step(x):\n    return 3 * x, (7 * x,)", exercise).mistake is None


def test_objects_and_tensors_of_a_mistake_match_a_students():
    torch = pytest.importorskip("torch")

    class Store:
        pass

    exercise = Exercise("step", functions={"step": lambda x: (2 * x, Store())})
    exercise.check("values")(lambda student, rng: expect_close("y", student.step(3.0)[0], 6.0))
    exercise.mistake("tripled", "words", step=lambda x: (torch.tensor(3 * x, dtype=torch.float64), Store()))
    source = "class Own:\n    pass\n\ndef step(x):\n    return np.array(3 * x), Own()"
    assert graded(source, exercise).mistake.name == "tripled"


def test_a_mistake_in_a_function_that_returns_truths_is_named():
    exercise = Exercise("mask", functions={"mask": lambda x: x > 0})
    exercise.check("values")(
        lambda student, rng: expect_equal("mask", student.mask(np.array([0, 1])), np.array([False, True]))
    )
    exercise.mistake("zero counts", "words", mask=lambda x: x >= 0)
    assert graded("def mask(x):\n    return x >= 0", exercise).mistake.name == "zero counts"


def test_a_wrong_value_is_named():
    exercise = Exercise("steps", values={"steps": 6})
    exercise.check("counted")(lambda student, rng: expect_equal("steps", student.steps, 6))
    exercise.mistake("one too many", "The first is step 0.", steps=7)
    assert graded("steps = 7", exercise).mistake.name == "one too many"
    assert graded("steps = 8", exercise).mistake is None
    assert graded("steps = 6", exercise).passed


def test_a_mistake_that_raises_or_hangs_up_is_no_match():
    exercise = scale_exercise()
    exercise.mistake("wants another argument", "words", scale=lambda x: x)
    assert graded("def scale(x, factor):\n    return 0 * x, 0.0", exercise).mistake is None


def test_warnings_and_numpys_complaints_are_silent_and_put_back():
    source = """
import warnings

def scale(x, factor):
    warnings.warn("old")
    np.log(-np.ones(2))
    return x * factor, np.sum(x * factor)
"""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before = np.geterr(), list(warnings.filters)
        assert graded(source).passed
        assert (np.geterr(), list(warnings.filters)) == before


def test_a_reference_raises_as_a_student_does():
    exercise = Exercise("double", functions={"double": double})
    backend = ReferenceBackend(exercise, {"double": lambda x: x["a"]})
    with pytest.raises(StudentError) as caught:
        backend.call("double", ({},), {})
    assert (caught.value.kind, caught.value.message) == ("KeyError", "'a'")


def test_a_failed_check_is_an_exception_with_words():
    assert str(CheckFailed("words")) == "words" and CheckFailed("words").picture is None


def test_a_verdict_is_never_longer_than_anybody_reads():
    """A student's text can stand in it, and eight million signs of it would stand in every report."""
    exercise = guess_exercise()
    result = grade_locally(exercise, {"guess": "a" * 1_000_000})
    assert len(result.verdicts[0].words) == MOST_WORDS and result.verdicts[0].words.endswith("…")


def test_what_a_cache_holds_is_not_kept_to_name_a_mistake():
    """Each may be as large as a frame, and an exercise calls twenty times."""
    exercise = scale_exercise()
    exercise.returns = {"scale": ("y", "cache")}
    student = Student(exercise, LocalBackend({"scale": lambda x, factor: (x, bytearray(10))}))
    student.scale(np.ones(2), 3.0)
    ((_, _, kept),) = student._record
    assert len(kept) == 1


def test_what_a_mistake_returns_is_kept_for_the_next_answer():
    runs = []
    exercise = Exercise("double", functions={"double": double})
    exercise.check("values")(lambda student, rng: expect_close("y", student.double(2.0), 4.0))
    exercise.check("and others")(lambda student, rng: expect_close("y", student.double(3.0), 6.0))
    exercise.mistake("one is added", "It is not asked for.")(lambda x: runs.append(x) or 2 * x + 1)
    exercise.mistake("halved", "The other way round.")(lambda x: runs.append(x) or x / 2)
    other = {"double": lambda x: 2 * x + 1 if x == 2 else 0.0}
    named = [grade(exercise, LocalBackend(answer)).mistake for answer in (other, {"double": lambda x: x / 2}, other)]
    assert [mistake and mistake.name for mistake in named] == [None, "halved", None]
    assert sorted(runs) == [2.0, 2.0, 2.0, 3.0, 3.0, 3.0]  # two of them were stopped, and then run to their end
