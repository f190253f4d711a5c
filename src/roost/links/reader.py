"""Resolves links and reads the pages that they lead to; a few at a time, none twice at once."""

import asyncio
import tempfile
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from roost.errors import Overloaded
from roost.limits import (
    CARD_IMAGE_BYTES_MAX,
    LINK_FAILURES_MAX,
    LINKS_AT_ONCE,
    LINKS_WAITING_MAX,
    PAGE_BYTES_MAX,
)
from roost.links.fetching import Body, Fetcher, Wanted
from roost.links.outcome import LinkStatistics, Reason, Resolved, Unreadable
from roost.media import Made, Page, Purpose, Refused, SentFile, Workshop

_PAGES = Wanted(frozenset(("text/html", "application/xhtml+xml")), PAGE_BYTES_MAX, cut=True)
_PICTURES = Wanted(frozenset(("image/",)), CARD_IMAGE_BYTES_MAX)


class LinkReader:
    """`workshop` reads the pages, and makes the pictures. Belongs to the event loop's thread."""

    def __init__(self, fetcher: Fetcher, workshop: Workshop, now_s: Callable[[], float]) -> None:
        self._fetcher = fetcher
        self._workshop = workshop
        self._now_s = now_s
        self._turns = asyncio.Semaphore(LINKS_AT_ONCE)
        self._running: dict[str, asyncio.Task[Resolved]] = {}
        self._pages = self._pictures = 0
        self._failed: Counter[Reason] = Counter()
        self._failures: OrderedDict[str, tuple[float, Reason, str]] = OrderedDict()

    async def resolve(self, link: str) -> Resolved:
        """Where a link leads, and what the page there says. Raises Unreadable.

        What led nowhere is not tried again for some minutes or an hour; who asks for a link that is being
        followed already waits for that.
        """
        failed = self._failures.get(link)
        if failed is not None and failed[0] > self._now_s():
            raise Unreadable(failed[1], failed[2])
        task = self._running.get(link)
        if task is None:
            if len(self._running) >= LINKS_WAITING_MAX:
                raise Unreadable(Reason.BUSY, "Too many links are being followed")
            task = asyncio.create_task(self._resolve(link), name="roost-link")
            self._running[link] = task
            task.add_done_callback(lambda done: self._done(link, done))
        return await asyncio.shield(task)

    @asynccontextmanager
    async def picture(self, url: str) -> AsyncIterator[tuple[Made, Path]]:
        """A small picture made of one that is fetched, as `Made.preview` in a folder that goes afterwards.
        Raises Unreadable."""
        async with self._turns:
            body = await self._fetcher.fetch(url, _PICTURES)
        async with _as_file(body.content) as sent:
            with _translated():
                if not sent.format().is_picture:
                    raise Unreadable(Reason.KIND, "It is no picture")
                async with self._workshop.make(sent, Purpose.THUMBNAIL) as found:
                    self._pictures += 1
                    yield found

    def statistics(self) -> LinkStatistics:
        failures = {reason.value: count for reason, count in self._failed.items()}
        return LinkStatistics(self._pages, self._pictures, len(self._running), failures)

    async def close(self) -> None:
        """What is being followed is given up."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._fetcher.close()

    async def _resolve(self, link: str) -> Resolved:
        async with self._turns:
            body = await self._fetcher.fetch(link, _PAGES)
        return Resolved(link, body.url, await self._read(body))

    async def _read(self, body: Body) -> Page:
        async with _as_file(body.content) as sent:
            with _translated():
                return await self._workshop.read_page(sent, body.url, body.charset)

    def _done(self, link: str, task: asyncio.Task[Resolved]) -> None:
        self._running.pop(link, None)
        failure = None if task.cancelled() else task.exception()
        self._pages += failure is None and not task.cancelled()
        if isinstance(failure, Unreadable):
            self._failed[failure.reason] += 1
            self._failures[link] = (self._now_s() + failure.lasts_s, failure.reason, failure.text)
            self._failures.move_to_end(link)
            if len(self._failures) > LINK_FAILURES_MAX:
                self._failures.popitem(last=False)


@asynccontextmanager
async def _as_file(content: bytes) -> AsyncIterator[SentFile]:
    with tempfile.TemporaryFile() as file:
        await asyncio.to_thread(file.write, content)
        yield SentFile(cast(BinaryIO, file), len(content))


@contextmanager
def _translated() -> Iterator[None]:
    """What is wrong with a file, as what is wrong with what it was found by."""
    try:
        yield
    except Refused as cause:
        raise Unreadable(Reason.DAMAGED, cause.reason) from cause
    except Overloaded as cause:
        raise Unreadable(Reason.BUSY, cause.text) from cause
