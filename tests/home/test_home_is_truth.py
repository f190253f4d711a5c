"""Cache plus store equals truth: whatever happens, a home timeline read to its end is the naive model's.

The machine drives the real service on a real store with tiny rings, tiny columns and tiny slices, so that
every way of reading is taken: rings that wrapped, cold readers, pulled authors, deliveries under way, the
durable index.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from roost import node
from roost.clock import ManualClock
from roost.config import Settings
from roost.model import PageRequest, Visibility
from roost.service import Draft, ProfileChange, Registration
from tests.home.naive_timeline import DIRECT, NaiveTweet, NaiveWorld

T = TypeVar("T")

USERS = 6
users = st.integers(0, USERS - 1)
visibilities = st.sampled_from([0, 0, 0, 1, 2])
strategies = st.sampled_from(["push", "pull", "threshold", "activity", "cost"])


class HomeMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="roost-truth-"))
        self.clock = ManualClock(1_750_000_000_000)
        self.world = NaiveWorld()
        self.ids: list[int] = []
        self.strategy = "cost"
        self.node: node.Node | None = None

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        self.clock.advance_ms(7)
        return self.runner.run(work)

    @property
    def service(self) -> Any:
        assert self.node is not None
        return self.node.service

    @initialize(strategy=strategies)
    def begin(self, strategy: str) -> None:
        self.strategy = strategy
        self.open()
        for number in range(USERS):
            view = self.do(self.service.accounts.register(Registration(username=f"user{number}"), False))
            self.ids.append(view.user.user_id)

    def open(self) -> None:
        settings = Settings(
            data_folder=str(self.folder),
            strategy=self.strategy,  # type: ignore[arg-type]
            threshold_followers=2,
            capacity_users=64,
            capacity_follows=8_192,
            capacity_rings=3,
            ring_entries=16,
            column_tweets=64,
        )
        self.node = self.do(node.start(settings, self.clock))

    # -- what users do

    def add(self, author: int, view: Any, **facts: Any) -> None:
        self.world.post(NaiveTweet(view.tweet.tweet_id, self.ids[author], **facts))

    @rule(author=users, visibility=visibilities)
    def post(self, author: int, visibility: int) -> None:
        draft = Draft(text="words", visibility=Visibility(visibility))
        self.add(author, self.do(self.service.tweets.post(self.ids[author], draft)), visibility=visibility)

    @rule(author=users, count=st.integers(20, 50))
    def post_many(self, author: int, count: int) -> None:
        for _ in range(count):
            self.post(author, 0)

    @rule(author=users, addressed=st.sets(users, min_size=1, max_size=3))
    def post_direct(self, author: int, addressed: set[int]) -> None:
        text = " ".join(f"@user{number}" for number in sorted(addressed))
        draft = Draft(text=text, visibility=Visibility.DIRECT)
        view = self.do(self.service.tweets.post(self.ids[author], draft))
        named = frozenset(self.ids[number] for number in addressed)
        self.add(author, view, visibility=DIRECT, addressed=named)

    @precondition(lambda self: self.world.tweets)
    @rule(author=users, data=st.data())
    def reply(self, author: int, data: st.DataObject) -> None:
        parent = self.pick_visible(author, data)
        if parent is not None:
            draft = Draft(text="an answer", reply_to_id=parent.tweet_id)
            view = self.do(self.service.tweets.post(self.ids[author], draft))
            self.add(author, view, reply_to_author=parent.author)

    @precondition(lambda self: self.world.tweets)
    @rule(author=users, data=st.data())
    def retweet(self, author: int, data: st.DataObject) -> None:
        original = self.pick_visible(author, data)
        author_id = self.ids[author]
        if original is None or original.visibility == DIRECT:
            return
        own = original.author == author_id
        if not own and (original.visibility == 2 or original.author in self.world.protected):
            return
        if not own and self.world.barred(author_id, original.author):
            return
        view = self.do(self.service.tweets.retweet(author_id, original.tweet_id))
        if view.tweet.tweet_id not in self.world.tweets:
            self.add(author, view, visibility=int(view.tweet.visibility), retweet_of=original.tweet_id)

    def pick_visible(self, viewer: int, data: st.DataObject) -> NaiveTweet | None:
        """Some original tweet that the viewer may see."""
        world, viewer_id = self.world, self.ids[viewer]
        seen = [
            tweet
            for tweet in list(world.tweets.values())[-60:]
            if not tweet.deleted
            and tweet.retweet_of is None
            and (viewer_id, tweet.author) not in {(b, a) for a, b in world.blocks}
            and (
                viewer_id == tweet.author
                or viewer_id in tweet.addressed
                or (tweet.visibility != DIRECT and (viewer_id, tweet.author) in world.follows)
                or (tweet.visibility < 2 and tweet.author not in world.protected)
            )
        ]
        return data.draw(st.sampled_from(seen)) if seen else None

    @precondition(lambda self: self.world.tweets)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        alive = [tweet for tweet in self.world.tweets.values() if not tweet.deleted]
        if alive:
            tweet = data.draw(st.sampled_from(alive))
            self.do(self.service.tweets.delete(tweet.author, tweet.tweet_id))
            self.world.delete(tweet.tweet_id)

    @rule(follower=users, followee=users, quiet=st.booleans())
    def follow(self, follower: int, followee: int, quiet: bool) -> None:
        one, other = self.ids[follower], self.ids[followee]
        if one == other or self.world.barred(one, other) or other in self.world.protected:
            return
        self.do(self.service.edges.follow(one, other, shows_retweets=not quiet))
        self.world.follow(one, other, quiet)

    @rule(follower=users)
    def follow_everybody(self, follower: int) -> None:
        for followee in range(USERS):
            self.follow(follower, followee, False)

    @rule(follower=users, followee=users)
    def unfollow(self, follower: int, followee: int) -> None:
        if follower != followee:
            self.do(self.service.edges.unfollow(self.ids[follower], self.ids[followee]))
            self.world.unfollow(self.ids[follower], self.ids[followee])

    @rule(source=users, other=users, undo=st.booleans())
    def block(self, source: int, other: int, undo: bool) -> None:
        one, two = self.ids[source], self.ids[other]
        if one == two:
            return
        if undo:
            self.do(self.service.edges.unblock(one, two))
            self.world.blocks.discard((one, two))
        else:
            self.do(self.service.edges.block(one, two))
            self.world.block(one, two)

    @rule(source=users, other=users, undo=st.booleans())
    def mute(self, source: int, other: int, undo: bool) -> None:
        one, two = self.ids[source], self.ids[other]
        if one == two:
            return
        if undo:
            self.do(self.service.edges.unmute(one, two))
            self.world.mutes.discard((one, two))
        else:
            self.do(self.service.edges.mute(one, two))
            self.world.mutes.add((one, two))

    @rule(user=users, protected=st.booleans())
    def protect(self, user: int, protected: bool) -> None:
        self.do(self.service.accounts.edit(self.ids[user], ProfileChange(protected=protected)))
        (self.world.protected.add if protected else self.world.protected.discard)(self.ids[user])

    # -- what happens to the server

    @rule()
    def restart(self) -> None:
        assert self.node is not None
        self.do(self.node.stop())
        self.open()

    @rule()
    def restart_without_snapshot(self) -> None:
        assert self.node is not None
        self.do(self.node.stop())
        (self.folder / "home.snapshot").unlink(missing_ok=True)
        self.open()

    @rule(strategy=strategies)
    def switch_strategy(self, strategy: str) -> None:
        self.strategy = strategy
        self.do(self.service.operations.use_strategy(strategy))

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        self.clock.advance_ms(days * 86_400_000)
        writer = self.node.kit.writer  # type: ignore[union-attr]
        now_s = self.clock.now_ms() // 1000
        self.do(writer.run(lambda: writer.shard.settle(now_s)))
        self.do(writer.run(lambda: writer.shard.warmer.sweep(now_s)))

    # -- what must hold

    @rule(viewer=users, limit=st.integers(1, 40))
    def read_to_the_end(self, viewer: int, limit: int) -> None:
        assert self.walk(self.ids[viewer], limit) == self.world.home(self.ids[viewer])

    @rule(viewer=users, limit=st.integers(1, 40), data=st.data())
    def read_upwards(self, viewer: int, limit: int, data: st.DataObject) -> None:
        """Pages by `min_id`, from some entry or from the beginning of time up to the top."""
        expected = self.world.home(self.ids[viewer])
        start = data.draw(st.sampled_from([*expected, 1]))
        above = [tweet_id for tweet_id in expected if tweet_id > start]
        found: list[int] = []
        low = start
        while True:
            page = self.page(self.ids[viewer], PageRequest(limit, min_id=low))
            found = page + found
            if len(page) < limit:
                break
            low = page[0]
        assert found == above

    @rule(viewer=users, limit=st.integers(1, 40), data=st.data())
    def read_since(self, viewer: int, limit: int, data: st.DataObject) -> None:
        expected = self.world.home(self.ids[viewer])
        since = data.draw(st.sampled_from([*expected, 1]))
        page = self.page(self.ids[viewer], PageRequest(limit, since_id=since))
        assert page == [tweet_id for tweet_id in expected if tweet_id > since][:limit]

    @invariant()
    def everybody_sees_the_truth(self) -> None:
        for user_id in self.ids:
            expected = self.world.home(user_id)[:20]
            assert self.page(user_id, PageRequest(20)) == expected

    @rule(author=users)
    def read_your_write(self, author: int) -> None:
        """The one who posts sees it in the next read, before anybody waited for anything."""
        view = self.do(self.service.tweets.post(self.ids[author], Draft(text="mine")))
        page = self.do(self.service.timelines.home(self.ids[author], PageRequest(1)))
        assert [shown.tweet.tweet_id for shown in page.items] == [view.tweet.tweet_id]
        self.add(author, view)

    def page(self, user_id: int, request: PageRequest) -> list[int]:
        kit = self.node.kit  # type: ignore[union-attr]
        assert self.do(kit.runner.applied(kit.log.last, 10.0))
        page = self.do(self.service.timelines.home(user_id, request))
        return [view.tweet.tweet_id for view in page.items]

    def walk(self, user_id: int, limit: int) -> list[int]:
        found = self.page(user_id, PageRequest(limit))
        while found and (page := self.page(user_id, PageRequest(limit, max_id=found[-1]))):
            found += page
        return found

    def teardown(self) -> None:
        try:
            if self.node is not None and len(self.ids) == USERS:
                for user_id in self.ids:
                    assert self.walk(user_id, 17) == self.world.home(user_id)
                assert self.do(self.service.operations.verify(USERS, 0)).differences == []
        finally:
            if self.node is not None:
                self.do(self.node.stop())
            self.runner.close()
            shutil.rmtree(self.folder)


@pytest.fixture(autouse=True)
def _tiny_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.home.fanout.SLICE_FOLLOWERS", 2)


HomeMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=40)
TestHomeIsTruth = HomeMachine.TestCase
