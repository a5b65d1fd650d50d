"""A day that the calendar does not have."""

import datetime
from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="number.impossible-date",
    title="日期不存在",
    why="日历上没有这一天，多半是录入或排版时丢字、错字，读者会据此误事。",
    basis=(
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
    ),
    examples=(
        "截至⟦2月30日⟧，全县累计完成造林2万亩。",
        "报名时间为⟦2023年2月29日⟧至3月5日。",
        "报送截止日期为⟦13月5日⟧，逾期不再受理。",
        "每年⟦120日⟧前填报上一年度报表。",
        "展览时间为⟦4月28日至31日⟧。",
        "会议定于⟦2024年4月31日⟧召开。",
        "本批次采样日期：⟦2023-02-29⟧，检测结果均合格。",
        "本批次采样日期：⟦2023.06.31⟧，检测结果均合格。",
        "会议定于⟦二〇二三年二月二十九日⟧召开。",
        "会议定于二〇二四年二月二十九日召开。",
        "本通告自⟦二〇二四年六月三十一日⟧起施行。",
        "截至2024年2月29日，全县累计完成造林2万亩。",
        "公示期为120日，自2月28日起计算。",
        "农历2月30日逢集，请提前安排车辆。",
        "自收到申请之日起20日内作出决定。",
        "本办法自二〇二三年十二月三十日起施行。",
        "执行标准为DB99/T 2023-02-31版。",
    ),
)
NEEDS = ("日", "号", "-02-", "-2-", "/2/", "/02/", "-31", "/31", ".2.", ".02.", ".31")

_DATE = regex.compile(
    r"(?<![\d.])(?:(?P<year>\d{4})\s?年\s?)?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?[日号](?!\d(?!\d?[时点:]))"
    r"(?:\s?(?:[至到—–~-]|--|——)\s?(?P<until>\d{1,2})\s?日)?"
)
# Written with strokes only where nothing but the day is wrong: other numbers look like dates as well.
_STROKES = regex.compile(
    r"(?<![\d./a-z-])(?<!版本号?[:]?)(?P<year>(?:19|20)\d{2})(?P<stroke>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=stroke)"
    r"(?P<day>0?[1-9]|[12]\d|3[01])(?![\d./-]|版|[a-z])"
)
_CHINESE = regex.compile(
    r"(?:二〇[〇一二三四五六七八九]{2}年)?(?:(?<!十)二月三十一?|(?:[四六九]|十一)月三十一)日"
)
_CHINESE_LEAP = regex.compile(r"(?P<year>[一二][〇零九][〇零一二三四五六七八九]{2})年二月二十九日")
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_NO_MONTH = regex.compile(r"(?<=每年)(?P<digits>\d{3})日(?=之?前|以前|起)")
_OTHER_CALENDARS = ("农历", "阴历", "旧历", "夏历", "藏历", "傣历", "彝历", "回历")
_LEAP = 2024  # a month and day without a year may belong to a leap year


def find(text: Text) -> Iterator[Finding]:
    """Dates that cannot be read as a day; a lunar date is another calendar."""
    plain = text.plain
    for date in _DATE.finditer(plain):
        if plain.endswith(_OTHER_CALENDARS, 0, date.start()):
            continue
        year = int(date["year"]) if date["year"] else _LEAP
        month = int(date["month"])
        days = [int(date["day"])] + ([int(date["until"])] if date["until"] else [])
        if not all(_exists(year, month, day) for day in days):
            yield RULE.at(text, date.start(), date.end(), note=_why(date["year"], month, max(days)))
    for date in _STROKES.finditer(plain):
        year, month, day = (int(date[part]) for part in ("year", "month", "day"))
        if not _exists(year, month, day):
            yield RULE.at(text, date.start(), date.end(), note=_why(date["year"], month, day))
    yield from _in_chinese(text)
    for date in _NO_MONTH.finditer(plain):
        yield RULE.at(text, date.start("digits"), date.end(), note="日期缺“月”，请核对原文。")


def _in_chinese(text: Text) -> Iterator[Finding]:
    plain = text.plain
    for date in _CHINESE.finditer(plain):
        if not any(
            calendar in plain[max(0, date.start() - 6) : date.start()] for calendar in _OTHER_CALENDARS
        ):
            yield RULE.at(text, date.start(), date.end(), note="这个月没有这一天。")
    for date in _CHINESE_LEAP.finditer(plain):
        year = int(date["year"].translate(_NUMERALS))
        if not _exists(year, 2, 29):
            yield RULE.at(text, date.start(), date.end(), note=f"{year}年2月没有29日。")


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def _why(year: str | None, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return f"没有{month}月。"
    return f"{year + '年' if year else ''}{month}月没有{day}日。"
