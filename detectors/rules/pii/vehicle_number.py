"""Identification numbers of vehicles, which lead to their owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import VEHICLE
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.vehicle-number",
    title="车辆识别代号（车架号）",
    why="车架号与车主、保险和维修记录一一对应，凭它可以查到车主本人。公示违法车辆写号牌种类和处理结果即可，车架号删去或者只留末四位。",
    basis=(
        "《中华人民共和国个人信息保护法》第四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "周某所购车辆车架号⟦LSVAM4187C2184841⟧，已办理转移登记。",
        "被盗车辆的识别代号为⟦LFV2A21K8F4012345⟧。",
        "（VIN：⟦LSVAM4187C2184841⟧）已强制报废。",
        "车辆识别代号LSVAM4187C2184841至LSVAM4187C2199999范围内的汽车被召回。",
        "车架号须拓印后粘贴在申请表背面。",
        "车架号LSVAM***********41的车主请领取退款。",
    ),
    private=True,
)

NEEDS = ("车架", "大架", "识别", "vin")


def find(text: Text) -> Iterator[Finding]:
    """Seventeen signs after the label; those of a recall are ranges."""
    yield from report(RULE, text, kind_hits(text, VEHICLE))
