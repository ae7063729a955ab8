"""Train a net that must remember, live, with each remedy switched on or off, and compare two runs.

A message trains for a short time only, so that a stop, and every other cell, gets its turn between two pictures.
"""

import numpy as np

from rnn_core import plots
from rnn_core.normalisation import layer_norm_backward, layer_norm_forward
from rnn_core.widgets.base import Widget
from rnn_core.widgets.own import SECONDS, Own
from rnn_core.widgets.remedies.recall_record import ranges, record, recorded_runs
from rnn_core.widgets.remedies.recall_run import CUT, LIMIT, POINT, STEPS, Run, clipped_momentum_step

SLICE = 0.05  # seconds of training in one message
RATES = {"SGD": 0.01, "momentum": 0.1, "Adam": 0.001}  # where an optimizer begins
ALL_RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
SETTINGS = {
    "start": "orthogonal", "optimizer": "momentum", "rate": 0.1, "clip": False, "norm": False, "cut": False,
    "lag": 20, "seed": 0,
}  # fmt: skip
REFERENCES = clipped_momentum_step, layer_norm_forward, layer_norm_backward
KEPT = 8  # runs that can be compared with


class Lasting(Own):
    """A function that is called during a whole run: after a fault the reference stays until the next run."""

    def begin(self):
        if not hasattr(self, "fault"):
            self.anew()
        self.left = SECONDS

    def anew(self):
        """Forget the run before."""
        super().begin()


class Remedies(Widget):
    """Recall of the first symbol: `params` and `cell` are the net as far as it is trained.

    clipped_momentum_step, layer_norm_forward, layer_norm_backward: the learner's functions of lesson 4, or None.
    """

    title = "Remedies"
    start = {**SETTINGS, "until": 0, "rewind": 0, "beside": 0}  # noqa: RUF012

    def __init__(self, clipped_momentum_step=None, layer_norm_forward=None, layer_norm_backward=None):
        self.owns = (
            Lasting(clipped_momentum_step, REFERENCES[0], outputs=2),
            Lasting(layer_norm_forward, REFERENCES[1], outputs=2),
            Lasting(layer_norm_backward, REFERENCES[2], outputs=3),
        )
        self.run, self.rewound, self.earlier = None, 0, []
        super().__init__()
        self.show()

    @property
    def params(self):
        """A copy of the net's parameters, by the names of `net_params`."""
        return {name: p.copy() for name, p in self.run.params.items()}

    @property
    def cell(self):
        """The net's cell, for `net_forward`."""
        return self.run.cell

    def compute(self, controls):
        """Begin a run where settings changed or a rewind is asked for, else go on. Returns: the curves so far."""
        settings = {name: controls[name] for name in SETTINGS}
        if self.run is None or settings != self.run.settings or controls["rewind"] != self.rewound:
            self._begin(settings)
            self.rewound = controls["rewind"]
        self.run.train(int(controls["until"]), SLICE)
        done = self.run.ended or self.run.step >= STEPS
        wanted = [told for told in self.earlier if told["number"] == int(controls["beside"])]
        other = (wanted or self.earlier or [None])[-1]
        now = record(self.run)
        return {
            "title": "Remedies: recall of the first symbol", "steps": STEPS, "point": POINT, "limit": LIMIT, "cut": CUT,
            "rates": RATES, "all_rates": ALL_RATES, "now": now, "before": other,
            "ranges": ranges([now, other] if other else [now]),
            "earlier": [[told["number"], f"run {told['number']}: {told['name']}"] for told in self.earlier],
            "done": bool(done), "says": self._says(controls, other, done),
        }  # fmt: skip

    def static(self, picture):
        run = Run(self.run.settings, *(own.reference for own in self.owns))
        run.train(STEPS)
        told = record(run)
        lines = {"right": told["right"], "right by chance": [0.25] * len(told["right"])}
        return plots.curves(
            POINT * np.arange(len(told["right"])), lines, "training steps", "share of right answers",
            told["name"], f"{told['name']}, by the reference: after {run.step} steps {told['right'][-1]:.0%} right.",
        )  # fmt: skip

    def _begin(self, settings):
        if self.run is not None and self.run.step:
            number = 1 + (self.earlier[-1]["number"] if self.earlier else 0)
            self.earlier = [*self.earlier, {**record(self.run), "number": number}][-KEPT:]
        for own in self.owns:
            own.anew()
        self.run = Run(settings, *self.owns)

    def _says(self, controls, other, done):
        now, going = record(self.run), controls["until"] > self.run.step and not done
        points = len(now["right"]) - 1
        if going:
            points -= points % 16  # while it runs, a new sentence now and then: it is read aloud
        step, right = POINT * points, now["right"][points]
        name = f"{now['name'][0].upper()}{now['name'][1:]}"
        told = [f"{name}, lag {now['lag']}, seed {now['seed']}: after {step} steps {right:.0%} right."]
        if not going:
            first = now["arrives"][0]
            told.append(f"The gradient at the first symbol is {first:.1e} times that at the last step."
                        if first else "No gradient arrives at the first symbol.")  # fmt: skip
            if now["learned"] is not None:
                told.append(f"Above 95 % from step {now['learned']} on.")
        if self.run.ended:
            told.append(f"It ended: {self.run.ended}.")
        if other:
            where = f"lag {other['lag']}, seed {other['seed']}, {other['right'][-1]:.0%} right after {other['step']}"
            told.append(f"Before, dashed: {other['name']}, {where}.")
        if done and (found := recorded_runs(self.run.settings)):
            told.append("Recorded with these settings: {} of {} other runs learned it.".format(*found))
        return " ".join(told)
