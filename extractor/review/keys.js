// What a reviewer can do, its buttons, and its keys, which can be changed and are kept in the browser.
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

let keys = { ...DEFAULT_KEYS, ...keptKeys() };

function keptKeys() {
  try {
    return JSON.parse(localStorage.getItem(KEYS_KEPT)) ?? {};
  } catch {
    return {};
  }
}

const keyOf = (event) => (event.key.length === 1 ? event.key.toLowerCase() : event.key);
const actionOf = (key) => Object.keys(keys).find((action) => keys[action] === key);

function button(action) {
  return document.querySelector(`[data-action="${action}"]`);
}

function makeButtons(place, actions) {
  for (const { action, name } of actions) {
    const made = make("button", { type: "button", "data-action": action }, name, make("kbd"));
    made.addEventListener("click", () => act(action));
    place.append(made);
  }
}

function showKeys() {
  for (const { action } of ALL) button(action).querySelector("kbd").textContent = shownKey(keys[action]);
  byId("key-list").replaceChildren(
    ...ALL.map(({ action, name }) => {
      const input = make("input", { readonly: true, value: shownKey(keys[action]) });
      input.addEventListener("keydown", (event) => {
        if (["Tab", "Escape", "Shift", "Control", "Alt", "Meta", "Enter"].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        changeKey(action, keyOf(event));
      });
      return make("label", {}, name, input);
    }),
  );
}

// Two actions that would have one key exchange their keys.
function changeKey(action, key) {
  const holder = actionOf(key);
  if (holder) keys[holder] = keys[action];
  keys[action] = key;
  localStorage.setItem(KEYS_KEPT, JSON.stringify(keys));
  showKeys();
}

function shownKey(key) {
  return SHOWN_KEYS[key] ?? key.toUpperCase();
}

byId("reset").addEventListener("click", () => {
  keys = { ...DEFAULT_KEYS };
  localStorage.removeItem(KEYS_KEPT);
  showKeys();
});
