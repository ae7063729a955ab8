"""Several gradients of one answer, compared by what belongs together, so that one slip does not cost all points."""

from autograder.compare import CheckFailed, expect_close


def expect_parts(names, got, want, hint=""):
    """Expect each of the named gradients; `got` and `want` are dicts by name, `hint` may be one as well."""
    for name in names:
        expect_close(name, got[name], want[name], hint.get(name, "") if isinstance(hint, dict) else hint)


def expect_any(got, want, rtol=None):
    """Expect one right gradient at least: that nothing was changed says little of an answer that computes nothing."""
    failed = None
    for name in want:
        try:
            return expect_close(name, got[name], want[name], rtol=rtol)
        except CheckFailed as error:
            failed = failed or error
    raise failed
