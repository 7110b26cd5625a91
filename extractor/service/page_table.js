// The answers as a table, and as text to copy. Text from pictures is only ever set as text.
"use strict";

const CSV_COLUMNS = ["entity", "text", "value", "unit", "status", "confidence", "evidence"];
const LIKELY = 0.5; // more likely right than not, as in the library
const REASONS = {
  no_text: "no text in the picture",
  no_candidate: "not stated",
  not_stated: "not stated",
  rules_failed: "could not be worked out",
};

const quoted = (tokens) => tokens.map((token) => `“${token.text}”`).join(" ");
const amountText = ({ value, unit }) => `${value} ${unit}`;

// The rivals of an answer: other amounts that are likely right too.
function rivals(answer) {
  if (answer.status !== "ambiguous") return [];
  const seen = new Set([amountText(answer.amount)]);
  return answer.candidates.filter(({ amount, confidence }) => {
    const text = amountText(amount);
    return confidence >= LIKELY && !seen.has(text) && seen.add(text);
  });
}

// The row of an answer. `button` is what shows it on the picture, `others` are the buttons of its rivals.
function answerRow(answer, colour) {
  const button = make(
    "button",
    { type: "button", class: `pick colour-${colour}` },
    make("span", { class: "swatch" }),
    make("span", { class: "entity" }, spoken(answer.entity)),
    make("strong", {}, answer.text),
    make("span", { class: "evidence" }, quoted(answer.evidence)),
  );
  const others = rivals(answer).map((rival) =>
    make(
      "button",
      { type: "button", class: "rival" },
      `or ${amountText(rival.amount)}`,
      make("span", { class: "evidence" }, `${percent(rival.confidence)} ${quoted(rival.evidence)}`),
    ),
  );
  const fill = make("span");
  fill.style.width = percent(answer.confidence).replace(/\s/, "");
  const bar = make("span", { class: `level status-${answer.status}`, "aria-hidden": true }, fill);
  const row = make(
    "tr",
    { class: "answer" },
    make("th", { scope: "row" }, button, others),
    make("td", {}, make("span", { class: `badge status-${answer.status}` }, spoken(answer.status))),
    make("td", { class: "right-hand confidence" }, percent(answer.confidence), bar),
  );
  return { row, button, others };
}

// One line for the entities without an answer, by reason.
function missingText(answers) {
  const byReason = new Map();
  for (const answer of answers) {
    const reason = REASONS[answer.reason] ?? spoken(answer.reason);
    byReason.set(reason, [...(byReason.get(reason) ?? []), spoken(answer.entity)]);
  }
  return [...byReason].map(([reason, names]) => `${reason}: ${names.join(", ")}`);
}

// A spreadsheet would compute a cell that begins like a formula: `harmless` of extractor/tables/formulas.py.
function cell(value) {
  const text = String(value ?? "").replace(/(?! )[\p{C}\p{Z}]/gu, " ");
  const plain = /^ *[=+\-@＝＋－＠]/u.test(text) ? `'${text}` : text;
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function csvOf(extraction) {
  const rows = extraction.answers.map((answer) => ({
    ...answer,
    confidence: answer.confidence.toFixed(3),
    evidence: answer.evidence.map((token) => token.text).join(" | "),
  }));
  const lines = [CSV_COLUMNS, ...rows.map((row) => CSV_COLUMNS.map((name) => row[name]))];
  return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

const jsonOf = (extraction) => `${JSON.stringify(extraction, null, 2)}\n`;
