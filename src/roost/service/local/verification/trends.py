"""What trends: a twin counts once more whatever the log still holds, and is compared with what is served.

Compared are the users of each topic: in each window, in each of the last 60 minutes and 144 ten minutes, as
far as the log goes back. Where nothing can have been counted otherwise, whether it trends, and its momentum.
"""

import asyncio
from collections.abc import Iterable, Iterator

import numpy as np

from roost.ids import unix_ms_of
from roost.limits import VERIFY_SLICE_ROWS
from roost.model import (
    Event,
    TrendKind,
    TrendTermsSet,
    Tweet,
    TweetDeleted,
    TweetEdited,
    TweetEnriched,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
)
from roost.processors import TrendsProcessor, topics_of
from roost.service.local.kit import Kit
from roost.service.local.verification.log_history import changed_users, events_of
from roost.service.local.verification.seam import Sample, Tally
from roost.trends import WINDOW_NAMES, WINDOWS_MIN, Topic, TrendEngine

_MS_PER_MINUTE = 60_000
_TEN = 10
_TURN_TOPICS = 50
_MOMENTUM_DIGITS = 6
_Seen = tuple[dict[str, int], dict[int, int], dict[int, int]]
_Named = tuple[TrendKind, str]
"""In any language."""


async def check_trends(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Reads the log three times, 20 us an event. Memory: as much as the trends that are served."""
    del sample
    trends = kit.trends
    last = kit.log.last
    doubts = _Doubts(await changed_users(kit.log, last), kit.log.first == 1)
    async for number, event in events_of(kit.log, last):
        doubts.note(event, number - kit.log.first < VERIFY_SLICE_ROWS)
    twin = await _counted_anew(kit, trends)
    now_minute = kit.clock.now_ms() // _MS_PER_MINUTE
    for kind in TrendKind:
        pair = _Pair(kind, (trends.engines[kind], twin.engines[kind]), doubts, now_minute)
        await pair.compare(tally)
    for reason in doubts.told():
        tally.leave_open(reason)
    if letters := kit.dead_letters.count(trends.name):
        tally.leave_open(f"{letters} events were passed over: see `roost processors dead trends`")


async def _counted_anew(kit: Kit, trends: TrendsProcessor) -> TrendsProcessor:
    """A twin that has come as far as what is served."""
    twin = trends.twin()
    await twin.begin()
    position = kit.log.first - 1
    twin.pass_over(position)
    while (ahead := kit.indexing.position_of(trends.name)) > position:
        events = await kit.log.read(position, min(VERIFY_SLICE_ROWS, ahead - position))
        await twin.apply(events)
        position = events.last
        await asyncio.sleep(0)
    return twin


class _Doubts:
    """Topics that may have been counted by what held then and does not now."""

    def __init__(self, changed: set[int], is_whole: bool) -> None:
        self._changed = changed
        self.is_whole = is_whole
        self.open: set[_Named] = set()
        self.since_minute = -(1 << 40)
        """The log has everything that was used after it."""
        self.surely: dict[TrendKind, bool] = dict.fromkeys(TrendKind, is_whole and not changed)
        """Whether everything of a kind came by the log and was counted as it would be now."""

    def note(self, event: Event, is_early: bool) -> None:
        match event:
            case TweetPosted(tweet):
                self._note_time(tweet.tweet_id, is_early)
                self._note_use(tweet, is_undone=False)
            case TweetDeleted(tweet):
                self._note_use(tweet, is_undone=True)
                self.surely[TrendKind.TWEET] = False
            case TweetLiked(like):
                self._note_time(like.like_id, is_early)
                self._note_mark(like.tweet_id, (like.user_id, like.author_id), is_undone=False)
            case TweetUnliked(like):
                self._note_mark(like.tweet_id, (like.user_id, like.author_id), is_undone=True)
            case TweetEdited(edit):
                self._note_use(edit.before, is_undone=True)
                self._note_use(edit.tweet, is_undone=False)
                self._note_tweet(edit.tweet)
            case TweetEnriched(enriched):
                self._note_use(enriched.tweet, is_undone=True)
                self._note_tweet(enriched.tweet)
            case TrendTermsSet():
                self.surely = dict.fromkeys(TrendKind, False)

    def told(self) -> Iterator[str]:
        if not self.is_whole:
            yield "what was used before the log begins: only the time since then is compared"
        if self.open:
            yield (
                f"{len(self.open):,} topics: how their users or tweets stood when they were counted, or "
                "what was taken back of before the log begins, nobody knows now"
            )
        if names := [kind.name.lower() for kind, sure in self.surely.items() if not sure]:
            yield f"what trends of the kinds {', '.join(names)}: it also goes by what was learned before"

    def _note_time(self, event_id: int, is_early: bool) -> None:
        if is_early and not self.is_whole:
            self.since_minute = max(self.since_minute, unix_ms_of(event_id) // _MS_PER_MINUTE)

    def _note_use(self, tweet: Tweet, is_undone: bool) -> None:
        if tweet.is_retweet:
            people = tweet.author_id, tweet.retweet_of_author_id
            self._note_mark(tweet.retweet_of_id, people, is_undone)
        elif tweet.author_id in self._changed or (is_undone and not self.is_whole):
            self.open.update((kind, topic.key) for kind, topic in topics_of(tweet))

    def _note_mark(self, tweet_id: int, people: Iterable[int], is_undone: bool) -> None:
        if not self._changed.isdisjoint(people) or (is_undone and not self.is_whole):
            self.open.add((TrendKind.TWEET, str(tweet_id)))

    def _note_tweet(self, tweet: Tweet) -> None:
        """Its likes and retweets were counted by what it was: in no language perhaps, or not at all."""
        self.open.add((TrendKind.TWEET, str(tweet.tweet_id)))
        self.surely[TrendKind.TWEET] = False


class _Counted:
    """The users of each topic of an engine, in each window."""

    def __init__(self, engine: TrendEngine, minute: int) -> None:
        self.engine = engine
        self._minute = minute
        self.rows = {topic: row for row, topic in enumerate(engine.named) if topic is not None}
        self._users = engine.parts(np.arange(engine.high), minute)[0][:, 0]
        self._is_full = engine.is_full

    def is_sampled(self, topic: Topic) -> bool:
        """Whether only a part of its users is held, or another topic may have got its row: which users that
        are, and when, goes by what came before."""
        row = self.rows.get(topic)
        return self._is_full if row is None else self.engine.sampling(row) > 1

    def seen(self, topic: Topic, since: int) -> _Seen:
        """By windows, minutes and ten minutes that are wholly after a minute; what is 0 is left out."""
        row = self.rows.get(topic)
        if row is None:
            return {}, {}, {}
        sizes = zip(WINDOW_NAMES, WINDOWS_MIN.tolist(), self._users[:, row].tolist(), strict=True)
        windows = {
            name: int(users) for name, size, users in sizes if users and self._minute - size - _TEN > since
        }
        minutes, tens = self.engine.series(row, self._minute)
        return windows, _when(minutes, self._minute, since), _when(tens, self._minute // _TEN, since // _TEN)


class _Pair:
    """The topics of a kind, as served and as counted anew."""

    def __init__(
        self, kind: TrendKind, engines: tuple[TrendEngine, TrendEngine], doubts: "_Doubts", now_minute: int
    ) -> None:
        self._kind = kind
        self._doubts = doubts
        self._minute = max(now_minute, *(engine.minute for engine in engines))
        self._served, self._anew = (_Counted(engine, self._minute) for engine in engines)

    async def compare(self, tally: Tally) -> None:
        served, anew, since = self._served, self._anew, self._doubts.since_minute
        topics = sorted({*served.rows, *anew.rows}, key=lambda each: (each.key, each.language))
        for number, topic in enumerate(topics):
            if number % _TURN_TOPICS == _TURN_TOPICS - 1:
                await asyncio.sleep(0)
            if (self._kind, topic.key) in self._doubts.open:
                continue
            if not (served.is_sampled(topic) or anew.is_sampled(topic)):
                found, expected = served.seen(topic, since), anew.seen(topic, since)
                tally.compared += 1
                if found != expected:
                    tally.differs(self._name(topic), found, expected)
        if self._doubts.surely[self._kind]:
            await self._compare_lives(tally)

    async def _compare_lives(self, tally: Tally) -> None:
        found, expected = (_lives_of(each.engine, self._minute) for each in (self._served, self._anew))
        for topic in {*found, *expected}:
            tally.compare(f"{self._name(topic)}: its state", found.get(topic), expected.get(topic))
        await asyncio.sleep(0)

    def _name(self, topic: Topic) -> str:
        language = f" in {topic.language}" if topic.language else ""
        return f"{self._kind.name.lower()} {topic.key}{language}"


def _when(counts: list[int], newest: int, since: int) -> dict[int, int]:
    """Which buckets of time after `since` have how many users, but for those with none."""
    first = newest - len(counts) + 1
    return {first + at: count for at, count in enumerate(counts) if count and first + at > since}


def _lives_of(engine: TrendEngine, minute: int) -> dict[Topic, tuple[int, float]]:
    """State and momentum of the topics that have any."""
    judged = engine.judge(minute)
    lives = zip(
        judged.rows.tolist(), judged.lives.states.tolist(), judged.lives.momentum.tolist(), strict=True
    )
    named = ((engine.named[row], state, momentum) for row, state, momentum in lives)
    return {
        topic: (state, round(momentum, _MOMENTUM_DIGITS))
        for topic, state, momentum in named
        if topic is not None
    }
