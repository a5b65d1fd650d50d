"""Never an open door: which addresses may be connected to.

A name is resolved once, every address it has is checked, and the connection goes to one of
the addresses that were checked; a name that changes its mind in between changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import httpcore

if TYPE_CHECKING:
    import ssl

Number = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]

# Python's is_global says yes to these (3.11.7); none of them is a public web server.
_CLOSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4", "100.64.0.0/10", "64:ff9b::/96",
            "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10", "fe80::/10", "fc00::/7", "ff00::/8", "::/96",
            "::ffff:0:0:0/96",
        ),
    )
)  # fmt: skip
_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE = 1024  # below it other services listen: mail, shells, directories


class RefusedError(Exception):
    """An address that the patrol never connects to; the message says why, in Chinese."""


def is_public(number: Number) -> bool:
    """Whether this is an address of the open Internet, whatever its notation hides."""
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        return is_public(number.ipv4_mapped)
    return number.is_global and not any(number in net for net in _CLOSED if net.version == number.version)


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name from the system's resolver.

    Raises:
        OSError: there is none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Gate:
    """Says where a connection may go.

    Args:
        intranet: hosts (names or numbers) that the operator allows although they are inside.
        resolve: how names become addresses.
    """

    def __init__(self, intranet: Iterable[str] = (), resolve: Resolve = resolve) -> None:
        self.intranet = frozenset(host.lower().strip("[]").rstrip(".") for host in intranet)
        self._resolve = resolve

    def check(self, scheme: str, host: str, port: int) -> None:
        """What can be said before any name is resolved.

        Raises:
            RefusedError: no web address, or a port where other services listen.
        """
        if scheme not in {"http", "https"}:
            raise RefusedError(f"只检查 http 和 https，不打开 {scheme or '无协议'} 地址")
        if not host:
            raise RefusedError("地址里没有域名")
        if port not in _WEB_PORTS and port < _FIRST_FREE and not self._allowed(host):
            raise RefusedError(f"端口 {port} 不是网页服务的端口")

    def _allowed(self, host: str) -> bool:
        return host.lower().strip("[]").rstrip(".") in self.intranet

    async def addresses(self, host: str, port: int) -> list[str]:
        """The checked addresses of a host, to be connected to as they are.

        Decimal, octal and hexadecimal forms (0x7f.1) are turned into numbers by the resolver
        and are checked as what they are.

        Raises:
            RefusedError: one of its addresses is not public; nothing is connected to then.
            OSError: the name has no address.
        """
        name = host.strip("[]")
        try:
            found = [str(ipaddress.ip_address(name))]
        except ValueError:
            found = await self._resolve(name, port)
        if not found:
            raise OSError(f"no address for {host}")
        if self._allowed(host):
            return found
        for one in found:
            number = ipaddress.ip_address(one.partition("%")[0])
            if not is_public(number):
                raise RefusedError(f"{host} 指向内部或保留地址 {number}，不予访问")
        return found


class Guarded(httpcore.AsyncNetworkBackend):
    """Connections that go through the gate, and nowhere else.

    Args:
        gate: who may be connected to.
        inner: what opens the connection, given a number.
        proxy: host and port of an HTTP proxy that the operator set; it is told the checked number
            (CONNECT), so that it has no name to resolve differently.
    """

    def __init__(
        self,
        gate: Gate,
        inner: httpcore.AsyncNetworkBackend | None = None,
        proxy: tuple[str, int] | None = None,
    ) -> None:
        self.gate = gate
        self.inner = inner or httpcore.AnyIOBackend()
        self.proxy = proxy

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 the signature of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to a checked address of the host.

        Raises:
            RefusedError, httpcore.ConnectError, httpcore.ConnectTimeout
        """
        try:
            async with asyncio.timeout(timeout):
                numbers = await self.gate.addresses(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("域名解析超时") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"域名 {host} 解析不到地址") from error
        last: Exception = httpcore.ConnectError(f"{host} 连接不上")
        for number in numbers[:2]:
            try:
                if self.proxy:
                    return await self._through(self.proxy, number, port, timeout)
                return await self.inner.connect_tcp(number, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def _through(
        self, proxy: tuple[str, int], number: str, port: int, limit: float | None
    ) -> httpcore.AsyncNetworkStream:
        stream = await self.inner.connect_tcp(*proxy, limit)
        where = f"[{number}]:{port}" if ":" in number else f"{number}:{port}"
        await stream.write(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode(), limit)
        answer = b""
        while b"\r\n\r\n" not in answer and len(answer) < 8_192:  # noqa: PLR2004 heads are shorter
            piece = await stream.read(4_096, limit)
            if not piece:
                break
            answer += piece
        if answer.split(b" ", 2)[1:2] != [b"200"]:
            await stream.aclose()
            raise httpcore.ConnectError("代理服务器拒绝连接")
        return stream

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 the signature of httpcore
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 the same
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise RefusedError(f"不访问本机套接字 {path}")

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts."""
        await asyncio.sleep(seconds)


def pool(backend: Guarded, context: ssl.SSLContext, at_once: int) -> httpcore.AsyncConnectionPool:
    """Connections of one host through the gate: no proxy of the environment, no HTTP/2, no retries of its own.

    One pool a host, because a pool looks at all its connections for each request.
    """
    return httpcore.AsyncConnectionPool(
        ssl_context=context,
        max_connections=at_once,
        max_keepalive_connections=at_once,
        keepalive_expiry=5.0,
        network_backend=backend,
    )
