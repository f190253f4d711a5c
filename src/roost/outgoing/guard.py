"""The rules of where requests may go: for URLs before anything is done, for addresses when connecting."""

import msgspec
from yarl import URL

from roost.limits import URI_CHARACTERS_MAX
from roost.outgoing.addresses import Network, is_public, parsed, within

_WEB_PORTS = frozenset((80, 443))
_PRIVATE_ENDS = (".localhost", ".local", ".internal", ".home.arpa", ".localdomain", ".onion")


class NotAllowed(Exception):
    """Nothing may be sent to a URL; the text says what it is not, or must be."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Guard(msgspec.Struct, frozen=True):
    """`allowed` are networks that the operator allows though they are not public; there, any port will do."""

    allowed: tuple[Network, ...] = ()
    http: bool = False
    """Whether HTTP is taken too; else, for addresses that are allowed alone."""
    any_port: bool = False
    """Whether that goes for public addresses too; else, ports of the web alone."""

    def permits(self, address: str, port: int) -> bool:
        """Whether a connection may be made to an address. 10 us."""
        if self._is_allowed(address):
            return True
        return is_public(address) and (self.any_port or port in _WEB_PORTS)

    def check(self, text: str) -> URL:
        """A URL that a request may be tried at; a name's addresses are judged when it is looked up.

        Raises NotAllowed. Whatever reads the URL differently gains nothing: `permits` has the last word.
        """
        url = _parsed(text)
        host = url.raw_host or ""
        if _is_numeric(host):
            port = url.port or 0
            if parsed(host) is None or not self.permits(host, port):
                raise NotAllowed("is not a public address")
        elif not self.allowed and _is_private_name(host):
            raise NotAllowed("is not a public address")
        elif not self.any_port and not self.allowed and url.port not in _WEB_PORTS:
            raise NotAllowed("is not at a port of the web")
        if url.scheme == "http" and not self.http and not self._is_allowed(host):
            raise NotAllowed("must begin with https://")
        return url

    def _is_allowed(self, address: str) -> bool:
        found = parsed(address)
        return found is not None and within(found, self.allowed)


def _parsed(text: str) -> URL:
    if len(text) > URI_CHARACTERS_MAX or not text.isprintable() or " " in text or "\\" in text:
        raise NotAllowed("is not a web address")
    try:
        url = URL(text)
        port = url.port
    except (ValueError, UnicodeError) as cause:
        raise NotAllowed("is not a web address") from cause
    named = url.raw_user is not None or url.raw_password is not None
    if url.scheme not in ("https", "http") or not url.raw_host or named or not port:
        raise NotAllowed("is not a web address")
    return url


def _is_private_name(host: str) -> bool:
    host = host.lower().rstrip(".")
    return "." not in host or host.endswith(_PRIVATE_ENDS)


def _is_numeric(host: str) -> bool:
    """Whether a host is an IP address, in any of the forms that systems take: 127.1, 0x7f000001, ::1."""
    if ":" in host:
        return True
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdigit() or last.startswith("0x")
