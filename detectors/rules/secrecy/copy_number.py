"""A copy number (份号), which only papers with a grade of secrecy carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule
from detectors.rules.secrecy._header import header, is_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.copy-number",
    title="文头印有份号",
    why="份号是涉密公文印制份数的顺序号，普通公开文件没有。出现份号，说明上传的可能是涉密文件或其扫描件。",
    basis=(
        "《党政机关公文处理工作条例》第九条：份号，公文印制份数的顺序号，涉密公文应当标注份号",
        "《保守国家秘密法实施条例》第四十二条：对拟公开的信息逐项进行保密审查",
    ),
    examples=(
        "⟦000012⟧\n临江县人民政府办公室文件\n临政办发〔2024〕8号",
        "⟦份号：000305⟧\n关于报送年度工作总结的通知",
        "⟦№0000126⟧\n中共临江县委文件\n临发〔2023〕12号",
        "⟦第 000015 份⟧\n临江县人民政府文件\n临政〔2024〕3号",
        "⟦共印30份　第012份⟧\n县委常委会会议纪要",
        "第1份\n邮政编码\n030000\n山西省某某县人民政府",
        "000012\n今日客流量再创新高",
        "000001\n平安银行最新公告",
        "(第000123号)\n临江县人民政府令",
        "临江县人民政府文件\n临政发〔2024〕3号\n000012",
    ),
)
NEEDS = ("000", "份")  # a run of more than 999 copies is not printed

_BARE = regex.compile(r"(?:№|no\.?)?[ \t]{0,2}(0{1,6}[1-9]\d{0,5})")
_LABELLED = regex.compile(r"份[ \t]{0,4}号[ \t]{0,2}[: \t][ \t]{0,3}(?:№|no\.?)?\d{3,7}")
_OF_SO_MANY = regex.compile(
    r"第[ \t]{0,2}0\d{1,6}[ \t]{0,2}份|共[ \t]{0,2}印?[ \t]{0,2}\d{1,4}[ \t]{0,2}份[,、 \t]{0,4}第[ \t]{0,2}\d{1,6}[ \t]{0,2}份"
)
_DIGITS = (6, 7)  # as printed: six, in some offices seven


def find(text: Text) -> Iterator[Finding]:
    """A labelled number, or a bare one that stands above the other marks of an official document."""
    lines = tuple(header(text))
    for number, line in enumerate(lines):
        if hit := _LABELLED.match(line.letters):
            yield RULE.at(text, line.start, line.start + hit.end())
        elif _OF_SO_MANY.fullmatch(line.letters) or (
            (hit := _BARE.fullmatch(line.letters))
            and len(hit[1]) in _DIGITS
            and is_document(lines[number : number + 7], line)
        ):
            yield RULE.at(text, line.start, line.end)
