// The map as a list of notebooks with their exercises, all of them links, and the recall questions that are due.

/** A link that JupyterLab and Notebook open as they open a link in a text; elsewhere a plain link. */
function lessonLink(view, place, text) {
  const [path, id] = place.split("#"), up = view.picture.up;
  const link = h("a", { href: up + place }, text), mime = view.model.widget_manager?.rendermime;
  if (mime?.linkHandler && mime.resolver) {
    mime.resolver.resolveUrl(up + path)
      .then((found) => mime.linkHandler.handleLink(link, decodeURIComponent(found), id ? `#${id}` : ""));
  }
  return link;
}

function build(view) {
  const open = new Set(), here = view.picture.lessons.findIndex((lesson) => lesson.id === view.picture.here);
  let all = here < 0; // at a lesson's end that lesson and the next are enough
  if (!all) for (const notebook of view.picture.lessons[here].notebooks) open.add(notebook.path);
  const next = h("p", { class: "rnn-next" }), recall = h("div", { class: "rnn-recall" });
  const list = h("ol", { class: "rnn-lessons" });
  const whole = button("All lessons", () => {
    all = !all;
    drawList(view.picture);
  });
  view.controls.append(next, button("Look again", () => view.ask({}), { title: "Read your progress anew" }),
    all ? "" : whole);
  view.stage.append(recall, list);
  let shown = view.picture.verdict.count ?? 0;

  function notebookRow(lesson, notebook, picture) {
    const { marks } = picture, { done, state } = notebook, count = `${done} of ${notebook.exercises.length}`;
    const exercises = h("ul", {}, ...notebook.exercises.map((row) => h("li", {},
      h("span", {}, `${marks[row.state]} ${row.state}`), h("span", {}, lessonLink(view, row.at, row.title),
        h("span", { class: "rnn-quiet" }, `, ${row.worth}, about ${row.minutes} minutes`)))));
    exercises.id = `rnn-${++ids}`;
    const toggle = button("", () => {
      if (!open.delete(notebook.path)) open.add(notebook.path);
      unfold();
    }, { "aria-controls": exercises.id, class: "rnn-toggle" });
    const unfold = () => {
      const yes = open.has(notebook.path);
      exercises.hidden = !yes;
      toggle.setAttribute("aria-expanded", yes);
      toggle.setAttribute("aria-label", `${count} exercises of ${notebook.title}`);
      toggle.replaceChildren(
        ...notebook.exercises.map((row) => h("span", { class: `rnn-mark-${row.state}`, "aria-hidden": "true" })),
        h("span", { class: "rnn-count" }, ` ${count} ${yes ? "▾" : "▸"}`));
    };
    unfold();
    return h("li", { class: lesson.id === picture.here ? "rnn-here" : "" },
      h("span", { class: "rnn-number" }, h("span", { class: "rnn-hidden" }, "Lesson "), lesson.number),
      h("div", { class: "rnn-title" }, lessonLink(view, notebook.path, notebook.title),
        h("span", { class: "rnn-quiet" }, `${marks[state]} ${state}${notebook.time && `, about ${notebook.time}`}`)),
      toggle, exercises);
  }

  function ask(question, picture) {
    const choices = h("div", { class: "rnn-choices", role: "group", "aria-label": "Choices" },
      ...question.choices.map(([letter, text]) => button(`${letter}) ${text}`,
        () => view.ask({ recall: question.id, letter, count: (picture.controls.count ?? 0) + 1 }))));
    recall.replaceChildren(h("p", {}, h("b", {}, `Recall, ${picture.due.length} due. `), question.text), choices);
  }

  function drawRecall(picture) {
    const { verdict, due } = picture;
    if (verdict.id && shown !== verdict.count) { // just answered: what came of it, then the next
      shown = verdict.count;
      const more = due.length ? button("Next question", () => {
        ask(view.picture.due[0], view.picture);
        recall.querySelector("button").focus();
      }) : null;
      recall.replaceChildren(h("p", {}, h("b", {}, "Recall. "), verdict.text),
        h("p", { class: "rnn-quiet" }, verdict.choices.map(([letter, text]) => `${letter}) ${text}`).join(" · ")),
        h("p", { role: "status", tabindex: "-1" }, h("b", {}, `${verdict.sign} `), verdict.words), more ?? "");
      (more ?? recall.querySelector("[tabindex]")).focus();
    } else if (!verdict.id) {
      if (due.length) ask(due[0], picture);
      else recall.replaceChildren();
    }
  }

  function drawList(picture) {
    whole.setAttribute("aria-expanded", all);
    const lessons = all ? picture.lessons : picture.lessons.slice(here, here + 2);
    list.replaceChildren(...lessons.flatMap((lesson) =>
      lesson.notebooks.map((notebook) => notebookRow(lesson, notebook, picture))));
  }

  return (picture) => {
    const row = picture.next;
    next.replaceChildren(h("b", {}, row ? "Next: " : "Nothing is left to do."));
    if (row) next.append(lessonLink(view, row.at, row.title), `, about ${row.minutes} minutes`);
    drawList(picture);
    drawRecall(picture);
  };
}

export default widget(build);
