"""A time of day that no clock shows."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="number.impossible-time",
    title="时刻不存在",
    why="钟点超过24时、分超过59分，或者“上午”后面写了下午的钟点，群众无法据此到场办事。",
    basis=(
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
    ),
    examples=(
        "停电时间为5月20日8时至⟦18时75分⟧。",
        "会议定于5月20日⟦25时⟧召开。",
        "咨询时间：上午⟦8:60⟧至11:30。",
        "开标时间为5月20日⟦上午14:30⟧。",
        "停电时间为5月20日8时至18时45分。",
        "会议定于5月20日9时召开，历时36小时。",
        "主队以25:30落后，比赛时间延长。",
        "地图比例尺为1:75000。",
        "5月20日24时截止报名。",
        "每天上午8:30-14:30开放。",
    ),
)
NEEDS = ("分", "时", ":", "上午", "凌晨")

_MINUTES = regex.compile(r"时(?P<minute>[6-9]\d)分(?!之)")
_BEFORE = regex.compile(r"(?<!\d)\d{1,2}\Z")
_HOURS = regex.compile(
    r"日(?:上午|下午|晚上?|凌晨)?\s?(?P<time>(?P<hour>2[5-9]|[3-9]\d)[时点])(?![间段期常代速内])"
)
_COLON = regex.compile(r":(?P<minute>\d{2})(?![\d:])")
_SAID_TIME = regex.compile(r"(?:上午|下午|晚上|凌晨|时间为?:?)\s?(?P<hour>\d{1,2})\Z")
_HALF = regex.compile(r"(?P<half>上午|凌晨)\s?(?P<hour>1[3-9]|2[0-4])(?:[:]\d{2}(?!\d)|[时点](?!间|段))")


def find(text: Text) -> Iterator[Finding]:
    """A pair like 25:30 is a score or a scale unless the words before it make it a time."""
    plain = text.plain
    for match in _MINUTES.finditer(plain):
        hour = _BEFORE.search(plain[max(0, match.start() - 3) : match.start()])
        if hour:
            yield RULE.at(text, match.start() - len(hour[0]), match.end(), note=f"没有{match['minute']}分。")
    for match in _HOURS.finditer(plain):
        yield RULE.at(text, match.start("time"), match.end("time"), note=f"一天没有{match['hour']}时。")
    for match in _COLON.finditer(plain):
        hour = _SAID_TIME.search(plain[max(0, match.start() - 8) : match.start()])
        if hour and (int(hour["hour"]) > 24 or int(match["minute"]) > 59):
            yield RULE.at(text, match.start() - len(hour["hour"]), match.end(), note="没有这个时刻。")
    for match in _HALF.finditer(plain):
        yield RULE.at(text, match.start(), match.end(), note=f"{match['hour']}时不在{match['half']}。")
