"""Orders that readers are paging through, kept so that their pages fit each other."""

import enum
from array import array
from collections import OrderedDict
from collections.abc import Sequence

from roost.limits import RANKINGS_MAX, RANKINGS_PER_READER_MAX


class RankingKind(enum.IntEnum):
    FOR_YOU = 1
    CATCH_UP = 2


class Ranking:
    """Tweet ids, the best first, as they were ranked for one reader."""

    __slots__ = ("ends", "ids", "ranking_id", "recommended")

    def __init__(
        self, ranking_id: int, ids: Sequence[int], recommended: frozenset[int] = frozenset()
    ) -> None:
        self.ranking_id = ranking_id
        self.ids = array("q", ids)
        self.recommended = recommended
        """Those of them that are not from the home timeline."""
        self.ends: set[int] = set()
        """Ids at which pages ended: what clients go on from."""

    def place_of(self, tweet_id: int) -> int:
        """-1 where it is not there. 3 us."""
        try:
            return self.ids.index(tweet_id)
        except ValueError:
            return -1


class Rankings:
    """The newest few of each reader; those of the readers who were away longest are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, RankingKind], list[Ranking]] = OrderedDict()

    def keep(self, reader_id: int, kind: RankingKind, ranking: Ranking) -> None:
        key = (reader_id, kind)
        held = self._known.setdefault(key, [])
        held.append(ranking)
        del held[:-RANKINGS_PER_READER_MAX]
        self._known.move_to_end(key)
        if len(self._known) > RANKINGS_MAX:
            self._known.popitem(last=False)

    def forget(self, reader_id: int) -> None:
        for kind in RankingKind:
            self._known.pop((reader_id, kind), None)

    def find(self, reader_id: int, kind: RankingKind, ranking_id: int, tweet_id: int) -> Ranking | None:
        """The ranking that a reader goes on with from a tweet: the one named; else the newest of which a page
        ended there; else the newest that has it."""
        held = self._known.get((reader_id, kind), [])
        having = [ranking for ranking in reversed(held) if ranking.place_of(tweet_id) >= 0]
        named = [ranking for ranking in having if ranking.ranking_id == ranking_id]
        ended = [ranking for ranking in having if tweet_id in ranking.ends]
        return next(iter((*named, *ended, *having)), None)
