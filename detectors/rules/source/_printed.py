"""What a page prints about itself in its header or at its end: 来源：… 作者：… 发布时间：…"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from detectors.text import Text

_BYLINE = (
    r"(?:信息|文章|稿件)?来源|稿源|作\s{0,4}者|(?:发布|发稿|更新|发表)?(?:时间|日期)|责任?编辑?|编辑|初审|复审|终审|审核|校对|监制|记者"
    r"|浏览|阅读|访问|点击|人气|字号|字体|打印|保存|关闭|分享|收藏|链接|o(?=[\u4e00-\u9fff])"
)
_LABEL = re.compile(r"(?:来源|稿源|转载自|转自|摘自)[ ]{0,2}[:丨|][ \t]{0,4}")
# One literal letter first: seven times as fast as the label itself, and most pages have neither.
_SIGNS = (re.compile(r"源[ ]{0,2}[:丨|]"), re.compile(r"自[ ]{0,2}[:丨|]"))
# A word before 来源 makes it another thing (经费来源, 水源来源), unless it says that this is the source of the page.
_OF_THE_PAGE = ("信息", "文章", "稿件", "图文", "新闻", "内容", "消息", "原文")
_NAME = re.compile(
    rf"(?!(?:{_BYLINE}))[^\n()（）【】\[\]<>。;]{{1,40}}?(?=\s{{2}}|\n|$|[()【】\[\]<>。;]|\s?(?:{_BYLINE})|\s?\d{{4}}[-年./])"
)
_BLANK = re.compile(rf"[ \t]{{0,8}}(?:\n|$|[)】\]|]|(?:{_BYLINE})|\[|【|\d{{4}}[-年./])")
_NEXT_LINE = re.compile(r"\s{0,8}([^\n]{1,24})(?:\n|$)")


class Printed(NamedTuple):
    """A printed source in ``plain``: where the label begins, and the name (empty: nothing follows the label)."""

    start: int
    name_start: int
    name_end: int
    name: str


def sources(plain: str) -> Iterator[Printed]:
    """Each source that the page prints about itself, in order."""
    if not any(sign.search(plain) for sign in _SIGNS):
        return
    for label in _LABEL.finditer(plain):
        start = label.start()
        if start and "\u4e00" <= plain[start - 1] <= "\u9fff" and not plain.endswith(_OF_THE_PAGE, 0, start):
            continue
        name = _NAME.match(plain, label.end())
        if name is not None and name[0].strip():
            begin = label.end() + len(name[0]) - len(name[0].lstrip())
            letters = name[0].strip()
            yield Printed(start, begin, begin + len(letters), letters)
        elif _BLANK.match(plain, label.end()) and not _continues(plain, label.end()):
            yield Printed(start, label.end(), label.end(), "")


def _continues(plain: str, at: int) -> bool:
    """Whether the name merely stands on the next line, as the cells of a header do."""
    line_end = plain.find("\n", at)
    if line_end < 0 or plain[at:line_end].strip():
        return False
    after = _NEXT_LINE.match(plain, line_end + 1)
    return (
        after is not None
        and not re.match(_BYLINE + r"|[\[【(]|\d{4}", after[1])
        and after[1][-1] not in "。:!?,;"
    )


def blank(plain: str, label: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Places where a label of the header stands with nothing after it; ``label`` ends in the colon."""
    for found in label.finditer(plain):
        before = plain[found.start() - 1 : found.start()]
        after = plain[found.end() : found.end() + 3].lstrip()[:1]
        if "\u4e00" <= before <= "\u9fff" or after.isdigit():
            continue
        if _BLANK.match(plain, found.end()) and not _continues(plain, found.end()):
            yield found.span()


def head(text: Text) -> tuple[int, int] | None:
    """Where a finding about the page as a whole is shown: its title, or the first line that says something."""
    line = re.compile(r"\S[^\n]{0,59}").search(text.plain)
    if line is None:
        return None
    end = min(line.end(), text.plain_title_end) if 0 < line.start() < text.plain_title_end else line.end()
    return line.start(), line.start() + len(text.plain[line.start() : end].rstrip())


def is_repost(text: Text) -> bool:
    """Whether the sender or the page itself says that this was taken from somebody else."""
    about = text.about
    if about.category == "转载" or about.source_url:
        return True
    return bool(about.source_name and about.unit and about.source_name != about.unit)
