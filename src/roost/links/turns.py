"""Whose turn it is: a host is asked no more often than its rate, and by no more at once than its share.

One host that never answers holds up its own links alone: who waits for a host's turn has no place among
those that ask yet, and so many wait for one host.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from roost.limits import LINK_CONNECTIONS_PER_HOST_MAX, LINK_HOST_LINKS_MAX, LINKS_AT_ONCE
from roost.links.outcome import Reason, Unreadable
from roost.links.rates import HostRates


class Allowance:
    """How many seconds are left for something that is done in parts."""

    def __init__(self, seconds: float) -> None:
        self._left_s = seconds

    @asynccontextmanager
    async def spent(self) -> AsyncIterator[None]:
        """Raises TimeoutError when nothing is left."""
        now_s = asyncio.get_running_loop().time
        began_s = now_s()
        try:
            async with asyncio.timeout(max(0.0, self._left_s)):
                yield
        finally:
            self._left_s -= now_s() - began_s


class _Host:
    """Exists while somebody asks it, or waits to."""

    def __init__(self) -> None:
        self.links = 0
        self.places = asyncio.Semaphore(LINK_CONNECTIONS_PER_HOST_MAX)


class Turns:
    """`now_s` is a clock that never goes back. Belongs to the event loop's thread."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._rates = HostRates()
        self._hosts: dict[str, _Host] = {}
        self._places = asyncio.Semaphore(LINKS_AT_ONCE)

    @asynccontextmanager
    async def at(self, host: str, waiting: Allowance) -> AsyncIterator[None]:
        """A place at a host, once there is one. Raises Unreadable where that would take too long."""
        known = self._hosts.setdefault(host, _Host())
        if known.links >= LINK_HOST_LINKS_MAX:
            raise Unreadable(Reason.BUSY, f"Too many links to {host} are being followed")
        known.links += 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with waiting.spent():
                        await self._pass_rate(host)
                        await held.enter_async_context(known.places)
                        await held.enter_async_context(self._places)
                except TimeoutError as cause:
                    raise Unreadable(Reason.BUSY, f"It never was the turn of {host}") from cause
                yield
        finally:
            known.links -= 1
            if not known.links:
                del self._hosts[host]

    async def _pass_rate(self, host: str) -> None:
        wait_s = self._rates.take(host, self._now_s())
        if wait_s is None:
            raise Unreadable(Reason.BUSY, f"{host} is asked too often")
        if wait_s:
            await asyncio.sleep(wait_s)
