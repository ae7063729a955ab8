// The pictures in a row with what each net reads there; below, the one that was read last on paper, and all beliefs in it.

const PIXEL = 20, NAMES_END = 156;

/** Pixels of 0 (paper) to 100 (ink) as one path for each of eleven greys: far fewer elements than pixels. */
function greys(pixels, size, { x = 0, y = 0, pixel = 6 }) {
  const paths = Array.from({ length: 11 }, () => "");
  pixels.forEach((v, k) => {
    paths[Math.round(v / 10)] += `M${x + (k % size) * pixel} ${y + Math.floor(k / size) * pixel}h${pixel}v${pixel}h-${pixel}z`;
  });
  return paths.map((d, grey) => s("path", { d, fill: `hsl(0 0% ${100 - 9 * grey}%)`, "shape-rendering": "crispEdges" }));
}

/** Fills that differ without colour too: full, striped, dotted; outlines for what is best. */
function textures(prefix) {
  const stripe = (turn) => ({ width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${turn})` });
  return s("defs", {}, ...[45, 90].map((turn, k) => s("pattern", { id: `${prefix}-${k + 1}`, ...stripe(turn) },
    s("rect", { width: 6, height: 6, fill: COLOURS[k + 1] }), s("rect", { width: 1.8, height: 6, fill: "var(--paper)" }))));
}

/** Paper to draw on, by pointer and keyboard. Tells `change(pixel, value)`; `set(pixels, clean, name)` shows a picture. */
function paperOf(size, change) {
  let at = Math.floor((size * size + size) / 2), clean = [], pen = null, name = "";
  const ground = s("g", {}), side = size * PIXEL;
  const cursor = s("rect", { width: PIXEL, height: PIXEL, fill: "none", stroke: "#d55e00", "stroke-width": 3 });
  const where = h("output", { class: "rnn-legend", "aria-live": "polite" });
  const square = h("div", { ...KEYS, class: "rnn-paper", tabindex: 0, role: "application", style: `width:${side + 6}px` },
    s("svg", { viewBox: `-3 -3 ${side + 6} ${side + 6}`, "aria-hidden": "true", class: "rnn-canvas" },
      s("rect", { x: -1, y: -1, width: side + 2, height: side + 2, fill: "#fff", stroke: "var(--quiet)", "stroke-width": 2 }),
      ground, cursor));
  const tell = () => {
    cursor.setAttribute("x", (at % size) * PIXEL);
    cursor.setAttribute("y", Math.floor(at / size) * PIXEL);
    where.textContent = `Pen at row ${Math.floor(at / size) + 1}, column ${(at % size) + 1}: `
      + (clean[at] >= 95 ? "ink" : clean[at] < 5 ? "paper" : `${clean[at]} % ink`);
  };
  const paint = (value) => {
    if (clean[at] === 100 * value) return;
    clean[at] = 100 * value;
    ground.append(...greys([100 * value], 1, { x: (at % size) * PIXEL, y: Math.floor(at / size) * PIXEL, pixel: PIXEL }));
    change(at, value);
  };
  const other = () => (clean[at] > 50 ? 0 : 1);
  const under = (event) => {
    const box = ground.ownerSVGElement.getBoundingClientRect(), scale = (side + 6) / box.width;
    const cell = (from, to) => Math.floor(((to - from) * scale - 3) / PIXEL);
    const column = cell(box.left, event.clientX), line = cell(box.top, event.clientY);
    return column >= 0 && line >= 0 && column < size && line < size ? line * size + column : null;
  };
  const follow = (event) => {
    const pixel = under(event);
    if (pixel === null) return;
    const from = pen === null ? pixel : at, [down, across] = [Math.floor(pixel / size) - Math.floor(from / size), (pixel % size) - (from % size)];
    const way = Math.max(Math.abs(down), Math.abs(across), 1);
    for (let k = 1; k <= way; k++) { // no gap in a stroke, however fast the pointer is
      at = from + Math.round((down * k) / way) * size + Math.round((across * k) / way);
      pen ??= other();
      paint(pen);
    }
    tell();
  };
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  fill(square, {
    pointerdown: (event) => { pen = null; square.setPointerCapture(event.pointerId); follow(event); },
    pointermove: (event) => { if (event.buttons & 1) follow(event); },
    keydown: (event) => {
      if (event.key in moves) {
        const [down, across] = moves[event.key], inside = (v) => Math.max(0, Math.min(size - 1, v));
        at = inside(Math.floor(at / size) + down) * size + inside((at % size) + across);
        if (event.shiftKey) paint(1);
      } else if (event.key === " " || event.key === "Enter") paint(other());
      else return;
      event.preventDefault();
      tell();
    },
  }, {}, []);
  return { square, where, drawing: () => pen !== null, set: (pixels, pure, now) => {
    if (now !== name) square.setAttribute("aria-label", `${now} on paper: arrows move the pen, Space puts ink or takes it away`);
    [clean, name] = [[...pure], now];
    ground.replaceChildren(...greys(pixels, size, { pixel: PIXEL }));
    tell();
  } };
}

function build(view) {
  const { letters, size, beliefs } = view.picture, prefix = `rnn-${++ids}`;
  const nets = Object.keys(beliefs);
  let { ink, strokes } = structuredClone(view.picture.controls);
  const style = (k) => (k < nets.length ? { stroke: COLOURS[k], fill: k ? `url(#${prefix}-${k})` : COLOURS[0] }
    : { stroke: "var(--ink)", fill: "none", "stroke-dasharray": k > nets.length ? "3 2" : "" });
  const order = () => [...view.picture.order], glyph = () => view.picture.order[view.picture.now];
  const word = entry("word", { value: view.picture.controls.word, width: 9, most: 8, change: (text) => {
    ink = {};
    view.ask({ word: text, order: [], ink, blank: [], at: text.length, strokes: ++strokes });
  } });
  const share = slider("share of Y in the last picture", { min: 0, max: 1, step: 0.01, value: 0.4,
    change: (value) => view.ask({ share: value }) });
  const noise = slider("noise", { min: 0, max: 1, step: 0.01, value: 0.2, change: (value) => view.ask({ noise: value }) });
  const best = tick("best possible belief", { value: false, change: (yes) => view.ask({ best: yes }) });
  const reading = player("pictures read", { steps: view.picture.shown.length, value: view.picture.at, pause: 900,
    change: (at) => view.ask({ at }) });
  const move = (from, to) => {
    const now = order();
    if (from === to || to < 0 || to >= now.length) return;
    now.splice(to, 0, ...now.splice(from, 1));
    view.ask({ order: now, at: to + 1 });
  };
  const left = button("Move left", () => move(view.picture.now, view.picture.now - 1));
  const right = button("Move right", () => move(view.picture.now, view.picture.now + 1));
  const wipe = button("Blank paper", () => {
    delete ink[glyph()];
    view.ask({ blank: [...view.picture.controls.blank, glyph()], ink: structuredClone(ink), strokes: ++strokes });
  });
  const undo = button("Undo my drawing", () => {
    delete ink[glyph()];
    const blank = view.picture.controls.blank.filter((k) => k !== glyph());
    view.ask({ blank, ink: structuredClone(ink), strokes: ++strokes });
  });
  const paper = paperOf(size, (pixel, value) => {
    ink[glyph()] = { ...ink[glyph()], [pixel]: value };
    view.ask({ ink: structuredClone(ink), strokes: ++strokes });
  });
  const anew = button("Write anew", () => view.ask({ seed: view.picture.controls.seed + 1 }));
  view.controls.append(row(word, anew), share, noise, best, reading);
  view.onEnd(() => reading.stop());

  const whose = h("p", { class: "rnn-quiet" });
  const strip = canvas(680, 170, "the pictures and what is read"), bars = canvas(410, 300, "belief in every letter");
  const heading = h("p", { class: "rnn-heading" });
  view.stage.append(strip, heading, h("div", { class: "rnn-beside" },
    h("div", {}, paper.square, paper.where, row(wipe, undo), row(left, right)), bars), whose);
  let grabbed = null;
  const place = (event) => {
    const box = strip.getBoundingClientRect(), T = view.picture.shown.length;
    return Math.floor(((event.clientX - box.left) * (680 / box.width) - NAMES_END) / ((680 - NAMES_END) / T));
  };
  fill(strip, {
    pointerdown: (event) => { grabbed = place(event); },
    pointercancel: () => { grabbed = null; },
    pointerup: (event) => {
      const to = Math.min(view.picture.shown.length - 1, place(event));
      if (grabbed !== null && grabbed >= 0 && to >= 0) grabbed === to ? view.ask({ at: to + 1 }) : move(grabbed, to);
      grabbed = null;
    },
  }, {}, []);

  strip.addEventListener("touchstart", (event) => { // a finger on a picture drags it; beside them it scrolls
    if (event.target.closest(".rnn-grab")) event.preventDefault();
  }, { passive: false });

  /** The row of pictures; below each what the nets read there, once it is read. */
  function overview(picture) {
    const T = picture.shown.length, width = (680 - NAMES_END) / T, thumb = Math.min(96, width - 8);
    const named = [...nets, ...Object.keys(picture.best).map((name) => `best, ${name}`)];
    const rows = [...nets.map((name) => picture.reads[name]), ...Object.values(picture.best).map((belief) => belief.map((b) => {
      const most = b.indexOf(Math.max(...b));
      return [letters[most], b[most]];
    }))];
    const parts = named.flatMap((name, k) => [s("rect", { x: 0.5, y: thumb + 22 + 22 * k, width: 11, height: 11, ...style(k) }),
      write(17, thumb + 32 + 22 * k, name, { class: "rnn-small" })]);
    for (let t = 0; t < T; t++) {
      const x = NAMES_END + t * width, middle = x + thumb / 2, read = t < picture.at;
      parts.push(s("g", { opacity: read ? 1 : 0.3, class: "rnn-grab" },
        ...greys(picture.pictures[t], size, { x, y: 4, pixel: thumb / size }),
        s("rect", { x, y: 4, width: thumb, height: thumb, fill: "none", stroke: t === picture.now ? "#d55e00" : "var(--quiet)",
          "stroke-width": t === picture.now ? 4 : 1 }), s("title", {}, "Drag to another place, or click to read up to here")));
      rows.forEach((reads, k) => parts.push(write(middle, thumb + 32 + 22 * k, read ? `${reads[t][0]} ${reads[t][1].toFixed(2)}` : "?",
        { "text-anchor": "middle", "font-weight": k < nets.length ? 700 : 400 })));
    }
    return [named, thumb + 32 + 22 * named.length, parts];
  }

  /** A bar for every letter and net, with its number. */
  function belief(picture, named) {
    const all = [...Object.values(picture.beliefs), ...Object.values(picture.best)], high = 14, parts = [];
    [...letters].forEach((letter, v) => {
      const top = v * (all.length * high + 8) + 2;
      parts.push(write(0, top + all.length * high / 2 + 6, letter, { "font-weight": 700 }));
      all.forEach((rows, k) => {
        const p = picture.at ? rows[picture.now][v] : null, y = top + k * high, long = 300 * Math.max(0, Math.min(1, p ?? 0));
        parts.push(s("rect", { x: 22, y: y + 1, width: Math.max(long, 1), height: high - 2, ...style(k) },
          s("title", {}, `${named[k]}, ${letter}`)),
        write(28 + long, y + 11, p === null ? "" : Math.abs(p) < 1000 ? p.toFixed(2) : short(p), { class: "rnn-small" }));
      });
    });
    return [letters.length * (all.length * high + 8), parts];
  }

  return (picture) => {
    const { controls, shown, now, at } = picture;
    if (controls.strokes >= strokes) ({ ink, strokes } = structuredClone(controls)); // else more was drawn meanwhile
    word.set(controls.word);
    share.set(controls.share);
    share.enable(picture.share !== null);
    noise.set(controls.noise);
    best.set(controls.best);
    reading.set(at, shown.length);
    left.disabled = now === 0;
    right.disabled = now === shown.length - 1;
    undo.disabled = !picture.touched;
    if (controls.strokes >= strokes) paper.set(picture.pictures[now], picture.clean, `Picture ${now + 1}`);
    whose.textContent = picture.whose;
    const [named, high, pictures] = overview(picture), [tall, rows] = belief(picture, named);
    const keep = (svg) => [...svg.children].filter((node) => ["title", "desc"].includes(node.tagName));
    strip.setAttribute("viewBox", `0 0 680 ${high}`);
    strip.replaceChildren(...keep(strip), textures(prefix), ...pictures);
    bars.setAttribute("viewBox", `0 0 410 ${tall}`);
    bars.replaceChildren(...keep(bars), ...rows);
    heading.textContent = at ? `Picture ${now + 1} of ${shown.length}: belief in every letter`
      : "Nothing is read yet. Press Step.";
  };
}

export default widget(build);
