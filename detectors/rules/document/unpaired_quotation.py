"""Quotation marks that do not open and close in turn."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.document._brackets import is_cut
from detectors.text import Text

RULE = Rule(
    id="document.unpaired-quotation",
    title="引号不成对",
    why="引号丢了一半，引文、特定称谓的起止就变了，“僵尸”“空壳”一类贬义词可能变成作者自己的话。",
    basis=(
        "《党政机关公文处理工作条例》第十一条：公文使用的汉字、数字、外文字符、计量单位和标点符号等，按照有关国家标准和规定执行",
        "GB/T 15834-2011《标点符号用法》",
    ),
    examples=(
        "对更新慢、不实用的僵尸⟦”⟧“空壳账号应及时整改。",
        "坚持⟦“⟧谁主办、谁负责的原则。\n各单位要明确专人。",
        "他说：⟦“⟧要把好事办好，“实事办实”。",
        "对更新慢、不实用的“僵尸”“空壳”账号应及时整改。",
        "“这条路通了，\n孩子们上学就近了。”村民张某说。",
        "“第一段引文。\n“第二段引文。”他接着说。",
        '坚持“谁主办、谁负责"的原则。',
    ),
)
NEEDS = ("“", "”")

_MARK = regex.compile(r"[“”\n\"„″]")
_MOST = 10


def find(text: Text) -> Iterator[Finding]:
    """One finding a paragraph. A speech may run over paragraphs, each of which opens anew."""
    found = 0
    plain = text.plain
    for at, letter in _first_faults(plain):
        if is_cut(plain, at, opens=letter == "“"):
            continue
        note = "缺少与之配对的后引号（”）。" if letter == "“" else "缺少与之配对的前引号（“）。"
        yield RULE.at(text, at, at + 1, note=note)
        found += 1
        if found == _MOST:
            return


def _first_faults(plain: str) -> Iterator[tuple[int, str]]:
    open_at = -1
    carried = spoilt = False  # opened in an earlier paragraph; nothing more to say about this one
    line = 0
    for match in _MARK.finditer(plain):
        letter, at = match[0], match.start()
        if letter == "\n":
            if spoilt:
                open_at = -1
            carried, spoilt, line = open_at >= 0, False, at + 1
        elif spoilt:
            continue
        elif letter not in "“”":
            open_at, spoilt = -1, True  # half straight, half curly: which belongs to which cannot be told
        elif letter == "“":
            if open_at >= 0 and not (carried and not plain[line:at].strip()):
                yield open_at, "“"
                spoilt = not carried
            open_at, carried = -1 if spoilt else at, False
        elif open_at < 0:
            yield at, "”"
            spoilt = True
        else:
            open_at, carried = -1, False
    if open_at >= 0:
        yield open_at, "“"
