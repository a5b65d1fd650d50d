"""A rescan on one machine: parts of the archive over a pool of processes, a result that survives ``kill -9``."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as PartTimeoutError
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pebble import ProcessExpired, ProcessPool

from app import ENGINE
from app.archive import difference, worker
from app.archive.batch import unseen
from app.archive.document import Document
from app.archive.manifest import VERSION, Done, Manifest, ResultError
from app.archive.readers import Columns, Part, parts, told

if TYPE_CHECKING:
    from app.service import Service
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


Tell = Callable[
    [Done, float], None
]  # the part, and the share of the archive that is done, 0 where nobody knows


def rescan(order: Order, settings: Settings, tell: Tell = lambda _done, _share: None) -> Manifest:
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
    if order.out.resolve().is_relative_to(Path(order.archive).resolve()):
        raise ResultError(f"--out 不能在归档文件夹 {order.archive} 之内：报告会被当作页面")
    service = worker.loaded(settings)
    if order.since:  # refused here: a worker that cannot start says nothing
        difference.Earlier.open(Path(order.since), service).manifest.close()
    order.out.mkdir(parents=True, exist_ok=True)
    with alone(order.out), contextlib.ExitStack() as cleanup:
        manifest = Manifest(order.out, new=True)
        cleanup.callback(manifest.close)
        _begin(manifest, order, service)
        skipped: Counter[str] = Counter()
        waiting = _waiting(manifest, parts(order.archive, order.columns, order.query, skipped=skipped))
        for part, finished in _all(order, settings, service.data, manifest, waiting):
            manifest.add(finished)
            tell(finished, part.share)
        _tidy(manifest)
        manifest.note(finished=True, finished_on=_now(), skipped=dict(skipped.most_common()))
        cleanup.pop_all()  # finished: the caller has the manifest now
    return manifest


def _waiting(manifest: Manifest, found: Iterable[Part]) -> Iterator[Part]:
    """The parts still to be done; what an earlier run has of parts that are no longer the same is taken out."""
    done = manifest.done()
    for part in found:
        mark = done.pop(part.number, None)
        if mark == part.mark:
            continue
        if mark is not None:
            manifest.forget(part.number)
        yield part
    for number in done:
        manifest.forget(number)


def _tidy(manifest: Manifest) -> None:
    """What killed runs have left beside the finished parts.

    Raises:
        ResultError: not as many pages were written as were read.
    """
    whole = set(manifest.paths())
    for file in (manifest.folder / "parts").iterdir():
        if file not in whole:
            file.unlink()
    read, written = manifest.totals()["pages"], manifest.written()
    if read != written:
        raise ResultError(
            f"读入 {read} 页，结果中却有 {written} 页：结果文件被改动或损坏，请另选 --out 重新复查"
        )


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two runs into one folder would overwrite each other.

    Raises:
        ResultError: there is another.
    """
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ResultError(f"{folder} 正被另一个复查进程使用") from error
        yield


def _begin(manifest: Manifest, order: Order, service: Service) -> None:
    """Note what this run is, or check that it is the one begun here earlier."""
    facts = {
        "archive": told(order.archive),
        "query": order.query,
        "data": service.data,
        "columns": dict(order.columns.names),
        "since": order.since,
        "ground": difference.ground(service),
    }
    before = manifest.meta
    if not manifest.done():  # new, or begun on an archive that could not be opened: that binds nothing
        manifest.note(
            version=VERSION,
            engine=ENGINE,
            begun_on=_now(),
            day=datetime.date.today().isoformat(),  # noqa: DTZ011 the office's own calendar day, as the rules take it
            rules=dict(service.detectors.rule_digests),
            checklists=[one.id for one in service.default],
            finished=False,
            **facts,
        )
        return
    for name, words in (
        ("archive", "归档"),
        ("query", "查询"),
        ("data", "词库、规则或制度"),
        ("columns", "列名对应"),
        ("since", "对比的基础"),
        ("ground", "程序版本或设置"),
    ):
        if before.get(name) != facts[name]:
            raise ResultError(
                f"{manifest.folder} 里已有另一次复查（{words}不同）；请另选 --out"
                + ("，并用 --since 指向它只查变化" if name == "data" and before.get("finished") else "")
            )


def _all(
    order: Order, settings: Settings, data: str, manifest: Manifest, waiting: Iterator[Part]
) -> Iterator[tuple[Part, Done]]:
    """Finished parts, in the order of the archive; never more than a few handed out at once."""
    context = get_context("spawn")  # a fork would copy this process's threads' locks
    running: deque[tuple[Part, Any]] = deque()
    with ProcessPool(
        order.processes, initializer=worker.start, initargs=(settings, order.since, data), context=context
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


def _finished(
    pool: ProcessPool,
    part: Part,
    future: Any,  # noqa: ANN401 pebble's future
    manifest: Manifest,
    order: Order,
) -> tuple[Part, Done]:
    try:
        done: Done = future.result()
    except (ProcessExpired, PartTimeoutError):
        return part, _piecemeal(pool, part, manifest, order)
    return part, done


def _piecemeal(pool: ProcessPool, part: Part, manifest: Manifest, order: Order) -> Done:
    """A part on which a worker died: halved until the page is found; that one is UNSEEN, the others are not lost."""
    import pyarrow.parquet as pq

    target = manifest.path(part.number)
    rows: dict[int, dict[str, Any]] = {}
    reused = 0
    try:
        keys: list[str] = pool.schedule(worker.keys, args=(part,), timeout=order.seconds).result()
    except (ProcessExpired, PartTimeoutError):  # not even its pages can be told apart
        row = unseen(Document(f"{part.label}…"), "读这一段时工作进程异常退出或超时，其中的页面都未能检查")
        worker.write([row], target)
        return worker.summary(part, [row], 0)
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
