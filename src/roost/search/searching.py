"""Searches in an index: the newest that fit, the most relevant that fit, and users by their names.

**Newest first** looks at the newest 64th of the ids first, then at the newest 8th, then at all: words that
are on every page are found in the first, and rare ones cost little to look for three times.

**By relevance** has three sources of `SEARCH_RANKED_MAX` tweets each: those with the best words (among the
newest `SEARCH_SCORED_MAX` or so that fit), the newest, and the most noticed. Each has the score

    words x attention x recency
    words      BM25 (k1 = 1.2, b = 0.75) of the words and hashtags asked for; 1 where none are
    attention  1 + log2(1 + n) / 4, rounded down to whole powers, n = likes + answers + quotes + 2 x retweets
    recency    1 / (1 + age / 7 days)
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from tantivy import DocAddress, Query, Searcher

from roost.ids import EPOCH_MS, TIME_SHIFT
from roost.limits import SEARCH_RANKED_MAX, SEARCH_SCORED_MAX
from roost.search.facts import EVERYBODY
from roost.search.index import TextIndex
from roost.search.lookup import Lookup
from roost.search.query import Node, People

_PARTS = (64, 8)
_NOTICED = (12, 9, 6, 4, 2, 1)
_RECENCY_MS = 7 * 86_400_000
Ids = NDArray[np.int64]


class Asked(msgspec.Struct, frozen=True):
    """One search: what for, by whom (0 for nobody in particular), and between which ids, exclusive."""

    node: Node
    people: People
    reader_id: int
    low: int
    high: int


class Ranking(msgspec.Struct, frozen=True):
    """Ids with their scores, best first; `words` is how well words fit on average."""

    ids: Ids
    scores: NDArray[np.float64]
    words: float


def newest(index: TextIndex, asked: Asked, limit: int) -> list[int]:
    """The `limit` highest ids that fit. 0.1 to 10 ms at a million tweets; holds no interpreter lock."""
    search = _Search(index, asked)
    return search.newest(limit)


def ranked(index: TextIndex, asked: Asked, now_ms: int) -> Ranking:
    """The most relevant that fit; see above. 1 to 20 ms at a million tweets."""
    return _Search(index, asked).ranked(now_ms)


def users_with(index: TextIndex, grams: Sequence[str], limit: int) -> list[int]:
    """The newest users whose names have all of some parts."""
    lookup = Lookup(index.schema, {})
    queries = [Query.term_query(index.schema, "name", gram, "basic") for gram in grams]
    if not queries:
        return []
    hits = index.searcher().search(lookup.every(queries), limit, False, "user").hits
    return [int(user_id) for user_id, _ in hits]


class _Search:
    def __init__(self, index: TextIndex, asked: Asked) -> None:
        self._searcher: Searcher = index.searcher()
        self._asked = asked
        self._lookup = Lookup(index.schema, asked.people)
        query = self._lookup.query(asked.node)
        readers = dict.fromkeys((EVERYBODY, asked.reader_id))
        self._queries = [self._lookup.readable(query, reader_id) for reader_id in readers]
        self._low = max(asked.low, index.oldest_id - 1)
        self._high = min(asked.high, index.newest_id + 1)

    def newest(self, limit: int) -> list[int]:
        found: set[int] = set()
        for query in self._queries:
            for floor in self._floors():
                hits = self._hits(self._lookup.within(query, floor, self._high), limit, "id")
                if len(hits) >= limit:
                    break
            found.update(int(tweet_id) for tweet_id, _ in hits)
        return sorted(found, reverse=True)[:limit]

    def ranked(self, now_ms: int) -> Ranking:
        places: dict[int, DocAddress] = {}
        for query in self._queries:
            places.update(self._best_words(query))
            places.update(self._newest(query))
            places.update(self._most_noticed(query))
        if not places:
            return Ranking(np.empty(0, np.int64), np.empty(0), 1.0)
        words = self._words(list(places))
        ids = np.fromiter(places, np.int64, len(places))
        noticed = self._column("attention", list(places.values()))
        score = np.fromiter((words.get(tweet_id, 0.0) for tweet_id in places), np.float64, len(places))
        if not score.any():
            score[:] = 1.0
        scores = score * (1 + noticed / 4) * recency(ids, now_ms)
        order = np.lexsort((ids, scores))[::-1]
        return Ranking(ids[order], scores[order], float(score.mean()))

    def _floors(self) -> Iterator[int]:
        span = self._high - self._low
        for part in _PARTS:
            if span > part:
                yield self._high - span // part
        yield self._low

    def _newest(self, query: Query) -> dict[int, DocAddress]:
        hits: list[tuple[Any, DocAddress]] = []
        for floor in self._floors():
            hits = self._hits(self._lookup.within(query, floor, self._high), SEARCH_RANKED_MAX, "id")
            if len(hits) == SEARCH_RANKED_MAX:
                break
        return {int(tweet_id): place for tweet_id, place in hits}

    def _best_words(self, query: Query) -> dict[int, DocAddress]:
        fit = self._lookup.expected(self._asked.node, self._searcher)
        part = min(1.0, SEARCH_SCORED_MAX / max(fit, 1))
        floor = self._high - max(int((self._high - self._low) * part), 1)
        hits = self._hits(self._lookup.within(query, floor, self._high), SEARCH_RANKED_MAX)
        return self._with_ids(hits)

    def _most_noticed(self, query: Query) -> dict[int, DocAddress]:
        hits: list[tuple[Any, DocAddress]] = []
        bounded = self._lookup.within(query, self._low, self._high)
        for least in _NOTICED:
            found = self._lookup.at_least(bounded, "attention", least)
            hits = self._hits(found, SEARCH_RANKED_MAX, "attention")
            if len(hits) == SEARCH_RANKED_MAX:
                break
        return self._with_ids(hits)

    def _words(self, ids: list[int]) -> dict[int, float]:
        """The score of some tweets' words."""
        found: dict[int, float] = {}
        for query in self._queries:
            hits = self._hits(self._lookup.among(query, ids), len(ids))
            columns = self._column("id", [place for _, place in hits])
            found.update(zip(columns.tolist(), (float(score) for score, _ in hits), strict=True))
        return found

    def _with_ids(self, hits: list[tuple[Any, DocAddress]]) -> dict[int, DocAddress]:
        places = [place for _, place in hits]
        return dict(zip(self._column("id", places).tolist(), places, strict=True))

    def _column(self, name: str, places: list[DocAddress]) -> Ids:
        return np.array(self._searcher.fast_field_values(name, places), np.int64)

    def _hits(self, query: Query, limit: int, order: str | None = None) -> list[tuple[Any, DocAddress]]:
        return self._searcher.search(query, limit, False, order).hits


def recency(ids: Ids, now_ms: int) -> NDArray[np.float64]:
    age_ms = np.maximum(now_ms - ((ids >> TIME_SHIFT) + EPOCH_MS), 0)
    found: NDArray[np.float64] = 1 / (1 + age_ms / _RECENCY_MS)
    return found
