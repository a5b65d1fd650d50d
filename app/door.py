"""The door of the service: uvicorn's own, but heads of requests neither too long nor too slow.

uvicorn bounds neither: a head without end would fill the memory, and connections that never finish theirs
would stay for ever. Bodies are bounded by ``app.main``, once there is a request to answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

MOST = 64 * 1024  # bytes of a head, as uvicorn's other door takes them
SECONDS = 10.0  # from its first byte, or from when the connection was made, to its last


class Door(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 passed on
        super().__init__(*given, **named)
        self._size = 0
        self._late: asyncio.TimerHandle | None = None  # while a head is waited for

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A head is waited for."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._done()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """The first byte of a head, of a later request too."""
        super().on_message_begin()
        if self._late is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._done()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """More of a head or of a body."""
        waited = self._late
        super().data_received(data)
        if waited is not None and self._late is waited:  # all of it was head
            self._size += len(data)
            if self._size > MOST:
                self._refuse()

    def _wait(self) -> None:
        self._size = 0
        self._late = self.loop.call_later(SECONDS, self._refuse)

    def _done(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self) -> None:
        self._done()
        cycle: Any = self.cycle  # None before the first request
        answering = cycle is not None and not cycle.response_complete
        if self._size and not answering and not self.transport.is_closing():
            self.send_400_response("Invalid HTTP request received.")
        else:  # nobody asked anything, or an answer is on its way into which nothing may be written
            self.transport.close()
