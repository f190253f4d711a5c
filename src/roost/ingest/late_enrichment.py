"""Runs late enrichers over what the log says was posted or edited, and commits what they find.

It reads the log as a processor does. A tweet that an enricher wants is worked on beside the next ones, at
most `ENRICH_LATE_AT_ONCE` at a time; when all of these are under way, it reads no further. Its cursor never
passes a tweet whose work has not ended: what a crash cuts short is begun again after it. Each finding is
committed by itself, as soon as it is there. Where the surroundings fail, such as a full disk, it waits and
tries again, for as long as it takes.

A finding is added to the tweet as it then is, under the tweet's lock: one that was edited meanwhile gets
nothing (the edit comes past on the log, too), and one that was deleted, or whose author was, stays away.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from roost.errors import is_passing
from roost.eventlog import EventLog, LogSlice
from roost.ingest.commit import Committer
from roost.ingest.enrichers.gauge import Gauge
from roost.ingest.enrichers.seam import EnricherStatistics, Hold, LateEnricher
from roost.ingest.enrichment import Enrichment
from roost.limits import (
    ENRICH_CURSOR_EVENTS,
    ENRICH_FINISH_AT_ONCE,
    ENRICH_LATE_AT_ONCE,
)
from roost.model import Enriched, Event, Findings, Tweet, TweetEdited, TweetEnriched, TweetPosted
from roost.store import Batch, TweetCache, UserCache, in_the_end

_log = logging.getLogger("roost.enrichment")

Work = tuple[asyncio.Semaphore, Callable[[], Coroutine[Any, Any, None]]]
"""What is to be done, and the places of which it takes one."""
_SAYING = (TweetPosted, TweetEdited)
"""Events in which a tweet says something new."""


class LateEnrichment:
    """A processor. `quick` finishes what was left out when a tweet was accepted."""

    name = "enrichment"

    def __init__(
        self,
        log: EventLog,
        tweets: TweetCache,
        users: UserCache,
        committer: Committer,
        quick: Enrichment,
        enrichers: Sequence[LateEnricher],
        hold: Hold,
    ) -> None:
        self._log = log
        self._tweets = tweets
        self._users = users
        self._committer = committer
        self._quick = quick
        self._enrichers = [(enricher, Gauge(enricher.name)) for enricher in enrichers]
        self._hold = hold
        self._places = asyncio.Semaphore(ENRICH_LATE_AT_ONCE)
        self._finishing_places = asyncio.Semaphore(ENRICH_FINISH_AT_ONCE)
        self._finishing = asyncio.Lock()
        """One at a time: it computes, and there is no hurry."""
        self._open: dict[asyncio.Task[None], int] = {}
        """Work under way, and the position of what it is for; in the order in which it began."""
        self._position = 0
        self._kept_position = 0

    async def begin(self) -> int:
        self._position = max(await self._log.cursor(self.name), self._log.first - 1)
        self._kept_position = self._position
        return self._position

    async def apply(self, events: LogSlice) -> None:
        """Begin the work on some events; events that were applied already are passed over."""
        for position, event in enumerate(events.events, events.first):
            if type(event) in _SAYING and position > self._position:
                for places, work in self._wanted(event):
                    await places.acquire()
                    self._begin(position, places, work())
                self._position = position
        self._position = max(self._position, events.last)
        if self._finished() - self._kept_position >= ENRICH_CURSOR_EVENTS:
            await self._keep_cursor()

    async def rest(self) -> None:
        if self._finished() > self._kept_position:
            await self._keep_cursor()

    def pass_over(self, position: int) -> None:
        self._position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """A late finding is as good as any: the tweet as it is now gets it, if it is still there."""
        begun = []
        for places, work in self._wanted(event):
            await places.acquire()
            begun.append(self._begin(position, places, work()))
        await asyncio.gather(*begun)
        await self._keep_cursor(also)

    async def stop(self) -> None:
        """Cancel what is under way; the next start begins it again."""
        under_way = list(self._open)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def settled(self) -> None:
        """Return when nothing is under way."""
        while self._open:
            await asyncio.wait(list(self._open))

    def statistics(self) -> list[EnricherStatistics]:
        return [gauge.statistics() for _, gauge in self._enrichers]

    def _wanted(self, event: Event) -> list[Work]:
        match event:
            case TweetPosted(tweet):
                pass
            case TweetEdited(edit):
                tweet = edit.tweet
            case _:
                return []
        wanted: list[Work] = [
            (self._places, partial(self._enrich, tweet, enricher, gauge))
            for enricher, gauge in self._enrichers
            if enricher.wants(tweet)
        ]
        if tweet.unfinished:
            wanted.append((self._finishing_places, partial(self._finish, tweet)))
        return wanted

    def _begin(
        self, position: int, places: asyncio.Semaphore, work: Coroutine[Any, Any, None]
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._open[task] = position
        task.add_done_callback(partial(self._ended, places))
        return task

    def _ended(self, places: asyncio.Semaphore, task: asyncio.Task[None]) -> None:
        places.release()
        if task.cancelled():
            return
        del self._open[task]
        if (cause := task.exception()) is not None:
            _log.error("A late enricher's work came to nothing", exc_info=cause)

    async def _enrich(self, tweet: Tweet, enricher: LateEnricher, gauge: Gauge) -> None:
        found = await in_the_end(lambda: self._find(tweet, enricher, gauge))
        if found is not None:
            await in_the_end(lambda: self._add(tweet, found))

    async def _find(self, tweet: Tweet, enricher: LateEnricher, gauge: Gauge) -> Findings | None:
        """Raises what the surroundings raise."""
        now = await self._now(tweet)
        if now is None or not enricher.wants(now):
            return None
        began_s = time.perf_counter()
        budget = asyncio.timeout(enricher.budget_s)
        try:
            async with budget:
                found = await enricher.find(now)
        except Exception as cause:
            if budget.expired():
                gauge.over_budget += 1
                return None
            gauge.failures += 1
            if is_passing(cause):
                raise
            _log.exception("%s failed at tweet %d", enricher.name, tweet.tweet_id)
            return None
        gauge.took(began_s)
        return found

    async def _finish(self, tweet: Tweet) -> None:
        async with self._finishing:
            await self._quick.when_calm()
            if await in_the_end(lambda: self._now(tweet)) is None:
                return
            found = await asyncio.to_thread(self._quick.finish, tweet)
        await in_the_end(lambda: self._add(tweet, found))

    async def _now(self, tweet: Tweet) -> Tweet | None:
        """A tweet as it is now, unless it was edited or is gone, or about to go with its author."""
        now = await self._tweets.get(tweet.tweet_id)
        author = await self._users.get(tweet.author_id)
        if now is None or now.edits != tweet.edits or author is None or author.standing.deleted:
            return None
        return now

    async def _add(self, tweet: Tweet, found: Findings) -> None:
        """Commit what was found about a tweet. Raises what the surroundings raise."""
        async with self._hold("tweet", tweet.tweet_id):
            now = await self._now(tweet)
            after = now.enriched(found) if now is not None else None
            if after is not None and after is not now:
                await self._committer.commit([TweetEnriched(Enriched(after, found))])

    def _finished(self) -> int:
        """Everything up to here is done."""
        return min([self._position, *(position - 1 for position in self._open.values())])

    async def _keep_cursor(self, also: Batch | None = None) -> None:
        """It never goes back."""
        position = max(self._kept_position, self._finished())
        await self._log.commit_cursor(self.name, position, also)
        self._kept_position = position
