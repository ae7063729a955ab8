// The text once for each net, a bar under each character; one character is chosen, by pointer, finger or keyboard.

function build(view) {
  const { measures, most, fixed } = view.picture;
  let bars = view.picture.controls.bars, held = false, at = -1, ahead = null, shown = null, panels = [];
  const choose = (place) => { // drawn at once, before Python has answered
    if (place === at) return;
    at = ahead = place;
    panels.forEach((panel) => panel.mark(at));
    view.ask({ at });
  };
  const line = entry("text", { value: view.picture.controls.text, width: 58, most, change: (text) => {
    hold(false);
    ahead = null;
    view.ask({ text, at: -1 });
  } });
  const measure = choice("strength", { options: Object.entries(measures), value: view.picture.controls.measure,
    change: (value) => view.ask({ measure: value }) });
  const scale = choice("bars", { options: ["linear", "logarithmic"], value: bars, change: (value) => {
    bars = value;
    panels.forEach((panel) => panel.fill(view.picture, bars));
    view.ask({ bars });
  } });
  const letGo = button("Let go", () => hold(false), { hidden: true });
  const hint = h("span", { class: "rnn-map-hint" });
  const hold = (yes) => {
    held = yes;
    letGo.hidden = !yes;
    hint.textContent = yes ? "held: pointing chooses no other character"
      : "Point at a character (a click holds it), or go to a text by Tab and use the arrow keys.";
  };
  hold(false);
  const save = h("span", { class: "rnn-map-saved", role: "status" });
  if (!fixed) view.controls.append(line);
  view.controls.append(measure, scale, hint, letGo);
  const means = h("p", { class: "rnn-map-means" }), scaleText = h("p", { class: "rnn-map-means" });
  const list = h("div", {});
  view.stage.append(list, means, scaleText);
  if (!fixed) {
    view.stage.append(h("p", {}, button("Save as a page", () => {
      save.textContent = "Writing …";
      view.ask({ save: view.picture.controls.save + 1 });
    }), save));
  }

  return (picture) => {
    line.set(picture.controls.text);
    measure.set(picture.controls.measure);
    scale.set(bars);
    const now = JSON.stringify([picture.text, picture.panels.map((panel) => panel.name)]);
    if (now !== shown) {
      shown = now;
      panels = picture.panels.map((panel, k) => onePanel(k, picture, {
        choose, isHeld: () => held, hold: (place) => { hold(!(held && place === at)); choose(place); },
      }));
      list.replaceChildren(...panels.map((panel) => panel.node));
    }
    if (ahead === picture.controls.at) ahead = null;
    at = ahead ?? picture.at; // quick keys run ahead of the answers
    panels.forEach((panel) => { panel.mark(at); panel.fill(picture, bars); });
    means.textContent = picture.means;
    scaleText.textContent = picture.scale;
    save.textContent = picture.saved;
  };
}

/** One net: its name, the text with bars, and in words and numbers what it foretells and what that depends on. */
function onePanel(k, picture, { choose, isHeld, hold }) {
  const { name } = picture.panels[k], id = `rnn-${++ids}`, last = picture.glyphs.length;
  const cells = [...picture.glyphs, "?"].map((glyph, place) => h("span", {
    role: "option", id: `${id}-${place}`, class: "rnn-letter", "data-place": place, "aria-selected": "false",
    "aria-label": place === last ? "what comes after the end" : `${picture.names[place]}, after ${place} characters`,
  }, h("span", { class: "rnn-rank" }), h("span", { class: "rnn-glyph" }, glyph), h("span", { class: "rnn-strength" })));
  cells[last].classList.add("rnn-end");
  const placeOf = (event) => event.target.closest?.("[data-place]")?.dataset.place;
  const text = h("div", { ...KEYS, role: "listbox", tabindex: "0", class: "rnn-letters", "aria-label": `text, as ${name} reads it`, on: {
    pointermove: (event) => { if (placeOf(event) && !isHeld()) choose(Number(placeOf(event))); },
    click: (event) => { if (placeOf(event)) hold(Number(placeOf(event))); },
    keydown: (event) => {
      const to = moved(event.key, cells, Number(text.dataset.at));
      if (to === null) return;
      event.preventDefault();
      event.stopPropagation();
      choose(to);
    },
  } }, ...words(picture.text, cells));
  const likely = h("ol", { class: "rnn-likely" }), told = h("p", { class: "rnn-map-told" });
  const node = h("div", { class: "rnn-panel", style: `--mine: ${COLOURS[k % COLOURS.length]}` },
    h("div", { class: "rnn-panel-name" }, name), h("div", { class: "rnn-panel-body" }, text, likely), told);
  let marked = -1; // of many cells few change: only those are touched
  const mark = (at) => {
    if (at === marked) return;
    cells[marked]?.setAttribute("aria-selected", "false");
    cells[at].setAttribute("aria-selected", "true");
    cells.forEach((cell, place) => cell.classList.toggle("rnn-later", place > at));
    text.setAttribute("aria-activedescendant", `${id}-${at}`);
    text.dataset.at = marked = at;
  };
  const fill = (now, bars) => {
    const panel = now.panels[k], heights = panel[bars];
    cells.forEach((cell, place) => {
      const share = heights[place] ?? 0, rank = panel.ranks.indexOf(place) + 1;
      const title = place < panel.strengths.length ? `${now.names[place]}: strength ${short(panel.strengths[place])}` : "";
      if (Number(cell.style.getPropertyValue("--share")) !== share) cell.style.setProperty("--share", share);
      if (cell.firstChild.textContent !== String(rank || "")) cell.firstChild.textContent = rank || "";
      if (cell.title !== title) cell.title = title;
    });
    renew(likely, ...panel.likely.map(([what, p, right]) => h("li", {},
      h("span", {}, what), h("span", { class: "rnn-p", style: `--p: ${p}` }), h("span", {}, p.toFixed(2)),
      h("span", { class: "rnn-right" }, right ? "← came" : ""))));
    renew(told, ...(panel.fault ? [panel.fault] : sentences(panel)).map((part) => h("span", {}, part)));
  };
  return { node, mark, fill };
}

/** The cells with those of a word together, so that a line ends between words; long words may be cut. */
function words(text, cells) {
  const out = [cells.at(-1)];
  let end = text.length;
  for (let k = text.length; k >= 0; k--) {
    if (k > 0 && text[k - 1] !== " ") continue;
    const word = cells.slice(k, end);
    out.unshift(...(word.length > 16 ? word : [h("span", { class: "rnn-word" }, ...word)]));
    end = k;
  }
  return out;
}

function sentences(panel) {
  const out = [];
  if (panel.strongest.length) {
    out.push(`strongest for ${panel.target} (p ${short(panel.p)}): ` + panel.strongest.map(([what, back, strength], k) =>
      `${k + 1}. ${what}, ${back} back: ${short(strength)}`).join("; "));
  }
  const reach = [];
  if (panel.here) reach.push(`half of the influence within ${panel.here[0]}, 90 % within ${panel.here[1]} back`);
  if (panel.overall) reach.push(`medians, later half of the text: ${panel.overall.map(short).join(" and ")}`);
  if (reach.length) out.push(`reach: ${reach.join("; ")}`);
  return out;
}

/** Where a key leads: by one, to the line above or below, to the ends; null for other keys. */
function moved(key, cells, at) {
  if (key === "Home") return 0;
  if (key === "End") return cells.length - 1;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[key];
  if (!by) return null;
  const here = cells[at];
  for (let to = at + by; to >= 0 && to < cells.length; to += by) {
    if (key === "ArrowLeft" || key === "ArrowRight") return to;
    const other = cells[to];
    const there = other.offsetTop !== here.offsetTop
      && (by < 0 ? other.offsetLeft <= here.offsetLeft : other.offsetLeft >= here.offsetLeft);
    if (there) return to;
  }
  return at;
}

export default widget(build);
