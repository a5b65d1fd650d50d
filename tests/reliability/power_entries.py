"""A small process that makes entries as the service does, and says each acknowledgement: what a power cut is tried on.

``python -m tests.reliability.power_entries FOLDER WAY…``: a register in FOLDER/WAY/data for each way of
synchronising (FULL is the service's own; FAILING is FULL while strace makes syncs fail). An acknowledgement is a
line written to FOLDER/WAY.said.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from app.page import Page
from app.register.database import RegisterDownError, RegisterError
from app.register.store import Register
from app.register.way import Person
from app.service import Service
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.verdict import Verdict

# Each a process: the register is closed and opened again between them, its log removed and begun anew.
SESSIONS, WHERE_SYNCS_FAIL = 4, 8
CLIENTS = 3  # they wait together: some transactions hold several entries
EACH = 6  # posts of one client in one session
STARTS = 5  # of a process that could not open the register
CHECKPOINT = 40  # pages; the service's 1,000 are reached only after some hundred entries
OWN, FAILING = "FULL", "FAILING"  # what the service asks of SQLite
PERSON = Person("editor", "张编辑", "县统计局")


def folder(base: Path, way: str) -> Path:
    """The data folder: it and the one above are made by the register itself."""
    return base / way / "data"


def said(base: Path, way: str) -> Path:
    """Where acknowledgements are told."""
    return base / f"{way}.said"


class _Session:
    """The register opened once, and what its clients send."""

    def __init__(self, home: Path, way: str, judged: tuple[Page, Verdict, dict[str, Any]], out: int) -> None:
        self.register = Register(Settings(home=home))
        self.judged, self.out, self.way = judged, out, way
        event.listen(self.register.database._writing, "connect", lambda connection, _: _tune(connection, way))

    def run(self, number: int) -> None:
        clients = [threading.Thread(target=self._client, args=(number, client)) for client in range(CLIENTS)]
        try:
            for one in clients:
                one.start()
            for one in clients:
                one.join()
        finally:
            self.register.close()

    def _client(self, number: int, client: int) -> None:
        for turn in range(EACH):
            try:
                with self._snapshot(held=turn == EACH // 2 and self.way != FAILING):
                    self._post(f"{number}-{client}-{turn}")
            except RegisterDownError:  # not acknowledged: the service answers 503
                if number % 2:
                    os._exit(0)  # killed on the spot: its successor reads the log in

    @contextlib.contextmanager
    def _snapshot(self, *, held: bool) -> Iterator[None]:
        """Somebody who reads meanwhile and holds up the copying of the log.

        Never while syncs fail: a copy stopped half-way, and a sync of the whole that fails later, lose what the
        first half copied, and SQLite tells nobody. That is not mended here, nor tried.
        """
        if held:
            with self.register.read() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM entries")
                yield
        else:
            yield

    def _post(self, key: str) -> None:
        page, verdict, answer = self.judged
        same = self.register.same(PERSON.id, key, key.encode()) if key.endswith(("1", "4")) else None
        job, deep = self.register.recording(page, verdict, answer, PERSON, same)
        given = self.register.call(job, deep=deep)
        os.write(self.out, f"{given['record']}\n".encode())


def _tune(connection: Any, way: str) -> None:
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT}")
    if way not in {OWN, FAILING}:
        connection.execute(f"PRAGMA synchronous={way}")


def main(base: Path, ways: list[str]) -> None:
    """Make the entries."""
    page = Page("全县各项工作有序推进。请各单位认真落实。", "通知", unit="县统计局", unit_kind="department")
    judged = (page, *Service.load(Settings()).judged(page, []))
    for way in ways:
        out = os.open(said(base, way), os.O_CREAT | os.O_WRONLY, 0o600)
        for number in range(WHERE_SYNCS_FAIL if way == FAILING else SESSIONS):
            if child := os.fork():
                assert os.waitpid(child, 0)[1] == 0, "a session ended in an error"
            else:
                _opened(folder(base, way), way, judged, out).run(number)
                os._exit(0)
        os.close(out)


def _opened(home: Path, way: str, judged: tuple[Page, Verdict, dict[str, Any]], out: int) -> _Session:
    """A service that does not start is started again."""
    for _ in range(STARTS):
        try:
            return _Session(home, way, judged, out)
        except RegisterError:
            continue
    raise AssertionError(f"not opened in {STARTS} starts")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
