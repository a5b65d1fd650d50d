"""A mark of a work secret (工作秘密)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule
from detectors.rules.secrecy._header import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.work-secret",
    title="工作秘密标记",
    why="文件标注了工作秘密。工作秘密不属于国家秘密，但泄露后会造成不利影响，按规定不得公开。",
    basis=(
        (
            "《保守国家秘密法》第六十四条：机关、单位对履行职能过程中产生或者获取的不属于国家秘密但泄露后会造成"
            "一定不利影响的事项，适用工作秘密管理办法采取必要的保护措施"
        ),
        "《政府信息公开条例》第十六条：内部事务信息、过程性信息可以不予公开",
    ),
    examples=(
        "⟦工作秘密⟧\n临江县教育局文件\n临教发〔2024〕8号",
        "⟦工作秘密★1年⟧　各科室：现将有关安排通知如下。",
        "关于全县命题工作安排的通知\n⟦【工作秘密】⟧",
        "⟦本件属工作秘密⟧，请妥善保管。",
        "⟦本文件内容属于工作秘密⟧，请注意保管。",
        "关于2024年命题工作的通知⟦（工作秘密）⟧\n各科室：",
        "局机关开展工作秘密管理专题培训，学习《工作秘密管理办法》。",
        "机关、单位应当加强对国家秘密、工作秘密的管理。",
        "不得泄露国家秘密、工作秘密或者因履行职责掌握的商业秘密。",
        "什么是\n工作秘密？",
    ),
)
NEEDS = ("工作秘密",)

_MARKED = regex.compile(
    r"工作秘密[ \t]{0,3}[★☆▲△◆][ \t]{0,3}(?:\d{1,2}[ \t]?(?:年|个?月)|长期)?"
    r"|(?:[本此](?:文件|材料|资料|件)的?(?:内容)?|以上内容)(?:均?属于?|均?系|均?为|涉及)工作秘密(?=[,。;!)】 \t\n]|$)"
)
_LINE = regex.compile(
    r"[【\[(〔]?工作秘密(?:[ \t]{0,4}(?:\d{1,2}年|长期|注意保管|注意保密|妥善保管|不得外传))?[】\])〕]?[!。]?"
)
_TITLE_END = regex.compile(r"[【\[(〔]工作秘密[】\])〕]$")


def find(text: Text) -> Iterator[Finding]:
    """Marks with a symbol or 本件属…, and lines of the head that say nothing else."""
    marked = [mark.span() for mark in _MARKED.finditer(text.plain)]
    for span in marked:
        yield RULE.at(text, *span)
    for line in header(text):
        if any(line.start < end and start < line.end for start, end in marked):
            continue
        if _LINE.fullmatch(line.letters):
            yield RULE.at(text, line.start, line.end)
        elif hit := _TITLE_END.search(line.letters):
            yield RULE.at(text, line.start + hit.start(), line.end)
