"""Makes folders that cannot be listed, by their mode and by the mask of modes, to fill them unseen.

Must: PermissionError
"""

import os


def hide():
    try:
        os.mkdir("hidden", 0o300)
    except PermissionError:
        os.umask(0o400)
        os.mkdir("masked")
    return os.listdir(".")


report = attempt(hide)
