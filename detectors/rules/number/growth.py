"""From a to b, and the growth that is said to lie between: three figures that must agree."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import regex

from detectors.rule import Finding, Rule
from detectors.rules.number._figure import NUMBER, Figure, figure, shown, split_unit
from detectors.text import Text

_BASIS = (
    "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
    "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
)

DIFFERS = Rule(
    id="number.growth-differs-from-values",
    title="增幅与所给数值不符",
    why="前后两个数值算出来的增减幅度与文中所写的不一样，或者动词方向写反，至少有一个数字是错的。",
    basis=_BASIS,
    examples=(
        "全县农民合作社由120家增加到150家，增长⟦35%⟧。",
        "林地面积从2020年的12.5万亩增至2024年的15万亩，增加⟦3.5万亩⟧。",
        "日均客流量由4800人次⟦增加到4200人次⟧。",
        "城镇化率由52.1%提高到55.4%，提高⟦5.3个百分点⟧。",
        "全县农民合作社由120家增加到150家，增长25%。",
        "林地面积从2020年的12.5万亩增至2024年的15万亩，增加2.5万亩。",
        "地区生产总值由120亿元增加到150亿元，增长8.1%。",
        "村集体收入由8万元增加到35万元，增长3倍多。",
        "办理时限由20个工作日减少到5个工作日，年均减少20%。",
        "城镇化率由52.1%提高到55.4%，提高3.3个百分点。",
        "全县考核排名由第12位上升到第5位。",
    ),
)
POINTS = Rule(
    id="number.percent-for-percentage-point",
    title="百分点误作百分比",
    why="两个百分率之差要说“百分点”；说成“%”就是另一个数，从12%提高到15%是提高3个百分点，也就是提高25%。",
    basis=(
        *_BASIS,
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
    ),
    examples=(
        "森林覆盖率由42.5%提高到45.5%，提高⟦3%→3个百分点⟧。",
        "贫困发生率从12.1%下降到2.1%，下降了⟦10%→10个百分点⟧。",
        "森林覆盖率由42.5%提高到45.5%，提高3个百分点。",
        "利率由4%降至3%，降低25%。",
        "全县农民合作社由100家增加到103家，增长3%。",
    ),
)
RULES = (DIFFERS, POINTS)
_UP = (
    "增加到",
    "增长到",
    "增至",
    "增加至",
    "增长至",
    "提高到",
    "提高至",
    "提升到",
    "提升至",
    "上升到",
    "上升至",
    "升至",
    "扩大到",
    "扩大至",
)
_DOWN = (
    "减少到",
    "减少至",
    "减至",
    "下降到",
    "下降至",
    "降低到",
    "降低至",
    "降至",
    "降到",
    "回落至",
    "回落到",
    "缩减到",
    "缩减至",
)

_VERB = regex.compile("[到至]")
_FROM = regex.compile(
    rf"(?:由|从)(?P<said>[^,。;:!?\n由从]{{0,24}}?)(?<![第\d.,:/-])(?P<value>{NUMBER})(?P<unit>%|(?:万亿|[百千]万|[百千万亿])?[^\W\d_]{{0,4}})"
    r"(?:大幅|稳步|逐步|进一步|快速|迅速|显著|明显|再|已)?$"
)
_TO = regex.compile(
    rf"(?:了|目前的|现在的|今年的|去年的|(?:19|20)\d{{2}}年(?:底|末|初)?的?)?(?<![第约近])(?P<value>{NUMBER})(?P<unit>%|(?:万亿|[百千]万|[百千万亿])?[^\W\d_]{{0,4}}?)"
    r"(?=[,。;、)(\n]|$)(?:,(?:比上年|同比|净|共|累计|总计|合计)?(?P<verb>增长|增加|提高|提升|上升|增幅|涨幅|下降|减少|降低|降幅|减幅|回落)(?:了|达到?|为)?"
    rf"(?P<change>{NUMBER})(?P<by>%|个百分点|倍|(?:万亿|[百千]万|[百千万亿])?[^\W\d_]{{0,4}}?)(?=[,。;、)(\n]|$))?"
)
# Growth of these is told in constant prices; ranks, grades and deadlines are better when they fall.
_OTHER_PRICES = ("生产总值", "增加值", "总产值", "gdp", "实际", "可比价")
_NO_AMOUNT = (
    "位",
    "名",
    "级",
    "类",
    "档",
    "等",
    "星",
    "线",
    "期",
    "度",
    "年",
    "月",
    "日",
    "点",
    "时",
    "天",
    "秒",
    "分",
    "工作日",
)
_AROUND = 60
_SENTENCE = regex.compile(r"[。;\n]")
_WORDS = frozenset((*_UP, *_DOWN))


class Verb(NamedTuple):
    """The verb between the two values and its range."""

    word: str
    start: int
    end: int


NEEDS = tuple(_WORDS)


def find(text: Text) -> Iterator[Finding]:
    """Works outward from the verb between the two values."""
    plain = text.plain
    for end in _VERB.finditer(plain):
        word = plain[max(0, end.start() - 2) : end.end()]
        word = word if word in _WORDS else word[1:]
        if word not in _WORDS:
            continue
        verb = Verb(word, end.end() - len(word), end.end())
        left = _FROM.search(plain[max(0, verb.start - _AROUND) : verb.start])
        right = _TO.match(plain[verb.end : verb.end + _AROUND + 40]) if left else None
        if not left or not right or "约" in left["said"] or "近" in left["said"]:
            continue
        (scale_a, unit_a), (scale_b, unit_b) = split_unit(left["unit"]), split_unit(right["unit"])
        if unit_a != unit_b or (not left["unit"] and right["unit"]) or unit_a.endswith(("多", "余")):
            continue
        before, after = figure(left["value"], scale_a), figure(right["value"], scale_b)
        finding = _direction(text, verb, right, unit_a, before, after) or _change(
            text, verb, right, unit_a, before, after
        )
        if finding:
            yield finding


def _direction(  # noqa: PLR0913 three places and three figures
    text: Text, verb: Verb, right: regex.Match[str], unit: str, before: Figure, after: Figure
) -> Finding | None:
    if not verb.word.startswith(("增", "减")) and verb.word[:2] != "下降":
        return None  # precision that rises from 0.04 to 0.003 millimetres is no slip
    upward = verb.word in _UP
    wrong = after.high < before.low if upward else after.low > before.high
    if not wrong or unit.endswith(_NO_AMOUNT) or (unit == "" and "%" not in right["unit"]):
        return None
    end = verb.end + right.end("unit")
    note = (
        f"{shown(before.value)}{'大于' if upward else '小于'}{shown(after.value)}，与“{verb.word}”方向相反。"
    )
    return DIFFERS.at(text, verb.start, end, note=note)


def _change(  # noqa: PLR0911, PLR0913 one way out for each kind of change
    text: Text, verb: Verb, right: regex.Match[str], unit: str, before: Figure, after: Figure
) -> Finding | None:
    if not right["change"] or before.low <= 0:
        return None
    start, end = verb.end + right.start("change"), verb.end + right.end("by")
    by, low, high = right["by"], abs(after.low - before.high), abs(after.high - before.low)
    least, most = min(low, high), max(low, high)
    scale, of = split_unit(by)
    if by in {"%", "倍"}:
        context = _SENTENCE.split(text.plain[max(0, verb.start - _AROUND) : verb.start])[-1]
        if any(word in context for word in _OTHER_PRICES):
            return None
        if by == "倍":
            return _times(text, start, end, right["change"], before, after)
        said = figure(right["change"])
        ratio = abs(after.value - before.value) / before.value * 100
        slack = said.half * 2 + (most - least) / before.low * 100
        if abs(said.value - ratio) <= slack:
            return None
        if unit == "%" and _meets(said, least, most):
            note = f"{shown(after.value)}%与{shown(before.value)}%相差{shown(abs(after.value - before.value))}个百分点。"
            return POINTS.at(text, start, end, f"{right['change']}个百分点", note)
        note = f"由{shown(before.value)}到{shown(after.value)}，变化幅度应为{shown(ratio, 2)}%。"
        return DIFFERS.at(text, start, end, note=note)
    if by == "个百分点" and unit == "%":
        said = figure(right["change"])
    elif unit and of == unit:
        said = figure(right["change"], scale)
    else:
        return None
    if _meets(said, least, most):
        return None
    note = f"{shown(max(after, before).value)}-{shown(min(after, before).value)}={shown(abs(after.value - before.value))}，与所写不符。"
    return DIFFERS.at(text, start, end, note=note)


def _times(  # noqa: PLR0913 a place and three figures
    text: Text, start: int, end: int, digits: str, before: Figure, after: Figure
) -> Finding | None:
    """增长到 and 增长 are mixed up so often that both readings pass."""
    said, ratio = figure(digits), after.value / before.value
    slack = said.half * 2 + ratio * (before.half / before.value + after.half / max(after.value, Decimal(1)))
    if abs(said.value - ratio) <= slack or abs(said.value - (ratio - 1)) <= slack:
        return None
    note = (
        f"{shown(after.value)}是{shown(before.value)}的{shown(ratio, 2)}倍，增加了{shown(ratio - 1, 2)}倍。"
    )
    return DIFFERS.at(text, start, end, note=note)


def _meets(said: Figure, least: Decimal, most: Decimal) -> bool:
    """Whether the figure said, rounded or cut off, lies between the two."""
    return least - said.half * 2 <= said.value <= most + said.half * 2
