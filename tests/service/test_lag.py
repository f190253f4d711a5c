"""What readers see while the shard lags behind the log: their own writes, and nothing they must not see."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from roost.model import PageRequest
from roost.service import Draft
from tests.service.ground import Ground


@contextmanager
def stalled(ground: Ground) -> Iterator[None]:
    """The writer thread does nothing for a while."""
    going_on = threading.Event()
    task = ground.kit.writer.run(going_on.wait)
    started = ground.do(_start(task))
    try:
        yield
    finally:
        going_on.set()
        ground.do(_finish(started))


async def _start(task):  # type: ignore[no-untyped-def]
    import asyncio

    return asyncio.ensure_future(task)


async def _finish(task):  # type: ignore[no-untyped-def]
    return await task


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """Its readers do not wait for long."""
    ground = Ground(tmp_path, read_wait_ms=5)
    yield ground
    ground.stop()
    ground.close()


def read(ground: Ground, viewer_id: int, request: PageRequest | None = None) -> list[int]:
    page = ground.do(ground.service.timelines.home(viewer_id, request or PageRequest(20)))
    return [view.tweet.tweet_id for view in page.items]


def test_ones_own_tweet_is_there_while_the_shard_stands_still(ground: Ground) -> None:
    ann = ground.user("ann")
    first = ground.post(ann)
    with stalled(ground):
        second = ground.post(ann)
        assert read(ground, ann) == [second, first]
        third = ground.post(ann)
        assert read(ground, ann, PageRequest(1)) == [third]
        assert read(ground, ann, PageRequest(5, max_id=third)) == [second, first]
        assert read(ground, ann, PageRequest(5, min_id=first)) == [third, second]
    assert ground.home(ann) == [third, second, first]


def test_a_follow_and_an_unfollow_show_while_the_shard_stands_still(ground: Ground) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    said = ground.post(bob)
    ground.settle()
    with stalled(ground):
        ground.do(ground.service.edges.follow(ann, bob))
        assert read(ground, ann) == [said]
        ground.do(ground.service.edges.unfollow(ann, bob))
        assert read(ground, ann) == []


def test_a_block_and_a_deletion_hold_while_the_shard_stands_still(ground: Ground) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    ground.do(ground.service.edges.follow(ann, bob))
    said, kept = ground.post(bob), ground.post(bob)
    mine = ground.post(ann)
    assert ground.home(ann) == [mine, kept, said]
    with stalled(ground):
        ground.do(ground.service.tweets.delete(bob, said))
        ground.do(ground.service.tweets.delete(ann, mine))
        assert read(ground, ann) == [kept]
        ground.do(ground.service.edges.mute(ann, bob))
        assert read(ground, ann) == []
        ground.do(ground.service.edges.unmute(ann, bob))
        ground.do(ground.service.edges.block(ann, bob))
        assert read(ground, ann) == []


def test_counts_and_marks_are_ones_own_at_once(ground: Ground) -> None:
    ann = ground.user("ann")
    said = ground.post(ann)
    view = ground.do(ground.service.tweets.like(ann, said))
    assert (view.liked, view.counts.likes) == (True, 1)
    again = ground.do(ground.service.tweets.like(ann, said))
    assert again.counts.likes == 1
    view = ground.do(ground.service.tweets.unlike(ann, said))
    assert (view.liked, view.counts.likes) == (False, 0)
    retweet = ground.do(ground.service.tweets.retweet(ann, said))
    assert retweet.retweet_of is not None
    assert retweet.retweet_of.counts.retweets == 1
    assert ground.do(ground.service.tweets.retweet(ann, said)).tweet == retweet.tweet
    view = ground.do(ground.service.tweets.unretweet(ann, said))
    assert (view.retweeted, view.counts.retweets) == (False, 0)


def test_a_retried_post_is_one_tweet(ground: Ground) -> None:
    import asyncio

    ann, bob = ground.user("ann"), ground.user("bob")
    post = ground.service.tweets.post

    async def at_once() -> list[int]:
        views = await asyncio.gather(*(post(ann, Draft(text="once"), "key") for _ in range(10)))
        return [view.tweet.tweet_id for view in views]

    ids = ground.do(at_once())
    assert len(set(ids)) == 1
    assert ground.do(post(bob, Draft(text="another"), "key")).tweet.tweet_id != ids[0]
    ground.clock.advance_ms(3_599_000)
    assert ground.do(post(ann, Draft(text="late"), "key")).tweet.tweet_id == ids[0]
    ground.clock.advance_ms(2_000)
    assert ground.do(post(ann, Draft(text="too late"), "key")).tweet.tweet_id != ids[0]
