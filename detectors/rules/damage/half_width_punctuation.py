"""Half-width punctuation between Chinese characters."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.damage._note import one_note
from detectors.text import Text

RULE = Rule(
    id="damage.half-width-punctuation",
    title="中文中使用半角标点",
    why="中文应当使用全角标点，整页半角的逗号、分号是格式转换的痕迹，排版参差，也影响公文的严肃性。",
    basis=(
        "《党政机关公文处理工作条例》第十一条：公文使用的汉字、数字、外文字符、计量单位和标点符号等，按照有关国家标准和规定执行",
        "GB/T 15834-2011《标点符号用法》",
    ),
    examples=(
        "第一条 为规范管理⟦,⟧保障安全,提高效率,根据有关规定,制定本办法。\n第二条 各单位要落实责任,明确专人,定期检查,及时整改,按时报告。",
        "报名条件⟦:⟧年满十八周岁;身体健康;遵守纪律;服从安排;热爱工作;品行端正;无不良记录;能吃苦;有特长。",
        "第一条 为规范管理，保障安全，提高效率，根据有关规定，制定本办法。",
        "比例尺为1:500,投资额12,345元,坐标(3,5)。",
        "联系人:王某,电话见附件,逾期不候。",
        "Windows,Linux,macOS均可使用本系统。",
    ),
)
NEEDS = (",", ";", ":", "?", "!")

_MARK = regex.compile(r"[,;:?!](?=[\u4e00-\u9fff《“（])(?<=[\u4e00-\u9fff》”）][,;:?!])")
_SOME = 8  # so many in one page are a habit of the page; colons behind labels do not count


def find(text: Text) -> Iterator[Finding]:
    """One note a page, with the count."""
    written = text.as_written
    places = [match.span() for match in _MARK.finditer(written)]
    if sum(written[start] != ":" for start, _ in places) >= _SOME:
        yield one_note(RULE, text, places, "请改为全角标点。")
