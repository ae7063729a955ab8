// The steps of one sequence side by side, a map of the batch below them, and jobs to be laid onto shapes.

const WIDE = 724, MARGIN = 58;

function build(view) {
  const asked = () => view.picture.controls;
  const named = (shape) => view.picture.names[shape] ?? shape;
  const shape = choice("shape", { options: view.picture.shapes.map((name) => [name, named(name)]),
    value: view.picture.shape, change: (name) => { play.stop(); view.ask({ shape: name, at: 0 }); } });
  const row = choice("sequence", { options: ["1", "2", "3"], value: "1", change: (k) => view.ask({ row: Number(k) - 1 }) });
  const play = player("step", { steps: view.picture.columns.length - 1, value: view.picture.at,
    change: (at) => view.ask({ at }) });
  const typed = entry("", { value: view.picture.typed, width: 30, change: (text) => view.ask({ row: 0,
    typed: { ...asked().typed, [view.picture.shape]: text } }) });
  const told = h("span", { class: "rnn-quiet" });
  const blind = tick("take padding for real", { value: false, change: (yes) => view.ask({ blind: yes }) });
  const own = tick("read its own words", { value: false, change: (yes) => view.ask({ own: yes }) });
  const drawing = s("g", {}), map = s("g", {});
  const steps = canvas(WIDE, 400, view.picture.title, drawing, map);
  const whose = h("p", { class: "rnn-quiet" });
  view.controls.append(shape, row, play, typed, told, blind, own);
  view.stage.append(steps, whose);
  const jobs = Object.keys(view.picture.jobs).length ? board(view) : null;

  return (picture) => {
    shape.set(picture.shape);
    row.set(String(picture.row + 1));
    play.set(picture.at, picture.columns.length - 1);
    typed.querySelector("label").textContent = picture.label;
    typed.set(picture.typed);
    told.textContent = picture.told;
    blind.set(Boolean(picture.controls.blind));
    own.set(Boolean(picture.controls.own));
    blind.hidden = !picture.can.blind;
    own.hidden = !picture.can.own;
    whose.textContent = picture.whose;
    const bottom = unrolled(drawing, picture);
    const height = batch(map, picture, bottom + 20);
    steps.setAttribute("viewBox", `0 0 ${WIDE} ${height}`);
    if (jobs) jobs(picture);
  };
}

/** What goes in, is held, said, wanted and counted at every step so far. Returns: the lowest y. */
function unrolled(place, { columns, at, image, shape }) {
  const { width, x } = grid_of(columns.length);
  const units = columns[0].state.length, line = 15, box = { top: 96, height: units * line + 6 };
  const low = box.top + box.height, small = width < 60 ? "rnn-tiny" : "rnn-small";
  const g = s("g", {});
  const label = (y, text) => g.append(write(MARGIN - 8, y, text, { "text-anchor": "end", class: "rnn-small" }));
  label(18, "loss");
  label(38, "wanted");
  label(58, "it says");
  label(73, "with p");
  label(box.top + box.height / 2, "state");
  label(low + 30, "goes in");
  columns.forEach((step, k) => {
    const middle = x(k) + width / 2, seen = k <= at, inner = width - 12;
    const text = (y, words, more = {}) => g.append(write(middle, y, words, { "text-anchor": "middle", class: small, ...more }));
    if (k === at) g.append(s("rect", { x: x(k), y: 2, width: width - 2, height: low + (image.length ? 76 : 50), class: "rnn-column" }));
    const dashed = step.real || k === 0 ? {} : { "stroke-dasharray": "4 3" };
    g.append(s("rect", { x: x(k) + 5, y: box.top, width: inner, height: box.height, rx: 4, class: "rnn-box", ...dashed,
      opacity: seen ? 1 : 0.35 }));
    if (k) g.append(s("path", { d: `M${x(k) - 7} ${box.top + box.height / 2}h9m-4 -4l4 4l-4 4`, class: "rnn-arrow",
      opacity: seen ? 1 : 0.35 }));
    if (k || shape === "one-to-many") {
      g.append(s("path", { d: `M${middle} ${low + 16}v-11m-4 4l4 -4l4 4`, class: "rnn-arrow", opacity: seen ? 1 : 0.35 }));
    }
    if (k && !step.real) text(low + 45, "padding", { "font-style": "italic" });
    if (k === 0) text(low + (shape === "one-to-many" ? 72 : 45), "start");
    if (!seen) { if (k) text(low + 30, "…"); return; }
    step.state.forEach((value, unit) => bar(g, middle, box.top + 3 + unit * line, inner - 6, line, value));
    const shown = image.length && (shape === "one-to-many" ? k === 0 : k === 1);
    if (shown) pixels(g, image, middle, low + 18);
    else if (k) text(low + 30, step.in);
    if (k === 0 && shape !== "one-to-many") text(low + 30, "zeros");
    if (k === 0 && !step.counts) return;
    if (step.out !== null) {
      g.append(s("path", { d: `M${middle} ${box.top - 3}v-9m-4 4l4 -4l4 4`, class: "rnn-arrow" }));
      text(58, `${step.out}${step.right === false ? " ✗" : ""}`, step.counts ? { "font-weight": 700 } : {});
      text(73, step.p.toFixed(2), { class: "rnn-tiny" });
    }
    text(38, step.target ?? "–", step.counts ? { "font-weight": 700 } : {});
    text(18, step.counts ? `● ${step.loss < 0.005 ? "<0.01" : step.loss.toFixed(2)}` : "–");
  });
  place.replaceChildren(g);
  return low + 50 + (image.length ? 26 : 0);
}

const grid_of = (count) => {
  const width = Math.min(112, (WIDE - MARGIN) / count);
  return { width, x: (k) => MARGIN + k * width };
};

/** One unit: a bar from the middle, to the right where it is above 0, and the number on it. */
function bar(g, middle, y, width, height, value) {
  const length = (Math.min(1, Math.abs(value)) * width) / 2;
  g.append(s("rect", { x: value < 0 ? middle - length : middle, y: y + 1, width: length, height: height - 2,
    fill: COLOURS[value < 0 ? 1 : 0], "fill-opacity": 0.35 }),
    write(middle, y + height - 4, value.toFixed(2), { "text-anchor": "middle", class: "rnn-tiny" }));
}

function pixels(g, image, middle, top) {
  const halves = image.length / 8, size = 5, left = middle - (halves * 8 * size) / 2;
  image.forEach((line, r) => line.forEach((ink, c) => g.append(s("rect", { width: size, height: size,
    x: left + (Math.floor(r / 8) * 8 + c) * size, y: top + (r % 8) * size, fill: "var(--ink)", "fill-opacity": ink }))));
  g.append(s("rect", { x: left, y: top, width: halves * 8 * size, height: 8 * size, fill: "none", stroke: "var(--line)" }));
}

/** All sequences of the batch: a square for a step, dashed for padding, a dot where the loss counts. */
function batch(place, { map, row, at, loss, columns, encoder }, top) {
  const { width, x } = grid_of(columns.length), g = s("g", {});
  map.forEach((codes, n) => {
    const y = top + n * 24;
    g.append(write(MARGIN - 8, y + 15, `${n === row ? "▸ " : ""}${n + 1}`, { "text-anchor": "end",
      class: "rnn-small", "font-weight": n === row ? 700 : 400 }));
    codes.forEach((code, t) => {
      const real = code.startsWith("real"), now = n === row && t + 1 === at;
      g.append(s("rect", { x: x(t + 1) + 5, y, width: width - 12, height: 20, rx: 3, fill: COLOURS[t < encoder ? 2 : 0],
        "fill-opacity": real ? 0.3 : 0, stroke: "var(--ink)", "stroke-width": now ? 2.4 : 0.8,
        "stroke-dasharray": real ? null : "3 3" }));
      if (code.endsWith("loss")) g.append(write(x(t + 1) + width / 2, y + 15, "●", { "text-anchor": "middle", class: "rnn-small" }));
    });
  });
  const low = top + map.length * 24 + 16;
  if (encoder) {
    g.append(write(x(1) + 5, top - 4, "encoder: reads", { class: "rnn-small" }),
      write(x(encoder + 1) + 5, top - 4, "decoder: writes", { class: "rnn-small" }));
  }
  g.append(write(MARGIN, low, `filled: a real step · dashed: padding · ● counts in the loss: ${loss}`, { class: "rnn-small" }));
  place.replaceChildren(g);
  return low + 8;
}

/** Jobs as cards, and a place for each shape. A card is dragged, or picked up with a key and laid down with another. */
function board(view) {
  let held = null;
  let drawn = null;
  const hint = h("p", { class: "rnn-row rnn-quiet" }), list = h("div", { class: "rnn-cards", "aria-label": "jobs", role: "group" });
  const places = h("div", { class: "rnn-places" }), python = h("code", {});
  const copy = button("Copy", () => navigator.clipboard?.writeText(python.textContent).then(() => {
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 2000);
  }));
  const out = h("p", { class: "rnn-python" }, python, " ", copy);
  const names = view.picture.shapes, laid = () => view.picture.controls.chosen;
  view.stage.append(hint, list, places, out);

  const lay = (job, shape) => {
    const all = { ...laid() };
    if (shape) all[job] = shape; else delete all[job];
    held = null;
    view.picture.controls.chosen = all;
    show(view.picture, all);
    view.ask({ chosen: all });
    (shape ? places : list).querySelector(`[data-job="${job}"]`)?.focus();
  };
  const pick = (job) => {
    held = held === job ? null : job;
    show(view.picture, laid());
    view.stage.querySelector(`[data-job="${job}"]`)?.focus();
  };

  const under = (event) => document.elementsFromPoint(event.clientX, event.clientY)
    .find((at) => at.dataset?.shape !== undefined && view.stage.contains(at));

  function card(job, text) {
    const node = button("", () => { if (!moved) pick(job); }, { class: "rnn-card", "data-job": job,
      "aria-pressed": String(held === job) });
    node.append(h("b", {}, job), ` ${text}`);
    let moved = false, from = null;
    node.addEventListener("pointerdown", (event) => {
      from = [event.clientX, event.clientY];
      moved = false;
      node.setPointerCapture(event.pointerId); // so that a quick hand does not lose the card
    });
    node.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [dx, dy] = [event.clientX - from[0], event.clientY - from[1]];
      if (!moved && Math.hypot(dx, dy) < 6) return;
      moved = true;
      node.classList.add("rnn-dragged");
      node.style.transform = `translate(${dx}px, ${dy}px)`;
      for (const place of places.children) place.classList.toggle("rnn-over", place === under(event));
    });
    const drop = (event) => {
      const dragged = moved && event.type === "pointerup";
      from = null;
      node.style.transform = "";
      node.classList.remove("rnn-dragged");
      setTimeout(() => { moved = false; }); // after the click that ends a drag
      if (!dragged) return;
      const place = under(event);
      for (const each of places.children) each.classList.remove("rnn-over");
      if (place) lay(job, place.dataset.shape);
    };
    node.addEventListener("pointerup", drop);
    node.addEventListener("pointercancel", drop);
    return node;
  }

  function show(picture, chosen) {
    const named = (shape) => picture.names[shape] ?? shape, jobs = Object.entries(picture.jobs);
    hint.replaceChildren(held ? `Job ${held} is picked up. Now choose its shape.`
      : "Drag each job onto its shape; or choose a job, then a shape.",
      ...(held && chosen[held] ? [button(`Take ${held} back`, () => lay(held, ""))] : []));
    list.dataset.shape = "";
    list.replaceChildren(...jobs.filter(([job]) => !chosen[job]).map(([job, text]) => card(job, text)));
    places.replaceChildren(...names.map((name) => {
      const here = jobs.filter(([job]) => chosen[job] === name);
      return h("div", { class: "rnn-place", "data-shape": name, role: "group", "aria-label": named(name) },
        sketch(name), h("b", {}, named(name)),
        ...(held ? [button(`Lay ${held} here`, () => lay(held, name), { "aria-label": `lay ${held} here: ${named(name)}` })] : []),
        ...here.map(([job, text]) => card(job, text)));
    }));
    drawn = JSON.stringify(chosen);
  }
  return (picture) => {
    if (drawn !== JSON.stringify(picture.controls.chosen)) show(picture, picture.controls.chosen); // else a card may be held
    python.textContent = picture.python;
    out.hidden = !picture.python;
  };
}

/** The shape as a small drawing: below what goes in, above what comes out. */
function sketch(name) {
  const { ins, outs, steps } = { "one-to-one": { ins: [0], outs: [0], steps: 1 },
    "one-to-many": { ins: [0], outs: [0, 1, 2], steps: 3 }, "many-to-one": { ins: [0, 1, 2], outs: [2], steps: 3 },
    "aligned many-to-many": { ins: [0, 1, 2], outs: [0, 1, 2], steps: 3 },
    "encoder-decoder": { ins: [0, 1, 2], outs: [3, 4, 5], steps: 6 } }[name];
  const g = s("svg", { viewBox: "0 0 110 50", "aria-hidden": "true", class: "rnn-sketch" });
  for (let t = 0; t < steps; t++) {
    const x = 55 + (t - (steps - 1) / 2) * 18;
    g.append(s("rect", { x: x - 5, y: 20, width: 10, height: 10, fill: COLOURS[0] }));
    if (t) g.append(s("path", { d: `M${x - 12} 25h6`, class: "rnn-arrow" }));
    if (ins.includes(t)) g.append(s("path", { d: `M${x} 37v-5`, class: "rnn-arrow" }), s("circle", { cx: x, cy: 42, r: 5, fill: COLOURS[2] }));
    if (outs.includes(t)) g.append(s("path", { d: `M${x} 19v-5`, class: "rnn-arrow" }), s("path", { d: `M${x - 5} 12h10l-5 -9z`, fill: COLOURS[1] }));
  }
  return g;
}

export default widget(build);
