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

from rnn_core.picture import Picture

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
        raise NotImplementedError  # each widget has its own

    def static(self, picture):
        """The same picture without controls. Returns: `rnn_core.picture.Picture`, or None where none is due yet."""
        raise NotImplementedError  # each widget has its own

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
        data, about = shown if isinstance(shown, tuple) else (shown, {})
        if data is None:
            return shown
        still = self.static(self.picture)
        if still is None:  # nothing is to be stored yet
            return {**data, "text/plain": f"{self.title}: {self.picture['says']}"}, about
        if not isinstance(still, Picture):  # a card, which has its words as text, too
            return {**data, "text/plain": f"{self.title}: {still!r}", "text/html": still._repr_html_()}, about
        png = still.png()  # bare for a PDF and for viewers that drop HTML; for others with its text
        data = {**data, "text/plain": f"{self.title}: {still.alt}", "image/png": png, "text/html": still.page(png)}
        return data, {**about, "image/png": {"width": still.width, "alt": still.alt}}


def _together(*files):
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())


def plain(value):
    """Arrays and numpy's numbers as lists and numbers of six digits, for the wire; what is not finite as None."""
    if isinstance(value, float):  # first, because most of a picture is numbers
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):  # `list | tuple` would be made anew at each call
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    return value
