"""What the register says in numbers: findings by rule, by unit, by month. Each screening counts, a mended post again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from sqlalchemy import and_, func, select

from app.register.clock import day_of
from app.register.lookup import Filters, _where
from app.register.models import contents, records

if TYPE_CHECKING:
    from app.register.store import Register
    from app.register.way import Person

MOST = 20_000  # records whose findings are read one by one: some two seconds
_AT_ONCE = 500


class Sum(NamedTuple):
    """How often: in posts, as findings that stop one and findings to be looked at again."""

    name: str
    stops: int
    reviews: int
    posts: int = 0


class Figures(NamedTuple):
    """``read`` of all ``posts`` are behind ``rules``: the newest; units and months are of all."""

    posts: int
    blocked: int
    rules: list[Sum]
    units: list[Sum]
    months: list[Sum]
    read: int


class _Finding(msgspec.Struct):
    rule: str
    answer: str | None


class _Screened(msgspec.Struct):
    findings: list[_Finding]


def figures(register: Register, person: Person, filters: Filters, most: int = MOST) -> Figures:
    """The sums of the records that this person may see. Rules are ids, months like 2026-03, largest or earliest first."""
    where = _where(person, filters)
    sums = (func.sum(records.c.stops), func.sum(records.c.reviews), func.count())
    with register.read() as connection:
        by_unit = connection.execute(
            select(records.c.unit, *sums).where(*where).group_by(records.c.unit)
        ).all()
        hour = func.substr(records.c.at, 1, 13)  # an hour of UTC lies in one month of the office
        by_hour = connection.execute(select(hour, *sums).where(*where).group_by(hour)).all()
        blocked = connection.execute(
            select(func.count()).select_from(records).where(*where, records.c.verdict == "block")
        ).scalar()
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(
            select(contents.c.content)
            .select_from(
                records.join(contents, and_(contents.c.record == records.c.id, contents.c.kind == "screened"))
            )
            .where(*where)
            .order_by(records.c.seq.desc())
            .limit(most)
        )
        stops, reviews, read = Counter[str](), Counter[str](), 0
        for row in rows:
            read += 1
            for one in msgspec.json.decode(row.content, type=_Screened).findings:
                if one.answer == "stop":
                    stops[one.rule] += 1
                elif one.answer is not None:
                    reviews[one.rule] += 1
    months: dict[str, list[int]] = {}
    for at, *counts in by_hour:
        month = months.setdefault(day_of(f"{at}:00:00Z").isoformat()[:7], [0, 0, 0])
        months[day_of(f"{at}:00:00Z").isoformat()[:7]] = [a + b for a, b in zip(month, counts, strict=True)]
    rules = [Sum(rule, stops[rule], reviews[rule]) for rule in sorted(stops.keys() | reviews.keys())]
    units = [Sum(unit, *map(int, counts)) for unit, *counts in by_unit]
    return Figures(
        sum(one.posts for one in units),
        int(blocked or 0),
        sorted(rules, key=_weight),
        sorted(units, key=_weight),
        [Sum(month, *map(int, counts)) for month, counts in sorted(months.items())],
        read,
    )


def _weight(one: Sum) -> tuple[int, int, str]:
    return -one.stops - one.reviews, -one.stops, one.name
