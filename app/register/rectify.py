"""Problems that a supervisor told: lines of the 整改清单, each with a last day in working days (六安 第二十五条)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from app.documents import workdays
from app.register import keeping
from app.register.chain import new_id
from app.register.clock import today
from app.register.lookup import Filters
from app.register.models import notices
from app.register.store import Register
from app.register.way import Person
from app.register.writer import Job, Refused, Transaction

_ALL = Filters()
STATES = ("待整改", "已整改", "情况说明")


def noticing(person: Person, notice: Mapping[str, Any]) -> Job[str]:
    """One more line of the 整改清单; its id."""

    def job(transaction: Transaction) -> str:
        row = {
            "id": new_id(),
            "unit": notice["unit"],
            "problem": keeping.masked(notice["problem"]),
            "basis": keeping.masked(notice["basis"]),
            "told_on": notice["told_on"],
            "days": notice["days"],
            "state": "待整改",
            "person": keeping.masked(notice["person"]),
            "remark": "",
        }
        transaction.append("register", "noticed", row["id"], person.id, row | {"name": person.name})
        transaction.connection.execute(insert(notices).values(**row, at=transaction.at))
        return str(row["id"])

    return job


def mending(register: Register, notice: str, person: Person, state: str, remark: str) -> Job[None]:
    """What became of it. Over time: an explanation is demanded (六安 第二十五条)."""

    def job(transaction: Transaction) -> None:
        connection = transaction.connection
        row = connection.execute(select(notices).where(notices.c.id == notice)).first()
        if row is None or not person.sees(row.unit):
            raise Refused(404, "没有这一条整改事项")
        if row.state == "已整改":
            raise Refused(409, "这一条已经整改，不能再改")
        last = notice_due(register, row._asdict())
        if not remark.strip() and (state == "情况说明" or today() > last):
            raise Refused(422, "逾期未整改到位的，须说明情况")
        said = {"state": state, "remark": keeping.masked(remark)}
        connection.execute(update(notices).where(notices.c.id == notice).values(**said))
        transaction.append("register", "mended", notice, person.id, said | {"name": person.name})

    return job


def notice_due(register: Register, notice: Mapping[str, Any]) -> datetime.date:
    """The last day to mend a problem."""
    return workdays.after(datetime.date.fromisoformat(notice["told_on"]), notice["days"], register.days)


def listed(register: Register, person: Person, filters: Filters = _ALL) -> list[dict[str, Any]]:
    """All of them, or those of a unit told within some days, with the last day of each."""
    with register.read() as connection:
        wanted = select(notices).order_by(notices.c.told_on, notices.c.id)
        if filters.unit:
            wanted = wanted.where(notices.c.unit == filters.unit)
        if filters.since:
            wanted = wanted.where(notices.c.told_on >= filters.since)
        if filters.until:
            wanted = wanted.where(notices.c.told_on <= filters.until)
        if not person.everywhere:
            wanted = wanted.where(notices.c.unit == person.unit)
        rows = [row._asdict() for row in connection.execute(wanted)]
    return [row | {"due": notice_due(register, row)} for row in rows]
