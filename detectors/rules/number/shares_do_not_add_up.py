"""Shares of one whole that come to more or less than 100%."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import regex

from detectors.rule import Finding, Rule
from detectors.rules.number._figure import shown
from detectors.rules.number._parts import alike, complete, parts
from detectors.text import Text

RULE = Rule(
    id="number.shares-do-not-add-up",
    title="占比之和不等于100%",
    why="同一整体的各部分占比加起来应为100%，超出或者不足说明有数字写错，读者一加便知。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "三次产业结构比为⟦12.1:45.6:44.3⟧。",
        "常住人口中，⟦城镇占58.2%、农村占43.8%⟧。",
        "从来源看，⟦东河镇占35%、西河镇占40%、南山镇占30%⟧。",
        "三次产业结构比由12.5:45.6:41.9调整为⟦12.1:45.6:44.3⟧。",
        "三次产业占比分别为⟦10.2%、45.3%、40.5%⟧。",
        "⟦非常满意占45%，满意占40%，基本满意占10%，不满意占8%⟧。",
        "三次产业增加值占比分别为10.2%、45.3%、44.5%，分别增长3.1%、5.2%、6.0%。",
        "三次产业结构比为12.1:45.6:42.3。",
        "常住人口中，城镇占58.2%、农村占41.8%。",
        "从来源看，东河镇占35%、西河镇占40%、南山镇占25%。",
        "参赛者中，男性占52%，女性占48%，60岁以上的占21%。",
        "从来源看，东河镇占35%、西河镇占40%。",
        "三产融合项目投资比例为3:5:4。",
    ),
)
NEEDS = ("产业", "占")

_THREE = regex.compile(
    r"(?:三次产业|三产|一二三产业|产业)(?:增加值)?(?:结构|比例)[^\d。;\n]{0,16}(?P<a>\d{1,2}\.\d{1,2}):(?P<b>\d{1,2}\.\d{1,2}):(?P<c>\d{1,2}\.\d{1,2})"
    r"(?:(?:,)?(?:调整|优化|变化|转变|提升|变)[^\d。;\n]{0,8}(?P<d>\d{1,2}\.\d{1,2}):(?P<e>\d{1,2}\.\d{1,2}):(?P<f>\d{1,2}\.\d{1,2}))?"
)
_THREE_SHARES = regex.compile(
    r"(?:三次产业|一二三产业?|三产)[^\d。;,\n]{0,10}(?:占比|比重|占生产总值的比重|占GDP的比重)[^\d。;\n增降]{0,8}"
    r"(?P<shares>(?P<a>\d{1,2}(?:\.\d{1,2})?)%、(?P<b>\d{1,2}(?:\.\d{1,2})?)%(?:、|和)(?P<c>\d{1,2}(?:\.\d{1,2})?)%)"
)
_FIRST = regex.compile(
    r"(?<=[,。;:\n(]|^)(?P<label>[^\d,。;:、()\n%占]{1,12})占比?(?:为|达)?\d{1,2}(?:\.\d{1,2})?%[,、;]"
)
_SLACK = Decimal("0.5")  # rounding of a few shares


def find(text: Text) -> Iterator[Finding]:
    """Shares of different kinds overlap; only members of one kind are added."""
    plain = text.plain
    for match in _THREE.finditer(plain):
        for names in ("abc", "def"):
            if match[names[0]]:
                values = [Decimal(match[name]) for name in names]
                if abs(sum(values, start=Decimal(0)) - 100) > Decimal("0.21"):
                    yield _say(text, match.start(names[0]), match.end(names[2]), values)
    for match in _THREE_SHARES.finditer(plain):
        values = [Decimal(match[name]) for name in "abc"]
        if abs(sum(values, start=Decimal(0)) - 100) > _SLACK:
            yield _say(text, match.start("shares"), match.end("shares"), values)
    yield from _listed(text)


def _listed(text: Text) -> Iterator[Finding]:
    plain = text.plain
    end = 0
    for match in _FIRST.finditer(plain):
        if match.start() < end:
            continue
        piece = regex.split("[。;\n]", plain[match.start() : match.start() + 200], maxsplit=1)[0]
        found = [part for part in parts(piece)[0] if part.unit == "%"]
        end = match.start() + len(piece)
        labels = [part.label.removesuffix("占") for part in found]
        total = sum((part.value for part in found), start=Decimal(0))
        if (
            len(found) < 2
            or len({part.joint for part in found[:-1]}) > 1
            or regex.search("以上|以下|其中|增长|同比|等", piece)
        ):
            continue
        if (total > 100 + _SLACK and alike(labels)) or (complete(labels) and abs(total - 100) > _SLACK):
            last = text.plain.find("%", match.start(), end)
            for _ in found[1:]:
                last = plain.find("%", last + 1, end)
            yield _say(text, match.start("label"), last + 1, [part.value for part in found])


def _say(text: Text, start: int, end: int, values: list[Decimal]) -> Finding:
    sums = "+".join(shown(value) for value in values)
    return RULE.at(text, start, end, note=f"{sums}={shown(sum(values, start=Decimal(0)))}，不等于100。")
