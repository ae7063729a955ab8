"""Breaks the libraries of its process, which the next student's process must not see.

Must: it ended itself
Ended: yes
"""

import json
import struct

np.random.default_rng = np.frombuffer = np.sum = np.zeros = None
json.dumps = json.loads = struct.pack = None
