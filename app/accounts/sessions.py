"""Sessions: kept here, not in the browser; a few minutes idle ends them. No “remember me” (六安 第二十二条)."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from app.register.clock import written
from app.register.models import sessions, users
from app.register.store import Register
from app.register.writer import Job, Transaction

COOKIE = "xianshen"
LONGEST = datetime.timedelta(hours=12)
_STEP = datetime.timedelta(seconds=30)  # how often "last seen" is written
_APART = datetime.timedelta(minutes=5)  # that the clocks of two machines may differ


def beginning(register: Register, person: str, login: str) -> tuple[str, Job[None]]:
    """The cookie's value and the job that keeps its digest."""
    token = secrets.token_urlsafe(32)
    moment = datetime.datetime.now(datetime.UTC)
    idle = datetime.timedelta(minutes=register.settings.session_minutes)

    def job(transaction: Transaction) -> None:
        over = or_(sessions.c.seen < written(moment - idle), sessions.c.began < written(moment - LONGEST))
        transaction.connection.execute(delete(sessions).where(over))
        row = {"hash": register.keys.token("session", token), "person": person, "began": written(moment)}
        transaction.connection.execute(insert(sessions).values(**row, seen=written(moment)))
        transaction.audit("logged-in", login, {"login": login})

    return token, job


def find(register: Register, token: str) -> dict[str, Any] | None:
    """The account of a living session; None: log in again. Says that it was seen, now and then."""
    hashed = register.keys.token("session", token)
    moment = datetime.datetime.now(datetime.UTC)
    with register.read() as connection:
        found = connection.execute(
            select(sessions.c.began, sessions.c.seen, users)
            .join(users, users.c.id == sessions.c.person)
            .where(sessions.c.hash == hashed)
        ).first()
    if found is None:
        return None
    idle = datetime.timedelta(minutes=register.settings.session_minutes)
    if found.disabled or found.seen < written(moment - idle) or found.began < written(moment - LONGEST):
        return None
    if found.seen > written(moment + _APART):
        return None  # seen by a clock that ran ahead and was put right: it would hold until that time
    if found.seen < written(moment - _STEP):

        def seen(transaction: Transaction) -> None:
            transaction.connection.execute(
                update(sessions).where(sessions.c.hash == hashed).values(seen=written(moment))
            )

        register.submit(seen)
    return found._asdict()


def ending(register: Register, token: str, login: str) -> Job[None]:
    """Logged out."""

    def job(transaction: Transaction) -> None:
        hashed = register.keys.token("session", token)
        transaction.connection.execute(delete(sessions).where(sessions.c.hash == hashed))
        transaction.audit("logged-out", login, {"login": login})

    return job


def form_token(register: Register, token: str) -> str:
    """What every form of this session carries (CSRF)."""
    return register.keys.token("form", token)
