"""The command line on a machine without any rung of the ladder; also in the processes that it starts."""

import sys

from autograder import cli
from autograder.sandbox import probing

probing.open_rung = lambda rung, *_, **__: (None, "cut off")

if __name__ == "__main__":
    sys.exit(cli.main())
