"""Grading what others hand in: `whole_class` is the way in.

`submissions` finds it, `reading` reads it, `one_notebook` grades it, `batch` does so side by side, `results` has what
is missing graded, `keep` keeps it, `filing` puts it into nbgrader's gradebook, `showing` makes the notebook that is
shown there; `nbgrader_bridge` is the same from nbgrader's side.
"""
