"""Grading what others hand in: `whole_class` is the way in.

`submissions` finds it, `reading` reads it, `one_notebook` grades it, `batch` does so side by side, `keep` keeps what
came out, `filing` puts it into nbgrader's gradebook; `nbgrader_bridge` is the same from nbgrader's side.
"""
