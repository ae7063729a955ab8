"""Tries to find or to overwrite the reference in `__main__`.

Must: nothing
"""

import __main__

report = f"succeeded: {__main__.reference}" if hasattr(__main__, "reference") else "nothing"
__main__.scale = __main__.reference = lambda x, factor: (x, 0.0)
