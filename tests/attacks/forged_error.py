"""Says of its own cell that it failed, in a form in which no error comes.

Ended: yes
Must: made no sense
"""

import time

say(frame({"returned": {"outputs": [], "error": [1]}, "printed": ""}))
time.sleep(1)
