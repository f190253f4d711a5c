"""A shard's arrays and their naive twin, changed together."""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from roost.kernels import (
    EXACT_ABOVE,
    FOLLOWED,
    IS_REPLY,
    NO_AUTHOR,
    PROTECTED,
    Columns,
    Jobs,
    Scratch,
    World,
    add_tweet,
    close_delivery,
    deliver,
    drop_ring,
    follow,
    gather_home,
    gather_ring,
    install_ring,
    make_authors,
    make_columns,
    make_edge_lists,
    make_rings,
    make_scratch,
    mark_deleted,
    note_missed,
    open_delivery,
    push_author,
    push_one,
    remove_from_ring,
    set_level,
    unfollow,
)

from . import naive

T = TypeVar("T")
NO_BOUND = (1 << 63) - 1
NOTHING_HIDDEN = np.empty(0, np.uint32)
Answers = list[tuple[int, int, int]]


def examples(times: float) -> settings:
    """So many times the profile's number of examples."""
    return settings(max_examples=max(1, int(times * settings().max_examples)))


def plans(step: st.SearchStrategy[T], longest: int) -> st.SearchStrategy[list[T]]:
    """Lists of steps of any length alike; `lists` alone makes short ones mostly."""
    return st.integers(0, longest).flatmap(lambda size: st.lists(step, min_size=size, max_size=size))


def int64s(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), np.int64)


def row_word(row: int | None) -> int:
    return NO_AUTHOR if row is None else row


def add_to_columns(columns: Columns, tweet: naive.Tweet) -> None:
    add_tweet(
        columns,
        tweet.tweet_id,
        tweet.author,
        row_word(tweet.reply_author),
        tweet.retweet_of,
        row_word(tweet.retweet_author),
        int(tweet.visibility) | (IS_REPLY if tweet.is_reply else 0),
    )


def make_jobs(jobs: list[naive.Job]) -> Jobs:
    return Jobs(
        author=int64s(job.author for job in jobs),
        other=int64s(job.other for job in jobs),
        low_level=int64s(job.low_level for job in jobs),
        high_level=int64s(job.high_level for job in jobs),
        value=int64s(job.value for job in jobs),
        is_retweet=np.array([job.is_retweet for job in jobs], np.uint8),
        extra_stop=np.cumsum([len(job.extra_rows) for job in jobs], dtype=np.int64),
        extra_rows=int64s(row for job in jobs for row in job.extra_rows),
    )


def read_answers(scratch: Scratch, count: int) -> tuple[Answers, int]:
    return [tuple(answer) for answer in scratch.answers[:count].tolist()], int(scratch.facts[EXACT_ABOVE])


class Pair:
    """Every method does the same to both."""

    def __init__(
        self, users: int = 8, slots: int = 8, capacity: int = 8, author_entries: int = 3, columns: int = 16
    ) -> None:
        self.users = users
        self.followers = make_edge_lists(users, 1 << 16)
        self.world = World(
            make_rings(users, slots, capacity),
            make_authors(users, author_entries),
            make_columns(columns),
            make_edge_lists(users, 1 << 16),
            np.zeros(users, np.uint8),
        )
        self.naive = naive.World(
            naive.Follows(), naive.Rings(slots, capacity), naive.Columns(columns), author_entries
        )
        self.scratch = make_scratch(capacity, users, 256)

    def follow(self, follower: int, followee: int, flags: int = 0) -> None:
        done = follow(self.followers, self.world.following, follower, followee, flags)
        assert (done == FOLLOWED) == self.naive.follows.follow(follower, followee, flags)

    def unfollow(self, follower: int, followee: int) -> None:
        done = unfollow(self.followers, self.world.following, follower, followee)
        assert done == self.naive.follows.unfollow(follower, followee)

    def add_tweet(self, tweet: naive.Tweet) -> None:
        add_to_columns(self.world.columns, tweet)
        self.naive.columns.add(tweet)

    def delete(self, tweet_id: int) -> None:
        assert mark_deleted(self.world.columns, tweet_id) == self.naive.columns.delete(tweet_id)

    def push_author(self, author: int, tweet_id: int) -> None:
        push_author(self.world.authors, author, tweet_id)
        self.naive.authors[author].ids.add(tweet_id)

    def open_delivery(self, author: int) -> None:
        open_delivery(self.world.authors, author)
        self.naive.open_deliveries[author] += 1

    def close_delivery(self, author: int) -> None:
        if self.naive.open_deliveries[author] > 0:
            close_delivery(self.world.authors, author)
            self.naive.open_deliveries[author] -= 1

    def note_missed(self, author: int, tweet_id: int, level: int) -> None:
        note_missed(self.world.authors, author, tweet_id, level)
        held_level, held_id = self.naive.missed.get(author, (0, 0))
        self.naive.missed[author] = max(level, held_level), max(tweet_id, held_id)

    def protect(self, row: int) -> None:
        self.world.user_flags[row] ^= PROTECTED
        self.naive.protected ^= {row}

    def install(self, row: int, level: int, newest_first: list[int], floor: int, now_s: int = 0) -> bool:
        """Nothing for a user who has a ring."""
        if row in self.naive.rings.of:
            return False
        ids = int64s(newest_first)
        done = install_ring(self.world.rings, row, level, ids, len(ids), floor, now_s)
        assert done == self.naive.rings.install(row, level, newest_first, floor, now_s)
        return done

    def build(self, row: int, level: int) -> None:
        """A ring for a user without one, of what the author rings hold."""
        if row in self.naive.rings.of:
            return
        answers, floor = self.gather_ring(row, self.naive.rings.capacity)
        self.install(row, level, [tweet_id for tweet_id, _, _ in answers], floor)

    def drop(self, row: int) -> None:
        assert drop_ring(self.world.rings, row) == (self.naive.rings.of.pop(row, None) is not None)

    def sink(self, row: int, level: int) -> None:
        """Levels only sink."""
        ring = self.naive.rings.of.get(row)
        if ring is not None and level < ring.level:
            set_level(self.world.rings, row, level)
            ring.level = level

    def push(self, row: int, low_level: int, high_level: int, value: int) -> None:
        stored = push_one(self.world.rings, row, low_level, high_level, value)
        assert stored == self.naive.rings.push(row, low_level, high_level, value)

    def remove(self, row: int, author: int) -> None:
        removed = remove_from_ring(self.world.columns, self.world.rings, row, author)
        assert removed == self.naive.rings.remove(self.naive.columns, row, author)

    def deliver(self, jobs: list[naive.Job]) -> None:
        stored = deliver(
            self.followers, self.world.following, self.world.rings, make_jobs(jobs), 0, self.users, self.users
        )
        assert stored == naive.deliver(self.naive.follows, self.naive.rings, jobs, 0, self.users)

    def gather_home(self, viewer: int, high: int, need: int, hidden: set[int]) -> tuple[Answers, int]:
        rows = np.array(sorted(hidden), np.uint32)
        return read_answers(self.scratch, gather_home(self.world, self.scratch, rows, viewer, high, need))

    def gather_ring(self, viewer: int, need: int) -> tuple[Answers, int]:
        count = gather_ring(self.world, self.scratch, NOTHING_HIDDEN, viewer, need)
        return read_answers(self.scratch, count)
