"""A plugin of pytest that writes down what nbgrader's autograde calls: who ran the cells and who saved the scores.

The file is named by RNN_COURSE_WITNESS; a line for each call. Also asks alembic only once for its newest version,
which nbgrader does, in a process of its own, for every gradebook that it makes.
"""

import functools
import os

from jupyter_client.provisioning import LocalProvisioner
from nbgrader import api
from nbgrader.converters import Autograde
from nbgrader.preprocessors import SaveAutoGrades

from autograder.grading.nbgrader_bridge import FastExecute, TrustedSaveAutoGrades


def note(line: str) -> None:
    with open(os.environ["RNN_COURSE_WITNESS"], "a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def noted(kind: type, name: str, line: str, when=lambda self: True) -> None:
    """Have a method write a line whenever it is called."""
    before = getattr(kind, name)

    @functools.wraps(before)
    def method(self, *args, **kwargs):
        if when(self):
            note(line)
        return before(self, *args, **kwargs)

    setattr(kind, name, method)


def autogrades(_: object) -> bool:
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


noted(Autograde, "convert_single_notebook", "a notebook is autograded")
noted(FastExecute, "preprocess", "FastExecute")
noted(TrustedSaveAutoGrades, "preprocess", "TrustedSaveAutoGrades")
noted(
    SaveAutoGrades, "preprocess", "stock SaveAutoGrades", lambda self: type(self) is SaveAutoGrades and autogrades(self)
)
noted(LocalProvisioner, "launch_kernel", "a kernel starts", autogrades)

api.get_alembic_version = functools.cache(api.get_alembic_version)
