"""To be imported where processes that grade are forked from: all that they use, the exercises of all lessons too."""

from autograder.grading.loading import uncollected

with uncollected():
    from autograder.checks import registry
    from autograder.grading import batch  # noqa: F401

    registry()
