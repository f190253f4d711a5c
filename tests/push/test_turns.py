"""However much was missed, and by however many: while it is looked for, others have their turns."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from roost.limits import STREAM_RECALL_SLICE, STREAM_RECALLS_AT_ONCE
from roost.model import Tweet, TweetPosted
from roost.push import PUBLIC, Topic, hashtag_of, home_of, list_of
from roost.service import ListTerms
from tests.push.ears import Ear
from tests.service.ground import Ground

TWEETS = 6_000
AT_ONCE = 1_000


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path, column_tweets=1 << 14)
    yield ground
    ground.stop()
    ground.close()


def fill(ground: Ground, author_id: int) -> list[int]:
    ids = ground.kit.ids.next_ids(TWEETS)
    for start in range(0, TWEETS, AT_ONCE):
        made = [TweetPosted(Tweet(tweet_id, author_id, "words")) for tweet_id in ids[start : start + AT_ONCE]]
        ground.do(ground.kit.committer.commit(made))
    ground.settle()
    ground.do(ground.kit.push.derived(ground.kit.log.last))
    return list(ids)


async def recalled(ground: Ground, ears: list[Ear]) -> int:
    """How often somebody else had a turn until all ears had what they missed."""
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(take_turns())
    for ear in ears:
        ear.open(ground.service.streams)
    await ground.service.streams.recalled()
    other.cancel()
    return turns


def ear(ground: Ground, user_id: int, topic: Topic, since: int) -> Ear:
    made = Ear(user_id, topic)
    made.since = since
    return made


@pytest.mark.parametrize("kind", ["hashtag", "list"])
def test_one_reader_who_missed_much_of_what_is_not_theirs(ground: Ground, kind: str) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    topic = hashtag_of("nobody")
    if kind == "list":
        made: Any = ground.do(ground.service.lists.create(bob, ListTerms(title="Friends")))
        topic = list_of(made.list_id)
    since = ground.kit.log.last
    fill(ground, ann)
    reader = ear(ground, bob, topic, since)
    assert ground.do(recalled(ground, [reader])) >= TWEETS // STREAM_RECALL_SLICE
    assert (reader.heard, reader.refetches, reader.since) == ([], 0, ground.kit.log.last)


def test_many_readers_at_once_take_few_turns_each(ground: Ground) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    since = ground.kit.log.last
    fill(ground, ann)
    readers = [ear(ground, bob, hashtag_of(f"none{number}"), since) for number in range(20)]
    turns = ground.do(recalled(ground, readers))
    assert turns >= len(readers) * TWEETS // STREAM_RECALL_SLICE // STREAM_RECALLS_AT_ONCE
    assert {reader.since for reader in readers} == {ground.kit.log.last}


def test_who_missed_too_much_is_told_so(ground: Ground) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    ground.do(ground.service.edges.follow(bob, ann))
    since = ground.kit.log.last
    fill(ground, ann)
    for topic in (PUBLIC, home_of(bob)):
        reader = ear(ground, bob, topic, since)
        ground.do(recalled(ground, [reader]))
        assert (reader.heard, reader.refetches) == ([], 1)
