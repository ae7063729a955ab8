"""The exercises of the notebook five_shapes."""

ALLOWS: tuple[str, ...] = ()
EXERCISES: list = []
