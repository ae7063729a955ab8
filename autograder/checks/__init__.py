"""The exercises of every lesson: a package a lesson, found by itself, in the order of the lessons."""

import functools
import importlib
import pkgutil

from autograder.spec import Registry


@functools.cache
def registry() -> Registry:
    """All exercises, lesson by lesson."""
    packages = [
        importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__) if info.ispkg
    ]
    return Registry({package.LESSON: package.EXERCISES for package in sorted(packages, key=lambda p: p.LESSON)})
