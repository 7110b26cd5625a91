// The review page: shows a row, sends a decision, goes on. Text from pictures and files is only ever set as text.
"use strict";

const DECISIONS = [
  { action: "keep", name: "Keep the label", key: "k" },
  { action: "take", name: "Take the suggestion", key: "t" },
  { action: "not_stated", name: "Not stated", key: "n" },
  { action: "value", name: "Type a value", key: "v" },
  { action: "unsure", name: "Unsure", key: "u" },
];
const MOVES = [
  { action: "back", name: "Back", key: "ArrowLeft" },
  { action: "undo", name: "Undo", key: "z" },
  { action: "skip", name: "Skip", key: "ArrowRight" },
];
const ALL = [...DECISIONS, ...MOVES];
const DEFAULT_KEYS = Object.fromEntries(ALL.map(({ action, key }) => [action, key]));
const KEYS_KEPT = "extractor-review-keys";
const SHOWN_KEYS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "space" };
const LOUPE = { width: 720, margin: 0.6, height: 260 };

const at = (id) => document.getElementById(id);
const loaded = new Map();
let keys = { ...DEFAULT_KEYS, ...keptKeys() };
let progress = null;
let row = null;
let busy = false;

function keptKeys() {
  try {
    return JSON.parse(localStorage.getItem(KEYS_KEPT)) ?? {};
  } catch {
    return {};
  }
}

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
  at("row").hidden = false;
  at("done").hidden = true;
  showWords();
  showPicture(shown);
  showCandidates();
  for (const { action } of DECISIONS) button(action).classList.toggle("standing", action === row.action);
  button("take").disabled = row.suggestion === "";
  button("take").classList.toggle("primary", row.suggestion !== "");
  button("keep").classList.toggle("primary", row.suggestion === "");
  button("back").disabled = position === 0;
  button("skip").disabled = position === progress.total - 1;
  at("spoken").textContent = `${row.entity}: label ${words(row.label)}, suggestion ${row.suggestion ? words(row.suggestion) : "none"}. ${row.reason}`;
  if (position + 1 < progress.total) fetchAhead(position + 1);
}

function fetchAhead(position) {
  load(position).catch(() => {});
}

function words(value) {
  return value === "" || value === "not_stated" ? "not stated" : value;
}

function showWords() {
  at("entity").textContent = row.entity.replaceAll("_", " ");
  at("label").textContent = words(row.label);
  at("suggestion").textContent = row.suggestion ? words(row.suggestion) : "keep the label";
  at("suggestion").classList.toggle("none", row.suggestion === "");
  at("verdict").textContent = row.verdict.replaceAll("_", " ");
  at("verdict").title = `${row.verdict_words}; suspicion ${percent(row.suspicion)}`;
  at("verdict").className = `chip ${row.suspicion >= 0.5 ? "likely" : "unlikely"}`;
  at("reason").textContent = `${row.reason}. Suspicion ${percent(row.suspicion)}.`;
  at("units").textContent = `${row.entity.replaceAll("_", " ")}: ${row.units.join(", ")}`;
  at("about").textContent = [`row ${row.index}`, row.picture_name, row.group && `group ${row.group}`].filter(Boolean).join(" · ");
  at("decided").textContent = row.action ? `Decided: ${[row.action.replaceAll("_", " "), row.value && words(row.value)].filter(Boolean).join(", ")}` : "";
  at("message").textContent = "";
  at("typing").hidden = true;
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

function showPicture({ url, why }) {
  const figure = at("figure");
  const image = at("image");
  figure.hidden = !url;
  at("no-picture").hidden = Boolean(url);
  at("no-picture").textContent = why;
  at("loupe").height = 0;
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
  const canvas = at("loupe");
  const real = image.naturalWidth / row.width;
  canvas.width = LOUPE.width;
  canvas.height = height * scale;
  canvas.getContext("2d").drawImage(
    image, Math.max(left - margin, 0) * real, Math.max(top - margin, 0) * real, width * real, height * real,
    (LOUPE.width - width * scale) / 2, 0, width * scale, height * scale,
  );
}

function showCandidates() {
  const body = at("candidates").tBodies[0];
  body.replaceChildren(
    ...row.candidates.slice(0, 5).map(({ amount, confidence, text }) => {
      const line = document.createElement("tr");
      for (const cell of [amount, percent(confidence), text]) line.insertCell().textContent = cell;
      return line;
    }),
  );
  at("candidates").hidden = row.candidates.length === 0;
}

function showProgress() {
  const { total, decided, seconds_left: left, rater } = progress;
  at("bar").max = total;
  at("bar").value = decided;
  at("count").textContent = `${decided} of ${total}`;
  at("left").textContent = left === null || decided === total ? "" : `${duration(left)} left`;
  at("rater").textContent = rater;
}

function duration(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

async function goOn() {
  showProgress();
  if (progress.next === null) {
    at("row").hidden = true;
    at("done").hidden = false;
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
    at("fault").hidden = true;
  } catch (error) {
    const place = row === null ? at("fault") : at("message");
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
  at("typing").hidden = false;
  at("typed").value = row.suggestion && row.suggestion !== "not_stated" ? row.suggestion : row.prediction || row.label;
  at("typed").focus();
  at("typed").select();
}

function act(action) {
  if (action === "undo") return once(undo);
  if (at("row").hidden) return undefined;
  if (action === "value") return startTyping();
  if (action === "back" || action === "skip") {
    const position = row.position + (action === "back" ? -1 : 1);
    return position >= 0 && position < progress.total ? once(() => show(position)) : undefined;
  }
  return button(action).disabled ? undefined : once(() => decide(action));
}

function button(action) {
  return document.querySelector(`[data-action="${action}"]`);
}

function makeButtons(place, actions) {
  for (const { action, name } of actions) {
    const made = document.createElement("button");
    made.type = "button";
    made.dataset.action = action;
    made.append(name, document.createElement("kbd"));
    made.addEventListener("click", () => act(action));
    place.append(made);
  }
}

function showKeys() {
  for (const { action } of ALL) button(action).querySelector("kbd").textContent = shownKey(keys[action]);
  at("key-list").replaceChildren(
    ...ALL.map(({ action, name }) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.readOnly = true;
      input.value = shownKey(keys[action]);
      input.addEventListener("keydown", (event) => {
        if (["Tab", "Escape", "Shift", "Control", "Alt", "Meta", "Enter"].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        changeKey(action, event.key.length === 1 ? event.key.toLowerCase() : event.key);
      });
      label.append(name, input);
      return label;
    }),
  );
}

// Two actions that would have one key exchange their keys.
function changeKey(action, key) {
  const holder = Object.keys(keys).find((other) => keys[other] === key);
  if (holder) keys[holder] = keys[action];
  keys[action] = key;
  localStorage.setItem(KEYS_KEPT, JSON.stringify(keys));
  showKeys();
}

function shownKey(key) {
  return SHOWN_KEYS[key] ?? key.toUpperCase();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    at("typing").hidden = true;
    at("message").textContent = "";
    document.activeElement?.blur();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.closest("input, summary")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const action = Object.keys(keys).find((one) => keys[one] === key);
  if (action === undefined) return;
  event.preventDefault();
  act(action);
});

at("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  once(() => decide("value", at("typed").value));
});
at("image").addEventListener("click", () => document.querySelector(".stage").classList.toggle("full"));
at("undo-done").addEventListener("click", () => act("undo"));
at("reset").addEventListener("click", () => {
  keys = { ...DEFAULT_KEYS };
  localStorage.removeItem(KEYS_KEPT);
  showKeys();
});

makeButtons(at("buttons"), DECISIONS);
makeButtons(at("moves"), MOVES);
showKeys();
once(async () => {
  progress = await (await ask("/review/progress")).json();
  await goOn();
});
