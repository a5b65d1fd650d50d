"""School-roll numbers (letter and identity number) and student numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import STUDENT
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.student-number",
    title="学籍号、学号",
    why="学籍号由身份证号加字母构成，公开学籍号等于公开未成年人的身份证号。学生名单不列学籍号和学号。",
    basis=(
        "《中华人民共和国个人信息保护法》第三十一条",
        "《中华人民共和国未成年人保护法》第七十二条",
        "《中华人民共和国个人信息保护法》第二十五条",
    ),
    examples=(
        "学生周某，学籍号：⟦G11010519491231002X⟧。",
        "转学学生学号为⟦2023010203⟧，请班主任核对。",
        "全国学籍号⟦L810000199001010019⟧待转正。",
        "学籍管理咨询电话：0990-1234567。",
        "请按学号顺序排队领取校服。",
        "学籍变动名单（2024年第3批）已上报。",
    ),
    private=True,
)

NEEDS = ("学籍", "学号")


def find(text: Text) -> Iterator[Finding]:
    """A number after the label."""
    yield from report(RULE, text, kind_hits(text, STUDENT))
