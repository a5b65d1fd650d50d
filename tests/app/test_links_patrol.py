"""The patrol on a local site of its own: every outcome as promised, and no door that stands open."""

from __future__ import annotations

import asyncio
import csv
import datetime
import gzip
import ipaddress
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from app.links.cli import links as command
from app.links.gate import Gate, RefusedError, is_public
from app.links.limits import Limits
from app.links.memory import Memory, RecordError
from app.links.outcome import Outcome, by_title
from app.links.patrol import patrol
from app.links.report import COLUMNS, write
from app.links.targets import SourceError, Target, of_page, targets
from app.links.visit import Visitor
from benchmarks import links as bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = Limits(delay=0.0, total=1.5, read=1.0, connect=1.0, patience=2.0, retry_hours=0.0)
SITE, OTHER, SECURE, EXPIRED, SELF_MADE, REBOUND = (
    "www.qingshan.gov.cn", "www.caijin-yule.com", "soon.qingshan.gov.cn", "old.qingshan.gov.cn", "own.qingshan.gov.cn",
    "rebind.qingshan.gov.cn",
)  # fmt: skip
NUMBERS = {
    SITE: "93.184.1.1",
    OTHER: "93.184.1.2",
    SECURE: "93.184.1.3",
    EXPIRED: "93.184.1.4",
    SELF_MADE: "93.184.1.5",
}


def page(title: str = "县政府通知") -> bytes:
    return f"<html><head><title>{title}</title></head><body>正文</body></html>".encode()


# --- certificates -----------------------------------------------------------------------------


def certificate(folder: Path, host: str, days: int, issuer: Any = None) -> Any:
    """A certificate that ends in so many days, signed by the issuer or by itself; its files lie in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    signer, signer_key = issuer or (name, key)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(signer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=400))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer_key.public_key()), critical=False
        )
        .sign(signer_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{host}.pem").write_bytes(made.public_bytes(pem) + private)
    (folder / f"{host}.crt").write_bytes(made.public_bytes(pem))
    return name, key


# --- the site ---------------------------------------------------------------------------------


class Site:
    """A server on loopback in a thread of its own, with and without TLS; it remembers who asked for what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: Counter[str] = Counter()
        self.heads: list[str] = []
        self.sent = 0  # bytes of the endless body
        self.ports: dict[str, int] = {}
        self._ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.thread.start()
        assert self._ready.wait(20)

    async def _serve(self) -> None:
        self.loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._servers: list[asyncio.Server] = []
        self.ports["plain"] = await self._listen(None)
        authority = certificate(self.folder, "authority", 900)
        for host, days in ((SECURE, 9), (EXPIRED, -2)):
            certificate(self.folder, host, days, authority)
            self.ports[host] = await self._listen(host)
        certificate(self.folder, SELF_MADE, 200)
        self.ports[SELF_MADE] = await self._listen(SELF_MADE)
        self._ready.set()
        await self._end.wait()
        for server in self._servers:
            server.close()
        talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0.1)  # for the transports to close

    async def _listen(self, host: str | None) -> int:
        context = None
        if host:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.folder / f"{host}.pem")
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=context)
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._end.set)
        self.thread.join(5)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, path = head.split(" ")[:2]
                host = next(line[6:] for line in head.split("\r\n") if line.lower().startswith("host: "))
                self.heads.append(head)
                self.asked[f"{method} {host}{path}"] += 1
                await self._route(method, path, head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _route(  # noqa: C901, PLR0912, PLR0915 one branch for each behaviour of a server
        self, method: str, path: str, head: str, writer: asyncio.StreamWriter
    ) -> None:
        def send(status: str, body: bytes = b"", kind: str = "text/html; charset=utf-8", *more: str) -> None:
            lines = [
                f"HTTP/1.1 {status}",
                f"Content-Type: {kind}",
                f"Content-Length: {len(body)}",
                *more,
                "",
                "",
            ]
            writer.write("\r\n".join(lines).encode() + (b"" if method == "HEAD" else body))

        def to(where: str, status: str = "302 Found") -> None:
            send(status, b"", "text/html", f"Location: {where}")

        plain, path = self.ports["plain"], path.partition("?")[0]
        if path == "/robots.txt":
            send("200 OK", b"User-agent: *\nDisallow: /secret/\n", "text/plain")
        elif path in REDIRECTS:
            status, where = REDIRECTS[path]
            to(where.replace("PORT", str(plain)), status)
        elif path in PAGES:
            status, title = PAGES[path]
            send(status, page(title))
        elif path == "/busy-once" and self.asked[f"GET {SITE}/busy-once"] == 1:
            send("429 Too Many Requests", b"", "text/html", "Retry-After: 1")
        elif path == "/busy":
            send("503 Service Unavailable", b"", "text/html", "Retry-After: 0")
        elif path == "/busy-long":
            send("429 Too Many Requests", b"", "text/html", "Retry-After: 86400")
        elif path == "/slow":
            await asyncio.sleep(30)
        elif path == "/drip":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>a</title>")
            for _ in range(100):
                await asyncio.sleep(0.3)
                writer.write(b"x")
                await writer.drain()
        elif path == "/endless":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>long</title>")
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
                self.sent += 65_536
        elif path == "/real.pdf":
            send("200 OK", b"%PDF-1.7" + b"x" * 500_000, "application/pdf")
        elif path == "/no-head.docx":
            send(
                "405 Method Not Allowed" if method == "HEAD" else "200 OK",
                b"PK",
                "application/vnd.openxmlformats",
            )
        elif path == "/lost.pdf":
            send("200 OK", page("首页"))
        elif path == "/picture.xlsx":
            send("200 OK", b"GIF89a", "image/gif")
        elif path == "/bomb":
            body = gzip.compress(page("压缩") + b" " * 50_000_000, 9)
            send("200 OK", body, "text/html", "Content-Encoding: gzip")
        elif path == "/set-cookie":
            send("302 Found", b"", "text/html", "Set-Cookie: a=1; Path=/", "Location: /no-cookie")
        elif path == "/no-cookie":
            secret = "cookie:" in head.lower() or "authorization:" in head.lower()
            send("500 Secret" if secret else "200 OK", page())
        elif path == "/gbk":
            send("200 OK", page("网上百家乐娱乐").decode().encode("gb18030"), "text/html; charset=gbk")
        else:
            send("404 Not Found", page("404"))


PAGES = {
    "/ok": ("200 OK", "县政府通知"),
    "/new": ("200 OK", "县政府通知"),
    "/": ("200 OK", "首页"),
    "/gone": ("410 Gone", "已删除"),
    "/broken": ("500 Internal Server Error", "出错"),
    "/denied": ("403 Forbidden", "禁止"),
    "/secret/1": ("200 OK", "内部"),
    "/casino": ("200 OK", "澳门百家乐_真人视讯_注册送彩金"),
    "/about-casino": ("200 OK", "县公安局通报打击网络赌博专项行动"),
    "/parked": ("200 OK", "此域名可出售 - This domain is for sale"),
    "/soft": ("200 OK", "404 您访问的页面不存在"),
}
REDIRECTS = {
    "/chain": ("301 Moved Permanently", "/chain2"),
    "/chain2": ("301 Moved Permanently", "/new"),
    "/for-now": ("302 Found", "/new"),
    "/stroke": ("301 Moved Permanently", "/stroke/"),
    "/stroke/": ("301 Moved Permanently", "/ok?x"),
    "/loop": ("302 Found", "/loop2"),
    "/loop2": ("302 Found", "/loop"),
    **{f"/hop{number}": ("302 Found", f"/hop{number + 1}") for number in range(20)},
    "/elsewhere": ("302 Found", f"http://{OTHER}/ok"),
    "/home": ("302 Found", "/"),
    "/to-loopback": ("302 Found", "http://127.0.0.1:PORT/private"),
    "/to-name": ("302 Found", "http://localhost:PORT/private"),
    "/to-decimal": ("302 Found", "http://2130706433:PORT/private"),
    "/to-metadata": ("302 Found", "http://169.254.169.254/latest/meta-data/"),
    "/to-mapped": ("302 Found", "http://[::ffff:127.0.0.1]:PORT/private"),
    "/to-file": ("302 Found", "file:///etc/passwd"),
    "/to-rebound": ("302 Found", f"http://{REBOUND}/ok"),
}


class Dial(httpcore.AnyIOBackend):
    """Sends each checked number to the local site and remembers it. A private number here is a hole in the gate."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.dialled: list[tuple[str, int]] = []

    async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        assert is_public(ipaddress.ip_address(host)), f"dialled {host}"
        name = next((one for one, number in NUMBERS.items() if number == host), "")
        local = self.site.ports[name] if port == 443 else self.site.ports["plain"]
        return await super().connect_tcp("127.0.0.1", local, *rest, **more)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.stop()


def resolver() -> Any:
    """Our names only. The rebinding one is public when first asked and loopback ever after."""
    times: Counter[str] = Counter()

    async def resolve(host: str, port: int) -> list[str]:
        times[host] += 1
        if host == REBOUND:
            return ["93.184.1.1"] if times[host] == 1 else ["127.0.0.1"]
        if host in NUMBERS:
            return [NUMBERS[host]]
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(one[4][0]) for one in found]

    return resolve


def visit_all(site: Site, *urls: str, limits: Limits = QUICK) -> tuple[list[Any], Dial]:
    """Each link visited by one visitor, and where it dialled."""
    dial = Dial(site)
    context = ssl.create_default_context(cafile=str(site.folder / "authority.crt"))

    async def main() -> list[Any]:
        async with Visitor(limits, Gate(resolve=resolver()), context, dial) as visitor:
            return list(await asyncio.gather(*(visitor.visit(url) for url in urls)))

    return asyncio.run(main()), dial


# --- outcomes -----------------------------------------------------------------------------------

OUTCOMES = {
    "/ok": Outcome.OK, "/chain": Outcome.MOVED, "/for-now": Outcome.OK, "/loop": Outcome.LOOP, "/hop0": Outcome.LOOP,
    "/missing": Outcome.GONE, "/gone": Outcome.GONE, "/broken": Outcome.ERROR, "/denied": Outcome.DENIED,
    "/secret/1": Outcome.ROBOTS, "/casino": Outcome.HIJACKED, "/about-casino": Outcome.OK, "/gbk": Outcome.HIJACKED,
    "/parked": Outcome.PARKED, "/soft": Outcome.SOFT_GONE, "/elsewhere": Outcome.ELSEWHERE, "/home": Outcome.HOME,
    "/slow": Outcome.TIMEOUT, "/drip": Outcome.TIMEOUT, "/endless": Outcome.OK, "/real.pdf": Outcome.OK,
    "/no-head.docx": Outcome.OK, "/lost.pdf": Outcome.WRONG_TYPE, "/picture.xlsx": Outcome.WRONG_TYPE,
    "/bomb": Outcome.OK, "/set-cookie": Outcome.OK, "/busy": Outcome.BUSY, "/to-loopback": Outcome.REFUSED,
    "/to-name": Outcome.REFUSED, "/to-decimal": Outcome.REFUSED, "/to-metadata": Outcome.REFUSED,
    "/to-mapped": Outcome.REFUSED, "/to-file": Outcome.REFUSED,
}  # fmt: skip


@pytest.fixture(scope="module")
def visited(site) -> dict[str, Any]:
    """Every path of the site visited once."""
    visits, dial = visit_all(site, *(f"http://{SITE}{path}" for path in OUTCOMES))
    assert {"93.184.1.1", "93.184.1.2"} == {number for number, _ in dial.dialled}
    return dict(zip(OUTCOMES, visits, strict=True))


@pytest.mark.parametrize("path", OUTCOMES)
def test_each_answer_has_its_outcome(path, visited):
    """What the server does is what the report says."""
    assert OUTCOMES[path] is visited[path].outcome


def test_nothing_private_is_asked(visited, site):
    """Redirects to loopback, to the metadata address, in decimal and mapped form, end before any connection."""
    assert not [asked for asked in site.asked if "/private" in asked or "meta-data" in asked]


def test_bodies_are_read_in_part(visited, site):
    """An endless body is left after the cap; a gzip bomb is unpacked only so far, its title still read."""
    assert site.sent < 8_000_000
    assert "压缩" == visited["/bomb"].title


def test_a_file_is_asked_for_by_head(visited, site):
    """HEAD is enough for an attachment; GET follows where HEAD is refused."""
    assert 1 == site.asked[f"HEAD {SITE}/real.pdf"]
    assert 0 == site.asked[f"GET {SITE}/real.pdf"]
    assert 1 == site.asked[f"GET {SITE}/no-head.docx"]


def test_manners(visited, site):
    """robots.txt is asked for once a site and kept to; every request names the patrol; nothing secret is sent."""
    assert 1 == site.asked[f"GET {SITE}/robots.txt"]
    assert 0 == site.asked[f"GET {SITE}/secret/1"]
    assert all("User-Agent: Xianshen-LinkPatrol/" in head for head in site.heads)
    assert not [head for head in site.heads if "cookie:" in head.lower() or "authorization:" in head.lower()]


def test_moved_link_names_the_new_address(visited):
    """A chain of permanent redirects tells where the page lives now."""
    assert f"http://{SITE}/new" == visited["/chain"].final


def test_retry_after_is_waited_for(site):
    """429 with one second of patience: asked again after it, then good. A day is not waited for."""
    start = time.monotonic()
    (once,), _ = visit_all(site, f"http://{SITE}/busy-once")
    assert Outcome.GONE is once.outcome  # the second answer of this path is 404
    assert 1.0 <= time.monotonic() - start < 10
    start = time.monotonic()
    (long,), _ = visit_all(site, f"http://{SITE}/busy-long")
    assert Outcome.BUSY is long.outcome
    assert time.monotonic() - start < 1.5


def test_certificates(site):
    """Expired and self-made ones fail with the reason; one that ends in nine days is told in time."""
    (expired, own, soon), _ = visit_all(
        site, f"https://{EXPIRED}/ok", f"https://{SELF_MADE}/ok", f"https://{SECURE}/ok"
    )
    assert (Outcome.CERTIFICATE, "证书已过期") == (expired.outcome, expired.note)
    assert Outcome.CERTIFICATE is own.outcome
    assert Outcome.EXPIRING is soon.outcome
    assert soon.expires


def test_user_info_is_never_sent(site):
    """A password in a link stays here."""
    (visit,), _ = visit_all(site, f"http://admin:pw@{SITE}/no-cookie")
    assert Outcome.OK is visit.outcome


@pytest.mark.parametrize("url", ["http://[", "http://a b/", "http://x.example:99999999/", "http://%zz/"])
def test_hopeless_addresses_raise_nothing(url, site):
    """Whatever is given, an outcome comes back."""
    (visit,), dial = visit_all(site, url)
    assert visit.outcome in {Outcome.BROKEN, Outcome.UNREACHABLE}
    assert [] == dial.dialled


def test_titles_about_crime_are_no_hijack():
    """Police news name what they fight."""
    assert by_title("关于严厉打击网络赌博、百家乐等违法犯罪的通告") is None
    assert Outcome.HIJACKED is by_title("百家乐在线_注册送彩金")
    assert by_title("青山县404号文件解读") is None


# --- never an open door ---------------------------------------------------------------------------

PRIVATE = [  # addresses that are only written down, never bound
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",  # noqa: S104
    "100.100.100.200", "192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "2002:7f00:1::1", "2001::1", "2001:db8::1", "::127.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("number", PRIVATE)
def test_reserved_numbers_are_closed(number):
    """Loopback, private, link-local, metadata, multicast, translated and mapped ranges."""
    assert not is_public(ipaddress.ip_address(number))


@pytest.mark.parametrize("number", ["93.184.216.34", "114.114.114.114", "2606:2800:220:1::1", "240e::1"])
def test_public_numbers_are_open(number):
    """Ordinary servers can be visited."""
    assert is_public(ipaddress.ip_address(number))


FORMS = [
    "127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",  # noqa: S104
    "[::ffff:7f00:1]", "127.0.0.1.",
]  # fmt: skip


def test_no_form_of_loopback_reaches_a_listener():
    """With the real resolver and real sockets, no notation of this machine gets through; the listener hears nothing."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2)
        port = canary.getsockname()[1]

        async def main() -> list[Any]:
            async with Visitor(QUICK, Gate()) as visitor:
                return [await visitor.visit(f"http://{form}:{port}/") for form in FORMS]

        outcomes = {form: visit.outcome for form, visit in zip(FORMS, asyncio.run(main()), strict=True)}
        assert set(outcomes.values()) <= {Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.BROKEN}
        assert Outcome.REFUSED is outcomes["2130706433"]
        with pytest.raises(TimeoutError):
            canary.accept()


def test_rebinding_gains_nothing(site):
    """A name that turns private after the first look is refused at the second; the first goes where it was checked."""
    (first, again), dial = visit_all(
        site, f"http://{REBOUND}/ok", f"http://{REBOUND}/new", limits=replace(QUICK, per_host=1)
    )
    assert {"93.184.1.1"} == {number for number, _ in dial.dialled}
    assert {first.outcome, again.outcome} <= {Outcome.OK, Outcome.REFUSED}


def test_one_private_address_among_many_refuses_all():
    """A name with a public and a private number is not visited at all."""

    async def both(host: str, port: int) -> list[str]:
        return ["93.184.1.1", "10.0.0.1"]

    with pytest.raises(RefusedError, match=r"10\.0\.0\.1"):
        asyncio.run(Gate(resolve=both).addresses("x.gov.cn", 80))


@pytest.mark.parametrize(
    ("scheme", "port"), [("ftp", 21), ("file", 80), ("gopher", 70), ("http", 22), ("http", 25), ("", 80)]
)
def test_only_the_web(scheme, port):
    """Other protocols, and the ports of other services, are refused unresolved."""
    with pytest.raises(RefusedError):
        Gate().check(scheme, "www.qingshan.gov.cn", port)


def test_named_intranet_hosts_are_allowed():
    """The operator may name a host inside; its neighbours stay closed."""

    async def inside(host: str, port: int) -> list[str]:
        return ["10.0.0.9"]

    gate = Gate(["oa.qingshan.local"], inside)
    assert ["10.0.0.9"] == asyncio.run(gate.addresses("oa.qingshan.local", 80))
    with pytest.raises(RefusedError):
        asyncio.run(gate.addresses("hr.qingshan.local", 80))


def test_proxy_of_the_environment_is_ignored(site, monkeypatch):
    """Only a proxy that is asked for is used."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{canary.getsockname()[1]}")
        (visit,), _ = visit_all(site, f"http://{SITE}/ok")
        assert Outcome.OK is visit.outcome
        with pytest.raises(TimeoutError):
            canary.accept()


def test_proxy_that_is_set_gets_the_checked_number(site):
    """CONNECT carries the number, so the proxy has no name to resolve differently."""
    asked: list[bytes] = []

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        there, out = await asyncio.open_connection("127.0.0.1", site.ports["plain"])

        async def copy(source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
            while piece := await source.read(65_536):
                drain.write(piece)
            drain.close()

        await asyncio.gather(copy(reader, out), copy(there, writer))

    async def main() -> Any:
        server = await asyncio.start_server(tunnel, "127.0.0.1", 0)
        proxy = ("127.0.0.1", server.sockets[0].getsockname()[1])
        async with Visitor(QUICK, Gate(resolve=resolver()), proxy=proxy) as visitor:
            visit = await visitor.visit(f"http://{SITE}/ok")
        server.close()
        await asyncio.sleep(0.1)  # for both ends of the tunnel to close
        return visit

    assert Outcome.OK is asyncio.run(main()).outcome
    assert {b"CONNECT 93.184.1.1:80 HTTP/1.1"} == set(asked)


# --- runs -----------------------------------------------------------------------------------------


def run(
    site: Site, memory: Memory, urls: list[str], limits: Limits = QUICK, name: str = "清单", **more: Any
) -> Any:
    """One run over these links."""

    async def main() -> Any:
        async with Visitor(limits, Gate(resolve=resolver()), inner=Dial(site)) as visitor:
            found = [Target(url, url.split("/")[2], "a.html", "文字") for url in urls]
            return await patrol(name, lambda: found, memory, visitor, **more)

    return asyncio.run(main())


def test_a_link_is_dead_after_three_runs(site, tmp_path):
    """Two failures are to be looked at again, the third makes it dead; when it first failed is kept."""
    limits = replace(QUICK, dead_after=3)
    with Memory(tmp_path / "links.sqlite3") as memory:
        seen = []
        for _ in range(3):
            summary = run(site, memory, [f"http://{SITE}/missing", f"http://{SITE}/ok"], limits)
            seen.append({one.url.rpartition("/")[2]: one for one in memory.results(summary.run, limits)})
        assert [False, False, True] == [one["missing"].dead for one in seen]
        assert [1, 2, 3] == [one["missing"].failures for one in seen]
        assert 1 == len({one["missing"].first_failed for one in seen})
        assert "" == seen[2]["missing"].last_good
        assert seen[0]["ok"].last_good
        assert not seen[2]["ok"].dead


def test_a_failure_is_not_counted_twice_a_day(site, tmp_path):
    """Within the hours of retry a failed link is not asked again and counts once."""
    limits = replace(QUICK, retry_hours=12.0)
    with Memory(tmp_path / "links.sqlite3") as memory:
        for _ in range(3):
            summary = run(site, memory, [f"http://{SITE}/missing"], limits)
        (known,) = memory.results(summary.run, limits)
        assert 1 == known.failures
        assert (0, 1) == (summary.visited, summary.kept)


def test_good_answers_are_kept_and_failures_forgiven(site, tmp_path):
    """A good link is believed for a week; one that works again starts from nought."""
    with Memory(tmp_path / "links.sqlite3") as memory:
        before = site.asked[f"GET {SITE}/new"]
        for _ in range(2):
            run(site, memory, [f"http://{SITE}/new"])
        assert 1 == site.asked[f"GET {SITE}/new"] - before
        PAGES["/comes-and-goes"] = ("410 Gone", "已删除")
        first = run(site, memory, [f"http://{SITE}/comes-and-goes"])
        assert [1] == [one.failures for one in memory.results(first.run, QUICK)]
        PAGES["/comes-and-goes"] = ("200 OK", "回来了")
        again = run(site, memory, [f"http://{SITE}/comes-and-goes"])
        (known,) = memory.results(again.run, QUICK)
        assert (0, "", Outcome.OK) == (known.failures, known.first_failed, known.outcome)
        del PAGES["/comes-and-goes"]


def test_what_is_unsure_changes_no_history(site, tmp_path):
    """A busy or closed door neither kills a link nor revives it."""
    limits = replace(QUICK, dead_after=2)
    url = f"http://{SITE}/changes"
    with Memory(tmp_path / "links.sqlite3") as memory:
        for status in ("404 Not Found", "403 Forbidden", "404 Not Found"):
            PAGES["/changes"] = (status, "无")
            summary = run(site, memory, [url], limits)
        (known,) = memory.results(summary.run, limits)
        del PAGES["/changes"]
    assert (True, 2) == (known.dead, known.failures)


def test_two_patrols_do_not_share_a_record(tmp_path):
    """The second is told that the first still runs."""
    with Memory(tmp_path / "links.sqlite3"), pytest.raises(RecordError, match="另一个巡检正在使用"):
        Memory(tmp_path / "links.sqlite3")
    (tmp_path / "other.sqlite3").write_bytes(b"no database at all" * 99)
    with pytest.raises(RecordError, match="不是巡检记录文件"):
        Memory(tmp_path / "other.sqlite3")


def test_many_links_on_many_hosts(tmp_path):
    """5,000 links on 200 hosts: each asked for once, robots.txt once a host, within the limits (10,000 in the bench)."""
    wanted = bench.links(each=25)
    limits = Limits(delay=0.0, at_once=32)
    with bench.local_site() as local:
        figures = asyncio.run(bench.patrolled(local.port, wanted, tmp_path, limits))
        asked = local.asked()
    assert len(wanted) + bench.HOSTS == len(asked) == figures["requests"]
    assert {1} == set(asked.values())


def test_lanes_that_start_late_lose_nothing(site, tmp_path):
    """One worker takes the lanes of a host one after the other: every link is visited once all the same."""
    urls = [f"http://{SITE}/ok?late={number}" for number in range(11)]
    with Memory(tmp_path / "links.sqlite3") as memory:
        summary = run(site, memory, urls, replace(QUICK, at_once=1, per_host=3))
        assert set(urls) == {one.url for one in memory.results(summary.run, QUICK)}
    assert {1} == {site.asked[f"GET {url.removeprefix('http://')}"] for url in urls}


def test_pace_of_one_host(site, tmp_path):
    """With a delay of 0.1 s six links of one host and its robots.txt take at least 0.6 s."""
    with Memory(tmp_path / "links.sqlite3") as memory:
        start = time.monotonic()
        run(site, memory, [f"http://{SITE}/ok?{number}" for number in range(6)], replace(QUICK, delay=0.1))
        assert 0.6 <= time.monotonic() - start


# --- the command ------------------------------------------------------------------------------------

_START = "import typer; from app.links.cli import links; app = typer.Typer(); app.command()(links); app()"
COMMAND = [sys.executable, "-c", _START]


@contextmanager
def list_of(site: Site, folder: Path, count: int) -> Iterator[Path]:
    path = folder / "网址清单.txt"
    port = site.ports["plain"]
    path.write_text(
        "".join(f"http://localhost:{port}/ok?n={number}\n" for number in range(count)), encoding="utf-8"
    )
    yield path


def asked_for(site: Site) -> Counter[str]:
    host = f"localhost:{site.ports['plain']}"
    return Counter({key: count for key, count in site.asked.items() if key.startswith(f"GET {host}/ok?n=")})


def test_killed_half_way_and_taken_up_again(site, tmp_path):
    """After kill -9 the same command goes on: every link has a result, none with a result is asked again."""
    count = 120
    with list_of(site, tmp_path, count) as path:
        arguments = [*COMMAND, str(path), "--intranet", "localhost", "--delay", "0.02", "--home", str(tmp_path / "var"),
                     "--all", "--out", str(tmp_path / "报告.json")]  # fmt: skip
        first = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 40
        while sum(asked_for(site).values()) < 40 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        half = asked_for(site)
        assert 40 <= sum(half.values()) < count
        with Memory(tmp_path / "var" / "links.sqlite3") as memory:
            _, due, done = memory.counts(1)
        assert count == due
        assert 0 <= sum(half.values()) - done <= 2  # only what was under way has no result
        second = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)
    assert 0 == second.returncode, second.stderr
    assert "接着上次" in second.stdout
    body = json.loads((tmp_path / "报告.json").read_text("utf-8"))
    assert count == len({one["url"] for one in body["links"] if one["outcome"] == "ok"})
    whole = asked_for(site)
    assert count == len(whole)
    assert sum(whole.values()) - count <= 2


def test_command_reports_in_chinese(site, tmp_path, monkeypatch):
    """Exit code 1 with dead links, the conclusion and the page they stand on; a report in each format."""
    import typer

    app = typer.Typer()
    app.command()(command)
    port = site.ports["plain"]
    post = tmp_path / "通知.html"
    post.write_text(
        f'<p>见<a href="http://localhost:{port}/missing">附件</a>、<a href="/ok">首页</a>、<a href="http://10.1.1.1/">内网</a></p>',
        encoding="utf-8",
    )
    outs = [tmp_path / f"报告{suffix}" for suffix in (".csv", ".xlsx", ".json")]
    arguments = [
        str(post),
        "--home",
        str(tmp_path / "var"),
        "--intranet",
        "localhost",
        "--base",
        f"http://localhost:{port}/",
    ]
    for out in outs:
        arguments += ["--out", str(out)]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert 1 == result.exit_code, result.output
    assert "共 3 个链接" in result.output
    assert "待复查（页面不存在）" in result.output
    rows = list(csv.DictReader(outs[0].read_text("utf-8-sig").splitlines()))
    assert {"待复查（页面不存在）", "内部或非网页地址，不予访问"} == {row["结论"] for row in rows}
    assert "通知.html" == rows[0]["所在页面"]
    with zipfile.ZipFile(outs[1]) as book:
        assert "页面不存在" in book.read("xl/sharedStrings.xml").decode()
    assert {"gone", "refused"} == {one["outcome"] for one in json.loads(outs[2].read_text("utf-8"))["links"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["没有.html"], "没有文件"),
        (["a.txt", "--out", "b.doc"], "报告只能是"),
        (["a.txt", "--proxy", "xyz"], "主机:端口"),
    ],
)
def test_mistakes_are_told_in_chinese(arguments, message, tmp_path, monkeypatch):
    """Exit code 3 and one clear line."""
    import typer

    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("http://localhost/\n")
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, arguments)
    assert 3 == result.exit_code
    assert message in result.output


def test_cells_are_no_formulas(tmp_path):
    """What a stranger's title says is text in every spreadsheet."""
    from app.links.memory import Known
    from app.links.patrol import Summary

    evil = Known(
        "http://a.example/", Outcome.GONE, False, 404, "", '=HYPERLINK("http://x")', "@SUM(1)", "", "", "", "", 1, ("=1+1",), 1,
        "＝1",
    )  # fmt: skip
    for suffix in (".csv", ".xlsx"):
        write(tmp_path / f"r{suffix}", [evil], Summary(1, 1, 1, 0, False))
    row = next(csv.DictReader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()))
    assert not [cell for cell in row.values() if cell[:1] in "=+-@＝" and cell]
    with zipfile.ZipFile(tmp_path / "r.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert set(row) == set(COLUMNS)


def invoke(*arguments: object):
    """The command, here."""
    import typer

    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200"})


# --- where links come from ----------------------------------------------------------------------------


def test_links_of_a_page():
    """Attributes, Markdown and written-out addresses; relative ones by the page's address; each once."""
    html = '<a href="b.html#x">乙</a><img src="/1.jpg"><a href="javascript:;">丙</a><a href="mailto:a@b.cn">信</a>见 http://c.gov.cn/a。'
    found = [one.url for one in of_page(html, "html", "p", "http://www.qingshan.gov.cn/zw/a.html")]
    assert [
        "http://www.qingshan.gov.cn/zw/b.html",
        "http://www.qingshan.gov.cn/1.jpg",
        "http://c.gov.cn/a",
    ] == found
    assert [] == [one.url for one in of_page('<a href="b.html">乙</a>', "html", "p")]
    assert ["http://xn--1lq90i.xn--zfr164b/"] == [
        one.url for one in of_page("[京](http://北京.政务/)", "markdown", "p")
    ]


def test_a_page_that_names_its_own_base():
    """What stands there decides where relative links lead; it is no link itself."""
    html = '<base href="/zw/"><a href="b.html">乙</a>'
    assert ["http://a.gov.cn/zw/b.html"] == [
        one.url for one in of_page(html, "html", "p", "http://a.gov.cn/x/y.html")
    ]
    html = '<base href="http://a.gov.cn/zw/"><a href="b.html">乙</a>'
    assert ["http://a.gov.cn/zw/b.html"] == [one.url for one in of_page(html, "html", "p")]


def test_a_web_address_without_a_host_is_a_mistake(site):
    """It is reported as one, as the page has it; what browsers leave out of an address is left out."""
    html = '<a href="http:/www.gov.cn/x">甲</a><a href="HTTP:">乙</a><a href="htt\np://c.gov.cn/">丙</a>'
    found = [one.url for one in of_page(html, "html", "p")]
    assert ["http:/www.gov.cn/x", "HTTP:", "http://c.gov.cn/"] == found
    assert {Outcome.BROKEN} == {one.outcome for one in visit_all(site, *found[:2])[0]}


def test_what_was_not_looked_at_is_no_all_clear(tmp_path):
    """Relative links of nowhere and pages that cannot be read: said, reported, and exit code 1; again when taken up."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text('<a href="b.html">乙</a>', encoding="utf-8")
    (tmp_path / "in" / "b.docx").write_bytes(b"broken")
    result = invoke(tmp_path / "in", "--home", tmp_path, "--out", tmp_path / "r.json")
    assert 1 == result.exit_code, result.output
    assert "没有检查：相对链接" in result.output
    assert "没有检查：未能读取的页面" in result.output
    assert [1, 1] == list(json.loads((tmp_path / "r.json").read_text("utf-8"))["missed"].values())


def test_an_archive_has_its_own_columns(tmp_path):
    """As for a rescan."""
    (tmp_path / "a.jsonl").write_text(
        '{"content": "<a href=\\"http://10.1.1.1/\\">甲</a>"}\n', encoding="utf-8"
    )
    result = invoke(tmp_path / "a.jsonl", "--home", tmp_path, "--column", "body=content")
    assert "共 1 个链接" in result.output


def test_another_source_takes_no_links_away(site, tmp_path):
    """A run that was interrupted, then one of another source with the same link: both report it."""
    url = f"http://{SITE}/ok?shared"
    with Memory(tmp_path / "links.sqlite3") as memory:
        number, _ = memory.begin("a")
        memory.want(number, [Target(url, SITE, "a.html", "")])
        memory.plan(number, QUICK, {})
        run(site, memory, [url], name="b")
        summary = run(site, memory, [url], name="a")
        assert (number, 1) == (summary.run, summary.wanted)


def test_lists_and_archives(tmp_path):
    """A list of addresses, a table with a column 网址, an archive of posts, a folder of pages."""
    (tmp_path / "a.txt").write_text("# 清单\nhttp://a.gov.cn/1 首页\nhttp://a.gov.cn/2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("名称,网址\n甲,http://b.gov.cn/1\n", encoding="utf-8-sig")
    (tmp_path / "g.csv").write_text(
        "名称,网址\n甲,http://b.gov.cn/公告\n乙,www.b.gov.cn\n", encoding="gb18030"
    )
    (tmp_path / "h.txt").write_text("www.a.gov.cn\na.gov.cn/zw 政务\n", encoding="utf-8")
    posts = [
        {
            "key": "1",
            "url": "http://c.gov.cn/z/1.html",
            "body": '<p><a href="2.html">附件</a></p>',
            "format": "html",
        }
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps(one) for one in posts), encoding="utf-8")
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "1.html").write_text(
        '<html><body><a href="http://d.gov.cn/">丁</a></body></html>', encoding="utf-8"
    )
    assert ["http://a.gov.cn/1", "http://a.gov.cn/2"] == [one.url for one in targets(str(tmp_path / "a.txt"))]
    assert ["http://b.gov.cn/1"] == [one.url for one in targets(str(tmp_path / "b.csv"))]
    assert ["http://b.gov.cn/%E5%85%AC%E5%91%8A", "http://www.b.gov.cn"] == [
        one.url for one in targets(str(tmp_path / "g.csv"))
    ]
    assert ["http://www.a.gov.cn", "http://a.gov.cn/zw"] == [
        one.url for one in targets(str(tmp_path / "h.txt"))
    ]
    assert ["http://c.gov.cn/z/2.html"] == [one.url for one in targets(str(tmp_path / "c.jsonl"))]
    assert ["http://d.gov.cn/"] == [one.url for one in targets(str(folder))]
    assert ["http://e.gov.cn/x"] == [one.url for one in targets("http://e.gov.cn/x#y")]
    with pytest.raises(SourceError, match="没有文件"):
        list(targets(str(tmp_path / "nowhere")))
