"""A total and its parts, or a counted list, that do not agree."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.number._figure import NUMBER, chinese, figure, shown
from detectors.rules.number._parts import Part, alike, complete, parts
from detectors.text import Text

RULE = Rule(
    id="number.total-differs-from-parts",
    title="总数与分项不符",
    why="分项加起来不等于总数，或者列出的个数与所说的不同，总数、分项至少有一处是错的。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "全县共改造危房⟦36户⟧，其中东河镇12户、西河镇15户、南山镇8户。",
        "比赛⟦共评出30名⟧，其中一等奖5名、二等奖10名、三等奖18名。",
        "会议应到代表⟦共120人⟧，其中男78人、女45人。",
        "工作组走访了东河镇、西河镇、南山镇、北山镇等⟦3个镇⟧。",
        "东河村、西河村、⟦南山村4个村⟧完成改厕任务。",
        "全县共改造危房35户，其中东河镇12户、西河镇15户、南山镇8户。",
        "全县共改造危房36户，其中东河镇12户、西河镇15户。",
        "全县共有干部120人，其中女干部45人，党员干部98人。",
        "工作组走访了东河镇、西河镇等8个镇。",
        "共改造36户，其中东河镇12户、西河镇15户、其余9户分布在南山镇。",
        "在甲县、乙县、丙县的12个村开展试点。",
        "沿线的东河镇、西河镇和南山镇3个镇已经通车。",
    ),
)

_TOTAL = regex.compile(
    rf"(?:共有?|共计|总计|合计|累计)(?P<said>[^\d,。;:()、\n%]{{0,12}}?)(?P<value>{NUMBER})(?P<unit>[^\W\d_]{{1,4}}?)(?P<open>[,;:(]|,?其中[:,]?|,?(?:分别为|分别是|包括)[:,]?)(?=[^\d]{{1,20}}\d)"
)
_NOT_ALL = regex.compile("等|其余|其他|其它|剩余|另有?|还有|此外|外|约|余|多|近|超|不含|除|分别|上年|去年|同比|以上|以下|每")
_COUNT = regex.compile(r"(?P<etc>等)?(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})[个家名位所座条项](?P<noun>[^\W\d_])(?P<more>[^\W\d_])?")
_ITEM = 8  # letters of one name in a counted list, at most
_NEAR = 20  # a list whose sum is within a twentieth of its total was meant to be whole


def find(text: Text) -> Iterator[Finding]:
    """Lists of amounts behind a total, and lists of names before their number."""
    plain = text.plain
    for total in _TOTAL.finditer(plain):
        end = min((at for mark in "。\n" if (at := plain.find(mark, total.end(), total.end() + 300)) >= 0), default=0)
        piece = plain[total.end("open") : end]
        if total["open"] == "(":
            piece = piece.partition(")")[0]
        if piece.startswith("其中"):
            piece = piece[2:].lstrip(":,")
        found = parts(piece)
        if len(found) > 1 and not _NOT_ALL.search(piece):
            finding = _sum(text, total, found, partial="其中" in plain[total.start("open") : total.end("open") + 2])
            if finding:
                yield finding
    for at in _each(plain, "个", "家", "名", "位", "所", "座", "条", "项"):
        finding = _counted(text, at)
        if finding:
            yield finding


def _sum(text: Text, total: regex.Match[str], found: list[Part], *, partial: bool) -> Finding | None:
    labels = [part.label for part in found]
    if {part.unit for part in found} != {total["unit"]} or len({part.joint for part in found[:-1]} & {",", "、", ";"}) > 1:
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
    start = total.start() if not total["said"] else total.start("value")
    return RULE.at(text, start, total.end("unit"), note=note)


def _each(plain: str, *letters: str) -> Iterator[int]:
    yield from ()


def _counted(text: Text, at: int) -> Finding | None:
    return None
