"""To be imported where processes that grade are forked from: all that they use, but the exercises of the lessons."""

from autograder.grading.loading import uncollected

with uncollected():
    from autograder.grading import batch  # noqa: F401
