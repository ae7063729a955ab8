"""What of a submission's HTML an instructor's browser may show: nbgrader renders Markdown as the student wrote it.

Without this a script in a student's text runs in the formgrader with the instructor's rights, and could give points.
nbgrader_config.py puts these two in the place of nbconvert's filters of the same names: `clean_html`, which would
undress our cards, and `strip_files_prefix`, through which every page of nbgrader sends what was Markdown.
"""

import re

import bleach
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters import strings

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "hr", "i", "img"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre", "rect", "s", "span", "strong", "sub", "summary"),
    *("sup", "svg", "table", "tbody", "td", "text", "th", "thead", "tr", "u", "ul"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "details": {"open"},
    "img": {"alt", "height", "src", "title", "width"},
    "rect": {"fill", "height", "rx", "stroke", "stroke-width", "width", "x", "y"},
    "svg": {"fill", "height", "viewBox", "width"},
    "text": {"text-anchor", "x", "y"},
}
EVERYWHERE = {"align", "aria-label", "role", "style"}
STYLES = [
    *("background", "border", "border-left", "border-radius", "border-top", "box-sizing", "color", "cursor", "display"),
    *("flex", "flex-wrap", "font", "font-family", "font-size", "font-weight", "gap", "height", "justify-content"),
    *("line-height", "list-style", "margin", "margin-bottom", "max-width", "min-width", "overflow-wrap", "padding"),
    *("text-align", "vertical-align", "white-space", "width", "word-break"),
]
HIGHLIGHTED = re.compile(r"highlight|hl-\w+|[a-z][a-z0-9]{0,2}")  # classes of code's colours, none of the formgrader's
PICTURE = re.compile(r"https?:|data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*$|[^:]*$")


def clean_html(html: str | bytes) -> str:
    """HTML with nothing in it that runs, nor anything that the page around it could take for its own."""
    text = html.decode(errors="replace") if isinstance(html, bytes) else str(html)
    return bleach.clean(
        text,
        tags=TAGS,
        attributes=_allowed,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
    )


def strip_files_prefix(html: str) -> str:
    """nbconvert's filter of this name, and then `clean_html`."""
    return clean_html(strings.strip_files_prefix(html))


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return all(map(HIGHLIGHTED.fullmatch, value.split()))
    if name == "id":
        return re.fullmatch(r"h[1-6]", tag) is not None  # where links within a text lead
    if name in ("src", "href") and value.strip().lower().startswith("data:"):
        return tag == "img" and PICTURE.match(value.strip()) is not None
    return name in EVERYWHERE or name in ATTRIBUTES.get(tag, ())
