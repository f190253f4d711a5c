"""Tells live connections what happens.

Reads the log from its end, and a stretch before it so that who was away during a restart can go on. Waits
until the shard, and whoever derives notifications, have applied what it is about to tell: whoever hears of a
tweet finds it on their home timeline. Nothing of it is durable: connections do not outlive the process.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.clock import Clock
from roost.errors import Invalid
from roost.eventlog import EventLog, LogSlice
from roost.ids import unix_ms_of
from roost.limits import STREAM_BATCH_EVENTS, STREAM_POST_SUBSCRIPTIONS, STREAM_REPLAY_POSITIONS_MAX
from roost.model import (
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
    AnnouncementUnreacted,
    Event,
    FiltersChanged,
    Notification,
    NotificationsGathered,
    QuoteRevoked,
    RequestAccepted,
    Tweet,
    TweetDeleted,
    TweetEdited,
    TweetEnriched,
    TweetPosted,
    Visibility,
)
from roost.processors.audience import NO_TWEET, Audience
from roost.push import NO_LANES, Happening, Hub, MessageKind, Subscription, Topic, Window
from roost.store import Batch, TweetCache, UserCache, chooser_of
from roost.telemetry import Histogram

_JUDGED_AT_ONCE = 50
"""Topics that are judged apart before others get their turn."""

Wait = Callable[[int], Awaitable[None]]
Judge = Callable[[Topic, Sequence[Happening]], Awaitable[set[int]]]
"""Says at which positions a topic that is judged apart has something to tell."""
Tell = Callable[[Sequence["Telling"]], Awaitable[None]]


class Telling(msgspec.Struct, frozen=True, eq=False):
    """What happened, and who is to be told."""

    happening: Happening
    subscriptions: Sequence[Subscription]
    lanes: NDArray[np.int64] = NO_LANES
    """The hub's lanes of others who are told."""


class PushProcessor:
    """`wait` returns when everything up to a position has been applied by those that this one leans on;
    `tell` takes what is to be told to the hub's connections. `extras` are happenings that others found."""

    name = "push"

    def __init__(
        self,
        log: EventLog,
        tweets: TweetCache,
        users: UserCache,
        hub: Hub,
        audience: Audience,
        wait: Wait,
        clock: Clock,
        window: Window | None = None,
    ) -> None:
        self.streamed_after = Histogram()
        """From a tweet's id to its being at the sockets of all who are told, in ms; once for each of them."""
        self._clock = clock
        self.window = window or Window()
        self.tell: Tell = _nobody
        self.judge: Judge = _nothing
        self._log = log
        self._tweets = tweets
        self._users = users
        self._hub = hub
        self._audience = audience
        self._wait = wait
        self._extras: list[Happening] = []
        self._untold: list[Telling] = []
        self._position = 0
        self._moved = asyncio.Event()
        hub.watch = audience.watch

    def add(self, happenings: Sequence[Happening]) -> None:
        """Happenings that do not follow from an event alone, such as notifications; to be called before
        `wait` returns for their position."""
        self._extras.extend(each for each in happenings if each.position > self._position)

    async def begin(self) -> int:
        last = self._log.last
        self._position = max(self._log.first - 1, last - STREAM_REPLAY_POSITIONS_MAX, 0)
        self.window.begin(self._position)
        self._hub.position = last
        return self._position

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over; what could not be told is told first."""
        await self._wait(events.last)
        await self._tell_untold()
        for start in range(0, len(events.events), STREAM_BATCH_EVENTS):
            first = events.first + start
            batch = events.events[start : start + STREAM_BATCH_EVENTS]
            if first + len(batch) - 1 > self._position:
                await self._apply_batch(first, batch)
                await self._tell_untold()

    async def rest(self) -> None:
        return

    def pass_over(self, position: int) -> None:
        """Streams have no holes: all are ended, and who comes back with an older id is told to refetch."""
        self.window.begin(position)
        self._reach(position)
        self._hub.end_all()

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        del position, event, also
        raise Invalid("Streams tell nothing late: drop the dead letter")

    async def derived(self, position: int) -> None:
        """Return when the window reaches up to `position`."""
        while self._position < position:
            await self._moved.wait()

    async def _apply_batch(self, first: int, events: Sequence[Event]) -> None:
        for chooser_id in {chooser_of(event) for event in events} - {0}:
            self._audience.note_choice(chooser_id)
        tweets = [event.tweet for event in events if isinstance(event, TweetPosted)]
        await self._users.get_many(list({tweet.author_id for tweet in tweets}))  # so that they are at hand
        wanted = {tweet.retweet_of_id for tweet in tweets} - {0}
        found = await self._tweets.get_many(list(wanted)) if wanted else []
        originals = {tweet.tweet_id: tweet for tweet in found if tweet is not None}
        last = first + len(events) - 1
        happenings = [
            happening
            for position, event in enumerate(events, first)
            if position > self._position
            for happening in happenings_of(position, event)
        ]
        happenings.extend(each for each in self._extras if self._position < each.position <= last)
        happenings.sort(key=lambda each: (each.position, each.kind))
        heard: dict[Topic, set[int]] = {}
        begin = 0
        while begin < len(happenings):
            if begin:
                await asyncio.sleep(0)  # others get their turn
            while unheard := self._audience.apart() - heard.keys():
                for number, topic in enumerate(unheard, 1):
                    heard[topic] = await self.judge(topic, happenings)
                    if number % _JUDGED_AT_ONCE == 0:
                        await asyncio.sleep(0)  # others get their turn
            begin = self._take_some(happenings, begin, originals, heard)
        self._reach(last)
        self._extras = [each for each in self._extras if each.position > last]

    def _take_some(
        self,
        happenings: Sequence[Happening],
        begin: int,
        originals: dict[int, Tweet],
        heard: dict[Topic, set[int]],
    ) -> int:
        """Take whole positions, not many messages at once; where to go on. Without a pause, so that a
        subscription is made either before all of these, or after them."""
        messages = 0
        while begin < len(happenings) and messages < STREAM_POST_SUBSCRIPTIONS:
            position = happenings[begin].position
            apart = [topic for topic, positions in heard.items() if position in positions]
            while begin < len(happenings) and happenings[begin].position == position:
                messages += self._take(happenings[begin], originals, apart)
                begin += 1
            self._reach(position)
        return begin

    def _reach(self, position: int) -> None:
        self._position = position
        self._hub.position = max(self._hub.position, position)
        self._moved.set()
        self._moved = asyncio.Event()

    def _take(self, happening: Happening, originals: dict[int, Tweet], apart: Sequence[Topic]) -> int:
        """How many are told."""
        tweet = happening.tweet
        original = originals.get(tweet.retweet_of_id) if tweet is not None else None
        is_tweet = tweet is not None and happening.kind is not MessageKind.DELETION
        facts = self._audience.facts(tweet, None) if tweet is not None and is_tweet else NO_TWEET
        if not isinstance(happening.content, Notification):  # these are in a table
            self.window.add(happening, facts)
        subscriptions, lanes = self._audience.listeners(happening, original)
        if tweet is not None:
            subscriptions += [each for topic in apart for each in self._hub.of(topic)]
        if subscriptions or lanes.size:
            self._untold.append(Telling(happening, subscriptions, lanes))
        return len(subscriptions) + lanes.size

    async def _tell_untold(self) -> None:
        if self._untold:
            await self.tell(self._untold)
            told = [each for each in self._untold if each.happening.kind is MessageKind.TWEET]
            now_ms = self._clock.now_ms()
            self.streamed_after.record_many_ms(
                [now_ms - unix_ms_of(each.happening.tweet.tweet_id) for each in told if each.happening.tweet],
                [len(each.subscriptions) + each.lanes.size for each in told],
            )
            self._untold = []


def happenings_of(position: int, event: Event) -> list[Happening]:
    """What streams tell of an event by itself."""
    match event:
        case TweetPosted(tweet) if tweet.visibility == Visibility.DIRECT:
            people = sorted({tweet.author_id, *tweet.addressed_ids})
            told = [_conversation(position, tweet, user_id) for user_id in people]
            return [Happening(position, MessageKind.TWEET, tweet), *told]
        case TweetPosted(tweet):
            return [Happening(position, MessageKind.TWEET, tweet)]
        case TweetEdited(edit):
            return [Happening(position, MessageKind.EDIT, edit.tweet)]
        case QuoteRevoked(tweet):
            return [Happening(position, MessageKind.EDIT, tweet)]
        case TweetEnriched(enriched) if enriched.found.is_shown:
            return [Happening(position, MessageKind.EDIT, enriched.tweet)]
        case TweetDeleted(tweet):
            return [Happening(position, MessageKind.DELETION, tweet)]
        case AnnouncementPublished(announcement):
            found = announcement.announcement_id
            return [Happening(position, MessageKind.ANNOUNCEMENT, content=found)]
        case AnnouncementRemoved(announcement):
            found = announcement.announcement_id
            return [Happening(position, MessageKind.ANNOUNCEMENT_DELETED, content=found)]
        case AnnouncementReacted(reaction) | AnnouncementUnreacted(reaction):
            return [Happening(position, MessageKind.ANNOUNCEMENT_REACTION, content=reaction)]
        case FiltersChanged(filterset):
            return [Happening(position, MessageKind.FILTERS_CHANGED, user_id=filterset.user_id)]
        case NotificationsGathered(telling):
            user_id = telling.receiver_id
            return [Happening(position, MessageKind.NOTIFICATION, user_id=user_id, content=telling)]
        case RequestAccepted(request):
            return [Happening(position, MessageKind.NOTIFICATIONS_MERGED, user_id=request.receiver_id)]
        case _:
            return []


def _conversation(position: int, tweet: Tweet, user_id: int) -> Happening:
    return Happening(position, MessageKind.CONVERSATION, user_id=user_id, content=tweet.root_id)


async def _nothing(_topic: Topic, _happenings: Sequence[Happening]) -> set[int]:
    return set()


async def _nobody(_tellings: Sequence[Telling]) -> None:
    return
