/** The service behind this page: where it lives, how it is asked, and why there is no verdict. */

export const PATIENCE = 30_000; // milliseconds until an answer is late

/** What stands before every path where the service does not live at "/". */
export const ROOT = document.body.dataset.root;

/**
 * @param {string} path
 * @param {Object|FormData} said
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ok: boolean, status: number, data: Object|null}>}  `data`: null where the answer is not JSON
 * @throws {Error}  no answer
 */
export async function request(path, said, signal) {
  const headers = { accept: "application/json" };
  const form = said instanceof FormData; // of which the browser itself states the type
  if (!form) headers["content-type"] = "application/json";
  const answer = await fetch(ROOT + path, { method: "POST", headers, body: form ? said : JSON.stringify(said), signal });
  return { ok: answer.ok, status: answer.status, data: await answer.json().catch(() => null) };
}

/** One question at a time: a newer one cancels the older, and none is waited for longer than its time. */
export class Questions {
  /** @param {number} patience  milliseconds */
  constructor(patience) {
    this.patience = patience;
    this.controller = null;
  }

  cancel() {
    this.controller?.abort();
    this.controller = null;
  }

  /** As `request`; null: cancelled; status 0: no answer, as its time was up (`late`) or the service was not reached. */
  async ask(path, said) {
    this.cancel();
    const controller = new AbortController();
    this.controller = controller;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      controller.abort();
    }, this.patience);
    const answer = await request(path, said, controller.signal).catch(() => null);
    clearTimeout(timer);
    if (this.controller !== controller) return null;
    this.controller = null;
    return answer && !late ? { ...answer, late } : { ok: false, status: 0, data: null, late };
  }
}

/** Why there is no verdict, in words for the editor; `status` is 401 where they must log in again. */
export class NotScreened extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/** Asks for verdicts and masked texts; anything else that comes back is an error. */
export class Screening {
  constructor() {
    this.questions = new Questions(PATIENCE);
  }

  cancel() {
    this.questions.cancel();
  }

  /**
   * @param {string} path  "/screen" or "/redact"
   * @param {Object} post
   * @returns {Promise<Object|null>}  null: a newer question has taken its place
   * @throws {NotScreened}
   */
  async ask(path, post) {
    const answer = await this.questions.ask(path, post);
    if (!answer) return null;
    const { ok, status, data, late } = answer;
    if (late) throw new NotScreened("服务器 30 秒内没有答复，请稍后重试。");
    if (!status) throw new NotScreened("连不上审查服务，请检查网络后重试。");
    if (!ok || !data) throw new NotScreened(problem(status, data), status);
    return data;
  }
}

function problem(status, data) {
  if (data?.detail) return `${data.detail.replace(/[。；]?$/, "。")}`;
  return `审查服务返回错误（${status}）。`;
}
