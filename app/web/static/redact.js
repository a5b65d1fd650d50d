/** Private data masked with one click: before and after side by side, then taken over or not. */

import { byId, element } from "./element.js";
import { clean } from "./clean.js";
import { locate, serialise } from "./manuscript.js";

/**
 * @param {Object} post  what was asked
 * @param {Object} masked  the answer of POST /redact; a mask stands where the masked letters stood, sign for sign
 * @param {import("./marks.js").Marks} marks
 * @returns {Promise<boolean>}  whether the masked text is to be taken over
 */
export function compare(post, masked, marks) {
  const dialog = byId("compare");
  byId("compare-count").textContent = masked.masks.length
    ? `共遮盖 ${masked.masks.length} 处个人信息。`
    : "没有发现须遮盖的个人信息。";
  byId("compare-unseen").textContent = masked.unseen?.length
    ? `有 ${masked.unseen.length} 项检查未能完成，遮盖可能不全，请人工核对。`
    : "";
  byId("compare-masks").replaceChildren(...kinds(masked.masks).map((words) => element("li", {}, words)));
  const ranges = [
    ...side(byId("compare-before"), post, masked.masks),
    ...side(byId("compare-after"), masked, masked.masks),
  ];
  marks.show("masked", ranges);
  byId("compare-take").hidden = !masked.masks.length;
  dialog.returnValue = "";
  dialog.showModal();
  ranges[0]?.startContainer.parentElement?.scrollIntoView({ block: "center" });
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      marks.show("masked", []);
      resolve(dialog.returnValue === "take");
    }, { once: true });
  });
}

function kinds(masks) {
  const counts = new Map();
  for (const one of masks) counts.set(one.kind || one.rule, (counts.get(one.kind || one.rule) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${kind} ${count} 处`);
}

/** Fills one side; the ranges of its masks, as far as what is shown is letter for letter what was sent. */
function side(place, { title, body, format }, masks) {
  const heading = element("h3", {}, title);
  const text = element(format === "html" ? "div" : "pre", {}, format === "html" ? clean(body).fragment : body);
  place.replaceChildren(...(title ? [heading] : []), text);
  const own = format === "html" ? serialise(text) : letters(text, body);
  const runs = { title: letters(heading, title).runs, body: own.text === body ? own.runs : [] };
  return masks.map(({ field, start, end }) => locate(runs[field] ?? [], start, end)).filter(Boolean);
}

const letters = (place, text) => ({
  text,
  runs: place.firstChild ? [{ start: 0, end: Infinity, node: place.firstChild, offset: 0, whole: false }] : [],
});
