"""A simple fan-out system on Roost's own parts: `python examples/simple_fanout.py`.

A shard holds home timelines and follower lists in flat arrays. A tweet is pushed to the followers of an
author with few of them; an author with many is not, and is merged in when a timeline is read. See
docs/home-timelines.md.
"""

from roost.clock import SystemClock
from roost.home import FanoutStatistics, Shard, ShardCapacity, ShardReader, StrategySettings
from roost.ids import ID_MAX, Snowflakes
from roost.model import Edge, EdgeAdded, EdgeKind, Event, Tweet, TweetPosted, User, UserCreated

PULL_ABOVE_FOLLOWERS = 1_000


class SimpleFanoutSystem:
    """Users by name. Everything that happens is an event, as in Roost; what they say is kept beside the
    shard."""

    def __init__(self, pull_above_followers: int = PULL_ABOVE_FOLLOWERS) -> None:
        capacity = ShardCapacity(
            users=100_000, follows=1 << 20, rings=10_000, ring_entries=256, tweets=1 << 16
        )
        self._clock = SystemClock()
        self._ids = Snowflakes(self._clock)
        self._shard = Shard(capacity, "threshold", StrategySettings(threshold_followers=pull_above_followers))
        self._reader = ShardReader(self._shard.state)
        self._users: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._tweets: dict[int, Tweet] = {}
        self._position = 0

    def add_follower(self, user: str, follower: str) -> None:
        """`follower` follows `user` from now on."""
        edge = Edge(EdgeKind.FOLLOW, self._user(follower), self._user(user), self._ids.next_id())
        self._happen(EdgeAdded(edge))

    def tweet(self, user: str, content: str) -> int:
        """Post a tweet; answers its id."""
        posted = Tweet(self._ids.next_id(), self._user(user), content)
        self._tweets[posted.tweet_id] = posted
        self._happen(TweetPosted(posted))
        return posted.tweet_id

    def get_timeline(self, user: str, limit: int = 50) -> list[dict[str, object]]:
        """The newest tweets of those whom a user follows, and their own, newest first: pushed and pulled
        ones."""
        row, now_ms = self._row(user), self._clock.now_ms()
        self._shard.warmer.note_reads([row], now_ms // 1000)  # from now on tweets are pushed to this reader
        self._shard.settle(now_ms // 1000)
        found = self._reader.gather(row, ID_MAX, limit, now_ms)
        tweets = [self._tweets[entry.tweet_id] for entry in found.entries]
        return [
            {"id": tweet.tweet_id, "author": self._names[tweet.author_id], "content": tweet.text}
            for tweet in tweets
        ]

    def statistics(self) -> FanoutStatistics:
        """How many timeline writes there were, and the like."""
        return self._shard.fanout.statistics()

    def close(self) -> None:
        self._shard.close()

    def _user(self, name: str) -> int:
        if name not in self._users:
            user_id = self._ids.next_id()
            self._users[name], self._names[user_id] = user_id, name
            self._happen(UserCreated(User(user_id, name, self._clock.now_ms())))
        return self._users[name]

    def _row(self, name: str) -> int:
        return self._shard.state.graph.row_of(self._user(name))

    def _happen(self, event: Event) -> None:
        self._position += 1
        self._shard.apply(self._position, [event])


def main() -> None:
    fanout = SimpleFanoutSystem(pull_above_followers=2)
    for follower in ("bob", "cid", "dora"):
        fanout.add_follower("star", follower)
    fanout.add_follower("ann", "bob")
    for reader in ("bob", "cid", "dora"):
        fanout.get_timeline(reader)
    fanout.tweet("ann", "Hello, both of you!")
    fanout.tweet("star", "Hello, everybody!")
    for entry in fanout.get_timeline("bob"):
        print(f"{entry['author']}: {entry['content']}")
    print(f"{fanout.statistics().pushes} timeline writes: {PUSHED}")
    fanout.close()


PUSHED = "ann's tweet was pushed to bob, star's is merged in when it is read"

if __name__ == "__main__":
    main()
