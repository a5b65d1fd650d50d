"""From the newest set in the database to the one that answers: compiled apart, opened, swapped in as a whole.

A request takes the service once and keeps it, so that its verdict names one set. The old set stays
until its last request is done. Other workers and machines look into the database and follow.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

try:
    import fcntl
except ImportError:  # Windows: every worker compiles for itself
    fcntl = None  # type: ignore[assignment]

from app import ENGINE
from app.register.database import RegisterDownError, RegisterError
from app.words import compile as compiling
from app.words import sets
from app.words.sets import Newest
from detectors import overlay

if TYPE_CHECKING:
    from typing import Protocol

    from app.register.store import Register
    from app.service import Service
    from app.settings import Settings

    class State(Protocol):
        """Where the service of an application stands."""

        service: Service | None


FOLDER = "words"  # below the data folder
_LOOK = 1.0  # seconds between looks into the database
_SECONDS = 120.0  # for a compilation
_PATIENCE = 150.0  # seconds for another worker's
_EARLIER = 2  # sets kept open for replays
_KEPT = 8  # packed files
_NAMES = "*.set"

_log = logging.getLogger(__name__)


class UnknownDataError(LookupError):
    """No set that can be asked for under this "data"; says why, in Chinese."""


class Words:
    """The sets of one process. ``base``: the service as the files have it."""

    def __init__(self, base: Service, register: Register) -> None:
        self.base, self.register = base, register
        self.newest = Newest(0, "")
        self.behind = ""  # why the newest set is not the one that answers
        self.reloads = 0
        self._name = compiling.fingerprint(base.settings, base.detectors.engine)
        self._lexicons = {one.rule.id: one for one in base.detectors.lexicons}
        self._earlier: OrderedDict[str, Service] = OrderedDict()
        self._one = threading.Lock()

    @property
    def settings(self) -> Settings:
        return self.base.settings

    # --- files

    def target(self, set_: Newest) -> Path:
        """Where a set's packed file lies; its name names what it was made for."""
        return self.settings.home / FOLDER / f"{set_.number}-{set_.batch}-{self._name}.set"

    def compiled(self, set_: Newest) -> Path:
        """The packed file of a set, made now where it is not there: by one process of a machine at a time.

        Raises:
            compiling.CompileError: it cannot be made.
        """
        target = self.target(set_)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _alone(target.parent / "lock"):
                if not target.exists():  # another worker did meanwhile
                    self._compile(set_, target)
        return target

    def _compile(self, set_: Newest, target: Path) -> None:
        order = compiling.Order(self.settings.model_dump(mode="json"), set_.number, set_.batch, str(target))
        try:
            done = subprocess.run(
                [sys.executable, "-m", "app.words.compile"],
                input=msgspec.json.encode(order),
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise compiling.CompileError(f"编译词库未能完成（{type(error).__name__}）") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise compiling.CompileError(said[-1][:500] if said else "编译词库的进程异常退出")
        self._tidy()

    def _tidy(self) -> None:
        """Only some of the latest packed files are kept: any can be made again."""
        files = sorted((self.settings.home / FOLDER).glob(_NAMES), key=lambda path: path.stat().st_mtime)
        for path in files[:-_KEPT]:
            for table in path.with_suffix(".tables").glob("*.csv"):
                table.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                path.with_suffix(".tables").rmdir()
            path.unlink(missing_ok=True)

    # --- services

    def service(self, set_: Newest) -> Service:
        """The service under a set; warm.

        Raises:
            compiling.CompileError, overlay.LayerError, TableError.
        """
        if not set_.number:
            return self.base
        path = self.compiled(set_)
        layer = overlay.opened(path, self._lexicons, self.base.detectors.engine)
        known = None
        if layer.head.entries or layer.head.tables:
            known = compiling.known_of(self.settings, layer.head, path.with_suffix(".tables"))
        made = replace(self.base, detectors=overlay.laid(self.base.detectors, layer, known), words=layer.head)
        made.warm()
        return made

    def look(self) -> Newest:
        """The newest set there is."""
        with self.register.read() as connection:
            return sets.newest(connection)

    def follow(self, state: State) -> None:
        """Make the newest set the one that answers, if it is not yet.

        Raises:
            RegisterDownError, RegisterError: the database is away.
        """
        with self._one:
            newest = self.look()
            if newest == self.newest and not self.behind:
                return
            start = time.perf_counter()
            try:
                made = self.service(newest)
            except (compiling.CompileError, overlay.LayerError, ValueError, OSError) as error:
                self.behind = f"第 {newest.number} 版词库未能启用：{error}"
                _log.exception(
                    "the words of set %d stay out, those of set %d answer", newest.number, self.newest.number
                )
                return
            state.service = made
            self.newest, self.behind = newest, ""
            self.reloads += 1
            self._remember(newest)
            _log.info("words: set %d answers after %.1f s", newest.number, time.perf_counter() - start)
        self.note(made.data, newest.number)

    def note(self, data: str, number: int) -> None:
        """Put down which set this "data" speaks of."""
        try:
            self.register.call(sets.noting(data, number, ENGINE))
        except (RegisterDownError, RegisterError) as error:
            _log.warning("the data of set %d was not noted: %s", number, error)

    def _remember(self, newest: Newest) -> None:
        """For a start while the database is away."""
        path = self.settings.home / FOLDER / "newest"
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = path.with_suffix(f".{os.getpid()}")
            half.write_text(f"{newest.number} {newest.batch}", encoding="utf-8")
            half.replace(path)
        except OSError as error:
            _log.warning("the newest set was not noted: %s", error)

    def start(self) -> Service:
        """The service to begin with: the newest set, or the last known one where the database is away.

        Raises:
            compiling.CompileError, overlay.LayerError, ValueError: bad data stops the start.
        """
        try:
            newest = self.look()
        except (RegisterDownError, RegisterError) as error:
            newest = remembered(self.settings)
            self.behind = f"登记簿无法读取，使用上次的第 {newest.number} 版词库"
            _log.warning("started with set %d: %s", newest.number, error)
        made = self.service(newest)
        self.newest = newest
        if not self.behind:
            self._remember(newest)
            self.note(made.data, newest.number)
        return made

    def earlier(self, data: str, current: Service) -> Service:
        """The service that answers with exactly this "data".

        Raises:
            UnknownDataError: never heard of, or its files are no longer here.
        """
        if data == current.data:
            return current
        with self._one:
            if data in self._earlier:
                self._earlier.move_to_end(data)
                return self._earlier[data]
            with self.register.read() as connection:
                number = sets.number_of(connection, data)
                batch = sets.batch_of(connection, number) if number else ""
            if number is None:
                raise UnknownDataError("没有这一版数据的记录")
            try:
                made = self.service(Newest(number, batch))
            except (compiling.CompileError, overlay.LayerError, ValueError, OSError) as error:
                raise UnknownDataError(f"第 {number} 版词库无法重建：{error}") from error
            if made.data != data:
                raise UnknownDataError(
                    f"第 {number} 版词库还在，但其后程序、随附词库或制度文件已更换，不能原样重现"
                )
            self._earlier[data] = made
            while len(self._earlier) > _EARLIER:
                self._earlier.popitem(last=False)
            return made


def laid_over(service: Service) -> Service:
    """The same service under the newest set, for a command: what the web says, the command line says.

    Raises:
        compiling.CompileError, overlay.LayerError, ValueError: the set cannot be used, or nobody knows which holds.
    """
    from app.register.database import FILE
    from app.register.store import Register

    settings = service.settings
    if not settings.database_url and not (settings.home / FILE).exists():
        return service  # nothing was ever decided here, and a command makes no register
    register = Register(settings)
    try:
        words = Words(service, register)
        made = words.start()
        if words.behind:  # the service says so at /ready; a command has no such place, and would end well
            raise RegisterError("登记簿无法读取，不知道现行的词库是哪一版；请待数据库恢复后重试")
        return made
    finally:
        register.close()


def remembered(settings: Settings) -> Newest:
    """The set that answered last on this machine."""
    try:
        number, _, batch = (settings.home / FOLDER / "newest").read_text(encoding="utf-8").partition(" ")
        return Newest(int(number), batch)
    except (OSError, ValueError):
        return Newest(0, "")


async def keep(words: Words, state: State) -> None:
    """While the service runs: follow the newest set."""
    while True:
        await asyncio.sleep(_LOOK)
        try:
            await asyncio.to_thread(words.follow, state)
        except (RegisterDownError, RegisterError) as error:
            _log.warning("words: the register is away: %s", error)
        except Exception:  # noqa: BLE001 whatever it is, the next look comes
            _log.exception("words: not looked at")


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process of this machine at a time."""
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        end = time.monotonic() + _PATIENCE
        while fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise compiling.CompileError("另一进程正在编译词库，等待超时") from None
                time.sleep(0.05)
        yield
    finally:
        os.close(lock)
