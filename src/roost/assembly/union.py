"""Two timelines as one: the home timeline, and the tweets with hashtags that its owner follows.

Each is whole by itself, in order and without an end; so their union is, whatever is in memory.
"""

from roost.assembly.durable import AscendingMerge, DescendingMerge, index_of_tag, unknown_sources
from roost.assembly.judging import Judge
from roost.assembly.stream import Entries, Stream, all_down_to
from roost.home import Entry
from roost.ids import ID_MAX
from roost.store import Store


class _Union:
    """Two ordered streams of entries as one, each tweet once."""

    def __init__(self, one: Entries, other: Entries, descending: bool) -> None:
        self._sides = (_Side(one), _Side(other))
        self._descending = descending

    async def more(self, need: int) -> list[Entry]:
        """The next entries, `need` of them; fewer only at the end."""
        for side in self._sides:
            await side.have(need)
        merged = merged_entries(self._sides[0].waiting, self._sides[1].waiting, self._descending)
        taken = merged[:need]
        gone = {entry.tweet_id for entry in taken}
        for side in self._sides:
            side.waiting = [entry for entry in side.waiting if entry.tweet_id not in gone]
        return taken


class _Side:
    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self.waiting: list[Entry] = []
        """Read, and not yet taken."""
        self._ended = False

    async def have(self, count: int) -> None:
        """Have so many waiting, or all there are."""
        missing = count - len(self.waiting)
        if missing > 0 and not self._ended:
            fresh = await self._entries.more(missing)
            self._ended = len(fresh) < missing
            self.waiting.extend(fresh)


def merged_entries(one: list[Entry], other: list[Entry], descending: bool = True) -> list[Entry]:
    """Entries of two timelines in order, each tweet once."""
    by_id = {entry.tweet_id: entry for entry in (*one, *other)}
    return [by_id[tweet_id] for tweet_id in sorted(by_id, reverse=descending)]


class TaggedStream:
    """A home timeline below `high`, with the tweets of some hashtags."""

    def __init__(self, home: Stream, store: Store, judge: Judge, tags: tuple[str, ...], high: int) -> None:
        self._home = home
        self._store = store
        self._judge = judge
        self._indexes = [index_of_tag(tag) for tag in tags]
        self._high = high
        self._union = _Union(home, self._tagged_below(high), True)

    @property
    def had_ring(self) -> bool:
        return self._home.had_ring

    async def more(self, need: int) -> list[Entry]:
        return await self._union.more(need)

    def above(self, low: int) -> _Union:
        tagged = AscendingMerge(self._store, self._judge, self._indexes, low)
        return _Union(self._home.above(low), tagged, False)

    def below(self, high: int) -> _Union:
        return _Union(self._home.below(high), self._tagged_below(high), True)

    async def everything_above(self, low: int, beyond: int) -> list[Entry] | None:
        """Where both sides know theirs. Each has `beyond` older ones or all, so that of both together as many
        are whole: those down to where the first of the two ends."""
        home = await self._home.everything_above(low, beyond)
        if home is None:
            return None
        tagged = await all_down_to(self._tagged_below(self._high), low, beyond)
        return None if tagged is None else merged_entries(home, tagged)

    def _tagged_below(self, high: int) -> DescendingMerge:
        sources = unknown_sources(self._indexes)
        return DescendingMerge(self._store, self._judge, sources, min(high, ID_MAX))
