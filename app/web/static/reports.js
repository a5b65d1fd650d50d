/** What an editor tells the keeper of words: this was a false alarm; this word is missing. Nothing changes by it here. */

import { announce, byId, once } from "./element.js";
import { PATIENCE, request } from "./service.js";

/** Why a report was not taken, in words for the editor. */
export class NotSent extends Error {}

/**
 * @param {{kind: "false-alarm"|"word", rule?: string, word: string, context?: string, note?: string, record?: string}} said
 * @throws {NotSent}
 */
export async function send(said) {
  const answer = await request("/lexicons/reports", said, AbortSignal.timeout(PATIENCE)).catch(() => null);
  if (!answer) throw new NotSent("连不上审查服务，未能报告。");
  if (!answer.ok) throw new NotSent(`未能报告：${answer.data?.detail ?? `服务返回错误（${answer.status}）。`}`);
}

/** The letters selected on the page, on one line; "" where there are none or too many. */
function selected() {
  const field = document.activeElement;
  const letters = field?.matches("textarea") ? field.value.slice(field.selectionStart, field.selectionEnd) : String(getSelection());
  const word = letters.replace(/\s+/g, " ").trim();
  return word.length <= 50 ? word : "";
}

/** The dialog in which a word is proposed. @param {function(): string} record  the record of this text, "" for none */
export function proposals(record) {
  const dialog = byId("propose");
  const form = dialog.querySelector("form");
  const { word, instead, family, note } = form.elements;
  let chosen = "";
  // The selection is gone once the button has the focus.
  byId("propose-open").addEventListener("pointerdown", () => (chosen = selected()));
  byId("propose-open").addEventListener("click", () => {
    form.reset();
    word.value = chosen || selected();
    chosen = "";
    byId("propose-trouble").textContent = "";
    dialog.showModal();
    word.focus();
  });
  byId("propose-close").addEventListener("click", () => dialog.close());
  const propose = once(async () => {
    const said = [
      instead.value.trim() && `应当写作“${instead.value.trim()}”。`,
      `类别：${family.selectedOptions[0].textContent}。`,
      note.value.trim(),
    ].filter(Boolean).join("");
    try {
      await send({ kind: "word", word: word.value.trim(), note: said, record: record() });
      dialog.close();
      announce(`已建议增加“${word.value.trim()}”，由词库管理人员处理。`);
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      byId("propose-trouble").textContent = error.message;
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    propose();
  });
}
