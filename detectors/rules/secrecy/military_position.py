"""The coordinates of a military or defence site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.military-position",
    title="军事设施坐标",
    why="把军事设施与经纬度写在一起，等于公开其位置，可能泄露国防秘密。规划、环评、用地类公示最容易带出。",
    basis=(
        "《保守国家秘密法》第十三条：国防建设和武装力量活动中的秘密事项应当确定为国家秘密",
        "《地图管理条例》第八条：地图上不得表示属于国家秘密的内容",
    ),
    examples=(
        "项目西侧为某部雷达站(⟦东经99°12′35″，北纬30°08′21″⟧)，施工应避让。",
        "弹药库位于⟦北纬30.1234°，东经99.5678°⟧，距红线320米。",
        "该军用机场中心点坐标为⟦E99°23′12″，N30°45′10″⟧。",
        "雷达回波显示，强降水中心位于北纬30.1°，东经99.5°附近。",
        "航行警告：在北纬30°12′、东经99°10′连线海域进行军事训练，禁止驶入。",
        "项目中心坐标为东经99°12′35″，北纬30°08′21″，周边无军事设施。",
        "海军某部开展实弹射击训练，禁航区为北纬30°、东经99°以内海域。",
        "震中位于北纬30.12度，东经99.34度，震源深度10千米。",
    ),
)
NEEDS = ("°", "纬")

_SITE = regex.compile(
    r"雷达(?:站|阵地)|弹药库|军械库|军用(?:机场|油库|码头|光缆|仓库)|导弹(?:阵地|基地|发射)|(?:地下)?指挥所|军事(?:基地|设施|管理区|禁区|阵地)"
    r"|(?:部队|武警|军队)(?:营区|驻地|仓库|油库)|哨所|人防指挥|国防(?:工程|光缆|设施)"
)
_DEGREES = r"\d{1,3}(?:\.\d{1,8})?[ \t]?[°度](?:[ \t]?\d{1,2}(?:\.\d{1,6})?[ \t]?[′'分](?:[ \t]?\d{1,2}(?:\.\d{1,6})?[ \t]?(?:′′|''|[″\"秒]))?)?"
_POSITION = regex.compile(
    rf"(?:东经|北纬|[en])[ \t:]{{0,2}}{_DEGREES}[,、;和 \t]{{0,3}}(?:东经|北纬|[en])[ \t:]{{0,2}}{_DEGREES}"
)
_NOT_A_SITE = regex.compile(r"海域|水域|航行警告|禁航|演习|训练|射击|无军事|不涉及|未涉及|没有军事|回波")
_AROUND = 80  # code points


def find(text: Text) -> Iterator[Finding]:
    """A position with a site named in the same sentence; warnings to mariners are published on purpose."""
    plain = text.plain
    for position in _POSITION.finditer(plain):
        start, end = position.span()
        first = max(
            0, start - _AROUND, *(plain.rfind(mark, max(0, start - _AROUND), start) + 1 for mark in "。\n")
        )
        last = min(
            [end + _AROUND, *(at for mark in "。\n" if (at := plain.find(mark, end, end + _AROUND)) >= 0)]
        )
        if _SITE.search(plain, first, last) and not _NOT_A_SITE.search(plain, first, last):
            yield RULE.at(text, *position.span())
