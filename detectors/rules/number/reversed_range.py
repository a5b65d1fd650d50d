"""A range whose end lies before its beginning."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="number.reversed-range",
    title="起止颠倒",
    why="结束早于开始，起止时间或上下限写反、写错，报名、公示、值班安排无法执行。",
    basis=(
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
    ),
    examples=(
        "公示时间为⟦5月17日至5月13日⟧。",
        "报名时间：⟦2024年6月20日至6月5日⟧，逾期不予受理。",
        "项目建设期为⟦2024年3月1日至2023年12月31日⟧。",
        "展览时间为⟦5月28日至3日⟧。",
        "《青石县⟦2025—2020年⟧林业发展规划》已经印发。",
        "补助标准为每人每月⟦500～300元⟧。",
        "公示时间为5月13日至5月17日。",
        "供暖期为11月15日至3月15日。",
        "集中整治时间为2023年12月20日至2024年1月10日。",
        "《青石县2020—2025年林业发展规划》已经印发。",
        "补助标准为每人每月300～500元。",
        "今夜气温-3～-8℃，请注意防寒。",
        "与5月17日相比，5月13日客流量较大。",
    ),
)
NEEDS = ("至", "到", "—", "–", "-", "~")

_TO = r"\s?(?:至|到|——?|–|--?|~)\s?"
_DATES = regex.compile(
    r"(?<![\d.])(?:(?P<y1>(?:19|20)\d{2})年)?(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日"
    + _TO
    + r"(?:(?:(?P<y2>(?:19|20)\d{2})年)?(?P<m2>\d{1,2})月)?(?P<d2>\d{1,2})日(?!\d)"
)
_YEARS = regex.compile(
    r"(?<![\d./-])(?P<y1>(?:19|20)\d{2})年?(?:——?|–|-|~|至)(?P<y2>(?:19|20)\d{2})年(?!\d|[^,。;\n]{0,4}相比)"
)
_VALUES = regex.compile(
    r"(?<![\d./:a-z第-])(?<!(?:由|从|自|降|跌|减)[^\d]{0,4})(?P<a>\d{1,9}(?:\.\d{1,4})?)~(?P<b>\d{1,9}(?:\.\d{1,4})?)"
    r"(?P<unit>%|万?元|亿元|周?岁|人|户|个|家|亩|天|日内|公里|厘米|毫米|吨|公斤|千克|倍|平方米)"
)


def find(text: Text) -> Iterator[Finding]:
    """Ranges of days, of years, and of plain values joined by a wave."""
    plain = text.plain
    if "月" in plain:
        for match in _DATES.finditer(plain):
            if _days_reversed(match):
                yield RULE.at(text, match.start(), match.end(), note="结束日期早于开始日期。")
    if "年" in plain:
        for match in _YEARS.finditer(plain):
            if int(match["y2"]) < int(match["y1"]):
                yield RULE.at(text, match.start(), match.end(), note="结束年份早于开始年份。")
    if "~" in plain:
        for match in _VALUES.finditer(plain):
            if Decimal(match["b"]) < Decimal(match["a"]):
                yield RULE.at(
                    text, match.start(), match.end(), note=f"{match['b']}小于{match['a']}，上下限颠倒。"
                )


def _days_reversed(match: regex.Match[str]) -> bool:
    first, last = int(match["d1"]), int(match["d2"])
    month, until = int(match["m1"]), int(match["m2"] or match["m1"])
    if max(first, last) > 31 or max(month, until) > 12:
        return False  # no such day: another rule's finding
    if match["y2"] and match["y1"]:
        return (int(match["y2"]), until, last) < (int(match["y1"]), month, first)
    # Without both years a later month may belong to the next year; within one month there is no way out.
    return month == until and not match["y2"] and last < first
