"""Brackets and book-title marks without their other half."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.document._brackets import is_cut, unpaired
from detectors.text import Text

RULE = Rule(
    id="document.unpaired-brackets",
    title="括号、书名号不成对",
    why="括号、书名号只有一半，多半是复制时丢了字符，也可能连同内容一起丢了，文件名、说明文字从哪里到哪里就分不清了。",
    basis=(
        "《党政机关公文处理工作条例》第十一条：公文使用的汉字、数字、外文字符、计量单位和标点符号等，按照有关国家标准和规定执行",
        "GB/T 15834-2011《标点符号用法》",
    ),
    examples=(
        "开设回应关切栏目⟦（⟧版块，链接至县政府网站统一互动平台。",
        "根据⟦《⟧青石县档案管理办法的有关规定，现将结果公示如下。",
        "请于5月20日前报县教育局县行政中心3号楼⟦）⟧，逾期不候。",
        "⟦【⟧提示今夜有雨，请注意防范。",
        "开设回应关切栏目（版块），链接至县政府网站统一互动平台。",
        "根据《关于转发〈档案管理办法〉的通知》（青政办发〔2023〕12号）执行。",
        "1）填写申请表；2）提交材料；a）身份证明。",
        "（一）本人身份证件（原件及复印件）\n（二）户口簿",
        "（说明：本表一式两份，\n一份留存，一份上报。）",
        "国办发〔2018123号文件已经转发。",
        "今天的晚霞真美 :）",
    ),
)

_MARK = regex.compile(r"[()《》【】〔〕\n]")
_CLOSES = {")": "(", "》": "《", "】": "【", "〕": "〔"}
# 1) a) 一) at the head of a point, and faces made of signs, have no opening half.
_POINT = regex.compile(
    r"(?:^|[\s,。;:、!?)>])(?:[0-9]{1,3}|[a-z]{1,2}|[ivx]{1,4}|[一二三四五六七八九十]{1,3}|[:;=]-?)$"
)
_MOST = 20

NEEDS = tuple("()《》【】〔〕")


def find(text: Text) -> Iterator[Finding]:
    """The mark that stands alone, with its whole page as witness."""
    plain = text.plain
    if all(plain.count(opening) == plain.count(closing) for closing, opening in _CLOSES.items()):
        return  # almost every page
    for mark in unpaired(_marks(plain), _CLOSES)[:_MOST]:
        if mark.letter == "〔" and plain[mark.at + 1 : mark.at + 3] in {"19", "20"}:
            continue  # a document number that lost its bracket is told as such
        if is_cut(plain, mark.at, opens=mark.letter in _CLOSES.values()):
            continue
        half = {"(": "）", "《": "》", "【": "】", "〔": "〕", ")": "（", "》": "《", "】": "【", "〕": "〔"}[
            mark.letter
        ]
        yield RULE.at(text, mark.at, mark.at + 1, note=f"缺少与之配对的“{half}”。")


def _marks(plain: str) -> Iterator[tuple[int, str, int]]:
    paragraph = 0
    for match in _MARK.finditer(plain):
        letter, at = match[0], match.start()
        if letter == "\n":
            paragraph += 1
        elif letter != ")" or not _POINT.search(plain[max(0, at - 5) : at]) or _is_open(plain, at):
            yield at, letter, paragraph


def _is_open(plain: str, at: int) -> bool:
    """Whether ``(1)`` or ``(见图1)`` opens shortly before."""
    start = max(0, at - 200)
    return plain.rfind("(", start, at) > max(plain.rfind(")", start, at), plain.rfind("\n", start, at))
