"""Fan-out's promises: fairness, deferral, strategies, and who holds a ring."""

from collections.abc import Iterator

import numpy as np
import pytest

from roost.home import STRATEGIES, Shard, ShardCapacity, ShardReader, StrategySettings
from roost.home.strategies import ACTIVE_LEVEL, SEMI_ACTIVE_LEVEL
from roost.ids import ID_MAX, first_id_at
from roost.kernels import LEVEL_ALL, LEVEL_END, level_of, set_level
from roost.model import Edge, EdgeAdded, EdgeKind, Tweet, TweetPosted, User, UserCreated

NOW_S = 1_750_000_000
FIRST_ID = first_id_at(NOW_S * 1000)
DAY_S = 86_400


class Town:
    """A shard, fed by hand. Users 1, 2, 3 ... have the rows 0, 1, 2 ..."""

    def __init__(self, users: int, strategy: str = "push", rings: int = 64) -> None:
        self.shard = Shard(ShardCapacity(256, 1 << 14, rings, 128, 256), strategy)
        self.reader = ShardReader(self.shard.state)
        self.position = 0
        self.next_id = FIRST_ID
        self.feed(*(UserCreated(User(number, f"user{number}", 0)) for number in range(1, users + 1)))

    def feed(self, *events: object) -> None:
        self.shard.apply(self.position + 1, events)  # type: ignore[arg-type]
        self.position += len(events)

    def follow(self, follower: int, followee: int) -> None:
        self.next_id += 1
        self.feed(EdgeAdded(Edge(EdgeKind.FOLLOW, follower, followee, self.next_id)))

    def tweet(self, author: int, step_ms: int = 0, **facts: int) -> int:
        self.next_id += 1 + (step_ms << 22)
        self.feed(TweetPosted(Tweet(self.next_id, author, "words", **facts)))
        return self.next_id

    def read(self, user: int, now_s: int = NOW_S) -> None:
        self.shard.warmer.note_reads([user - 1], now_s)
        while self.shard.warmer.step(now_s):
            pass

    def ring(self, user: int) -> set[int]:
        """What the user's ring holds."""
        cell = int(self.shard.state.rings.cells[user - 1])
        if (cell >> 16) & 0xFF == 0:
            return set()
        return {abs(int(entry)) for entry in self.shard.state.rings.entries[cell >> 32]} - {0, 1}

    def home(self, user: int) -> list[int]:
        gathered = self.reader.gather(user - 1, ID_MAX, 100, 0)
        assert gathered.exact_above == 0
        return [entry.tweet_id for entry in gathered.entries]

    def close(self) -> None:
        self.shard.close()


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.home.fanout.SLICE_FOLLOWERS", 4)


@pytest.fixture
def celebrity(small_slices: None) -> Iterator[Town]:
    """User 1 has 20 followers, users 3 to 22; user 2 has one, user 3. All of them have rings."""
    town = Town(22)
    for follower in range(3, 23):
        town.follow(follower, 1)
    town.follow(3, 2)
    for user in range(1, 23):
        town.read(user)
    yield town
    town.close()


def test_small_tweets_go_between_the_slices_of_a_large_delivery(celebrity: Town) -> None:
    large = celebrity.tweet(1)
    assert celebrity.ring(1) == {large}, "the author's own timeline comes first"
    reached = sum(large in celebrity.ring(user) for user in range(3, 23))
    assert reached == 0
    for step in range(1, 6):
        small = celebrity.tweet(2)
        assert small in celebrity.ring(3), "a small tweet waits for no slice"
        assert celebrity.shard.fanout.step()
        reached = sum(large in celebrity.ring(user) for user in range(3, 23))
        assert reached == 4 * step
    assert not celebrity.shard.fanout.step()


def test_everybody_can_read_a_large_tweet_before_it_is_delivered(celebrity: Town) -> None:
    large = celebrity.tweet(1)
    assert [celebrity.home(user) for user in range(3, 23)] == [[large]] * 20
    celebrity.shard.settle(NOW_S)
    assert [celebrity.home(user) for user in range(3, 23)] == [[large]] * 20


def test_several_large_deliveries_take_turns(celebrity: Town) -> None:
    first, second = celebrity.tweet(1), celebrity.tweet(1)
    celebrity.shard.fanout.step()
    celebrity.shard.fanout.step()
    rings = [celebrity.ring(user) for user in range(3, 23)]
    assert sum(first in ring for ring in rings) == sum(second in ring for ring in rings) == 4
    celebrity.shard.settle(NOW_S)
    assert all({first, second} <= celebrity.ring(user) for user in range(3, 23))


def test_with_too_many_large_deliveries_waiting_readers_pull(
    celebrity: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.home.fanout.DELIVERIES_WAITING_MAX", 1)
    tweets = [celebrity.tweet(1) for _ in range(3)]
    celebrity.shard.settle(NOW_S)
    assert all(celebrity.home(user) == sorted(tweets, reverse=True) for user in range(3, 23))
    assert tweets[2] not in celebrity.ring(4)


def test_a_large_reply_reaches_the_followers_of_both_ends(small_slices: None) -> None:
    town = Town(30)
    for follower in range(3, 23):
        town.follow(follower, 1)
    for follower in range(13, 31):
        town.follow(follower, 2)
    for user in range(1, 31):
        town.read(user)
    parent = town.tweet(2)
    reply = town.tweet(1, reply_to_id=parent, reply_to_author_id=2)
    town.shard.settle(NOW_S)
    assert [user for user in range(3, 31) if reply in town.ring(user)] == list(range(13, 23))
    town.close()


def test_semi_active_readers_get_their_tweets_later_in_one_batch() -> None:
    town = Town(3, "activity")
    town.follow(2, 1)
    town.follow(3, 1)
    town.read(2)
    town.read(3)
    set_level(town.shard.state.rings, 2, SEMI_ACTIVE_LEVEL)
    tweets = [town.tweet(1) for _ in range(3)]
    assert town.ring(2) == set(tweets)
    assert town.ring(3) == set(), "deferred"
    assert town.home(3) == sorted(tweets, reverse=True), "and there to be read all the same"
    assert not town.shard.fanout.step(), "nothing is due yet"
    assert town.shard.fanout.step(flush=True)
    assert town.ring(3) == set(tweets)
    assert town.home(3) == sorted(tweets, reverse=True)
    town.close()


def test_a_full_deferred_batch_goes_out_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.home.fanout.DEFERRED_TWEETS_MAX", 2)
    town = Town(2, "activity")
    town.follow(2, 1)
    town.read(2)
    set_level(town.shard.state.rings, 1, SEMI_ACTIVE_LEVEL)
    town.tweet(1)
    assert not town.shard.fanout.step()
    town.tweet(1)
    assert town.shard.fanout.step()
    assert len(town.ring(2)) == 2
    town.close()


def test_inactive_users_hold_no_ring_and_get_one_when_they_come_back() -> None:
    town = Town(2)
    town.follow(2, 1)
    assert town.shard.state.rings_in_use == 0
    town.read(2)
    assert town.shard.state.rings_in_use == 1
    for days, level in ((0, True), (3, True), (8, False)):
        town.shard.warmer.sweep(NOW_S + days * DAY_S)
        assert (level_of(town.shard.state.rings, 1) > 0) is level
    said = town.tweet(1)
    assert town.ring(2) == set()
    assert town.home(2) == [said]
    town.read(2, NOW_S + 9 * DAY_S)
    assert town.ring(2) == {said}
    town.close()


def test_the_ring_read_longest_ago_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.home.warm._EVICTION_SAMPLES", 200)
    town = Town(5, rings=3)
    for turn, user in enumerate((1, 2, 3, 1, 4)):
        town.read(user, NOW_S + turn)
    in_use = [user for user in range(1, 6) if level_of(town.shard.state.rings, user - 1) > 0]
    assert in_use == [1, 3, 4]
    town.close()


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_shows_the_same_timeline(name: str) -> None:
    town = Town(12, name)
    for follower in range(2, 13):
        town.follow(follower, 1)
        town.follow(follower, 1 + follower % 12)
    for user in range(1, 7):
        town.read(user)
    tweets = [(author, town.tweet(author, step_ms=50)) for turn in range(6) for author in range(1, 13)]
    for user in range(2, 13):
        followed = {user, 1, 1 + user % 12}
        expected = [tweet_id for author, tweet_id in reversed(tweets) if author in followed]
        assert town.home(user) == expected
    town.close()


def levels(name: str, followers: int, rate: float, **settings: float) -> tuple[int, int]:
    strategy = STRATEGIES[name](StrategySettings(**settings))  # type: ignore[arg-type]
    now, later = strategy.levels(np.array([followers]), np.array([rate]))
    assert later[0] <= now[0]
    return int(now[0]), int(later[0])


def test_what_the_strategies_decide() -> None:
    assert levels("push", 10**8, 1e6) == (LEVEL_ALL, LEVEL_ALL)
    assert levels("pull", 1, 0.1) == (LEVEL_END, LEVEL_END)
    assert levels("threshold", 100, 1.0, threshold_followers=100) == (LEVEL_ALL, LEVEL_ALL)
    assert levels("threshold", 101, 1.0, threshold_followers=100) == (LEVEL_END, LEVEL_END)
    assert levels("activity", 5, 5.0) == (ACTIVE_LEVEL, SEMI_ACTIVE_LEVEL)


@pytest.mark.parametrize("rate", [0.01, 0.5, 1.0, 3.0, 40.0, 5_000.0])
@pytest.mark.parametrize("ratio", [0.1, 1.0, 8.0])
def test_cost_pushes_where_reading_is_worth_it(rate: float, ratio: float) -> None:
    """Push iff the reader's rate times a pull's cost is at least the author's rate times a push's cost."""
    now, later = levels("cost", 10, rate, push_cost_ns=ratio * 100, pull_cost_ns=100)
    for level in range(1, 32):
        reads_a_day = 2.0 ** (level - 16)  # the lowest rate of that level
        pays = reads_a_day >= rate * ratio
        assert (level >= later) == pays or later == LEVEL_ALL
    assert now == max(later, ACTIVE_LEVEL)
