"""What people do to a record: answer, sign, waive, compare. Each is a job that checks and writes in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from sqlalchemy import insert, select, update

from app.page import Page
from app.register import keeping, way
from app.register.chain import new_id
from app.register.clock import today
from app.register.lookup import story, valid_waivers
from app.register.models import records, texts, waivers
from app.register.way import OPEN, Act, Case, Person, Plea, Waiver
from app.register.writer import Job, Refused, Transaction

_Result = TypeVar("_Result")


def _acting(
    record: str, person: Person, do: Callable[[Transaction, Case, list[Waiver]], _Result]
) -> Job[_Result]:
    def job(transaction: Transaction) -> _Result:
        connection = transaction.connection
        try:
            case = Case.of(story(connection, record))
        except LookupError:
            raise Refused(404, "没有这一登记") from None
        if not person.sees(
            case.unit
        ):  # another unit's record does not exist for them; that they asked is put down
            raise Refused(404, "没有这一登记", who=person.id, act=f"办理其他单位的 {record}")
        result = do(transaction, case, valid_waivers(connection, case, today()))
        refresh(transaction, record)
        return result

    return job


def refresh(transaction: Transaction, record: str, *, touched: bool = True) -> None:
    """Its line in the lists, told anew; ``touched``: somebody did something to it, from then on it is kept."""
    connection = transaction.connection
    try:
        case = Case.of(story(connection, record))
    except LookupError:  # destroyed: its line says so
        return
    values = {
        "state": case.state(valid_waivers(connection, case, today()), today()),
        "published_at": case.published.at if case.published else "",
    }
    if touched:
        values["changed_at"] = transaction.at
    connection.execute(update(records).where(records.c.id == record).values(**values))


def _refresh_all(transaction: Transaction, record: str, scope: str, unit: str) -> None:
    """What a waiver that came or went lets through or holds back."""
    refresh(transaction, record)
    if scope == "phrase":
        others = select(records.c.id).where(
            records.c.unit == unit, records.c.stops > 0, records.c.state.in_(OPEN), records.c.id != record
        )
        for one in transaction.connection.execute(others).scalars().all():
            refresh(transaction, one, touched=False)


def answering(  # noqa: PLR0913 who says what about which item
    record: str, person: Person, checklist: str, item: str, said: str, note: str
) -> Job[None]:
    """A person answers an item."""

    def do(transaction: Transaction, case: Case, _: list[Waiver]) -> None:
        at = checklist or _only_checklist(case, item)
        way.answer(case, person, at, item, said, note)
        content = {
            "checklist": at,
            "item": item,
            "answer": said,
            "note": keeping.masked(note),
            "name": person.name,
        }
        transaction.append("register", "answered", record, person.id, content)

    return _acting(record, person, do)


def signing(record: str, person: Person, wish: Act) -> Job[None]:
    """A step, a signature, a release, a filing."""

    def do(transaction: Transaction, case: Case, valid: list[Waiver]) -> None:
        role, basis = way.act(case, person, wish, valid, today())
        content = {
            "act": wish.act,
            "role": role,
            "basis": basis,
            "note": keeping.masked(wish.note),
            "name": person.name,
            "unit": person.unit,
            "print": case.screened["prints"]["source"],
        }
        transaction.append("register", "signed", record, person.id, content)

    return _acting(record, person, do)


def waiving(record: str, person: Person, plea: Plea) -> Job[str]:
    """A lawful waiver; its id."""

    def do(transaction: Transaction, case: Case, valid: list[Waiver]) -> str:
        found = way.waive(case, person, plea, today(), valid)
        row = {
            "id": new_id(),
            "record": record,
            "rule": found["rule"],
            "mark": found["mark"],
            "scope": plea.scope,
            "unit": case.unit,
            "who": person.id,
            "name": person.name,
            "reason": keeping.masked(plea.reason),
            "basis": keeping.masked(plea.basis),
            "until": plea.until.isoformat(),
        }
        transaction.append("register", "waived", record, person.id, row)
        transaction.connection.execute(insert(waivers).values(**row, at=transaction.at, revoked=False))
        if plea.scope == "phrase":
            transaction.count("phrase-waivers")
        _refresh_all(transaction, record, plea.scope, case.unit)
        return str(row["id"])

    return _acting(record, person, do)


def revoking(waiver: str, person: Person) -> Job[None]:
    """Take a waiver back."""

    def job(transaction: Transaction) -> None:
        connection = transaction.connection
        row = connection.execute(select(waivers).where(waivers.c.id == waiver)).first()
        if row is None or row.revoked or not person.sees(row.unit):
            raise Refused(404, "没有这一豁免，或已撤销")
        if not person.roles & {"approver", "secrecy"}:
            raise Refused(
                403,
                "撤销豁免须由有审批、保密审查职责的人员办理",
                record=row.record,
                who=person.id,
                act="revoke",
            )
        connection.execute(update(waivers).where(waivers.c.id == waiver).values(revoked=True))
        content = {"waiver": waiver, "name": person.name}
        transaction.append("register", "revoked", row.record, person.id, content)
        _refresh_all(transaction, row.record, row.scope, row.unit)

    return job


def comparing(record: str, person: Person) -> Job[tuple[dict[str, Any], Page | None]]:
    """What ``keeping.compare`` asks of a record: the digests of what was screened, and the text where it was kept."""

    def do(transaction: Transaction, case: Case, _: list[Waiver]) -> tuple[dict[str, Any], Page | None]:
        return case.screened["prints"], _kept_text(transaction, record)

    return _acting(record, person, do)


def verifying(record: str, person: Person, compared: keeping.Compared) -> Job[str]:
    """Put down whether a text is the one that was screened and signed; where the record stands."""

    def do(transaction: Transaction, case: Case, valid: list[Waiver]) -> str:
        content = {
            "same": compared.same,
            "reads_same": compared.reads_same,
            "changes": len(compared.changes),
            "name": person.name,
        }
        transaction.append("register", "verified", record, person.id, content)
        return case.state(valid, today())

    return _acting(record, person, do)


def _kept_text(transaction: Transaction, record: str) -> Page | None:
    sealed = transaction.connection.execute(select(texts.c.sealed).where(texts.c.record == record)).scalar()
    if sealed is None:
        return None
    plain = msgspec.json.decode(transaction.keys.open(bytes(sealed), record))
    return Page(body=plain["body"], title=plain["title"], format=plain["format"])


def _only_checklist(case: Case, item: str) -> str:
    """The one checklist that has an item of this id.

    Raises:
        Refused: none has, or several have: then it must be said which.
    """
    found = [str(form["id"]) for form in case.screened["checklists"] if case.item(form["id"], item)]
    if not found:
        raise Refused(404, f"本稿的审核表没有 {item} 这一项")
    if len(found) > 1:
        raise Refused(422, f"{'、'.join(found)} 都有 {item} 这一项，请用 checklist 写明是哪一部制度")
    return found[0]


def reading(record: str, person: Person) -> Job[Page]:
    """The text that was screened, for those who work on it, where the house keeps it; who read it is put down."""

    def do(transaction: Transaction, case: Case, _: list[Waiver]) -> Page:
        if not person.roles & set(way.ROLES) - {"administrator", "auditor"}:
            raise Refused(403, "原文只供办理本稿的人员查看", who=person.id, act="查看原文")
        page = _kept_text(transaction, record)
        if page is None:
            raise Refused(404, "没有留存原文；登记簿只保存指纹（XIANSHEN_KEEP_TEXT 未启用）")
        transaction.audit("read", person.id, {"number": case.screened["number"], "name": person.name})
        return page

    return _acting(record, person, do)


def copying(number: str, person: Person) -> Job[None]:
    """A form was taken out: who saw the file is put down."""

    def job(transaction: Transaction) -> None:
        transaction.audit("copied", person.id, {"number": number, "name": person.name})

    return job
