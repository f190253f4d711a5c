"""A list's timeline: its members' tweets and its hashtags', merged as a home timeline is that has no ring.

A list is read by its owner alone: pushing to a ring of it would cost more than pulling saves (decision 0018).
The kernels of home timelines merge and judge its members' author rings, with its own rule for replies; a
page that these know alone comes ready from one call. Below them the durable index goes on; so a page is
strictly descending and whole, and goes on without an end.
"""

from collections import OrderedDict

import numpy as np

from roost.assembly.assemble import page_of
from roost.assembly.durable import (
    AscendingMerge,
    DescendingMerge,
    index_of_author,
    index_of_tag,
    unknown_sources,
)
from roost.assembly.judging import Judge
from roost.assembly.relations import HotRelations, StoredRelations, load_relations
from roost.assembly.rules import ListRules
from roost.assembly.stream import HotStream, Stream
from roost.assembly.union import TaggedStream
from roost.clock import Clock
from roost.home import Entry, ListRows, ShardReader
from roost.limits import LISTS_CACHE_ENTRIES
from roost.model import PageRequest, UserList
from roost.store import ListContents, Store, TweetCache, UserCache


class ListAssembly:
    """Reads list timelines. Belongs to the event loop's thread.

    A page takes about as long as one of a home timeline: 20 us where the list has 50 members, 0.2 ms where it
    has 5,000; 1 ms where the author rings do not know it alone. With hashtags, what these take at home.
    """

    def __init__(
        self, reader: ShardReader, store: Store, tweets: TweetCache, users: UserCache, clock: Clock
    ) -> None:
        self._reader = reader
        self._store = store
        self._tweets = tweets
        self._users = users
        self._clock = clock
        self._rows: OrderedDict[int, tuple[ListContents, ListRows]] = OrderedDict()
        """By list: what was found of its contents, as long as these are the same."""

    async def page(
        self, userlist: UserList, contents: ListContents, request: PageRequest, applied: bool = True
    ) -> list[int]:
        """Tweet ids, newest first. `applied` as for `HomeAssembly.page`."""
        row = self._reader.state.graph.row_of(userlist.owner_id) if applied else -1
        rows = self._rows_of(userlist, contents) if row >= 0 else None
        if rows is not None and not contents.tags and not request.ascending:
            now_ms = self._clock.now_ms()
            hot = self._reader.list_page(row, rows, request.max_id, request.low, request.limit, now_ms)
            if hot is not None:
                return hot
        stream = await self._stream(userlist, contents, row, rows, request.max_id)
        return [entry.tweet_id for entry in await page_of(stream, request)]

    async def _stream(
        self, userlist: UserList, contents: ListContents, row: int, rows: ListRows | None, high: int
    ) -> Stream:
        """From the shard's memory where that can be trusted; else from the tables."""
        owner_id, now_ms = userlist.owner_id, self._clock.now_ms()
        tags = frozenset(contents.tags)
        if rows is None:
            relations = await load_relations(self._store, owner_id, now_ms)
            judge = self._judge(userlist, contents, relations)
            return StoredListStream(self._store, judge, contents, high)
        hot = HotRelations(self._reader.state.graph, owner_id, row, now_ms)
        judge = self._judge(userlist, contents, hot)
        stream: Stream = HotStream(
            self._reader, self._store, self._tweets, judge, hot, high, now_ms, of_list=rows
        )
        return TaggedStream(stream, self._store, judge, contents.tags, high) if tags else stream

    def _judge(
        self, userlist: UserList, contents: ListContents, relations: HotRelations | StoredRelations
    ) -> Judge:
        tags = frozenset(contents.tags)
        rules = ListRules(relations, contents.member_ids, userlist.replies, tags)
        return Judge(self._tweets, self._users, rules)

    def _rows_of(self, userlist: UserList, contents: ListContents) -> ListRows | None:
        """None where the shard does not know all members."""
        held = self._rows.get(userlist.list_id)
        if held is not None and held[0] is contents and held[1].replies == userlist.replies:
            self._rows.move_to_end(userlist.list_id)
            return held[1]
        ids = np.fromiter(contents.member_ids, np.int64, len(contents.member_ids))
        rows = self._reader.state.graph.rows_of(ids)
        if (rows < 0).any():
            return None
        found = ListRows(np.sort(rows).astype(np.uint32), int(userlist.replies))
        self._rows[userlist.list_id] = contents, found
        if len(self._rows) > LISTS_CACHE_ENTRIES:
            self._rows.popitem(last=False)
        return found


class StoredListStream:
    """Entries below `high` from the tables alone, for when the shard lags behind them."""

    def __init__(self, store: Store, judge: Judge, contents: ListContents, high: int) -> None:
        self.had_ring = False
        self._store = store
        self._judge = judge
        self._indexes = [*map(index_of_author, contents.member_ids), *map(index_of_tag, contents.tags)]
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
