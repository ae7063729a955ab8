"""How quickly widgets answer: `python -m benchmarks.widgets` (needs Chromium).

In a real JupyterLab a slider is moved to a new place, Python computes, and the page has drawn the answer: the
milliseconds from the one to the other, measured in the page by its own clock, for a widget with the learner's own
function. In the memory map the pointer goes from character to character, or the arrow key is pressed. Pauses between
two moves differ, so that moves begin at any time within a frame of the screen. Then what watching a run costs, in the
same notebook: see `benchmarks.watching`.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.driving import in_lab
from tests.browser.lab import Learner, serve
from tests.browser.widget_examples import EXAMPLES, RIGHT

GOAL_MEDIAN, GOAL_P95 = 25, 80
LARGE = """text = ("the cat sat on a mat, and so it was. " * 4)[:120]
vocabulary = Vocabulary("abcdefghijklmnopqrstuvwxyz ,.")
V = len(vocabulary)
tanh, gated, lstm = (net_params(np.random.default_rng(2), cell, V, 128, V) for cell in (TANH, GRU, LSTM))
MemoryMap({"tanh": (TANH, tanh, vocabulary), "GRU": (GRU._replace(forward=forward), gated, vocabulary),
    "LSTM": (LSTM, lstm, vocabulary)}, text, at=60)"""
SOURCES = {"memory_map": "from rnn_core.cells import LSTM\n" + LARGE}  # three nets and a text as large as in lesson 7
SLIDE = """input => {
    const low = Number(input.min), step = Number(input.step) || 1;
    const places = Math.round((Number(input.max) - low) / step) + 1;
    return k => {
        input.value = low + step * ((7 * k + 3) % places);
        input.dispatchEvent(new Event("input", {bubbles: true}));
    };
}"""
POINT = """text => {
    const cells = text.querySelectorAll("[data-place]");
    return k => cells[(7 * k + 3) % cells.length].dispatchEvent(new PointerEvent("pointermove", {bubbles: true}));
}"""
ARROW = """text => k => text.dispatchEvent(
    new KeyboardEvent("keydown", {key: k % 18 < 9 ? "ArrowLeft" : "ArrowRight", bubbles: true}))"""
MOVE = """async (control, [how, moves]) => {
    const root = control.closest(".rnn-widget"), taken = [], move = eval(how)(control);
    for (let k = 0; k < moves; k++) {
        const before = root.dataset.turn, began = performance.now();
        const drawn = new Promise(done => {
            const seen = new MutationObserver(() => {
                if (root.dataset.turn !== before) { seen.disconnect(); done(); }
            });
            seen.observe(root, {attributes: true, attributeFilter: ["data-turn"]});
        });
        move(k);
        await drawn;
        await new Promise(requestAnimationFrame);
        taken.push(performance.now() - began);
        await new Promise(done => setTimeout(done, 30 + (5 * k) % 17));
    }
    return taken;
}"""


def answers(names, moves):
    """Print median and 95th percentile for each widget that has a slider."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        lessons = home / "lessons"
        (lessons / "cards").mkdir(parents=True)
        write_notebook(lessons / "cards" / "widgets.ipynb")
        with serve(lessons, home) as server:
            learner = Learner(browser.new_context().new_page(), server)
            print(f"{'widget':16} {'moved':30} {'median ms':>9} {'p95 ms':>7}   goals {GOAL_MEDIAN} and {GOAL_P95}")
            for name in names:
                example = EXAMPLES[name]
                learner.open("cards/widgets.ipynb")
                learner.run("set-up", example.set_up)
                if example.own:
                    learner.run("own", f"def {example.own}:\n    {RIGHT[name]}\n")
                widget = in_lab(learner, SOURCES.get(name, example.source))
                control = widget.root.get_by_label(example.moves, exact=True)
                hows = {"": SLIDE} if control.get_attribute("type") == "range" else {}
                hows = {", pointer": POINT, ", arrow keys": ARROW} if name == "memory_map" else hows
                for how, move in hows.items():
                    taken = sorted(control.evaluate(MOVE, [move, moves])[3:])
                    p95 = taken[int(0.95 * len(taken))]
                    print(f"{name:16} {example.moves + how:30} {statistics.median(taken):9.1f} {p95:7.1f}", flush=True)
                learner.server.clear()
            learner.open("cards/widgets.ipynb")
            learner.run("set-up", "from benchmarks.watching import shares")
            print(learner.run("widget", "print(*shares(), sep='\\n')").locator("pre").last.inner_text())
            learner.server.clear()
        browser.close()


def write_notebook(path):
    import nbformat

    cells = [nbformat.v4.new_code_cell("", id=id) for id in ("set-up", "own", "widget")]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    moved = [name for name, example in EXAMPLES.items() if example.moves]
    parser.add_argument("--widgets", nargs="+", choices=moved, default=moved)
    parser.add_argument("--moves", type=int, default=60)
    options = parser.parse_args()
    answers(options.widgets, options.moves)


if __name__ == "__main__":
    main()
