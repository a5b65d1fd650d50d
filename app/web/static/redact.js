/** Private data masked with one click: before and after side by side, then taken over or not. */

import { byId, element } from "./element.js";
import { clean } from "./clean.js";
import { points } from "./points.js";

/**
 * @param {Object} post  what was asked
 * @param {Object} masked  the answer of POST /redact; the places of its masks are those of the submitted fields
 * @returns {Promise<boolean>}  whether the masked text is to be taken over
 */
export function compare(post, masked) {
  const dialog = byId("compare");
  byId("compare-count").textContent = masked.masks.length
    ? `共遮盖 ${masked.masks.length} 处个人信息。`
    : "没有发现须遮盖的个人信息。";
  byId("compare-masks").replaceChildren(...kinds(masked.masks).map((words) => element("li", {}, words)));
  byId("compare-before").replaceChildren(...side(post));
  byId("compare-after").replaceChildren(...side(masked));
  byId("compare-take").hidden = !masked.masks.length;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "take"), { once: true });
  });
}

function kinds(masks) {
  const counts = new Map();
  for (const one of masks) counts.set(one.kind || one.rule, (counts.get(one.kind || one.rule) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${kind} ${count} 处`);
}

function side({ title, body, format }) {
  const content = format === "html" ? clean(body).fragment : element("pre", {}, body);
  return [title ? element("h3", {}, title) : "", content, element("small", {}, `${points(body)} 个字符`)];
}
