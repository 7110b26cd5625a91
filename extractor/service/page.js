// The page: takes a picture, asks the service, and shows what it says beside the picture.
"use strict";

const ASK_AFTER_MS = 400;
let current = null; // the picture's file
let asking = null; // the AbortController of the request under way
let extraction = null; // what the service said

// --- a picture comes: chosen, dropped or pasted

byId("file").addEventListener("change", (event) => {
  take(event.target.files);
  event.target.value = ""; // the same file may be chosen again
});

document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length) {
    event.preventDefault();
    take(event.clipboardData.files);
  }
});

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    document.body.classList.add("dragged");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dragged");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragged");
  take(event.dataTransfer.files);
});

function take(files) {
  if (!files.length) return tellError("That was no file: drop, paste or choose a picture file.");
  current = files[0];
  const more = files.length > 1 ? ` (the first of ${files.length}: one at a time)` : "";
  byId("name").textContent = `${current.name || "pasted picture"}${more}`;
  byId("name").hidden = false;
  document.body.classList.add("has-picture");
  show(current);
  ask();
}

function show(file) {
  const image = byId("shown");
  URL.revokeObjectURL(image.src);
  byId("unshown").hidden = true;
  byId("stage").hidden = false;
  showBoxes(byId("picture"), 1, 1, []);
  image.src = URL.createObjectURL(file);
}

byId("shown").addEventListener("error", () => {
  byId("stage").hidden = true;
  byId("unshown").hidden = !extraction;
});

// --- the service is asked

async function ask() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const form = new FormData();
  form.append("picture", current, current.name || "pasted.png");
  const boxes = [...byId("entities").querySelectorAll("input")];
  const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
  clear();
  if (boxes.length && !wanted.length) return tellError("Tick at least one thing to look for.");
  if (wanted.length < boxes.length) form.append("entities", wanted.join(","));
  const clock = countSeconds();
  try {
    const response = await fetch("/v1/extract", { method: "POST", body: form, signal: mine.signal });
    const said = await response.json();
    if (mine !== asking) return;
    if (response.ok) tell(said);
    else tellError(said.detail, response.status === 429 || response.status >= 500);
  } catch (error) {
    if (mine === asking && error.name !== "AbortError") tellError("The service does not answer. Does it still run?", true);
  } finally {
    clearInterval(clock);
    if (mine === asking) {
      document.body.classList.remove("reading");
      byId("state").removeAttribute("data-seconds");
    }
  }
}

function countSeconds() {
  const started = Date.now();
  document.body.classList.add("reading");
  byId("state").textContent = "Reading the picture …";
  return setInterval(() => byId("state").setAttribute("data-seconds", `${Math.round((Date.now() - started) / 1000)} s`), 1000);
}

function clear() {
  extraction = null;
  byId("error").hidden = byId("found").hidden = true;
  byId("answers").replaceChildren();
  showBoxes(byId("picture"), 1, 1, []);
}

byId("again").addEventListener("click", ask);

function tellError(detail, worthAnother = false) {
  byId("state").textContent = "";
  byId("detail").textContent = detail;
  byId("again").hidden = !worthAnother;
  byId("error").hidden = false;
}

// --- what it said is shown

function tell(said) {
  extraction = said;
  const found = said.answers.filter((answer) => answer.amount);
  const count = found.length === 1 ? "1 answer" : `${found.length} answers`;
  byId("state").textContent = found.length ? `${count} found.` : "The picture states none of these.";
  const links = [];
  byId("answers").replaceChildren(
    ...found.map((answer, i) => {
      const { row, button, others } = answerRow(answer, i % COLOURS);
      links.push({ tokens: answer.evidence, label: `${spoken(answer.entity)}: ${answer.text}`, colour: i % COLOURS, row, button });
      rivals(answer).forEach((rival, j) => links.push({ tokens: rival.evidence, row, button: others[j], faint: true }));
      return row;
    }),
  );
  byId("answers").parentElement.hidden = !found.length;
  const missing = said.answers.filter((answer) => !answer.amount);
  byId("missing").replaceChildren(...missingText(missing).map((line) => make("p", { class: "note" }, line)));
  byId("found").hidden = false;
  drawLinks(said, links);
}

// Boxes on the picture, each tied to its answer: pointing at one, or coming to it by keyboard, marks the other.
function drawLinks({ width, height }, links) {
  const taken = new Map();
  const boxes = links.flatMap((link) =>
    link.tokens.map(({ box }) => {
      const key = box.join();
      taken.set(key, (taken.get(key) ?? 0) + 1);
      const distance = (0.6 * taken.get(key) * Math.max(width, height)) / 100;
      return { corners: grown(box, distance), label: link.label, classes: link.faint ? "hushed" : `colour-${link.colour}`, link };
    }),
  );
  const shapes = showBoxes(byId("picture"), width, height, boxes);
  for (const link of links) {
    const own = shapes.filter((_, i) => boxes[i].link === link);
    const mark = (on) => () => {
      for (const shape of own) shape.classList.toggle("chosen", on);
      link.row.classList.toggle("chosen", on && !link.faint);
    };
    for (const one of [link.button, ...own]) {
      one.addEventListener("pointerenter", mark(true));
      one.addEventListener("pointerleave", mark(false));
    }
    link.button.addEventListener("focus", mark(true));
    link.button.addEventListener("blur", mark(false));
    for (const shape of own) shape.addEventListener("click", () => link.button.focus());
    link.button.addEventListener("click", () => own[0]?.scrollIntoView({ block: "nearest" }));
  }
}

// The corners of a box, each moved away from its middle by `distance` along both sides.
function grown(box, distance) {
  const unit = ([x0, y0], [x1, y1]) => {
    const length = Math.hypot(x1 - x0, y1 - y0) || 1;
    return [(x1 - x0) / length, (y1 - y0) / length];
  };
  const [along, across] = [unit(box[0], box[1]), unit(box[0], box[3])];
  const sides = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
  return box.map(([x, y], i) => {
    const [a, b] = sides[i].map((side) => side * distance);
    return [x + a * along[0] + b * across[0], y + a * along[1] + b * across[1]];
  });
}

// --- copies

async function copy(button, text) {
  const label = button.textContent;
  button.textContent = (await copied(text)) ? "Copied" : "Copying is not allowed here";
  byId("state").textContent = button.textContent;
  setTimeout(() => (button.textContent = label), 1500);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text); // browsers keep the clipboard from pages without TLS
  }
}

function copiedBySelection(text) {
  const area = make("textarea", { class: "visually-hidden" }, text);
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}

byId("copy-csv").addEventListener("click", (event) => copy(event.target, csvOf(extraction)));
byId("copy-json").addEventListener("click", (event) => copy(event.target, jsonOf(extraction)));

// --- what can be asked for

async function listEntities() {
  const known = await (await fetch("/v1/entities")).json();
  for (const { entity, units } of known) {
    const box = make("input", { type: "checkbox", value: entity, checked: true });
    byId("entities").append(make("label", { class: "choice", title: `in ${units.join(", ")}` }, box, make("span", {}, spoken(entity))));
  }
  tellWanted();
}

function tellWanted() {
  const boxes = [...byId("entities").querySelectorAll("input")];
  const wanted = boxes.filter((box) => box.checked);
  const names = wanted.map((box) => spoken(box.value)).join(", ");
  byId("wanted").textContent = wanted.length === boxes.length ? `all ${boxes.length}` : names || "nothing";
}

let asked = 0;
byId("entities").addEventListener("change", () => {
  tellWanted();
  clearTimeout(asked);
  if (current) asked = setTimeout(ask, ASK_AFTER_MS);
});

listEntities().catch(() => tellError("The service does not answer. Does it still run?"));
