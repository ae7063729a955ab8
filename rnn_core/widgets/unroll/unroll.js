// A net with a loop, as a loop or drawn out: squares go in, ovals come out, diamonds are carried on. Below, one unit's formula.

const TONE = { x: COLOURS[0], h: COLOURS[2], y: COLOURS[1] };
const HIGH = 38, BETWEEN = 40, HALF = 36, EDGE = { x: 27, h: HALF, y: 32 };
const number = (v) => (Math.abs(v) < 100 ? v.toFixed(2) : short(v));

/** The outline of a unit around (0, 0): a square for an input, a diamond for a state, an oval for an output. */
function outline(name, more) {
  if (name === "x") return s("rect", { x: -27, y: -15, width: 54, height: 30, ...more });
  if (name === "y") return s("ellipse", { rx: 32, ry: 15.5, ...more });
  return s("path", { d: `M${-HALF} 0L0 -18L${HALF} 0L0 18Z`, ...more });
}

function arrow(points, label, at) {
  const [x, y] = points.at(-1), [u, v] = points.at(-2), turn = Math.atan2(y - v, x - u) * (180 / Math.PI);
  return s("g", {}, s("path", { d: path(points), fill: "none", stroke: "var(--quiet)", "stroke-width": 1.4 }),
    s("path", { d: "M0 0L-8 -4L-8 4Z", fill: "var(--quiet)", transform: `translate(${x} ${y}) rotate(${turn})` }),
    label ? write(at[0], at[1], label, { class: "rnn-weight" }) : "");
}

/** Where every unit stands. Returns: the units by key, the groups that they form, and the size of the drawing. */
function layout(picture) {
  const { sizes, carried, values, at, controls } = picture, rolled = controls.drawing === "rolled";
  const width = { x: sizes.D, h: sizes.H, y: sizes.V }, rows = Object.keys(values).includes("h") ? ["y", "h", "x"] : ["y", "x"];
  const tops = {}, units = new Map(), groups = [];
  let y = rolled ? 56 : 22;
  for (const name of rows) { tops[name] = y; y += HIGH * width[name] + BETWEEN; }
  const now = Math.max(at, 1), steps = rolled ? [now - 1, now] : Array.from({ length: sizes.T + 1 }, (_, t) => t);
  const column = (t) => (rolled ? 190 + 230 * (t - now + 1) : 84 + t * Math.min(140, 536 / sizes.T));
  for (const t of steps) {
    for (const name of rows) {
      if (name !== carried && (t === 0 || (rolled && t < now))) continue;
      const x = column(t), known = name === "x" || t <= at;
      groups.push({ name, t, x, top: tops[name], bottom: tops[name] + HIGH * width[name], known });
      for (let i = 0; i < width[name]; i++) {
        units.set(`${name} ${t} ${i}`, { name, t, i, x, y: tops[name] + HIGH * (i + 0.5), known, value: values[name][t][i] });
      }
    }
  }
  return { units, groups, rows, tops, width, high: y - BETWEEN + 14, rolled, now };
}

/** Arrows between groups, with the weights on them, and what each group is called. */
function between({ groups, rolled, now }, carried) {
  const parts = [], find = (name, t) => groups.find((group) => group.name === name && group.t === t);
  for (const { name, t, x, top, bottom } of groups) {
    const come = rolled && t < now ? ", come round" : "";
    parts.push(s("rect", { x: x - HALF - 4, y: top - 1, width: 2 * HALF + 8, height: bottom - top + 2, rx: 8, fill: "none",
      class: "rnn-grid" }), write(x - HALF - 4, top - 6, `${{ x: "input", h: "state", y: "output" }[name]} ${t}${come}`,
      { class: "rnn-small" }));
    const before = name === carried && find(name, t - 1), inputs = name !== "x" && find("x", t), states = find("h", t);
    if (before) {
      parts.push(arrow([[before.x + HALF + 4, top + 4], [x - HALF - 5, top + 4]], name === "h" ? "W_hh" : "W",
        [(before.x + x) / 2 - (name === "h" ? 13 : 3), top + 15]));
    }
    const under = name === "y" && states ? states : inputs;
    if (under && under.name !== name) {
      parts.push(arrow([[x + 22, under.top - 1], [x + 22, bottom + 2]], name === "h" ? "W_xh" : states ? "W_hy" : "W",
        [x + 27, bottom + 24]));
    }
    if (rolled && name === carried && t === now) {
      const middle = (top + bottom) / 2, from = x + HALF + 4, left = find(name, t - 1).x;
      parts.push(arrow([[from, middle], [from + 46, middle], [from + 46, 12], [left, 12], [left, top - 20]]),
        write((from + 46 + left) / 2, 27, "the same numbers, one step later", { class: "rnn-small", "text-anchor": "middle" }));
    }
  }
  return parts;
}

/** Lines from what a unit hears to the unit: the thicker the more it adds, dashed where it takes away. */
function heard(formula, unit, units) {
  const to = units.get(unit.join(" "));
  if (!to || formula.kind !== "computed") return [];
  const most = Math.max(1e-9, ...formula.terms.map((term) => Math.abs(term.product)));
  return formula.terms.map((term) => {
    const from = units.get(term.unit.join(" "));
    if (!from) return "";
    const side = from.x < to.x ? EDGE[from.name] : -EDGE[from.name], bend = from.x < to.x ? 20 : -30, into = to.x - EDGE[to.name];
    return s("path", { fill: "none", stroke: term.product < 0 ? COLOURS[1] : COLOURS[0], "stroke-dasharray": term.product < 0 ? "5 3" : "",
      "stroke-width": 1 + 3.5 * Math.abs(term.product) / most,
      d: `M${from.x + side} ${from.y}C${from.x + side + bend} ${from.y} ${into - 30} ${to.y} ${into} ${to.y}` });
  });
}

/** A number that can be typed over. */
function field(label, value, change) {
  const input = h("input", { ...KEYS, type: "number", step: 0.1, value, "aria-label": label, class: "rnn-typed",
    on: { input: () => { if (input.value !== "" && Number.isFinite(input.valueAsNumber)) change(input.valueAsNumber); } } });
  return input;
}

function build(view) {
  const ask = (change) => view.ask(change);
  let edits = view.picture.controls.edits ?? 0; // counted, so that an answer to an earlier edit undoes no later one
  const edit = (now, more = {}) => {
    changed = now;
    ask({ changed, edits: ++edits, ...more });
  };
  let changed = { ...view.picture.controls.changed }, cursor = view.picture.unit, placed = new Map();
  const round = choice("what goes round", { options: ["state", "output"], value: view.picture.goes_round, change: (which) => {
    const kept = Object.fromEntries(Object.entries(changed).filter(([key]) => key.startsWith("x ")));
    edit(kept, { goes_round: which, unit: [which === "state" ? "h" : "y", Math.max(1, view.picture.at), 0] });
  } });
  const drawing = choice("drawn as", { options: [["unrolled", "steps beside each other"], ["rolled", "a loop"]],
    value: view.picture.controls.drawing, change: (how) => ask({ drawing: how }) });
  const run = player("steps done", { steps: view.picture.sizes.T, value: view.picture.at, change: (at) => {
    const [name, , i] = view.picture.unit ?? [view.picture.carried, 0, 0];
    ask({ at, unit: [name, Math.max(1, at), i] }); // the open unit goes along
  } });
  const size = (label, name, most) => slider(label, { min: 1, max: most, step: 1, value: view.picture.sizes[name],
    change: (value) => ask({ [name]: value }) });
  const sizes = { T: size("steps T", "T", 5), D: size("inputs D", "D", 3), H: size("units H", "H", 4), V: size("outputs V", "V", 3) };
  const seed = slider("seed", { min: 0, max: 50, step: 1, value: 0, change: (value) => ask({ seed: value }) });
  const undo = button("Undo my changes", () => edit({}));
  view.controls.append(round, drawing, run, h("details", { class: "rnn-more" }, h("summary", { ...KEYS }, "Sizes, other numbers"),
    row(...Object.values(sizes), seed)), undo);
  view.onEnd(() => run.stop());

  const svg = s("svg", { role: "group", class: "rnn-canvas", "aria-label": "units: arrow keys go from one to the next, Enter opens its formula" });
  const legend = h("p", { class: "rnn-legend" }, "□ goes in, ○ comes out, ◇ is a state. Lines: what the open unit hears, the thicker the more "
    + "it adds, dashed where it takes away. ▲ differs because of a number that you changed.");
  const heading = h("p", { class: "rnn-heading" }), table = h("table", { class: "rnn-formula" }), end = h("p", {});
  const whose = h("p", { class: "rnn-quiet" });
  view.stage.append(svg, legend, heading, table, end, whose);
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const go = (unit, [across, down]) => {
    const off = (other) => [(other.x - unit.x) * across + (other.y - unit.y) * down,
      Math.abs((other.x - unit.x) * down) + Math.abs((other.y - unit.y) * across)];
    const there = [...placed.values()].filter((other) => off(other)[0] > 1).sort((a, b) => off(a)[0] + 3 * off(a)[1] - off(b)[0] - 3 * off(b)[1]);
    return there[0] ?? unit;
  };
  const focus = (key) => svg.querySelector(`[data-unit="${key}"]`)?.focus();

  function node(unit, picture) {
    const key = `${unit.name} ${unit.t} ${unit.i}`, open = picture.unit?.join(" ") === key;
    const differs = unit.known && picture.differs[unit.name][unit.t][unit.i];
    const press = () => ask({ unit: [unit.name, unit.t, unit.i] });
    return s("g", { ...KEYS, role: "button", tabindex: cursor?.join(" ") === key ? 0 : -1, "data-unit": key, class: "rnn-unit",
      "aria-pressed": String(open), transform: `translate(${unit.x} ${unit.y})`,
      "aria-label": `${picture.names[unit.name]} ${unit.t}, ${unit.name}[${unit.i}]: ${unit.known ? number(unit.value) : "not computed yet"}`
        + (differs ? ", changed" : ""), on: { click: press, focus: () => { cursor = [unit.name, unit.t, unit.i]; }, keydown: (event) => {
        if (event.key === "Enter" || event.key === " ") press();
        else if (event.key in step) {
          const to = go(unit, step[event.key]);
          event.currentTarget.setAttribute("tabindex", -1);
          cursor = [to.name, to.t, to.i];
          svg.querySelector(`[data-unit="${cursor.join(" ")}"]`).setAttribute("tabindex", 0);
          focus(cursor.join(" "));
        } else return;
        event.preventDefault();
      } } },
      outline(unit.name, { fill: "var(--paper)" }),
      outline(unit.name, { fill: TONE[unit.name], "fill-opacity": unit.known ? (0.06 + 0.3 * Math.min(1, Math.abs(unit.value))).toFixed(2) : 0,
        stroke: TONE[unit.name], "stroke-width": open ? 4 : 1.8, "stroke-dasharray": unit.known ? "" : "4 3" }),
      write(0, 4.5, unit.known ? number(unit.value) : "?", { "text-anchor": "middle", class: "rnn-small" }),
      differs ? write(HALF - 8, -7, "▲", { class: "rnn-small" }) : "");
  }

  /** The formula as a table; only its numbers are renewed while the same unit's is shown, so that typing goes on. */
  function explain(formula) {
    if (!formula) {
      heading.textContent = "Click a unit, or go to it and press Enter: its formula opens here.";
      table.replaceChildren();
      end.textContent = "";
      return;
    }
    const { kind, name, of, key, value } = formula;
    const cells = { given: [[name, key, value]], waiting: [], computed: [] }[kind];
    if (kind === "computed") {
      for (const term of formula.terms) cells.push([`${term.name}, step ${term.step}`, term.key, term.value, term.weight_name, term.weight_key, term.weight, term.product]);
      cells.push(["", "", null, formula.bias.name, formula.bias.key, formula.bias.value, formula.bias.value]);
    }
    const same = table.dataset.of === `${kind} ${name} ${of} ${cells.length}`;
    table.dataset.of = `${kind} ${name} ${of} ${cells.length}`;
    if (!same) {
      const show = (label, at, v) => (v === null ? "" : at ? field(label, v, (typed) => edit({ ...changed, [at]: typed })) : h("span", {}, number(v)));
      const line = ([label, at, v, weight, place, w, product]) => h("tr", {}, h("th", { scope: "row" }, label || "bias"),
        h("td", {}, show(label, at, v)), ...(weight ? [h("td", {}, v === null ? "" : "×"), h("td", { class: "rnn-mono" }, weight), h("td", {}, show(weight, place, w)),
          h("td", {}, "="), h("td", {}, h("span", {}, number(product)))] : []));
      table.replaceChildren(h("tbody", {}, ...cells.map(line),
        kind === "computed" ? h("tr", { class: "rnn-total" }, h("th", { scope: "row" }, "sum"), ...Array.from({ length: 5 }, () => h("td", {})),
          h("td", {}, h("span", {}))) : ""));
    }
    const shown = [...table.querySelectorAll("input, span")];
    const numbers = cells.flatMap(([, , v, weight, , w, product]) => [v, ...(weight ? [w, product] : [])].filter((each) => each !== null));
    if (kind === "computed") numbers.push(formula.sum);
    shown.forEach((place, k) => {
      if (place.tagName === "SPAN") place.textContent = number(numbers[k]);
      else if (place !== place.getRootNode().activeElement || Number(place.value) !== numbers[k]) {
        if (place !== place.getRootNode().activeElement) place.value = numbers[k];
      }
    });
    heading.textContent = { given: `${name} of ${of} comes from outside: you can type another number`,
      waiting: `${name} of ${of} is not computed yet: press Step`, computed: `${name} of ${of}` }[kind];
    const all = kind === "computed" ? formula.sums.map((sum) => `exp(${number(sum)})`).join(" + ") : "";
    end.textContent = kind !== "computed" ? "" : formula.end === "tanh" ? `tanh(${number(formula.sum)}) = ${number(formula.result)}`
      : `softmax: exp(${number(formula.sum)}) / (${all}) = ${number(formula.result)}`;
    if (formula.returned_by) end.textContent += `. But your ${formula.returned_by} returned ${number(value)}: that is what the drawing shows.`;
  }

  return (picture) => {
    const within = svg.contains(svg.getRootNode().activeElement);
    const { edits: known = 0, changed: theirs } = picture.controls;
    if (known >= edits) [edits, changed] = [known, { ...theirs }];
    round.set(picture.goes_round);
    drawing.set(picture.controls.drawing);
    run.set(picture.at, picture.sizes.T);
    for (const [name, node] of Object.entries(sizes)) node.set(picture.sizes[name]);
    seed.set(picture.controls.seed);
    undo.disabled = !picture.changed.length;
    const plan = layout(picture);
    placed = plan.units;
    if (!placed.has(cursor?.join(" "))) cursor = [...placed.keys()][0].split(" ").map((v, k) => (k ? Number(v) : v));
    svg.setAttribute("viewBox", `0 0 680 ${plan.high}`);
    svg.replaceChildren(...between(plan, picture.carried), ...(picture.unit ? heard(picture.formula, picture.unit, placed) : []),
      ...plan.rows.flatMap((name) => Array.from({ length: plan.width[name] }, (_, i) => write(0, plan.tops[name] + HIGH * (i + 0.5) + 4, `${name}[${i}]`,
        { class: "rnn-small", "font-family": "monospace" }))),
      ...[...placed.values()].map((unit) => node(unit, picture)));
    if (within) focus(cursor.join(" "));
    explain(picture.formula);
    whose.textContent = picture.whose;
  };
}

export default widget(build);
