"""Author rings against sets of every id that an author ever had."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    Authors,
    close_delivery,
    gather_recent,
    make_authors,
    note_missed,
    note_missed_many,
    open_delivery,
    push_author,
)
from roost.kernels.authors import FLOOR, MISSED, MISSED_MASK, OPEN_SHIFT

from . import naive
from .paired import NO_BOUND, examples, int64s, plans

AUTHORS = 3
authors_and_ids = plans(st.tuples(st.integers(0, AUTHORS - 1), st.integers(1, 40)), 50)


def recent(authors: Authors, row: int) -> list[int]:
    """The ids; behind the last one there are only zeros."""
    ids = authors.recent[row].tolist()
    count = ids.index(0) if 0 in ids else len(ids)
    assert not any(ids[count:])
    return ids[:count]


@examples(3)
@given(authors_and_ids, st.sampled_from([1, 2, 5, 16]))
def test_a_ring_shows_the_newest_ids_and_knows_its_floor(pushes: list[tuple[int, int]], entries: int) -> None:
    authors = make_authors(AUTHORS, entries)
    twins = [naive.AuthorRing(entries) for _ in range(AUTHORS)]
    for row, tweet_id in pushes:
        push_author(authors, row, tweet_id)
        twins[row].ids.add(tweet_id)
        assert recent(authors, row) == twins[row].recent()
        assert authors.bounds[row, FLOOR] == twins[row].floor()
    for row, twin in enumerate(twins):
        assert recent(authors, row) == twin.recent()


@examples(2)
@given(
    authors_and_ids,
    st.lists(st.integers(0, AUTHORS - 1), max_size=6),
    st.one_of(st.integers(1, 45), st.just(NO_BOUND)),
)
def test_gather_recent_lists_each_authors_ids(
    pushes: list[tuple[int, int]], asked: list[int], high: int
) -> None:
    authors, twins = make_authors(AUTHORS, 5), [naive.AuthorRing(5) for _ in range(AUTHORS)]
    for row, tweet_id in pushes:
        push_author(authors, row, tweet_id)
        twins[row].ids.add(tweet_id)
    ids, counts, floors = np.zeros(30, np.int64), np.zeros(6, np.int64), np.zeros(6, np.int64)
    total = gather_recent(authors, int64s(asked), high, ids, counts, floors)
    expected = [[tweet_id for tweet_id in twins[row].recent() if tweet_id < high] for row in asked]
    assert ids[:total].tolist() == [tweet_id for group in expected for tweet_id in group]
    assert counts[: len(asked)].tolist() == [len(group) for group in expected]
    assert floors[: len(asked)].tolist() == [twins[row].floor() for row in asked]


steps = plans(
    st.one_of(
        st.tuples(st.just("open"), st.just(0), st.just(0)),
        st.tuples(st.just("close"), st.just(0), st.just(0)),
        st.tuples(st.just("missed"), st.integers(1, 99), st.integers(1, 255)),
    ),
    30,
)


@given(steps)
def test_open_deliveries_and_missed_tweets_do_not_mix(plan: list[tuple[str, int, int]]) -> None:
    authors, opened, level, missed = make_authors(2, 4), 0, 0, 0
    for kind, tweet_id, below in plan:
        if kind == "open":
            open_delivery(authors, 1)
            opened += 1
        elif kind == "close" and opened > 0:
            close_delivery(authors, 1)
            opened -= 1
        elif kind == "missed":
            note_missed(authors, 1, tweet_id, below)
            level, missed = max(level, below), max(missed, tweet_id)
        assert authors.pulled[1] >> OPEN_SHIFT == opened
        assert authors.pulled[1] & MISSED_MASK == level
        assert authors.bounds[1].tolist() == [0, missed]
    assert authors.pulled[0] == 0


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(1, 99), st.integers(0, 300)), max_size=20))
def test_note_missed_many_passes_over_what_every_ring_gets(batch: list[tuple[int, int, int]]) -> None:
    many, single = make_authors(3, 4), make_authors(3, 4)
    note_missed_many(many, *(int64s(entry[place] for entry in batch) for place in range(3)))
    for row, tweet_id, level in batch:
        if row >= 0 and level > 1:
            note_missed(single, row, tweet_id, min(level, MISSED_MASK))
    assert many.pulled.tolist() == single.pulled.tolist()
    assert many.bounds[:, MISSED].tolist() == single.bounds[:, MISSED].tolist()


@pytest.mark.parametrize("tweet_id", [5, 7, 12])
def test_an_id_that_was_dropped_does_not_come_back(tweet_id: int) -> None:
    authors = make_authors(1, 2)
    for pushed in (20, 5, 30, 12, 7):
        push_author(authors, 0, pushed)
    push_author(authors, 0, tweet_id)
    assert recent(authors, 0) == [30, 20]
    assert authors.bounds[0, FLOOR] == 12
