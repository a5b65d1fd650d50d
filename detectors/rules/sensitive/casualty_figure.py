"""Figures of dead, injured or missing people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detectors.needs import needs
from detectors.rule import Finding, Rule
from detectors.rules.sensitive._event import is_stated, once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

RULE = Rule(
    id="sensitive.casualty-figure",
    title="伤亡数字",
    why="伤亡数字只能由负责处置的部门统一发布。请核对来源、截止时间，前后保持一致，不得自行汇总或推算。",
    basis=(
        "《突发事件应对法》第七条：国家建立健全突发事件信息发布制度",
        "《生产安全事故报告和调查处理条例》第三十四条：事故处理的情况由负责事故调查的人民政府或者其授权的有关部门、机构向社会公布",
    ),
    examples=(
        "事故造成⟦3人死亡⟧、5人受伤，伤者已送医救治。",
        "截至目前，灾害已致⟦12人遇难⟧、失联4人。",
        "一辆客车侧翻，⟦2名乘客当场死亡⟧。",
        "该国卫生部门称，⟦遇难人数升至120人⟧。",
        "车祸致⟦2死5伤⟧，肇事司机已被控制。",
        "造成3人以上10人以下死亡的，为较大事故。",
        "演练假设客车侧翻，造成5人受伤。",
        "全县道路交通事故死亡人数同比下降12.5%。",
        "南京大屠杀30万同胞遇难85周年，全县举行悼念活动。",
        "现场共有86人参加救援技能培训。",
    ),
)

_N = r"(?:\d[\d,.]{0,8}万?|[一二两三四五六七八九十百千万]{1,5})(?:余|多)?"
_HARM = re.compile(
    r"死亡|死伤|死(?:(?=[,。、;\s])|(?=\d{1,4}伤))|遇难|身亡|丧生|罹难|受伤|重伤|轻伤|失联|失踪|被困|被埋|伤亡|溺亡|殉职"
)
_BEFORE = re.compile(
    rf"{_N}(?:人|名[\u4e00-\u9fff]{{1,6}}?)(?:当场|不幸|已|全部|因公|经抢救无效|因伤势过重)?$"
)
_DIGITS = re.compile(r"\d{1,4}$")
_AFTER = re.compile(
    rf"(?:人数)?(?:已经?|升至|升到|达到?|共计?|上升到|上升至|增至|增加到|超过?|约|为){{0,2}}{_N}(?:人|名)"
)
_HURT = re.compile(r"\d{1,4}伤|")
_REACH = 16  # code points between a number and its word

NEEDS = needs(_HARM)


def find(text: Text) -> Iterator[Finding]:
    """One note for the page; grades of a statute (3人以上死亡) and lessons are not it."""
    yield from once(RULE, text, _figures(text.plain), _check)


def _figures(plain: str) -> Iterator[tuple[int, int]]:
    """A word of harm with a number before or after it: 3人死亡, 死亡3人, 2死5伤."""
    last = 0
    for harm in _HARM.finditer(plain):
        start, end = harm.span()
        pattern = _DIGITS if harm[0] == "死" else _BEFORE
        if before := pattern.search(plain, max(last, start - _REACH), start):
            hurt = _HURT.match(plain, end) if harm[0] == "死" else None
            last = hurt.end() if hurt else end
            yield before.start(), last
        elif harm[0] != "死" and (after := _AFTER.match(plain, end)):
            last = after.end()
            yield start, last


def _check(plain: str, start: int, end: int) -> bool:
    return is_stated(plain, start, end) and not plain.startswith(("以上", "以下"), end)
