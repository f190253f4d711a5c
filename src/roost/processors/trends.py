"""Counts who uses which hashtags and links and who likes or retweets what, and so what trends.

The state is a function of the log and of the events' own times: read again, it comes out the same. It is in
memory only; now and then it is written whole to a file, and after a crash the rest is read from the log.

What counts are public tweets that are neither sensitive nor noise (spam, near-duplicates), by accounts in
good standing that want to be found; for a tweet, those who like or retweet it. What is deleted, withdrawn or
found to be noise later is taken back, and so is everything of an account that is silenced, suspended, or
gone.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from roost.clock import Clock
from roost.eventlog import EventLog, LogSlice
from roost.ids import unix_ms_of
from roost.limits import TREND_AHEAD_MIN, TREND_BARS_MAX, TREND_BATCH_EVENTS, TREND_SNAPSHOT_S
from roost.model import (
    Enriched,
    Event,
    TrendBar,
    TrendBarSet,
    TrendKind,
    TrendTerms,
    TrendTermsSet,
    Tweet,
    TweetDeleted,
    TweetEdited,
    TweetEnriched,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    User,
    UserErased,
    UserUpdated,
    Visibility,
)
from roost.processors.seam import Progress, Rebuild, Source
from roost.processors.trend_file import read_engines, write_engines
from roost.store import Batch, Store, TweetCache, UserCache, tables
from roost.trends import Topic, TrendEngine, compile_trends, uses_of

_MS_PER_MINUTE = 60_000
_TICKS_AT_ONCE = 4
Engines = Mapping[TrendKind, TrendEngine]


class TrendStatistics(msgspec.Struct, frozen=True):
    kind: str
    topics: int
    users_held: int
    """Of each topic."""
    bytes_reserved: int
    """At most; what was never needed is not in memory."""


class TrendsProcessor:
    """`folder` is where its state is kept, None where nothing is. One that does not keep does not move its
    cursor either."""

    name = "trends"

    def __init__(
        self,
        store: Store,
        log: EventLog,
        tweets: TweetCache,
        users: UserCache,
        clock: Clock,
        folder: Path | None,
        keeps: bool = True,
    ) -> None:
        self._store = store
        self._log = log
        self._tweets = tweets
        self._users = users
        self._clock = clock
        self._keeps = keeps
        self._taken: tuple[Engines, int] | None = None
        self._path = None if folder is None else folder / "trends.snapshot"
        self.engines: Engines = {}
        self.terms = TrendTerms()
        self.barred: dict[tuple[TrendKind, str], TrendBar] = {}
        self.changes = 0
        """Counts up whenever anything may trend otherwise than before."""
        self._waiting: dict[TrendKind, list[tuple[Topic, int, int]]] = {kind: [] for kind in TrendKind}
        self._position = 0
        self._written_position = 0
        self._write_at_s = 0.0

    async def begin(self) -> int:
        """A file that is damaged, or of another time, is not used: then all is counted anew from what the log
        still has."""
        await asyncio.to_thread(compile_trends)
        found = await self._store.scan(tables.TREND_TERMS, (0,), limit=1)
        self.terms = found[0].terms if found else TrendTerms()
        bars = await self._store.scan(tables.TREND_BARS, (0,), limit=TREND_BARS_MAX)
        self.barred = {(bar.kind, bar.key): bar for bar in bars}
        engines, position = self._taken or await self._read()
        self._taken = None
        self.engines = engines
        self._position = self._written_position = max(position, self._log.first - 1)
        self._write_at_s = time.monotonic() + TREND_SNAPSHOT_S
        self.changes += 1
        return self._position

    async def _read(self) -> tuple[Engines, int]:
        engines = _new_engines(self.terms)
        if self._path is None:
            return engines, 0
        position = await asyncio.to_thread(read_engines, self._path, engines, self._log.last)
        return (engines, position) if position else (_new_engines(self.terms), 0)

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over."""
        for offset, event in enumerate(events.events):
            if events.first + offset > self._position:
                await self._apply_one(event)
                self._position = events.first + offset
            if offset % TREND_BATCH_EVENTS == TREND_BATCH_EVENTS - 1:
                await self._count()
                await asyncio.sleep(0)
        await self._count()
        await self._write_if_due()

    def statistics(self) -> list[TrendStatistics]:
        """How much is counted, and the memory reserved for it."""
        made: list[TrendStatistics] = []
        for kind, engine in self.engines.items():
            held = engine.statistics()
            name = kind.name.lower()
            made.append(TrendStatistics(name, held.topics, held.pairs, held.bytes_reserved))
        return made

    async def rest(self) -> None:
        await self._write_if_due()

    def pass_over(self, position: int) -> None:
        self._position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """A use counts in its own minute, however late."""
        del position
        await self._apply_one(event)
        await self._count()
        await self.write(also)

    async def write(self, also: Batch | None = None) -> None:
        """Write the state, then the cursor. Nothing is applied meanwhile, and readers read on."""
        position = self._position
        if self._path is not None:
            await asyncio.to_thread(write_engines, self._path, self.engines, position)
        await self._log.commit_cursor(self.name, position, also)
        self._written_position = position
        self._write_at_s = time.monotonic() + TREND_SNAPSHOT_S

    def twin(self) -> "TrendsProcessor":
        """Another one, which counts and writes nothing."""
        return TrendsProcessor(
            self._store, self._log, self._tweets, self._users, self._clock, None, keeps=False
        )

    def rebuild(self, source: Source) -> Rebuild:
        return _Rebuild(self, source)

    async def take(self, engines: Engines, position: int, also: Batch) -> None:
        """Serve what was counted elsewhere, up to a position."""
        self._taken = engines, position
        await self.begin()
        await self.write(also)
        self._taken = engines, position  # for the `begin` that follows

    async def _write_if_due(self) -> None:
        if self._keeps and time.monotonic() >= self._write_at_s and self._position > self._written_position:
            await self.write()

    async def _apply_one(self, event: Event) -> None:
        match event:
            case TweetPosted(tweet) if tweet.retweet_of_id:
                if tweet.visibility is Visibility.PUBLIC:
                    await self._engage(tweet.retweet_of_id, tweet.author_id, tweet.tweet_id)
            case TweetPosted(tweet):
                await self._use(tweet, topics_of(tweet), unix_ms_of(tweet.tweet_id))
            case TweetLiked(like):
                await self._engage(like.tweet_id, like.user_id, like.like_id)
            case TweetUnliked(like):
                await self._disengage(like.tweet_id, like.user_id)
            case TweetDeleted(tweet) if tweet.retweet_of_id:
                await self._disengage(tweet.retweet_of_id, tweet.author_id)
            case TweetDeleted(tweet):
                if tweet.retweet_of_id == 0:
                    await self._unuse(tweet, topics_of(tweet))
                    await self._forget(tweet)
            case TweetEdited(edit):
                before, after = topics_of(edit.before), topics_of(edit.tweet)
                await self._unuse(edit.before, before - after)
                await self._use(edit.tweet, after - before, edit.tweet.edited_ms)
            case TweetEnriched(enriched):
                await self._enrich(enriched)
            case UserUpdated(user) if not _may_count(user):
                await self._take_back_user(user.user_id)
            case UserErased(user_id):
                await self._take_back_user(user_id)
            case TrendTermsSet(setting):
                await self._count()
                self.terms = setting.terms
                for engine in self.engines.values():
                    engine.terms = self.terms
                self.changes += 1
            case TrendBarSet(bar):
                self._bar(bar)

    async def _use(self, tweet: Tweet, topics: Iterable[tuple[TrendKind, Topic]], at_ms: int) -> None:
        topics = list(topics)
        if not topics or not _is_counted(tweet):
            return
        author = await self._users.get(tweet.author_id)
        if author is not None and _may_count(author):
            for kind, topic in topics:
                self._note(kind, topic, tweet.author_id, at_ms)

    async def _unuse(self, tweet: Tweet, topics: Iterable[tuple[TrendKind, Topic]]) -> None:
        topics = list(topics)
        if not topics or not _is_counted(tweet):
            return
        await self._count()
        for kind in {kind for kind, _ in topics}:
            self.engines[kind].take_back([topic for each, topic in topics if each is kind], tweet.author_id)
        self.changes += 1

    async def _engage(self, tweet_id: int, user_id: int, event_id: int) -> None:
        """Somebody liked or retweeted a tweet: one of an author that may trend itself, and not one's own."""
        tweet = await self._tweets.get(tweet_id)
        if tweet is None or tweet.author_id == user_id or not _is_counted(tweet) or tweet.is_reply:
            return
        author, user = await self._users.get(tweet.author_id), await self._users.get(user_id)
        if author is None or user is None or not _may_count(author) or not _may_engage(user):
            return
        for topic in _as_topics(str(tweet_id), tweet.language):
            self._note(TrendKind.TWEET, topic, user_id, unix_ms_of(event_id))

    async def _disengage(self, tweet_id: int, user_id: int) -> None:
        await self._count()
        tweet = await self._tweets.get(tweet_id)
        if tweet is not None and tweet.author_id != user_id:
            topics = _as_topics(str(tweet_id), tweet.language)
            self.engines[TrendKind.TWEET].take_back(topics, user_id)
            self.changes += 1

    async def _enrich(self, enriched: Enriched) -> None:
        """What is found to be noise was counted, perhaps; a language that is found was not."""
        tweet, found = enriched.tweet, enriched.found
        before = msgspec.structs.replace(
            tweet, signals=tweet.signals & ~found.signals, language="" if found.language else tweet.language
        )
        if not _is_counted(before):
            return
        if tweet.is_noise:
            await self._unuse(before, topics_of(before))
            await self._forget(before)
        elif found.language:
            await self._use(tweet, topics_of(tweet) - topics_of(before), unix_ms_of(tweet.tweet_id))

    async def _forget(self, tweet: Tweet) -> None:
        """A tweet trends no more itself."""
        await self._count()
        for topic in _as_topics(str(tweet.tweet_id), tweet.language):
            self.engines[TrendKind.TWEET].drop(topic)
        self.changes += 1

    async def _take_back_user(self, user_id: int) -> None:
        await self._count()
        for engine in self.engines.values():
            engine.take_back_user(user_id)
            await asyncio.sleep(0)
        self.changes += 1

    def _bar(self, bar: TrendBar) -> None:
        if bar.barred:
            self.barred[bar.kind, bar.key] = bar
        else:
            self.barred.pop((bar.kind, bar.key), None)
        self.changes += 1

    def _note(self, kind: TrendKind, topic: Topic, user_id: int, at_ms: int) -> None:
        self._waiting[kind].append((topic, user_id, at_ms // _MS_PER_MINUTE))

    async def _count(self) -> None:
        """Count the uses that wait, in order, and let time go on as they say."""
        latest = self._clock.now_ms() // _MS_PER_MINUTE + TREND_AHEAD_MIN
        for kind, waiting in self._waiting.items():
            if not waiting:
                continue
            engine, self._waiting[kind] = self.engines[kind], []
            topics, users, minutes = zip(*waiting, strict=True)
            uses = uses_of(topics, users, [min(minute, latest) for minute in minutes])
            at = engine.note(uses)
            while at < len(topics):
                await _go_on(engine, int(uses.minutes[at]))
                at = engine.note(uses, at)
            self.changes += 1


async def _go_on(engine: TrendEngine, minute: int) -> None:
    ticks = 0
    while engine.go_on(minute):
        ticks += 1
        if ticks % _TICKS_AT_ONCE == 0:
            await asyncio.sleep(0)


class _Rebuild:
    """Trends counted anew from what the log still has."""

    def __init__(self, processor: TrendsProcessor, source: Source) -> None:
        self._processor = processor
        self._source = source
        self._twin = processor.twin()

    async def load(self, tell: Progress) -> int:
        tell("events", 0)
        await self._twin.begin()
        first = self._source.log.first - 1
        self._twin.pass_over(first)
        return first

    async def apply(self, events: LogSlice) -> None:
        await self._twin.apply(events)

    async def pass_over(self, position: int) -> None:
        self._twin.pass_over(position)

    async def take_place(self, position: int, also: Batch) -> None:
        await self._processor.take(self._twin.engines, position, also)

    async def close(self) -> None:
        pass


def _new_engines(terms: TrendTerms) -> dict[TrendKind, TrendEngine]:
    return {kind: TrendEngine(terms=terms) for kind in TrendKind}


def _is_counted(tweet: Tweet) -> bool:
    return tweet.visibility is Visibility.PUBLIC and not (
        tweet.sensitive or tweet.is_noise or tweet.is_retweet
    )


def _may_count(user: User) -> bool:
    return user.discoverable and _may_engage(user)


def _may_engage(user: User) -> bool:
    return not (user.protected or user.is_gone or user.standing.silenced)


def _as_topics(key: str, language: str) -> list[Topic]:
    """Among everything, and among what is in its language."""
    primary = language.partition("-")[0].lower()
    return [Topic(key), Topic(key, primary)] if primary else [Topic(key)]


def topics_of(tweet: Tweet) -> set[tuple[TrendKind, Topic]]:
    """The hashtags and links of a tweet."""
    if not (tweet.entities.hashtags or tweet.entities.urls):
        return set()
    keys = [(TrendKind.TAG, tag) for tag in tweet.hashtags()]
    keys += [(TrendKind.LINK, link) for link in tweet.links()]
    return {(kind, topic) for kind, key in keys for topic in _as_topics(key, tweet.language)}
