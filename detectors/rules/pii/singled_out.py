"""A masked name whose age and village still point to one person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.rule import Rule
from detectors.rules.pii._page import Hit, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.singled-out",
    title="隐名后仍可认出本人",
    why="名字虽已隐去，姓氏、年龄和所在村组写在一起，熟人一看便知是谁。涉及病情、案件、救助的，住处写到乡镇为止，或者不写年龄。",
    basis=(
        "《中华人民共和国个人信息保护法》第七十三条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "周某，女，56岁，⟦西坪镇李家庄村⟧人，确诊肺结核。",
        "吴某某（男，17岁，⟦城关镇河口村⟧三组人）因盗窃被查获。",
        "周某，女，56岁，西坪镇人，确诊肺结核。",
        "李家庄村村民周某反映道路问题。",
        "犯罪嫌疑人吴某，男，35岁，已被依法刑事拘留。",
        "全镇56岁以上人员在各村卫生室免费体检。",
    ),
    private=True,
)

NEEDS = ("某",)

_FORM = re.compile(
    r"(?<=[\u4e00-\u9fff])某{1,2}[,(、 ]{0,2}(?:男|女)?[,、 ]{0,2}(?:[\u4e00-\u9fff]族)?[,、 ]{0,2}(?:现年)?[0-9]{1,3}岁[,、 ]{0,2}(?:系|家住|住|户籍|现住|为|是)?"
    r"(?P<value>(?:[\u4e00-\u9fff]{2,12}(?:县|区|市|镇|乡|街道))?(?!某)[\u4e00-\u9fff]{1,6}(?:村|屯|庄|社区))(?!委|支书|干部|医)"
)
_STATE = re.compile(
    r"患|确诊|病|残|低保|特困|吸毒|盗窃|诈骗|猥亵|强奸|性侵|被害|受害|案|死亡|溺|自杀|拘留|查获|处罚|违法|嫌疑|矫正|救助"
)


def find(text: Text) -> Iterator[Finding]:
    """Surname and 某, age, village, and something in the sentence that one would not want told."""
    plain = text.plain
    hits = []
    for found in _FORM.finditer(plain):
        start, end = found.span("value")
        if _STATE.search(plain, max(0, found.start() - 40), end + 40):
            hits.append(Hit(start, end))
    yield from report(RULE, text, hits)
