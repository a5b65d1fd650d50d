"""Numbers of hospital stays, records and visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import MEDICAL
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.medical-number",
    title="病历号、住院号",
    why="住院号、病历号关联诊断和用药，属于医疗健康信息，是敏感个人信息。救助公示不写就诊编号。",
    basis=(
        "《中华人民共和国个人信息保护法》第二十八条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "患者住院号：⟦202400123⟧，已出院。",
        "病历号⟦ZY0012345⟧的费用由基金支付。",
        "医保手册号：⟦12345678⟧。",
        "门诊号：⟦20240315008⟧。",
        "医院门诊电话0990-1234567。",
        "住院号源不足时请改约，详见第12345期通报。",
        "健康卡号段管理办法另行印发。",
    ),
    private=True,
)

NEEDS = ("册号", "院号", "历号", "案号", "诊号", "卡号")


def find(text: Text) -> Iterator[Finding]:
    """A number after its label."""
    yield from report(RULE, text, kind_hits(text, MEDICAL))
