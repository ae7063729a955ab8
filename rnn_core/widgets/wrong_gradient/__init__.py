"""A game: find the wrong line of a gradient."""
