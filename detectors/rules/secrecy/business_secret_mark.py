"""The mark of a business secret: 核心商密▲5年."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule
from detectors.rules.secrecy._header import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.business-secret-mark",
    title="商业秘密标志",
    why="材料带有企业的商业秘密标志。未经权利人同意公开，会损害企业利益，行政机关还要承担责任。",
    basis=(
        "《政府信息公开条例》第十五条：涉及商业秘密、个人隐私等公开会对第三方合法权益造成损害的政府信息，行政机关不得公开",
    ),
    examples=(
        "⟦核心商密▲5年⟧\n临江能源集团有限公司\n2024年采购成本分析",
        "临江水务公司⟦普通商密△长期⟧　供水管网改造技术方案",
        "⟦商业秘密★3年⟧",
        "⟦普通商业秘密▲公布前⟧　投标报价说明",
        "附件首页印有“⟦核心商密 5年⟧”字样。",
        "⟦核心商密⟧\n临江建设集团有限公司",
        "商业秘密分为核心商业秘密、普通商业秘密两级。",
        "中央企业应当对核心商业秘密载体实行专人管理。",
        "市市场监管局开展商业秘密保护示范点建设。",
        "通过商密认证的产品须提交型号证书。",
        "★商业秘密保护指引发布",
    ),
)
NEEDS = ("密",)

_TERM = r"(?:\d{1,2}[ \t]?(?:年|个月|月|日)|长期|永久|公布前)"
_MARK = regex.compile(
    rf"(?:(?:核心|普通|一般|重要)[ \t]{{0,2}})?(?:商密|商业秘密)[ \t]{{0,3}}[▲△★☆◆][ \t]{{0,3}}{_TERM}?"
    rf"|(?:核心|普通)[ \t]{{0,2}}(?:商密|商业秘密)[ \t]{{0,3}}{_TERM}(?!以[上内])"
)
_LINE = regex.compile(r"[【\[(〔]?(?:核心|普通)(?:商密|商业秘密)[】\])〕]?")


def find(text: Text) -> Iterator[Finding]:
    """A grade with its symbol or its term anywhere, a bare grade as a line of the head."""
    if "商密" not in text.plain and "商业秘密" not in text.plain:
        return
    marked = [mark.span() for mark in _MARK.finditer(text.plain)]
    for span in marked:
        yield RULE.at(text, *span)
    for line in header(text):
        if _LINE.fullmatch(line.letters) and not any(
            line.start < end and start < line.end for start, end in marked
        ):
            yield RULE.at(text, line.start, line.end)
