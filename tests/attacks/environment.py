"""Tries to find a secret in its environment.

Must: nothing
"""

import os

report = f"succeeded: {os.environ}" if "GRADER_SECRET" in os.environ else "nothing"
