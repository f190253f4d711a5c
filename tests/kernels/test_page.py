"""A page from memory alone is what the whole timeline says, or there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    KEEP,
    MEMBER_COUNT,
    NO_REPLIES,
    NOT_ALONE,
    TO_FOLLOWED,
    TO_MEMBERS,
    gather_list,
    gather_list_page,
    gather_page,
)

from . import naive
from .living import USERS, Step, live, some_hidden, steps, strangers, warmth
from .naive import Tweet
from .paired import NO_BOUND, Answers, Pair, examples, read_answers
from .shard import Post, Shard

ALL = 200


def page_of(answers: Answers, high: int, low: int, limit: int, window: int) -> list[int]:
    """The slow and plain way: `answers` are a whole timeline."""
    inside = [answer for answer in answers if answer[0] < high]
    shown = [
        tweet_id
        for index, (tweet_id, content, _) in enumerate(inside)
        if tweet_id == content or content not in [other for _, other, _ in inside[index + 1 :][:window]]
    ]
    return [tweet_id for tweet_id in shown if tweet_id > low][:limit]


@examples(4)
@given(steps, strangers, warmth, some_hidden, st.integers(1, 4), st.integers(0, 4), st.data())
def test_a_page_is_a_part_of_the_whole(
    plan: list[Step],
    apart: set[tuple[int, int]],
    warm: set[int],
    hidden: set[int],
    limit: int,
    window: int,
    data: st.DataObject,
) -> None:
    shard = live(plan, apart, warm)
    pair = shard.pair
    bounds = st.sampled_from([0, *shard.posts])
    low, high = data.draw(bounds), data.draw(bounds) or NO_BOUND
    rows = np.array(sorted(hidden), np.uint32)
    for viewer in range(USERS):
        whole, exact_above = pair.gather_home(viewer, NO_BOUND, ALL, hidden)
        count = gather_page(pair.world, pair.scratch, rows, viewer, high, low, limit, window)
        page = pair.scratch.answers[: max(count, 0), 0].tolist()
        known = [answer for answer in whole if answer[0] < high]
        if count != NOT_ALONE and exact_above == 0:
            assert page == page_of(whole, high, low, limit, window)
        if count != NOT_ALONE and exact_above > 0:
            # Only what memory knows whole may have been looked at.
            assert page == page_of(whole, high, low, limit, window)[: len(page)]
            assert len(page) == limit or (page_of(whole, high, low, limit, window) == page and low > 0)
        if count == NOT_ALONE and exact_above == 0:
            assert any(verdict != KEEP for _, _, verdict in known)


def gather_members(
    pair: Pair, viewer: int, members: set[int], replies: int, high: int, hidden: set[int]
) -> tuple[Answers, int]:
    pair.scratch.members[: len(members)] = sorted(members)
    pair.scratch.facts[MEMBER_COUNT] = len(members)
    rows = np.array(sorted(hidden), np.uint32)
    count = gather_list(pair.world, pair.scratch, rows, viewer, replies, high, ALL)
    return read_answers(pair.scratch, count)


@examples(4)
@given(
    steps,
    strangers,
    warmth,
    some_hidden,
    st.sets(st.integers(0, USERS - 1)),
    st.sampled_from([TO_MEMBERS, TO_FOLLOWED, NO_REPLIES]),
    st.integers(1, 4),
    st.integers(0, 4),
    st.data(),
)
def test_a_list_and_its_pages(
    plan: list[Step],
    apart: set[tuple[int, int]],
    warm: set[int],
    hidden: set[int],
    members: set[int],
    replies: int,
    limit: int,
    window: int,
    data: st.DataObject,
) -> None:
    shard = live(plan, apart, warm)
    pair = shard.pair
    bounds = st.sampled_from([0, *shard.posts])
    low, high = data.draw(bounds), data.draw(bounds) or NO_BOUND
    rows = np.array(sorted(hidden), np.uint32)
    for viewer in range(USERS):
        expected = naive.gather_list(pair.naive, viewer, members, replies, high, ALL, hidden)
        assert gather_members(pair, viewer, members, replies, high, hidden) == expected
        whole, exact_above = gather_members(pair, viewer, members, replies, NO_BOUND, hidden)
        count = gather_list_page(pair.world, pair.scratch, rows, viewer, replies, high, low, limit, window)
        page = pair.scratch.answers[: max(count, 0), 0].tolist()
        if count != NOT_ALONE:
            wanted = page_of(whole, high, low, limit, window)
            assert page == wanted[: len(page)]
            assert exact_above > 0 or page == wanted


@pytest.mark.parametrize(
    ("replies", "shown"), [(TO_MEMBERS, [12, 8, 4]), (TO_FOLLOWED, [16, 12, 8, 4]), (NO_REPLIES, [8, 4])]
)
def test_a_list_shows_the_replies_that_it_is_for(replies: int, shown: list[int]) -> None:
    """User 0 follows the members 1 and 2, and 3; 4 is nobody to them. One's own and to oneself always."""
    shard = Shard(5, 16, 8, 16)
    for followee in (1, 2, 3):
        shard.follow(0, followee, 0)
    for answered in (0, 1, 2, 3, 4):
        tweet = Tweet(shard.next_id(), 1, is_reply=True, reply_author=answered)
        shard.post(Post(tweet, set()), "now")
    answers, _ = gather_members(shard.pair, 0, {1, 2}, replies, NO_BOUND, set())
    assert [tweet_id for tweet_id, _, _ in answers] == shown


def read(shard: Shard, low: int, limit: int, window: int) -> list[int] | None:
    """The first user's page."""
    pair, nothing = shard.pair, np.empty(0, np.uint32)
    count = gather_page(pair.world, pair.scratch, nothing, 0, NO_BOUND, low, limit, window)
    return None if count == NOT_ALONE else pair.scratch.answers[:count, 0].tolist()


def make_own(*retweeted: int, entries: int = 16) -> Shard:
    """One user's own tweets 4, 8, 12 and so on, each a retweet of the one that is named, 0 for none."""
    shard = Shard(1, 16, entries, 16)
    for original in retweeted:
        tweet = Tweet(shard.next_id(), 0, retweet_of=original, retweet_author=0 if original else None)
        shard.post(Post(tweet, set()), "now")
    return shard


def test_bounds_are_exclusive() -> None:
    shard = make_own(0, 0, 0)
    assert read(shard, 0, 5, 2) == [12, 8, 4]
    assert read(shard, 4, 5, 2) == [12, 8]
    assert read(shard, 12, 5, 2) == []


def test_a_retweet_is_left_out_where_its_tweet_stands_below() -> None:
    shard = make_own(0, 0, 0, 4)
    assert read(shard, 0, 5, 3) == [12, 8, 4]
    assert read(shard, 0, 5, 2) == [16, 12, 8, 4]


def test_a_page_does_not_end_in_the_middle_of_reposts() -> None:
    assert read(make_own(0, 0, 4, 8), 0, 1, 2) == [8]
    assert read(make_own(0, 4, 4, 4, 4, 4, 4), 0, 1, 6) == [4]


def test_a_retweet_of_what_is_not_known() -> None:
    assert read(make_own(0, 2), 0, 5, 2) is None


def test_what_memory_has_forgotten() -> None:
    shard = make_own(0, 0, 0, 0, entries=2)
    assert read(shard, 0, 3, 0) is None
    assert read(shard, 0, 2, 0) == [16, 12]
    assert read(shard, 12, 3, 0) is None


def test_a_retweet_whose_tweet_may_be_where_memory_does_not_reach() -> None:
    shard = make_own(0, 0, 0, 8, entries=2)
    assert read(shard, 0, 1, 1) == [16]
    assert read(shard, 0, 1, 2) is None


def test_more_reposts_than_there_is_room_for() -> None:
    shard = make_own(0, *[4] * 15)
    pair = shard.pair
    small = pair.scratch._replace(answers=np.zeros((8, 3), np.int64))
    assert read(shard, 0, 1, 15) == [4]
    pair.scratch = small
    assert read(shard, 0, 1, 15) is None
