// Four rows over one axis of states: the net with its losses, what arrives, each step's share, and the influence.

const WIDTH = 700, LEFT = 52, RIGHT = 128; // as in `chart`, so that all rows stand above each other

/** A dashed arrow from one point to another, straight along one axis. */
function arrow(g, [x1, y1], [x2, y2]) {
  const [dx, dy] = [Math.sign(x2 - x1), Math.sign(y2 - y1)];
  g.append(s("path", { d: `M${x1} ${y1}L${x2 - 6 * dx} ${y2 - 6 * dy}`, stroke: COLOURS[1], "stroke-width": 2, "stroke-dasharray": "4 2" }),
    s("path", { d: `M${x2} ${y2}l${-8 * dx - 4 * dy} ${-8 * dy - 4 * dx}l${8 * dy} ${8 * dx}z`, fill: COLOURS[1] }));
}

/** The unrolled net: losses above states; where a gradient goes, an arrow with its length. A click on a loss ticks it. */
function net(g, picture, column, toggle) {
  const small = { class: "rnn-small" };
  for (let t = 0; t <= picture.T; t++) {
    const x = column(t), counts = picture.losses.includes(t);
    if (t) {
      g.append(s("rect", { x: x - 17, y: 6, width: 34, height: 24, rx: 3, fill: counts ? COLOURS[1] : "transparent",
        "fill-opacity": 0.25, stroke: counts ? COLOURS[1] : "var(--quiet)", "stroke-width": counts ? 2.5 : 1,
        "stroke-dasharray": counts ? "" : "3 3", style: "cursor:pointer", "data-step": t, on: { click: () => toggle(t) } }),
      write(x, 23, `L${t}`, { "text-anchor": "middle", "pointer-events": "none", "font-weight": counts ? 700 : 400 }));
      if (counts) {
        arrow(g, [x, 31], [x, 68]);
        g.append(write(x - 5, 52, short(picture.outside[t]), { "text-anchor": "end", ...small }));
      }
      if (picture.future[t - 1]) {
        arrow(g, [x - 16, 84], [column(t - 1) + 16, 84]);
        g.append(write((x + column(t - 1)) / 2, 113, short(picture.future[t - 1]), { "text-anchor": "middle", ...small }));
      }
    }
    g.append(s("circle", { cx: x, cy: 84, r: 15, class: "rnn-box" }), write(x, 89, `h${t}`, { "text-anchor": "middle" }));
  }
  g.append(write(WIDTH - RIGHT + 26, 52, "from its own loss", small), write(WIDTH - RIGHT + 26, 88, "from the future", small));
}

/** A row of bars from a line at 0; the number stands above each. */
function bars(g, { name, from, values, base, height, column, most = Math.max(1e-300, ...values), frame = false }) {
  if (name) g.append(write(LEFT - 20, base - height - 22, name, { class: "rnn-small", "font-weight": 600 }));
  g.append(s("line", { x1: LEFT - 20, x2: WIDTH - RIGHT + 20, y1: base, y2: base, class: "rnn-now" }));
  values.forEach((value, k) => {
    const x = column(k + from), size = (height * value) / most;
    g.append(s("rect", { x: x - 12, y: base - size, width: 24, height: size, fill: frame ? "none" : COLOURS[0], stroke: frame ? "var(--ink)" : "none" }),
      write(x, base - size - 4, short(value), { "text-anchor": "middle", class: "rnn-small" }));
  });
}

/** What each step adds to a shared weight: a frame for its length, filled for its part along the sum, which may be below 0. */
function shares(g, picture, base, height, column) {
  const most = Math.max(1e-300, ...picture.sizes), small = { class: "rnn-small" };
  picture.along.forEach((value, k) => {
    const x = column(k + 1), size = (height * Math.abs(value)) / most, down = value < 0 ? size : 0;
    g.append(s("rect", { x: x - 10, y: value > 0 ? base - size : base, width: 20, height: size, fill: COLOURS[value < 0 ? 1 : 0] }),
      write(x, base + down + 14, short(value), { "text-anchor": "middle", "font-weight": 600, ...small }));
  });
  bars(g, { name: `what each step adds to d${picture.share}`, from: 1, values: picture.sizes, base, height, column, most, frame: true });
  ["frame: its length", "filled: its part", "along the sum;", "these parts add", `up to ${short(picture.sum)}`].forEach((text, k) =>
    g.append(write(WIDTH - RIGHT + 26, base - 66 + 16 * k, text, small)));
}

/** Forwards from the source and backwards from the last loss; a dotted line where the two must meet. */
function influence(g, picture) {
  const name = picture.source ? `x${picture.source}` : "h0";
  const lines = [
    { name: "forwards", y: picture.forwards, dots: true, colour: COLOURS[0], dash: "" },
    { name: "backwards", y: picture.backwards, dots: true, colour: COLOURS[1], dash: "7 4" },
  ];
  if (picture.met) {
    const between = picture.forwards.map((_, t) => (t >= picture.source && t <= picture.last ? picture.met : null));
    lines.push({ name: picture.last < picture.T ? `meet at ${short(picture.met)}` : "meet at", y: between, colour: COLOURS[2], dash: "1 4" });
  }
  const known = lines.flatMap((one) => one.y).filter((v) => v).map(Math.log10);
  renew(g,
    write(LEFT - 20, 0, `influence, log axis: forwards of ${name} on each state, backwards of each state on h${picture.last}`,
      { class: "rnn-small", "font-weight": 600 }),
    chart({ width: WIDTH, height: 165, log: true, lines, xName: "state",
      range: [10 ** Math.floor(Math.min(-1, ...known)), 10 ** Math.ceil(Math.max(0, ...known) - 1e-9)] }));
}

function build(view) {
  const now = () => view.picture;
  const toggle = (step) => {
    const losses = now().losses.includes(step) ? now().losses.filter((one) => one !== step) : [...now().losses, step];
    view.ask({ losses });
  };
  const slide = (label, key, options) => slider(label, { ...options, value: now()[key], change: (value) => view.ask({ [key]: value }) });
  const T = slide("T", "T", { min: 1, max: now().most, step: 1 });
  const weights = slide("size of W_hh", "weights", { min: 0, max: 3, step: 0.05 });
  const inputs = slide("size of x", "inputs", { min: 0, max: 3, step: 0.05 });
  const boxes = Array.from({ length: now().most }, (_, k) => tick(`L${k + 1}`, { value: false, change: () => toggle(k + 1) }));
  const all = () => Array.from({ length: now().T }, (_, k) => k + 1);
  const share = choice("shares of the gradient of", { options: now().shared, value: "W_hh", change: (name) => view.ask({ share: name }) });
  const source = choice("influence of", { options: ["h0"], value: "0", change: (step) => view.ask({ source: Number(step) }) });
  view.controls.append(row(T, weights, inputs),
    h("div", { class: "rnn-row", role: "group", "aria-label": "losses that count" }, h("span", {}, "losses that count:"), ...boxes,
      button("All", () => view.ask({ losses: all() })), button("Only the last", () => view.ask({ losses: [now().T] }))),
    row(share, source));
  const drawing = s("g", {}), lines = s("g", { transform: "translate(0 362)" });
  view.stage.append(canvas(WIDTH + 12, 530, now().title, drawing, lines));

  return (picture) => {
    const column = (t) => LEFT + ((WIDTH - LEFT - RIGHT) * t) / picture.T;
    T.set(picture.T);
    weights.set(picture.weights);
    inputs.set(picture.inputs);
    share.set(picture.share);
    boxes.forEach((box, k) => {
      box.set(picture.losses.includes(k + 1));
      box.style.display = k < picture.T ? "" : "none";
    });
    const names = Array.from({ length: picture.T + 1 }, (_, k) => h("option", { value: k }, k ? `x${k}` : "h0"));
    renew(source.querySelector("select"), ...names);
    source.set(String(picture.source));
    const fresh = s("g", {});
    net(fresh, picture, column, toggle);
    bars(fresh, { name: "length of the gradient that arrives at each state", from: 0, values: picture.arrives, base: 208, height: 52, column });
    shares(fresh, picture, 308, 52, column);
    renew(drawing, fresh);
    influence(lines, picture);
  };
}

export default widget(build);
