"""Where callers are."""

import ipaddress


def is_loopback(address: str) -> bool:
    """Whether an address is of this machine alone; False for what is no address."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
