"""From a tree of conditions to a query of tantivy's.

What people like changes all the time, so the index knows likes in steps only (`facts.steps`): a query for
them finds all that may have enough of them, and whoever asked looks at each. Below a `Not` it finds what
surely has.
"""

from tantivy import FieldType, Occur, Query, Schema, Searcher

from roost.search.facts import steps
from roost.search.query import (
    Between,
    By,
    Either,
    Every,
    Kind,
    Language,
    Likes,
    Mentions,
    Node,
    Not,
    People,
    Tag,
    To,
    Words,
)


class Lookup:
    """Queries over one schema, for one search. 5 us a condition."""

    def __init__(self, schema: Schema, people: People) -> None:
        self._schema = schema
        self._people = people

    def query(self, node: Node) -> Query:
        return self._query(node, True)

    def readable(self, query: Query, reader_id: int) -> Query:
        """What of it is for a reader; or, for `EVERYBODY`, what of it is for all."""
        return _all_of([query, self._quiet("readers", reader_id)])

    def within(self, query: Query, low: int, high: int) -> Query:
        """What of it has an id between two, exclusive."""
        return _all_of([query, self._between(low, high)])

    def every(self, queries: list[Query]) -> Query:
        return _all_of(queries)

    def at_least(self, query: Query, field: str, least: int) -> Query:
        return _all_of([query, self._from(field, least)])

    def expected(self, node: Node, searcher: Searcher) -> int:
        """How many tweets fit, at most, and roughly."""
        match node:
            case Words(tokens):
                return min(searcher.doc_freq("text", token) for token in tokens)
            case Tag(tag):
                return searcher.doc_freq("tags", tag)
            case By(name):
                return searcher.doc_freq("author", self._people.get(name, 0))
            case Every(nodes) if nodes:
                return min(self.expected(each, searcher) for each in nodes)
            case Either(nodes):
                return sum(self.expected(each, searcher) for each in nodes)
            case _:
                return searcher.num_docs

    def _query(self, node: Node, wanted: bool) -> Query:
        match node:
            case Words(tokens):
                if len(tokens) == 1:
                    return Query.term_query(self._schema, "text", tokens[0])
                return Query.phrase_query(self._schema, "text", list(tokens))
            case Tag(tag):
                return Query.term_query(self._schema, "tags", tag)
            case By(name):
                return self._person("author", name)
            case To(name):
                return self._person("reply_to", name)
            case Mentions(name):
                return self._person("mentions", name)
            case Language(code):
                return self._quiet("language", code)
            case Kind(kind):
                return self._quiet("kinds", kind)
            case Between(low, high):
                return self._between(low, high)
            case Likes(least):
                if least == 0:
                    return _everything()
                return self._from("likes", steps(least) if wanted else steps(least - 1) + 1)
            case Not(inner):
                return _without([], [self._query(inner, not wanted)])
            case Every(nodes):
                barred = [self._query(each.node, not wanted) for each in nodes if isinstance(each, Not)]
                needed = [self._query(each, wanted) for each in nodes if not isinstance(each, Not)]
                return _without(needed, barred)
            case Either(nodes):
                return Query.boolean_query([(Occur.Should, self._query(each, wanted)) for each in nodes])

    def _person(self, field: str, name: str) -> Query:
        user_id = self._people.get(name, 0)
        return self._quiet(field, user_id) if user_id else Query.empty_query()

    def _quiet(self, field: str, value: int | str) -> Query:
        """What has a value; it adds nothing to the score of words."""
        return _silent(Query.term_query(self._schema, field, value, "basic"))

    def _between(self, low: int, high: int) -> Query:
        first, last = max(low + 1, 1), max(high - 1, 0)
        if first > last:
            return Query.empty_query()
        return _silent(Query.range_query(self._schema, "id", FieldType.Unsigned, first, last))

    def _from(self, field: str, least: int) -> Query:
        """By the terms of the field: there are few of them, and few tweets at the higher ones."""
        found = Query.range_query(
            self._schema, field, FieldType.Unsigned, least, None, use_inverted_index=True
        )
        return _silent(found)


def _silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _everything() -> Query:
    return _silent(Query.all_query())


def _all_of(queries: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _without(needed: list[Query], barred: list[Query]) -> Query:
    """What has all of some and nothing of others."""
    if len(needed) == 1 and not barred:
        return needed[0]
    musts = [(Occur.Must, query) for query in needed or [_everything()]]
    return Query.boolean_query([*musts, *((Occur.MustNot, query) for query in barred)])
