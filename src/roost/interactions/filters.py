"""What may not be recommended, decided inside the query, so that as many results come back as were asked
for."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.ids import first_id_at
from roost.kernels import Rules, choose, make_id_set, rank
from roost.limits import RECOMMENDATION_CANDIDATES_MAX

Ids = NDArray[np.int64]
_NO_IDS = np.empty(0, np.int64)
_MANY = 1 << 62
_CANDIDATES_A_RESULT = (4, 32)
"""Are looked at, in turn, until enough of them pass; then all."""


class TweetFacts(NamedTuple):
    """What is known of some tweets, each array as long as their ids."""

    authors: Ids
    """0 where the author is not known."""
    languages: Ids
    """Numbers that stand for languages, whichever."""
    visible: NDArray[np.uint8]
    """1 where the viewer may see the tweet and it is not deleted."""


_UNKNOWN = TweetFacts(
    np.zeros(RECOMMENDATION_CANDIDATES_MAX, np.int64),
    np.zeros(RECOMMENDATION_CANDIDATES_MAX, np.int64),
    np.ones(RECOMMENDATION_CANDIDATES_MAX, np.uint8),
)


class Filters(msgspec.Struct, frozen=True):
    """Nothing is filtered where nothing is said."""

    tweets: Ids = msgspec.field(default_factory=lambda: _NO_IDS)
    """Seen, own, dismissed."""
    authors: Ids = msgspec.field(default_factory=lambda: _NO_IDS)
    """Oneself; who is blocked, muted, blocks."""
    languages: tuple[int, ...] = ()
    """Only these; all where it is empty."""
    oldest_ms: int = 0
    """Tweets made before are too old: their ids say when they were made."""
    author_most: int = _MANY
    """Of one author's at most so many."""
    facts: Callable[[Ids], TweetFacts] | None = None
    """Looked up for the best candidates, at most 2,500; without it nobody's author or language is known."""


def choose_best(ids: Ids, scores: NDArray[np.float64], filters: Filters, limit: int) -> Ids:
    """Places in `ids` of the best `limit` that pass; the highest score first, and of equals the newest."""
    rules = Rules(
        make_id_set(filters.tweets),
        make_id_set(filters.authors),
        make_id_set(np.array(filters.languages, np.int64) + 1 if filters.languages else _NO_IDS),
        first_id_at(filters.oldest_ms) if filters.oldest_ms else 0,
        filters.author_most,
    )
    best = _NO_IDS
    for each in (*_CANDIDATES_A_RESULT, RECOMMENDATION_CANDIDATES_MAX):
        most = min(each * limit, RECOMMENDATION_CANDIDATES_MAX)
        best = _choose_among(ids, scores, filters, rules, limit, most)
        if len(best) == limit or len(ids) <= most or most == RECOMMENDATION_CANDIDATES_MAX:
            break
    return best


def _choose_among(
    ids: Ids, scores: NDArray[np.float64], filters: Filters, rules: Rules, limit: int, most: int
) -> Ids:
    order = np.empty(min(most, len(ids)), np.int64)
    rank(ids, scores, order)
    candidates = ids[order]
    facts = _UNKNOWN if filters.facts is None else _looked_up(filters.facts, candidates)
    chosen = np.empty(limit, np.int64)
    count = choose(
        candidates, facts.authors, facts.languages, facts.visible, rules, bool(filters.languages), chosen
    )
    best: Ids = order[chosen[:count]]
    return best


def _looked_up(facts_of: Callable[[Ids], TweetFacts], ids: Ids) -> TweetFacts:
    facts = facts_of(ids)
    assert len(facts.authors) == len(facts.languages) == len(facts.visible) == len(ids)
    return TweetFacts(
        np.ascontiguousarray(facts.authors, np.int64),
        np.ascontiguousarray(facts.languages, np.int64),
        np.ascontiguousarray(facts.visible, np.uint8),
    )
