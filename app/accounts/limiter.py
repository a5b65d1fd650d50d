"""How often somebody may try: so many failures in so many seconds, counted in this process."""

from __future__ import annotations

import time
from collections import deque

_MOST_KNOWN = 10_000


class Limiter:
    """Failures by name (a login, an address). Memory is bounded; whoever was longest quiet is forgotten first."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._failures: dict[str, deque[float]] = {}

    def wait(self, name: str) -> int:
        """Seconds until the next try is allowed; 0: now."""
        failures = self._failures.get(name)
        if failures is None:
            return 0
        now = time.monotonic()
        while failures and failures[0] < now - self.seconds:
            failures.popleft()
        return int(failures[0] + self.seconds - now) + 1 if len(failures) >= self.most else 0

    def fail(self, name: str) -> None:
        """One more failure."""
        failures = self._failures.pop(name, None) or deque(maxlen=self.most)
        failures.append(time.monotonic())
        self._failures[name] = failures
        if len(self._failures) > _MOST_KNOWN:
            del self._failures[next(iter(self._failures))]

    def forget(self, name: str) -> None:
        """It went well."""
        self._failures.pop(name, None)
