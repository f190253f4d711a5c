"""Browsers: the cookie of somebody who is signed in, and what makes sure that they meant what it asks.

A session cookie holds an ordinary access token. A browser sends it along whoever made it ask, so that it
counts only where the user surely meant it:

- A page may be read with it. SameSite=Lax keeps it from frames and from requests of other sites' scripts.
- A form must carry the token that its page was given (`csrf`), and must not come from another site, as far as
  the browser tells (Sec-Fetch-Site, Origin).
- A call of the API must carry the same token in a header of its own, reads too. A script of another site
  cannot send that header: it is not among those that the API lets other sites send.

The token is made from the cookie, so that nothing is kept. It is masked anew for each page: a page that is
compressed would else give it away, letter by letter, to whoever sees its length (an attack called BREACH).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from aiohttp.web import BaseRequest

CSRF_HEADER = "X-Roost-Token"
CSRF_FIELD = "csrf"
_MASK_BYTES = 16
_PURPOSE = b"roost csrf"


class Browsers:
    """The cookies of one server address."""

    def __init__(self, public_url: str) -> None:
        self.is_secure = public_url.startswith("https://")
        prefix = "__Host-" if self.is_secure else ""
        self.session_cookie = f"{prefix}roost"
        self.visit_cookie = f"{prefix}roost-visit"
        """A random word for a browser that nobody has signed in with, so that its forms have a token too."""
        self._origin = public_url.lower()

    def secret(self, request: BaseRequest) -> str:
        """The access token in the session cookie; empty for none."""
        return str(request.cookies.get(self.session_cookie, ""))

    def csrf(self, request: BaseRequest) -> str:
        """A token for the forms of a page; empty for a browser without a cookie."""
        base = self._base(request)
        return mask(_digest(base)) if base else ""

    def meant_it(self, request: BaseRequest, token: str) -> bool:
        """Whether a request comes from one of our own pages."""
        base = self._base(request)
        if not base or self._is_from_elsewhere(request):
            return False
        return hmac.compare_digest(unmask(token), _digest(base))

    def _base(self, request: BaseRequest) -> str:
        return self.secret(request) or str(request.cookies.get(self.visit_cookie, ""))

    def _is_from_elsewhere(self, request: BaseRequest) -> bool:
        """As far as the browser says, which over plain HTTP is only where a form comes from."""
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None and site not in ("same-origin", "none"):
            return True
        origin = request.headers.get("Origin")
        if origin is None:
            return False
        scheme = "https" if self.is_secure else "http"
        return origin.lower() not in (self._origin, f"{scheme}://{request.host.lower()}")

    def cookie(self, name: str, value: str, life_s: int) -> str:
        """A Set-Cookie header; a life of 0 forgets the cookie."""
        secure = "; Secure" if self.is_secure else ""
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life_s}{secure}"


def csrf_of(secret: str) -> str:
    """A token for the forms of whoever has this cookie from now on."""
    return mask(_digest(secret))


def mask(token: bytes) -> str:
    pad = secrets.token_bytes(_MASK_BYTES)
    return urlsafe_b64encode(pad + _xor(pad, token)).decode()


def unmask(text: str) -> bytes:
    """What was masked; empty for anything else."""
    try:
        raw = urlsafe_b64decode(text.encode())
    except ValueError:
        return b""
    return _xor(raw[:_MASK_BYTES], raw[_MASK_BYTES:]) if len(raw) == 2 * _MASK_BYTES else b""


def _digest(base: str) -> bytes:
    return hmac.digest(base.encode(errors="replace"), _PURPOSE, hashlib.sha256)[:_MASK_BYTES]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
