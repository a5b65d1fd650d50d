"""What a rescan has done so far: one SQLite file beside the Parquet parts of its result.

A part counts once its Parquet file is in place *and* its rows are committed here; whatever
a killed run left otherwise is done again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

VERSION = 2

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS parts (
    number INTEGER PRIMARY KEY, label TEXT NOT NULL, mark TEXT NOT NULL, pages INTEGER NOT NULL, reused INTEGER NOT NULL,
    stop INTEGER NOT NULL, review INTEGER NOT NULL, unseen INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pages (key TEXT NOT NULL, digest TEXT NOT NULL, part INTEGER NOT NULL, row INTEGER NOT NULL)
    STRICT;
CREATE INDEX IF NOT EXISTS pages_key ON pages (key);
"""


class ResultError(ValueError):
    """A result folder that cannot be used; the message says why, in Chinese."""


class Done(NamedTuple):
    """One part that is finished."""

    number: int
    label: str
    mark: str  # what the part was read from: another mark, and it is done again
    keys: list[str]
    digests: list[str]
    reused: int  # pages whose stored findings were taken over
    stop: int
    review: int
    unseen: int


class Manifest:
    """The manifest of one result folder."""

    def __init__(self, folder: Path, *, new: bool = False) -> None:
        """Open it.

        Raises:
            ResultError: there is none, or it is of another version.
        """
        self.folder = folder
        path = folder / "manifest.sqlite"
        if not new and not path.is_file():
            raise ResultError(f"{folder} 不是复查结果文件夹（没有 manifest.sqlite）")
        self.database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self.database.execute("PRAGMA journal_mode = WAL")
            self.database.execute("PRAGMA synchronous = FULL")
            self.database.executescript(_TABLES)
            found = self.meta.get("version", VERSION)
        except sqlite3.DatabaseError as error:
            self.close()
            raise ResultError(f"{path} 已损坏：{error}") from error
        if found != VERSION:
            self.close()
            raise ResultError(
                f"{folder} 是第 {found} 版的复查结果，本程序只认第 {VERSION} 版；请另选 --out 重新复查"
            )
        (folder / "parts").mkdir(exist_ok=True)

    def close(self) -> None:
        """Release the file."""
        self.database.close()

    @property
    def meta(self) -> dict[str, Any]:
        """What the run was started with: archive, data, rules' digests, …"""
        return {
            name: json.loads(value) for name, value in self.database.execute("SELECT name, value FROM meta")
        }

    def note(self, **values: Any) -> None:  # noqa: ANN401 anything JSON holds
        """Keep facts about the run."""
        with self._commit():
            self.database.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                [(name, json.dumps(value, ensure_ascii=False)) for name, value in values.items()],
            )

    @contextmanager
    def _commit(self) -> Iterator[None]:
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    def path(self, number: int) -> Path:
        """Where the result of a part lies."""
        return self.folder / "parts" / f"{number:07}.parquet"

    def done(self) -> dict[int, str]:
        """Number → mark of the finished parts, in order."""
        return dict(self.database.execute("SELECT number, mark FROM parts ORDER BY number"))

    def forget(self, number: int) -> None:
        """Take a part out, whose pages are not as they were or are gone from the archive."""
        with self._commit():
            self.database.execute("DELETE FROM pages WHERE part = ?", (number,))
            self.database.execute("DELETE FROM parts WHERE number = ?", (number,))
        self.path(number).unlink(missing_ok=True)

    def add(self, done: Done) -> None:
        """Commit one finished part, whose file is in place."""
        with self._commit():
            self.database.execute(
                "INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    done.number,
                    done.label,
                    done.mark,
                    len(done.keys),
                    done.reused,
                    done.stop,
                    done.review,
                    done.unseen,
                ),
            )
            self.database.executemany(
                "INSERT INTO pages VALUES (?, ?, ?, ?)",
                (
                    (key, digest, done.number, row)
                    for row, (key, digest) in enumerate(zip(done.keys, done.digests, strict=True))
                ),
            )

    def find(self, keys: Iterable[str]) -> dict[str, tuple[str, int, int]]:
        """Key → (digest, part, row) of pages in this result; of doubled keys the first."""
        found: dict[str, tuple[str, int, int]] = {}
        wanted = list(keys)
        for at in range(0, len(wanted), 500):
            some = wanted[at : at + 500]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, digest, part, row FROM pages WHERE key IN ({marks}) ORDER BY part, row"  # noqa: S608 marks only
            for key, digest, part, row in self.database.execute(query, some):
                found.setdefault(key, (digest, part, row))
        return found

    def totals(self) -> dict[str, int]:
        """Pages, pages taken over, and pages by verdict."""
        row = self.database.execute(
            "SELECT coalesce(sum(pages),0), coalesce(sum(reused),0), coalesce(sum(stop),0), coalesce(sum(review),0),"
            " coalesce(sum(unseen),0), count(*) FROM parts"
        ).fetchone()
        return dict(zip(("pages", "reused", "stop", "review", "unseen", "parts"), row, strict=True))

    def written(self) -> int:
        """Pages that lie in the Parquet files, counted there: as many as were read, or something is wrong."""
        return sum(pq.read_metadata(path).num_rows for path in self.paths())

    def doubled(self, most: int = 100) -> list[tuple[str, int]]:
        """Some of the keys that more than one page has, and how many pages."""
        query = "SELECT key, count(*) FROM pages GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT ?"
        return list(self.database.execute(query, (most,)))

    def doubled_count(self) -> int:
        """How many keys more than one page has."""
        query = "SELECT count(*) FROM (SELECT 1 FROM pages GROUP BY key HAVING count(*) > 1)"
        return int(self.database.execute(query).fetchone()[0])

    def paths(self) -> list[Path]:
        """The Parquet files of the finished parts, in order."""
        return [self.path(number) for number in self.done()]


def opened(folder: Path) -> Any:  # noqa: ANN401 a context manager of a Manifest
    """An existing result, closed at the end."""
    return closing(Manifest(folder))
