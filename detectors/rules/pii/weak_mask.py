"""Masks that do not mask: too few hidden places, or two copies that complete each other."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from detectors.rule import Rule
from detectors.rules.pii._page import Hit, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.weak-mask",
    title="遮挡不到位",
    why="身份证号最后一位由前17位算出，只遮末四位，可能的号码不足一千个，等于没有遮挡；同一号码两处遮挡的位置不同，拼起来就是全号。身份证号应遮住8位出生日期，手机号应遮住中间4位。",
    basis=(
        "《中华人民共和国个人信息保护法》第五十一条",
        "《中华人民共和国个人信息保护法》第七十三条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "周某，身份证号⟦11010519491231****⟧，发放补贴500元。",
        "申请人证件号：⟦110105194912**002X⟧。",
        "联系手机⟦138001380**⟧，请核对。",
        "周小满，身份证号110105********002X；周小满，身份证号⟦1101051949123*****⟧。",
        "受助人证件号：⟦110105******31002X⟧。",
        "周某，身份证号110105********002X，手机138****8000。",
        "卡号622202*********0128，户名周某。",
        "张某，身份证号110105********1234；李某，身份证号110105********5678。",
        "规格型号20*30*1500毫米，数量12345。",
        "截至2023年12月31日，完成投资12345.6万元，同比增长**%。",
    ),
    private=True,
)

_HIDE = r"[*×●□■•○◯✱]"
_MASKED = re.compile(rf"[0-9](?:[0-9x]|[ \-]?(?:{_HIDE}|(?<=[0-9*])x(?=[x0-9]))[ \-]?)*+")
_WHO = re.compile(
    r"([\u4e00-\u9fff·*]{2,4})[^\u4e00-\u9fff]{0,3}(?:身份证|公民身份|证件|手机|电话|联系|号码)?[\u4e00-\u9fff]{0,5}[^\u4e00-\u9fff0-9]{0,3}$"
)

NEEDS = ("*", "×", "●", "□", "■", "•", "○", "◯", "✱", "xx")


def find(text: Text) -> Iterator[Finding]:
    """Masked numbers that can be restored, each alone or two together."""
    plain = text.plain
    hits: list[Hit] = []
    proper: list[tuple[int, int, str, str]] = []
    for found in _MASKED.finditer(plain):
        start, end = found.span()
        shape = _shape(found[0])
        if (
            "*" not in shape
            or len(shape) < 9
            or (start and (plain[start - 1].isalnum() and plain[start - 1].isascii()))
        ):
            continue
        shown = sum(one != "*" for one in shape)
        card = any(word in plain[max(0, start - 10) : start] for word in ("卡", "账", "帐"))
        note = _weak(shape, shown) or ("" if card else _part_of_birth(shape))
        if note:
            hits.append(Hit(start, end, shape, note))
        elif len(shape) in {11, 18} and shown >= 7:
            who = _WHO.search(plain, max(0, start - 24), start)
            proper.append((start, end, shape, who[1] if who else ""))
    hits += _complete(proper)
    yield from report(RULE, text, sorted(hits))


def _shape(written: str) -> str:
    """Digits as they are, every hidden place a star."""
    kept = re.sub(r"[ \-]", "", written)
    last = kept[-1:] if kept[-1:] == "x" and len(kept) == 18 else ""
    body = kept[:-1] if last else kept
    return re.sub(r"[^0-9]", "*", body) + last


def _weak(shape: str, shown: int) -> str:
    """Why this mask is none, or ""."""
    if 15 <= len(shape) <= 21 and shown >= 13 and re.match(r"[1-9][0-9]{3}", shape):
        if len(shape) == 18 and shape[6:14].isdecimal():
            return "出生日期8位全部可见，只剩顺序码和校验码，可以推算。"
        return f"{len(shape)} 位中有 {shown} 位可见，可以推算或者逐一核对出全号。"
    if 9 <= len(shape) <= 13 and re.match(r"1[3-9]", shape) and shown >= 8 and len(shape) - shown <= 3:
        return f"手机号有 {shown} 位可见，逐一拨打即可核对出全号。"
    return ""


def _part_of_birth(shape: str) -> str:
    """Why an identity number with less than eight places hidden is not masked: the check digit sorts out the rest."""
    if re.fullmatch(r"[1-9][0-7][0-9*]{15}[0-9x*]", shape) and shape.count("*") < 8:
        return "遮住的不足8位，利用校验位只剩几十个可能的号码。"
    return ""


def _complete(proper: list[tuple[int, int, str, str]]) -> Iterator[Hit]:
    """Two copies of one number, masked in different places, that show nearly all of it together."""
    by_head: dict[tuple[int, str, str], list[tuple[int, int, str, str]]] = {}
    for one in proper[:2000]:
        by_head.setdefault((len(one[2]), one[2][:3], one[3]), []).append(one)
    for (length, _, who), same in by_head.items():
        if not who or len(same) > 20:  # without a name, two numbers of one village look alike
            continue
        done: set[int] = set()
        for one, other in combinations(same, 2):
            if other[0] in done or one[2] == other[2]:
                continue
            pairs = list(zip(one[2], other[2], strict=True))
            agree = all(a == b or "*" in {a, b} for a, b in pairs)
            shown = sum(a != "*" or b != "*" for a, b in pairs)
            if agree and shown >= (length - 2 if length == 18 else length):
                done.add(other[0])
                yield Hit(
                    other[0],
                    other[1],
                    other[2],
                    "与前文同一人的号码遮挡位置不同，两处拼合即为全号。",
                    ((one[0], one[1]),),
                )
