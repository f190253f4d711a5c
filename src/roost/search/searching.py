"""Searches in an index: the newest that fit, the most relevant that fit, and users by their names.

**Newest first** looks at the newest 64th of the ids first, then at the newest 8th, then at all: words that
are on every page are found in the first, and rare ones cost little to look for three times.

**By relevance** has three sources of `SEARCH_RANKED_MAX` tweets each: those with the best words among the
newest `SEARCH_SCORED_MAX` or so that fit, the newest, and those with the best words among the most noticed.
The score of each is

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
from roost.limits import SEARCH_RANKED_MAX, SEARCH_SCORED_MAX, SEARCH_TWEETS_MAX
from roost.search.facts import EVERYBODY
from roost.search.index import TextIndex
from roost.search.lookup import Lookup
from roost.search.query import Node, People

_PARTS = (64, 8)
_NOTICED = (8, 4, 2, 1)
"""Steps of attention from which on the most noticed are taken: the first that enough have reached."""
_RECENCY_MS = 7 * 86_400_000
Ids = NDArray[np.int64]
_Hit = tuple[Any, DocAddress]


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
    """The `limit` highest ids that fit; `limit` is `SEARCH_TWEETS_MAX` at most. 0.1 to 5 ms at a million
    tweets, without the interpreter lock."""
    search = _Search(index, asked)
    return search.newest(limit)


def ranked(index: TextIndex, asked: Asked, now_ms: int) -> Ranking:
    """The most relevant that fit; see above. 1 to 20 ms at a million tweets, without the interpreter lock."""
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
        found: dict[int, _Hit] = {}
        for query in self._queries:
            for hits in (self._best_words(query), self._newest(query), self._most_noticed(query)):
                ids = self._column("id", hits)
                found.update(zip(ids.tolist(), hits, strict=True))
        ids = np.fromiter(found, np.int64, len(found))
        words = np.fromiter((score for score, _ in found.values()), np.float64, len(found))
        if not words.any():
            words[:] = 1.0
        noticed = self._column("attention", list(found.values()))
        scores = words * (1 + noticed / 4) * recency(ids, now_ms)
        order = np.lexsort((ids, scores))[::-1]
        return Ranking(ids[order], scores[order], float(words.mean()) if len(words) else 1.0)

    def _floors(self) -> Iterator[int]:
        span = self._high - self._low
        for part in _PARTS:
            if span > part:
                yield self._high - span // part
        yield self._low

    def _best_words(self, query: Query) -> list[_Hit]:
        fit = self._lookup.expected(self._asked.node, self._searcher)
        part = min(1.0, SEARCH_SCORED_MAX / max(fit, 1))
        floor = self._high - max(int((self._high - self._low) * part), 1)
        return self._hits(self._lookup.within(query, floor, self._high), SEARCH_RANKED_MAX)

    def _newest(self, query: Query) -> list[_Hit]:
        floor = self._low
        for lowest in self._floors():
            hits = self._hits(self._lookup.within(query, lowest, self._high), SEARCH_RANKED_MAX, "id")
            if len(hits) == SEARCH_RANKED_MAX:
                floor = int(hits[-1][0]) - 1
                break
        return self._hits(self._lookup.within(query, floor, self._high), SEARCH_RANKED_MAX)

    def _most_noticed(self, query: Query) -> list[_Hit]:
        hits: list[_Hit] = []
        bounded = self._lookup.within(query, self._low, self._high)
        for least in _NOTICED:
            hits = self._hits(self._lookup.at_least(bounded, "attention", least), SEARCH_RANKED_MAX)
            if len(hits) == SEARCH_RANKED_MAX:
                break
        return hits

    def _column(self, name: str, hits: Sequence[_Hit]) -> Ids:
        places = [place for _, place in hits]
        return np.array(self._searcher.fast_field_values(name, places), np.int64)

    def _hits(self, query: Query, limit: int, order: str | None = None) -> list[_Hit]:
        """Places with the score of their words, or with what they are ordered by. (The engine takes memory
        for `limit` of them at once, and ends the process where there is none.)"""
        assert 0 < limit <= SEARCH_TWEETS_MAX, limit
        return self._searcher.search(query, limit, False, order).hits


def recency(ids: Ids, now_ms: int) -> NDArray[np.float64]:
    age_ms = np.maximum(now_ms - ((ids >> TIME_SHIFT) + EPOCH_MS), 0)
    found: NDArray[np.float64] = 1 / (1 + age_ms / _RECENCY_MS)
    return found
