"""Sets of words in the database: propose, decide, look up. The set number N is what held after the N-th decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from app.register.chain import new_id
from app.register.keeping import masked
from app.register.models import word_entries, word_proposals, word_sets, word_versions
from app.register.store import Register
from app.register.way import Person
from app.register.writer import Job, Refused, Transaction

ADD, CHANGE, WITHDRAW = "add", "change", "withdraw"
_PROPOSES = frozenset({"keeper", "administrator"})
_DECIDES = frozenset({"keeper", "administrator", "approver"})
MOST = 300_000  # words of one set
_BATCH = 20_000  # changes decided together
_WAITING = 50_000  # proposals that may wait
_REASON = 1000  # code points


class Change(NamedTuple):
    """One wish: what is to stand (or no longer to stand) in which list. ``value``: as it is kept, JSON."""

    list: str
    act: str
    word: str
    folded: str
    value: str


class Newest(NamedTuple):
    """The set that holds. Number 0: only what the files say."""

    number: int
    batch: str


def proposing(changes: Sequence[Change], reason: str, basis: str, person: Person) -> Job[str]:
    """Put a wish down for a second person to decide; its batch.

    Raises:
        Refused: 403 not theirs; 422 no reason or basis, nothing or too much; 409 the same wish waits already.
    """

    def job(transaction: Transaction) -> str:
        if (
            not person.roles & _PROPOSES
            and not person.id.startswith(("key:", "cli:"))
            and person.id != "local"
        ):
            raise Refused(403, "提出词库变更须有档案或系统管理角色", who=person.id, act="propose")
        if not reason.strip() or not basis.strip():
            raise Refused(422, "须写明理由和依据（哪一条规定）")
        if not changes or len(changes) > _BATCH:
            raise Refused(422, f"一次 1 到 {_BATCH} 条")
        connection = transaction.connection
        count = connection.execute(
            select(func.count()).select_from(word_proposals).where(word_proposals.c.state == "proposed")
        ).scalar()
        if (count or 0) + len(changes) > _WAITING:
            raise Refused(409, f"待批准的变更已有 {count} 条，请先办理")
        batch = new_id()
        common = {
            "batch": batch,
            "reason": masked(reason.strip()[:_REASON]),
            "basis": masked(basis.strip()[:_REASON]),
            "state": "proposed",
            "proposer": person.id,
            "proposer_name": person.name[:80],
            "decider": "",
            "decider_name": "",
            "note": "",
            "at": transaction.at,
            "decided_at": "",
        }
        connection.execute(
            insert(word_proposals), [{"id": new_id(), **common, **one._asdict()} for one in changes]
        )
        transaction.audit(
            "words-proposed",
            person.id,
            {"batch": batch, "name": person.name, "changes": _told(changes), "count": len(changes),
             "reason": common["reason"], "basis": common["basis"]},
        )  # fmt: skip
        return batch

    return job


def _told(changes: Sequence[Change]) -> list[list[str]]:
    """The first changes in words, for the audit log; the rest stand in the proposals."""
    return [[one.act, one.list, one.word] for one in changes[:50]]


def refusing(batch: str, note: str, person: Person) -> Job[None]:
    """No. One's own wish may be taken back too, but then it is so called."""

    def job(transaction: Transaction) -> None:
        rows = _waiting(transaction.connection, batch)
        if not note.strip():
            raise Refused(422, "请写明不同意的理由")
        may_decide({(row.proposer, row.proposer_name) for row in rows}, person)
        _decide(transaction, batch, "refused", note, person)
        transaction.audit(
            "words-refused", person.id, {"batch": batch, "name": person.name, "note": masked(note.strip()[:_REASON])}
        )  # fmt: skip

    return job


def approving(batch: str, base: int, note: str, person: Person) -> Job[int]:
    """Yes, by a second person: the new set's number. ``base``: the set it was checked against.

    Raises:
        Refused: 403 the same person, or not theirs; 404 nothing waits; 409 another set was approved meanwhile.
    """

    def job(transaction: Transaction) -> int:
        connection = transaction.connection
        rows = _waiting(connection, batch)
        may_decide({(row.proposer, row.proposer_name) for row in rows}, person)
        if (now := newest(connection).number) != base:
            raise Refused(409, f"其间已有新的一版（第 {now} 版），请重新核对后再批准")
        number = base + 1
        for row in rows:
            here = and_(
                word_entries.c.list == row.list, word_entries.c.folded == row.folded, word_entries.c.gone == 0
            )
            connection.execute(update(word_entries).where(here).values(gone=number))
        standing = [
            {"list": row.list, "folded": row.folded, "since": number, "gone": 0, "word": row.word, "value": row.value,
             "proposal": row.id}
            for row in rows
            if row.value
        ]  # fmt: skip
        if standing:
            connection.execute(insert(word_entries), standing)
        size = connection.execute(
            select(func.count()).select_from(word_entries).where(word_entries.c.gone == 0)
        ).scalar()
        if (size or 0) > MOST:
            raise Refused(422, f"词条将达 {size} 条，超过上限 {MOST} 条")
        connection.execute(
            insert(word_sets).values(
                number=number, size=size or 0, who=person.id, batch=batch, at=transaction.at
            )
        )
        _decide(transaction, batch, "approved", note, person)
        transaction.audit(
            "words-approved",
            person.id,
            {"batch": batch, "set": number, "name": person.name, "proposer": rows[0].proposer,
             "note": masked(note.strip()[:_REASON]), "count": len(rows)},
        )  # fmt: skip
        return number

    return job


def _waiting(connection: Connection, batch: str) -> list[Any]:
    rows = connection.execute(
        select(word_proposals)
        .where(word_proposals.c.batch == batch, word_proposals.c.state == "proposed")
        .order_by(word_proposals.c.id)
    ).all()
    if not rows:
        raise Refused(404, "没有这一批待批准的变更，或已办理")
    return list(rows)


def may_decide(proposers: Collection[tuple[str, str]], person: Person) -> None:
    """Whether this person may decide on wishes of these (id, name).

    Raises:
        Refused: 403.
    """
    if person.id == "local":
        raise Refused(403, "词库变更须由第二人批准：请先建立账户")
    if not person.roles & _DECIDES or person.id.startswith("key:"):
        raise Refused(
            403, "批准词库变更须由有审批、档案或系统管理角色的人员办理", who=person.id, act="decide"
        )
    if any(person.id == id_ or person.name == name for id_, name in proposers):
        raise Refused(403, "不得批准自己提出的变更，须由第二人办理", who=person.id, act="decide own")


def _decide(transaction: Transaction, batch: str, state: str, note: str, person: Person) -> None:
    transaction.connection.execute(
        update(word_proposals)
        .where(word_proposals.c.batch == batch, word_proposals.c.state == "proposed")
        .values(
            state=state,
            decider=person.id,
            decider_name=person.name[:80],
            note=masked(note.strip()[:_REASON]),
            decided_at=transaction.at,
        )
    )


# --- looking up ---------------------------------------------------------------------------------


def newest(connection: Connection) -> Newest:
    """The set that holds now."""
    row = connection.execute(
        select(word_sets.c.number, word_sets.c.batch).order_by(word_sets.c.number.desc()).limit(1)
    ).first()
    return Newest(int(row.number), str(row.batch)) if row else Newest(0, "")


def holding(connection: Connection, number: int, list_: str = "") -> Iterator[Any]:
    """The rows (list, folded, word, value) of a set, in order of list and key."""
    held = and_(word_entries.c.since <= number, or_(word_entries.c.gone == 0, word_entries.c.gone > number))
    if list_:
        held = and_(held, word_entries.c.list == list_)
    yield from connection.execution_options(yield_per=5000).execute(
        select(word_entries.c.list, word_entries.c.folded, word_entries.c.word, word_entries.c.value,
               word_entries.c.since, word_entries.c.proposal)
        .where(held)
        .order_by(word_entries.c.list, word_entries.c.folded)
    )  # fmt: skip


def standing(register: Register, list_: str) -> dict[str, tuple[str, str, int]]:
    """What holds in a list beside the files: key → (word, value, number of the set that brought it)."""
    with register.read() as connection:
        number = newest(connection).number
        return {row.folded: (row.word, row.value, row.since) for row in holding(connection, number, list_)}


def content(connection: Connection, number: int, batch: str) -> dict[tuple[str, str], tuple[str, str]]:
    """(list, key) → (word, value) of a set; of one not yet decided: the set before it and its batch."""
    decided = newest(connection).number
    found = {
        (row.list, row.folded): (row.word, row.value)
        for row in holding(connection, number if number <= decided else number - 1)
    }
    if number > decided:
        for row in connection.execute(
            select(word_proposals).where(word_proposals.c.batch == batch).order_by(word_proposals.c.id)
        ):
            if row.value:
                found[row.list, row.folded] = (row.word, row.value)
            else:
                found.pop((row.list, row.folded), None)
    return found


def proposals(
    register: Register, state: str = "proposed", most: int = 500, batch: str = ""
) -> list[dict[str, Any]]:
    """Wishes in this state, oldest batch first."""
    wanted = word_proposals.c.batch == batch if batch else word_proposals.c.state == state
    with register.read() as connection:
        rows = connection.execute(
            select(word_proposals)
            .where(wanted)
            .order_by(word_proposals.c.at, word_proposals.c.id)
            .limit(most)
        )
        return [row._asdict() for row in rows]


def history(register: Register, most: int = 100) -> list[dict[str, Any]]:
    """The sets, newest first, each with the "data" its verdicts name."""
    with register.read() as connection:
        known: dict[int, list[str]] = {}
        for row in connection.execute(select(word_versions).order_by(word_versions.c.at)):
            known.setdefault(row.number, []).append(row.data)
        rows = connection.execute(select(word_sets).order_by(word_sets.c.number.desc()).limit(most))
        return [row._asdict() | {"data": known.get(row.number, [])} for row in rows]


def number_of(connection: Connection, data: str) -> int | None:
    """The set that a verdict's "data" speaks of; None: never heard of."""
    found = connection.execute(select(word_versions.c.number).where(word_versions.c.data == data)).scalar()
    return None if found is None else int(found)


def batch_of(connection: Connection, number: int) -> str:
    """The batch whose approval made this set."""
    return str(
        connection.execute(select(word_sets.c.batch).where(word_sets.c.number == number)).scalar() or ""
    )


def noting(data: str, number: int, engine: str) -> Job[None]:
    """Remember which set a "data" speaks of."""

    def job(transaction: Transaction) -> None:
        connection = transaction.connection
        if number_of(connection, data) is None:
            connection.execute(
                insert(word_versions).values(data=data, number=number, engine=engine, at=transaction.at)
            )

    return job
