"""How hard the patrol may knock, and what it thinks of an answer's age."""

from __future__ import annotations

from dataclasses import dataclass

USER_AGENT = "Xianshen-LinkPatrol/1.0 (government website link check)"


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds unless said otherwise."""

    at_once: int = 32  # hosts visited at the same time
    per_host: int = 2  # requests to one host at the same time
    delay: float = 0.5  # between the starts of two requests to one host
    connect: float = 8.0
    read: float = 10.0  # for the next piece of an answer
    total: float = 30.0  # one request with everything in it
    hops: int = 8  # redirects
    body: int = 64 * 1024  # bytes of a page that are read
    unpacked: int = 256 * 1024  # bytes that a compressed page may become
    attempts: int = 3  # with a host that says 429 or 503
    patience: float = 60.0  # longest Retry-After that is waited for
    dead_after: int = 3  # runs with a failure until a link is dead
    fresh_days: float = 7.0  # a good answer is believed so long
    retry_hours: float = 12.0  # a failure is tried again after so long, in a later run
    expiring_days: int = 30  # of a certificate
    user_agent: str = USER_AGENT
