"""What all widgets share: controls come in, a picture goes out.

JavaScript sets `controls`; `compute` answers with what is to be drawn. One request is under way at a time, and
the newest waits: however slow a learner's function is, the last position of a slider is what is shown.
"""

import math
import sys
from pathlib import Path

import anywidget
import numpy as np
import traitlets

HERE = Path(__file__).parent


class Widget(anywidget.AnyWidget):
    """An interactive picture. A subclass has `title`, `start` (its controls) and `compute(controls)`.

    `compute` returns a dict for the drawing, with `says`: what the picture shows now, in words. `owns` are the
    learner's functions that it calls. `static(picture)` draws the same for viewers without a kernel.
    """

    controls = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)

    title = ""
    start = {}  # noqa: RUF012 - read only; what a learner moves is in `controls`
    owns = ()

    def __init_subclass__(cls, **more):
        """What draws it stands beside it: a .js file of the same name, and a .css file if it has styles of its own."""
        own = Path(sys.modules[cls.__module__].__file__)
        if own.with_suffix(".js").exists() and not hasattr(cls, "_esm"):  # anywidget derives a class for each object
            cls._esm = _together(HERE / "draw.js", own.with_suffix(".js"))
            cls._css = _together(HERE / "widget.css", own.with_suffix(".css"))
        super().__init_subclass__(**more)

    def show(self, **controls):
        """Begin with these controls in place of those of `start`."""
        self._answer({**self.start, **controls})
        self.controls = self.picture["controls"]
        self.observe(lambda change: self._answer(change["new"]), "controls")

    def compute(self, controls):
        """What is to be drawn for these controls. Returns: dict, with `says`."""
        raise NotImplementedError

    def static(self, picture):
        """The same picture without controls. Returns: `rnn_core.picture.Picture`."""
        raise NotImplementedError

    def _answer(self, controls):
        controls = {**self.start, **controls}
        for own in self.owns:
            own.begin()
        try:
            picture = self.compute(controls)
        except Exception as error:  # the widget stays alive: the picture before stays, and says what went wrong
            picture = {**self.picture, "problem": f"{type(error).__name__}: {error}"}
        notes = [own.note for own in self.owns if own.note]
        self.picture = plain({"problem": "", **picture, "controls": controls, "note": " ".join(notes)})

    def _repr_mimebundle_(self, **options):
        shown = super()._repr_mimebundle_(**options)
        data, *about = shown if isinstance(shown, tuple) else (shown,)
        if data is None:
            return shown
        still = self.static(self.picture)  # the page's for most viewers, the bare one for a PDF
        words = f"{self.title}: {self.picture['says']}"
        data = {**data, "text/plain": words, "text/html": still._repr_html_()}
        data |= {"image/png": still.png()} if hasattr(still, "png") else {}  # a card of words has none
        return (data, *about) if about else data


def _together(*files):
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())


def plain(value):
    """Arrays and numpy's numbers as lists and numbers of six digits, for the wire; what is not finite as None."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
