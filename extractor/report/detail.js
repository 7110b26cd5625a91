// What a selected row shows: its picture with boxes, answer beside label, candidates, the reader's words, times.
"use strict";

const LARGEST_WIDTH = 720;
const LARGEST_HEIGHT = 600;
const RESULT_WORDS = { right: "right", wrong: "wrong", missing: "missing", unlabelled: "no label" };
const RESULT_MARKS = { right: "✓", wrong: "✗", missing: "○", unlabelled: "·" };

// A probability, a score or seconds, with as many decimals as on the command line.
function decimals(value) {
  return value.toFixed(2);
}

function seconds(value) {
  return value >= 0.1 ? `${decimals(value)} s` : `${(value * 1000).toFixed(1)} ms`;
}

// data, words: what the page holds. state: {boxes: whether all texts have theirs}. choose: selects a row.
class Detail {
  constructor(element, data, words, state, choose) {
    Object.assign(this, { element, data, words, state, choose });
  }

  show(position) {
    const row = this.data.rows[position];
    this.row = row;
    this.detail = this.data.details[position] ?? null;
    this.page = this.data.pages[this.detail?.page] ?? null;
    const candidates = this.detail?.candidates ?? [];
    this.active = candidates.findIndex((candidate) => candidate.chosen);
    const figure = this.figure();
    this.element.replaceChildren(
      this.heading(row),
      this.verdict(row),
      make("div", { class: "columns" }, make("div", { class: "seen" }, figure), make("div", { class: "said" }, this.grounds(row))),
    );
    this.element.scrollTop = 0;
    this.draw();
  }

  heading(row) {
    return make("h2", { id: "detail-title" }, row.entity, " ", make("small", {}, `index ${row.index}`));
  }

  verdict(row) {
    const nothing = make("i", {}, "nothing");
    const accepted = (this.detail?.accepted ?? []).map((other) => other || "nothing");
    return make(
      "dl",
      { class: "verdict" },
      make("div", {}, make("dt", {}, "answer"), make("dd", { class: `answer ${row.result}` }, row.answer || nothing),
        make("dd", { class: `status-${row.status}` }, `${row.status}, ${decimals(row.confidence)}`),
        row.answer ? null : make("dd", {}, row.reason)),
      make("div", {}, make("dt", {}, "label"),
        make("dd", { class: "answer" }, row.label === null ? "–" : row.label || nothing.cloneNode(true)),
        accepted.length ? make("dd", {}, `also right: ${accepted.join(", ")}`) : null),
      make("div", {}, make("dt", {}, "result"),
        make("dd", { class: `answer ${row.result}` }, `${RESULT_MARKS[row.result]} ${RESULT_WORDS[row.result]}`),
        row.kind ? make("dd", {}, this.words.kind[row.kind] ?? row.kind) : null,
        this.detail?.among === true ? make("dd", {}, "the right value was among the candidates") : null,
        this.detail?.among === false ? make("dd", {}, "the right value was not among the candidates") : null),
    );
  }

  figure() {
    const thumbnail = this.data.thumbnails[this.row.picture];
    const { link, href } = this.data.pictures[this.row.picture];
    const size = thumbnail ?? this.page;
    const name = href ? make("a", { href, rel: "noreferrer", target: "_blank" }, link) : make("span", {}, link);
    const caption = make("figcaption", {}, name);
    if (!size) return make("figure", {}, make("p", { class: "no-picture" }, "The picture is not in this report."), caption);
    const scale = Math.min(LARGEST_WIDTH / size.width, LARGEST_HEIGHT / size.height, 2);
    const image = make("img", { width: Math.max(1, Math.round(size.width * scale)), height: Math.max(1, Math.round(size.height * scale)) });
    image.alt = thumbnail ? `Picture ${link}` : `No picture here; boxes of ${link} alone`;
    image.src = thumbnail?.src ?? "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
    this.size = size;
    this.holder = make("div", { class: "picture" }, image);
    const toggle = make("button", { type: "button", id: "toggle-boxes", "aria-pressed": this.state.boxes, disabled: !this.page }, "all texts ", make("kbd", {}, "b"));
    toggle.addEventListener("click", () => this.toggleBoxes());
    const legend = make("p", { class: "legend" }, make("span", { class: "key evidence" }, "evidence"), make("span", { class: "key stroke" }, "strokes beside it"),
      make("span", { class: "key other" }, "other candidates"), toggle);
    return make("figure", {}, this.holder, legend, caption);
  }

  toggleBoxes() {
    this.state.boxes = !this.state.boxes;
    byId("toggle-boxes")?.setAttribute("aria-pressed", this.state.boxes);
    this.draw();
  }

  // Boxes from the least to the most important: later ones lie on top.
  draw() {
    if (!this.size || !this.holder?.isConnected) return;
    const candidates = this.detail?.candidates ?? [];
    const active = candidates[this.active];
    const boxes = [];
    const add = (tokens, classes) => tokens.forEach(({ text, box }) => boxes.push({ corners: box, label: text, classes }));
    if (this.state.boxes && this.page) add(this.page.tokens, "faint");
    candidates.forEach((candidate, i) => i !== this.active && add(candidate.tokens, "colour-2"));
    (active?.strokes ?? []).forEach(({ ends, direction, weight }) =>
      boxes.push({ corners: ends, label: `${direction}, weight ${weight}`, classes: `stroke ${weight >= 0.1 ? "strong" : ""}` }));
    add(active ? active.tokens : this.detail?.evidence ?? [], "chosen colour-0");
    showBoxes(this.holder, this.size.width, this.size.height, boxes);
  }

  grounds(row) {
    if (!this.detail) return [make("p", { class: "note" }, "What this row stands on found no room in this report.")];
    const { evidence, detail, upscaled, vlm, outcome, source, times, cached, statements } = this.detail;
    const parts = [];
    if (detail) parts.push(make("p", { class: "note" }, detail));
    parts.push(make("h3", {}, "Evidence"));
    parts.push(evidence.length
      ? make("ul", { class: "evidence" }, evidence.map(({ text }) => make("li", {}, make("q", {}, text))))
      : make("p", {}, statements.length ? "none on this picture" : "none"));
    if (statements.length) parts.push(make("h3", {}, "Product"), this.statements());
    parts.push(make("h3", {}, "Candidates"), this.candidates());
    if (vlm) {
      parts.push(make("h3", {}, "VLM"), make("p", {}, "said ", make("q", { class: "raw" }, vlm.text),
        ` with ${decimals(vlm.confidence)}; nothing stated: ${decimals(vlm.unanswerable)}`));
    }
    if (outcome) parts.push(make("p", {}, make("b", {}, outcome), `: ${this.words.outcome[outcome] ?? ""}`, source ? ` (source: ${source})` : ""));
    const took = Object.entries(times).filter(([, value]) => value > 0).map(([name, value]) => `${name} ${seconds(value)}`);
    const before = Object.entries(cached).filter(([, was]) => was).map(([name]) => name);
    parts.push(make("h3", {}, "Run"), make("p", {}, took.length ? took.join(", ") : "no time",
      before.length ? `; from an earlier run: ${before.join(", ")}` : "", upscaled ? "; read on the enlarged picture" : ""));
    parts.push(this.siblings(row));
    if (this.detail.sha256) parts.push(make("p", { class: "hash" }, `SHA-256 ${this.detail.sha256}`));
    return parts;
  }

  // What each picture of the row's product states, and its title.
  statements() {
    const rows = this.detail.statements.map(({ link, href, here, stance, answer, confidence, text }) => {
      const source = !link ? "title" : href ? make("a", { href, rel: "noreferrer", target: "_blank" }, link) : link;
      return make("tr", {}, make("td", {}, source, here ? " (this picture)" : null, text ? make("q", {}, text) : null), make("td", { class: `stance-${stance}` }, stance),
        make("td", {}, answer), make("td", { class: "number" }, decimals(confidence)));
    });
    const heads = ["picture, text", "stance", "amount", "confidence"].map((name) => make("th", { scope: "col" }, name));
    const table = make("table", { class: "statements" }, make("thead", {}, make("tr", {}, heads)), make("tbody", {}, rows));
    const { product, title } = this.detail;
    return make("div", {}, make("p", {}, make("b", {}, product), title ? make("span", {}, ": ", make("q", {}, title)) : null), make("div", { class: "scroll" }, table));
  }

  candidates() {
    const { candidates, more_candidates: more } = this.detail;
    if (!candidates.length) return make("p", {}, "none");
    const list = make("ol", { class: "candidates" }, candidates.map((candidate, i) => this.candidate(candidate, i)));
    return make("div", {}, list, more ? make("p", {}, `and ${more} more`) : null);
  }

  candidate(candidate, i) {
    const button = make("button", { type: "button", "aria-pressed": i === this.active, class: "candidate" },
      make("b", {}, candidate.answer), candidate.chosen ? make("span", { class: "tag" }, "answer") : null,
      make("span", { class: "numbers" }, `${decimals(candidate.confidence)}  score ${decimals(candidate.score)}`),
      make("q", {}, candidate.text));
    button.addEventListener("click", () => this.activate(i));
    const effects = candidate.effects.map(({ name, value, effect }) =>
      make("li", { class: effect > 0 ? "for" : "against", title: `value ${value}; the score without it is ${decimals(Math.abs(effect))} ${effect > 0 ? "lower" : "higher"}` },
        `${name} ${effect > 0 ? "+" : "−"}${decimals(Math.abs(effect))}`));
    return make("li", {}, button, effects.length ? make("ul", { class: "effects", "aria-label": "Features that mattered" }, effects) : null);
  }

  activate(i) {
    this.active = i;
    this.element.querySelectorAll(".candidate").forEach((button, place) => button.setAttribute("aria-pressed", place === i));
    this.draw();
  }

  siblings(row) {
    const places = this.data.rows.map((_, i) => i).filter((i) => this.data.rows[i].picture === row.picture && this.data.rows[i] !== row);
    if (!places.length) return null;
    const buttons = places.slice(0, 12).map((i) => {
      const other = this.data.rows[i];
      const button = make("button", { type: "button", class: "link" }, `${RESULT_MARKS[other.result]} ${other.entity}: ${other.answer || "nothing"}`);
      button.addEventListener("click", () => this.choose(i));
      return make("li", {}, button);
    });
    return make("div", {}, make("h3", {}, "Same picture"), make("ul", { class: "siblings" }, buttons));
  }
}
