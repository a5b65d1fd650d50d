"""Chapters and articles of a regulation that are lost, doubled or unnamed."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="document.broken-article-order",
    title="章节条文序号不连续",
    why="制度文件的章、条缺号、重号或者标题丢字，说明有内容漏发，执行和引用时会对不上条款。",
    basis=(
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "第七章 安全管理\n第二十条 严格执行有关规定。\n⟦第八→第八章⟧  监督考核\n第二十一条 加强检查。",
        "⟦第一章⟧\n第一条 为规范管理，制定本办法。\n第二条 本办法适用于全县。",
        "第一条 总则。\n第二条 范围。\n第三条 职责。\n⟦第五条⟧ 罚则。\n第六条 附则。",
        "第一章 总则\n第一条 为规范管理，制定本办法。\n⟦第三章⟧ 附则\n第二条 自公布之日起施行。",
        "第一条 甲。\n第二条 乙。\n⟦第二条⟧ 丙。\n第三条 丁。",
        "第一条 甲。\n第二条 乙。\n第二条 修改为：\n“第三条 丁。”",
        "第一章\n总则\n第一条 为规范管理，制定本办法。",
        "第一条 总则。\n第二条 范围。\n第三条 职责。\n第四条 罚则。\n第五条 附则。",
        "第三条 修改为：\n第五条 删去。\n第九条 改为第七条。",
        "第八 监督考核要到位。",
        "第一条 甲。\n第二条 乙。第三条 丙。\n第四条 丁。",
    ),
)
NEEDS = ("第",)

_NUMBER = r"[一二三四五六七八九十百零〇]{1,6}"
_LINE = regex.compile(
    rf"\n[ \t\u3000]*(?P<head>第(?P<number>{_NUMBER})(?P<kind>[章条])(?!之|第|款|规定))(?P<rest>[^\n]{{0,12}})"
    rf"|\n[ \t\u3000]*(?P<bare>第(?P<lost>{_NUMBER}))(?P<title>[ \t\u3000]{{1,12}}[^\n。,;:第]{{0,12}})(?=\n|\Z)"
)
_NEXT = 200  # headings among which the next of the same kind stands
_DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"〇": 0}


def find(text: Text) -> Iterator[Finding]:
    """A gap counts only in a list that began with one and whose missing number is written nowhere between."""
    plain = text.plain
    padded = "\n" + plain[:24]
    first = _LINE.match(padded)
    lines = ([(first, 1)] if first else []) + [(match, 0) for match in _LINE.finditer(plain)]
    last: dict[str, tuple[int, int]] = {}
    chapter = 0  # the latest, wherever the page began
    for number, (line, shift) in enumerate(lines):
        if line["bare"]:
            value, span = _value(line["lost"]), (line.start("bare") - shift, line.end("bare") - shift)
            if chapter and value == chapter + 1:
                yield RULE.at(text, *span, line["bare"] + "章", "标题丢了“章”字，请核对章名是否完整。")
                chapter, last["章"] = value, (value, span[1])
            continue
        value, kind, start = _value(line["number"]), line["kind"], line.start("head") - shift
        end = line.end("head") - shift
        if (
            kind == "章"
            and not line["rest"].strip()
            and _next_is_article(plain, end, lines[number + 1 : number + 2])
        ):
            yield RULE.at(text, start, end, note="这一章的名称丢失。")
        chapter = value if kind == "章" else chapter
        before = last.get(kind)
        if value == 1:
            last[kind] = 1, end
            continue
        if before is None:
            continue
        if before[0] + 2 <= value <= before[0] + 3 and not _between(plain, kind, before, value, start):
            lost = "、".join(f"第{_name(one)}{kind}" for one in range(before[0] + 1, value))
            yield RULE.at(text, start, end, note=f"前面是第{_name(before[0])}{kind}，缺{lost}。")
        if value == before[0] and _goes_on(lines[number + 1 : number + 1 + _NEXT], kind, value):
            yield RULE.at(text, start, end, note=f"前面已有第{_name(value)}{kind}，序号重复。")
        if value >= before[0]:
            last[kind] = value, end
        else:
            last.pop(kind)


def _next_is_article(plain: str, end: int, following: list[tuple[regex.Match[str], int]]) -> bool:
    if not following or following[0][0]["kind"] != "条":
        return False
    return not plain[end : following[0][0].start("head")].strip()


def _goes_on(following: list[tuple[regex.Match[str], int]], kind: str, value: int) -> bool:
    """Whether the next of the kind counts on from here: what changes a law repeats its numbers at will."""
    after = next((line for line, _ in following if not line["bare"] and line["kind"] == kind), None)
    return after is not None and _value(after["number"]) == value + 1


def _between(plain: str, kind: str, before: tuple[int, int], value: int, end: int) -> bool:
    return any(
        plain.find(f"第{_name(one)}{kind}", before[1], end) >= 0 for one in range(before[0] + 1, value)
    )


def _value(letters: str) -> int:
    total = digit = 0
    for letter in letters:
        if letter in "十百":
            total += (digit or 1) * (10 if letter == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[letter]
    return total + digit


def _name(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    name = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        name += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        name += "零"
    return name + (digits[ones] if ones or not name else "")
