"""Tweet columns against a dict that forgets its oldest key."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    FOUND_MASK,
    IS_DUPLICATE,
    IS_SPAM,
    LANGUAGE_SHIFT,
    NO_AUTHOR,
    SENTIMENT_SHIFT,
    find_line,
    gather_facts,
    make_columns,
    mark_deleted,
    note_found,
)
from roost.kernels.columns import load_lines, still_there
from roost.model import Visibility

from . import naive
from .paired import Pair, add_to_columns, examples, plans
from .tweet_lines import read_line

CAPACITY = 8
CROWDED = [key for key in range(1, 300) if naive.mix(key) % (2 * CAPACITY) in (13, 14, 15, 0, 1)][:24]
"""Ids whose runs in the index go round its end."""

rows = st.one_of(st.none(), st.integers(0, 20), st.just(NO_AUTHOR - 1))
tweets = st.builds(
    naive.Tweet,
    tweet_id=st.sampled_from(CROWDED),
    author=st.one_of(st.integers(0, 20), st.just(NO_AUTHOR - 1)),
    reply_author=rows,
    is_reply=st.booleans(),
    retweet_of=st.sampled_from([0, 5, (1 << 63) - 1]),
    retweet_author=rows,
    visibility=st.sampled_from(Visibility),
)
steps = plans(
    st.one_of(st.tuples(st.just("add"), tweets), st.tuples(st.just("delete"), st.sampled_from(CROWDED))),
    60,
)


@examples(2)
@given(steps)
def test_columns_know_the_newest_tweets_and_no_other(plan: list[tuple[str, naive.Tweet | int]]) -> None:
    columns, twin = make_columns(CAPACITY), naive.Columns(CAPACITY)
    for _, what in plan:
        if isinstance(what, naive.Tweet):
            add_to_columns(columns, what)
            twin.add(naive.Tweet(**vars(what)))
        else:
            assert mark_deleted(columns, what) == twin.delete(what)
        for tweet_id in CROWDED:
            assert (find_line(columns, tweet_id) >= 0) == (tweet_id in twin.tweets)
        for tweet in twin.tweets.values():
            assert read_line(columns, tweet.tweet_id) == tweet
        assert np.count_nonzero(columns.slots) == len(twin.tweets)


found_flags = st.builds(
    lambda some, language, sentiment: some | language << LANGUAGE_SHIFT | sentiment << SENTIMENT_SHIFT,
    st.sampled_from([0, IS_SPAM, IS_DUPLICATE, IS_SPAM | IS_DUPLICATE]),
    st.integers(0, (1 << 15) - 1),
    st.integers(0, 201),
)


@examples(1)
@given(plans(tweets, 12), plans(st.tuples(st.sampled_from(CROWDED), found_flags, st.booleans()), 12))
def test_what_is_found_out_changes_nothing_else_of_a_line(
    plan: list[naive.Tweet], later: list[tuple[int, int, bool]]
) -> None:
    columns, twin = make_columns(CAPACITY), naive.Columns(CAPACITY)
    known: dict[int, int] = {}
    for tweet in plan:
        add_to_columns(columns, tweet)
        twin.add(naive.Tweet(**vars(tweet)))
    for tweet_id, found, is_deleted in later:
        assert note_found(columns, tweet_id, found) == (tweet_id in twin.tweets)
        known[tweet_id] = found
        if is_deleted:
            assert mark_deleted(columns, tweet_id) == twin.delete(tweet_id)
    for tweet in twin.tweets.values():
        assert read_line(columns, tweet.tweet_id) == tweet
        flags = int(columns.lines[find_line(columns, tweet.tweet_id) + 3]) >> 32
        assert flags & FOUND_MASK == known.get(tweet.tweet_id, 0)
    asked = np.array([*CROWDED, 1, 2], np.int64)
    authors, held = np.empty(len(asked), np.int64), np.empty(len(asked), np.int64)
    gather_facts(columns, asked, authors, held)
    for tweet_id, author, its_flags in zip(asked.tolist(), authors.tolist(), held.tolist(), strict=True):
        line = find_line(columns, tweet_id)
        if tweet_id in twin.tweets:
            assert author == twin.tweets[tweet_id].author
            assert its_flags == int(columns.lines[line + 3]) >> 32
        else:
            assert (author, its_flags, line) == (-1, 0, -1)


def test_a_tweet_is_found_until_the_circle_comes_round() -> None:
    columns = make_columns(4)
    for tweet_id in range(10, 10_010):
        add_to_columns(columns, naive.Tweet(tweet_id, 1))
        assert find_line(columns, tweet_id) >= 0
        assert find_line(columns, tweet_id - 3) >= 0 or tweet_id < 13
        assert find_line(columns, tweet_id - 4) == -1
    assert columns.added[0] == 10_000
    assert np.count_nonzero(columns.slots) == 4


def test_a_line_that_went_to_another_tweet_is_noticed() -> None:
    columns = make_columns(2)
    add_to_columns(columns, naive.Tweet(10, 1))
    word = find_line(columns, 10)
    assert still_there(columns, word, 10)
    for tweet_id in (11, 12):
        add_to_columns(columns, naive.Tweet(tweet_id, 2))
    assert not still_there(columns, word, 10)


def test_a_circle_of_one_line() -> None:
    columns = make_columns(1)
    for tweet_id in (5, 6, 7):
        add_to_columns(columns, naive.Tweet(tweet_id, tweet_id))
        assert read_line(columns, tweet_id) == naive.Tweet(tweet_id, tweet_id)
    assert find_line(columns, 6) == -1


@examples(1)
@given(plans(tweets, 40), plans(tweets, 20), st.sampled_from([4, 8, 16]))
def test_columns_load_into_others_and_go_on(
    old: list[naive.Tweet], new: list[naive.Tweet], capacity: int
) -> None:
    """Also into fewer lines, which then keep the newest, or into more."""
    columns, loaded = make_columns(CAPACITY), make_columns(capacity)
    source, twin = naive.Columns(CAPACITY), naive.Columns(capacity)
    for tweet in old:
        add_to_columns(columns, tweet)
        source.add(tweet)
    for tweet in old[::3]:
        assert mark_deleted(columns, tweet.tweet_id) == source.delete(tweet.tweet_id)
    load_lines(loaded, columns.lines, int(columns.added[0]))
    assert loaded.added[0] == columns.added[0]
    for tweet in source.tweets.values():
        twin.add(tweet)
    for tweet in [None, *new]:
        if tweet is not None:
            add_to_columns(loaded, tweet)
            twin.add(tweet)
        for tweet_id in CROWDED:
            assert read_line(loaded, tweet_id) == twin.tweets.get(tweet_id)


pushes = plans(st.tuples(st.sampled_from([1, -1]), st.integers(2, 30)), 20)


@examples(2)
@given(pushes, st.lists(st.tuples(st.integers(2, 30), st.integers(0, 2)), max_size=20), st.integers(0, 3))
def test_remove_from_ring_takes_one_authors_tweets(
    pushed: list[tuple[int, int]], tweets: list[tuple[int, int]], author: int
) -> None:
    pair = Pair(users=4, capacity=8, columns=16)
    pair.install(1, 5, [], 0)
    for tweet_id, its_author in tweets:
        pair.add_tweet(naive.Tweet(tweet_id, its_author))
    for sign, tweet_id in pushed:
        pair.push(1, 1, 256, sign * tweet_id)
    for once_more in (author, author, 0):
        pair.remove(1, once_more)
        physical = pair.world.rings.entries[0].tolist()
        assert sorted(value for value in physical if value) == sorted(pair.naive.rings.of[1].kept())
    pair.remove(2, author)
