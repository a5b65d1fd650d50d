"""The register as the rest of the program knows it: put down, look up, destroy by the rules, hand over."""

from __future__ import annotations

import asyncio
import datetime
import logging
import threading
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update
from sqlalchemy import case as either

from app.documents import workdays
from app.page import Page
from app.register import deadlines, keeping, way
from app.register.chain import REGISTERS, Entry, Walk, new_id, walk
from app.register.database import Database, RegisterDownError, RegisterError
from app.register.keys import KeyFileError, Keys, canonical
from app.register.models import (
    contents,
    entries,
    heads,
    notices,
    records,
    regulations,
    replies,
    texts,
    waivers,
)
from app.register.way import Act, Case, Person, Waiver
from app.register.writer import Job, Refused, Transaction, Writer

if TYPE_CHECKING:
    from app.checklist import Checklist
    from app.settings import Settings
    from app.verdict import Verdict

_log = logging.getLogger(__name__)

PATIENCE = 15.0  # seconds a request waits for its entry
_FRESH = 2.0  # seconds a readiness test holds
_RETRY = 1.0  # seconds before a database that was away is asked again
_REPLIES = datetime.timedelta(days=2)

_Result = TypeVar("_Result")


class Same(NamedTuple):
    """A request that was answered before, by its Idempotency-Key: the digest of its body, and its answer."""

    client: str
    key: str
    body: str


class Filters(NamedTuple):
    """What to list. Days are ISO dates of this machine's calendar; "" and None: no limit."""

    unit: str = ""
    verdict: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    q: str = ""
    before: int | None = None


class Found(NamedTuple):
    """One record with its whole story."""

    row: dict[str, Any]
    case: Case
    story: list[Entry]
    waivers: list[Waiver]
    regulations: dict[str, dict[str, Any]]


class Register:
    """The store. Opened when first needed; a database that is away is asked again later."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys = _keys(settings)
        self.days = deadlines.read_table(settings.workdays)
        self.steps = read_steps(settings.steps)
        self.database = Database(settings.database_url, settings.home)
        self._writer = Writer(self.database, self.keys)
        self._opening = threading.Lock()
        self._opened = False
        self._tried = -_RETRY
        self._trouble = ""
        self._beat = -_FRESH
        self._regulations: set[str] = set()

    # --- opening and closing

    def open(self) -> None:
        """Make or migrate the tables and check the key.

        Raises:
            RegisterDownError: not reachable; asked again at the next use.
            RegisterError: can never be used like this.
        """
        if self._opened:
            return
        with self._opening:
            if self._opened:
                return
            if time.monotonic() - self._tried < _RETRY:
                raise RegisterDownError(self._trouble or "登记簿暂时无法读写")
            self._tried = time.monotonic()
            try:
                self.database.open()
                self._check_key()
            except RegisterDownError as error:
                self._trouble = str(error)
                raise
            self._opened = True

    def _check_key(self) -> None:
        with self.database.read() as connection:
            known = connection.execute(select(heads.c.digest).where(heads.c.name == "key")).scalar()
        if known is None:

            def first(transaction: Transaction) -> str:
                found = transaction.connection.execute(
                    select(heads.c.digest).where(heads.c.name == "key")
                ).scalar()
                if found is None:
                    transaction.connection.execute(
                        insert(heads).values(name="key", seq=0, digest=self.keys.check)
                    )
                return str(found or self.keys.check)

            known = self._wait(self._writer.submit(first))
        if known != self.keys.check:
            raise RegisterError("密钥与登记簿不符：请找回原来的密钥文件（secret.key）或 XIANSHEN_SECRET_KEY")

    def close(self) -> None:
        """Write what waits, then let go."""
        self._writer.close()
        self.database.forget()

    def ready(self) -> str:
        """ "" when an entry could be written now, else why not. Writes a heartbeat at most every two seconds."""
        if time.monotonic() - self._beat < _FRESH:
            return ""

        def beat(transaction: Transaction) -> None:
            transaction.count("heartbeat")

        try:
            self.call(beat, deep=False)
        except (RegisterDownError, RegisterError) as error:
            return str(error)
        self._beat = time.monotonic()
        return ""

    # --- writing

    def submit(self, job: Job[_Result], *, deep: bool = True) -> Future[_Result]:
        """Hand a job to the writer."""
        self.open()
        return self._writer.submit(job, deep=deep)

    def call(self, job: Job[_Result], *, deep: bool = True) -> _Result:
        """Have a job done; back when it is on disk.

        Raises:
            Refused, RegisterDownError, RegisterError.
        """
        return self._wait(self.submit(job, deep=deep))

    def _wait(self, future: Future[_Result]) -> _Result:
        try:
            return future.result(PATIENCE)
        except Late:
            future.cancel()
            raise RegisterDownError("登记簿没有及时答复") from None

    async def done(self, job: Job[_Result], *, deep: bool = True) -> _Result:
        """The same without keeping the event loop."""
        future = (
            self.submit(job, deep=deep)
            if self._opened
            else await asyncio.to_thread(self.submit, job, deep=deep)
        )
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), PATIENCE)
        except TimeoutError:
            raise RegisterDownError("登记簿没有及时答复") from None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot to look things up in."""
        self.open()
        with self.database.read() as connection:
            yield connection

    # --- a post comes in

    def steps_of(self, checklists: Iterable[Checklist]) -> list[str]:
        """The steps of 三审三校 that these regulations, or the unit, demand; all together, in order."""
        found: dict[str, None] = {}
        for one in checklists:
            found.update(dict.fromkeys(self.steps.get(one.id, one.steps or self.steps.get("default", ()))))
        return list(found)

    def recording(
        self,
        page: Page,
        verdict: Verdict,
        answer: dict[str, Any],
        person: Person,
        same: Same | None = None,
    ) -> tuple[Job[dict[str, Any]], bool]:
        """The job that puts a screening down, and whether it is deep; its result is the answer with its record."""
        checklists = [form.checklist for form in verdict.forms]
        name = page.author if person.id.startswith("key:") else person.name
        editor = {"id": person.id, "name": keeping.masked(name)}
        kept = keeping.keep(page, verdict, answer, editor, self.steps_of(checklists), self.keys)
        own = new_id()
        sealed = (
            self.keys.seal(canonical({"title": page.title, "body": page.body, "format": page.format}), own)
            if self.settings.keep_text
            else None
        )
        unknown = kept.regulations.keys() - self._regulations
        deep = bool(unknown or page.external_id or same)

        def job(transaction: Transaction) -> dict[str, Any]:
            if (
                same is not None
                and (earlier := _earlier(transaction.connection, self.keys, same)) is not None
            ):
                return earlier
            for digest in unknown:
                _remember_regulation(transaction.connection, digest, kept.regulations[digest])
            record = _follow(transaction, kept, page, person, own) if page.external_id else ("", own)
            follows, id_ = record
            if id_ == own:
                self._begin(transaction, kept, page, person, own, follows)
                if sealed is not None:
                    transaction.add(texts, {"record": own, "sealed": sealed})
            given = answer | {"record": id_}
            if same is not None:
                _remember(transaction, self.keys, same, given)
            return given

        def noted(transaction: Transaction) -> dict[str, Any]:
            given = job(transaction)
            self._regulations |= unknown
            return given

        return noted, deep

    def _begin(  # noqa: PLR0913 the columns of a record
        self, transaction: Transaction, kept: keeping.Kept, page: Page, person: Person, id_: str, follows: str
    ) -> None:
        year = datetime.datetime.now().astimezone().year
        number = f"{year}-{transaction.count(f'number:{year}'):06d}"
        content = kept.content | {"number": number, "follows": follows}
        seq = transaction.append("register", "screened", id_, person.id, content)
        case = Case(id_, content)
        open_waivers = (
            _waivers(transaction.connection, case, datetime.date.today())  # noqa: DTZ011 the office's day
            if any(one["answer"] == "stop" for one in content["findings"]) and self._any_phrase(transaction)
            else []
        )
        post = content["post"]
        transaction.add(
            records,
            {
                "id": id_,
                "number": number,
                "seq": seq,
                "at": transaction.at,
                "changed_at": transaction.at,
                "unit": page.unit,
                "unit_kind": page.unit_kind,
                "category": page.category,
                "channel": page.channel,
                "title": post["title"],
                "verdict": content["verdict"],
                "stops": sum(one["answer"] == "stop" for one in content["findings"]),
                "reviews": sum(one["answer"] == "review" for one in content["findings"]),
                "private": kept.private,
                "state": case.state(open_waivers, datetime.date.today()),  # noqa: DTZ011 the office's day
                "editor": person.id,
                "editor_name": content["editor"]["name"],
                "external_id": page.external_id,
                "follows": follows,
                "fingerprint": kept.fingerprint,
                "formed_on": post["formed_on"],
                "published_at": "",
            },
        )

    @staticmethod
    def _any_phrase(transaction: Transaction) -> bool:
        """Whether any waiver of a phrase exists at all: most houses have none."""
        return transaction.counter("phrase-waivers") > 0

    def earlier(self, same: Same) -> dict[str, Any] | None:
        """The answer given to this key before.

        Raises:
            Refused: 409, the key was used with another body.
        """
        with self.read() as connection:
            return _earlier(connection, self.keys, same)

    def same(self, client: str, key: str, body: bytes) -> Same:
        """A request as the register knows it again."""
        return Same(
            client,
            self.keys.mark_of("reply", key),
            self.keys.mark_of("body", body.decode("utf-8", "replace")),
        )

    # --- what people do

    def _acting(self, record: str, do: Callable[[Transaction, Case, list[Waiver]], _Result]) -> Job[_Result]:
        def job(transaction: Transaction) -> _Result:
            connection = transaction.connection
            case = Case.of(_story(connection, record))
            today = datetime.date.today()  # noqa: DTZ011 the office's day
            result = do(transaction, case, _waivers(connection, case, today))
            self._refresh(transaction, record)
            return result

        return job

    def _refresh(self, transaction: Transaction, record: str) -> None:
        connection = transaction.connection
        case = Case.of(_story(connection, record))
        today = datetime.date.today()  # noqa: DTZ011 the office's day
        connection.execute(
            update(records)
            .where(records.c.id == record)
            .values(
                state=case.state(_waivers(connection, case, today), today),
                changed_at=transaction.at,
                published_at=case.published.at if case.published else "",
            )
        )

    def answering(
        self, record: str, person: Person, checklist: str, item: str, said: str, note: str
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

        return self._acting(record, do)

    def signing(self, record: str, person: Person, wish: Act) -> Job[None]:
        """A step, a signature, a release, a filing."""

        def do(transaction: Transaction, case: Case, valid: list[Waiver]) -> None:
            today = datetime.date.today()  # noqa: DTZ011 the office's day
            role, basis = way.act(case, person, wish, valid, today)
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

        return self._acting(record, do)

    def waiving(  # noqa: PLR0913 a waiver has these parts
        self,
        record: str,
        person: Person,
        finding: int,
        scope: str,
        reason: str,
        basis: str,
        until: datetime.date,
    ) -> Job[str]:
        """A lawful waiver; its id."""

        def do(transaction: Transaction, case: Case, _: list[Waiver]) -> str:
            today = datetime.date.today()  # noqa: DTZ011 the office's day
            found = way.waive(case, person, way.Plea(finding, scope, reason, basis, until), today)
            row = {
                "id": new_id(),
                "record": record,
                "rule": found["rule"],
                "mark": found["mark"],
                "scope": scope,
                "unit": case.unit,
                "who": person.id,
                "name": person.name,
                "reason": keeping.masked(reason),
                "basis": keeping.masked(basis),
                "until": until.isoformat(),
            }
            transaction.append("register", "waived", record, person.id, row)
            transaction.connection.execute(insert(waivers).values(**row, at=transaction.at, revoked=False))
            if scope == "phrase":
                transaction.count("phrase-waivers")
            return str(row["id"])

        return self._acting(record, do)

    def revoking(self, waiver: str, person: Person) -> Job[None]:
        """Take a waiver back."""

        def job(transaction: Transaction) -> None:
            connection = transaction.connection
            row = connection.execute(select(waivers).where(waivers.c.id == waiver)).first()
            if row is None or row.revoked:
                raise Refused(404, "没有这一豁免，或已撤销")
            if not person.roles & {"approver", "secrecy"} or not person.sees(row.unit):
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
            self._refresh(transaction, row.record)

        return job

    def verifying(self, record: str, person: Person, page: Page) -> Job[tuple[keeping.Compared, str]]:
        """Whether a text is the one that was screened and signed; and where the record stands."""

        def do(transaction: Transaction, case: Case, valid: list[Waiver]) -> tuple[keeping.Compared, str]:
            compared = keeping.compare(
                case.screened["prints"], page, self.keys, self._kept_text(transaction.connection, record)
            )
            content = {
                "same": compared.same,
                "reads_same": compared.reads_same,
                "changes": len(compared.changes),
                "name": person.name,
            }
            transaction.append("register", "verified", record, person.id, content)
            return compared, case.state(valid, datetime.date.today())  # noqa: DTZ011 the office's day

        return self._acting(record, do)

    def _kept_text(self, connection: Connection, record: str) -> Page | None:
        sealed = connection.execute(select(texts.c.sealed).where(texts.c.record == record)).scalar()
        if sealed is None:
            return None
        plain = msgspec.json.decode(self.keys.open(bytes(sealed), record))
        return Page(body=plain["body"], title=plain["title"], format=plain["format"])

    # --- looking up

    def find(self, record: str, person: Person) -> Found:
        """One record, if it is this person's to see.

        Raises:
            LookupError: there is none, or not for them.
        """
        with self.read() as connection:
            row = connection.execute(select(records).where(records.c.id == record)).first()
            if row is None or not person.sees(row.unit):
                raise LookupError(record)
            story = _story(connection, record)
            if row.state == "destroyed":
                raise LookupError(record)
            case = Case.of(story)
            today = datetime.date.today()  # noqa: DTZ011 the office's day
            valid = _waivers(connection, case, today)
            digests = [form["digest"] for form in case.screened["checklists"]]
            known = {
                one.digest: msgspec.json.decode(one.content)
                for one in connection.execute(select(regulations).where(regulations.c.digest.in_(digests)))
            }
            shown = row._asdict() | {"state": case.state(valid, today)}
            newer = connection.execute(
                select(records.c.id).where(records.c.follows == record).order_by(records.c.seq).limit(1)
            ).scalar()
            return Found(shown | {"followed_by": newer or ""}, case, story, valid, known)

    def listed(self, person: Person, filters: Filters, limit: int = 50) -> list[dict[str, Any]]:
        """Records, newest first; ``before`` is the seq of the last one seen."""
        with self.read() as connection:
            wanted = (
                select(records)
                .where(*self._where(person, filters))
                .order_by(records.c.seq.desc())
                .limit(limit)
            )
            return [row._asdict() for row in connection.execute(wanted)]

    def each(self, person: Person, filters: Filters) -> Iterator[dict[str, Any]]:
        """All of them, oldest first, in bounded memory."""
        last = 0
        while True:
            with self.read() as connection:
                page = connection.execute(
                    select(records)
                    .where(*self._where(person, filters), records.c.seq > last)
                    .order_by(records.c.seq)
                    .limit(1000)
                ).all()
            yield from (row._asdict() for row in page)
            if len(page) < 1000:  # noqa: PLR2004 the page above
                return
            last = page[-1].seq

    @staticmethod
    def _where(person: Person, filters: Filters) -> list[Any]:
        where: list[Any] = []
        if not person.everywhere:
            where.append(records.c.unit == person.unit)
        for name in ("unit", "verdict", "state"):
            if value := getattr(filters, name):
                where.append(records.c[name] == value)
        if filters.since:
            where.append(records.c.at >= _utc(filters.since))
        if filters.until:
            day = datetime.date.fromisoformat(filters.until) + datetime.timedelta(days=1)
            where.append(records.c.at < _utc(day.isoformat()))
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

    def tasks(self, person: Person, limit: int = 200) -> list[tuple[dict[str, Any], list[str]]]:
        """Open records, the oldest first, with what this person could do about each."""
        found = []
        today = datetime.date.today()  # noqa: DTZ011 the office's day
        with self.read() as connection:
            where = [records.c.state.in_(_states_for(person))]
            if not person.everywhere:
                where.append(records.c.unit == person.unit)
            for row in connection.execute(
                select(records).where(*where).order_by(records.c.seq).limit(2000)
            ).all():
                case = Case.of(_story(connection, row.id))
                valid = _waivers(connection, case, today)
                if names := way.tasks(case, person, valid, today):
                    found.append((row._asdict(), names))
                    if len(found) >= limit:
                        break
        return found

    def waivers(self, person: Person) -> list[dict[str, Any]]:
        """All waivers, those that end first before the others."""
        with self.read() as connection:
            wanted = select(waivers).order_by(waivers.c.revoked, waivers.c.until)
            if not person.everywhere:
                wanted = wanted.where(waivers.c.unit == person.unit)
            return [row._asdict() for row in connection.execute(wanted)]

    def due(self, found: Found) -> list[deadlines.Due]:
        """The public deadlines of one record; after its release reckoned to that day."""
        post = found.case.screened["post"]
        formed = datetime.date.fromisoformat(post["formed_on"]) if post["formed_on"] else None
        done = found.case.published
        day = _local_day(done.at) if done else datetime.date.today()  # noqa: DTZ011 the office's day
        return deadlines.due(found.regulations.values(), post["category"], formed, day, self.days)

    def figures(self, person: Person, filters: Filters) -> list[dict[str, Any]]:
        """Per unit, for the assessment: how many posts, what was found, what became of them."""

        with self.read() as connection:
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
                .where(*self._where(person, filters))
                .group_by(records.c.unit)
                .order_by(records.c.unit)
            )
            return [row._asdict() for row in rows]

    def findings(
        self, person: Person, filters: Filters
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
        """For the 整改清单: record, finding and what became of it, oldest first, in bounded memory."""
        today = datetime.date.today()  # noqa: DTZ011 the office's day
        for row in self.each(person, filters):
            if row["state"] == "destroyed" or not row["stops"] + row["reviews"]:
                continue
            with self.read() as connection:
                case = Case.of(_story(connection, row["id"]))
                valid = _waivers(connection, case, today)
            for number, finding in enumerate(case.screened["findings"]):
                if finding["answer"] is not None:
                    yield row, finding, _became(case, valid, number, row["state"], today)

    # --- problems told by a supervisor

    def noticing(self, person: Person, notice: Mapping[str, Any]) -> Job[str]:
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
                "person": notice["person"],
                "remark": "",
            }
            transaction.append("register", "noticed", row["id"], person.id, row | {"name": person.name})
            transaction.connection.execute(insert(notices).values(**row, at=transaction.at))
            return str(row["id"])

        return job

    def mending(self, notice: str, person: Person, state: str, remark: str) -> Job[None]:
        """What became of it. Over time: an explanation is demanded (六安 第二十五条)."""

        def job(transaction: Transaction) -> None:
            connection = transaction.connection
            row = connection.execute(select(notices).where(notices.c.id == notice)).first()
            if row is None or not person.sees(row.unit):
                raise Refused(404, "没有这一条整改事项")
            last = self.notice_due(row._asdict())
            if not remark.strip() and (state == "情况说明" or datetime.date.today() > last):  # noqa: DTZ011
                raise Refused(422, "逾期未整改到位的，须说明情况")
            said = {"state": state, "remark": keeping.masked(remark)}
            connection.execute(update(notices).where(notices.c.id == notice).values(**said))
            transaction.append("register", "mended", notice, person.id, said | {"name": person.name})

        return job

    def notice_due(self, notice: Mapping[str, Any]) -> datetime.date:
        """The last day to mend a problem."""
        return workdays.after(datetime.date.fromisoformat(notice["told_on"]), notice["days"], self.days)

    def notices(self, person: Person) -> list[dict[str, Any]]:
        """All of them, with the last day of each."""
        with self.read() as connection:
            wanted = select(notices).order_by(notices.c.told_on, notices.c.id)
            if not person.everywhere:
                wanted = wanted.where(notices.c.unit == person.unit)
            rows = [row._asdict() for row in connection.execute(wanted)]
        return [row | {"due": self.notice_due(row)} for row in rows]

    # --- keeping house

    def walk(
        self, tell: Callable[[int], None] = lambda _: None, anchor: tuple[int, str] | None = None
    ) -> list[Walk]:
        """Walk both chains; ``anchor`` is of the register's."""
        found = []
        for name in REGISTERS:
            with self.read() as connection:
                found.append(walk(connection, self.keys, name, tell, anchor if name == "register" else None))
        return found

    def tidy(self) -> None:
        """Old replies out; the states of records whose waivers have run out."""
        today = datetime.date.today()  # noqa: DTZ011 the office's day
        limit = (datetime.datetime.now(datetime.UTC) - _REPLIES).isoformat()

        def replies_out(transaction: Transaction) -> None:
            transaction.connection.execute(delete(replies).where(replies.c.at < limit))

        self.call(replies_out)
        with self.read() as connection:
            over = and_(waivers.c.until < today.isoformat(), waivers.c.revoked.is_(False))
            stale = connection.execute(
                select(records.c.id)
                .distinct()
                .join(waivers, waivers.c.record == records.c.id)
                .where(over, records.c.state.in_(("answering", "reviewing", "approving", "approved")))
            ).scalars()
            ids = list(stale)
        for one in ids:
            self.call(lambda transaction, one=one: self._refresh(transaction, one))  # type: ignore[misc]

    def destroyable(self, before: datetime.date) -> list[dict[str, Any]]:
        """Records last touched before a day, and months of the audit log, that may be destroyed.

        Raises:
            RegisterError: the day lies within the retention period.
        """
        youngest = datetime.date.today() - datetime.timedelta(days=self.settings.retention_days)  # noqa: DTZ011
        if before > youngest:
            raise RegisterError(
                f"保管期限为 {self.settings.retention_days} 天，只能销毁 {youngest} 以前的档案"
            )
        limit = _utc(before.isoformat())
        with self.read() as connection:
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
                .where(
                    entries.c.register == "audit", entries.c.kind != "destroyed", entries.c.record < limit[:7]
                )
                .order_by(entries.c.record)
            ).scalars()
            return [
                *({"register": "register", "id": one.id, "number": one.number} for one in old),
                *({"register": "audit", "id": one, "number": f"审计日志 {one}"} for one in months),
            ]

    def destroying(self, one: Mapping[str, Any], name: str, reason: str) -> Job[None]:
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
                    delete(waivers).where(waivers.c.record == one["id"], waivers.c.scope == "post")
                )
                connection.execute(
                    update(records)
                    .where(records.c.id == one["id"])
                    .values(
                        title="", editor_name="", external_id="", state="destroyed", changed_at=transaction.at
                    )
                )

        return job


# --- parts ------------------------------------------------------------------------------------


def _keys(settings: Settings) -> Keys:
    try:
        return Keys.load(settings.home, settings.secret_key)
    except KeyFileError as error:
        raise RegisterError(str(error)) from error


def read_steps(path: Path | None) -> dict[str, tuple[str, ...]]:
    """The unit's own steps of 三审三校: ``[yunzhou-2023]`` ``steps = ["初审", "复审", "终审"]``; ``[default]`` for the rest.

    Raises:
        RegisterError: naming file and entry.
    """
    if path is None:
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RegisterError(f"XIANSHEN_STEPS={path}: {error}") from error
    for name, table in data.items():
        steps = table.get("steps") if isinstance(table, dict) else None
        good = isinstance(steps, list) and all(
            isinstance(one, str) and one and one not in way.ACTS for one in steps
        )
        if not good or len(set(steps)) != len(steps):
            raise RegisterError(
                f'XIANSHEN_STEPS={path}: [{name}] 应为 steps = ["初审", "复审", "终审"]，各步骤不重名'
            )
    return {name: tuple(table["steps"]) for name, table in data.items()}


def _story(connection: Connection, record: str) -> list[Entry]:
    rows = connection.execute(
        select(
            entries.c.seq,
            entries.c.id,
            entries.c.kind,
            entries.c.record,
            entries.c.who,
            entries.c.at,
            contents.c.content,
        )
        .select_from(entries.outerjoin(contents, contents.c.entry == entries.c.id))
        .where(entries.c.record == record, entries.c.register == "register")
        .order_by(entries.c.seq)
    )
    return [
        Entry(
            row.seq,
            row.id,
            row.kind,
            row.record,
            row.who,
            row.at,
            msgspec.json.decode(row.content) if row.content else None,
        )
        for row in rows
    ]


def _waivers(connection: Connection, case: Case, today: datetime.date) -> list[Waiver]:
    marks = {one["mark"] for one in case.screened["findings"] if one["answer"] == "stop"}
    if not marks:
        return []
    rows = connection.execute(
        select(waivers).where(
            waivers.c.mark.in_(sorted(marks)),
            waivers.c.revoked.is_(False),
            waivers.c.until >= today.isoformat(),
        )
    )
    names = Waiver._fields
    return [Waiver(**{name: getattr(row, name) for name in names}) for row in rows]


def _follow(
    transaction: Transaction, kept: keeping.Kept, page: Page, person: Person, own: str
) -> tuple[str, str]:
    """The record this post takes the place of, and its own id: the earlier one's where nothing has changed."""
    connection = transaction.connection
    row = connection.execute(
        select(records.c.id, records.c.state, records.c.fingerprint)
        .where(
            records.c.external_id == page.external_id,
            records.c.unit == page.unit,
            records.c.state.not_in(("superseded", "destroyed")),
        )
        .order_by(records.c.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return "", own
    if row.fingerprint == kept.fingerprint and row.state != "returned":
        transaction.append("register", "repeated", row.id, person.id, {"name": person.name})
        return "", str(row.id)
    if row.state not in {"published", "filed"}:  # what is out stays as it was signed
        transaction.append("register", "superseded", row.id, person.id, {"by": own, "name": person.name})
        transaction.connection.execute(
            update(records)
            .where(records.c.id == row.id)
            .values(state="superseded", changed_at=transaction.at)
        )
    return str(row.id), own


def _earlier(connection: Connection, keys: Keys, same: Same) -> dict[str, Any] | None:
    row = connection.execute(
        select(replies.c.body, replies.c.sealed).where(
            replies.c.client == same.client, replies.c.key == same.key
        )
    ).first()
    if row is None:
        return None
    if row.body != same.body:
        raise Refused(409, "这个 Idempotency-Key 已用于另一份内容；请换一个新的。")
    answer: dict[str, Any] = msgspec.json.decode(keys.open(bytes(row.sealed), same.client + same.key))
    return answer


def _remember(transaction: Transaction, keys: Keys, same: Same, answer: dict[str, Any]) -> None:
    sealed = keys.seal(msgspec.json.encode(answer), same.client + same.key)
    row = {**same._asdict(), "record": answer["record"], "sealed": sealed, "at": transaction.at}
    transaction.add(replies, row)


def _remember_regulation(connection: Connection, digest: str, content: dict[str, Any]) -> None:
    if connection.execute(select(regulations.c.digest).where(regulations.c.digest == digest)).first() is None:
        connection.execute(insert(regulations).values(digest=digest, content=canonical(content).decode()))


def _only_checklist(case: Case, item: str) -> str:
    """The one checklist that has an item of this id.

    Raises:
        Refused: none has, or several have: then it must be said which.
    """
    found = [form["id"] for form in case.screened["checklists"] if case.item(form["id"], item)]
    if not found:
        raise Refused(404, f"本稿的审核表没有 {item} 这一项")
    if len(found) > 1:
        raise Refused(422, f"{'、'.join(found)} 都有 {item} 这一项，请用 checklist 写明是哪一部制度")
    return found[0]


def _became(case: Case, valid: Sequence[Waiver], number: int, state: str, today: datetime.date) -> str:
    finding = case.screened["findings"][number]
    if state == "superseded":
        return "已改稿"
    if any(one.covers(case, finding, today) for one in valid):
        return "依法豁免"
    if state in {"published", "filed", "approved"}:
        return "人工认定不属问题"
    return "待整改"


def _states_for(person: Person) -> list[str]:
    """The states in which somebody of these roles may have something to do."""
    wanted: set[str] = set()
    if person.roles & {"editor", "reviewer", "secrecy", "approver"}:
        wanted |= {"blocked", "answering", "reviewing", "approving"}
    if "publisher" in person.roles:
        wanted |= {"approved", "reviewing"}
    if "keeper" in person.roles:
        wanted.add("published")
    return sorted(wanted)


def _one_if(condition: Any) -> Any:  # noqa: ANN401 SQL expressions
    return either((condition, 1), else_=0)


def _utc(day: str) -> str:
    """The first moment of a day of this machine's calendar, as entries write it."""
    start = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time()).astimezone()
    return start.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _local_day(at: str) -> datetime.date:
    return datetime.datetime.fromisoformat(at).astimezone().date()


def local_time(at: str) -> str:
    """An entry's time for people, in this machine's zone, to the minute."""
    return datetime.datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else ""
