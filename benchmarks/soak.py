"""Soak: two workers, posts of all kinds, good and hostile, recorded and not, for as long as asked; workers are killed.

Nothing acknowledged may be lost, and after the caches have filled memory must stay flat.

    python -m benchmarks.soak [SECONDS]
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.register import check, serving
from tests.reliability.conftest import CLEAN
from tests.reliability.hostile import PAGES
from tests.reliability.test_no_silent_pass import PAPERS

CLIENTS = 6
WARM = (
    20_000  # posts after the last kill before memory is looked at: caches fill for some 10,000 in each worker
)
LEAST = 20_000  # posts without which nothing is said about memory
MOST_GROWTH = 5.0  # MB per 10,000 posts, both workers together
_KILLING = 1 / 3  # of the time: killed workers forget what they had, so memory is looked at afterwards
_KILLS_APART = 12.0  # seconds
_HOSTILE, _FILE, _REDACT = 200, 100, 50  # posts between one of these and the next
_PATIENCE = 60.0  # seconds in which a post that must be recorded is asked again
_FINE = frozenset({200, 413, 422})


@dataclass
class Soak:
    """What is being counted."""

    port: int
    posts: int = 0
    busy: int = 0  # 503: sent away, to come again
    errors: list[str] = field(default_factory=list)
    cut_off: int = 0  # posts inside a worker when it was killed
    kills: int = 0
    slowest: float = 0.0  # seconds
    records: list[str] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)  # posts, MB; since the last kill
    over: threading.Event = field(default_factory=threading.Event)


def _screen(chance: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    """Mostly what offices send; now and then a small hostile page, a file, a text to be masked."""
    if number % _HOSTILE == 0:
        format_, body = chance.choice(list(PAGES.values()))
        return "/screen", {"json": {"body": body[: len(body) // 50], "format": format_, "record": False}}
    if number % _FILE == 0:
        suffix, make = chance.choice(list(PAPERS.items()))
        return "/screen/file", {"files": {"file": (f"a{suffix}", make())}, "data": {"title": "通知"}}
    wrong = chance.choice(["", "既使再忙，", "2月30日前办结，", "手机13912345678，", "机密★10年，"])
    body = wrong + CLEAN * chance.randrange(1, 12) + f"第{number}号"
    html = chance.random() < 0.5
    post: dict[str, Any] = {"body": f"<p>{body}</p>" if html else body, "format": "html" if html else "text"}
    if number % _REDACT == 0:
        return "/redact", {"json": post}
    record = chance.random() < 0.2
    post |= {"title": "通知", "unit": {"kind": "department"}, "author": "张三", "record": record}
    return "/screen", {"json": post, "headers": {"idempotency-key": f"k{number}"} if record else {}}


async def _ask(soak: Soak, chance: random.Random, number: int, http: httpx.AsyncClient) -> None:
    """One post; one that is to be recorded until it is."""
    path, given = _screen(chance, number)
    wanted = bool(given.get("headers"))
    end = time.monotonic() + _PATIENCE
    while True:
        start = time.monotonic()
        try:
            answer = await http.post(path, **given)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
            soak.cut_off += 1
        else:
            soak.slowest = max(soak.slowest, time.monotonic() - start)
        soak.posts += 1
        if status in _FINE:
            if wanted and status == 200:
                soak.records.append(answer.json()["record"])
            return
        soak.busy += status == 503
        if status not in {0, 503}:
            soak.errors.append(f"{path}: {status}: {answer.text[:200]}")
            return
        if time.monotonic() > end:
            soak.errors.append(f"{path}: never answered")
            return
        if not wanted:
            return
        await asyncio.sleep(0.2)


async def _client(soak: Soak, seed: int) -> None:
    chance, number = random.Random(seed), seed
    while not soak.over.is_set():
        # A new connection now and then: workers share those of one port by chance, and kills end them.
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{soak.port}", timeout=_PATIENCE, trust_env=False
        ) as http:
            for _ in range(50):
                if soak.over.is_set():
                    return
                number += CLIENTS
                await _ask(soak, chance, number, http)


def _workers(supervisor: psutil.Process) -> list[psutil.Process]:
    """Those that live; one that was just killed may still be in the table of processes."""
    found = []
    for one in supervisor.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(one.cmdline()):
                found.append(one)
    return found


def _megabytes(supervisor: psutil.Process) -> float:
    """Resident memory of the workers and what they have started."""
    total = 0
    for one in supervisor.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += one.memory_info().rss
    return total / 1024**2


async def _kill(soak: Soak, supervisor: psutil.Process, end: float) -> None:
    """Now and then one of the two workers, by turns, once both are there."""
    apart = min(_KILLS_APART, (end - time.monotonic()) / 2.5)
    while time.monotonic() + apart < end:
        await asyncio.sleep(apart)
        workers = await asyncio.to_thread(_workers, supervisor)
        if len(workers) == 2:
            workers[soak.kills % 2].kill()
            soak.kills += 1


async def _watch(soak: Soak, supervisor: psutil.Process) -> None:
    while not soak.over.is_set():
        if len(await asyncio.to_thread(_workers, supervisor)) == 2:
            soak.memory.append((soak.posts, await asyncio.to_thread(_megabytes, supervisor)))
        await asyncio.sleep(1.0)


async def _soaked(soak: Soak, supervisor: psutil.Process, seconds: float) -> None:
    start = time.monotonic()
    clients = [asyncio.create_task(_client(soak, seed)) for seed in range(CLIENTS)]
    await _kill(soak, supervisor, start + seconds * _KILLING)
    watching = asyncio.create_task(_watch(soak, supervisor))
    await asyncio.sleep(max(0.0, start + seconds - time.monotonic()))
    soak.over.set()
    await asyncio.gather(*clients, watching)


def run(seconds: float = 1800.0) -> dict[str, Any]:
    """So many seconds against a service of its own on loopback.

    ``broken``: what must not have been, in words.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with serving(home, workers=2) as (port, process):
            soak = Soak(port)
            asyncio.run(_soaked(soak, psutil.Process(process.pid), seconds))
        broken = soak.errors[:20]
        try:
            held = check(home, "", soak.records)
        except AssertionError as error:  # lost, doubled, or a chain is broken
            held = -1
            broken.append(str(error))
    growth, judged, used = _growth(soak.memory)
    if judged and growth > MOST_GROWTH:
        broken.append(f"memory grows by {growth:.1f} MB per 10,000 posts")
    return {
        "seconds": seconds,
        "posts": soak.posts,
        "sent away (503)": soak.busy,
        "kills": soak.kills,
        "cut off": soak.cut_off,
        "acknowledged": len(soak.records),
        "kept": held,
        "MB before": used[0][1],
        "MB after": used[-1][1],
        "MB most": max(one for _, one in soak.memory),
        "MB per 10,000 posts": growth,
        "growth judged": judged,
        "slowest ms": soak.slowest * 1000,
        "broken": broken,
    }


def _growth(memory: list[tuple[int, float]]) -> tuple[float, bool, list[tuple[int, float]]]:
    """MB per 10,000 posts once warm, whether there were posts enough to say so, and the samples it was reckoned from.

    The slope of all samples, not the difference of two: a file that is being read is ten megabytes for a moment.
    """
    begin = memory[0][0] + max(
        WARM, (memory[-1][0] - memory[0][0]) // 2
    )  # a leak does not end, filling caches do
    warm = [(posts, megabytes) for posts, megabytes in memory if posts >= begin]
    judged = bool(warm) and warm[-1][0] - warm[0][0] >= LEAST
    used = warm if judged else memory
    if len({posts for posts, _ in used}) < 2:
        return 0.0, False, used
    slope = statistics.linear_regression(*zip(*used, strict=True)).slope
    return slope * 10_000, judged, used


def show(figures: dict[str, Any]) -> None:
    """On the terminal."""
    for name, value in figures.items():
        print(f"{name}: {value:,.1f}" if isinstance(value, float) else f"{name}: {value}")


if __name__ == "__main__":
    figures = run(float(sys.argv[1]) if len(sys.argv) > 1 else 1800.0)
    show(figures)
    sys.exit(1 if figures["broken"] else 0)
