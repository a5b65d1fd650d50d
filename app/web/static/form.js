/** The form: text on one side, verdict on the other. Everything else is in the modules named after what they hold. */

import { clean, paragraphs } from "./clean.js";
import { copy } from "./copy.js";
import { announce, byId, element } from "./element.js";
import { EXAMPLE } from "./example.js";
import { Files, NotRead, arriving } from "./files.js";
import { Findings } from "./findings.js";
import { Manuscript } from "./manuscript.js";
import { Marks, tips } from "./marks.js";
import { Mirror } from "./mirror.js";
import { points } from "./points.js";
import { Post } from "./post.js";
import { Recorded } from "./recorded.js";
import { compare } from "./redact.js";
import { proposals } from "./reports.js";
import { NotScreened, ROOT, Screening } from "./service.js";
import { Forms, STATES, signers } from "./verdict.js";

const PAUSE = 600; // milliseconds without typing before the text is screened again
const MOST_WHILE_TYPING = 100_000; // letters; longer texts are screened when asked
const ATTACHMENT = /\.(?:docx?|xlsx?|pptx?|wps|et|dps|pdf|ofd|zip|rar|7z|mp4|mp3)(?:[?#]|$)/i;
const MARKUP = /<(?:!doctype|html|body|p|div|section|span|table|h[1-6]|ul|ol|br|img|a)[\s/>]/i;

let version = 0; // grows with every change; 0 while the form is being set up; a verdict belongs to one version
let begun = false; // whether it was asked at least once
let verdict = null;
let timer = 0;
let paper = null; // the file that the text was read from

const form = byId("post");
const screening = new Screening();
const marks = new Marks(byId("layer"));
const post = new Post(form, changed);
const title = new Mirror(byId("title"), byId("title-behind"), changed, { oneLine: true });
const source = new Mirror(byId("source"), byId("source-behind"), changed);
const rich = new Manuscript(byId("manuscript"), changed);
const files = new Files(Number(form.dataset.most));
const recorded = new Recorded(byId("recorded"));
const record = () => (verdict ? recorded.of(verdict.digest) : "");
const findings = new Findings(byId("findings"), marks, { reports: "register" in form.dataset, record });
const forms = new Forms(byId("checklists"), {
  select: (number) => findings.select(number, { reveal: true, focus: true }),
  field: (fact) => post.field(fact),
});

const isRich = () => form.elements.view.value === "rich";
const sheet = () => (isRich() ? rich : source);
const blank = () => sheet().blank && title.blank;
const format = () => (isRich() ? "html" : byId("format").value);

// --- states

/** @param {"idle"|"busy"|"fresh"|"stale"|"error"} state */
function state(name, label, message) {
  document.body.dataset.state = name;
  byId("status").textContent = label;
  byId("message").textContent = message;
  byId("results").setAttribute("aria-busy", String(name === "busy"));
}

function idle(message = "粘贴稿件或打开文件，再按“审查”。") {
  document.body.dataset.verdict = "";
  state("idle", "尚未审查", message);
}

function changed() {
  if (!version) return; // still being set up
  version += 1;
  document.body.classList.toggle("blank", blank());
  byId("size").textContent = `${points(sheet().letters.replace(/\s/g, ""))} 字`;
  if (!begun) return;
  clearTimeout(timer);
  if (document.body.dataset.state !== "idle") {
    document.body.dataset.state = "stale";
    byId("status").textContent = "稿件已改动";
  }
  const long = sheet().letters.length > MOST_WHILE_TYPING;
  if (long) byId("message").textContent = "稿件已改动，以下为改动前的结果。稿件较长，改完后请按“审查”。";
  else timer = setTimeout(again, PAUSE);
}

function again() {
  if (rich.composing || source.composing || title.composing) timer = setTimeout(again, PAUSE);
  else screen({ asked: false });
}

// --- screening

function submitted() {
  const fields = {
    title: { sheet: title, ...title.read() },
    body: { sheet: sheet(), ...sheet().read() },
  };
  const body = { ...post.read(), title: fields.title.text, body: fields.body.text, format: format() };
  if (paper?.unread) Object.assign(body, { unread: paper.unread.slice(0, 1000), body: body.body || " " });
  return { fields, body };
}

/**
 * @param {{asked: boolean, enter?: boolean}} how  asked for by the editor, or again while typing (then nothing is recorded);
 *   `enter`: to be put down in the register, whatever the service's setting
 */
async function screen({ asked, enter = false }) {
  clearTimeout(timer);
  if (sheet().blank && !paper?.unread) {
    screening.cancel();
    forget();
    idle(asked ? "正文为空，请先粘贴或输入稿件。" : undefined);
    if (asked) sheet().root?.focus();
    return;
  }
  if (!post.checklists.length) {
    failed("请先在“适用制度”中至少选择一部制度。");
    byId("regulations").open = true;
    return;
  }
  begun = true;
  const start = performance.now();
  const { fields, body } = submitted();
  performance.measure("read", { start, end: performance.now() });
  const now = version;
  document.body.dataset.state = verdict ? "stale" : "busy";
  if (asked) byId("status").textContent = "审查中…";
  byId("results").setAttribute("aria-busy", "true");
  try {
    const answer = await screening.ask("/screen", enter ? { ...body, record: true } : asked ? body : { ...body, record: false });
    if (answer && now === version) show(answer, fields, body);
    else if (answer?.record) recorded.show(answer);
  } catch (error) {
    if (!(error instanceof NotScreened)) throw error;
    failed(error.message);
    if (error.status === 401) byId("message").append(element("a", { href: `${ROOT}/login?next=/`, target: "_blank" }, "在新窗口登录"), "，再回到这里按“审查”；稿件不会丢失。");
  }
}

function failed(reason) {
  state("error", "未完成审查", `未完成审查，不得发布：${reason}`);
}

function show(answer, fields, body) {
  const start = performance.now();
  verdict = answer;
  document.body.dataset.verdict = answer.verdict;
  state("fresh", STATES[answer.verdict] ?? "须复核", answer.message);
  findings.show(answer, fields);
  forms.show(answer, facts(answer, body));
  recorded.show(answer);
  const { stop, review, rest } = findings.counts;
  byId("counts").textContent = answer.findings.length
    ? [stop && `须处理 ${stop} 处`, review && `须复核 ${review} 处`, rest && `提示 ${rest} 处`].filter(Boolean).join("，")
    : answer.unseen.length ? "已查看的部分机审未发现问题；有未能检查的内容，不得视为通过。" : "机审未发现问题。机器不能判断的，仍须人工回答。";
  byId("keys").hidden = !answer.findings.length;
  byId("fresh-only").hidden = !findings.all.some((one) => one.fresh) || findings.all.every((one) => one.fresh);
  const names = signers(answer.checklists);
  byId("signers").textContent = names.length ? `须签字：${names.join("、")}` : "";
  const lines = beside(answer);
  for (const id of ["beside", "print-beside"]) {
    byId(id).replaceChildren(...lines.map(([kind, words]) => element("li", { class: kind || null }, words)));
  }
  byId("print-findings").replaceChildren(findings.annex());
  byId("origin").textContent = [
    answer.record ? `登记号 ${answer.record}` : "本次未登记",
    `用时 ${answer.elapsed_ms.toFixed(1)} 毫秒`,
    `规则与制度 ${answer.data.slice(7, 19)}`,
    `版本 ${answer.engine}`,
  ].join(" · ");
  performance.measure("show", { start, end: performance.now() });
}

/** What no rule has looked at, said plainly; each with "stop" where it keeps the post back. */
function beside(answer) {
  const lines = answer.unseen.map((one) => ["stop", `“${one.title}”未能检查，不得视为通过：${one.reason}`]);
  if (answer.language_model === "off") lines.push(["review", "错别字只按词库检查：语言模型没有启用，词库之外的错别字没有检查。"]);
  for (const one of paper?.noted ?? []) lines.push(["review", `文件中${one}。`]);
  for (const one of paper?.notRead ?? []) lines.push(["", `文件中有${one}，没有查看，请人工审查。`]);
  if (paper?.supplied) lines.push(["review", `文件未能读取的部分由人工补录（${paper.supplied}），请与原件核对。`]);
  const { hidden, images, attachments, embedded, links } = seen();
  if (hidden) lines.push(["review", `发现隐藏内容 ${hidden} 处（读者看不见，但会随稿件发布），已在正文中标出，请核实后删除。`]);
  if (images) lines.push(["", `图片 ${images} 张：图中文字、印章、地图、人像未检查，请人工查看。`]);
  if (attachments) lines.push(["", `附件 ${attachments} 个：只检查了链接，附件内容未检查，请人工查看。`]);
  if (embedded) lines.push(["", `音频、视频等嵌入内容 ${embedded} 处：未检查。`]);
  if (links) lines.push(["", `粘贴时去除了 ${links} 个不能保留的链接（相对地址、本机文件、脚本等），请核对。`]);
  if (answer.rest.length) lines.push(["", `有 ${answer.rest.length} 处发现不属于所选制度的条目，列为“提示”，请一并查看。`]);
  lines.push(["", "事实、数据来源、政策口径和授权情况，机器不能核实。"]);
  return lines;
}

/** How many there are in the text of what no rule looks at. */
function seen() {
  if (isRich()) {
    const [images, hidden] = [".image", "[data-hidden]"].map((which) => rich.root.querySelectorAll(which).length);
    return { ...rich.lost, images, hidden, attachments: attached(rich.root) };
  }
  if (format() === "html") {
    const cleaned = clean(source.letters);
    return { ...cleaned.seen, links: 0, attachments: attached(cleaned.fragment) };
  }
  const images = format() === "markdown" ? (source.letters.match(/!\[/g) ?? []).length : 0;
  return { images, embedded: 0, hidden: 0, links: 0, attachments: 0 };
}

const attached = (root) => [...root.querySelectorAll("a[href]")].filter((link) => ATTACHMENT.test(link.getAttribute("href"))).length;

// --- on paper

function facts(answer, body) {
  const source = [body.source?.name, body.source?.url].filter(Boolean).join(" ");
  return [
    ["稿件标题", body.title || "（未填写）"],
    ["发文单位", [body.unit?.name, post.words("unit_kind")].filter(Boolean).join("，") || "（未填写）"],
    ["信息类别", body.category || "（未填写）"],
    ["发布渠道", post.words("channel") || "（未填写）"],
    ["信息来源", source || "本单位"],
    ["作者", body.author],
    ["拟发布日期", body.published_on],
    ["机审时间", new Date().toLocaleString("zh-CN", { hour12: false })],
    ["错别字检查", { strict: "常规", thorough: "细查", off: "仅按词库，未用语言模型" }[answer.language_model]],
    ["机审结论", answer.message],
    ["稿件校验值", answer.digest],
  ].filter(([, value]) => value);
}

addEventListener("beforeprint", () => {
  if (verdict) byId("print-findings").replaceChildren(findings.annex());
});

// --- text in and out

function forget() {
  verdict = null;
  begun = false;
  findings.forget();
  forms.forget();
  document.body.dataset.verdict = "";
  recorded.forget();
  for (const id of ["counts", "signers", "progress", "origin"]) byId(id).textContent = "";
  for (const id of ["beside", "print-beside", "print-findings"]) byId(id).replaceChildren();
  byId("keys").hidden = byId("fresh-only").hidden = true;
}

/** Everything as it is now, to come back to. */
function kept() {
  const nodes = document.createDocumentFragment();
  nodes.append(...[...rich.root.childNodes].map((node) => node.cloneNode(true)));
  const [heading, text, view, chosen, from] = [title.letters, source.letters, form.elements.view.value, byId("format").value, paper];
  return () => {
    origin(from);
    form.elements.view.value = view;
    byId("format").value = chosen;
    look();
    title.write(heading);
    source.write(text);
    rich.write(nodes);
  };
}

function put({ heading, html, text, format: written }) {
  findings.renew();
  if (heading !== undefined) title.write(heading);
  if (isRich()) {
    if (html !== undefined) rich.writeHtml(html);
    else rich.write(paragraphs(text));
  } else {
    byId("format").value = written;
    source.write(html ?? text);
  }
}

/** One view or the other is shown. */
function look() {
  byId("rich-view").hidden = !isRich();
  byId("source-view").hidden = isRich();
  byId("format-choice").hidden = isRich();
}

function turn() {
  look();
  findings.renew();
  if (isRich()) {
    if (byId("format").value === "html") rich.writeHtml(source.letters);
    else rich.write(paragraphs(source.letters));
    if (byId("format").value === "markdown" && !source.blank) announce("Markdown 标记按普通文字保留。");
  } else {
    if (!rich.blank) byId("format").value = "html";
    source.write(rich.blank ? "" : rich.read().text);
  }
  changed();
}

async function copyOut() {
  const html = isRich() ? rich.read().text : "";
  const done = await copy(html, sheet().letters);
  announce(done ? (html ? "已复制正文（带格式）。" : "已复制正文。") : "浏览器不允许复制，请在正文中全选后按 Ctrl+C。");
}

function empty() {
  const back = kept();
  origin(null);
  title.clear();
  source.clear();
  rich.clear();
  for (const name of ["category", "source_name", "source_url", "published_on", "formed_on", "disclosure_basis"]) form.elements[name].value = "";
  form.elements.disclosure.value = "ordinary";
  post.tell();
  screening.cancel();
  clearTimeout(timer);
  forget();
  idle();
  announce("已清空。", ["撤销", back]);
  title.field.focus();
}

function example() {
  const back = blank() ? null : kept();
  const facts = { ...EXAMPLE.facts };
  if (post.value("unit_name")) delete facts.unit_name;
  for (const [name, value] of Object.entries(facts)) form.elements[name].value = value;
  post.tell();
  form.elements.view.value = "rich";
  look();
  origin(null);
  put({ heading: EXAMPLE.title, html: EXAMPLE.html });
  if (back) announce("已填入示例稿件。", ["撤销", back]);
  screen({ asked: true });
}

async function redact() {
  const { body } = submitted();
  if (sheet().blank) {
    announce("正文为空。");
    return;
  }
  const now = version;
  try {
    const masked = await screening.ask("/redact", { ...body, record: false });
    if (!masked || !(await compare(body, masked, marks))) return;
    if (now !== version) {
      announce("稿件已改动，请重新遮盖。");
      return;
    }
    const back = kept();
    put({ heading: masked.title, html: masked.format === "html" ? masked.body : undefined, text: masked.body, format: masked.format });
    announce("已换成遮盖后的稿件。", ["撤销", back]);
    screen({ asked: false });
  } catch (error) {
    if (!(error instanceof NotScreened)) throw error;
    announce(`未能遮盖：${error.message}`);
  }
}

/** Where the text came from, above it; what could not be read of it stays said until a person has supplied it. */
function origin(one) {
  paper = one;
  const place = byId("from");
  place.hidden = !one;
  place.classList.toggle("stop", Boolean(one?.unread));
  if (!one) return;
  place.replaceChildren(
    element("span", {}, `读自文件“${one.name}”。`, one.unread ? element("strong", {}, `${one.unread}，不得视为通过。`) : ""),
    one.unread ? element("button", { type: "button", class: "plain", onclick: supplied }, "未读部分已人工补录") : "");
}

function supplied() {
  if (sheet().blank) {
    announce("正文为空。请先把文件中的文字录入正文。");
    sheet().root?.focus();
    return;
  }
  origin({ ...paper, unread: "", supplied: paper.unread });
  version += 1;
  screen({ asked: false });
}

/** Reads a file into the form. @param {File} file */
async function take(file) {
  const before = [document.body.dataset.state, byId("status").textContent, byId("message").textContent];
  state("busy", "正在读取", `正在读取“${file.name}”…`);
  try {
    const read = await files.read(file, post.checklists);
    if (!read) return;
    const back = blank() ? null : kept();
    const { title: heading, body, format: written } = read.extracted;
    screening.cancel();
    forget();
    if (written !== "html" && isRich()) put({ heading, text: body });
    else if (written === "html" && !isRich()) {
      form.elements.view.value = "rich";
      look();
      put({ heading, html: body });
    } else put({ heading, html: written === "html" ? body : undefined, text: body, format: written });
    origin(read);
    announce(read.unread ? `“${file.name}”未能全部读出，请看原因。` : `已读入“${file.name}”。`, back ? ["撤销", back] : null);
    screen({ asked: false });
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
    if (blank()) {
      state("error", "未读取", error.message);
      return;
    }
    state(...before);
    announce(error.message);
  }
}

/** Files dragged or chosen: the first one. */
function given(list) {
  if (!list?.length) return;
  if (list.length > 1) announce("一次只能审查一个文件，已读取第一个。");
  take(list[0]);
}

// --- wiring

form.addEventListener("submit", (event) => {
  event.preventDefault();
  screen({ asked: true });
});
form.addEventListener("change", (event) => event.target.name === "view" && turn());
byId("format").addEventListener("change", changed);
byId("example").addEventListener("click", example);
byId("copy").addEventListener("click", copyOut);
byId("clear").addEventListener("click", empty);
byId("print").addEventListener("click", () => print());
byId("mask").hidden = !form.dataset.redact;
byId("mask").addEventListener("click", redact);
byId("fresh").addEventListener("change", ({ target }) => {
  findings.onlyFresh = target.checked;
  findings.list();
});
byId("title").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey) return;
  event.preventDefault();
  if (isRich()) rich.root.focus();
  else source.field.focus();
});
source.field.addEventListener("paste", (event) => {
  if (source.blank) byId("format").value = MARKUP.test(event.clipboardData.getData("text/plain")) ? "html" : "text";
});
byId("open").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", ({ target }) => {
  given([...target.files]);
  target.value = ""; // so that the same file can be chosen again
});
byId("enter")?.addEventListener("click", () => screen({ asked: true, enter: true }));
if (byId("propose-open")) proposals(record);
arriving(given);
tips(findings);

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    event.preventDefault();
    screen({ asked: true });
  } else if (event.key === "F8") {
    event.preventDefault();
    findings.step(event.shiftKey ? -1 : 1);
  } else if (event.target === document.body && !event.ctrlKey && !event.metaKey && !event.altKey && /^[jkux]$/.test(event.key)) {
    if (findings.key(event.key, event.target)) event.preventDefault();
  }
});

addEventListener("beforeunload", (event) => {
  if (!sheet().blank) event.preventDefault(); // the text is kept nowhere else
});

// What stands fixed at the top or the bottom is as high as its words need; the columns beside it begin below.
new ResizeObserver(([entry]) => {
  document.documentElement.style.setProperty("--bar", `${Math.ceil(entry.borderBoxSize[0].blockSize)}px`);
}).observe(byId("bar"));

form.elements.view.value = "rich";
look();
idle();
document.body.classList.add("blank");
version = 1;
byId("starting").remove();
form.hidden = false;
