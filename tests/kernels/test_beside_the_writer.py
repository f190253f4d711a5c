"""Reads beside a thread that writes without the interpreter lock: each is consistent with some state."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from roost.kernels import (
    FLAG_BITS,
    JIT_DISABLED,
    KEEP,
    LEVEL,
    NO_ROW,
    Authors,
    EdgeLists,
    IdMap,
    Rings,
    copy_list,
    drop_ring,
    find_row,
    follow,
    follow_flags,
    gather_recent,
    insert_ids,
    install_ring,
    kernel,
    make_authors,
    make_edge_lists,
    make_id_map,
    push_author,
    push_one,
    unfollow,
)

from . import naive
from .paired import NO_BOUND, Pair, int64s

pytestmark = pytest.mark.skipif(
    JIT_DISABLED, reason="plain Python holds the interpreter lock, so that nothing runs at once"
)

READS_MAX = 100_000
USERS = 8
FRIENDS = 30
"""Followees whom a user never leaves; each user has rows of their own for all that comes and goes."""
OWN_ROWS = 1_000


def beside(write: Callable[[], object]) -> Iterator[int]:
    """Numbers for as many reads as fit beside one run of `write`, and one more."""
    thread = threading.Thread(target=write)
    thread.start()
    for number in range(READS_MAX):
        is_alive = thread.is_alive()
        yield number
        if not is_alive:
            break
    thread.join()


@kernel
def follow_and_leave(followers: EdgeLists, following: EdgeLists, rounds: int) -> None:
    """Everybody follows more and more of their own rows, and leaves them again: all lists grow and move."""
    for number in range(rounds):
        for user in range(USERS):
            first = (user + 1) * OWN_ROWS
            for offset in range(number):
                follow(followers, following, user, first + offset, 2 * user)
        for user in range(USERS):
            first = (user + 1) * OWN_ROWS
            for offset in range(number):
                unfollow(followers, following, user, first + offset)


def friends_of(user: int) -> range:
    return range(USERS + user, USERS + user + FRIENDS)


def crowd() -> Pair:
    """Each friend wrote once; the columns know each tweet."""
    pair = Pair(users=(USERS + 2) * OWN_ROWS, slots=1, author_entries=2, columns=256)
    pair.followers = make_edge_lists(pair.users, 1 << 20)
    pair.world = pair.world._replace(following=make_edge_lists(pair.users, 1 << 20))
    for user in range(USERS):
        for friend in friends_of(user):
            pair.follow(user, friend, 2 * user)
            pair.add_tweet(naive.Tweet(4 * friend, friend))
            pair.push_author(friend, 4 * friend)
    return pair


def test_lists_are_read_whole_while_they_move() -> None:
    """Friends are always there, with their flags; whoever else is there is of the user's own rows."""
    pair = crowd()
    target = np.zeros(OWN_ROWS + FRIENDS, np.uint32)
    following = pair.world.following
    for number in beside(lambda: follow_and_leave(pair.followers, following, 600)):
        user = number % USERS
        count = copy_list(following, user, target)
        rows, flags = target[:count] >> np.uint32(FLAG_BITS), target[:count] & np.uint32(31)
        friends = friends_of(user)
        is_friend = (rows >= friends.start) & (rows < friends.stop)
        assert np.unique(rows).size == count
        assert is_friend.sum() == FRIENDS
        assert (rows[~is_friend] // OWN_ROWS == user + 1).all()
        assert (flags == 2 * user).all()
        assert follow_flags(following, user, friends[number % FRIENDS]) == 2 * user
        assert follow_flags(following, user, friends.stop) == -1


def test_a_cold_timeline_is_whole_while_lists_move() -> None:
    pair = crowd()
    nobody: set[int] = set()
    for number in beside(lambda: follow_and_leave(pair.followers, pair.world.following, 600)):
        user = number % USERS
        answers, exact_above = pair.gather_home(user, NO_BOUND, 99, nobody)
        assert exact_above == 0
        assert answers == [(4 * friend, 4 * friend, KEEP) for friend in reversed(friends_of(user))]


FIRST = 1_024
"""The first number to be pushed; a ring holds those before. Number n of a user has id n * USERS + user."""


@kernel
def push_all(rings: Rings, pushed: NDArray[np.int64], rounds: int) -> None:
    """Of four numbers three in order and one late; then `pushed` says that all four are there."""
    for number in range(FIRST, FIRST + 4 * rounds, 4):
        for user in range(USERS):
            for place in (0, 1, 3):
                push_one(rings, user, 1, 256, (number + place) * USERS + user)
            push_one(rings, user, 1, 256, -((number + 2) * USERS + user))
            pushed[user] = number + 3


@pytest.mark.parametrize("capacity", [16, 256])
def test_a_ring_misses_nothing_while_it_wraps(capacity: int) -> None:
    """What was there before a read began is in it, or not above its marker; and nobody else's is."""
    pair = Pair(users=USERS, slots=USERS, capacity=capacity)
    for user in range(USERS):
        pair.install(
            user, 5, [number * USERS + user for number in range(FIRST - 1, FIRST - 1 - capacity, -1)], 0
        )
    pushed, nobody = np.full(USERS, FIRST - 1, np.int64), set[int]()
    for turn in beside(lambda: push_all(pair.world.rings, pushed, 2_500_000)):
        user = turn % USERS
        known = int(pushed[user])
        answers, exact_above = pair.gather_home(user, NO_BOUND, 256, nobody)
        ids = [tweet_id for tweet_id, _, _ in answers]
        assert ids == sorted(set(ids), reverse=True)
        assert all(tweet_id % USERS == user and tweet_id > exact_above for tweet_id in ids)
        first_sure = (exact_above - user) // USERS + 1
        assert {number * USERS + user for number in range(first_sure, known + 1)} <= set(ids)


HANDS = 400_000


@kernel
def hand_round(rings: Rings, turn: NDArray[np.int64], ids: NDArray[np.int64]) -> None:
    """A single slot goes from user to user; each fills it with own ids and then pushes more."""
    for user in range(1, HANDS):
        for place in range(ids.shape[0]):
            ids[place] = user * 1_000 + 99 - place
        install_ring(rings, user, 5, ids, ids.shape[0], 0, 0)
        turn[0] = user
        for number in range(100, 400):
            push_one(rings, user, 1, 256, user * 1_000 + number)
        drop_ring(rings, user)


def test_nobody_reads_a_ring_that_went_to_another() -> None:
    pair = Pair(users=HANDS, slots=2, capacity=16)
    pair.install(0, 5, [], 0)
    turn, nobody = np.ones(1, np.int64), set[int]()
    for number in beside(lambda: hand_round(pair.world.rings, turn, np.zeros(16, np.int64))):
        user = min(HANDS - 1, int(turn[0]) + number % 2)
        answers, exact_above = pair.gather_home(user, NO_BOUND, 99, nobody)
        ids = [tweet_id for tweet_id, _, _ in answers]
        assert all(tweet_id // 1_000 == user for tweet_id in ids)
        assert ids == sorted(set(ids), reverse=True)
        if pair.scratch.facts[LEVEL] == 0:
            assert (ids, exact_above) == ([], 0)


@kernel
def push_to_author(authors: Authors, pushed: NDArray[np.int64], rounds: int) -> None:
    for number in range(1, rounds):
        for author in range(USERS):
            push_author(authors, author, (2 * number + 1) * USERS + author)
            push_author(authors, author, 2 * number * USERS + author)
            pushed[author] = 2 * number + 1


def test_an_author_ring_misses_nothing_while_it_moves() -> None:
    authors, pushed = make_authors(USERS, 32), np.zeros(USERS, np.int64)
    ids, count, floor = np.zeros(32, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64)
    for turn in beside(lambda: push_to_author(authors, pushed, 400_000)):
        author = turn % USERS
        known = int(pushed[author])
        total = gather_recent(authors, int64s([author]), NO_BOUND, ids, count, floor)
        found = ids[:total].tolist()
        assert all(tweet_id % USERS == author for tweet_id in found)
        assert found == sorted(set(found), reverse=True)
        first_sure = max(2, (int(floor[0]) - author) // USERS + 1)
        assert {number * USERS + author for number in range(first_sure, known + 1)} <= set(found)


@kernel
def write_all(authors: Authors, written: NDArray[np.int64], rounds: int) -> None:
    for number in range(1, rounds):
        for friend in range(USERS, 2 * USERS + FRIENDS):
            push_author(authors, friend, number * 4 * OWN_ROWS + 4 * friend)
        written[0] = number


def test_a_cold_timeline_misses_nothing_while_friends_write() -> None:
    """Their rings move on under the merge; what was there before is there once, or not above the marker."""
    pair, written, nobody = crowd(), np.zeros(1, np.int64), set[int]()
    for turn in beside(lambda: write_all(pair.world.authors, written, 300_000)):
        user = turn % USERS
        known = int(written[0])
        answers, exact_above = pair.gather_home(user, NO_BOUND, 99, nobody)
        ids = [tweet_id for tweet_id, _, _ in answers]
        assert ids == sorted(set(ids), reverse=True)
        assert all(tweet_id > exact_above for tweet_id in ids)
        sure = {known * 4 * OWN_ROWS + 4 * friend for friend in friends_of(user)}
        assert {tweet_id for tweet_id in sure if tweet_id > exact_above} <= set(ids)
        assert all(tweet_id // 4 % OWN_ROWS in friends_of(user) for tweet_id in ids)


@kernel
def insert_one_by_one(table: IdMap, keys: NDArray[np.int64], inserted: NDArray[np.int64]) -> None:
    for index in range(keys.shape[0]):
        insert_ids(table, keys[index : index + 1], index)
        inserted[0] = index + 1


def test_a_row_is_found_as_soon_as_it_is_there() -> None:
    keys = np.arange(1, 1_000_001, dtype=np.int64) * 4_194_304
    table, inserted = make_id_map(len(keys)), np.zeros(1, np.int64)
    for number in beside(lambda: insert_one_by_one(table, keys, inserted)):
        known = int(inserted[0])
        if known > 0:
            row = number * 7_919 % known
            assert find_row(table, int(keys[row])) == row
        ahead = min(known + number % 3, len(keys) - 1)
        assert find_row(table, int(keys[ahead])) in (ahead, NO_ROW)
