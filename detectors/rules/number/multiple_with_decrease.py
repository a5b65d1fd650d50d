"""A decrease by a multiple."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="number.multiple-with-decrease",
    title="减少用了倍数",
    why="减少一倍就成了零，减少两倍成了负数；下降、减少、缩短只能用百分数或者分数表示。",
    basis=(
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
    ),
    examples=(
        "群众办事等候时间⟦缩短了2倍⟧。",
        "全县刑事案件发案数同比⟦下降近一倍⟧。",
        "单位产品能耗⟦降低1.5倍⟧。",
        "群众办事等候时间缩短了三分之二。",
        "全县发案数下降两成，破案数增长1倍。",
        "倍数由12倍减少到8倍。",
        "治理力度不减，投入比上年增加2倍。",
    ),
)
NEEDS = ("倍",)

_DECREASE = regex.compile(
    r"(?<!放大|扩大|放大或|放大和|升高或)(?:下降|减少|降低|缩短|下跌|减轻|减慢)(?:了|约|近|将近|接近|超过|超|至少|整整|幅度达)*+"
    r"(?:\d{1,4}(?:\.\d{1,2})?|[一二两三四五六七八九十百几数]{1,3}|好几)(?:多|余)?倍(?!数)"
)


def find(text: Text) -> Iterator[Finding]:
    """The number must follow the verb itself: 减少到8倍 says what is left."""
    for match in _DECREASE.finditer(text.plain):
        yield RULE.at(
            text, match.start(), match.end(), note="减少量不能用“倍”表示，请改用百分数、分数或“降至……”。"
        )
