"""What of a submission's HTML an instructor's browser may show: nbgrader renders Markdown as the student wrote it.

Without this a script in a student's text runs in the formgrader with the instructor's rights, and could give points.
nbgrader_config.py puts these two in the place of nbconvert's filters of the same names: `clean_html`, which would
undress our cards, and `strip_files_prefix`, through which every page of nbgrader sends what was Markdown. `Bounded`
goes before them: nbconvert takes minutes and hours for texts that are made for it.
"""

import re
import secrets
from html import escape
from urllib.parse import unquote

import bleach
import tinycss2
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.preprocessors import Preprocessor

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "i", "img", "li", "ol", "p", "pre", "rect", "s", "span", "strong", "sub"),
    *("summary", "sup", "svg", "table", "tbody", "td", "text", "tfoot", "th", "thead", "tr", "u", "ul"),
}
ATTRIBUTES = {
    "a": {"title"},
    "details": {"open"},
    "img": {"alt", "height", "title", "width"},
    "rect": {"fill", "height", "rx", "stroke", "stroke-width", "width", "x", "y"},
    "svg": {"fill", "height", "viewBox", "width"},
    "td": {"colspan", "rowspan"},
    "text": {"text-anchor", "x", "y"},
    "th": {"colspan", "rowspan"},
}
PROTOCOLS = {"http", "https", "mailto", "data"}
EVERYWHERE = {"align", "aria-label", "role", "style"}
STYLES = [
    *("background", "border", "border-left", "border-radius", "border-top", "box-sizing", "color", "cursor", "display"),
    *("flex", "flex-wrap", "font", "font-family", "font-size", "font-weight", "gap", "height", "justify-content"),
    *("line-height", "list-style", "margin", "margin-bottom", "max-width", "min-width", "overflow-wrap", "padding"),
    *("text-align", "vertical-align", "white-space", "width", "word-break"),
]
HIGHLIGHTED = re.compile(r"highlight|hl-\w+|[a-z][a-z0-9]{0,2}")  # classes of code's colours, none of the formgrader's
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
BESIDE = re.compile(r"(?!.*\.\.)[\w .-][\w ./-]*")  # a file in the submission's folder, or below it
LEADS = re.compile(r"#.*|https?://.*|mailto:.*|[\w ./-]*\.ipynb(#.*)?", re.IGNORECASE)  # to no page of a student's
OUT = re.compile(r"url|\\|(?<!var)(?<!rgb)(?<!rgba)\(|-\s*[\d.]", re.IGNORECASE)  # of the page, or of its place
UNSEEN = re.compile(r"(<(?:style|script)\b|</(?:style|script)\s*>)", re.IGNORECASE)  # begins, ends
INLINE = re.compile(r"(?<=;base64,)[A-Za-z0-9+/=]{100,}")  # a picture's bytes: put by while the rest is cleaned
STYLED = re.compile(r"<(?:b|code|em|i|s|strong|u)[\s/]", re.IGNORECASE)  # a parser opens it anew in every paragraph
TEXT = 2**14  # characters of Markdown, beside a picture's bytes; rendering some texts takes the square of their length
LONG, MANY, MOST = 2**18, 10_000, 3000  # characters; tags and entities; what may part attributes, up to the next tag


class _Styles(CSSSanitizer):
    """Drops a style that would load something, or move what it styles by a negative length."""

    def sanitize_css(self, style: str) -> str:
        found = tinycss2.parse_declaration_list(super().sanitize_css(style), skip_comments=True, skip_whitespace=True)
        kept = [item for item in found if not OUT.search(tinycss2.serialize(item.value))]
        return tinycss2.serialize(kept)


class Bounded(Preprocessor):
    """Cuts a student's text that takes long to render."""

    def preprocess(self, nb, resources):
        for cell in nb.cells:
            whole = len(cell.source)
            if cell.cell_type == "markdown" and len(INLINE.sub("", cell.source)) > TEXT:
                cell.source = f"{INLINE.sub('', cell.source)[:TEXT]}\n\n… cut here: the text has {whole} characters."
        return nb, resources


def clean_html(html: str | bytes) -> str:
    """HTML with nothing in it that runs, loads, or that the page around it could take for its own.

    What would take too long to clean is shown as text.
    """
    text = html.decode(errors="replace") if isinstance(html, bytes) else str(html)
    token, put_by = secrets.token_hex(8), {}

    def name_of(found: re.Match) -> str:
        put_by[name := f"{token}{len(put_by):06}"] = found[0]
        return name

    bare = INLINE.sub(name_of, text)
    try:
        if len(bare) <= LONG and not _is_costly(bare):
            cleaned = bleach.clean(bare, TAGS, _allowed, PROTOCOLS, css_sanitizer=_Styles(STYLES))
            return re.sub(rf"{token}\d{{6}}", lambda name: put_by.pop(name[0], ""), cleaned)
    except RecursionError:  # a style in brackets in brackets
        pass
    return f"<pre>{escape(text)}</pre>"


def _is_costly(text: str) -> bool:
    """Whether there are so many tags, or attributes of one tag, that cleaning takes seconds: it grows as a square."""
    many = text.count("<") + text.count("&") > MANY or len(STYLED.findall(text)) * text.count("<") > 2**17
    return many or any(len(re.findall(r"[\s/'\"]", piece)) > MOST for piece in text.split("<"))


def clean_output(html: str) -> str:
    """The same of what a cell showed: what a browser does not show, such as the style of a table, is left out."""
    seen, kept = True, []
    for piece in UNSEEN.split(html):
        if UNSEEN.fullmatch(piece):
            seen = piece.startswith("</")
        elif seen:
            kept.append(piece)
    return clean_html("".join(kept))


def strip_files_prefix(html: str) -> str:
    """In the place of nbconvert's filter of this name, which takes the cube of a text's length."""
    return clean_html(html)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return all(map(HIGHLIGHTED.fullmatch, value.split()))
    if name == "src":
        return tag == "img" and bool(PICTURE.fullmatch(value.strip()) or BESIDE.fullmatch(unquote(value).strip()))
    if name == "href":
        return tag == "a" and LEADS.fullmatch(unquote(value).strip()) is not None
    return name in EVERYWHERE or name in ATTRIBUTES.get(tag, ())
