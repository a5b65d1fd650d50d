"""Files from strangers are taken apart in a process of its own: what a file breaks there is one request.

One worker stays warm. It has a wall time for each file and a limit on memory; a bomb costs it its
life, and the next file finds a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import threading
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from app.documents import papers
from app.documents.paper import Paper, PaperError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

    from pebble import ProcessFuture

SECONDS = 10.0
MEMORY = 1024 * 1024 * 1024  # bytes of address space
WAITING = 8  # files; more would wait longer than anybody does
_FILES = 500  # that one worker reads before a fresh one takes over

_log = logging.getLogger(__name__)


class BusyError(RuntimeError):
    """So many files wait already that this one is better sent again later."""


class Intake:
    """The worker and the queue before it. Starts with the first file that needs it."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY, waiting: int = WAITING) -> None:
        self.seconds, self.memory, self.most = seconds, memory, waiting
        self._pool: ProcessPool | None = None
        self._starting = threading.Lock()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Files inside, the one that is read included."""
        return self._waiting

    async def read(self, raw: bytes, suffix: str) -> Paper:
        """The text of a file. One that cannot be read is a paper without text that says why in ``unread``.

        Raises:
            BusyError: too many files wait.
        """
        if not papers.heavy(raw, suffix):
            return await asyncio.to_thread(_light, raw, suffix)
        if self._waiting >= self.most:
            raise BusyError
        self._waiting += 1
        try:
            # In a thread: a worker that must first be started takes seconds, in which others want answers.
            return await asyncio.wrap_future(await asyncio.to_thread(self._sent, raw, suffix))
        except PaperError as error:
            return Paper("", unread=str(error))
        except (Exception, CancelledError) as error:  # noqa: BLE001 a file that breaks its reader is not read
            _log.error("a %s file was not read: %s", suffix, type(error).__name__)  # none of its words
            return Paper("", unread=self._why(error))
        finally:
            self._waiting -= 1

    def _why(self, error: BaseException) -> str:
        if isinstance(error, TimeoutError):
            return f"读取文件用时超过 {self.seconds:g} 秒，已中止"
        if isinstance(error, MemoryError):
            return "读取文件占用内存过大，已中止"
        if isinstance(error, ProcessExpired | CancelledError):
            return "读取文件的程序异常退出，未能读取"
        return f"读取文件时出错（{type(error).__name__}），未能读取"

    def close(self) -> None:
        """End the worker. The next file would start another."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves out its None
            pool.join()

    def _sent(self, raw: bytes, suffix: str) -> ProcessFuture[Paper]:
        return self._running().schedule(papers.read, args=(raw, suffix), timeout=self.seconds)

    def _running(self) -> ProcessPool:
        with self._starting:
            if self._pool is not None and not self._pool.active:
                _log.error("the reader of files could not be kept alive; a new one is started")
                self.close()  # a broken pool takes no more files, and its workers are gone
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=1,
                    max_tasks=_FILES,
                    initializer=_start,
                    initargs=(self.memory,),
                    context=_context(),
                )
            return self._pool


def _context() -> BaseContext:
    """How workers begin: forked from a process that has everything loaded, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["app.documents.warm"])
    return context


def _light(raw: bytes, suffix: str) -> Paper:
    try:
        return papers.read(raw, suffix)
    except PaperError as error:
        return Paper("", unread=str(error))


def _start(memory: int) -> None:
    """In the worker: what it needs is loaded, then its memory limited; it ends with its parent."""
    from app.documents import warm  # noqa: F401 already there where the worker was forked

    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
