"""A reader reads before every access of the writer; what it sees was published whole."""

import numpy as np
import pytest

from roost.kernels import (
    LEVEL,
    NO_ROW,
    QUIET,
    add_tweet,
    copy_list,
    drop_ring,
    find_row,
    follow,
    gather_recent,
    insert_ids,
    install_ring,
    make_authors,
    make_id_map,
    merge_list,
    note_missed,
    push_author,
    push_one,
    remove_from_ring,
    set_level,
    unfollow,
)
from roost.kernels.authors import MISSED, MISSED_MASK
from roost.kernels.edges import VERSION

from . import naive
from .interleaving import Turns, needs_plain_python, watch
from .lists import pairs
from .paired import NO_BOUND, Pair, add_to_columns, int64s
from .tweet_lines import read_line

pytestmark = needs_plain_python

ROW, USERS = 0, 60


def followed() -> Pair:
    pair = Pair(users=USERS)
    for followee in range(1, 13):
        pair.follow(ROW, followee, QUIET if followee % 3 == 0 else 0)
    return pair


@pytest.mark.parametrize("change", ["append", "grow", "remove", "compact"])
def test_a_list_at_rest_has_what_stays(change: str) -> None:
    """While its version is odd a reader waits; at any other time, whatever the writer is at, it may read."""
    pair = followed()
    lists, before = pair.world.following, set(pair.naive.follows.followees(ROW))
    gained = {(followee, 0) for followee in range(20, {"append": 21, "grow": 50}.get(change, 20))}
    lost = {(5, 0)} if change == "remove" else set()
    target, reads = np.zeros(USERS, np.uint32), []

    def read() -> None:
        if lists.heads[ROW, VERSION] & 1 == 0:
            reads.append(set(pairs(target[: copy_list(lists, ROW, target)])))

    watched = watch(lists, Turns(read))
    for followee, flags in sorted(gained):
        follow(pair.followers, watched, ROW, followee, flags)
    for followee, _ in lost:
        unfollow(pair.followers, watched, ROW, followee)
    if change == "compact":
        merge_list(watched, ROW, 0)
    assert len(reads) > 5
    for found in reads:
        assert before - lost <= found <= before | gained
    assert reads[0] == before


@pytest.mark.parametrize("count", [0, 3, 8])
def test_a_ring_is_filled_before_it_is_published(count: int) -> None:
    pair = Pair(users=USERS, capacity=8)
    pair.install(1, 5, list(range(800, 768, -4)), 0)
    pair.drop(1)
    ids = list(range(100, 100 - 4 * count, -4))
    reads = []

    def read() -> None:
        answers, _ = pair.gather_home(ROW, NO_BOUND, 99, set())
        reads.append((pair.scratch.facts[LEVEL], [tweet_id for tweet_id, _, _ in answers]))

    assert install_ring(watch(pair.world.rings, Turns(read)), ROW, 5, int64s(ids), count, 0, 0)
    assert len(reads) > 10
    assert {level for level, _ in reads} == {0}
    read()
    assert reads[-1] == (5, ids)


@pytest.mark.parametrize("change", ["push", "push late", "push once round", "sink", "remove nobody"])
def test_a_ring_beside_a_change_is_whole_above_what_it_says(change: str) -> None:
    pair = Pair(users=USERS, capacity=8)
    held = set(range(72, 104, 4))
    pair.install(ROW, 5, sorted(held, reverse=True), 67)
    pushed = {"push": [104], "push late": [-90], "push once round": list(range(104, 113))}.get(change, [])
    seen = []

    def read() -> None:
        answers, exact_above = pair.gather_home(ROW, NO_BOUND, 99, set())
        found = [tweet_id for tweet_id, _, _ in answers]
        assert found == sorted(set(found), reverse=True)
        assert {tweet_id for tweet_id in held if tweet_id > exact_above} <= set(found)
        assert set(found) <= held | {abs(value) for value in pushed}
        seen.append(exact_above)

    watched = watch(pair.world.rings, Turns(read))
    for value in pushed:
        push_one(watched, ROW, 1, 256, value)
    if change == "sink":
        set_level(watched, ROW, 2)
    if change == "remove nobody":
        remove_from_ring(pair.world.columns, watched, ROW, 7)
    assert len(seen) > 2


def test_a_dropped_ring_is_gone_before_its_slot_is_free() -> None:
    pair = Pair(users=USERS, capacity=8)
    pair.install(1, 5, [4], 0)
    pair.install(ROW, 5, [100, 96], 0)
    reads = []

    def read() -> None:
        reads.append(pair.gather_home(ROW, NO_BOUND, 99, set())[0])

    assert drop_ring(watch(pair.world.rings, Turns(read)), ROW)
    whole = [(100, 100, 2), (96, 96, 2)]
    assert all(answers in (whole, []) for answers in reads)
    assert reads[0] == whole
    assert reads[-1] == []


@pytest.mark.parametrize("held", [[], [12], [12, 16, 20], [12, 16, 20, 24, 28]])
@pytest.mark.parametrize("pushed", [2, 14, 18, 100])
def test_an_author_ring_has_all_above_its_floor(held: list[int], pushed: int) -> None:
    authors = make_authors(2, 4)
    for tweet_id in held:
        push_author(authors, 1, tweet_id)
    ids, count, floor = np.zeros(8, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64)
    reads = []

    def read() -> None:
        found = ids[: gather_recent(authors, int64s([1]), NO_BOUND, ids, count, floor)].tolist()
        assert found == sorted(set(found), reverse=True)
        assert {tweet_id for tweet_id in held if tweet_id > floor[0]} <= set(found) <= {*held, pushed}
        reads.append(found)

    push_author(watch(authors, Turns(read)), 1, pushed)
    assert reads


def test_who_sees_that_a_tweet_was_withheld_sees_which() -> None:
    authors, reads = make_authors(2, 4), []

    def read() -> None:
        reads.append((int(authors.pulled[1]) & MISSED_MASK, int(authors.bounds[1, MISSED])))

    note_missed(watch(authors, Turns(read)), 1, 40, 6)
    read()
    assert reads[0] == (0, 0)
    assert reads[-1] == (6, 40)
    assert set(reads) <= {(0, 0), (0, 40), (6, 40)}


def test_a_line_is_whole_whenever_it_is_found() -> None:
    """While the circle goes round, each tweet is as it was written, or not there."""
    pair = Pair(columns=4)
    tweets = {
        4 * number: naive.Tweet(4 * number, number, number + 20, True, 4 * number, number)
        for number in range(1, 13)
    }
    seen = set()

    def read() -> None:
        for tweet_id, tweet in tweets.items():
            found = read_line(pair.world.columns, tweet_id)
            assert found in (None, tweet)
            if found:
                seen.add(tweet_id)

    watched = watch(pair.world.columns, Turns(read))
    for tweet in tweets.values():
        add_to_columns(watched, tweet)
        assert read_line(pair.world.columns, tweet.tweet_id) == tweet
    assert seen == set(tweets)
    add_tweet(watched, 48, 1, 1, 1, 1, 1)
    assert read_line(pair.world.columns, 48) == tweets[48]


def test_a_key_is_stored_after_its_row() -> None:
    table, keys, reads = make_id_map(10), int64s(range(500, 510)), []

    def read() -> None:
        for place, key in enumerate(keys.tolist()):
            row = find_row(table, key)
            assert row in (NO_ROW, 70 + place)
            reads.append(row)

    insert_ids(watch(table, Turns(read)), keys, 70)
    assert NO_ROW in reads
    assert 78 in reads
