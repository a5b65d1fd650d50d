"""Time as the register writes it (UTC) and as the office reads it (this machine's calendar)."""

from __future__ import annotations

import datetime


def now() -> str:
    """UTC, ISO 8601, milliseconds."""
    return written(datetime.datetime.now(datetime.UTC))


def written(moment: datetime.datetime) -> str:
    """A moment as entries write it; as text it sorts by time."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today() -> datetime.date:
    """The office's day."""
    return datetime.datetime.now().astimezone().date()


def start_of(day: datetime.date) -> str:
    """The first moment of a day of the office, as entries write it."""
    return written(datetime.datetime.combine(day, datetime.time()).astimezone())


def day_of(at: str) -> datetime.date:
    """The office's day of an entry."""
    return datetime.datetime.fromisoformat(at).astimezone().date()


def shown(at: str) -> str:
    """An entry's time for people, to the minute; "" stays "" ."""
    return datetime.datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else ""
