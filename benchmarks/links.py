"""Links: judged while a page is screened, and patrolled on a local site beside a plain loop without limits."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import httpcore
import jieba
from rich.console import Console
from rich.table import Table

import detectors
from app.links.gate import Gate
from app.links.limits import Limits
from app.links.memory import Memory
from app.links.outcome import Outcome
from app.links.patrol import patrol
from app.links.targets import Target
from app.links.visit import Visitor
from benchmarks.clock import in_turn
from benchmarks.corpora import official
from detectors.markup import read
from detectors.rules.link import _address, _page
from detectors.text import Text

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

LINKS = 30
HOSTS, EACH = 200, 50
LIMITS = dict.fromkeys(
    ("30 links / jieba.lcut", "30 new links / jieba.lcut", "30 new hosts / jieba.lcut"), 0.05
)
_PAGES = 600  # with hosts of their own: more than any memory of hosts holds
_PAGE = b"<html><head><title>\xe9\x80\x9a\xe7\x9f\xa5</title></head><body>" + b"x" * 2_000 + b"</body></html>"
_DEAD = b"gone"


# --- while a page is screened ----------------------------------------------------------------


def page_with_links(number: int | None = None) -> str:
    """2,000 characters of official prose with thirty links to twelve government hosts, or to thirty of this page alone."""
    hosts = [f"bm{at % 12}" if number is None else f"bm{at}.x{number}" for at in range(LINKS)]
    letters = official(2_000).replace("<", " ")
    step = len(letters) // LINKS
    return "".join(
        f"{letters[at * step : (at + 1) * step]}"
        f'<a href="https://www.{hosts[at]}.gov.cn/zwgk/202411/t20241101_{at}.html">关于印发第{at}号方案的通知</a>'
        for at in range(LINKS)
    )


def judging() -> dict[str, Any]:
    """Seconds for all link rules on one page, and of ``jieba.lcut`` of its 2,000 characters."""
    found = [one for one in detectors.load().detectors if one.rules[0].family == "link"]
    html = page_with_links()
    text = read(html, "html")
    dirty = read(html.replace("www.bm3.gov.cn", "www.bm3.gov.cn.fuwu.top"), "html")
    strangers = [read(page_with_links(number), "html") for number in range(_PAGES)]
    plain = Text.of(official(2_000))
    for one in (text, dirty, plain, *strangers):
        _ = one.plain

    def look(at: Text) -> list[str]:
        _page._last.page = None  # noqa: SLF001 each round is another page
        return [finding.rule.id for one in found for finding in one.find(at)]

    def new(at: Text) -> list[str]:
        _address._address.cache_clear()  # noqa: SLF001 addresses never seen before, hosts known
        return look(at)

    turns = cycle(strangers)
    assert look(text) == [], "links to government sites must be silent"
    planted = Counter(look(dirty))
    assert planted["link.look-alike-domain"] == 3, planted
    jieba.initialize()
    seconds = in_turn(
        {
            "jieba.lcut": lambda: jieba.lcut(plain.as_written),
            "30 links": lambda: look(text),
            "30 new links": lambda: new(text),
            "30 new hosts": lambda: look(next(turns)),
            "no links": lambda: look(plain),
        },
        rounds=9,
    )
    return {
        "seconds": seconds,
        "rules": sum(len(one.rules) for one in found),
        "links a second": LINKS / seconds["30 links"],
        "new links a second": LINKS / seconds["30 new links"],
    }


# --- the patrol ------------------------------------------------------------------------------


class Site(asyncio.Protocol):
    """A server that answers at once: /dead is gone, robots.txt is not there, all else is a page of 2 kB."""

    asked: ClassVar[Counter[tuple[str, str]]] = Counter()

    def __init__(self) -> None:
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            path = lines[0].split(b" ")[1]
            host = next(line[6:] for line in lines if line.lower().startswith(b"host: "))
            self.asked[host.decode(), path.decode()] += 1
            gone = path.startswith((b"/dead", b"/robots.txt"))
            body = _DEAD if gone else _PAGE
            self.transport.write(
                b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
                % (b"404 Not Found" if gone else b"200 OK", len(body), body)
            )


def _serve(to_parent: Connection) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Site, "127.0.0.1", 0, backlog=1024)
        to_parent.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(to_parent.recv)
        to_parent.send(dict(Site.asked))

    asyncio.run(main())


class Local:
    """The site in a process of its own; ``asked()`` ends it and says what was asked how often."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        assert self._pipe.poll(30), "the local site did not start"
        self.port: int = self._pipe.recv()

    def asked(self) -> dict[tuple[str, str], int]:
        """Requests by host and path."""
        self._pipe.send("end")
        assert self._pipe.poll(30)
        counts: dict[tuple[str, str], int] = self._pipe.recv()
        self._process.join(10)
        return counts


@contextmanager
def local_site() -> Iterator[Local]:
    """The local site, ended afterwards whatever happens."""
    site = Local()
    try:
        yield site
    finally:
        site._process.terminate()  # noqa: SLF001


class Loopback(httpcore.AnyIOBackend):
    """Every connection goes to the local site, whatever number was checked; the numbers are remembered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.dialled: list[tuple[str, int]] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        *rest: Any,  # noqa: ANN401 handed on as they are
        **more: Any,  # noqa: ANN401 the same
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        return await super().connect_tcp("127.0.0.1", self.port, *rest, **more)


async def resolve(host: str, port: int) -> list[str]:  # noqa: ARG001 the signature of a resolver
    """One public number for each of our hosts: nothing is looked up, nothing outside is reached."""
    number = int(host.partition(".")[0].removeprefix("h"))
    return [f"93.184.{number // 250}.{number % 250 + 1}"]


def links(hosts: int = HOSTS, each: int = EACH) -> list[Target]:
    """So many links on so many hosts; every tenth is dead."""
    return [
        Target(
            f"http://h{host}.example/{'dead' if at % 10 == 0 else 'page'}/{at}.html",
            f"h{host}.example",
            "清单",
            "",
        )
        for at in range(each)
        for host in range(hosts)
    ]


async def patrolled(port: int, wanted: list[Target], folder: Path, limits: Limits) -> dict[str, Any]:
    """A whole run with gate, robots.txt, limits and the record on disk."""
    inner = Loopback(port)
    with Memory(folder / "links.sqlite3") as memory:
        start = time.perf_counter()
        async with Visitor(limits, Gate(resolve=resolve), inner=inner) as visitor:
            summary = await patrol("bench", lambda: wanted, memory, visitor)
        seconds = time.perf_counter() - start
        outcomes = Counter(one.outcome for one in memory.results(summary.run, limits))
    gone = sum("/dead/" in one.url for one in wanted)
    assert outcomes == {Outcome.OK: len(wanted) - gone, Outcome.GONE: gone}, outcomes
    assert all(number.startswith("93.184.") for number, _ in inner.dialled)
    return {"seconds": seconds, "links a second": len(wanted) / seconds, "requests": visitor.requests}


async def plain_loop(port: int, wanted: list[Target]) -> dict[str, float]:
    """asyncio streams and gather: no robots.txt, no manners, no record, no check of any address.

    A connection for each link, as many at once as the process may have files open.
    """
    places = asyncio.Semaphore(200)

    async def one(target: Target) -> int:
        async with places:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            path = target.url.partition(".example")[2]
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {target.host}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")
            )
            await reader.readexactly(length)
            writer.close()
            return int(head.split(b" ", 2)[1])

    start = time.perf_counter()
    codes = Counter(await asyncio.gather(*map(one, wanted)))
    seconds = time.perf_counter() - start
    assert codes == {200: len(wanted) - len(wanted) // 10, 404: len(wanted) // 10}, codes
    return {"seconds": seconds, "links a second": len(wanted) / seconds}


def run() -> dict[str, Any]:
    """Figures of both parts.

    Raises:
        AssertionError: an answer is wrong, so its time does not count.
    """
    judged = judging()
    wanted = links()
    figures: dict[str, Any] = {"judging": judged, "links": len(wanted), "hosts": HOSTS}
    with local_site() as site:
        figures["plain loop"] = asyncio.run(plain_loop(site.port, wanted))
    free = Limits(at_once=32, per_host=2, delay=0.0)
    with local_site() as site, tempfile.TemporaryDirectory() as folder:
        figures["patrol, no delay"] = asyncio.run(patrolled(site.port, wanted, Path(folder), free))
        asked = site.asked()
        assert max(asked.values()) == 1, "a link was asked twice"
        assert len(asked) == len(wanted) + HOSTS, "a link was lost"
    polite = Limits(at_once=100, per_host=2, delay=0.05)
    with local_site() as site, tempfile.TemporaryDirectory() as folder:
        figures["patrol, 20 a second and host"] = asyncio.run(
            patrolled(site.port, wanted, Path(folder), polite)
        )
    lcut = judged["seconds"]["jieba.lcut"]
    figures["ratios"] = {
        "30 links / jieba.lcut": judged["seconds"]["30 links"] / lcut,
        "30 new links / jieba.lcut": judged["seconds"]["30 new links"] / lcut,
        "30 new hosts / jieba.lcut": judged["seconds"]["30 new hosts"] / lcut,
        "patrol / plain loop": figures["patrol, no delay"]["links a second"]
        / figures["plain loop"]["links a second"],
    }
    figures["limits"] = LIMITS
    return figures


def show(figures: dict[str, Any]) -> None:
    """A readable table."""
    console = Console()
    judged = figures["judging"]
    table = Table("2,000 characters", "µs a page", title=f"{judged['rules']} link rules")
    for name, seconds in judged["seconds"].items():
        table.add_row(name, f"{seconds * 1e6:,.0f}")
    console.print(table)
    console.print(
        f"judged: {judged['links a second']:,.0f} links a second, {judged['new links a second']:,.0f} never seen before"
    )
    table = Table(
        "patrol",
        "seconds",
        "links a second",
        title=f"{figures['links']:,} links on {figures['hosts']} local hosts",
    )
    for name in ("plain loop", "patrol, no delay", "patrol, 20 a second and host"):
        table.add_row(name, f"{figures[name]['seconds']:.1f}", f"{figures[name]['links a second']:,.0f}")
    console.print(table)
    table = Table("ratio", "measured", "at most")
    for name, ratio in figures["ratios"].items():
        limit = figures["limits"].get(name)
        style = "red" if limit is not None and ratio > limit else ""
        table.add_row(name, f"{ratio:.3f}", "" if limit is None else str(limit), style=style)
    console.print(table)


if __name__ == "__main__":
    show(run())
