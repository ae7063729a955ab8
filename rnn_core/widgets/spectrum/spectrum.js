// Eigenvalues on the plane (drag the ring: the spectral radius), the numbers beside it, and norms over the lag.

const UNIT = 56, MIDDLE = [140, 132]; // pixels of 1 on the plane, and where 0 is
const SHOWN = ["steps", "layers", "product", "bound", "radius"];

function build(view) {
  const first = view.picture;
  const ask = (change) => view.ask({ spread: false, ...change });
  const kind = choice("weights", { options: Object.entries(first.kinds), value: first.controls.kind,
    change: (value) => ask({ kind: value }) });
  const activation = choice("activation", { options: first.activations, value: first.controls.activation,
    change: (value) => ask({ activation: value }) });
  const number = (label, name, min, max, step) => {
    const node = slider(label, { min, max, step, value: first.controls[name], change: (value) => ask({ [name]: value }) });
    sliders[name] = node;
    return node;
  };
  const sliders = {};
  const lag = slider("look at lag", { min: 1, max: first.length, step: 1, value: first.lag,
    change: (value) => view.ask({ lag: value }) });
  view.controls.append(
    row(kind, activation, button("Draw again", () => ask({ draw: view.picture.controls.draw + 1 })),
      button("20 draws", () => view.ask({ spread: true }))),
    number("spectral radius", "radius", 0.1, 2, 0.01), number("size of the input", "input", 0, 3, 0.05),
    slider_of_length(), lag);

  function slider_of_length() {
    sliders.length = slider("steps and layers", { min: 2, max: 100, step: 1, value: first.controls.length,
      change: (value) => ask({ length: value, lag: value }) });
    return sliders.length;
  }

  const plane = s("g", {}), told = s("g", {}), chartPlace = s("g", { transform: "translate(0 272)" });
  const picture = canvas(700, 562, first.title, plane, told, chartPlace);
  view.stage.append(picture);
  let dragging = false;
  const pull = (event) => {
    const place = picture.getBoundingClientRect(), scale = 700 / place.width;
    const away = Math.hypot((event.clientX - place.left) * scale - MIDDLE[0], (event.clientY - place.top) * scale - MIDDLE[1]);
    ask({ radius: Math.max(0.1, Math.min(2, Math.round((away / UNIT) * 100) / 100)) });
  };
  plane.style.cursor = "grab";
  plane.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // a finger pulls, too
  plane.addEventListener("pointerdown", (event) => { dragging = true; picture.setPointerCapture(event.pointerId); pull(event); });
  picture.addEventListener("pointermove", (event) => { if (dragging) pull(event); });
  for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, () => { dragging = false; });

  return (now) => {
    kind.set(now.controls.kind);
    activation.set(now.controls.activation);
    for (const [name, node] of Object.entries(sliders)) node.set(now.controls[name]);
    lag.querySelector("input").max = now.length;
    lag.set(now.lag);
    renew(plane, ...drawPlane(now));
    renew(told, ...drawNumbers(now));
    renew(chartPlace, chart({ width: 700, height: 286, right: 236, log: true, first: 1, at: now.lag - 1,
      range: now.range, xName: "lag: steps back from the end", yName: "norm of the product",
      lines: SHOWN.map((name, k) => ({ name: now.names[name], y: now.lines[name], colour: COLOURS[k], dash: DASHES[k] })) }));
  };
}

function drawPlane(now) {
  const [x0, y0] = MIDDLE, at = ([re, im]) => [x0 + UNIT * re, y0 - UNIT * im];
  const ring = (radius, more) => s("circle", { cx: x0, cy: y0, r: UNIT * radius, fill: "none", ...more });
  const nodes = [
    s("rect", { x: x0 - 128, y: y0 - 128, width: 256, height: 256, fill: "var(--paper)", stroke: "var(--line)" }),
    s("path", { d: `M${x0 - 128} ${y0}h256M${x0} ${y0 - 128}v256`, class: "rnn-grid" }),
    ring(1, { stroke: "var(--ink)", "stroke-width": 1.4 }),
    ring(now.found.radius, { stroke: COLOURS[4], "stroke-width": 2.5, "stroke-dasharray": DASHES[4] }),
    write(x0, y0 + 126, "thin circle: 1", { "text-anchor": "middle", class: "rnn-small" }),
    write(x0 + 122, y0 - 6, "real", { "text-anchor": "end", class: "rnn-small" }),
    write(x0 + 5, y0 - 116, "imaginary", { class: "rnn-small" }),
  ];
  for (const value of now.eigenvalues) {
    const [cx, cy] = at(value);
    nodes.push(s("circle", { cx, cy, r: 4.5, fill: COLOURS[0], "fill-opacity": 0.85 },
      s("title", {}, `${short(value[0])} ${value[1] < 0 ? "−" : "+"} ${short(Math.abs(value[1]))} i`)));
  }
  for (const value of now.of_step) {
    const [x, y] = at(value);
    nodes.push(s("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, stroke: COLOURS[1], "stroke-width": 2, fill: "none" }));
  }
  return nodes;
}

function drawNumbers(now) {
  const { found } = now, left = 290, nodes = [];
  let y = 22;
  const line = (text, value, mark = null) => {
    if (mark) nodes.push(mark(left + 6, y - 4));
    nodes.push(write(left + (mark ? 20 : 0), y, text), write(left + 400, y, value, { "text-anchor": "end" }));
    y += 22;
  };
  line("eigenvalues of the weights", `${found.outside} of ${found.H} outside the circle`,
    (cx, cy) => s("circle", { cx, cy, r: 4.5, fill: COLOURS[0] }));
  line(`eigenvalues of the step's Jacobian, ${now.lag} from the end`, "",
    (x, cy) => s("path", { d: `M${x - 4} ${cy - 4}l8 8m0 -8l-8 8`, stroke: COLOURS[1], "stroke-width": 2 }));
  line("spectral radius", short(found.radius), (x, cy) => s("path", { d: `M${x - 8} ${cy}h18`, stroke: COLOURS[4],
    "stroke-width": 3, "stroke-dasharray": DASHES[4] }));
  line("largest singular value", short(found.largest));
  line(`largest slope possible · mean slope met`, `${short(found.steepest)} · ${short(found.met)}`);
  y += 8;
  nodes.push(write(left, y, `Mean factor of one step, over ${now.lag}`, { "font-weight": 600 }));
  y += 22;
  line("steps · layers, measured", `${short(found.factors.steps)} · ${short(found.factors.layers)}`);
  line("bound · radius", `${short(found.factors.bound)} · ${short(found.factors.radius)}`);
  if (found.spread) {
    y += 2;
    const told = ([mean, spread]) => `${mean.toFixed(1)} ± ${spread.toFixed(1)}`;
    nodes.push(write(left, y, `20 draws: log10 of the norm over ${now.length}`, { "font-weight": 600 }));
    y += 22;
    line("steps · layers", `${told(found.spread.steps)} · ${told(found.spread.layers)}`);
  }
  return nodes;
}

export default widget(build);
