/** Files from Word, WPS, Excel, a PDF or a text editor: the service reads them, and what it could not read stays said. */

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
  /** @param {string} root  @param {number} most  bytes */
  constructor(root, most) {
    this.root = root;
    this.most = most;
    this.controller = null;
  }

  /**
   * @param {File} file
   * @param {string[]} checklists
   * @returns {Promise<Paper|null>}  null: another file has taken its place
   * @throws {NotRead}
   */
  async read(file, checklists) {
    this.controller?.abort();
    if (file.size > this.most) throw new NotRead(`“${file.name}”有 ${size(file.size)}，超过上限 ${size(this.most)}，未读取。`);
    if (!file.size) throw new NotRead(`“${file.name}”是空文件或文件夹，未读取。`);
    const controller = new AbortController();
    this.controller = controller;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      controller.abort();
    }, PATIENCE);
    const form = new FormData();
    form.append("file", file);
    form.append("record", "false");
    for (const one of checklists) form.append("checklists", one);
    try {
      const answer = await fetch(`${this.root}/screen/file`, { method: "POST", headers: { accept: "application/json" }, body: form, signal: controller.signal });
      const data = await answer.json().catch(() => null);
      if (!answer.ok || !data?.extracted) throw new NotRead(data?.detail ?? `读取“${file.name}”时服务返回错误（${answer.status}），未读取。`);
      if (this.controller !== controller) return null;
      return { name: file.name, extracted: data.extracted, unread: data.unread, notRead: data.not_read, noted: data.noted };
    } catch (error) {
      if (error instanceof NotRead) throw error;
      if (late) throw new NotRead(`读取“${file.name}”用时过长，已中止。`);
      if (controller.signal.aborted) return null;
      throw new NotRead("连不上审查服务，文件未读取；请检查网络后重试。");
    } finally {
      clearTimeout(timer);
      if (this.controller === controller) this.controller = null;
    }
  }
}

const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);
