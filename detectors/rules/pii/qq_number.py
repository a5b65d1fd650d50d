"""QQ numbers of persons; groups and lines of service are public."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.pii import QQ
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.qq-number",
    title="个人QQ号",
    why="QQ号是个人联系方式，可据以找到空间、邮箱和好友关系。公告对外联络应使用单位电话或者单位账号。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
    ),
    examples=(
        "有意者请加周某QQ：⟦1234567890⟧。",
        "学生家长QQ号码⟦987654321⟧，请添加。",
        "本人Q号⟦12345678⟧，另有QQ：⟦1 2 3 4 5 6 7 8⟧。",
        "报名咨询QQ群：123456789。",
        "官方客服QQ：800012345，工作日在线。",
        "QQ邮箱1234567890@qq.com已停用。",
    ),
    private=True,
)

NEEDS = ("qq", "q q", "q号", "企鹅", "扣扣")

_SERVICE = re.compile(r"群|客服|官方|咨询|服务|技术支持|平台|报名|工作")


def find(text: Text) -> Iterator[Finding]:
    """A QQ number that is not introduced as one of a service."""
    plain = text.plain
    hits = (
        hit for hit in kind_hits(text, QQ) if not _SERVICE.search(plain[max(0, hit.start - 14) : hit.start])
    )
    yield from report(RULE, text, hits)
