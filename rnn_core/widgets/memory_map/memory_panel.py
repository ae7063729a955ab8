"""One net of the memory map at one place of the text: in numbers, and in words."""

import numpy as np

from rnn_core.widgets.memory_map.influence import reach
from rnn_core.widgets.memory_map.text_model import SHARES

LOWEST = 1e-4  # the share of the strongest at which a bar on the logarithmic scale ends
NAMES = {" ": "space", "\n": "line end", "\t": "tab", "'": "apostrophe"}


def panel_of(name, model, text, at, measure):
    """One net after `at` characters of a text: what its prediction depends on, and what it foretells.

    Returns: dict; `linear` and `logarithmic` are heights of bars from 0 to 1, `ranks` the places of the strongest.
    """
    panel = {"name": name, "strengths": [], "linear": [], "logarithmic": [], "ranks": [], "strongest": [],
             "likely": [], "target": "", "p": None, "here": None, "overall": None, "fault": ""}  # fmt: skip
    if not text:
        return panel
    try:
        reading = model.read(text, measure)
    except Exception as error:
        return {**panel, "fault": f"{name} cannot be shown: {type(error).__name__}: {error}"}
    panel["overall"] = reading.far
    if not at:
        return panel
    strengths, log_p = reading.strengths[at - 1, :at], reading.log_p[at - 1]
    known, most = model.vocabulary.characters, strengths.max()
    order = [int(k) for k in np.argsort(-strengths, kind="stable")[:3] if strengths[k] > 0]
    share = strengths / most if most > 0 else strengths
    target = int(reading.targets[at - 1])
    return panel | {
        "strengths": strengths, "linear": np.round(share, 3), "ranks": order,
        "logarithmic": np.round(1 + np.log(np.maximum(share, LOWEST)) / -np.log(LOWEST), 3),
        "strongest": [[name_of(text[k]), at - k, strengths[k]] for k in order],
        "likely": [[name_of(known[k]), np.exp(log_p[k]), bool(k == target and at < len(text))]
                   for k in np.argsort(-log_p, kind="stable")[:3]],
        "target": name_of(known[target]), "p": np.exp(log_p[target]),
        "here": [reach(strengths, part) for part in SHARES] if most > 0 else None,
    }  # fmt: skip


def in_words(text, at, panels):
    """What all the panels show. Returns: str."""
    if not text:
        return "The text is empty. Type some characters."
    if at == 0:
        return "Nothing stands before the first character, so it is not foretold. Choose a later one."
    what = f"comes {name_of(text[at])}" if at < len(text) else "the text ends; each net names its likeliest"
    told = [f"After {at} {'character' if at == 1 else 'characters'} {what}."]
    for panel in panels:
        if panel["strongest"]:
            (source, back, strength), (_, most) = panel["strongest"][0], panel["here"]
            told.append(
                f"{panel['name']}: {panel['target']} has p = {panel['p']:.2f} and depends most on {source}, {back} "
                f"back ({strength:.3g}); 90 % of the influence lies within {most}."
            )
    return " ".join(told + [f"{panel['fault']}." for panel in panels if panel["fault"]])


def name_of(character):
    """A character in words. Returns: str."""
    return NAMES.get(character, f"'{character}'")


def listed(characters):
    """Some characters in words, sorted. Returns: str."""
    return ", ".join(name_of(c) for c in sorted(characters))
