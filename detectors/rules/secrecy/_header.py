"""The head of an official document: its first lines, and what proves that it is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detectors.text import Text

LINES = 15  # non-empty lines: a title or two, the navigation of a page, then the head of the document
_LONGEST = 80  # code points: a line of a document's head is short; longer ones are its body

# A grade as it is printed: with spaces for looks, with or without 级.
LEVEL = r"(?:绝[ \t]{0,4}密|机[ \t]{0,4}密|秘[ \t]{0,4}密)(?:[ \t]{0,2}级)?"

# 发文字号, the red head "……文件", the telegram's head.
_EVIDENCE = regex.compile(
    r"[\u4e00-\u9fff]{1,12}[〔\[(](?:19|20)\d\d[〕\])][ \t]{0,2}\d{1,4}[ \t]{0,2}号"
    r"|[\u4e00-\u9fff()]{4,30}文[ \t]{0,3}件$"
    r"|(?:发电|电报|明电)[ \t]{0,4}$"
    rf"|^{LEVEL}(?:$|[ \t★☆])"
)


class Line(NamedTuple):
    """One non-empty line of the head, its margins left out: range in ``text.plain`` and letters."""

    start: int
    end: int
    letters: str


def header(text: Text) -> Iterator[Line]:
    """The first lines that are not empty; long ones count but are left out."""
    plain, at, seen = text.plain, 0, 0
    while at < len(plain) and seen < LINES:
        stop = plain.find("\n", at)
        stop = len(plain) if stop < 0 else stop
        if stop - at <= _LONGEST * 2:
            letters = plain[at:stop]
            bare = letters.strip()
            if bare:
                seen += 1
                if len(bare) <= _LONGEST:
                    start = at + letters.index(bare)
                    yield Line(start, start + len(bare), bare)
        else:
            seen += 1
        at = stop + 1


def is_document(lines: tuple[Line, ...], but: Line) -> bool:
    """Whether another line of the head proves an official document."""
    return any(line is not but and _EVIDENCE.search(line.letters) for line in lines)
