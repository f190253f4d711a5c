"""Which IP addresses are of the public internet."""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_GLOBAL = tuple(
    ipaddress.IPv6Network(text)
    for text in ("64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96", "5f00::/16", "3fff::/20", "fec0::/10")
)
"""What `ipaddress` takes for global in one version of Python or another: local NAT64, old ways to carry IPv4,
segment routing, documentation, and site-local."""
_NOT_GLOBAL_V4 = tuple(
    ipaddress.IPv4Network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
)
"""Protocol assignments, relays of 6to4, and where Azure tells its machines about themselves."""


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet, and stands for no other that is not."""
    address = parsed(text)
    if address is None:
        return False
    carried = _carried(address)
    if carried is not None:
        return is_public(str(carried))
    if isinstance(address, ipaddress.IPv4Address):
        listed = within(address, _NOT_GLOBAL_V4)
    else:
        listed = within(address, _NOT_GLOBAL) or address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or listed)


def parsed(text: str) -> Address | None:
    """An address of which a zone is left out; None for what is none."""
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether an address is in one of some networks, of either kind."""
    return any(address.version == network.version and address in network for network in networks)


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one carries, by one of the ways to carry one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
