import base64
import io
import re
import sys

import numpy as np
import pytest
from PIL import Image

from rnn_core import plots
from rnn_core.errors import ShapeError
from rnn_core.picture import fewer_colours
from rnn_core.train import History

RNG = np.random.default_rng(0)
XS = np.arange(30)
DRAWN = {
    "curves": lambda: plots.curves(XS, {"a": XS + 1, "b": 2.0**-XS}, "lag (steps)", "loss (nats)", "Two", yscale="log"),
    "one curve": lambda: plots.curves([1, 2], {"a": [3, 4]}, "lag (steps)", "loss (nats)"),
    "loss": lambda: plots.loss_curve(History(loss=list(RNG.random(200)))),
    "short loss": lambda: plots.loss_curve(History(loss=[2.5])),
    "bars": lambda: plots.bars(
        ["tanh", "LSTM"],
        {"20": [0.25, 1], "80": [0, 0.5]},
        "cell",
        "share solved",
        errors={"20": [0.1, 0], "80": [0, 0.1]},
    ),
    "heatmap": lambda: plots.heatmap(RNG.standard_normal((20, 50)), range(20), ["a"] * 50, "step", "unit", "h"),
    "matrix": lambda: plots.heatmap(RNG.random((2, 3)), "ab", ["first", "second", "third"], "said", "true", "share"),
    "images": lambda: plots.images([RNG.random((8, 6)) for _ in range(10)], [f"image {i}" for i in range(10)]),
}


@pytest.fixture(params=DRAWN)
def picture(request):
    return DRAWN[request.param]()


def test_a_picture_is_an_image_on_white_with_a_text(picture):
    page = picture._repr_html_()
    alt, data = re.fullmatch(r'<img alt="([^"]+)" src="data:image/png;base64,([^"]+)" width="600" .*>', page).groups()
    assert len(alt) > 20
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert image.width == 864  # 6 inches, sharp at twice the usual 72 points
    assert image.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
    colours = image.convert("RGB").getcolors(1 << 24)
    assert len(colours) > 10  # not empty


def test_256_colours_are_enough_for_the_eye(picture):
    whole = io.BytesIO()
    with plots.in_style():
        picture.figure.savefig(whole, format="png", dpi=144)
    png = fewer_colours(whole)
    drawn, stored = (np.asarray(Image.open(file).convert("RGB"), int) for file in (whole, io.BytesIO(png)))
    assert np.abs(drawn - stored).max() <= 24  # of 255, and most are far nearer
    assert np.abs(drawn - stored).mean() < 2
    assert len(png) < 0.7 * len(whole.getvalue())


@pytest.mark.parametrize("name", ["curves", "bars"])
def test_pictures_are_the_same_every_time(name):
    assert DRAWN[name]().png() == DRAWN[name]().png()


def test_every_axis_has_a_label_and_letters_are_large(picture):
    for ax in picture.figure.axes:
        if ax.axison:
            assert ax.get_ylabel() and (ax.get_xlabel() or ax is picture.figure.axes[-1])
        texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]
        assert min(text.get_fontsize() for text in texts) >= 10
        lines = ax.get_lines() or ax.containers
        if len(lines) > 1:
            assert len(ax.get_legend().get_texts()) >= 2


def test_nothing_is_left_in_pyplot(picture):
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_text_without_alt_gives_the_numbers():
    assert repr(DRAWN["one curve"]()) == (
        "Picture: Lines of loss (nats) over lag (steps). a from 3 to 4, least 3, largest 4."
    )
    assert "20: tanh 0.25, LSTM 1. 80: tanh 0, LSTM 0.5." in DRAWN["bars"]().alt
    assert "20 rows (unit) by 50 columns (step)" in DRAWN["heatmap"]().alt


def test_alt_is_shown_as_text():
    page = plots.curves([1], {"a": [1]}, "x", "y", alt='a < b & "c"')._repr_html_()
    assert 'alt="a &lt; b &amp; &quot;c&quot;"' in page


def test_curves_draw_the_numbers():
    ax = DRAWN["curves"]().figure.axes[0]
    a, b = ax.get_lines()
    assert np.array_equal(a.get_xdata(), XS) and np.array_equal(b.get_ydata(), 2.0**-XS)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]
    assert ax.get_yscale() == "log"


def test_loss_curve_draws_the_running_mean():
    loss = RNG.random(200)
    each, mean = plots.loss_curve(History(loss=list(loss))).figure.axes[0].get_lines()
    assert np.array_equal(each.get_ydata(), loss)
    assert mean.get_xdata()[0] == 4 and mean.get_ydata()[0] == pytest.approx(loss[:4].mean())
    assert mean.get_xdata()[-1] == 200 and mean.get_ydata()[-1] == pytest.approx(loss[-4:].mean())


def test_bars_draw_the_numbers():
    bars = [bar for bar in DRAWN["bars"]().figure.axes[0].patches]
    assert [bar.get_height() for bar in bars] == [0.25, 1, 0, 0.5]


def test_heatmap_is_white_at_zero():
    image = plots.heatmap(np.array([[-1.0, 0, 4]]), ["r"], "abc", "x", "y", "u").figure.axes[0].images[0]
    assert image.get_clim() == (-4, 4)
    assert np.array_equal(image.get_array(), [[-1, 0, 4]])
    assert image.cmap(image.norm(0.0))[:3] == pytest.approx((0.97, 0.97, 0.97), abs=0.01)


def test_signed_images_have_0_midway():
    arrays = [np.array([[-1.0, 0]]), np.array([[0, 4.0]])]
    for signed, limits in ((False, (-1, 4)), (True, (-4, 4))):
        drawn = plots.images(arrays, ["one", "two"], signed=signed).figure.axes
        assert [ax.images[0].get_clim() for ax in drawn] == [limits, limits]


def test_save(tmp_path):
    path = tmp_path / "picture.svg"
    DRAWN["one curve"]().save(path)
    assert "<svg" in path.read_text()


def test_errors():
    with pytest.raises(ShapeError, match=r"b: expected shape \(2,\), got \(3,\)"):
        plots.curves([1, 2], {"a": [1, 2], "b": [1, 2, 3]}, "x", "y")
    with pytest.raises(ShapeError, match="a: expected shape"):
        plots.bars(["one", "two"], {"a": [1]}, "x", "y")
    with pytest.raises(ShapeError, match="col_labels: expected shape"):
        plots.heatmap(np.ones((2, 3)), "ab", "ab", "x", "y", "u")
    with pytest.raises(ShapeError, match="titles: expected shape"):
        plots.images([np.ones((2, 2))], ["one", "two"])


def test_a_legend_below_the_axes_hides_nothing():
    names = ["a name\nof two lines", "b"]
    picture = plots.bars(names, {"left": [1, 0], "right": [0, 1]}, "x", "y").legend_below(2)
    picture.png()  # lays it out
    ax, (legend,) = picture.figure.axes[0], picture.figure.legends
    assert ax.get_legend() is None and [text.get_text() for text in legend.get_texts()] == ["left", "right"]
    box = legend.get_window_extent()
    assert box.y1 < ax.xaxis.label.get_window_extent().y0 and box.y0 >= 0
