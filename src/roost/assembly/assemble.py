"""The whole way of a home timeline's reading, on one screen.

    sources   the reader's ring, and the author rings it must pull from beside it      kernels.gather
              below them, and instead of them where they lag behind: the author index         durable
    merge     by id, descending; duplicates dropped                                   in both of these
    filter    still followed? blocked, muted, visibility, deleted, replies         kernels, and judging
    choices   exclusive lists leave their members out; followed hashtags come in      stream, union
    reposts   the same tweet once in a stretch                                                reposts
    page      max_id, since_id, min_id                                                           here

A page that the rings know alone, as nearly all are, comes ready from one kernel (`kernels.page`), which does
all of this for them.

Every source says down to where it is whole, and the merge never goes below that without asking the next one:
so a page has no holes, however little is in memory.
"""

from collections.abc import Sequence

import msgspec

from roost.assembly.judging import Judge
from roost.assembly.relations import HotRelations, StoredRelations, load_relations
from roost.assembly.reposts import without_reposts
from roost.assembly.rules import HomeRules, TagRules
from roost.assembly.stream import HotStream, StoredStream, Stream
from roost.assembly.union import TaggedStream
from roost.clock import Clock
from roost.home import Entry, ShardReader
from roost.limits import REPOST_WINDOW_ENTRIES
from roost.model import PageRequest
from roost.store import NO_CHOICES, Choices, ChoicesCache, Store, TweetCache, UserCache

_SPARE_ENTRIES = 8
"""Read beyond what a page needs, so that a hidden repost seldom means a second reading."""


class HomePage(msgspec.Struct, frozen=True):
    """Tweet ids, newest first."""

    ids: list[int]
    row: int
    """The viewer's row in the shard; -1 where the shard was not asked."""
    had_ring: bool


class HomeAssembly:
    """Reads home timelines. Belongs to the event loop's thread."""

    def __init__(
        self,
        reader: ShardReader,
        store: Store,
        tweets: TweetCache,
        users: UserCache,
        choices: ChoicesCache,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._store = store
        self._tweets = tweets
        self._users = users
        self._choices = choices
        self._clock = clock

    async def page(self, viewer_id: int, request: PageRequest, applied: bool = True) -> HomePage:
        """A page of a home timeline.

        `applied` says that the shard has applied all that this reader wrote. Otherwise the page comes from
        the tables alone, which hold every accepted write.
        """
        graph = self._reader.state.graph
        row = graph.row_of(viewer_id) if applied else -1
        choices = NO_CHOICES
        if row < 0 or graph.has_choices(row):
            choices = await self._choices.of(viewer_id)
        elif not request.ascending:
            now_ms = self._clock.now_ms()
            hot = self._reader.page(row, request.max_id, request.low, request.limit, now_ms)
            if hot is not None:
                return HomePage(hot.ids, row, hot.had_ring)
        stream = await self._stream(viewer_id, row, request.max_id, choices)
        entries = await page_of(stream, request)
        return HomePage([entry.tweet_id for entry in entries], row, stream.had_ring)

    async def judged(self, viewer_id: int, tweet_ids: Sequence[int], applied: bool = True) -> list[int]:
        """Those of some tweets that belong on a home timeline now, in the order given. 3 us a tweet."""
        row = self._reader.state.graph.row_of(viewer_id) if applied else -1
        choices = await self._choices.of(viewer_id)
        relations = await self._relations(viewer_id, row, choices)
        wanted = await Judge(self._tweets, self._users, HomeRules(relations)).entries(tweet_ids)
        if choices.tags:
            tag_rules = TagRules(relations, frozenset(choices.tags))
            tagged = await Judge(self._tweets, self._users, tag_rules).entries(tweet_ids)
            wanted = [one or other for one, other in zip(wanted, tagged, strict=True)]
        return [entry.tweet_id for entry in wanted if entry is not None]

    async def _relations(self, viewer_id: int, row: int, choices: Choices) -> HotRelations | StoredRelations:
        """From the shard's row of the viewer; from the tables for -1."""
        now_ms = self._clock.now_ms()
        if row >= 0:
            return HotRelations(self._reader.state.graph, viewer_id, row, now_ms, choices.left_out)
        return await load_relations(self._store, viewer_id, now_ms, choices.left_out)

    async def _stream(self, viewer_id: int, row: int, high: int, choices: Choices) -> Stream:
        now_ms = self._clock.now_ms()
        relations = await self._relations(viewer_id, row, choices)
        stream: Stream
        if isinstance(relations, HotRelations):
            of_home = Judge(self._tweets, self._users, HomeRules(relations))
            stream = HotStream(self._reader, self._store, self._tweets, of_home, relations, high, now_ms)
        else:
            stream = StoredStream(self._store, self._tweets, self._users, relations, high)
        if not choices.tags:
            return stream
        judge = Judge(self._tweets, self._users, TagRules(relations, frozenset(choices.tags)))
        return TaggedStream(stream, self._store, judge, choices.tags, high)


async def page_of(stream: Stream, request: PageRequest) -> list[Entry]:
    """A page of a timeline whose stream begins below the request's `max_id`, without reposts."""
    return await (_page_above if request.ascending else _page_below)(stream, request)


async def _page_below(stream: Stream, request: PageRequest) -> list[Entry]:
    """The newest page below `max_id` that stays above `since_id`."""
    read: list[Entry] = []
    need = request.limit + REPOST_WINDOW_ENTRIES + _SPARE_ENTRIES
    while True:
        fresh = await stream.more(need)
        read.extend(fresh)
        ended = len(fresh) < need
        shown = without_reposts(read, ended)
        wanted = [entry for entry in shown if entry.tweet_id > request.low]
        if len(wanted) >= request.limit or len(wanted) < len(shown) or ended:
            return wanted[: request.limit]
        need = request.limit


async def _page_above(stream: Stream, request: PageRequest) -> list[Entry]:
    """The page immediately above `min_id` that stays below `max_id`."""
    low = request.low
    read = await stream.everything_above(low, REPOST_WINDOW_ENTRIES)
    if read is not None:
        wanted = [entry for entry in without_reposts(read, True) if entry.tweet_id > low]
        return wanted[-request.limit :]
    older = await stream.below(low + 1).more(REPOST_WINDOW_ENTRIES)
    ascending = stream.above(low)
    newer: list[Entry] = []
    while True:
        fresh = await ascending.more(request.limit)
        newer.extend(entry for entry in fresh if entry.tweet_id < request.max_id)
        shown = without_reposts([*reversed(newer), *older], True)
        wanted = [entry for entry in shown if entry.tweet_id > low]
        ended = len(fresh) < request.limit or fresh[-1].tweet_id >= request.max_id
        if len(wanted) >= request.limit or ended:
            return wanted[-request.limit :]
