"""A limit on computing that also ends what is in the middle of it.

A rule is a loop over what its pattern meets, and on a page made to hurt that loop runs for half a minute. Between
two rules there is a clock to look at; inside one there is none. So a second thread watches how long the first has
computed and, when the time is up, raises ``OutOfTimeError`` in it: at its next step in Python, never inside C.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Self

_AGAIN = 0.05  # seconds: what swallowed the first is told again

_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in.argtypes = (ctypes.c_ulong, ctypes.py_object)


class OutOfTimeError(BaseException):
    """The time is up. No ``except Exception`` of a rule or a library takes it for an error of its own."""


class Limit:
    """So many seconds of this thread's computing, from when it is entered; waiting for others does not count.

    Only what is done by ``run`` is ended in the middle.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._inside = False
        self._told = False
        self._left = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.get_ident()
        self._clock = _clock(self._thread)
        self._end = time.clock_gettime(self._clock) + self._seconds
        threading.Thread(target=self._watch, name="limit", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()

    def run(self, work: Callable[[], object]) -> None:
        """Do ``work``.

        Raises:
            OutOfTimeError: the time is up, or was up before.
        """
        if time.clock_gettime(self._clock) >= self._end:
            raise OutOfTimeError
        try:
            try:
                self._inside = True
                work()
            finally:
                self._leave()
        except OutOfTimeError:
            self._leave()  # the word may have come on the way out
            raise

    def _leave(self) -> None:
        """From here on the watch does nothing, and its word is not still on its way.

        A word is not called off, though Python would do that: its interpreter then goes on looking for what is no longer
        there, and under a profiler CPython 3.11 does nothing else for ever. Instead one more is sent and waited for.
        """
        while self._inside or self._told:
            try:
                with self._lock:  # the watch is not between its question and its deed
                    self._inside = False
                if self._told:
                    _raise_in(self._thread, OutOfTimeError)  # in the place of one that has not arrived
                    while True:
                        pass
            except OutOfTimeError:
                self._told = self._inside

    def _watch(self) -> None:
        while not self._left.wait(max(self._end - self._now(), _AGAIN)):
            with self._lock:
                if self._inside and self._now() >= self._end:
                    self._told = True
                    _raise_in(self._thread, OutOfTimeError)

    def _now(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except OSError:  # the thread is no more
            self._left.set()
            return self._end


def _clock(thread: int) -> int:
    """A thread's own computing time; where the system has no such clock, the time that passes."""
    own = getattr(time, "pthread_getcpuclockid", None)
    return own(thread) if own else time.CLOCK_MONOTONIC
