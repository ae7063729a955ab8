"""A finished figure, in the one style of all figures, with a text that says what it shows.

Colours: Okabe & Ito (2008), Color universal design, told apart with any kind of colour vision.
matplotlib is imported when a figure is first drawn, and its global state (pyplot) is left alone.
"""

import base64
import html
import io

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000"]
DASHES = ["-", "--", "-.", ":"]  # so that lines differ without colour too
STYLE = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


class Picture:
    """A finished figure: shown by a notebook on a white card, read aloud by its `alt` text.

    `figure` is the matplotlib figure, for those who want to change it before it is shown.
    """

    def __init__(self, figure, alt):
        self.figure, self.alt = figure, alt

    def png(self):
        """Draw the figure. Returns: bytes of a PNG."""
        buffer = io.BytesIO()
        with in_style():
            self.figure.savefig(buffer, format="png", dpi=144, metadata={"Software": None})
        return fewer_colours(buffer)

    def save(self, path):
        """Write the figure to a file, in the format of its suffix."""
        with in_style():
            self.figure.savefig(path)

    def legend_below(self, columns=3):
        """Put the legend below the axes, where it hides nothing. Returns: this picture."""
        if inside := self.figure.axes[0].get_legend():
            inside.remove()
        with in_style():
            self.figure.legend(loc="outside lower center", ncols=columns)
        return self

    @property
    def width(self):
        """Of the drawing on a page, in its pixels."""
        return round(self.figure.get_figwidth() * 100)

    def page(self, png):
        """The drawing with its text, for a page; png: what `png` gave. Returns: HTML."""
        data = base64.b64encode(png).decode()
        return (
            f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{data}" width="{self.width}" '
            'style="max-width:100%;height:auto;background:#fff;border-radius:4px">'
        )

    def _repr_html_(self):
        return self.page(self.png())

    def __repr__(self):
        return f"Picture: {self.alt}"


def fewer_colours(file):
    """The same picture in 256 colours, which takes far fewer bytes. Returns: bytes of a PNG."""
    from PIL import Image

    picture, small = Image.open(file).convert("RGB"), io.BytesIO()
    picture = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def in_style():
    """The style of all figures, for a `with` block."""
    import matplotlib

    return matplotlib.rc_context(STYLE)
