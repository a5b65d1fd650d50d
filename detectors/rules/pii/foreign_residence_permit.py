"""Numbers of the 2017 permanent residence card of foreigners; those of 2023 are identity numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import FOREIGN_PERMIT
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.foreign-residence-permit",
    title="外国人永久居留证号",
    why="永久居留证号等同身份证号，能锁定持证人本人，不应随公示、名单公开。确需区分时遮挡中间各位。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "持外国人永久居留身份证（证号⟦USA110199003071⟧）的申请人已通过审核。",
        "马克，永久居留证号码：⟦GBR440085121002⟧，现任外教。",
        "外国人永久居留身份证自2023年12月1日起启用新版。",
        "永久居留证办理咨询电话：010-12345678。",
        "持永久居留证人员编号ABC2024001，按此排序。",
    ),
    private=True,
)

NEEDS = ("居留", "永居")


def find(text: Text) -> Iterator[Finding]:
    """Three letters and twelve digits after the name of the card."""
    yield from report(RULE, text, kind_hits(text, FOREIGN_PERMIT))
