"""Eigenvalues, and norms over the lag."""
