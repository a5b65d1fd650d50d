"""Numbers of military and police identity papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import MILITARY_PAPER
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.military-paper",
    title="军人、警官证件号",
    why="军官证、士兵证等证件号既是个人身份证件信息，也可能暴露部队番号和人员情况，不应公开。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "退役安置对象军官证号：⟦空字第1234567号⟧。",
        "持士兵证（⟦南字第0012345号⟧）的考生加分。",
        "警官证号⟦012345678⟧，请予核实。",
        "文职干部证：⟦空文字第0012345号⟧，退役军人优待证号：⟦110000123456789012⟧。",
        "持军官证、士兵证可免票参观。",
        "凭军人证免费乘坐公交，详询0990-1234567。",
        "京房权证字第123456号已注销。",
    ),
    private=True,
)

NEEDS = ("军", "警官", "士兵", "士官", "文职", "义务兵", "学员", "优待证")


def find(text: Text) -> Iterator[Finding]:
    """A number after the name of the paper."""
    yield from report(RULE, text, kind_hits(text, MILITARY_PAPER))
