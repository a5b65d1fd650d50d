/** Marks on the text: CSS highlights, which leave the page's nodes alone; boxes laid over the text where there are none. */

import { byId, element } from "./element.js";

const KINDS = ["rest", "review", "stop", "done", "current", "masked"]; // the later lies on top
const REST = 120; // milliseconds of the pointer on a mark before it says what it is

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

// --- pointed at

/** Whether a point of the window lies on a range. */
function covers(range, x, y) {
  const whole = range.getBoundingClientRect();
  if (x < whole.left || x > whole.right || y < whole.top || y > whole.bottom) return false;
  return [...range.getClientRects()].some((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
}

function under({ all }, x, y) {
  return all.find((one) => one.range && covers(one.range, x, y)) ?? all.find((one) => one.places.some((range) => covers(range, x, y)));
}

function tip(one, x, y) {
  const place = byId("tip");
  place.hidden = !one;
  if (!one) return;
  const { finding } = one;
  const mend = finding.suggestion === null ? "" : finding.suggestion === "" ? "建议删去。" : `建议改为：${finding.suggestion}`;
  place.replaceChildren(element("strong", {}, finding.title), element("span", {}, finding.note || finding.why), mend ? element("span", {}, mend) : "",
    finding.basis.length ? element("small", {}, finding.basis[0], finding.basis.length > 1 ? " 等" : "") : "");
  place.style.left = `${Math.max(8, Math.min(x, innerWidth - place.offsetWidth - 8))}px`;
  place.style.top = `${y + 18 + place.offsetHeight > innerHeight ? y - place.offsetHeight - 12 : y + 18}px`;
}

/** A mark pointed at says what was found there, one clicked opens its card. @param {import("./findings.js").Findings} findings */
export function tips(findings) {
  const text = byId("paper");
  let resting = 0;
  text.addEventListener("pointermove", ({ clientX: x, clientY: y, pointerType }) => {
    clearTimeout(resting);
    if (pointerType === "mouse") resting = setTimeout(() => tip(under(findings, x, y), x, y), REST);
  });
  text.addEventListener("pointerleave", () => {
    clearTimeout(resting);
    tip(null);
  });
  text.addEventListener("click", ({ target, clientX: x, clientY: y, detail }) => {
    if (!detail || !target.closest(".sheet-of-text") || document.body.dataset.state !== "fresh") return;
    const one = under(findings, x, y);
    if (one) findings.select(one.number);
    tip(one, x, y);
  });
  addEventListener("scroll", () => tip(null), { passive: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && tip(null));
}
