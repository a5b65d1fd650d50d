"""An urgency (特急, 加急, 特提, 平急) left in the head of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule
from detectors.rules.secrecy._header import header, is_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.urgency-line",
    title="文头标注紧急程度",
    why="紧急程度是公文在机关内部运转时的标记，带着它上网，说明录入的是内部办理的原件，可能未经过公开审查。",
    basis=(
        (
            "《党政机关公文处理工作条例》第九条：紧急公文应当分别标注“特急”“加急”，"
            "电报应当分别标注“特提”“特急”“加急”“平急”"
        ),
        "《政府信息公开条例》第十七条：行政机关应当建立健全政府信息公开审查机制",
    ),
    examples=(
        "⟦特急⟧\n临江县人民政府办公室文件\n临政办发〔2024〕8号",
        "临江县防汛抗旱指挥部\n⟦加　急⟧\n临汛〔2024〕5号",
        "⟦特提⟧\n各乡镇党委、政府：",
        "各县(区)应急管理局：\n⟦等级：特急⟧\n关于做好强降雨防范工作的通知",
        "⟦特急·明电⟧\n各乡镇党委、政府：",
        "普通护照办理\n加急\n持有效证明可申请加急办理。",
        "春运期间增开特急列车3对。",
        "道路抢修，特急任务，请市民绕行。",
        "平急两用\n公共基础设施建设推进会召开",
    ),
)
NEEDS = ("急", "特提")

_URGENT = regex.compile(r"[特加][ \t]{0,4}急件?")
_OF_TELEGRAMS = regex.compile(
    r"特[ \t]{0,4}提|平[ \t]{0,4}急|(?:特[ \t]{0,4}[提急]|[加平][ \t]{0,4}急)[ \t]{0,4}[·•]?[ \t]{0,4}(?:内部)?明[ \t]{0,4}电"
)
_LABELLED = regex.compile(
    r"(?:等级|紧急程度|缓急程度)[: \t][ \t]{0,3}(?:特急|加急|特提|平急)(?:[·• ]{0,2}明电)?(?=[ \t]|$)"
)


def find(text: Text) -> Iterator[Finding]:
    """Bare lines and labelled values. 特急 and 加急 are also kinds of service: they need a document around them."""
    lines = tuple(header(text))
    for line in lines:
        if hit := _LABELLED.match(line.letters):
            yield RULE.at(text, line.start, line.start + hit.end())
        elif _OF_TELEGRAMS.fullmatch(line.letters) or (
            _URGENT.fullmatch(line.letters) and is_document(lines, line)
        ):
            yield RULE.at(text, line.start, line.end)
