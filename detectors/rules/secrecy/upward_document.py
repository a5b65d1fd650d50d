"""签发人: in the head: a paper to a superior office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule
from detectors.rules.secrecy._header import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.upward-document",
    title="上行文文头",
    why="只有上行文才标注签发人。请示、报告是报上级机关的过程性文件，一般不公开；原样上网还会把内部签批信息带出来。",
    basis=(
        "《党政机关公文处理工作条例》第九条：上行文应当标注签发人姓名",
        "《政府信息公开条例》第十六条：讨论记录、过程稿、磋商信函、请示报告等过程性信息可以不予公开",
    ),
    examples=(
        "临江县财政局文件\n临财〔2024〕21号　　⟦签发人：周启明⟧\n关于追加应急救灾资金的请示",
        "临江县教育局文件\n临教〔2024〕3号\n⟦签发人：　王　立⟧\n县人民政府：",
        "临建〔2024〕12号　签发人：赵立\n对县十八届人大三次会议第36号建议的答复",
        "临江县气象台\n暴雨蓝色预警信号\n签发人：李明",
        "编辑：陈晨　审核：孙平　签发人：吴刚",
        "检验报告须有签发人签字并加盖检验专用章。",
        "防汛抗旱简报第12期\n签发人：刘伟\n雨情水情",
    ),
)
NEEDS = ("签发人",)

_SIGNED = regex.compile(
    r"(?<![\u4e00-\u9fff])签[ \t]{0,2}发[ \t]{0,2}人[ \t]{0,2}[: ][ \t]{0,8}[\u4e00-\u9fff](?:[ \t]{0,4}[\u4e00-\u9fff]){1,3}(?=[ \t]|$)"
)
_NUMBER = regex.compile(r"[\u4e00-\u9fff]{1,12}[〔\[(](?:19|20)\d\d[〕\])][ \t]{0,2}\d{1,4}[ \t]{0,2}号")
# Answers to deputies are sent upward in form and public by rule; bulletins name who let them out.
_PUBLIC = regex.compile(r"答复|复函|建议|提案|预警|预报|简报|信息第|判决|裁定")


def find(text: Text) -> Iterator[Finding]:
    """A signer beside a document number: on its line or a neighbouring one."""
    lines = tuple(header(text))
    if any(_PUBLIC.search(line.letters) for line in lines):
        return
    for number, line in enumerate(lines):
        hit = _SIGNED.search(line.letters)
        if hit and any(_NUMBER.search(near.letters) for near in lines[max(0, number - 2) : number + 3]):
            yield RULE.at(text, line.start + hit.start(), line.start + hit.end())
