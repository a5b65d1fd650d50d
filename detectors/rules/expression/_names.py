"""Many names in one pass, of those that overlap the first and longest."""

from __future__ import annotations

from collections.abc import Callable, Collection

from detectors.matcher import matcher

Found = Callable[[str], list[tuple[int, int]]]


def finder(names: Collection[str]) -> Found:
    """What finds the names in a text: their ranges in order, none in another. No names: it finds nothing."""
    every = matcher(tuple(sorted(names)))

    def found(plain: str) -> list[tuple[int, int]]:
        hits = sorted({(start, -end) for start, end, _ in every.find(plain)})
        ranges: list[tuple[int, int]] = []
        last = 0
        for start, end in hits:
            if start >= last:
                last = -end
                ranges.append((start, last))
        return ranges

    return found
