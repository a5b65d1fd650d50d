"""Numbers of real-estate certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import PROPERTY
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.property-certificate",
    title="不动产权证号",
    why="凭不动产权证号可以查询房屋坐落、权利人和抵押情况，属于个人财产信息。登记公告、遗失声明以外的文章不写完整证号。",
    basis=(
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "户主名下房屋（⟦浙(2024)某县不动产权第0012345号⟧）已纳入征收。",
        "权证号：⟦苏（2023）某市不动产权第1234567号⟧，户主周小满。",
        "户主周小满，土地证号：⟦临集用（2010）第01234号⟧。",
        "请携带不动产权证书原件和身份证。",
        "《不动产登记暂行条例》自2015年3月1日起施行。",
        "浙(2024)某县不动产权第*****45号。",
    ),
    private=True,
)

NEEDS = ("不动产", "权证", "集用", "国用")


def find(text: Text) -> Iterator[Finding]:
    """The certificate number in its printed form."""
    yield from report(RULE, text, kind_hits(text, PROPERTY))
