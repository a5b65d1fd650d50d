"""A draft or a paper on its way upward: 送审稿, 讨论稿, 呈阅件, …的请示."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.needs import needs
from detectors.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="disclosure.draft-wording",
    title="过程稿字样",
    why="标题或文末写明是送审稿、讨论稿、请示等，说明不是定稿，或者是报上级的过程性文件。请核对是否拿错版本。",
    basis=("《政府信息公开条例》第十六条：讨论记录、过程稿、磋商信函、请示报告等过程性信息可以不予公开",),
    examples=(
        "临江县2024年重点工作任务分解方案⟦（送审稿）⟧\n为做好全年工作，制定本方案。",
        "关于优化营商环境若干措施⟦(讨论稿)⟧",
        "临江县城市管理办法⟦（内部征求意见稿）⟧",
        "关于追加应急救灾资金⟦的请示⟧\n县人民政府：",
        "2024年工作要点⟦(第三稿)⟧\n一、总体要求",
        "县财政局意见已附后。⟦妥否，请批示⟧。",
        "在县委经济工作会议上的讲话⟦（代拟稿）⟧",
        "临江县养犬管理条例⟦（草案送审稿）⟧\n第一条 为了规范养犬行为，制定本条例。",
        "临江县防汛工作方案⟦（20240301修改稿）⟧\n一、总体要求",
        "以上意见⟦妥否，请示⟧。",
        "⟦请领导审定⟧后挂网。",
        "临江县养犬管理条例（修订草案送审稿）\n现向社会公开征求意见，请于6月1日前反馈。",
        "临江县城市管理办法（征求意见稿）",
        "国务院关于同意设立经济开发区的批复\n你省关于设立开发区的请示收悉。",
        "市政府常务会议审议《养犬管理条例(送审稿)》",
        "对中小学请示事项的答复",
        "国务院批转国家计委关于加强管理的请示的通知",
        "作家谈《平凡的世界》创作：从第三稿说起",
    ),
)

# What every form below holds, each beginning with a bare letter: `re` looks for the first letters only.
_CUE = re.compile(
    "稿|最终版|请领导|请示|呈阅|呈批|签报|妥否|当否|可否|可行否|是否妥当|是否可行|第[一二三四五六七八九十\\d]{1,2}版"
)

_STAGE = (
    r"(?:(?:(?:修订|修正)?草案)?(?:报?送审(?:讨论)?稿|(?:供)?讨论稿|审议稿|汇报稿|代拟稿|草拟稿|初稿|二稿|三稿|四稿|终稿|定稿|修改稿|修订稿|第[一二三四五六七八九十\d]{1,2}[稿版]稿?|过会稿|会签稿|上会稿|审定稿|终审稿|最终[稿版]"
    r"|草稿|样稿|报批稿|未定稿|内部征求意见稿|征求意见稿[(,、· ]{0,2}内部[)]?|请示件|呈阅件|呈批件|签报))"
)
_IN_TITLE = re.compile(
    rf"[(\[【〔—-]{{1,2}}[ \t]{{0,2}}(?:(?:19|20)\d{{2}}(?:\d{{2}}|\d{{4}})?年?|\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}\.\d{{1,2}}|v\d(?:\.\d)?)?{_STAGE}[)\]】〕]?[ \t]{{0,3}}$"
)
_REQUEST = re.compile(r"的请示[ \t]{0,3}$")
_ASKS = (
    r"[,\t ]{0,2}(?:请|恳请|敬请|呈请|望)(?:予以|予|领导)?"
    r"(?:批示|审示|审定|审批|批复|核示|指示|审议|示复|核定|审核|示(?=[。!\n]|$))"
)
_CLOSING = re.compile(
    "|".join(
        word + _ASKS
        for word in ("妥否", "当否", "可否", "可行否", "是否妥当", "是否可行", "以上请示", "特此请示")
    )
    + "|请领导(?:审阅|审定|审示|阅示|批示|把关|过目)"
)
_CONSULTATION = 600  # code points in which a public consultation says that it is one
_TITLE_LINES = 3
_LONGEST = 100  # code points of a line that can be a title
# Public consultation and answers are published together with the draft or the request they are about.
_PUBLIC = re.compile(
    r"公开征求|征求意见的|征集意见|意见征集|征求(?:社会|公众)|提出意见|反馈意见|修改意见|意见建议"
)
_ANSWER = re.compile(r"批复|答复|复函|的函$|批转|转发|解释")

NEEDS = needs(_IN_TITLE, _REQUEST, _CLOSING)


def find(text: Text) -> Iterator[Finding]:
    """Words at the end of a title line, and the closing formula of a request."""
    plain = text.plain
    if not _CUE.search(plain):
        return
    lines = list(_lines(plain))
    titles = [(start, plain[start:end]) for start, end in lines[:_TITLE_LINES] if end - start <= _LONGEST]
    answered = any(_ANSWER.search(title) for _, title in titles)
    for start, title in titles:
        hit = None if _PUBLIC.search(plain, 0, start + _CONSULTATION) else _IN_TITLE.search(title)
        hit = hit or (None if answered else _REQUEST.search(title))
        if hit:
            yield RULE.at(text, start + hit.start(), start + len(title.rstrip()))
    if not answered:
        for hit in _CLOSING.finditer(plain):
            yield RULE.at(text, *hit.span())


def _lines(plain: str) -> Iterator[tuple[int, int]]:
    """Ranges of the first non-empty lines."""
    at, seen = 0, 0
    while at < len(plain) and seen < _TITLE_LINES:
        stop = plain.find("\n", at)
        stop = len(plain) if stop < 0 else stop
        if stop - at > _LONGEST * 2 or plain[at:stop].strip():
            seen += 1
            yield at, stop
        at = stop + 1
