"""The interaction graph is what the log says, however it is cut, restarted and crashed."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from roost.clock import ManualClock
from roost.eventlog import LogSlice, MemoryLog
from roost.home import read_arrays, write_arrays
from roost.ids import first_id_at, unix_ms_of
from roost.interactions import InteractionCapacity, InteractionKind, interactions_of
from roost.model import (
    Edit,
    Event,
    Like,
    QuoteRevoked,
    Tweet,
    TweetDeleted,
    TweetEdited,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    UserErased,
    Visibility,
)
from roost.processors import InteractionsProcessor
from tests.kernels.paired import examples

NOW_MS = 1_750_000_000_000
FIRST_ID = first_id_at(NOW_MS)
USERS = range(1, 6)
WIDE = InteractionCapacity(segments=20, segment_edges=16, segment_users=16, segment_tweets=16)
Edge = tuple[int, int, InteractionKind]


class History:
    """Makes events that can follow each other, and knows the edges that they leave."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.edges: Counter[Edge] = Counter()
        self.tweets: dict[int, Tweet] = {}
        self.likes: dict[tuple[int, int], Like] = {}

    def new_id(self) -> int:
        return FIRST_ID + len(self.events) * 5_000_000_000

    def step(self, kind: str, user: int, number: int) -> None:
        known = list(self.tweets.values())
        other = known[number % len(known)] if known else None
        match kind:
            case "post":
                visibility = Visibility.FOLLOWERS if number % 5 == 0 else Visibility.PUBLIC
                mentions = (user % 5 + 1,) if number % 2 else ()
                self.post(Tweet(self.new_id(), user, visibility=visibility, addressed_ids=mentions))
            case "reply" if other is not None:
                self.post(Tweet(self.new_id(), user, reply_to_id=other.tweet_id))
            case "retweet" if other is not None and not other.is_retweet:
                self.post(Tweet(self.new_id(), user, retweet_of_id=other.tweet_id))
            case "quote" if other is not None:
                self.post(Tweet(self.new_id(), user, quote_of_id=other.tweet_id))
            case "like" if other is not None and (user, other.tweet_id) not in self.likes:
                like = Like(user, other.tweet_id, other.author_id, self.new_id())
                self.likes[user, other.tweet_id] = like
                self.events.append(TweetLiked(like))
                self.edges[user, other.tweet_id, InteractionKind.LIKE] += 1
            case "unlike" if self.likes:
                key = list(self.likes)[number % len(self.likes)]
                self.events.append(TweetUnliked(self.likes.pop(key)))
                self.edges[(*key, InteractionKind.LIKE)] -= 1
            case "edit" if other is not None and not other.is_retweet:
                self.edit(other, (user,) if number % 3 else ())
            case "delete" if other is not None:
                self.delete(other)
            case "erase":
                self.events.append(UserErased(user))
                self.edges = Counter({key: count for key, count in self.edges.items() if key[0] != user})
                self.likes = {key: like for key, like in self.likes.items() if key[0] != user}
                self.tweets = {key: tweet for key, tweet in self.tweets.items() if tweet.author_id != user}

    def post(self, tweet: Tweet) -> None:
        self.tweets[tweet.tweet_id] = tweet
        self.events.append(TweetPosted(tweet))
        self.edges.update(edges_of(tweet))

    def delete(self, tweet: Tweet) -> None:
        del self.tweets[tweet.tweet_id]
        self.events.append(TweetDeleted(tweet))
        if tweet.visibility is Visibility.PUBLIC:
            self.edges.subtract(key for key in edges_of(tweet) if key[1] != tweet.tweet_id)
        self.edges = Counter({k: count for k, count in self.edges.items() if k[1] != tweet.tweet_id})

    def edit(self, tweet: Tweet, mentions: tuple[int, ...]) -> None:
        """Other people are mentioned."""
        edited = structs.replace(tweet, addressed_ids=mentions, edited_ms=unix_ms_of(self.new_id()))
        self.events.append(TweetEdited(Edit(edited, tweet)))
        self.tweets[tweet.tweet_id] = edited
        mention = InteractionKind.MENTION
        for user in set(tweet.addressed_ids) - set(mentions):
            self.edges[user, tweet.tweet_id, mention] = 0
        if tweet.visibility is Visibility.PUBLIC:
            for user in set(mentions) - {tweet.author_id, *tweet.addressed_ids}:
                self.edges[user, tweet.tweet_id, mention] += 1

    def living(self) -> dict[Edge, int]:
        return {edge: count for edge, count in self.edges.items() if count > 0}


def edges_of(tweet: Tweet) -> list[Edge]:
    kinds = InteractionKind
    if tweet.visibility is not Visibility.PUBLIC:
        return []
    if tweet.is_retweet:
        return [(tweet.author_id, tweet.retweet_of_id, kinds.RETWEET)]
    edges = [(tweet.author_id, tweet.tweet_id, kinds.AUTHOR)]
    others = set(tweet.addressed_ids) - {tweet.author_id}
    edges += [(user, tweet.tweet_id, kinds.MENTION) for user in others]
    if tweet.reply_to_id:
        edges.append((tweet.author_id, tweet.reply_to_id, kinds.REPLY))
    if tweet.quote_of_id:
        edges.append((tweet.author_id, tweet.quote_of_id, kinds.QUOTE))
    return edges


def held(processor: InteractionsProcessor) -> dict[Edge, int]:
    found = [edge for user in USERS for edge in interactions_of(processor.graph, user, 10_000)]
    return dict(Counter((edge.user_id, edge.tweet_id, edge.kind) for edge in found))


def make(
    log: MemoryLog, folder: Path | None, archives: bool = False, segments: int = 20
) -> InteractionsProcessor:
    capacity = InteractionCapacity(segments, WIDE.segment_edges, WIDE.segment_users, WIDE.segment_tweets)
    return InteractionsProcessor(log, ManualClock(NOW_MS), folder, capacity, 1e9, archives)


kinds = st.sampled_from(
    ["post", "post", "reply", "retweet", "quote", "like", "like", "unlike", "edit", "delete", "erase"]
)
plans = st.lists(st.tuples(kinds, st.sampled_from(USERS), st.integers(0, 99)), max_size=80)


def history_of(plan: Sequence[tuple[str, int, int]]) -> History:
    history = History()
    for step in plan:
        history.step(*step)
    return history


async def feed(processor: InteractionsProcessor, log: MemoryLog, stop: int, batch: int) -> None:
    """Bring everything up to `stop`, some of it twice."""
    position = processor.graph.position
    while position < stop:
        events = await log.read(max(0, position - 3), min(batch, stop - position) + 3)
        events = LogSlice(events.first, events.events[: stop - events.first + 1])
        await processor.apply(events)
        position = events.last
    await processor.rest()


@examples(0.7)
@given(plans, st.integers(1, 40), st.lists(st.tuples(st.integers(0, 80), st.booleans()), max_size=3))
def test_the_graph_is_what_the_log_says(
    plan: list[tuple[str, int, int]], batch: int, crashes: list[tuple[int, bool]]
) -> None:
    """At each of `crashes` the process ends without notice, with a snapshot written just before or not."""
    history = history_of(plan)

    async def body(folder: Path) -> None:
        log = MemoryLog()
        if history.events:
            await log.append(history.events)
        written = 0
        processor = make(log, folder)
        await processor.begin()
        for stop, has_snapshot in [*sorted(crashes), (10_000, False)]:
            await feed(processor, log, min(stop, len(history.events)), batch)
            if has_snapshot:
                await processor.snapshot()
                written = processor.graph.position
            if stop < 10_000:
                processor = make(log, folder)
                assert await processor.begin() == written
        assert held(processor) == history.living()
        await processor.close()
        again = make(log, folder)
        assert await again.begin() == len(history.events)
        assert held(again) == history.living()
        await again.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(body(Path(folder)))


async def written(
    history: History, folder: Path, batch: int, stop: int = 10_000, segments: int = 20
) -> tuple[MemoryLog, InteractionsProcessor]:
    """A log with all of a history, and a processor that had it up to `stop` and has left a snapshot."""
    log = MemoryLog()
    await log.append(history.events)
    processor = make(log, folder, segments=segments)
    await processor.begin()
    await feed(processor, log, min(stop, len(history.events)), batch)
    await processor.close()
    return log, processor


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("segment-*"))


def busy(count: int) -> History:
    """So many likes by five users of tweets that are liked by all of them."""
    history = History()
    for number in range(count):
        history.step("post", number % 5 + 1, 1)
        for user in USERS:
            history.step("like", user, number)
    return history


def test_segments_that_leave_the_window_are_archived_and_old_files_go(tmp_path: Path) -> None:
    history = busy(60)

    async def body() -> None:
        log = MemoryLog()
        await log.append(history.events)
        processor = make(log, tmp_path, archives=True, segments=3)
        await processor.begin()
        for stop in range(20, len(history.events), 20):
            await feed(processor, log, stop, 7)
            await processor.snapshot()
            stats = processor.graph.statistics()
            assert stats.segments <= 3
            assert len(files_in(tmp_path)) <= 3
        await processor.close()
        archived = {path.name for path in files_in(tmp_path / "archive")}
        dropped = processor.graph.statistics().segments_dropped
        assert archived == {f"segment-{number:08d}" for number in range(dropped)}
        assert dropped > 5

    asyncio.run(body())


@pytest.mark.parametrize("harm", ["cut", "lost", "garbled", "other settings"])
def test_a_snapshot_that_cannot_be_used_is_replaced_from_the_log(
    tmp_path: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    history = busy(20)

    async def body() -> None:
        log, _ = await written(history, tmp_path, 50)
        segment = files_in(tmp_path)[0]
        match harm:
            case "cut":
                (tmp_path / "interactions.snapshot").write_bytes(b"ROOST")
            case "lost":
                segment.unlink()
            case "garbled":
                segment.write_bytes(segment.read_bytes()[:-4096] + bytes(4096))
        smaller = InteractionCapacity(20, 8, 8, 8)
        again = make(log, tmp_path)
        if harm == "other settings":
            again = InteractionsProcessor(log, ManualClock(NOW_MS), tmp_path, smaller, 1e9)
        assert await again.begin() == 0
        assert "Interactions are read from the log instead" in caplog.text
        await feed(again, log, len(history.events), 50)
        assert held(again) == history.living()
        await again.close()

    asyncio.run(body())


def test_a_revoked_quote_is_no_edge() -> None:
    history = History()
    history.step("post", 1, 1)
    history.step("quote", 2, 0)
    quoting = list(history.tweets.values())[1]
    revoked = structs.replace(quoting, quote_revoked=True)

    async def body() -> None:
        log = MemoryLog()
        await log.append([*history.events, QuoteRevoked(revoked), TweetDeleted(revoked)])
        processor = make(log, None)
        assert await processor.begin() == 0
        await processor.apply(await log.read(0, 3))
        assert (2, quoting.quote_of_id, InteractionKind.QUOTE) not in held(processor)
        await processor.apply(await log.read(3, 1))
        assert set(held(processor)) == {
            (1, quoting.quote_of_id, InteractionKind.AUTHOR),
            (2, quoting.quote_of_id, InteractionKind.MENTION),
        }
        await processor.close()

    asyncio.run(body())


@pytest.mark.parametrize("fewer", [1, 5, 7])
def test_a_narrower_window_takes_the_newest_segments(tmp_path: Path, fewer: int) -> None:
    """And goes on: every one that is too many leaves, and no row is waited for that nobody gives back."""
    history = busy(60)

    async def body() -> None:
        half = len(history.events) // 2
        log, processor = await written(history, tmp_path, 7, half, segments=8)
        assert processor.graph.statistics().segments == 8
        narrow = make(log, tmp_path, segments=fewer)
        assert await narrow.begin() == half
        assert narrow.graph.statistics().segments == fewer
        assert set(held(narrow)) <= set(held(processor))
        await feed(narrow, log, len(history.events), 7)
        await narrow.close()
        assert narrow.graph.statistics().segments == fewer

    asyncio.run(body())


@pytest.mark.parametrize("harm", ["other settings", "live edges"])
def test_after_a_snapshot_that_could_not_be_used_the_next_one_is_whole(tmp_path: Path, harm: str) -> None:
    """Segments that are made anew have the numbers of the old ones, and other edges."""
    history = busy(20)

    async def body() -> None:
        log, processor = await written(history, tmp_path, 50)
        others = InteractionCapacity(20, 8, 8, 8) if harm == "other settings" else WIDE
        if harm == "live edges":
            notes, arrays = read_arrays(tmp_path / "interactions.snapshot")
            assert len(arrays["live0_ids"])
            arrays["live0_words"] = arrays["live0_words"][:-1]
            write_arrays(tmp_path / "interactions.snapshot", notes, arrays)
            for _ in range(20):
                history.step("unlike", 1, len(history.likes) - 1)
            await log.append(history.events[processor.graph.position :])
        for begin in (0, len(history.events)):
            again = InteractionsProcessor(log, ManualClock(NOW_MS), tmp_path, others, 1e9)
            assert await again.begin() == begin
            await feed(again, log, len(history.events), 1_000)
            assert held(again) == history.living()
            await again.close()

    asyncio.run(body())
