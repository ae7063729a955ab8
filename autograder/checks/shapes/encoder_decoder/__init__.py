"""The exercises of the notebook encoder_decoder."""

from autograder.checks.shapes.encoder_decoder import (  # noqa: F401  each adds the mistakes of one exercise
    attention_backward_mistakes,
    attention_mistakes,
    beam_step_mistakes,
    bleu_mistakes,
    greedy_mistakes,
)
from autograder.checks.shapes.encoder_decoder.attention import BACKWARD, FORWARD
from autograder.checks.shapes.encoder_decoder.beam_step import BEAM
from autograder.checks.shapes.encoder_decoder.bleu import BLEU
from autograder.checks.shapes.encoder_decoder.greedy import GREEDY
from autograder.checks.shapes.encoder_decoder.predictions import FEEDING
from autograder.checks.shapes.encoder_decoder.questions import REPORT

ALLOWS: tuple[str, ...] = (
    "activations",
)  # not decode, whose generate stops at an end; nor data.translation, which pads
EXERCISES = [FEEDING, GREEDY, FORWARD, BACKWARD, BEAM, BLEU, REPORT]
