from tests.browser.test_lessons import *
from tests.browser.test_cards import *


def test_debug(learner):
    mine, name = learner.server.mine, "cards/opened.ipynb"
    print((mine / name).read_text())
    print((mine / ".copied.json").read_text())
    learner.open(name)
    learner.run("cell")
    learner.page.evaluate("() => jupyterapp.commands.execute('docmanager:save').then(() => null)")
    print((mine / name).read_text())


def test_debug2(exercise):
    exercise.run("answer", HEAD + "    import time\n    time.sleep(60)\n")
    exercise.run("set-up", SETUP + "STEP.seconds = 100\n")
    exercise.cell("check")
    exercise.page.evaluate("() => {jupyterapp.commands.execute('notebook:run-cell-and-select-next')}")
    exercise.page.wait_for_timeout(1000)
    exercise.page.evaluate("() => jupyterapp.commands.execute('notebook:interrupt-kernel').then(() => null)")
    exercise.page.wait_for_timeout(3000)
    exercise.page.screenshot(path=f"/tmp/look/int.png")
