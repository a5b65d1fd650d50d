"""Keeping house: walking the chains, tidying, destroying by the rules of the archive."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from app.register.acts import refresh
from app.register.chain import REGISTERS, Walk, walk
from app.register.clock import start_of, today, written
from app.register.database import RegisterError
from app.register.models import contents, entries, records, replies, texts, waivers
from app.register.store import Register
from app.register.way import OPEN
from app.register.writer import Job, Transaction

_REPLIES = datetime.timedelta(days=2)


def walk_all(
    register: Register, tell: Callable[[int], None] = lambda _: None, anchor: tuple[int, str] | None = None
) -> list[Walk]:
    """Walk both chains; ``anchor`` is of the register's."""
    found = []
    for name in REGISTERS:
        with register.read() as connection:
            found.append(walk(connection, register.keys, name, tell, anchor if name == "register" else None))
    return found


def tidy(register: Register) -> None:
    """Old replies out; the states of records whose waivers have run out.

    A reply from the future was written by a clock that ran ahead: it would be given until that time.
    """
    now = datetime.datetime.now(datetime.UTC)
    wrong = or_(replies.c.at < written(now - _REPLIES), replies.c.at > written(now + _REPLIES))

    def replies_out(transaction: Transaction) -> None:
        transaction.connection.execute(delete(replies).where(wrong))

    register.call(replies_out)
    with register.read() as connection:
        over = and_(waivers.c.until < today().isoformat(), waivers.c.revoked.is_(False))
        held = or_(
            waivers.c.record == records.c.id,
            and_(waivers.c.scope == "phrase", waivers.c.unit == records.c.unit),
        )
        stale = connection.execute(
            select(records.c.id)
            .distinct()
            .join(waivers, held)
            .where(over, records.c.stops > 0, records.c.state.in_(OPEN), records.c.state != "blocked")
        ).scalars()
        ids = list(stale)
    for one in ids:
        register.call(lambda transaction, one=one: refresh(transaction, one, touched=False))  # type: ignore[misc]


def destroyable(register: Register, before: datetime.date) -> list[dict[str, Any]]:
    """Records last touched before a day, and months of the audit log, that may be destroyed.

    Raises:
        RegisterError: the day lies within the retention period.
    """
    youngest = today() - datetime.timedelta(days=register.settings.retention_days)
    if before > youngest:
        raise RegisterError(
            f"保管期限为 {register.settings.retention_days} 天，只能销毁 {youngest} 以前的档案"
        )
    limit = start_of(before)
    with register.read() as connection:
        old = connection.execute(
            select(records.c.id, records.c.number, records.c.state)
            .where(
                records.c.changed_at < limit,
                records.c.state.in_(
                    ("filed", "superseded", "returned", "blocked", "answering", "reviewing", "approving")
                ),
            )
            .order_by(records.c.seq)
        ).all()
        months = connection.execute(
            select(entries.c.record)
            .distinct()
            .join(contents, contents.c.entry == entries.c.id)
            .where(entries.c.register == "audit", entries.c.kind != "destroyed", entries.c.record < limit[:7])
            .order_by(entries.c.record)
        ).scalars()
        return [
            *({"register": "register", "id": one.id, "number": one.number} for one in old),
            *({"register": "audit", "id": one, "number": f"审计日志 {one}"} for one in months),
        ]


def destroying(one: Mapping[str, Any], name: str, reason: str) -> Job[None]:
    """Destroy what one record or one month of the audit log says; its entries' headers stay, chained."""

    def job(transaction: Transaction) -> None:
        connection = transaction.connection
        held = connection.execute(
            select(func.count()).select_from(contents).where(contents.c.record == one["id"])
        ).scalar()
        content = {"number": one["number"], "entries": held, "reason": reason, "name": name}
        transaction.append(one["register"], "destroyed", one["id"], f"cli:{name}", content)
        connection = transaction.connection
        connection.execute(
            delete(contents).where(contents.c.record == one["id"], contents.c.kind != "destroyed")
        )
        if one["register"] == "register":
            connection.execute(delete(texts).where(texts.c.record == one["id"]))
            connection.execute(delete(replies).where(replies.c.record == one["id"]))
            connection.execute(
                delete(waivers).where(waivers.c.record == one["id"])
            )  # a year old: all are over
            connection.execute(
                update(records)
                .where(records.c.id == one["id"])
                .values(
                    title="", editor_name="", external_id="", state="destroyed", changed_at=transaction.at
                )
            )

    return job
