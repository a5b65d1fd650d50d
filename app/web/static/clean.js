/**
 * Pasted HTML → a small, known HTML: paragraphs, headings, lists, tables, links, emphasis.
 *
 * An allow-list: every element is made anew, so nothing that is not named here can come through.
 * What a reader would not see is not lost: it stands in the text, marked as hidden, and is screened.
 */

import { element } from "./element.js";

const HEADINGS = new Set(["H1", "H2", "H3", "H4", "H5", "H6"]);
const BLOCKS = new Set(
  ("P DIV SECTION ARTICLE ASIDE BLOCKQUOTE CENTER ADDRESS HEADER FOOTER MAIN NAV FIGURE FIGCAPTION FORM FIELDSET LEGEND " +
    "DL DT DD DETAILS SUMMARY DIALOG HGROUP PRE XMP LISTING HR CAPTION TR TBODY THEAD TFOOT MENU BODY").split(" "),
);
const EMPHASIS = {
  B: "b", STRONG: "strong", I: "i", EM: "em", U: "u", SUB: "sub", SUP: "sup", S: "s", STRIKE: "s", DEL: "del", INS: "ins",
};
const NOTHING = new Set("SCRIPT STYLE HEAD TITLE META LINK BASE XML COL COLGROUP PARAM SOURCE TRACK".split(" "));
const EMBEDDED = new Set("IFRAME OBJECT EMBED VIDEO AUDIO CANVAS SVG MATH APPLET FRAMESET".split(" "));
const BEHIND = new Set("TEMPLATE NOSCRIPT NOEMBED NOFRAMES".split(" "));
const UNSEEN =
  /display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|%)?\s*(?:;|$|!)|text-indent\s*:\s*-\d{3,}|(?:^|[;\s])(?:left|top|margin-left)\s*:\s*-\d{3,}/i;
const BOLD = /(?<![-\w])font-weight\s*:\s*(?:bold|[6-9]00)/i;
const LIGHT = /(?<![-\w])font-weight\s*:\s*(?:normal|400)/i;
const WIDE = /^[\p{Script=Han}\u3000-\u303f\uff00-\uffef“”‘’—…]$/u;
const ADDRESS = /^(?:https?:\/\/|mailto:)/i;
const MOST_SPAN = 1000;

/** Addresses that may stay; null for all others (script:, data:, file:, relative ones). */
export const address = (value) => {
  const bare = (value ?? "").replace(/[\u0000-\u0020\u007f-\u00a0]+/g, (blank) => (blank.includes(" ") ? " " : "")).trim();
  return ADDRESS.test(bare) ? bare : null;
};

/**
 * @param {string} html
 * @returns {{fragment: DocumentFragment, seen: {images: number, embedded: number, hidden: number, links: number}}}
 *   `links` counts addresses that were dropped, `embedded` what cannot be shown or read here
 */
export function clean(html) {
  const copy = new Copy();
  copy.children(new DOMParser().parseFromString(quiet(html), "text/html").body);
  return { fragment: copy.fragment, seen: copy.seen };
}

/** Plain text, one paragraph a line. */
export function paragraphs(text) {
  const fragment = document.createDocumentFragment();
  for (const line of text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n")) {
    fragment.append(element("p", {}, line === "" ? element("br") : line));
  }
  return fragment;
}

/** The placeholder of a picture: its alternative text is read, the picture is not. */
export const picture = (alt, src) => element("span", { class: "image", contenteditable: "false", "data-src": src }, alt);

const TAG = /<[a-z][^\s<>"'/]*(?:"[^"]*"|'[^']*'|[^"'<>])*>/gi;
const STYLE_OR_HANDLER = /"[^"]*"|'[^']*'|(?<=[\s"'/])(?:style|on[a-z]+)(?=\s*=)/gi;
const LOUD = 400_000;

/**
 * Renames style, <style>, <base> and on… before parsing. The parsed document is inert either way; but the browser reports every
 * such thing to the console as a breach of the page's policy, which would bury the real ones.
 */
function quiet(html) {
  if (html.length > LOUD) return html;
  const silent = html.replace(/<style(?=[\s/>])/gi, "<xmp data-was-sheet ").replace(/<\/style(?=[\s/>])/gi, "</xmp").replace(/<base(?=[\s/>])/gi, "<wbr");
  return silent.replace(TAG, (tag) => tag.replace(STYLE_OR_HANDLER, (piece) => (/^["']/.test(piece) ? piece : `data-was-${piece}`)));
}

const styled = (node) => node.getAttribute("data-was-style") ?? node.getAttribute("style") ?? "";
const unseen = (node) => node.hasAttribute("hidden") || UNSEEN.test(styled(node));

class Copy {
  constructor() {
    this.fragment = document.createDocumentFragment();
    this.seen = { images: 0, embedded: 0, hidden: 0, links: 0 };
    this.container = this.fragment; // where blocks go
    this.block = null; // where letters go: a paragraph, heading, cell or list item
    this.last = ""; // the last letter of the block, for collapsing white space
    this.gap = ""; // white space waiting for its next letter: "", "space" or "break"
    this.open = []; // emphasis and links that are open: {name, attributes, made}
    this.kept = false; // inside <pre>
    this.hiding = false;
  }

  children(node) {
    for (const child of node.childNodes) this.node(child);
  }

  node(node) {
    if (node.nodeType === Node.TEXT_NODE) this.letters(node.data);
    else if (node.nodeType === Node.COMMENT_NODE) this.comment(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE) this.element(node);
  }

  element(node) {
    const name = node.nodeName.toUpperCase();
    if (NOTHING.has(name) || node.hasAttribute("data-was-sheet")) return;
    const hidden = !this.hiding && (BEHIND.has(name) || unseen(node));
    if (hidden && !["TR", "TD", "TH", "LI"].includes(name)) this.hide(node, name);
    else this.known(node, name, styled(node));
  }

  known(node, name, style) {
    if (EMBEDDED.has(name)) this.embedded(node, name);
    else if (name === "BR") this.lineBreak();
    else if (name === "IMG") this.image(node);
    else if (name === "TABLE") this.table(node);
    else if (name === "UL" || name === "OL") this.list(node, name.toLowerCase());
    else if (HEADINGS.has(name)) this.heading(node, name.toLowerCase());
    else if (BLOCKS.has(name) || name === "LI" || name === "TD" || name === "TH") this.paragraph(node, name);
    else if (name === "A") this.link(node);
    else if (name === "INPUT") this.letters(node.type === "hidden" ? "" : node.getAttribute("value") ?? "");
    else if (name in EMPHASIS && !(name === "B" && LIGHT.test(style))) this.within(EMPHASIS[name], {}, node);
    else if (BOLD.test(style)) this.within("strong", {}, node);
    else this.children(node);
  }

  // --- blocks

  close() {
    this.block = null;
    this.last = this.gap = "";
  }

  heading(node, name) {
    this.close();
    this.block = element(name);
    this.container.append(this.block);
    this.children(node);
    this.close();
  }

  paragraph(node, name) {
    const before = this.container.lastChild;
    const kept = this.kept;
    this.close();
    this.kept = kept || name === "PRE" || name === "XMP" || name === "LISTING";
    this.children(node);
    this.kept = kept;
    this.close();
    // An empty line between two paragraphs is kept, a row of them is one.
    if (name === "P" && before && before === this.container.lastChild && before.textContent !== "" && before.nodeName === "P") {
      this.container.append(element("p", {}, element("br")));
    }
  }

  list(node, name) {
    this.close();
    const list = element(name);
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE && child.data.trim() === "") continue;
      if (child.nodeType === Node.COMMENT_NODE) continue;
      const item = element("li", { "data-hidden": this.concealed(child) });
      this.inside(item, () => (child.nodeName === "LI" ? this.children(child) : this.node(child)));
      if (item.hasChildNodes()) list.append(item);
    }
    if (list.hasChildNodes()) this.container.append(list);
  }

  table(node) {
    this.close();
    if (node.caption) this.paragraph(node.caption, "CAPTION");
    const body = element("tbody");
    for (const row of node.rows) {
      const line = element("tr", { "data-hidden": this.concealed(row) });
      for (const cell of row.cells) {
        const made = element(cell.nodeName.toLowerCase(), {
          colspan: cell.colSpan > 1 ? Math.min(cell.colSpan, MOST_SPAN) : null,
          rowspan: cell.rowSpan > 1 ? Math.min(cell.rowSpan, MOST_SPAN) : null,
          "data-hidden": this.concealed(cell),
        });
        this.inside(made, () => this.children(cell));
        line.append(made);
      }
      if (line.hasChildNodes()) body.append(line);
    }
    if (body.hasChildNodes()) this.container.append(element("table", {}, body));
  }

  /** Everything that `copy` does goes into `container`. */
  inside(container, copy) {
    const outer = [this.container, this.hiding, this.open];
    this.close();
    this.container = container;
    this.open = this.open.map((one) => ({ ...one, made: null }));
    this.hiding = this.hiding || container.hasAttribute("data-hidden");
    copy();
    this.close();
    [this.container, this.hiding, this.open] = outer;
  }

  // --- what a reader does not see

  /** "" where this row, cell or item is hidden, for the attribute of its copy; else null. */
  concealed(node) {
    if (this.hiding || node.nodeType !== Node.ELEMENT_NODE || node.textContent.trim() === "") return null;
    if (!unseen(node)) return null;
    this.seen.hidden += 1;
    return "";
  }

  hide(node, name) {
    const content = name === "TEMPLATE" ? node.content : node;
    if (content.textContent.trim() === "" && !content.querySelector("a[href], img[alt]")) return;
    this.seen.hidden += 1;
    if (BLOCKS.has(name) || BEHIND.has(name) || content.querySelector("p, div, table, ul, ol, h1, h2, h3, section")) {
      this.close();
      const box = element("div", { "data-hidden": "" });
      this.container.append(box);
      this.inside(box, () => (name in EMPHASIS || name === "A" || name === "TABLE" ? this.known(node, name, "") : this.children(content)));
    } else {
      this.concealing(() => this.known(node, name, ""));
    }
  }

  /** Word's and the clipboard's own comments say nothing; one with Chinese in it was written by somebody. */
  comment(data) {
    if (this.hiding || /^\s*\[|^\??xml/i.test(data) || !/\p{Script=Han}/u.test(data)) return;
    this.seen.hidden += 1;
    this.concealing(() => this.letters(data));
  }

  /** A picture drawn in the text has letters of its own; what stands inside a frame or a video is for who cannot show it. */
  embedded(node, name) {
    this.seen.embedded += 1;
    if (name === "SVG" || name === "MATH" || this.hiding) this.children(node);
    else if (node.textContent.trim() !== "") {
      this.seen.hidden += 1;
      this.concealing(() => this.children(node));
    }
  }

  /** Everything that `copy` does goes into a span that is marked as hidden. */
  concealing(copy) {
    this.hiding = true;
    this.open.push({ name: "span", attributes: { "data-hidden": "" }, made: null });
    copy();
    this.open.pop();
    this.hiding = false;
  }

  // --- letters

  within(name, attributes, node) {
    if (this.open.some((one) => one.name === name)) {
      this.children(node);
      return;
    }
    this.open.push({ name, attributes, made: null });
    this.children(node);
    this.open.pop();
  }

  link(node) {
    const written = node.getAttribute("href");
    const href = address(written);
    if (href) {
      this.within("a", { href }, node);
      return;
    }
    if (written && !/^#/.test(written)) this.seen.links += 1;
    this.children(node);
  }

  /** The innermost element for the next letters; opens a paragraph and the emphasis that is still open. */
  spot() {
    if (!this.block) {
      const inline = this.container.nodeName === "TD" || this.container.nodeName === "TH" || this.container.nodeName === "LI";
      if (inline && !this.container.hasChildNodes()) this.block = this.container;
      else {
        this.block = element("p");
        this.container.append(this.block);
      }
    }
    let place = this.block;
    for (const one of this.open) {
      if (!one.made || one.made.parentNode !== place || place.lastChild !== one.made) {
        one.made = element(one.name, one.attributes);
        place.append(one.made);
      }
      place = one.made;
    }
    return place;
  }

  lineBreak() {
    this.spot().append(element("br"));
    this.last = this.gap = "";
  }

  image(node) {
    this.seen.images += 1;
    const alt = (node.getAttribute("alt") ?? "").trim();
    this.flush("字");
    this.spot().append(picture(alt, address(node.getAttribute("src") ?? node.getAttribute("data-src"))));
    this.last = "图";
  }

  /** White space as a browser collapses it; a line break between two Chinese characters is none. */
  flush(next) {
    if (this.gap === "" || this.last === "") {
      this.gap = "";
      return "";
    }
    const nothing = this.gap === "break" && WIDE.test(this.last) && WIDE.test(next);
    this.gap = "";
    return nothing ? "" : " ";
  }

  letters(data) {
    if (this.kept) {
      const lines = data.replace(/\r\n?/g, "\n").split("\n");
      lines.forEach((line, number) => {
        if (number) this.lineBreak();
        if (line) this.spot().append(line);
      });
      return;
    }
    let joined = "";
    for (const [piece] of data.matchAll(/[ \t\r\n\f]+|[^ \t\r\n\f]+/g)) {
      if (/^[ \t\r\n\f]/.test(piece)) {
        this.gap = this.gap === "break" || piece.includes("\n") ? "break" : "space";
      } else {
        joined += this.flush(String.fromCodePoint(piece.codePointAt(0))) + piece;
        this.last = piece.slice(/[\udc00-\udfff]$/.test(piece) ? -2 : -1);
      }
    }
    if (joined) {
      const place = this.spot();
      if (place.lastChild?.nodeType === Node.TEXT_NODE) place.lastChild.appendData(joined);
      else place.append(joined);
    }
  }
}
