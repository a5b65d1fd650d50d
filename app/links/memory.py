"""What earlier runs saw, on disk: one SQLite file, one connection, every result written at once.

A run that was interrupted is taken up where it stopped: what has a result is not asked again,
what has none is. WAL with synchronous=NORMAL loses nothing when a process is killed.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from app.links.outcome import BY_CODE, Outcome
from app.links.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from app.links.limits import Limits

_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, started TEXT NOT NULL,
    collected INTEGER NOT NULL DEFAULT 0, finished TEXT
);
CREATE TABLE IF NOT EXISTS link (
    url TEXT PRIMARY KEY, host TEXT NOT NULL,
    wanted INTEGER NOT NULL,                -- run that last asked for it
    due INTEGER NOT NULL DEFAULT 0,         -- run in which it is to be visited
    visited INTEGER NOT NULL DEFAULT 0,     -- run in which it was last visited
    outcome TEXT, status INTEGER, final TEXT, note TEXT, title TEXT, expires TEXT,
    checked_at TEXT, first_failed TEXT, last_good TEXT, failures INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS link_due ON link (due, host);
CREATE TABLE IF NOT EXISTS place (
    url TEXT NOT NULL, page TEXT NOT NULL, words TEXT NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (url, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS missed (
    run INTEGER NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (run, what)
) WITHOUT ROWID;
"""
_VERSION = 1


class RecordError(RuntimeError):
    """The file of earlier results cannot be used; the message says why, in Chinese."""


class Known(NamedTuple):
    """One link with its history. Times are ISO with the zone."""

    url: str
    outcome: Outcome
    dead: bool
    status: int
    final: str
    note: str
    title: str
    expires: str
    checked_at: str
    first_failed: str
    last_good: str
    failures: int
    pages: tuple[str, ...]
    page_count: int
    words: str


class Memory:
    """The results of all runs. One process at a time."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=1.0)
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in {0, _VERSION}:
                raise RecordError(f"{path} 由另一个版本写成（{version}），请换一个文件")
            self._db.execute("BEGIN IMMEDIATE")  # takes the lock, so that a second patrol stops here
            for statement in _SCHEMA.split(";\n"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version={_VERSION}")
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            busy = "locked" in str(error)
            raise RecordError(
                f"{path}：{'另一个巡检正在使用' if busy else f'无法打开（{error}）'}"
            ) from error
        except (sqlite3.DatabaseError, OSError) as error:
            raise RecordError(f"{path}：不是巡检记录文件或无法写入（{error}）") from error

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def __enter__(self) -> Memory:  # noqa: PYI034 never subclassed
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- runs

    def begin(self, source: str, *, resume: bool = True) -> tuple[int, bool]:
        """The run to work on and whether its links are collected already: an unfinished one of this source, or a new one.

        A run of another source that came after it may have taken links of both for its own: they are collected again.
        """
        row = self._db.execute(
            "SELECT id, collected AND id = (SELECT max(id) FROM run) FROM run"
            " WHERE source = ? AND finished IS NULL ORDER BY id DESC LIMIT 1",
            (source,),
        ).fetchone()
        if row and resume:
            return row[0], bool(row[1])
        self._db.execute(
            "UPDATE run SET finished = 'given up' WHERE source = ? AND finished IS NULL", (source,)
        )
        number = self._db.execute(
            "INSERT INTO run (source, started) VALUES (?, ?)", (source, _now())
        ).lastrowid
        return number or 0, False

    def want(self, run: int, links: Iterable[tuple[str, str, str, str]]) -> None:
        """Note links of this run: (url, host, page, words)."""
        self._db.execute("BEGIN")
        for url, host, page, words in links:
            self._db.execute(
                "INSERT INTO link (url, host, wanted) VALUES (?, ?, ?) ON CONFLICT (url) DO UPDATE SET wanted = excluded.wanted",
                (url, host, run),
            )
            self._db.execute(
                "INSERT INTO place VALUES (?, ?, ?, ?) ON CONFLICT (url, page) DO UPDATE SET run = excluded.run, words = excluded.words",
                (url, page[:500], words[:100], run),
            )
        self._db.execute("COMMIT")

    def plan(self, run: int, limits: Limits, missed: Mapping[str, int]) -> None:
        """Say which wanted links are due: new ones, good ones that are old, others after some hours; and what was missed."""
        now = datetime.datetime.now(datetime.UTC)
        good = (now - datetime.timedelta(days=limits.fresh_days)).isoformat()
        failed = (now - datetime.timedelta(hours=limits.retry_hours)).isoformat()
        self._db.execute("BEGIN")
        self._db.execute(
            "UPDATE link SET due = ? WHERE wanted = ? AND visited <> ? AND"
            " (checked_at IS NULL OR checked_at <= CASE WHEN outcome = 'ok' THEN ? ELSE ? END)",
            (run, run, run, good, failed),
        )
        self._db.execute("UPDATE run SET collected = 1 WHERE id = ?", (run,))
        self._db.execute("DELETE FROM missed WHERE run = ?", (run,))
        self._db.executemany(
            "INSERT INTO missed VALUES (?, ?, ?)", [(run, what, count) for what, count in missed.items()]
        )
        self._db.execute("COMMIT")

    def missed(self, run: int) -> dict[str, int]:
        """What of the source could not become a link, and how often."""
        return dict(
            self._db.execute("SELECT what, count FROM missed WHERE run = ? ORDER BY what", (run,)).fetchall()
        )

    def counts(self, run: int) -> tuple[int, int, int]:
        """Links wanted, due, and visited already in this run."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(due = ?1), 0), coalesce(sum(visited = ?1), 0) FROM link WHERE wanted = ?1",
            (run,),
        ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def hosts(self, run: int) -> list[tuple[str, int]]:
        """Hosts with links still to visit, those with most first."""
        return self._db.execute(
            "SELECT host, count(*) FROM link WHERE due = ?1 AND visited <> ?1 GROUP BY host ORDER BY 2 DESC, 1",
            (run,),
        ).fetchall()

    def waiting(self, run: int, host: str, lane: int, lanes: int) -> list[str]:
        """The links of one host still to visit, in one of its lanes.

        Which lane a link belongs to depends on the plan alone: lanes start at different times.
        """
        rows = self._db.execute(
            "SELECT url, visited FROM link WHERE due = ? AND host = ? ORDER BY url", (run, host)
        ).fetchall()
        return [url for url, visited in rows[lane::lanes] if visited != run]

    def record(self, run: int, visit: Visit) -> None:
        """One result, on disk when this returns. A failure counts once a run; what is unsure changes no history."""
        now, outcome = _now(), visit.outcome
        if outcome.fails:
            history = "failures = failures + 1, first_failed = coalesce(first_failed, :now)"
        elif outcome.unsure:
            history = "failures = failures"
        else:
            history = "failures = 0, first_failed = NULL, last_good = :now"
        self._db.execute(
            "UPDATE link SET visited = :run, outcome = :outcome, status = :status, final = :final, note = :note,"  # noqa: S608 only our own words
            f" title = :title, expires = :expires, checked_at = :now, {history} WHERE url = :url AND visited <> :run",
            {
                "run": run, "now": now, "url": visit.url, "outcome": outcome.code, "status": visit.status,
                "final": visit.final, "note": visit.note, "title": visit.title, "expires": visit.expires,
            },
        )  # fmt: skip

    def finish(self, run: int) -> None:
        """Close a run; places that it did not find any more are forgotten with their links' other pages kept."""
        self._db.execute("BEGIN")
        self._db.execute("UPDATE run SET finished = ? WHERE id = ?", (_now(), run))
        self._db.execute(
            "DELETE FROM place WHERE run < ? AND url IN (SELECT url FROM link WHERE wanted = ?)", (run, run)
        )
        self._db.execute("COMMIT")

    # --- results

    def results(self, run: int, limits: Limits, pages: int = 5) -> Iterator[Known]:
        """Every link of the run with its history, dead ones first."""
        rows = self._db.execute(
            "SELECT url, outcome, status, final, note, title, expires, checked_at, first_failed, last_good, failures,"
            " (SELECT json_group_array(page) FROM (SELECT page FROM place WHERE place.url = link.url ORDER BY page LIMIT ?2)),"
            " (SELECT count(*) FROM place WHERE place.url = link.url),"
            " (SELECT words FROM place WHERE place.url = link.url ORDER BY page LIMIT 1)"
            " FROM link WHERE wanted = ?1 AND outcome IS NOT NULL ORDER BY failures DESC, outcome, url",
            (run, pages),
        )
        for row in rows:
            outcome, failures = BY_CODE[row[1]], row[10]
            yield Known(
                row[0], outcome, outcome.fails and failures >= limits.dead_after, row[2] or 0, row[3] or "", row[4] or "",
                row[5] or "", row[6] or "", row[7] or "", row[8] or "", row[9] or "", failures,
                tuple(json.loads(row[11])), row[12], row[13] or "",
            )  # fmt: skip


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
