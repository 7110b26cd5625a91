// The list of rows: only those that can be seen have elements, however many there are.
"use strict";

const BEYOND = 6; // rows above and below the visible ones that are drawn too

// box: the element that scrolls; spacer: the element in it that is as tall as all rows.
// draw(position) gives the element of a row; chosen(position) is called when one is clicked.
class VirtualList {
  constructor(box, spacer, draw, chosen) {
    Object.assign(this, { box, spacer, draw, chosen, order: [], drawn: new Map(), waiting: false });
    this.height = this.rowHeight();
    box.addEventListener("scroll", () => this.drawSoon(), { passive: true });
    new ResizeObserver(() => this.drawSoon()).observe(box);
    spacer.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) chosen(Number(option.dataset.position));
    });
  }

  rowHeight() {
    return parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 56;
  }

  // order: the positions of the rows to list.
  show(order, selected) {
    this.order = order;
    this.spacer.style.height = `${order.length * this.height}px`;
    this.redraw(selected);
  }

  redraw(selected) {
    this.selected = selected;
    this.drawn.forEach((element) => element.remove());
    this.drawn.clear();
    this.drawNow();
  }

  select(position) {
    this.selected = position;
    this.drawn.forEach((element, place) => element.setAttribute("aria-selected", this.order[place] === position));
    const place = this.order.indexOf(position);
    if (place >= 0) this.bringIntoView(place);
    this.drawNow();
    this.markActive();
  }

  bringIntoView(place) {
    const top = place * this.height;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) this.box.scrollTop = top + this.height - clientHeight;
  }

  drawSoon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.drawNow();
      this.markActive();
    });
  }

  drawNow() {
    const { scrollTop, clientHeight } = this.box;
    const first = Math.max(0, Math.floor(scrollTop / this.height) - BEYOND);
    const last = Math.min(this.order.length - 1, Math.ceil((scrollTop + clientHeight) / this.height) + BEYOND);
    this.drawn.forEach((element, place) => {
      if (place < first || place > last) {
        element.remove();
        this.drawn.delete(place);
      }
    });
    for (let place = first; place <= last; place += 1) {
      if (this.drawn.has(place)) continue;
      const position = this.order[place];
      const element = this.draw(position);
      element.id = `option-${position}`;
      element.dataset.position = position;
      element.setAttribute("role", "option");
      element.setAttribute("aria-setsize", this.order.length);
      element.setAttribute("aria-posinset", place + 1);
      element.setAttribute("aria-selected", position === this.selected);
      element.style.top = `${place * this.height}px`;
      this.spacer.append(element);
      this.drawn.set(place, element);
    }
  }

  markActive() {
    const active = document.getElementById(`option-${this.selected}`);
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
  }
}
