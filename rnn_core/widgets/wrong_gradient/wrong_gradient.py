"""A game: two programs for one gradient both train, and one line of one of them is wrong.

What trains, what is measured and what is shown is the same text. The answer leaves Python when it was found.
"""

from collections import Counter

import numpy as np

from rnn_core import plots
from rnn_core.widgets.base import Widget
from rnn_core.widgets.own import Own
from rnn_core.widgets.wrong_gradient.wrong_training import (
    KINDS,
    PLACES,
    STEPS,
    WEIGHTS,
    curve,
    errors,
    gradient_errors,
    make_round,
)  # fmt: skip

TOLERATED = 1e-5  # a central difference of one step is no better than some 1e-9 here


class WrongGradient(Widget):
    """Find the wrong line: look at both trainings, measure, mark a line.

    cell: "tanh" or "LSTM". own: the learner's `gradient_errors`, which then does the measuring, or None.
    seed: another seed gives other rounds.
    """

    title = "Find the wrong gradient"

    def __init__(self, cell="tanh", own=None, seed=0):
        self.cell, self.seed, self.check = cell, seed, Own(own, gradient_errors, blur=1e-6)
        self.owns, self.known = (self.check,), {}
        self.arrays = ("x", *KINDS[cell].states, *WEIGHTS)
        self.start = {
            "at": STEPS // 2 - 1, "round": 0, "array": "W_hh", "place": PLACES[0], "mark": None,
            "measured": [], "answers": [], "guesses": {},
        }  # fmt: skip
        super().__init__()
        self.show()

    def compute(self, controls):
        """One round. Returns: both programs, their losses, what was measured, and what is known of the answer."""
        number = max(0, int(controls["round"]))
        game, at = make_round(self.cell, self.seed, number), int(np.clip(controls["at"], 0, STEPS - 1))
        losses = {name: curve(self.cell, lines) for name, lines in game.programs.items()}
        tries = [answer[1:] for answer in controls["answers"] if answer[0] == number]
        told = [game.program, game.line] in tries or ["", -1] in tries
        measured = self._measured(game, number, controls["measured"])
        guess = controls["guesses"].get(str(number), "")
        verdict = self._verdict(game, tries, losses, measured)
        return {
            "title": f"{self.title}: {self.cell}", "programs": game.programs, "losses": losses, "at": at,
            "arrays": self.arrays, "places": PLACES if self.cell == "tanh" else PLACES[:2], "round": number + 1,
            "measured": measured, "mark": controls["mark"], "told": [game.program, game.line] if told else None,
            "score": self._score(controls), "guess": guess, "can_guess": not (guess or tries or measured),
            "says": self._says(number, losses, at, None if told else controls["mark"], verdict, guess),
        }  # fmt: skip

    def static(self, picture):
        return plots.curves(
            range(1, STEPS + 1), {f"program {name}": y for name, y in picture["losses"].items()}, "step of training",
            "loss", title=picture["title"], alt=picture["says"], yscale="log",
        )  # fmt: skip

    def _measured(self, game, number, wanted):
        """The newest measurements of this round, at most one a pair of array and place."""
        self.check(lambda p: p["w"] ** 2, {"w": np.array(3.0)}, {"w": np.array(4.0)}, {"w": np.array(1.0)})  # the tool
        times = Counter((array, place) for turn, array, place in wanted if turn == number)
        pairs = [pair for pair in times if pair[0] in self.arrays and pair[1] in PLACES]
        return [self._measure(game, number, *pair, times[pair]) for pair in pairs[-8:]]

    def _measure(self, game, number, array, place, times):
        """Both programs' errors, measured once each time that Measure is pressed."""
        key = number, array, place, times
        if key not in self.known:
            self.known[key] = {"array": array, "place": place}
            for name, lines in game.programs.items():
                error = errors(self.cell, lines, array, place, self.check)
                self.known[key][name] = {"error": error, "agrees": error <= TOLERATED}
        return self.known[key]

    def _verdict(self, game, tries, losses, measured):
        if not tries:
            return "One line is wrong, in one of two programs that both train."
        if [game.program, game.line] in tries or ["", -1] in tries:
            found = "Found: it is" if [game.program, game.line] in tries else "It is"
            ends = {name: np.mean(y[-10:]) for name, y in losses.items()}
            right = ends["B" if game.program == "A" else "A"]
            return (
                f"{found} line {game.line + 1} of {game.program}. {game.why} Right: “{game.right}”. In its last ten "
                f"steps the wrong program had a loss of {ends[game.program]:.2g}, the right one of {right:.2g}."
            )
        program, line = tries[-1]
        said = f"Line {line + 1} of {program} is right: “{game.programs[program][line].strip()}”."
        off = sorted({row["array"] for row in measured if row[game.program]["error"] > TOLERATED})
        if off:
            return f"{said} The gradient of {', '.join(off)} is wrong in {game.program}: which lines make it?"
        return f"{said} Measure: which array's gradient is wrong, and in which program?"

    def _says(self, number, losses, at, mark, verdict, guess):
        now = " and ".join(f"{y[at]:.2g} ({name})" for name, y in losses.items())
        marked = f" Guessed from the curves: {guess}." if guess else ""
        marked += f" Marked: line {mark[1] + 1} of {mark[0]}." if mark else ""
        return (
            f"Round {number + 1}. {verdict}{marked} Both start at a loss of {losses['A'][0]:.2g}; after {at + 1} steps "
            f"it is {now}."
        )

    def _score(self, controls):
        """How it went so far, in words."""
        first, found, guessed = {}, set(), {}
        for number, program, line in controls["answers"]:
            game = make_round(self.cell, self.seed, int(number))
            right = [program, line] == [game.program, game.line]
            first.setdefault(number, right)
            if right:
                found.add(number)
            guess = controls["guesses"].get(str(number))
            if guess and (right or [program, line] == ["", -1]):  # only where the answer is known by now
                guessed[number] = guess == game.program
        if not first:
            return ""
        told = (
            f"Found in {len(found)} of {len(first)} rounds, {sum(first.values())} at the first try; "
            f"measured {len(controls['measured'])} times."
        )
        return f"{told} From the curves alone: {sum(guessed.values())} of {len(guessed)} right." if guessed else told
