// Three charts above each other: what comes in, the gates, and what is held; a slider and a box for each gate.

function build(view) {
  const { gates, names, always } = view.picture; // `always`: a leak is a number, it cannot be let go
  const held = () => ({ ...view.picture.controls.held, ...moved });
  let moved = {};
  const rows = Object.keys(names).map((gate) => {
    const hold = always ? null : tick(`hold the ${names[gate]} (${gate})`, { value: false, change: (yes) => {
      const all = held();
      if (yes) all[gate] = place.value(); else delete all[gate];
      moved = {};
      view.picture.controls.held = all;
      view.ask({ held: all });
    } });
    const place = slider(always ? gate : `value of ${gate}`, { min: always ? 0.01 : 0, max: 1, step: 0.01, value: gates[gate][0] ?? 0,
      change: (value) => {
        moved[gate] = value;
        view.ask({ held: held() });
      } });
    place.value = () => Number(place.querySelector("input").value);
    view.controls.append(row(hold ?? "", place));
    return { gate, hold, place };
  });
  const kind = choice("sequence", { options: Object.entries(view.picture.sequences), value: view.picture.sequence,
    change: (value) => view.ask({ sequence: value, at: null }) });
  const text = entry("text", { value: view.picture.text, width: 48, most: view.picture.most, change: (value) => view.ask({ text: value }) });
  const at = slider("step", { min: 0, max: 1, step: 1, value: 0, change: (value) => view.ask({ at: value }) });
  const go = always ? null : button("Let all go", () => { moved = {}; view.ask({ held: {} }); });
  view.controls.append(row(at, go ?? ""), row(kind, text));
  const inputs = s("g", {}), middle = s("g", { transform: "translate(0 150)" });
  const states = s("g", { transform: "translate(0 320)" });
  const means = h("p", { class: "rnn-quiet" });
  view.stage.append(canvas(680, 480, view.picture.title, inputs, middle, states), means);

  return (picture) => {
    moved = {};
    const steps = picture.value.length, now = steps ? picture.at : null;
    kind.set(picture.sequence);
    text.hidden = picture.sequence !== "text";
    text.set(picture.text);
    at.querySelector("input").max = Math.max(0, steps - 1);
    at.set(picture.at);
    for (const { gate, hold, place } of rows) {
      const is = gate in picture.held;
      hold?.set(is);
      place.set(is ? picture.held[gate] : picture.gates[gate][now] ?? 0);
    }
    means.textContent = picture.means;
    const common = { marks: picture.marks, at: now };
    renew(inputs, chart({ ...common, height: 140, range: [-1, 1], yName: "input", signs: picture.signs,
      lines: [{ name: "x", y: picture.value, dots: true }] }));
    renew(middle, chart({ ...common, height: 160, range: [0, 1], yName: "gates",
      lines: Object.keys(picture.names).map((gate, k) => ({ name: gate, y: picture.gates[gate], colour: COLOURS[k + 1] })) }));
    const kept = [{ name: "h", y: picture.state, colour: COLOURS[0] }];
    if (picture.cell.length) kept.push({ name: "c", y: picture.cell, colour: COLOURS[3] });
    if (picture.free.length) kept.push({ name: "h let go", y: picture.free, colour: COLOURS[5], dash: "2 4" });
    renew(states, chart({ ...common, height: 160, yName: "what is held", xName: "step (dotted: marked)", lines: kept,
      range: [Math.min(-1, ...picture.cell, ...picture.state), Math.max(1, ...picture.cell, ...picture.state)] }));
  };
}

export default widget(build);
