"""A verb of growth before a negative number, or a decrease by a negative one."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="number.sign-against-verb",
    title="增减方向与正负号矛盾",
    why="“下降-2%”成了负负得正，“增长-3%”方向自相矛盾；应当用“增长”“下降”表方向，数值写正数。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
    ),
    examples=(
        "全县规模以上工业增加值同比⟦增长-3.2%→下降3.2%⟧。",
        "一季度商品房销售面积同比⟦下降-12%⟧。",
        "用电量比上月⟦回落-0.5个百分点⟧。",
        "商品房销售面积⟦降幅为-12%⟧。",
        "全县用电量同比⟦增长下降2.1%⟧，请核对。",
        "全县规模以上工业增加值同比下降3.2%。",
        "全县规模以上工业增加值同比增速为-3.2%。",
        "预计全年增长5%-6%。",
        "能耗强度下降率2%-3%为合格。",
        "今年工业用电量将有所增长——3月份已出现回升。",
    ),
)
NEEDS = ("%", "百分点")

_SIGNED = regex.compile(
    r"(?P<up>增长|增加|上升|提高|上涨)(?P<le>了|约)?(?:[-−]|负(?=\d))(?P<value>\d+(?:\.\d+)?)(?P<unit>%|个百分点)(?!\s?[-~至到—])"
    r"|(?:下降|减少|降低|下跌|回落)(?:了|约)?(?:[-−]|负(?=\d))\d+(?:\.\d+)?(?:%|个百分点)(?!\s?[-~至到—])"
    r"|(?:降幅|跌幅|减幅)(?:为|达|约)?[-−]\d+(?:\.\d+)?%(?!\s?[-~至到—])|(?<![负的])(?:增长|上升)(?:下降|减少)\d+(?:\.\d+)?%"
)


def find(text: Text) -> Iterator[Finding]:
    """The sign must touch the verb: a dash between clauses or a range is no sign."""
    for match in _SIGNED.finditer(text.plain):
        if match["up"]:
            right = f"下降{match['le'] or ''}{match['value']}{match['unit']}"
            yield RULE.at(text, match.start(), match.end(), right, "如确为负增长，应写作“下降”。")
        else:
            note = "增减方向写了两个或者与负号重复；请核对是下降还是增长。"
            yield RULE.at(text, match.start(), match.end(), note=note)
