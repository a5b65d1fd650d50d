"""How numbers are written: digits in all their spellings, the gaps between their groups, where they stand on a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPOKEN = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两"
_RINGED = "⓪①②③④⑤⑥⑦⑧⑨"
_DIGIT = str.maketrans(_SPOKEN + _RINGED, "00123456789" + "1123456789" + "2" + "0123456789")
_ANY = f"0-9{_SPOKEN}{_RINGED}"
MARKS = r" \-‐–—−·._/"  # what people write between the groups of one number
_NUMBERS = re.compile(rf"[{_ANY}](?:[{MARKS}\t\n\u20e3]{{0,3}}+[{_ANY}]){{6,}}+(?:[ \t\n-]?x)?")
_PLAIN = re.compile(rf"[0-9](?:[{MARKS}\t\n]{{0,3}}+[0-9]){{6,}}+")
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./ ][0-9]{1,2}(?:[-./ ][0-9]{1,2}(?:[ -]{1,3}[0-9]{1,2})?)?")


class Digits(NamedTuple):
    """A stretch of ``plain`` that holds numbers: ``letters[start:end]``, those that are to be read as ASCII digits."""

    letters: str
    start: int
    end: int


def stretches(plain: str) -> Iterator[Digits]:
    """Where numbers of seven and more digits stand, however spelled. One linear pass.

    A stretch of both spellings is given twice, the second time as it is written: in 张三13800138000 the name's last
    letter is no digit. What was found in the first reading is found again in the second, where it stands in both.
    """
    spoken: str | None = None
    for found in _NUMBERS.finditer(plain):
        start, end = found.span()
        if plain[start:end].isascii():
            if end - start > 18 or not _DATE.fullmatch(plain, start, end):
                yield Digits(plain, start, end)
        else:
            if spoken is None:
                spoken = _in_digits(plain.replace("\u20e3", " "))
            yield Digits(spoken, start, end)
            if _PLAIN.search(plain, start, end):
                yield Digits(plain, start, end)


def _in_digits(plain: str) -> str:
    """Every spoken and ringed digit as an ASCII one, each in its place.

    One replacement after the other: ten times as fast as translating a long page, which holds few of them.
    """
    for letter, digit in _DIGIT.items():
        plain = plain.replace(chr(letter), chr(digit))
    return plain


_NEITHER = re.compile(r"[^0-9A-Za-z]")


def bare(letters: str) -> str:
    """Digits and Latin letters only: what is left of a number without its gaps."""
    if not letters.isascii():
        letters = letters.translate(_DIGIT)
    return letters if letters.isascii() and letters.isalnum() else _NEITHER.sub("", letters)


# --- patterns of numbers in groups ------------------------------------------------------------

GAP = f"[{MARKS}]{{1,3}}"  # between two groups
TABBED = rf"(?:\t|\n|{GAP})"  # the same, or the border of two cells or lines


def grouped(*sizes: int, first: str = "[1-9]", last: str = "[0-9]", gap: str = GAP) -> str:
    """A number in groups of these sizes with the same gap between all of them."""
    name = f"g{'_'.join(map(str, sizes))}" + ("t" if gap != GAP else "")
    parts = []
    for place, size in enumerate(sizes):
        head = first if place == 0 else "[0-9]"
        tail = last if place == len(sizes) - 1 else "[0-9]"
        body = (
            head + (f"[0-9]{{{size - 2}}}" if size > 2 else "") + tail
            if size > 1
            else (head if place == 0 else tail)
        )
        parts.append(body)
    return parts[0] + f"(?P<{name}>{gap})" + f"(?P={name})".join(parts[1:])


def joined(*forms: str) -> str:
    """Any of these forms, the earlier ones first."""
    return "(?:" + "|".join(forms) + ")"
