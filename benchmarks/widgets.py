"""How quickly widgets answer: `python -m benchmarks.widgets` (needs Chromium).

In a real JupyterLab a slider is moved to a new place, Python computes, and the page has drawn the answer: the
milliseconds from the one to the other, measured in the page by its own clock, for a widget with the learner's own
function. Then what watching a run costs: the same training with and without `Training`, in CPU time, in turn.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.driving import in_lab
from tests.browser.lab import Learner, serve
from tests.browser.widget_examples import EXAMPLES, RIGHT

GOAL_MEDIAN, GOAL_P95, GOAL_SHARE = 25, 80, 0.02
MOVE = """async (input, moves) => {
    const root = input.closest(".rnn-widget"), taken = [];
    const low = Number(input.min), high = Number(input.max), step = Number(input.step) || 1;
    const places = Math.round((high - low) / step) + 1;
    for (let k = 0; k < moves; k++) {
        const before = root.dataset.turn, began = performance.now();
        const drawn = new Promise(done => {
            const seen = new MutationObserver(() => {
                if (root.dataset.turn !== before) { seen.disconnect(); done(); }
            });
            seen.observe(root, {attributes: true, attributeFilter: ["data-turn"]});
        });
        input.value = low + step * ((7 * k + 3) % places);
        input.dispatchEvent(new Event("input", {bubbles: true}));
        await drawn;
        await new Promise(requestAnimationFrame);
        taken.push(performance.now() - began);
        await new Promise(done => setTimeout(done, 30));
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
            print(f"{'widget':16} {'moved':24} {'median ms':>9} {'p95 ms':>7}   goals {GOAL_MEDIAN} and {GOAL_P95}")
            for name in names:
                example = EXAMPLES[name]
                learner.open("cards/widgets.ipynb")
                learner.run("set-up", example.set_up)
                if example.own:
                    learner.run("own", f"def {example.own}:\n    {RIGHT[name]}\n")
                slider = in_lab(learner, example.source).root.get_by_label(example.moves, exact=True)
                if slider.get_attribute("type") != "range":
                    continue
                taken = sorted(slider.evaluate(MOVE, moves)[3:])
                p95 = taken[int(0.95 * len(taken))]
                print(f"{name:16} {example.moves:24} {statistics.median(taken):9.1f} {p95:7.1f}", flush=True)
                learner.server.clear()
        browser.close()


def write_notebook(path):
    import nbformat

    cells = [nbformat.v4.new_code_cell("", id=id) for id in ("set-up", "own", "widget")]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def watching(rounds):
    """Print the share of a run's CPU time that goes into the widget."""
    import numpy as np

    from rnn_core.cells import TANH
    from rnn_core.data.recall import first_symbol
    from rnn_core.nets import last_step, net_params
    from rnn_core.optim import Adam
    from rnn_core.train import fit
    from rnn_core.widgets import Training

    def run(live):
        rng = np.random.default_rng(0)
        x, targets = first_symbol(rng, 32, 60)
        params = net_params(rng, TANH, x.shape[-1], 64, int(targets.max()) + 1)
        batches = ((x, targets) for _ in range(1500))
        began = time.process_time()
        fit(lambda p, batch, state: last_step(TANH, p, batch, state), params, batches, Adam(1e-3), live=live)
        return time.process_time() - began

    shares = []
    for _ in range(rounds):
        bare, watched = run(False), run(Training())
        shares.append(watched / bare - 1)
    low, high = min(shares), max(shares)
    print(
        f"watching a run costs {statistics.median(shares):.1%} of it ({low:.1%} .. {high:.1%}); goal {GOAL_SHARE:.0%}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    moved = [name for name, example in EXAMPLES.items() if example.moves]
    parser.add_argument("--widgets", nargs="+", choices=moved, default=moved)
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    answers(options.widgets, options.moves)
    watching(options.rounds)


if __name__ == "__main__":
    main()
