"""Where callers are.

Behind a proxy, all connections come from the proxy: limits by address would hold for everybody together, and
somebody who guesses passwords would lock everybody out. So a proxy that the settings trust is asked, through
the header X-Forwarded-For, who called it. Whoever is not trusted can write into that header what they like:
it is read from its end, and ends at the first address that no trusted proxy has.
"""

import ipaddress
from collections.abc import Sequence

from aiohttp.web import BaseRequest

_FORWARDED_MAX = 20
"""Proxies in a row that are believed."""
_HOME_BITS = 64
"""Whoever has one IPv6 address has all with the same beginning."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Callers:
    """`trusted` are the networks of proxies."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = tuple(trusted)

    def address_of(self, request: BaseRequest) -> str:
        """Where a request comes from, as far as that is known; empty for nowhere in particular."""
        address = request.remote or ""
        if not self._trusted or not self._is_trusted(address):
            return address
        named = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        for text in named[: -1 - _FORWARDED_MAX : -1]:
            found = text.strip()
            if not _is_address(found):
                return address
            address = found
            if not self._is_trusted(found):
                return address
        return address

    def _is_trusted(self, text: str) -> bool:
        try:
            address = _plain(ipaddress.ip_address(text))
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def counted_as(address: str) -> str:
    """The address by which a caller is counted: an IPv6 address stands for its whole network."""
    try:
        found = _plain(ipaddress.ip_address(address))
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address) or found.is_loopback:
        return str(found)
    return str(ipaddress.ip_network((int(found), _HOME_BITS), strict=False))


def is_loopback(address: str) -> bool:
    """Whether an address is of this machine alone; False for what is no address."""
    try:
        return _plain(ipaddress.ip_address(address)).is_loopback
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _plain(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address as such, where IPv6 carries it."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
