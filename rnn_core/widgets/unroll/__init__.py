"""A loop, rolled and unrolled, with its numbers."""
