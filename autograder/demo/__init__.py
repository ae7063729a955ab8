"""Thirty students who do not exist, and what they hand in: a class to try the grader on."""
