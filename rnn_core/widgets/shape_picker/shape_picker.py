"""Five shapes, step by step on a real batch each: what is padding, where the loss counts, what is carried.

And jobs to be laid onto the shapes: what was chosen stands in `chosen`. Nothing here knows which choice is right.
"""

import numpy as np

from rnn_core import plots
from rnn_core.errors import RangeError
from rnn_core.widgets.base import Widget
from rnn_core.widgets.own import Own
from rnn_core.widgets.shape_picker import shape_nets, shape_tables
from rnn_core.widgets.shape_picker.shape_columns import codes, columns, loss_in_words, step_in_words, units
from rnn_core.widgets.shape_picker.shape_examples import LABELS, SHAPES, USUAL, examples

NAMES = {"encoder-decoder": "unaligned many-to-many"}  # the name that the jobs have for it


class ShapePicker(Widget):
    """The shapes of lesson 8 at work.

    jobs: dict from a letter to a text, to be laid onto shapes, or None. last_real, shift_by_one: the learner's, or
    None. nets: dict from a shape to trained parameters with the names of `shape_nets`; for other shapes a small net
    is trained when it is first shown.
    """

    title = "Five shapes"

    def __init__(self, jobs=None, last_real=None, shift_by_one=None, nets=None):
        for shape in nets or {}:
            if shape not in SHAPES:
                raise RangeError(f"nets: expected shapes out of {', '.join(SHAPES)}, got {shape!r}")
        self.jobs, self.nets = dict(jobs or {}), dict(nets or {})
        self.last_real = Own(last_real, shape_nets.last_real)
        self.shift = Own(shift_by_one, shape_nets.shift_by_one, outputs=3)
        self.owns = (self.last_real, self.shift)
        self.start = {
            "shape": "many-to-one", "row": 0, "at": 0, "typed": {}, "blind": False, "own": False, "chosen": {},
        }  # fmt: skip
        super().__init__()
        self.show()

    @property
    def chosen(self):
        """Which shape was chosen for which job. Returns: dict from letter to shape, as the exercise names it."""
        return self._named(self.controls["chosen"])

    def compute(self, controls):
        """One batch through one shape. Returns: all columns of one row, and the map of the batch."""
        shape = controls["shape"] if controls["shape"] in SHAPES else SHAPES[0]
        typed = str(controls["typed"].get(shape, USUAL[shape][0]))
        batch, told = examples(shape, typed)
        table, whose = self._run(shape, batch, controls)
        N, C = table.real.shape
        row, at = int(np.clip(controls["row"], 0, N - 1)), int(np.clip(controls["at"], 0, C - 1))
        losses, steps = table.losses, columns(table, row)
        counted = int(np.isfinite(losses).sum())
        mean = float(np.nanmean(losses)) if counted else None
        named = self._named(controls["chosen"])
        name, writes = NAMES.get(shape, shape), shape in ("one-to-many", "encoder-decoder")
        sentence = step_in_words(table, steps, at) + f" The loss: {loss_in_words(mean, counted)}."
        return {
            "title": f"{self.title}: {name}", "shape": shape, "shapes": SHAPES, "names": NAMES, "label": LABELS[shape],
            "typed": typed, "told": told.strip(), "row": row, "at": at, "columns": steps, "encoder": table.encoder,
            "image": np.reshape(batch[0][row] if shape.startswith("one") else [], (-1, 8)), "map": codes(table),
            "can": {"blind": shape != SHAPES[0], "own": writes}, "loss": loss_in_words(mean, counted), "whose": whose,
            "jobs": self.jobs, "python": f"jobs = {named}" if named else "",
            "says": f"{name}, sequence {row + 1}, step {at} of {C - 1}: {sentence}{self._laid(named)}",
        }  # fmt: skip

    def static(self, picture):
        real = [step["in"] or "start" for step in picture["columns"]]
        states = np.transpose([step["state"] for step in picture["columns"]])
        units = [f"unit {k + 1}" for k in range(len(states))]
        return plots.heatmap(
            states, units, real, "what goes in", "", "state", title=picture["title"], alt=picture["says"]
        )

    def _run(self, shape, batch, controls):
        """The table of a batch, from the net that was handed over or, where that does not fit, from a small one."""
        if shape in self.nets:
            try:
                table = self._table(shape, self.nets[shape], batch, controls)
                return table, f"The net is the one you trained. {units(table)}"
            except Exception as error:  # whatever was handed over: the widget stays alive
                why = f"The net that was handed over does not fit ({type(error).__name__}: {error}). "
        else:
            why = ""
        table = self._table(shape, shape_nets.small_net(shape), batch, controls)
        return table, f"{why}The net is a small one, trained for this picture. {units(table)}"

    def _table(self, shape, net, batch, controls):
        blind, own = bool(controls["blind"]), bool(controls["own"])
        if shape == "one-to-one":
            return shape_tables.one_to_one(net, *batch)
        if shape == "many-to-one":
            return shape_tables.many_to_one(net, *batch, self.last_real, blind)
        if shape == "aligned many-to-many":
            return shape_tables.aligned(net, *batch, blind)
        if shape == "one-to-many":
            return shape_tables.one_to_many(net, *batch, self.shift, blind, own)
        return shape_tables.encoder_decoder(net, *batch, self.shift, blind, own)

    def _named(self, laid):
        return {job: NAMES.get(laid[job], laid[job]) for job in self.jobs if laid.get(job) in SHAPES}

    def _laid(self, named):
        return f" Jobs laid onto shapes: {len(named)} of {len(self.jobs)}." if self.jobs else ""
