"""Ends itself by a signal that has no name in Python; as the first process of its namespace it cannot.

Must: ^$|signal 40
Ended: B
"""

import os

os.kill(os.getpid(), 40)
