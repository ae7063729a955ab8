"""Lesson 19: where the time goes, and what makes a recurrent net fast; two notebooks."""

from autograder.checks.gpu import (  # noqa: F401
    data_parallel_mistakes,
    fair_ratio_mistakes,
    fewer_launches_mistakes,
    median_time_mistakes,
    mixed_mistakes,
    packed_mistakes,
    scan_backward_mistakes,
    scan_mistakes,
    step_counts_mistakes,
)
from autograder.checks.gpu.data_parallel import PARALLEL
from autograder.checks.gpu.fair_ratio import RATIO
from autograder.checks.gpu.faster_questions import WINS, WORDS
from autograder.checks.gpu.fewer_launches import FEWER
from autograder.checks.gpu.median_time import MEDIAN
from autograder.checks.gpu.mixed import MIXED
from autograder.checks.gpu.packed import PACK
from autograder.checks.gpu.predictions_measure import HOW_MUCH
from autograder.checks.gpu.questions_measure import CLAIM
from autograder.checks.gpu.roofline import FLOOR
from autograder.checks.gpu.scan import SCAN
from autograder.checks.gpu.scan_backward import GRADIENT
from autograder.checks.gpu.step_counts import COUNTS

TORCH = True  # loaded before the fork: it takes two seconds
ALLOWS = ("data.recorded", "intervals", "plots")
MEASURE = [HOW_MUCH, MEDIAN, COUNTS, FLOOR, RATIO, CLAIM]  # where_time_goes
FASTER = [FEWER, PACK, MIXED, WINS, SCAN, GRADIENT, PARALLEL, WORDS]  # make_it_fast
EXERCISES = [*MEASURE, *FASTER]
