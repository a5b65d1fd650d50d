"""A date with a day of the week that it did not fall on."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import regex

from detectors.rule import Example, Finding, Rule
from detectors.text import About, Text

_IN_MAY = About(published_on=datetime.date(2024, 5, 6))

RULE = Rule(
    id="number.wrong-weekday",
    title="日期与星期不符",
    why="日期和星期对不上，群众不知道该按哪一个来办事、赴约，会议和活动通知因此误人。",
    basis=(
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
    ),
    examples=(
        "听证会定于2024年5月21日（⟦星期三→星期二⟧）上午9时举行。",
        "2024年5月1日⟦周四→周三⟧，景区免费开放。",
        Example("招聘会于5月18日（⟦星期五→星期六⟧）举行。", about=_IN_MAY),
        "停水时间为⟦周一→周日⟧（2024年6月2日）8时至18时。",
        "听证时间：2024-05-21（⟦星期三→星期二⟧）9:00。",
        "听证时间：2024-05-21（星期二）9:00。",
        "听证会定于2024年5月21日（星期二）上午9时举行。",
        "招聘会于5月18日（星期五）举行。",
        Example("上届招聘会于5月20日（星期六）举行。", about=_IN_MAY),
        "2024年5月20日周一至周五，每天上午接待群众。",
        "2024年7月1日周年纪念活动安排如下。",
    ),
)
NEEDS = ("星期", "周", "礼拜")

_NAMES = "一二三四五六日"
_DAY = (
    r"(?:(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]"
    r"|(?P<year>(?:19|20)\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2}))"
)
_WEEKDAY = r"(?:星期|礼拜|周)(?P<name>[一二三四五六日天])"
_DATE = regex.compile(
    r"(?<!\d)" + _DAY + r"\s?(?:[(]\s?(?:星期|礼拜|周)(?P<in>[一二三四五六日天])(?=\s?[),;]|[上下中]午|晚)"
    r"|(?:星期|礼拜)(?P<name>[一二三四五六日天])(?!\s?[至到、~—–-])"
    r"|周(?P<short>[一二三四五六日天])(?=[)(,。;\s\d]|[上下中]午|晚|早|凌晨|起|前|$))"
)
_REVERSED = regex.compile(_WEEKDAY + r"\s?[(]" + _DAY + r"[),]")


def find(text: Text) -> Iterator[Finding]:
    """A weekday beside its date. Without a year, none of the years around the publication may fit."""
    plain = text.plain
    for pattern in (_DATE, _REVERSED):
        for match in pattern.finditer(plain):
            part = next(
                part for part in ("name", "in", "short") if part in match.re.groupindex and match[part]
            )
            finding = _check(text, match, part)
            if finding:
                yield finding


def _check(text: Text, match: regex.Match[str], part: str) -> Finding | None:
    said = _NAMES.index(match[part].replace("天", "日"))
    published = text.about.published_on
    if match["year"]:
        years = [int(match["year"])]
    elif published is not None:
        years = [published.year, published.year - 1, published.year + 1]
    else:
        return None
    days = [day for year in years if (day := _day(year, int(match["month"]), int(match["day"])))]
    if not days or any(day.weekday() == said for day in days):
        return None
    right = _NAMES[days[0].weekday()]
    start = match.start(part) - (1 if text.plain[match.start(part) - 1] == "周" else 2)
    note = f"{days[0].year}年{days[0].month}月{days[0].day}日是星期{right}。"
    return RULE.at(text, start, match.end(part), text.plain[start : match.start(part)] + right, note)


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
