"""Charts drawn on the server: tables whose bars are small SVGs, so that they can be read, heard and printed alike."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

PARTS = (("stop", "须处理"), ("review", "须复核"))
_WIDE, _HIGH = 1000, 100  # of a bar's own space; the page stretches it


class Bar(NamedTuple):
    """One line or column: how many findings stop a post, how many are to be looked at again."""

    name: str
    stops: int
    reviews: int
    href: str = ""
    hint: str = ""

    @property
    def total(self) -> int:
        return self.stops + self.reviews


def months(
    counts: Mapping[str, tuple[int, int]],
    most: int = 24,
    address: Callable[[datetime.date, datetime.date], str] = lambda _first, _last: "",
) -> list[Bar]:
    """Months up to the latest that has anything, those without a finding too.

    Args:
        counts: month ("2026-03") → how many stop a post, how many are to be looked at again.
        most: no more than so many, the latest.
        address: first and last day of a month that has anything → where its column leads.
    """
    if not counts:
        return []
    made: list[Bar] = []
    day = datetime.date.fromisoformat(f"{max(counts)}-01")
    while len(made) < most and f"{day:%Y-%m}" >= min(counts):
        following = (day + datetime.timedelta(days=31)).replace(day=1)
        found = counts.get(f"{day:%Y-%m}")
        href = address(day, following - datetime.timedelta(days=1)) if found else ""
        made.append(Bar(f"{day.month}月", *(found or (0, 0)), href, str(day.year) if day.month == 1 else ""))
        day = (day - datetime.timedelta(days=1)).replace(day=1)
    first = f"{day + datetime.timedelta(days=31):%Y}"  # the month after the one not shown any more
    return [made[-1]._replace(hint=first), *made[-2::-1]]


def bars(heading: str, unit: str, of: Sequence[Bar]) -> Markup:
    """A table of lines, the longest bar as wide as there is room. ``heading`` names the first column."""
    most = max((one.total for one in of), default=0)
    rows = Markup("").join(
        Markup(
            '<tr><th scope="row">{}{}</th><td class="bar-cell">{}</td><td class="count">{}</td></tr>\n'
        ).format(
            _linked(one),
            Markup("<small>{}</small>").format(one.hint) if one.hint else "",
            _bar(one, most),
            _count(one),
        )
        for one in of
    )
    return Markup(
        '<table class="chart"><thead class="unseen"><tr><th scope="col">{}</th><td></td><th scope="col">{}</th></tr></thead>\n'
        "<tbody>\n{}</tbody></table>"
    ).format(heading, unit, rows)


def columns(of: Sequence[Bar]) -> Markup:
    """Columns from left to right, as for months; each names itself."""
    most = max((one.total for one in of), default=0)
    items = Markup("").join(
        Markup(
            '<li><span class="count">{}</span>{}<span class="name">{}</span><small>{}</small></li>\n'
        ).format(_count(one), _column(one, most), _linked(one), one.hint)
        for one in of
    )
    return Markup('<ol class="columns">\n{}</ol>').format(items)


def _linked(one: Bar) -> Markup:
    return Markup('<a href="{}">{}</a>').format(one.href, one.name) if one.href else escape(one.name)


def _count(one: Bar) -> Markup:
    """The total, and for who cannot see the bar its parts."""
    return Markup('{}<span class="unseen">（须处理 {}，须复核 {}）</span>').format(
        one.total, one.stops, one.reviews
    )


def _bar(one: Bar, most: int) -> Markup:
    return _drawn([(kind, start, 0, size, _HIGH) for kind, start, size in _parts(one, most)], _WIDE, _HIGH)


def _column(one: Bar, most: int) -> Markup:
    """The same, upright."""
    shapes = [(kind, 0, _WIDE - start - size, _HIGH, size) for kind, start, size in _parts(one, most)]
    return _drawn(shapes, _HIGH, _WIDE)


def _parts(one: Bar, most: int) -> list[tuple[str, int, int]]:
    """Kind, start and size of each part of a bar; what is there is never too small to be seen."""
    parts, at = [], 0
    for (kind, _), count in zip(PARTS, (one.stops, one.reviews), strict=True):
        if count:
            size = max(round(_WIDE * count / most), 4)
            parts.append((kind, at, size))
            at += size
    return parts


def _drawn(shapes: Sequence[tuple[str, int, int, int, int]], wide: int, high: int) -> Markup:
    """Rectangles: kind, x, y, width, height. The page gives kinds their colours."""
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
    return Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
    ).format(wide, high, Markup("").join(shape.format(*one) for one in shapes))
