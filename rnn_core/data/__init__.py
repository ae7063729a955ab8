"""Data that needs no download: generated, or part of what is installed anyway."""
