"""A date in which 年, 月 or 日 got lost."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import regex

from detectors.rule import Example, Finding, Rule
from detectors.text import About, Text

RULE = Rule(
    id="number.date-with-lost-characters",
    title="日期缺字",
    why="日期里的“年”“月”“日”在复制或转换格式时丢了字，成文日期、起止日期因此无法辨认，会影响公文效力和群众办事。",
    basis=(
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
        "《党政机关公文处理工作条例》第十一条：公文使用的汉字、数字、外文字符、计量单位和标点符号等，按照有关国家标准和规定执行",
    ),
    examples=(
        "青石县人民政府办公室\n⟦201811月14日→2018年11月14日⟧\n（此件主动公开）",
        "培训班定于⟦20243月5日→2024年3月5日⟧在县委党校开班。",
        "现将有关规定印发给你们，请认真贯彻落实。\n青石县统计局\n⟦2022120⟧\n青石县统计局档案管理办法",
        "请各单位于⟦2023年1120日⟧前报送总结。",
        "公示时间为2024年5月13日至⟦2024年5月17→2024年5月17日⟧。",
        "青石县人民政府办公室\n2018年11月14日\n（此件主动公开）",
        "公示时间为2024年5月13日至17日，监督电话：0990-2022120。",
        "统计咨询电话\n2022120\n青石县统计局",
        "该项目用地2024亩，涉及3月份交付的住房120套。",
        "工期自2024年起共1120日历天。",
        "活动时间：2024年5月17—19日。",
        Example(
            "<table><tr><td>县统计局</td><td>2022120</td></tr></table><p>附件见通知。</p>", format="html"
        ),
        Example(
            "请认真贯彻落实。\n青石县统计局\n2022120\n", about=About(published_on=datetime.date(2035, 1, 1))
        ),
    ),
)
NEEDS = ("19", "20")

_NO_YEAR = regex.compile(
    r"(?<![\d.,/-])((?:19|20)\d{2})(1[0-2]|0?[1-9])月(?:(3[01]|[12]\d|0?[1-9])日)?(?!\d)"
)
_NO_MONTH = regex.compile(
    r"(?<![\d.])((?:19|20)\d{2})年(\d{3,4})日(?=之?前|以前|起|\s*$|[。,;)])", regex.MULTILINE
)
_NO_DAY = regex.compile(
    r"(?<!\d)(?:19|20)\d{2}年(?:1[0-2]|0?[1-9])月(?:3[01]|[12]\d|0?[1-9])(?=[。;)]|起|前|止|[ \t]*\n(?!\s*[日号至到、~—-])|[ \t]*\Z)"
)
_ALONE = regex.compile(r"\n[ \t\u3000]*((?:19|20)\d{2})(\d{2,3})[ \t\u3000]*(?=\n|\Z)")
# What stands in the line above the date of a document: who issues it, or the end of the letter.
_SIGNED = regex.compile(
    r"(?:局|厅|委|办公室|办公厅|政府|委员会|中心|院|部|处|所|协会|公司|党组|指挥部|领导小组|。)[ \t\u3000]*\Z"
)
_FAR = 3  # years that a document may be older or newer than its publication


def find(text: Text) -> Iterator[Finding]:
    """Digits run together around a date, and a bare number where the date of a document stands."""
    plain = text.plain
    if "月" in plain:
        for date in _NO_YEAR.finditer(plain):
            year, month, day = date.groups()
            right = f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")
            yield RULE.at(text, date.start(), date.end(), right, "年份后面缺“年”，请核对原文。")
        for date in _NO_DAY.finditer(plain):
            yield RULE.at(text, date.start(), date.end(), date[0] + "日", "日期缺“日”，请核对原文。")
    if "年" in plain:
        for date in _NO_MONTH.finditer(plain):
            if _readings(date[2]):
                note = f"日期缺“月”，可能是{_choices(date[1], date[2])}，请核对原文。"
                yield RULE.at(text, date.start(), date.end(), note=note)
    for date in _ALONE.finditer(plain):
        if _is_signature(text, date.start(1), int(date[1])) and _readings(date[2]):
            note = f"落款日期缺字，可能是{_choices(date[1], date[2])}，请核对原文。"
            yield RULE.at(text, date.start(1), date.end(2), note=note)


def _is_signature(text: Text, at: int, year: int) -> bool:
    plain = text.plain
    above = plain[max(0, at - 60) : at].rstrip()
    if at == 0 or not _SIGNED.search(above.rpartition("\n")[2]):
        return False
    day = text.about.published_on
    if day is not None and abs(year - day.year) > _FAR:
        return False
    written = text.written(at, at + 1)[0]
    return not any(cell.start <= written < cell.end for cell in text.cells)


def _readings(digits: str) -> list[tuple[int, int]]:
    """Every month and day that these digits can be: 120 is 1月20日 (12月0日 is none)."""
    found = []
    for cut in range(1, len(digits)):
        month, day = int(digits[:cut]), int(digits[cut:])
        if "0" not in {digits[0], digits[cut]} and 1 <= month <= 12 and 1 <= day <= 31:
            found.append((month, day))
    return found


def _choices(year: str, digits: str) -> str:
    return "或".join(f"{year}年{month}月{day}日" for month, day in _readings(digits))
