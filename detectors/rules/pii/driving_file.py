"""File numbers of driving licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import DRIVING_FILE
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.driving-file",
    title="驾驶证档案编号",
    why="驾驶证档案编号对应本人的驾驶档案和记分，加上姓名即可在网上查询、代办。公告注销、吊销驾驶证的，写姓名和证号遮挡件即可。",
    basis=(
        "《中华人民共和国个人信息保护法》第四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "周某，驾驶证档案编号：⟦140200123456⟧，准驾车型C1。",
        "被吊销驾驶证人员吴某（档案编号⟦140200654321⟧，准驾车型B2）。",
        "以下驾驶证已注销，档案号：⟦140200123456⟧。",
        "档案编号140200123456，保管期限30年。",
        "驾驶人可凭档案编号在网上查询记分。",
        "驾驶证档案编号1402******56的驾驶人请来领取。",
    ),
    private=True,
)

NEEDS = ("档案",)


def find(text: Text) -> Iterator[Finding]:
    """Twelve digits after the label, where driving is spoken of."""
    yield from report(RULE, text, kind_hits(text, DRIVING_FILE))
