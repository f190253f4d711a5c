"""The entries of one home timeline from an id down, without holes: first from memory, then from the index."""

from typing import Protocol

from roost.assembly.durable import (
    AscendingMerge,
    DescendingMerge,
    author_sources,
    index_of_author,
    unknown_sources,
)
from roost.assembly.judging import Judge
from roost.assembly.relations import HotRelations, StoredRelations
from roost.assembly.rules import HomeRules
from roost.home import ANSWERS_MAX, Entry, Gathered, ListRows, ShardReader
from roost.store import Store, TweetCache, UserCache


class Entries(Protocol):
    """Entries in one direction, read as they are asked for."""

    async def more(self, need: int) -> list[Entry]:
        """The next entries, at least `need`; fewer only at the end."""
        ...


class Stream(Entries, Protocol):
    """A timeline's entries below an id, newest first; and ways to other parts of it."""

    @property
    def had_ring(self) -> bool:
        """Whether the reader has a ring; known after the first reading."""
        ...

    def above(self, low: int) -> Entries:
        """The entries above `low`, oldest first."""
        ...

    def below(self, high: int) -> Entries:
        """The entries below `high`, newest first, anew."""
        ...

    async def everything_above(self, low: int, beyond: int) -> list[Entry] | None:
        """All entries from the stream's beginning down to `low`, and at least `beyond` older ones, or all
        there are; None where that is far to go."""
        ...


async def all_down_to(entries: Entries, low: int, beyond: int) -> list[Entry] | None:
    """`Stream.everything_above`, read step by step; None where more than `ANSWERS_MAX` would be read."""
    found: list[Entry] = []
    while len(found) < ANSWERS_MAX:
        need = 3 * beyond
        fresh = await entries.more(need)
        found.extend(fresh)
        if len(fresh) < need or sum(entry.tweet_id <= low for entry in found) >= beyond:
            return found
    return None


class StoredStream:
    """Entries below `high` from the tables alone, for when the shard lags behind them."""

    def __init__(
        self, store: Store, tweets: TweetCache, users: UserCache, relations: StoredRelations, high: int
    ) -> None:
        self.had_ring = True
        self._store = store
        self._judge = Judge(tweets, users, HomeRules(relations))
        author_ids = [relations.viewer_id, *relations.followee_ids()]
        self._indexes = [index_of_author(author_id) for author_id in author_ids]
        self._merge = self.below(high)

    async def more(self, need: int) -> list[Entry]:
        return await self._merge.more(need)

    def above(self, low: int) -> AscendingMerge:
        return AscendingMerge(self._store, self._judge, self._indexes, low)

    def below(self, high: int) -> DescendingMerge:
        return DescendingMerge(self._store, self._judge, unknown_sources(self._indexes), high)

    async def everything_above(self, low: int, beyond: int) -> list[Entry] | None:
        """Not known without the index."""
        del low, beyond
        return None


class HotStream:
    """Entries below `high` of a viewer's timeline, or of a list of theirs, from the shard's memory as far as
    that goes. `judge` judges what memory does not know enough of."""

    def __init__(
        self,
        reader: ShardReader,
        store: Store,
        tweets: TweetCache,
        judge: Judge,
        relations: HotRelations,
        high: int,
        now_ms: int,
        of_list: ListRows | None = None,
    ) -> None:
        self.had_ring = False
        self._reader = reader
        self._store = store
        self._tweets = tweets
        self._relations = relations
        self._judge = judge
        self._high = high
        self._now_ms = now_ms
        self._list = of_list
        self._merge: DescendingMerge | None = None
        self._ended = False

    async def more(self, need: int) -> list[Entry]:
        found: list[Entry] = []
        while len(found) < need and not self._ended and self._merge is None:
            found.extend(await self._gather(need - len(found)))
        if self._merge is not None and len(found) < need:
            found.extend(await self._merge.more(need - len(found)))
        return found

    async def everything_above(self, low: int, beyond: int) -> list[Entry] | None:
        """From one gathering; None where memory does not reach so far."""
        gathered = self._from_memory(ANSWERS_MAX)
        self.had_ring = gathered.had_ring
        settled = await self._settled(gathered)
        older = sum(entry.tweet_id <= low for entry in settled)
        whole = gathered.exact_above == 0 and len(gathered.entries) < ANSWERS_MAX
        return settled if whole or older >= beyond else None

    def above(self, low: int) -> AscendingMerge:
        indexes = [index_of_author(author_id) for author_id in self._author_ids()]
        return AscendingMerge(self._store, self._judge, indexes, low)

    def below(self, high: int) -> DescendingMerge:
        """From author rings, then the index."""
        sources = author_sources(self._reader, self._author_ids(), high)
        return DescendingMerge(self._store, self._judge, sources, high)

    def _author_ids(self) -> list[int]:
        if self._list is not None:
            ids: list[int] = self._reader.state.graph.user_ids[self._list.rows].tolist()
            return ids
        return [self._relations.viewer_id, *self._relations.followee_ids()]

    def _from_memory(self, need: int) -> Gathered:
        viewer = self._relations.viewer
        if self._list is not None:
            return self._reader.gather_list(viewer, self._list, self._high, need, self._now_ms)
        return self._reader.gather(viewer, self._high, need, self._now_ms)

    async def _gather(self, need: int) -> list[Entry]:
        asked = min(need, ANSWERS_MAX)
        gathered = self._from_memory(asked)
        self.had_ring = gathered.had_ring
        if len(gathered.entries) < asked:
            if gathered.exact_above == 0:
                self._ended = True
            else:
                self._merge = self.below(gathered.exact_above + 1)
        else:
            self._high = gathered.entries[-1].tweet_id
        return await self._settled(gathered)

    async def _settled(self, gathered: Gathered) -> list[Entry]:
        """The entries with the unsure ones judged, and without those that exclusive lists leave out."""
        entries: list[Entry | None] = list(gathered.entries)
        if any(gathered.unsure):
            unsure_ids = [
                entry.tweet_id
                for entry, unsure in zip(gathered.entries, gathered.unsure, strict=True)
                if unsure
            ]
            judged = iter(await self._judge.entries(unsure_ids))
            pairs = zip(gathered.entries, gathered.unsure, strict=True)
            entries = [next(judged) if unsure else entry for entry, unsure in pairs]
        settled = [entry for entry in entries if entry is not None]
        return await self._without_left_out(settled) if self._relations.left_out else settled

    async def _without_left_out(self, entries: list[Entry]) -> list[Entry]:
        """What the kernels do not know of: 0.3 us an entry."""
        found = await self._tweets.get_many([entry.tweet_id for entry in entries])
        viewer_id, leaves_out = self._relations.viewer_id, self._relations.leaves_out
        return [
            entry
            for entry, tweet in zip(entries, found, strict=True)
            if tweet is not None and (tweet.author_id == viewer_id or not leaves_out(tweet.author_id))
        ]
