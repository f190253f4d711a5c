"""Sessions whose every connection is judged by the address that it is made to.

The look-up of a name refuses the name when any address of it is not permitted, and the socket is made for an
address that is judged once more, whatever it came from: a name that means another address a moment later, or
an address that was written in some way of its own, gains nothing. No connection is used twice.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from roost.limits import OUTGOING_ADDRESSES_MAX, OUTGOING_LOOKUPS_AT_ONCE
from roost.outgoing.guard import Guard

Lookup = Callable[[str], Awaitable[list[str]]]
"""All addresses of a name, as text. Raises OSError."""


class NotPermitted(OSError):
    """A name, or a URL, leads to an address that no connection may be made to."""


class SystemLookup:
    """Asks the system, in threads of its own: who waits for a slow name server keeps nobody else waiting."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(OUTGOING_LOOKUPS_AT_ONCE, "roost-lookup")

    async def __call__(self, host: str) -> list[str]:
        look = partial(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))


def open_session(
    guard: Guard,
    lookup: Lookup,
    headers: Mapping[str, str],
    connections: int,
    connections_per_host: int,
    timeout: aiohttp.ClientTimeout,
) -> aiohttp.ClientSession:
    """A session without cookies and proxies, whose answers are not decompressed. Close it."""
    connector = aiohttp.TCPConnector(
        limit=connections,
        limit_per_host=connections_per_host,
        resolver=_Resolver(guard, lookup),
        socket_factory=partial(_make_socket, guard),
        use_dns_cache=False,
        force_close=True,
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )


class _Resolver(AbstractResolver):
    def __init__(self, guard: Guard, lookup: Lookup) -> None:
        self._guard = guard
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses of every family. Raises OSError where a name is unknown, or one is not permitted."""
        del family
        addresses = await self._lookup(host)
        if not all(self._guard.permits(address, port) for address in addresses):
            raise NotPermitted(f"{host} leads to an address that is not permitted")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses[:OUTGOING_ADDRESSES_MAX]
        ]

    async def close(self) -> None:
        return


def _make_socket(guard: Guard, target: aiohttp.AddrInfoType) -> socket.socket:
    """The socket of a connection that is about to be made. Raises NotPermitted."""
    family, kind, protocol, _, address = target
    if not guard.permits(str(address[0]), int(address[1])):
        raise NotPermitted(f"{address[0]} is not an address that is permitted")
    return socket.socket(family, kind, protocol)
