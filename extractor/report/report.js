// The page: views, filters, order, keys, and the selected row in the address.
"use strict";

const data = JSON.parse(byId("data").textContent);
const words = JSON.parse(byId("words").textContent);
const FIELDS = ["result", "kind", "entity", "status", "reason"];
const ANY = { result: "any result", kind: "any kind of error", entity: "any entity", status: "any status", reason: "any reason" };
const ORDER = {
  confidence: (a, b) => a.confidence - b.confidence,
  entity: (a, b) => a.entity.localeCompare(b.entity),
  kind: (a, b) => (a.kind === null) - (b.kind === null) || (a.kind ?? "").localeCompare(b.kind ?? ""),
  seconds: (a, b) => b.seconds - a.seconds,
};

const state = { boxes: true, order: [], selected: -1, turned: false };
const places = new Map(data.rows.map((row, i) => [row.index, i]));
let texts = null;

const detail = new Detail(byId("detail"), data, words, state, (position) => select(position));
const list = new VirtualList(byId("list"), byId("spacer"), drawRow, (position) => select(position));

function drawRow(position) {
  const row = data.rows[position];
  const labelled = row.label !== null && row.result !== "right";
  return make("div", { class: `row ${row.result}` },
    make("span", { class: "mark", title: RESULT_WORDS[row.result] }, RESULT_MARKS[row.result], make("span", { class: "visually-hidden" }, ` ${RESULT_WORDS[row.result]} `)),
    make("span", { class: "main" }, make("b", {}, row.answer || "–"), labelled ? ` label ${row.label || "nothing"}` : row.answer ? "" : ` ${row.reason}`),
    make("span", { class: `confidence status-${row.status}`, title: row.status }, decimals(row.confidence)),
    make("span", { class: "under" }, `${row.entity} · ${row.index}`, row.kind ? ` · ${words.kind[row.kind] ?? row.kind}` : ""));
}

// All texts of a row in lower case; made when they are first needed.
function textOf(position) {
  texts ??= data.rows.map((row, i) =>
    [row.index, row.entity, row.answer, row.label, row.reason, data.pictures[row.picture].link, ...(data.details[i]?.evidence ?? []).map(({ text }) => text),
      data.details[i]?.vlm?.text].join("\n").toLowerCase());
  return texts[position];
}

function filterRows() {
  const text = byId("filter-text").value.trim().toLowerCase();
  const wanted = FIELDS.map((field) => [field, byId(`filter-${field}`).value]).filter(([, value]) => value);
  const by = ORDER[byId("sort").value];
  const order = data.rows.map((_, i) => i).filter((i) =>
    wanted.every(([field, value]) => data.rows[i][field] === value) && (!text || textOf(i).includes(text)));
  if (by) order.sort((a, b) => by(data.rows[a], data.rows[b]) || a - b);
  if (state.turned) order.reverse();
  state.order = order;
  const errors = order.filter((i) => isError(data.rows[i])).length;
  byId("count").textContent = `${order.length.toLocaleString("en")} of ${data.rows.length.toLocaleString("en")} rows${errors ? `, ${errors.toLocaleString("en")} wrong or missing` : ""}`;
  list.show(order, state.selected);
  if (order.length && !order.includes(state.selected)) select(order[0]);
  else if (order.length) list.select(state.selected);
}

function isError(row) {
  return row.result === "wrong" || row.result === "missing";
}

function select(position, { view = true } = {}) {
  if (position === undefined || position < 0) return;
  state.selected = position;
  if (view && byId("rows").hidden) showView("rows");
  detail.show(position);
  list.select(position);
  history.replaceState(null, "", `#row=${encodeURIComponent(data.rows[position].index)}`);
}

function step(by) {
  const place = state.order.indexOf(state.selected);
  const next = Math.min(Math.max(place + by, 0), state.order.length - 1);
  select(state.order[place < 0 ? 0 : next]);
}

function stepToError(by) {
  const { order } = state;
  let place = order.indexOf(state.selected);
  if (byId("rows").hidden) place -= by; // the selected row has not been looked at yet
  for (place += by; place >= 0 && place < order.length; place += by) {
    if (isError(data.rows[order[place]])) return select(order[place]);
  }
  const said = by > 0 ? "no further error" : "no earlier error";
  showView("rows");
  byId("count").textContent = `${byId("count").textContent.split(";")[0]}; ${said} in this list`;
  return undefined;
}

function showView(name) {
  for (const view of ["figures", "rows"]) {
    byId(view).hidden = view !== name;
    byId(`tab-${view}`).setAttribute("aria-selected", view === name);
  }
  document.body.dataset.view = name;
  if (name === "rows") {
    if (state.selected < 0 && state.order.length) select(state.order[0]);
    list.redraw(state.selected);
    list.select(state.selected);
    detail.draw();
  } else {
    history.replaceState(null, "", "#figures");
  }
}

function fillFilters() {
  for (const field of FIELDS) {
    const counts = new Map();
    data.rows.forEach((row) => row[field] !== null && counts.set(row[field], (counts.get(row[field]) ?? 0) + 1));
    const options = [...counts].sort((a, b) => b[1] - a[1]).map(([value, number]) =>
      make("option", { value }, `${field === "kind" ? words.kind[value] ?? value : value} (${number.toLocaleString("en")})`));
    byId(`filter-${field}`).replaceChildren(make("option", { value: "" }, ANY[field]), ...options);
    byId(`filter-${field}`).hidden = options.length < 2 && field !== "entity" && !(field === "kind" && options.length);
  }
}

function clearFilters() {
  byId("filter-text").value = "";
  FIELDS.forEach((field) => { byId(`filter-${field}`).value = ""; });
  filterRows();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  e: () => stepToError(1),
  E: () => stepToError(-1),
  b: () => detail.toggleBoxes(),
  g: () => showView(byId("rows").hidden ? "rows" : "figures"),
  "?": () => byId("help").showModal(),
  "/": () => { showView("rows"); byId("filter-text").focus(); byId("filter-text").select(); },
  Escape: () => clearFilters(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const field = event.target.closest("input, select");
  if (field) {
    if (event.key === "Escape") {
      field.blur();
      byId("list").focus();
    }
    return;
  }
  const arrows = event.target === byId("list") ? { ArrowDown: KEYS.j, ArrowUp: KEYS.k } : {};
  const press = KEYS[event.key] ?? arrows[event.key];
  if (!press) return;
  event.preventDefault();
  press();
});

byId("filters").addEventListener("input", filterRows);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("clear").addEventListener("click", clearFilters);
byId("direction").addEventListener("click", () => {
  state.turned = !state.turned;
  byId("direction").setAttribute("aria-pressed", state.turned);
  filterRows();
});
byId("tab-figures").addEventListener("click", () => showView("figures"));
byId("tab-rows").addEventListener("click", () => showView("rows"));
byId("open-help").addEventListener("click", () => byId("help").showModal());
document.querySelectorAll("[data-filter]").forEach((button) => button.addEventListener("click", () => {
  clearFilters();
  byId(`filter-${button.dataset.filter}`).value = button.dataset.value;
  filterRows();
  showView("rows");
  byId("list").focus();
}));
window.addEventListener("hashchange", openAddress);

function openAddress() {
  const index = /^#row=(.*)$/.exec(location.hash)?.[1];
  const position = index === undefined ? undefined : places.get(decodeURIComponent(index));
  if (position === undefined) return;
  if (!state.order.includes(position)) clearFilters();
  select(position);
}

fillFilters();
state.order = data.rows.map((_, i) => i);
document.body.dataset.view = "figures";
const wanted = location.hash;
const atStart = /^#row=/.test(wanted) && places.get(decodeURIComponent(wanted.slice(5)));
state.selected = typeof atStart === "number" ? atStart : state.order[0] ?? -1;
filterRows();
if (typeof atStart === "number") select(atStart);
else if (state.selected >= 0) detail.show(state.selected);
