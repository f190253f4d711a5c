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
from roost.model import (
    PageRequest,
    RepliesPolicy,
    Visibility,
)
from roost.service import (
    Draft,
    ListTerms,
    ProfileChange,
    Registration,
)
from tests.home.naive_timeline import (
    DIRECT,
    NaiveList,
    NaiveTweet,
    NaiveWorld,
)

T = TypeVar("T")

USERS = 6
users = st.integers(0, USERS - 1)
visibilities = st.sampled_from([0, 0, 0, 1, 2])
tags = st.sampled_from(["birds", "bees"])
policies = st.sampled_from(RepliesPolicy)
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

    @rule(
        author=users,
        named=st.sets(tags, min_size=1),
        visibility=visibilities,
        addressed=st.sets(users, max_size=1),
    )
    def post_tagged(self, author: int, named: set[str], visibility: int, addressed: set[int]) -> None:
        words = [f"#{tag}" for tag in sorted(named)] + [f"@user{number}" for number in sorted(addressed)]
        draft = Draft(text=" ".join(words), visibility=Visibility(visibility))
        view = self.do(self.service.tweets.post(self.ids[author], draft))
        mentioned = frozenset(self.ids[number] for number in addressed)
        self.add(author, view, visibility=visibility, addressed=mentioned, tags=frozenset(named))

    @rule(reader=users, tag=tags, undo=st.sampled_from([False, False, True]))
    def follow_tag(self, reader: int, tag: str, undo: bool) -> None:
        reader_id = self.ids[reader]
        if undo:
            self.do(self.service.followed_tags.unfollow(reader_id, tag))
            self.world.followed_tags.discard((reader_id, tag))
        else:
            self.do(self.service.followed_tags.follow(reader_id, tag))
            self.world.followed_tags.add((reader_id, tag))

    # -- what their lists are

    @rule(owner=users, exclusive=st.booleans(), replies=policies, tag=st.none() | tags)
    def make_list(self, owner: int, exclusive: bool, replies: RepliesPolicy, tag: str | None) -> None:
        owner_id = self.ids[owner]
        terms = ListTerms(title="list", exclusive=exclusive, replies=replies)
        made = self.do(self.service.lists.create(owner_id, terms))
        self.world.lists[made.list_id] = NaiveList(owner_id, int(replies), exclusive)
        if tag is not None:
            self.do(self.service.lists.add_tags(owner_id, made.list_id, [tag]))
            self.world.lists[made.list_id].tags.add(tag)
        followees = [followee for follower, followee in sorted(self.world.follows) if follower == owner_id]
        if followees:
            self.put_on_list(made.list_id, followees[0])

    def put_on_list(self, list_id: int, member_id: int) -> None:
        one = self.world.lists[list_id]
        followed = member_id == one.owner or (one.owner, member_id) in self.world.follows
        if followed and member_id not in one.members:
            self.do(self.service.lists.add(one.owner, list_id, [member_id]))
            one.members.add(member_id)

    @precondition(lambda self: self.world.lists)
    @rule(data=st.data(), member=users, undo=st.sampled_from([False, False, True]))
    def change_list(self, data: st.DataObject, member: int, undo: bool) -> None:
        list_id = data.draw(st.sampled_from(sorted(self.world.lists)))
        one, member_id = self.world.lists[list_id], self.ids[member]
        if undo:
            self.do(self.service.lists.remove(one.owner, list_id, [member_id]))
            one.members.discard(member_id)
        else:
            self.put_on_list(list_id, member_id)

    @precondition(lambda self: self.world.lists)
    @rule(data=st.data(), exclusive=st.booleans(), replies=policies)
    def edit_list(self, data: st.DataObject, exclusive: bool, replies: RepliesPolicy) -> None:
        list_id = data.draw(st.sampled_from(sorted(self.world.lists)))
        one = self.world.lists[list_id]
        terms = ListTerms(exclusive=exclusive, replies=replies)
        self.do(self.service.lists.edit(one.owner, list_id, terms))
        one.exclusive, one.replies = exclusive, int(replies)

    @precondition(lambda self: self.world.lists)
    @rule(data=st.data())
    def delete_list(self, data: st.DataObject) -> None:
        list_id = data.draw(st.sampled_from(sorted(self.world.lists)))
        self.do(self.service.lists.delete(self.world.lists.pop(list_id).owner, list_id))

    @precondition(lambda self: self.world.tweets)
    @rule(author=users, data=st.data(), named=st.sets(tags, max_size=1))
    def reply(self, author: int, data: st.DataObject, named: set[str]) -> None:
        parent = self.pick_visible(author, data)
        if parent is not None:
            text = " ".join(["an answer", *(f"#{tag}" for tag in named)])
            draft = Draft(text=text, reply_to_id=parent.tweet_id)
            view = self.do(self.service.tweets.post(self.ids[author], draft))
            self.add(author, view, reply_to_author=parent.author, tags=frozenset(named))

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

    @precondition(lambda self: self.world.lists)
    @rule(limit=st.integers(1, 40), data=st.data())
    def read_a_list(self, limit: int, data: st.DataObject) -> None:
        """To its end, from some entry upwards, and the newest since one."""
        list_id = data.draw(st.sampled_from(sorted(self.world.lists)))
        owner_id, expected = self.world.lists[list_id].owner, self.world.list_timeline(list_id)
        assert self.walk(owner_id, limit, list_id) == expected
        start = data.draw(st.sampled_from([*expected, 1]))
        above = [tweet_id for tweet_id in expected if tweet_id > start]
        assert self.page(owner_id, PageRequest(limit, min_id=start), list_id) == above[-limit:]
        assert self.page(owner_id, PageRequest(limit, since_id=start), list_id) == above[:limit]

    @rule(viewer=users, limit=st.integers(1, 40), data=st.data())
    def read_the_tables_alone(self, viewer: int, limit: int, data: st.DataObject) -> None:
        """As for a reader whose last write the shard has not applied yet."""
        kit, viewer_id = self.node.kit, self.ids[viewer]  # type: ignore[union-attr]
        expected = self.world.home(viewer_id)
        start = data.draw(st.sampled_from([*expected, 1]))
        above = [tweet_id for tweet_id in expected if tweet_id > start]
        for request, wanted in (
            (PageRequest(limit), expected[:limit]),
            (PageRequest(limit, max_id=start), [found for found in expected if found < start][:limit]),
            (PageRequest(limit, min_id=start), above[-limit:]),
        ):
            assert self.do(kit.assembly.page(viewer_id, request, applied=False)).ids == wanted
        for list_id, one in self.world.lists.items():
            userlist = self.do(self.service.lists.get(one.owner, list_id))
            contents = self.do(kit.choices.list_contents(list_id))
            page = kit.list_assembly.page(userlist, contents, PageRequest(limit), applied=False)
            assert self.do(page) == self.world.list_timeline(list_id)[:limit]

    def page(self, user_id: int, request: PageRequest, list_id: int = 0) -> list[int]:
        """Of the home timeline, or of a list."""
        kit = self.node.kit  # type: ignore[union-attr]
        assert self.do(kit.runner.applied(kit.log.last, 10.0))
        timelines = self.service.timelines
        asked = (user_id, list_id, request) if list_id else (user_id, request)
        page = self.do((timelines.of_list if list_id else timelines.home)(*asked))
        return [view.tweet.tweet_id for view in page.items]

    def walk(self, user_id: int, limit: int, list_id: int = 0) -> list[int]:
        found = self.page(user_id, PageRequest(limit), list_id)
        while found and (page := self.page(user_id, PageRequest(limit, max_id=found[-1]), list_id)):
            found += page
        return found

    def teardown(self) -> None:
        try:
            if self.node is not None and len(self.ids) == USERS:
                for user_id in self.ids:
                    assert self.walk(user_id, 17) == self.world.home(user_id)
                for list_id, one in self.world.lists.items():
                    assert self.walk(one.owner, 17, list_id) == self.world.list_timeline(list_id)
                assert self.do(self.service.operations.verify(USERS, 0, ("home", "lists"))).differing == 0
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
