// A question with choices or a slider, a button that seals the answer, and afterwards both numbers on one line.

function build(view) {
  const { question, choices, range, unit, answer } = view.picture;
  const name = `rnn-${++ids}`;
  const seal = button("Seal my prediction", () => view.ask({ sealed: true }), { disabled: true });
  const skip = button("Show it without a prediction", () => view.ask({ skip: true }));
  const choose = (value) => { seal.disabled = false; view.ask({ value }); };
  let fields;
  if (range) {
    const [min, max] = range, whole = max - min >= 20 && Number.isInteger(min) && Number.isInteger(max);
    fields = slider("prediction", { min, max, step: whole ? 1 : (max - min) / 100, value: answer ?? (min + max) / 2,
      format: (value) => `${short(value)} ${unit}`, change: choose });
  } else {
    fields = h("div", { class: "rnn-options" }, ...choices.map((text, k) => {
      const input = h("input", { ...KEYS, type: "radio", name, id: `${name}-${k}`, value: text,
        on: { change: () => choose(text) } });
      return h("div", { class: "rnn-control rnn-tick" }, input, h("label", { for: `${name}-${k}` }, text));
    }));
  }
  const group = h("fieldset", { class: "rnn-question" }, h("legend", {}, question), fields);
  view.controls.append(group, row(seal, skip));
  const line = s("g", {});
  const drawing = canvas(680, 74, "Prediction and outcome on one line", line);
  view.stage.append(drawing);

  return (picture) => {
    const done = picture.answer !== null && picture.answer !== undefined;
    for (const input of group.querySelectorAll("input")) {
      input.disabled = done;
      if (input.type === "radio") input.checked = input.value === (done ? picture.answer : picture.controls.value);
    }
    if (range && done) fields.set(picture.answer);
    seal.hidden = done;
    skip.hidden = done || !picture.waits;
    drawing.style.display = range && done && picture.measured !== null ? "" : "none";
    if (range && done && picture.measured !== null) {
      const ends = [Math.min(range[0], picture.measured), Math.max(range[1], picture.measured)];
      const x = (value) => 40 + (600 * (value - ends[0])) / (ends[1] - ends[0]);
      const near = Math.abs(x(picture.answer) - x(picture.measured)) < 110;
      const mark = (value, text, above, shape) => [shape, write(x(value), above ? 14 : 66, text,
        { "text-anchor": x(value) < 120 ? "start" : x(value) > 560 ? "end" : "middle", class: "rnn-small" })];
      line.replaceChildren(s("line", { x1: 40, x2: 640, y1: 36, y2: 36, class: "rnn-now" }),
        write(40, near ? 66 : 54, short(ends[0]), { "text-anchor": "middle", class: "rnn-small" }),
        write(640, near ? 66 : 54, short(ends[1]), { "text-anchor": "middle", class: "rnn-small" }),
        ...mark(picture.answer, `predicted ${short(picture.answer)} ${unit}`, true,
          s("path", { d: `M${x(picture.answer)} 26l9 10l-9 10l-9 -10z`, class: "rnn-diamond" })),
        ...mark(picture.measured, `measured ${short(picture.measured)} ${unit}`, !near,
          s("circle", { cx: x(picture.measured), cy: 36, r: 6, fill: COLOURS[1] })));
    }
  };
}

export default widget(build);
