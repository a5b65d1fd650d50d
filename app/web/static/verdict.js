/** The filled-in form of each regulation: every question verbatim, its answer in the right polarity, and who must sign. */

import { byId, element, heads, refill } from "./element.js";
import { ROOT } from "./service.js";

export const STATES = { block: "不得发布", review: "须复核", pass: "待人工审核" };
const ACTS = { review: "审核", secrecy: "保密审查", sign: "审核签字", approve: "审批", optional: "必要时审批" };
const FACTS = { kind: "单位类别", category: "信息类别", channel: "发布渠道" };

/** What the machine has to say to one question. */
function conclusion(item) {
  const count = item.findings.length;
  if (item.answer === "stop") {
    if (item.bad === "是") return `是（机审发现 ${count} 处）`;
    if (item.bad === "否") return `否（机审发现 ${count} 处不符）`;
    return `须处理（机审发现 ${count} 处）`;
  }
  if (item.answer === "review") return `须复核（机审发现 ${count} 处）`;
  if (item.answer === "unseen") return "未能检查，不得视为通过";
  if (item.answer === "clear") return "机审未发现";
  return "须人工回答";
}

/** Whether a person must answer. */
const isAsked = (item) => item.answer === "ask" || item.answer === "review";

/** Who must sign, once each, for the line that is always in view. */
export function signers(checklists) {
  const named = checklists.flatMap((one) => one.signatures).map((one) => `${one.role || "制度未规定"}（${ACTS[one.act]}）`);
  return [...new Set(named)];
}

export class Forms {
  /**
   * @param {HTMLElement} place
   * @param {{select: function(number): void, field: function(string): HTMLSelectElement}} hooks
   */
  constructor(place, hooks) {
    this.place = place;
    this.hooks = hooks;
    this.answers = new Map(); // "checklist/item" → {value, digest}: what a person has answered, for this text only
  }

  forget() {
    this.answers.clear();
    refill(this.place);
  }

  /** @param {Object} verdict  @param {Array<[string, string]>} facts  head of each form on paper */
  show(verdict, facts) {
    this.verdict = verdict;
    this.facts = facts;
    refill(this.place, this.missing(verdict), verdict.checklists.map((one) => this.checklist(one)));
    this.count();
  }

  // --- what is still unknown

  missing({ checklists }) {
    const facts = new Map();
    for (const one of checklists) {
      for (const { fact, basis } of one.missing) facts.set(fact, [...(facts.get(fact) ?? []), `${one.title}${basis}`]);
    }
    if (!facts.size) return null;
    return element("section", { class: "missing", "aria-labelledby": "missing-head" },
      element("h2", { id: "missing-head" }, "尚不能确定全部签字人，请补充"),
      [...facts].map(([fact, why]) => this.question(fact, why)));
  }

  question(fact, why) {
    const field = this.hooks.field(fact);
    const choice = element("select", { id: `missing-${fact}`, "data-key": `missing-${fact}` },
      [...field.options].map((one) => element("option", { value: one.value }, one.textContent)));
    choice.addEventListener("change", () => {
      field.value = choice.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return element("p", {},
      element("label", { for: choice.id }, FACTS[fact]), choice,
      element("small", {}, `依据：${[...new Set(why)].join("；")}`));
  }

  // --- one regulation

  checklist(one) {
    return element("section", { class: "checklist", "aria-label": `${one.title}审核表` },
      element("h2", {}, one.form || "信息发布审核表"),
      element("p", { class: "regulation" },
        element("a", { href: `${ROOT}/checklists/${encodeURIComponent(one.id)}`, target: "_blank", "data-key": `to/${one.id}` }, `《${one.title}》`),
        one.status ? `（${one.status}）` : null),
      element("dl", { class: "facts paper-only" }, this.facts.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
      element("table", { class: "sheet items" },
        element("caption", { class: "unseen" }, `${one.title}：审核内容及结论`),
        element("thead", {}, element("tr", {}, heads(["条款", "审核内容", "结论"]))),
        element("tbody", {}, one.items.map((item) => this.item(one, item)))),
      element("h3", {}, "签字"),
      this.signatures(one));
  }

  item(one, item) {
    const key = `${one.id}/${item.id}`;
    const asked = isAsked(item);
    if (!asked) this.answers.delete(key);
    const row = element("tr", { class: `item ${item.answer}`, "data-item": item.id },
      element("td", { class: "number", "data-label": "条款" }, item.number),
      element("td", { class: "asks", "data-label": "审核内容" },
        element("span", { id: `asks/${key}` }, item.asks),
        item.hint && item.answer !== "clear" ? element("small", { class: "hint" }, item.hint) : null),
      element("td", { class: "answer", "data-label": "结论" },
        element("strong", {}, conclusion(item), asked ? "：" : null),
        asked ? this.choice(key, item) : null,
        item.findings.length ? element("span", { class: "places" }, "见", item.findings.map((number) =>
          element("button", { type: "button", class: "plain", "data-key": `${key}/${number}`, "aria-label": `第 ${number + 1} 处发现`, onclick: () => this.hooks.select(number) }, String(number + 1)))) : null,
        item.unseen.length ? element("small", {}, `未能运行：${item.unseen.join("、")}`) : null));
    this.mark(row, item, key);
    return row;
  }

  choice(key, item) {
    if (item.bad === "") {
      const kept = this.answers.get(key)?.value ?? "";
      const words = element("input", { type: "text", maxlength: 200, value: kept, placeholder: "填写意见", "data-key": `${key}/words`, "aria-labelledby": `asks/${key}` });
      words.addEventListener("input", () => this.answer(key, item, words.value.trim(), words));
      return element("span", { class: "choice words" }, words);
    }
    return element("span", { class: "choice", role: "radiogroup", "aria-labelledby": `asks/${key}` }, ["是", "否"].map((value) => {
      const radio = element("input", { type: "radio", name: `answer/${key}`, value, "data-key": `${key}/${value}` });
      radio.checked = this.answers.get(key)?.value === value;
      radio.addEventListener("click", () => this.answer(key, item, value, radio)); // "change" would miss a confirmation
      return element("label", {}, value, radio);
    }));
  }

  answer(key, item, value, field) {
    if (value) this.answers.set(key, { value, digest: this.verdict.digest });
    else this.answers.delete(key);
    this.mark(field.closest("tr"), item, key);
    const one = this.verdict.checklists.find(({ id }) => key === `${id}/${item.id}`);
    field.closest(".checklist").lastElementChild.replaceWith(this.signatures(one));
    this.count();
  }

  /** Whether a person has answered, whether badly, and whether the text has changed since. */
  standing(key, item) {
    const given = this.answers.get(key);
    if (!given) return { given: false, bad: false, raised: false, old: false };
    const bad = item.bad !== "" && given.value === item.bad;
    const raised = bad && item.raises.length > 0; // let out with more signatures, as the regulation says
    return { given: true, bad: bad && !raised, raised, old: given.digest !== this.verdict.digest };
  }

  mark(row, item, key) {
    const { given, bad, raised, old } = this.standing(key, item);
    row.classList.toggle("answered", given && !bad);
    row.classList.toggle("bad", bad);
    const place = row.querySelector(".answer");
    place.querySelector(".since")?.remove();
    if (old) place.append(element("small", { class: "since" }, "作答后稿件有改动，请再次确认。"));
    else if (bad) place.append(element("small", { class: "since" }, "人工认定有问题，不得发布。"));
    else if (raised) place.append(element("small", { class: "since" }, `须加签：${item.raises.map((one) => `${one.role}（${ACTS[one.act]}）`).join("、")}。`));
  }

  count() {
    const asked = this.verdict.checklists.flatMap((one) => one.items.filter(isAsked).map((item) => this.standing(`${one.id}/${item.id}`, item)));
    const [given, bad, raised, old] = ["given", "bad", "raised", "old"].map((name) => asked.filter((one) => one[name]));
    byId("progress").textContent = asked.length
      ? [
          `须人工回答 ${asked.length} 项，已答 ${given.length} 项`,
          old.length ? `其中 ${old.length} 项作答后稿件有改动，须再次确认` : "",
          bad.length ? `其中 ${bad.length} 项有问题，不得发布` : "",
          raised.length ? `其中 ${raised.length} 项须加签，见审核表` : "",
        ].filter(Boolean).join("，") + "。"
      : "";
  }

  // --- who signs

  /** As the routes say, and as people's answers do. */
  signatures(one) {
    const raised = one.items.filter((item) => isAsked(item) && this.standing(`${one.id}/${item.id}`, item).raised).flatMap((item) => item.raises);
    const all = [...new Map([...one.signatures, ...raised].map((signature) => [JSON.stringify(signature), signature])).values()];
    if (!all.length) return element("p", { class: "unknown" }, one.missing.length ? `${one.missing.map(({ fact }) => FACTS[fact]).join("、")}未填写，尚不能确定签字人。` : "本制度未规定签字人。");
    return element("table", { class: "sheet signatures" },
      element("caption", { class: "unseen" }, `${one.title}：须签字的人`),
      element("thead", {}, element("tr", {}, heads(["环节", "签字人", "依据"]), heads(["签字", "日期"], { class: "paper-only" }))),
      element("tbody", {}, all.map((signature) => element("tr", { class: signature.role ? null : "unnamed" },
        element("td", { "data-label": "环节" }, ACTS[signature.act]),
        element("td", { "data-label": "签字人" },
          element("strong", {}, signature.role || "制度未规定"),
          signature.role ? null : element("small", {}, `${signature.asks}：须由本单位在设置中指定。`)),
        element("td", { "data-label": "依据" }, signature.basis, signature.why ? element("small", {}, signature.why) : null),
        element("td", { class: "paper-only" }), element("td", { class: "paper-only" })))));
  }
}
