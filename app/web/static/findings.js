/** The findings in the order of the text: step, accept, dismiss, undo; by keyboard as well as by mouse. */

import { announce, element, heads, once, refill } from "./element.js";
import { NotSent, send } from "./reports.js";
import { ROOT } from "./service.js";

const LABELS = { stop: "须处理", review: "须复核", rest: "提示" };
const REASONS = ["机审误报", "依规应当公开", "已与原始材料核对", "属规范用法或引用原文"];
const MOST = 300; // cards; the marks in the text are all shown

/** One finding of a verdict, with where it stands on the page. */
class Seen {
  constructor(finding, number, kind, waived, sheet, range, places) {
    Object.assign(this, { finding, number, kind, waived, sheet, range, places });
    this.written = range ? range.toString() : "";
    this.context = range ? context(range) : finding.quote;
    this.accepted = false;
    this.reason = ""; // why it was dismissed
    this.fresh = false;
  }

  get done() {
    return this.accepted || this.reason !== "";
  }

  /** Whether the text here is still what was screened. */
  get intact() {
    return Boolean(this.range) && this.range.toString() === this.written;
  }

  /**
   * Whether this finding and one of the verdict before are the same. Its range has moved along with every change of the
   * text since, so typing elsewhere makes nothing new; the words around it tell where the text was put in anew.
   */
  follows(other) {
    if (this.finding.rule !== other.finding.rule || this.finding.field !== other.finding.field || this.written !== other.written) return false;
    const still = this.range && other.range && this.range.startContainer.getRootNode() === other.range.startContainer.getRootNode();
    return (still && this.range.compareBoundaryPoints(Range.START_TO_START, other.range) === 0) || this.context === other.context;
  }

  get mends() {
    return this.finding.suggestion !== null && Boolean(this.range);
  }
}

/** The quote with a few letters before and after it: the same fault elsewhere is another one. */
function context(range) {
  const before = range.startContainer.data?.slice(Math.max(0, range.startOffset - 8), range.startOffset) ?? "";
  const after = range.endContainer.data?.slice(range.endOffset, range.endOffset + 8) ?? "";
  return `${before}⟦${range.toString()}⟧${after}`;
}

export class Findings {
  /**
   * @param {HTMLElement} place  the list
   * @param {import("./marks.js").Marks} marks
   * @param {{reports: boolean, record: function(): string}} how  whether false alarms can be reported, and of which record
   */
  constructor(place, marks, how) {
    this.place = place;
    this.marks = marks;
    this.how = how;
    this.all = [];
    this.at = -1;
    this.undoable = [];
    this.first = true; // no verdict before, so nothing is newer than anything
    this.onlyFresh = false;
    this.asking = null; // the finding whose dismissal waits for a reason
    this.alarm = false; // whether what is asked is a report to the keeper of words
    place.addEventListener("keydown", (event) => this.pressed(event));
  }

  forget() {
    this.all = [];
    this.at = -1;
    this.first = true;
    this.undoable = [];
    this.marks.show("current", []);
    this.paint();
    refill(this.place);
  }

  /**
   * @param {Object} verdict
   * @param {Object<string, {sheet: Object, locate: function(number, number): (Range|null)}>} fields
   */
  show(verdict, fields) {
    const before = this.all;
    const current = before[this.at];
    this.all = verdict.findings.map((finding, number) => {
      const { sheet, locate } = fields[finding.field];
      const places = finding.places.map((one) => fields[one.field].locate(one.start, one.end)).filter(Boolean);
      return new Seen(finding, number, finding.answer ?? "rest", verdict.waived.includes(number), sheet, locate(finding.start, finding.end), places);
    });
    this.inherit(before);
    this.asking = null;
    this.at = Math.min(Math.max(this.at, 0), this.all.length - 1);
    const same = current ? this.all.findIndex((one) => one.follows(current)) : -1;
    if (same >= 0) this.at = same;
    this.paint();
    this.list();
  }

  /** Reasons of dismissal stay with their findings; what was not there before is fresh. */
  inherit(before) {
    const old = new Map();
    for (const one of before) old.set(one.finding.rule, [...(old.get(one.finding.rule) ?? []), one]);
    for (const one of this.all) {
      const candidates = old.get(one.finding.rule) ?? [];
      const at = candidates.findIndex((other) => !other.accepted && one.follows(other));
      one.fresh = !this.first && at < 0;
      if (at < 0) continue;
      const [other] = candidates.splice(at, 1);
      one.reason = other.reason;
      for (const step of this.undoable) if (step.one === other) step.one = one;
    }
    this.first = false;
  }

  /** The text was put in anew: nothing in it is newer than the rest. */
  renew() {
    this.first = true;
  }

  get counts() {
    const counts = { stop: 0, review: 0, rest: 0 };
    for (const one of this.all) counts[one.kind] += 1;
    return counts;
  }

  // --- marks in the text

  paint() {
    const ranges = { stop: [], review: [], rest: [], done: [] };
    for (const one of this.all) {
      const kind = one.done ? "done" : one.kind;
      if (one.range) ranges[kind].push(one.range);
      ranges[kind].push(...one.places);
    }
    for (const [kind, list] of Object.entries(ranges)) this.marks.show(kind, list);
    this.point();
  }

  point() {
    const range = this.all[this.at]?.range;
    this.marks.show("current", range ? [range] : []);
  }

  // --- the list

  get visible() {
    return this.onlyFresh ? this.all.filter((one) => one.fresh) : this.all;
  }

  /** The button of the open card. */
  get head() {
    return this.place.querySelector(`[data-key="finding-${this.at}"]`);
  }

  list() {
    const visible = this.visible;
    refill(this.place,
      visible.slice(0, MOST).map((one) => this.card(one)),
      visible.length > MOST ? element("li", { class: "more" }, `另有 ${visible.length - MOST} 处，已在正文中标出；处理前面的之后再列出。`) : null);
  }

  card(one) {
    const { finding } = one;
    const open = one === this.all[this.at];
    const state = one.accepted ? "已采用" : one.reason ? "已忽略" : LABELS[one.kind];
    const id = `finding-${one.number}`;
    return element("li", { class: `finding ${one.kind}${open ? " open" : ""}${one.done ? " done" : ""}` },
      element("button", {
        type: "button", class: "head", "data-key": id, tabindex: open ? 0 : -1, "aria-expanded": String(open), "aria-controls": `${id}-more`,
        onclick: () => this.select(one.number, { reveal: true, focus: true }),
      },
      element("span", { class: "ordinal" }, String(one.number + 1)),
      element("span", { class: "label" }, state),
      element("span", { class: "what" }, finding.title),
      one.fresh ? element("span", { class: "tag" }, "新") : null,
      finding.hidden ? element("span", { class: "tag" }, "隐藏内容") : null,
      finding.field === "title" ? element("span", { class: "tag" }, "标题") : null,
      element("span", { class: "quote" }, finding.quote.length > 40 ? `${finding.quote.slice(0, 40)}…` : finding.quote,
        finding.suggestion ? element("ins", {}, element("span", { class: "unseen" }, "，建议改为"), finding.suggestion) : null)),
      open ? this.detail(one, `${id}-more`) : null);
  }

  detail(one, id) {
    const { finding } = one;
    const rule = `${ROOT}${finding.docs.startsWith("/") ? finding.docs : ""}`;
    return element("div", { class: "detail", id },
      finding.note ? element("p", { class: "note" }, finding.note) : null,
      element("p", {}, finding.why),
      finding.suggestion === "" ? element("p", { class: "mend" }, "建议删去。") : null,
      one.waived ? element("p", { class: "note" }, "依所选公开情形，由“须处理”转为人工复核。") : null,
      finding.places.length ? element("p", {}, `另有 ${finding.places.length} 处相同问题，已在正文中标出。`) : null,
      one.range ? null : element("p", { class: "note" }, "此处不在可见的正文中，无法标出位置。"),
      finding.basis.length ? element("ul", { class: "basis" }, finding.basis.map((basis) => element("li", {}, basis))) : null,
      one.reason ? element("p", { class: "note" }, `已忽略：${one.reason}。仅在本页记下，不改变机审结论。`) : null,
      this.asking !== one ? this.actions(one, rule) : this.alarm ? this.falseAlarm(one) : this.reasons(one));
  }

  actions(one, rule) {
    const act = (words, key, run, extra = {}) =>
      element("button", { type: "button", "data-key": `${key}-${one.number}`, onclick: run, ...extra }, words);
    return element("p", { class: "actions" },
      one.mends && !one.done ? act("采用建议", "accept", () => this.accept(one), { class: "first" }) : null,
      one.done ? act("撤销", "undo", () => (one.accepted ? this.undo() : this.restore(one))) : act("忽略…", "dismiss", () => this.ask(one)),
      this.how.reports && !one.done ? act("报告误报…", "alarm", () => this.ask(one, true)) : null,
      one.range ? act("到原文", "go", () => one.sheet.focus(one.range)) : null,
      element("a", { href: rule, target: "_blank", "data-key": `rule-${one.number}` }, "规则说明"));
  }

  reasons(one) {
    const choice = element("select", { id: "reason", "data-key": "reason" }, [...REASONS, "其他"].map((words) => element("option", {}, words)));
    const other = element("input", { type: "text", maxlength: 100, hidden: true, "aria-label": "其他理由", placeholder: "请写明理由" });
    choice.addEventListener("change", () => (other.hidden = choice.value !== "其他"));
    const done = () => {
      const words = choice.value === "其他" ? other.value.trim() : choice.value;
      if (words) this.dismiss(one, words);
      else other.focus();
    };
    return this.small("忽略的理由", [choice, other], "确认忽略", done);
  }

  falseAlarm(one) {
    const note = element("input", { type: "text", id: "alarm-note", maxlength: 200, placeholder: "为什么是误报，可不填" });
    const trouble = element("p", { class: "caution", role: "alert" });
    const done = once(async () => {
      trouble.textContent = "";
      try {
        await send({
          kind: "false-alarm", rule: one.finding.rule, word: [...one.finding.quote].slice(0, 200).join(""),
          context: [...one.context].slice(0, 200).join(""), note: note.value.trim(), record: this.how.record(),
        });
      } catch (error) {
        if (!(error instanceof NotSent)) throw error;
        trouble.textContent = error.message;
        return;
      }
      if (this.all.includes(one)) this.dismiss(one, "机审误报，已报告词库管理人员"); // a new verdict may have come meanwhile
    });
    return this.small("报告给词库管理人员，附前后几个字（个人信息会遮盖）", [note, trouble], "报告误报", done);
  }

  /** A small form inside a card, its first field labelled; its keys mean nothing to the list or the page around it. */
  small(label, fields, verb, done) {
    const keys = (event) => {
      event.stopPropagation();
      if (event.isComposing) return; // Enter and Escape belong to the input method
      if (event.key === "Escape") {
        this.ask(null);
      } else if (event.key === "Enter" && event.target.matches("select, input")) {
        event.preventDefault();
        done();
      }
    };
    return element("div", { class: "reasons", onkeydown: keys },
      element("label", { for: fields[0].id }, label), fields,
      element("p", { class: "actions" },
        element("button", { type: "button", class: "first", onclick: done }, verb),
        element("button", { type: "button", onclick: () => this.ask(null) }, "取消")));
  }

  /** All of them as a table, for paper. */
  annex() {
    if (!this.all.length) return element("p", {}, "机审未发现问题。");
    return element("table", { class: "sheet" },
      element("thead", {}, element("tr", {}, heads(["序号", "结论", "问题", "原文", "说明", "处理情况"]))),
      element("tbody", {}, this.all.map((one) => element("tr", {},
        element("td", {}, String(one.number + 1)),
        element("td", {}, LABELS[one.kind]),
        element("td", {}, one.finding.title),
        element("td", {}, one.finding.quote),
        element("td", {}, one.finding.note || one.finding.why, one.finding.suggestion ? `建议改为：${one.finding.suggestion}` : ""),
        element("td", {}, one.reason ? `忽略：${one.reason}` : one.accepted ? "已采用建议" : "")))));
  }

  // --- stepping

  /** @param {number} number  index in the verdict's findings */
  select(number, { reveal = false, focus = false } = {}) {
    if (!this.all[number]) return;
    if (this.onlyFresh && !this.all[number].fresh) this.onlyFresh = false;
    this.at = number;
    this.asking = null;
    this.list();
    this.point();
    const { range } = this.all[number];
    if (reveal && range) show(range);
    if (focus) this.head?.focus({ preventScroll: true });
    this.head?.closest("li").scrollIntoView({ block: "nearest" });
  }

  step(by) {
    const visible = this.visible;
    if (!visible.length) return;
    const now = visible.indexOf(this.all[this.at]);
    const next = visible[Math.min(Math.max(now < 0 ? 0 : now + by, 0), visible.length - 1)];
    this.select(next.number, { reveal: true, focus: true });
  }

  pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("select, input, textarea")) return;
    if (this.key(event.key, event.target)) event.preventDefault();
  }

  /** Whether this key meant something here. */
  key(key, target) {
    const current = this.all[this.at];
    if (key === "j" || key === "ArrowDown") this.step(1);
    else if (key === "k" || key === "ArrowUp") this.step(-1);
    else if (key === "u") this.undo();
    else if (key === "x" && current && !current.accepted) this.ask(current);
    else if (key === "Enter" && current && target.matches(".head") && current.mends && !current.done) this.accept(current);
    else return false;
    return true;
  }

  // --- doing

  accept(one) {
    if (!one.intact) {
      announce("这里的文字已经改动，请等重新审查后再采用。");
      return;
    }
    const before = one.range.cloneContents().textContent;
    this.stay(() => {
      one.accepted = true;
      one.range = one.sheet.replace(one.range, one.finding.suggestion);
      one.written = one.range.toString();
    });
    this.undoable.push({ one, before });
    const next = this.all.find((other) => other.number > one.number && !other.done);
    if (next) this.at = next.number;
    this.paint();
    this.list();
    this.head?.focus({ preventScroll: true });
    announce(`已将“${before}”改为“${one.finding.suggestion}”。`);
  }

  ask(one, alarm = false) {
    this.asking = one;
    this.alarm = alarm;
    this.list();
    const field = one && this.place.querySelector(".reasons :is(select, input)");
    (field ?? this.head)?.focus();
  }

  dismiss(one, reason) {
    this.asking = null;
    one.reason = reason;
    this.undoable.push({ one });
    this.paint();
    this.list();
    this.step(1);
    announce(`已忽略第 ${one.number + 1} 处：${reason}。机审结论不变。`);
  }

  restore(one) {
    one.reason = "";
    this.undoable = this.undoable.filter((step) => step.before !== undefined || step.one !== one);
    this.paint();
    this.list();
  }

  undo() {
    const step = this.undoable.pop();
    if (!step) {
      announce("没有可以撤销的操作。");
      return;
    }
    if (step.before === undefined) {
      this.restore(step.one);
      announce("已恢复忽略的发现。");
    } else if (step.one.intact) {
      this.stay(() => {
        step.one.range = step.one.sheet.replace(step.one.range, step.before);
        step.one.written = step.before;
        step.one.accepted = false;
      });
      this.paint();
      this.list();
      announce(`已改回“${step.before}”。`);
    } else {
      announce("那里的文字后来又改动过，请在正文中按 Ctrl+Z 撤销或手工修改。");
    }
  }

  /** Editing takes the focus into the text; who works in the list stays in the list. */
  stay(edit) {
    const inside = this.place.contains(document.activeElement);
    const [x, y] = [scrollX, scrollY];
    edit();
    if (inside) {
      getSelection().removeAllRanges();
      document.activeElement.blur();
      scrollTo(x, y);
      this.place.querySelector(".head[tabindex='0']")?.focus({ preventScroll: true });
    }
  }
}

/** Brings a range into the middle of the window, if it is not in view below the bar. */
function show(range) {
  const box = range.getBoundingClientRect();
  const bar = document.querySelector(".bar").getBoundingClientRect();
  const top = bar.top <= 0 ? bar.bottom : 0;
  const bottom = bar.top > 0 && bar.bottom >= innerHeight ? bar.top : innerHeight;
  if (box.top < top + 8 || box.bottom > bottom - 8) scrollBy(0, box.top - (top + bottom) / 2);
}
