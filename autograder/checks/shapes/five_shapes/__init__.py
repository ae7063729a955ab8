"""The exercises of the notebook shapes: what goes in, what comes out, and when."""

from autograder.checks.shapes.five_shapes import (  # noqa: F401  each adds the mistakes of one exercise
    last_real_mistakes,
    shift_mistakes,
    skeleton_mistakes,
)
from autograder.checks.shapes.five_shapes.embedding import EMBED
from autograder.checks.shapes.five_shapes.jobs import JOBS
from autograder.checks.shapes.five_shapes.last_real import LAST
from autograder.checks.shapes.five_shapes.predictions import TOLD
from autograder.checks.shapes.five_shapes.questions import DECIDES
from autograder.checks.shapes.five_shapes.shift import SHIFT
from autograder.checks.shapes.five_shapes.skeleton import SKELETON

ALLOWS = ("activations", "init", "plots")  # not embedding, nets and what imports them; nor data.sentences, which pads
EXERCISES = [TOLD, EMBED, LAST, SHIFT, SKELETON, JOBS, DECIDES]
