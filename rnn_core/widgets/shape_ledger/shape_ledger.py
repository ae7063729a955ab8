"""Every array of a step with its axes: change the sizes, break an array, and see who notices.

The faults that no error tells of are the point: where two sizes happen to be equal, or numpy repeats an axis, a
wrong shape runs through. A map shows which faults the learner's own function lets through.
"""

import numpy as np

from rnn_core import rnn
from rnn_core.errors import ShapeError
from rnn_core.widgets.base import Widget
from rnn_core.widgets.own import Own
from rnn_core.widgets.shape_ledger import shape_trace
from rnn_core.widgets.shape_ledger.shape_blocks import blocks_of, table
from rnn_core.widgets.shape_ledger.shape_faults import FAULTS, SEQUENCE, STEP, arrays_of, broken, typed
from rnn_core.widgets.shape_ledger.shape_judges import SIGNS, judges, map_of, passes, sentence

LARGEST = 6  # of the sliders
TYPED = "a shape that I type"


class ShapeLedger(Widget):
    """The arrays of one step, or of a whole sequence, as blocks with named axes.

    step: the learner's `step_forward`; forward: the learner's `forward`. None for the reference.
    """

    title = "Shape ledger"
    start = {  # noqa: RUF012
        "sizes": {"N": 2, "T": 5, "D": 3, "H": 4}, "whole": False, "array": "x", "broken": {}, "shapes": {},
    }  # fmt: skip

    def __init__(self, step=None, forward=None):
        self.step, self.forward = Own(step, shape_trace.step), Own(forward, shape_trace.sequence)
        super().__init__()
        self.show()

    def compute(self, controls):
        """Take the step with these arrays. Returns: every array, where it failed, and what each judge says."""
        sizes = {axis: int(np.clip(controls["sizes"][axis], 1, LARGEST)) for axis in "NTDH"}
        roles, own, checked = STEP, self.step, rnn.step_forward
        if controls["whole"]:
            roles, own, checked = SEQUENCE, self.forward, rnn.forward
        own.begin()
        self.owns = (own,)
        good = arrays_of(roles, sizes)
        right = np.asarray(own(*_arrays(good))[0])
        chosen = {name: fault for name, fault in controls["broken"].items() if name in good and fault}
        given, problems = _given(good, chosen, controls["shapes"], sizes)
        trace = shape_trace.Trace(given)
        [(result, error)] = own.attempts([_arrays(given)])
        marks = map_of(good, own, right, checked)
        array = controls["array"] if controls["array"] in good else "x"
        steps = f"T = {sizes['T']} steps" if controls["whole"] else "One step"
        said = f"{steps} with N = {sizes['N']}, D = {sizes['D']}, H = {sizes['H']}. "
        said += sentence(good, given, trace, result, error, right)
        if error is not None and passes(*_with_equal_sizes(roles, chosen, controls["shapes"]), own):
            said += " If all sizes were equal, there would be no error, and a wrong result."
        silent = sum(sign in ("!", "!!") for row in marks for sign in row)
        gives = "gives" if silent == 1 else "give"
        said += f" Of the faults in the map, {silent} {gives} a wrong result without an error."
        return {
            "title": self.title, "sizes": sizes, "whole": bool(controls["whole"]), "array": array,
            "fault": chosen.get(array, ""), "shape": controls["shapes"].get(array, _text(good[array])),
            "arrays": list(good), "faults": list(FAULTS), "typed": TYPED, "broken": chosen,
            "blocks": blocks_of(trace, given, good, result, right), "failed": trace.failed, "t": trace.t,
            "map": marks, "signs": SIGNS, "judges": judges(trace, own, result, error, right, checked, given),
            "silent": silent, "problem": " ".join(problems),
            "says": said,
        }  # fmt: skip

    def static(self, picture):
        return table(picture["blocks"], picture["says"])


def _arrays(named):
    return tuple(each.array for each in named.values())


def _text(named):
    """The shape as a person types it, such as "(N, D)"."""
    return f"({', '.join(axis[0] for axis in named.axes)})"


def _given(good, chosen, shapes, sizes):
    """The arrays with the chosen faults. Returns: dict of Named, and what was wrong with a typed shape, in words."""
    given, problems = dict(good), []
    for name, fault in chosen.items():
        try:
            if fault == TYPED:
                given[name] = typed(good[name], shapes.get(name, _text(good[name])), sizes)
            else:
                given[name] = broken(good[name], fault) or good[name]
        except ShapeError as error:
            problems.append(f"{name}: {error}.")
    return given, problems


def _with_equal_sizes(roles, chosen, shapes):
    """The right arrays and the given ones as they would be if N, T, D and H were one number."""
    sizes = dict.fromkeys("NTDH", 4)
    good = arrays_of(roles, sizes)
    return good, _given(good, chosen, shapes, sizes)[0]
