"""The writer steps in between any two accesses of a reader; the reader must not be misled."""

from functools import partial

import numpy as np
import pytest

from roost.kernels import (
    NO_ROW,
    copy_list,
    find_row,
    follow_flags,
    gather_recent,
    insert_ids,
    make_authors,
    make_id_map,
    push_author,
)

from . import naive
from .interleaving import Turns, every_moment, needs_plain_python, watch
from .list_steps import LIST_STEPS, USERS, VIEWER, crowd
from .lists import pairs
from .paired import NO_BOUND, Pair, int64s
from .tweet_lines import read_line

pytestmark = needs_plain_python


@pytest.mark.parametrize("change", LIST_STEPS)
def test_a_copied_list_has_what_stays(change: str) -> None:
    def story(moment: int) -> Turns:
        pair = crowd()
        before = set(pair.naive.follows.followees(VIEWER))
        turns, target = Turns(partial(LIST_STEPS[change], pair), moment), np.zeros(USERS, np.uint32)
        found = pairs(target[: copy_list(watch(pair.world.following, turns), VIEWER, target)])
        after = set(pair.naive.follows.followees(VIEWER)) if turns.seen > moment else before
        assert before & after <= set(found) <= before | after
        assert len({row for row, _ in found}) == len(found)
        return turns

    assert len(list(every_moment(story))) > 12


@pytest.mark.parametrize("change", LIST_STEPS)
@pytest.mark.parametrize("followee", [1, 5, 12, 40, 59])
def test_flags_are_those_of_before_or_after(change: str, followee: int) -> None:
    def story(moment: int) -> Turns:
        pair = crowd()
        before = pair.naive.follows.flags(VIEWER, followee)
        turns = Turns(partial(LIST_STEPS[change], pair), moment)
        found = follow_flags(watch(pair.world.following, turns), VIEWER, followee)
        after = pair.naive.follows.flags(VIEWER, followee)
        assert found in (before, after)
        return turns

    assert len(list(every_moment(story))) > 3


@pytest.mark.parametrize("pushed", [[100], [100, 104], [104, 100], [18, 100, 22], [100, 104, 108, 112, 116]])
def test_recent_ids_have_all_above_their_floor(pushed: list[int]) -> None:
    def story(moment: int) -> Turns:
        authors = make_authors(2, 4)
        for tweet_id in (12, 16, 20, 24, 28):
            push_author(authors, 1, tweet_id)
        turns = Turns(lambda: [push_author(authors, 1, tweet_id) for tweet_id in pushed], moment)
        ids, count, floor = np.zeros(8, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64)
        total = gather_recent(watch(authors, turns), int64s([1]), NO_BOUND, ids, count, floor)
        found = ids[:total].tolist()
        assert total == count[0]
        assert found == sorted(set(found), reverse=True)
        assert {tweet_id for tweet_id in (16, 20, 24, 28) if tweet_id > floor[0]} <= set(found)
        assert set(found) <= {16, 20, 24, 28, *pushed}
        assert all(tweet_id > floor[0] for tweet_id in found)
        return turns

    assert len(list(every_moment(story))) == 5


OLD = [naive.Tweet(4 * number, number, number + 20, True, 4, number + 30) for number in range(1, 5)]
NEW = [naive.Tweet(4 * number, number, retweet_of=8, retweet_author=number) for number in range(5, 9)]


@pytest.mark.parametrize("tweet", [*OLD, NEW[0]], ids=lambda tweet: tweet.tweet_id)
def test_a_line_is_read_whole_or_not_at_all(tweet: naive.Tweet) -> None:
    """Tweets go and others take their lines, between any two words that are read."""

    def story(moment: int) -> Turns:
        pair = Pair(columns=4)
        for one in OLD:
            pair.add_tweet(one)
        turns = Turns(lambda: [pair.add_tweet(one) for one in NEW], moment)
        assert read_line(watch(pair.world.columns, turns), tweet.tweet_id) in (None, tweet)
        return turns

    assert len(list(every_moment(story))) > (6 if tweet in OLD else 0)


KEYS = [key for key in range(1, 200) if naive.mix(key) % 16 in (14, 15)][:6]


@pytest.mark.parametrize("place", range(len(KEYS)))
def test_a_row_is_found_or_not_yet(place: int) -> None:
    def story(moment: int) -> Turns:
        table = make_id_map(10)
        insert_ids(table, int64s(KEYS[:2]), 50)
        turns = Turns(lambda: insert_ids(table, int64s(KEYS[2:]), 52), moment)
        found = find_row(watch(table, turns), KEYS[place])
        assert found == 50 + place or (found == NO_ROW and place >= 2)
        return turns

    assert len(list(every_moment(story))) > 1
