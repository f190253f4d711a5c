"""The entries of one home timeline from an id down, without holes: first from memory, then from the index."""

import numpy as np

from roost.assembly.durable import AscendingMerge, DescendingMerge, Source
from roost.assembly.judging import Judge
from roost.assembly.relations import HotRelations, StoredRelations
from roost.home import ANSWERS_MAX, Entry, Gathered, Recent, ShardReader
from roost.ids import ID_MAX
from roost.store import Store, TweetCache, UserCache


class StoredStream:
    """Entries below `high` from the tables alone, for when the shard lags behind them."""

    def __init__(
        self, store: Store, tweets: TweetCache, users: UserCache, relations: StoredRelations, high: int
    ) -> None:
        self.had_ring = True
        self._store = store
        self._judge = Judge(tweets, users, relations)
        self._author_ids = [relations.viewer_id, *relations.followee_ids()]
        self._merge = self._below(high)

    async def more(self, need: int) -> list[Entry]:
        """The next entries, at least `need`; fewer only at the end."""
        return await self._merge.more(need)

    def above(self, low: int) -> AscendingMerge:
        """The entries above `low`, oldest first."""
        return AscendingMerge(self._store, self._judge, self._author_ids, low)

    def below(self, high: int) -> "DescendingMerge":
        """The entries below `high`, newest first, anew."""
        return self._below(high)

    async def everything_above(self, low: int, beyond: int) -> list[Entry] | None:
        """Not known without the index."""
        del low, beyond
        return None

    def _below(self, high: int) -> DescendingMerge:
        unknown = Recent([], ID_MAX)
        sources = [Source(author_id, unknown) for author_id in self._author_ids]
        return DescendingMerge(self._store, self._judge, sources, high)


class HotStream:
    """Entries below `high` of row `row`'s timeline, from the shard's memory as far as that goes."""

    def __init__(
        self,
        reader: ShardReader,
        store: Store,
        tweets: TweetCache,
        users: UserCache,
        relations: HotRelations,
        high: int,
        now_ms: int,
    ) -> None:
        self.had_ring = False
        self._reader = reader
        self._store = store
        self._relations = relations
        self._judge = Judge(tweets, users, relations)
        self._high = high
        self._now_ms = now_ms
        self._merge: DescendingMerge | None = None
        self._ended = False

    async def more(self, need: int) -> list[Entry]:
        """The next entries, at least `need`; fewer only at the end."""
        found: list[Entry] = []
        while len(found) < need and not self._ended and self._merge is None:
            found.extend(await self._gather(need - len(found)))
        if self._merge is not None and len(found) < need:
            found.extend(await self._merge.more(need - len(found)))
        return found

    async def everything_above(self, low: int, beyond: int) -> list[Entry] | None:
        """All entries from `high` down to `low`, and at least `beyond` older ones or all there are; or None
        where memory does not reach so far."""
        gathered = self._reader.gather(self._relations.viewer, self._high, ANSWERS_MAX, self._now_ms)
        self.had_ring = gathered.had_ring
        pairs = zip(gathered.entries, gathered.unsure, strict=True)
        older = sum(entry.tweet_id <= low and not unsure for entry, unsure in pairs)
        whole = gathered.exact_above == 0 and len(gathered.entries) < ANSWERS_MAX
        if not whole and older < beyond:
            return None
        return await self._settled(gathered)

    def above(self, low: int) -> AscendingMerge:
        """The entries above `low`, oldest first."""
        author_ids = [self._relations.viewer_id, *self._relations.followee_ids()]
        return AscendingMerge(self._store, self._judge, author_ids, low)

    def below(self, high: int) -> DescendingMerge:
        """The entries below `high`, newest first: author rings, then the index."""
        state = self._reader.state
        rows = np.append(state.graph.followees(self._relations.viewer), self._relations.viewer)
        recents = self._reader.recent(rows, high)
        author_ids = state.graph.user_ids[rows].tolist()
        sources = [Source(author_id, recent) for author_id, recent in zip(author_ids, recents, strict=True)]
        return DescendingMerge(self._store, self._judge, sources, high)

    async def _gather(self, need: int) -> list[Entry]:
        asked = min(need, ANSWERS_MAX)
        gathered = self._reader.gather(self._relations.viewer, self._high, asked, self._now_ms)
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
        """The entries with the unsure ones judged."""
        if not any(gathered.unsure):
            return gathered.entries
        pairs = list(zip(gathered.entries, gathered.unsure, strict=True))
        judged = iter(await self._judge.entries([entry.tweet_id for entry, unsure in pairs if unsure]))
        settled = [next(judged) if unsure else entry for entry, unsure in pairs]
        return [entry for entry in settled if entry is not None]
