"""Accounts of a household: broadband, power, water, gas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import SERVICE_ACCOUNT
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.service-account",
    title="宽带账号、水电气户号",
    why="凭宽带账号、水电气户号可以查到户主姓名、住址和用量，也能代为办理业务。回复诉求、公布名单时应当删去。",
    basis=(
        "《中华人民共和国个人信息保护法》第四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "来电人宽带账号：⟦099012345678⟧，已修复。",
        "户主周某的用电户号为⟦0401234567⟧，已核减电费。",
        "燃气用户编号⟦12345678⟧欠费停气，已恢复。",
        "水费户号：⟦00123456⟧，已退费。",
        "缴费请提供户号，咨询电话95598。",
        "宽带账号由安装人员现场告知。",
        "开户号段12345678由系统分配。",
    ),
    private=True,
)

NEEDS = ("宽带", "户号", "客户编号", "用户编号", "用户号", "客户号")


def find(text: Text) -> Iterator[Finding]:
    """A number after the label."""
    yield from report(RULE, text, kind_hits(text, SERVICE_ACCOUNT))
