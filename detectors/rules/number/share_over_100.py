"""A part that is larger than its whole."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="number.share-over-100",
    title="占比超过100%",
    why="部分不可能大于整体，合格、满意、覆盖的比例也不会超过100%，这样的数字一望即知有误，损害数据公信力。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《中华人民共和国政府信息公开条例》第六条：行政机关应当及时、准确地公开政府信息",
    ),
    examples=(
        "高新技术企业占比达⟦132.5%⟧，比上年提高2.1个百分点。",
        "60周岁以上老年人占总人口的⟦118%⟧。",
        "全县农产品抽检合格率为⟦109.8%⟧。",
        "高新技术企业占比达32.5%，比上年提高2.1个百分点。",
        "全年招商引资完成目标任务的132.5%。",
        "银行业拨备覆盖率为183.6%。",
        "全市义务教育毛入学率达到102.3%。",
        "社会融资规模占地区生产总值的比重达到210%。",
        "全县农产品抽检合格率为100%。",
    ),
)
NEEDS = ("%",)

_SHARE = regex.compile(
    r"(?:占比|占总(?:人数|人口|数|量|面积|户数|额|支出|产量)的(?:比例|比重)?|合格率|满意率|满意度|及格率|达标率|优良率|参保率|知晓率|成活率"
    r"|(?<!拨备|准备|动性|贷款|利息|现金|金流|债务|损失|资金|资产)覆盖率)(?:均|都|约|已|分别)?(?:为|是|达到?了?|提高到|上升到|高达|超过|:)?约?(?P<value>\d{3,5}(?:\.\d+)?)%"
)

_BANKING = regex.compile("拨备|流动性|不良|备付")


def find(text: Text) -> Iterator[Finding]:
    """Only rates that cannot pass 100 by their meaning: 完成率, 毛入学率 and 拨备覆盖率 can."""
    plain = text.plain
    for match in _SHARE.finditer(plain):
        banking = match[0].startswith("覆盖率") and _BANKING.search(
            plain, max(0, match.start() - 40), match.start()
        )
        if Decimal(match["value"]) > 100 and not banking:
            yield RULE.at(text, match.start("value"), match.end(), note="比例超过100%，请核对数据。")
