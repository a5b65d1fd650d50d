"""A comma between the members of a list whose other members are parted by 、."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.damage._note import one_note
from detectors.text import Text

RULE = Rule(
    id="damage.list-punctuation",
    title="并列词语标点混用",
    why="同一串并列词语，有的用顿号，有的用逗号，层次就乱了；同一层次应当统一用顿号。",
    basis=(
        "《党政机关公文处理工作条例》第十一条：公文使用的汉字、数字、外文字符、计量单位和标点符号等，按照有关国家标准和规定执行",
        "GB/T 15834-2011《标点符号用法》",
    ),
    examples=(
        "上网信息应当具有真实性、完整性、可靠性⟦，→、⟧准确性和安全性。",
        "要增强工作的系统性、预见性⟦，→、⟧创造性和实效性。",
        "上网信息应当具有真实性、完整性、可靠性、准确性和安全性。",
        "工作的主动性、积极性，针对性和实效性明显提高。",
        "涉及东河镇、西河镇，南山镇和北山镇次之，不再列举。",
        "要真抓、实干，苦干和巧干相结合。",
        "选举乡长、副乡长，镇长、副镇长。",
    ),
)
NEEDS = ("、",)

_LIST = regex.compile(
    r"、(?P<second>[\u4e00-\u9fff]{1,5})(?P<comma>,)(?P<third>[\u4e00-\u9fff]{1,5})(?:和|与|及|以及)(?P<last>[\u4e00-\u9fff]{1,5})(?=[。;)\n]|$)"
)


def find(text: Text) -> Iterator[Finding]:
    """Certain only where all four members end alike and the sentence ends with them."""
    plain = text.plain
    places = []
    for match in _LIST.finditer(plain):
        end = plain[match.start() - 1 : match.start()]
        if all(match[part].endswith(end) and len(match[part]) > 1 for part in ("second", "third", "last")):
            places.append(text.written(*match.span("comma")))
    if places:
        yield one_note(RULE, text, places, suggestion="、")
