"""API keys of programs: 256 bit, shown once, kept as a keyed digest, scoped, and with an end."""

from __future__ import annotations

import datetime
import hmac
import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import insert, select, update

from app.accounts.people import AccountError
from app.register.clock import now, written
from app.register.keys import Keys
from app.register.models import api_keys
from app.register.store import Register
from app.register.way import Person
from app.register.writer import Job, Refused, Transaction

SCOPES = {"screen": "审查", "records": "查看登记、核对", "lexicons": "词库", "metrics": "运行指标"}
LONGEST_DAYS = 730
_HEAD = "xs"


class Key(NamedTuple):
    """One key as the gate needs it."""

    hash: str
    scopes: frozenset[str]
    expires: str
    person: Person


def adding(  # noqa: PLR0913 a key has these parts
    keys: Keys, name: str, scopes: Iterable[str], unit: str, days: int, by: str
) -> tuple[str, Job[None]]:
    """The key itself, to be shown once, and the job that keeps its digest.

    Raises:
        AccountError: no such scope, no name, or too long a life.
    """
    wanted = sorted(set(scopes))
    if unknown := set(wanted) - SCOPES.keys():
        raise AccountError(f"没有权限范围 {'、'.join(sorted(unknown))}；可用 {'、'.join(SCOPES)}")
    if not wanted or not name.strip():
        raise AccountError("须写明名称和权限范围")
    if not 1 <= days <= LONGEST_DAYS:
        raise AccountError(f"有效期 1 到 {LONGEST_DAYS} 天")
    prefix = secrets.token_hex(4)
    whole = f"{_HEAD}_{prefix}_{secrets.token_urlsafe(32)}"
    expires = written(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days))

    def job(transaction: Transaction) -> None:
        transaction.connection.execute(
            insert(api_keys).values(
                prefix=prefix,
                hash=keys.token("key", whole),
                name=name.strip(),
                unit=unit.strip(),
                scopes=msgspec.json.encode(wanted).decode(),
                expires=expires,
                revoked=False,
                at=transaction.at,
            )
        )
        content = {"prefix": prefix, "name": name, "scopes": wanted, "unit": unit, "expires": expires}
        transaction.audit("key-added", by, content)

    return whole, job


def revoking(prefix: str, by: str) -> Job[None]:
    """Never to be used again; works within two seconds in every process."""

    def job(transaction: Transaction) -> None:
        changed = transaction.connection.execute(
            update(api_keys)
            .where(api_keys.c.prefix == prefix, api_keys.c.revoked.is_(False))
            .values(revoked=True)
        )
        if not changed.rowcount:
            raise Refused(404, f"没有密钥 {prefix}，或已撤销")
        transaction.audit("key-revoked", by, {"prefix": prefix})

    return job


def listed(register: Register) -> list[dict[str, Any]]:
    """All keys, without the keys."""
    with register.read() as connection:
        rows = connection.execute(select(api_keys).order_by(api_keys.c.at)).all()
    return [{**row._asdict(), "scopes": msgspec.json.decode(row.scopes), "hash": ""} for row in rows]


def valid(register: Register) -> dict[str, Key]:
    """The keys that may be used, by prefix."""
    with register.read() as connection:
        rows = connection.execute(select(api_keys).where(api_keys.c.revoked.is_(False))).all()
    return {
        row.prefix: Key(
            row.hash,
            frozenset(msgspec.json.decode(row.scopes)),
            row.expires,
            Person(f"key:{row.prefix}", row.name, row.unit, "own" if row.unit else "all"),
        )
        for row in rows
    }


def find(known: dict[str, Key], keys: Keys, given: str) -> Key | None:
    """The key that was sent, if it is one; a look into a table and one digest."""
    head, _, rest = given.partition("_")
    found = known.get(rest.partition("_")[0]) if head == _HEAD else None
    if (
        found is None
        or not hmac.compare_digest(found.hash, keys.token("key", given))
        or found.expires < now()
    ):
        return None
    return found
