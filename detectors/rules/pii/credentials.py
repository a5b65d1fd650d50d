"""A password written out, whoever's it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import CREDENTIAL
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.credentials",
    title="账号密码外露",
    why="密码、口令写在网页上，任何人都能登录，造成数据泄露或者页面被篡改。初始密码应当单独告知本人并要求首次登录修改。",
    basis=(
        "《网络数据安全管理条例》第九条",
        "《中华人民共和国个人信息保护法》第五十一条",
    ),
    examples=(
        "系统账号：admin，密码：⟦Abc12345⟧，请尽快填报。",
        "初始密码为⟦123456⟧，登录后自行修改。",
        "会议号888 999 000，入会密码：⟦hy2024⟧。",
        "密码为8至16位字母、数字组合。",
        "初始密码为身份证号后六位。",
        "忘记密码：请点击“找回密码”。",
        "密码：******，请妥善保管。",
        "《中华人民共和国密码法》自2020年1月1日起施行。",
    ),
    private=True,
)

NEEDS = ("密码", "口令", "password", "passwd", "pwd")


def find(text: Text) -> Iterator[Finding]:
    """What stands after the word and is no description of a password."""
    yield from report(RULE, text, kind_hits(text, CREDENTIAL))
