"""Two punctuation marks where one belongs."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.damage._letters import codes, these
from detectors.rules.damage._note import one_note
from detectors.text import Text

RULE = Rule(
    id="damage.repeated-punctuation",
    title="标点重复",
    why="两个逗号、句号连用或者“，。”相接，是删改之后没有清理干净，读者会以为中间缺了字。",
    basis=(
        "《党政机关公文处理工作条例》第十一条：公文使用的汉字、数字、外文字符、计量单位和标点符号等，按照有关国家标准和规定执行",
        "GB/T 15834-2011《标点符号用法》",
    ),
    examples=(
        "请各单位认真贯彻落实⟦。。→。⟧",
        "会议强调⟦，，→，⟧要压实责任。",
        "要加强巡查⟦，。→。⟧及时报告险情。",
        "涉及教育⟦、，⟧卫生等部门。",
        "请各单位认真贯彻落实。",
        "他说：“好。”。",
        "等等。。。",
        "这样做真的好吗？？",
        "此处略……，详见附件。",
    ),
)

_TWO = regex.compile(
    r"(?<![，,。、；;：:.…])(?:([，。、；：])\1|[，、；：]。|。[，；、]|[；：、]，|，[；、]|(?<=[\u4e00-\u9fff]),,)(?![,，。、；：.…])"
)
_MARKS = "，。、；：,"
_RIGHT = {
    "，，": "，",
    "。。": "。",
    "、、": "、",
    "；；": "；",
    "：：": "：",
    "，。": "。",
    "；。": "。",
    "、。": "。",
    "：。": "。",
}


def find(text: Text) -> Iterator[Finding]:
    """Exactly two: three and more are an ellipsis of some kind."""
    written = text.as_written
    marks = these(_MARKS).take(codes(written), mode="clip")
    if not (marks[1:] & marks[:-1]).any():
        return
    places = [match.span() for match in _TWO.finditer(written)]
    if places:
        yield one_note(RULE, text, places, suggestion=_RIGHT.get(written[slice(*places[0])]))
