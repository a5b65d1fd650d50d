"""A telephone at home; office lines are public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import LANDLINE
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.personal-landline",
    title="家庭固定电话",
    why="住宅电话属于个人联系方式，与住址相连，公开后当事人会受打扰。单位办公电话、服务热线不在此列。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "申请人李小满，家庭电话：⟦0990-2345678⟧。",
        "住宅电话⟦010-62345678⟧，白天无人接听。",
        "家里电话是⟦62345678⟧，请勿外传。",
        "来电人宅电：⟦010-62345678⟧，家中座机⟦62345679⟧。",
        "厂家电话：0990-2345678，商家电话0990-2345679。",
        "办公电话：0990-1234567，传真0990-1234568。",
        "家庭教育咨询电话0990-1234567。",
        "家电话费补贴每月20元。",
    ),
    private=True,
)

NEEDS = ("电话", "座机", "宅电")


def find(text: Text) -> Iterator[Finding]:
    """Only after the words for a telephone at home."""
    yield from report(RULE, text, kind_hits(text, LANDLINE))
