"""Point at a character of a text: which of those before it does its prediction depend on, in several trained nets?

Source of the idea: Madsen (2019), Visualizing memorization in RNNs, Distill; there with fixed models.
"""

from rnn_core.picture import COLOURS, Picture, in_style
from rnn_core.widgets.base import Widget
from rnn_core.widgets.memory_map.memory_page import save_page
from rnn_core.widgets.memory_map.memory_panel import LOWEST, in_words, listed, name_of, panel_of
from rnn_core.widgets.memory_map.text_model import TextModel

MOST = 120  # characters
GLYPHS = {" ": "␣", "\n": "↵", "\t": "→"}
MEASURES = {"gradient": "how fast it would answer (gradient)", "change": "what changes when it is replaced"}
MEANS = {
    "gradient": "Strength: how fast log p of the character to come answers to a small change of that input: the length "
    "of the gradient, in nats for each unit of input.",
    "change": "Strength: by how much log p of the character to come really changes, in nats, when a space is read "
    "instead of that character (an e instead of a space).",
}


class MemoryMap(Widget):
    """What the predictions of trained character models depend on, for a text that the learner types.

    models: a dict from a name to (cell, params, vocabulary), or one such triple. The cell is one of `cells`, or one
    with the learner's own functions in it: `LSTM._replace(forward=forward, backward=backward)`. at: how many characters
    are read at first; -1 for all.
    """

    title = "Memory map"

    def __init__(self, models, text="The statement is executed and the name is bound.", at=-1):
        models = models if isinstance(models, dict) else {"your model": models}
        self.models = {str(name): TextModel(*model) for name, model in models.items()}
        self.owns = tuple(self.models.values())
        self.start = {"text": text, "at": at, "measure": "gradient", "bars": "linear", "save": 0}
        self.saves, self.saved = 0, ""
        super().__init__()
        self.show()

    def compute(self, controls):
        """The map at one place: `at` characters are read, the next one is foretold; -1 stands for the end."""
        if controls["save"] > self.saves:
            self.saves = controls["save"]
            try:
                self.saved = f"Saved as {self.save_html('memory_map.html', controls)}"
            except OSError as error:
                self.saved = f"The page could not be saved: {type(error).__name__}: {error}"
        return self._drawn(controls) | {"saved": self.saved}

    def save_html(self, path, controls=None):
        """Write the map of the present text as one page that needs no kernel and no network.

        A file that is there stays: then a number is added to the name. Returns: the path (a `Path`).
        """
        controls = controls or self.picture["controls"]
        now, pictures = self._drawn(controls), {}
        for measure in MEASURES:
            for at in range(len(now["text"]) + 1):
                moved = {**controls, "measure": measure, "at": at}
                pictures[f"{measure} {at}"] = {**self._drawn(moved), "controls": moved, "problem": "", "note": ""}
        return save_page(path, self, pictures, f"{now['measure']} {now['at']}")

    def _drawn(self, controls):
        text, problem = self._known(str(controls["text"]))
        L = len(text)
        at = L if not 0 <= controls["at"] <= L else int(controls["at"])
        measure = controls["measure"] if controls["measure"] in MEASURES else "gradient"
        panels = [panel_of(name, model, text, at, measure) for name, model in self.models.items()]
        return {
            "title": self.title, "glyphs": [GLYPHS.get(c, c) for c in text], "names": [name_of(c) for c in text],
            "at": at, "text": text, "panels": panels, "measure": measure, "measures": MEASURES, "means": MEANS[measure],
            "scale": f"A full bar is the strongest of its net; logarithmic bars end at {LOWEST:g} of it.",
            "most": MOST, "saved": "", "problem": problem, "says": in_words(text, at, panels),
        }  # fmt: skip

    def static(self, picture):
        from matplotlib.figure import Figure

        panels = [panel for panel in picture["panels"] if panel["strengths"]]
        at, seen = picture["at"], min(picture["at"], 50)
        with in_style():
            figure = Figure(figsize=(8, 0.9 + 1.3 * max(1, len(panels))), layout="constrained")
            axes = figure.subplots(max(1, len(panels)), 1, squeeze=False)[:, 0]
            for k, (ax, panel) in enumerate(zip(axes, panels, strict=False)):
                ax.bar(range(seen), panel["strengths"][at - seen :], color=COLOURS[k % len(COLOURS)])
                ax.set_xticks(range(seen), [c if c.isascii() else " " for c in picture["glyphs"][at - seen : at]])
                ax.set_title(panel["name"], loc="left", fontsize=11)
                ax.grid(axis="x", visible=False)
            figure.suptitle(f"{self.title}: what stands before {panels[0]['target'] if panels else 'the end'}")
        return Picture(figure, picture["says"])

    def _known(self, text):
        """The text as far as all models can read it. Returns: the text, and what was left out, in words."""
        foreign = {name: model.unknown(text) for name, model in self.models.items()}
        drop, who = set().union(*foreign.values()), [name for name, chars in foreign.items() if chars]
        told = [f"{listed(drop)}: not in the vocabulary of {' and '.join(who)}; left out."] if drop else []
        text = "".join(c for c in text if c not in drop)
        if len(text) > MOST:
            told.append(f"Of {len(text)} characters the first {MOST} are read.")
        return text[:MOST], " ".join(told)
