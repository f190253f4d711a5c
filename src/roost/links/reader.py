"""Resolves links and reads the pages that they lead to; a few at a time, none twice at once."""

import asyncio
import tempfile
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from roost.errors import Overloaded
from roost.limits import (
    CARD_IMAGE_BYTES_MAX,
    LINK_FAILURES_MAX,
    LINKS_WAITING_MAX,
    PAGE_BYTES_MAX,
)
from roost.links.fetching import Body, Fetcher, Wanted
from roost.links.outcome import LinkStatistics, Reason, Resolved, Unreadable
from roost.media import Made, Page, Purpose, Refused, SentFile, Workshop

_PAGES = Wanted(frozenset(("text/html", "application/xhtml+xml")), PAGE_BYTES_MAX, cut=True)
_PICTURES = Wanted(frozenset(("image/",)), CARD_IMAGE_BYTES_MAX)


class _Reading:
    """A link that is being followed, and for how many."""

    def __init__(self, task: asyncio.Task[Resolved]) -> None:
        self.task = task
        self.waiting = 0


class LinkReader:
    """`workshop` reads the pages, and makes the pictures. Belongs to the event loop's thread."""

    def __init__(self, fetcher: Fetcher, workshop: Workshop, now_s: Callable[[], float]) -> None:
        self._fetcher = fetcher
        self._workshop = workshop
        self._now_s = now_s
        self._running: dict[str, _Reading] = {}
        self._pages = self._pictures = self._pictures_running = 0
        self._failed: Counter[Reason] = Counter()
        self._failures: OrderedDict[tuple[Wanted, str], tuple[float, Reason, str]] = OrderedDict()

    async def resolve(self, link: str) -> Resolved:
        """Where a link leads, and what the page there says. Raises Unreadable.

        What led nowhere is not tried again for some minutes or an hour; who asks for a link that is being
        followed already waits for that. When nobody waits any more, it is given up.
        """
        reading = self._running.get(link)
        if reading is None:
            reading = self._begin(link)
        reading.waiting += 1
        try:
            return await asyncio.shield(reading.task)
        finally:
            reading.waiting -= 1
            if not reading.waiting:
                reading.task.cancel()
                self._forget(link, reading)

    @asynccontextmanager
    async def picture(self, url: str) -> AsyncIterator[tuple[Made, Path]]:
        """A small picture made of one that is fetched, as `Made.preview` in a folder that goes afterwards.
        Raises Unreadable; what led nowhere is not tried again for a while either."""
        self._check(_PICTURES, url)
        async with AsyncExitStack() as held:
            self._pictures_running += 1
            try:
                found = await self._picture(url, held)
            except Unreadable as failure:
                self._note(_PICTURES, url, failure)
                raise
            finally:
                self._pictures_running -= 1
            self._pictures += 1
            yield found

    def statistics(self) -> LinkStatistics:
        failures = {reason.value: count for reason, count in self._failed.items()}
        return LinkStatistics(self._pages, self._pictures, self._under_way(), failures)

    async def close(self) -> None:
        """What is being followed is given up."""
        tasks = [reading.task for reading in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._fetcher.close()

    def _under_way(self) -> int:
        return len(self._running) + self._pictures_running

    def _check(self, wanted: Wanted, link: str) -> None:
        """Raises Unreadable where a link is not worth trying, or there is no room for another one."""
        failed = self._failures.get((wanted, link))
        if failed is not None and failed[0] > self._now_s():
            raise Unreadable(failed[1], failed[2])
        if self._under_way() >= LINKS_WAITING_MAX:
            raise Unreadable(Reason.BUSY, "Too many links are being followed")

    def _begin(self, link: str) -> _Reading:
        self._check(_PAGES, link)
        reading = _Reading(asyncio.create_task(self._resolve(link), name="roost-link"))
        self._running[link] = reading
        reading.task.add_done_callback(lambda _: self._done(link, reading))
        return reading

    async def _resolve(self, link: str) -> Resolved:
        body = await self._fetcher.fetch(link, _PAGES)
        return Resolved(link, body.url, await self._read(body))

    async def _read(self, body: Body) -> Page:
        async with _as_file(body.content) as sent:
            with _translated():
                return await self._workshop.read_page(sent, body.url, body.charset)

    async def _picture(self, url: str, held: AsyncExitStack) -> tuple[Made, Path]:
        sent = await held.enter_async_context(_as_file((await self._fetcher.fetch(url, _PICTURES)).content))
        with _translated():
            if not sent.format().is_picture:
                raise Unreadable(Reason.KIND, "It is no picture")
            return await held.enter_async_context(self._workshop.make(sent, Purpose.THUMBNAIL))

    def _done(self, link: str, reading: _Reading) -> None:
        self._forget(link, reading)
        if reading.task.cancelled():
            return
        failure = reading.task.exception()
        self._pages += failure is None
        if isinstance(failure, Unreadable):
            self._note(_PAGES, link, failure)

    def _forget(self, link: str, reading: _Reading) -> None:
        if self._running.get(link) is reading:
            del self._running[link]

    def _note(self, wanted: Wanted, link: str, failure: Unreadable) -> None:
        key = (wanted, link)
        self._failed[failure.reason] += 1
        self._failures[key] = (self._now_s() + failure.lasts_s, failure.reason, failure.text)
        self._failures.move_to_end(key)
        if len(self._failures) > LINK_FAILURES_MAX:
            self._failures.popitem(last=False)


@asynccontextmanager
async def _as_file(content: bytes) -> AsyncIterator[SentFile]:
    """The file alone is kept while it waits to be read."""
    with tempfile.TemporaryFile() as file:
        size = await asyncio.to_thread(file.write, content)
        del content
        yield SentFile(cast(BinaryIO, file), size)


@contextmanager
def _translated() -> Iterator[None]:
    """What is wrong with a file, as what is wrong with what it was found by."""
    try:
        yield
    except Refused as cause:
        raise Unreadable(Reason.DAMAGED, cause.reason) from cause
    except Overloaded as cause:
        raise Unreadable(Reason.BUSY, cause.text) from cause
