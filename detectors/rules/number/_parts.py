"""A list of parts with their amounts: 东镇12户、西镇15户."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import regex

from detectors.rules.number._figure import NUMBER

_PART = regex.compile(
    rf"(?P<label>[^\d,。、;:()\n%]{{1,16}}?)(?P<value>{NUMBER})(?P<unit>%|[^\W\d_]{{1,4}}?)(?=[,、;。)\n]|和|及|以及|$)(?P<joint>以及|[,、;和及])?"
)
# One glance tells that nothing else can belong to the whole.
_COMPLETE = (
    frozenset({"男", "女"}),
    frozenset({"男性", "女性"}),
    frozenset({"男生", "女生"}),
    frozenset({"城镇", "农村"}),
    frozenset({"城镇", "乡村"}),
    frozenset({"新建", "续建"}),
    frozenset({"第一产业", "第二产业", "第三产业"}),
    frozenset({"一等奖", "二等奖", "三等奖"}),
    frozenset({"金牌", "银牌", "铜牌"}),
)
# Members of one of these never overlap either, though they may not be all.
_DISJOINT = tuple(
    frozenset(kind.split())
    for kind in (
        "非常满意 很满意 满意 比较满意 基本满意 一般 不太满意 不满意 很不满意 非常不满意 不了解 说不清",
        "优秀 良好 合格 基本合格 不合格 及格 不及格 优 良 中 差",
        "学前 幼儿园 小学 初中 高中 中职 高职 大学 学前教育 义务教育",
        "博士 硕士 本科 大专 专科 中专",
        "中央 国家 省级 自治区 市级 县级 区级 乡级 镇级 省 市 县",
    )
)
_FILLERS = regex.compile(
    r"^(?:其中|包括|分别为|分别是|有|为|即|含)*[:,]?|(?:的?占比?|分别|各|共|有|为|的|约|达)*$"
)
# Places, grades and spans of time do not overlap; 女干部 and 党员干部 do.
_APART = frozenset("镇乡村县区市道校院局站厂场司奖级类组队班度月园片矿库店")


class Part(NamedTuple):
    """One member: its label without filler words, its amount and unit."""

    label: str
    value: Decimal
    unit: str
    joint: str


def parts(piece: str) -> tuple[list[Part], int]:
    """The parts that follow one another from the start of ``piece``, and where they end."""
    found, at = [], 0
    while match := _PART.match(piece, at):
        label = _FILLERS.sub("", match["label"])
        found.append(
            Part(label, Decimal(match["value"].replace(",", "")), match["unit"], match["joint"] or "")
        )
        at = match.end()
        if not match["joint"]:
            break
    return found, at


def complete(labels: list[str]) -> bool:
    """Whether these labels are the whole of their kind: 男、女, and 男党员、女党员."""
    return frozenset(labels) in _COMPLETE or frozenset(_without_common_end(labels)) in _COMPLETE


def alike(labels: list[str]) -> bool:
    """Whether the labels name members of one kind (东镇, 西镇), so that none overlaps another."""
    if len(set(labels)) < len(labels) or not all(labels):
        return False
    bare = frozenset(_without_common_end(labels))
    if any(bare <= kinds or kinds.issuperset(labels) for kinds in _DISJOINT):
        return True
    last = labels[0][-1]
    return last in _APART and all(label[-1] == last and len(label) > 1 for label in labels)


def _without_common_end(labels: list[str]) -> list[str]:
    """男党员, 女党员 → 男, 女."""
    shared = 0
    while len({label[-shared - 1 :][:1] for label in labels}) == 1 and shared < min(map(len, labels)):
        shared += 1
    return [label[: len(label) - shared] for label in labels]
