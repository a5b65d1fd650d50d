/**
 * A text field whose letters can be marked: the same letters stand behind it, and the marks are painted there.
 * The letters behind also give the field its height, so it never scrolls by itself.
 */

import { unit, wellFormed } from "./points.js";

export class Mirror {
  /** @param {HTMLTextAreaElement} field  @param {HTMLElement} behind  @param {function(): void} changed */
  constructor(field, behind, changed, { oneLine = false } = {}) {
    this.field = field;
    this.changed = changed;
    this.oneLine = oneLine;
    this.composing = false;
    this.node = document.createTextNode("");
    behind.replaceChildren(this.node, "\u200b"); // so that an empty last line has its height
    this.follow();
    field.addEventListener("input", () => this.touched());
    field.addEventListener("compositionstart", () => (this.composing = true));
    field.addEventListener("compositionend", () => (this.composing = false));
  }

  get blank() {
    return this.field.value.trim() === "";
  }

  get letters() {
    return this.field.value;
  }

  read() {
    const text = wellFormed(this.field.value);
    return { text, locate: (start, end) => this.range(unit(text, 0, start), unit(text, 0, end)) };
  }

  write(text) {
    this.field.value = text;
    this.touched();
  }

  clear() {
    this.write("");
  }

  touched() {
    if (this.oneLine && /[\r\n]/.test(this.field.value)) this.field.value = this.field.value.replace(/\s*[\r\n]+\s*/g, "");
    this.follow();
    this.changed();
  }

  /** Changes behind only what has changed in front, so that ranges on the rest stay where they are. */
  follow() {
    const [old, now] = [this.node.data, this.field.value];
    if (old === now) return;
    const least = Math.min(old.length, now.length);
    let head = 0;
    while (head < least && old[head] === now[head]) head += 1;
    let tail = 0;
    while (tail < least - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
    this.node.replaceData(head, old.length - head - tail, now.slice(head, now.length - tail));
  }

  range(start, end) {
    const range = document.createRange();
    range.setStart(this.node, Math.min(start, this.node.length));
    range.setEnd(this.node, Math.min(end, this.node.length));
    return range;
  }

  replace(range, letters) {
    const start = range.startOffset;
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(start, range.endOffset);
    document.execCommand(letters === "" ? "delete" : "insertText", false, letters);
    return this.range(start, start + letters.length);
  }

  focus(range) {
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(range.startOffset, range.endOffset);
  }
}
