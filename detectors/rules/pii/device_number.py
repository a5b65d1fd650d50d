"""Serial numbers of telephones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import DEVICE
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.device-number",
    title="手机串号（IMEI）",
    why="手机串号对应机主和使用轨迹，属于个人常用设备信息。失物招领、案件通报写品牌型号即可。",
    basis=(
        "《中华人民共和国个人信息保护法》第四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "机主周某的手机（IMEI：⟦490154203237518⟧）已找回。",
        "被盗手机串号为⟦49-015420-323751-8⟧。",
        "设备识别码⟦490154203237518⟧，请机主认领。",
        "补贴申请需上传手机串号照片。",
        "IMEI号由15位数字组成，可在拨号界面查询。",
        "串号4901542*****518的手机请机主认领。",
    ),
    private=True,
)

NEEDS = ("imei", "meid", "串号", "串码", "设备识别码")


def find(text: Text) -> Iterator[Finding]:
    """Fifteen digits (or fourteen signs of a MEID) after the label."""
    yield from report(RULE, text, kind_hits(text, DEVICE))
