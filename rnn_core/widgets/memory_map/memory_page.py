"""A memory map as one file: all its pictures inside, drawn by the same JavaScript, without kernel and network."""

import itertools
import json
from pathlib import Path

from rnn_core.widgets.base import plain

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>What does a recurrent net remember?</title>
<style>
{css}
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; max-width: 900px; padding: 8px 16px 32px; font: 16px/1.5 system-ui, sans-serif;
  color: #1a1a1a; background: #fff; }}
.rnn-widget {{ max-width: none; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --jp-ui-font-color0: #fff; --jp-ui-font-color1: #ddd; --jp-layout-color1: #212121;
    --jp-layout-color2: #424242; --jp-border-color1: #616161; }}
  body {{ color: #fff; background: #181818; }}
}}
</style>
<body>
<main>
<h1>What does a recurrent net remember?</h1>
<p>{intro}</p>
<div id="map"></div>
<noscript>This page needs JavaScript. It asks nothing of any other machine.</noscript>
</main>
<script type="application/json" id="pictures">{pictures}</script>
<script>
{{
{code}
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => {{ document.body.dataset.jpThemeLight = String(!dark.matches); }};
paint();
dark.addEventListener("change", paint);
const {{ start, common, all }} = JSON.parse(document.getElementById("pictures").textContent);
const state = {{ picture: {{ ...common, ...all[start], fixed: true }} }}, listeners = new Set();
state.controls = state.picture.controls;
shown.render({{ el: document.getElementById("map"), model: {{
  get: (name) => state[name],
  set: (name, value) => {{ state[name] = value; }},
  save_changes: () => queueMicrotask(() => {{
    const found = all[`${{state.controls.measure}} ${{state.controls.at}}`];
    if (found) state.picture = {{ ...common, ...found, controls: state.controls, fixed: true }};
    listeners.forEach((listener) => listener());
  }}),
  on: (_, listener) => listeners.add(listener),
  off: (_, listener) => listeners.delete(listener),
}} }});
}}
</script>
"""
INTRO = (
    "{count} read this text character by character, and after each one {they} foretold the next. Point at a "
    "character, tap it, or go to a text by Tab and move by the arrow keys: the bars under the characters before it "
    "show which of them that prediction depends on. Everything was computed by {nets} that somebody trained; "
    "nothing is asked of any other machine."
)


def save_page(path, widget, pictures, start):
    """Write the page of a memory map; a file that is there stays, and a number is added to the name.

    widget: the map. pictures: a dict from "measure place" to what `compute` gave. start: the key to begin with.
    Returns: the path. Raises: OSError where nothing can be written.
    """
    nets = len(pictures[start]["panels"])
    intro = INTRO.format(
        count="A recurrent net" if nets == 1 else f"{nets} recurrent nets",
        they="it" if nets == 1 else "they",
        nets="a net" if nets == 1 else "nets",
    )
    pictures = plain(pictures)
    common = {key: value for key, value in pictures[start].items() if all(p[key] == value for p in pictures.values())}
    own = {key: {k: v for k, v in picture.items() if k not in common} for key, picture in pictures.items()}
    data = json.dumps({"start": start, "common": common, "all": own}, separators=(",", ":")).replace("<", "\\u003c")
    code = widget._esm.replace("export default ", "const shown = ")
    page = PAGE.format(css=widget._css, code=code, pictures=data, intro=intro)
    path = Path(path).absolute()
    for number in itertools.count(2):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(page)
            return path
        except FileExistsError:
            stem = path.stem if number == 2 else path.stem.rpartition("-")[0]
            path = path.with_name(f"{stem}-{number}{path.suffix}")
