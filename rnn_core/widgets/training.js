// Two curves, the newest sample, and a button.

function build(view) {
  const stop = button("Stop", () => { stop.disabled = true; view.ask({ stop: true }); });
  view.controls.append(stop);
  const loss = s("g", {}), norm = s("g", { transform: "translate(0 190)" });
  const drawing = canvas(680, 340, view.picture.title, loss, norm);
  const sample = h("pre", { class: "rnn-sample" });
  view.stage.append(drawing, sample);

  return (picture) => {
    stop.disabled = !picture.running || picture.controls.stop;
    const steps = picture.steps;
    const named = (name, y, colour) => [{ name, y, colour, dash: "" }];
    const axis = { xName: "step", first: steps[0] ?? 0, stride: (steps.at(-1) - steps[0]) / Math.max(1, steps.length - 1) || 1 };
    renew(loss, chart({ ...axis, height: 180, yName: `loss (${picture.unit})`,
      lines: named("loss", picture.loss, COLOURS[0]) }));
    drawing.setAttribute("viewBox", `0 0 680 ${picture.norm.length ? 340 : 185}`);
    renew(norm, ...(picture.norm.length ? [chart({ ...axis, height: 145, yName: "gradient",
      lines: named("length", picture.norm, COLOURS[1]) })] : []));
    sample.textContent = picture.sample;
    sample.hidden = !picture.sample;
  };
}

export default widget(build);
