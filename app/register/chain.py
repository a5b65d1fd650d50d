"""The chain: each entry carries the keyed digest of the one before, so that no entry can be changed, lost or put in unseen."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, select

from app.register.keys import Keys, canonical
from app.register.models import contents, entries, heads

if TYPE_CHECKING:
    from sqlalchemy import Connection

GENESIS = ""
REGISTERS = ("audit", "register")
_PAGE = 1000
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A ULID: 48 bits of time, 80 of chance; sorts by time."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


class Entry(NamedTuple):
    """One entry with what it says. ``content`` is None after its destruction."""

    seq: int
    id: str
    kind: str
    record: str
    who: str
    at: str
    content: dict[str, Any] | None


def seal(keys: Keys, register: str, row: dict[str, Any], previous: str) -> str:
    """The digest of an entry's header, what it says and the entry before it."""
    return keys.link(
        canonical(
            [
                register,
                row["seq"],
                row["id"],
                row["kind"],
                row["record"],
                row["who"],
                row["at"],
                row["content_digest"],
            ]
        ),
        previous.encode(),
    )


def content_digest(keys: Keys, content: bytes) -> str:
    """Keyed, so that what was destroyed cannot be guessed back."""
    return keys.link(b"content", content)


class Broken(NamedTuple):
    """The first entry that is not as it was written, and in which way."""

    register: str
    seq: int
    reason: str


class Walk(NamedTuple):
    """What walking a chain found: how many entries, its last digest, and the first broken place."""

    register: str
    entries: int
    digest: str
    broken: Broken | None


def walk(
    connection: Connection,
    keys: Keys,
    register: str,
    tell: Callable[[int], None] = lambda _: None,
    anchor: tuple[int, str] | None = None,
) -> Walk:
    """Walk a chain from its first entry, in bounded memory.

    Args:
        connection: a snapshot.
        keys: the register's keys.
        register: which chain.
        tell: called with the number of entries seen, now and then.
        anchor: (seq, digest) noted elsewhere earlier: the chain must still hold it.
    """
    previous, count = GENESIS, 0
    for entry in _headers(connection, register):
        fault = _fault(connection, keys, register, entry, count + 1, previous)
        if not fault and anchor is not None and anchor[0] == entry["seq"] and anchor[1] != entry["digest"]:
            fault = "与此前另行留存的校验值不符"
        if fault:
            return Walk(register, count, previous, Broken(register, count + 1, fault))
        count, previous = count + 1, entry["digest"]
        if count % _PAGE == 0:
            tell(count)
    tell(count)
    head = connection.execute(select(heads.c.seq, heads.c.digest).where(heads.c.name == register)).first()
    whole = head is not None and (head.seq, head.digest) == (count, previous)
    if not whole or (anchor is not None and anchor[0] > count):
        return Walk(register, count, previous, Broken(register, count + 1, "末尾有登记缺失"))
    return Walk(register, count, previous, None)


def _headers(connection: Connection, register: str) -> Iterator[dict[str, Any]]:
    """All entries in order, a page at a time, each with what it says."""
    joined = entries.outerjoin(contents, contents.c.entry == entries.c.id)
    kept = (contents.c.content, contents.c.record.label("kept_under"), contents.c.kind.label("kept_as"))
    last = 0
    while True:
        page = connection.execute(
            select(*entries.c, *kept)
            .select_from(joined)
            .where(and_(entries.c.register == register, entries.c.seq > last))
            .order_by(entries.c.seq)
            .limit(_PAGE)
        ).all()
        yield from (row._asdict() for row in page)
        if len(page) < _PAGE:
            return
        last = page[-1].seq


def _fault(  # noqa: PLR0913 an entry and the place it should have
    connection: Connection, keys: Keys, register: str, entry: dict[str, Any], seq: int, previous: str
) -> str:
    """What is wrong with an entry, "" where nothing is."""
    if entry["seq"] != seq:
        return "缺少这一条"
    if entry["previous"] != previous:
        return "与前一条不衔接"
    if entry["digest"] != seal(keys, register, entry, previous):
        return "登记内容与校验值不符"
    if entry["content"] is None:
        lawful = entry["kind"] != "destroyed" and _destroyed(connection, register, entry)
        return "" if lawful else "正文缺失，且没有销毁登记"
    place = (entry["kept_under"], entry["kept_as"]) == (entry["record"], entry["kind"])
    if not place or content_digest(keys, entry["content"].encode()) != entry["content_digest"]:
        return "正文与校验值不符"
    return ""


def _destroyed(connection: Connection, register: str, entry: dict[str, Any]) -> bool:
    """Whether a later entry of the same chain says that this record was destroyed."""
    return (
        connection.execute(
            select(entries.c.seq)
            .where(
                and_(
                    entries.c.record == entry["record"],
                    entries.c.register == register,
                    entries.c.kind == "destroyed",
                    entries.c.seq > entry["seq"],
                )
            )
            .limit(1)
        ).first()
        is not None
    )
