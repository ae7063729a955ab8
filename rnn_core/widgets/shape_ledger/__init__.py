"""The shapes of a step, and what breaks them."""
