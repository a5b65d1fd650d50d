"""A list of owners beside the flats they own: public notices of registration and expropriation want it, down to the door or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.rule import Example, Rule
from detectors.rules.pii._page import page_of, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.property-location",
    title="权利人与房屋坐落并列",
    why="不动产登记、征收补偿等公告依法写明权利人和坐落；写到门牌、室号时，等于公开住址。请核对公告依据和必需的栏目，依据不要求的，坐落写到小区或者村组为止。",
    basis=(
        "《中华人民共和国个人信息保护法》第六条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "序号\t权利人\t⟦坐落⟧\t面积\n1\t周小满\t阳光小区3号楼2单元501室\t89.5",
        Example(
            "<table><tr><th>被征收人</th><th>⟦房屋坐落⟧</th></tr><tr><td>吴谷雨</td><td>城关镇东街23号</td></tr></table>",
            format="html",
        ),
        "序号\t坐落\t起拍价\n1\t阳光小区3号楼2单元501室\t50万元",
        "序号\t权利人\t坐落\t面积\n1\t周小满\t西坪镇李家村\t89.5",
    ),
    private=True,
)


def find(text: Text) -> Iterator[Finding]:
    """One finding per column, at its heading; its cells are the further places."""
    yield from report(RULE, text, page_of(text).hits["property-location"])
