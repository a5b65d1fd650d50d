"""Where the register lives: SQLite beside the program, or PostgreSQL; opened, migrated and locked in one place."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from app.register.durable import made, rewritten, sync

try:
    import fcntl
except ImportError:  # Windows: SQLite's own locks alone
    fcntl = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)

NEWEST = "0002"  # the last migration; told apart from the folder so that a start need not import Alembic
FILE = "register.sqlite"
WAIT = 5.0  # seconds for a lock or a server


class RegisterDownError(RuntimeError):
    """The register cannot be read or written now: disk full, database away. Try again later."""


class UnfitError(RegisterDownError):
    """A value that a column does not hold: only its own entry is lost by it."""


class RegisterError(ValueError):
    """The register cannot be used as it is: wrong key, newer tables, a bad address."""


class _Pool(QueuePool):
    """Connections of a pool that has been given up are closed wherever they are.

    SQLAlchemy closes those that lie in it; one that a thread still holds would be put back and stay
    open until the garbage collector finds it.
    """

    _over = False

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        super()._do_return_conn(record)
        if self._over:
            super().dispose()

    def dispose(self) -> None:
        self._over = True
        super().dispose()


class Database:
    """One database. Writing goes through ``write``, one writer at a time; reading through ``read``."""

    def __init__(self, url: str, home: Path) -> None:
        self.path: Path | None = None
        self._inode: tuple[int, int] | None = None
        self._doubt = False  # whether the log is on disk as it reads
        if url and not url.startswith("sqlite"):
            self._writing = self._reading = self._server(url)
        else:
            self.path = Path(make_url(url).database or "") if url else home / FILE
            if not self.path.name:
                raise RegisterError("XIANSHEN_DATABASE_URL：登记簿须是文件，不能在内存中")
            self._writing = self._file(StaticPool, "BEGIN IMMEDIATE")
            event.listen(self._writing, "begin", self._log_has_its_name)
            self._reading = self._file(_Pool, "BEGIN", "PRAGMA query_only=ON")

    def _server(self, url: str) -> Engine:
        scheme, _, rest = url.partition("://")
        if scheme.partition("+")[0] not in {"postgresql", "postgres"}:
            raise RegisterError(
                f"XIANSHEN_DATABASE_URL：支持 postgresql:// 和 sqlite:///，不支持 {scheme}://"
            )
        options = f"-c lock_timeout={WAIT:.0f}s -c statement_timeout=60s -c idle_in_transaction_session_timeout=300s"
        try:
            engine = create_engine(
                f"postgresql+psycopg://{rest}",
                connect_args={"connect_timeout": int(WAIT), "options": options},
                poolclass=_Pool,
                pool_pre_ping=True,
                pool_size=4,
                max_overflow=4,
                pool_timeout=WAIT,
                hide_parameters=True,
            )
        except (NoSuchModuleError, SQLAlchemyError, ImportError, ValueError) as error:
            raise RegisterError(f"XIANSHEN_DATABASE_URL 不能使用：{type(error).__name__}") from error
        event.listen(engine, "connect", _without_nul)
        return engine

    def _file(self, pool: type[Any], begin: str, *pragmas: str) -> Engine:
        path = self.path
        assert path is not None  # noqa: S101 only called for files

        def connect() -> sqlite3.Connection:
            # mode=rw: a register that was taken away is not silently begun anew
            return sqlite3.connect(
                f"file:{quote(str(path))}?mode=rw",
                uri=True,
                timeout=WAIT,
                isolation_level=None,
                check_same_thread=False,
            )

        engine = create_engine("sqlite://", creator=connect, poolclass=pool, hide_parameters=True)

        @event.listens_for(engine, "connect")
        def _(connection: Any, _: object) -> None:  # noqa: ANN401 sqlite3's
            for pragma in ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", *pragmas):
                connection.execute(pragma)

        @event.listens_for(engine, "begin")
        def _(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    # --- the write-ahead log is on disk as it reads

    def _log_has_its_name(self, connection: Connection) -> None:
        """SQLite syncs the folder when it has made its log, and takes no notice where that fails.

        Entries in a log without a name are gone with the power, and an older log may come back in its place.
        The log stays while this connection is open: once is enough.
        """
        if not connection.info.get("named"):
            self._secure()
            connection.info["named"] = True

    def _secure(self, *, anew: bool = False) -> None:
        """The log's name is on disk; ``anew``: and every byte of it, whatever earlier syncs said."""
        if self.path is None or fcntl is None:
            return
        try:
            if anew:
                rewritten(self.path.with_name(f"{self.path.name}-wal"))
            sync(self.path.absolute().parent)
        except OSError as error:
            raise RegisterDownError(f"登记簿无法落盘（{error.strerror}）") from error

    def forget(self) -> None:
        """After a write that failed: the next use makes new connections.

        Of a file the writing one stays open, unused, until the log has been written anew: where none is open,
        the next one reads the log in to its very end, where what failed still lies, and builds upon it.
        """
        self._reading.dispose()
        if self.path is None:
            self._writing.dispose()
        else:
            self._doubt = True

    def _without_doubt(self) -> None:
        if self._doubt:
            self._secure(anew=True)
            self._writing.dispose()
            self._doubt = False

    # --- opening

    def open(self) -> None:
        """Make the tables, or bring them up to date.

        Raises:
            RegisterDownError: not reachable.
            RegisterError: made by a newer version.
        """
        if self.path is not None:
            try:
                made(self.path.parent)
                # Closing it would give up the locks that SQLite holds on it elsewhere in this process.
                if not self.path.exists():
                    os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
                stat = self.path.stat()
            except OSError as error:
                raise RegisterDownError(f"登记簿文件 {self.path} 无法读写（{error.strerror}）") from error
            self._inode = (stat.st_dev, stat.st_ino)
            with self._alone():  # what the process before us could not sync is read in now
                self._secure(anew=True)
        with self._trouble():
            if self._version() == NEWEST:
                return
            with self._alone():
                if self.path is not None:
                    with contextlib.closing(sqlite3.connect(self.path, timeout=WAIT)) as first:
                        first.execute("PRAGMA journal_mode=WAL")
                with self._writing.begin() as connection:
                    if connection.dialect.name == "postgresql":
                        connection.execute(
                            text("SELECT pg_advisory_xact_lock(7233117)")
                        )  # workers start together
                    self._migrate(connection)

    def _version(self) -> str:
        with self._reading.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")

    @staticmethod
    def _migrate(connection: Connection) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.set_main_option("path_separator", "os")
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise RegisterError("登记簿由更新的版本建立，请先升级本程序") from error

    # --- reading and writing

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot.

        Raises:
            RegisterDownError: not reachable.
        """
        with self._trouble(), self._reading.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, alone among all processes; on disk when this ends.

        Raises:
            RegisterDownError: nothing was written.
        """
        with self._trouble(), self._alone():
            self._same_file()
            self._without_doubt()
            with self._writing.begin() as connection:
                yield connection

    def _same_file(self) -> None:
        """SQLite goes on writing into a file that has been removed or replaced: that would be no record."""
        if self.path is None:
            return
        try:
            stat = self.path.stat()
        except OSError as error:
            raise RegisterDownError("登记簿文件不见了") from error
        if (stat.st_dev, stat.st_ino) != self._inode:
            raise RegisterDownError("登记簿文件被替换，请重新启动服务")

    @contextlib.contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            cause = str(error.orig).splitlines()[0][:200] if error.orig else ""
            if "只能追加" in cause:
                raise RegisterError("登记簿只能追加，不能修改或删除") from error
            _log.warning("the database failed: %s: %s", type(error.orig).__name__, cause)
            shown = (
                f"：{cause}" if self.path is not None else ""
            )  # a server's words may name addresses and users
            kind = UnfitError if isinstance(error, DataError) else RegisterDownError
            raise kind(f"登记簿无法读写（{type(error.orig).__name__}{shown}）") from error
        except SQLAlchemyError as error:
            raise RegisterDownError(f"登记簿无法读写（{type(error).__name__}）") from error

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One writing process at a time.

        SQLite up to 3.51.2 may damage its write-ahead log when two connections write and restart it
        at the same moment (the "WAL-reset bug"); its own waiting is also unfair. A lock of the file
        system keeps both away. Readers never restart the log.
        """
        if self.path is None or fcntl is None:
            yield
            return
        lock = _locked(self.path.with_suffix(".lock"))
        try:
            yield
        finally:
            os.close(lock)

    def close(self) -> None:
        """For good: whoever still reads in another thread gets to the end, and their connection is closed too."""
        self._writing.pool.dispose()
        self._reading.pool.dispose()

    @property
    def kind(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._writing.dialect.name


def _without_nul(connection: Any, _: object) -> None:  # noqa: ANN401 psycopg's
    """PostgreSQL keeps no NUL in a text, SQLite does: a letter that stands for none takes its place."""
    from psycopg.types.string import StrDumperUnknown

    class Letters(StrDumperUnknown):
        def dump(self, obj: str) -> Any:  # noqa: ANN401 a buffer
            return super().dump(obj.replace("\0", "\ufffd"))

    connection.adapters.register_dumper(str, Letters)


def _locked(path: Path) -> int:
    """The descriptor of a lock file, locked; closing it unlocks.

    Raises:
        RegisterDownError: held too long by another process, or the folder is gone.
    """
    try:
        lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise RegisterDownError(f"登记簿无法加锁（{error.strerror}）") from error
    end = time.monotonic() + WAIT
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if not isinstance(error, BlockingIOError) or time.monotonic() > end:
                os.close(lock)
                raise RegisterDownError("登记簿正被其他进程占用") from error
            time.sleep(0.0005)
        else:
            return lock
