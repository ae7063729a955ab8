// Three charts above each other: what comes in, the gates, and what is held; a slider and a box for each gate.

function build(view) {
  const { gates, names } = view.picture;
  const held = () => ({ ...view.picture.controls.held, ...moved });
  let moved = {};
  const rows = Object.keys(names).map((gate) => {
    const hold = tick(`hold the ${names[gate]} (${gate})`, { value: false, change: (yes) => {
      const all = held();
      if (yes) all[gate] = place.value(); else delete all[gate];
      moved = {};
      view.picture.controls.held = all;
      view.ask({ held: all });
    } });
    const place = slider(`value of ${gate}`, { min: 0, max: 1, step: 0.01, value: gates[gate][0], change: (value) => {
      moved[gate] = value;
      view.ask({ held: held() });
    } });
    place.value = () => Number(place.querySelector("input").value);
    view.controls.append(row(hold, place));
    return { gate, hold, place };
  });
  const steps = view.picture.value.length - 1;
  const at = slider("step", { min: 0, max: steps, step: 1, value: 0, change: (value) => view.ask({ at: value }) });
  view.controls.append(at, button("Let all go", () => { moved = {}; view.ask({ held: {} }); }));
  const inputs = s("g", {}), middle = s("g", { transform: "translate(0 150)" });
  const states = s("g", { transform: "translate(0 320)" });
  view.stage.append(canvas(680, 480, view.picture.title, inputs, middle, states));

  return (picture) => {
    moved = {};
    const now = picture.controls.at;
    at.set(now);
    for (const { gate, hold, place } of rows) {
      const is = gate in picture.held;
      hold.set(is);
      place.set(is ? picture.held[gate] : picture.gates[gate][now]);
    }
    const common = { marks: picture.marks, at: now };
    inputs.replaceChildren(chart({ ...common, height: 140, range: [-1, 1], yName: "input",
      lines: [{ name: "x", y: picture.value, dots: true }] }));
    middle.replaceChildren(chart({ ...common, height: 160, range: [0, 1], yName: "gates",
      lines: Object.keys(picture.names).map((gate, k) => ({ name: gate, y: picture.gates[gate], colour: COLOURS[k + 1] })) }));
    const kept = [{ name: "h", y: picture.state, colour: COLOURS[0] }];
    if (picture.cell.length) kept.push({ name: "c", y: picture.cell, colour: COLOURS[3] });
    states.replaceChildren(chart({ ...common, height: 160, yName: "what is held", xName: "step (dotted: marked)", lines: kept,
      range: [Math.min(-1, ...picture.cell, ...picture.state), Math.max(1, ...picture.cell, ...picture.state)] }));
  };
}

export default widget(build);
