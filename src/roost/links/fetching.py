"""Fetches what is at a URL, through redirects, within bounds on everything."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urljoin

import aiohttp
import msgspec
from yarl import URL

from roost.limits import (
    LINK_ANSWER_S,
    LINK_CONNECTIONS_PER_HOST_MAX,
    LINK_IDLE_S,
    LINK_REDIRECTS_MAX,
    LINK_TOTAL_S,
    LINK_WAIT_S,
    LINKS_AT_ONCE,
)
from roost.links.inflating import ENCODINGS_TAKEN, read_within
from roost.links.outcome import Reason, Unreadable
from roost.links.turns import Allowance, Turns
from roost.outgoing import Guard, Lookup, NotAllowed, NotPermitted, open_session

_REDIRECTS = frozenset((301, 302, 303, 307, 308))


class Body(msgspec.Struct, frozen=True):
    """What was found."""

    url: str
    """Where the last redirect led."""
    content: bytes
    charset: str
    """How a text is written, where its server said so."""


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for."""

    kinds: frozenset[str]
    """Content types, each whole or as `image/`."""
    bytes_max: int
    cut: bool = False
    """Whether the beginning will do of what is longer."""

    @property
    def accept(self) -> str:
        return ", ".join(sorted(f"{kind}*" if kind.endswith("/") else kind for kind in self.kinds))

    def takes(self, kind: str) -> bool:
        return kind in self.kinds or f"{kind.partition('/')[0]}/" in self.kinds


class Patience(msgspec.Struct, frozen=True):
    """How long is waited, in seconds."""

    total_s: float = LINK_TOTAL_S
    """With all redirects, but for one's turns."""
    wait_s: float = LINK_WAIT_S
    """For one's turn at each host, all together."""
    answer_s: float = LINK_ANSWER_S
    """From the look-up of a name to an answer's head."""
    idle_s: float = LINK_IDLE_S
    """For the next bytes of a body."""


class Fetcher:
    """`agent` names the server to those that it asks; `now_s` is a clock that never goes back."""

    def __init__(
        self,
        guard: Guard,
        lookup: Lookup,
        agent: str,
        now_s: Callable[[], float],
        patience: Patience | None = None,
    ) -> None:
        self._patience = patience or Patience()
        self._guard = guard
        self._lookup = lookup
        self._agent = agent
        self._turns = Turns(now_s)
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, link: str, wanted: Wanted) -> Body:
        """Raises Unreadable."""
        try:
            return await self._follow(link, wanted)
        except NotAllowed as cause:
            raise Unreadable(Reason.REFUSED, f"It {cause.text}") from cause
        except aiohttp.ClientConnectorError as cause:
            refused = isinstance(cause.os_error, NotPermitted)
            raise Unreadable(Reason.REFUSED if refused else Reason.UNREACHABLE, str(cause)) from cause
        except TimeoutError as cause:
            raise Unreadable(Reason.SLOW, "It takes too long") from cause
        except aiohttp.ClientConnectionError as cause:
            raise Unreadable(Reason.UNREACHABLE, str(cause)) from cause
        except (aiohttp.ClientError, ValueError, OSError) as cause:
            raise Unreadable(Reason.DAMAGED, str(cause)) from cause

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _follow(self, link: str, wanted: Wanted) -> Body:
        url = self._guard.check(link)
        seen: set[str] = set()
        waiting, asking = Allowance(self._patience.wait_s), Allowance(self._patience.total_s)
        for _ in range(LINK_REDIRECTS_MAX + 1):
            seen.add(str(url.with_fragment(None)))
            async with self._turns.at(url.raw_host or "", waiting), asking.spent():
                found = await self._ask(url, wanted)
            if isinstance(found, Body):
                return found
            url = found
            if str(url.with_fragment(None)) in seen:
                raise Unreadable(Reason.REDIRECTS, "It leads around in a circle")
        raise Unreadable(Reason.REDIRECTS, f"It leads on more than {LINK_REDIRECTS_MAX} times")

    async def _ask(self, url: URL, wanted: Wanted) -> Body | URL:
        """What is there, or where it leads."""
        async with asyncio.timeout(self._patience.answer_s):
            answer = await self._opened().get(url, headers={"Accept": wanted.accept}, allow_redirects=False)
        try:
            if answer.status not in _REDIRECTS:
                return await _read(answer, str(url), wanted)
            return next_hop(self._guard, url, answer.headers.get("Location", ""))
        finally:
            answer.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = open_session(
                self._guard,
                self._lookup,
                {
                    "User-Agent": self._agent,
                    "Accept-Encoding": ENCODINGS_TAKEN,
                    "Accept": "text/html, image/*",
                },
                LINKS_AT_ONCE,
                LINK_CONNECTIONS_PER_HOST_MAX,
                aiohttp.ClientTimeout(total=None, sock_read=self._patience.idle_s),
            )
        return self._session


def next_hop(guard: Guard, url: URL, location: str) -> URL:
    """Where a redirect leads; from HTTPS never back to HTTP. Raises NotAllowed and Unreadable."""
    if not location:
        raise Unreadable(Reason.DAMAGED, "It leads on, but nowhere")
    target = guard.check(urljoin(str(url), location))
    if url.scheme == "https" and target.scheme != "https":
        raise Unreadable(Reason.REFUSED, "It leads from HTTPS to HTTP")
    return target


async def _read(answer: aiohttp.ClientResponse, url: str, wanted: Wanted) -> Body:
    if answer.status != HTTPStatus.OK:
        raise Unreadable(Reason.STATUS, f"It was answered with status {answer.status}")
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not wanted.takes(kind):
        raise Unreadable(Reason.KIND, f"It is {kind[:80]!r}")
    if not wanted.cut and (answer.content_length or 0) > wanted.bytes_max:
        raise Unreadable(Reason.SIZE, f"It is larger than {wanted.bytes_max} bytes")
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    chunks = answer.content.iter_any()
    content = await read_within(chunks, encoding, wanted.bytes_max, cut=wanted.cut)
    return Body(url, content, answer.charset or "")
