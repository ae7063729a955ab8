"""What viewers without a kernel are given of each widget: one picture, its words, nothing that needs a network."""

import base64
import re

import pytest
from nbconvert import HTMLExporter, LatexExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from traitlets.config import PyFileConfigLoader

from autograder.questions import ROOT
from tests.browser.widget_examples import EXAMPLES, RIGHT

STATE, VIEW = "application/vnd.jupyter.widget-state+json", "application/vnd.jupyter.widget-view+json"
CARDS = {"predict": "half of it gone", "progress_map": "exercises are mastered"}  # no picture, but words such as these
MOST = 120_000  # bytes that one widget may add to a notebook


@pytest.fixture(scope="module", params=EXAMPLES)
def shown(request):
    """The name of a widget, and the output of its cell as it is stored."""
    example, known = EXAMPLES[request.param], {}
    exec(example.set_up, known)
    if example.own:
        exec(f"def {example.own}:\n    {RIGHT[request.param]}\n", known)
    *before, last = example.source.splitlines()
    exec("\n".join(before), known)
    data, about = eval(last, known)._repr_mimebundle_()
    if "image/png" in data:
        data["image/png"] = base64.b64encode(data["image/png"]).decode()
    return request.param, new_output("execute_result", data, metadata=about, execution_count=1)


def notebook(output, state: bool):
    """A notebook of one cell, maybe with the state of its widget, as `nbconvert --execute` leaves it."""
    model = {"model_name": "AnyModel", "model_module": "anywidget", "state": {}}
    state = {output.data[VIEW]["model_id"]: model} if state else {}
    about = {"widgets": {STATE: {"version_major": 2, "version_minor": 0, "state": state}}} if state else {}
    return new_notebook(cells=[new_code_cell("widget", outputs=[output])], metadata=about)


def ours():
    """The settings under which a learner exports from JupyterLab."""
    return PyFileConfigLoader("jupyter_nbconvert_config.py", str(ROOT / "autograder" / "jupyter")).load_config()


@pytest.mark.parametrize("state", [False, True])
@pytest.mark.parametrize("template", ["lab", "classic"])
def test_a_page_shows_the_picture_once_with_its_words(shown, state, template):
    name, output = shown
    page, _ = HTMLExporter(config=ours(), template_name=template).from_notebook_node(notebook(output, state))
    assert f'<script type="{VIEW}">' not in page
    if name in CARDS:
        assert CARDS[name] in page
    else:
        (alt,) = re.findall(r'<img[^>]*alt="([^"]+)"', page)
        assert len(alt) > 40 and page.count("<img") == 1


def test_without_these_settings_a_page_with_state_would_be_empty(shown):
    name, output = shown
    page, _ = HTMLExporter().from_notebook_node(notebook(output, state=True))
    assert f'<script type="{VIEW}">' in page
    assert "<img" not in page and CARDS.get(name, "no such words") not in page


def test_a_document_has_the_bare_picture_or_the_words(shown):
    name, output = shown
    text, more = LatexExporter().from_notebook_node(notebook(output, state=True))
    assert ("\\adjustimage" in text) == (name not in CARDS) == bool(more["outputs"])
    if name in CARDS:
        assert CARDS[name] in " ".join(text.split())


def test_viewers_that_drop_html_styles_and_scripts_lose_nothing(shown):
    name, output = shown
    assert ("image/png" in output.data) == (name not in CARDS)
    assert not re.search("<(script|style|link|iframe)|https?://", output.data["text/html"])
    assert len(output.data["text/plain"]) > 20
    if name not in CARDS:
        assert output.metadata["image/png"]["alt"] in output.data["text/plain"]
        assert 500 <= output.metadata["image/png"]["width"] <= 900


def test_it_costs_the_notebook_little(shown):
    name, output = shown
    size = sum(len(str(value)) for value in output.data.values())
    print(f"{name}: {size} bytes")
    assert size < MOST
