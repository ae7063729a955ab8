"""The exercises of the notebook encoder_decoder."""

ALLOWS: tuple[str, ...] = ()
EXERCISES: list = []
