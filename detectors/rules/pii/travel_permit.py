"""Permits for travel to and from Hong Kong, Macao and Taiwan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import TRAVEL_PERMIT
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.travel-permit",
    title="往来港澳台通行证号",
    why="通行证号码与个人身份一一对应，属于身份证件号码，不应公开。确需核对的，只保留末几位。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "陈先生的港澳居民来往内地通行证号码为⟦H1234567801⟧。",
        "台胞证号：⟦12345678⟧，姓名已隐去。",
        "往来港澳通行证（⟦C12345678⟧）遗失作废。",
        "港澳通行证办理时间为工作日9:00至17:00，电话0990-1234567。",
        "车辆通行证编号12345678，由交警部门核发。",
        "往来台湾通行证20240315起调整收费。",
    ),
    private=True,
)

NEEDS = ("通行证", "回乡证", "台胞证")


def find(text: Text) -> Iterator[Finding]:
    """Only where the permit is one for Hong Kong, Macao, Taiwan or the mainland."""
    yield from report(RULE, text, kind_hits(text, TRAVEL_PERMIT))
