"""What the votes in each poll come to.

As with the counts of tweets: numbers change in memory with every event, and those that changed are written at
most once a second, in one atomic write with the cursor. So a crash loses no vote and counts none twice, and
thousands of votes in one poll cost a row a second.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence

from roost.eventlog import EventLog, LogSlice
from roost.limits import COUNTS_FLUSH_S, TALLIES_CACHE_ENTRIES
from roost.model import NO_VOTES, Event, PollVoted, Tally, Tweet, TweetDeleted, TweetEdited, Vote
from roost.processors.recounting import tallies_from_tables
from roost.processors.seam import Rebuild, Source
from roost.processors.shadow import TableRebuild
from roost.store import Batch, Store, rows, tables

Key = tuple[int, int]
"""A tweet, and the edition of its poll."""


class PollsProcessor:
    name = "polls"

    def __init__(self, store: Store, log: EventLog) -> None:
        self._store = store
        self._log = log
        self._tallies: OrderedDict[Key, Tally] = OrderedDict()
        self._dirty: set[Key] = set()
        self._position = 0
        self._written_position = 0
        self._write_at_s = 0.0

    async def begin(self) -> int:
        self._tallies.clear()
        self._dirty.clear()
        self._position = self._written_position = await self._log.cursor(self.name)
        return self._position

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over: a retry counts nothing twice."""
        for offset, event in enumerate(events.events):
            position = events.first + offset
            if position > self._position:
                await self._apply_one(event)
                self._position = position
        if self._dirty and time.monotonic() >= self._write_at_s:
            await self._write()

    async def rest(self) -> None:
        if self._position > self._written_position:
            await self._write()

    def pass_over(self, position: int) -> None:
        self._position = self._written_position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """Votes add up in any order."""
        del position
        held: dict[Key, Tally] = {}
        if isinstance(event, PollVoted):
            key = event.vote.tweet_id, event.vote.edition
            held[key] = (await self.get_many([key]))[0]
        await self._apply_one(event)
        try:
            await self._write(also)
        except BaseException:
            self._tallies.update(held)
            raise

    def rebuild(self, source: Source) -> Rebuild:
        owned = (tables.TALLIES,)
        return TableRebuild(self.name, self._store, source, owned, PollsProcessor, tallies_from_tables)

    async def get_many(self, keys: Sequence[Key]) -> list[Tally]:
        """One answer a poll, in order. 0.1 us for one that is in memory."""
        missing = [key for key in keys if key not in self._tallies]
        if missing:
            found = await self._store.get_many(tables.TALLIES, missing)
            for key, row in zip(missing, found, strict=True):
                self._tallies.setdefault(key, row.tally if row is not None else NO_VOTES)
        tallies = [self._tallies.get(key, NO_VOTES) for key in keys]
        if missing:
            self._evict()
        return tallies

    async def _apply_one(self, event: Event) -> None:
        match event:
            case PollVoted(vote):
                await self._count(vote)
            case TweetDeleted(tweet):
                self._forget(tweet)
            case TweetEdited(edit) if _edition(edit.before) != _edition(edit.tweet):
                self._forget(edit.before)

    def _forget(self, tweet: Tweet) -> None:
        """Its poll, if it has one, is gone, and its row with it."""
        if tweet.poll is not None:
            key = (tweet.tweet_id, tweet.poll.edition)
            self._tallies[key] = NO_VOTES
            self._dirty.add(key)

    async def _count(self, vote: Vote) -> None:
        key = (vote.tweet_id, vote.edition)
        before = (await self.get_many([key]))[0]
        added = vote.choices[len(vote.choices) - vote.new_choices :]
        size = max(len(before.votes), *(choice + 1 for choice in added)) if added else len(before.votes)
        votes = [*before.votes, *[0] * (size - len(before.votes))]
        for choice in added:
            votes[choice] += 1
        self._tallies[key] = Tally(tuple(votes), before.voters + vote.is_first)
        self._tallies.move_to_end(key)
        self._dirty.add(key)

    def _evict(self) -> None:
        """Forget the tallies used longest ago, but those not yet written."""
        for _ in range(max(0, len(self._tallies) - TALLIES_CACHE_ENTRIES)):
            key, tally = self._tallies.popitem(last=False)
            if key in self._dirty:
                self._tallies[key] = tally

    async def _write(self, also: Batch | None = None) -> None:
        """The dirty ones stay in memory, and marked, until they are written."""
        batch, position = also or Batch(), self._position
        written = {key: self._tallies[key] for key in self._dirty}
        for (tweet_id, edition), tally in written.items():
            if tally == NO_VOTES:  # a deleted tweet's row may have been written after it was deleted
                batch.delete(tables.TALLIES, (tweet_id, edition))
            else:
                batch.put(tables.TALLIES, rows.TallyRow(tweet_id, edition, tally))
        await self._log.commit_cursor(self.name, position, batch)
        self._dirty -= {key for key, tally in written.items() if self._tallies.get(key) is tally}
        self._written_position = position
        self._write_at_s = time.monotonic() + COUNTS_FLUSH_S


def _edition(tweet: Tweet) -> int | None:
    return None if tweet.poll is None else tweet.poll.edition
