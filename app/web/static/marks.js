/** Marks on the text: CSS highlights, which leave the page's nodes alone; boxes laid over the text where there are none. */

import { element } from "./element.js";

const KINDS = ["rest", "review", "stop", "done", "current", "masked"]; // the later lies on top

export class Marks {
  /** @param {HTMLElement} layer  an empty element at the origin of the page, for browsers without highlights */
  constructor(layer) {
    this.layer = layer;
    this.modern = Boolean(globalThis.Highlight && globalThis.CSS?.highlights);
    this.shown = new Map(KINDS.map((kind) => [kind, []]));
    if (this.modern) {
      KINDS.forEach((kind, priority) => {
        const highlight = new Highlight();
        highlight.priority = priority;
        CSS.highlights.set(kind, highlight);
      });
    } else {
      new ResizeObserver(() => this.later()).observe(document.body);
      document.addEventListener("input", () => this.later());
    }
  }

  /** @param {string} kind  @param {Range[]} ranges */
  show(kind, ranges) {
    this.shown.set(kind, ranges);
    if (this.modern) {
      const highlight = CSS.highlights.get(kind);
      highlight.clear();
      for (const range of ranges) highlight.add(range);
    } else {
      this.later();
    }
  }

  later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.boxes());
  }

  boxes() {
    const origin = this.layer.getBoundingClientRect();
    const boxes = [];
    for (const [kind, ranges] of this.shown) {
      for (const range of ranges) {
        for (const rectangle of range.getClientRects()) {
          const box = element("span", { class: `box ${kind}` });
          box.style.left = `${rectangle.left - origin.left}px`;
          box.style.top = `${rectangle.top - origin.top}px`;
          box.style.width = `${rectangle.width}px`;
          box.style.height = `${rectangle.height}px`;
          boxes.push(box);
        }
      }
    }
    this.layer.replaceChildren(...boxes);
  }
}

/** Whether a point of the window lies on a range. */
export function covers(range, x, y) {
  const whole = range.getBoundingClientRect();
  if (x < whole.left || x > whole.right || y < whole.top || y > whole.bottom) return false;
  return [...range.getClientRects()].some((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
}
