"""The register as the rest of the program knows it: put down, look up, destroy by the rules, hand over."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, insert, select, update

from app.page import Page
from app.register import deadlines, keeping, way
from app.register.chain import new_id
from app.register.clock import today
from app.register.database import Database, RegisterDownError, RegisterError
from app.register.keys import KeyFileError, Keys, canonical
from app.register.lookup import valid_waivers
from app.register.models import contents, heads, records, regulations, replies, texts
from app.register.way import Case, Person
from app.register.writer import Job, Refused, Transaction, Writer

if TYPE_CHECKING:
    from app.checklist import Checklist
    from app.settings import Settings
    from app.verdict import Verdict

_log = logging.getLogger(__name__)

PATIENCE = 15.0  # seconds a request waits for its entry
_FRESH = 2.0  # seconds a readiness test holds
_RETRY = 1.0  # seconds before a database that was away is asked again

_Result = TypeVar("_Result")


class Same(NamedTuple):
    """A request that was answered before, by its Idempotency-Key: the digest of its body, and its answer."""

    client: str
    key: str
    body: str


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
        self._regulations: dict[str, str] = {}  # on disk for certain: digest → print of what is kept
        self._learning: dict[Job[Any], dict[str, str]] = {}  # the same, of jobs that are not on disk yet

    # --- opening and closing

    def open(self) -> None:
        """Make or migrate the tables and check the key.

        Raises:
            RegisterDownError: not reachable; asked again at the next use.
            RegisterError: can never be used like this.
        """
        if not self._opened:
            with self._opening:
                self._open()

    def _open(self) -> None:
        if self._opened:  # another thread did meanwhile
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
        except RegisterError:  # never to be used: nothing of it stays open
            self.close()
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

            known = wait(self._writer.submit(first))
        if known != self.keys.check:
            raise RegisterError("密钥与登记簿不符：请找回原来的密钥文件（secret.key）或 XIANSHEN_SECRET_KEY")

    def close(self) -> None:
        """Write what waits, then let go."""
        self._writer.close()
        self.database.close()

    def ready(self) -> str:
        """Nothing ("") when an entry could be written now, else why not. Writes a heartbeat at most every two seconds."""
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

    @property
    def waiting(self) -> int:
        """Jobs that wait for the writer."""
        return self._writer.waiting

    # --- writing

    def submit(self, job: Job[_Result], *, deep: bool = True) -> Future[_Result]:
        """Hand a job to the writer."""
        self.open()
        future = self._writer.submit(job, deep=deep)
        if (learnt := self._learning.pop(job, None)) is not None:
            future.add_done_callback(lambda done: self._learn(done, learnt))
        return future

    def _learn(self, done: Future[Any], learnt: dict[str, str]) -> None:
        """A regulation is known when its row is on disk: a write that fails takes the row back."""
        if not done.cancelled() and done.exception() is None:
            self._regulations = self._regulations | learnt  # anew: others read the old one meanwhile

    def call(self, job: Job[_Result], *, deep: bool = True) -> _Result:
        """Have a job done; back when it is on disk.

        Raises:
            Refused, RegisterDownError, RegisterError.
        """
        return wait(self.submit(job, deep=deep))

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
        unknown = kept.regulations.keys() - self._regulations.keys()
        learnt: dict[str, str] = {}
        deep = bool(unknown or page.external_id or same)

        def job(transaction: Transaction) -> dict[str, Any]:
            if (
                same is not None
                and (earlier := _earlier(transaction.connection, self.keys, same)) is not None
            ):
                return earlier
            for digest in unknown:
                learnt[digest] = _remember_regulation(transaction, digest, kept.regulations[digest])
            record = _follow(transaction, kept, page, person, own) if page.external_id else ("", own)
            follows, id_ = record
            if id_ == own:
                printed = {one: learnt.get(one) or self._regulations[one] for one in kept.regulations}
                content = kept.content | {"follows": follows, "regulations": printed}
                if follows:
                    content["writers"] = _writers(transaction.connection, follows)
                self._begin(transaction, kept, page, person, own, content)
                if sealed is not None:
                    transaction.add(texts, {"record": own, "sealed": sealed})
            given = answer | {"record": id_}
            if same is not None:
                _remember(transaction, self.keys, same, given)
            return given

        if unknown:
            self._learning[job] = learnt
        return job, deep

    def _begin(  # noqa: PLR0913 the columns of a record
        self,
        transaction: Transaction,
        kept: keeping.Kept,
        page: Page,
        person: Person,
        id_: str,
        content: dict[str, Any],
    ) -> None:
        year = today().year
        number = f"{year}-{transaction.count(f'number:{year}'):06d}"
        content = content | {"number": number}
        seq = transaction.append("register", "screened", id_, person.id, content)
        case = Case(id_, content)
        open_waivers = (
            valid_waivers(transaction.connection, case, today())
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
                "state": case.state(open_waivers, today()),
                "editor": person.id,
                "editor_name": content["editor"]["name"],
                "external_id": page.external_id,
                "follows": content["follows"],
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


# --- parts ---


def wait(future: Future[_Result]) -> _Result:
    """The outcome of a job.

    Raises:
        Refused, RegisterDownError, RegisterError.
    """
    try:
        return future.result(PATIENCE)
    except Late:
        future.cancel()
        raise RegisterDownError("登记簿没有及时答复") from None


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
        good = isinstance(steps, list) and all(isinstance(one, str) and one for one in steps)
        if not good or not isinstance(steps, list) or {*steps} & {*way.ACTS} or len({*steps}) != len(steps):
            raise RegisterError(
                f'XIANSHEN_STEPS={path}: [{name}] 应为 steps = ["初审", "复审", "终审"]，各步骤不重名'
            )
    return {name: tuple(table["steps"]) for name, table in data.items()}


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


def _writers(connection: Connection, record: str) -> list[dict[str, str]]:
    """Who wrote a post and those before it: a text that another has touched up is still theirs as well."""
    first = select(contents.c.content).where(contents.c.record == record, contents.c.kind == "screened")
    kept = connection.execute(first).scalar()
    if kept is None:
        return []
    screened = msgspec.json.decode(kept)
    found = [*screened.get("writers", ()), *way.writers_of(screened)]
    return [one for number, one in enumerate(found) if one["name"] and one not in found[:number]]


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


def _remember_regulation(transaction: Transaction, digest: str, content: dict[str, Any]) -> str:
    """The print of what is kept of a regulation, from now on or already."""
    connection = transaction.connection
    kept = connection.execute(select(regulations.c.content).where(regulations.c.digest == digest)).scalar()
    if kept is None:
        kept = canonical(content).decode()
        connection.execute(insert(regulations).values(digest=digest, content=kept))
    return transaction.keys.print_of(kept)
