"""Headings, points and annexes whose numbers jump or stand twice."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.number._figure import chinese
from detectors.text import Text

RULE = Rule(
    id="number.numbering-gap",
    title="序号不连续或重复",
    why="序号跳号或重复，多半是漏了一段内容，或者增删之后没有重新编号，读者会以为页面不全。",
    basis=(
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "一、报名条件\n年满18周岁。\n二、报名时间\n5月6日起。\n⟦四、⟧联系方式\n县体育中心。",
        "（一）提高认识。\n（二）加强宣传。\n⟦（四）⟧严格考核。",
        "附件：1.申请表\n2.承诺书\n⟦4.⟧汇总表",
        "一是摸清底数；二是分类施策；⟦四是⟧压实责任。",
        "第一，摸清底数。第二，分类施策。⟦第四，⟧压实责任。",
        "一、报名条件\n年满18周岁。\n二、报名时间\n5月6日起。\n⟦二、⟧联系方式\n县体育中心。",
        "一、报名条件\n年满18周岁。\n二、报名时间\n5月6日起。\n三、联系方式\n县体育中心。",
        "一、报名条件\n年满18周岁。二、报名时间：5月6日起。\n三、联系方式\n县体育中心。",
        "（一）提高认识。\n（二）加强宣传。\n二、工作要求\n（一）严格考核。",
        "二、工作要求\n四、其他事项\n（节选）",
        "一是底数清；二是责任明；三是作风实。",
        "第一，底数清。第二，责任明。再看第四，已列入明年计划。",
        "一是上游持续降雨，来水偏多；其次是本地阴雨连绵；三是水库提前放水。",
    ),
)

_LINE = regex.compile(
    r"(?:\n|附件[:])[ \t\u3000]*(?P<mark>(?P<top>[一二三四五六七八九十]{1,3})、|[(](?P<second>[一二三四五六七八九十]{1,3})[)]|(?P<third>[1-9]\d?)[.、](?!\d)|[(](?P<fourth>[1-9]\d?)[)]|(?P<article>第[一二三四五六七八九十百]{1,5}[条章节]))"
)
_POINT = regex.compile(
    r"(?:(?<=[,。;:、\n]|^)(?P<point>[二三四五六七八九十])|(?<![统唯之第专单逐万同合如归十])(?P<point>一))[是要]"
)
_ORDINAL = regex.compile(r"(?<=[。;\n]|^)[ \t\u3000]*(?P<mark>第(?P<point>[一二三四五六七八九十])[,、:])")
_MORE = {"top": ("{}、",), "second": ("({})",), "third": ("{}.", "{}、", "{},"), "fourth": ("({})",)}
_ORDER = ("top", "second", "third", "fourth")
_NEXT = regex.compile("[其再]次|接着|同时")  # says the number in other words
_DIGITS = "〇一二三四五六七八九十"


def find(text: Text) -> Iterator[Finding]:
    """A number counts as lost where its list began with one and it stands nowhere between its neighbours."""
    plain = text.plain
    yield from _lines(text, plain)
    if "是" in plain and ("三是" in plain or "四是" in plain or "五是" in plain):
        yield from _points(text, plain)
    if "第一" in plain:
        yield from _ordinals(text, plain)


def _lines(text: Text, plain: str) -> Iterator[Finding]:
    last: dict[
        str, tuple[int, int]
    ] = {}  # kind → number and end of the latest heading of a list that began with one
    first = _LINE.match("\n" + plain[:8])  # the pattern asks for a line break, which the first line has not
    kind = next((kind for kind in _ORDER if first[kind]), "") if first else ""
    if first and kind and chinese(first[kind]) == 1:
        last[kind] = 1, first.end() - 1
    for match in _LINE.finditer(plain):
        if match["article"]:
            last.clear()
            continue
        kind = next(kind for kind in _ORDER if match[kind])
        number = chinese(match[kind])
        if number is None:
            continue
        for lower in _ORDER[_ORDER.index(kind) + 1 :]:
            last.pop(lower, None)
        before = last.get(kind)
        if number == 1:
            last[kind] = 1, match.end()
        elif before:
            if note := _note(plain, kind, before, number, match.start()):
                yield RULE.at(text, match.start("mark"), match.end("mark"), note=note)
            if number >= before[0]:
                last[kind] = number, match.end()
            else:
                last.pop(kind)


def _note(plain: str, kind: str, before: tuple[int, int], number: int, end: int) -> str:
    """What is wrong with a number after the one before it; "" where nothing is."""
    if number == before[0]:
        return f"“{_name(kind, number)}”出现两次，其后的序号也要核对。"
    if number in {before[0] + 2, before[0] + 3} and not _between(plain, kind, before, number, end):
        lost = "、".join(_name(kind, one) for one in range(before[0] + 1, number))
        return f"“{_name(kind, before[0])}”之后是“{_name(kind, number)}”，缺“{lost}”。"
    return ""


def _between(plain: str, kind: str, before: tuple[int, int], number: int, end: int) -> bool:
    """Whether one of the missing numbers is written inside a paragraph after all."""
    letters = [
        str(one) if kind in {"third", "fourth"} else _chinese(one) for one in range(before[0] + 1, number)
    ]
    return any(plain.find(form.format(one), before[1], end) >= 0 for one in letters for form in _MORE[kind])


def _points(text: Text, plain: str) -> Iterator[Finding]:
    last = (0, 0)
    for match in _POINT.finditer(plain):
        number = _DIGITS.index(match["point"])
        if number == 1 or not last[0] or "\n" in plain[last[1] : match.start()]:
            last = (1, match.end()) if number == 1 else (0, 0)
            continue
        if last[0] and number == last[0] + 2:
            lost = _DIGITS[number - 1]
            if (
                plain.find(lost + "是", last[1], match.start()) < 0
                and plain.find(lost + "要", last[1], match.start()) < 0
                and not _NEXT.search(plain, last[1], match.start())
            ):
                note = f"“{_DIGITS[last[0]]}是”之后是“{match['point']}是”，缺“{lost}是”。"
                yield RULE.at(text, match.start(), match.end(), note=note)
        last = (number, match.end()) if last[0] and number > last[0] else (0, 0)


def _ordinals(text: Text, plain: str) -> Iterator[Finding]:
    last = (0, 0)
    for match in _ORDINAL.finditer(plain):
        number = _DIGITS.index(match["point"])
        lost = f"第{_DIGITS[number - 1]}"
        if last[0] and number == last[0] + 2 and plain.find(lost, last[1], match.start()) < 0:
            note = f"“第{_DIGITS[last[0]]}”之后是“第{match['point']}”，缺“{lost}”。"
            yield RULE.at(text, match.start("mark"), match.end("mark"), note=note)
        last = (number, match.end()) if number == 1 or number > last[0] > 0 else (0, 0)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones or not tens else "")


def _name(kind: str, number: int) -> str:
    return {
        "top": f"{_chinese(number)}、",
        "second": f"（{_chinese(number)}）",
        "third": f"{number}.",
        "fourth": f"（{number}）",
    }[kind]
