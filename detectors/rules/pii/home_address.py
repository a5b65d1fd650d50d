"""Addresses down to somebody's door; offices, firms and places without a house number are public."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from detectors.pii import DWELLING, LABELLED_DWELLING
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.home-address",
    title="住宅详细地址",
    why="写到门牌、室号或者村民组户的住址，能直接找到当事人家门，关系人身和居住安全。公开时写到乡镇、街道为止；单位办公地址不在此列。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "申请人现住⟦云州区西坪镇阳光小区3号楼2单元501室⟧。",
        "家庭住址：⟦某县城关镇解放路12号⟧，一家四口。",
        "快递寄至⟦杭州市西湖区文苑新村5-2-301⟧，由其母代收。",
        "户籍地址为⟦云州区西坪镇李家村三组12号⟧，长期在外务工。",
        "办公地址：城东路8号政务大厦3号楼1502室。",
        "报名地点：阳光小区党群服务中心2号楼301室。",
        "阳光小区3号楼加装电梯工程完工，惠及12户居民。",
        "走访慰问了西坪镇李家村三组的老党员。",
        "请到市场监管局（城东路8号）3楼301室领取。",
        "住址：云州区西坪镇****。",
        "本地新闻云山发布2019-11-0614:09来源：云山日报",
        "阳光小区三栋15楼发生火情，消防救援人员及时处置。",
        "检查组来到阳光小区3栋5号门面房，查看消防设施。",
        "阳光小区3栋2单元101室商行因占道经营被责令改正。",
        "小偷翻窗进入⟦云州区阳光小区3栋2单元101室⟧行窃。",
        "原告将阳光小区3号楼2单元501号房屋登记在公司名下。",
        "阳光小区E座103号营业房对外招租。",
    ),
    private=True,
)


def find(text: Text) -> Iterator[Finding]:
    """Doors by their form, and whatever has a number after a label such as 家庭住址."""
    hits = sorted(kind_hits(text, LABELLED_DWELLING))
    for hit in kind_hits(text, DWELLING):
        # Those in order and apart: only the last that begins before this one ends can overlap it.
        at = bisect_left(hits, hit.end, key=lambda one: one.start)
        if at == 0 or hits[at - 1].end <= hit.start:
            hits.insert(at, hit)
        elif hit.end > hits[at - 1].end:
            hits[at - 1] = hits[at - 1]._replace(end=hit.end)
    yield from report(RULE, text, hits)
