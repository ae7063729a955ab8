"""The spectrum by pointer and keyboard, against numpy."""

import re

import numpy as np
import pytest
from playwright.sync_api import Browser

from rnn_core.widgets import Spectrum
from tests.browser.driving import Driven, in_page
from tests.browser.touch import drag, on_touch_screen


@pytest.fixture
def spectrum(chromium: Browser):
    page = chromium.new_page()
    yield in_page(page, Spectrum())
    page.close()


def told(spectrum: Driven, words: str) -> float:
    """The number after these words."""
    return float(re.search(re.escape(words) + r" ([\d.e+-]+\d)", spectrum.says)[1])


def test_the_plane_shows_the_eigenvalues_and_a_slider_scales_them(spectrum: Driven):
    dots = spectrum.root.locator("svg circle > title")
    before = [complex(text.replace("−", "-").replace(" ", "").replace("i", "j")) for text in dots.all_text_contents()]
    assert len(before) == 16 and max(map(abs, before)) == pytest.approx(1, abs=5e-3)
    spectrum.slide("spectral radius", 1.7)
    after = [complex(text.replace("−", "-").replace(" ", "").replace("i", "j")) for text in dots.all_text_contents()]
    np.testing.assert_allclose(np.abs(after), 1.7 * np.abs(before), atol=0.01)
    assert told(spectrum, "spectral radius") == pytest.approx(1.7)


def test_the_ring_is_dragged(spectrum: Driven):
    box = spectrum.root.locator("svg.rnn-canvas").bounding_box()
    scale = box["width"] / 700
    at = [box["x"] + 140 * scale, box["y"] + 132 * scale]
    before = spectrum.turn
    mouse = spectrum.page.mouse
    mouse.move(at[0] + 56 * scale, at[1])
    mouse.down()
    mouse.move(at[0] + 28 * scale, at[1], steps=4)
    mouse.up()
    spectrum.answered(before)
    assert told(spectrum, "spectral radius") == pytest.approx(0.5, abs=0.03)
    settled = spectrum.turn
    mouse.move(at[0] + 80 * scale, at[1])
    spectrum.page.wait_for_timeout(150)
    assert spectrum.turn == settled


def test_the_ring_is_dragged_by_a_finger(chromium: Browser):
    driven = on_touch_screen(chromium, Spectrum())
    box = driven.root.locator("svg.rnn-canvas").bounding_box()
    scale = box["width"] / 700
    drag(driven.page, *[(box["x"] + 140 * scale, box["y"] + (132 + k) * scale) for k in range(56, 99, 6)])
    driven.page.wait_for_timeout(400)
    assert told(driven, "spectral radius") == pytest.approx(98 / 56, abs=0.03)
    driven.page.context.close()


def test_orthogonal_weights_without_activation_keep_to_the_radius(spectrum: Driven):
    spectrum.choose("weights", "orthogonal")
    spectrum.choose("activation", "none")
    spectrum.slide("spectral radius", 0.9)
    spectrum.slide("steps and layers", 20)
    assert told(spectrum, "Over 20 steps the norm is") == pytest.approx(0.9**20, rel=0.05)
    spectrum.press("look at lag", "ArrowLeft", "ArrowLeft")
    assert told(spectrum, "Over 18 steps the norm is") == pytest.approx(0.9**18, rel=0.05)


def test_twenty_draws_go_when_something_is_moved(spectrum: Driven):
    spectrum.click("20 draws")
    assert "20 draws, log10 of the norm over all 50: steps" in spectrum.says
    spectrum.press("size of the input", "ArrowRight")
    assert "20 draws" not in spectrum.says
    before = spectrum.says
    spectrum.click("Draw again")
    assert spectrum.says != before


def test_the_slider_is_fast_enough(spectrum: Driven):
    took = spectrum.page.evaluate(
        """async () => {
            const root = document.querySelector('.rnn-widget'), took = [];
            const slider = [...root.querySelectorAll('label')].find(l => l.textContent === 'spectral radius').control;
            for (let k = 0; k < 30; k++) {
                const turn = root.dataset.turn, start = performance.now();
                slider.value = 0.5 + k / 30;
                slider.dispatchEvent(new Event('input', {bubbles: true}));
                while (root.dataset.turn === turn) await new Promise(go => setTimeout(go, 0));
                took.push(performance.now() - start);
            }
            return took;
        }"""
    )
    print(f"slider to drawing: median {np.median(took):.0f} ms, p95 {np.quantile(took, 0.95):.0f} ms")
    assert np.median(took) < 100  # a busy machine; the benchmark holds it to 25
