"""A list of names and the number that is said to count it."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.number._figure import chinese
from detectors.text import Text

RULE = Rule(
    id="number.count-differs-from-list",
    title="个数与列举不符",
    why="列举的名称和所说的个数不一样，不是漏列就是数错，点到名和没点到名的单位都会来问。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "工作组走访了东河镇、西河镇、南山镇、北山镇⟦等3个镇⟧。",
        "东河村、西河村、南山村⟦4个村⟧完成改厕任务。",
        "受停水影响的有城关镇、东河镇和西河镇⟦两个镇⟧。",
        "在东河镇、西河镇、南山镇、北山镇⟦等3镇⟧开展试点。",
        "县教育局、县财政局、县民政局、县统计局⟦等三个部门⟧印发通知。",
        "县教育局、县财政局等三个部门印发通知。",
        "县教育局、财政局、民政局三个部门印发通知。",
        "在东河镇、西河镇等3镇开展试点。",
        "工作组走访了东河镇、西河镇、南山镇等3个镇。",
        "工作组走访了东河镇、西河镇等8个镇。",
        "沿线的东河镇、西河镇和南山镇3个镇已经通车。",
        "在甲县、乙县、丙县的12个村开展试点。",
        "甲县、乙县、丙县2个县级部门参加培训。",
        "东河镇、西河镇、南山镇各2个镇级公园。",
    ),
)
NEEDS = ("、",)

_COUNT = regex.compile(
    r"(?<=[县区市镇乡村省州局校院司厂园站馆])(?P<said>等?(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})(?:个(?P<kind>[^\W\d_]{0,3}?)|(?=[县区市镇乡村省州]))"
    r"(?P<noun>[县区市镇乡村省州局校院司厂园站馆]))(?![级民委域城内外长组社县区市镇乡村])"
)
_ENDS = "。;:!?\n\t("
_LONG = 9  # letters of one name; only the first may have other words before it
_OFFICES = regex.compile(
    r"(?<=[局委办厅部院署])(?P<said>等(?P<count>\d{1,2}|[一二两三四五六七八九十]{1,3})(?:个|家)(?P<noun>部门|单位))"
)
_OFFICE_ENDS = tuple("局委办厅部院署")


def find(text: Text) -> Iterator[Finding]:
    """The last letter of every name must be that of the thing counted: otherwise it is another list."""
    plain = text.plain
    for match in (*_COUNT.finditer(plain), *_OFFICES.finditer(plain)):
        start = match.start()
        clause = plain[max(0, start - 240) : start]
        for mark in _ENDS:
            clause = clause.rpartition(mark)[2]
        before, comma, names = clause.rpartition(",")
        items = names.split("、")
        items[-1:] = regex.split("以及|和|及|与", items[-1])
        count = chinese(match["count"])
        if (
            count is None
            or len(items) < 2
            or not _all(items, _OFFICE_ENDS if match.re is _OFFICES else match["noun"])
        ):
            continue
        etc = match["said"].startswith("等")
        unfinished = bool(comma) and before.endswith(match["noun"])
        if len(items) > count or (
            len(items) < count and not etc and not unfinished and len(items[0]) < _LONG
        ):
            note = f"前面列出{len(items)}个：{'、'.join(item[-_LONG:] for item in items[:12])}。"
            yield RULE.at(text, match.start("said"), match.end("said"), note=note)


def _all(items: list[str], noun: str | tuple[str, ...]) -> bool:
    return all(item.endswith(noun) and len(item) > 1 for item in items) and all(
        len(item) < _LONG for item in items[1:]
    )
