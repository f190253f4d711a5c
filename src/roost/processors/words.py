"""Which tweet has which word, and whose name has which letters: what search finds candidates by.

Kept in memory until there is enough of it, then written together with the cursor: what a crash loses is read
again from the log. So a new tweet is found as soon as it was applied, and costs a fraction of a row a word.
Nothing is taken out when a tweet is deleted or edited, or a name changed: search looks at each candidate.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence

from roost.eventlog import EventLog, LogSlice
from roost.limits import (
    SEARCH_FLUSH_S,
    SEARCH_PENDING_MAX,
    SEARCH_ROWS_MAX,
    SEARCH_WORDS_MAX,
    SEARCH_YIELD_EVENTS,
)
from roost.model import Event, Tweet, TweetEdited, TweetPosted, User, UserCreated, UserUpdated
from roost.processors.postings import Postings
from roost.store import Batch, Store
from roost.text import grams_of, words_of


class WordsProcessor:
    name = "words"

    def __init__(self, store: Store, log: EventLog) -> None:
        self._store = store
        self._log = log
        self._tweets = Postings(store, SEARCH_ROWS_MAX, "w")
        self._names = Postings(store, SEARCH_ROWS_MAX, "n")
        self._position = 0
        self._written_position = 0
        self._write_at_s = 0.0

    async def begin(self) -> int:
        self._position = max(await self._log.cursor(self.name), self._log.first - 1)
        self._written_position = self._position
        self._write_at_s = time.monotonic() + SEARCH_FLUSH_S
        return self._position

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over."""
        for offset, event in enumerate(events.events):
            position = events.first + offset
            if position > self._position:
                self._apply_one(event)
                self._position = position
            if offset % SEARCH_YIELD_EVENTS == SEARCH_YIELD_EVENTS - 1:
                await asyncio.sleep(0)
        if (
            self._tweets.pending + self._names.pending >= SEARCH_PENDING_MAX
            or time.monotonic() >= self._write_at_s
        ):
            await self._write()

    async def rest(self) -> None:
        """Also when the node stops: nothing stays unwritten for long."""
        if self._position > self._written_position:
            await self._write()

    def pass_over(self, position: int) -> None:
        self._position = self._written_position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """Words are put in again as often as one likes."""
        del position
        self._apply_one(event)
        await self._write()
        await self._store.write(also)

    async def tweets_with(self, words: Sequence[str], low: int, high: int) -> AsyncIterator[list[int]]:
        """The ids of tweets that may have all of some words (`wanted_words`), newest first; see Postings."""
        async for ids in self._tweets.with_all(words, low, high):
            yield ids

    async def users_with(self, grams: Sequence[str]) -> AsyncIterator[list[int]]:
        """The ids of users whose name may have all of some parts (`wanted_grams`), highest first."""
        async for ids in self._names.with_all(grams, 0, 1 << 63):
            yield ids

    def _apply_one(self, event: Event) -> None:
        if type(event) is TweetPosted:
            self._add_tweet(event.tweet)
            return
        match event:
            case TweetEdited(edit):
                self._add_tweet(edit.tweet)
            case UserCreated(user) | UserUpdated(user):
                self._add_user(user)

    def _add_tweet(self, tweet: Tweet) -> None:
        if not tweet.is_retweet:
            self._tweets.add(tweet.tweet_id, words_of(searched_text(tweet))[:SEARCH_WORDS_MAX])

    def _add_user(self, user: User) -> None:
        grams = grams_of(f"{user.username} {user.display_name}")[:SEARCH_WORDS_MAX]
        self._names.add(user.user_id, grams)

    async def _write(self) -> None:
        """In pieces that let others write between them; the cursor comes with the last one."""
        position = self._position
        both = self._tweets, self._names
        for postings in both:
            postings.take()
        try:
            last: Batch | None = None
            for piece in itertools.chain.from_iterable(postings.pieces(position) for postings in both):
                if last is not None:
                    await self._store.write(last)
                last = piece
            await self._log.commit_cursor(self.name, position, last)
        except BaseException:
            for postings in both:
                postings.give_back()
            raise
        for postings in both:
            postings.wrote()
        self._written_position = position
        self._write_at_s = time.monotonic() + SEARCH_FLUSH_S


def searched_text(tweet: Tweet) -> str:
    """All that a tweet says: its warning, its text, what its media show and its poll asks."""
    if not (tweet.spoiler or tweet.media or tweet.poll):
        return tweet.text
    described = [media.description for media in tweet.media]
    options = tweet.poll.options if tweet.poll is not None else ()
    return "\n".join((tweet.spoiler, tweet.text, *described, *options))
