"""Where the server may send requests to on users' behalf: public addresses, over HTTPS.

A user names the URL, so it must not lead into the operator's own network. The name is looked up once, by the
connection itself, and every address that it has is judged then: a name that means another address a moment
later gains nothing.
"""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from roost.errors import Invalid
from roost.limits import URI_CHARACTERS_MAX

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet, and stands for no other that is not."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(address)
    if inner is not None:
        return is_public(str(inner))
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _inner(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 one carries, by one of the ways to carry one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def check_target(url: str, anywhere: bool = False) -> None:
    """Raises Invalid for a URL that nothing may be sent to. A name is judged when it is looked up.

    `anywhere`, for tests, takes HTTP and any address.
    """
    if len(url) > URI_CHARACTERS_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid("Validation failed: Endpoint is not a web address")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port
    except ValueError as cause:
        raise Invalid("Validation failed: Endpoint is not a web address") from cause
    if not host or parts.scheme not in ("https", "http") or "@" in parts.netloc or port == 0:
        raise Invalid("Validation failed: Endpoint is not a web address")
    if anywhere:
        return
    if parts.scheme != "https":
        raise Invalid("Validation failed: Endpoint must begin with https://")
    if _is_numeric(host) and not is_public(host):
        raise Invalid("Validation failed: Endpoint is not a public address")
    if (
        host == "localhost"
        or host.endswith((".localhost", ".local", ".internal"))
        or not ("." in host or ":" in host)
    ):
        raise Invalid("Validation failed: Endpoint is not a public address")


def _is_numeric(host: str) -> bool:
    """Whether a host is an IP address, in any of the forms that systems take: 127.1, 0x7f000001, ::1."""
    if ":" in host:
        return True
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")


class PublicResolver(AbstractResolver):
    """Looks names up, and gives no address that is not public."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises OSError where the name is unknown, or has an address that is not public."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results: list[ResolveResult] = []
        for kind, _, protocol, _, address in found:
            if not is_public(str(address[0])):
                raise OSError(f"{host} leads to an address that is not public")
            results.append(
                ResolveResult(
                    hostname=host,
                    host=str(address[0]),
                    port=port,
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST,
                )
            )
        return results

    async def close(self) -> None:
        return
