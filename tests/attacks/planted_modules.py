"""Tries to leave files that a careless grader would import: conftest.py, sitecustomize.py, modules named as libraries.

Outside: untouched
Ended: yes
"""

import os

text = f"open({OUTSIDE + '/imported'!r}, 'w')"
for name in ("conftest", "sitecustomize", "usercustomize", "numpy", "autograder", "json", "struct"):
    with open(f"{name}.py", "w") as file:
        file.write(text)


def scale(x, factor):
    os._exit(1)  # the next process begins in a folder like this one
