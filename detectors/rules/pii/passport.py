"""Passport numbers beside the word passport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.pii import PASSPORT
from detectors.rule import Rule
from detectors.rules.pii._page import kind_hits, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.rule import Finding
    from detectors.text import Text

RULE = Rule(
    id="pii.passport",
    title="护照号码",
    why="护照号码是身份证件号码，公开后可被冒用于订票、开户和办理签证。应删去，或者只留首字母和末三位。",
    basis=(
        "《中华人民共和国民法典》第一千零三十四条",
        "《中华人民共和国个人信息保护法》第二十五条",
        "《中华人民共和国政府信息公开条例》第十五条",
    ),
    examples=(
        "团组成员周小满（护照号：⟦E12345678⟧）因私出境。",
        "请持⟦EA1234567⟧号护照的旅客到服务台。",
        "遗失护照一本，号码为⟦G87654321⟧，声明作废。",
        "办理护照需携带身份证，咨询电话12367。",
        "护照费120元，编号E2024的窗口受理。",
        "护照号码E*****678的持有人请领取证件。",
    ),
    private=True,
)

NEEDS = ("护照",)


def find(text: Text) -> Iterator[Finding]:
    """A number in a form that passports have, next to the word."""
    yield from report(RULE, text, kind_hits(text, PASSPORT))
