"""Five shapes, and the jobs for them."""
