"""Two words for about around one number, or about around an exact one."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="number.double-approximation",
    title="概数重复或与确数矛盾",
    why="“约”与“左右”、“超过”与“以上”意思重复，“近”与“以上”互相矛盾，精确到个位的数后面也不能再加“余”，读者无从判断确数。",
    basis=(
        "《党政机关公文处理工作条例》第二十条（四）：人名、地名、时间、数字、段落顺序、引文等是否准确；文字、数字、计量单位和标点符号等用法是否规范",
        "《中华人民共和国统计法》第一条：保障统计资料的真实性、准确性、完整性和及时性",
    ),
    examples=(
        "现场发放宣传资料⟦约300份左右⟧。",
        "参加活动的志愿者⟦近200人以上⟧。",
        "全县共有⟦超过50家以上⟧企业参展。",
        "累计投入资金⟦328.5余万⟧元。",
        "现场⟦约有300余人左右⟧。",
        "现场发放宣传资料约300份。",
        "每年可节约100万元左右。",
        "在学校附近200米以上的范围内设置标志。",
        "提前预约3天左右即可办理。",
        "全县共有50多家企业参展，近300人参加。",
        "最近3个月左右气温偏高。",
    ),
)

_TAIL = regex.compile(r"左右|上下(?![一其文级车班学游求功])|以上")
_NUMBER = r"(?:\d[\d.,]{0,11}|[一二两三四五六七八九十百千]{1,5})"
_HEAD = regex.compile(
    r"(?P<about>(?<![节预合制违邀签履契条公集相赴婉特和誓续毁失简俭隐履大])约|大约|(?<![附临靠最接邻亲就远逼切贴凑将靠])近|将近|接近)"
    r"|(?P<over>超过|(?<!高)超(?=\d)|逾)|(?P<least>至少|不少于|不低于)|(?P<most>最多|至多|不超过)"
)
_VALUE = regex.compile(
    rf"(?:有|达|共|为)?{_NUMBER}(?:多|余|几)?[百千万亿]{{0,2}}(?:多|余)?(?P<unit>[^\W\d_的]{{0,4}}|%)"
)
_EXACT = regex.compile(r"(?<![\d.])\d{1,6}\.\d{1,4}[余多][万亿]")
_RECENT = ("年", "月", "周", "天", "日", "届", "期", "小时", "学期", "季度", "年来")
# 二级以上, 规模以上, 本科以上 belong together.
_RANKS = ("级", "规模", "等", "类", "本科", "大专", "专科", "中专", "高中", "档", "星", "楼", "层")
_REACH = 14

NEEDS = needs(_TAIL, _EXACT)


def find(text: Text) -> Iterator[Finding]:
    """From the word behind the number back to the one before it."""
    plain = text.plain
    for tail in _TAIL.finditer(plain):
        before = plain[max(0, tail.start() - _REACH) : tail.start()]
        heads = list(_HEAD.finditer(before))
        if not heads:
            continue
        head = heads[-1]
        value = _VALUE.fullmatch(before, head.end())
        if not value or value["unit"].endswith(_RANKS) or not _clash(head, tail[0], value["unit"]):
            continue
        yield RULE.at(
            text,
            tail.start() - len(before) + head.start(),
            tail.end(),
            note=f"“{head[0]}”与“{tail[0]}”只能用一个。",
        )
    for match in _EXACT.finditer(plain):
        yield RULE.at(text, match.start(), match.end(), note="小数后面不能再用“余”“多”。")


def _clash(head: regex.Match[str], tail: str, unit: str) -> bool:
    if head["about"]:
        # 近三年左右 may mean the last three years; 接近80分以上 speaks of a mark
        return not (head[0].endswith("近") and unit.endswith(_RECENT))
    if head["over"]:
        return True
    return tail == "以上"
