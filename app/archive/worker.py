"""What runs in a worker process: rules loaded once, then part after part."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.archive.batch import looked
from app.archive.difference import Earlier
from app.archive.document import RESULTS, Document
from app.archive.manifest import Done, ResultError
from app.register.durable import placed
from app.service import Service
from app.words.swap import laid_over

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.archive.readers import Part
    from app.settings import Settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Hands:
    """What a worker holds between parts."""

    service: Service
    earlier: Earlier | None


_hands: _Hands | None = None  # one per process, set once when it starts


def start(settings: Settings, since: str, data: str) -> None:
    """Set up a worker with the data of that digest. It ends with its parent, however that ends."""
    global _hands  # noqa: PLW0603 the one place where a process keeps what it loaded
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    _die_with_parent()
    service = loaded(settings)
    if service.data == data:  # else work() says so: what is raised here would only start the worker again
        _hands = _Hands(service, Earlier.open(Path(since), service) if since else None)


def loaded(settings: Settings) -> Service:
    """Rules and regulations, words decided on the web included: a rescan sees what the service sees."""
    return laid_over(Service.load(settings))


def _die_with_parent() -> None:
    parent = os.getppid()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def work(part: Part, target: str) -> Done:
    """Screen a part and write its rows to ``target``, under a temporary name first.

    Raises:
        ResultError: the words are not those that the run began with.
    """
    if _hands is None:
        raise ResultError("词库或规则在复查期间变了，结果不能混用；请重新运行，已完成的部分会核对")
    documents = list(_all(part))
    earlier = _hands.earlier.rows(documents) if _hands.earlier else {}
    rows = [earlier.get(number) or looked(one, _hands.service) for number, one in enumerate(documents)]
    write(rows, Path(target))
    return summary(part, rows, len(earlier))


def _all(part: Part) -> Iterator[Document]:
    """The pages; where reading breaks off, one more that says so."""
    try:
        yield from part.documents()
    except Exception as error:  # noqa: BLE001 whatever breaks, what follows is reported as not looked at
        _log.exception("part %r could not be read to its end", part.label)
        yield Document(
            f"{part.label}…", error=f"读到这里出错，本段其后的页面未能检查（{type(error).__name__}）"
        )


def keys(part: Part) -> list[str]:
    """The keys of a part on which a worker died."""
    return part.keys() or [one.key for one in _all(part)]


def write(rows: list[dict[str, Any]], target: Path) -> None:
    """Rows of the schema RESULTS as a Parquet file that is whole or not there."""
    unfinished = target.with_suffix(".tmp")
    pq.write_table(pa.Table.from_pylist(rows, schema=RESULTS), unfinished, compression="zstd")
    placed(unfinished, target)  # before the manifest says that it is there


def summary(part: Part, rows: list[dict[str, Any]], reused: int) -> Done:
    """What the manifest keeps of a part."""
    stop = sum(row["verdict"] == "block" and not row["unseen"] for row in rows)
    review = sum(row["verdict"] == "review" for row in rows)
    unseen = sum(bool(row["unseen"]) for row in rows)
    return Done(
        part.number, part.label, part.mark, [row["key"] for row in rows], [row["digest"] for row in rows], reused, stop, review, unseen
    )  # fmt: skip
