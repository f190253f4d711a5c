"""What is deleted is found nowhere: no row that a processor derived names a tweet that is gone."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from roost.model import (
    Event,
    Like,
    Poll,
    PollVoted,
    Tweet,
    TweetDeleted,
    TweetEdited,
    TweetLiked,
    TweetPosted,
    Vote,
)
from roost.processors import CountsProcessor, PollsProcessor
from roost.store import Batch, derive, tables
from tests.processors.cases import CASES, Case, World, history
from tests.store.samples import rows_of

TABLED = [case for case in CASES if case.name in ("counts", "notifications", "conversations", "search")]
"""The home state keeps ids, and looks whether they are there; streams tell of deletions; weeks hold numbers;
the histories' tweets have no polls."""


def numbers_in(value: Any) -> Iterator[int]:
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.astuple(value)
    if isinstance(value, tuple | list):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, int):
        yield int(value)


def deletions(events: list[Event]) -> list[Event]:
    """Of every other tweet that the history left, as it is by its end."""
    left: dict[int, Tweet] = {}
    for event in events:
        match event:
            case TweetPosted(tweet):
                left[tweet.tweet_id] = tweet
            case TweetEdited(edit):
                left[edit.tweet.tweet_id] = edit.tweet
            case TweetDeleted(tweet):
                left.pop(tweet.tweet_id, None)
    return [TweetDeleted(tweet) for tweet in list(left.values())[::2]]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("case", TABLED, ids=lambda case: case.name)
def test_no_row_names_a_deleted_tweet(case: Case, seed: int, tmp_path: Path) -> None:
    asyncio.run(_run(case, seed, tmp_path))


async def _run(case: Case, seed: int, folder: Path) -> None:
    chance, world = random.Random(seed), World(folder)
    events = history(seed, 80)
    gone = [event.tweet.tweet_id for event in deletions(events) if isinstance(event, TweetDeleted)]
    assert gone
    processor = await case.make(world)
    await processor.begin()
    position = 0
    for event in [*events, *deletions(events)]:
        batch = Batch()
        derive(event, batch)
        await world.log.append([event], batch)
        if isinstance(event, TweetDeleted):
            world.tweets.forget(event.tweet.tweet_id)
        if chance.random() < 0.2:
            found = await world.log.read(position, 100)
            await processor.apply(found)
            position = found.last
        if chance.random() < 0.1:
            await processor.rest()
    await processor.apply(await world.log.read(position, 200))
    await processor.rest()
    named = set(numbers_in(await case.derived(world, processor)))
    assert not named & set(gone)
    close = getattr(processor, "close", None)
    if close is not None:
        await close()


def test_numbers_that_are_written_after_the_deletion_go_too(tmp_path: Path) -> None:
    """Rows go with the event's own rows; numbers that were about to be written would bring them back."""

    async def body() -> None:
        world = World(tmp_path)
        tweet = Tweet(1, 9, poll=Poll(("yes", "no"), 1_000, False, False))
        vote = Vote(1, 5, 101, 9, (0,), 1, tweet.poll.edition)  # type: ignore[union-attr]
        await world.commit([TweetPosted(tweet), TweetLiked(Like(5, 1, 9, 100)), PollVoted(vote)])
        processors = CountsProcessor(world.store, world.log), PollsProcessor(world.store, world.log)
        for each in processors:
            await each.begin()
            await each.apply(await world.log.read(0, 3))
        await world.log.append([TweetDeleted(tweet)], _derived(TweetDeleted(tweet)))
        for each in processors:
            await each._write()
            await each.apply(await world.log.read(3, 1))
            await each.rest()
        assert await rows_of(world.store, tables.TWEET_COUNTS) == []
        assert await rows_of(world.store, tables.TALLIES) == []

    asyncio.run(body())


def _derived(event: Event) -> Batch:
    batch = Batch()
    derive(event, batch)
    return batch
