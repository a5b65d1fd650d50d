"""PostgreSQL killed under load, again and again, with two services on it: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.register import Asker, check, post, serving
from tests.app.register.conftest import Server, new_database, serving_postgresql
from tests.reliability.conftest import CLEAN, LONG

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

ROUNDS = 25 if LONG else 2
CLIENTS = 6
PATIENCE = 60.0  # seconds in which the services must be back by themselves


class Load:
    """Clients of two services that send post after post and ask again, at the other one, where they got no record."""

    def __init__(self, ports: list[int]) -> None:
        self.ports = ports
        self.given: dict[int, str] = {}  # number of the post → its record, as acknowledged
        self.refused = 0  # 503: not recorded, and said so
        self.broken = 0  # no answer
        self.slowest = 0.0
        self.violations: list[str] = []
        self.last = 0.0  # when the last record was acknowledged
        self.stop = False
        self._numbers = itertools.count()

    async def client(self, at: int) -> None:
        """One client: ends when told to, with no post of its own unanswered."""
        while not self.stop:
            number, port = next(self._numbers), self.ports[at % 2]
            while not await self._acknowledged(number, port):
                port = self.ports[0] if port == self.ports[1] else self.ports[1]
                await asyncio.sleep(0.1)

    async def _acknowledged(self, number: int, port: int) -> bool:
        start = time.monotonic()
        try:
            async with Asker(port) as asker:
                status, answer = await asyncio.wait_for(
                    asker.post(post(number, CLEAN, record=True), f"k{number}"), PATIENCE
                )
        except (OSError, EOFError, TimeoutError):
            self.broken += 1
            return False
        self.slowest = max(self.slowest, time.monotonic() - start)
        told = json.loads(answer)
        if status == 200 and told.get("record"):
            self.last = time.monotonic()
            if self.given.setdefault(number, told["record"]) != told["record"]:
                self.violations.append(f"post {number} has two records")
            return True
        if status != 503 or "不得" not in str(told.get("detail")):
            self.violations.append(f"{status}: {answer.decode()[:200]}")
        self.refused += 1
        return False

    async def settled(self, more: int = 2 * CLIENTS) -> float:
        """Wait until so many more posts are acknowledged; seconds."""
        start, goal = time.monotonic(), len(self.given) + more
        while len(self.given) < goal:
            if time.monotonic() - start > PATIENCE:
                self.violations.append(f"not back after {PATIENCE:.0f} s")
                break
            await asyncio.sleep(0.02)
        return time.monotonic() - start


def _postmaster(server: Server) -> int:
    return int((server.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])


def _kill_a_backend(url: str) -> None:
    """One connection's process: the server takes this for a crash, throws everybody out and recovers."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    if found is not None:
        os.kill(found[0], signal.SIGKILL)


def _started(server: Server) -> None:
    """Start it again: its orphans hold the shared memory a moment longer."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            server.start()
        except subprocess.CalledProcessError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


async def _rounds(server: Server, url: str, load: Load, chance: random.Random) -> tuple[int, list[float]]:
    clients = [asyncio.create_task(load.client(at)) for at in range(CLIENTS)]
    recoveries = []
    await load.settled()
    for turn in range(ROUNDS):
        await asyncio.sleep(chance.uniform(0, 0.3))
        if turn % 3 == 1:
            await asyncio.to_thread(_kill_a_backend, url)
        else:
            os.kill(_postmaster(server), signal.SIGKILL)
            await asyncio.sleep(chance.uniform(0, 1.5))
            await asyncio.to_thread(_started, server)
        recoveries.append(await load.settled())
    load.stop = True
    await asyncio.gather(*clients)
    return len(recoveries), recoveries


def test_postgresql_killed_under_load(
    tmp_path: Path, ledger: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 of the postmaster or of a connection's process: 503 meanwhile, both services back by themselves."""
    monkeypatch.setenv("XIANSHEN_SECRET_KEY", "k" * 40)
    with serving_postgresql() as server:
        url = new_database(server)
        with serving(tmp_path / "a", url) as (one, first), serving(tmp_path / "b", url) as (other, second):
            load = Load([one, other])
            kills, recoveries = asyncio.run(_rounds(server, url, load, random.Random(11)))
            violations = [
                "a service ended" for process in (first, second) if process.poll() is not None
            ] + load.violations
        try:
            held = check(tmp_path / "a", url, list(load.given.values()))
        except AssertionError as error:  # lost, doubled, or a chain is broken
            held = -1
            violations.append(str(error))
    figures: dict[str, Any] = {
        "承认": len(load.given), "登记": held, "期间 503": load.refused, "无答复": load.broken,
        "恢复最慢（秒）": round(max(recoveries), 1), "答复最慢（秒）": round(load.slowest, 1), "kills": kills,
    }  # fmt: skip
    ledger("F4 F8", f"两个服务登记时 kill -9 PostgreSQL（主进程或一个连接）{kills} 次", "其间 503；自行恢复；不丢、不重，链完整",
           len(load.given) + load.refused, violations, **figures)  # fmt: skip
