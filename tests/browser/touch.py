"""A finger on the page, as Chromium gets it from a touch screen."""

from playwright.sync_api import Browser, Page

from tests.browser.driving import Driven, in_page


def on_touch_screen(chromium: Browser, widget, width: int = 800) -> Driven:
    """The widget on a page that knows fingers. Close `driven.page.context` at the end."""
    context = chromium.new_context(viewport={"width": width, "height": 1200}, has_touch=True)
    return in_page(context.new_page(), widget)


def drag(page: Page, *points: tuple[float, float]) -> None:
    """Lay a finger on the first point, draw it over the others, lift it."""
    line = page.context.new_cdp_session(page)
    for kind, point in zip(["touchStart", *["touchMove"] * (len(points) - 1)], points, strict=True):
        line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": point[0], "y": point[1]}]})
        page.wait_for_timeout(20)
    line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(200)
