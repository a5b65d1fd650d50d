"""Old names are right where the past is told. What both agencies and places need to know about that."""

from __future__ import annotations

import re

_YEAR = re.compile(
    r"((?:19|20)\d{2})(?<!\d{5})(?=年|[-./]\d|〕|\])"
)  # a bare digit first: three times as fast
_ARTICLE = re.compile(r"^[ \t]{0,8}第[一二三四五六七八九十百]{1,5}条", re.MULTILINE)
_SENTENCE = "。!?\n;"
_BEFORE = re.compile(
    r"(?:原|前身|时任|曾任|历任|先后担任|先后任|担任过|旧称|更名前|改革前|当时)[^。;!?\n]{0,30}$"
)
_CHANGED = re.compile(
    r"更名|改名|改称|撤销|撤市|撤县|撤乡|组建|划入|划转|转隶|整合|合并|职责|前身|挂牌|不再保留|设立|设区|改设|区划调整|机构改革|历史|旧址|沿革"
)
_STATUTE = 5  # articles: who prints a statute prints its words


def is_statute(plain: str) -> bool:
    """Whether the page prints the text of a statute, which no editor may change."""
    return sum(1 for _ in zip(_ARTICLE.finditer(plain), range(_STATUTE), strict=False)) == _STATUTE


def newest_year(plain: str) -> int:
    """The latest year named on the page, 0 if none."""
    return max((int(year) for year in _YEAR.findall(plain)), default=0)


def sentence(plain: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a range, at most 200 characters to each side."""
    first = max((plain.rfind(mark, max(0, start - 200), start) for mark in _SENTENCE), default=-1) + 1
    stops = [at for mark in _SENTENCE if (at := plain.find(mark, end, end + 200)) >= 0]
    return max(first, start - 200, 0), min(stops, default=min(len(plain), end + 200))


def is_past(plain: str, start: int, end: int, year: int) -> bool:
    """Whether the sentence says that this was so before, by a word or by a year before ``year``."""
    first, last = sentence(plain, start, end)
    if _BEFORE.search(plain[max(first, start - 40) : start]) or _CHANGED.search(plain, first, last):
        return True
    return any(int(found[1]) < year for found in _YEAR.finditer(plain, first, last))


def is_quoted(plain: str, start: int, end: int) -> bool:
    """Whether a range stands in 《》, or is followed by the number of a document."""
    opened = plain.rfind("《", max(0, start - 60), start)
    if opened >= 0 and "》" not in plain[opened:start]:
        return True
    return (
        re.match(
            r"(?:令|公告|通告|文件)?[ ]{0,2}(?:第[\d一二三四五六七八九十〇]{1,6}号|[〔(\[]\d{4}|令)|(?:令|公告)[(〔第]",
            plain[end : end + 12],
        )
        is not None
    )
