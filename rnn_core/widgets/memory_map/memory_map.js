// The text once for each net, a bar under each character; one character is chosen, by pointer, finger or keyboard.

function build(view) {
  const { measures, most, fixed } = view.picture;
  let bars = view.picture.controls.bars, held = false, at = -1, ahead = null, shown = null, panels = [], late = null;
  const markAll = () => panels.forEach((panel) => panel.mark(at));
  const choose = (place) => {
    if (place === at) return;
    at = ahead = place;
    clearTimeout(late);
    late = setTimeout(markAll, 30); // drawn before Python has answered, where it takes longer than this
    view.ask({ at });
  };
  view.onEnd(() => clearTimeout(late));
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
        choose, where: () => at, isHeld: () => held, hold: (place) => { hold(!(held && place === at)); choose(place); },
      }));
      list.replaceChildren(...panels.map((panel) => panel.node));
    }
    if (ahead === picture.controls.at) ahead = null;
    at = ahead ?? picture.at; // quick keys run ahead of the answers
    clearTimeout(late);
    panels.forEach((panel) => { panel.mark(at); panel.fill(picture, bars); });
    means.textContent = picture.means;
    scaleText.textContent = picture.scale;
    save.textContent = picture.saved;
  };
}

/** One net: its name, the text with bars, and in words and numbers what it foretells and what that depends on. */
function onePanel(k, picture, { choose, where, isHeld, hold }) {
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
      const to = moved(event.key, cells, where());
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
    const [low, high] = marked < 0 ? [0, last] : [Math.min(at, marked), Math.max(at, marked)];
    for (let place = low; place <= high; place++) cells[place].children[1].classList.toggle("rnn-later", place > at);
    text.setAttribute("aria-activedescendant", `${id}-${at}`);
    marked = at;
  };
  const drawn = cells.map(({ children: [number, glyph, bar] }) => ({ number, glyph, bar, height: 0, tint: 0, rank: "" }));
  let titles = null;
  const fill = (now, bars) => {
    const panel = now.panels[k], heights = panel[bars];
    drawn.forEach((before, place) => {
      const share = heights[place] ?? 0, { number, glyph, bar } = before;
      const height = Math.round(192 * share) / 16, tint = Math.round(36 * share); // finer is not to be seen
      const rank = String(panel.ranks.indexOf(place) + 1 || "");
      if (height !== before.height) bar.style.backgroundSize = `100% ${height}px`;
      if (tint !== before.tint) glyph.style.backgroundColor = tint ? `color-mix(in srgb, var(--mine) ${tint}%, transparent)` : "";
      if (rank !== before.rank) number.textContent = rank;
      Object.assign(before, { height, tint, rank });
    });
    clearTimeout(titles); // they are read by one who waits over a character: the picture comes first
    titles = setTimeout(() => cells.forEach((cell, place) => {
      const title = place < panel.strengths.length ? `${now.names[place]}: strength ${short(panel.strengths[place])}` : "";
      if (cell.title !== title) cell.title = title;
    }), 100);
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
