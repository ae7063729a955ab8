// The step as three rows of blocks, one for each product and one for the sum; beside them the map of all faults.

const MAP = { left: 394, names: 148, column: 31, row: 21, top: 44 };

const hasSheets = (made) => made.axes.length > 2;
const behindOf = (made) => 4 * (made.sheets - 1); // how far the last sheet sticks out
const roomOf = (made) => (made.axes.length > 1 && made.axes.at(-2).length > 3 ? 52 : 34); // for the axis on the left

/** How much room an item of a line takes: the name of a block, or a sign. */
function widthOf(item, picture, cell) {
  if (Array.isArray(item)) return item[0].length > 2 ? 34 : 20;
  const made = picture.blocks[item];
  return made ? roomOf(made) + made.rows[0].length * cell + behindOf(made) + (hasSheets(made) ? 26 : 8) : 86;
}

/** One array: its name, its squares (a cross where a number is wrong), its axes with their sizes. */
function block(left, middle, name, made, cell, choose) {
  const g = s("g", {});
  const rows = made.rows.length, columns = made.rows[0].length, axes = made.axes;
  const label = (k) => (axes[k] === "1" ? "1" : `${axes[k]} = ${made.shape[k]}`);
  const width = columns * cell, height = rows * cell, behind = behindOf(made), x = left + roomOf(made), y = middle - height / 2;
  const broken = made.kind === "broken";
  for (let k = made.sheets - 1; k > 0; k--) {
    g.append(s("rect", { x: x + 4 * k, y: y - 4 * k, width, height, class: "rnn-box" }));
  }
  const before = "0, ".repeat(Math.max(0, axes.length - 2)); // the first sheet is drawn
  const squares = grid({ x, y, size: cell, rows: made.rows, most: 1,
    name: (r, c) => (axes.length ? `${name}[${before}${axes.length > 1 ? `${r}, ` : ""}${c}]` : name) });
  if (choose) squares.addEventListener("click", choose);
  g.append(s("rect", { x, y, width, height, fill: "var(--paper)" }), squares,
    s("rect", { x: x - 2, y: y - 2, width: width + 3, height: height + 3, fill: "none", stroke: broken ? COLOURS[1] : "var(--ink)",
      "stroke-width": broken ? 3 : 1, "stroke-dasharray": broken ? "6 3" : "" }));
  (made.wrong ?? []).forEach((row, r) => row.forEach((wrong, c) => wrong && g.append(s("path", {
    d: `M${x + c * cell + 1} ${y + r * cell + 1}l${cell - 3} ${cell - 3}m0 ${3 - cell}l${3 - cell} ${cell - 3}`,
    stroke: "var(--ink)", "stroke-width": 1.6 }))));
  g.append(write(x + width / 2 + behind / 2, y - behind - 8, name, { "text-anchor": "middle", "font-weight": broken ? 700 : 400 }));
  const last = axes.length - 1, below = { "text-anchor": "middle", class: "rnn-small" };
  if (last < 0) g.append(write(x + width / 2, y + height + 15, "a number", below));
  else g.append(write(x + width / 2, y + height + 15, label(last), below));
  if (last > 0) {
    label(last - 1).split(" = ").forEach((text, k) => g.append(write(x - 6, middle - 3 + 13 * k, text, { "text-anchor": "end", class: "rnn-small" })));
  }
  if (hasSheets(made)) g.append(write(x + width + behind + 4, y - behind + 8, axes.slice(0, -2).map((_, k) => label(k)).join(", "), { class: "rnn-small" }));
  return g;
}

/** A sign between blocks, in a circle if its operation fails. */
function signOf(left, middle, sign, fails) {
  return s("g", {}, write(left + 12, middle + 6, sign, { "text-anchor": "middle", "font-size": 18 }), ...(fails ? [
    s("circle", { cx: left + 12, cy: middle, r: 12, fill: "none", stroke: COLOURS[1], "stroke-width": 3 }),
    write(left + 12, middle + 30, "fails", { "text-anchor": "middle", "font-weight": 700, class: "rnn-small" })] : []));
}

/** In the place of an array that was not reached. */
function missing(left, middle, name) {
  return s("g", {},
    s("rect", { x: left + 34, y: middle - 16, width: 44, height: 32, fill: "none", stroke: "var(--quiet)", "stroke-dasharray": "3 3" }),
    write(left + 56, middle + 5, "none", { "text-anchor": "middle", class: "rnn-small" }),
    write(left + 56, middle - 24, name, { "text-anchor": "middle" }));
}

/**
 * Blocks and signs from left to right. `items` are names of blocks, or [sign, the operation that it stands for].
 * `drawn` says of each item in `place` what it was drawn from: what is as before is not made again.
 */
function line(place, drawn, middle, items, picture, cell, names, choose) {
  let left = 0;
  items.forEach((item, k) => {
    const sign = Array.isArray(item), made = sign ? null : picture.blocks[item], name = names[item] ?? item;
    const fails = sign && item[1] && item[1] === picture.failed;
    const from = JSON.stringify([item, name, left, cell, fails, made, item in choose]);
    if (from !== drawn[k]) {
      const node = sign ? signOf(left, middle, item[0], fails)
        : made ? block(left, middle, name, made, cell, choose[item]) : missing(left, middle, name);
      if (place.children[k]) place.children[k].replaceWith(node); else place.append(node);
      drawn[k] = from;
    }
    left += widthOf(item, picture, cell);
  });
  drawn.length = items.length;
  [...place.children].slice(items.length).forEach((node) => node.remove());
}

/** Faults as rows, arrays as columns, a sign in each place; a click chooses. `show` changes only what is not as before. */
function faultMap({ faults, arrays }, choose) {
  const { left, names, column, row, top } = MAP;
  const title = write(left, 14, "", { "font-weight": 700, class: "rnn-small" }), node = s("g", {}, title);
  arrays.forEach((array, k) => node.append(write(left + names + (k + 0.5) * column, k % 2 ? 27 : 39, array, { "text-anchor": "middle", class: "rnn-small" })));
  const places = faults.flatMap((fault, r) => {
    node.append(write(left, top + r * row + 14, fault, { class: "rnn-small" }));
    return arrays.map((array, k) => {
      const x = left + names + k * column, y = top + r * row, name = s("title", {});
      const square = s("rect", { x: x + 1, y: y + 1, width: column - 2, height: row - 2,
        on: { click: () => text.textContent !== "·" && choose(array, fault) } }, name);
      const text = write(x + column / 2, y + 15, "", { "text-anchor": "middle", "pointer-events": "none" });
      node.append(square, text);
      return { fault, array, r, k, square, text, name, drawn: "" };
    });
  });
  const show = (picture) => {
    const heading = `${picture.judges[1][0]} with each fault alone`;
    if (title.textContent !== heading) title.textContent = heading;
    for (const at of places) {
      const sign = picture.map[at.r][at.k], silent = sign.startsWith("!"), chosen = picture.broken[at.array] === at.fault;
      const words = `${at.array}, ${at.fault}: ${picture.signs[sign]}`;
      if (at.drawn === `${chosen} ${sign} ${words}`) continue;
      at.drawn = `${chosen} ${sign} ${words}`;
      fill(at.square, {}, { stroke: chosen ? "var(--ink)" : "var(--line)", "stroke-width": chosen ? 3 : 0.6,
        fill: silent ? COLOURS[1] : "var(--paper)", "fill-opacity": sign === "!!" ? 0.5 : silent ? 0.22 : 1,
        style: sign === "·" ? "" : "cursor:pointer" }, []);
      at.text.setAttribute("font-weight", silent ? 700 : 400);
      at.text.textContent = sign;
      at.name.textContent = words;
    }
  };
  return { node, show };
}

function build(view) {
  const now = () => view.picture;
  const breaks = (array, fault) => {
    const all = { ...now().controls.broken };
    if (fault) all[array] = fault; else delete all[array];
    view.ask({ array, broken: all });
  };
  const sizes = {};
  for (const axis of ["N", "T", "D", "H"]) {
    sizes[axis] = slider(axis, { min: 1, max: 6, step: 1, value: now().sizes[axis],
      change: (value) => view.ask({ sizes: { ...now().sizes, [axis]: value } }) });
  }
  const same = (value) => view.ask({ sizes: { N: value, T: value, D: value, H: value } });
  const whole = tick("a whole sequence of T steps", { value: false, change: (yes) => view.ask({ whole: yes, array: "x", broken: {} }) });
  const array = choice("array", { options: now().arrays, value: "x", change: (name) => view.ask({ array: name }) });
  const fault = choice("what happens to it", { options: [["", "nothing"], ...now().faults, now().typed], value: "",
    change: (value) => breaks(now().array, value) });
  const shape = entry("its shape", { value: "", width: 12, most: 30,
    change: (text) => view.ask({ shapes: { ...now().controls.shapes, [now().array]: text } }) });
  view.controls.append(row(sizes.N, sizes.D, sizes.H), row(whole, sizes.T, button("All sizes 4", () => same(4))),
    row(array, fault, shape, button("Mend all", () => view.ask({ broken: {} }))));
  const rows = [0, 1, 2].map(() => s("g", {})), map = s("g", {});
  const judges = h("dl", { class: "rnn-judges" }), signs = h("p", { class: "rnn-signs" });
  view.stage.append(canvas(700, 378, now().title, ...rows, map));
  view.stage.after(judges, signs);
  const drawn = rows.map(() => []);
  let mapped = "", faults = null;

  return (picture) => {
    const names = { x_t: `x[:, ${picture.t}]`, h_t: picture.t ? "h" : "h0" };
    for (const axis of Object.keys(sizes)) sizes[axis].set(picture.sizes[axis]);
    sizes.T.enable(picture.whole);
    whole.set(picture.whole);
    renew(array.querySelector("select"), ...picture.arrays.map((name) => h("option", { value: name },
      picture.broken[name] ? `${name} (broken)` : name)));
    array.set(picture.array);
    fault.set(picture.fault);
    shape.style.display = picture.fault === picture.typed ? "" : "none";
    shape.set(picture.shape);
    const choose = {};
    for (const name of picture.arrays) choose[name] = () => view.ask({ array: name });
    if (picture.whole && picture.t === 0) picture.blocks.h_t = picture.blocks.h0;
    const lines = [
      [...(picture.whole ? ["x", ["→", "x_t"], "x_t"] : ["x"]), ["@", "from_input"], "W_xh", ["="], "from_input"],
      [picture.whole ? "h_t" : "h", ["@", "from_state"], "W_hh", ["="], "from_state"],
      ["from_input", ["+", "both"], "from_state", ["+", "total"], "b", ["="], "total", ["tanh"], "h_next",
        ...(picture.whole ? [["…", "h"], "h"] : [])],
    ];
    const highest = Math.max(...Object.values(picture.blocks).map((made) => made.rows.length));
    const fits = (items, k, cell) => items.reduce((sum, item) => sum + widthOf(item, picture, cell), 0) <= (k < 2 ? MAP.left - 4 : 700);
    let cell = Math.min(14, 78 / highest); // the largest squares for which there is room
    while (cell >= 6 && !lines.every((items, k) => fits(items, k, cell))) cell--;
    lines.forEach((items, k) => line(rows[k], drawn[k], 66 + 124 * k, items, picture, cell, names, choose));
    const inMap = JSON.stringify([picture.arrays, picture.faults]);
    if (inMap !== mapped) map.replaceChildren((faults = faultMap(picture, breaks)).node);
    mapped = inMap;
    faults.show(picture);
    renew(judges, ...picture.judges.flatMap(([who, what]) => [h("dt", {}, who), h("dd", {}, what)]));
    renew(signs, h("span", {}, "In the map: "), ...Object.entries(picture.signs).map(([sign, text]) =>
      h("span", {}, h("b", {}, sign), ` ${text}`)), h("span", {}, "In the last block, × marks a wrong number."));
  };
}

export default widget(build);
