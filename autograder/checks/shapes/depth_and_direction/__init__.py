"""The exercises of the notebook depth_and_direction."""

ALLOWS: tuple[str, ...] = ()
EXERCISES: list = []
