/** The entry of this text in the register: its number, its form to download, its address to hand on. */

import { copy } from "./copy.js";
import { announce, element } from "./element.js";
import { ROOT } from "./service.js";

const path = (record) => `${ROOT}/records/${encodeURIComponent(record)}`;

export class Recorded {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.id = "";
    this.digest = "";
  }

  forget() {
    this.id = this.digest = "";
    this.place.replaceChildren();
  }

  /** After each verdict: a new entry, or whether the old one is still of this text. */
  async show({ record, digest }) {
    if (!record) {
      this.place.classList.toggle("old", this.id !== "" && digest !== this.digest);
      return;
    }
    Object.assign(this, { id: record, digest });
    this.tell("");
    const number = await this.number(record);
    if (this.id === record) this.tell(number);
  }

  /** Whether the entry is of the text with this digest. */
  of(digest) {
    return this.id !== "" && this.digest === digest ? this.id : "";
  }

  tell(number) {
    const here = path(this.id);
    this.place.classList.remove("old");
    this.place.replaceChildren(
      "已登记 ",
      element("a", { href: here, target: "_blank" }, number || this.id),
      element("a", { href: `${here}/form.docx`, download: "" }, "下载审查表"),
      element("button", { type: "button", class: "plain", onclick: () => this.hand(`${location.origin}${here}`) }, "复制链接"),
      element("span", { class: "since" }, "登记后稿件又有改动，须重新登记。"));
  }

  /** The number that people read out to each other; "" where it could not be asked. */
  async number(record) {
    try {
      const answer = await fetch(path(record), { headers: { accept: "application/json" } });
      return answer.ok ? String((await answer.json()).number ?? "") : "";
    } catch {
      return "";
    }
  }

  async hand(address) {
    announce((await copy("", address)) ? "已复制登记页的链接，有权限的人可以打开。" : `浏览器不允许复制，登记页的地址是：${address}`);
  }
}
