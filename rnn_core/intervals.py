"""How sure a success rate is: an interval for a share of runs.

Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
"""

import math

from rnn_core.errors import RangeError


def wilson(successes, runs, z=1.96):
    """The interval in which the true success rate lies, with some 95 % confidence for z = 1.96.

    Units: successes and runs are counts. Returns: low and high, shares from 0 to 1.
    Raises: RangeError unless 0 <= successes <= runs and runs is at least 1.
    """
    if not 0 <= successes <= runs or runs < 1:
        raise RangeError(f"wilson: expected 0 to runs successes of at least 1 run, got {successes} of {runs}")
    share, spread = successes / runs, z**2 / runs
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
