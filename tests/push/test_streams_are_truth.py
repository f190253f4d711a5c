"""Whoever's home timeline shows a tweet hears of it, and nobody else; and so does who was away for a while.

The machine of `tests/home` drives the real service. After each step, what every reader heard on the streams
of their home timeline and of everybody's tweets is held against the naive model.
"""

from collections import Counter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from roost.push import PUBLIC, MessageKind, TopicKind, home_of
from tests.home.naive_timeline import DIRECT, NaiveTweet
from tests.home.test_home_is_truth import HomeMachine, strategies
from tests.push.ears import Ear, Heard, WiredEar

TWEET, DELETION = MessageKind.TWEET, MessageKind.DELETION


class StreamsMachine(HomeMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ears: list[Ear] = []
        self.happened: list[tuple[MessageKind, NaiveTweet]] = []
        self.seen: dict[int, int] = {}
        """By ear: how much of what happened it has been told, or would have been."""

    @initialize(strategy=strategies)
    def begin(self, strategy: str) -> None:
        super().begin(strategy)
        for number, user_id in enumerate(self.ids):
            self.ears += [(WiredEar if number % 3 else Ear)(user_id, home_of(user_id)), Ear(user_id, PUBLIC)]
        for ear in self.ears:
            self.seen[id(ear)] = 0
            self.come_back(ear)

    def open(self) -> None:
        """A server that starts has no connections."""
        for ear in self.ears:
            ear.close()
        super().open()
        for ear in self.ears[::2]:
            self.come_back(ear)

    # -- what happens is told

    def add(self, author: int, view: Any, **facts: Any) -> None:
        super().add(author, view, **facts)
        self.tell([(TWEET, self.world.tweets[view.tweet.tweet_id])])

    @precondition(lambda self: self.world.tweets)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        alive = [tweet for tweet in self.world.tweets.values() if not tweet.deleted]
        if alive:
            tweet = data.draw(st.sampled_from(alive))
            self.do(self.service.tweets.delete(tweet.author, tweet.tweet_id))
            self.world.delete(tweet.tweet_id)
            self.tell([(DELETION, each) for each in alive if each.deleted])

    def tell(self, news: list[tuple[MessageKind, NaiveTweet]]) -> None:
        self.happened += news
        self.settle()
        for ear in self.ears:
            if ear.is_open:
                self.check(ear)

    @rule(number=st.integers(0, 11))
    def go_away(self, number: int) -> None:
        self.ears[number].close()

    @rule(number=st.integers(0, 11))
    def return_to(self, number: int) -> None:
        if not self.ears[number].is_open:
            self.come_back(self.ears[number])

    def come_back(self, ear: Ear) -> None:
        async def come() -> None:
            ear.open(self.service.streams)

        self.do(come())
        self.settle()
        self.check_return(ear)

    # -- what must hold

    def check(self, ear: Ear) -> None:
        """It has heard what happened since the last check, as far as it may; in order, but for what was
        deleted by one act."""
        news, self.seen[id(ear)] = self.happened[self.seen[id(ear)] :], len(self.happened)
        wanted: list[Heard] = [(kind, tweet.tweet_id) for kind, tweet in news if self.hears(ear, kind, tweet)]
        heard, ear.heard = ear.heard, []
        assert ear.refetches == 0
        assert Counter(heard) == Counter(wanted)
        assert [each for each in heard if each[0] is TWEET] == [each for each in wanted if each[0] is TWEET]

    def check_return(self, ear: Ear) -> None:
        """It has heard what it missed, as far as it may see that now. Its last frame may be older than its
        leaving: then it also hears what was not for it at the time, and is by now."""
        news, self.seen[id(ear)] = self.happened[self.seen[id(ear)] :], len(self.happened)
        missed = {(kind, tweet.tweet_id) for kind, tweet in news if self.hears(ear, kind, tweet)}
        welcome = [(kind, tweet.tweet_id) for kind, tweet in self.happened if self.hears(ear, kind, tweet)]
        heard, ear.heard = ear.heard, []
        assert ear.refetches == 0
        assert max(Counter(heard).values(), default=1) == 1
        assert missed <= set(heard) <= set(welcome)
        tweets = [each for each in heard if each[0] is TWEET]
        assert tweets == [each for each in welcome if each in set(tweets)]

    def hears(self, ear: Ear, kind: MessageKind, tweet: NaiveTweet) -> bool:
        world, viewer = self.world, ear.user_id
        if ear.topic.kind is TopicKind.HOME:
            if kind is TWEET:
                return world.belongs(viewer, tweet)
            told = viewer == tweet.author or viewer in tweet.addressed
            tagged = tweet.visibility == 0 and any((viewer, tag) in world.followed_tags for tag in tweet.tags)
            follows = tweet.visibility != DIRECT and (viewer, tweet.author) in world.follows
            return told or follows or tagged
        is_public = tweet.visibility == 0 and tweet.retweet_of is None
        if not is_public or tweet.reply_to_author not in (None, tweet.author):
            return False
        if kind is DELETION:
            return True
        shut = tweet.author in world.protected or world.hides(viewer, tweet.author)
        return (
            not tweet.deleted
            and (viewer == tweet.author or not shut)
            and not (viewer == tweet.author and tweet.author in world.protected)
        )

    def settle(self) -> None:
        """Until everything that happened has been told."""
        assert self.node is not None

        async def wait() -> None:
            assert self.node is not None
            kit = self.node.kit
            assert await self.node.kit.streaming.applied(kit.log.last, 10.0)
            await self.service.streams.recalled()

        self.do(wait())
        for ear in self.ears:
            ear.listen()

    # -- not looked at here: the timelines themselves

    read_to_the_end = read_upwards = read_since = everybody_sees_the_truth = None  # type: ignore[assignment]
    read_a_list = read_the_tables_alone = None  # type: ignore[assignment]

    def teardown(self) -> None:
        for ear in self.ears:
            ear.close()
            if isinstance(ear, WiredEar):
                ear.hang_up()
        self.ids = []
        super().teardown()


@pytest.fixture(autouse=True)
def _tiny_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.home.fanout.SLICE_FOLLOWERS", 2)
    monkeypatch.setattr("roost.processors.push.STREAM_BATCH_EVENTS", 2)
    monkeypatch.setattr("roost.service.local.stream_telling.STREAM_FLUSH_CONNECTIONS", 2)


StreamsMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=40)
TestStreamsAreTruth = StreamsMachine.TestCase
