/** The manuscript as formatted text: what is pasted is cleaned, what is submitted is written by us, with a map back. */

import { address, clean, paragraphs } from "./clean.js";
import { points, unit, wellFormed } from "./points.js";

const PLAIN = new Set(
  "P DIV H1 H2 H3 H4 H5 H6 UL OL LI TABLE TBODY THEAD TFOOT TR TD TH B STRONG I EM U S DEL INS SUB SUP".split(" "),
);
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\u00a0": "&nbsp;" };
const INSERTED_AT_ONCE = 60_000; // letters; more would keep the browser's own editing command busy for seconds

/**
 * The HTML of the nodes below `root`, and where each letter of it stands on the page.
 *
 * @returns {{text: string, runs: Array<{start: number, end: number, node: Node, offset: number, whole: boolean}>}}
 *   `start` and `end` count code points of `text`; a `whole` run (an entity) stands for one letter of its text node, or
 *   (an address) for an element; any other run letter by letter for the data of its node from `offset` on
 */
export function serialise(root) {
  const parts = [];
  const runs = [];
  let at = 0;

  const put = (markup) => {
    parts.push(markup);
    at += points(markup);
  };
  const run = (node, offset, letters) => {
    if (letters === "") return;
    const start = at;
    put(letters);
    runs.push({ start, end: at, node, offset, whole: false });
  };
  const letters = (node) => {
    const data = wellFormed(node.data);
    let from = 0;
    for (const match of data.matchAll(/[&<>"\u00a0]/g)) {
      run(node, from, data.slice(from, match.index));
      const start = at;
      put(ESCAPES[match[0]]);
      runs.push({ start, end: at, node, offset: match.index, whole: true });
      from = match.index + 1;
    }
    run(node, from, data.slice(from));
  };
  const attribute = (node, name, value) => {
    put(` ${name}="`);
    const start = at;
    put(wellFormed(value).replace(/[&<>"\u00a0]/g, (letter) => ESCAPES[letter]));
    runs.push({ start, end: at, node, offset: -1, whole: true });
    put('"');
  };
  const inside = (node) => {
    for (const child of node.childNodes) walk(child);
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) letters(node);
    else if (node.nodeType === Node.ELEMENT_NODE) tag(node);
  };
  const tag = (node) => {
    const name = node.nodeName;
    if (name === "BR") {
      put("<br>");
    } else if (node.classList.contains("image")) {
      put('<img alt="');
      inside(node);
      put('"');
      if (address(node.dataset.src)) attribute(node, "src", node.dataset.src);
      put(">");
    } else if (PLAIN.has(name) || name === "A" || node.hasAttribute("data-hidden")) {
      const written = name.toLowerCase();
      put(`<${written}`);
      for (const span of ["colspan", "rowspan"]) if (node.hasAttribute(span)) put(` ${span}="${parseInt(node.getAttribute(span), 10) || 1}"`);
      if (node.hasAttribute("data-hidden")) put(' style="display:none"');
      if (name === "A" && address(node.getAttribute("href"))) attribute(node, "href", address(node.getAttribute("href")));
      put(">");
      inside(node);
      put(`</${written}>`);
    } else {
      inside(node);
    }
  };
  inside(root);
  return { text: parts.join(""), runs };
}

/** The range on the page of the code points `start` to `end` of what was serialised; null where nothing of it is shown. */
export function locate(runs, start, end) {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle].end <= start) low = middle + 1;
    else high = middle;
  }
  const range = document.createRange();
  let found = false;
  let around = null;
  for (let number = low; number < runs.length && runs[number].start < end; number += 1) {
    const { node, offset, whole, ...run } = runs[number];
    if (offset < 0) {
      around ??= node;
      continue;
    }
    const from = whole ? offset : unit(node.data, offset, Math.max(start - run.start, 0));
    const to = whole ? offset + 1 : unit(node.data, offset, Math.min(end, run.end) - run.start);
    if (!found) range.setStart(node, from);
    range.setEnd(node, to);
    found = true;
  }
  if (found) return range;
  if (!around) return null;
  range.selectNodeContents(around);
  return range;
}

/** A few paragraphs of nothing but letters. */
const plain = (fragment) => [...fragment.childNodes].every((one) => one.nodeName === "P" && !one.querySelector(":not(br)")) && fragment.childNodes.length < 200;

export class Manuscript {
  /** @param {HTMLElement} root  @param {function(): void} changed */
  constructor(root, changed) {
    this.root = root;
    this.changed = changed;
    this.composing = false;
    this.lost = { embedded: 0, links: 0 };
    this.clear();
    root.addEventListener("input", () => this.touched());
    root.addEventListener("compositionstart", () => (this.composing = true));
    root.addEventListener("compositionend", () => (this.composing = false));
    root.addEventListener("paste", (event) => {
      event.preventDefault();
      this.take(event.clipboardData);
    });
    root.addEventListener("beforeinput", (event) => {
      if (event.inputType !== "insertFromDrop" || !event.dataTransfer) return;
      event.preventDefault();
      this.take(event.dataTransfer);
    });
    root.addEventListener("click", (event) => event.target.closest("a") && event.preventDefault());
    root.addEventListener("focus", () => document.execCommand("defaultParagraphSeparator", false, "p"));
  }

  get blank() {
    return this.root.textContent.trim() === "" && !this.root.querySelector(".image");
  }

  /** What is submitted as the body, and the way back from its code points. */
  read() {
    const { text, runs } = serialise(this.root);
    return { text, locate: (start, end) => locate(runs, start, end) };
  }

  /** The letters a reader sees. */
  get letters() {
    return this.root.innerText;
  }

  clear() {
    this.lost = { embedded: 0, links: 0 };
    this.write(paragraphs(""));
  }

  write(fragment) {
    this.root.replaceChildren(fragment);
    this.touched();
  }

  writeHtml(html) {
    const { fragment, seen } = clean(html);
    this.lost = { embedded: seen.embedded, links: seen.links };
    if (!fragment.hasChildNodes()) fragment.append(paragraphs(""));
    this.write(fragment);
  }

  touched() {
    this.root.classList.toggle("blank", this.blank);
    this.changed();
  }

  /** What was pasted or dragged here. @param {DataTransfer} data */
  take(data) {
    const html = data.getData("text/html");
    const text = data.getData("text/plain");
    if (html.trim()) {
      const { fragment, seen } = clean(html);
      if (this.blank) this.lost = { embedded: 0, links: 0 };
      this.lost.embedded += seen.embedded;
      this.lost.links += seen.links;
      if (fragment.hasChildNodes()) this.insert(fragment);
    } else if (/[\r\n]/.test(text)) {
      this.insert(paragraphs(text));
    } else if (text) {
      document.execCommand("insertText", false, text);
    }
  }

  /** At the caret; so that Ctrl+Z takes it back, by the browser's own command where that is quick. */
  insert(fragment) {
    if (this.blank) {
      this.root.replaceChildren(fragment);
      getSelection().selectAllChildren(this.root);
      getSelection().collapseToEnd();
    } else if (plain(fragment)) {
      document.execCommand("insertText", false, [...fragment.childNodes].map((one) => one.textContent).join("\n"));
    } else if (fragment.textContent.length < INSERTED_AT_ONCE) {
      const alone = fragment.childNodes.length === 1 && fragment.firstChild.nodeName === "P";
      const box = document.createElement("div");
      box.append(...(alone ? fragment.firstChild.childNodes : fragment.childNodes));
      document.execCommand("insertHTML", false, box.innerHTML);
    } else {
      const range = getSelection().getRangeAt(0);
      range.deleteContents();
      let top = range.startContainer;
      while (top !== this.root && top.parentNode !== this.root) top = top.parentNode;
      if (top === this.root) this.root.append(fragment);
      else top.after(fragment);
    }
    this.touched();
  }

  /** Other letters in place of a range; returns the range they stand in. */
  replace(range, letters) {
    const start = range.startContainer;
    const locked = start.parentElement?.closest("[contenteditable=false]");
    if (locked || letters === "") {
      range.deleteContents();
      const node = document.createTextNode(letters);
      range.insertNode(node);
      range.selectNodeContents(node);
      this.touched();
      return range;
    }
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range.cloneRange());
    document.execCommand("insertText", false, letters);
    const { focusNode, focusOffset } = selection;
    const placed = document.createRange();
    placed.setStart(focusNode, Math.max(0, focusOffset - letters.length));
    placed.setEnd(focusNode, focusOffset);
    return placed;
  }

  /** The caret into the text, at a range. */
  focus(range) {
    this.root.focus({ preventScroll: true });
    getSelection().removeAllRanges();
    getSelection().addRange(range.cloneRange());
  }
}
