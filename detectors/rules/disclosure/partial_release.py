"""A paper that may go out only with parts taken away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="disclosure.partial-release",
    title="须删减后公开",
    why="原件只能删减后公开，须确认上传的是删减稿，不宜公开的段落、附件都已去掉。",
    basis=(
        "《政府信息公开条例》第十五条：涉及商业秘密、个人隐私等公开会对第三方合法权益造成损害的政府信息，行政机关不得公开",
        "《政府信息公开条例》第十七条：应当依法对拟公开的政府信息进行审查",
    ),
    examples=(
        "(⟦此件删减后公开⟧)",
        "⟦公开方式：删减后公开⟧",
        "⟦公开属性：部分公开⟧",
        "（⟦此件经处理后公开⟧）",
        "（⟦此件部分公开⟧）",
        "申请公开的信息中含有不应当公开的内容，但是能够作区分处理的，应当提供可以公开的信息内容。",
        "本报告对征求意见稿进行了删减后公开征求意见。",
        "年报统计表：(二)部分公开 12件",
        "全文公开，供查阅。",
    ),
)
NEEDS = ("公开",)

_PART = re.compile(
    r"此件(?:须|需|应|可|经)?(?:作|做)?(?:适当)?(?:删减|删节|区分处理|脱密处理|脱敏|处理)后(?:主动|予以)?公开|此件(?:只|仅)?部分(?:内容)?公开"
    r"|公开(?:方式|属性|类别|形式|选项|类型)[ \t]{0,3}[:\t ][ \t\n]{0,3}[☑√✔■]?(?:(?:删减|删节|处理)后?公开|部分公开)(?![ \t]{0,3}[、/或和])"
)


def find(text: Text) -> Iterator[Finding]:
    """Stamps and labelled values."""
    for hit in _PART.finditer(text.plain):
        yield RULE.at(text, *hit.span())
