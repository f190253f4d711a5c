"""Gathering a home timeline against its twin, in any state the arrays can be in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import LEVEL, QUIET
from roost.model import Visibility

from . import naive
from .paired import NO_BOUND, Answers, Pair, examples, plans

USERS, CAPACITY, ENTRIES = 6, 8, 2
VIEWER = 0
users = st.integers(0, USERS - 1)
ids = st.integers(1, 40).map(lambda number: 4 * number)
"""With room between two ids, so that a marker, which stands below one, is not another one."""
levels = st.integers(1, 9)
someone = st.one_of(st.none(), users, users, users)
tweets = st.builds(
    naive.Tweet,
    tweet_id=ids,
    author=users,
    reply_author=someone,
    is_reply=st.booleans(),
    retweet_of=st.one_of(st.just(0), ids),
    retweet_author=someone,
    visibility=st.sampled_from(
        [Visibility.PUBLIC, Visibility.PUBLIC, Visibility.FOLLOWERS, Visibility.DIRECT]
    ),
)
Step = tuple[Any, ...]
posts = st.tuples(st.just("post"), tweets, st.sampled_from([1, 1, 1, -1, 0]))
steps = plans(
    st.one_of(
        *[posts] * 8,
        st.tuples(st.just("follow"), users, users, st.sampled_from([0, 0, QUIET])),
        st.tuples(st.just("unfollow"), users, users),
        st.tuples(st.just("delete"), ids),
        st.tuples(
            st.just("install"), users, levels, st.lists(ids, max_size=CAPACITY, unique=True), st.booleans()
        ),
        st.tuples(st.just("build"), users, levels),
        st.tuples(st.just("drop"), users),
        st.tuples(st.just("sink"), users, levels),
        st.tuples(st.just("protect"), users),
        st.tuples(st.just("open_delivery"), users),
        st.tuples(st.just("close_delivery"), users),
        st.tuples(st.just("note_missed"), users, ids, levels),
    ),
    80,
)


def post(pair: Pair, tweet: naive.Tweet, push: int) -> None:
    """To the columns, the author's ring and, in order, late or not at all, to the rings of all others."""
    pair.add_tweet(tweet)
    pair.push_author(tweet.author, tweet.tweet_id)
    for row in range(USERS):
        if push != 0:
            pair.push(row, 1, 256, push * tweet.tweet_id)


def make_pair(plan: list[Step]) -> Pair:
    pair = Pair(USERS, USERS, CAPACITY, ENTRIES, columns=16)
    for kind, *values in plan:
        if kind == "post":
            post(pair, *values)
        elif kind == "install":
            user, level, newest_first, is_whole = values
            newest_first.sort(reverse=True)
            pair.install(
                user, level, newest_first, 0 if is_whole else newest_first[-1] - 1 if newest_first else 50
            )
        else:
            getattr(pair, kind)(*values)
    return pair


def assert_same(found: tuple[Answers, int], expected: tuple[Answers, int], need: int) -> None:
    """Behind a full page an id that came up twice may stand in for the next one."""
    answers, exact_above = found
    if len(answers) == need and exact_above == answers[-1][0] - 1:
        assert exact_above >= expected[1]
        assert answers == expected[0]
    else:
        assert found == expected


some_hidden = st.sets(st.integers(1, USERS - 1), max_size=2)
needs = st.integers(1, 12)
highs = st.one_of(st.just(NO_BOUND), st.integers(2, 170))


@examples(4)
@given(steps, some_hidden, needs, highs)
def test_gathers_what_the_twin_gathers(plan: list[Step], hidden: set[int], need: int, high: int) -> None:
    pair = make_pair(plan)
    for viewer in range(USERS):
        found = pair.gather_home(viewer, high, need, hidden)
        assert_same(found, naive.gather(pair.naive, viewer, high, need, hidden), need)
        ring = pair.naive.rings.of.get(viewer)
        assert pair.scratch.facts[LEVEL] == (ring.level if ring else 0)


@examples(2)
@given(steps, needs)
def test_a_new_ring_is_gathered_from_author_rings_alone(plan: list[Step], need: int) -> None:
    pair = make_pair(plan)
    for viewer in range(USERS):
        found = pair.gather_ring(viewer, need)
        assert_same(found, naive.gather(pair.naive, viewer, NO_BOUND, need, set(), is_building=True), need)


@examples(2)
@given(steps, some_hidden, needs)
def test_pages_add_up_to_the_whole(plan: list[Step], hidden: set[int], need: int) -> None:
    """Page by page below the last answer, down to the marker: no gap, and nothing twice."""
    pair = make_pair(plan)
    for viewer in range(USERS):
        whole, marker = pair.gather_home(viewer, NO_BOUND, 200, hidden)
        walked, high, exact_above = [], NO_BOUND, 1
        while exact_above > 0:
            page, exact_above = pair.gather_home(viewer, high, need, hidden)
            walked += page
            if len(page) < need:
                break
            high = page[-1][0]
        assert walked == whole
        assert exact_above in (marker, min(marker, high - 1))


def test_an_answer_is_never_at_the_marker() -> None:
    """The viewer's ring holds the very tweet that its author's ring has dropped last."""
    pair = Pair(users=3, capacity=16, author_entries=4)
    pair.follow(VIEWER, 1)
    pair.install(VIEWER, 5, [], 0)
    for tweet_id in (40, 44, 48, 52, 56):
        pair.push_author(1, tweet_id)
        pair.deliver([naive.Job(1, tweet_id)])
    pair.open_delivery(1)
    for need in (5, 20):
        answers, exact_above = pair.gather_home(VIEWER, NO_BOUND, need, set())
        assert exact_above == 40
        assert [tweet_id for tweet_id, _, _ in answers] == [56, 52, 48, 44]


def test_needing_nothing_claims_nothing() -> None:
    pair = Pair(users=3)
    assert pair.gather_home(VIEWER, NO_BOUND, 0, set()) == ([], 0)
    pair.push_author(VIEWER, 40)
    assert pair.gather_home(VIEWER, NO_BOUND, 0, set()) == ([], 40)


@pytest.mark.parametrize("followees", [0, 1, 40])
def test_a_cold_viewer_of_many_followees(followees: int) -> None:
    pair = Pair(users=50, author_entries=3)
    for author in range(1, followees + 1):
        pair.follow(VIEWER, author)
    for number in range(1, 200):
        pair.push_author(number * 7 % 50, 4 * number)
    for need in (1, 20, 200):
        assert_same(
            pair.gather_home(VIEWER, NO_BOUND, need, set()),
            naive.gather(pair.naive, VIEWER, NO_BOUND, need, set()),
            need,
        )


def test_followees_are_looked_up_in_both_parts_of_the_list() -> None:
    """Some stand in the sorted part, some in the tail, some are removed; each tweet is judged by its edge."""
    pair = Pair(users=60, author_entries=2, columns=256)
    for author in range(1, 40):
        pair.follow(VIEWER, author * 17 % 41, QUIET if author % 3 == 0 else 0)
    for author in range(1, 40, 5):
        pair.unfollow(VIEWER, author)
    for author in (1, 11, 50, 45):
        pair.follow(VIEWER, author)
    for author in range(1, 60):
        tweet = naive.Tweet(4 * author, author, retweet_of=4 * 50 if author % 2 else 0, retweet_author=50)
        pair.add_tweet(tweet)
        pair.push_author(author, tweet.tweet_id)
    found = pair.gather_home(VIEWER, NO_BOUND, 200, set())
    assert len(found[0]) > 20
    assert_same(found, naive.gather(pair.naive, VIEWER, NO_BOUND, 200, set()), 200)
