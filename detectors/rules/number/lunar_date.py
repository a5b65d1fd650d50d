"""Lunar dates and festivals against the calendar."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import lru_cache

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

_BASIS = ("《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",)

IMPOSSIBLE = Rule(
    id="number.impossible-lunar-date",
    title="农历日期不存在",
    why="农历小月只有二十九天，也不是每年都有闰月；写了不存在的日子，庙会、集市、节庆活动的时间就说错了。",
    basis=_BASIS,
    examples=(
        "庙会定于⟦农历2024年正月三十⟧开始。",
        "民俗展演安排在⟦2024年农历闰六月初三⟧晚上。",
        "活动从⟦农历五月三十一⟧持续到六月初三。",
        "庙会定于农历2025年正月三十开始。",
        "民俗展演安排在2025年农历闰六月初三晚上。",
        "当地每年农历五月三十赶集。",
    ),
)
MISMATCH = Rule(
    id="number.lunar-date-mismatch",
    title="农历、节日与公历不符",
    why="同一天的公历、农历或节日名称对不上，放假、值班、祭扫和活动安排会因此出错。",
    basis=_BASIS,
    examples=(
        "2024年6月10日（⟦农历五月初四→农历五月初五⟧），全县举行龙舟赛。",
        "2024年6月9日（⟦端午节⟧）景区免费开放。",
        "⟦农历八月十六中秋节⟧当晚举办灯会。",
        "2024年6月10日（农历五月初五），全县举行龙舟赛。",
        "2024年6月9日是⟦端午节⟧，景区免费开放。",
        "2024年6月9日是端午节前的最后一个工作日。",
        "2024年6月10日（端午节）景区免费开放。",
        "农历八月十四中秋节前夕，工作人员走访慰问困难群众。",
        "2024年6月9日（端午节前一天）开始值班。",
        "农历腊月二十九除夕夜，消防救援人员坚守岗位。",
    ),
)
RULES = (IMPOSSIBLE, MISMATCH)
NEEDS = ("农历", "节)", "是春节", "是元宵节", "是端午节", "是七夕节", "是中秋节", "是重阳节")

_MONTHS = "正二三四五六七八九十冬腊"
_MONTH = r"(?P<leap>闰)?(?P<month>十[一二]|[正一二三四五六七八九十冬腊])月"
_DAY = r"(?P<day>初[一二三四五六七八九十]|十[一二三四五六七八九]|二十[一二三四五六七八九]?|廿[一二三四五六七八九]|三十一?)"
_YEAR = r"(?P<year>(?:19|20)\d{2})年"
_NAMED = regex.compile(
    rf"(?:{_YEAR})?农历(?:(?P<then>(?:19|20)\d{{2}})年)?{_MONTH}{_DAY}(?![一二三四五六七八九十])"
)
_BESIDE = regex.compile(
    rf"{_YEAR}(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日\s?[(,]?\s?(?:即)?(?P<lunar>农历(?:[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年)?"
    rf"{_MONTH}{_DAY})(?=[),。;\s]|星期)"
)
_FESTIVALS = {
    "春节": (1, 1),
    "元宵节": (1, 15),
    "端午节": (5, 5),
    "七夕节": (7, 7),
    "中秋节": (8, 15),
    "重阳节": (9, 9),
}
_FESTIVAL = r"(?P<festival>春节|元宵节|端午节|七夕节|中秋节|重阳节)"
_ON = regex.compile(
    rf"{_YEAR}(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日(?:\s?[(]{_FESTIVAL}[)]|是(?:农历|传统)?{_FESTIVAL}(?=[,。;!\n]|$))"
)
_IS = regex.compile(
    rf"农历{_MONTH}{_DAY}(?:是|为)?{_FESTIVAL}(?!前|后|期|之|假|将|临|即|长|快|的?第|黄|联|文|系|旅|消|运)"
)


def find(text: Text) -> Iterator[Finding]:
    """The calendar is asked only where a year is written; month and day alone prove nothing but 三十一."""
    plain = text.plain
    if "农历" in plain:
        for date in _NAMED.finditer(plain):
            year = date["then"] or date["year"]
            note = _missing(
                int(year) if year else None, bool(date["leap"]), _number(date["month"]), _date(date["day"])
            )
            if note:
                yield IMPOSSIBLE.at(text, date.start(), date.end(), note=note)
        for date in _BESIDE.finditer(plain):
            yield from _compare(text, date)
        for date in _IS.finditer(plain):
            month, day = _FESTIVALS[date["festival"]]
            if date["leap"] or (_number(date["month"]), _date(date["day"])) != (month, day):
                note = f"{date['festival']}是农历{_MONTHS[month - 1]}月{_name(day)}。"
                yield MISMATCH.at(text, date.start(), date.end(), note=note)
    for date in _ON.finditer(plain):
        lunar = _lunar(int(date["year"]), int(date["m"]), int(date["d"]))
        month, day = _FESTIVALS[date["festival"]]
        if lunar and lunar != (month, day):
            note = (
                f"这一天是农历{_spoken(*lunar)}，{date['festival']}是农历{_MONTHS[month - 1]}月{_name(day)}。"
            )
            yield MISMATCH.at(text, date.start("festival"), date.end("festival"), note=note)


def _compare(text: Text, date: regex.Match[str]) -> Iterator[Finding]:
    lunar = _lunar(int(date["year"]), int(date["m"]), int(date["d"]))
    said = (-_number(date["month"]) if date["leap"] else _number(date["month"]), _date(date["day"]))
    if lunar and lunar != said:
        start, end = date.span("lunar")
        head = text.plain[start : date.start("leap") if date["leap"] else date.start("month")]
        note = f"{date['year']}年{date['m']}月{date['d']}日是农历{_spoken(*lunar)}。"
        yield MISMATCH.at(text, start, end, head + _spoken(*lunar), note)


@lru_cache(maxsize=256)
def _lunar(year: int, month: int, day: int) -> tuple[int, int] | None:
    """Lunar month (negative: a leap month) and day of a date."""
    from lunar_python import Solar  # 36 ms, needed on few pages

    try:
        datetime.date(year, month, day)
    except ValueError:
        return None
    lunar = Solar.fromYmd(year, month, day).getLunar()
    return int(lunar.getMonth()), int(lunar.getDay())


def _missing(year: int | None, leap: bool, month: int, day: int) -> str:  # noqa: FBT001 a fact of the month
    if day > 30:
        return "农历每月最多三十天。"
    if year is None or not (leap or day == 30):
        return ""
    from lunar_python import LunarMonth

    found = LunarMonth.fromYm(year, -month if leap else month)
    if found is None:
        return f"农历{year}年没有闰{_MONTHS[month - 1]}月。" if leap else ""
    return (
        ""
        if day <= found.getDayCount()
        else f"农历{year}年{_spoken(-month if leap else month, 0)}只有二十九天。"
    )


def _number(month: str) -> int:
    if month == "一":
        return 1
    return {"十一": 11, "十二": 12}.get(month) or _MONTHS.index(month) + 1


def _date(day: str) -> int:
    if day in {"三十一", "三十", "二十", "初十"}:
        return {"三十一": 31, "三十": 30, "二十": 20, "初十": 10}[day]
    tens = {"初": 0, "十": 10, "二": 20, "廿": 20}[day[0]]
    return tens + "一二三四五六七八九".index(day[-1]) + 1


def _name(day: int) -> str:
    if day in {10, 20, 30}:
        return {10: "初十", 20: "二十", 30: "三十"}[day]
    return ("初", "十", "廿")[day // 10] + "一二三四五六七八九"[day % 10 - 1]


def _spoken(month: int, day: int) -> str:
    name = ("闰" if month < 0 else "") + _MONTHS[abs(month) - 1] + "月"
    return name + _name(day) if day else name
