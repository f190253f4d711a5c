"""Events that a processor could not apply, kept until an operator retries or drops them.

A dead letter holds no words of tweets and profiles: these are in the tables for as long as they are anywhere,
and are put in again before a retry. So a deleted tweet is not found here either.
"""

import msgspec

from roost.clock import Clock
from roost.errors import NotFound
from roost.eventlog import EventLog, decode_record, encode_record
from roost.limits import DEAD_LETTER_ERROR_CHARACTERS_MAX, DEAD_LETTERS_MAX
from roost.model import (
    Edit,
    Enriched,
    Event,
    QuotePolicySet,
    QuoteRevoked,
    Tweet,
    TweetEdited,
    TweetEnriched,
    TweetPosted,
    User,
    UserCreated,
    UserUpdated,
)
from roost.store import Batch, Store, rows, tables, without_text


class DeadLetters:
    """Those of all processors; at most `DEAD_LETTERS_MAX` of each. Which there are is known in memory."""

    def __init__(self, store: Store, log: EventLog, clock: Clock) -> None:
        self._store = store
        self._log = log
        self._clock = clock
        self._positions: dict[str, set[int]] = {}

    async def load(self, name: str) -> None:
        """Look up which there are of a processor."""
        found = await self._store.scan(tables.DEAD_LETTERS, (name,), limit=DEAD_LETTERS_MAX)
        self._positions[name] = {row.position for row in found}

    def count(self, name: str) -> int:
        return len(self._positions.get(name, ()))

    def is_full(self, name: str) -> bool:
        return self.count(name) >= DEAD_LETTERS_MAX

    async def add(self, name: str, position: int, event: Event, cause: Exception, attempts: int) -> None:
        """Durable together with the cursor, which goes past the event."""
        batch = Batch()
        batch.put(tables.DEAD_LETTERS, self.made(name, position, event, cause, attempts))
        await self._log.commit_cursor(name, position, batch)
        self._positions.setdefault(name, set()).add(position)

    def made(
        self, name: str, position: int, event: Event, cause: Exception, attempts: int
    ) -> rows.DeadLetterRow:
        kind, record = type(event).__name__, encode_record([sealed(event)])
        now_ms = self._clock.now_ms()
        return rows.DeadLetterRow(name, position, kind, error_text(cause), attempts, now_ms, record)

    async def page(self, name: str, above: int, limit: int) -> list[rows.DeadLetterRow]:
        """Those of one processor, beyond a position, in the log's order."""
        bound = (above,) if above else None
        return await self._store.scan(tables.DEAD_LETTERS, (name,), above=bound, limit=limit)

    async def get(self, name: str, position: int) -> rows.DeadLetterRow:
        """Raises NotFound."""
        row = await self._store.get(tables.DEAD_LETTERS, (name, position))
        if row is None:
            raise NotFound(f"{name} has no dead letter of position {position}")
        return row

    async def event_of(self, row: rows.DeadLetterRow) -> Event:
        """The event, with words as the tables have them now, and without where they have none."""
        (event,) = decode_record(row.record)
        return await self._opened(event)

    async def failed_again(self, row: rows.DeadLetterRow, cause: Exception) -> rows.DeadLetterRow:
        batch = Batch()
        changed = msgspec.structs.replace(
            row, error=error_text(cause), attempts=row.attempts + 1, failed_ms=self._clock.now_ms()
        )
        batch.put(tables.DEAD_LETTERS, changed)
        await self._store.write(batch)
        return changed

    @staticmethod
    def removal(name: str, *positions: int) -> Batch:
        """What takes dead letters away; `removed` is to be called when it is written."""
        batch = Batch()
        for position in positions:
            batch.delete(tables.DEAD_LETTERS, (name, position))
        return batch

    def removed(self, name: str, *positions: int) -> None:
        self._positions.get(name, set()).difference_update(positions)

    def up_to(self, name: str, position: int) -> list[int]:
        return [each for each in self._positions.get(name, ()) if each <= position]

    async def _opened(self, event: Event) -> Event:
        match event:
            case TweetPosted(tweet):
                return TweetPosted(await self._whole(tweet))
            case TweetEdited(edit):
                return TweetEdited(Edit(await self._whole(edit.tweet), edit.before))
            case TweetEnriched(enriched):
                tweet = await self._whole(enriched.tweet)
                found = msgspec.structs.replace(enriched.found, card=tweet.card)
                return TweetEnriched(Enriched(tweet, found))
            case QuotePolicySet(tweet):
                return QuotePolicySet(await self._whole(tweet))
            case QuoteRevoked(tweet):
                return QuoteRevoked(await self._whole(tweet))
            case UserCreated(user):
                return UserCreated(await self._whole_user(user))
            case UserUpdated(user):
                return UserUpdated(await self._whole_user(user))
            case _:
                return event

    async def _whole(self, tweet: Tweet) -> Tweet:
        key = tables.hour_of(tweet.tweet_id), tweet.tweet_id
        return await self._store.get(tables.TWEETS, key) or tweet

    async def _whole_user(self, user: User) -> User:
        return await self._store.get(tables.USERS, (user.user_id,)) or user


def sealed(event: Event) -> Event:
    """An event without what somebody said."""
    match event:
        case TweetPosted(tweet):
            return TweetPosted(without_text(tweet))
        case TweetEdited(edit):
            return TweetEdited(Edit(without_text(edit.tweet), without_text(edit.before)))
        case TweetEnriched(enriched):
            found = msgspec.structs.replace(enriched.found, card=None)
            return TweetEnriched(Enriched(without_text(enriched.tweet), found))
        case QuotePolicySet(tweet):
            return QuotePolicySet(without_text(tweet))
        case QuoteRevoked(tweet):
            return QuoteRevoked(without_text(tweet))
        case UserCreated(user):
            return UserCreated(_nameless(user))
        case UserUpdated(user):
            return UserUpdated(_nameless(user))
        case _:
            return event


def _nameless(user: User) -> User:
    return User(
        user.user_id,
        user.username,
        user.created_ms,
        protected=user.protected,
        bot=user.bot,
        discoverable=user.discoverable,
        approves_follows=user.approves_follows,
        hides_follows=user.hides_follows,
        role=user.role,
        standing=user.standing,
    )


def error_text(cause: Exception) -> str:
    """What went wrong, in one bounded line."""
    said = " ".join(str(cause).split())
    text = f"{type(cause).__name__}: {said}" if said else type(cause).__name__
    return text[:DEAD_LETTER_ERROR_CHARACTERS_MAX]
