"""Looking things up in the register. Nothing here decides: decisions read the entries of one record."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy import case as either

from app.register import deadlines, way
from app.register.chain import Entry
from app.register.clock import day_of, start_of, today
from app.register.models import contents, entries, records, regulations, texts, waivers
from app.register.way import Case, Person, Waiver

if TYPE_CHECKING:
    from app.register.store import Register


class Filters(NamedTuple):
    """What to list. Days are ISO dates of this machine's calendar; "" and None: no limit."""

    unit: str = ""
    verdict: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    q: str = ""
    before: int | None = None


SETTLED = frozenset({"approved", "published", "filed"})  # what was found there, people have judged


class Found(NamedTuple):
    """One record with its whole story."""

    row: dict[str, Any]
    case: Case
    story: list[Entry]
    waivers: list[Waiver]
    regulations: dict[str, dict[str, Any]]
    kept: bool  # whether the text itself was kept


ENTRIES = select(
    entries.c.seq,
    entries.c.id,
    entries.c.kind,
    entries.c.record,
    entries.c.who,
    entries.c.at,
    contents.c.content,
).select_from(entries.outerjoin(contents, contents.c.entry == entries.c.id))


def entry_of(row: Any) -> Entry:  # noqa: ANN401
    """A row of ENTRIES."""
    content = msgspec.json.decode(row.content) if row.content else None
    return Entry(row.seq, row.id, row.kind, row.record, row.who, row.at, content)


def story(connection: Connection, record: str) -> list[Entry]:
    """The entries of one record, oldest first."""
    wanted = ENTRIES.where(entries.c.record == record, entries.c.register == "register")
    return [entry_of(row) for row in connection.execute(wanted.order_by(entries.c.seq))]


def audited(register: Register, before: int | None, limit: int) -> list[Entry]:
    """Entries of the audit log, newest first; ``before`` is the seq of the last one seen."""
    wanted = ENTRIES.where(entries.c.register == "audit")
    if before is not None:
        wanted = wanted.where(entries.c.seq < before)
    with register.read() as connection:
        return [
            entry_of(row) for row in connection.execute(wanted.order_by(entries.c.seq.desc()).limit(limit))
        ]


def units(register: Register, person: Person, most: int = 300) -> list[str]:
    """The units that have records this person sees: one step through the index each, not all records."""
    if not person.everywhere:
        return [person.unit]
    found: list[str] = []
    with register.read() as connection:
        last = ""
        while len(found) < most:
            following = select(func.min(records.c.unit)).where(records.c.unit > last)
            last = connection.execute(following).scalar() or ""
            if not last:
                break
            found.append(last)
    return found


def valid_waivers(connection: Connection, case: Case, day: datetime.date) -> list[Waiver]:
    marks = {one["mark"] for one in case.screened["findings"] if one["answer"] == "stop"}
    if not marks:
        return []
    rows = connection.execute(
        select(waivers).where(
            waivers.c.mark.in_(sorted(marks)),
            waivers.c.revoked.is_(False),
            waivers.c.until >= day.isoformat(),
        )
    )
    names = Waiver._fields
    return [Waiver(**{name: getattr(row, name) for name in names}) for row in rows]


def judged_on(case: Case) -> datetime.date:
    """The day whose waivers count: what was let through when it was released stays so on paper."""
    return day_of(case.published.at) if case.published else today()


def find(register: Register, record: str, person: Person) -> Found:
    """One record, if it is this person's to see.

    Raises:
        LookupError: there is none, or not for them.
    """
    with register.read() as connection:
        row = connection.execute(select(records).where(records.c.id == record)).first()
        if row is None or not person.sees(row.unit):
            raise LookupError(record)
        entries_of = story(connection, record)
        if row.state == "destroyed":
            raise LookupError(record)
        case = Case.of(entries_of)
        day = judged_on(case)
        valid = valid_waivers(connection, case, day)
        digests = [form["digest"] for form in case.screened["checklists"]]
        known = {
            one.digest: msgspec.json.decode(one.content)
            for one in connection.execute(select(regulations).where(regulations.c.digest.in_(digests)))
        }
        shown = row._asdict() | {"state": case.state(valid, day)}
        newer = connection.execute(
            select(records.c.id).where(records.c.follows == record).order_by(records.c.seq).limit(1)
        ).scalar()
        kept = connection.execute(select(texts.c.record).where(texts.c.record == record)).first() is not None
        return Found(shown | {"followed_by": newer or ""}, case, entries_of, valid, known, kept)


def listed(register: Register, person: Person, filters: Filters, limit: int = 50) -> list[dict[str, Any]]:
    """Records, newest first; ``before`` is the seq of the last one seen."""
    with register.read() as connection:
        wanted = select(records).where(*_where(person, filters)).order_by(records.c.seq.desc()).limit(limit)
        return [row._asdict() for row in connection.execute(wanted)]


def each(register: Register, person: Person, filters: Filters) -> Iterator[dict[str, Any]]:
    """All of them, oldest first, in bounded memory."""
    last = 0
    while True:
        with register.read() as connection:
            page = connection.execute(
                select(records)
                .where(*_where(person, filters), records.c.seq > last)
                .order_by(records.c.seq)
                .limit(1000)
            ).all()
        yield from (row._asdict() for row in page)
        if len(page) < 1000:  # noqa: PLR2004 the page above
            return
        last = page[-1].seq


def _where(person: Person, filters: Filters) -> list[Any]:
    where: list[Any] = []
    if not person.everywhere:
        where.append(records.c.unit == person.unit)
    where += [
        records.c[name] == value for name in ("unit", "verdict", "state") if (value := getattr(filters, name))
    ]
    if filters.since:
        where.append(records.c.at >= start_of(datetime.date.fromisoformat(filters.since)))
    if filters.until:
        day = datetime.date.fromisoformat(filters.until) + datetime.timedelta(days=1)
        where.append(records.c.at < start_of(day))
    if filters.q:
        like = "%" + filters.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        where.append(
            or_(
                records.c.title.like(like, escape="\\"),
                records.c.number == filters.q,
                records.c.external_id == filters.q,
                records.c.id == filters.q,
            )
        )
    if filters.before is not None:
        where.append(records.c.seq < filters.before)
    return where


MOST_TASKS = 200


def tasks(
    register: Register, person: Person, limit: int = MOST_TASKS
) -> list[tuple[dict[str, Any], list[str]]]:
    """Open records, the oldest first, with what this person could do about each."""
    found: list[tuple[dict[str, Any], list[str]]] = []
    own = and_(
        records.c.state == "blocked", records.c.editor == person.id
    )  # others can do nothing about them
    where: list[Any] = [or_(records.c.state.in_(_states_for(person)), own)]
    if not person.everywhere:
        where.append(records.c.unit == person.unit)
    last, most = 0, 500
    with register.read() as connection:
        while len(found) < limit:
            page = connection.execute(
                select(records).where(*where, records.c.seq > last).order_by(records.c.seq).limit(most)
            ).all()
            for row in page:
                case = Case.of(story(connection, row.id))
                valid = valid_waivers(connection, case, today())
                if names := way.tasks(case, person, valid, today()):
                    found.append((row._asdict(), names))
            if len(page) < most:
                break
            last = page[-1].seq
    return found[:limit]


def listed_waivers(register: Register, person: Person) -> list[dict[str, Any]]:
    """All waivers, those that end first before the others."""
    with register.read() as connection:
        wanted = select(waivers).order_by(waivers.c.revoked, waivers.c.until)
        if not person.everywhere:
            wanted = wanted.where(waivers.c.unit == person.unit)
        return [row._asdict() for row in connection.execute(wanted)]


def due(register: Register, found: Found) -> list[deadlines.Due]:
    """The public deadlines of one record; after its release reckoned to that day."""
    post = found.case.screened["post"]
    formed = datetime.date.fromisoformat(post["formed_on"]) if post["formed_on"] else None
    done = found.case.published
    day = day_of(done.at) if done else today()
    return deadlines.due(found.regulations.values(), post["category"], formed, day, register.days)


def figures(register: Register, person: Person, filters: Filters) -> list[dict[str, Any]]:
    """Per unit, for the assessment: how many posts, what was found, what became of them."""
    with register.read() as connection:
        rows = connection.execute(
            select(
                records.c.unit,
                func.count().label("posts"),
                *(
                    func.sum(_one_if(records.c.verdict == one)).label(one)
                    for one in ("pass", "review", "block")
                ),
                func.sum(records.c.stops).label("stops"),
                func.sum(records.c.reviews).label("reviews"),
                func.sum(records.c.private).label("private"),
                func.sum(_one_if(records.c.published_at != "")).label("published"),
                func.sum(
                    _one_if(records.c.state.in_(("blocked", "answering", "reviewing", "approving")))
                ).label("open"),
                func.sum(_one_if(records.c.state == "superseded")).label("superseded"),
                func.max(records.c.published_at).label("last"),
            )
            .where(*_where(person, filters))
            .group_by(records.c.unit)
            .order_by(records.c.unit)
        )
        return [row._asdict() for row in rows]


def findings(
    register: Register, person: Person, filters: Filters
) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """For the 整改清单: record, finding and what became of it, oldest first, in bounded memory."""
    for row in each(register, person, filters):
        if row["state"] == "destroyed" or not row["stops"] + row["reviews"]:
            continue
        with register.read() as connection:
            try:
                case = Case.of(story(connection, row["id"]))
            except LookupError:  # destroyed since the page was read
                continue
            day = judged_on(case)
            valid = valid_waivers(connection, case, day)
        state = case.state(valid, day)
        for number, finding in enumerate(case.screened["findings"]):
            if finding["answer"] is not None:
                yield row, finding, _became(case, valid, number, state, day)


def _became(case: Case, valid: Sequence[Waiver], number: int, state: str, day: datetime.date) -> str:
    finding = case.screened["findings"][number]
    if state == "superseded":
        return "已改稿"
    if any(one.covers(case, finding, day) for one in valid):
        return "依法豁免"
    if state in SETTLED:
        return "人工认定不属问题"
    return "待整改"


def _states_for(person: Person) -> list[str]:
    """The states in which somebody of these roles may have something to do."""
    wanted: set[str] = set()
    if person.roles & {"editor", "reviewer", "secrecy", "approver"}:
        wanted |= {"answering", "reviewing", "approving"}
    if "publisher" in person.roles:
        wanted |= {"approved", "reviewing"}
    if "keeper" in person.roles:
        wanted.add("published")
    return sorted(wanted)


def _one_if(condition: Any) -> Any:  # noqa: ANN401 SQL expressions
    return either((condition, 1), else_=0)
