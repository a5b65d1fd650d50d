"""The register: recorded beside unrecorded posts, kill -9 under load, a register of a million entries.

SQLite and, where it is installed, PostgreSQL. Every figure is checked first: what was acknowledged is there, once.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from statistics import median
from typing import Any, Self

from rich.console import Console
from rich.progress import track
from rich.table import Table

from app.page import Page
from app.register import house, lookup
from app.register.lookup import Filters
from app.register.models import records
from app.register.store import Register
from app.register.way import Person
from app.register.writer import Transaction
from app.service import Service
from app.settings import Settings
from benchmarks.corpora import ROOT, Absent, official
from benchmarks.loopback import free_port

LIMITS = {"recorded / unrecorded, SQLite": 0.6}  # at least
CLIENTS, SECONDS, ROUNDS = 50, 4.0, 5
KILLS = 100
START = 120.0  # seconds a service may take to start, however busy the machine
ROUND = 60.0  # seconds within which a service must have acknowledged a few posts, however busy the machine
MILLION = 1_000_000
ALL = Person("bench", "测评", covers="all", roles=frozenset({"auditor"}))


# --- a service of its own ---------------------------------------------------------------------


@contextlib.contextmanager
def serving(home: Path, url: str = "", workers: int = 1) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A uvicorn of its own on loopback: port and process; the whole group is gone afterwards.

    Raises:
        AssertionError: it did not start; with its last words.
    """
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "app.main:app",
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--timeout-worker-healthcheck",
        "60",  # on a busy machine a worker that is only slow must not be killed
    ]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "XIANSHEN_HOME": str(home),
        "XIANSHEN_DATABASE_URL": url,
        "XIANSHEN_AUTH": "",
    }
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, "--log-level", "error", "--no-access-log"],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stderr=said,
        )
        try:
            end = time.monotonic() + START
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
                        break
                except (urllib.error.URLError, OSError, HTTPException) as error:
                    if process.poll() is not None or time.monotonic() > end:
                        said.seek(0)
                        words = said.read().decode("utf-8", "replace").strip()
                        raise AssertionError(f"the service did not start: {words[-500:] or error}") from None
                    time.sleep(0.05)
            yield port, process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(15)


class Asker:
    """One keep-alive connection of asyncio."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes, key: str = "") -> tuple[int, bytes]:
        """POST /screen; status and body.

        Raises:
            OSError, EOFError: the service went away.
        """
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        extra = f"idempotency-key: {key}\r\n" if key else ""
        head = (
            f"POST /screen HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{extra}"
            f"content-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        lines = answer.decode("latin-1").lower().split("\r\n")
        length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
        return int(lines[0].split()[1]), await reader.readexactly(length)

    async def insist(self, body: bytes, key: str = "") -> tuple[int, bytes]:
        """The same; a service too busy to look at the post (503, 未审查) is asked again, for a while."""
        end = time.monotonic() + ROUND
        while True:
            status, answer = await self.post(body, key)
            if status != 503 or "未审查" not in answer.decode() or time.monotonic() > end:
                return status, answer
            await asyncio.sleep(0.2)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.streams:
            self.streams[1].close()
            with contextlib.suppress(OSError):
                await self.streams[1].wait_closed()


def post(number: int, letters: str, *, record: bool) -> bytes:
    """A request body; the number makes each of them another."""
    body = {
        "title": f"第{number}号通知",
        "body": letters,
        "unit": {"name": "县统计局", "kind": "department"},
        "record": record,
    }
    return json.dumps(body, ensure_ascii=False).encode()


# --- how much it costs ------------------------------------------------------------------------


async def _hammer(port: int, letters: str, first: int, seconds: float, *, record: bool) -> list[str]:
    """As many posts as fifty clients get answered; the records (or "") of the answers."""
    numbers = iter(range(first, first + 10_000_000))
    found: list[str] = []
    end = time.perf_counter() + seconds

    async def client() -> None:
        async with Asker(port) as asker:
            while time.perf_counter() < end:
                status, answer = await asker.insist(post(next(numbers), letters, record=record))
                assert status == 200, answer
                at = answer.find(b'"record":"')
                found.append(answer[at + 10 : at + 36].decode() if at >= 0 else "")

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return found


def cost(
    home: Path, url: str = "", workers: int = 1, seconds: float = SECONDS, rounds: int = ROUNDS
) -> dict[str, Any]:
    """Requests a second, recorded and unrecorded in turn; then everything acknowledged is counted.

    Raises:
        AssertionError: an acknowledged record is not there, is there twice, or a chain is broken.
    """
    letters = official(2_000)
    rates: dict[bool, list[float]] = {True: [], False: []}
    acknowledged: list[str] = []
    with serving(home, url, workers) as (port, _):
        asyncio.run(_hammer(port, letters, 0, 1.0, record=False))
        for turn in range(rounds):
            for record in (False, True):
                start = time.perf_counter()
                found = asyncio.run(_hammer(port, letters, turn * 1_000_000, seconds, record=record))
                rates[record].append(len(found) / (time.perf_counter() - start))
                acknowledged += [one for one in found if one]
    check(home, url, acknowledged)
    plain, kept = median(rates[False]), median(rates[True])
    return {
        "unrecorded per second": plain,
        "recorded per second": kept,
        "ratio": kept / plain,
        "records": len(acknowledged),
    }


def together(home: Path, url: str = "", processes: int = 2, each: int = 6) -> dict[str, int]:
    """Fifty clients, so many recorded posts each, however long it takes; then everything acknowledged is counted.

    Workers of one port may leave all connections to the quickest among them; here each process has a port
    and its share of the clients, so that all of them write at the same time.

    Raises:
        AssertionError: an answer other than 200, or as ``check``.
    """
    letters = official(2_000)
    acknowledged: list[str] = []

    async def client(port: int, number: int) -> None:
        async with Asker(port) as asker:
            for turn in range(each):
                status, answer = await asker.insist(post(number * each + turn, letters, record=True))
                assert status == 200, answer
                acknowledged.append(json.loads(answer)["record"])

    async def clients(ports: list[int]) -> None:
        await asyncio.gather(*(client(ports[number % processes], number) for number in range(CLIENTS)))

    with contextlib.ExitStack() as services:
        ports = [services.enter_context(serving(home, url))[0] for _ in range(processes)]
        asyncio.run(clients(ports))
    return {"acknowledged": len(acknowledged), "records": check(home, url, acknowledged)}


def check(home: Path, url: str, acknowledged: list[str], *, exactly: bool = True) -> int:
    """Everything acknowledged is in the register, once, and the chains hold; the number of records.

    Raises:
        AssertionError: it is not so.
    """
    register = Register(Settings(home=home, database_url=url))
    held = [row["id"] for row in lookup.each(register, ALL, Filters())]
    walks = house.walk_all(register)
    register.close()
    assert len(held) == len(set(held)), "a record is there twice"
    assert len(acknowledged) == len(set(acknowledged)), "one record was given to two posts"
    missing = set(acknowledged) - set(held)
    assert not missing, f"{len(missing)} acknowledged records are missing"
    assert not exactly or len(held) == len(acknowledged), "there are records nobody was told about"
    assert all(one.broken is None for one in walks), walks
    return len(held)


# --- kill -9 ----------------------------------------------------------------------------------


def killed(home: Path, url: str = "", rounds: int = KILLS, clients: int = 16) -> dict[str, int]:
    """Kill the service at a random moment under load, again and again; the clients retry with the same key.

    The moment is reckoned in acknowledged posts, so that a busy machine is killed as deep in its work as an idle one.

    Raises:
        AssertionError: an acknowledged record is lost or doubled, a key has two records, or a round made no progress.
    """
    chance = random.Random(7)
    letters = "各单位要认真落实，确保各项工作有序推进。"
    load = Load(letters, clients)
    for _ in track(range(rounds), "kill -9", disable=not sys.stderr.isatty()):
        with serving(home, url) as (port, process):
            moment = chance.randint(1, 3 * clients), chance.uniform(0, 0.03)
            asyncio.run(load.until_killed(port, process, *moment))
            process.wait(15)
    with serving(home, url) as (port, _):  # those that were never answered are asked again, and answered once
        asyncio.run(load.finish(port))
    held = check(home, url, list(load.given.values()))
    return {
        "rounds": rounds,
        "acknowledged": len(load.given),
        "unanswered": load.unanswered,
        "records": held,
        "lost": 0,
        "doubled": 0,
    }


class Load:
    """Clients that send post after post, each under a key of its own, and begin again where the service went away."""

    def __init__(self, letters: str, clients: int) -> None:
        self.letters, self.clients = letters, clients
        self.given: dict[str, str] = {}  # key → record, as acknowledged
        self.waiting: list[int] = []  # numbers sent and not acknowledged
        self.unanswered = 0  # posts on their way when the service was killed
        self._numbers = itertools.count()

    async def until_killed(
        self, port: int, process: subprocess.Popen[bytes], answers: int, seconds: float
    ) -> None:
        """Ask until the service has been killed: so many seconds after it has acknowledged so many posts.

        Raises:
            AssertionError: an answer other than 200, or too few of them in a minute.
        """
        enough, goal = asyncio.Event(), len(self.given) + answers
        sent: list[int] = []

        async def client() -> None:
            async with Asker(port) as asker:
                while True:
                    number = self.waiting.pop() if self.waiting else next(self._numbers)
                    try:
                        answer = await asker.insist(self._post(number), f"k{number}")
                    except (OSError, EOFError):
                        sent.append(number)
                        return
                    self._take(number, *answer)
                    if len(self.given) >= goal:
                        enough.set()

        async def killer() -> None:
            try:
                await asyncio.wait_for(enough.wait(), ROUND)
                await asyncio.sleep(seconds)
                assert process.poll() is None, "the service ended by itself"
            except TimeoutError:
                raise AssertionError(f"fewer than {answers} posts acknowledged in {ROUND:.0f} s") from None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

        await asyncio.gather(killer(), *(client() for _ in range(self.clients)))
        self.waiting += sent
        self.unanswered += len(sent)

    async def finish(self, port: int) -> None:
        """Those never answered once more; and the last ones answered give the same record."""
        async with Asker(port) as asker:
            for number in self.waiting:
                self._take(number, *await asker.insist(self._post(number), f"k{number}"))
            self.waiting = []
            for key in list(self.given)[-50:]:
                number = int(key[1:])
                self._take(number, *await asker.insist(self._post(number), key))

    def _post(self, number: int) -> bytes:
        return post(number, self.letters, record=True)

    def _take(self, number: int, status: int, answer: bytes) -> None:
        assert status == 200, answer
        record = json.loads(answer)["record"]
        assert record
        assert self.given.setdefault(f"k{number}", record) == record, "one key, two records"


# --- a million entries ------------------------------------------------------------------------


def fill(register: Register, count: int) -> int:
    """A register of so many posts; bytes of one entry's content."""
    service = Service.load(Settings())
    page = Page(official(300), "通知", unit="县统计局", unit_kind="department")
    person = Person("bench", "测评", "县统计局")
    job, deep = register.recording(page, *service.judged(page, ["xiangxi-2018"]), person)
    register.call(job, deep=deep)
    found = lookup.find(register, lookup.listed(register, ALL, Filters())[0]["id"], ALL)
    row = {column.name: found.row[column.name] for column in records.c}
    states = ("blocked", "answering", "reviewing", "approved", "filed")

    def more(transaction: Transaction, first: int, last: int) -> None:
        for number in range(first, last):
            seq = transaction.append("register", "screened", f"{number:026d}", "bench", found.case.screened)
            transaction.add(
                records,
                row
                | {
                    "id": f"{number:026d}",
                    "number": f"b{number}",
                    "seq": seq,
                    "unit": f"单位{number % 50}",
                    "state": states[number % 5],
                },
            )

    step = 5_000
    for first in track(range(1, count, step), f"{count:,} entries", disable=not sys.stderr.isatty()):
        last = min(first + step, count)
        register.call(lambda transaction, first=first, last=last: more(transaction, first, last))  # type: ignore[misc]
    return len(json.dumps(found.case.screened, ensure_ascii=False).encode())


def large(home: Path, count: int = MILLION) -> dict[str, Any]:
    """List, filter, page and verify a large register, in a process of its own whose memory is measured."""
    register = Register(Settings(home=home))
    start = time.perf_counter()
    size = fill(register, count)
    filled = time.perf_counter() - start
    register.close()
    command = [sys.executable, "-m", "benchmarks.register", "look", str(home), str(count)]
    done = subprocess.run(
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    path = home / "register.sqlite"
    return {"entries": count, "bytes of one": size, "GB": path.stat().st_size / 1e9, "fill": filled} | figures


def look(home: Path, count: int) -> dict[str, Any]:
    """What ``large`` measures."""
    register = Register(Settings(home=home))
    register.open()
    seconds: dict[str, float] = {}
    before = peak()

    def timed(name: str, wanted: Filters, limit: int = 50) -> list[dict[str, Any]]:
        start = time.perf_counter()
        rows = lookup.listed(register, ALL, wanted, limit)
        seconds[name] = time.perf_counter() - start
        return rows

    assert len(timed("newest 50", Filters())) == 50
    assert {row["state"] for row in timed("by state", Filters(state="blocked"))} == {"blocked"}
    assert {row["unit"] for row in timed("by unit", Filters(unit="单位7"))} == {"单位7"}
    assert len(timed("page in the middle", Filters(before=count // 2))) == 50
    assert timed("a number", Filters(q=f"b{count // 3}"))[0]["number"] == f"b{count // 3}"
    assert not timed("words nobody wrote", Filters(q="没有这几个字"))
    start = time.perf_counter()
    assert len(lookup.figures(register, ALL, Filters())) == 51
    seconds["figures of all units"] = time.perf_counter() - start
    start = time.perf_counter()
    assert [
        one.entries for one in house.walk_all(register) if one.register == "register" and not one.broken
    ] == [count]
    seconds["verify all"] = time.perf_counter() - start
    register.close()
    return {"seconds": seconds, "MB before": before, "MB after": peak()}


def peak() -> float:
    """The most memory this process ever held, MB. ``getrusage`` would begin with that of the process it came from."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    raise Absent("memory is measured on Linux alone")


# --- the bench --------------------------------------------------------------------------------


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="xianshen-register-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run() -> dict[str, Any]:
    """All figures.

    Raises:
        AssertionError: something acknowledged was lost or doubled.
    """
    from tests.app.register.conftest import binaries, new_database, serving_postgresql

    figures: dict[str, Any] = {"limits": LIMITS, "cost": {}, "kill -9": {}}
    for name, workers in (("SQLite", 1), ("SQLite, 2 workers", 2)):
        with _folder() as home:
            figures["cost"][name] = cost(home, workers=workers)
    with _folder() as home:
        figures["kill -9"]["SQLite"] = killed(home)
    if binaries() is not None:
        with serving_postgresql(durable=True) as server:
            for name, workers in (("PostgreSQL", 1), ("PostgreSQL, 2 workers", 2)):
                with _folder() as home:
                    figures["cost"][name] = cost(home, new_database(server), workers)
            with _folder() as home:
                figures["kill -9"]["PostgreSQL"] = killed(home, new_database(server))
    with _folder() as home:
        figures["large"] = large(home)
    return figures


def show(figures: dict[str, Any]) -> None:
    """Readable tables."""
    least = figures["limits"]["recorded / unrecorded, SQLite"]
    table = Table(
        f"{CLIENTS} clients, 2,000 characters", "unrecorded/s", "recorded/s", "ratio", f"at least {least}"
    )
    for name, one in figures["cost"].items():
        ratio = one["ratio"]
        style = "red" if name == "SQLite" and ratio < least else ""
        table.add_row(
            name, f"{one['unrecorded per second']:,.0f}", f"{one['recorded per second']:,.0f}", f"{ratio:.2f}",
            f"{one['records']:,} records, none lost, none twice", style=style,
        )  # fmt: skip
    Console().print(table)
    table = Table(
        "kill -9 under load", "rounds", "acknowledged", "on their way when killed", "lost", "doubled"
    )
    for name, one in figures["kill -9"].items():
        table.add_row(
            name, *(f"{one[key]:,}" for key in ("rounds", "acknowledged", "unanswered", "lost", "doubled"))
        )
    Console().print(table)
    large_ = figures["large"]
    table = Table(f"{large_['entries']:,} entries, {large_['GB']:.1f} GB", "seconds")
    for name, seconds in large_["seconds"].items():
        table.add_row(name, f"{seconds:.3f}")
    table.add_row("memory before → after, MB", f"{large_['MB before']:.0f} → {large_['MB after']:.0f}")
    Console().print(table)


if __name__ == "__main__":
    if sys.argv[1:2] == ["look"]:
        print(json.dumps(look(Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        show(run())
