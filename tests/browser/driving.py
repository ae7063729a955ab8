"""A widget in a page, driven as a person drives it: by its labels, with pointer or keyboard.

`in_lab` shows it in JupyterLab, from a cell; `in_page` in an empty page, with this Python at the other end of the
line in the kernel's place, which takes a second and not ten.
"""

import base64
import re
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Locator, Page

from rnn_core.widgets.base import Widget
from tests.browser.lab import Learner

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
DARK = "--jp-ui-font-color0:#fff;--jp-ui-font-color1:#ddd;--jp-layout-color1:#212121;--jp-layout-color2:#424242"
PAGE = """<!doctype html><html lang="en"><title>A widget</title><style>{css}</style>
<body data-jp-theme-light="{light}" style="margin:8px;{style}"><main></main></body></html>"""
SHOW = """async ([code, picture]) => {
    const listeners = new Set(), state = {picture, controls: picture.controls};
    const model = {
        get: name => state[name],
        set: (name, value) => { state[name] = value; },
        save_changes: async () => {
            state.picture = await window.answer(state.controls);
            for (const listener of listeners) listener();
        },
        on: (_, listener) => listeners.add(listener),
        off: (_, listener) => listeners.delete(listener),
    };
    const module = await import("data:text/javascript;base64," + code);
    module.default.render({model, el: document.querySelector("main")});
}"""


class Driven:
    """A widget on a page; `root` is its outermost element."""

    def __init__(self, root: Locator):
        self.page, self.root = root.page, root
        root.wait_for()

    @property
    def turn(self) -> int:
        """The number of the answer that is drawn."""
        return int(self.root.get_attribute("data-turn"))

    def answered(self, before: int) -> None:
        """Wait until an answer after this turn is drawn, and all that was asked is answered."""
        done = "([node, before]) => +node.dataset.turn > before && +node.dataset.turn >= (node.dataset.asked ?? 0)"
        self.page.wait_for_function(done, arg=[self.root.element_handle(), before])

    def slide(self, label: str, value: float) -> None:
        """Put a slider at a value, as a pointer does."""
        before, slider = self.turn, self.root.get_by_label(label, exact=True)
        slider.evaluate(
            "(node, value) => { node.value = value; node.dispatchEvent(new Event('input', {bubbles: true})); }", value
        )
        self.answered(before)

    def press(self, label: str, *keys: str) -> None:
        """Go to a control by its label and press keys."""
        before = self.turn
        self.root.get_by_label(label, exact=True).focus()
        for key in keys:
            self.page.keyboard.press(key)
        self.answered(before)

    def drag(self, label: str, share: float) -> None:
        """Take the thumb of a slider with the mouse and put it at this share of its way."""
        before, slider = self.turn, self.root.get_by_label(label, exact=True)
        low, high, now = slider.evaluate("node => [node.min, node.max, node.value].map(Number)")
        slider.scroll_into_view_if_needed()
        box, thumb = slider.bounding_box(), 16  # pixels, as Chromium draws it
        ends = ((now - low) / (high - low), share)
        start, end = (box["x"] + thumb / 2 + part * (box["width"] - thumb) for part in ends)
        self._mouse((start, box["y"] + box["height"] / 2), (end, box["y"] + box["height"] / 2))
        self.answered(before)

    def pull(self, css: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag with the mouse from one place of a drawing to another, in the units of the drawing."""
        before, drawing = self.turn, self.root.locator(css).first
        drawing.scroll_into_view_if_needed()
        box, wide = drawing.bounding_box(), drawing.evaluate("node => node.viewBox.baseVal.width")
        scale = box["width"] / wide
        self._mouse(*((box["x"] + scale * x, box["y"] + scale * y) for x, y in (start, end)))
        self.answered(before)

    def tap(self, css: str, text: str = "") -> None:
        """Click with the mouse in the middle of what this selector finds, with exactly this text where one is given."""
        before, found = self.turn, self.root.locator(css)
        found = found.filter(has_text=re.compile(f"^{re.escape(text)}$")).first if text else found.first
        found.scroll_into_view_if_needed()
        box = found.bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self._mouse(middle, middle)
        self.answered(before)

    def _mouse(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        if end != start:
            mouse.move(*end, steps=5)
        mouse.up()

    def value(self, label: str) -> float:
        """At what a slider or a number stands."""
        return float(self.root.get_by_label(label, exact=True).input_value())

    def texts(self, css: str) -> list[str]:
        """The texts of all that this selector finds."""
        return self.root.locator(css).all_text_contents()

    def enter(self, name: str) -> None:
        """Go to the button of this name and press Enter."""
        before = self.turn
        self.root.get_by_role("button", name=name, exact=True).focus()
        self.page.keyboard.press("Enter")
        self.answered(before)

    def click(self, name: str) -> None:
        """Click the button of this name."""
        before = self.turn
        self.root.get_by_role("button", name=name, exact=True).click()
        self.answered(before)

    def choose(self, label: str, value: str) -> None:
        """Choose from a list by its label."""
        before = self.turn
        self.root.get_by_label(label, exact=True).select_option(value)
        self.answered(before)

    def type(self, label: str, text: str) -> None:
        """Type into a line in place of what stands there."""
        before = self.turn
        self.root.get_by_label(label, exact=True).fill(text)
        self.answered(before)

    @property
    def says(self) -> str:
        """What the picture shows, in words."""
        return self.root.locator(".rnn-says").inner_text()

    @property
    def note(self) -> str:
        """Whose function was drawn."""
        return self.root.locator(".rnn-note").text_content() or ""

    @property
    def problem(self) -> str:
        """What went wrong."""
        return self.root.locator(".rnn-problem").text_content() or ""

    def violations(self) -> list:
        """What axe-core finds in the widget."""
        self.page.evaluate(AXE)
        self.page.evaluate("document.body.style.height = '100vh'")  # in a body of no height all counts as hidden
        found = self.root.evaluate("node => axe.run(node)")
        return [(rule["id"], at["html"], at["failureSummary"]) for rule in found["violations"] for at in rule["nodes"]]


def in_lab(learner: Learner, source: str) -> Driven:
    """The widget that this source makes, in the last cell of `cards/widgets.ipynb`."""
    output = learner.run("widget", source)
    assert not learner.complaints("widget"), learner.complaints("widget")
    return Driven(output.locator(".rnn-widget").first)


def in_page(page: Page, widget: Widget, dark: bool = False) -> Driven:
    """A widget of this process in an empty page."""

    def answer(controls: dict) -> dict:
        widget.controls = controls
        return widget.picture

    page.expose_function("answer", answer)
    page.set_content(PAGE.format(css=widget._css, light=str(not dark).lower(), style=DARK if dark else ""))
    page.evaluate(SHOW, [base64.b64encode(widget._esm.encode()).decode(), widget.picture])
    return Driven(page.locator(".rnn-widget"))


def photograph(chromium, make, path: Path, width: int = 800) -> None:
    """Write pictures of a widget in light and dark, beside each other: PATH-light.png and PATH-dark.png."""
    for dark in (False, True):
        page = chromium.new_page(viewport={"width": width, "height": 1400})
        driven = in_page(page, make(), dark)
        driven.root.screenshot(path=path.with_name(f"{path.name}-{'dark' if dark else 'light'}.png"))
        page.close()
