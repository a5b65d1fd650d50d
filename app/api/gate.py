"""The gate: who asks, and whether they may. Every request passes it; what no line allows is refused.

Programs come with a key, people with a session. Where there are no accounts the one person at this
machine is let in, and nobody else.
"""

from __future__ import annotations

import asyncio
import datetime
import hmac
import ipaddress
import logging
import time
from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.accounts import keys, people, sessions
from app.accounts.limiter import Limiter
from app.api.language_tool import PATH, welcome
from app.api.problems import Problem
from app.register import house
from app.register.database import RegisterDownError, RegisterError
from app.register.store import Register
from app.register.way import Person

_log = logging.getLogger(__name__)

_TIDY = 3600.0  # seconds
_AGAIN = 1.5  # seconds until keys and accounts are read anew
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_EVERYBODY = frozenset({"editor", "reviewer", "secrecy", "approver", "publisher", "keeper"})
_READERS = _EVERYBODY | {"auditor"}
_ALL = _READERS | {"administrator"}
_DECIDERS = frozenset(
    {"keeper", "administrator", "approver"}
)  # of words; who proposes and who decides: ``words.sets``
_NOBODY = Person("", "")

OPEN = ("/health", "/ready", "/login", "/static/", "/favicon.ico")


class Line(NamedTuple):
    """Who may ask for what: the first line whose path fits decides.

    ``scopes`` are those of keys; a key of one of ``looks`` may only read, one of ``sends`` only post to the path itself.
    """

    path: str
    read: frozenset[str]
    write: frozenset[str]
    scopes: frozenset[str] = frozenset()
    sends: frozenset[str] = frozenset()
    looks: frozenset[str] = frozenset()


LINES = (
    Line("/account/", _ALL, _ALL),  # one's own password and second factor
    Line("/logout", _ALL, _ALL),
    Line("/accounts", frozenset({"administrator", "auditor"}), frozenset({"administrator"})),
    Line("/audit", frozenset({"auditor"}), frozenset()),
    Line("/records", _READERS, _EVERYBODY, looks=frozenset({"records"})),
    Line("/figures", _READERS, frozenset(), frozenset({"records"})),
    Line("/tasks", _EVERYBODY, frozenset()),
    Line("/submit", _EVERYBODY, _EVERYBODY),
    Line("/waivers", _READERS, frozenset({"approver", "secrecy"}), looks=frozenset({"records"})),
    Line("/rectification", _READERS, _EVERYBODY, looks=frozenset({"records"})),
    Line("/register.xlsx", _READERS, frozenset(), frozenset({"records"})),
    Line("/verify", _READERS, _EVERYBODY, frozenset({"records"})),
    Line("/lexicons/reports", _READERS, _EVERYBODY, frozenset({"lexicons"}), frozenset({"screen"})),
    Line("/lexicons/preview", _ALL, _ALL, frozenset({"lexicons"})),
    Line("/lexicons/proposals", _ALL, _DECIDERS),
    Line("/lexicons", _ALL, frozenset({"keeper", "administrator"}), frozenset({"lexicons"})),
    Line("/words", _ALL, _DECIDERS),
    Line("/metrics", frozenset({"administrator", "auditor"}), frozenset(), frozenset({"metrics"})),
    Line("/screen", _ALL, _EVERYBODY, frozenset({"screen"})),
    Line("/redact", _ALL, _EVERYBODY, frozenset({"screen"})),
    Line("/v2/", _ALL, _EVERYBODY, frozenset({"screen"})),
    Line("/rules", _ALL, frozenset(), frozenset({"screen", "records"})),
    Line("/checklists", _ALL, frozenset(), frozenset({"screen", "records"})),
    Line("/help", _ALL, frozenset()),
    Line("/docs", _ALL, frozenset()),
    Line("/redoc", _ALL, frozenset()),
    Line("/openapi.json", _ALL, frozenset(), frozenset({"screen", "records"})),
    Line("/", _ALL, frozenset()),  # exactly the form; see ``line``
)


def line(path: str) -> Line | None:
    """The line that decides; None: nobody."""
    for one in LINES:
        bare = one.path.rstrip("/")
        if one.path == "/":
            return one if path == "/" else None
        if (
            path == bare
            or path.startswith(bare + "/")
            or (one.path == "/rectification" and path.startswith(bare))
        ):
            return one
    return None


def _scopes(allowed: Line, scope: Mapping[str, Any]) -> frozenset[str]:
    """The scopes with which a key may make this request."""
    if scope["method"] in _SAFE:
        return allowed.scopes | allowed.looks
    sends = scope["method"] == "POST" and scope["path"] == allowed.path
    return allowed.scopes | allowed.sends if sends else allowed.scopes


class Gate:
    """One per application."""

    def __init__(self, register: Register) -> None:
        self.register = register
        settings = register.settings
        self.mode = settings.auth
        self.local = Person("local", "本机用户", settings.unit, "all", frozenset({"editor"}))
        self.attempts = Limiter(people.LOCK_AFTER, people.LOCK_MINUTES * 60)  # by login
        self.addresses = Limiter(20, 60)  # by address
        self._keys: dict[str, keys.Key] = {}
        self._accounts: int | None = None  # unknown until the register has been read
        self._loopback = {"testclient", "testserver"}  # addresses and names found to be this machine

    # --- what is known

    def load(self) -> None:
        """Keys and accounts, anew. Where the register is away, what was known stays."""
        try:
            self._keys, self._accounts = keys.valid(self.register), people.count(self.register)
        except RegisterDownError:
            if self._accounts is None and self.mode != "off":
                raise

    @property
    def closed(self) -> bool | None:
        """Whether a login is needed; None: not known yet."""
        if self.mode:
            return self.mode == "on"
        return None if self._accounts is None else self._accounts > 0

    # --- one request

    def quick(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Person | None:
        """Who asks, where that needs no waiting: no accounts, or a key. None: ask ``enter``.

        Raises:
            Problem: refused.
        """
        if scope["path"].startswith(OPEN) or self._accounts is None or b"cookie" in headers:
            return None
        if self.closed is False:
            return self._at_this_machine(scope, headers)
        if b"authorization" in headers or b"x-api-key" in headers:
            return self._program(scope, headers)
        return None

    async def enter(self, scope: MutableMapping[str, Any], headers: Mapping[bytes, bytes]) -> Person:
        """Who asks; leaves person and session in the scope.

        Raises:
            Problem: 401 nobody, 403 not theirs, 429 too often, 503 accounts cannot be read.
        """
        path = scope["path"]
        if path.startswith(OPEN) or (scope["method"] == "OPTIONS" and path.startswith(PATH)):
            if scope["method"] not in _SAFE:
                _same_origin(headers)
            return _NOBODY
        if (
            self._accounts is None and self.closed is not False
        ):  # afterwards ``keep`` looks every now and then
            try:
                await asyncio.to_thread(self.load)
            except RegisterDownError as error:
                raise Problem(503, f"{error}；无法确认账户。") from error
        if self.closed is False:
            return self._at_this_machine(scope, headers)
        if b"authorization" in headers or b"x-api-key" in headers:
            return self._program(scope, headers)
        return await self._somebody(scope, headers)

    def _at_this_machine(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Person:
        client = scope.get("client")
        if client is not None and client[0] not in self._loopback:
            if not is_loopback(client[0]):
                raise Problem(403, "尚未建立账户，只接受本机访问；请在服务器上运行 xianshen accounts add。")
            self._loopback.add(client[0])
        name = _host(headers)
        if name not in self._loopback:
            if not is_loopback(name):  # a page elsewhere whose name was made to mean this machine
                raise Problem(403, "尚未建立账户，只接受以 localhost 或 127.0.0.1 访问本机。")
            self._loopback.add(name)
        if b"x-forwarded-for" in headers or b"forwarded" in headers:
            raise Problem(403, "经代理访问须先建立账户；请在服务器上运行 xianshen accounts add。")
        if scope["method"] not in _SAFE and not welcome(scope, self.register.settings.extension_origins):
            _same_origin(headers)
        return self.local

    def _program(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Person:
        address = (scope.get("client") or ("",))[0]
        if wait := self.addresses.wait(address):
            raise Problem(429, "错误的密钥过多，请稍后再试。", retry_after=str(wait))
        given = headers.get(b"x-api-key") or headers.get(b"authorization", b"").removeprefix(b"Bearer ")
        found = keys.find(self._keys, self.register.keys, given.decode("latin-1").strip())
        if found is None:
            self.addresses.fail(address)
            raise Problem(401, "密钥无效、已过期或已撤销。", www_authenticate="Bearer")
        allowed = line(scope["path"])
        if allowed is None or not _scopes(allowed, scope) & found.scopes:
            raise Problem(403, "这个密钥没有此项权限。")
        return found.person

    async def _somebody(self, scope: MutableMapping[str, Any], headers: Mapping[bytes, bytes]) -> Person:
        token = cookie(headers)
        try:
            row = await asyncio.to_thread(sessions.find, self.register, token) if token else None
        except RegisterDownError as error:
            raise Problem(503, f"{error}；无法确认登录。") from error
        if row is None:
            raise Problem(401, "请先登录。", www_authenticate="Bearer")
        found = people.person(row)
        scope["session"] = token
        scope["duty"] = self.duty(row)
        self._may(scope, headers, found)
        return found

    def duty(self, row: Mapping[str, Any]) -> str:
        """The page somebody must see first: a password to change, a second factor to set up; "" none."""
        limit = datetime.timedelta(days=self.register.settings.password_days)
        age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(row["password_at"])
        if row["must_change"] or age > limit:
            return "/account/password"
        return "/account/totp" if self.register.settings.two_factor and not row["totp"] else ""

    def _may(self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes], person: Person) -> None:
        allowed, safe = line(scope["path"]), scope["method"] in _SAFE
        roles = frozenset() if allowed is None else allowed.read if safe else allowed.write
        if not roles & person.roles:
            raise Problem(403, "您的角色没有此项权限。")
        if not safe:
            self._from_our_page(headers, scope["session"])
        if scope["duty"] and not scope["path"].startswith((scope["duty"], "/logout")):
            raise Problem(403, "请先更换密码或启用动态口令。", location=scope["duty"])

    def _from_our_page(self, headers: Mapping[bytes, bytes], token: str) -> None:
        """CSRF: the browser says so, or the token does. A form carries its token in the body: ``checked_form``."""
        given = headers.get(b"x-csrf-token", b"").decode("latin-1")
        if given and hmac.compare_digest(given, sessions.form_token(self.register, token)):
            return
        _same_origin(headers)
        kind = headers.get(b"content-type", b"")
        if kind.startswith((b"application/x-www-form-urlencoded", b"application/json")):
            return  # a form is checked by its token; JSON needs the consent of this service, which it never gives
        if _origin_is_ours(headers):
            return
        raise Problem(403, "请求不是从本服务的页面发出的。")


def _same_origin(headers: Mapping[bytes, bytes]) -> None:
    site = headers.get(b"sec-fetch-site")
    if site == b"same-origin":
        return
    elsewhere = headers.get(b"origin") not in {None, b"null"} and not _origin_is_ours(headers)
    if elsewhere or site not in {None, b"none"}:
        raise Problem(403, "请求不是从本服务的页面发出的。")


def _origin_is_ours(headers: Mapping[bytes, bytes]) -> bool:
    return headers.get(b"origin", b"").rpartition(b"//")[2] == headers.get(b"host", b"-")


def _host(headers: Mapping[bytes, bytes]) -> str:
    """The name by which this service was asked, without its port. Browsers always say it."""
    host = headers.get(b"host", b"localhost").decode("latin-1").lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def cookie(headers: Mapping[bytes, bytes]) -> str:
    """The session's token, "" where there is none."""
    try:
        found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(sessions.COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own; a name other than localhost is not."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


# --- around the application -------------------------------------------------------------------


def opened(register: Register) -> Gate:
    """The register opened, and the gate before it. Where the database is away the service starts all the same.

    Raises:
        RegisterError: it can never be used like this; that stops the start.
    """
    gate = Gate(register)
    try:
        register.open()
        gate.load()
    except RegisterDownError as error:
        _log.warning("started without the register: %s", error)
    return gate


async def keep(register: Register, gate: Gate) -> None:
    """While the service runs: know the accounts, tidy the register now and then."""
    tidied = -_TIDY
    while True:
        try:
            await asyncio.to_thread(gate.load)
            if time.monotonic() - tidied > _TIDY:
                tidied = time.monotonic()
                await asyncio.to_thread(house.tidy, register)
        except (RegisterDownError, RegisterError) as error:
            _log.warning("the register is away: %s", error)
        except Exception:  # noqa: BLE001 whatever it is: a key that is revoked meanwhile must not hold for ever
            _log.exception("the register was not tidied or accounts not read")
        await asyncio.sleep(_AGAIN)


def to_login(scope: Mapping[str, Any], headers: Mapping[bytes, bytes], problem: Problem) -> Response | None:
    """A person's browser is shown where to go on; a program gets the problem."""
    if scope["method"] != "GET" or b"text/html" not in headers.get(b"accept", b""):
        return None
    root = scope.get("root_path", "")
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return RedirectResponse(f"{root}/login?{urlencode({'next': scope['path']})}", 303)
    there = problem.headers.get("location")
    return RedirectResponse(root + there, 303) if there else None


def who(request: Request) -> Person:
    """Who asks, as the gate found."""
    person: Person = request.scope.get("person", _NOBODY)
    return person
