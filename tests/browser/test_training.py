"""The training widget in JupyterLab: its button ends a run while the cell still computes."""

from tests.browser.driving import Driven
from tests.browser.lab import Learner

SET_UP = """import time
import numpy as np
from rnn_core.optim import SGD
from rnn_core.train import fit
from rnn_core.widgets import Training

params = {"w": np.zeros(2)}

def slow(params, batch, state):
    time.sleep(0.02)
    params["w"] += 1
    return 9.0 - batch / 1000, {"w": np.array([0.3, 0.4])}, None
"""
RUN = """training = Training(sample=lambda: f"the model says {params['w'][0]:g}")
history = fit(slow, params, iter(range(3000)), SGD(0.0), clip=1.0, steps=3000, live=training)
"""


def test_the_button_ends_a_run_in_the_middle_of_its_cell(learner: Learner):
    learner.open("cards/widgets.ipynb")
    learner.run("set-up", SET_UP)
    cell = learner.cell("widget", RUN)
    page = learner.page
    page.evaluate("() => {jupyterapp.commands.execute('notebook:run-cell-and-select-next')}")
    widget = Driven(cell.locator(".rnn-widget").first)
    page.wait_for_function("() => /Step [1-9]/.test(document.querySelector('.rnn-says').textContent)")
    assert "s left" in widget.says and "the model says" in widget.root.locator("pre").inner_text()
    widget.root.get_by_role("button", name="Stop").click()
    learner.wait()
    assert not learner.complaints("widget")
    page.wait_for_function("() => document.querySelector('.rnn-says').textContent.includes('stopped by the button')")
    assert "3000" not in cell.locator(".rnn-says").first.inner_text()
    output = learner.run("own", "print('still', len(history.loss) == params['w'][0] < 2999, history)")
    assert "still True" in output.inner_text()
