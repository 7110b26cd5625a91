// Elements, found and made, and codes and probabilities as words: for the scripts of all pages.
"use strict";

const byId = (id) => document.getElementById(id);
const spoken = (code) => code.replaceAll("_", " ");
const percent = (probability) => `${Math.round(100 * probability)}\u00a0%`;

// An element; children are elements or text, which is only ever set as text.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("aria-")) element.setAttribute(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
