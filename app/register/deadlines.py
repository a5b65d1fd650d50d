"""Public deadlines: from the forming of the information to its release, in working days where the regulation says so."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app.documents import workdays


class TableError(ValueError):
    """The operator's table of days cannot be used: names file, line and reason."""


class Due(NamedTuple):
    """One deadline of one post. ``left``: days still to go, negative when over; of the deadline's own kind."""

    basis: str
    asks: str
    unit: str
    due: datetime.date
    last: datetime.date | None  # where the regulation allows more in special cases
    left: int


def read_table(path: Path | None) -> dict[datetime.date, bool]:
    """The operator's own days: a CSV file, a line each, ``2027-02-08,休`` or ``2027-02-20,班``.

    Raises:
        TableError: naming file and line.
    """
    if path is None:
        return {}
    table: dict[datetime.date, bool] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file), 1):
                if not row or row[0].strip().startswith("#"):
                    continue
                try:
                    day, kind = datetime.date.fromisoformat(row[0].strip()), row[1].strip()
                    table[day] = {"休": False, "班": True}[kind]
                except (ValueError, LookupError) as error:
                    raise TableError(
                        f"{path} 第 {number} 行：应为“2027-02-08,休”或“2027-02-20,班”"
                    ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path}：无法读取") from error
    return table


def due(
    regulations: Iterable[Mapping[str, Any]],
    category: str,
    formed_on: datetime.date | None,
    done_on: datetime.date,
    table: Mapping[datetime.date, bool],
) -> list[Due]:
    """Every deadline that applies, the nearest first.

    Args:
        regulations: as the register keeps them.
        category: of the post.
        formed_on: when the information was formed; None: nothing can be reckoned.
        done_on: today, or the day of release.
        table: the operator's own days.
    """
    if formed_on is None or not category:
        return []
    found = []
    for regulation in regulations:
        for one in regulation["deadlines"]:
            if category not in one["category"]:
                continue
            working = one["unit"] == "working"

            def after(days: int, working: bool = working) -> datetime.date:  # noqa: FBT001
                return (
                    workdays.after(formed_on, days, table)
                    if working
                    else formed_on + datetime.timedelta(days)
                )

            end = after(one["days"])
            left = workdays.between(done_on, end, table) if working else (end - done_on).days
            last = after(one["at_most"]) if one["at_most"] else None
            found.append(
                Due(f"{regulation['title']} {one['basis']}", one["asks"], one["unit"], end, last, left)
            )
    return sorted(found, key=lambda one: (one.due, one.basis))
