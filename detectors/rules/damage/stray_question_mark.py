"""A question mark left where a space or a character was lost."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.damage._note import one_note
from detectors.text import Text

RULE = Rule(
    id="damage.stray-question-mark",
    title="多余的问号",
    why="转换编码时，空格或者特殊字符变成了问号，条文、标题里凭空多出疑问，严重时还吞掉了后面的字。",
    basis=(
        "《大同市云州区人民政府网站信息审核发布制度》第十一条：杜绝政治错误、内容差错、技术故障",
        "GB/T 15834-2011《标点符号用法》",
    ),
    examples=(
        "第十五条⟦?⟧区政府网站信息管理维护人员应当增强保密意识。",
        "一、⟦？⟧加强组织领导。",
        "第十五條⟦?⟧區政府網站信息管理維護人員應當增強保密意識。",
        "请各单位认真落实。\n⟦?⟧?县人民政府办公室",
        "（二）⟦?⟧明确责任分工。",
        "这些材料去哪里办？第十五条有规定。",
        "问：申请条件是什么？答：年满十八周岁。",
        "您知道《条例》第十五条？欢迎来答题。",
        "一、怎么申请？二、去哪里办？",
    ),
)
NEEDS = ("?",)

_STRAY = regex.compile(
    r"(?:(?<=\n[ \t\u3000]{0,4}第[一二三四五六七八九十百零]{1,6}[条條章节節])|(?<=^第[一二三四五六七八九十百零]{1,6}[条條章节節])|(?<=[一二三四五六七八九十]、)|(?<=[(（][一二三四五六七八九十]{1,2}[)）])"
    r"|(?<=[\u4e00-\u9fff][，、；：])|(?<=\n))[?？](?=[?？]?[\u4e00-\u9fff])"
)


def find(text: Text) -> Iterator[Finding]:
    """Where no question can end: behind a number of an article or point, a comma, at the head of a line."""
    places = [match.span() for match in _STRAY.finditer(text.as_written)]
    if places:
        yield one_note(RULE, text, places)
