"""Number plates of private vehicles, new-energy ones too."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from detectors.pii import PLATE, PLATE_OF_OFFICE
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.licence-plate",
    title="车牌号码",
    why="凭车牌号可以查到车主和行踪，私家车号牌是个人信息。依法公示违法车辆的写明依据；新闻和案例中遮挡中间几位。",
    basis=(
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "周某驾驶⟦晋B12345⟧小型轿车行至城东路。",
        "失主称其车牌为⟦京AD12345⟧的新能源车被刮擦。",
        "肇事车辆⟦豫C·A1B23⟧已被查获。",
        "肇事车辆号牌为⟦使014578⟧，另一辆车牌⟦WJ晋10012⟧。",
        "公务用车晋B00001实行标识化管理。",
        "救护车京A12345免费通行。",
        "执行标准为晋A级，共12345件。",
        "车牌号晋B1***5的车主请挪车。",
    ),
    private=True,
)

_OFFICIAL = re.compile(
    r"公务|执法|警车|救护车|公交|消防|押运|执勤|号牌为?样式|巡逻|环卫|校车|班车|应急车|宣传车|工程车|洒水车|客运"
)


def find(text: Text) -> Iterator[Finding]:
    """A plate that is not said to be on a vehicle of an office or a service."""
    plain = text.plain
    official = kind_hits(text, PLATE_OF_OFFICE) if any(one in plain for one in ("使", "领", "wj")) else ()
    hits = (
        hit
        for hit in kind_hits(text, PLATE)
        if not _OFFICIAL.search(plain[max(0, hit.start - 14) : hit.start] + plain[hit.end : hit.end + 8])
    )
    yield from report(RULE, text, together(chain(hits, official)))
