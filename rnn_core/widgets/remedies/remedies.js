// Remedies as boxes to tick; a run that asks Python for the next slice after each picture; four charts of two runs.

function build(view) {
  const first = view.picture, settings = first.controls;
  let running = false;
  const halt = () => { running = false; run.textContent = "Run"; };
  const change = (more) => { halt(); view.ask({ until: 0, ...more }); };
  const run = button("Run", () => {
    if (running) { halt(); view.ask({ until: 0 }); return; }
    running = true;
    run.textContent = "Stop";
    const over = view.picture.done; // run again from the start
    view.ask({ until: first.steps, rewind: view.picture.controls.rewind + (over ? 1 : 0) });
  });
  const little = button(`${first.point} steps`, () => {
    halt();
    view.ask({ until: view.picture.now.step + first.point });
  });
  const rewind = button("Rewind", () => change({ rewind: view.picture.controls.rewind + 1 }));
  const start = choice("start", { options: ["orthogonal", "uniform"], value: settings.start,
    change: (value) => change({ start: value }) });
  const rate = choice("learning rate", { options: first.all_rates.map((r) => [String(r), String(r)]),
    value: String(settings.rate), change: (value) => change({ rate: Number(value) }) });
  const optimizer = choice("optimizer", { options: Object.keys(first.rates), value: settings.optimizer,
    change: (value) => change({ optimizer: value, rate: first.rates[value] }) });
  const boxes = Object.fromEntries(Object.entries({ clip: `clip at ${first.limit}`, norm: "layer normalisation",
    cut: `truncate after ${first.cut} steps` }).map(([name, text]) => [name,
    tick(text, { value: settings[name], change: (yes) => change({ [name]: yes }) })]));
  const lag = slider("lag", { min: 2, max: 30, step: 1, value: settings.lag, change: (value) => change({ lag: value }) });
  const seed = slider("seed", { min: 0, max: 19, step: 1, value: settings.seed, change: (value) => change({ seed: value }) });
  const beside = choice("compare with", { options: [["0", "the run before"]], value: "0",
    change: (value) => view.ask({ beside: Number(value) }) });
  beside.querySelector("select").style.maxWidth = "300px";
  view.controls.append(row(start, optimizer, rate), row(boxes.clip, boxes.norm, boxes.cut), row(lag, seed),
    row(run, little, rewind, beside));
  view.onEnd(() => { running = false; });

  const places = [[0, 26], [360, 26], [0, 216], [360, 216]].map(([x, y]) => s("g", { transform: `translate(${x} ${y})` }));
  const heads = ["share right on fresh sequences (chance 0.25)", "loss on fresh sequences (nats)", "largest norm of the gradient",
    "gradient at each step, that at the last: 1"].map((text, k) => write(k % 2 ? 412 : 52, k < 2 ? 20 : 210, text,
    { "font-weight": 600, class: "rnn-small" }));
  view.stage.append(canvas(720, 400, first.title, ...heads, ...places));
  const legend = h("div", { class: "rnn-legend" });
  view.stage.append(legend);
  let listed = "", drawn = -1000;

  return (picture) => {
    const now = picture.controls;
    for (const [name, node] of Object.entries({ start, optimizer, lag, seed, ...boxes })) node.set(now[name]);
    rate.set(String(now.rate));
    const options = [[0, "the run before"], ...picture.earlier];
    if (listed !== options.join()) {
      listed = options.join();
      beside.querySelector("select").replaceChildren(...options.map(([value, text]) => h("option", { value }, text)));
    }
    beside.set(String(now.beside));
    if (running && CALM() && !picture.done && performance.now() - drawn < 1000) { // little movement: once a second
      if (picture.problem) halt(); else view.ask({ until: first.steps });
      return;
    }
    drawn = performance.now();
    drawRuns(picture, places);
    legend.replaceChildren(...named(picture));
    if (!running) return;
    if (picture.done || picture.problem) { halt(); return; }
    view.ask({ until: first.steps });
  };
}

const LOOK = { now: { colour: COLOURS[0], dash: "" }, before: { colour: "color-mix(in srgb, var(--ink) 52%, var(--paper))", dash: DASHES[1] } };

function drawRuns(picture, [right, loss, norm, arrives]) {
  const points = picture.steps / picture.point + 1, at = picture.now.right.length - 1;
  const whole = (line) => [...line, ...Array(Math.max(0, points - line.length)).fill(null)];
  const runs = ["now", "before"].filter((which) => picture[which]);
  const lines = (name, fill) => runs.map((which) => ({ name: which, y: fill(picture[which][name]), ...LOOK[which] })).reverse();
  const common = { width: 360, height: 170, right: 112, stride: picture.point, at };
  right.replaceChildren(chart({ ...common, lines: lines("right", whole), range: [0, 1], xName: "training steps" }));
  loss.replaceChildren(chart({ ...common, lines: lines("loss", whole), range: picture.ranges.loss,
    xName: "training steps" }));
  const limit = { name: "limit", y: Array(points).fill(picture.limit), colour: COLOURS[4], dash: DASHES[2] };
  norm.replaceChildren(chart({ ...common, log: true, range: picture.ranges.norm,
    lines: [...lines("norm", whole), ...(picture.controls.clip ? [limit] : [])],
    xName: "training steps" }));
  arrives.replaceChildren(chart({ ...common, stride: 1, at: 0, log: true, lines: lines("arrives", (line) => line),
    range: picture.ranges.arrives, xName: "step of the sequence (symbol: 0)" }));
}

function named(picture) {
  return ["now", "before"].filter((which) => picture[which]).map((which) => {
    const run = picture[which];
    return h("p", {}, s("svg", { width: 34, height: 10, "aria-hidden": "true" },
      s("path", { d: "M2 5h30", stroke: LOOK[which].colour, "stroke-width": 3, "stroke-dasharray": LOOK[which].dash })),
      ` ${which}: ${run.name}, lag ${run.lag}, seed ${run.seed}; step ${run.step} of ${picture.steps}`);
  });
}

export default widget(build);
