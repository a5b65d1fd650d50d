"""Marks that stand in pairs, and which of them lack their other half."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Mark(NamedTuple):
    """A mark without its other half."""

    at: int
    letter: str
    paragraph: int


def unpaired(marks: Iterator[tuple[int, str, int]], closes: dict[str, str]) -> list[Mark]:
    """Marks left over: paired inside a paragraph first, then with what is left a few paragraphs on.

    ``marks`` yields position, letter and paragraph number in text order; ``closes`` maps closing to opening.
    """
    open_: dict[str, list[Mark]] = {opening: [] for opening in closes.values()}
    left: list[Mark] = []
    paragraph = 0
    for at, letter, number in marks:
        if number != paragraph:
            left += _flush(open_)
            paragraph = number
        if letter in open_:
            open_[letter].append(Mark(at, letter, number))
        elif open_[closes[letter]]:
            open_[closes[letter]].pop()
        else:
            left.append(Mark(at, letter, number))
    left += _flush(open_)
    return sorted(_across(sorted(left), closes))


def is_cut(plain: str, at: int, *, opens: bool) -> bool:
    """Whether a text is one sentence cut out of a page, whose other half stayed there."""
    text = plain.strip()
    if "\n" in text:
        return False
    return text[-1] not in "。!?)》】”…;" if opens else not plain[:at].strip()


def _flush(open_: dict[str, list[Mark]]) -> list[Mark]:
    left = [mark for marks in open_.values() for mark in marks]
    for marks in open_.values():
        marks.clear()
    return left


def _across(left: list[Mark], closes: dict[str, str]) -> Iterator[Mark]:
    """A bracket may be opened in one line and closed in another."""
    waiting: dict[str, list[Mark]] = {opening: [] for opening in closes.values()}
    for mark in left:
        if mark.letter in waiting:
            waiting[mark.letter].append(mark)
            continue
        before = waiting[closes[mark.letter]]
        if before and mark.paragraph - before[-1].paragraph <= 12:
            before.pop()
        else:
            yield mark
    for marks in waiting.values():
        yield from marks
