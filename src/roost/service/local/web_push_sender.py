"""Sends messages of Web Push: a few at a time, each a few times, and never for long.

What is not sent is lost, and that is all right: the notification is in its list. A full queue takes no more,
and says so once a minute; a subscription that its push service does not know any more is forgotten.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import aiohttp
import msgspec

from roost.limits import (
    PUSH_ATTEMPTS_MAX,
    PUSH_CONNECTIONS_MAX,
    PUSH_CONNECTIONS_PER_HOST_MAX,
    PUSH_QUEUE_MAX,
    PUSH_RETRY_S,
    PUSH_RETRY_S_MAX,
    PUSH_TIMEOUT_S,
    PUSH_WORKERS,
)
from roost.model import PushSubscription
from roost.outgoing import Guard, Lookup, NotAllowed, open_session
from roost.service.local.web_push_message import PushMessage
from roost.service.reports import PushCounts

_log = logging.getLogger("roost.push")
_GONE = frozenset((404, 410))
_LATER = frozenset((408, 425, 429))
_COMPLAINT_S = 60.0


class Delivery(msgspec.Struct):
    subscription: PushSubscription
    message: PushMessage
    attempts: int = 0


class WebPushSender:
    """`forget` is told of subscriptions that are gone."""

    def __init__(
        self,
        forget: Callable[[PushSubscription], Awaitable[None]],
        guard: Guard,
        lookup: Lookup,
        counts: PushCounts,
    ) -> None:
        self.counts = counts
        self._forget = forget
        self._guard = guard
        self._lookup = lookup
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue(PUSH_QUEUE_MAX)
        self._workers: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None
        self._complain_at_s = 0.0

    def start(self) -> None:
        self._workers = [
            asyncio.create_task(self._work(), name="roost-web-push") for _ in range(PUSH_WORKERS)
        ]

    async def stop(self) -> None:
        """What waits is not sent any more."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def put(self, delivery: Delivery) -> None:
        """Have a message sent; dropped where too many wait."""
        try:
            self._queue.put_nowait(delivery)
        except asyncio.QueueFull:
            self.counts.dropped += 1
            now_s = time.monotonic()
            if now_s >= self._complain_at_s:
                self._complain_at_s = now_s + _COMPLAINT_S
                _log.warning("More than %d push messages wait; others are dropped", PUSH_QUEUE_MAX)

    async def _work(self) -> None:
        while True:
            delivery = await self._queue.get()
            try:
                await self._deliver(delivery)
            except Exception:
                _log.exception("A push message could not be sent")

    async def _deliver(self, delivery: Delivery) -> None:
        delivery.attempts += 1
        try:
            self._guard.check(delivery.subscription.endpoint)
            status, wait_s = await self._post(delivery)
        except NotAllowed:
            status, wait_s = 410, 0.0
        except (aiohttp.ClientError, TimeoutError, OSError):
            status, wait_s = 503, 0.0
        if status in _GONE:
            self.counts.ended += 1
            await self._forget(delivery.subscription)
        elif 200 <= status < 300:
            self.counts.sent += 1
        elif status >= 500 or status in _LATER:
            self._again(delivery, wait_s)
        else:  # a redirect too: none is followed
            self.counts.refused += 1

    async def _post(self, delivery: Delivery) -> tuple[int, float]:
        """The answer's status, and how long it asks to wait. The answer's body is not read."""
        session = self._session or self._open()
        request = session.post(
            delivery.subscription.endpoint,
            data=delivery.message.body,
            headers=delivery.message.headers,
            allow_redirects=False,
        )
        async with request as answer:
            asked = answer.headers.get("Retry-After", "")
            answer.close()
            return answer.status, float(asked) if asked.isascii() and asked.isdigit() else 0.0

    def _open(self) -> aiohttp.ClientSession:
        self._session = open_session(
            self._guard,
            self._lookup,
            {"User-Agent": "Roost"},
            PUSH_CONNECTIONS_MAX,
            PUSH_CONNECTIONS_PER_HOST_MAX,
            aiohttp.ClientTimeout(total=PUSH_TIMEOUT_S),
        )
        return self._session

    def _again(self, delivery: Delivery, wait_s: float) -> None:
        if delivery.attempts >= PUSH_ATTEMPTS_MAX:
            self.counts.given_up += 1
            return
        wait_s = min(max(wait_s, PUSH_RETRY_S * 4 ** (delivery.attempts - 1)), PUSH_RETRY_S_MAX)
        asyncio.get_running_loop().call_later(wait_s, self.put, delivery)
