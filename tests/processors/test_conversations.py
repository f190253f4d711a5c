"""Conversations are what a naive reading of direct tweets says, whatever is deleted, failed or repeated."""

import asyncio
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from roost import model
from roost.eventlog import EmbeddedLog
from roost.model import Tweet, Visibility
from roost.processors import ConversationsProcessor
from roost.store import Batch, KeyValueStore, derive, open_memory, rows, tables
from tests.store.samples import rows_of

PEOPLE = range(1, 5)


class Naive:
    def __init__(self) -> None:
        self.said: dict[int, Tweet] = {}
        self.known: dict[tuple[int, int], set[int]] = {}
        """Whom somebody has met in a conversation."""

    def apply(self, event: Any) -> None:
        if isinstance(event, model.TweetDeleted):
            self.said.pop(event.tweet.tweet_id, None)
            self._forget()
            return
        tweet = event.tweet if isinstance(event, model.TweetPosted) else event.edit.tweet
        if tweet.visibility is Visibility.DIRECT:
            self.said[tweet.tweet_id] = tweet
            for key in _keys(tweet):
                self.known.setdefault(key, set()).update(_people(tweet) - {key[0]})
            self._forget()

    def _forget(self) -> None:
        """Of conversations in which nothing is left for somebody."""
        left = {key for tweet in self.said.values() for key in _keys(tweet)}
        self.known = {key: met for key, met in self.known.items() if key in left}

    def conversations(self) -> list[rows.ConversationRow]:
        found = []
        for (user_id, root_id), met in sorted(self.known.items()):
            last = max(
                (tweet for tweet in self.said.values() if (user_id, root_id) in _keys(tweet)),
                key=lambda tweet: tweet.tweet_id,
            )
            made = (user_id, root_id, last.tweet_id, last.author_id, tuple(sorted(met)))
            found.append(rows.ConversationRow(*made))
        return found


def _people(tweet: Tweet) -> set[int]:
    return {tweet.author_id, *tweet.addressed_ids}


def _keys(tweet: Tweet) -> set[tuple[int, int]]:
    return {(user_id, tweet.root_id) for user_id in _people(tweet)}


class History:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.tweets: list[Tweet] = []
        self._last_id = 0

    def event(self) -> Any:
        kind = self.chance.randrange(8)
        if self.tweets and kind == 0:
            return model.TweetDeleted(self.tweets.pop(self.chance.randrange(len(self.tweets))))
        if self.tweets and kind == 1:
            place = self.chance.randrange(len(self.tweets))
            before = self.tweets[place]
            stay = {one for one in before.addressed_ids if self.chance.random() < 0.7}
            people = tuple(sorted({*stay, self.chance.choice(PEOPLE)} - {before.author_id}))
            self.tweets[place] = msgspec.structs.replace(before, addressed_ids=people, edited_ms=1)
            return model.TweetEdited(model.Edit(self.tweets[place], before))
        author = self.chance.choice(PEOPLE)
        people = {self.chance.choice(PEOPLE) for _ in range(self.chance.randrange(3))} - {author}
        parent = self.chance.choice(self.tweets) if self.tweets and kind < 6 else None
        self._last_id += 1_000
        made = Tweet(
            self._last_id,
            author,
            visibility=Visibility.PUBLIC if kind == 2 else Visibility.DIRECT,
            addressed_ids=tuple(sorted(people)),
            reply_to_id=parent.tweet_id if parent else 0,
            conversation_id=parent.root_id if parent else 0,
        )
        self.tweets.append(made)
        return model.TweetPosted(made)


class Flaky:
    """A log that sometimes cannot write."""

    def __init__(self, log: EmbeddedLog) -> None:
        self._log = log
        self.fails = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def commit_cursor(self, name: str, position: int, changes: Batch | None = None) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is full")
        await self._log.commit_cursor(name, position, changes)


@pytest.mark.parametrize("seed", range(60))
def test_equal_a_naive_reading(seed: int) -> None:
    asyncio.run(_run(random.Random(seed)))


async def _run(chance: random.Random) -> None:
    store = KeyValueStore(open_memory(Path()))
    log = Flaky(EmbeddedLog(store, Batch))
    history, naive = History(chance), Naive()
    processor = ConversationsProcessor(store, log)  # type: ignore[arg-type]
    told: list[tuple[int, int]] = []
    processor.listen(lambda _position, changes: told.extend(changes))
    await processor.begin()
    for _ in range(20):
        position = log.last
        for event in [history.event() for _ in range(chance.randrange(1, 5))]:
            batch = Batch()
            derive(event, batch)
            await log.append([event], batch)
            naive.apply(event)
        log.fails = chance.choice((0, 0, 1, 2))
        events = await log.read(position, 100)
        while True:
            try:
                await processor.apply(events)
                break
            except OSError:
                continue
        await processor.apply(events)
        if chance.random() < 0.3:
            log.fails = 0
            await processor.rest()
            processor = ConversationsProcessor(store, log)  # type: ignore[arg-type]
            processor.listen(lambda _position, changes: told.extend(changes))
            assert await processor.begin() == log.last
        await _compare(store, naive)
    assert {(row.user_id, row.root_id) for row in naive.conversations()} <= set(told)


async def _compare(store: KeyValueStore, naive: Naive) -> None:
    wanted = naive.conversations()
    assert await rows_of(store, tables.CONVERSATIONS) == wanted
    order = await rows_of(store, tables.CONVERSATION_ORDER)
    assert {(row.user_id, row.last_id, row.root_id) for row in order} == {
        (row.user_id, row.last_id, row.root_id) for row in wanted
    }
    said = await rows_of(store, tables.DIRECT_TWEETS)
    assert {row.tweet_id for row in said} == naive.said.keys()
