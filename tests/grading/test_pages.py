"""What a student writes cannot run in the pages that an instructor opens; our cards look as they were made."""

import sys

import numpy as np
import pytest

if sys.platform == "win32":
    pytest.skip("grading needs WSL2 there", allow_module_level=True)

from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.server_extensions.formgrader import handlers

from autograder.checks import registry
from autograder.grading.outputs import outputs_for, put_note, shown
from autograder.grading.pages import clean_html
from autograder.local import grade_locally
from autograder.report import as_html, picture
from autograder.spec import Exercise
from tests.grading.bridge_course import nbgrader_config

BAD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>body { display: none }</style>",
    "<form action='/formgrader/api'><button class='full-credit'>x</button></form>",
    "<p style='position:fixed;top:0;background:red' class='btn mark-graded' id='score'>x</p>",
    "<object data=x></object><embed src=x><base href=x><link href=x><meta http-equiv=refresh>",
]
LIVE = ("<script", "onerror=", "onload=", "javascript:", "<iframe", "<style", "<form", "<button", "<object", "<embed")
LIVE += ("<base", "<link", "<meta", "position", "mark-graded", "id=", "data:text", "svg+xml", "srcdoc=")


def live(html: str) -> list[str]:
    """What in a page is more than text. An escaped tag is text, and all that is in it."""
    return [
        word for word in LIVE if any(word in tag for tag in html.split("<")[1:] for tag in ["<" + tag.split(">")[0]])
    ]


@pytest.mark.parametrize("html", BAD)
def test_nothing_in_a_students_text_runs(html):
    assert live(html)
    assert live(clean_html(html)) == []


@pytest.mark.parametrize("html", BAD)
def test_nothing_runs_in_the_formgraders_page(html):
    cells = [
        new_markdown_cell(html),
        new_code_cell("1", outputs=shown([{"output_type": "display_data", "data": bad(html)}])),
    ]
    config = nbgrader_config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    exporter = HTMLExporter(config=config)
    resources = {"index": 0, "total": 1, "base_url": "", "submission_id": "", "notebook_path": ""}
    page = exporter.from_notebook_node(new_notebook(cells=cells), resources=dict(resources))[0]
    empty = exporter.from_notebook_node(
        new_notebook(cells=[new_markdown_cell("y"), new_code_cell("1")]), resources=dict(resources)
    )[0]
    assert len(live_pieces(page)) == len(live_pieces(empty))


def live_pieces(page: str) -> list[str]:
    tags = ["<" + piece.split(">")[0] for piece in page.split("<")[1:]]
    return [tag for tag in tags if any(word in tag for word in LIVE)]


def bad(html: str) -> dict[str, str]:
    return {"text/html": html, "text/plain": "x", "text/latex": html, "text/markdown": html, "image/svg+xml": html}


def test_a_card_keeps_its_looks():
    exercise = next(item for item in registry() if isinstance(item, Exercise) and item.hints)
    html = as_html(grade_locally(exercise, {}))
    same = html.replace("&quot;", '"').replace("&#x27;", "'")
    cleaned = clean_html(html).replace("&quot;", '"').replace(';"', '"')
    assert cleaned == same.replace(';"', '"')
    error = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    drawn = clean_html(picture(error))
    assert drawn.count("<rect") == 6
    assert 'viewBox="0 0' in drawn


def test_ordinary_text_stays():
    text = "<h2 id='a'>A</h2><p>if $a &lt; b$ <em>then</em> <code>x</code></p>"
    text += "<table><tbody><tr><td>1</td></tr></tbody></table>"
    assert clean_html(text) == text.replace("'", '"')
    colours = '<div class="highlight hl-ipython3"><pre><span class="kn">import</span></pre></div>'
    assert clean_html(colours) == colours


def test_outputs_are_made_anew():
    png = {"output_type": "display_data", "data": {"image/png": "iVBORw0K", "text/html": "<b>"}, "metadata": {"x": 1}}
    quoted = {"output_type": "display_data", "data": {"image/png": '"><script>'}}
    result = {"output_type": "execute_result", "data": {"text/plain": "2"}, "execution_count": 7}
    odd = [{}, {"output_type": "update"}, {"output_type": "stream", "name": "x", "text": "y"}, quoted]
    odd += [{"output_type": "stream", "name": "stdout", "text": ["y"]}]
    first, second = shown([*odd, png, result], 3)
    assert (first.data, first.metadata) == ({"image/png": "iVBORw0K"}, {})
    assert second.execution_count == 3


def test_outputs_find_their_cells_again():
    submitted = [new_code_cell(source) for source in ("a", "b", "c", "c")]
    there = [*submitted[:1], new_code_cell("put back"), *submitted[1:]]
    assert outputs_for(there, submitted, [1, 2, 3, 4]) == [1, None, 2, 3, 4]
    assert outputs_for(there, submitted, [1]) == [1, None, None, None, None]


def test_a_note_stands_above_the_outputs_and_is_no_score():
    cell = new_code_cell("1", outputs=[new_output("execute_result", {"text/plain": "1"}, execution_count=1)])
    notebook = new_notebook(cells=[new_markdown_cell("text"), cell])
    put_note(notebook, "Heading", ["<b>", "line"])
    assert [output.output_type for output in cell.outputs] == ["display_data", "execute_result"]
    assert "&lt;b&gt;" in cell.outputs[0].data["text/html"]
    put_note(new_notebook(cells=[]), "Heading", ["nowhere to put it"])
