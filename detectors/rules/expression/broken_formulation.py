"""Long fixed names with a letter missing, added or changed: 习近平新时代特色社会主义思想."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import regex

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.text import Text

RULE = Rule(
    id="expression.broken-formulation",
    title="重要提法漏字、错字",
    why="重要思想、重要提法的名称必须完整准确，漏一个字就是严重表述错误。",
    basis=(
        "《六安市统计局政务新媒体管理暂行办法》第十八条：（严重）表述错误",
        "《宜君县政府网站与政务新媒体管理细则（征求意见稿）》第十七条（三）：严把政治关、法律关、政策关、保密关、文字关",
    ),
    examples=(
        "坚持以⟦习近平新时代特色社会主义思想→习近平新时代中国特色社会主义思想⟧为指导。",
        "深入学习贯彻⟦习近平新时代中国特色社会主义主义思想→习近平新时代中国特色社会主义思想⟧。",
        "坚持以⟦邓小平思想→邓小平理论⟧为指导。",
        "以⟦筑牢→铸牢⟧中华民族共同体意识为主线。",
        "践行“⟦青山绿水就是金山银山→绿水青山就是金山银山⟧”的理念。",
        "实现中华民族伟大⟦复新→复兴⟧的中国梦。",
        "坚持以习近平新时代中国特色社会主义思想为指导。",
        "深入贯彻习近平生态文明思想、习近平法治思想。",
        "学习习近平总书记关于“三农”工作的重要论述。",
        "筑牢中华民族永续发展的生态根基，筑牢共同体意识的思想根基。",
        "邓小平理论、“三个代表”重要思想、科学发展观。",
    ),
)

_THOUGHT = "习近平新时代中国特色社会主义思想"
_NAMED = re.compile(
    r"习近平(?P<middle>新?时?代?[^,。;:!?\n、《》()]{0,22}?)思想(?!上|政治|品德|觉悟|文化|建设|工作|方法|道德)"
)
_LIKE = re.compile(r"社会主|新时代.*特色|时代中国|特色社会")
_MOST = 3  # letters


class Slip(NamedTuple):
    """A wrong piece in its surroundings, the right piece, and letters without which it cannot stand."""

    wrong: regex.Pattern[str]
    right: str
    needs: re.Pattern[str]


def _slip(wrong: str, right: str, needs: str) -> Slip:
    return Slip(regex.compile(wrong), right, re.compile(needs))  # one literal: a third of the time of "in"


_SLIPS = (
    _slip(r"(?:筑牢|铸劳|牢筑)(?=中华民族共同体意识)", "铸牢", "民族共同体意识"),
    _slip(r"邓小平思想(?=[、,。为指和]|$)", "邓小平理论", "邓小平思想"),
    _slip(r"毛泽东理论(?=[、,。为指和]|$)", "毛泽东思想", "毛泽东理论"),
    _slip(r"(?<=三个代表)”?思想(?=[、,。为指和]|$)", "", "三个代表"),
    _slip(
        r"青山绿水就是金山银山|绿水青山就是(?:金银山|银山金山|金山(?!银山))",
        "绿水青山就是金山银山",
        "[山水]就是[金银]",
    ),
    _slip(r"(?<=中华民族伟大)(?:复新|复星|富兴|腹兴|复辛)", "复兴", "中华民族伟大"),
    _slip(r"(?<=人类命运)(?:共同题|共通体)", "共同体", "人类命运共"),
    _slip(r"(?<=民族)共通体(?=意识)", "共同体", "族共通体"),
)

NEEDS = needs(_NAMED, *(slip.wrong for slip in _SLIPS))


def find(text: Text) -> Iterator[Finding]:
    """The thought by its distance from the right name, the others by their known slips."""
    plain = text.plain
    for named in _NAMED.finditer(plain):
        letters = named[0].translate({ord(mark): None for mark in '“”" '})
        if letters == _THOUGHT or not _LIKE.search(named["middle"]) or letters in _ALSO_RIGHT:
            continue
        if 0 < _distance(letters, _THOUGHT) <= _MOST:
            yield RULE.at(text, *named.span(), _THOUGHT)
    for slip in _SLIPS:
        for hit in slip.wrong.finditer(plain) if slip.needs.search(plain) else ():
            yield RULE.at(text, hit.start(), hit.end(), slip.right or hit[0].replace("思想", "重要思想"))


# 2017 to 2021 two thoughts were named like this.
_ALSO_RIGHT = frozenset(
    {
        "习近平新时代中国特色社会主义经济思想",
        "习近平新时代中国特色社会主义外交思想",
        "习近平新时代中国特色社会主义文化思想",
    }
)


def _distance(left: str, right: str) -> int:
    """Letters to add, drop or change; both are short."""
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        before, row[0] = row[0], at
        for column, other in enumerate(right, 1):
            before, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, before + (letter != other)),
            )
    return row[-1]
