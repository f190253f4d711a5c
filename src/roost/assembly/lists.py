"""A list's timeline: its members' tweets and its hashtags', merged as a cold home timeline is.

No ring is kept for a list. Its members' author rings are merged as far as they reach, and the durable index
below them; so a page is strictly descending and whole, and goes on without an end.
"""

from roost.assembly.assemble import page_of
from roost.assembly.durable import (
    AscendingMerge,
    DescendingMerge,
    Sources,
    author_sources,
    index_of_author,
    index_of_tag,
    unknown_sources,
)
from roost.assembly.judging import Judge
from roost.assembly.relations import HotRelations, StoredRelations, load_relations
from roost.assembly.rules import ListRules
from roost.assembly.stream import all_down_to
from roost.clock import Clock
from roost.home import Entry, ShardReader
from roost.model import PageRequest, UserList
from roost.store import ListContents, Store, TweetCache, UserCache


class ListAssembly:
    """Reads list timelines. Belongs to the event loop's thread.

    A page takes 1 ms where the list has 50 members, 3 ms where it has 3,000; upwards (`min_id`) up to twice
    that.
    """

    def __init__(
        self, reader: ShardReader, store: Store, tweets: TweetCache, users: UserCache, clock: Clock
    ) -> None:
        self._reader = reader
        self._store = store
        self._tweets = tweets
        self._users = users
        self._clock = clock

    async def page(
        self, userlist: UserList, contents: ListContents, request: PageRequest, applied: bool = True
    ) -> list[int]:
        """Tweet ids, newest first. `applied` as for `HomeAssembly.page`."""
        relations, reader = await self._relations(userlist.owner_id, applied)
        tags = frozenset(contents.tags)
        rules = ListRules(relations, contents.member_ids, userlist.replies, tags)
        judge = Judge(self._tweets, self._users, rules)
        stream = ListStream(self._store, judge, contents, reader, request.max_id)
        return [entry.tweet_id for entry in await page_of(stream, request)]

    async def _relations(
        self, owner_id: int, applied: bool
    ) -> tuple[HotRelations | StoredRelations, ShardReader | None]:
        """What the owner follows and hides, and the shard's memory where it can be trusted."""
        now_ms = self._clock.now_ms()
        graph = self._reader.state.graph
        row = graph.row_of(owner_id) if applied else -1
        if row < 0:
            return await load_relations(self._store, owner_id, now_ms), None
        return HotRelations(graph, owner_id, row, now_ms), self._reader


class ListStream:
    """Entries below `high`; of authors' rings nothing is asked where `reader` is None."""

    def __init__(
        self, store: Store, judge: Judge, contents: ListContents, reader: ShardReader | None, high: int
    ) -> None:
        self.had_ring = False
        self._store = store
        self._judge = judge
        self._member_ids = list(contents.member_ids)
        self._tag_indexes = [index_of_tag(tag) for tag in contents.tags]
        self._reader = reader
        self._high = high
        self._merge = self.below(high)

    async def more(self, need: int) -> list[Entry]:
        return await self._merge.more(need)

    def above(self, low: int) -> AscendingMerge:
        indexes = [*map(index_of_author, self._member_ids), *self._tag_indexes]
        return AscendingMerge(self._store, self._judge, indexes, low)

    def below(self, high: int) -> DescendingMerge:
        return DescendingMerge(self._store, self._judge, self._sources(high), high)

    async def everything_above(self, low: int, beyond: int) -> list[Entry] | None:
        return await all_down_to(self.below(self._high), low, beyond)

    def _sources(self, high: int) -> Sources:
        tags = unknown_sources(self._tag_indexes)
        if self._reader is None:
            members = unknown_sources([*map(index_of_author, self._member_ids)])
        else:
            members = author_sources(self._reader, self._member_ids, high)
        return Sources(members.indexes + tags.indexes, members.floors + tags.floors, members.known)
