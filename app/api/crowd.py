"""Too many at once: who cannot be answered in time is told so at once, while those inside are still answered in time.

One per process, for it guards this process's time. A refusal is a 503, never a verdict.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.api.problems import Problem

LATE = 0.5  # seconds the event loop may be behind, beat after beat, before new posts are sent away
_BEAT = 0.05  # seconds
_BEATS = 4  # one late beat is a machine that was held up, not a crowd
LONG_BODY = 100_000  # bytes of a post that takes long
LONG = 2  # long posts screened at the same time: more would only take each other's time
WAITING = 6  # long posts that may wait


class Crowd:
    """How late the event loop has been all the while, and how many long posts are inside."""

    def __init__(self) -> None:
        self.lag = 0.0
        self.waiting = 0
        self.refused = 0
        self._long = asyncio.Semaphore(LONG)

    def admit(self) -> None:
        """Let a post in.

        Raises:
            Problem: 503, come again.
        """
        if self.lag > LATE:
            self.refused += 1
            raise Problem(503, "送审的稿件过多，请稍后再送；未审查，不得发布。", retry_after="2")

    @asynccontextmanager
    async def long_post(self) -> AsyncIterator[None]:
        """Screen a long post in here.

        Raises:
            Problem: 503, come again.
        """
        if self.waiting >= LONG + WAITING:
            self.refused += 1
            raise Problem(503, "等待审查的长稿过多，请稍后再送；未审查，不得发布。", retry_after="5")
        self.waiting += 1
        try:
            async with self._long:
                yield
        finally:
            self.waiting -= 1

    @asynccontextmanager
    async def room(self, size: int) -> AsyncIterator[None]:
        """Read or screen so many bytes in here.

        Raises:
            Problem: 503, come again.
        """
        if size <= LONG_BODY:
            yield
            return
        async with self.long_post():
            yield

    async def watch(self) -> None:
        """While the service runs: see how late the loop is."""
        loop = asyncio.get_running_loop()
        late = deque((0.0,) * _BEATS, _BEATS)
        while True:
            due = loop.time() + _BEAT
            await asyncio.sleep(_BEAT)
            late.append(max(0.0, loop.time() - due))
            self.lag = min(late)
