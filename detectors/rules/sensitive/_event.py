"""What tells an event that happened from a drill, a plan, a statute, a lesson or a memory."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import regex

    from detectors.rule import Finding, Rule
    from detectors.text import Text

_REACH = 150  # code points looked at on each side within the sentence
_PLACES = 9  # further places of one note


_NUMBERED = re.compile(r"^[ \t]{0,8}第[一二三四五六七八九十百零\d]{1,6}条", re.MULTILINE)
_ARTICLES = 3  # a page with so many articles is a statute
_TITLE = re.compile(
    r"演练|演习|培训|知识|科普|应知应会|须知|宣传|安全生产月|防灾减灾日|征文|问答|司法解释|提示|提醒|倡议|怎么办|如何|纪念|周年|大讲堂|课堂|讲座|竞赛"
    r"|(?:条例|办法|细则|规定|预案|规划|方案|标准|指南|手册|指引)[》)]?(?:的通知)?$"
)
_TITLE_LONG = 80
# Nothing happened: said in the sentence …
_UNREAL = re.compile(
    r"演练|演习|模拟|假设|假如|假定|想定|培训|讲座|预案(?!.{0,8}响应)|《[^》\n]{2,40}(?:条例|办法|规定|规程|细则)》|情形|依法给予|罚款|处以"
    r"|以上的?(?:事故|火灾)|管理办法|知识|警示教育|周年|纪念|同比|环比|下降|影片|电影|电视剧|小说|话剧|历史上|古代|抗战|烈士陵园|保险金额|隐患"
)
# … or before the word in its clause.
_UNREAL_BEFORE = re.compile(
    r"(?:防止|防范|预防|避免|杜绝|遏制|严防|减少|降低|未发生|没有发生|未出现|不发生|无[^,。\n]{0,8}发生|未接报|零发生|一旦|如果|倘若|若(?!干)|如遇|遇有|遇到|可能|容易|极易|应对"
    r"|救援能力|处置能力|以免|警惕|谨防|当心|有无|是否|发生.{0,6}时,)[^,。;\n]{0,24}$"
)
_HAPPENED = re.compile(
    r"\d{1,2}[日时月点]|昨[日天晚夜]|今[日天晨晚早]|凌晨|近日|近期|日前|目前|截至|当地时间|当[日天晚]|[上下]午|傍晚|接到?(?:群众)?报[警告]|调查组|救援|抢险|搜救|善后"
)


def is_lesson(text: Text) -> bool:
    """Whether the page as a whole teaches, plans or rules instead of reporting."""
    plain = text.plain
    stop = text.plain_title_end or plain.find("\n")
    title = plain[: stop if 0 < stop <= _TITLE_LONG else 0]
    if _TITLE.search(title.rstrip()):
        return True
    return sum(1 for _ in islice(_NUMBERED.finditer(plain), _ARTICLES)) == _ARTICLES


def sentence(plain: str, start: int, end: int) -> tuple[int, int]:
    """Range of the sentence around ``start``–``end``, at most ``_REACH`` on each side."""
    first = max(start - _REACH, *(plain.rfind(mark, max(0, start - _REACH), start) + 1 for mark in "。!?\n;"))
    last = min(
        [
            end + _REACH,
            len(plain),
            *(at for mark in "。!?\n;" if (at := plain.find(mark, end, end + _REACH)) >= 0),
        ]
    )
    return max(0, first), last


def is_real(plain: str, start: int, end: int) -> bool:
    """Whether the sentence around speaks of something that happened."""
    first, last = sentence(plain, start, end)
    if _UNREAL.search(plain, first, last) or _UNREAL_BEFORE.search(plain, first, start):
        return False
    return _HAPPENED.search(plain, max(0, first - _REACH), last) is not None


def is_stated(plain: str, start: int, end: int) -> bool:
    """As ``is_real``, without asking for a time: the words themselves report."""
    first, last = sentence(plain, start, end)
    return not (_UNREAL.search(plain, first, last) or _UNREAL_BEFORE.search(plain, first, start))


def ranges(pattern: re.Pattern[str] | regex.Pattern[str], plain: str) -> Iterator[tuple[int, int]]:
    """Ranges of the hits of a pattern."""
    return (hit.span() for hit in pattern.finditer(plain))


def once(
    rule: Rule,
    text: Text,
    hits: Iterator[tuple[int, int]],
    check: Callable[[str, int, int], bool],
    note: str = "",
) -> Iterator[Finding]:
    """One finding for the page, at the first range that holds, with the further ones beside it."""
    plain = text.plain
    first = next(hits, None)
    if first is None or is_lesson(text):
        return
    spans = [span for span in chain((first,), hits) if check(plain, *span)]
    if spans:
        yield rule.at(text, *spans[0], note=note, places=spans[1 : _PLACES + 1])
