"""One thread that writes. Whatever waits when it is free shares one transaction: a job is done when that is on disk."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam, insert, select, text, update

from app.register.chain import GENESIS, REGISTERS, content_digest, new_id, seal
from app.register.clock import now
from app.register.database import Database, RegisterDownError, RegisterError, UnfitError
from app.register.keys import Keys, canonical
from app.register.models import contents, entries, heads, records, replies, texts

_log = logging.getLogger(__name__)
_MOST = 512  # jobs of one transaction
_LINGER = 0.015  # seconds to wait for company, where the last transaction had some: a commit costs as much as ten entries

_INSERT = {table: insert(table) for table in (entries, contents, records, texts, replies)}
_HEADS = select(heads.c.name, heads.c.seq, heads.c.digest)
_MOVE = (
    update(heads)
    .where(heads.c.name == bindparam("which"))
    .values(seq=bindparam("new_seq"), digest=bindparam("new_digest"))
)

_Result = TypeVar("_Result")


class Refused(Exception):  # noqa: N818 the word of the office
    """Not allowed by the rules of the house. ``status`` is HTTP's.

    With ``record`` the refusal is itself put down in that record's story, with ``who`` alone in the audit log.
    """

    def __init__(  # noqa: PLR0913 what an audit needs to know
        self, status: int, reason: str, *, record: str = "", who: str = "", act: str = "", name: str = ""
    ) -> None:
        super().__init__(reason)
        self.status, self.reason, self.record, self.who, self.act, self.name = (
            status,
            reason,
            record,
            who,
            act,
            name,
        )


class Transaction:
    """What a job writes with. Entries are gathered and go to the database together."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self.keys, self.at = keys, now()
        self._connection = connection
        self._heads: dict[str, tuple[int, str]] = {}
        self._changed: set[str] = set()
        self._new: dict[Table, list[dict[str, Any]]] = {table: [] for table in _INSERT}
        self._known: set[str] = set()
        self._load()

    def _load(self) -> None:
        if self._connection.dialect.name == "postgresql":
            # first the lock, then a look: what another writer added meanwhile must be seen
            self._connection.execute(
                select(heads.c.seq).where(heads.c.name == REGISTERS[0]).with_for_update()
            )
        for row in self._connection.execute(_HEADS):
            self._heads[row.name] = (row.seq, row.digest)
            self._known.add(row.name)

    @property
    def connection(self) -> Connection:
        """For reading and writing beside the entries; what was gathered goes to the database first."""
        self.flush()
        return self._connection

    def append(self, register: str, kind: str, record: str, who: str, content: object) -> int:
        """One more entry; its number."""
        seq, previous = self._heads.get(register, (0, GENESIS))
        encoded = canonical(content)
        row = {
            "register": register,
            "seq": seq + 1,
            "id": new_id(),
            "kind": kind,
            "record": record,
            "who": who,
            "at": self.at,
            "content_digest": content_digest(self.keys, encoded),
            "previous": previous,
        }
        row["digest"] = seal(self.keys, register, row, previous)
        self._new[entries].append(row)
        self._new[contents].append(
            {"entry": row["id"], "record": record, "kind": kind, "content": encoded.decode()}
        )
        self._heads[register] = (seq + 1, str(row["digest"]))
        self._changed.add(register)
        return seq + 1

    def audit(self, kind: str, who: str, content: object) -> None:
        """An entry of the audit log; its volumes are months."""
        self.append("audit", kind, self.at[:7], who, content)

    def count(self, name: str) -> int:
        """The next number of a counter."""
        value = self._heads.get(name, (0, ""))[0] + 1
        self._heads[name] = (value, "")
        self._changed.add(name)
        return value

    def counter(self, name: str) -> int:
        """Where a counter stands."""
        return self._heads.get(name, (0, ""))[0]

    def add(self, table: Table, row: dict[str, Any]) -> None:
        """A new row beside the entries."""
        self._new[table].append(row)

    def flush(self) -> None:
        """Everything gathered, to the database."""
        for table, rows in self._new.items():
            if rows:
                self._connection.execute(_INSERT[table], rows)
                self._new[table] = []
        for name in sorted(self._changed - self._known):
            self._connection.execute(insert(heads).values(name=name, seq=0, digest=""))
            self._known.add(name)
        if self._changed:
            moved = [(name, *self._heads[name]) for name in sorted(self._changed)]
            self._connection.execute(
                _MOVE, [{"which": name, "new_seq": seq, "new_digest": digest} for name, seq, digest in moved]
            )
            self._changed.clear()

    # --- a job that fails leaves nothing behind

    def remember(self, *, deep: bool) -> Any:  # noqa: ANN401 only for ``back``
        """A place to come back to; deep: also in the database."""
        if deep:
            self.flush()
            self._connection.execute(text("SAVEPOINT job"))
        return (
            deep,
            dict(self._heads),
            set(self._changed),
            {table: len(rows) for table, rows in self._new.items()},
        )

    def keep(self, place: Any) -> None:  # noqa: ANN401
        """No need to come back."""
        if place[0]:
            self.flush()
            self._connection.execute(text("RELEASE SAVEPOINT job"))

    def back(self, place: Any) -> None:  # noqa: ANN401
        """As if the job had not been."""
        deep, self._heads, self._changed, lengths = place
        for table, length in lengths.items():
            del self._new[table][length:]
        if deep:
            self._connection.execute(text("ROLLBACK TO SAVEPOINT job"))
            self._connection.execute(text("RELEASE SAVEPOINT job"))
            self._known = set(self._connection.execute(select(heads.c.name)).scalars())


Job = Callable[[Transaction], _Result]


class Writer:
    """The thread and its queue."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database, self._keys = database, keys
        self._queue: queue.SimpleQueue[tuple[Job[Any], bool, Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="register", daemon=True)
        self._started = threading.Lock()

    def submit(self, job: Job[_Result], *, deep: bool = True) -> Future[_Result]:
        """Have it written. ``deep``: the job reads or writes the database itself, not only appends."""
        future: Future[_Result] = Future()
        if not self._thread.is_alive():
            with self._started:
                if not self._thread.is_alive():
                    self._thread.start()
        self._queue.put((job, deep, future))
        return future

    @property
    def waiting(self) -> int:
        """Jobs in the queue."""
        return self._queue.qsize()

    def close(self) -> None:
        """Write what waits, then end."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(30)

    def _run(self) -> None:
        company = False
        while True:
            batch = [self._queue.get()]
            if company and batch[0] is not None:
                time.sleep(_LINGER)
            while len(batch) < _MOST and batch[-1] is not None:
                try:
                    batch.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            last = batch[-1] is None
            company = len(batch) > 1
            jobs = [one for one in batch if one is not None and one[2].set_running_or_notify_cancel()]
            if jobs:
                self._batch(jobs)
            if last:
                return

    def _batch(self, jobs: list[tuple[Job[Any], bool, Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            with self._database.write() as connection:
                transaction = Transaction(connection, self._keys)
                for job, deep, future in jobs:
                    done.append((future, *_run(job, transaction, deep=deep)))
                transaction.flush()
        except (RegisterDownError, RegisterError) as error:
            _log.warning("nothing was written: %s", error)
            self._database.forget()  # a connection that failed to write is not used again
            if (
                isinstance(error, UnfitError) and len(jobs) > 1
            ):  # what one of them holds is not the others' fault
                for one in jobs:
                    self._batch([one])
                return
            for _, _, future in jobs:
                future.set_exception(error)
            return
        except Exception as error:  # noqa: BLE001 whoever waits must be told
            _log.exception("nothing was written")
            self._database.forget()
            down = RegisterDownError(f"登记时出错（{type(error).__name__}）")
            for _, _, future in jobs:
                future.set_exception(down)
            return
        for future, result, failure in done:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


def _run(job: Job[Any], transaction: Transaction, *, deep: bool) -> tuple[Any, Exception | None]:
    place = transaction.remember(deep=deep)
    try:
        result = job(transaction)
    except Refused as refused:
        transaction.back(place)
        if refused.record:
            content = {"reason": refused.reason, "act": refused.act, "name": refused.name}
            transaction.append("register", "refused", refused.record, refused.who, content)
        elif refused.who:
            transaction.audit("refused", refused.who, {"reason": refused.reason, "act": refused.act})
        return None, refused
    except (ValueError, LookupError, TypeError) as error:  # a fault of this one job; the others are written
        transaction.back(place)
        return None, error
    transaction.keep(place)
    return result, None
