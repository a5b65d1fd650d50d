"""One link visited: redirects followed by hand, every hop through the gate, little of the body read."""

from __future__ import annotations

import asyncio
import datetime
import email.utils
import html
import logging
import re
import ssl
import time
import zlib
from collections import OrderedDict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Self

import httpcore
import httpx
from protego import Protego

from app.links.gate import Gate, Guarded, RefusedError, pool
from app.links.limits import Limits
from app.links.outcome import Outcome, by_title, domain, is_file, wrong_type

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

_log = logging.getLogger(__name__)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_GONE = frozenset({404, 410})
_BUSY = frozenset({429, 503})
_DENIED = frozenset({401, 403, 405, 406, 407, 412, 451, 501})
_ROBOTS = 512 * 1024  # bytes of robots.txt that are read (RFC 9309 asks for at least 500 KiB)
_TITLE = re.compile(rb"<title[^>]{0,200}>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([a-zA-Z0-9_-]{2,20})", re.IGNORECASE)
_HOMES = frozenset(
    {"", "/", "/index.html", "/index.htm", "/index.shtml", "/index.jsp", "/index.php", "/default.html"}
)
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED


class Visit(NamedTuple):
    """What was seen of one link."""

    url: str
    outcome: Outcome
    status: int = 0  # of the last answer; 0 where there was none
    final: str = ""  # where it ended, if elsewhere
    note: str = ""
    title: str = ""
    expires: str = ""  # day the certificate ends, ISO


class Answer(NamedTuple):
    """One answer of a server."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    expires: datetime.date | None


@dataclass
class _Lane:
    """The turn-taking at one host, and its connections."""

    places: asyncio.Semaphore
    next_at: float = 0.0
    delay: float = 0.0
    users: int = 0  # requests that wait or run
    pool: httpcore.AsyncConnectionPool | None = None


@dataclass
class Visitor:
    """Visits links within limits. Use as ``async with``; holds no cookies and no credentials."""

    limits: Limits = field(default_factory=Limits)
    gate: Gate = field(default_factory=Gate)
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    inner: httpcore.AsyncNetworkBackend | None = None
    proxy: tuple[str, int] | None = None
    requests: int = 0

    def __post_init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}
        self._robots: dict[str, asyncio.Task[Protego | Outcome | None]] = {}
        self._open: OrderedDict[str, _Lane] = OrderedDict()  # hosts with connections, last used last
        self._backend = Guarded(self.gate, self.inner, self.proxy)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._robots.values():
            task.cancel()
        await asyncio.gather(*self._robots.values(), return_exceptions=True)
        while self._open:
            await self._close(next(iter(self._open)))

    # --- one link

    async def visit(self, url: str) -> Visit:  # noqa: PLR0911 one return for each way to fail
        """Follow a link to its end. Whatever happens there is an outcome; nothing raises."""
        try:
            start = httpx.URL(url)
        except (httpx.InvalidURL, ValueError, TypeError):
            return Visit(url, Outcome.BROKEN, note="网址不合语法")
        if start.scheme in {"http", "https"} and not start.host:
            return Visit(url, Outcome.BROKEN, note="网址里没有域名")
        try:
            return await self._follow(url, start)
        except RefusedError as refused:
            return Visit(url, Outcome.REFUSED, note=str(refused))
        except (TimeoutError, httpcore.TimeoutException):
            return Visit(url, Outcome.TIMEOUT, note=f"{self.limits.total:g} 秒内没有完整应答")
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, ssl.SSLError) as error:
            certificate = _certificate_error(error)
            if certificate is not None:
                note = (
                    "证书已过期"
                    if certificate.verify_code == _EXPIRED
                    else f"证书未通过验证：{certificate.verify_message}"
                )
                return Visit(url, Outcome.CERTIFICATE, note=note)
            return Visit(url, Outcome.UNREACHABLE, note=_short(error))
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            return Visit(url, Outcome.BROKEN, note=_short(error))
        except Exception as error:  # noqa: BLE001 one link that breaks us hides no other
            _log.exception("%s could not be checked", url)
            return Visit(url, Outcome.UNCHECKED, note=type(error).__name__)

    async def _follow(self, url: str, start: httpx.URL) -> Visit:
        here, passed, permanent = start.copy_with(userinfo=b"", fragment=None), set[str](), True
        for _ in range(self.limits.hops + 1):
            if str(here) in passed:
                return Visit(url, Outcome.LOOP, final=str(here), note="跳转绕回原处")
            passed.add(str(here))
            if (ban := await self._banned(here)) is not None:
                return Visit(url, ban, final=_other(url, here), note="robots.txt")
            answer = await self._patiently(here)
            if answer is None:
                return Visit(url, Outcome.BUSY, final=_other(url, here), note="多次返回 429 或 503")
            onward = answer.headers.get("location", "") if answer.status in _REDIRECTS else ""
            if not onward:
                return self._judged(url, start, here, answer, permanent=permanent)
            permanent = permanent and answer.status in _PERMANENT
            here = here.join(onward).copy_with(userinfo=b"", fragment=None)
        return Visit(url, Outcome.LOOP, final=str(here), note=f"跳转超过 {self.limits.hops} 次")

    def _judged(
        self, url: str, start: httpx.URL, here: httpx.URL, answer: Answer, *, permanent: bool
    ) -> Visit:
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        title = _title(answer) if "html" in kind or not kind else ""
        expires = answer.expires.isoformat() if answer.expires else ""
        seen = Visit(url, Outcome.OK, answer.status, _other(url, here), "", title, expires)
        return next(self._faults(seen, start, here, answer, kind, permanent=permanent), seen)

    def _faults(  # noqa: PLR0913 all that was seen
        self, seen: Visit, start: httpx.URL, here: httpx.URL, answer: Answer, kind: str, *, permanent: bool
    ) -> Iterator[Visit]:
        """What is wrong with an answer, the worst first."""
        refused = _refused(answer.status)
        if refused is not None:
            yield seen._replace(outcome=refused, note=f"返回 {answer.status}")
        told = by_title(seen.title)
        if told is not None:
            yield seen._replace(outcome=told, note=f"标题：{seen.title[:60]}")
        if domain(here.host) != domain(start.host):
            yield seen._replace(outcome=Outcome.ELSEWHERE, note=f"{start.host} → {here.host}")
        if wrong_type(start.path, kind) or (is_file(start.path) and "html" in kind):
            ending = start.path.rpartition(".")[2]
            yield seen._replace(outcome=Outcome.WRONG_TYPE, note=f"应为 {ending} 文件，实际是 {kind}")
        if here.path in _HOMES and start.path not in _HOMES:
            yield seen._replace(outcome=Outcome.HOME)
        if answer.expires is not None:
            left = (answer.expires - datetime.datetime.now(datetime.UTC).date()).days
            if left <= self.limits.expiring_days:
                yield seen._replace(outcome=Outcome.EXPIRING, note=f"{here.host} 的证书 {left} 天后到期")
        if permanent and _differs(start, here):
            yield seen._replace(outcome=Outcome.MOVED)

    # --- asking

    async def _patiently(self, url: httpx.URL) -> Answer | None:
        """An answer, after waiting as long as a busy host asks for; None when it stays busy."""
        for attempt in range(self.limits.attempts):
            answer = await self._ask(url)
            if answer.status not in _BUSY:
                return answer
            wait = _retry_after(answer.headers.get("retry-after", ""), 2.0**attempt)
            if wait > self.limits.patience or attempt + 1 == self.limits.attempts:
                return None
            lane = self._lane(url.host)
            lane.next_at = max(lane.next_at, time.monotonic() + wait)  # the whole host is left alone
        return None

    async def _ask(self, url: httpx.URL) -> Answer:
        """HEAD for a file, whose body says nothing; GET for a page, whose title does, and where HEAD fails."""
        if is_file(url.path):
            answer = await self._request("HEAD", url)
            unsaid = "html" in answer.headers.get("content-type", "") and answer.status < 300  # noqa: PLR2004
            if answer.status in _REDIRECTS or answer.status in _BUSY or (answer.status < 400 and not unsaid):  # noqa: PLR2004
                return answer
        return await self._request("GET", url)

    async def _request(self, method: str, url: httpx.URL, most: int = 0) -> Answer:
        port = url.port or (443 if url.scheme == "https" else 80)
        self.gate.check(url.scheme, url.host, port)
        async with self._connections(url.host) as connections, asyncio.timeout(self.limits.total):
            self.requests += 1
            request = connections.stream(
                method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=[
                    (b"Host", url.netloc),
                    (b"User-Agent", self.limits.user_agent.encode()),
                    (b"Accept", b"*/*"),
                    (b"Accept-Encoding", b"identity"),
                ],
                extensions={
                    "timeout": {
                        "connect": self.limits.connect,
                        "read": self.limits.read,
                        "write": self.limits.read,
                        "pool": self.limits.total,
                    }
                },
            )
            async with request as response:
                headers = httpx.Headers(response.headers)
                expires = _expires(response)
                body = b""
                if method == "GET" and (most or (response.status < 300 and _readable(headers))):  # noqa: PLR2004
                    body = await _some(response.aiter_stream(), most or self.limits.body)
                    body = _unpacked(body, headers.get("content-encoding", ""), self.limits.unpacked)
                return Answer(response.status, headers, body, expires)

    # --- manners

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(asyncio.Semaphore(self.limits.per_host), delay=self.limits.delay)
        return lane

    @asynccontextmanager
    async def _connections(self, host: str) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """The connections to a host, when it is our turn there."""
        lane = self._lane(host)
        lane.users += 1
        try:
            async with lane.places:
                while (wait := lane.next_at - time.monotonic()) > 0:  # noqa: ASYNC110 another answer may move the time
                    await asyncio.sleep(wait)
                lane.next_at = max(lane.next_at, time.monotonic() + lane.delay)
                if lane.pool is None:
                    lane.pool = pool(self._backend, self.context, self.limits.per_host)
                self._open[host] = lane
                self._open.move_to_end(host)
                yield lane.pool
        finally:
            lane.users -= 1
        while len(self._open) > 2 * self.limits.at_once:
            idle = next((name for name, one in self._open.items() if not one.users), None)
            if idle is None:
                break
            await self._close(idle)

    async def _close(self, host: str) -> None:
        lane = self._open.pop(host)
        connections, lane.pool = lane.pool, None
        if connections is not None:
            await connections.aclose()

    async def _banned(self, url: httpx.URL) -> Outcome | None:
        """Whether robots.txt keeps us away. 4xx: there are no rules; 5xx: nobody may come (RFC 9309)."""
        self.gate.check(url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80))
        origin = f"{url.scheme}://{url.netloc.decode()}"
        task = self._robots.get(origin)
        if task is None:
            task = self._robots[origin] = asyncio.create_task(self._rules(url))
        rules = await asyncio.shield(task)
        if isinstance(rules, Outcome):
            return rules
        if rules is None or rules.can_fetch(str(url), self.limits.user_agent):
            return None
        return Outcome.ROBOTS

    async def _rules(self, url: httpx.URL) -> Protego | Outcome | None:
        here, passed = url.copy_with(raw_path=b"/robots.txt"), 0
        try:
            while True:
                answer = await self._request("GET", here, most=_ROBOTS)
                onward = answer.headers.get("location", "") if answer.status in _REDIRECTS else ""
                passed += 1
                if not onward or passed > 3:  # noqa: PLR2004 robots.txt is no maze
                    break
                here = here.join(onward).copy_with(userinfo=b"")
        except (
            RefusedError,
            httpcore.TimeoutException,
            httpcore.NetworkError,
            httpcore.ProtocolError,
            ssl.SSLError,
        ):
            return None  # the link itself meets the same fate, and says so
        except (TimeoutError, ValueError):
            return None
        if answer.status in _BUSY:
            return Outcome.BUSY
        if answer.status >= 500:  # noqa: PLR2004 server errors
            return Outcome.ROBOTS
        if answer.status >= 300:  # noqa: PLR2004 no rules
            return None
        rules = Protego.parse(answer.body.decode("utf-8", "replace"))
        pause = rules.crawl_delay(self.limits.user_agent)
        if pause:
            lane = self._lane(url.host)
            lane.delay = max(lane.delay, min(float(pause), 10.0))
        return rules


async def _some(pieces: AsyncIterator[bytes], most: int) -> bytes:
    """So much of a body and no more; the rest stays with the server."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) >= most:
            break
    return bytes(body[:most])


def _readable(headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "")
    return not kind or "html" in kind or "text/plain" in kind


def _unpacked(body: bytes, how: str, most: int) -> bytes:
    """A compressed body, as far as it is worth it: a few bytes must not become a gigabyte."""
    if how.strip().lower() in {"gzip", "x-gzip", "deflate"}:
        try:
            return zlib.decompressobj(47).decompress(body, most)
        except zlib.error:
            return b""
    return body


def _refused(status: int) -> Outcome | None:
    if status in _GONE:
        return Outcome.GONE
    if status in _DENIED:
        return Outcome.DENIED
    return Outcome.ERROR if status >= 400 or status in _REDIRECTS else None  # noqa: PLR2004 errors of both sides


def _title(answer: Answer) -> str:
    match = _TITLE.search(answer.body)
    if match is None:
        return ""
    told = re.search(r"charset=[\"']?([\w-]{2,20})", answer.headers.get("content-type", ""))
    meta = _CHARSET.search(answer.body)
    name = told[1] if told else meta[1].decode() if meta else "utf-8"
    name = "gb18030" if name.lower() in {"gb2312", "gbk", "gb_2312-80"} else name
    try:
        letters = match[1].decode(name, "replace")
    except LookupError:
        letters = match[1].decode("utf-8", "replace")
    return re.sub(r"\s+", " ", html.unescape(letters)).strip()[:200]


def _expires(response: httpcore.Response) -> datetime.date | None:
    stream = response.extensions.get("network_stream")
    secure = stream.get_extra_info("ssl_object") if stream is not None else None
    if secure is None:
        return None
    ends = (secure.getpeercert() or {}).get("notAfter")
    return (
        datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), datetime.UTC).date() if ends else None
    )


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _retry_after(written: str, otherwise: float) -> float:
    """Seconds to wait: a number or a date."""
    if written.strip().isdecimal():
        return float(written[:9])
    try:
        until = email.utils.parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return otherwise
    return max(0.0, until.timestamp() - time.time())


def _other(url: str, here: httpx.URL) -> str:
    return "" if str(here) == url.partition("#")[0] else str(here)


def _differs(start: httpx.URL, here: httpx.URL) -> bool:
    """Whether a new address is worth writing down: more than https, www. and a stroke at the end."""

    def plain(url: httpx.URL) -> tuple[str, str, bytes]:
        return url.host.removeprefix("www."), url.path.rstrip("/"), url.query

    return plain(start) != plain(here)


def _short(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:120]
