"""Requests with patience: what the server puts off is asked again, and so is what got no answer.

A request waits as long as `Retry-After` says after 429 and 503, and a growing while with some chance in it
where the connection failed. Whoever sends a change takes care that it may be sent twice (a key, an id of its
own): a request whose answer was lost may have been carried out.
"""

import asyncio
import random
import ssl
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter

import aiohttp
import msgspec

from roost.errors import Forbidden, Invalid, NotFound, Overloaded, RoostError, TooLarge, Unauthenticated

PATIENCE_S = 60.0
"""How long a server is waited for that gives no answer, where the caller does not say."""
TOLD_TO_WAIT_S_MAX = 900.0
"""How long it is waited for while it answers, and says when to come again: a few windows of a rate limit."""
ANSWER_S_MAX = 300.0
"""The longest that an answer is waited for: beyond any that a living server needs, since a request that is
sent again while the first is still worked on may be carried out twice."""
_CONNECT_S_MAX = 5.0
_PAUSE_S_FIRST = 0.1
_PAUSE_S_MAX = 5.0
_PUT_OFF = frozenset((429, 502, 503, 504))
_ERRORS: dict[int, type[RoostError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    413: TooLarge,
    429: Overloaded,
    503: Overloaded,
}

Rest = Callable[[float], Awaitable[None]]
Say = Callable[[str], None]


class Target(msgspec.Struct, frozen=True):
    """A server: its address without a slash at the end, and a token for it."""

    url: str
    token: str


Reach = Callable[[], Target]
"""Where the server is now: a server that was started anew has another token, and may have another port."""


class Answer(msgspec.Struct, frozen=True):
    """An answer below 400. `took_ms` is the last attempt's time alone."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    took_ms: float
    attempts: int


class CallCounts(msgspec.Struct):
    """What a run's requests have met with."""

    answered: int = 0
    put_off: int = 0
    """Answers that said: later."""
    unanswered: int = 0
    """Attempts whose connection failed."""


class _Later(Exception):
    """Worth asking again, after a pause; `problem` is what it comes to where patience has ended."""

    def __init__(self, problem: RoostError, pause_s: float, told: bool, silence: str = "") -> None:
        super().__init__()
        self.problem = problem
        self.pause_s = pause_s
        self.told = told
        """Whether the server itself said how long."""
        self.silence = silence
        """Why there was no answer, where there was none."""


class Calls:
    """Asks one server. `rest` is how it waits, and `patience_s` how long in all for one request.

    `say` is told once whenever the server falls silent.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        reach: Reach,
        patience_s: float = PATIENCE_S,
        rest: Rest = asyncio.sleep,
        say: Say = lambda _text: None,
    ) -> None:
        self.counts = CallCounts()
        self._http = http
        self._reach = reach
        self._patience_s = patience_s
        self._rest = rest
        self._say = say
        self._is_silent = False
        self._chance = random.Random()

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        kind: str = "application/json",
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask until there is an answer. An empty `token` is the target's own.

        Raises Overloaded where patience ends, and what the server refuses a request with: Invalid,
        Unauthenticated, Forbidden, NotFound, TooLarge. Invalid too where that is no HTTP server.
        """
        patience_s = {True: max(self._patience_s, TOLD_TO_WAIT_S_MAX), False: self._patience_s}
        attempts = 0
        while True:
            attempts += 1
            target = self._reach()
            sent = {"Authorization": f"Bearer {token or target.token}", **(headers or {})}
            if body is not None:
                sent["Content-Type"] = kind
            try:
                return await self._attempt(method, target.url + path, body, sent, attempts)
            except _Later as met:
                later = met
            except Unauthenticated:
                if token or self._reach() == target:
                    raise
                continue  # the server was started anew, and has another token
            left_s = patience_s[later.told]
            patience_s[later.told] -= later.pause_s
            if patience_s[later.told] < 0:
                raise later.problem
            if later.silence and not self._is_silent:
                self._is_silent = True
                self._say(
                    f"no answer from {target.url} ({later.silence}); trying again for up to {left_s:,.0f} s"
                )
            await self._rest(later.pause_s)

    async def _attempt(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], attempts: int
    ) -> Answer:
        begun = perf_counter()
        try:
            async with self._http.request(method, url, data=body, headers=headers) as got:
                content = await got.read()
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as cause:
            self.counts.unanswered += 1
            reason = str(cause) or type(cause).__name__
            problem: RoostError = Overloaded(f"{method} {url} gets no answer: {reason}")
            raise _Later(problem, self._pause_s(attempts), told=False, silence=reason) from cause
        except aiohttp.ClientError as cause:
            what = str(getattr(cause, "message", cause)).partition("\n")[0].rstrip(":")
            raise Invalid(f"{method} {url} meets with what is no HTTP: {what}") from cause
        self._is_silent = False
        if got.status < 400:
            self.counts.answered += 1
            return Answer(got.status, content, got.headers, 1000 * (perf_counter() - begun), attempts)
        problem = _refusal(method, url, got.status, content)
        if got.status in _PUT_OFF:
            self.counts.put_off += 1
            retry_after = got.headers.get("Retry-After", "")
            told = retry_after.isdigit()
            pause_s = max(float(retry_after), _PAUSE_S_FIRST) if told else self._pause_s(attempts)
            raise _Later(problem, pause_s, told)
        raise problem

    def _pause_s(self, attempts: int) -> float:
        longest_s = min(_PAUSE_S_MAX, _PAUSE_S_FIRST * 2 ** min(attempts, 16))
        return float(longest_s * self._chance.uniform(0.5, 1.0))


def open_http(tls: ssl.SSLContext | bool = True, connections: int = 64) -> aiohttp.ClientSession:
    """A session for `Calls`; the caller closes it. `tls` is whom to trust, True for the usual authorities."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_S_MAX, sock_connect=_CONNECT_S_MAX)
    return aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=connections, ssl=tls))


def _refusal(method: str, url: str, status: int, content: bytes) -> RoostError:
    try:
        text = str(msgspec.json.decode(content)["error"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        text = "no reason was given"
    return _ERRORS.get(status, Invalid)(f"{method} {url} was answered with {status}: {text}")
