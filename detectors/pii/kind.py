"""A kind of personal value: its pattern, its check, what the words around must allow; and how its values are found.

All patterns read folded letters (``detectors.text.fold``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from detectors.pii.digits import Digits, bare, stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Value(NamedTuple):
    """One personal value: its range in the folded letters, and its digits and Latin letters alone."""

    start: int
    end: int
    number: str


def anything(_: str) -> bool:
    """The check of a number that has nothing to compute."""
    return True


@dataclass(frozen=True)
class Kind:
    """One kind of personal value.

    Args:
        entity: its name for presidio.
        title: its name for an editor.
        pattern: over folded letters; what is personal is the group "value", or all of it.
        check: the arithmetic and the ranges of the bare number.
        among_numbers: looked for only inside ``stretches`` (digits made ASCII there).
        fits: (letters, value's range, number) → whether the words around allow it.
        grow: (letters, range) → the whole value where the pattern finds only its tail, or None.
        near: a cheaper pattern; the costly one is tried only around what this finds.
        reach: how many letters around, before and after.
    """

    entity: str
    title: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = anything
    among_numbers: bool = False
    fits: Callable[[str, int, int, str], bool] | None = None
    grow: Callable[[str, int, int], tuple[int, int] | None] | None = None
    near: re.Pattern[str] | None = None
    reach: tuple[int, int] = (10, 24)

    def find(self, plain: str) -> Iterator[Value]:
        """All values of this kind in folded letters."""
        if self.among_numbers:
            both = (value for stretch in stretches(plain) for value in self.within(plain, stretch))
            yield from dict.fromkeys(both)  # a stretch may be read twice
        elif self.near is not None:
            yield from self._matches(plain, self._around(plain, self.near))
        else:
            yield from self._matches(plain, self.pattern.finditer(plain))

    def _around(self, plain: str, near: re.Pattern[str]) -> Iterator[re.Match[str]]:
        done, (back, on) = 0, self.reach
        for anchor in near.finditer(plain):
            if anchor.start() < done:
                continue
            if found := self.pattern.search(plain, max(done, anchor.start() - back), anchor.end() + on):
                done = found.end()
                yield found

    def within(self, plain: str, stretch: Digits) -> Iterator[Value]:
        """The values of this kind in one stretch of numbers."""
        yield from self._matches(plain, self.pattern.finditer(stretch.letters, stretch.start, stretch.end))

    def _matches(self, plain: str, found: Iterator[re.Match[str]]) -> Iterator[Value]:
        named = "value" in self.pattern.groupindex
        for match in found:
            group = "value" if named and match["value"] is not None else 0
            start, end = match.span(group)
            number = bare(match[group])
            if not self.check(number) or (self.fits is not None and not self.fits(plain, start, end, number)):
                continue
            place = self.grow(plain, start, end) if self.grow is not None else (start, end)
            if place is not None:
                yield Value(*place, number)
