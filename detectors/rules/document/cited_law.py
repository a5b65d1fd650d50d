"""Laws that a page cites: out of force, miswritten, or without the article named."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial

import regex

from detectors.known import Known
from detectors.rule import Example, Find, Finding, Rule
from detectors.rules.document._laws import STATE, Law, Laws, load
from detectors.text import About, Text

_IN_2024 = About(published_on=datetime.date(2024, 5, 6))
_IN_2019 = About(published_on=datetime.date(2019, 5, 6))
_BASIS = (
    "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    "《党政机关公文处理工作条例》第十九条（一）：符合党的理论路线方针政策和国家法律法规",
)

REPEALED = Rule(
    id="document.repealed-law",
    title="引用已废止的法律法规",
    why="把已经废止的法律法规当作现行依据，办事依据就不成立，行政决定还可能因此被撤销。",
    basis=_BASIS,
    examples=(
        Example("依据⟦《中华人民共和国合同法》⟧的规定，双方应当签订书面合同。", about=_IN_2024),
        Example("办理结婚登记的条件见⟦《婚姻法》⟧，请携带身份证。", about=_IN_2024),
        Example("公司设立登记依照⟦《公司登记管理条例》⟧办理。", about=_IN_2024),
        Example("依据《中华人民共和国合同法》的规定，双方应当签订书面合同。", about=_IN_2019),
        Example("原《婚姻法》的有关规定已经并入民法典。", about=_IN_2024),
        Example("2018年，双方依据《合同法》签订了租赁合同。", about=_IN_2024),
        Example("《合同法》自2021年1月1日起废止。", about=_IN_2024),
        Example("《最高人民法院关于适用〈中华人民共和国合同法〉若干问题的解释》已被清理。", about=_IN_2024),
        Example("依据《中华人民共和国劳动合同法》，应当签订书面合同。", about=_IN_2024),
    ),
)
UNKNOWN = Rule(
    id="document.unknown-law-title",
    title="法律法规名称写错",
    why="没有这个名称的法律法规，与现行的某一部只差一个字；名称写错，依据就无从查对。",
    basis=_BASIS,
    examples=(
        "根据《⟦中华人民共和国妇女权益保护法→中华人民共和国妇女权益保障法⟧》，保障女职工权益。",
        "本指南依据《⟦政府信息公开条列→政府信息公开条例⟧》编制。",
        "根据《⟦中华人民共和国未成年保护法→中华人民共和国未成年人保护法⟧》，学校应当建立制度。",
        "根据《⟦中华人民共和国广告发→中华人民共和国广告法⟧》，清理违法广告。",
        "根据《中华人民共和国妇女权益保障法》，保障女职工权益。",
        "本指南依据《青石县政府信息公开办法》编制。",
        "《残疾人保障条例》由省人大常委会制定。",
        "《未成年人保护手册》已经发放到班级。",
    ),
)
OUT_OF_RANGE = Rule(
    id="document.article-out-of-range",
    title="引用的条文不存在",
    why="所引法律法规没有这么多条，条号必有错误；行政处罚、许可的依据写错条号，当事人可以据此提出异议。",
    basis=_BASIS,
    examples=(
        "依据《中华人民共和国行政处罚法》⟦第九十二条⟧，作出如下决定。",
        "根据《政府信息公开条例》第二十条、⟦第六十条⟧的规定，予以公开。",
        "依据《统计法》⟦第66条⟧处理。",
        "依据《中华人民共和国行政处罚法》第五十七条，作出如下决定。",
        "根据《政府信息公开条例》第二十条、第五十一条的规定，予以公开。",
        "依据《青石县行政处罚裁量办法》第九十二条执行。",
        "《统计法》实施以来，全县第一百二十条街道完成普查。",
    ),
)
RULES = (REPEALED, UNKNOWN, OUT_OF_RANGE)
NEEDS = ("《",)

_TITLE = regex.compile(r"《(?P<title>[^《》〈〉<>\n]{3,40})》")
_VERSION = regex.compile(r"\((?:\d{4}年?(?:修订|修正|修正本)?|修订|修正|试行)\)$")
_ARTICLES = regex.compile(
    r"(?:\((?:以下简称|简称)[^()\n]{1,20}\)|\(\d{4}[^()\n]{0,8}\))?(?:的|之)?(?:第(?P<number>[一二三四五六七八九十百千零〇]{1,9}|\d{1,4})条(?:之[一二三四五六七八九十])?"
    r"(?:第[一二三四五六七八九十]{1,3}款)?(?:第?[(]?[一二三四五六七八九十]{1,3}[)]?项)?(?:[、,和及与]|以及|或者?)?){1,8}"
)
_PAST = ("原", "旧", "时的", "修订前", "修改前", "当时的", "曾经的", "已废止的", "已失效的", "替代", "取代")
_HISTORY = regex.compile(
    "废止|施行前|实施前|法院|判决|裁定|涉案|案涉|失效|民法典|取代|替代|当时|曾经|不再|编纂|修订为|合并|历史|沿革|时隔|首部|第一部|制定了?颁布|颁布|出台|通过了"
)
_YEAR = regex.compile(r"(?<!\d)(?:19|20)\d{2}(?=年|[-/.])")
_SENTENCE = "。\n;!?"
_UNITS = {"十": 10, "百": 100, "千": 1000}


def prepare(known: Known) -> Find:
    """With the operator's own laws beside the shipped ones."""
    return partial(_find, load(known.tables))


def _find(laws: Laws, text: Text) -> Iterator[Finding]:
    plain = text.plain
    today: list[datetime.date] = []  # asked once, where it is needed
    for match in _TITLE.finditer(plain):
        title = _VERSION.sub("", match["title"]).removeprefix(STATE)
        law = laws.named.get(title)
        if law is None:
            meant = laws.meant(title)
            if meant and (match["title"].startswith(STATE) or len(title) > 6):
                head = STATE if match["title"].startswith(STATE) else ""
                yield UNKNOWN.at(
                    text,
                    match.start("title"),
                    match.end("title"),
                    head + meant,
                    f"与《{head}{meant}》只差一点。",
                )
        elif law.repealed_on:
            today = today or [_day(text)]
            if today[0] >= law.repealed_on and not _is_history(plain, match, law.repealed_on.year):
                instead = f"，现行依据见《{law.replaced_by}》" if law.replaced_by else ""
                note = f"《{law.title}》自{law.repealed_on.year}年{law.repealed_on.month}月{law.repealed_on.day}日起废止{instead}。"
                yield REPEALED.at(text, match.start(), match.end(), note=note)
        elif law.articles:
            yield from _articles(text, match.end(), law)


def _articles(text: Text, at: int, law: Law) -> Iterator[Finding]:
    match = _ARTICLES.match(text.plain, at)
    if not match:
        return
    for number, start in zip(match.captures("number"), match.starts("number"), strict=True):
        if _value(number) > (law.articles or 0):
            version = f"（{law.as_of.year}年{law.as_of.month}月{law.as_of.day}日版本）" if law.as_of else ""
            note = f"《{law.title}》{version}没有第{number}条，各版本最多{law.articles}条。"
            yield OUT_OF_RANGE.at(text, start - 1, start + len(number) + 1, note=note)


def _is_history(plain: str, match: regex.Match[str], year: int) -> bool:
    """Told as something of the past: by the word before it, or by the sentence around it."""
    start, end = match.span()
    if plain.endswith(_PAST, 0, start):
        return True
    first = max(plain.rfind(mark, max(0, start - 200), start) for mark in _SENTENCE) + 1
    last = min((at for mark in _SENTENCE if (at := plain.find(mark, end, end + 200)) >= 0), default=end + 200)
    sentence = plain[max(first, start - 200) : last]
    return bool(_HISTORY.search(sentence)) or any(int(past[0]) < year for past in _YEAR.finditer(sentence))


def _day(text: Text) -> datetime.date:
    """When the page was or will be published; without a word of that, the latest year that it speaks of."""
    if text.about.published_on:
        return text.about.published_on
    today = datetime.date.today()  # noqa: DTZ011 the office's own calendar day
    years = [int(year[0]) for year in _YEAR.finditer(text.plain)]
    return min(today, datetime.date(max(years), 12, 31)) if years else today


def _value(letters: str) -> int:
    if letters.isdecimal():
        return int(letters)
    total = digit = 0
    for letter in letters:
        if letter in _UNITS:
            total += (digit or 1) * _UNITS[letter]
            digit = 0
        else:
            digit = max("零一二三四五六七八九".find(letter), 0)
    return total + digit
