/** What is said beside the text: regulations, unit, category, source, days. What stays the same next time is remembered. */

import { byId } from "./element.js";

const MEMORY = "xianshen.form";
const REMEMBERED = ["unit_name", "unit_kind", "channel", "author"];
const FACTS = { kind: "unit_kind", category: "category", channel: "channel" };

export class Post {
  /** @param {HTMLFormElement} form  @param {function(): void} changed */
  constructor(form, changed) {
    this.form = form;
    this.recall();
    this.tell();
    form.addEventListener("input", () => {
      this.tell();
      this.remember();
      changed();
    });
  }

  get boxes() {
    return [...this.form.querySelectorAll('input[name="checklists"]')];
  }

  get checklists() {
    return this.boxes.filter((box) => box.checked).map((box) => box.value);
  }

  value(name) {
    return this.form.elements[name].value.trim();
  }

  /** The field that states a fact on which a signature depends. */
  field(fact) {
    return this.form.elements[FACTS[fact]];
  }

  /** The request body without text: only what was filled in. */
  read() {
    const post = { checklists: this.checklists };
    for (const name of ["category", "channel", "author", "published_on", "formed_on"]) {
      if (this.value(name)) post[name] = this.value(name);
    }
    const unit = { name: this.value("unit_name"), kind: this.value("unit_kind") };
    if (unit.name || unit.kind) post.unit = unit;
    const source = { name: this.value("source_name"), url: this.value("source_url") };
    if (source.name || source.url) post.source = source;
    if (this.value("disclosure") !== "ordinary") {
      post.disclosure = this.value("disclosure");
      post.disclosure_basis = this.value("disclosure_basis");
    }
    if (this.thorough.checked) post.thorough = true;
    return post;
  }

  /** Whether wrong characters are looked for more widely; disabled where the service has no model for it. */
  get thorough() {
    return this.form.elements.thorough;
  }

  /** A chosen select's words, or what was typed; for people. */
  words(name) {
    const field = this.form.elements[name];
    return field.value && field.selectedOptions ? field.selectedOptions[0].textContent : field.value.trim();
  }

  /** The drawers' summaries say what is inside, so that they can stay shut. */
  tell() {
    const titles = this.boxes.filter((box) => box.checked).map((box) => box.dataset.title);
    byId("regulations-chosen").textContent = `${titles.length ? titles.join("；") : "未选择"}${this.thorough.checked ? " · 细查错别字" : ""}`;
    const facts = ["unit_name", "unit_kind", "category", "channel"].map((name) => this.words(name)).filter(Boolean);
    if (this.value("source_name") || this.value("source_url")) facts.push(`来源：${this.value("source_name") || this.value("source_url")}`);
    byId("facts-stated").textContent = facts.length ? facts.join(" · ") : "未填写";
    byId("disclosure-basis").hidden = this.value("disclosure") === "ordinary";
  }

  recall() {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(MEMORY)) ?? {};
    } catch {
      return; // private window, or somebody else's data
    }
    for (const name of REMEMBERED) if (typeof kept[name] === "string") this.form.elements[name].value = kept[name];
    this.thorough.checked = kept.thorough === true && !this.thorough.disabled;
    const known = this.boxes.filter((box) => Array.isArray(kept.checklists) && kept.checklists.includes(box.value));
    if (known.length) for (const box of this.boxes) box.checked = known.includes(box);
  }

  remember() {
    const kept = Object.fromEntries(REMEMBERED.map((name) => [name, this.form.elements[name].value]));
    try {
      localStorage.setItem(MEMORY, JSON.stringify({ ...kept, checklists: this.checklists, thorough: this.thorough.checked }));
    } catch {
      // nothing is remembered, nothing is lost
    }
  }
}
