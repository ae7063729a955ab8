"""Several results of one call: what is right among them counts, whatever became of the others."""

from autograder.compare import CheckFailed, expect_close


def expect_one(names, got, want):
    """Expect at least one of several results to be right, and fail with the words for the first if none is."""
    failed = []
    for name, a, b in zip(names, got, want, strict=True):
        try:
            return expect_close(name, a, b)
        except CheckFailed as words:
            failed.append(words)
    raise failed[0]


def expect_unchanged(names, after, before, hint=""):
    """Expect the caller's arrays to be after a call what they were before it."""
    for name, now, was in zip(names, after, before, strict=True):
        expect_close(f"{name} after the call", now, was, hint=hint)
