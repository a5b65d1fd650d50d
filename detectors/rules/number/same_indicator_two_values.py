"""The title gives one value of an indicator and the body another."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Example, Finding, Rule
from detectors.rules.number._figure import NUMBER, figure, split_unit
from detectors.text import About, Text, fold

RULE = Rule(
    id="number.same-indicator-two-values",
    title="标题与正文数据不一致",
    why="同一指标标题写一个数、正文写另一个数，读者不知道该信哪个，也容易被截图传播。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        Example(
            "据统计，今年青石县粮食总产量达⟦12.3万吨⟧，再创新高。",
            about=About(title="青石县粮食总产量达12.5万吨"),
        ),
        Example("截至目前，全市新增城镇就业⟦3.8万人⟧。", about=About(title="上半年全市新增城镇就业4.8万人")),
        Example("据统计，今年青石县粮食总产量达12.53万吨。", about=About(title="青石县粮食总产量达12.5万吨")),
        Example(
            "去年青石县粮食总产量达12.3万吨，今年达12.5万吨。",
            about=About(title="青石县粮食总产量达12.5万吨"),
        ),
        Example("去年同期全市新增城镇就业3.8万人。", about=About(title="上半年全市新增城镇就业4.8万人")),
        "青石县粮食总产量达12.3万吨。",
    ),
)

_VALUE = regex.compile(
    rf"(?<![\d.,第])(?P<value>{NUMBER})(?P<unit>%|(?:万亿|[百千]万|[百千万亿])?(?:个百分点|[人吨元亩户件名家个项头公平立][方里斤]?[米]?))"
)
_LEAD = 7  # letters before the number that must be the same; fewer would be another indicator
_OTHER_TIME = ("去年", "上年", "同期", "往年", "以往", "曾", "预计", "力争", "目标", "计划")


def find(text: Text) -> Iterator[Finding]:
    """Asks only for a phrase of the title that stands once in the body, where the title's number never stands."""
    if not (text.title_end or text.about.title):
        return
    plain, body = text.plain, text.plain_title_end
    title = plain[:body] or fold(text.about.title)
    for match in _VALUE.finditer(title):
        lead = title[max(0, match.start() - _LEAD) : match.start()]
        at = plain.find(lead, body) if len(lead) == _LEAD and lead.isalpha() else -1
        if at < 0 or plain.find(lead, at + 1) >= 0:
            continue
        other = _VALUE.match(plain, at + _LEAD)
        if not other or split_unit(other["unit"])[1] != split_unit(match["unit"])[1]:
            continue
        said = figure(match["value"], split_unit(match["unit"])[0])
        here = figure(other["value"], split_unit(other["unit"])[0])
        if (
            said.low <= here.value <= said.high
            or here.low <= said.value <= here.high
            or match["value"] in plain[body:]
        ):
            continue
        if any(word in plain[max(0, at - 20) : at] for word in _OTHER_TIME):
            continue
        yield RULE.at(text, other.start(), other.end(), note=f"标题写的是{match[0]}。")
