"""What is in an index, whatever it says: for comparing it with what should be there."""

import tantivy
from tantivy import FieldType, Query

from roost.search.index import TextIndex


def tweets_between(index: TextIndex, low: int, high: int, limit: int) -> list[int]:
    """The lowest ids of tweets between two, exclusive; one twice where it is there twice."""
    return _between(index, "id", low, high, limit)


def users_between(index: TextIndex, low: int, high: int, limit: int) -> list[int]:
    """As `tweets_between`."""
    return _between(index, "user", low, high, limit)


def _between(index: TextIndex, field: str, low: int, high: int, limit: int) -> list[int]:
    if low + 1 >= high:
        return []
    query = Query.range_query(index.schema, field, FieldType.Unsigned, low + 1, high - 1)
    hits = index.searcher().search(query, limit, False, field, 0, tantivy.Order.Asc).hits
    return [int(value or 0) for value, _ in hits]
