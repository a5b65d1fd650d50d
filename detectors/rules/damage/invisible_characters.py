"""Invisible characters inside words."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from detectors.rule import Finding, Rule
from detectors.rules.damage._note import one_note
from detectors.text import Text

RULE = Rule(
    id="damage.invisible-characters",
    title="夹有不可见字符",
    why="字与字之间藏着零宽字符或者文字方向控制符，读者看不见，但检索、朗读会出错，也常被用来躲避审查。",
    basis=(
        "《大同市云州区人民政府网站信息审核发布制度》第十一条：杜绝政治错误、内容差错、技术故障",
        "《中华人民共和国国家通用语言文字法》第十五条：信息处理和信息技术产品中使用的国家通用语言文字应当符合国家的规范和标准",
    ),
    examples=(
        "请各单位⟦\u200b⟧认真\u200b落实防\u200b汛责任。",
        "附件：通知⟦\u202e⟧fdp.exe",
        "请各单位认真落实防汛责任。",
        "\ufeff请各单位认真落实防汛责任。",
        "祝大家节日快乐\U0001f468\u200d\U0001f469\u200d\U0001f467！",
        "转发微博\u200b\n今日天气晴\u200b",
    ),
)

_SPLIT = regex.compile(
    r"(?<=[\u4e00-\u9fff0-9])[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+(?=[\u4e00-\u9fff0-9])"
)
_TURN = regex.compile(r"[\u202d\u202e\u2066-\u2068]")
_SOME = 2


def find(text: Text) -> Iterator[Finding]:
    """One zero-width space is a habit of editors; two between letters, or one that turns the text round, are not."""
    written = text.as_written
    if len(text.plain) == len(written):
        return  # folding takes every one of them out
    turns = [match.span() for match in _TURN.finditer(written)]
    splits = [match.span() for match in _SPLIT.finditer(written)]
    if turns or len(splits) >= _SOME:
        yield one_note(RULE, text, sorted(turns + splits))
