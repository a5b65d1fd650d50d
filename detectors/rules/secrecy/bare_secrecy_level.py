"""A grade of secrecy that stands alone in the head of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from detectors.rule import Finding, Rule
from detectors.rules.secrecy._header import LEVEL, header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="secrecy.bare-secrecy-level",
    title="文头单独标注密级",
    why="文头单独一行写着密级，多半是涉密文件的首页被整篇录入。不标期限的密级按最长期限管理，不能上网。",
    basis=(
        "《保守国家秘密法》第十四条：国家秘密的密级分为绝密、机密、秘密三级",
        "《保守国家秘密法实施条例》第五条：不得将涉及国家秘密的信息公开",
        "《保守国家秘密法实施条例》第二十一条：国家秘密标志应当标注密级、保密期限",
    ),
    examples=(
        "⟦机密⟧\n临江县人民政府办公室文件\n临政办发〔2024〕8号",
        "临江县2024年粮食应急保供方案\n⟦秘　密⟧\n各乡镇人民政府：",
        "000018　⟦绝密⟧　特急\n中共临江县委办公室",
        "⟦秘密级⟧\n会议材料之三",
        "国家秘密分为三级：\n绝密、机密、秘密。",
        "保守国家秘密\n是每个公民的义务",
        "机密性、完整性、可用性是信息安全的三个目标。",
        "秘密花园\n二期项目规划公示",
        "商业秘密\n保护指引",
    ),
)
NEEDS = ("密",)

_ALONE = regex.compile(
    rf"(?:\d{{6,7}}[ \t]{{1,20}})?({LEVEL})(?:[ \t]{{1,20}}(?:特[ \t]{{0,2}}急|加[ \t]{{0,2}}急|特提|平急|\d{{6,7}}))?[ \t]{{0,2}}"
)


def find(text: Text) -> Iterator[Finding]:
    """Lines of the head with nothing but a grade, a copy number and an urgency."""
    for line in header(text):
        if "密" in line.letters and (hit := _ALONE.fullmatch(line.letters)):
            yield RULE.at(text, line.start + hit.start(1), line.start + hit.end(1))
