"""A document number that is not written as agency, year in 〔〕, number, 号."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="document.broken-document-number",
    title="发文字号不规范",
    why="发文字号由发文机关代字、年份、发文顺序号组成，年份用六角括号“〔〕”括起，不编虚位、不加“第”；写错、丢字以后，读者查不到这份文件。",
    basis=(
        "《党政机关公文处理工作条例》第九条（五）：发文字号由发文机关代字、年份、发文顺序号组成",
        "GB/T 9704-2012《党政机关公文格式》发文字号的编排要求",
    ),
    examples=(
        "根据《国务院办公厅关于推进政务新媒体健康有序发展的意见》（国办发⟦〔2018123号→〔2018〕123号⟧）等文件精神，制定本办法。",
        "现将有关事项通知如下（青政办发⟦〔202357→〔2023〕57号⟧）。",
        "依照《关于加强值班工作的通知》（青政办发⟦[2023]12号→〔2023〕12号⟧）执行。",
        "依照《关于加强值班工作的通知》（青政办函⟦（2023）12号→〔2023〕12号⟧）执行。",
        "有关要求见青政办发⟦〔2023〕第12号→〔2023〕12号⟧文件。",
        "有关要求见青政办发⟦〔2023〕012号→〔2023〕12号⟧文件。",
        "印发了《防汛预案》（青政办发⟦〔2023〕12→〔2023〕12号⟧）。",
        "根据青政办发⟦〔2023年〕12号→〔2023〕12号⟧文件要求，做好防汛工作。",
        "有关要求见青教⟦[2023]12号→〔2023〕12号⟧文件。",
        "有关要求见青政办发⟦<2023>12号→〔2023〕12号⟧文件。",
        "有关要求见青政办发⟦2023年12号→〔2023〕12号⟧文件。",
        "有关要求见青政办发⟦〔23〕12号→〔2023〕12号⟧文件。",
        "青石县人民政府令[1998]3号已经废止。",
        "国务院2023年12号令、省政府2023年第12号公报已经公布。",
        "根据《国务院办公厅关于印发政府网站发展指引的通知》（国办发〔2017〕47号），制定本细则。",
        "详见北河市中级人民法院（2023）北01民终123号民事判决书。",
        "审图号：GS（2021）5443号。",
        "上述规定见青政发〔2023〕12、13号文件。",
        "《青石县国民经济统计公报〔2023〕》已经出版。",
        "旧文件沿用青政发（1998）12号的编号。",
    ),
)
NEEDS = ("〔", "(20", "[20", "【20", "<20", "发20", "函20")

_AGENCY = r"(?<=[发函规秘电政办批令字通])"  # what an agency's code ends with
_YEAR = r"(?:19|20)\d{2}"
_LOST = regex.compile(rf"〔\s?({_YEAR})(\d{{1,4}})(?:号|(?![\d〕号]))")
_OTHER = regex.compile(
    rf"(?:{_AGENCY}\s?(?P<number>[(\[【{{〔<](?P<year>20[12]\d)[)\]】}}〕>]\s?(?P<at>\d{{1,4}})号)"
    r"|(?<=[\u4e00-\u9fff])(?P<number>[\[【](?P<year>20[12]\d)[\]】]\s?(?P<at>\d{1,4})号)"
    r"|(?<=[政办委党国教财人民][发函])(?P<number>(?P<year>20[12]\d)年?第?(?P<at>\d{1,4})号))"
)
_TWO_DIGITS = regex.compile(rf"{_AGENCY}〔(?P<year>[12]\d)〕\s?(?P<at>[1-9]\d{{0,3}})号")
_INSIDE = regex.compile(
    rf"〔(?P<year>{_YEAR})(?P<nian>年?)〕\s?(?P<di>第?)(?P<zeros>0*)(?P<at>[1-9]\d{{0,4}})(?P<hao>号?)(?![\d.])(?P<next>.?)",
    regex.DOTALL,
)
_SHORT_YEAR = 2012  # GB/T 9704-2012; older documents carry the brackets of their time


def find(text: Text) -> Iterator[Finding]:
    """Court cases, maps and licences have forms of their own: a code of an agency must stand before other brackets."""
    plain = text.plain
    if "〔" in plain:
        for match in _LOST.finditer(plain):
            right = f"〔{match[1]}〕{match[2].lstrip('0') or match[2]}号"
            yield RULE.at(text, match.start(), match.end(), right, "丢了“〕”或“号”，请核对原文件。")
        for match in _INSIDE.finditer(plain):
            note = _fault(match)
            if note:
                yield RULE.at(
                    text, match.start(), match.start("next"), f"〔{match['year']}〕{match['at']}号", note
                )
        for match in _TWO_DIGITS.finditer(plain):
            right = f"〔20{match['year']}〕{match['at']}号"
            yield RULE.at(text, match.start(), match.end(), right, "年份应当写全四位。")
    for match in _OTHER.finditer(plain):
        if int(match["year"]) >= _SHORT_YEAR and not (
            match["number"].startswith("〔") and "〕" in match["number"]
        ):
            right = f"〔{match['year']}〕{match['at'].lstrip('0') or match['at']}号"
            yield RULE.at(
                text, match.start("number"), match.end("number"), right, "年份应当用六角括号“〔〕”括起。"
            )


def _fault(match: regex.Match[str]) -> str:
    if match["di"]:
        return "顺序号前不加“第”。" if match["hao"] else ""
    if match["nian"]:
        return "六角括号里只写年份数字。"
    if match["zeros"]:
        return "顺序号不编虚位，1不写作001。" if match["hao"] else ""
    if not match["hao"] and match["next"] in {"", ")", "》", "。", ",", ";", "\n"}:
        return "顺序号后面缺“号”。"
    return ""
