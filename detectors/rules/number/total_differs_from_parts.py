"""A total and the parts listed behind it that do not add up to it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.rules.number._figure import NUMBER, figure, shown
from detectors.rules.number._parts import Part, alike, complete, parts
from detectors.text import Text

RULE = Rule(
    id="number.total-differs-from-parts",
    title="总数与分项不符",
    why="分项加起来不等于总数，总数、分项至少有一处是错的，数据公开后会被群众和媒体追问。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "全县共改造危房⟦36户⟧，其中东河镇12户、西河镇15户、南山镇8户。",
        "比赛共评出⟦30名⟧，其中一等奖5名、二等奖10名、三等奖18名。",
        "会议应到代表共⟦120人⟧，其中男78人、女45人。",
        "全县共有党员⟦45名⟧，其中男党员30名，女党员14名。",
        "全年立案⟦120件⟧，其中环保类50件、食品类40件、交通类35件。",
        "全县投入资金⟦500万元⟧，其中中央资金300万元、省级资金150万元、市级资金80万元。",
        "招聘教师⟦20人⟧，其中小学10人、初中8人、高中5人。",
        "全年立案120件，其中环保类50件、食品类40件。",
        "全县共改造危房35户，其中东河镇12户、西河镇15户、南山镇8户。",
        "全县共改造危房36户，其中东河镇12户、西河镇15户。",
        "全县共有干部120人，其中女干部45人，党员干部98人。",
        "共改造36户，其中东河镇12户、西河镇15户、其余9户分布在南山镇。",
    ),
)

_TOTAL = regex.compile(
    rf"(?:共有?|共计|总计|合计|累计)(?P<said>[^\d,。;:()、\n%]{{0,12}}?)(?P<value>{NUMBER})(?P<unit>[^\W\d_]{{1,4}}?)(?P<open>[,;:(]|,?其中[:,]?|,?(?:分别为|分别是|包括)[:,]?)(?=[^\d]{{1,20}}\d)"
)
# Without a word for the whole only too much is wrong: what is named may be a part of it.
_WHOLE = regex.compile(
    rf"(?<=[\u4e00-\u9fff])(?<!增长|下降|提高|减少|[约近超余])(?P<value>{NUMBER})(?P<unit>[^\W\d_]{{1,4}}?)(?P<open>,?[(]?其中[:,]?)(?=[^\d]{{1,20}}\d)"
)
_NOT_ALL = regex.compile(
    "等(?![奖级])|其余|其他|其它|剩余|另有?|还有|此外|外|约|余|多|近|超|不含|除|分别|上年|去年|同比|以上|以下|每"
)
_MORE = regex.compile("等|其余|其他|其它|剩余|另有|另外|还有|不含|未计")
_NEAR = 20  # a list whose sum is within a twentieth of its total was meant to be whole

NEEDS = (*needs(_TOTAL), "其中")


def find(text: Text) -> Iterator[Finding]:
    """Silent where anything hints at a part that is left out, counted twice or rounded."""
    plain = text.plain
    said: set[int] = set()
    for total in chain(_TOTAL.finditer(plain), _WHOLE.finditer(plain)):
        if total.start("value") in said:
            continue
        said.add(total.start("value"))
        end = min(
            (at for mark in "。\n" if (at := plain.find(mark, total.end(), total.end() + 300)) >= 0),
            default=total.end() + 300,
        )
        piece = plain[total.end("open") : end]
        if "(" in total["open"]:
            piece = piece.partition(")")[0]
        if piece.startswith("其中"):
            piece = piece[2:].lstrip(":,")
        found, stop = parts(piece)
        if len(found) > 1 and not _NOT_ALL.search(piece[:stop]) and not _MORE.match(piece, stop):
            finding = _sum(
                text, total, found, partial="其中" in plain[total.start("open") : total.end("open") + 2]
            )
            if finding:
                yield finding


def _sum(text: Text, total: regex.Match[str], found: list[Part], *, partial: bool) -> Finding | None:
    labels = [part.label for part in found]
    if {part.unit for part in found} != {total["unit"]} or len(
        {part.joint for part in found[:-1]} & {",", "、", ";"}
    ) > 1:
        return None
    whole = figure(total["value"])
    added = sum((part.value for part in found), start=type(whole.value)(0))
    exact = whole.value == int(whole.value) and all(part.value == int(part.value) for part in found)
    slack = 0 if exact else whole.half * (len(found) + 1) * 2
    if abs(added - whole.value) <= slack:
        return None
    if not complete(labels):
        near = len(found) > 2 and abs(added - whole.value) * _NEAR <= whole.value
        if not alike(labels) or (partial and added < whole.value and not near):
            return None
    sums = "+".join(shown(part.value) for part in found)
    note = f"{sums}={shown(added)}，与“{shown(whole.value)}{total['unit']}”不符。"
    return RULE.at(text, total.start("value"), total.end("unit"), note=note)
