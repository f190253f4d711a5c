"""Threads of ten thousand tweets, deep and wide: read without recursion while others have their turns."""

import asyncio
from pathlib import Path

import pytest

from roost.limits import CONTEXT_ANCESTORS_MAX, CONTEXT_DESCENDANTS_MAX, CONTEXT_SLICE_TWEETS
from roost.model import Tweet, TweetPosted
from roost.service import Context
from tests.service.ground import Ground

TWEETS = 10_000
AT_ONCE = 1_000


def tell(ground: Ground, author_id: int, parents: list[int]) -> list[int]:
    """Tweets, each of which answers the one at a place among those before it; the first one answers none."""
    ids = ground.kit.ids.next_ids(len(parents) + 1)
    made = [Tweet(ids[0], author_id, "root")]
    made += [
        Tweet(tweet_id, author_id, "answer", reply_to_id=ids[parent], reply_to_author_id=author_id)
        for tweet_id, parent in zip(ids[1:], parents, strict=True)
    ]
    for start in range(0, len(made), AT_ONCE):
        events = [TweetPosted(tweet) for tweet in made[start : start + AT_ONCE]]
        ground.do(ground.kit.committer.commit(events))
    return list(ids)


async def beside(ground: Ground, viewer_id: int, tweet_id: int) -> tuple[Context, int]:
    """A conversation, and how often somebody else had a turn while it was being read."""
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(take_turns())
    context = await ground.service.conversations.context(viewer_id, tweet_id)
    other.cancel()
    return context, turns


@pytest.fixture
def large(tmp_path: Path) -> Ground:
    return Ground(tmp_path, column_tweets=1 << 15)


def test_a_deep_thread_and_a_wide_one(large: Ground) -> None:
    ground = large
    alice, bob = ground.user("alice"), ground.user("bob")
    deep = tell(ground, alice, list(range(TWEETS - 1)))
    wide = tell(ground, alice, [0] * (TWEETS - 1))
    slices = CONTEXT_DESCENDANTS_MAX // CONTEXT_SLICE_TWEETS

    context, turns = ground.do(beside(ground, bob, deep[-1]))
    found = [view.tweet.tweet_id for view in context.ancestors]
    assert found == deep[-1 - CONTEXT_ANCESTORS_MAX : -1], "the nearest, from the root down"
    assert not context.descendants
    assert turns > slices

    context, turns = ground.do(beside(ground, bob, deep[0]))
    assert [view.tweet.tweet_id for view in context.descendants] == deep[1 : CONTEXT_DESCENDANTS_MAX + 1]
    assert turns > slices

    context, turns = ground.do(beside(ground, bob, wide[0]))
    assert [view.tweet.tweet_id for view in context.descendants] == wide[1 : CONTEXT_DESCENDANTS_MAX + 1]
    assert turns > slices

    context, _ = ground.do(beside(ground, 0, deep[5_000]))
    around = [view.tweet.tweet_id for view in (*context.ancestors, *context.descendants)]
    assert around == deep[4_960:5_000] + deep[5_001:5_061]
    ground.stop()
    ground.close()
