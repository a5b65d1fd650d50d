"""Working days of the People's Republic: weekends, holidays and the days worked instead of them.

Source: the yearly notices of the State Council as carried by the package chinese-calendar (2004
to 2026 at the time of writing). Years it does not know come from the operator's table.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import chinese_calendar

_ONE = datetime.timedelta(days=1)


def is_workday(day: datetime.date, table: Mapping[datetime.date, bool] | None = None) -> bool:
    """Whether offices work that day. Of a year nobody knows yet: Monday to Friday.

    Args:
        day: the day.
        table: the operator's own days (True: worked), which go before everything else.
    """
    if table and day in table:
        return table[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5  # noqa: PLR2004 Saturday


def after(day: datetime.date, count: int, table: Mapping[datetime.date, bool] | None = None) -> datetime.date:
    """The ``count``-th working day after a day."""
    while count > 0:
        day += _ONE
        count -= is_workday(day, table)
    return day


def between(
    start: datetime.date, end: datetime.date, table: Mapping[datetime.date, bool] | None = None
) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -between(end, start, table)
    return sum(is_workday(start + _ONE * one, table) for one in range(1, (end - start).days + 1))
