"""The exercises of every lesson: a package a lesson, loaded when one of its exercises is asked for."""

import functools
import importlib
from collections.abc import Iterable, Iterator, Mapping

from autograder.spec import Exercise, Registry, Written

FIRST_WORDS = {  # with which the ids of an exercise begin; each is one lesson's alone
    "start": "00_before_you_start",
    "loop": "01_feedback_loop",
    "cell": "02_recurrent_cell",
    "bptt": "03_bptt",
    "vanish": "04_vanishing_gradients",
    "gate": "05_gating",
    "lstm": "06_lstm",
    "gru": "07_gru",
    "shape": "08_shapes",
    "deep": "08_shapes",
    "translate": "08_shapes",
    "gpu": "19_gpu",
}


class Lessons(Mapping):
    """Of each lesson the exercises."""

    def __getitem__(self, lesson: str) -> Iterable[Exercise | Written]:
        if lesson not in self:
            raise KeyError(lesson)
        return importlib.import_module(f"{__name__}.{lesson.partition('_')[2]}").EXERCISES

    def __contains__(self, lesson: object) -> bool:
        return lesson in FIRST_WORDS.values()

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(FIRST_WORDS.values()))

    def __len__(self) -> int:
        return len(set(FIRST_WORDS.values()))


@functools.cache
def registry() -> Registry:
    """All exercises, lesson by lesson."""
    return Registry(Lessons(), FIRST_WORDS)
