"""Leaves what Python and IPython read when they start, for the processes of other students.

Must: ^(FileNotFoundError|PermissionError|OSError|nothing)( (FileNotFoundError|PermissionError|OSError|nothing))*$
"""

import os
import sys

LINE = "raise SystemExit('planted')\n"


def plant(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(LINE)


home = os.environ["HOME"]
own = [f"{home}/.ipython/profile_default/startup/00.py", f"{home}/sitecustomize.py", f"{home}/numpy.py"]
others = [os.path.join(folder, "sitecustomize.py") for folder in sys.path if folder and not folder.startswith(home)]
for path in own:
    plant(path)
report = " ".join(sorted({attempt(lambda path=path: plant(path)) for path in others})) or "nothing"
