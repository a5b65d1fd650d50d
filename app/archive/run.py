"""A rescan on one machine: parts of the archive over a pool of processes, a result that survives ``kill -9``."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as PartTimeoutError
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pebble import ProcessExpired, ProcessPool

from app import ENGINE
from app.archive import worker
from app.archive.batch import unseen
from app.archive.document import Document
from app.archive.manifest import Done, Manifest, ResultError
from app.archive.readers import Columns, Part, parts
from app.service import Service

if TYPE_CHECKING:
    from app.settings import Settings

_SECONDS = 120.0  # of a part of 500 pages that takes half a second; a page that needs more is not waited for
_AHEAD = 3  # parts handed out for each worker: memory stays the same however large the archive


@dataclass(frozen=True)
class Order:
    """What is to be rescanned, and where the result goes."""

    archive: str
    out: Path
    columns: Columns = Columns()  # noqa: RUF009 frozen
    query: str = ""
    since: str = ""
    workers: int = 0  # 0: as many as there are cores
    seconds: float = _SECONDS

    @property
    def processes(self) -> int:
        """How many workers."""
        return self.workers or len(os.sched_getaffinity(0))


Tell = Callable[[Done], None]


def rescan(order: Order, settings: Settings, tell: Tell = lambda _: None) -> Manifest:
    """Run to the end, taking up what an earlier run of the same order has left.

    Args:
        order: archive and result folder.
        settings: the service's settings; workers load the same.
        tell: called after each finished part, those of an earlier run left out.

    Returns:
        The open manifest of the finished result.

    Raises:
        ArchiveError, ResultError, LexiconError, …: nothing was begun, the message says why.
    """
    service = Service.load(settings)
    order.out.mkdir(parents=True, exist_ok=True)
    with _alone(order.out), contextlib.ExitStack() as cleanup:
        manifest = Manifest(order.out, new=True)
        cleanup.callback(manifest.close)
        _begin(manifest, order, service)
        done = manifest.done()
        waiting = (
            part for part in parts(order.archive, order.columns, order.query) if part.number not in done
        )
        for finished in _all(order, settings, manifest, waiting):
            manifest.add(finished)
            tell(finished)
        for leftover in (order.out / "parts").glob("*.tmp"):
            leftover.unlink()
        manifest.note(finished=True)
        cleanup.pop_all()  # finished: the caller has the manifest now
    return manifest


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two runs into one folder would overwrite each other."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ResultError(f"{folder} 正被另一个复查进程使用") from error
        yield


def _begin(manifest: Manifest, order: Order, service: Service) -> None:
    """Note what this run is, or check that it is the one begun here earlier."""
    facts = {
        "archive": order.archive,
        "query": order.query,
        "data": service.data,
        "columns": dict(order.columns.names),
        "since": order.since,
    }
    before = manifest.meta
    if before.get("archive") is None:
        manifest.note(
            version=1, engine=ENGINE, rules=dict(service.detectors.rule_digests),
            checklists=[one.id for one in service.default], finished=False, **facts,
        )  # fmt: skip
        return
    for name, words in (
        ("archive", "归档"),
        ("query", "查询"),
        ("data", "词库、规则或制度"),
        ("columns", "列名对应"),
    ):
        if before.get(name) != facts[name]:
            raise ResultError(
                f"{manifest.folder} 里已有另一次复查（{words}不同）；请另选 --out"
                + ("，并用 --since 指向它只查变化" if name == "data" and before.get("finished") else "")
            )


def _all(order: Order, settings: Settings, manifest: Manifest, waiting: Iterator[Part]) -> Iterator[Done]:
    """Finished parts, in the order of the archive; never more than a few handed out at once."""
    context = get_context("spawn")  # a fork would copy this process's threads' locks
    running: deque[tuple[Part, Any]] = deque()
    with ProcessPool(
        order.processes, initializer=worker.start, initargs=(settings, order.since), context=context
    ) as pool:
        try:
            for part in waiting:
                running.append((part, _hand_out(pool, part, manifest, order)))
                if len(running) >= _AHEAD * order.processes:
                    yield _finished(pool, *running.popleft(), manifest, order)
            while running:
                yield _finished(pool, *running.popleft(), manifest, order)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble has no types for it
            raise


def _hand_out(pool: ProcessPool, part: Part, manifest: Manifest, order: Order) -> Any:  # noqa: ANN401 pebble's future
    return pool.schedule(worker.work, args=(part, str(manifest.path(part.number))), timeout=order.seconds)


def _finished(pool: ProcessPool, part: Part, future: Any, manifest: Manifest, order: Order) -> Done:  # noqa: ANN401
    try:
        done: Done = future.result()
    except (ProcessExpired, PartTimeoutError):
        return _piecemeal(pool, part, manifest, order)
    return done


def _piecemeal(pool: ProcessPool, part: Part, manifest: Manifest, order: Order) -> Done:
    """A part on which a worker died: halved until the page is found; that one is UNSEEN, the others are not lost."""
    import pyarrow.parquet as pq

    target = manifest.path(part.number)
    rows: dict[int, dict[str, Any]] = {}
    reused = 0
    keys: list[str] = pool.schedule(worker.keys, args=(part,), timeout=order.seconds).result()
    ranges = [(0, len(keys))]
    while ranges:
        start, stop = ranges.pop()
        piece = target.with_suffix(f".{start}-{stop}.parquet")
        future = pool.schedule(worker.work, args=(part.slice(start, stop), str(piece)), timeout=order.seconds)
        try:
            done: Done = future.result()
        except (ProcessExpired, PartTimeoutError) as error:
            if stop - start > 1:
                middle = (start + stop) // 2
                ranges += [(start, middle), (middle, stop)]
                continue
            reason = (
                "审查超时，已放弃" if isinstance(error, PartTimeoutError) else "审查这一页时工作进程异常退出"
            )
            rows[start] = unseen(Document(keys[start]), reason)
        else:
            rows |= dict(enumerate(pq.read_table(piece).to_pylist(), start))
            reused += done.reused
            piece.unlink()
    ordered = [rows[number] for number in range(len(keys))]
    worker.write(ordered, target)
    return worker.summary(part, ordered, reused)
