"""Where a gradient arrives."""
