// Two curves, two programs line by line to be marked, and a table of what was measured.

function build(view) {
  const asked = () => view.picture.controls;
  const at = slider("training step", { min: 1, max: view.picture.losses.A.length, step: 1, value: view.picture.at + 1,
    change: (step) => view.ask({ at: step - 1 }) });
  const curves = canvas(680, 200, view.picture.title, s("g", {}));
  const array = choice("gradient of", { options: view.picture.arrays, value: asked().array,
    change: (value) => view.ask({ array: value }) });
  const place = choice("at a place with", { options: view.picture.places, value: asked().place,
    change: (value) => view.ask({ place: value }) });
  const now = { get array() { return array.querySelector("select").value; },
    get place() { return place.querySelector("select").value; } };
  const guesses = ["A", "B"].map((name) => button(`I guess ${name}`,
    () => view.ask({ guesses: { ...asked().guesses, [asked().round]: name } })));
  const measure = button("Measure", () => view.ask({ array: now.array, place: now.place,
    measured: [...asked().measured, [asked().round, now.array, now.place]] }));
  const table = h("div", {}), programs = h("div", { class: "rnn-programs" });
  const judge = button("The marked line is wrong", () => answer(...asked().mark));
  const give = button("Tell me", () => answer("", -1));
  const next = button("Next round", () => view.ask({ round: asked().round + 1, mark: null }));
  const answer = (program, line) => view.ask({ answers: [...asked().answers, [asked().round, program, line]] });
  const round = h("strong", {}), score = h("span", { class: "rnn-quiet" });
  view.controls.append(round, at);
  view.stage.append(curves,
    h("div", { class: "rnn-controls", role: "group", "aria-label": "guess" }, "Which is wrong, by the curves alone?", row(...guesses)),
    h("div", { class: "rnn-controls" }, array, place, measure), table, programs,
    h("div", { class: "rnn-controls rnn-below" }, judge, give, next, score));
  const group = `rnn-lines-${++ids}`;
  let drawn = null, inputs = [];

  function list(name, lines) {
    return h("fieldset", { class: "rnn-program" }, h("legend", {}, `program ${name}`), ...lines.map((line, k) => {
      const id = `${group}-${name}-${k}`, depth = line.length - line.trimStart().length;
      const input = h("input", { ...KEYS, type: "radio", id, name: group, on: {
        change: () => { if (input.checked) view.ask({ mark: [name, k] }); },
      } });
      inputs.push({ input, name, k });
      return h("div", { class: "rnn-codeline" }, input, h("label", { for: id },
        h("span", { class: "rnn-number" }, `${name}${k + 1}`),
        h("code", { style: `padding-left:${depth / 2}ch` }, line.trim())));
    }));
  }

  return (picture) => {
    const { round: number, programs: texts, losses, measured, mark, told } = picture;
    round.textContent = `Round ${number}`;
    at.set(picture.at + 1);
    curves.querySelector("g").replaceChildren(chart({ height: 200, log: true, at: picture.at, first: 1, right: 156,
      xName: "step of training", yName: "loss (log)",
      lines: ["A", "B"].map((name) => ({ name: `program ${name}`, y: losses[name] })) }));
    if (drawn !== number) {
      inputs = [];
      programs.replaceChildren(...["A", "B"].map((name) => list(name, texts[name])));
      drawn = number;
    }
    for (const { input, name, k } of inputs) {
      input.checked = Boolean(mark) && mark[0] === name && mark[1] === k;
      const found = Boolean(told) && told[0] === name && told[1] === k;
      input.closest("div").classList.toggle("rnn-found", found);
    }
    guesses.forEach((node, k) => {
      node.disabled = !picture.can_guess;
      node.setAttribute("aria-pressed", String(picture.guess === "AB"[k]));
    });
    table.replaceChildren(...(measured.length ? [results(measured)] : []));
    judge.disabled = !mark || Boolean(told);
    give.disabled = Boolean(told);
    score.textContent = picture.score;
  };

  function results(measured) {
    const say = ({ error, agrees }) => `${short(error)} ${agrees ? "✓ agrees" : "✗ far off"}`;
    return h("table", { class: "rnn-table" }, h("caption", {}, "Relative error against central differences"),
      h("thead", {}, h("tr", {}, ...["gradient of", "place", "program A", "program B"].map((name) =>
        h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...measured.map((row) => h("tr", {}, h("th", { scope: "row" }, row.array), h("td", {}, row.place),
        h("td", {}, say(row.A)), h("td", {}, say(row.B))))));
  }
}

export default widget(build);
