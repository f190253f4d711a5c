"""What a viewer did to the tweets they are shown: liked, retweeted, bookmarked, pinned, muted."""

from collections import OrderedDict
from collections.abc import Sequence

from roost.limits import MARKS_CACHE_ENTRIES
from roost.model import Tweet
from roost.store import rows, tables
from roost.store.seam import Store

_ROWS_MAX = 1_000
_Marks = dict[int, dict[rows.Mark, int]]


class _Known:
    """A viewer's marks on tweets with ids above `floor`; those below are not known."""

    __slots__ = ("floor", "marks")

    def __init__(self, marks: _Marks, floor: int) -> None:
        self.marks = marks
        self.floor = floor


class MarksCache:
    """The newest marks of each viewer, in memory; kept up to date by whoever writes marks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[int, _Known] = OrderedDict()

    async def of(
        self, viewer_id: int, tweet_ids: Sequence[int], conversation_ids: Sequence[int] = ()
    ) -> dict[int, dict[rows.Mark, int]]:
        """For each tweet that the viewer marked, the marks and their ids. 3 us a page that is in memory.

        Of the tweets that conversations began with, MUTED at least is among them.
        """
        if viewer_id == 0:
            return {}
        known = self._known.get(viewer_id) or await self._load(viewer_id)
        self._known.move_to_end(viewer_id)
        marks = known.marks
        found = {tweet_id: held for tweet_id in tweet_ids if (held := marks.get(tweet_id))}
        found |= {tweet_id: held for tweet_id in conversation_ids if (held := marks.get(tweet_id))}
        floor = known.floor
        if floor:
            old = [(tweet_id, mark) for tweet_id in tweet_ids if tweet_id <= floor for mark in rows.Mark]
            old += [(tweet_id, rows.Mark.MUTED) for tweet_id in conversation_ids if tweet_id <= floor]
            found |= await self._read(viewer_id, old)
        return found

    def put(self, viewer_id: int, tweet_id: int, mark: rows.Mark, mark_id: int) -> None:
        """The viewer marked a tweet, durably."""
        known = self._known.get(viewer_id)
        if known is not None and tweet_id > known.floor:
            known.marks.setdefault(tweet_id, {})[mark] = mark_id
            if len(known.marks) > 2 * _ROWS_MAX:
                _keep_newest(known)

    def remove(self, viewer_id: int, tweet_id: int, mark: rows.Mark) -> None:
        """The viewer took a mark back, durably."""
        known = self._known.get(viewer_id)
        if known is not None and tweet_id in known.marks:
            known.marks[tweet_id].pop(mark, None)
            if not known.marks[tweet_id]:
                del known.marks[tweet_id]

    async def _load(self, viewer_id: int) -> _Known:
        found = await self._store.scan(tables.MARKS, (viewer_id,), reverse=True, limit=_ROWS_MAX)
        known = _Known({}, found[-1].tweet_id if len(found) == _ROWS_MAX else 0)
        for row in found:
            if row.tweet_id > known.floor:
                known.marks.setdefault(row.tweet_id, {})[row.mark] = row.mark_id
        self._known[viewer_id] = known
        if len(self._known) > MARKS_CACHE_ENTRIES:
            self._known.popitem(last=False)
        return known

    async def _read(self, viewer_id: int, asked: Sequence[tuple[int, rows.Mark]]) -> _Marks:
        keys = [(viewer_id, *one) for one in dict.fromkeys(asked)]
        marks: _Marks = {}
        for row in await self._store.get_many(tables.MARKS, keys):
            if row is not None:
                marks.setdefault(row.tweet_id, {})[row.mark] = row.mark_id
        return marks


async def has_muted(store: Store, user_id: int, tweet: Tweet) -> bool:
    """Whether a user does not want to be told of the conversation that a tweet is in. One row is read."""
    key = (user_id, tweet.root_id, rows.Mark.MUTED)
    return await store.get(tables.MARKS, key) is not None


def _keep_newest(known: _Known) -> None:
    """Forget the marks on the older half of the tweets, and note that these are not known."""
    kept = sorted(known.marks)[-_ROWS_MAX:]
    known.floor = kept[0] - 1
    known.marks = {tweet_id: known.marks[tweet_id] for tweet_id in kept}
