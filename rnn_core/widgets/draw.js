// Shared by all widgets: elements, controls with labels, simple charts, and the frame that asks Python for pictures.

const COLOURS = [0, 1, 2, 3, 4, 5].map((k) => `var(--rnn-${k})`); // Okabe-Ito, brighter on dark paper: widget.css
const DASHES = ["", "7 4", "2 4", "9 3 2 3", "4 2", "1 3"];
const CALM = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
let ids = Math.floor(Math.random() * 1e9); // each widget on a page has a copy of this file: no two ids may be the same

/** An HTML element. `on` holds listeners; children are nodes or texts. */
function h(tag, { on = {}, ...attributes } = {}, ...children) {
  return fill(document.createElement(tag), on, attributes, children);
}

/** An SVG element, in the same way. */
function s(tag, { on = {}, ...attributes } = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), on, attributes, children);
}

function fill(node, on, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  for (const [name, listener] of Object.entries(on)) node.addEventListener(name, listener);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A number as a person reads it: 3 digits. */
const short = (value) => (value === 0 ? "0" : Math.abs(value) >= 1e4 || Math.abs(value) < 1e-3
  ? value.toExponential(1) : String(Number(value.toPrecision(3))));

/** JupyterLab takes the arrow keys in command mode, unless the focused element itself says no. */
const KEYS = { "data-lm-suppress-shortcuts": "true" };

/** A slider with its label and value. `node.set(value)` moves it without telling anyone. */
function slider(label, { min, max, step, value, format = short, change }) {
  const id = `rnn-${++ids}`;
  const input = h("input", { ...KEYS, type: "range", id, min, max, step, value, on: {
    input: () => { show(); change(Number(input.value)); },
  } });
  const output = h("output", { for: id });
  const show = () => {
    output.textContent = format(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  const node = h("div", { class: "rnn-control" }, h("label", { for: id }, label), input, output);
  node.set = (wanted) => { if (Number(input.value) !== wanted) input.value = wanted; show(); };
  node.enable = (yes) => { input.disabled = !yes; };
  show();
  return node;
}

/** A list to choose from: `options` are texts or [value, text] pairs. */
function choice(label, { options, value, change }) {
  const id = `rnn-${++ids}`;
  const select = h("select", { ...KEYS, id, on: { change: () => change(select.value) } },
    ...options.map((option) => {
      const [key, text] = Array.isArray(option) ? option : [option, option];
      return h("option", { value: key, selected: key === value }, text);
    }));
  const node = h("div", { class: "rnn-control" }, h("label", { for: id }, label), select);
  node.set = (wanted) => { select.value = wanted; };
  return node;
}

/** A box to tick. */
function tick(label, { value, change }) {
  const id = `rnn-${++ids}`;
  const input = h("input", { ...KEYS, type: "checkbox", id, on: { change: () => change(input.checked) } });
  input.checked = value;
  const node = h("div", { class: "rnn-control rnn-tick" }, input, h("label", { for: id }, label));
  node.set = (wanted) => { input.checked = wanted; };
  return node;
}

/** A line of text to type; told at every key. */
function entry(label, { value, change, width = 24, most = 60 }) {
  const id = `rnn-${++ids}`;
  const input = h("input", { ...KEYS, type: "text", id, value, size: width, maxlength: most, spellcheck: "false",
    autocomplete: "off", on: { input: () => change(input.value) } });
  const node = h("div", { class: "rnn-control" }, h("label", { for: id }, label), input);
  node.set = (wanted) => { if (document.activeElement !== input) input.value = wanted; };
  return node;
}

/**
 * Put these nodes into a place. One that is as before stays, with its listeners, and costs no drawing: so a node that
 * listens for something of its own says in an attribute for what.
 */
function renew(place, ...nodes) {
  const before = [...place.childNodes];
  nodes.forEach((node, k) => {
    if (!before[k]) place.append(node);
    else if (!before[k].isEqualNode(node)) {
      const inside = before[k].nodeName === node.nodeName && node.nodeName === "g" && sameMarks(before[k], node);
      if (inside) renew(before[k], ...node.childNodes); else before[k].replaceWith(node);
    }
  });
  before.slice(nodes.length).forEach((node) => node.remove());
}

const sameMarks = (one, other) => one.cloneNode(false).isEqualNode(other.cloneNode(false));

function button(text, press, attributes = {}) {
  return h("button", { ...KEYS, type: "button", ...attributes, on: { click: press } }, text);
}

/** Controls that stay side by side. */
const row = (...controls) => h("div", { class: "rnn-row" }, ...controls);

/** Rewind, back, step, run, with the step as a slider. Told the step; `node.set(step, steps)`, `node.stop()`. */
function player(label, { steps, value = 0, change, pause = 700 }) {
  let at = value, last = steps, timer = null;
  const go = (to) => {
    at = Math.max(0, Math.min(last, to));
    place.set(at);
    change(at);
    if (at === last) stop();
  };
  const stop = () => { clearInterval(timer); timer = null; run.textContent = "Run"; };
  const run = button("Run", () => {
    if (timer) return stop();
    if (at === last) go(0);
    if (CALM()) return go(last); // no movement: straight to the end
    run.textContent = "Pause";
    timer = setInterval(() => go(at + 1), pause);
  });
  const place = slider(label, { min: 0, max: steps, step: 1, value, change: (to) => { stop(); go(to); } });
  const node = h("div", { class: "rnn-player" },
    button("Rewind", () => { stop(); go(0); }), button("Back", () => { stop(); go(at - 1); }),
    button("Step", () => { stop(); go(at + 1); }), run, place);
  node.set = (to, now = last) => {
    last = now; at = Math.min(to, last);
    place.querySelector("input").max = last;
    place.set(at);
  };
  node.stop = stop;
  return node;
}

/** A drawing that is one image to a screen reader. Its text is set by the frame at every picture. */
function canvas(width, height, name, ...children) {
  const title = `rnn-${++ids}`, text = `rnn-${++ids}`;
  return s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "rnn-canvas",
    "aria-labelledby": title, "aria-describedby": text, style: `max-width:${width}px` },
    s("title", { id: title }, name), s("desc", { id: text }), ...children);
}

/** Texts and marks of a drawing. */
const write = (x, y, text, more = {}) => s("text", { x, y, ...more }, text);
const path = (points) => points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/**
 * A chart of lines over steps. `lines`: [{name, y, colour?, dash?, dots?}], where NaN or null leaves a gap; `range`:
 * [low, high] or null for that of the lines; `log` draws powers of ten. `marks`: steps with a vertical line.
 * Place k is labelled first + k stride. Every line carries its name at its right end, and the one number at `at`;
 * `right` is the room for them. `signs` stand under the places instead of their numbers, one at each place or "".
 */
function chart({ width = 680, height = 170, lines, range = null, log = false, marks = [], at = null, xName = "", yName = "",
  first = 0, stride = 1, right = 128, signs = [] }) {
  const left = 52, top = 12, bottom = 34;
  const value = (v) => (v === null || !Number.isFinite(v) || (log && v <= 0) ? null : log ? Math.log10(v) : v);
  const all = lines.flatMap((line) => line.y.map(value)).filter((v) => v !== null);
  let [low, high] = range ? range.map((v) => value(v)) : [Math.min(...all), Math.max(...all)];
  if (!all.length && !range) [low, high] = [0, 1];
  if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
  const steps = Math.max(2, ...lines.map((line) => line.y.length));
  const x = (k) => left + ((width - left - right) * k) / (steps - 1);
  const y = (v) => top + (height - top - bottom) * (1 - (v - low) / (high - low));
  const g = s("g", {});
  for (const v of ticks(low, high, 4).filter((v) => !log || Number.isInteger(v) || high - low < 1)) {
    g.append(s("line", { x1: left, x2: width - right, y1: y(v), y2: y(v), class: "rnn-grid" }),
      write(left - 6, y(v) + 4, log ? `1e${short(v)}` : short(v), { "text-anchor": "end", class: "rnn-small" }));
  }
  signs.forEach((sign, k) => sign && g.append(write(x(k), height - bottom + 16, sign,
    { "text-anchor": "middle", class: k === at ? "rnn-sign rnn-this" : "rnn-sign" })));
  for (const k of signs.length ? [] : ticks(0, steps - 1, 8).filter(Number.isInteger)) {
    g.append(write(x(k), height - bottom + 16, String(Math.round(first + k * stride)), { "text-anchor": "middle", class: "rnn-small" }));
  }
  for (const k of marks) g.append(s("line", { x1: x(k), x2: x(k), y1: top, y2: height - bottom, class: "rnn-mark" }));
  if (at !== null) g.append(s("line", { x1: x(at), x2: x(at), y1: top, y2: height - bottom, class: "rnn-now" }));
  const ends = [];
  lines.forEach((line, k) => {
    const colour = line.colour ?? COLOURS[k % COLOURS.length], dash = line.dash ?? DASHES[k % DASHES.length];
    let piece = [];
    const pieces = [piece];
    line.y.forEach((v, t) => {
      const to = value(v);
      if (to === null) { piece = []; pieces.push(piece); }
      else piece.push([x(t), Math.max(top - 4, Math.min(height - bottom + 4, y(to)))]);
    });
    for (const points of pieces.filter((points) => points.length)) {
      g.append(s("path", { d: path(points), fill: "none", stroke: colour, "stroke-width": 2.2, "stroke-dasharray": dash }));
      if (line.dots || points.length === 1) {
        for (const [cx, cy] of points) g.append(s("circle", { cx, cy, r: 2.6, fill: colour }));
      }
    }
    const shown = at === null ? line.y.length - 1 : Math.min(at, line.y.length - 1);
    const end = value(line.y[shown]) ?? [...line.y].map(value).filter((v) => v !== null).at(-1);
    if (end !== undefined && end !== null) {
      const text = line.y[shown] === null ? "" : ` ${short(line.y[shown])}`;
      ends.push({ y: Math.max(top, Math.min(height - bottom, y(end))), text: line.name + text, colour, dash });
    }
  });
  ends.sort((a, b) => a.y - b.y);
  ends.forEach((end, k) => { end.y = Math.max(end.y, k ? ends[k - 1].y + 15 : top); });
  const over = Math.max(0, (ends.at(-1)?.y ?? 0) - (height - 8));
  for (const end of ends) {
    g.append(s("path", { d: `M${width - right + 6} ${end.y - over}h16`, stroke: end.colour, "stroke-width": 3,
      "stroke-dasharray": end.dash }), write(width - right + 26, end.y - over + 4, end.text, { class: "rnn-small" }));
  }
  g.append(write((left + width - right) / 2, height - 4, xName, { "text-anchor": "middle", class: "rnn-small" }),
    s("text", { transform: `translate(12 ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle",
      class: "rnn-small" }, yName));
  return g;
}

function ticks(low, high, about) {
  const rough = (high - low) / about, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((size) => size >= rough * 0.999);
  const out = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9 * step; v += step) out.push(Math.round(v / step) * step);
  return out;
}

/** A grid of numbers as coloured squares, the number in each where it fits. `rows`: array of arrays. */
function grid({ x = 0, y = 0, size = 22, rows, most = null, numbers = true, name = null }) {
  const top = most ?? Math.max(1e-12, ...rows.flat().map((v) => Math.abs(v)).filter(Number.isFinite));
  const g = s("g", {});
  rows.forEach((row, r) => row.forEach((v, c) => {
    const share = Math.min(1, Math.abs(v) / top);
    g.append(s("rect", { x: x + c * size, y: y + r * size, width: size - 1, height: size - 1, class: "rnn-square",
      fill: v >= 0 ? COLOURS[0] : COLOURS[1], "fill-opacity": (0.08 + 0.92 * share).toFixed(2) },
      s("title", {}, `${name ? name(r, c) + ": " : ""}${short(v)}`)));
    if (numbers && size >= 30) {
      g.append(write(x + (c + 0.5) * size - 0.5, y + (r + 0.62) * size, short(v),
        { "text-anchor": "middle", class: share > 0.55 ? "rnn-on-dark" : "rnn-on-light" }));
    }
  }));
  return g;
}

/**
 * A widget from a function `build(view)`, which puts controls into `view.controls` and drawings into `view.stage`, and
 * returns `draw(picture)`. `view.ask({name: value})` tells Python what was moved: one request at a time, the newest
 * waits. `view.onEnd(f)` runs when the widget goes.
 */
function widget(build) {
  function render({ model, el }) {
    const ends = [];
    const note = h("p", { class: "rnn-note" }), problem = h("p", { class: "rnn-problem", role: "alert" });
    const says = h("p", { class: "rnn-says", role: "status" });
    const view = {
      model, stage: h("div", { class: "rnn-stage" }), controls: h("div", { class: "rnn-controls" }),
      picture: model.get("picture"), onEnd: (end) => ends.push(end), ask,
    };
    const root = h("section", { class: "rnn-widget", "aria-label": view.picture.title ?? "interactive picture" },
      view.controls, view.stage, says, note, problem);
    let asked = null, waiting = null, late = null, wanted = view.picture.controls;
    function ask(change) {
      wanted = { ...wanted, ...change };
      if (asked) { waiting = true; return; }
      send();
    }
    function send() {
      asked = wanted = { ...wanted, turn: (wanted.turn ?? 0) + 1 };
      waiting = false;
      root.dataset.asked = asked.turn;
      model.set("controls", asked);
      model.save_changes();
      late = setTimeout(() => {
        problem.textContent = "No answer from Python yet. Is the kernel busy with another cell, or gone? "
          + "Then run this cell again.";
      }, 4000);
    }
    function show() {
      const picture = view.picture = model.get("picture");
      draw(picture);
      for (const text of root.querySelectorAll("svg[role=img] > desc")) text.textContent = picture.says;
      if (says.textContent !== picture.says) says.textContent = picture.says; // read aloud when it changes
      note.textContent = picture.note;
      problem.textContent = picture.problem;
      root.dataset.turn = picture.controls.turn ?? 0;
      if (asked && (picture.controls.turn ?? 0) < asked.turn) return;
      clearTimeout(late);
      asked = null;
      if (waiting) send();
      else wanted = picture.controls;
    }
    const draw = build(view), stage = view.stage;
    const reach = new ResizeObserver(() => { // where a drawing is wider than its place, arrow keys move it, too
      const wide = stage.scrollWidth > stage.clientWidth;
      const more = { ...KEYS, tabindex: 0, role: "group", "aria-label": "drawing: the arrow keys move it" };
      for (const [name, value] of Object.entries(more)) wide ? stage.setAttribute(name, value) : stage.removeAttribute(name);
    });
    el.append(root);
    show();
    reach.observe(stage);
    model.on("change:picture", show);
    return () => {
      model.off("change:picture", show);
      reach.disconnect();
      clearTimeout(late);
      ends.forEach((end) => end());
    };
  }
  return { render };
}
