// The review page: shows a row, sends a decision, goes on. Text from pictures and files is only ever set as text.
"use strict";

const LOUPE = { width: 720, margin: 0.6, height: 260 };

const loaded = new Map();
let progress = null;
let row = null;
let busy = false;

async function ask(path, options = {}) {
  const response = await fetch(path, options);
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `the server answered ${response.status}`);
}

function send(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

// A row and its picture, asked for once: the next one is there before the present one is decided.
function load(position) {
  if (!loaded.has(position)) loaded.set(position, fetched(position));
  for (const old of loaded.keys()) {
    if (Math.abs(old - position) > 3) {
      loaded.get(old).then(({ url }) => url && URL.revokeObjectURL(url), () => {});
      loaded.delete(old);
    }
  }
  return loaded.get(position);
}

async function fetched(position) {
  const [answer, picture] = await Promise.allSettled([
    ask(`/review/rows/${position}`).then((response) => response.json()),
    ask(`/review/rows/${position}/picture`).then((response) => response.blob()),
  ]);
  if (answer.status === "rejected") {
    loaded.delete(position);
    throw answer.reason;
  }
  const found = picture.status === "fulfilled";
  return { row: answer.value, url: found ? URL.createObjectURL(picture.value) : "", why: found ? "" : picture.reason.message };
}

async function show(position) {
  const shown = await load(position);
  row = shown.row;
  byId("row").hidden = false;
  byId("done").hidden = true;
  showWords();
  showPicture(shown);
  showCandidates();
  for (const { action } of DECISIONS) button(action).classList.toggle("standing", action === row.action);
  button("take").disabled = row.suggestion === "";
  button("take").classList.toggle("primary", row.suggestion !== "");
  button("keep").classList.toggle("primary", row.suggestion === "");
  button("back").disabled = position === 0;
  button("skip").disabled = position === progress.total - 1;
  byId("spoken").textContent = `${row.entity}: label ${words(row.label)}, suggestion ${row.suggestion ? words(row.suggestion) : "none"}. ${row.reason}`;
  if (position + 1 < progress.total) fetchAhead(position + 1);
}

function fetchAhead(position) {
  load(position).catch(() => {});
}

function words(value) {
  return value === "" || value === "not_stated" ? "not stated" : value;
}

function showWords() {
  byId("entity").textContent = spoken(row.entity);
  byId("label").textContent = words(row.label);
  byId("suggestion").textContent = row.suggestion ? words(row.suggestion) : "keep the label";
  byId("suggestion").classList.toggle("none", row.suggestion === "");
  byId("verdict").textContent = spoken(row.verdict);
  byId("verdict").title = `${row.verdict_words}; suspicion ${percent(row.suspicion)}`;
  byId("verdict").className = `chip ${row.suspicious ? "likely" : "unlikely"}`;
  byId("reason").textContent = `${row.reason}. Suspicion ${percent(row.suspicion)}.`;
  byId("units").textContent = `${spoken(row.entity)}: ${row.units.join(", ")}`;
  byId("about").textContent = [`row ${row.index}`, row.picture_name, row.group && `group ${row.group}`].filter(Boolean).join(" · ");
  byId("decided").textContent = row.action ? `Decided: ${[spoken(row.action), row.value && words(row.value)].filter(Boolean).join(", ")}` : "";
  byId("message").textContent = "";
  byId("typing").hidden = true;
}

function showPicture({ url, why }) {
  const figure = byId("figure");
  const image = byId("image");
  figure.hidden = !url;
  byId("no-picture").hidden = Boolean(url);
  byId("no-picture").textContent = why;
  byId("loupe").height = 0;
  document.querySelector(".stage").classList.remove("full");
  figure.querySelector("svg")?.remove();
  if (!url) return;
  const ofRow = row;
  image.alt = `Picture ${row.picture_name}`;
  image.onload = () => {
    if (row !== ofRow || !row.width) return;
    showBoxes(figure, row.width, row.height, row.boxes.map(({ corners, text, role }) => ({ corners, label: text, classes: role })));
    showLoupe(image);
  };
  image.src = url;
}

// The place that the answer stands on, enlarged; without an answer that of the best candidates.
function showLoupe(image) {
  const role = row.boxes.some((box) => box.role === "evidence") ? "evidence" : "candidate";
  const corners = row.boxes.filter((box) => box.role === role).flatMap((box) => box.corners);
  if (corners.length === 0) return;
  const [left, right] = [Math.min, Math.max].map((end) => end(...corners.map(([x]) => x)));
  const [top, bottom] = [Math.min, Math.max].map((end) => end(...corners.map(([, y]) => y)));
  const margin = LOUPE.margin * Math.min(right - left, bottom - top) + 8;
  const width = Math.min(right + margin, row.width) - Math.max(left - margin, 0);
  const height = Math.min(bottom + margin, row.height) - Math.max(top - margin, 0);
  if (width * height > (row.width * row.height) / 3) return;
  const scale = Math.min(LOUPE.width / width, LOUPE.height / height);
  const canvas = byId("loupe");
  const real = image.naturalWidth / row.width;
  canvas.width = LOUPE.width;
  canvas.height = height * scale;
  canvas.getContext("2d").drawImage(
    image, Math.max(left - margin, 0) * real, Math.max(top - margin, 0) * real, width * real, height * real,
    (LOUPE.width - width * scale) / 2, 0, width * scale, height * scale,
  );
}

function showCandidates() {
  const body = byId("candidates").tBodies[0];
  body.replaceChildren(
    ...row.candidates.slice(0, 5).map(({ amount, confidence, text }) =>
      make("tr", {}, [amount, percent(confidence), text].map((cell) => make("td", {}, cell))),
    ),
  );
  byId("candidates").hidden = row.candidates.length === 0;
}

function showProgress() {
  const { total, decided, seconds_left: left, rater } = progress;
  byId("bar").max = total;
  byId("bar").value = decided;
  byId("count").textContent = `${decided} of ${total}`;
  byId("left").textContent = left === null || decided === total ? "" : `${duration(left)} left`;
  byId("rater").textContent = rater;
}

function duration(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

async function goOn() {
  showProgress();
  if (progress.next === null) {
    byId("row").hidden = true;
    byId("done").hidden = false;
    return;
  }
  await show(progress.next);
}

// One thing at a time: a key that is held down decides one row.
async function once(work) {
  if (busy) return;
  busy = true;
  try {
    await work();
    byId("fault").hidden = true;
  } catch (error) {
    const place = row === null ? byId("fault") : byId("message");
    place.hidden = false;
    place.textContent = error instanceof TypeError ? "the server cannot be reached; nothing was saved" : error.message;
  } finally {
    busy = false;
  }
}

async function decide(action, value = "") {
  const { position } = row;
  progress = await (await send(`/review/rows/${position}/decision`, { action, value })).json();
  loaded.delete(position);
  document.activeElement?.blur();
  await goOn();
}

async function undo() {
  const undone = await (await send("/review/undo", {})).json();
  progress = undone.progress;
  loaded.delete(undone.position);
  showProgress();
  await show(undone.position);
}

function startTyping() {
  byId("typing").hidden = false;
  byId("typed").value = row.suggestion && row.suggestion !== "not_stated" ? row.suggestion : row.prediction || row.label;
  byId("typed").focus();
  byId("typed").select();
}

function act(action) {
  if (action === "undo") return once(undo);
  if (byId("row").hidden) return undefined;
  if (action === "value") return startTyping();
  if (action === "back" || action === "skip") {
    const position = row.position + (action === "back" ? -1 : 1);
    return position >= 0 && position < progress.total ? once(() => show(position)) : undefined;
  }
  return button(action).disabled ? undefined : once(() => decide(action));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    byId("typing").hidden = true;
    byId("message").textContent = "";
    document.activeElement?.blur();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.closest("input, summary")) return;
  const action = actionOf(keyOf(event));
  if (action === undefined) return;
  event.preventDefault();
  act(action);
});

byId("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  once(() => decide("value", byId("typed").value));
});
byId("image").addEventListener("click", () => document.querySelector(".stage").classList.toggle("full"));
byId("undo-done").addEventListener("click", () => act("undo"));

makeButtons(byId("buttons"), DECISIONS);
makeButtons(byId("moves"), MOVES);
showKeys();
once(async () => {
  progress = await (await ask("/review/progress")).json();
  await goOn();
});
