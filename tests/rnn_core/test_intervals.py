import pytest
from scipy.stats import binomtest

from rnn_core.errors import RangeError
from rnn_core.intervals import wilson


@pytest.mark.parametrize(("successes", "runs"), [(0, 7), (5, 5), (3, 20), (1, 1), (150, 200)])
def test_against_scipy(successes, runs):
    want = binomtest(successes, runs).proportion_ci(method="wilson")
    assert wilson(successes, runs, z=1.959963984540054) == pytest.approx((want.low, want.high), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("successes", "runs"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(successes, runs):
    with pytest.raises(RangeError, match=f"got {successes} of {runs}"):
        wilson(successes, runs)
