/** Files from Word, WPS, Excel, a PDF or a text editor: the service reads them, and what it could not read stays said. */

import { announce } from "./element.js";
import { Questions } from "./service.js";

const PATIENCE = 90_000; // milliseconds, an upload over a slow line included

/** Why a file was not taken, in words for the editor. */
export class NotRead extends Error {}

/**
 * @typedef {Object} Paper  a file that was read
 * @property {string} name
 * @property {{title: string, body: string, format: string}} extracted
 * @property {string} unread  why words of it could not be read; "" where all were
 * @property {string[]} notRead  what was not looked at: pictures, objects
 * @property {string[]} noted  what should be settled before it goes out: tracked changes, comments
 */

export class Files {
  /** @param {number} most  bytes */
  constructor(most) {
    this.most = most;
    this.questions = new Questions(PATIENCE);
  }

  /**
   * @param {File} file
   * @param {string[]} checklists
   * @returns {Promise<Paper|null>}  null: another file has taken its place
   * @throws {NotRead}
   */
  async read(file, checklists) {
    this.questions.cancel();
    if (file.size > this.most) throw new NotRead(`“${file.name}”有 ${size(file.size)}，超过上限 ${size(this.most)}，未读取。`);
    if (!file.size) throw new NotRead(`“${file.name}”是空文件或文件夹，未读取。`);
    const form = new FormData();
    form.append("file", file);
    form.append("record", "false");
    for (const one of checklists) form.append("checklists", one);
    const answer = await this.questions.ask("/screen/file", form);
    if (!answer) return null;
    const { ok, status, data, late } = answer;
    if (late) throw new NotRead(`读取“${file.name}”用时过长，已中止。`);
    if (!status) throw new NotRead("连不上审查服务，文件未读取；请检查网络后重试。");
    if (!ok || !data?.extracted) throw new NotRead(data?.detail ?? `读取“${file.name}”时服务返回错误（${status}），未读取。`);
    return { name: file.name, extracted: data.extracted, unread: data.unread, notRead: data.not_read, noted: data.noted };
  }
}

const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

/**
 * Files by every way but the button: a file copied in the file manager can be pasted, and one may be let go anywhere on
 * the page; a browser left to itself would open it and lose the text.
 *
 * @param {function(File[]): void} given
 */
export function arriving(given) {
  addEventListener("paste", (event) => {
    const { files: pasted, types } = event.clipboardData;
    if (!pasted.length || types.includes("text/html") || types.includes("text/plain")) return;
    event.preventDefault();
    event.stopPropagation();
    const papers = [...pasted].filter(({ type }) => !type.startsWith("image/"));
    if (papers.length) given(papers);
    else announce("没有粘贴图片：图中文字机器不能审查，请人工查看。"); // a picture says nothing that a rule could read
  }, { capture: true });

  let over = 0;
  const hover = (depth) => {
    over = Math.max(0, depth);
    document.body.classList.toggle("dragging", over > 0);
  };
  const carried = (kind, act) => addEventListener(kind, (event) => event.dataTransfer?.types.includes("Files") && act(event), { capture: true });
  carried("dragenter", () => hover(over + 1));
  carried("dragleave", () => hover(over - 1));
  carried("dragover", (event) => event.preventDefault());
  carried("drop", (event) => {
    event.preventDefault();
    hover(0);
    given([...event.dataTransfer.files]);
  });
}
