"""Lesson 8: shapes of recurrent nets, encoder and decoder, depth and direction; a package a notebook."""

from autograder.checks.shapes import depth_and_direction, encoder_decoder, five_shapes

NOTEBOOKS = (five_shapes, encoder_decoder, depth_and_direction)
ALLOWS = tuple(sorted({module for notebook in NOTEBOOKS for module in notebook.ALLOWS}))
EXERCISES = [exercise for notebook in NOTEBOOKS for exercise in notebook.EXERCISES]
