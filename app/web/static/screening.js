/** One question to the service at a time: a newer one cancels the older, and anything but a verdict is an error. */

const PATIENCE = 30_000; // milliseconds

/** Why there is no verdict, in words for the editor; `status` is 401 where they must log in again. */
export class NotScreened extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

export class Screening {
  /** @param {string} root  what stands before every path where the service does not live at "/" */
  constructor(root) {
    this.root = root;
    this.controller = null;
  }

  cancel() {
    this.controller?.abort();
    this.controller = null;
  }

  /**
   * @param {string} path  "/screen" or "/redact"
   * @param {Object} post
   * @returns {Promise<Object|null>}  null: a newer question has taken its place
   * @throws {NotScreened}
   */
  async ask(path, post) {
    this.cancel();
    const controller = new AbortController();
    this.controller = controller;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      controller.abort();
    }, PATIENCE);
    try {
      const answer = await fetch(this.root + path, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(post),
        signal: controller.signal,
      });
      const data = await answer.json().catch(() => null);
      if (answer.ok && data) return this.controller === controller ? data : null;
      throw new NotScreened(problem(answer.status, data), answer.status);
    } catch (error) {
      if (error instanceof NotScreened) throw error;
      if (late) throw new NotScreened("服务器 30 秒内没有答复，请稍后重试。");
      if (controller.signal.aborted) return null;
      throw new NotScreened("连不上审查服务，请检查网络后重试。");
    } finally {
      clearTimeout(timer);
      if (this.controller === controller) this.controller = null;
    }
  }
}

function problem(status, data) {
  if (data?.detail) return `${data.detail.replace(/[。；]?$/, "。")}`;
  return `审查服务返回错误（${status}）。`;
}
