"""Card numbers of social and medical insurance; the number itself is the identity number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import SOCIAL_SECURITY
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.social-security-number",
    title="社保、医保卡号",
    why="社保卡号、医保卡号关联待遇领取和就医记录，公开后可能被冒领冒用，应当删去或者遮挡。",
    basis=(
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国个人信息保护法》第二十八条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "社保卡号：⟦A12345678⟧，本月待遇已发放。",
        "医保卡号为⟦123456789012⟧的患者请补缴。",
        "社会保障卡卡号⟦B00123456⟧已挂失。",
        "社保咨询电话12333，单位社保编码以系统为准。",
        "医保卡办理流程见附件2023年第5号公告。",
        "单位社保登记号：12345678901。",
    ),
    private=True,
)

NEEDS = ("保",)


def find(text: Text) -> Iterator[Finding]:
    """A number after the name of the card."""
    yield from report(RULE, text, kind_hits(text, SOCIAL_SECURITY))
